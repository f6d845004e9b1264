/* Patient factors alone: trust, adherence, drop-out, what the dose does to scores and to use of services. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sim/model/patient.h"
#include "sim/model/programme.h"
#include "statistics.h"

static void patient_weeks(struct fixture *f, int weeks)
{
    for (int t = 0; t < weeks; t++, f->w->week++)
        patient_step(f->w);
}

/* Everybody on the first list is enrolled in week 0; nobody dies, moves, or leaves but by what a test turns on. */
static void all_enrolled(struct fixture *f, int clinics)
{
    fixture_init(f, clinics, 1, 0, 1);
    f->setting.horizon = 260;
    fixture_param(f, PARAM_list_every, 260);
    fixture_param(f, PARAM_mortality, 0);
    fixture_param(f, PARAM_moving_away, 0);
    fixture_param(f, PARAM_drop_out_rate, 0);
    fixture_param(f, PARAM_secular_integration, 0);
    fixture_param(f, PARAM_secular_self_management, 0);
    fixture_param(f, PARAM_secular_distress, 0);
    fixture_param(f, PARAM_secular_confidence, 0);
}

static void enrol_all(struct fixture *f)
{
    struct world *w;
    fixture_begin(f, 0, 0);
    w = f->w;
    for (int c = 0; c < w->clinic.num; c++)
        w->clinic.lists_out[c] = 1;
    for (int i = 0; i < w->patient.num; i++) {
        w->patient.list_week[i] = 0;
        programme_enrol(w, i, w->clinic.first_nurse[w->patient.clinic[i]]);
    }
}

/* Full dose, held: contacts beyond those planned, full ISP, trust and adherence that do not move. */
static void full_dose(struct fixture *f)
{
    fixture_param(f, PARAM_trust_growth, 0);
    fixture_param(f, PARAM_adherence_rate, 0);
    fixture_param(f, PARAM_dose_memory, 1);
    fixture_param(f, PARAM_through_information, 0);
    enrol_all(f);
    for (int i = 0; i < f->w->patient.num; i++) {
        care_of(f->w, i)->trust = care_of(f->w, i)->adherence = care_of(f->w, i)->isp_quality = 1;
        care_of(f->w, i)->contact_quality = 10;
        care_of(f->w, i)->isp_week = 0;
    }
}

/* ---- trust, adherence --------------------------------------------------------------------------------------------------
 */

Test(patient, trust_grows_by_its_share_of_what_is_missing_at_each_good_contact)
{
    struct fixture f;
    double missing;
    all_enrolled(&f, 1);
    fixture_param(&f, PARAM_trust_growth, 0.1);
    enrol_all(&f);
    missing = 1 - care_of(f.w, 3)->trust;
    care_of(f.w, 3)->contact_quality = 0.8;
    patient_weeks(&f, 12);
    cr_expect(fabs(1 - care_of(f.w, 3)->trust - missing * pow(1 - 0.1 * 0.8, 12)) < 1e-12);
    fixture_free(&f);
}

Test(patient, without_contact_trust_decays)
{
    struct fixture f;
    double trust;
    all_enrolled(&f, 1);
    fixture_param(&f, PARAM_trust_decay, 0.01);
    enrol_all(&f);
    trust = care_of(f.w, 3)->trust;
    patient_weeks(&f, 12);
    cr_expect(fabs(care_of(f.w, 3)->trust - trust * pow(0.99, 12)) < 1e-12);
    fixture_free(&f);
}

Test(patient, a_new_nurse_costs_a_share_of_trust)
{
    struct fixture f;
    all_enrolled(&f, 1);
    fixture_param(&f, PARAM_trust_lost, 0.4);
    enrol_all(&f);
    double trust = care_of(f.w, 0)->trust;
    programme_change_nurse(f.w, 0, care_of(f.w, 0)->nurse + 1);
    cr_expect(fabs(care_of(f.w, 0)->trust - 0.6 * trust) < 1e-12);
    cr_expect(f.w->nurse.caseload[0] == 39 && f.w->nurse.caseload[1] == 1);
    fixture_free(&f);
}

