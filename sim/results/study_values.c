/* The values of a study file: blocks of its arrays, wherever their pieces lie. */
#include <stdio.h>
#include <stdlib.h>

#include "study_inside.h"

/* ---- what there is ---- */

bool study_file_has_response(const struct study_file *self, int outcome)
{
    return fetch_exists(&self->inside->store, "responses", outcome_table[outcome].id);
}

static void name_group(char *out, size_t size, int series)
{
    snprintf(out, size, "series/%s", series_table[series].id);
}

bool study_file_has_series(const struct study_file *self, int series)
{
    char group[80];
    name_group(group, sizeof group, series);
    return fetch_exists(&self->inside->store, "series", series_table[series].id) &&
           fetch_exists(&self->inside->store, group, "mean");
}

bool study_file_has_trajectory(const struct study_file *self, int series)
{
    return fetch_exists(&self->inside->store, "trajectories", series_table[series].id);
}

int study_file_status(struct study_file *self, struct error *err)
{
    return study_inside_status(self, &self->inside->store, "what it holds", err);
}

/* ---- values ---- */

/* An array along points that is in the pieces: rows first .. first + count - 1, `start` and `size` of its other
 * dimensions given; `row` bytes of memory for a point. */
struct wanted {
    const char *group, *name;
    int rank;
    hsize_t start[SHELF_MAX_RANK], size[SHELF_MAX_RANK];
    hid_t type;
    size_t row;
};

static void read_piece(struct study_file *self, const struct study_piece *piece, struct wanted *w, int64_t first,
                       int64_t count, char *out)
{
    struct store other = { .file = H5I_INVALID_HID, .text = H5I_INVALID_HID }, *store = &self->inside->store;
    if (piece->path != NULL) {
        store = &other;
        store_open(store, piece->path);
    }
    w->start[0] = (hsize_t)(first - piece->first);
    w->size[0] = (hsize_t)count;
    fetch_block(store, w->group, w->name, w->rank, w->start, w->size, w->type, out);
    if (piece->path != NULL) {
        store_close(store);
        if (other.failed)
            store_fail_because(&self->inside->store, store_reason(&other));
    }
}

static int read_wanted(struct study_file *self, struct wanted *w, int64_t first, int64_t count, void *out,
                       struct error *err)
{
    if (first < 0 || count < 0 || count > self->num_points - first)
        return error_set(err, MILIEU_ERR_RESULTS, "%s: has no points %lld to %lld",
                         "%s : n'a pas de points %lld à %lld", self->path, (long long)first,
                         (long long)(first + count - 1));
    for (int i = 0; i < self->inside->num_pieces; i++) {
        const struct study_piece *piece = &self->inside->piece[i];
        int64_t from = piece->first > first ? piece->first : first;
        int64_t end = piece->first + piece->points < first + count ? piece->first + piece->points : first + count;
        if (from < end)
            read_piece(self, piece, w, from, end - from, (char *)out + (size_t)(from - first) * w->row);
    }
    return study_inside_status(self, &self->inside->store, w->name, err);
}

int study_file_read_response(struct study_file *self, int outcome, int arm, int place, int64_t first, int64_t count,
                             double *out, struct error *err)
{
    struct wanted w = { .group = "responses",
                        .name = outcome_table[outcome].id,
                        .rank = 4,
                        .start = { 0, 0, (hsize_t)arm, (hsize_t)place },
                        .size = { 0, (hsize_t)self->num_replications, 1, 1 },
                        .type = H5T_NATIVE_DOUBLE,
                        .row = (size_t)self->num_replications * sizeof *out };
    return read_wanted(self, &w, first, count, out, err);
}

/* ---- series ---- */

int study_file_series_shape(struct study_file *self, int series, int *num_rows, int *num_steps, struct error *err)
{
    struct store *store = &self->inside->store;
    char group[80];
    name_group(group, sizeof group, series);
    *num_rows = (int)fetch_length(store, group, "clinic");
    *num_steps = (int)fetch_length(store, group, "week");
    return study_inside_status(self, store, group, err);
}

int study_file_series_weeks(struct study_file *self, int series, int *out, struct error *err)
{
    char group[80];
    int rows, steps, ret = study_file_series_shape(self, series, &rows, &steps, err);
    const hsize_t start = 0, count = (hsize_t)(ret == 0 ? steps : 0);
    if (ret != 0)
        return ret;
    name_group(group, sizeof group, series);
    fetch_block(&self->inside->store, group, "week", 1, &start, &count, H5T_NATIVE_INT, out);
    return study_inside_status(self, &self->inside->store, "week", err);
}

/* `w`: rank, type, and the lengths behind those of points, arm, row and steps; `bytes` of memory for a step. */
static int read_steps(struct study_file *self, int series, struct wanted w, int arm, int row, size_t bytes,
                      int64_t first, int64_t count, void *out, struct error *err)
{
    char group[80];
    int rows, steps, ret = study_file_series_shape(self, series, &rows, &steps, err);
    if (ret != 0)
        return ret;
    name_group(group, sizeof group, series);
    w.group = group;
    w.start[1] = (hsize_t)arm;
    w.start[2] = (hsize_t)row;
    w.size[1] = w.size[2] = 1;
    w.size[3] = (hsize_t)steps;
    w.row = (size_t)steps * bytes;
    return read_wanted(self, &w, first, count, out, err);
}

