/* Provider factors: ties, learning, training and coaching, what people think, and how strained they are.
 *
 *   tie             grows by tie_growth * communication for an hour of contact (of what is missing), decays at tie_decay
 *   professionals   value and engagement as nurses', without strain and case manager; tie with the team from meetings and
 *                   from working beside nurses (professional.h)
 *   coaching        hours of trainer and case manager times what they are worth; strength x / (x + coaching_half)
 *   competence      dc = ln 2 / competence_half_time * practice * (1 + (coaching_speed - 1) coached + cop_speed * community)
 *                   * (1 - c); practice = worked / (worked + practice_hours); forgetting without practice   (5.2-5.7)
 *   session         training.h [000]
 *   value           moves with benefit seen * (seen_without_fit + fit) less expected (a negative person takes in negative_discount of a gain),
 *                   persuasion through ties, colleagues, meetings, community, and strain seen       (10.10, [003] B and C)
 *   engagement      follows logit^-1(temperament + engagement_level + stance of the lead (a negative one weighs more)
 *                   + nurse who leads + case manager through the tie + climate + value + belonging - strain)
 *   overload        usual_load * posts / present + (not_backfilled * worked + waiting) / (35 present) - 1, at least 0
 *   strain          follows x / (1 + x), x = strain_from_overload * overload
 *   case manager    hours asked by all clinics of the centre, as far as posts are filled and the programme manager's
 *                   stance releases them; shared by need (a clinic that sets up asks start_up_demand times more)
 *   partners        answer partner_places coordinations a week for all clinics of a centre
 *
 * Writes: centre.{hours, demand, director_*, partner_*}, clinic.{manager_hours, community, belonging, trained,
 *         sessions_held, lead_negative, overload, manager_value}, nurse.{competence, knowledge, comfort, coaching,
 *         engagement, value, strain, tie_*}, physician.{value, tie_manager},
 *         professional.{value, engagement, tie_team}, clinic.team_part, community_sum, cause. */
#ifndef MILIEU_PROVIDER_H
#define MILIEU_PROVIDER_H
#include "world.h"
void provider_step(struct world *w);
/* A tie after a week with so many hours of contact. */
double provider_tie_after(double tie, const struct params *p, double hours);
#endif