Test(patient, adherence_rises_with_trust_and_with_a_caregiver)
{
    struct fixture f;
    struct sample with = { 0 }, without = { 0 }, distrust = { 0 };
    all_enrolled(&f, 20);
    fixture_param(&f, PARAM_trust_growth, 0);
    fixture_param(&f, PARAM_trust_decay, 0);
    enrol_all(&f);
    for (int i = 0; i < f.w->patient.num; i++)
        care_of(f.w, i)->trust = i % 4 == 0 ? 0 : 0.5;
    patient_weeks(&f, 60);
    for (int i = 0; i < f.w->patient.num; i++) {
        bool caregiver = f.sim.population->flags[i] & FLAG_CAREGIVER;
        sample_add(i % 4 == 0 ? &distrust : caregiver ? &with : &without, care_of(f.w, i)->adherence);
    }
    cr_expect(sample_mean(&with) > sample_mean(&without) + 0.05);
    cr_expect(sample_mean(&distrust) < sample_mean(&without));
    fixture_free(&f);
}

/* ---- drop-out ------------------------------------------------------------------------------------------------------------
 */

static double dropped(const struct world *w)
{
    double num = 0;
    for (int i = 0; i < w->patient.num; i++)
        num += w->patient.stage[i] == PATIENT_DROPPED;
    return num;
}

/* A constant hazard of q a week: 1 - (1 - q)^t have dropped out by week t. False-alarm rate 7e-6 each. */
Test(patient, drop_out_is_geometric)
{
    struct fixture f;
    double q = 0.06 / WEEKS_PER_MONTH;
    all_enrolled(&f, 400);
    f.setting.horizon = 60;
    fixture_param(&f, PARAM_drop_out_rate, 0.06);
    fixture_param(&f, PARAM_drop_from_trust, 0);
    enrol_all(&f);
    for (int t = 13; t <= 52; t += 13) {
        patient_weeks(&f, 13);
        cr_expect(fabs(share_z(dropped(f.w), f.w->patient.num, 1 - pow(1 - q, t))) < Z_ALARM, "week %d", t);
    }
    cr_expect(world_verify(f.w) == 0);
    fixture_free(&f);
}

Test(patient, nobody_drops_out_where_the_rate_is_0)
{
    struct fixture f;
    all_enrolled(&f, 5);
    enrol_all(&f);
    patient_weeks(&f, 104);
    cr_expect(dropped(f.w) == 0);
    fixture_free(&f);
}

Test(patient, who_trusts_stays)
{
    double left[2];
    for (int trusting = 0; trusting < 2; trusting++) {
        struct fixture f;
        all_enrolled(&f, 20);
        fixture_param(&f, PARAM_drop_out_rate, 0.06);
        fixture_param(&f, PARAM_trust_decay, 0);
        enrol_all(&f);
        for (int i = 0; i < f.w->patient.num; i++)
            care_of(f.w, i)->trust = trusting;
        patient_weeks(&f, 26);
        left[trusting] = dropped(f.w);
        fixture_free(&f);
    }
    cr_expect(left[0] > 3 * left[1], "%g, trusting %g", left[0], left[1]);
}

/* ---- the dose and what it does ----------------------------------------------------------------------------------------------
 */

