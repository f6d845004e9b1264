/* A person's drifting risk, and the rate of emergency visits it stands for.
 *
 *   risk      z(t) = sqrt(p) a + sqrt(1-p) x(t),  x Ornstein-Uhlenbeck in steps of four weeks, correlation r at a year
 *   rate      G^-1(Phi(z)),  G gamma with the population's mean and shape k (Gaussian copula)
 *
 * (model.md 5; Moe 2022; Vanasse/Hudon Montreal cohort.) */
#ifndef MILIEU_RISK_H
#define MILIEU_RISK_H

#include <stdbool.h>
#include <stdint.h>

#include "random.h"
#include "tables.h"

#define RISK_STEP 4 /* weeks between two values of the drifting risk */
#define RISK_WEEKS_IN_YEAR 52.0

/* Rate (visits a year) as a function of risk z: a table over z, linear in between. */
#define RATE_LOW (-2.0)
#define RATE_HIGH 5.5
#define RATE_STEPS_PER_UNIT 64
#define RATE_SIZE 481
struct rate_table {
    double value[RATE_SIZE];
};
int rate_table_init(struct rate_table *self, double mean, double shape);

/* Here, not in risk.c: a run asks tens of millions of times. */
static inline double rate_table_at(const struct rate_table *self, double z)
{
    double at = (z - RATE_LOW) * RATE_STEPS_PER_UNIT;
    int i;
    if (at <= 0)
        return self->value[0];
    if (at >= RATE_SIZE - 1)
        return self->value[RATE_SIZE - 1];
    i = (int)at;
    return self->value[i] + (at - i) * (self->value[i + 1] - self->value[i]);
}

/* The process of a population, and what is worked out from its parameters once. */
struct risk {
    double mean, shape, permanent, correlation;
    double sqrt_permanent, sqrt_drift, step_correlation, step_noise;
    struct rate_table rates;
};

/* Returns 0, or MILIEU_ERR_RUN where the rates cannot be told. */
int risk_init(struct risk *self, const struct params *p);

/* True when it is the process of those parameters. */
bool risk_is_of(const struct risk *self, const struct params *p);

/* x a step later, z standard normal. */
static inline double risk_step(const struct risk *self, double x, double z)
{
    return self->step_correlation * x + self->step_noise * z;
}

/* Visits a year. */
static inline double risk_rate(const struct risk *self, double permanent, double drift)
{
    return rate_table_at(&self->rates, self->sqrt_permanent * permanent + self->sqrt_drift * drift);
}

/* The normal that step `step` of somebody's x takes, 0 from week 0 of the list on. A block of luck has words for four. */
#define RISK_STEPS_A_BLOCK 4
double risk_normal(struct luck luck, uint64_t entity, int step);

/* x of somebody, followed from week to week. { 0 }: not followed yet. */
struct risk_walk {
    int32_t steps;
    double x;
};

/* Follows x from `start`, x before week 0, to week t; an earlier week than the last begins anew. */
void risk_follow(const struct risk *self, struct luck luck, uint64_t entity, double start, int t,
                 struct risk_walk *walk);

#endif
