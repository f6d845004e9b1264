/* Provider factors: ties, learning, training and coaching, what people think, and how strained they are.
 *
 *   tie             grows by tie_growth * communication for an hour of contact (of what is missing), decays at
 * tie_decay coaching        hours of trainer and case manager, times what they are worth; worth d = x / (x + 1/4 h)
 *   competence      dc = ln 2 / competence_half_time * practice * (1 + (coaching_speed - 1) d + cop_speed * community)
 *                   * (1 - c); practice = worked / (worked + practice_hours); forgetting without practice   (5.2-5.7)
 *   session [000]   gain = session_gain * hours/2 * relevance * trainer * share of speaking * (1 - c); closes a share
 *                   cohesion_gain of the difference between nurses
 *   value           moves with benefit seen (a negative person takes in negative_discount of it), persuasion through
 *                   ties, colleagues, meetings, and strain seen                                (10.10, [003] B and C)
 *   engagement      follows logit^-1(temperament + engagement_level + stance of the lead (a negative one weighs more)
 *                   + nurse who leads + case manager through the tie + climate + value + belonging - strain)
 *   strain          follows x/(1+x), x = strain_from_overload * (work over hours - 1)
 *
 * Writes: centre.hours, centre.demand, clinic.manager_hours, clinic.community, clinic.belonging, clinic.trained,
 *         clinic.sessions_held, clinic.lead_negative, clinic.overload, nurse.{competence, knowledge, comfort, coaching,
 *         engagement, value, strain, tie_*}, physician.{value, tie_manager}, clinic.manager_value, community_sum. */
#ifndef MILIEU_PROVIDER_H
#define MILIEU_PROVIDER_H
#include "world.h"
void provider_step(struct world *w);
#endif
