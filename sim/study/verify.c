#include "verify.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "harvest.h"
#include "verify_merged.h"

struct verify {
    const struct study *study;
    const struct verify_options *options;
    struct verify_report *report;
    struct harvest harvest;
    int64_t lowest;            /* batch: always drawn */
    int64_t to_check, batches; /* runs and batches drawn */
    pthread_mutex_t lock;      /* of all that follows, the harvest and the report, while threads work */
    int64_t next;              /* batch to look at */
    int ret;                   /* the first error; ends everybody */
    struct error err;
};

struct bench { /* of one thread */
    struct maker maker;
    struct geometry_span span;
    struct bytes there, again; /* a payload as it was written, and made again */
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
static bool is_drawn(const struct verify *self, int64_t batch)
{
    double u = (double)(mixed(self->options->seed, (uint64_t)batch) >> 11) / 9007199254740992.0;
    return self->harvest.place[batch].journal != 0 && (batch == self->lowest || u < self->options->share);
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

static void draw_share(struct verify *self)
{
    self->lowest = find_lowest(self);
    for (int64_t b = 0; b < geometry_batches(self->harvest.geometry); b++) {
        if (!is_drawn(self, b))
            continue;
        struct geometry_span span = geometry_span(self->harvest.geometry, b);
        self->to_check += geometry_span_runs(&span);
        self->batches++;
    }
}

/* ---- again ---- */

static bool same_run(const struct study_shape *shape, const struct part *a, const struct part *b, uint32_t i)
{
    return a->status[i] == b->status[i] && a->week[i] == b->week[i] &&
           memcmp(a->value + i * shape->values, b->value + i * shape->values, shape->values * sizeof *a->value) == 0;
}

struct difference {
    int64_t runs, first; /* how many, the first of them; -1 none */
};

static void note(struct difference *self, int64_t run, int64_t runs)
{
    if (self->first < 0)
        self->first = run;
    self->runs += runs;
}

/* Two parts: the runs that differ; all of them where the runs are the same and their sums, or whole series, are not. */
static void compare_parts(const struct verify *self, const struct part *there, const struct part *here, bool same_bytes,
                          struct difference *difference)
{
    int64_t before = difference->runs;
    int64_t first = geometry_run(self->harvest.geometry, (int64_t)there->head.point, 0) + there->head.first;
    for (uint32_t i = 0; i < there->head.count; i++)
        if (here == NULL || !same_run(&self->harvest.shape, there, here, i))
            note(difference, first + i, 1);
    if (before == difference->runs && !same_bytes)
        note(difference, first, there->head.count);
}

static struct difference compare(const struct verify *self, const struct bench *bench)
{
    const struct study_shape *shape = &self->harvest.shape;
    struct difference difference = { 0, -1 };
    size_t at = 0, offset = 0;
    struct part there, here;
    for (int64_t p = 0; p < bench->span.num_points; p++) {
        size_t begin_there = at, begin = offset;
        if (!part_read(shape, bench->there.at, bench->there.length, &at, &there))
            break; /* never: the harvest has read it */
        bool read = part_read(shape, bench->again.at, bench->again.length, &offset, &here);
        bool same = read && offset - begin == at - begin_there &&
                    memcmp(bench->again.at + begin, bench->there.at + begin_there, at - begin_there) == 0;
        compare_parts(self, &there, read ? &here : NULL, same, &difference);
    }
    return difference;
}

static int make_again(struct bench *bench, struct error *err)
{
    const struct geometry_span *span = &bench->span;
    int ret = 0;
    bench->again.length = 0;
    for (int64_t p = 0; p < span->num_points && ret == 0; p++)
        ret = maker_make(&bench->maker, (uint64_t)(span->point + p), (uint32_t)span->replication,
                         (uint32_t)span->num_replications, &bench->again, err);
    return ret;
}

/* ---- threads ---- */

static int load(struct verify *self, struct bench *bench, int64_t batch, struct error *err)
{
    const struct journal_record *record = &self->harvest.record;
    int ret = harvest_load(&self->harvest, batch, err);
    if (ret != 0)
        return ret;
    bench->span = self->harvest.span;
    bench->there.length = 0;
    return bytes_append(&bench->there, record->payload, record->length, err);
}

/* The next batch that is drawn, onto the bench. False when there is none, and when somebody has failed. */
static bool next_batch(struct verify *self, struct bench *bench)
{
    int64_t batches = geometry_batches(self->harvest.geometry);
    pthread_mutex_lock(&self->lock);
    while (self->next < batches && !is_drawn(self, self->next))
        self->next++;
    bool there = self->ret == 0 && self->next < batches;
    if (there) {
        self->ret = load(self, bench, self->next++, &self->err);
        there = self->ret == 0;
    }
    pthread_mutex_unlock(&self->lock);
    return there;
}

/* Sums and a least number: the same whoever comes first. */
static void report_batch(struct verify *self, const struct bench *bench, const struct difference *difference)
{
    struct verify_report *report = self->report;
    pthread_mutex_lock(&self->lock);
    report->batches_checked++;
    report->runs_checked += geometry_span_runs(&bench->span);
    report->runs_different += difference->runs;
    if (difference->first >= 0 && (report->first_different < 0 || difference->first < report->first_different))
        report->first_different = difference->first;
    if (self->options->progress != NULL)
        self->options->progress(self->options->progress_context, report->runs_checked, self->to_check);
    pthread_mutex_unlock(&self->lock);
}

static int check_batches(struct verify *self, struct bench *bench, struct error *err)
{
    int ret = maker_init(&bench->maker, self->study, self->options->stop, err);
    while (ret == 0 && next_batch(self, bench)) {
        ret = make_again(bench, err);
        if (ret != 0)
            break;
        struct difference difference = compare(self, bench);
        report_batch(self, bench, &difference);
    }
    return ret;
}

static void *work(void *argument)
{
    struct verify *self = argument;
    struct bench bench = { 0 };
    struct error err = { 0 };
    int ret = check_batches(self, &bench, &err);
    maker_free(&bench.maker);
    bytes_free(&bench.there);
    bytes_free(&bench.again);
    pthread_mutex_lock(&self->lock);
    if (ret != 0 && self->ret == 0) {
        self->ret = ret;
        self->err = err;
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

/* The caller's thread is one of them: with no other to be had it does all the work. */
static int check_share(struct verify *self, struct error *err)
{
    int64_t others = self->options->threads - 1;
    draw_share(self);
    if (others >= self->batches)
        others = self->batches - 1;
    pthread_t *thread = others > 0 ? calloc((size_t)others, sizeof *thread) : NULL;
    int started = 0;
    while (thread != NULL && started < others && pthread_create(&thread[started], NULL, work, self) == 0)
        started++;
    work(self);
    for (int i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    free(thread);
    if (self->ret != 0 && err != NULL)
        *err = self->err;
    return self->ret;
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
    struct verify self = { .study = study, .options = options, .report = report, .lock = PTHREAD_MUTEX_INITIALIZER };
    int ret;
    *report = (struct verify_report){ .first_different = -1, .merged_different = -1 };
    if (!study->has_scenario || !(options->share > 0 && options->share <= 1))
        return error_set(err, MILIEU_ERR_USAGE, "verify: a study with a scenario, and a share above 0 and at most 1",
                         "verify : une étude avec scénario, et une part au-dessus de 0 et d'au plus 1");
    if ((ret = harvest_init(&self.harvest, study, folder, options->stop, err)) != 0 ||
        (ret = harvest_scan(&self.harvest, true, err)) != 0)
        goto out;
    fill_report(&self);
    if ((ret = check_share(&self, err)) == 0)
        ret = verify_merged_file(study, folder, options, report, err);
out:
    harvest_free(&self.harvest);
    pthread_mutex_destroy(&self.lock);
    return ret;
}
