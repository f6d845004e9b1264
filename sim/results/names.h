/* Names of a file against those of this version: a file of another version may have parameters, factors, outcomes,
 * series or kinds of events that this one does not know, or lack some, or have them in another order. */
#ifndef MILIEU_NAMES_H
#define MILIEU_NAMES_H

#include "results.h"
#include "store.h"

/* Where each of our names stands in the file. */
struct name_map {
    int *place;    /* [count] -1: the file has none; the caller frees it */
    int *ours;     /* [length] the other way round, -1: a name unknown here; the caller frees it */
    int count;     /* ours */
    size_t length; /* in the file */
};

const char *name_of_param(int index);
const char *name_of_factor(int index);
const char *name_of_outcome(int index);
const char *name_of_series(int index);
const char *name_of_event(int index);

/* From a coordinate of texts. What differs is added to `file->missing` and `file->unknown`. */
void name_map_read(struct name_map *self, struct store *store, const char *group, const char *name,
                   const char *(*id)(int index), int count, struct results_file *file);

/* From the flag_meanings of an array of numbers. */
void name_map_read_flags(struct name_map *self, struct store *store, const char *group, const char *name,
                         const char *(*id)(int index), int count, struct results_file *file);

/* Arrays of a group, found by their own names: only what differs is noted. */
void names_check_arrays(struct store *store, const char *group, int rank, const char *(*id)(int index), int count,
                        struct results_file *file);

void name_map_free(struct name_map *self);

#endif
