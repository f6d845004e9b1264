/* Other professionals of a clinic: who they are, what their part does, what moves them. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sim/model/professional.h"
#include "sim/model/provider.h"
#include "statistics.h"

static void clinics(struct fixture *f, int num, int professionals)
{
    fixture_init(f, num, 1, 0, 1);
    fixture_param(f, PARAM_professionals, professionals);
}

Test(professional, none_take_no_part_and_are_missing)
{
    struct fixture f;
    clinics(&f, 2, 0);
    fixture_begin(&f, 0, 0);
    cr_expect(f.w->professional.num == 0 && f.w->clinic.team_part[0] == professional_part(f.w, 1));
    cr_expect(fabs(professional_part(f.w, 0) + 0.50 * 0.35) < 1e-12);
    fixture_weeks(&f, 52);
    fixture_run(&f, 0, 0);
    cr_expect(isnan(fixture_outcome(&f, -1, OUTCOME_professionals_engagement)));
    fixture_free(&f);
}

/* The neutral clinic is the reference: over many, what they add at the start is 0. False-alarm rate 7e-6. */
Test(professional, the_neutral_clinic_s_add_nothing_at_the_start)
{
    struct fixture f;
    struct sample help = { 0 };
    clinics(&f, 2000, 2);
    f.setting.horizon = 26;
    fixture_param(&f, PARAM_per_clinic, 1);
    fixture_param(&f, PARAM_list_every, 1040);
    fixture_begin(&f, 0, 0);
    for (int c = 0; c < 2000; c++)
        sample_add(&help, professional_part(f.w, c));
    cr_expect(fabs(sample_z(&help, 0)) < Z_ALARM, "%g", sample_mean(&help));
    fixture_free(&f);
}

/* Where they lend nothing and nobody hears them, a clinic goes as it would without them: bit by bit. */
Test(professional, what_they_do_goes_through_meetings_knowledge_and_opinion_only)
{
    double with[NUM_OUTCOMES], without[NUM_OUTCOMES];
    for (int k = 0; k < 2; k++) {
        struct fixture f;
        clinics(&f, 4, k == 0 ? 3 : 0);
        fixture_param(&f, PARAM_isp_from_professionals, 0);
        fixture_param(&f, PARAM_knowledge_from_professionals, 0);
        fixture_param(&f, PARAM_value_from_peers, 0);
        fixture_run(&f, 2, 0);
        memcpy(k == 0 ? with : without, f.record.outcome + (long)4 * NUM_OUTCOMES, sizeof with);
        fixture_free(&f);
    }
    with[OUTCOME_professionals_engagement] = without[OUTCOME_professionals_engagement] = 0;
    with[OUTCOME_acceptability] = without[OUTCOME_acceptability] = 0; /* counts what they think */
    cr_expect(memcmp(with, without, sizeof with) == 0);
}

/* Mean of an outcome of 60 clinics, the same luck, with so much help from professionals. */
static double outcome_with(enum param param, double value, enum outcome outcome)
{
    struct fixture f;
    double x;
    clinics(&f, 60, param == PARAM_professionals ? (int)value : 2);
    fixture_param(&f, PARAM_value_from_peers, 0);
    if (param != PARAM_professionals)
        fixture_param(&f, param, value);
    fixture_rate(&f, FACTOR_professional_engagement, 2); /* they help as far as they are for it */
    fixture_run(&f, 1, 0);
    x = fixture_outcome(&f, -1, outcome);
    fixture_free(&f);
    return x;
}

Test(professional, the_more_they_lend_the_more_coordination_succeeds_and_the_sooner_the_isp)
{
    double none = outcome_with(PARAM_professionals, 0, OUTCOME_coordination_share);
    double some = outcome_with(PARAM_knowledge_from_professionals, 0.4, OUTCOME_coordination_share);
    double much = outcome_with(PARAM_knowledge_from_professionals, 1.2, OUTCOME_coordination_share);
    cr_expect(none < some && some < much, "%g, %g, %g", none, some, much);
    none = outcome_with(PARAM_professionals, 0, OUTCOME_days_to_isp);
    some = outcome_with(PARAM_isp_from_professionals, 0.4, OUTCOME_days_to_isp);
    much = outcome_with(PARAM_isp_from_professionals, 1.6, OUTCOME_days_to_isp);
    cr_expect(none > some && some > much, "%g, %g, %g", none, some, much);
}

/* Nurses hear them as far as they are tied to the team. */
static double nurses_value(double professionals)
{
    struct fixture f;
    double value;
    clinics(&f, 1, 4);
    fixture_still(&f);
    fixture_begin(&f, 0, 0);
    for (int q = 0; q < f.w->professional.num; q++)
        f.w->professional.value[q] = professionals;
    provider_step(f.w);
    value = world_mean_at_work(f.w, 0, f.w->nurse.value);
    fixture_free(&f);
    return value;
}

Test(professional, colleagues_hear_what_they_think)
{
    cr_expect(nurses_value(0) < nurses_value(0.5) && nurses_value(0.5) < nurses_value(1));
}

