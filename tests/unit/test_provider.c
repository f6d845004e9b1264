/* Provider factors alone: ties, learning, what people think, how strained they are. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sim/model/provider.h"

static void provider_weeks(struct fixture *f, int weeks)
{
    for (int t = 0; t < weeks; t++, f->w->week++)
        provider_step(f->w);
}

/* One clinic in which nothing moves people but what a test turns on. */
static void alone(struct fixture *f)
{
    fixture_init(f, 1, 1, 0, 1);
    fixture_still(f);
    fixture_param(f, PARAM_case_manager_hours, 0);
    fixture_param(f, PARAM_cop_participation, 0);
    fixture_param(f, PARAM_tie_decay, 0);
    fixture_param(f, PARAM_forgetting, 0);
    fixture_param(f, PARAM_usual_load, 0);
    fixture_param(f, PARAM_hours_from_stance, 0);
    fixture_param(f, PARAM_meetings_per_month, 0);
}

/* ---- ties ----------------------------------------------------------------------------------------------------------------
 */

/* h hours a week of contact close a share g h of what is missing: 1 - (1 - t0)(1 - g h)^n after n weeks. */
Test(provider, ties_grow_geometrically_with_contact)
{
    struct fixture f;
    double start, gain;
    alone(&f);
    fixture_param(&f, PARAM_case_manager_hours, 6);
    fixture_param(&f, PARAM_proximity_contact, 1);
    fixture_param(&f, PARAM_communication, 1);
    fixture_begin(&f, 0, 0);
    start = f.w->nurse.tie_manager[1];
    gain = f.w->clinic.now[0].tie_growth * f.w->clinic.now[0].contact_with_nurses * 6 / 3;
    provider_weeks(&f, 30);
    cr_expect(fabs(f.w->clinic.manager_hours[0] - 6) < 1e-12);
    cr_expect(fabs(f.w->nurse.tie_manager[1] - (1 - (1 - start) * pow(1 - gain, 30))) < 1e-12);
    fixture_free(&f);
}

Test(provider, ties_without_contact_decay)
{
    struct fixture f;
    double start;
    alone(&f);
    fixture_param(&f, PARAM_tie_decay, 0.01);
    fixture_begin(&f, 0, 0);
    start = f.w->physician.tie_manager[2];
    provider_weeks(&f, 50);
    cr_expect(fabs(f.w->physician.tie_manager[2] - start * pow(0.99, 50)) < 1e-12);
    fixture_free(&f);
}

Test(provider, who_is_away_makes_no_ties)
{
    struct fixture f;
    double start;
    alone(&f);
    fixture_param(&f, PARAM_case_manager_hours, 6);
    fixture_begin(&f, 0, 0);
    start = f.w->nurse.tie_manager[0];
    f.w->nurse.post[0] = POST_SICK;
    provider_weeks(&f, 20);
    cr_expect(f.w->nurse.tie_manager[0] == start && f.w->nurse.tie_manager[1] > start);
    fixture_free(&f);
}

Test(provider, proximity_and_communication_make_more_of_the_same_hours)
{
    double tie[3];
    for (int k = 0; k < 3; k++) {
        struct fixture f;
        alone(&f);
        fixture_param(&f, PARAM_case_manager_hours, 3);
        fixture_param(&f, PARAM_proximity_contact, k == 1 ? 2 : 1);
        fixture_param(&f, PARAM_communication, k == 2 ? 2 : 1);
        fixture_begin(&f, 0, 0);
        provider_weeks(&f, 20);
        tie[k] = f.w->nurse.tie_manager[0];
        fixture_free(&f);
    }
    cr_expect(tie[1] > tie[0] && fabs(tie[1] - tie[2]) < 1e-12);
}

/* ---- the case manager is shared --------------------------------------------------------------------------------------------
 */

