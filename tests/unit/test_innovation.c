/* Innovation factors alone: the work of case management, limited by hours. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sim/model/innovation.h"
#include "sim/model/programme.h"
#include "statistics.h"

/* Clinics at the end of planning: list, people, training and meeting are there. Patients all alike in luck's place:
 * everybody is reached, accepts and comes; nobody is screened out; partners answer; an ISP meeting always holds. */
static void easy(struct fixture *f, int clinics)
{
    fixture_init(f, clinics, clinics, 0, 1);
    fixture_still(f);
    fixture_param(f, PARAM_reachable, 1);
    fixture_param(f, PARAM_acceptance, 1);
    fixture_param(f, PARAM_acceptance_from_support, 0);
    fixture_param(f, PARAM_review_accuracy, 0);
    fixture_param(f, PARAM_lost_follow_up, 0);
    fixture_param(f, PARAM_missed_share, 0);
    fixture_param(f, PARAM_conflict_share, 0);
    fixture_param(f, PARAM_isp_without_physicians, 1);
    fixture_param(f, PARAM_isp_delay, 0);
    fixture_param(f, PARAM_comfort_from_isp, 0);
    fixture_param(f, PARAM_knowledge_from_contact, 0);
    fixture_param(f, PARAM_coordination_success, 1);
    fixture_param(f, PARAM_coordination_unknowing, 1);
    fixture_param(f, PARAM_hours_by_condition, 0);
    fixture_param(f, PARAM_hours_by_depression, 1);
    fixture_param(f, PARAM_hours_by_exclusion, 1);
}

static void begin(struct fixture *f)
{
    fixture_begin(f, 0, 0);
    for (int c = 0; c < f->w->clinic.num; c++) {
        f->w->clinic.stage[c] = STAGE_ENGAGEMENT;
        f->w->clinic.team_met[c] = f->w->clinic.trained[c] = 1;
        f->w->clinic.setup_left[c] = 0;
        f->w->clinic.lists_out[c] = 1;
        f->w->centre.partner_share[c] = 1;
    }
    for (int i = 0; i < f->w->patient.num; i++)
        if (f->sim.population->list[i] == 0) {
            f->w->patient.stage[i] = PATIENT_LISTED;
            f->w->patient.list_week[i] = 0;
        }
}

/* Every nurse at work has so many hours each week; what was owed is paid back. */
static void weeks_of(struct fixture *f, double hours, int weeks)
{
    for (int t = 0; t < weeks; t++, f->w->week++) {
        for (int c = 0; c < f->w->clinic.num; c++)
            f->w->clinic.hours_available[c] = 0;
        for (int n = 0; n < f->w->nurse.num; n++) {
            double released = nurse_works(f->w, n) ? hours : 0;
            f->w->nurse.hours[n] = (f->w->nurse.hours[n] < 0 ? f->w->nurse.hours[n] : 0) + released;
            f->w->clinic.hours_available[f->w->nurse.clinic[n]] += released;
        }
        innovation_step(f->w);
    }
}

static int count_stage(const struct world *w, enum patient_stage stage)
{
    int num = 0;
    for (int i = 0; i < w->patient.num; i++)
        num += w->patient.stage[i] == stage;
    return num;
}

/* ---- planning ----------------------------------------------------------------------------------------------------------
 */

Test(innovation, no_hours_no_work)
{
    struct fixture f;
    easy(&f, 3);
    begin(&f);
    weeks_of(&f, 0, 52);
    for (int c = 0; c < 3; c++)
        cr_expect(f.w->clinic.num_treated[c] == 0 && f.w->clinic.hours_used[c] == 0);
    fixture_free(&f);
}

