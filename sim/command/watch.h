/* A thread beside a long run: it takes the signals that end it, and tells how far the run is. No state at file scope,
 * no handler: SIGINT, SIGTERM, SIGHUP and SIGUSR1 are blocked in every thread and waited for here. The first signal
 * asks the run to stop, which it does within a simulated week; a second one ends the program at once. */
#ifndef MILIEU_WATCH_H
#define MILIEU_WATCH_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#include "options.h"
#include "terminal.h"

struct watch {
    volatile sig_atomic_t stop; /* the number of the signal that came; 0 = none. What the runner polls */
    atomic_llong done, in_all;  /* runs */
    atomic_llong before;        /* runs done before the start: they tell nothing of the speed */
    const struct terminal *terminal;
    const char *temporary; /* the file to remove when the program is ended at once; "" = none */
    enum progress_form form;
    bool on_terminal;
    struct timespec start;
    double told; /* seconds from the start when progress was last told */
    atomic_bool ended;
    sigset_t signals, mask_before;
    pthread_t thread;
    bool started;
};

/* `temporary` is borrowed until the end. Starts the thread; threads made afterwards leave those signals to it. A signal
 * that is ignored stays ignored. MILIEU_ERR_RUN when there is no thread to be had. */
int watch_start(struct watch *self, const struct terminal *terminal, enum progress_form form, const char *temporary,
                struct error *err);

/* A runner's progress function; `context` is the watch. */
void watch_progress(void *context, int64_t runs_done, int64_t runs_in_all);

/* Ends the thread, wipes the bar, gives signals back their effect. Safe after a failed start, and twice. */
void watch_end(struct watch *self);

/* Seconds since the start. */
double watch_seconds(const struct watch *self);

#endif
