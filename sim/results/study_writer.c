#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "study_parts.h"

/* Checked, not compressed. Shuffle and deflate 1 make /series a third as large (turnover-leadership-information: 1.48 MB to 0.48, of
 * a file of 7.0 MB; smoke: 62 kB to 15, of 0.55 MB) for a tenth more of a merge's time and twice the time to read them;
 * levels 2 to 4 gain some per cent more. /responses, two thirds of the file, shrink to 0.39 (smoke: 0.05) for half as much
 * time again, and take eight times as long to read; /trajectories shrink to 0.12; /status is small anyway. But what deflate
 * writes is no part of zlib's promises: it changes between releases, and zlib-ng, which some systems have in its place,
 * writes other bytes on purpose. One study merged on two machines would be two files, and their hashes, which `verify`
 * prints, would tell of a difference where there is none. A seventh of the file is not worth that; whoever needs the room
 * has h5repack. */
static const enum store_form form = STORE_CHECKED;

/* ---- beginning ---- */

int study_writer_status(const struct study_writer *self, struct error *err)
{
    const struct study_file_inside *inside = self->inside;
    const struct store *failed = inside->main.failed ? &inside->main : inside->piece.failed ? &inside->piece : NULL;
    if (failed == NULL)
        return 0;
    return error_set_because(err, MILIEU_ERR_OUTPUT, store_reason(failed), "cannot write %s", "impossible d'écrire %s",
                             inside->target.path);
}

static void free_inside(struct study_file_inside *self)
{
    study_free_table(self);
    study_free_arrays(self);
    store_put_away(&self->main, &self->status);
    store_close(&self->piece);
    store_close(&self->main);
    for (int i = 0; i < self->num_shards; i++)
        target_drop(&self->shard[i].target);
    target_drop(&self->target);
    free(self->shard);
    free(self->state);
    free(self);
}

void study_writer_abandon(struct study_writer *self)
{
    if (self->inside != NULL)
        free_inside(self->inside);
    self->inside = NULL;
}

int study_writer_create(struct study_writer *self, const char *path, const struct study_file_plan *plan,
                        struct error *err)
{
    const struct store none = { .file = H5I_INVALID_HID, .text = H5I_INVALID_HID };
    struct study_file_inside *inside = malloc(sizeof *inside);
    int ret;
    self->inside = inside;
    if (inside == NULL)
        return error_set_memory(err);
    *inside = (struct study_file_inside){
        .plan = plan, .main = none, .piece = none, .target = { .fd = -1 }, .status = H5I_INVALID_HID
    };
    study_setup_lengths(&inside->length, plan);
    if ((ret = target_begin(&inside->target, path, plan->inputs, plan->num_inputs, err)) != 0 ||
        (ret = study_cut(inside, err)) != 0)
        goto out;
    store_create(&inside->main, inside->target.part, form);
    study_write_root(&inside->main, plan);
    study_write_texts(&inside->main, plan);
    study_write_design(&inside->main, plan);
    inside->status = study_begin_status(inside);
    store_flush(&inside->main);
    ret = study_writer_status(self, err);
out:
    if (ret != 0)
        study_writer_abandon(self);
    return ret;
}

/* ---- shards ---- */

/* `name` in the folder where the output is; the caller frees it. */
static char *beside(const struct study_file_inside *self, const char *name)
{
    const char *final = self->target.final, *slash = strrchr(final, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash - final) + 1, size = folder + strlen(name) + 1;
    char *path = malloc(size);
    if (path != NULL) {
        memcpy(path, final, folder);
        memcpy(path + folder, name, size - folder);
    }
    return path;
}

static int begin_shard(struct study_file_inside *self, struct study_shard *shard, struct error *err)
{
    char *path = beside(self, shard->name);
    struct store *store = &self->piece;
    int ret = path == NULL ? error_set_memory(err)
                           : target_begin(&shard->target, path, self->plan->inputs, self->plan->num_inputs, err);
    free(path);
    if (ret != 0)
        return ret;
    store_create(store, shard->target.part, form);
    if (store->failed)
        return 0;
    store_attribute_text(store, store->file, "Conventions", "CF-1.10 ACDD-1.3");
    store_attribute_text(store, store->file, "schema", STUDY_FILE_SCHEMA ", shard");
    store_attribute_text(store, store->file, "study_id", self->plan->study_id);
    study_begin_arrays(self, store, shard->first_point, shard->points, NULL);
    self->arrays = store;
    return 0;
}