Test(innovation, planning_ends_when_list_people_set_up_and_training_are_there)
{
    for (int missing = 0; missing < 5; missing++) {
        struct fixture f;
        easy(&f, 1);
        begin(&f);
        f.w->clinic.stage[0] = STAGE_PLANNING;
        f.w->clinic.lists_out[0] = missing != 1;
        f.w->clinic.trained[0] = missing != 2;
        f.w->clinic.setup_left[0] = missing == 3 ? 1e9 : 0;
        if (missing == 4)
            memset(f.w->nurse.post, POST_VACANT, 3);
        weeks_of(&f, 5, 10);
        cr_expect((f.w->clinic.stage[0] == STAGE_PLANNING) == (missing != 0), "missing %d", missing);
        fixture_free(&f);
    }
}

Test(innovation, nobody_is_recruited_before_the_team_has_met)
{
    struct fixture f;
    easy(&f, 1);
    begin(&f);
    f.w->clinic.team_met[0] = 0;
    weeks_of(&f, 30, 20);
    cr_expect(f.w->clinic.num_treated[0] == 0);
    f.w->clinic.team_met[0] = 1;
    weeks_of(&f, 30, 1);
    cr_expect(f.w->clinic.num_treated[0] > 0);
    fixture_free(&f);
}

/* Nurses' hours, and set_up_help * hours * skill of the case manager, come off the set-up work each week. */
Test(innovation, set_up_work_takes_its_hours)
{
    struct fixture f;
    double help;
    easy(&f, 1);
    begin(&f);
    f.w->clinic.stage[0] = STAGE_PLANNING;
    f.w->clinic.setup_left[0] = 100;
    f.w->clinic.manager_hours[0] = 4;
    help = f.w->clinic.now[0].set_up_help * 4 * f.w->centre.skill[0];
    weeks_of(&f, 5, 3);
    cr_expect(fabs(f.w->clinic.setup_left[0] - (100 - 3 * (15 + help))) < 1e-9);
    cr_expect(f.w->clinic.stage[0] == STAGE_PLANNING);
    weeks_of(&f, 50, 1);
    cr_expect(f.w->clinic.setup_left[0] == 0 && f.w->clinic.stage[0] == STAGE_ENGAGEMENT);
    fixture_free(&f);
}

/* ---- recruitment ---------------------------------------------------------------------------------------------------------
 */

Test(innovation, places_are_filled_in_the_order_of_the_list)
{
    struct fixture f;
    easy(&f, 1);
    begin(&f);
    weeks_of(&f, 200, 1);
    cr_assert(f.w->clinic.num_enrolled[0] == 12, "%d enrolled", f.w->clinic.num_enrolled[0]);
    for (int i = 0; i < 40; i++)
        cr_expect((f.w->patient.stage[i] == PATIENT_ENROLLED) == (i < 12));
    cr_expect(f.w->nurse.caseload[0] == 4 && f.w->nurse.caseload[1] == 4 && f.w->nurse.caseload[2] == 4);
    fixture_free(&f);
}

/* Places that the hours can serve: hours over the work of a patient and week. */
Test(innovation, few_hours_serve_few_places)
{
    struct fixture f;
    double week;
    easy(&f, 1);
    begin(&f);
    const struct params *p = &f.w->clinic.now[0];
    week = p->gathering_time *
           (2 * p->contact_hours / p->contact_interval + (p->assess_hours + p->isp_hours) / p->duration);
    weeks_of(&f, 2, 20);
    cr_expect(f.w->clinic.num_enrolled[0] == (int)(6 / week), "%d for %g", f.w->clinic.num_enrolled[0], 6 / week);
    fixture_free(&f);
}

