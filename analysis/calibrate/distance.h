/* What a calibration aims at, and how far from it a particle is, in standard errors.
 *
 *   a number     e = (value - observed) / sqrt(error^2 + variance)
 *   a pattern    e = min(0, value - observed) / sqrt(error^2 + variance)       met at or above `observed`
 *   a range      the same below `observed`, its low end, and above `high`; 0 between       met there
 *
 *   distance     sqrt(sum of e^2 over the targets that are fitted)
 *
 * `variance` is the Monte-Carlo variance of the value, over the replications of its point. It widens the denominator, so
 * that a place which was run too little is not called far for want of runs; more runs, a stricter judge. */
#ifndef MILIEU_DISTANCE_H
#define MILIEU_DISTANCE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* Borrowed arrays, [count]. Of one particle, `value` and `variance` are [count] too, in the units of the target (and
 * their square); of many, particle i's begin at i * count. */
struct targets {
    int count;
    const double *observed;
    const double *error;  /* standard error of a number; of a pattern or a range's ends a tolerance; >= 0 */
    const bool *at_least; /* is it a pattern; NULL: none is */
    const bool *held_out; /* kept out of the fit, to be looked at after; NULL: none is */
    const double *high;   /* upper end of a range; NaN: it is none; NULL: none is */
};

static inline bool targets_is_pattern(const struct targets *self, int j)
{
    return self->at_least != NULL && self->at_least[j];
}

static inline bool targets_is_range(const struct targets *self, int j)
{
    return self->high != NULL && !isnan(self->high[j]);
}

static inline bool targets_is_fitted(const struct targets *self, int j)
{
    return self->held_out == NULL || !self->held_out[j];
}

/* e of target `j`: 0 where the two agree, even with no error at all. NaN for a value that does not exist, and for a
 * variance below zero or not finite, which would make any value a good one. */
double targets_deviation(const struct targets *self, int j, double value, double variance);

/* Held-out targets are not in it. Infinity when a fitted value or variance is missing. */
double targets_distance(const struct targets *self, const double *value, const double *variance);

/* A pattern: at or above. A range: inside. A number: no more than two of its standard errors away. NaN is never met. */
bool targets_met(const struct targets *self, int j, double value, double variance);

#endif
