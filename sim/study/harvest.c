#include "harvest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool same_plan(const struct geometry_plan *a, const struct geometry_plan *b)
{
    return a->points == b->points && a->replications == b->replications && a->first == b->first;
}

int harvest_init(struct harvest *self, const struct study *study, const struct folder *folder,
                 const volatile sig_atomic_t *stop, struct error *err)
{
    const struct geometry *geometry = &folder->geometry;
    struct geometry_plan plan = looks_plan(study);
    struct ledger_rule rule = { 0 };
    bool sequential;
    int ret;
    *self =
        (struct harvest){ .study = study, .folder = folder, .geometry = geometry, .stop = stop, .batch = -1, .fd = -1 };
    if (!same_plan(&plan, &geometry->plan))
        return error_set(err, MILIEU_ERR_FOLDER, "%s: the study has other points or replications than the folder says",
                         "%s : l'étude a d'autres points ou réplications que le dossier ne le dit", folder->path);
    study_shape(study, &self->shape);
    sequential = looks_init(&self->looks, study, geometry->num_stages, &rule);
    if ((ret = ledger_init(&self->ledger, folder, sequential ? &rule : NULL, JOURNAL_FULL, err)) != 0)
        return ret;
    self->place = calloc((size_t)geometry_batches(geometry), sizeof *self->place);
    return self->place != NULL ? 0 : error_set_memory(err);
}

void harvest_free(struct harvest *self)
{
    if (self->folder == NULL)
        return;
    ledger_free(&self->ledger);
    for (uint32_t i = 0; i < self->num_journals; i++)
        free(self->journal[i]);
    free(self->journal);
    free(self->place);
    free(self->part);
    free(self->buffer);
    if (self->fd >= 0)
        close(self->fd);
    *self = (struct harvest){ .batch = -1, .fd = -1 };
}

/* ---- reading a record ---- */

static int stopped(const struct harvest *self, struct error *err)
{
    if (self->stop == NULL || *self->stop == 0)
        return 0;
    return error_set(err, MILIEU_ERR_INTERRUPTED, "interrupted", "interrompu");
}

static int open_journal(struct harvest *self, uint32_t journal, struct error *err)
{
    const char *path = self->journal[journal - 1];
    if (self->fd >= 0 && self->fd_journal == journal)
        return 0;
    if (self->fd >= 0)
        close(self->fd);
    self->fd = open(path, O_RDONLY | O_CLOEXEC);
    self->fd_journal = journal;
    if (self->fd >= 0)
        return 0;
    if (errno == ENOENT)
        return error_set(err, MILIEU_ERR_FOLDER, "%s was here a moment ago and is no more: its runs are missing",
                         "%s était là il y a un instant et n'y est plus : ses simulations manquent", path);
    return error_set_system(err, MILIEU_ERR_INPUT, errno, "cannot read %s", "impossible de lire %s", path);
}

/* The record of a batch once more, into our buffer. */
static int read_record(struct harvest *self, int64_t batch, struct error *err)
{
    const struct harvest_place *place = &self->place[batch];
    int ret = open_journal(self, place->journal, err);
    self->batch = -1;
    if (ret == 0)
        ret = journal_read(self->fd, self->journal[place->journal - 1], place->offset, &self->record, &self->buffer,
                           &self->capacity, err);
    if (ret == 0 && (self->record.type != JOURNAL_BATCH || self->record.batch != batch))
        ret = error_set(err, MILIEU_ERR_FOLDER, "%s changed while it was read", "%s a changé pendant sa lecture",
                        self->journal[place->journal - 1]);
    return ret;
}

static int not_of_this_study(const struct harvest *self, int64_t batch, struct error *err)
{
    const struct geometry_span span = geometry_span(self->geometry, batch);
    return error_set(err, MILIEU_ERR_FOLDER, "%s: what is written of runs %lld to %lld is no batch of this study",
                     "%s : ce qui est écrit des simulations %lld à %lld n'est pas un lot de cette étude",
                     self->journal[self->place[batch].journal - 1],
                     (long long)geometry_span_run(self->geometry, &span, 0),
                     (long long)geometry_span_run(self->geometry, &span, geometry_span_runs(&span) - 1));
}

static bool is_part_of(const struct part *part, const struct geometry_span *span, int64_t i)
{
    return part->head.point == (uint64_t)(span->point + i) && part->head.first == span->replication &&
           part->head.count == span->num_replications;
}

