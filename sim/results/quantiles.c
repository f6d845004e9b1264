#include "quantiles.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results.h"

const double results_quantile[RESULTS_NUM_QUANTILES] = { 0.05, 0.25, 0.5, 0.75, 0.95 };

static const hsize_t read_bytes = 64 << 20; /* of one series, read at once */
static const hsize_t few_runs = 2000;       /* up to here sorting side by side is sooner than looking for the ranks */

/* ---- dimensions ---- */

int axis_of_arms(struct shelf *shelf, const struct scenario *scenario)
{
    int axis = shelf_axis(shelf, "arm", shelf->store->text, scenario->arm_id, (hsize_t)scenario->num_arms);
    store_describe(shelf->store, shelf->axis[axis].dataset, "arm", "bras", NULL);
    return axis;
}

int axis_of_clinics(struct shelf *shelf, const struct scenario *scenario)
{
    int axis = shelf_axis(shelf, "clinic", shelf->store->text, scenario->clinic_id, (hsize_t)scenario->num_clinics);
    store_describe(shelf->store, shelf->axis[axis].dataset, "clinic", "clinique", NULL);
    return axis;
}

static void write_dates(struct shelf *shelf, int week, const struct scenario *scenario)
{
    char units[64];
    hsize_t start = 0, count = (hsize_t)scenario->horizon;
    int32_t day[1024];
    hid_t array = shelf_array(shelf, "date", H5T_STD_I32LE, &week, 1, NULL);
    for (int i = 0; i < scenario->horizon && i < 1024; i++)
        day[i] = 7 * i;
    store_write(shelf->store, array, 1, &start, &count, H5T_NATIVE_INT32, day);
    snprintf(units, sizeof units, "days since %s", scenario->start);
    store_describe(shelf->store, array, "first day of the week", "premier jour de la semaine", units);
    store_attribute_text(shelf->store, array, "standard_name", "time");
    store_attribute_text(shelf->store, array, "calendar", "proleptic_gregorian");
    store_put_away(shelf->store, &array);
}

int axis_of_weeks(struct shelf *shelf, const struct scenario *scenario)
{
    int week = shelf_axis_count(shelf, "week", scenario->horizon);
    store_describe(shelf->store, shelf->axis[week].dataset, "week", "semaine", "week");
    if (scenario->start != NULL && scenario->start[0] != '\0')
        write_dates(shelf, week, scenario);
    return week;
}

void describe_series(struct store *store, hid_t array, int series, const struct scenario *scenario)
{
    char method[64];
    snprintf(method, sizeof method, "week: %s", series_table[series].method);
    store_describe(store, array, series_table[series].words[0], series_table[series].words[1],
                   series_table[series].unit);
    store_attribute_text(store, array, "cell_methods", method);
    if (scenario->start != NULL && scenario->start[0] != '\0')
        store_attribute_text(store, array, "coordinates", "date");
}

/* ---- values ---- */

static void swap(float *a, float *b)
{
    float keep = *a;
    *a = *b;
    *b = keep;
}

static void sort_few(float *value, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        float keep = value[i];
        size_t j = i;
        for (; j > 0 && keep < value[j - 1]; j--)
            value[j] = value[j - 1];
        value[j] = keep;
    }
}

/* Puts the values of the wanted ranks (rising) in their sorted places: quickselect that follows every rank. Each split
 * is around a median of three; without one the two halves are never empty. */
static void place_ranks(float *value, size_t low, size_t high, const size_t *rank, size_t num_ranks)
{
    while (num_ranks > 0 && high - low > 16) {
        size_t i = low, j = high - 1, middle = low + (high - low) / 2, before = 0;
        float three[3] = { value[low], value[middle], value[high - 1] }, pivot;
        sort_few(three, 3);
        pivot = three[1];
        while (i <= j) {
            while (value[i] < pivot)
                i++;
            while (value[j] > pivot)
                j--;
            if (i <= j) {
                swap(&value[i++], &value[j]);
                if (j-- == 0)
                    break;
            }
        }
        /* low .. j are at most the pivot, i .. high - 1 at least; what lies between equals it */
        while (before < num_ranks && rank[before] < i)
            before++;
        place_ranks(value, low, i, rank, before);
        rank += before;
        num_ranks -= before;
        low = i;
    }
    if (num_ranks > 0)
        sort_few(value + low, high - low);
}

