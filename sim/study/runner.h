/* Many runs of one scenario: draws x replications, every arm of each, on threads.
 *
 * Results reach the sink in order (draw, replication, arm) whatever the number of threads; only `threads` + a few
 * finished runs are ever held in memory. */
#ifndef MILIEU_RUNNER_H
#define MILIEU_RUNNER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "../model/simulation.h"
#include "../scenario/scenario.h"

struct runner_options {
    int threads; /* >= 1 */
    int draws, replications;
    uint32_t seed;
    bool keep_series;
    const volatile sig_atomic_t
        *stop; /* not NULL: polled; when it becomes non-zero the run ends with MILIEU_ERR_INTERRUPTED */
    void (*progress)(void *context, int64_t runs_done,
                     int64_t runs_in_all); /* may be NULL; called by one thread at a time */
    void *progress_context;
};

struct run_id {
    int draw, replication, arm;
};

/* Receives the runs in order. `take_draw` (may be NULL) is called once a draw, before its runs. A non-zero return stops everything and is returned. */
struct runner_sink {
    int (*take_draw)(void *context, int draw, const struct setting *setting, struct error *err);
    int (*take)(void *context, struct run_id id, const struct record *record, struct error *err);
    void *context;
};

struct runner_report {
    int64_t runs;           /* draws x replications */
    uint64_t patient_weeks; /* of all runs: look-back once, usual care, and every arm */
};

int runner_run(const struct scenario *scenario, const struct runner_options *options, const struct runner_sink *sink,
               struct runner_report *report, struct error *err);

#endif