Test(professional, meetings_and_work_tie_them_to_the_team)
{
    struct fixture f;
    double before;
    clinics(&f, 1, 2);
    fixture_still(&f);
    fixture_begin(&f, 0, 0);
    const struct params *p = &f.w->clinic.now[0];
    before = f.w->professional.tie_team[0];
    provider_step(f.w);
    cr_expect(fabs(f.w->professional.tie_team[0] - before * (1 - p->tie_decay)) < 1e-12, "neither: it decays");
    before = f.w->professional.tie_team[0];
    f.w->clinic.meeting_held[0] = 1;
    f.w->clinic.hours_used[0] = 9;
    provider_step(f.w);
    double hours = p->meeting_contact + p->work_contact * 3;
    cr_expect(fabs(f.w->professional.tie_team[0] -
                   (before + p->tie_growth * p->communication * hours * (1 - before) - p->tie_decay * before)) < 1e-12);
    fixture_free(&f);
}

/* A week's chance is rate / 52, 52 times over; nobody where the rate is 0. False-alarm rate 7e-6. */
Test(professional, they_leave_at_their_rate_and_somebody_less_tied_comes)
{
    for (int k = 0; k < 2; k++) {
        struct fixture f;
        double replaced = 0, n;
        clinics(&f, 1000, 2);
        f.setting.horizon = 52;
        fixture_param(&f, PARAM_per_clinic, 1);
        fixture_param(&f, PARAM_list_every, 1040);
        fixture_param(&f, PARAM_professional_turnover_rate, 0.4 * k);
        fixture_begin(&f, 0, 0);
        n = f.w->professional.num;
        for (int q = 0; q < n; q++)
            f.w->professional.tie_team[q] = 1;
        for (f.w->week = 1; f.w->week <= 52; f.w->week++)
            for (int c = 0; c < 1000; c++)
                professional_turnover(f.w, c);
        for (int q = 0; q < n; q++)
            replaced += f.w->professional.tie_team[q] < 1;
        cr_expect(k == 0 ? replaced == 0 : fabs(share_z(replaced, n, 1 - pow(1 - 0.4 / 52, 52))) < Z_ALARM, "%g of %g",
                  replaced, n);
        fixture_free(&f);
    }
}

/* The neutral clinic's own people neither help nor hinder, however well they come to know the team: 0 in 2 years, and
 * coordination is answered as where they lend nothing. */
Test(professional, the_neutral_clinic_s_add_nothing_later_either)
{
    double share[2];
    for (int k = 0; k < 2; k++) {
        struct fixture f;
        clinics(&f, 60, 2);
        if (k == 1) {
            fixture_param(&f, PARAM_isp_from_professionals, 0);
            fixture_param(&f, PARAM_knowledge_from_professionals, 0);
        }
        fixture_run(&f, 2, 0);
        share[k] = fixture_outcome(&f, -1, OUTCOME_coordination_share);
        fixture_free(&f);
    }
    cr_expect(fabs(share[0] - share[1]) < 0.01, "%g, %g", share[0], share[1]);
}

Test(professional, a_part_is_a_tie_times_engagement_beyond_the_neutral)
{
    struct fixture f;
    clinics(&f, 1, 2);
    fixture_begin(&f, 0, 0);
    f.w->professional.tie_team[0] = 0.8;
    f.w->professional.engagement[0] = 0.9;
    f.w->professional.tie_team[1] = 0.2;
    f.w->professional.engagement[1] = 0.3;
    cr_expect(fabs(professional_part(f.w, 0) - (0.8 * 0.4 - 0.2 * 0.2) / 2) < 1e-12);
    fixture_free(&f);
}

/* A rate that changes acts the week after, on those who are there. */
Test(professional, those_in_place_leave_at_a_new_rate_at_once)
{
    struct fixture f;
    clinics(&f, 1, 4);
    fixture_param(&f, PARAM_professional_turnover_rate, 0);
    fixture_begin(&f, 0, 0);
    for (int q = 0; q < 4; q++)
        f.w->professional.tie_team[q] = 1;
    f.w->week = 3;
    professional_turnover(f.w, 0);
    for (int q = 0; q < 4; q++)
        cr_expect(f.w->professional.tie_team[q] == 1);
    f.w->clinic.now[0].professional_turnover_rate = 52;
    professional_turnover(f.w, 0);
    for (int q = 0; q < 4; q++)
        cr_expect(f.w->professional.tie_team[q] < 1);
    fixture_free(&f);
}

Test(professional, a_strategy_that_moves_where_people_start_moves_them_too)
{
    struct fixture f;
    double before;
    fixture_init(&f, 1, 1, 1, 1);
    fixture_still(&f);
    fixture_strategy(&f, 0, 1, false, PARAM_engagement_start, CHANGE_ADD, 0.3);
    fixture_begin(&f, 0, 0);
    fixture_weeks(&f, 1);
    before = f.w->professional.temperament[0];
    fixture_weeks(&f, 1);
    cr_expect(f.w->professional.temperament[0] > before + 1);
    fixture_free(&f);
}
