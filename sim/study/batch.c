#include "batch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "sketch.h"

/* ---- bytes ---- */

int bytes_append(struct bytes *self, const void *from, size_t length, struct error *err)
{
    if (self->length + length > self->size) {
        size_t size = self->size < 4096 ? 4096 : self->size;
        while (size < self->length + length)
            size *= 2;
        unsigned char *at = realloc(self->at, size);
        if (at == NULL)
            return error_set(err, MILIEU_ERR_MEMORY, "a batch of %zu bytes", "un lot de %zu octets", size);
        self->at = at;
        self->size = size;
    }
    if (length > 0)
        memcpy(self->at + self->length, from, length);
    self->length += length;
    return 0;
}

void bytes_free(struct bytes *self)
{
    free(self->at);
    *self = (struct bytes){ 0 };
}

static size_t padded(size_t length)
{
    return (length + 7) / 8 * 8;
}

static int append_padded(struct bytes *self, const void *from, size_t length, struct error *err)
{
    static const char nothing[8];
    int ret = bytes_append(self, from, length, err);
    return ret != 0 ? ret : bytes_append(self, nothing, padded(length) - length, err);
}

/* ---- shape ---- */

void study_shape(const struct study *study, struct study_shape *out)
{
    struct study_shape s = { .arms = study->num_arms,
                             .clinics = study->scenario.num_clinics,
                             .responses = study->num_respond,
                             .series = study->outputs.num_series,
                             .weeks = study->scenario.horizon };
    s.places = study->outputs.clinics ? s.clinics + 1 : 1;
    s.rows = study->outputs.clinics ? s.clinics : 1;
    s.steps = study->outputs.every_weeks > 0 ? s.weeks / study->outputs.every_weeks : 0;
    s.kept = s.series > 0 ? study->outputs.trajectories : 0;
    s.values = (size_t)s.arms * (size_t)s.places * (size_t)s.responses;
    s.cells = (size_t)s.arms * (size_t)s.rows * (size_t)s.series * (size_t)s.steps;
    s.kept_values = (size_t)s.arms * (size_t)s.rows * (size_t)s.series * (size_t)s.weeks;
    *out = s;
}

/* ---- a run ---- */

static bool is_of_the_run(int code)
{
    return code != MILIEU_ERR_MEMORY && code != MILIEU_ERR_INTERRUPTED;
}

static bool stopped(const struct maker *self)
{
    return self->stop != NULL && *self->stop != 0;
}

static void free_records(struct maker *self)
{
    for (int a = 0; self->record != NULL && a < self->shape.arms; a++)
        record_free(&self->record[a]);
}

static int simulate_arms(struct maker *self, const struct setting *setting, struct luck luck, struct error *err)
{
    struct simulation sim = { 0 };
    int ret = simulation_init(&sim, setting, luck, self->stop, err);
    if (ret == 0)
        ret = simulation_usual_care(&sim, err);
    for (int a = 0; ret == 0 && a < self->shape.arms; a++) {
        if (stopped(self))
            ret = error_set(err, MILIEU_ERR_INTERRUPTED, "%s", "%s", "");
        if (ret == 0 && self->record[a].outcome == NULL)
            ret = record_init(&self->record[a], setting, self->shape.series > 0, err);
        if (ret == 0)
            ret = simulation_arm(&sim, self->study->arm[a], &self->record[a], err);
    }
    simulation_free(&sim);
    return ret;
}

static int simulate_run(struct maker *self, const struct scenario *scenario, uint32_t replication, struct error *err)
{
    struct setting setting = { 0 };
    int draw, chance;
    study_luck(self->study, (int)replication, &draw, &chance);
    int luck_draw = self->study->uncertainty == UNCERTAIN_PARAMETERS ? 0 : draw;
    uint32_t seed = scenario->runs.seed; /* the point's */
    int ret = scenario_draw(scenario, seed, draw, &setting, err);
    setting.events = false; /* a run on its own has them */
    if (ret == 0)
        ret = simulate_arms(self, &setting, simulation_luck(seed, luck_draw, chance), err);
    setting_free(&setting);
    return ret;
}

