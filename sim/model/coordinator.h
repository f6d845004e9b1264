/* The project's clinical coordinator [000]: one for the clinics of a run whose coordinator_hours are above 0. She helps
 * clinics that set up, and sees to it that what is discussed in training is of use; as far as nurses know her.
 *
 *   hours        coordinator_hours, a total of the project (mean over the clinics where it is above 0), shared among those
 *                clinics by need as the case manager's: one that sets up asks start_up_demand times more, one that stopped
 *                nothing
 *   tie          with a clinic's nurses, from 0; grows and decays as all ties; a nurse who leaves takes her part of it
 *   worth        coordinator_skill * (coached_without_tie + (1 - coached_without_tie) * tie)
 *   set-up       set_up_help * hours * worth less work a week
 *   relevance    of sessions gains hours / (hours + coordinator_half) * worth of what is missing
 *   leaves       with coordinator_turnover_rate; her ties with every clinic go with her; replaced in time_to_fill (both
 *                averaged over the clinics that have her)
 *
 * Roles and directions are read into [000], which names her only; every size is assumed.
 * Writes: coordinator, clinic.{coordinator_hours, tie_coordinator, programme_cost}. */
#ifndef MILIEU_COORDINATOR_H
#define MILIEU_COORDINATOR_H
#include "world.h"
void coordinator_week(struct world *w);
/* Worth of one of her hours in this clinic, 0..1. */
double coordinator_worth(const struct world *w, int clinic);
/* Relevance of a training session, with what she adds to `relevance`. */
double coordinator_relevance(const struct world *w, int clinic);
#endif