Test(provider, a_clinic_that_sets_up_has_more_time_than_one_that_runs)
{
    struct fixture f;
    fixture_init(&f, 4, 2, 0, 1);
    fixture_param(&f, PARAM_hours_from_stance, 0);
    fixture_param(&f, PARAM_case_manager_hours, 3.5);
    fixture_param(&f, PARAM_start_up_demand, 2);
    fixture_begin(&f, 0, 0);
    f.w->clinic.start_up_week[2] = 0;
    provider_weeks(&f, 1);
    cr_expect(fabs(f.w->clinic.manager_hours[0] - 2 * f.w->clinic.manager_hours[2]) < 1e-12);
    cr_expect(fabs(f.w->clinic.manager_hours[0] + f.w->clinic.manager_hours[2] - 7) < 1e-12, "all of her time");
    cr_expect(fabs(f.w->clinic.manager_hours[1] - 3.5) < 1e-12, "the other centre's");
    f.w->clinic.stage[2] = STAGE_DISCONTINUED;
    provider_weeks(&f, 1);
    cr_expect(f.w->clinic.manager_hours[2] == 0 && fabs(f.w->clinic.manager_hours[0] - 7) < 1e-12);
    f.w->centre.managers[0] = 0;
    provider_weeks(&f, 1);
    cr_expect(f.w->clinic.manager_hours[0] == 0);
    fixture_free(&f);
}

/* Hours are those of the posts filled, at most 35 each, as far as the programme manager stands behind it. */
Test(provider, case_managers_hours_closed_form)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_param(&f, PARAM_case_manager_hours, 20);
    fixture_param(&f, PARAM_value_from_peers, 0);
    f.setting.centre[0].num_case_managers = 2;
    fixture_begin(&f, 0, 0);
    f.w->centre.director_value[0] = 0.75;
    f.w->centre.managers[0] = 1;
    provider_weeks(&f, 1);
    cr_expect(fabs(f.w->clinic.manager_hours[0] - 10 * exp(f.w->clinic.now[0].hours_from_stance * 0.5 / 2)) < 1e-9);
    f.w->clinic.now[0].case_manager_hours = 1000;
    provider_weeks(&f, 1);
    cr_expect(fabs(f.w->clinic.manager_hours[0] - 35) < 1e-9);
    fixture_free(&f);
}

Test(provider, the_community_of_practice_spans_clinics_and_leaves_out_who_does_not_belong)
{
    struct fixture f;
    fixture_init(&f, 3, 3, 0, 1);
    fixture_still(&f);
    fixture_param(&f, PARAM_cop_participation, 0.5);
    f.setting.clinic[2].community = SETTING_NOBODY;
    fixture_begin(&f, 0, 0);
    for (int n = 0; n < 6; n++)
        f.w->nurse.competence[n] = n < 3 ? 0.2 : 0.8;
    provider_weeks(&f, 1);
    cr_expect(fabs(f.w->clinic.community[0] - 0.5 * (0.5 + 0.5 * 0.5)) < 1e-12);
    cr_expect(f.w->clinic.community[1] == f.w->clinic.community[0] && f.w->clinic.community[2] == 0);
    fixture_free(&f);
}

/* ---- learning ----------------------------------------------------------------------------------------------------------------
 */

/* Full practice, nobody to help: what is missing halves in competence_half_time. In steps of a week the half-life is
 * that of (1 - ln 2 / T)^t, 1 % less at T = 30. */
Test(provider, competence_half_time)
{
    struct fixture f;
    double missing;
    alone(&f);
    fixture_param(&f, PARAM_practice_hours, 0.01);
    fixture_begin(&f, 0, 0);
    f.w->nurse.worked[0] = 1e6;
    missing = 1 - f.w->nurse.competence[0];
    provider_weeks(&f, 30);
    cr_expect(fabs((1 - f.w->nurse.competence[0]) / missing - 0.5) < 0.01, "%g",
              (1 - f.w->nurse.competence[0]) / missing);
    fixture_free(&f);
}