/* ---- what it leaves behind ---- */

static void take_values(const struct maker *self, double *value)
{
    const struct study_shape *s = &self->shape;
    for (int a = 0; a < s->arms; a++)
        for (int p = 0; p < s->places; p++) {
            const double *row = self->record[a].outcome + (size_t)(s->clinics + 1 - s->places + p) * NUM_OUTCOMES;
            for (int r = 0; r < s->responses; r++)
                *value++ = row[self->study->respond[r]];
        }
}

/* A series in a week: of one clinic, or the mean of all that have it. */
static float series_value(const struct maker *self, int arm, int row, int series, int week)
{
    const struct record *record = &self->record[arm];
    const size_t week_size = NUM_SERIES, clinic_size = week_size * (size_t)record->horizon;
    const float *at = record->series + (size_t)week * week_size + (size_t)self->study->outputs.series[series];
    double sum = 0;
    int num = 0;
    if (self->shape.rows > 1 || self->shape.clinics == 1)
        return at[(size_t)row * clinic_size];
    for (int c = 0; c < self->shape.clinics; c++) {
        double x = at[(size_t)c * clinic_size];
        if (!isnan(x)) {
            sum += x;
            num++;
        }
    }
    return num > 0 ? (float)(sum / num) : NAN;
}

/* Every step of every series, beside those of the part's other runs. */
static void take_cells(struct maker *self, uint32_t run, uint32_t count)
{
    const struct study_shape *s = &self->shape;
    float *column = self->column + run;
    for (int a = 0; a < s->arms; a++)
        for (int row = 0; row < s->rows; row++)
            for (int k = 0; k < s->series; k++)
                for (int step = 0; step < s->steps; step++, column += count)
                    *column = series_value(self, a, row, k, (step + 1) * self->study->outputs.every_weeks - 1);
}

static int keep_series(struct maker *self, bool failed, struct error *err)
{
    const struct study_shape *s = &self->shape;
    int ret = 0;
    for (int a = 0; a < s->arms; a++)
        for (int row = 0; row < s->rows; row++)
            for (int k = 0; k < s->series; k++)
                for (int week = 0; week < s->weeks && ret == 0; week++) {
                    float x = failed ? NAN : series_value(self, a, row, k, week);
                    ret = bytes_append(&self->kept, &x, sizeof x, err);
                }
    return ret;
}

static void fill_missing(const struct maker *self, double *value, uint32_t run, uint32_t count)
{
    for (size_t i = 0; i < self->shape.values; i++)
        value[i] = NAN;
    for (size_t i = 0; i < self->shape.cells; i++)
        self->column[i * count + run] = NAN;
}

/* ---- a part ---- */

struct drawing {                     /* the runs of a part as they come */
    const struct scenario *scenario; /* NULL: the point has none, and `why` says so */
    int code;
    const struct error *why;
    int32_t *status, *week;
    double *value;
};

static int make_run(struct maker *self, const struct drawing *d, struct part_head *head, uint32_t i, struct error *err)
{
    struct error own = { 0 };
    int ret = d->code;
    if (stopped(self))
        return error_set(err, MILIEU_ERR_INTERRUPTED, "%s", "%s", "");
    if (d->scenario != NULL)
        ret = simulate_run(self, d->scenario, head->first + i, &own);
    if (ret != 0 && !is_of_the_run(ret)) {
        if (err != NULL)
            *err = own;
        return ret;
    }
    d->status[i] = ret;
    d->week[i] = -1;
    double *value = d->value + (size_t)i * self->shape.values;
    if (ret == 0) {
        take_values(self, value);
        take_cells(self, i, head->count);
    } else {
        const char *why = d->scenario != NULL ? own.detail[0] : d->why->detail[0];
        fill_missing(self, value, i, head->count);
        head->failed++;
        int failed = bytes_append(&self->reasons, why, strlen(why) + 1, err);
        if (failed != 0)
            return failed;
    }
    if (head->first + i >= (uint32_t)self->shape.kept)
        return 0;
    head->kept++;
    return keep_series(self, ret != 0, err);
}

