/* What differs between two scenario texts, value by value, each named by its path. */
#ifndef MILIEU_DIFFERENCE_H
#define MILIEU_DIFFERENCE_H

#include <stddef.h>

#include "../sim/model/error.h"

struct difference {
    char *
        path; /* meso[clinic-c].organizational.medical_leadership.rating; items of a list by their id, else by number */
    char *a, *b; /* the value as it is written, spaces and forms of a number made alike; NULL: not there */
};

struct differences {
    struct difference *item; /* sorted by path */
    size_t count;
};

/* The texts are libconfig's, as a results file keeps them. Returns 0, MILIEU_ERR_MEMORY, or MILIEU_ERR_RESULTS when a
 * text is none. The caller frees with differences_free (safe after a failure, and twice). */
int differences_of_texts(struct differences *self, const char *a, const char *b, struct error *err);
void differences_free(struct differences *self);

#endif