/* Size and checksum of what was written. */
static int measure_shard(struct study_shard *shard, struct error *err)
{
    enum { BLOCK = 1 << 16 };
    unsigned char block[BLOCK];
    uLong crc = crc32(0, NULL, 0);
    ssize_t length;
    shard->bytes = 0;
    while ((length = pread(shard->target.fd, block, BLOCK, (off_t)shard->bytes)) > 0) {
        crc = crc32(crc, block, (uInt)length);
        shard->bytes += length;
    }
    shard->crc = (uint32_t)crc;
    if (length == 0)
        return 0;
    return error_set_system(err, MILIEU_ERR_OUTPUT, errno, "cannot write %s", "impossible d'écrire %s",
                            shard->target.path);
}

static int end_shard(struct study_file_inside *self, struct study_shard *shard, struct error *err)
{
    struct store *store = &self->piece;
    int8_t complete = 1;
    study_free_arrays(self);
    store_flush(store);
    if (!store->failed)
        store_attribute(store, store->file, "complete", H5T_NATIVE_INT8, &complete, 1);
    store_close(store);
    if (store->failed)
        return 0; /* told by study_writer_status */
    return measure_shard(shard, err);
}

/* The master's arrays, which lie in the shards. */
static void write_virtual_arrays(struct study_file_inside *self)
{
    struct store_piece *piece = malloc((size_t)self->num_shards * sizeof *piece);
    if (piece == NULL) {
        store_fail_memory(&self->main);
        return;
    }
    for (int i = 0; i < self->num_shards; i++)
        piece[i] = (struct store_piece){ self->shard[i].name, (hsize_t)self->shard[i].first_point,
                                         (hsize_t)self->shard[i].points };
    study_begin_arrays(self, &self->main, 0, self->plan->points, piece);
    free(piece);
}

static void write_shard_columns(struct study_file_inside *self, int64_t *number, const char **name)
{
    struct store *store = &self->main;
    struct shelf shelf;
    int axis;
    shelf_open(&shelf, store, "shards");
    axis = shelf_axis_count(&shelf, "shard", self->num_shards);
    for (int i = 0; i < self->num_shards; i++)
        name[i] = self->shard[i].name;
    shelf_column(&shelf, "file", axis, store->text, name, "file, beside this one");
    store_attribute(store, shelf.group, "shard_above", H5T_NATIVE_INT64, &self->shard_above, 1);
    for (int i = 0; i < self->num_shards; i++)
        number[i] = self->shard[i].first_point;
    shelf_column(&shelf, "first_point", axis, H5T_NATIVE_INT64, number, "first point in it");
    for (int i = 0; i < self->num_shards; i++)
        number[i] = self->shard[i].points;
    shelf_column(&shelf, "points", axis, H5T_NATIVE_INT64, number, "points in it");
    for (int i = 0; i < self->num_shards; i++)
        number[i] = self->shard[i].bytes;
    shelf_column(&shelf, "bytes", axis, H5T_NATIVE_INT64, number, "its size");
    for (int i = 0; i < self->num_shards; i++)
        number[i] = self->shard[i].crc;
    shelf_column(&shelf, "crc32", axis, H5T_NATIVE_INT64, number, "CRC-32 of its bytes");
    shelf_close(&shelf);
}

static void write_shards(struct study_file_inside *self)
{
    int64_t *number = malloc((size_t)self->num_shards * sizeof *number);
    const char **name = malloc((size_t)self->num_shards * sizeof *name);
    if (number == NULL || name == NULL)
        store_fail_memory(&self->main);
    else
        write_shard_columns(self, number, name);
    free(number);
    free(name);
}

/* ---- ranges of points ---- */

