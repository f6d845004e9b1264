/* The page as the program carries it, put into it when it was built (scripts/page). Sizes are 0 where it was left out;
 * absent.c stands in then, and in the tests. */
#ifndef MILIEU_PAGE_CARRIED_H
#define MILIEU_PAGE_CARRIED_H

#include <stddef.h>

extern const char milieu_page[];   /* the HTML, with {{connect}}, {{data}} and {{engine}} where they go */
extern const char milieu_engine[]; /* script elements: the engine as WebAssembly */
extern const size_t milieu_page_size, milieu_engine_size;

#endif