int study_file_read_series(struct study_file *self, int series, const char *what, int arm, int row, int64_t first,
                           int64_t count, double *out, struct error *err)
{
    const struct wanted w = { .name = what, .rank = 4, .type = H5T_NATIVE_DOUBLE };
    return read_steps(self, series, w, arm, row, sizeof *out, first, count, out, err);
}

int study_file_read_quantiles(struct study_file *self, int series, int arm, int row, int64_t first, int64_t count,
                              float *out, struct error *err)
{
    struct wanted w = {
        .name = "quantiles", .rank = 5, .size = { 0, 0, 0, 0, RESULTS_NUM_QUANTILES }, .type = H5T_NATIVE_FLOAT
    };
    return read_steps(self, series, w, arm, row, RESULTS_NUM_QUANTILES * sizeof *out, first, count, out, err);
}

/* ---- trajectories ---- */

int study_file_trajectory_shape(struct study_file *self, int *num_kept, int *num_rows, int *num_weeks,
                                struct error *err)
{
    struct store *store = &self->inside->store;
    *num_kept = *num_rows = *num_weeks = 0;
    if (!fetch_exists(store, "trajectories", "week"))
        return 0;
    *num_kept = (int)fetch_length(store, "trajectories", "replication");
    *num_rows = (int)fetch_length(store, "trajectories", "clinic");
    *num_weeks = (int)fetch_length(store, "trajectories", "week");
    return study_inside_status(self, store, "trajectories", err);
}

int study_file_read_trajectory(struct study_file *self, int series, int arm, int row, const struct study_tile *tile,
                               float *out, struct error *err)
{
    int kept, rows, weeks, ret = study_file_trajectory_shape(self, &kept, &rows, &weeks, err);
    struct wanted w = { .group = "trajectories",
                        .name = series_table[series].id,
                        .rank = 5,
                        .start = { 0, (hsize_t)tile->replication, (hsize_t)arm, (hsize_t)row, 0 },
                        .size = { 0, (hsize_t)tile->num_replications, 1, 1, (hsize_t)weeks },
                        .type = H5T_NATIVE_FLOAT,
                        .row = (size_t)tile->num_replications * (size_t)weeks * sizeof *out };
    return ret == 0 ? read_wanted(self, &w, tile->point, tile->num_points, out, err) : ret;
}

/* ---- tables ---- */

static int read_rows(struct study_file *self, const char *group, const char *name, int64_t first, int64_t count,
                     int64_t width, hid_t type, void *out, struct error *err)
{
    const hsize_t start[2] = { (hsize_t)first, 0 }, size[2] = { (hsize_t)count, (hsize_t)width };
    struct store *store = &self->inside->store;
    fetch_block(store, group, name, width > 0 ? 2 : 1, start, size, type, out);
    return study_inside_status(self, store, name, err);
}

int study_file_read_design(struct study_file *self, int64_t first, int64_t count, double *out, struct error *err)
{
    if (self->num_factors == 0)
        return 0;
    return read_rows(self, "design", "x", first, count, self->num_factors, H5T_NATIVE_DOUBLE, out, err);
}

int study_file_read_status(struct study_file *self, int64_t first, int64_t count, uint8_t *out, struct error *err)
{
    return read_rows(self, "/", "status", first, count, self->num_replications, H5T_NATIVE_UINT8, out, err);
}

int study_file_read_contrast(struct study_file *self, int64_t first, int64_t count, struct study_contrast *out,
                             struct error *err)
{
    static const char *const name[] = { "replications", "look", "reached", "mean", "half_width" };
    size_t n = (size_t)count;
    double *column = malloc(5 * n * sizeof *column + 1);
    int ret = 0;
    if (column == NULL)
        return error_set_memory(err);
    for (size_t i = 0; i < 5 && ret == 0; i++)
        ret = read_rows(self, "contrast", name[i], first, count, 0, H5T_NATIVE_DOUBLE, column + i * n, err);
    for (size_t i = 0; i < n && ret == 0; i++)
        out[i] = (struct study_contrast){ .replications = (int32_t)column[i],
                                          .look = (int32_t)column[n + i],
                                          .reached = column[2 * n + i] > 0,
                                          .mean = column[3 * n + i],
                                          .half_width = column[4 * n + i] };
    free(column);
    return ret;
}

int study_file_read_failures(struct study_file *self, int64_t first, int64_t count, struct study_failure *out,
                             struct error *err)
{
    static const char *const name[] = { "point", "replication", "week" };
    size_t n = (size_t)count;
    int64_t *column = malloc(3 * n * sizeof *column + 1);
    int ret = 0;
    if (column == NULL)
        return error_set_memory(err);
    for (size_t i = 0; i < 3 && ret == 0; i++)
        ret = read_rows(self, "failures", name[i], first, count, 0, H5T_NATIVE_INT64, column + i * n, err);
    for (size_t i = 0; i < n && ret == 0; i++)
        out[i] = (struct study_failure){ column[i], column[n + i], (int)column[2 * n + i], NULL };
    for (size_t i = 0; i < n && ret == 0; i++)
        out[i].message = fetch_text_at(&self->inside->store, "failures", "message", (hsize_t)first + i);
    free(column);
    return ret == 0 ? study_inside_status(self, &self->inside->store, "failures", err) : ret;
}
