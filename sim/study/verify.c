#include "verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../results/sha256.h"
#include "../results/study_file.h"
#include "harvest.h"

struct verify {
    const struct study *study;
    const struct verify_options *options;
    struct verify_report *report;
    struct harvest harvest;
    struct maker maker;
    struct bytes again; /* a payload made again */
    int64_t to_check;   /* runs */
};

/* ---- which ---- */

/* A number that looks like chance, from a seed and a batch (the finaliser of splitmix64). */
static uint64_t mixed(uint64_t seed, uint64_t batch)
{
    uint64_t z = seed + (batch + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* The batch whose number comes lowest is always among them. */
static bool is_drawn(const struct verify *self, int64_t batch, int64_t lowest)
{
    double u = (double)(mixed(self->options->seed, (uint64_t)batch) >> 11) / 9007199254740992.0;
    return self->harvest.place[batch].journal != 0 && (batch == lowest || u < self->options->share);
}

static int64_t find_lowest(const struct verify *self)
{
    int64_t lowest = -1;
    for (int64_t b = 0; b < geometry_batches(self->harvest.geometry); b++)
        if (self->harvest.place[b].journal != 0 &&
            (lowest < 0 || mixed(self->options->seed, (uint64_t)b) < mixed(self->options->seed, (uint64_t)lowest)))
            lowest = b;
    return lowest;
}

static int64_t runs_of(const struct verify *self, int64_t batch)
{
    struct geometry_span span = geometry_span(self->harvest.geometry, batch);
    return geometry_span_runs(&span);
}

/* ---- again ---- */

static bool same_run(const struct study_shape *shape, const struct part *a, const struct part *b, uint32_t i)
{
    return a->status[i] == b->status[i] && a->week[i] == b->week[i] &&
           memcmp(a->value + i * shape->values, b->value + i * shape->values, shape->values * sizeof *a->value) == 0;
}

/* Which runs of two payloads differ; all of a part whose runs are the same and its sums are not. */
static void count_differences(struct verify *self)
{
    const struct harvest *harvest = &self->harvest;
    struct verify_report *report = self->report;
    size_t offset = 0;
    for (int64_t p = 0; p < harvest->span.num_points; p++) {
        const struct part *there = &harvest->part[p];
        int64_t before = report->runs_different, first = geometry_run(harvest->geometry, harvest->span.point + p, 0);
        size_t begin = offset;
        struct part here;
        bool read = part_read(&harvest->shape, self->again.at, self->again.length, &offset, &here);
        for (uint32_t i = 0; i < there->head.count; i++)
            if (!read || !same_run(&harvest->shape, there, &here, i)) {
                if (report->first_different < 0)
                    report->first_different = first + there->head.first + i;
                report->runs_different++;
            }
        if (read && before == report->runs_different &&
            memcmp(self->again.at + begin, (const char *)harvest->record.payload + begin, offset - begin) != 0) {
            if (report->first_different < 0)
                report->first_different = first + there->head.first;
            report->runs_different += there->head.count;
        }
    }
}

static int make_again(struct verify *self, struct error *err)
{
    const struct geometry_span *span = &self->harvest.span;
    int ret = 0;
    self->again.length = 0;
    for (int64_t p = 0; p < span->num_points && ret == 0; p++)
        ret = maker_make(&self->maker, (uint64_t)(span->point + p), (uint32_t)span->replication,
                         (uint32_t)span->num_replications, &self->again, err);
    return ret;
}

static int check_batch(struct verify *self, int64_t batch, struct error *err)
{
    const struct journal_record *record = &self->harvest.record;
    int ret = harvest_load(&self->harvest, batch, err);
    if (ret == 0)
        ret = make_again(self, err);
    if (ret != 0)
        return ret;
    if (self->again.length != record->length || memcmp(self->again.at, record->payload, record->length) != 0)
        count_differences(self);
    self->report->batches_checked++;
    self->report->runs_checked += runs_of(self, batch);
    if (self->options->progress != NULL)
        self->options->progress(self->options->progress_context, self->report->runs_checked, self->to_check);
    return 0;
}

static int check_share(struct verify *self, struct error *err)
{
    int64_t batches = geometry_batches(self->harvest.geometry), lowest = find_lowest(self);
    int ret = maker_init(&self->maker, self->study, self->options->stop, err);
    for (int64_t b = 0; b < batches; b++)
        if (is_drawn(self, b, lowest))
            self->to_check += runs_of(self, b);
    for (int64_t b = 0; b < batches && ret == 0; b++)
        if (is_drawn(self, b, lowest))
            ret = check_batch(self, b, err);
    return ret;
}

/* ---- the merged file ---- */

static int hash_file(const char *path, char out[65], struct error *err)
{
    enum { BLOCK = 1 << 16 };
    unsigned char block[BLOCK], hash[32];
    struct sha256 sha;
    ssize_t length = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC), reason;
    sha256_begin(&sha);
    while (fd >= 0 && (length = read(fd, block, BLOCK)) > 0)
        sha256_add(&sha, block, (size_t)length);
    reason = errno;
    if (fd >= 0)
        close(fd);
    if (length < 0)
        return error_set_system(err, MILIEU_ERR_INPUT, reason, "cannot read %s", "impossible de lire %s", path);
    sha256_end(&sha, hash);
    sha256_text(hash, out);
    return 0;
}

/* Its runs are those of the journals? */
static int check_file(struct verify *self, const char *path, struct error *err)
{
    struct study_file file;
    int ret = study_file_open(&file, path, err);
    if (ret != 0)
        return ret;
    if (strcmp(file.study_id, self->harvest.folder->id_text) != 0)
        ret = error_set(err, MILIEU_ERR_RESULTS, "%s: of study %s; the folder is of study %s",
                        "%s : de l'étude %s ; le dossier est de l'étude %s", path, file.study_id,
                        self->harvest.folder->id_text);
    else if (file.runs_done + file.num_failures != self->report->runs || file.num_failures != self->report->runs_failed)
        ret = error_set(
            err, MILIEU_ERR_RESULTS,
            "%s: has %lld runs, %lld of them failed; the journals have %lld and %lld: merge again",
            "%s : a %lld simulations, dont %lld en échec ; les journaux en ont %lld et %lld : fusionnez à nouveau",
            path, (long long)(file.runs_done + file.num_failures), (long long)file.num_failures,
            (long long)self->report->runs, (long long)self->report->runs_failed);
    study_file_close(&file);
    return ret;
}

static int check_merged(struct verify *self, struct error *err)
{
    const char *given = self->options->path;
    char *path = given != NULL ? NULL : folder_path(self->harvest.folder, "study.h5", NULL);
    int ret = 0;
    if (given == NULL && path == NULL)
        return error_set_memory(err);
    if (given != NULL || access(path, F_OK) == 0) {
        const char *file = given != NULL ? given : path;
        ret = check_file(self, file, err);
        if (ret == 0)
            ret = hash_file(file, self->report->merged_hash, err);
        self->report->merged = ret == 0;
    }
    free(path);
    return ret;
}

/* ---- all of it ---- */

static void fill_report(struct verify *self)
{
    const struct ledger_counts *counts = &self->harvest.ledger.counts;
    struct verify_report *report = self->report;
    harvest_count_runs(&self->harvest, &report->runs, &report->runs_failed);
    report->runs_missing = counts->runs - counts->runs_done;
    report->duplicates = counts->duplicates;
    memcpy(report->damage, self->harvest.damage, sizeof report->damage);
}

int study_verify(const struct study *study, const struct folder *folder, const struct verify_options *options,
                 struct verify_report *report, struct error *err)
{
    struct verify self = { .study = study, .options = options, .report = report };
    int ret;
    *report = (struct verify_report){ .first_different = -1 };
    if (!study->has_scenario || !(options->share > 0 && options->share <= 1))
        return error_set(err, MILIEU_ERR_USAGE, "verify: a study with a scenario, and a share above 0 and at most 1",
                         "verify : une étude avec scénario, et une part au-dessus de 0 et d'au plus 1");
    if ((ret = harvest_init(&self.harvest, study, folder, options->stop, err)) != 0 ||
        (ret = harvest_scan(&self.harvest, true, err)) != 0)
        goto out;
    fill_report(&self);
    if ((ret = check_share(&self, err)) == 0)
        ret = check_merged(&self, err);
out:
    maker_free(&self.maker);
    bytes_free(&self.again);
    harvest_free(&self.harvest);
    return ret;
}