static void aim_at(struct study_file_inside *self, int64_t first, int64_t count)
{
    struct sheet_tiling *tiling[] = { &self->runs, &self->kept, &self->cells };
    for (size_t i = 0; i < sizeof tiling / sizeof tiling[0]; i++) {
        tiling[i]->first_point = first;
        tiling[i]->end_point = first + count;
    }
    self->tile = (struct sheet_tile){ 0 };
}

static int begin_range(struct study_file_inside *self, struct error *err)
{
    const struct study_shard *shard = &self->shard[self->next];
    int ret = 0;
    if (self->num_shards == 0) {
        aim_at(self, 0, self->plan->points);
        study_begin_arrays(self, &self->main, 0, self->plan->points, NULL);
        self->arrays = &self->main;
    } else {
        aim_at(self, shard->first_point, shard->points);
        ret = begin_shard(self, &self->shard[self->next], err);
    }
    self->next++;
    return ret;
}

/* What follows when all arrays are written: the tables. */
static void end_ranges(struct study_file_inside *self)
{
    self->arrays = NULL;
    study_free_arrays(self);
    store_put_away(&self->main, &self->status);
    if (self->num_shards > 0) {
        write_virtual_arrays(self);
        write_shards(self);
    }
    study_begin_failures(self);
}

int study_writer_next_range(struct study_writer *self, struct error *err)
{
    struct study_file_inside *inside = self->inside;
    int ranges = inside->num_shards > 0 ? inside->num_shards : 1, ret = 0;
    if (inside->num_shards > 0 && inside->next > 0)
        ret = end_shard(inside, &inside->shard[inside->next - 1], err);
    if (ret == 0)
        ret = study_writer_status(self, err);
    if (ret != 0)
        return ret;
    if (inside->next == ranges) {
        end_ranges(inside);
        return study_writer_status(self, err);
    }
    ret = begin_range(inside, err);
    if (ret == 0)
        ret = study_writer_status(self, err);
    return ret == 0 ? 1 : ret;
}

/* ---- tiles ---- */

static bool next_tile(struct study_file_inside *self, const struct sheet_tiling *tiling, struct study_tile *out)
{
    bool there = !self->main.failed && !self->piece.failed && sheet_next_tile(tiling, &self->tile);
    if (!there)
        self->tile = (struct sheet_tile){ 0 };
    *out = (struct study_tile){ self->tile.point, self->tile.num_points, self->tile.replication,
                                self->tile.num_replications };
    return there;
}

static void write_status(struct study_file_inside *self)
{
    const struct sheet_tile *t = &self->tile;
    const hsize_t start[2] = { (hsize_t)t->point, (hsize_t)t->replication };
    const hsize_t count[2] = { (hsize_t)t->num_points, (hsize_t)t->num_replications };
    size_t runs = (size_t)(count[0] * count[1]);
    if (self->state == NULL)
        return;
    if (memchr(self->state, STUDY_RUN_DONE, runs) != NULL || memchr(self->state, STUDY_RUN_FAILED, runs) != NULL ||
        memchr(self->state, STUDY_RUN_NOT_NEEDED, runs) != NULL)
        store_write(&self->main, self->status, 2, start, count, H5T_NATIVE_UINT8, self->state);
}

static void begin_status(struct study_file_inside *self)
{
    size_t runs = (size_t)(self->tile.num_points * self->tile.num_replications);
    free(self->state);
    if ((self->state = calloc(runs, 1)) == NULL)
        store_fail_memory(&self->main);
}

bool study_writer_next_runs(struct study_writer *self, struct study_tile *tile)
{
    struct study_file_inside *inside = self->inside;
    bool there;
    if (inside->tile.num_points > 0) {
        sheet_end(&inside->response);
        write_status(inside);
    }
    if ((there = next_tile(inside, &inside->runs, tile))) {
        sheet_begin(&inside->response, &inside->tile);
        begin_status(inside);
    }
    return there;
}