/* dose = contacts * plan * trust * adherence * informed, each as patient.h says. */
Test(patient, dose_is_its_five_parts)
{
    struct fixture f;
    double contacts, trust, follow, informed;
    all_enrolled(&f, 1);
    fixture_param(&f, PARAM_trust_growth, 0);
    fixture_param(&f, PARAM_trust_decay, 0);
    fixture_param(&f, PARAM_adherence_rate, 0);
    enrol_all(&f);
    const struct params *p = &f.w->clinic.now[0];
    care_of(f.w, 0)->trust = 0.3;
    care_of(f.w, 0)->adherence = 0.2;
    care_of(f.w, 0)->isp_quality = 0.4;
    care_of(f.w, 0)->isp_week = 0;
    care_of(f.w, 0)->contact_quality = 0.1;
    care_of(f.w, 0)->heard = 0.7;
    patient_weeks(&f, 1);
    contacts = 0.1 * WEEKS_PER_MONTH / 2 / p->enough_quality / p->dose_memory;
    trust = (p->trust_floor + (1 - p->trust_floor) * 0.3) / (p->trust_floor + (1 - p->trust_floor) * p->enough_trust);
    follow = (p->adherence_floor + (1 - p->adherence_floor) * 0.2) /
             (p->adherence_floor + (1 - p->adherence_floor) * p->enough_trust);
    informed = 1 - p->through_information * (1 - (0.7 + p->plan_access) / 2);
    cr_assert(p->enough_trust > 0.3);
    cr_expect(fabs(care_of(f.w, 0)->contacts - contacts) < 1e-12);
    cr_expect(fabs(care_of(f.w, 0)->dose -
                   contacts * (1 - p->plan_needed + p->plan_needed * 0.4) * trust * follow * informed) < 1e-12);
    fixture_free(&f);
}

Test(patient, no_contact_no_dose_no_effect)
{
    struct fixture f;
    all_enrolled(&f, 3);
    enrol_all(&f);
    for (int t = 0; t < 52; t++) {
        patient_weeks(&f, 1);
        for (int c = 0; c < 3; c++)
            cr_assert(f.w->clinic.visits[c] == f.w->clinic.usual_visits[c]);
    }
    for (int i = 0; i < f.w->patient.num; i++) {
        cr_expect(care_of(f.w, i)->dose == 0 && care_of(f.w, i)->effect == 0);
        cr_expect(care_of(f.w, i)->care_integration == (double)f.sim.population->care_integration[i]);
        cr_expect(care_of(f.w, i)->confidence == (double)f.sim.population->confidence[i]);
    }
    fixture_free(&f);
}

/* Full dose from week 0: the effect is 1 - (1 - 1/lag)^t. */
Test(patient, effect_lags_behind_the_dose)
{
    struct fixture f;
    double lag;
    all_enrolled(&f, 1);
    full_dose(&f);
    lag = f.w->clinic.now[0].effect_lag;
    for (int t = 1; t <= 40; t++) {
        patient_weeks(&f, 1);
        cr_assert(fabs(care_of(f.w, 2)->effect - (1 - pow(1 - 1 / lag, t))) < 1e-9, "week %d", t);
    }
    fixture_free(&f);
}

/* After exit the effect on visits and the gains in scores halve every effect_half_life. */
Test(patient, effect_and_gains_fade_with_their_half_life)
{
    struct fixture f;
    double gain, confidence, differ = 0;
    all_enrolled(&f, 20);
    fixture_param(&f, PARAM_ed_ratio_full, 0.3);
    fixture_param(&f, PARAM_effect_half_life, 20);
    full_dose(&f);
    patient_weeks(&f, 40);
    gain = care_of(f.w, 2)->gain_care_integration;
    confidence = care_of(f.w, 2)->gain_confidence;
    for (int i = 0; i < f.w->patient.num; i++)
        programme_exit(f.w, i, PATIENT_COMPLETED);
    for (int t = 0; t < 60; t++) {
        double visits = 0, usual = 0, told = 0;
        patient_step(f.w);
        for (int i = 0; i < f.w->patient.num; i++) {
            visits += fixture_use(&f, i, 40 + t, pow(0.3, fixture_effect(&f, i)), 1).visits;
            usual += fixture_usual(&f, i, 40 + t).visits;
        }
        for (int c = 0; c < 20; c++)
            told += f.w->clinic.visits[c];
        cr_assert(told == visits, "week %d: %g for %g", t, told, visits);
        differ += usual - visits;
        f.w->week++;
    }
    cr_expect(differ > 100, "%g visits less", differ);
    f.w->week = 80;
    patient_catch_up(f.w, 2);
    cr_expect(fabs(care_of(f.w, 2)->gain_care_integration / gain - 0.25) < 1e-9, "two half-lives");
    cr_expect(fabs(care_of(f.w, 2)->gain_confidence / confidence - 0.25) < 1e-9);
    fixture_free(&f);
}

