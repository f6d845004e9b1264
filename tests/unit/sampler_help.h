/* Designs for tests: every point of one, and how even its projections are. */
#ifndef SAMPLER_HELP_H
#define SAMPLER_HELP_H

#include "sim/study/sampler.h"

/* Every point, n x d, row by row; the test fails when the plan is refused. The caller frees. */
double *design_points(const struct sample_plan *plan);

/* Centred L2 discrepancy, squared (Hickernell 1998, Math. Comp. 67, 299-322), of columns j and k of n rows of d: what
 * scipy.stats.qmc.discrepancy calls CD. */
double pair_discrepancy(const double *u, int n, int d, int j, int k);

/* The largest of all pairs among d columns. */
double worst_pair_discrepancy(const double *u, int n, int d);

/* The square of the smallest distance between two of n rows. */
double closest_two(const double *u, int n, int d);

#endif
