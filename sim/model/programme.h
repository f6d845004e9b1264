/* The programme's books: who is enrolled with whom, what was delivered, and what ends an enrolment.
 *
 * Fidelity of a patient after t weeks (t >= 4): the mean over the components planned by then of the share delivered,
 * at most 1, times quality: assessment by week 4, ISP by week 17, coordination and self-management support one a month
 * each ([004]; model.md 2).
 *
 * Writes: patient.{stage, nurse, enrol_week, exit_week, fidelity, ...}, clinic.{num_enrolled, num_treated}, treated,
 *         nurse.caseload. */
#ifndef MILIEU_PROGRAMME_H
#define MILIEU_PROGRAMME_H
#include "world.h"

#define FIDELITY_WEEK 4
#define ISP_WEEK 17

/* Fidelity of an enrolled patient, `weeks` after enrolment; NaN before week 4. */
double programme_fidelity(const struct world *w, int patient, int weeks);

/* A nurse at work with the fewest patients, NONE when nobody is there. */
int programme_free_nurse(const struct world *w, int clinic);

void programme_enrol(struct world *w, int patient, int nurse);

/* Ends an enrolment: completed, dropped out, returned to usual care when the clinic stopped, or gone. */
void programme_exit(struct world *w, int patient, enum patient_stage stage);

/* The patient goes to another nurse, and loses part of the trust. */
void programme_change_nurse(struct world *w, int patient, int nurse);

/* Everybody enrolled returns to usual care. */
void programme_close(struct world *w, int clinic);

#endif