/* Full dose, full effect at once: visits are Poisson at ed_ratio_full times the twin's rates.
 * False-alarm rate 7e-6 each; pairing on the same uniforms only makes the ratio tighter. */
Test(patient, full_effect_multiplies_visits_by_the_full_ratio)
{
    struct fixture f;
    double visits = 0, usual = 0, admissions = 0;
    all_enrolled(&f, 50);
    fixture_param(&f, PARAM_effect_lag, 1);
    fixture_param(&f, PARAM_ed_ratio_full, 0.6);
    full_dose(&f);
    patient_weeks(&f, 1);
    for (int t = 0; t < 200; t++) {
        patient_weeks(&f, 1);
        for (int c = 0; c < 50; c++) {
            visits += f.w->clinic.visits[c];
            usual += f.w->clinic.usual_visits[c];
            admissions += f.w->clinic.admissions[c];
            cr_assert(f.w->clinic.visits[c] <= f.w->clinic.usual_visits[c]);
        }
    }
    cr_expect(fabs(visits / usual - 0.6) < Z_ALARM * sqrt(0.6 * 1.6 / usual), "%g", visits / usual);
    cr_expect(admissions > 0);
    fixture_free(&f);
}

Test(patient, a_ratio_of_1_changes_no_visit)
{
    struct fixture f;
    all_enrolled(&f, 3);
    fixture_param(&f, PARAM_ed_ratio_full, 1);
    fixture_param(&f, PARAM_admission_ratio_full, 1);
    full_dose(&f);
    for (int t = 0; t < 104; t++) {
        patient_weeks(&f, 1);
        for (int c = 0; c < 3; c++)
            cr_assert(f.w->clinic.visits[c] == f.w->clinic.usual_visits[c]);
    }
    fixture_free(&f);
}

/* The way left to the end of a scale, over that of the average patient. */
static double room(double start, enum param mean, double end)
{
    return (end - start) / (end - param_table[mean].value);
}

/* Scores close 1/weeks of the way to start + full * room * dose each week: nobody gains what is not there to gain. */
Test(patient, scores_approach_their_targets)
{
    struct fixture f;
    double integration, skills, distress, confidence;
    all_enrolled(&f, 1);
    fixture_param(&f, PARAM_skills_slope, 1);
    full_dose(&f);
    patient_weeks(&f, 26);
    const struct params *p = &f.w->clinic.now[0];
    integration = p->integration_full * (1 - pow(1 - 1 / p->integration_weeks, 26));
    skills = p->self_management_full * (1 - pow(1 - 1 / p->self_management_weeks, 26));
    distress = p->distress_full * (1 - pow(1 - 1 / p->distress_weeks, 26));
    confidence = p->confidence_full * (1 - pow(1 - 1 / p->confidence_weeks, 26));
    for (int i = 0; i < 40; i++) {
        const struct population *start = f.sim.population;
        const struct care *care = care_of(f.w, i);
        double sure = room(start->confidence[i], PARAM_confidence_mean, 10);
        double whole = room(start->care_integration[i], PARAM_care_integration_mean, 51);
        double able = room(start->self_management[i], PARAM_self_management_mean, 96);
        double ill = room(start->distress[i], PARAM_distress_mean, 0);
        cr_expect(fabs(care->confidence - start->confidence[i] - confidence * sure) < 1e-6);
        cr_expect(fabs(care->care_integration - start->care_integration[i] - integration * whole) < 1e-6);
        cr_expect(fabs(care->self_management - start->self_management[i] - skills * able) < 1e-6);
        cr_expect(fabs(care->distress - start->distress[i] - distress * ill) < 1e-6);
    }
    fixture_free(&f);
}

/* The passing of time alone: the stated change after 26 weeks, going on until secular_weeks. */
Test(patient, time_passes_for_those_without_dose)
{
    struct fixture f;
    all_enrolled(&f, 1);
    fixture_param(&f, PARAM_secular_integration, 2);
    fixture_param(&f, PARAM_secular_weeks, 39);
    enrol_all(&f);
    for (int t = 1; t <= 60; t++) {
        double secular = 2 * fmin(t, 39) / 26;
        patient_weeks(&f, 1);
        for (int i = 0; i < 40; i++)
            if (f.sim.population->care_integration[i] < 48)
                cr_assert(fabs(care_of(f.w, i)->care_integration - f.sim.population->care_integration[i] - secular) <
                              1e-9,
                          "week %d", t);
    }
    fixture_free(&f);
}