Test(provider, coaching_and_community_speed_learning)
{
    double competence[3];
    for (int k = 0; k < 3; k++) {
        struct fixture f;
        alone(&f);
        fixture_param(&f, PARAM_coaching_hours, k == 1 ? 1 : 0);
        fixture_param(&f, PARAM_cop_participation, k == 2 ? 0.8 : 0);
        fixture_begin(&f, 0, 0);
        f.w->nurse.worked[0] = 3;
        provider_weeks(&f, 26);
        competence[k] = f.w->nurse.competence[0];
        fixture_free(&f);
    }
    cr_expect(competence[1] > competence[0] && competence[2] > competence[0]);
}

/* Without practice a share `forgetting` is lost each week; learning alone can be told apart at full competence. */
Test(provider, without_practice_one_forgets)
{
    struct fixture f;
    alone(&f);
    fixture_param(&f, PARAM_forgetting, 0.01);
    fixture_param(&f, PARAM_competence_half_time, 1e9);
    fixture_begin(&f, 0, 0);
    f.w->nurse.competence[0] = f.w->nurse.competence[1] = 0.9;
    f.w->nurse.worked[1] = 1e9;
    provider_weeks(&f, 40);
    cr_expect(fabs(f.w->nurse.competence[0] - 0.9 * pow(0.99, 40)) < 1e-6);
    cr_expect(fabs(f.w->nurse.competence[1] - 0.9) < 1e-6);
    fixture_free(&f);
}

Test(provider, nobody_learns_while_away)
{
    struct fixture f;
    alone(&f);
    fixture_begin(&f, 0, 0);
    double competence = f.w->nurse.competence[0];
    f.w->nurse.post[0] = POST_SICK;
    f.w->nurse.worked[0] = 5;
    provider_weeks(&f, 10);
    cr_expect(f.w->nurse.competence[0] == competence);
    fixture_free(&f);
}

/* ---- what people think -----------------------------------------------------------------------------------------------------------
 */

/* Only benefit moves values: v' = v + rate * seen * (1 - v). */
static void only_benefit(struct fixture *f, double benefit)
{
    alone(f);
    fixture_param(f, PARAM_value_from_peers, 0);
    fixture_param(f, PARAM_value_from_persuasion, 0);
    fixture_param(f, PARAM_value_from_strain, 0);
    fixture_param(f, PARAM_fit, 0.6);
    fixture_param(f, PARAM_seen_without_fit, 0.4);
    fixture_param(f, PARAM_value_from_community, 0);
    fixture_begin(f, 0, 0);
    f->w->clinic.benefit[0] = benefit;
}

Test(provider, values_stay_where_nothing_is_seen)
{
    struct fixture f;
    double value;
    only_benefit(&f, NAN);
    value = f.w->nurse.value[0];
    provider_weeks(&f, 52);
    cr_expect(f.w->nurse.value[0] == value);
    fixture_free(&f);
}

Test(provider, benefit_convinces_and_its_absence_makes_doubt)
{
    struct fixture f;
    const struct params *p;
    only_benefit(&f, 0.75);
    p = &f.w->clinic.now[0];
    f.w->nurse.value[0] = 0.6;
    provider_weeks(&f, 20);
    double rate = p->value_from_benefit * (0.75 - p->benefit_expected);
    cr_expect(fabs(f.w->nurse.value[0] - (1 - 0.4 * pow(1 - rate, 20))) < 1e-12);
    fixture_free(&f);
    only_benefit(&f, 0);
    f.w->nurse.value[0] = 0.6;
    provider_weeks(&f, 20);
    rate = f.w->clinic.now[0].value_from_benefit * f.w->clinic.now[0].benefit_expected;
    cr_expect(fabs(f.w->nurse.value[0] - 0.6 * pow(1 - rate, 20)) < 1e-12);
    fixture_free(&f);
}

