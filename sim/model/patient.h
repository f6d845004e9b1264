/* Patient factors: trust, adherence, drop-out, what the dose does to scores and to use of services.
 *
 *   contacts     recent quality-weighted contacts (assessment and ISP among them) over those planned and well made
 *                (enough_quality), remembered over dose_memory weeks
 *   dose         contacts, at most 1, * (1 - plan_needed + plan_needed * ISP) * trust and adherence, each from its floor
 *                up and full from enough_trust on, * informed
 *   informed     1 - through_information * (1 - heard and plan read, weighted): heard = share of this patient's own hospital
 *                visits the team learned of, of late; plan read = plan_access once the ISP is written
 *   notice       a visit heard of brings the next coordination forward; one unheard of may be duplicated  (8.1, 8.9)
 *   trust        a contact gains trust_growth * quality * person_centred / 0.6 * (1 - diverted_share) / 0.9 of what is
 *                missing; a week without one decays it
 *   adherence    follows the person's own log-odds + adherence_from_trust * (trust - usual_trust) + caregiver
 *   drop-out     drop_out_rate * exp(drop_from_trust * (usual_trust - trust)) a month                               (7.13)
 *   scores       start + secular change + the programme's part, which follows full * dose with its time scale while
 *                enrolled and fades with effect_half_life after                                  (2.4, 2.5, 2.1)
 *   effect       follows the dose with effect_lag; decays with effect_half_life once enrolment ends     (model 5)
 *   use          rate of visits * ed_ratio_full^effect, of direct admissions * admission_ratio_full^effect; the same uniforms as in usual care
 *   benefit      what nurses see of a patient enrolled >= benefit_weeks: 1 - benefit_felt of the gain in integration
 *                over benefit_integration, benefit_felt of how the patient feels: the fall in distress over
 *                benefit_distress and, benefit_by_confidence of it, the gain in confidence over benefit_confidence;
 *                secular change included; in a patient without complex needs benefit_without_need of it ([003] case B)
 *
 * Writes: patient.{trust, adherence, contacts, dose, effect, heard, gain_*, scores, *_year*}, stage of those who leave,
 *         due_coordination after a notice, clinic.benefit, clinic.trust. */
#ifndef MILIEU_PATIENT_H
#define MILIEU_PATIENT_H
#include "world.h"
void patient_step(struct world *w);
/* Effect, gains and scores of somebody who left, faded to this week (they are not moved week by week). */
void patient_catch_up(struct world *w, int patient);
#endif