/* False-alarm rate 7e-6 each. Lists of first contact: nobody stops for want of places or hours. */
Test(innovation, patients_are_screened_reached_and_accept_with_their_chances)
{
    enum { CLINICS = 100 };
    struct fixture f;
    double screened, refused, enrolled, simple = 0;
    easy(&f, CLINICS);
    fixture_param(&f, PARAM_planned, 200);
    fixture_param(&f, PARAM_review_accuracy, 0.65);
    fixture_param(&f, PARAM_reachable, 0.7);
    fixture_param(&f, PARAM_acceptance, 0.5);
    begin(&f);
    weeks_of(&f, 1000, 1);
    for (int i = 0; i < f.w->patient.num; i++)
        simple += f.sim.population->list[i] == 0 && !(f.sim.population->flags[i] & FLAG_COMPLEX);
    screened = count_stage(f.w, PATIENT_SCREENED_OUT);
    refused = count_stage(f.w, PATIENT_REFUSED);
    enrolled = count_stage(f.w, PATIENT_ENROLLED);
    cr_expect(screened + refused + enrolled == 40 * CLINICS);
    cr_expect(fabs(share_z(screened, simple, 0.65)) < Z_ALARM, "%g of %g", screened, simple);
    cr_expect(fabs(share_z(enrolled, 40 * CLINICS - screened, 0.35)) < Z_ALARM, "%g enrolled", enrolled);
    fixture_free(&f);
}

Test(innovation, guidance_and_endorsement_win_more_patients)
{
    int enrolled[3];
    for (int k = 0; k < 3; k++) {
        struct fixture f;
        easy(&f, 20);
        fixture_param(&f, PARAM_planned, 200);
        fixture_param(&f, PARAM_acceptance, 0.5);
        fixture_param(&f, PARAM_acceptance_from_support, 2);
        fixture_param(&f, PARAM_guidance, k == 1 ? 0.8 : 0.35);
        fixture_param(&f, PARAM_endorsement, k == 2 ? 0.85 : 0.45);
        begin(&f);
        for (int c = 0; c < 20; c++)
            f.w->clinic.manager_hours[c] = 10;
        weeks_of(&f, 1000, 1);
        enrolled[k] = count_stage(f.w, PATIENT_ENROLLED);
        fixture_free(&f);
    }
    cr_expect(enrolled[1] > enrolled[0] && enrolled[2] > enrolled[0], "%d, guided %d, endorsed %d", enrolled[0],
              enrolled[1], enrolled[2]);
}

/* ---- care --------------------------------------------------------------------------------------------------------------------
 */

Test(innovation, a_follow_up_lasts_its_duration)
{
    struct fixture f;
    easy(&f, 1);
    fixture_param(&f, PARAM_duration, 30);
    begin(&f);
    weeks_of(&f, 200, 30);
    cr_expect(f.w->patient.stage[0] == PATIENT_ENROLLED);
    weeks_of(&f, 200, 1);
    cr_expect(f.w->patient.stage[0] == PATIENT_COMPLETED && care_of(f.w, 0)->exit_week == 30);
    cr_expect(f.w->patient.stage[12] == PATIENT_ENROLLED, "the place is filled anew");
    fixture_free(&f);
}

/* With hours without end and nobody missing, contacts fall due at (1/2 + k) and (1 + k) intervals. */
Test(innovation, contacts_come_at_their_interval)
{
    struct fixture f;
    int coordination = 0, self_management = 0;
    easy(&f, 1);
    fixture_param(&f, PARAM_contact_interval, 4.345);
    begin(&f);
    weeks_of(&f, 1000, 26);
    for (int k = 0; k < 10; k++) {
        coordination += ceil((k + 0.5) * 4.345) < 26;
        self_management += ceil((k + 1) * 4.345) < 26;
    }
    for (int i = 0; i < 12; i++)
        cr_expect(care_of(f.w, i)->num_coordination == coordination &&
                      care_of(f.w, i)->num_self_management == self_management,
                  "%d and %d for %d and %d", care_of(f.w, i)->num_coordination, care_of(f.w, i)->num_self_management,
                  coordination, self_management);
    fixture_free(&f);
}

Test(innovation, nobody_followed_up_no_contact)
{
    struct fixture f;
    easy(&f, 1);
    fixture_param(&f, PARAM_lost_follow_up, 1);
    begin(&f);
    weeks_of(&f, 1000, 26);
    for (int i = 0; i < 12; i++)
        cr_expect(care_of(f.w, i)->num_coordination + care_of(f.w, i)->num_self_management == 0);
    fixture_free(&f);
}