void study_writer_take_run(struct study_writer *self, int64_t point, int64_t replication, enum study_run_status status,
                           const double *value)
{
    struct study_file_inside *inside = self->inside;
    const struct sheet_tile *t = &inside->tile;
    inside->runs_done += status == STUDY_RUN_DONE;
    inside->runs_failed += status == STUDY_RUN_FAILED;
    if (inside->state != NULL)
        inside->state[(point - t->point) * t->num_replications + replication - t->replication] = (uint8_t)status;
    if (value != NULL)
        sheet_put(&inside->response, point, replication, value);
}

void study_writer_take_not_needed(struct study_writer *self, int64_t point, int64_t first, int64_t end)
{
    const struct sheet_tile *t = &self->inside->tile;
    if (self->inside->state != NULL && first < end)
        memset(self->inside->state + (point - t->point) * t->num_replications + first - t->replication,
               STUDY_RUN_NOT_NEEDED, (size_t)(end - first));
}

bool study_writer_next_kept(struct study_writer *self, struct study_tile *tile)
{
    struct study_file_inside *inside = self->inside;
    bool there;
    if (inside->tile.num_points > 0)
        sheet_end(&inside->trajectory);
    if ((there = study_keeps_trajectories(inside) && next_tile(inside, &inside->kept, tile)))
        sheet_begin(&inside->trajectory, &inside->tile);
    return there;
}

void study_writer_take_kept(struct study_writer *self, int64_t point, int64_t replication, const float *value)
{
    sheet_put(&self->inside->trajectory, point, replication, value);
}

bool study_writer_next_series(struct study_writer *self, struct study_tile *tile)
{
    struct study_file_inside *inside = self->inside;
    struct sheet *sheet[] = { &inside->count, &inside->missing, &inside->mean, &inside->variance, &inside->quantile };
    bool there = study_keeps_cells(inside);
    for (size_t i = 0; i < sizeof sheet / sizeof sheet[0] && inside->tile.num_points > 0; i++)
        sheet_end(sheet[i]);
    if (there && (there = next_tile(inside, &inside->cells, tile)))
        for (size_t i = 0; i < sizeof sheet / sizeof sheet[0]; i++)
            sheet_begin(sheet[i], &inside->tile);
    return there;
}

void study_writer_take_cell(struct study_writer *self, int64_t point, size_t cell, const struct study_cell *value)
{
    struct study_file_inside *inside = self->inside;
    int32_t *count = sheet_at(&inside->count, point, 0, cell), *missing = sheet_at(&inside->missing, point, 0, cell);
    double *mean = sheet_at(&inside->mean, point, 0, cell), *variance = sheet_at(&inside->variance, point, 0, cell);
    float *quantile = sheet_at(&inside->quantile, point, 0, cell * RESULTS_NUM_QUANTILES);
    if (count == NULL || missing == NULL || mean == NULL || variance == NULL || quantile == NULL)
        return;
    *count = value->count;
    *missing = value->missing;
    *mean = value->mean;
    *variance = value->variance;
    memcpy(quantile, value->quantile, sizeof value->quantile);
}

/* ---- the end ---- */

static void write_end(struct study_file_inside *self, bool complete)
{
    struct store *store = &self->main;
    int8_t yes = complete;
    study_end_tables(self);
    if (store->failed)
        return;
    store_attribute(store, store->file, "runs_done", H5T_NATIVE_INT64, &self->runs_done, 1);
    store_attribute(store, store->file, "runs_failed", H5T_NATIVE_INT64, &self->runs_failed, 1);
    store_flush(store);
    if (!store->failed)
        store_attribute(store, store->file, "complete", H5T_NATIVE_INT8, &yes, 1);
    store_close(store);
}

int study_writer_finish(struct study_writer *self, bool complete, struct error *err)
{
    struct study_file_inside *inside = self->inside;
    int ret;
    write_end(inside, complete);
    ret = study_writer_status(self, err);
    for (int i = 0; i < inside->num_shards && ret == 0; i++)
        ret = target_commit(&inside->shard[i].target, err);
    if (ret == 0)
        ret = target_commit(&inside->target, err);
    study_writer_abandon(self);
    return ret;
}
