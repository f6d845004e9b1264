#include "fake_journals.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fake_study.h"
#include "sim/study/exact.h"
#include "sim/study/looks.h"
#include "sim/study/sketch.h"

/* A number that looks like chance, -1..1. */
static double noise(int64_t a, int64_t b, int64_t c)
{
    uint64_t z = (uint64_t)(a * 1000003 + b * 10007 + c) * 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 29) * 0xbf58476d1ce4e5b9u;
    return (double)(z >> 11) / 4503599627370496.0 - 1;
}

double fake_response(const struct fake_runs *self, int64_t point, int64_t replication, int arm, int place, int response)
{
    if (response == 1 && (point + replication) % 5 == 0)
        return NAN;
    if (self->study->stop.given && response == 0)
        return arm == 0 ? 0.25 : 0.25 + 0.1 * (double)(point + 1) * noise(point, replication, place);
    return (double)(point * 31 + replication * 17 + arm * 7 + place * 3 + response) / 3 +
           noise(point, replication, arm);
}

float fake_weekly(int64_t point, int64_t replication, int arm, int row, int series, int week)
{
    if (week < replication % 7)
        return NAN;
    return (float)(noise(point * 100 + series, replication * 10 + arm, row * 1000 + week) * (1 + (double)point));
}

bool fake_fails(const struct fake_runs *self, int64_t point, int64_t replication)
{
    return self->failing && (point * 7 + replication) % 11 == 3;
}

/* ---- a payload ---- */

static void append(struct bytes *payload, const void *from, size_t length)
{
    static const char nothing[8];
    cr_assert(bytes_append(payload, from, length, NULL) == 0);
    cr_assert(bytes_append(payload, nothing, (8 - length % 8) % 8, NULL) == 0);
}

static void append_values(const struct fake_runs *self, const struct part_head *head, struct bytes *payload)
{
    const struct study_shape *s = &self->shape;
    for (uint32_t i = 0; i < head->count; i++)
        for (int a = 0; a < s->arms; a++)
            for (int p = 0; p < s->places; p++)
                for (int r = 0; r < s->responses; r++) {
                    int64_t point = (int64_t)head->point, replication = head->first + i;
                    double x =
                        fake_fails(self, point, replication) ? NAN : fake_response(self, point, replication, a, p, r);
                    append(payload, &x, sizeof x);
                }
}