static size_t leave_out_nan(float *value, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(value[i]))
            value[kept++] = value[i];
    return kept;
}

static bool all_equal(const float *value, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (value[i] != value[0])
            return false;
    return true;
}

/* Quantile i of n values lies between these two of them, sorted. */
static void ranks_of(size_t n, int i, size_t rank[2])
{
    rank[0] = (size_t)(results_quantile[i] * (double)(n - 1));
    rank[1] = rank[0] + 1 < n ? rank[0] + 1 : rank[0];
}

static float between(size_t n, int i, float low, float high)
{
    double place = results_quantile[i] * (double)(n - 1);
    return (float)((double)low + (place - floor(place)) * ((double)high - (double)low));
}

void quantiles_of(float *value, size_t count, float *out)
{
    size_t n = leave_out_nan(value, count), rank[2 * RESULTS_NUM_QUANTILES];
    for (int i = 0; i < RESULTS_NUM_QUANTILES && n > 0; i++)
        ranks_of(n, i, &rank[2 * i]);
    if (!all_equal(value, n))
        place_ranks(value, 0, n, rank, 2 * RESULTS_NUM_QUANTILES);
    for (int i = 0; i < RESULTS_NUM_QUANTILES; i++)
        out[i] = n == 0 ? NAN : between(n, i, value[rank[2 * i]], value[rank[2 * i + 1]]);
}

/* A whole number that stands in the order of the floats: the sign's two halves the right way round. Missing ones come
 * behind all others. Its own inverse but for those. */
static int32_t key_of(float value)
{
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return isnan(value) ? INT32_MAX : (bits < 0 ? bits ^ INT32_MAX : bits);
}

