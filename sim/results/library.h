/* The HDF5 the program runs with: for `milieu doctor`. */
#ifndef MILIEU_RESULTS_LIBRARY_H
#define MILIEU_RESULTS_LIBRARY_H

#include <stddef.h>

/* Writes its version, "1.10.8", to `text`. */
void results_library_version(char *text, size_t size);

#endif