static int compare_keys(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

static struct cell cell_of(const struct fake_runs *self, const struct part_head *head, const int at[4], uint16_t *key)
{
    struct exact sum = { 0 };
    uint32_t n = 0;
    for (uint32_t i = 0; i < head->count; i++) {
        int64_t point = (int64_t)head->point, replication = head->first + i;
        float x =
            fake_fails(self, point, replication) ? NAN : fake_weekly(point, replication, at[0], at[1], at[2], at[3]);
        exact_add(&sum, x);
        if (!isnan(x))
            key[n++] = sketch_key(x);
    }
    qsort(key, n, sizeof *key, compare_keys);
    return (struct cell){ .sum_high = (int64_t)(sum.sum >> 64),
                          .sum_low = (uint64_t)sum.sum,
                          .squares_high = (int64_t)(sum.squares >> 64),
                          .squares_low = (uint64_t)sum.squares,
                          .count = n,
                          .missing = head->count - n };
}

static void append_cells(const struct fake_runs *self, struct part_head *head, struct bytes *payload)
{
    const struct study_shape *s = &self->shape;
    struct bytes keys = { 0 };
    uint16_t *key = malloc(head->count * sizeof *key + 1);
    for (int a = 0; a < s->arms; a++)
        for (int row = 0; row < s->rows; row++)
            for (int k = 0; k < s->series; k++)
                for (int step = 0; step < s->steps; step++) {
                    int week = (step + 1) * self->study->outputs.every_weeks - 1;
                    struct cell cell = cell_of(self, head, (int[]){ a, row, k, week }, key);
                    append(payload, &cell, sizeof cell);
                    cr_assert(bytes_append(&keys, key, cell.count * sizeof *key, NULL) == 0);
                }
    head->keys = keys.length;
    append(payload, keys.at, keys.length);
    bytes_free(&keys);
    free(key);
}

static void append_kept(const struct fake_runs *self, const struct part_head *head, struct bytes *payload)
{
    const struct study_shape *s = &self->shape;
    struct bytes kept = { 0 };
    for (uint32_t i = 0; i < head->kept; i++)
        for (int a = 0; a < s->arms; a++)
            for (int row = 0; row < s->rows; row++)
                for (int k = 0; k < s->series; k++)
                    for (int week = 0; week < s->weeks; week++) {
                        int64_t point = (int64_t)head->point, replication = head->first + i;
                        float x = fake_fails(self, point, replication)
                                      ? NAN
                                      : fake_weekly(point, replication, a, row, k, week);
                        cr_assert(bytes_append(&kept, &x, sizeof x, NULL) == 0);
                    }
    append(payload, kept.at, kept.length);
    bytes_free(&kept);
}

static void append_status(const struct fake_runs *self, struct part_head *head, struct bytes *payload)
{
    int32_t *status = calloc(head->count, sizeof *status), *week = calloc(head->count, sizeof *week);
    for (uint32_t i = 0; i < head->count; i++) {
        bool fails = fake_fails(self, (int64_t)head->point, head->first + i);
        status[i] = fails ? MILIEU_ERR_RUN : 0;
        week[i] = fails ? (int32_t)((head->first + i) % 50) : -1;
        head->failed += fails;
    }
    append(payload, status, head->count * sizeof *status);
    append(payload, week, head->count * sizeof *week);
    free(status);
    free(week);
}

static void append_reasons(const struct fake_runs *self, struct part_head *head, struct bytes *payload)
{
    struct bytes reasons = { 0 };
    char text[64];
    for (uint32_t i = 0; i < head->count; i++)
        if (fake_fails(self, (int64_t)head->point, head->first + i)) {
            int length =
                snprintf(text, sizeof text, "point %d, réplication %d", (int)head->point, (int)(head->first + i));
            cr_assert(bytes_append(&reasons, text, (size_t)length + 1, NULL) == 0);
        }
    head->reasons = reasons.length;
    append(payload, reasons.at, reasons.length);
    bytes_free(&reasons);
}

static void append_part(const struct fake_runs *self, const struct geometry_span *span, int64_t point,
                        struct bytes *payload)
{
    struct part_head head = { .point = (uint64_t)point,
                              .first = (uint32_t)span->replication,
                              .count = (uint32_t)span->num_replications };
    size_t start = payload->length;
    for (uint32_t i = 0; i < head.count; i++)
        head.kept += head.first + i < (uint32_t)self->shape.kept;
    append(payload, &head, sizeof head);
    append_status(self, &head, payload);
    append_values(self, &head, payload);
    append_reasons(self, &head, payload);
    append_cells(self, &head, payload);
    append_kept(self, &head, payload);
    memcpy(payload->at + start, &head, sizeof head);
}

void fake_payload(const struct fake_runs *self, int64_t batch, struct bytes *payload)
{
    struct geometry_span span = geometry_span(&self->folder.geometry, batch);
    payload->length = 0;
    for (int64_t p = 0; p < span.num_points; p++)
        append_part(self, &span, span.point + p, payload);
}

/* ---- the folder ---- */

void fake_runs_init(struct fake_runs *self, const struct study *study, struct geometry_sizes sizes, bool failing)
{
    struct geometry_plan plan = looks_plan(study);
    char path[600];
    *self = (struct fake_runs){ .study = study, .failing = failing };
    study_shape(study, &self->shape);
    if (sizes.per_batch == 0)
        sizes = (struct geometry_sizes){ 3, 1, 2 };
    cr_assert(geometry_init(&self->folder.geometry, &plan, &sizes, NULL) == 0);
    snprintf(path, sizeof path, "%s/folder-XXXXXX", fake_folder());
    cr_assert(mkdtemp(path) != NULL);
    self->folder.path = malloc(strlen(path) + 1);
    strcpy(self->folder.path, path);
    for (int i = 0; i < STUDY_ID; i++)
        self->folder.id[i] = (unsigned char)(17 * i);
    study_id_text(self->folder.id, self->folder.id_text);
    self->folder.program = malloc(64);
    strcpy(self->folder.program, "milieu 0.1.0, commit of a test");
    strcat(path, "/journal");
    cr_assert(mkdir(path, 0777) == 0);
}

void fake_runs_free(struct fake_runs *self)
{
    free(self->folder.path);
    free(self->folder.program);
}

static const struct origin test_origin = { .host = "test", .pid = 1 };

static void begin(const struct fake_runs *self, struct journal *journal)
{
    char path[600];
    struct error err = { 0 };
    snprintf(path, sizeof path, "%s/journal", self->folder.path);
    cr_assert(journal_create(journal, path, self->folder.id, self->folder.program, &test_origin,
                             (struct journal_sync){ JOURNAL_SYNC_NONE, 0 }, 1, &err) == 0,
              "%s", err.detail[0]);
}

static void put(struct journal *journal, const struct fake_runs *self, int64_t batch, const void *payload,
                size_t length)
{
    struct geometry_span span = geometry_span(&self->folder.geometry, batch);
    struct journal_record record = { .type = JOURNAL_BATCH,
                                     .batch = batch,
                                     .runs = (uint32_t)geometry_span_runs(&span),
                                     .cpu_us = 10 + batch,
                                     .time_us = 1000 + batch,
                                     .payload = payload,
                                     .length = length };
    for (int64_t i = 0; i < geometry_span_runs(&span); i++) {
        int64_t run = geometry_span_run(&self->folder.geometry, &span, i);
        record.failed += fake_fails(self, geometry_point(&self->folder.geometry, run),
                                    geometry_replication(&self->folder.geometry, run));
    }
    cr_assert(journal_append(journal, &record, NULL) == 0);
}

static const char *end(const struct fake_runs *self, struct journal *journal)
{
    static char path[800];
    char name[JOURNAL_NAME];
    journal_name(journal, name);
    cr_assert(journal_close(journal, NULL, 2, NULL) == 0);
    snprintf(path, sizeof path, "%s/journal/%s", self->folder.path, name);
    return path;
}

const char *fake_journal(const struct fake_runs *self, const int64_t *batch, int64_t count)
{
    struct journal journal;
    struct bytes payload = { 0 };
    begin(self, &journal);
    for (int64_t i = 0; i < count; i++) {
        fake_payload(self, batch[i], &payload);
        put(&journal, self, batch[i], payload.at, payload.length);
    }
    bytes_free(&payload);
    return end(self, &journal);
}

const char *fake_journal_of(const struct fake_runs *self, int64_t batch, const void *payload, size_t length)
{
    struct journal journal;
    begin(self, &journal);
    put(&journal, self, batch, payload, length);
    return end(self, &journal);
}

/* ---- all there is to do ---- */

/* Does a point go on behind this stage, by the contrasts of its runs so far? */
static bool goes_on(const struct fake_runs *self, const struct ledger_rule *rule, int64_t point, int stage)
{
    struct exact sum = { 0 };
    for (int64_t r = 0; r < self->folder.geometry.look[stage]; r++) {
        int all = self->shape.places - 1;
        double contrast = fake_response(self, point, r, 1, all, 0) - fake_response(self, point, r, 0, all, 0);
        exact_add(&sum, fake_fails(self, point, r) ? NAN : contrast);
    }
    return rule->go_on(rule->context, point, stage, &sum);
}

int64_t fake_end(const struct fake_runs *self, int64_t point)
{
    const struct geometry *g = &self->folder.geometry;
    struct looks looks;
    struct ledger_rule rule = { 0 };
    int stage = 0;
    if (!looks_init(&looks, self->study, g->num_stages, &rule))
        return self->study->replications;
    while (stage < g->num_stages - 1 && goes_on(self, &rule, point, stage))
        stage++;
    return g->look[stage];
}

const char *fake_all(const struct fake_runs *self)
{
    const struct geometry *g = &self->folder.geometry;
    int64_t *batch = malloc((size_t)geometry_batches(g) * sizeof *batch), count = 0;
    const char *path;
    for (int64_t b = 0; b < geometry_batches(g); b++) {
        struct geometry_span span = geometry_span(g, b);
        if (span.replication < fake_end(self, span.point))
            batch[count++] = b;
    }
    path = fake_journal(self, batch, count);
    free(batch);
    return path;
}