/* missed_share, exclusion_missed times that for the excluded. False-alarm rate 7e-6. */
Test(innovation, contacts_are_missed_with_their_chance_and_more_by_the_excluded)
{
    for (int excluded = 0; excluded < 2; excluded++) {
        struct fixture f;
        double missed = 0, tried = 0;
        easy(&f, 50);
        fixture_param(&f, PARAM_missed_share, 0.2);
        fixture_param(&f, PARAM_exclusion_missed, 2);
        fixture_param(&f, PARAM_social_exclusion_share, excluded);
        begin(&f);
        weeks_of(&f, 1000, 26);
        for (int c = 0; c < 50; c++) {
            const struct tally *t = &f.w->tally[(long)c * NUM_OUTCOMES + OUTCOME_missed_contacts];
            missed += t->sum;
            tried += t->count;
        }
        cr_expect(fabs(share_z(missed, tried, excluded ? 0.4 : 0.2)) < Z_ALARM, "%g of %g", missed, tried);
        fixture_free(&f);
    }
}

/* success * (unknowing + (1 - unknowing) * knowledge over the usual) * places of partners. False-alarm rate 7e-6. */
Test(innovation, coordination_is_answered_with_its_chance)
{
    struct fixture f;
    double answered = 0, made = 0, chance;
    easy(&f, 50);
    fixture_param(&f, PARAM_coordination_success, 0.6);
    fixture_param(&f, PARAM_coordination_unknowing, 0.5);
    begin(&f);
    for (int n = 0; n < f.w->nurse.num; n++)
        f.w->nurse.knowledge[n] = 0.3;
    for (int c = 0; c < 50; c++)
        f.w->centre.partner_share[c] = 0.8;
    weeks_of(&f, 1000, 26);
    chance = 0.6 * (0.5 + 0.5 * 0.3 / param_table[PARAM_service_knowledge_start].value) * 0.8;
    for (int c = 0; c < 50; c++) {
        const struct tally *t = &f.w->tally[(long)c * NUM_OUTCOMES + OUTCOME_coordination_share];
        answered += t->sum;
        made += t->count;
    }
    cr_expect(fabs(share_z(answered, made, chance)) < Z_ALARM, "%g of %g, %g", answered, made, chance);
    fixture_free(&f);
}

/* An uneasy nurse starts the ISP with chance q = 1 / (1 + isp_delay (1 - comfort)) a week: geometric, q a week counted
 * from the week after the assessment. False-alarm rate 7e-6 each. */
Test(innovation, the_isp_waits_geometrically_for_comfort)
{
    enum { CLINICS = 200, WEEKS = 25 };
    struct fixture f;
    double q, n = 0, written[WEEKS] = { 0 };
    easy(&f, CLINICS);
    fixture_param(&f, PARAM_isp_delay, 10);
    fixture_param(&f, PARAM_duration, 60);
    begin(&f);
    for (int k = 0; k < f.w->nurse.num; k++)
        f.w->nurse.comfort[k] = 0.4;
    weeks_of(&f, 1000, WEEKS + 2);
    q = 1 / (1 + 10 * 0.6);
    for (int i = 0; i < f.w->patient.num; i++)
        if (care_of(f.w, i)->enrol_week == 0) { /* assessed in week 1, first chance in week 2 */
            n++;
            for (int t = 1; t <= WEEKS; t++)
                written[t - 1] += care_of(f.w, i)->isp_week != NONE && care_of(f.w, i)->isp_week - 1 <= t;
        }
    cr_assert(n == 12 * CLINICS, "%g enrolled in week 0", n);
    for (int t = 1; t <= WEEKS; t += 4)
        cr_expect(fabs(share_z(written[t - 1], n, 1 - pow(1 - q, t))) < Z_ALARM, "week %d: %g of %g", t, written[t - 1],
                  n);
    fixture_free(&f);
}

Test(innovation, a_meeting_that_never_holds_writes_no_isp)
{
    struct fixture f;
    easy(&f, 1);
    fixture_param(&f, PARAM_conflict_share, 1);
    begin(&f);
    weeks_of(&f, 1000, 26);
    cr_expect(f.w->clinic.num_isp[0] == 0 && f.w->clinic.stage[0] == STAGE_START_UP);
    fixture_free(&f);
}