static float value_of(int32_t key)
{
    int32_t bits = key < 0 ? key ^ INT32_MAX : key;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Smaller ones to `a`, larger ones to `b`: written so that a compiler takes several lanes at once. */
static inline void order_lanes(int32_t *restrict a, int32_t *restrict b)
{
    for (int i = 0; i < QUANTILE_LANES; i++) {
        int32_t x = a[i], y = b[i];
        a[i] = x < y ? x : y;
        b[i] = x < y ? y : x;
    }
}

/* Batcher's odd-even merging (Knuth 5.2.2): what is compared does not depend on the values, so that all lanes are sorted
 * together and no branch is guessed wrong. */
static void sort_lanes(int32_t (*key)[QUANTILE_LANES], size_t count)
{
    for (size_t p = 1; p < count; p *= 2)
        for (size_t k = p; k >= 1; k /= 2)
            for (size_t j = k % p; j + k < count; j += 2 * k)
                for (size_t i = j; i < j + k && i + k < count; i++)
                    if (i / (2 * p) == (i + k) / (2 * p))
                        order_lanes(key[i], key[i + k]);
}

void quantiles_of_lanes(const float *value, size_t stride, int32_t (*key)[QUANTILE_LANES], size_t count,
                        float (*out)[RESULTS_NUM_QUANTILES])
{
    size_t n[QUANTILE_LANES] = { 0 }, rank[2];
    for (size_t i = 0; i < count; i++)
        for (size_t lane = 0; lane < QUANTILE_LANES; lane++) {
            key[i][lane] = key_of(value[i * stride + lane]);
            n[lane] += key[i][lane] == INT32_MAX ? 0 : 1;
        }
    sort_lanes(key, count);
    for (int lane = 0; lane < QUANTILE_LANES; lane++)
        for (int i = 0; i < RESULTS_NUM_QUANTILES; i++) {
            out[lane][i] = NAN;
            if (n[lane] == 0)
                continue;
            ranks_of(n[lane], i, rank);
            out[lane][i] = between(n[lane], i, value_of(key[rank[0]][lane]), value_of(key[rank[1]][lane]));
        }
}

/* Memory for one series of some clinics in all runs, and for what comes out of it. */
struct work {
    hsize_t runs, clinics, weeks;   /* clinics: at once */
    float *value;                   /* [runs][clinics][weeks] */
    float *cell;                    /* [runs]: one clinic, one week */
    int32_t (*key)[QUANTILE_LANES]; /* [runs]: so many of them */
    float *out;                     /* [clinics][weeks][RESULTS_NUM_QUANTILES] */
};

static bool work_init(struct work *self, const struct cube *series)
{
    hsize_t runs = (hsize_t)series->num_draws * (hsize_t)series->num_replications;
    hsize_t clinics = read_bytes / (runs * series->cells * sizeof(float));
    clinics = clinics < 1 ? 1 : clinics > series->rows ? series->rows : clinics;
    *self = (struct work){ .runs = runs, .clinics = clinics, .weeks = series->cells };
    self->value = malloc(runs * clinics * series->cells * sizeof(float));
    self->cell = malloc(runs * sizeof(float));
    self->key = malloc(runs * sizeof *self->key);
    self->out = malloc(clinics * series->cells * RESULTS_NUM_QUANTILES * sizeof(float));
    return self->value != NULL && self->cell != NULL && self->key != NULL && self->out != NULL;
}

static void work_free(struct work *self)
{
    free(self->value);
    free(self->cell);
    free(self->key);
    free(self->out);
}

static void take_cells(struct work *self, hsize_t clinics)
{
    hsize_t cells = clinics * self->weeks, i = 0;
    for (; self->runs <= few_runs && i + QUANTILE_LANES <= cells; i += QUANTILE_LANES) {
        float(*out)[RESULTS_NUM_QUANTILES] = (float(*)[RESULTS_NUM_QUANTILES])(self->out + i * RESULTS_NUM_QUANTILES);
        quantiles_of_lanes(self->value + i, cells, self->key, self->runs, out);
    }
    for (; i < cells; i++) {
        for (hsize_t run = 0; run < self->runs; run++)
            self->cell[run] = self->value[run * cells + i];
        quantiles_of(self->cell, self->runs, self->out + i * RESULTS_NUM_QUANTILES);
    }
}

static void write_one(struct store *store, const struct cube *series, int index, hid_t array, struct work *work)
{
    for (hsize_t arm = 0; arm < (hsize_t)series->num_arms; arm++) {
        for (hsize_t first = 0; first < series->rows && !store->failed; first += work->clinics) {
            hsize_t clinics = series->rows - first < work->clinics ? series->rows - first : work->clinics;
            const hsize_t start[5] = { arm, 0, 0, first, 0 };
            const hsize_t count[5] = { 1, (hsize_t)series->num_draws, (hsize_t)series->num_replications, clinics,
                                       series->cells };
            const hsize_t to[4] = { arm, first, 0, 0 }, size[4] = { 1, clinics, series->cells, RESULTS_NUM_QUANTILES };
            store_read(store, series->array[index], 5, start, count, H5T_NATIVE_FLOAT, work->value);
            if (!store->failed)
                take_cells(work, clinics);
            store_write(store, array, 4, to, size, H5T_NATIVE_FLOAT, work->out);
        }
    }
}

void quantiles_write(struct store *store, const struct cube *series, const struct scenario *scenario)
{
    struct shelf shelf;
    struct work work;
    int axes[4];
    hsize_t chunk[4];
    if (!work_init(&work, series))
        store_fail_memory(store);
    chunk[0] = 1;
    chunk[1] = work.clinics < 256 ? work.clinics : 256;
    chunk[2] = work.weeks;
    chunk[3] = RESULTS_NUM_QUANTILES;
    shelf_open(&shelf, store, "quantiles");
    store_attribute_text(store, shelf.group, "kind", "both: over draws and replications");
    axes[0] = axis_of_arms(&shelf, scenario);
    axes[1] = axis_of_clinics(&shelf, scenario);
    axes[2] = axis_of_weeks(&shelf, scenario);
    axes[3] = shelf_axis(&shelf, "quantile", H5T_NATIVE_DOUBLE, results_quantile, RESULTS_NUM_QUANTILES);
    store_describe(store, shelf.axis[axes[3]].dataset, "quantile over runs", "quantile sur les simulations", "1");
    for (int i = 0; i < series->num_variables; i++) {
        hid_t array = shelf_array(&shelf, series_table[i].id, H5T_IEEE_F32LE, axes, 4, store->compress ? chunk : NULL);
        describe_series(store, array, i, scenario);
        if (!store->failed)
            write_one(store, series, i, array, &work);
        store_put_away(store, &array);
    }
    shelf_close(&shelf);
    work_free(&work);
}
