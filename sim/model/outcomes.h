/* Outcomes: what is counted each week, and what is told at the end.
 *
 * Every outcome of outcomes.def is a ratio of two tallies of a clinic, so that clinics add up: the value of all clinics
 * together is the sum of the first over the sum of the second. A second tally of 0 (or below) makes it missing (NaN).
 */
#ifndef MILIEU_OUTCOMES_H
#define MILIEU_OUTCOMES_H
#include "world.h"
/* Counts this week, and fills the record's series if it keeps them. */
void outcomes_record(struct world *w);
/* Counts what only the end tells, and fills record->outcome. */
void outcomes_finish(struct world *w);
/* A weekly series of a clinic as it stands now. */
double outcomes_series(const struct world *w, int clinic, enum series series);
#endif
