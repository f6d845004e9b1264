/* Strategies take effect: at a date, again and again between two dates, or when a watched series crosses a threshold.
 *
 * What a strategy sets or adds moves a clinic's ratings and parameters; what only says where things start (a tie, a
 * stance, a skill) moves the state itself by the same difference. A strategy that ends takes its changes back.
 *
 * Who is on a list was drawn from the context at the start: strategies move what the programme meets, not who its patients
 * are (a scenario that lets one change selection, needs or use of services is refused: population_draws_on). Refused too is
 * a change of what is read only before week 0, which would do nothing: world_starts_on.
 *
 * Writes: rating, base, clinic.now, clinic.strategy_hours, clinic.strategy_cost, strategy, and the states named in
 *         calendar.c's table. Sources: ERIC (Powell 2015); Proctor 2013 on specifying a strategy. */
#ifndef MILIEU_CALENDAR_H
#define MILIEU_CALENDAR_H
#include "world.h"
void calendar_step(struct world *w);
#endif
