/* Innovation factors: the work of case management, limited by hours.
 *
 * Planning ends when list, people, set-up work and first training exist; engagement when the team has met. Then, in
 * order: care of those enrolled (assess, ISP, coordinate, support self-management), and with the hours that are left
 * review, invite, enrol. A task begun is finished and paid back from next week's hours. Time of a task:
 *
 *   hours * gathering_time * start-up effort (fades over effort_weeks) * exp(competence_speed * (book_competence - competence))
 *
 *   ISP          an uneasy nurse puts it off: begun with chance 1 / (1 + isp_delay * (1 - comfort)) a week; written when
 *                the meeting is held: (1 - conflict_share) * (isp_without_physicians + (1 - isp_without_physicians) *
 *                endorsement)                                                                      (6.11, [001])
 *   endorsement  the clinic's, * (1 + endorsement_from_value * (mean value physicians see - 1/2))
 *   quality      quality_floor + (1 - quality_floor) * competence; for a complex case the case manager's skill, through
 *                the tie, makes up hard_case_help of what is missing
 *   coordination answered with chance coordination_success * (coordination_unknowing + (1 - coordination_unknowing) *
 *                knowledge / 0.4) * share of asked partners who have a place
 *   acceptance   log-odds of `acceptance` + acceptance_from_support * (guidance and endorsement above the neutral
 *                clinic's)
 *
 * Writes: clinic.{setup_left, stage, hours_needed, hours_used, hours_waiting, next_candidate, num_isp, fidelity,
 *         full_weeks, start_up_week, full_week}, centre.partner_asked, component_week, nurse.{hours, worked, comfort,
 *         knowledge, delivered}, patient.* of the enrolled (not trust, adherence, dose, scores: patient.c). */
#ifndef MILIEU_INNOVATION_H
#define MILIEU_INNOVATION_H
#include "world.h"
void innovation_step(struct world *w);
#endif
