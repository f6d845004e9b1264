/* A worker: threads that take blocks of a study nobody else works on, make their batches and append them to a journal.
 *
 * Any number of workers, on any hosts that share the folder, may come and go: what counts is in the journals. The caller
 * brings the clocks; nothing of the result depends on them. */
#ifndef MILIEU_WORKER_H
#define MILIEU_WORKER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "../model/error.h"
#include "folder.h"
#include "journal.h"
#include "ledger.h"
#include "study.h"

struct worker_clock {
    int64_t (*now_us)(void); /* since 1970 */
    int64_t (*cpu_us)(void); /* of the thread that asks */
    void (*pause)(double seconds);
};

struct worker_options {
    int threads;
    const char *program; /* version and commit, for the journal's opening */
    struct journal_sync sync;
    double block_seconds;              /* a block is expected to take: tells a claim that is left behind */
    const volatile sig_atomic_t *stop; /* the batch at work is dropped, the rest kept: MILIEU_ERR_INTERRUPTED */
    struct worker_clock clock;
    /* Called by the caller's thread before work begins (runs_made 0), some times a second, and once at the end. May be
     * NULL. */
    void (*progress)(void *context, const struct ledger_counts *counts, int64_t runs_made);
    void *progress_context;
};

struct worker_report {
    struct ledger_counts counts; /* of the study, when this worker ended, also by an error */
    int64_t runs_made;           /* by this worker; more than counts.runs_done where its journal was taken away */
    int64_t taken_over;          /* stale claims */
    int64_t cpu_us;
    char first_failure[256]; /* why the first run failed that did, in the order of runs; "" = none */
    struct error damage;     /* of the first damaged journal; code 0 = none */
    char missing[512];       /* names of journals that have vanished, see ledger_missing; "" none. There from the first
                                call of `progress` on */
};

/* Works until nothing is left to do, waiting for what others still have in hand (and taking it over when they are no
 * more). MILIEU_ERR_INTERRUPTED when stopped; MILIEU_ERR_OUTPUT when the journal cannot be written: what was written
 * counts, and the same call goes on later. MILIEU_ERR_FOLDER, MILIEU_ERR_MEMORY. */
int worker_run(const struct study *study, const struct folder *folder, const struct worker_options *options,
               struct worker_report *report, struct error *err);

#endif