static int compare_keys(const void *a, const void *b)
{
    return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

static void add_up_cell(const float *x, uint32_t count, struct cell *cell, uint16_t *key)
{
    struct exact sum = { 0 };
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        exact_add(&sum, x[i]);
        if (fabsf(x[i]) < (float)EXACT_RANGE) /* what exact_add counts; NaN is not */
            key[n++] = sketch_key(x[i]);
    }
    qsort(key, n, sizeof *key, compare_keys);
    *cell = (struct cell){ .sum_high = (int64_t)(sum.sum >> 64),
                           .sum_low = (uint64_t)sum.sum,
                           .squares_high = (int64_t)(sum.squares >> 64),
                           .squares_low = (uint64_t)sum.squares,
                           .count = n,
                           .missing = count - n };
}

static int append_cells(struct maker *self, struct part_head *head, struct bytes *payload, struct error *err)
{
    struct bytes keys = { 0 };
    uint16_t *key = malloc((size_t)head->count * sizeof *key + 1);
    int ret = 0;
    if (key == NULL) {
        error_set_memory(err);
        return MILIEU_ERR_MEMORY;
    }
    for (size_t i = 0; i < self->shape.cells && ret == 0; i++) {
        struct cell cell;
        add_up_cell(self->column + i * head->count, head->count, &cell, key);
        ret = bytes_append(payload, &cell, sizeof cell, err);
        if (ret == 0)
            ret = bytes_append(&keys, key, cell.count * sizeof *key, err);
    }
    if (ret == 0)
        ret = append_padded(payload, keys.at, keys.length, err);
    head->keys = keys.length;
    bytes_free(&keys);
    free(key);
    return ret;
}

static int append_part(struct maker *self, struct part_head *head, const struct drawing *d, struct bytes *payload,
                       struct error *err)
{
    size_t start = payload->length;
    head->reasons = self->reasons.length;
    int ret = bytes_append(payload, head, sizeof *head, err);
    if (ret == 0)
        ret = append_padded(payload, d->status, head->count * sizeof *d->status, err);
    if (ret == 0)
        ret = append_padded(payload, d->week, head->count * sizeof *d->week, err);
    if (ret == 0)
        ret = append_padded(payload, d->value, head->count * self->shape.values * sizeof *d->value, err);
    if (ret == 0)
        ret = append_padded(payload, self->reasons.at, self->reasons.length, err);
    if (ret == 0)
        ret = append_cells(self, head, payload, err);
    if (ret == 0)
        ret = append_padded(payload, self->kept.at, self->kept.length, err);
    if (ret == 0)
        memcpy(payload->at + start, head, sizeof *head); /* its lengths are known by now */
    else
        payload->length = start;
    return ret;
}

static int make_room(struct maker *self, uint32_t count, struct drawing *d, struct error *err)
{
    size_t size = self->shape.cells * count;
    self->reasons.length = self->kept.length = 0;
    if (size > self->column_size) {
        float *column = realloc(self->column, size * sizeof *column);
        if (column == NULL) {
            error_set_memory(err);
            return MILIEU_ERR_MEMORY;
        }
        self->column = column;
        self->column_size = size;
    }
    d->status = calloc(count, sizeof *d->status);
    d->week = calloc(count, sizeof *d->week);
    d->value = calloc((size_t)count * self->shape.values + 1, sizeof *d->value);
    if (d->status != NULL && d->week != NULL && d->value != NULL)
        return 0;
    error_set_memory(err);
    return MILIEU_ERR_MEMORY;
}