Test(patient, benefit_is_seen_after_8_weeks_and_not_before)
{
    struct fixture f;
    all_enrolled(&f, 1);
    full_dose(&f);
    patient_weeks(&f, 8);
    cr_expect(isnan(f.w->clinic.benefit[0]));
    patient_weeks(&f, 1);
    cr_expect(f.w->clinic.benefit[0] > 0.2 && f.w->clinic.benefit[0] < 1.5);
    fixture_free(&f);
}

/* What a patient who needed it shows of one week's gains; the part nurses see of it is the clinic's benefit. */
static double benefit_of(double integration, double distress, double confidence, double by_confidence)
{
    struct fixture f;
    double benefit;
    all_enrolled(&f, 1);
    fixture_param(&f, PARAM_benefit_without_need, 1);
    fixture_param(&f, PARAM_benefit_by_confidence, by_confidence);
    fixture_param(&f, PARAM_care_integration_mean, 25); /* away from the ends of every scale */
    fixture_param(&f, PARAM_care_integration_sd, 0.1);
    fixture_param(&f, PARAM_distress_mean, 12);
    fixture_param(&f, PARAM_distress_sd, 0.1);
    fixture_param(&f, PARAM_confidence_mean, 5);
    fixture_param(&f, PARAM_confidence_sd, 0.1);
    fixture_param(&f, PARAM_effect_half_life, 1000);
    enrol_all(&f);
    for (int i = 0; i < f.w->patient.num; i++) {
        care_of(f.w, i)->gain_care_integration = integration;
        care_of(f.w, i)->gain_distress = distress;
        care_of(f.w, i)->gain_confidence = confidence;
    }
    fixture_param(&f, PARAM_benefit_weeks, 0);
    f.w->clinic.now[0].benefit_weeks = 0;
    f.w->clinic.now[0].integration_weeks = f.w->clinic.now[0].distress_weeks = 1e9; /* gains stand */
    f.w->clinic.now[0].confidence_weeks = 1e9;
    patient_weeks(&f, 1);
    benefit = f.w->clinic.benefit[0];
    fixture_free(&f);
    return benefit;
}

/* Full gains of each part are a full benefit; more confidence is more benefit; with no weight it is not looked at, and
 * where confidence moves as distress does the weight between the two changes nothing: the neutral clinic's level. */
Test(patient, confidence_is_part_of_the_benefit_nurses_see)
{
    double full = benefit_of(6, -2.5, 1.25, 0.5);
    cr_expect(fabs(full - 1) < 1e-6, "%g", full);
    cr_expect(fabs(benefit_of(0, 0, 1.25, 0.5) - 0.25) < 1e-6);
    cr_expect(benefit_of(0, 0, 2, 0.5) > benefit_of(0, 0, 1, 0.5));
    cr_expect(benefit_of(0, 0, -1, 0.5) < 0);
    cr_expect(fabs(benefit_of(3, -2, 1.5, 0) - benefit_of(3, -2, 0, 0)) < 1e-9, "no weight");
    cr_expect(fabs(benefit_of(3, -2, 1, 0) - benefit_of(3, -2, 1, 1)) < 1e-6, "proportional");
}

/* By default confidence moves as distress does, over what counts as a full benefit: bringing it in left the level of
 * what a neutral clinic sees where it was. */
Test(patient, confidence_is_set_against_distress_so_that_the_neutral_level_holds)
{
    struct params p;
    params_defaults(&p);
    cr_expect(fabs(p.confidence_full / p.benefit_confidence + p.distress_full / p.benefit_distress) < 1e-12);
    cr_expect(fabs(p.secular_confidence / p.benefit_confidence + p.secular_distress / p.benefit_distress) < 1e-12);
    cr_expect(p.confidence_weeks == p.distress_weeks);
}

