/* Who a listed patient is, beside risk and use of services (population.h): what table 1 and 2 of [003] describe, what a case
 * manager finds, and how long the patient is there.
 *
 * Every attribute has its own distribution, and some go together: each is drawn from a normal score, and a score is made of
 * others' and of one's own (a Gaussian copula), so that what goes together moves no mean, no SD and no share of the tables.
 *
 *   age          beta on 18..100                          conditions   negative binomial
 *   flags        by their shares                          scores       normal, cut at the scale's ends
 *   distress     goes with depression or anxiety (distress_from_depression)
 *   confidence   goes with self-management and without distress (confidence_from_*)
 *   complex need goes with conditions, depression or anxiety, social exclusion (need_from_*; [000], 1.28)
 *   death        hazard exp(mortality_by_age * age), such that one-year mortality is what `mortality` says; moving_away
 *
 * Writes population.{age, conditions, flags, scores, died, end}. */
#ifndef MILIEU_PERSON_H
#define MILIEU_PERSON_H

#include "population.h"

#define AGE_SIZE 65

struct ages {
    double age[AGE_SIZE]; /* quantiles, equally spaced by normal score */
    double frailty;       /* hazard of death of somebody of mean age, over that of all */
};

void ages_init(struct ages *self, const struct params *p);

/* `i` is filled in as to entity and false_positive. */
void person_draw(struct population *population, const struct ages *ages, const struct params *p, struct luck luck,
                 int32_t i);

/* Weeks until death or moving away, from the list on: two exponential clocks. After person_draw. */
void person_draw_life(struct population *population, const struct ages *ages, const struct params *p, struct luck luck,
                      int32_t i);

#endif
