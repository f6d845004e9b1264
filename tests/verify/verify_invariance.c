/* Luck belongs to people and places, not to the order or the company they are computed in (issue of the engine, 6;
 * any number of threads is tested where threads are). Every comparison here is exact: no false alarms. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "tests/unit/fixture.h"

/* ---- patients' exogenous draws: who they are, their year, their life, their use in usual care ------------------------------
 */

static void expect_same_patient(const struct fixture *f, int i, const struct fixture *g, int k)
{
    const struct population *a = f->sim.population, *b = g->sim.population;
    cr_assert(a->entity[i] == b->entity[k] && a->list[i] == b->list[k]);
    cr_assert(a->age[i] == b->age[k] && a->conditions[i] == b->conditions[k] && a->flags[i] == b->flags[k]);
    cr_assert(a->false_positive[i] == b->false_positive[k] && a->died[i] == b->died[k] && a->end[i] == b->end[k]);
    cr_assert(a->visits_year[i] == b->visits_year[k] && a->admissions_year[i] == b->admissions_year[k]);
    cr_assert(a->risk_permanent[i] == b->risk_permanent[k] && a->risk_drift[i] == b->risk_drift[k]);
    cr_assert(a->self_management[i] == b->self_management[k] && a->care_integration[i] == b->care_integration[k]);
    cr_assert(a->distress[i] == b->distress[k]);
    for (int t = 0; t < a->end[i]; t++)
        cr_assert(fixture_same_use(fixture_usual(f, i, t), fixture_usual(g, k, t)), "week %d", t);
}

static void expect_same_patients(const struct fixture *f, int clinic, const struct fixture *g, int other)
{
    const struct population *a = f->sim.population, *b = g->sim.population;
    int num = a->first[clinic + 1] - a->first[clinic];
    cr_assert(num > 0 && num == b->first[other + 1] - b->first[other]);
    for (int i = 0; i < num; i++)
        expect_same_patient(f, a->first[clinic] + i, g, b->first[other] + i);
}

static void vary(struct fixture *f)
{
    for (int c = 0; c < f->setting.num_clinics; c++)
        for (int k = 0; k < NUM_FACTORS; k++) {
            double u =
                random_uniform((struct luck){ 3, 3 }, f->setting.clinic[c].place_key + (uint64_t)k, 0, STREAM_RATING);
            f->setting.clinic[c].rating[k] = 4 * u - 2;
        }
}

/* ---- one clinic and its whole course ---------------------------------------------------------------------------------------
 */

static void expect_same_course(const struct fixture *f, int clinic, const struct fixture *g, int other)
{
    for (int t = 0; t < f->setting.horizon; t++)
        for (int s = 0; s < NUM_SERIES; s++) {
            float a = fixture_series(f, clinic, t, (enum series)s), b = fixture_series(g, other, t, (enum series)s);
            cr_assert(a == b || (isnan(a) && isnan(b)), "week %d: %s %.9g, %.9g", t, series_table[s].id, (double)a,
                      (double)b);
        }
    for (int o = 0; o < NUM_OUTCOMES; o++) {
        double a = fixture_outcome(f, clinic, (enum outcome)o), b = fixture_outcome(g, other, (enum outcome)o);
        cr_assert(a == b || (isnan(a) && isnan(b)), "%s: %.17g, %.17g", outcome_table[o].id, a, b);
    }
}

/* Weeks in which anything of a clinic's course differs. */
static int weeks_apart(const struct fixture *f, const struct fixture *g, int clinic)
{
    int apart = 0;
    for (int t = 0; t < f->setting.horizon; t++) {
        bool same = true;
        for (int s = 0; s < NUM_SERIES && same; s++) {
            float a = fixture_series(f, clinic, t, (enum series)s), b = fixture_series(g, clinic, t, (enum series)s);
            same = a == b || (isnan(a) && isnan(b));
        }
        apart += !same;
    }
    return apart;
}

/* ---- alone and in company --------------------------------------------------------------------------------------------------
 */

