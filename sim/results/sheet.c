#include "sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- tiles ---- */

static int64_t end_of_tile(const struct sheet_tiling *tiling, int64_t replication)
{
    const int64_t *look = tiling->look;
    if (look == NULL)
        return smaller(replication + tiling->block_replications, tiling->replications);
    while (*look <= replication)
        look++;
    return *look;
}

bool sheet_next_tile(const struct sheet_tiling *tiling, struct sheet_tile *tile)
{
    int64_t replication = tile->replication + tile->num_replications;
    if (tile->num_points == 0) {
        tile->point = tiling->first_point;
        replication = 0;
    } else if (replication == tiling->replications) {
        tile->point += tile->num_points;
        replication = 0;
    }
    if (tile->point >= tiling->end_point)
        return false;
    tile->num_points = smaller(tiling->block_points, tiling->end_point - tile->point);
    tile->replication = replication;
    tile->num_replications = end_of_tile(tiling, replication) - replication;
    return true;
}

void sheet_choose_chunk(const hsize_t *length, int rank, hsize_t values, hsize_t *chunk)
{
    for (int i = rank - 1; i >= 0; i--) {
        chunk[i] = length[i] < values ? length[i] : values;
        if (chunk[i] == 0)
            chunk[i] = 1;
        values /= chunk[i];
    }
}

/* ---- variables ---- */

static size_t value_bytes(const struct sheet *self)
{
    return self->type == SHEET_DOUBLE ? sizeof(double) : sizeof(float);
}

int sheet_init(struct sheet *self, struct error *err)
{
    self->buffer = NULL;
    self->buffer_size = 0;
    self->array = malloc((size_t)self->num_variables * sizeof *self->array + 1);
    for (int i = 0; self->array != NULL && i < self->num_variables; i++)
        self->array[i] = H5I_INVALID_HID;
    return self->array != NULL ? 0 : error_set_memory(err);
}

void sheet_free(struct sheet *self)
{
    for (int i = 0; self->array != NULL && i < self->num_variables; i++)
        store_put_away(self->store, &self->array[i]);
    free(self->array);
    free(self->buffer);
    self->array = NULL;
    self->buffer = NULL;
    self->buffer_size = 0;
}

hid_t sheet_file_type(const struct sheet *self)
{
    if (self->type == SHEET_INT32)
        return H5T_STD_I32LE;
    return self->type == SHEET_DOUBLE ? H5T_IEEE_F64LE : H5T_IEEE_F32LE;
}

static hid_t memory_type(const struct sheet *self)
{
    if (self->type == SHEET_INT32)
        return H5T_NATIVE_INT32;
    return self->type == SHEET_DOUBLE ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT;
}

hid_t sheet_add(struct sheet *self, struct shelf *shelf, int variable, const char *name, const int *axes)
{
    hsize_t chunk[SHELF_MAX_RANK];
    memcpy(chunk, self->chunk, sizeof chunk);
    if (chunk[0] > shelf->axis[axes[0]].length)
        chunk[0] = shelf->axis[axes[0]].length;
    self->array[variable] = shelf_array(shelf, name, sheet_file_type(self), axes, self->rank, chunk);
    return self->array[variable];
}

/* ---- values ---- */

/* Values of a run in one variable, of all runs of the tile in one variable. */
static size_t plane(const struct sheet *self)
{
    return self->outer * self->inner;
}

static size_t values_of_tile(const struct sheet *self)
{
    return (size_t)(self->tile.num_points * self->tile.num_replications) * plane(self);
}

static void forget_values(struct sheet *self, size_t values)
{
    if (self->type == SHEET_INT32)
        memset(self->buffer, 0, values * sizeof(int32_t));
    for (size_t i = 0; self->type == SHEET_FLOAT && i < values; i++)
        ((float *)(void *)self->buffer)[i] = NAN;
    for (size_t i = 0; self->type == SHEET_DOUBLE && i < values; i++)
        ((double *)(void *)self->buffer)[i] = NAN;
}

