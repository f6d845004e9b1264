/* The decision to go on, in week first_decision and every decision_every weeks from there on, and the lapse when nobody is left.
 *
 *   D = stop_from_lead * stance of the lead physician + stop_from_manager * stance of the manager
 *     + stop_from_engagement * mean engagement of nurses at work - stop_from_overload * overload remembered
 *   chance of stopping in a month = logit^-1(stop_level - stop_slope * (D - stop_centre))                 (model 4, 8)
 *   chance at a look = 1 - (1 - chance in a month)^(decision_every / weeks of a month)
 *
 * Results do not enter: a slow start is no reason to stop; no visible benefit is, through the stance.
 * Writes: clinic.{stage, stop_week, lapse_week, nobody_weeks, stop_chance}; closes the programme of a clinic that
 * stops. */
#ifndef MILIEU_DECISION_H
#define MILIEU_DECISION_H
#include "world.h"
void decision_step(struct world *w);
#endif
