/* A trial: many runs of a shipped scenario, some values changed, kept whole for whoever measures a pattern on them. */
#ifndef MILIEU_TRIAL_H
#define MILIEU_TRIAL_H

#include <signal.h>

#include "../../sim/study/runner.h"
#include "../summary.h"

struct trial_plan {
    const char *scenario;                     /* a file of the shipped scenarios */
    const struct scenario_override *override; /* as --set and --rate would */
    int num_overrides;
    int draws, replications;
    enum scenario_uncertainty uncertainty; /* UNCERTAIN_BOTH unless said */
    uint32_t seed;
    bool keep_answers; /* of the first arm */
    bool keep_ratings;
};

/* How trials are run. */
struct trial_machine {
    int threads;
    const char *scenarios;                    /* folder of the shipped ones */
    const struct scenario_override *override; /* of every trial, before its own; at most TRIAL_OVERRIDES with them */
    int num_overrides;
    const volatile sig_atomic_t *stop; /* may be NULL */
};

#define TRIAL_OVERRIDES 64

struct answers { /* of one run */
    struct answer *answer;
    int64_t count;
};

struct trial {
    struct summary summary; /* every outcome of every run */
    int num_clinics, horizon;
    double *rating;          /* [draws][num_clinics][NUM_FACTORS]; NULL: not kept */
    struct answers *answers; /* [draws * replications]; NULL: not kept */
};

/* 0; what runner_run and scenario_read return (a complaint about the scenario is in `err`, the first of them). A run that
 * fails is an error here: nothing is left out of a validation. Freed by trial_free, after a failure too, and twice. */
int trial_run(struct trial *self, const struct trial_plan *plan, const struct trial_machine *machine,
              struct error *err);
void trial_free(struct trial *self);

/* A shipped scenario with changes, read and checked. The caller frees it with scenario_free, after a failure too. */
int trial_scenario(struct scenario *scenario, const char *name, const struct scenario_override *override,
                   int num_overrides, const struct trial_machine *machine, struct error *err);

/* The outcomes of a clinic (SUMMARY_ALL: all together) in the first arm, [NUM_OUTCOMES]; one of them. */
const double *trial_outcomes(const struct trial *self, int draw, int replication, int clinic);
double trial_outcome(const struct trial *self, int draw, int replication, int clinic, int outcome);

/* The ratings of a clinic in a draw, [NUM_FACTORS]; only where they were kept. */
const double *trial_ratings(const struct trial *self, int draw, int clinic);

#endif