/* ---- ends --------------------------------------------------------------------------------------------------------------------
 */

Test(patient, who_dies_or_moves_is_gone_from_every_count)
{
    struct fixture f;
    int gone = 0;
    all_enrolled(&f, 2);
    fixture_param(&f, PARAM_mortality, 2);
    enrol_all(&f);
    patient_weeks(&f, 52);
    for (int i = 0; i < f.w->patient.num; i++) {
        bool ended = f.sim.population->end[i] < 52;
        cr_expect(ended == (f.w->patient.stage[i] == PATIENT_GONE));
        cr_expect(ended == (care_of(f.w, i)->exit_week != NONE));
        gone += ended;
    }
    cr_expect(gone > 20 && f.w->clinic.num_listed[0] + f.w->clinic.num_listed[1] == 80 - gone);
    cr_expect(world_verify(f.w) == 0);
    fixture_free(&f);
}

/* 52 weeks from enrolment, the twin's same weeks: neither more nor fewer. */
Test(patient, a_year_from_enrolment_is_counted_for_both)
{
    struct fixture f;
    all_enrolled(&f, 1);
    full_dose(&f);
    patient_weeks(&f, 104);
    for (int i = 0; i < 40; i++) {
        int usual = 0;
        for (int t = 0; t < 52; t++)
            usual += fixture_usual(&f, i, t).visits;
        cr_expect(care_of(f.w, i)->ed_year_usual == usual && care_of(f.w, i)->ed_year <= usual);
    }
    fixture_free(&f);
}

/* ---- information ----------------------------------------------------------------------------------------------------------------
 */

static struct tally known_with(double notice, double *duplicated)
{
    struct fixture f;
    struct tally known;
    all_enrolled(&f, 20);
    fixture_param(&f, PARAM_visit_notice_share, notice);
    fixture_param(&f, PARAM_duplication_share, 0.2);
    enrol_all(&f);
    patient_weeks(&f, 52);
    known = (struct tally){ 0, 0 };
    *duplicated = 0;
    for (int c = 0; c < 20; c++) {
        const struct tally *t = &f.w->tally[(long)c * NUM_OUTCOMES];
        known.sum += t[OUTCOME_visits_known_share].sum;
        known.count += t[OUTCOME_visits_known_share].count;
        *duplicated += t[OUTCOME_duplicated_services].sum;
    }
    fixture_free(&f);
    return known;
}

/* False-alarm rate 7e-6 each. */
Test(patient, the_clinic_learns_of_visits_and_what_it_does_not_know_is_duplicated)
{
    double duplicated, all_duplicated;
    struct tally some = known_with(0.3, &duplicated), none = known_with(0, &all_duplicated);
    cr_expect(fabs(share_z(some.sum, some.count, 0.3)) < Z_ALARM, "%g of %g", some.sum, some.count);
    cr_expect(fabs(share_z(duplicated, some.count - some.sum, 0.2)) < Z_ALARM);
    cr_expect(none.sum == 0 && fabs(share_z(all_duplicated, none.count, 0.2)) < Z_ALARM);
    known_with(1, &duplicated);
    cr_expect(duplicated == 0, "who knows everything duplicates nothing");
}

/* A visit heard of brings the next coordination forward to next week; one that is not changes nothing. */
Test(patient, a_visit_heard_of_brings_the_next_coordination_forward)
{
    for (int heard = 0; heard < 2; heard++) {
        struct fixture f;
        all_enrolled(&f, 5);
        fixture_param(&f, PARAM_visit_notice_share, heard);
        enrol_all(&f);
        for (int i = 0; i < f.w->patient.num; i++)
            care_of(f.w, i)->due_coordination = 1000;
        patient_weeks(&f, 1);
        for (int i = 0; i < f.w->patient.num; i++) {
            bool visit = fixture_usual(&f, i, 0).visits > 0;
            cr_expect(care_of(f.w, i)->due_coordination == (heard && visit ? 1 : 1000));
        }
        fixture_free(&f);
    }
}
