/* Many runs of one scenario: draws x replications, every arm of each, on threads.
 *
 * Results reach the sink in order (draw, replication, arm) whatever the number of threads; only `threads` + a few
 * finished runs are ever held in memory.
 *
 * What goes wrong
 *   fails one run     a draw that scenario_draw cannot make (then all its replications), or anything simulation_* or
 *                     record_init return for it: nobody qualifies for a list. The run is told to the sink in its
 *                     place, with its reason, and left out of everything else; the rest goes on. Every arm of it is
 *                     left out, so that pairs stay pairs.
 *   fails everything  the wish to stop; want of memory, at any time; a non-zero return of the sink (a full disk); and
 *                     when not one run could be made: runner_run then returns what the first of them failed of.
 * Which runs fail is a matter of scenario, seed and program alone. */
#ifndef MILIEU_RUNNER_H
#define MILIEU_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "../model/simulation.h"
#include "../scenario/scenario.h"

struct runner_options {
    int threads; /* >= 1 */
    int draws, replications;
    int first_draw, first_replication; /* numbers their luck has; results count from 0 on */
    enum scenario_uncertainty uncertainty;
    uint32_t seed;
    bool keep_series;
    bool keep_answers; /* of questionnaires, patient by patient (struct answer) */
    const volatile sig_atomic_t
        *stop; /* not NULL: polled; when it becomes non-zero the run ends with MILIEU_ERR_INTERRUPTED */
    void (*progress)(void *context, int64_t runs_done,
                     int64_t runs_in_all); /* may be NULL; called by one thread at a time */
    void *progress_context;
};

struct run_id {
    int draw, replication, arm;
};

/* A run that could not be made. */
struct run_failure {
    int draw, replication;
    int week; /* in which it failed; -1: before week 0 */
    struct error why;
};

/* Receives the runs in order. `take_draw` (may be NULL) is called once a draw that could be made, before its runs;
 * `take` once an arm; `take_failure` (may be NULL) once a run that failed, instead of `take`. A non-zero return stops
 * everything and is returned. */
struct runner_sink {
    int (*take_draw)(void *context, int draw, const struct setting *setting, struct error *err);
    int (*take)(void *context, struct run_id id, const struct record *record, struct error *err);
    int (*take_failure)(void *context, const struct run_failure *failure, struct error *err);
    void *context;
};

struct runner_report {
    int64_t runs;             /* draws x replications */
    int64_t failed;           /* of them */
    struct run_failure first; /* the first that failed, in order of draw and replication; meaningless when none did */
    uint64_t patient_weeks;   /* of the runs that did not fail: look-back once, usual care, and every arm */
};

int runner_run(const struct scenario *scenario, const struct runner_options *options, const struct runner_sink *sink,
               struct runner_report *report, struct error *err);

#endif