/* Time of a task: hours * gathering_time * start-up effort * exp(competence_speed (1/2 - competence)). */
Test(innovation, an_assessment_takes_its_time)
{
    struct fixture f;
    double hours;
    easy(&f, 1);
    fixture_param(&f, PARAM_planned, 1);
    begin(&f);
    weeks_of(&f, 1000, 1);
    const struct params *p = &f.w->clinic.now[0];
    int n = care_of(f.w, 0)->nurse;
    f.w->nurse.competence[n] = 0.3;
    hours = p->assess_hours * p->gathering_time * p->start_up_effort * exp(p->competence_speed * 0.2);
    weeks_of(&f, 1000, 1);
    cr_expect(fabs(f.w->nurse.worked[n] - hours) < 1e-9, "%g for %g", f.w->nurse.worked[n], hours);
    fixture_free(&f);
}

/* Hours of the first assessment where the patient has so many conditions and these flags. */
static double assessment_of(int conditions, unsigned flags)
{
    struct fixture f;
    double hours;
    easy(&f, 1);
    fixture_param(&f, PARAM_planned, 1);
    fixture_param(&f, PARAM_conditions_mean, 8); /* the book's patient has table 1's, whoever is listed here */
    fixture_param(&f, PARAM_hours_by_condition, 0.05);
    fixture_param(&f, PARAM_hours_by_depression, 1.5);
    fixture_param(&f, PARAM_hours_by_exclusion, 1.2);
    begin(&f);
    f.sim.population->conditions[0] = (uint8_t)conditions;
    f.sim.population->flags[0] = (uint8_t)flags;
    weeks_of(&f, 1000, 2);
    hours = f.w->nurse.worked[care_of(f.w, 0)->nurse];
    fixture_free(&f);
    return hours;
}

Test(innovation, conditions_depression_and_exclusion_take_time)
{
    double plain = assessment_of(5, 0);
    cr_expect(fabs(assessment_of(5, FLAG_DEPRESSION) / plain - 1.5) < 1e-9);
    cr_expect(fabs(assessment_of(5, FLAG_EXCLUDED) / plain - 1.2) < 1e-9);
    cr_expect(fabs(assessment_of(5, FLAG_DEPRESSION | FLAG_EXCLUDED) / plain - 1.8) < 1e-9);
    cr_expect(fabs(assessment_of(9, 0) / plain - (1 + 0.05 * 3.4) / (1 - 0.05 * 0.6)) < 1e-9);
    cr_expect(assessment_of(20, 0) > assessment_of(9, 0) && assessment_of(0, 0) < plain && assessment_of(0, 0) > 0);
    cr_expect(fabs(assessment_of(5, FLAG_MALE | FLAG_ARTHRITIS | FLAG_OVERWEIGHT | FLAG_BACK_PAIN) / plain - 1) < 1e-9);
}

Test(innovation, the_start_up_effort_fades)
{
    struct fixture f;
    double early, late;
    easy(&f, 1);
    fixture_param(&f, PARAM_planned, 1);
    fixture_param(&f, PARAM_effort_weeks, 20);
    fixture_param(&f, PARAM_start_up_effort, 2);
    fixture_param(&f, PARAM_duration, 100);
    fixture_param(&f, PARAM_isp_hours, 0);
    fixture_param(&f, PARAM_contact_interval, 1);
    begin(&f);
    weeks_of(&f, 1000, 4); /* two contacts a week, begun in week 1 */
    early = f.w->nurse.worked[care_of(f.w, 0)->nurse];
    weeks_of(&f, 1000, 20);
    late = f.w->nurse.worked[care_of(f.w, 0)->nurse];
    cr_expect(fabs(early / late - (1 + (1 - 2 / 20.0))) < 1e-9, "%g, later %g", early, late);
    fixture_free(&f);
}

