/* The parts of a study file while it is written; for study_writer.c and its helpers. */
#ifndef MILIEU_STUDY_PARTS_H
#define MILIEU_STUDY_PARTS_H

#include "sheet.h"
#include "study_file.h"
#include "target.h"

enum { STUDY_ROWS = STORE_ROWS }; /* of a table, written at once */

struct study_lengths {
    int clinics, places, rows, weeks, steps;
};

/* An output beside the main one, as it is written and as the main one tells it. */
struct study_shard {
    char name[64];
    int64_t first_point, points, bytes;
    uint32_t crc;
    struct target target;
};

/* A table that grows row by row. */
struct study_table {
    hid_t column[5];
    int64_t written;
    int rows; /* held back */
    int64_t number[3][STUDY_ROWS];
    double value[2][STUDY_ROWS];
    char *text[STUDY_ROWS];
};

struct study_file_inside {
    const struct study_file_plan *plan;
    struct study_lengths length;
    struct target target;
    struct store main, piece; /* the file; the shard being written */
    struct store
        *arrays; /* where large arrays go now: one of the two; NULL before the first range and after the last */
    hid_t status;
    uint8_t *state; /* of a tile */
    struct sheet_tiling runs, kept, cells;
    struct sheet_tile tile;
    struct sheet response, trajectory, count, missing, mean, variance, quantile;
    struct study_shard *shard;
    int num_shards, next;      /* 0: everything in one file */
    int64_t shard_above;       /* bytes: where there are shards */
    struct study_table *table; /* failures, then contrasts: */
    bool comparing;
    int64_t runs_done, runs_failed;
};

/* ---- study_setup.c: what is known beforehand ---- */

void study_setup_lengths(struct study_lengths *out, const struct study_file_plan *plan);
void study_write_root(struct store *store, const struct study_file_plan *plan);
void study_write_texts(struct store *store, const struct study_file_plan *plan);
void study_write_design(struct store *store, const struct study_file_plan *plan);
hid_t study_begin_status(struct study_file_inside *self);

/* ---- study_arrays.c: the large arrays ---- */

/* How they are cut into chunks, tiles and shards. */
int study_cut(struct study_file_inside *self, struct error *err);

/* Makes the groups of points first .. first + count - 1 in `store`; with pieces as arrays that lie in them. */
void study_begin_arrays(struct study_file_inside *self, struct store *store, int64_t first, int64_t count,
                        const struct store_piece *piece);
void study_free_arrays(struct study_file_inside *self);

bool study_keeps_cells(const struct study_file_inside *self);
bool study_keeps_trajectories(const struct study_file_inside *self);

/* ---- study_tables.c: failures and contrasts ---- */

void study_begin_failures(struct study_file_inside *self);
void study_end_tables(struct study_file_inside *self); /* writes what is held back */
void study_free_table(struct study_file_inside *self);

#endif
