/* Variables of equal shape along (point, ...) or (point, replication, ...), written tile by tile.
 *
 * A tile is a block of points and replications. Its values are gathered in memory, one variable behind the other, and
 * written once, as whole chunks: memory does not grow with the number of runs. A tile in which nothing was put is not
 * written: its values are missing, and take no space.
 *
 * A run's values come as they stand in a batch: [outer][variable][inner]. */
#ifndef MILIEU_SHEET_H
#define MILIEU_SHEET_H

#include "store.h"

struct sheet_tile {
    int64_t point, num_points; /* num_points 0: none yet */
    int64_t replication, num_replications;
};

/* The order of the tiles: by points, then by replications. */
struct sheet_tiling {
    int64_t first_point, end_point, replications;
    int64_t block_points, block_replications;
    const int64_t *look; /* not NULL: a tile ends at these numbers of replications instead of block_replications */
};

/* The next tile; false when there is none. *tile all 0 at first. */
bool sheet_next_tile(const struct sheet_tiling *tiling, struct sheet_tile *tile);

enum sheet_type { SHEET_INT32, SHEET_FLOAT, SHEET_DOUBLE };

struct sheet {
    struct store *store;
    enum sheet_type type;
    int num_variables;
    bool by_replication; /* has that dimension */
    int rank;
    size_t outer, inner; /* of a run's values */
    hsize_t chunk[SHELF_MAX_RANK];
    hid_t *array;        /* [num_variables] */
    int64_t first_point; /* of this file */
    char *buffer;        /* [num_variables][points][replications][outer][inner] of a tile */
    size_t buffer_size;  /* bytes */
    struct sheet_tile tile;
    bool touched;
};

/* Chunks of at most `values` values: the last dimensions whole as far as that goes, at least one value of each. */
void sheet_choose_chunk(const hsize_t *length, int rank, hsize_t values, hsize_t *chunk);

/* `store`, `type`, `num_variables`, `by_replication`, `rank`, `outer`, `inner`, `chunk`, `first_point` are set before.
 * MILIEU_ERR_MEMORY. sheet_free is good after a failure too, and twice. */
int sheet_init(struct sheet *self, struct error *err);
void sheet_free(struct sheet *self);

/* A variable; axes by their numbers on the shelf. Remembered here until sheet_free. */
hid_t sheet_add(struct sheet *self, struct shelf *shelf, int variable, const char *name, const int *axes);

/* The type of its values in the file. */
hid_t sheet_file_type(const struct sheet *self);

/* Every value missing (NaN; 0 for whole numbers). Want of memory is the store's failure. */
void sheet_begin(struct sheet *self, const struct sheet_tile *tile);

/* All values of a run of the tile. */
void sheet_put(struct sheet *self, int64_t point, int64_t replication, const void *values);

/* Where value number `position` of a run belongs; what stands in `inner` behind it follows. NULL after a failure. */
void *sheet_at(struct sheet *self, int64_t point, int64_t replication, size_t position);

/* Writes the tile. */
void sheet_end(struct sheet *self);

#endif
