/* The groups of patterns that share their runs, one function each. For this folder. */
#ifndef MILIEU_MEASURE_H
#define MILIEU_MEASURE_H

#include "validate.h"

/* Each fills the findings of its patterns. 0, or what trial_run returns; want of memory. */
typedef int measure_group(const struct validate_options *options, struct finding finding[NUM_MEASURES],
                          struct error *err);

measure_group measure_cases;   /* P1 P2 P3: the four cases of [003] */
measure_group measure_use;     /* P8 P9: a population nobody treats */
measure_group measure_dose;    /* P10: a well run and a badly run region */
measure_group measure_turning; /* P11: a region over two years */
measure_group measure_region;  /* P12 P14: a region seen for two years after start-up */
measure_group measure_plans;   /* P13: patients of constructed clinics */

/* A share of the draws asked for, at least 2. */
int measure_draws(const struct validate_options *options, double share);

#endif