int maker_make(struct maker *self, uint64_t point, uint32_t first, uint32_t count, struct bytes *payload,
               struct error *err)
{
    struct part_head head = { .point = point, .first = first, .count = count };
    struct scenario scenario = { 0 };
    struct error why = { 0 };
    struct drawing d = { .scenario = &scenario, .why = &why };
    int ret = make_room(self, count, &d, err);
    if (ret == 0 && (d.code = study_read_point(self->study, point, &scenario, NULL, &why)) != 0) {
        d.scenario = NULL;
        if (!is_of_the_run(d.code)) {
            ret = d.code;
            if (err != NULL)
                *err = why;
        }
    }
    for (uint32_t i = 0; i < count && ret == 0; i++)
        ret = make_run(self, &d, &head, i, err);
    if (ret == 0)
        ret = append_part(self, &head, &d, payload, err);
    scenario_free(&scenario);
    free(d.status);
    free(d.week);
    free(d.value);
    return ret;
}

int maker_init(struct maker *self, const struct study *study, const volatile sig_atomic_t *stop, struct error *err)
{
    *self = (struct maker){ .study = study, .stop = stop };
    study_shape(study, &self->shape);
    self->record = calloc((size_t)self->shape.arms, sizeof *self->record);
    return self->record != NULL ? 0 : error_set_memory(err);
}

void maker_free(struct maker *self)
{
    free_records(self);
    free(self->record);
    free(self->column);
    bytes_free(&self->reasons);
    bytes_free(&self->kept);
    *self = (struct maker){ 0 };
}

/* ---- reading ---- */

/* The next piece of `length` bytes, or NULL when the payload ends before. */
static const void *piece(const void *payload, size_t length, size_t *offset, size_t size)
{
    const unsigned char *at = (const unsigned char *)payload + *offset;
    if (*offset > length || size > length - *offset || padded(size) > length - *offset)
        return NULL;
    *offset += padded(size);
    return at;
}

/* As many reasons as runs that failed. */
static bool reasons_are_whole(const struct part *part)
{
    uint64_t ends = 0, failed = 0;
    for (uint32_t i = 0; i < part->head.count; i++)
        failed += part->status[i] != 0;
    for (uint64_t i = 0; i < part->head.reasons; i++)
        ends += part->reasons[i] == '\0';
    return failed == part->head.failed && ends == failed &&
           (ends == 0 || part->reasons[part->head.reasons - 1] == '\0');
}

static bool keys_are_whole(const struct study_shape *shape, const struct part *part)
{
    uint64_t keys = 0;
    for (size_t i = 0; i < shape->cells; i++)
        keys += part->cell[i].count;
    return keys * sizeof *part->key == part->head.keys;
}

bool part_read(const struct study_shape *shape, const void *payload, size_t length, size_t *offset, struct part *out)
{
    size_t at = *offset;
    const struct part_head *head = piece(payload, length, &at, sizeof *head);
    if (head == NULL || head->count > length || head->kept > head->count || head->failed > head->count)
        return false;
    out->head = *head;
    out->status = piece(payload, length, &at, head->count * sizeof *out->status);
    out->week = piece(payload, length, &at, head->count * sizeof *out->week);
    out->value = piece(payload, length, &at, head->count * shape->values * sizeof *out->value);
    out->reasons = piece(payload, length, &at, head->reasons);
    out->cell = piece(payload, length, &at, shape->cells * sizeof *out->cell);
    out->key = piece(payload, length, &at, head->keys);
    out->kept = piece(payload, length, &at, head->kept * shape->kept_values * sizeof *out->kept);
    if (out->status == NULL || out->week == NULL || out->value == NULL || out->reasons == NULL || out->cell == NULL ||
        out->key == NULL || out->kept == NULL || !reasons_are_whole(out) || !keys_are_whole(shape, out))
        return false;
    *offset = at;
    return true;
}
