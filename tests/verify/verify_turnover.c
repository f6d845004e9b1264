/* Predictor 1: turnover. What must be visible: departures come at the stated hazard; overload and strain drive nurses
 * out, which overloads those who stay; a departure takes skill, ties and trust along, and patients' dose with them.
 * Paired comparisons of 200 replications, 104 weeks, z > 3 (a change that did nothing passes with 0.0013). */
#include <criterion/criterion.h>
#include <math.h>

#include "paired.h"
#include "tests/unit/fixture.h"

enum { REPLICATIONS = 200 };
#define Z_SEEN 3.0

struct two {
    struct fixture a, b;
    struct paired paired;
};

static void two_clinics(struct two *t)
{
    fixture_init(&t->a, 1, 1, 0, 1);
    fixture_init(&t->b, 1, 1, 0, 1);
    t->a.setting.events = t->b.setting.events = false;
}

static void compare(struct two *t)
{
    paired_compare(&t->paired, &t->a.setting, &t->b.setting, REPLICATIONS);
    fixture_free(&t->a);
    fixture_free(&t->b);
}

static void expect_moves(const struct two *t, enum outcome outcome, int sign)
{
    double z = sign * paired_z(&t->paired, outcome);
    cr_expect(z > Z_SEEN, "%s: z %.1f in the expected direction", outcome_table[outcome].id, z);
}

/* Nothing but the plain hazard: departures per nurse in post and year. Poisson count; false-alarm rate 7e-6. */
Test(turnover, departures_come_at_the_stated_hazard)
{
    struct fixture f;
    double turnover, vacant, years;
    fixture_init(&f, 60, 20, 0, 1);
    for (int c = 0; c < 60; c++)
        f.setting.clinic[c].num_nurses = 20;
    fixture_param(&f, PARAM_leave_from_strain, 0);
    fixture_param(&f, PARAM_leave_from_coaching, 1);
    fixture_param(&f, PARAM_reorganization_per_year, 0);
    fixture_run(&f, 0, 0);
    turnover = fixture_outcome(&f, -1, OUTCOME_nurse_turnover);
    vacant = fixture_outcome(&f, -1, OUTCOME_vacancy_share);
    years = 60 * 20 * 2;
    double expected = 0.18 * (1 - vacant) * years;
    cr_expect(fabs(turnover * years - expected) < Z_ALARM * sqrt(expected), "%g departures for %g", turnover * years,
              expected);
    fixture_free(&f);
}

/* Balance of departures and hires: vacant share q / (q + f) once settled; here weeks 52 to 104 of 104.
 * Posts are the trials: false-alarm rate 7e-6. */
Test(turnover, vacancies_settle_where_departures_and_hires_balance)
{
    struct fixture f;
    double vacant = 0, q = 0.8 / 52, fill = 1 / 20.0;
    fixture_init(&f, 100, 1, 0, 1);
    for (int c = 0; c < 100; c++)
        f.setting.clinic[c].num_nurses = 30;
    fixture_still(&f);
    fixture_param(&f, PARAM_nurse_turnover_rate, 0.8);
    fixture_param(&f, PARAM_leave_from_strain, 0);
    fixture_param(&f, PARAM_leave_from_coaching, 1);
    fixture_param(&f, PARAM_market_pressure, 0);
    fixture_param(&f, PARAM_time_to_fill, 20);
    fixture_begin(&f, 0, 0);
    fixture_weeks(&f, 104);
    for (int n = 0; n < f.w->nurse.num; n++)
        vacant += f.w->nurse.post[n] == POST_VACANT;
    cr_expect(fabs(share_z(vacant, f.w->nurse.num, q / (q + fill))) < Z_ALARM, "%g of %d", vacant, f.w->nurse.num);
    fixture_free(&f);
}

Test(turnover, it_costs_skill_ties_trust_and_fidelity, .timeout = 60)
{
    struct two t;
    two_clinics(&t);
    fixture_param(&t.a, PARAM_nurse_turnover_rate, 0);
    fixture_param(&t.b, PARAM_nurse_turnover_rate, 0.8);
    compare(&t);
    expect_moves(&t, OUTCOME_nurse_turnover, 1);
    expect_moves(&t, OUTCOME_vacancy_share, 1);
    expect_moves(&t, OUTCOME_competence, -1);
    expect_moves(&t, OUTCOME_ties, -1);
    expect_moves(&t, OUTCOME_trust, -1);
    expect_moves(&t, OUTCOME_fidelity, -1);
    expect_moves(&t, OUTCOME_care_integration_change, -1);
}

/* The loop: more usual work, more strain, more absence, more departures. */
Test(turnover, overload_drives_nurses_out, .timeout = 60)
{
    struct two t;
    two_clinics(&t);
    fixture_param(&t.a, PARAM_usual_load, 0.8);
    fixture_param(&t.b, PARAM_usual_load, 1.4);
    compare(&t);
    expect_moves(&t, OUTCOME_strain, 1);
    expect_moves(&t, OUTCOME_absence_share, 1);
    expect_moves(&t, OUTCOME_nurse_turnover, 1);
}

/* ... and absence overloads those who stay. */
Test(turnover, vacancies_strain_those_who_stay, .timeout = 60)
{
    struct two t;
    two_clinics(&t);
    fixture_param(&t.a, PARAM_time_to_fill, 4);
    fixture_param(&t.b, PARAM_time_to_fill, 80);
    fixture_param(&t.a, PARAM_nurse_turnover_rate, 0.5);
    fixture_param(&t.b, PARAM_nurse_turnover_rate, 0.5);
    compare(&t);
    expect_moves(&t, OUTCOME_strain, 1);
    expect_moves(&t, OUTCOME_engagement, -1);
}

/* Ablation: where a change of nurse costs no trust, turnover costs patients less of it. */
Test(turnover, trust_is_lost_through_the_change_of_nurse, .timeout = 60)
{
    double fall[2];
    for (int costs = 0; costs < 2; costs++) {
        struct two t;
        two_clinics(&t);
        fixture_param(&t.a, PARAM_nurse_turnover_rate, 0);
        fixture_param(&t.b, PARAM_nurse_turnover_rate, 0.8);
        fixture_param(&t.a, PARAM_trust_lost, costs ? 0.4 : 0);
        fixture_param(&t.b, PARAM_trust_lost, costs ? 0.4 : 0);
        compare(&t);
        fall[costs] = paired_difference(&t.paired, OUTCOME_trust);
    }
    cr_expect(fall[1] < fall[0] && fall[1] < 0, "%g with a cost, %g without", fall[1], fall[0]);
}