Test(provider, a_negative_person_takes_in_a_part_of_the_benefit_only)
{
    struct fixture f;
    int lead;
    only_benefit(&f, 1);
    lead = f.w->clinic.lead[0];
    f.w->physician.value[lead] = 0.3;
    f.w->physician.value[lead + 1] = 0.7;
    provider_weeks(&f, 1);
    double negative = (f.w->physician.value[lead] - 0.3) / 0.7, positive = (f.w->physician.value[lead + 1] - 0.7) / 0.3;
    cr_expect(fabs(negative / positive - f.w->clinic.now[0].negative_discount) < 1e-9);
    fixture_free(&f);
}

Test(provider, a_lead_who_turns_negative_is_told_as_an_event)
{
    struct fixture f;
    int events = 0;
    only_benefit(&f, -0.5);
    f.w->physician.value[f.w->clinic.lead[0]] = 0.505;
    f.w->clinic.lead_negative[0] = 0;
    provider_weeks(&f, 10);
    for (int64_t i = 0; i < f.record.num_events; i++)
        events += f.record.event[i].kind == EVENT_stance_negative;
    cr_expect(events == 1 && f.w->clinic.lead_negative[0]);
    fixture_free(&f);
}

Test(provider, persuasion_works_through_ties)
{
    struct fixture f;
    alone(&f);
    fixture_param(&f, PARAM_value_from_peers, 0);
    fixture_param(&f, PARAM_case_manager_leadership_start, 0.8);
    fixture_param(&f, PARAM_value_from_persuasion, 0.03);
    fixture_begin(&f, 0, 0);
    f.w->physician.value[1] = f.w->physician.value[2] = 0.5;
    f.w->physician.tie_manager[1] = 0;
    f.w->physician.tie_manager[2] = 1;
    provider_weeks(&f, 20);
    cr_expect(f.w->physician.value[1] == 0.5, "no tie");
    cr_expect(fabs(f.w->physician.value[2] - (1 - 0.5 * pow(1 - 0.03 * 0.8, 20))) < 1e-9, "full tie");
    fixture_free(&f);
}

Test(provider, colleagues_values_draw_together)
{
    struct fixture f;
    double apart;
    alone(&f);
    fixture_param(&f, PARAM_value_from_persuasion, 0);
    fixture_param(&f, PARAM_value_from_peers, 0.01);
    fixture_begin(&f, 0, 0);
    f.w->physician.value[0] = 0.1;
    f.w->physician.value[1] = 0.9;
    apart = 0.8;
    provider_weeks(&f, 20);
    cr_expect(fabs(f.w->physician.value[1] - f.w->physician.value[0] - apart * pow(1 - 0.5 * 0.01, 20)) < 1e-9);
    fixture_free(&f);
}

/* ---- engagement ------------------------------------------------------------------------------------------------------------------
 */

/* Held causes: engagement closes engagement_rate of the way to logit^-1(x) each week. */
Test(provider, engagement_follows_its_causes_geometrically)
{
    struct fixture f;
    double x, target, gap;
    alone(&f);
    fixture_param(&f, PARAM_value_from_peers, 0);
    fixture_param(&f, PARAM_value_from_persuasion, 0);
    fixture_param(&f, PARAM_case_manager_leadership_start, 0.5);
    fixture_param(&f, PARAM_climate_rate, 0);
    fixture_begin(&f, 0, 0);
    const struct params *p = &f.w->clinic.now[0];
    f.w->physician.value[f.w->clinic.lead[0]] = 0.25; /* stance -0.5 */
    x = p->engagement_level - p->engagement_from_stance * p->negative_weight * 0.5 +
        p->engagement_from_nurse_leader * f.w->nurse.leadership[0] +
        p->engagement_from_climate * f.w->clinic.climate[0] + f.w->nurse.temperament[1] +
        p->engagement_from_case_manager * 0.5 * f.w->nurse.tie_manager[1] +
        p->engagement_from_value * f.w->nurse.value[1];
    target = 1 / (1 + exp(-x));
    gap = f.w->nurse.engagement[1] - target;
    provider_weeks(&f, 30);
    cr_expect(fabs(f.w->nurse.engagement[1] - target - gap * pow(1 - p->engagement_rate, 30)) < 1e-9);
    fixture_free(&f);
}

