/* Variables of equal shape, (arm, draw, replication, clinic, week) or less, written in blocks of whole runs.
 *
 * A block is one chunk of every variable: about 1 MB, gathered in memory and written once, so that neither many small
 * runs nor one of 10,000 clinics wait for the file, and memory does not grow with the number of runs. */
#ifndef MILIEU_CUBE_H
#define MILIEU_CUBE_H

#include "store.h"

struct cube {
    struct store *store;
    bool is_double; /* else float */
    int num_variables;
    hid_t *array; /* [num_variables] */
    int num_arms, num_draws, num_replications;
    int rank;            /* 3, 4 or 5 */
    hsize_t rows, cells; /* inner shape: clinics (1 without), values of a clinic (weeks; 1 without) */
    int block_draws, block_replications;
    hsize_t block_rows;
    char *buffer; /* [arm][variable][draw][replication][row][cell] of a block; one arm when rows are cut */
};

/* The length of a block along each dimension; tells the caller the chunk of its arrays. `rank`, counts and `rows`,
 * `cells` are set before; `array` is made, all invalid. Returns 0 or MILIEU_ERR_MEMORY. */
int cube_init(struct cube *self, struct error *err);

/* The variables, (arm, draw, replication[, clinic[, week]]): axes by number on the shelf. */
void cube_add(struct cube *self, struct shelf *shelf, int variable, const char *name, const int *axes);

/* One arm of one run: `values` [rows][cells][num_variables], float or double; NULL: all missing. In order. */
void cube_take(struct cube *self, int arm, int draw, int replication, const void *values);

void cube_free(struct cube *self);

#endif
