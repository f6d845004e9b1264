/* Training [000]: action-learning sessions for the nurses of a clinic. A submodel of the provider step.
 * Writes: nurse.{competence, knowledge, comfort, tie_team, leadership, hours}, clinic.{trained, sessions_held,
 *         last_session, belonging, programme_cost}. */
#ifndef MILIEU_TRAINING_H
#define MILIEU_TRAINING_H
#include "world.h"
/* Holds the session due this week, if one is. */
void training_week(struct world *w, int clinic);
/* What an hour with the trainer is worth, 0..1: more with a nursing background and an expert nurse. */
double training_worth(const struct params *p);
#endif