static void alone_as(struct fixture *f, const struct fixture *region, int clinic)
{
    const struct clinic_setting *s = &region->setting.clinic[clinic];
    fixture_init(f, 1, 1, 0, 1);
    fixture_name(f, 0, s->id);
    memcpy(f->setting.clinic[0].rating, s->rating, sizeof s->rating);
    f->setting.clinic[0].base = s->base;
    f->setting.centre[0].place_key = region->setting.centre[s->centre].place_key;
}

Test(invariance, a_clinic_alone_has_the_patients_it_has_in_its_region)
{
    struct fixture region;
    fixture_init(&region, 12, 3, 0, 1);
    vary(&region);
    fixture_draw(&region, 5);
    for (int c = 0; c < 12; c++) {
        struct fixture alone;
        alone_as(&alone, &region, c);
        fixture_draw(&alone, 5);
        expect_same_patients(&region, c, &alone, 0);
        fixture_free(&alone);
    }
    fixture_free(&region);
}

/* Where it shares nothing (its own centre, community and market) its whole course is the same too. */
Test(invariance, a_clinic_that_shares_nothing_runs_the_same_alone)
{
    struct fixture region, alone;
    fixture_init(&region, 6, 6, 0, 1);
    region.setting.num_communities = region.setting.num_markets = 6;
    for (int c = 0; c < 6; c++)
        region.setting.clinic[c].community = region.setting.clinic[c].market = c;
    vary(&region);
    fixture_run(&region, 2, 0);
    for (int c = 0; c < 6; c++) {
        alone_as(&alone, &region, c);
        fixture_run(&alone, 2, 0);
        expect_same_course(&region, c, &alone, 0);
        fixture_free(&alone);
    }
    fixture_free(&region);
}

/* ---- order -----------------------------------------------------------------------------------------------------------------
 */

static void swap_clinics(struct fixture *f, int a, int b)
{
    struct clinic_setting kept = f->setting.clinic[a];
    f->setting.clinic[a] = f->setting.clinic[b];
    f->setting.clinic[b] = kept;
}

Test(invariance, the_order_of_clinics_changes_nobodys_patients)
{
    struct fixture f, g;
    fixture_init(&f, 9, 3, 0, 1);
    fixture_init(&g, 9, 3, 0, 1);
    vary(&f);
    vary(&g);
    swap_clinics(&g, 0, 8);
    swap_clinics(&g, 2, 5);
    fixture_draw(&f, 1);
    fixture_draw(&g, 1);
    for (int c = 0; c < 9; c++)
        expect_same_patients(&f, c, &g, c == 0 ? 8 : c == 8 ? 0 : c == 2 ? 5 : c == 5 ? 2 : c);
    fixture_free(&f);
    fixture_free(&g);
}

Test(invariance, the_order_of_clinics_that_share_nothing_changes_no_course)
{
    struct fixture f, g;
    fixture_init(&f, 5, 5, 0, 1);
    fixture_init(&g, 5, 5, 0, 1);
    f.setting.num_communities = f.setting.num_markets = g.setting.num_communities = g.setting.num_markets = 5;
    for (int c = 0; c < 5; c++)
        f.setting.clinic[c].community = f.setting.clinic[c].market = g.setting.clinic[c].community =
            g.setting.clinic[c].market = c;
    vary(&f);
    vary(&g);
    swap_clinics(&g, 0, 4);
    swap_clinics(&g, 1, 2);
    fixture_run(&f, 1, 0);
    fixture_run(&g, 1, 0);
    for (int c = 0; c < 5; c++)
        expect_same_course(&f, c, &g, c == 0 ? 4 : c == 4 ? 0 : c == 1 ? 2 : c == 2 ? 1 : c);
    fixture_free(&f);
    fixture_free(&g);
}

/* ---- arms --------------------------------------------------------------------------------------------------------------------
 */

