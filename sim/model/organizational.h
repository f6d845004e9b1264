/* Organizational factors: who is there, whether the team meets, the climate, the hours.
 *
 *   nurse leaves     hazard nurse_turnover_rate * exp(leave_from_strain * strain) * (1 - (1 - leave_from_coaching) *
 *                    coached) * leave_from_reorganization while one runs                    (3.1, 3.5, 3.6, 3.19)
 *   sick leave       hazard such that sick_leave_share of time is lost without strain, * exp(sick_from_strain * strain)
 *   vacancy          filled with chance 1 / (time_to_fill * (1 + market_pressure * vacancies of the labour market above
 *                    normal_vacancy))                                                                         (3.11)
 *   case managers    leave with the mean case_manager_turnover_rate of the centre's clinics, are replaced with the mean
 *                    of their 1 / time_to_fill
 *   climate          moves at climate_rate to climate_start + climate_from_leadership * stance of leaders
 *                    + climate_from_meetings * (meetings held, remembered, over usual_meetings - 1)       (4.1, 4.4)
 *   hours            35 fte * protected_share * exp(hours_from_stance * stance + hours_from_climate * (climate - 0.55)
 *                    + hours_from_engagement * (engagement - 0.5)) * (1 - diverted_share)
 *                    * (1 - competing_share * 2^(-week / competing_half_life))          (4.2, 6.9, 62, [003] case D)
 *
 * Writes: nurse.* of those who come and go, nurse.hours, physician.* of a new lead, clinic.{climate, manager_value,
 *         meeting_held, meetings, team_met, hours_available, staff_event}, centre.{managers, skill, leadership,
 *         manager_leaves, manager_comes}, market_sum. */
#ifndef MILIEU_ORGANIZATIONAL_H
#define MILIEU_ORGANIZATIONAL_H
#include "world.h"
void organizational_step(struct world *w);
#endif