Test(innovation, work_that_finds_no_hours_waits_and_is_done_later)
{
    struct fixture f;
    easy(&f, 1);
    begin(&f);
    weeks_of(&f, 200, 1);
    weeks_of(&f, 0, 5);
    cr_expect(f.w->clinic.hours_waiting[0] > 0 && f.w->clinic.hours_used[0] == 0);
    cr_expect(fabs(f.w->clinic.hours_needed[0] - f.w->clinic.hours_waiting[0]) < 1e-9);
    cr_expect(care_of(f.w, 0)->assessment_quality == 0);
    weeks_of(&f, 200, 1);
    cr_expect(care_of(f.w, 0)->assessment_quality > 0 && f.w->clinic.hours_waiting[0] == 0);
    fixture_free(&f);
}

/* ---- who cares ------------------------------------------------------------------------------------------------------------------
 */

Test(innovation, patients_of_a_nurse_who_left_go_to_her_colleagues)
{
    struct fixture f;
    easy(&f, 1);
    begin(&f);
    weeks_of(&f, 200, 1);
    f.w->nurse.post[0] = POST_VACANT;
    weeks_of(&f, 200, 1);
    cr_expect(f.w->nurse.caseload[0] == 0 && f.w->nurse.caseload[1] + f.w->nurse.caseload[2] == 12);
    cr_expect(world_verify(f.w) == 0);
    fixture_free(&f);
}

Test(innovation, a_short_sick_leave_changes_nothing_a_long_one_does)
{
    struct fixture f;
    easy(&f, 1);
    fixture_param(&f, PARAM_sick_handover, 3);
    begin(&f);
    weeks_of(&f, 200, 1);
    f.w->nurse.post[0] = POST_SICK;
    f.w->nurse.since[0] = 1;
    weeks_of(&f, 200, 3);
    cr_expect(f.w->nurse.caseload[0] == 4);
    weeks_of(&f, 200, 1);
    cr_expect(f.w->nurse.caseload[0] == 0);
    fixture_free(&f);
}

Test(innovation, where_nobody_is_left_patients_wait_for_the_successor_and_lose_trust)
{
    struct fixture f;
    double trust;
    easy(&f, 1);
    f.setting.clinic[0].num_nurses = 1;
    begin(&f);
    weeks_of(&f, 400, 1);
    trust = care_of(f.w, 0)->trust;
    f.w->nurse.post[0] = POST_VACANT;
    weeks_of(&f, 400, 5);
    cr_expect(f.w->patient.stage[0] == PATIENT_ENROLLED && care_of(f.w, 0)->nurse == 0 && f.w->nurse.worked[0] == 0);
    f.w->nurse.post[0] = POST_PRESENT;
    f.w->nurse.hired[0] = f.w->week;
    weeks_of(&f, 400, 1);
    cr_expect(fabs(care_of(f.w, 0)->trust - trust * (1 - f.w->clinic.now[0].trust_lost)) < 1e-12);
    fixture_free(&f);
}

/* ---- fidelity, stages --------------------------------------------------------------------------------------------------------------
 */

Test(innovation, fidelity_closed_form)
{
    struct fixture f;
    easy(&f, 1);
    begin(&f);
    struct world *w = f.w;
    cr_expect(isnan(programme_fidelity(w, 0, FIDELITY_WEEK - 1)));
    cr_expect(programme_fidelity(w, 0, 20) == 0, "nothing delivered");
    care_of(w, 0)->assessment_quality = 0.8;
    cr_expect(fabs(programme_fidelity(w, 0, 4) - 0.8) < 1e-12, "assessment only, by week 4");
    cr_expect(fabs(programme_fidelity(w, 0, 5) - 0.8 / 3) < 1e-12, "a contact of each kind was planned too");
    care_of(w, 0)->isp_quality = 1;
    cr_expect(fabs(programme_fidelity(w, 0, ISP_WEEK - 1) - 0.8 / 3) < 1e-12,
              "an ISP is planned by week 17, not before");
    cr_expect(fabs(programme_fidelity(w, 0, ISP_WEEK) - 1.8 / 4) < 1e-12);
    care_of(w, 0)->num_coordination = 2; /* of 4 planned by week 18 */
    care_of(w, 0)->coordination_quality = 2 * 0.5;
    care_of(w, 0)->num_self_management = 9; /* more than planned counts as all */
    care_of(w, 0)->self_management_quality = 9 * 0.6;
    care_of(w, 0)->isp_quality = 0.7;
    cr_expect(fabs(programme_fidelity(w, 0, 18) - (0.8 + 0.7 + 0.5 * 0.5 + 0.6) / 4) < 1e-12);
    fixture_free(&f);
}

