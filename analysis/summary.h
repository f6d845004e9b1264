/* Outcomes of many runs in a few numbers: for each arm, clinic and outcome (and for all clinics together) mean, SD and
 * a 90 % interval over runs. Fed run by run by the runner, or from a results file.
 *
 * Memory: 8 bytes an outcome, clinic, run and arm. Owner: the caller, summary_free (safe after a failed init, and
 * twice). */
#ifndef MILIEU_SUMMARY_H
#define MILIEU_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../sim/model/error.h"
#include "../sim/model/simulation.h"
#include "../sim/results/results.h"

/* Over the n runs in which the outcome exists. With n = 0 the four are NaN; with n = 1 `sd` is 0. */
struct summary_row {
    double mean;      /* for yes/no: the share */
    double sd;        /* over runs, of the 0/1 values for yes/no; denominator n - 1 */
    double low, high; /* 5th and 95th percentile (type 7); of a yes/no outcome of one clinic: the 90 % Wilson interval
                       * of the share */
    int64_t n;        /* runs in which it exists */
    int64_t runs;     /* runs in all: n / runs is the share in which it exists */
};

/* The numbers of `count` values; NaN are left out. `value` is put in another order. `is_share`: 0/1 values, whose mean
 * is a share (Wilson interval). */
struct summary_row summary_of(double *value, size_t count, bool is_share);

/* The 90 % Wilson interval of a share of n: `yes` of `n`, n >= 1. */
void summary_wilson(double yes, double n, double *low, double *high);

/* Type-7 quantile of sorted values, count >= 1. */
double summary_quantile(const double *sorted, size_t count, double p);

#define SUMMARY_ALL (-1) /* instead of a clinic: all clinics together */

struct summary {
    int num_arms, num_clinics, draws, replications;
    int64_t runs;  /* draws x replications */
    double *value; /* [num_arms][runs][num_clinics + 1][NUM_OUTCOMES] */
    double *work;  /* [runs] */
};

/* Room for all runs, all missing. Returns 0 or MILIEU_ERR_MEMORY. */
int summary_init(struct summary *self, int num_arms, int num_clinics, int draws, int replications, struct error *err);

/* One arm of one run, as the runner hands it over. Returns 0. */
int summary_take(struct summary *self, int draw, int replication, int arm, const struct record *record,
                 struct error *err);

/* The same from a file: summary_init is done here. Returns 0 or what results_read_* return. */
int summary_read(struct summary *self, struct results_file *file, struct error *err);

/* The numbers of one outcome in one clinic or SUMMARY_ALL. Not for two threads at once (`work`). */
struct summary_row summary_get(const struct summary *self, int arm, int clinic, int outcome);

/* Of what makes one run's outcome differ from another's, the part that differs from draw to draw, what is not known; the
 * rest is chance: between-draw over total variance, 0 .. 1 (one-way random effects, Shrout and Fleiss 1979, ICC(1)).
 * Missing outcomes are left out. NaN where no draw has two runs with the outcome, or nothing differs. */
double summary_unknown_share(const struct summary *self, int arm, int clinic, int outcome);

void summary_free(struct summary *self);

#endif
