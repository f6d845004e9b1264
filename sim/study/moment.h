/* A moment as people and machines read it alike. No clock is asked here: callers bring the time. */
#ifndef MILIEU_MOMENT_H
#define MILIEU_MOMENT_H

#include <stdint.h>

enum { MOMENT_TEXT = 32 }; /* bytes that hold one */

/* "2026-09-05T12:34:56Z", ISO 8601 in UTC, of microseconds since 1970; "-" for what no calendar holds. Returns `out`. */
char *moment_text(int64_t time_us, char out[MOMENT_TEXT]);

#endif
