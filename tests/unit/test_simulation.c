/* A run: its order, its records, its limits. (Invariance: tests/verify/verify_invariance.c.) */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "fixture.h"

Test(simulation, freeing_twice_or_after_nothing_is_safe)
{
    struct fixture f;
    struct simulation empty = { 0 };
    struct record none = { 0 };
    fixture_init(&f, 1, 1, 0, 1);
    fixture_draw(&f, 0);
    simulation_free(&f.sim);
    simulation_free(&f.sim);
    record_free(&f.record);
    record_free(&f.record);
    simulation_free(&empty);
    record_free(&none);
    f.drawn = false;
    fixture_free(&f);
    fixture_free(&f);
}

/* Stepping week by week from outside is what simulation_arm does. */
Test(simulation, an_arm_is_its_weeks)
{
    struct fixture f, g;
    fixture_init(&f, 3, 1, 0, 1);
    fixture_init(&g, 3, 1, 0, 1);
    fixture_run(&f, 2, 0);
    fixture_begin(&g, 2, 0);
    g.record.num_events = 0;
    world_start(g.w, 0, &g.record);
    fixture_weeks(&g, 104);
    outcomes_finish(g.w);
    cr_expect(memcmp(f.record.outcome, g.record.outcome, 4 * NUM_OUTCOMES * sizeof(double)) == 0);
    cr_expect(f.record.num_events == g.record.num_events);
    fixture_free(&f);
    fixture_free(&g);
}

/* Every simulated week of every listed patient. */
Test(simulation, patient_weeks_are_counted)
{
    struct fixture f;
    double weeks = 0;
    fixture_init(&f, 4, 2, 0, 1);
    fixture_run(&f, 0, 0);
    for (int c = 0; c < 4; c++)
        for (int t = 0; t < 104; t++)
            weeks += fixture_series(&f, c, t, SERIES_listed);
    cr_expect((double)f.record.patient_weeks == weeks, "%g for %g", (double)f.record.patient_weeks, weeks);
    cr_expect(f.sim.patient_weeks > f.record.patient_weeks, "the look-back, and usual care");
    cr_assert(simulation_arm(&f.sim, 0, &f.record, NULL) == 0);
    cr_expect((double)f.record.patient_weeks == weeks, "counted anew in each arm");
    fixture_free(&f);
}

Test(simulation, shortest_and_longest_horizon)
{
    static const int horizon[] = { 26, 260 };
    for (int k = 0; k < 2; k++) {
        struct fixture f;
        fixture_init(&f, 2, 1, 0, 1);
        f.setting.horizon = horizon[k];
        fixture_run(&f, 0, 0);
        cr_expect(f.record.horizon == horizon[k]);
        cr_expect(!isnan(fixture_outcome(&f, -1, OUTCOME_ed_visits_per_patient_year)));
        fixture_free(&f);
    }
}

/* A longer horizon is the same run, longer: the weeks they share are the same. */
Test(simulation, a_longer_horizon_begins_with_the_shorter)
{
    struct fixture f, g;
    fixture_init(&f, 3, 1, 0, 1);
    fixture_init(&g, 3, 1, 0, 1);
    f.setting.horizon = 52;
    g.setting.horizon = 104;
    fixture_run(&f, 6, 0);
    fixture_run(&g, 6, 0);
    for (int c = 0; c < 3; c++)
        for (int t = 0; t < 52; t++)
            for (int s = 0; s < NUM_SERIES; s++) {
                float a = fixture_series(&f, c, t, (enum series)s), b = fixture_series(&g, c, t, (enum series)s);
                cr_assert(a == b || (isnan(a) && isnan(b)), "clinic %d, week %d: %s", c, t, series_table[s].id);
            }
    fixture_free(&f);
    fixture_free(&g);
}

Test(simulation, without_a_place_for_series_none_are_kept)
{
    struct fixture f;
    fixture_init(&f, 2, 1, 0, 1);
    fixture_draw(&f, 0);
    record_free(&f.record);
    cr_assert(record_init(&f.record, &f.setting, false, NULL) == 0);
    cr_assert(f.record.series == NULL);
    cr_assert(simulation_arm(&f.sim, 0, &f.record, NULL) == 0);
    cr_expect(!isnan(fixture_outcome(&f, -1, OUTCOME_climate)));
    fixture_free(&f);
}

Test(simulation, strength_of_effects_changes_the_course_and_not_the_people)
{
    struct fixture f, g;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_init(&g, 1, 1, 0, 1);
    fixture_rate(&f, FACTOR_medical_leadership, -1);
    fixture_rate(&g, FACTOR_medical_leadership, -1);
    for (int i = 0; i < NUM_LINKS; i++)
        g.setting.beta[i] *= 1.5;
    fixture_run(&f, 0, 0);
    fixture_run(&g, 0, 0);
    cr_expect(fixture_outcome(&g, 0, OUTCOME_lead_value) < fixture_outcome(&f, 0, OUTCOME_lead_value));
    for (int i = 0; i < f.w->patient.num; i++)
        cr_expect(f.sim.population->age[i] == g.sim.population->age[i]);
    fixture_free(&f);
    fixture_free(&g);
}

/* Once somebody asks, each of the three ends with the wish, and nothing has leaked. */
Test(simulation, stops_when_asked)
{
    struct fixture f;
    volatile sig_atomic_t stop = 0;
    struct simulation *sim = &f.sim;
    struct error err;
    fixture_init(&f, 3, 1, 0, 1);
    fixture_draw(&f, 0);
    simulation_free(sim);
    cr_assert(simulation_init(sim, &f.setting, (struct luck){ 1, 0 }, &stop, &err) == 0);
    cr_assert(simulation_usual_care(sim, &err) == 0);
    cr_assert(simulation_arm(sim, 0, &f.record, &err) == 0);
    stop = 1;
    cr_expect(simulation_arm(sim, 0, &f.record, &err) == MILIEU_ERR_INTERRUPTED);
    cr_expect(sim->week == 0);
    cr_expect(simulation_usual_care(sim, &err) == MILIEU_ERR_INTERRUPTED);
    simulation_free(sim);
    cr_expect(simulation_init(sim, &f.setting, (struct luck){ 1, 0 }, &stop, &err) == MILIEU_ERR_INTERRUPTED);
    fixture_free(&f);
}
