/* When a point of a sequential study has replications enough: the half-width of the confidence interval of its paired
 * contrast is small enough at one of the looks fixed beforehand.
 *
 * The level is shared out over all looks there may be (Bonferroni), so that an interval chosen by a look still covers
 * as often as it says. Never asked before all replications up to the look are done, whatever their order of arrival:
 * keeping those that finish first would favour short runs.
 *
 * Contrasts that are all equal so far have a variance of 0, which is no precision. Of a yes/no outcome, a pair for and a
 * pair against are therefore added, half of each (Agresti & Min 2005, Statistics in Medicine 24:729, for matched pairs;
 * of one arm alone, one success and one failure); any other outcome goes on until they differ. */
#ifndef MILIEU_STOPPING_H
#define MILIEU_STOPPING_H

#include <stdbool.h>

#include "exact.h"

struct stopping {
    double half_width; /* > 0, in the outcome's unit */
    double level;      /* of confidence over all looks, 0..1 */
    int looks;         /* >= 1 */
    bool yes_no;       /* contrasts are -1, 0, 1; of one arm 0, 1 */
    bool paired;       /* two arms, else the mean of one */
};

/* Half-width of the interval at one look: Student's t on the contrasts that exist. Infinite with fewer than two, and with
 * equal ones where nothing tells how rare others are. */
double stopping_half_width(const struct stopping *self, const struct exact *sum);

/* Enough? A run without a contrast (it failed, or its outcome does not exist) is a veto when they are more than one in
 * twenty: what is left out may be what matters. */
bool stopping_enough(const struct stopping *self, const struct exact *sum);

#endif
