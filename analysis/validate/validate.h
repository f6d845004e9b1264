/* The model against the published record: every pattern of patterns.def, measured on the shipped scenarios.
 *
 *   struct validation validation;
 *   validate_run(&options, &validation, &err)      half a minute to some minutes
 *   pattern_holds(PATTERN_P1, validation.finding)
 *
 * A pure function of options and shipped scenarios, whatever the number of threads. */
#ifndef MILIEU_VALIDATE_H
#define MILIEU_VALIDATE_H

#include "statement.h"
#include "trial.h"

struct validate_options {
    struct trial_machine machine;
    int draws; /* VALIDATE_DRAWS; the four cases have three times as many, other trials a share, at least 2 */
    uint32_t seed;
    void (*progress)(void *context, int64_t done, int64_t in_all); /* groups of patterns; may be NULL */
    void *progress_context;
};

enum { VALIDATE_DRAWS = 500 };

/* The cases of a measure that do not hold, where it counts cases: a factor, with its z or its coefficient. */
struct exception {
    const char *id; /* static; of a factor, or a parameter */
    double figure;
};

struct exceptions {
    int count;
    struct exception item[NUM_FACTORS];
};

struct validation {
    struct finding finding[NUM_MEASURES];
    struct exceptions exceptions[NUM_MEASURES];
    struct finding swap[NUM_SWAPS];
    struct case_result cases[NUM_CASES];
    struct statement_result statement[NUM_STATEMENTS]; /* none counts in validate_passes */
    struct effect ranked
        [NUM_CONTRASTS]; /* of the BLOCK, its MEMBERs and RIVALs, on the outcome of the ranking; else of nothing */
};

/* 0, or what trial_run returns. */
int validate_run(const struct validate_options *options, struct validation *out, struct error *err);

/* Do all the patterns hold that must? */
bool validate_passes(const struct validation *self);

#endif