/* The parts of the payload: one a point, all replications of the span. */
static int split(struct harvest *self, int64_t batch, struct error *err)
{
    const struct geometry_span span = self->span = geometry_span(self->geometry, batch);
    uint64_t failed = 0;
    size_t offset = 0;
    if (span.num_points > self->max_parts) {
        struct part *part = realloc(self->part, (size_t)span.num_points * sizeof *part);
        if (part == NULL)
            return error_set_memory(err);
        self->part = part;
        self->max_parts = span.num_points;
    }
    for (int64_t i = 0; i < span.num_points; i++) {
        if (!part_read(&self->shape, self->record.payload, self->record.length, &offset, &self->part[i]) ||
            !is_part_of(&self->part[i], &span, i))
            return not_of_this_study(self, batch, err);
        failed += self->part[i].head.failed;
    }
    if (offset != self->record.length || failed != self->place[batch].failed)
        return not_of_this_study(self, batch, err);
    return 0;
}

int harvest_load(struct harvest *self, int64_t batch, struct error *err)
{
    int ret;
    if (self->batch == batch)
        return 0;
    if ((ret = stopped(self, err)) != 0 || (ret = read_record(self, batch, err)) != 0 ||
        (ret = split(self, batch, err)) != 0)
        return ret;
    self->batch = batch;
    return 0;
}

/* ---- the index ---- */

/* The number of the journal at `path`; they come one after the other. */
static int number_journal(struct harvest *self, const char *path, uint32_t *number, struct error *err)
{
    char *copy;
    if (self->num_journals > 0 && strcmp(self->journal[self->num_journals - 1], path) == 0) {
        *number = self->num_journals;
        return 0;
    }
    if (self->num_journals == self->max_journals) {
        uint32_t max = self->max_journals > 0 ? 2 * self->max_journals : 16;
        char **grown = realloc(self->journal, max * sizeof *grown);
        if (grown == NULL)
            return error_set_memory(err);
        self->journal = grown;
        self->max_journals = max;
    }
    if ((copy = malloc(strlen(path) + 1)) == NULL)
        return error_set_memory(err);
    strcpy(copy, path);
    self->journal[self->num_journals++] = copy;
    *number = self->num_journals;
    return 0;
}

static const char *file_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* A batch that is in another record too: equal to the last byte, or nothing can be trusted. */
static int compare_twice(struct harvest *self, const struct journal_record *record, struct error *err)
{
    const struct harvest_place *place = &self->place[record->batch];
    const struct geometry_span span = geometry_span(self->geometry, record->batch);
    int ret = read_record(self, record->batch, err);
    if (ret != 0)
        return ret;
    if (self->record.length == record->length && memcmp(self->record.payload, record->payload, record->length) == 0)
        return 0;
    return error_set(
        err, MILIEU_ERR_FOLDER,
        "%s: runs %lld to %lld were made twice, with different results: in %s and in %s. One of the two "
        "machines or programs is not as it should be; nothing is merged",
        "%s : les simulations %lld à %lld ont été faites deux fois, avec des résultats différents : dans %s et dans "
        "%s. L'une des deux machines, ou l'un des deux programmes, n'est pas comme il faut ; rien n'est fusionné",
        self->folder->path, (long long)geometry_span_run(self->geometry, &span, 0),
        (long long)geometry_span_run(self->geometry, &span, geometry_span_runs(&span) - 1),
        file_of(self->journal[place->journal - 1]), file_of(record->journal));
}

static int take_record(void *context, const struct journal_record *record, struct error *err)
{
    struct harvest *self = context;
    struct harvest_place *place;
    uint32_t number = 0;
    int ret = stopped(self, err);
    if (ret != 0 || record->type != JOURNAL_BATCH)
        return ret;
    if (record->batch < 0 || record->batch >= geometry_batches(self->geometry))
        return error_set(err, MILIEU_ERR_FOLDER, "%s: batch %lld, which this study does not have",
                         "%s : lot %lld, que cette étude n'a pas", record->journal, (long long)record->batch);
    place = &self->place[record->batch];
    if (place->journal != 0)
        return compare_twice(self, record, err);
    if ((ret = number_journal(self, record->journal, &number, err)) != 0)
        return ret;
    *place = (struct harvest_place){ record->offset, number, record->failed };
    return 0;
}

