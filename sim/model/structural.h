/* Structural factors: shocks to the health centre, and the lists it produces.
 *
 *   reorganisation   begins with hazard reorganization_per_year (mean over the centre's clinics), lasts exponentially;
 *                    breaks a share ties_broken of the ties with the centre and slows lists while it lasts
 *   list             list k is asked for when at most list_reserve names are left to review, in week k * list_every at the
 *                    earliest; takes list_delay weeks (log-normal, SD of the log list_delay_spread)
 *
 * Writes: centre.reorganization_*, clinic.list_*, clinic.lists_out, patient.stage, patient.list_week,
 *         nurse.tie_manager, physician.tie_manager. Sources: [002], [003] case B, evidence 61, 7.9. */
#ifndef MILIEU_STRUCTURAL_H
#define MILIEU_STRUCTURAL_H
#include "world.h"
void structural_step(struct world *w);
#endif