static void three_arms(struct fixture *f)
{
    fixture_init(f, 4, 2, 2, 3);
    vary(f);
    fixture_strategy(f, 0, 8, true, FACTOR_medical_leadership, CHANGE_SET, 2);
    fixture_strategy(f, 1, 20, false, PARAM_coaching_hours, CHANGE_SET, 2);
    f->setting.arm[1].on[0] = true;
    f->setting.arm[2].on[1] = true;
}

Test(invariance, arms_in_any_order_give_the_same)
{
    static const int order[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
    static double first[3][5 * NUM_OUTCOMES];
    static float series[3][4 * 104 * NUM_SERIES];
    for (int k = 0; k < 6; k++) {
        struct fixture f;
        three_arms(&f);
        fixture_draw(&f, 7);
        for (int i = 0; i < 3; i++) {
            int arm = order[k][i];
            cr_assert(simulation_arm(&f.sim, arm, &f.record, NULL) == 0);
            if (k == 0) {
                memcpy(first[arm], f.record.outcome, sizeof first[arm]);
                memcpy(series[arm], f.record.series, sizeof series[arm]);
            }
            cr_expect(memcmp(first[arm], f.record.outcome, sizeof first[arm]) == 0, "order %d, arm %d", k, arm);
            cr_expect(memcmp(series[arm], f.record.series, sizeof series[arm]) == 0, "order %d, arm %d", k, arm);
        }
        fixture_free(&f);
    }
    cr_expect(memcmp(first[0], first[1], sizeof first[0]) != 0 && memcmp(first[1], first[2], sizeof first[1]) != 0,
              "the arms do not differ");
}

/* The population is drawn once, from the setting: an arm changes nothing in it, and untreated patients have their twin's
 * own weeks in every arm (test_world compares them week by week). */
Test(invariance, an_arm_leaves_the_population_as_it_is)
{
    struct fixture f, g;
    three_arms(&f);
    three_arms(&g);
    fixture_run(&f, 7, 2);
    fixture_draw(&g, 7);
    for (int c = 0; c < 4; c++)
        expect_same_patients(&f, c, &g, c);
    fixture_free(&f);
    fixture_free(&g);
}

/* A strategy that changes nothing (sets what already holds) is no change of luck either. */
Test(invariance, a_strategy_without_effect_changes_nothing)
{
    struct fixture f;
    fixture_init(&f, 3, 1, 1, 2);
    fixture_strategy(&f, 0, 10, false, PARAM_planned, CHANGE_SET, param_table[PARAM_planned].value);
    static double outcome[2][4 * NUM_OUTCOMES];
    for (int arm = 0; arm < 2; arm++) {
        fixture_run(&f, 3, arm);
        memcpy(outcome[arm], f.record.outcome, sizeof outcome[arm]);
    }
    cr_expect(memcmp(outcome[0], outcome[1], sizeof outcome[0]) == 0);
    fixture_free(&f);
}

/* Same luck in the contacts: a patient enrolled in both arms in the same week starts with the same trust. */
Test(invariance, a_patient_brings_the_same_trust_in_every_arm)
{
    struct fixture f, g;
    int both = 0;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_init(&g, 1, 1, 0, 1);
    fixture_param(&g, PARAM_contact_hours, 2);
    for (uint32_t run = 0; run < 20; run++) {
        fixture_begin(&f, run, 0);
        fixture_begin(&g, run, 0);
        for (int t = 0; t < 60; t++) {
            fixture_weeks(&f, 1);
            fixture_weeks(&g, 1);
            for (int i = 0; i < f.w->patient.num; i++)
                if (care_of(f.w, i)->enrol_week == t && care_of(g.w, i)->enrol_week == t) {
                    cr_assert(fabs(care_of(f.w, i)->trust - care_of(g.w, i)->trust) < 0.05);
                    both++;
                }
        }
    }
    cr_expect(both > 20, "%d enrolled in both", both);
    fixture_free(&f);
    fixture_free(&g);
}

/* ---- one clinic changes -----------------------------------------------------------------------------------------------------
 */

static void region_of(struct fixture *f, double rating)
{
    fixture_init(f, 8, 4, 0, 1);
    f->setting.num_communities = f->setting.num_markets = 2;
    for (int c = 0; c < 8; c++) /* centres 0 and 1 share one community and one market, 2 and 3 the other */
        f->setting.clinic[c].community = f->setting.clinic[c].market = c % 4 / 2;
    vary(f);
    f->setting.clinic[0].rating[FACTOR_nurse_experience] = rating;
    f->setting.clinic[0].rating[FACTOR_staff_turnover] = -rating;
    f->setting.clinic[0].rating[FACTOR_case_manager_budget] = rating;
}

Test(invariance, one_clinics_ratings_leave_other_clinics_luck_as_it_was)
{
    struct fixture f, g;
    region_of(&f, -2);
    region_of(&g, 2);
    fixture_run(&f, 4, 0);
    fixture_run(&g, 4, 0);
    for (int c = 1; c < 8; c++)
        expect_same_patients(&f, c, &g, c);
    cr_expect(weeks_apart(&f, &g, 0) > 50, "the clinic itself");
    cr_expect(weeks_apart(&f, &g, 4) > 0, "shares its centre");
    cr_expect(weeks_apart(&f, &g, 1) > 0, "shares its community and market");
    fixture_free(&f);
    fixture_free(&g);
}

Test(invariance, a_clinic_that_shares_nothing_with_it_is_bit_identical)
{
    struct fixture f, g;
    region_of(&f, -2);
    region_of(&g, 2);
    for (uint32_t run = 0; run < 5; run++) {
        fixture_run(&f, run, 0);
        fixture_run(&g, run, 0);
        for (int c = 0; c < 8; c++)
            if (c % 4 >= 2)
                expect_same_course(&f, c, &g, c);
    }
    fixture_free(&f);
    fixture_free(&g);
}

/* ---- again -----------------------------------------------------------------------------------------------------------------
 */

Test(invariance, the_same_run_twice_is_the_same_to_the_last_bit)
{
    struct fixture f, g;
    three_arms(&f);
    three_arms(&g);
    fixture_run(&f, 9, 2);
    fixture_run(&g, 9, 2);
    cr_expect(memcmp(f.record.outcome, g.record.outcome, 5 * NUM_OUTCOMES * sizeof(double)) == 0);
    cr_expect(memcmp(f.record.series, g.record.series, 4 * 104 * NUM_SERIES * sizeof(float)) == 0);
    cr_assert(f.record.num_events == g.record.num_events);
    for (int64_t i = 0; i < f.record.num_events; i++) {
        const struct event *a = &f.record.event[i], *b = &g.record.event[i];
        cr_assert(a->clinic == b->clinic && a->week == b->week && a->kind == b->kind && a->subject == b->subject &&
                  a->value == b->value && a->cause == b->cause);
    }
    fixture_free(&f);
    fixture_free(&g);
}

/* Runs before it leave no trace: run 3 after 0, 1, 2 is run 3 alone. */
Test(invariance, a_run_does_not_depend_on_the_runs_before_it)
{
    struct fixture f, g;
    three_arms(&f);
    three_arms(&g);
    for (uint32_t run = 0; run <= 3; run++)
        fixture_run(&f, run, 1);
    fixture_run(&g, 3, 1);
    cr_expect(memcmp(f.record.outcome, g.record.outcome, 5 * NUM_OUTCOMES * sizeof(double)) == 0);
    fixture_free(&f);
    fixture_free(&g);
}

/* Keeping the table of events or the series changes nothing else. */
Test(invariance, keeping_events_changes_nothing)
{
    struct fixture f, g;
    three_arms(&f);
    three_arms(&g);
    g.setting.events = false;
    fixture_run(&f, 1, 2);
    fixture_run(&g, 1, 2);
    cr_expect(memcmp(f.record.outcome, g.record.outcome, 5 * NUM_OUTCOMES * sizeof(double)) == 0);
    fixture_free(&f);
    fixture_free(&g);
}
