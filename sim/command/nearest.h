/* "Did you mean": the nearest of some names. */
#ifndef MILIEU_NEAREST_H
#define MILIEU_NEAREST_H

#include <stddef.h>

/* The name nearest to `typed`, the first of equals; NULL when none is near enough to be suggested. */
const char *nearest_name(const char *typed, const char *const names[], size_t count);

#endif