void sheet_begin(struct sheet *self, const struct sheet_tile *tile)
{
    size_t values, bytes;
    self->tile = *tile;
    self->touched = false;
    values = values_of_tile(self) * (size_t)self->num_variables;
    bytes = values * value_bytes(self);
    if (bytes > self->buffer_size) {
        free(self->buffer);
        self->buffer = malloc(bytes);
        self->buffer_size = self->buffer != NULL ? bytes : 0;
        if (self->buffer == NULL)
            store_fail_memory(self->store);
    }
    if (self->buffer != NULL)
        forget_values(self, values);
}

/* Number of the run's first value among those of a variable. */
static size_t place_of_run(const struct sheet *self, int64_t point, int64_t replication)
{
    int64_t run = (point - self->tile.point) * self->tile.num_replications + replication - self->tile.replication;
    return (size_t)run * plane(self);
}

static void put_doubles(struct sheet *self, size_t place, const double *value)
{
    size_t variables = (size_t)self->num_variables, apart = values_of_tile(self);
    double *into = (double *)(void *)self->buffer + place;
    for (size_t o = 0; o < self->outer; o++, into += self->inner)
        for (size_t v = 0; v < variables; v++, value += self->inner)
            memcpy(into + v * apart, value, self->inner * sizeof *value);
}

static void put_floats(struct sheet *self, size_t place, const float *value)
{
    size_t variables = (size_t)self->num_variables, apart = values_of_tile(self);
    float *into = (float *)(void *)self->buffer + place;
    for (size_t o = 0; o < self->outer; o++, into += self->inner)
        for (size_t v = 0; v < variables; v++, value += self->inner)
            memcpy(into + v * apart, value, self->inner * sizeof *value);
}

void sheet_put(struct sheet *self, int64_t point, int64_t replication, const void *values)
{
    size_t place = place_of_run(self, point, replication);
    if (self->buffer == NULL)
        return;
    self->touched = true;
    if (self->type == SHEET_DOUBLE)
        put_doubles(self, place, values);
    else
        put_floats(self, place, values);
}

void *sheet_at(struct sheet *self, int64_t point, int64_t replication, size_t position)
{
    size_t inner = position % self->inner, rest = position / self->inner;
    size_t variable = rest % (size_t)self->num_variables, outer = rest / (size_t)self->num_variables;
    size_t place =
        variable * values_of_tile(self) + place_of_run(self, point, replication) + outer * self->inner + inner;
    if (self->buffer == NULL)
        return NULL;
    self->touched = true;
    return self->buffer + place * value_bytes(self);
}

static void write_tile(struct sheet *self, const hsize_t *start, const hsize_t *count)
{
    size_t bytes = values_of_tile(self) * value_bytes(self);
    for (int v = 0; v < self->num_variables; v++)
        store_write(self->store, self->array[v], self->rank, start, count, memory_type(self),
                    self->buffer + (size_t)v * bytes);
}

void sheet_end(struct sheet *self)
{
    hsize_t start[SHELF_MAX_RANK] = { 0 }, count[SHELF_MAX_RANK];
    int at = 0;
    if (!self->touched || self->buffer == NULL || self->store->failed || self->num_variables == 0)
        return;
    hid_t space = store_id(self->store, H5Dget_space(self->array[0]));
    if (!self->store->failed)
        store_check(self->store, H5Sget_simple_extent_dims(space, count, NULL));
    store_check(self->store, H5Sclose(space));
    start[at] = (hsize_t)(self->tile.point - self->first_point);
    count[at++] = (hsize_t)self->tile.num_points;
    if (self->by_replication) {
        start[at] = (hsize_t)self->tile.replication;
        count[at] = (hsize_t)self->tile.num_replications;
    }
    if (!self->store->failed)
        write_tile(self, start, count);
    self->touched = false;
}