Test(innovation, perfect_nurses_with_time_deliver_all_of_it)
{
    struct fixture f;
    easy(&f, 1);
    begin(&f);
    for (int n = 0; n < 3; n++)
        f.w->nurse.competence[n] = 1;
    weeks_of(&f, 1000, 20);
    cr_expect(f.w->clinic.fidelity[0] > 0.95, "%g", f.w->clinic.fidelity[0]);
    fixture_free(&f);
}

Test(innovation, the_case_manager_helps_with_complex_cases_through_the_tie)
{
    double fidelity[3];
    for (int k = 0; k < 3; k++) {
        struct fixture f;
        easy(&f, 1);
        fixture_param(&f, PARAM_need_share, 1);
        fixture_param(&f, PARAM_list_precision, 1);
        begin(&f);
        f.w->centre.skill[0] = 1;
        f.w->centre.managers[0] = k != 2;
        for (int n = 0; n < 3; n++) {
            f.w->nurse.competence[n] = 0.3;
            f.w->nurse.tie_manager[n] = k != 0;
        }
        weeks_of(&f, 1000, 12);
        fidelity[k] = f.w->clinic.fidelity[0];
        fixture_free(&f);
    }
    cr_expect(fidelity[1] > fidelity[0] && fidelity[2] == fidelity[0], "no tie %g, tie %g, nobody %g", fidelity[0],
              fidelity[1], fidelity[2]);
}

Test(innovation, stages_come_with_first_assessment_third_isp_and_eight_full_weeks)
{
    struct fixture f;
    int start = NONE, implementation = NONE, full = NONE;
    easy(&f, 1);
    fixture_param(&f, PARAM_duration, 60);
    begin(&f);
    for (int n = 0; n < 3; n++)
        f.w->nurse.competence[n] = 0.9;
    for (int t = 0; t < 40; t++) {
        weeks_of(&f, 1000, 1);
        if (start == NONE && f.w->clinic.stage[0] >= STAGE_START_UP)
            start = t;
        if (implementation == NONE && f.w->clinic.stage[0] >= STAGE_IMPLEMENTATION)
            implementation = t;
        if (full == NONE && f.w->clinic.stage[0] >= STAGE_FULL)
            full = t;
    }
    cr_expect(start == 1 && f.w->clinic.start_up_week[0] == 1);
    cr_expect(implementation == 2, "week %d", implementation);
    cr_expect(full == f.w->clinic.full_week[0] && full >= 4 + 7 && full <= 4 + 12, "week %d", full);
    fixture_free(&f);
}

Test(innovation, poor_fidelity_or_few_patients_is_no_full_implementation)
{
    for (int k = 0; k < 2; k++) {
        struct fixture f;
        easy(&f, 1);
        fixture_param(&f, PARAM_duration, 60);
        if (k == 0)
            fixture_param(&f, PARAM_quality_floor, 0.3);
        begin(&f);
        if (k == 1)
            f.w->clinic.now[0].planned = 100; /* 40 listed */
        for (int n = 0; n < 3; n++)
            f.w->nurse.competence[n] = k == 0 ? 0.1 : 1;
        weeks_of(&f, 1000, 40);
        cr_expect(f.w->clinic.full_week[0] == NONE, "case %d", k);
        fixture_free(&f);
    }
}
