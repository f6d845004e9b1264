/* The groups of patterns that share their runs, one function each. For this folder. */
#ifndef MILIEU_MEASURE_H
#define MILIEU_MEASURE_H

#include "validate.h"

/* Each fills the findings of its patterns. 0, or what trial_run returns; want of memory. */
typedef int measure_group(const struct validate_options *options, struct validation *out, struct error *err);

measure_group measure_cases;      /* P1 P2 P3, joint display: the four cases of [003] */
measure_group measure_table1;     /* P4: listed patients */
measure_group measure_factors;    /* P5: each factor of context alone */
measure_group measure_follow_up;  /* P6: followed for a year */
measure_group measure_training;   /* P7: training otherwise */
measure_group measure_use;        /* P8 P9: a population nobody treats */
measure_group measure_dose;       /* P10: a well run and a badly run region */
measure_group measure_turning;    /* P11: a region over two years */
measure_group measure_region;     /* P12 P14: a region seen for two years after start-up */
measure_group measure_plans;      /* P13: patients of constructed clinics */
measure_group measure_sites;      /* P15: sites of [002], clinics of [001, 004] */
measure_group measure_helps;      /* P16: what helps to overcome barriers */
measure_group measure_swaps;      /* the swap tests */
measure_group measure_statements; /* what the documents say themselves */

/* A share of the draws asked for, at least 2. */
int measure_draws(const struct validate_options *options, double share);

/* One case of a measure that counts cases: does it hold? One that does not is named beside the measure, with the figure it
 * was judged by. `id` is static. Returns `holds`. */
bool measure_case(struct validation *out, int measure, bool holds, const char *id, double figure);

#endif
