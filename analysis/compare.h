/* Two arms, of one file or of two, run by run: the same draw, replication and clinic on the same luck. What differs in
 * the outcomes, with intervals, and what differs between the arms in words.
 *
 *   compare_init      the two sides and their common clinics and runs
 *   compare_outcome   one outcome: a row for each common clinic, the last for all clinics together
 *   compare_words     what is on in one arm and not in the other, what differs between the two scenarios
 *   compare_free
 *
 * Differences are b minus a throughout. */
#ifndef MILIEU_COMPARE_H
#define MILIEU_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "../sim/model/error.h"
#include "../sim/results/results.h"

struct compare_side {
    struct results_file *file; /* borrowed; both sides may be one file */
    int arm;
};

struct compare {
    struct compare_side a, b;
    int draws, replications;   /* both have */
    int64_t runs;              /* draws x replications */
    bool same_luck;            /* same seed: pairs share their luck; else they are pairs in name only */
    int num_clinics;           /* in both, by id */
    int *clinic_a, *clinic_b;  /* [num_clinics] their numbers in the files */
    double *value_a, *value_b; /* private: room for one outcome of a file */
};

/* One outcome in one clinic. Over the n pairs in which it exists on both sides; NaN with n = 0. */
struct compare_row {
    double mean_a, mean_b;
    double difference;        /* mean of b - a */
    double low, high;         /* 90 % interval of the mean difference (Student's t); NaN with n = 1 */
    double run_low, run_high; /* 5th and 95th percentile of the difference over runs */
    double higher, lower;     /* share of pairs in which b is higher than a, lower */
    double better;            /* share of pairs in which b is better; NaN where neither direction is (compare_better) */
    int64_t n, runs;
};

/* Returns 0, MILIEU_ERR_MEMORY, or MILIEU_ERR_RESULTS when the sides have no clinic in common. */
int compare_init(struct compare *self, struct compare_side a, struct compare_side b, struct error *err);

/* `row` [num_clinics + 1]. Returns 0 or MILIEU_ERR_RESULTS (a file does not hold the outcome), MILIEU_ERR_MEMORY. */
int compare_outcome(struct compare *self, int outcome, struct compare_row *row, struct error *err);

/* The direction in which an outcome is better: +1 higher, -1 lower, 0 neither (better.def). */
int compare_better(int outcome);

/* What differs, one sentence a line, in the language asked for (0 English, 1 French): strategies on and off, and with
 * two files every value that differs between the scenarios, by its path. `lines` and its texts belong to the caller
 * (compare_free_words). No line: nothing differs. */
int compare_words(const struct compare *self, int lang, char ***lines, int *num_lines, struct error *err);
void compare_free_words(char **lines, int num_lines);

void compare_free(struct compare *self);

#endif
