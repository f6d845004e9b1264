#include "quantiles.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "results.h"

const double results_quantile[RESULTS_NUM_QUANTILES] = { 0.05, 0.25, 0.5, 0.75, 0.95 };

static const hsize_t read_bytes = 64 << 20; /* of one series, read at once */

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

void quantiles_of(float *value, size_t count, float *out)
{
    size_t n = leave_out_nan(value, count), rank[2 * RESULTS_NUM_QUANTILES];
    for (int i = 0; i < RESULTS_NUM_QUANTILES && n > 0; i++) {
        size_t below = (size_t)(results_quantile[i] * (double)(n - 1));
        rank[2 * i] = below;
        rank[2 * i + 1] = below + 1 < n ? below + 1 : below;
    }
    if (!all_equal(value, n))
        place_ranks(value, 0, n, rank, 2 * RESULTS_NUM_QUANTILES);
    for (int i = 0; i < RESULTS_NUM_QUANTILES; i++) {
        double place = n > 0 ? results_quantile[i] * (double)(n - 1) : 0;
        double low = n > 0 ? (double)value[rank[2 * i]] : 0, high = n > 0 ? (double)value[rank[2 * i + 1]] : 0;
        out[i] = n == 0 ? NAN : (float)(low + (place - floor(place)) * (high - low));
    }
}

/* Memory for one series of some clinics in all runs, and for what comes out of it. */
struct work {
    hsize_t runs, clinics, weeks; /* clinics: at once */
    float *value;                 /* [runs][clinics][weeks] */
    float *cell;                  /* [runs]: one clinic, one week */
    float *out;                   /* [clinics][weeks][RESULTS_NUM_QUANTILES] */
};

static bool work_init(struct work *self, const struct cube *series)
{
    hsize_t runs = (hsize_t)series->num_draws * (hsize_t)series->num_replications;
    hsize_t clinics = read_bytes / (runs * series->cells * sizeof(float));
    clinics = clinics < 1 ? 1 : clinics > series->rows ? series->rows : clinics;
    *self = (struct work){ .runs = runs, .clinics = clinics, .weeks = series->cells };
    self->value = malloc(runs * clinics * series->cells * sizeof(float));
    self->cell = malloc(runs * sizeof(float));
    self->out = malloc(clinics * series->cells * RESULTS_NUM_QUANTILES * sizeof(float));
    return self->value != NULL && self->cell != NULL && self->out != NULL;
}

static void work_free(struct work *self)
{
    free(self->value);
    free(self->cell);
    free(self->out);
}

static void take_cells(struct work *self, hsize_t clinics)
{
    hsize_t cells = clinics * self->weeks;
    for (hsize_t i = 0; i < cells; i++) {
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
