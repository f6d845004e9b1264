/* Patient factors: trust, adherence, drop-out, what the dose does to scores and to use of services.
 *
 *   contacts     recent quality-weighted contacts (assessment and ISP among them) over those planned and well
 *                made (enough_quality), remembered over
 *                dose_memory weeks
 *   dose         contacts, at most 1, * (1 - plan_needed + plan_needed * ISP) * trust and adherence, each full from
 *                enough_trust on: (0.3 + 0.7 trust) / (0.3 + 0.7 enough), (0.4 + 0.6 adherence) / (0.4 + 0.6 enough);
 *                * informed: 1 - through_information + through_information * (visits heard of + plan read) over the
 *                neutral clinic's; at most 1
 *   trust        a contact gains trust_growth * quality * person_centred / 0.6 * (1 - diverted_share) / 0.9 of what is
 * missing; a week without one decays it adherence    follows the person's own log-odds + adherence_from_trust * (trust
 * - 1/2) + caregiver drop-out     drop_out_rate * exp(drop_from_trust * (1/2 - trust)) a month (7.13) scores       move
 * to  start + secular drift + full * dose  with their time scale                    (2.4, 2.5, 2.1) effect follows the
 * dose with effect_lag; decays with effect_half_life once enrolment ends     (model 5) use          rate of visits *
 * ed_ratio_full^effect; the same uniforms as in usual care benefit      what nurses see of a patient enrolled >= 8
 * weeks: half the gain in integration over 6 points, half the fall in distress over 2.5 points, secular change
 * included: nobody sees a counterfactual
 *
 * Writes: patient.{trust, adherence, contacts, dose, effect, scores, ed_year*}, stage of those who leave,
 * clinic.benefit. */
#ifndef MILIEU_PATIENT_H
#define MILIEU_PATIENT_H
#include "world.h"
void patient_step(struct world *w);
#endif
