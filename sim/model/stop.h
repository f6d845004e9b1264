/* A wish to stop, which long work looks at now and then: a number that a signal's taker sets, elsewhere. */
#ifndef MILIEU_STOP_H
#define MILIEU_STOP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* NULL: nobody ever asks. */
static inline bool stop_is_asked(const volatile sig_atomic_t *stop)
{
    return stop != NULL && *stop != 0;
}

#endif
