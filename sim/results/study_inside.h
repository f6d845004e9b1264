/* The inside of an open study file; for study_reader.c and study_values.c. */
#ifndef MILIEU_STUDY_INSIDE_H
#define MILIEU_STUDY_INSIDE_H

#include "fetch.h"
#include "study_file.h"

/* A file that holds the arrays of some points: the file itself, or a shard. */
struct study_piece {
    char *path;
    int64_t first, points, bytes;
    uint32_t crc;
};

struct study_reader {
    struct store store;
    struct study_piece *piece;
    int num_pieces;
};

/* The store's failure as an error; the store may then be used again. */
int study_inside_status(struct study_file *self, struct store *store, const char *what, struct error *err);

#endif
