/* The points of method list: from the study file, or from a CSV file. For this folder. */
#ifndef MILIEU_POINTS_H
#define MILIEU_POINTS_H

#include <stddef.h>
#include <stdint.h>

#include "vary.h"

struct reading;
struct node;
struct source;

struct points {
    int num_vary;
    const struct vary *vary;
    uint64_t num_rows, capacity;
    double *row; /* [num_rows][num_vary]; the study frees them */
};

/* Reads ( (0.1, -2), (0.2, 2) ): numbers and words in the order of `vary`; with one thing that varies the inner
 * brackets may go. Complains at the point that is wrong. */
void points_of_list(struct points *self, struct reading *reading, struct node *list);

/* Reads the text of a CSV file (RFC 4180; a byte-order mark, CR LF and empty lines are passed over): the header names
 * everything that varies, in any order. A header with semicolons and no comma is that of a file with decimal commas.
 * Complains at the line of the file. */
void points_of_csv(struct points *self, struct reading *reading, const struct source *source);

#endif