Test(provider, a_negative_lead_weighs_more_than_a_positive_one)
{
    double engagement[3];
    for (int k = 0; k < 3; k++) {
        struct fixture f;
        alone(&f);
        fixture_param(&f, PARAM_value_from_peers, 0);
        fixture_param(&f, PARAM_value_from_persuasion, 0);
        fixture_begin(&f, 0, 0);
        f.w->physician.value[f.w->clinic.lead[0]] = 0.5 + 0.2 * (k - 1);
        provider_weeks(&f, 52);
        engagement[k] = param_to_scale(KIND_LOGIT, f.w->nurse.engagement[0]);
        fixture_free(&f);
    }
    cr_expect(engagement[0] < engagement[1] && engagement[1] < engagement[2]);
    cr_expect(engagement[1] - engagement[0] > 1.2 * (engagement[2] - engagement[1]));
}

Test(provider, a_nurse_who_leads_counts_only_while_she_is_there)
{
    double engagement[2];
    for (int away = 0; away < 2; away++) {
        struct fixture f;
        alone(&f);
        fixture_begin(&f, 0, 0);
        f.w->nurse.leadership[f.w->clinic.leader_nurse[0]] = 0.9;
        f.w->nurse.post[f.w->clinic.leader_nurse[0]] = away ? POST_SICK : POST_PRESENT;
        provider_weeks(&f, 26);
        engagement[away] = f.w->nurse.engagement[f.w->clinic.first_nurse[0] + 1];
        fixture_free(&f);
    }
    cr_expect(engagement[0] > engagement[1] + 0.05, "%g, away %g", engagement[0], engagement[1]);
}

/* ---- strain ----------------------------------------------------------------------------------------------------------------------
 */

/* Overload o: strain goes to x / (1 + x), x = strain_from_overload * o, closing strain_rate of the way each week. */
Test(provider, strain_follows_overload)
{
    struct fixture f;
    double x, target;
    alone(&f);
    fixture_param(&f, PARAM_usual_load, 1.2);
    fixture_begin(&f, 0, 0);
    const struct params *p = &f.w->clinic.now[0];
    x = p->strain_from_overload * 0.2;
    target = x / (1 + x);
    provider_weeks(&f, 20);
    cr_expect(fabs(f.w->nurse.strain[0] - target * (1 - pow(1 - p->strain_rate, 20))) < 1e-9);
    fixture_free(&f);
}

Test(provider, those_present_carry_the_work_of_the_absent)
{
    double strain[3];
    for (int away = 0; away < 3; away++) {
        struct fixture f;
        alone(&f);
        fixture_param(&f, PARAM_usual_load, 0.9);
        fixture_begin(&f, 0, 0);
        for (int n = 0; n < away; n++)
            f.w->nurse.post[n] = POST_VACANT;
        provider_weeks(&f, 26);
        strain[away] = f.w->nurse.strain[2];
        fixture_free(&f);
    }
    cr_expect(strain[0] == 0 && strain[1] > 0 && strain[2] > strain[1], "%g %g %g", strain[0], strain[1], strain[2]);
}

Test(provider, rest_relieves)
{
    struct fixture f;
    alone(&f);
    fixture_param(&f, PARAM_strain_rate, 0.08);
    fixture_begin(&f, 0, 0);
    f.w->nurse.strain[0] = 0.8;
    f.w->nurse.post[0] = POST_SICK;
    provider_weeks(&f, 10);
    cr_expect(fabs(f.w->nurse.strain[0] - 0.8 * pow(1 - 0.08, 10)) < 1e-9);
    fixture_free(&f);
}

Test(provider, a_clinic_without_anybody_gets_through_the_week)
{
    struct fixture f;
    alone(&f);
    fixture_param(&f, PARAM_case_manager_hours, 5);
    fixture_begin(&f, 0, 0);
    memset(f.w->nurse.post, POST_VACANT, 3);
    provider_weeks(&f, 20);
    cr_expect(world_verify(f.w) == 0);
    fixture_free(&f);
}
