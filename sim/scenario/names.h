/* Ids and what they stand for, found in one step. Private to this folder. */
#ifndef MILIEU_NAMES_H
#define MILIEU_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "tree.h"

struct names {
    const char **name; /* NULL where the place is free */
    int *number;
    size_t size; /* a power of two, at least twice what it holds */
    size_t count;
};

/* Room for `most` names, in the arena. False when out of memory. */
bool names_init(struct names *self, struct arena *arena, size_t most);

/* The number of a name, -1 when it is not there. */
int names_find(const struct names *self, const char *name);

/* Adds a name that is not there yet; `name` must outlive the table. No more than `most`. */
void names_add(struct names *self, const char *name, int number);

/* The name nearest to `wanted`, or NULL. */
const char *names_nearest(const struct names *self, const char *wanted);

#endif
