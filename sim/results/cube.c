#include "cube.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const hsize_t chunk_bytes = 1 << 20;   /* of one variable */
static const hsize_t buffer_bytes = 32 << 20; /* of all variables and arms of a block */

static hsize_t smaller(hsize_t a, hsize_t b)
{
    return a < b ? a : b;
}

static hsize_t value_bytes(const struct cube *self)
{
    return self->is_double ? sizeof(double) : sizeof(float);
}

/* Are blocks of several runs, all arms of each; else pieces of one run. */
static bool gathers(const struct cube *self)
{
    return self->block_rows == self->rows;
}

static void choose_block(struct cube *self)
{
    hsize_t row = self->cells * value_bytes(self);
    hsize_t variables = (hsize_t)self->num_variables, arms = (hsize_t)self->num_arms;
    hsize_t draws = (hsize_t)self->num_draws, replications = (hsize_t)self->num_replications;
    hsize_t runs = smaller(chunk_bytes / (row * self->rows), buffer_bytes / (row * self->rows * variables * arms));
    if (runs == 0) {
        hsize_t rows = smaller(chunk_bytes / row, buffer_bytes / (row * variables));
        self->block_draws = self->block_replications = 1;
        self->block_rows = smaller(rows > 0 ? rows : 1, self->rows);
    } else {
        self->block_rows = self->rows;
        self->block_replications = (int)smaller(runs, replications);
        self->block_draws = runs < 2 * replications ? 1 : (int)smaller(runs / replications, draws);
    }
}

/* Values of one variable in a block. */
static hsize_t plane_values(const struct cube *self)
{
    return (hsize_t)self->block_draws * (hsize_t)self->block_replications * self->block_rows * self->cells;
}

int cube_init(struct cube *self, struct error *err)
{
    hsize_t planes;
    choose_block(self);
    planes = (hsize_t)self->num_variables * (gathers(self) ? (hsize_t)self->num_arms : 1);
    self->array = malloc((size_t)self->num_variables * sizeof *self->array);
    self->buffer = malloc(planes * plane_values(self) * value_bytes(self));
    for (int i = 0; self->array != NULL && i < self->num_variables; i++)
        self->array[i] = H5I_INVALID_HID;
    if (self->array == NULL || self->buffer == NULL)
        return error_set_memory(err);
    return 0;
}

void cube_add(struct cube *self, struct shelf *shelf, int variable, const char *name, const int *axes)
{
    const hsize_t chunk[SHELF_MAX_RANK] = { 1, (hsize_t)self->block_draws, (hsize_t)self->block_replications,
                                            self->block_rows, self->cells };
    hid_t type = self->is_double ? H5T_IEEE_F64LE : H5T_IEEE_F32LE;
    bool cut = self->store->compress || self->rank == SHELF_MAX_RANK; /* else blocks lie one behind the other anyway */
    self->array[variable] = shelf_array(shelf, name, type, axes, self->rank, cut ? chunk : NULL);
}

/* From variables side by side to variables apart: `count` values of each, from values[first] on, at `into`. */
static void spread_float(const struct cube *self, const float *values, hsize_t first, hsize_t count, float *into)
{
    hsize_t variables = (hsize_t)self->num_variables, plane = plane_values(self);
    for (hsize_t i = 0; i < count; i++)
        for (hsize_t v = 0; v < variables; v++)
            into[v * plane + i] = values == NULL ? NAN : values[(first + i) * variables + v];
}

static void spread_double(const struct cube *self, const double *values, hsize_t first, hsize_t count, double *into)
{
    hsize_t variables = (hsize_t)self->num_variables, plane = plane_values(self);
    for (hsize_t i = 0; i < count; i++)
        for (hsize_t v = 0; v < variables; v++)
            into[v * plane + i] = values == NULL ? (double)NAN : values[(first + i) * variables + v];
}

static void spread(const struct cube *self, const void *values, hsize_t first, hsize_t count, hsize_t into)
{
    if (self->is_double)
        spread_double(self, values, first, count, (double *)(void *)self->buffer + into);
    else
        spread_float(self, values, first, count, (float *)(void *)self->buffer + into);
}

/* Writes one arm's block: every variable's plane, from the buffer's plane number `plane` on. */
static void write_planes(struct cube *self, const hsize_t *start, const hsize_t *count, hsize_t plane)
{
    hid_t type = self->is_double ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT;
    hsize_t bytes = plane_values(self) * value_bytes(self);
    for (int v = 0; v < self->num_variables; v++)
        store_write(self->store, self->array[v], self->rank, start, count, type,
                    self->buffer + (plane + (hsize_t)v) * bytes);
}

/* A run of many clinics: piece by piece, each written at once. */
static void take_pieces(struct cube *self, const hsize_t run[3], const void *values)
{
    for (hsize_t row = 0; row < self->rows; row += self->block_rows) {
        hsize_t rows = smaller(self->block_rows, self->rows - row);
        const hsize_t start[SHELF_MAX_RANK] = { run[0], run[1], run[2], row, 0 };
        const hsize_t count[SHELF_MAX_RANK] = { 1, 1, 1, rows, self->cells };
        spread(self, values, row * self->cells, rows * self->cells, 0);
        write_planes(self, start, count, 0);
    }
}

/* The runs of the block that (draw, replication) ends, all arms. A block cut by the last replication or draw lies in
 * the buffer without gaps, for only its outermost dimension can be cut. */
static void write_block(struct cube *self, int draw, int replication)
{
    int first_draw = draw / self->block_draws * self->block_draws;
    int first_replication = replication / self->block_replications * self->block_replications;
    for (int arm = 0; arm < self->num_arms; arm++) {
        const hsize_t start[SHELF_MAX_RANK] = { (hsize_t)arm, (hsize_t)first_draw, (hsize_t)first_replication, 0, 0 };
        const hsize_t count[SHELF_MAX_RANK] = { 1, (hsize_t)(draw - first_draw + 1),
                                                (hsize_t)(replication - first_replication + 1), self->rows,
                                                self->cells };
        write_planes(self, start, count, (hsize_t)arm * (hsize_t)self->num_variables);
    }
}

static bool ends_block(const struct cube *self, int arm, int draw, int replication)
{
    bool last_replication = replication + 1 == self->num_replications;
    bool last_draw = draw + 1 == self->num_draws || (draw + 1) % self->block_draws == 0;
    if (arm + 1 < self->num_arms)
        return false;
    return self->block_draws > 1 ? last_replication && last_draw
                                 : last_replication || (replication + 1) % self->block_replications == 0;
}

void cube_take(struct cube *self, int arm, int draw, int replication, const void *values)
{
    hsize_t inner = self->rows * self->cells;
    if (self->store->failed)
        return;
    if (!gathers(self)) {
        take_pieces(self, (const hsize_t[3]){ (hsize_t)arm, (hsize_t)draw, (hsize_t)replication }, values);
    } else {
        hsize_t run = (hsize_t)(draw % self->block_draws) * (hsize_t)self->block_replications +
                      (hsize_t)(replication % self->block_replications);
        hsize_t plane = (hsize_t)arm * (hsize_t)self->num_variables;
        spread(self, values, 0, inner, plane * plane_values(self) + run * inner);
        if (ends_block(self, arm, draw, replication))
            write_block(self, draw, replication);
    }
}

void cube_free(struct cube *self)
{
    for (int i = 0; self->array != NULL && i < self->num_variables; i++)
        store_put_away(self->store, &self->array[i]);
    free(self->array);
    free(self->buffer);
    self->array = NULL;
    self->buffer = NULL;
}
