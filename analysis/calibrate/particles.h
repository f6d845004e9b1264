/* A weighted population of particles: what it says of parameters and targets. */
#ifndef MILIEU_PARTICLES_H
#define MILIEU_PARTICLES_H

#include "distance.h"
#include "weighted.h"

/* Borrowed. */
struct particles {
    int dimensions, count;
    const double *z;      /* [count][dimensions], normal scores */
    const double *weight; /* [count], sum 1 */
    const struct targets *targets;
    const double *value, *variance; /* [count][targets->count] */
    struct weighted_item *order;    /* [count], room to work in: not for two threads at once */
};

/* Effective number of particles, 1 / sum W^2. */
double particles_size(const struct particles *self);

/* Parameter k, in normal scores. The prior's mean is 0 and its SD 1: an SD of 1 says that nothing was learnt. */
struct weighted_row particles_parameter(const struct particles *self, int k);
double particles_correlation(const struct particles *self, int k, int l);

/* Target j, held out or not; and the share of the population that meets it (targets_met). */
struct weighted_row particles_value(const struct particles *self, int j);
double particles_share_met(const struct particles *self, int j);

#endif