int harvest_scan(struct harvest *self, bool partial, struct error *err)
{
    struct error damage = { 0 };
    bool damaged;
    int ret;
    ledger_listen(&self->ledger, take_record, self);
    if ((ret = ledger_update(&self->ledger, err)) != 0)
        return ret;
    damaged = ledger_damage(&self->ledger, &damage);
    for (int lang = 0; lang < 2 && damaged; lang++)
        snprintf(self->damage[lang], sizeof self->damage[lang], "%s", damage.detail[lang]);
    return partial ? 0 : ledger_require_all(&self->ledger, err);
}

/* ---- what counts ---- */

static bool is_sequential(const struct harvest *self)
{
    return self->geometry->plan.first > 0;
}

bool harvest_has_ended(const struct harvest *self, int64_t point)
{
    return is_sequential(self) && ledger_replications(&self->ledger, point) > 0;
}

int64_t harvest_counted(const struct harvest *self, int64_t point)
{
    return harvest_has_ended(self, point) ? ledger_replications(&self->ledger, point)
                                          : self->geometry->plan.replications;
}

struct exact harvest_contrast(const struct harvest *self, int64_t point)
{
    struct exact sum = { 0 };
    int64_t counted = harvest_counted(self, point);
    for (int s = 0; s < self->geometry->num_stages && self->geometry->look[s] <= counted; s++)
        if (self->ledger.sum[s] != NULL)
            exact_merge(&sum, &self->ledger.sum[s][point]);
    return sum;
}

static bool batch_counts(const struct harvest *self, int64_t batch, const struct geometry_span *span)
{
    if (self->place[batch].journal == 0)
        return false;
    return !is_sequential(self) || span->replication < harvest_counted(self, span->point);
}

void harvest_count_runs(const struct harvest *self, int64_t *runs, int64_t *failed)
{
    *runs = *failed = 0;
    for (int64_t b = 0; b < geometry_batches(self->geometry); b++) {
        const struct geometry_span span = geometry_span(self->geometry, b);
        if (batch_counts(self, b, &span)) {
            *runs += geometry_span_runs(&span);
            *failed += self->place[b].failed;
        }
    }
}

/* ---- walking ---- */

struct walk {
    struct harvest *self;
    bool failed_only;
    harvest_take *take;
    void *context;
};

/* Replications first .. end - 1 of a point, all of one stage. */
static int walk_stage(const struct walk *walk, int64_t point, int64_t first, int64_t end, struct error *err)
{
    struct harvest *self = walk->self;
    int64_t batch = geometry_batch_of_run(self->geometry, geometry_run(self->geometry, point, first));
    int64_t last = geometry_batch_of_run(self->geometry, geometry_run(self->geometry, point, end - 1));
    int ret = 0;
    for (; batch <= last && ret == 0; batch++) {
        const struct part *part;
        int64_t from, to;
        if (self->place[batch].journal == 0 || (walk->failed_only && self->place[batch].failed == 0))
            continue;
        if ((ret = harvest_load(self, batch, err)) != 0)
            break;
        part = &self->part[point - self->span.point];
        from = self->span.replication > first ? self->span.replication : first;
        to = self->span.replication + self->span.num_replications;
        ret = walk->take(walk->context, part, from, to < end ? to : end, err);
    }
    return ret;
}

static int walk_point(const struct walk *walk, int64_t point, int64_t first, int64_t end, struct error *err)
{
    const struct geometry *geometry = walk->self->geometry;
    int64_t counted = harvest_counted(walk->self, point), begin = 0;
    int ret = 0;
    if (end > counted)
        end = counted;
    for (int s = 0; s < geometry->num_stages && begin < end && ret == 0; s++) {
        int64_t from = begin > first ? begin : first, to = geometry->look[s] < end ? geometry->look[s] : end;
        if (from < to)
            ret = walk_stage(walk, point, from, to, err);
        begin = geometry->look[s];
    }
    return ret;
}

int harvest_walk(struct harvest *self, const struct harvest_range *range, harvest_take *take, void *context,
                 struct error *err)
{
    const struct walk walk = { self, range->failed_only, take, context };
    int ret = 0;
    for (int64_t i = 0; i < range->num_points && ret == 0; i++)
        ret =
            walk_point(&walk, range->point + i, range->replication, range->replication + range->num_replications, err);
    return ret;
}
