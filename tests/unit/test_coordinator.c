/* The project's clinical coordinator: whom she helps, with what, and what her leaving takes along. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sim/model/coordinator.h"

static void project(struct fixture *f, int clinics, double hours)
{
    fixture_init(f, clinics, clinics, 0, 1);
    fixture_param(f, PARAM_coordinator_hours, hours);
}

Test(coordinator, there_is_none_unless_the_scenario_says_so)
{
    double outcome[2][NUM_OUTCOMES];
    for (int k = 0; k < 2; k++) {
        struct fixture f;
        project(&f, 3, 0);
        fixture_param(&f, PARAM_coordinator_turnover_rate, 5.0 * k);
        fixture_run(&f, 0, 0);
        memcpy(outcome[k], f.record.outcome + (long)3 * NUM_OUTCOMES, sizeof outcome[k]);
        cr_expect(fixture_outcome(&f, -1, OUTCOME_coordinator_time) == 0);
        for (int c = 0; c < 3; c++)
            cr_expect(f.w->clinic.tie_coordinator[c] == 0);
        for (int64_t i = 0; i < f.record.num_events; i++)
            cr_expect(f.record.event[i].kind != EVENT_coordinator_left);
        fixture_free(&f);
    }
    cr_expect(memcmp(outcome[0], outcome[1], sizeof outcome[0]) == 0);
}

Test(coordinator, her_hours_go_where_a_clinic_sets_up_and_nowhere_where_it_stopped)
{
    struct fixture f;
    project(&f, 3, 12);
    fixture_param(&f, PARAM_coordinator_turnover_rate, 0);
    fixture_begin(&f, 0, 0);
    f.w->clinic.start_up_week[1] = 0;
    f.w->clinic.stage[2] = STAGE_DISCONTINUED;
    coordinator_week(f.w);
    const struct params *p = &f.w->clinic.now[0];
    cr_expect(fabs(f.w->clinic.coordinator_hours[0] - 12 * p->start_up_demand / (p->start_up_demand + 1)) < 1e-12);
    cr_expect(fabs(f.w->clinic.coordinator_hours[0] + f.w->clinic.coordinator_hours[1] - 12) < 1e-12);
    cr_expect(f.w->clinic.coordinator_hours[2] == 0 && f.w->clinic.tie_coordinator[2] == 0);
    cr_expect(f.w->clinic.tie_coordinator[0] > f.w->clinic.tie_coordinator[1] && f.w->clinic.tie_coordinator[1] > 0);
    cr_expect(fabs(f.w->clinic.programme_cost[1] - f.w->clinic.coordinator_hours[1] * p->nurse_hour_cost) < 1e-9);
    fixture_free(&f);
}

/* Work left on the set-up after a week in which no nurse has time. */
static double left_after(double hours, double tie)
{
    struct fixture f;
    double left;
    project(&f, 1, hours);
    fixture_still(&f);
    fixture_param(&f, PARAM_case_manager_hours, 0);
    fixture_param(&f, PARAM_protected_share, 0);
    fixture_begin(&f, 0, 0);
    f.w->clinic.tie_coordinator[0] = tie;
    fixture_weeks(&f, 1);
    left = f.w->clinic.setup_left[0];
    fixture_free(&f);
    return left;
}

Test(coordinator, the_more_hours_and_the_better_known_she_is_the_sooner_the_set_up_is_done)
{
    cr_expect(left_after(0, 0) > left_after(4, 0) && left_after(4, 0) > left_after(8, 0));
    cr_expect(left_after(4, 0) > left_after(4, 1));
    cr_expect(left_after(0, 0) == left_after(0, 1), "without hours a tie does nothing");
}

Test(coordinator, she_makes_sessions_more_relevant_up_to_fully)
{
    struct fixture f;
    double last;
    project(&f, 1, 0);
    fixture_begin(&f, 0, 0);
    last = coordinator_relevance(f.w, 0);
    cr_expect(last == f.w->clinic.now[0].relevance, "without her they are what they are");
    for (int hours = 1; hours <= 64; hours *= 2) {
        f.w->clinic.coordinator_hours[0] = hours;
        double now = coordinator_relevance(f.w, 0);
        cr_expect(now > last && now < 1);
        last = now;
    }
    f.w->clinic.tie_coordinator[0] = 1;
    cr_expect(coordinator_relevance(f.w, 0) > last);
    fixture_free(&f);
}

Test(coordinator, when_she_leaves_ties_go_and_somebody_comes)
{
    struct fixture f;
    project(&f, 2, 10);
    fixture_param(&f, PARAM_coordinator_turnover_rate, 52); /* every week */
    fixture_param(&f, PARAM_time_to_fill, 1);
    fixture_begin(&f, 0, 0);
    f.w->clinic.tie_coordinator[0] = f.w->clinic.tie_coordinator[1] = 0.8;
    for (f.w->week = 0; f.w->week < 6; f.w->week++) {
        coordinator_week(f.w);
        bool there = f.w->week % 2 == 1;
        cr_expect(f.w->coordinator.vacant == !there && f.w->coordinator.hours == (there ? 10 : 0), "week %d",
                  f.w->week);
        cr_expect(there ? f.w->clinic.tie_coordinator[0] > 0 : f.w->clinic.tie_coordinator[0] == 0);
        cr_expect(f.record.event[f.record.num_events - 1].kind ==
                  (there ? EVENT_coordinator_hired : EVENT_coordinator_left));
    }
    fixture_free(&f);
}

/* Her post is the project's: neither file order nor which clinic stands first decides when she leaves or is replaced. */
Test(coordinator, the_order_of_clinics_changes_nothing)
{
    static const double turnover[2] = { 0.6, 6 }, to_fill[2] = { 26, 4 };
    double outcome[2][2][NUM_OUTCOMES];
    int left[2] = { 0 };
    for (int order = 0; order < 2; order++) {
        struct fixture f;
        project(&f, 2, 10);
        for (int i = 0; i < 2; i++) {
            int who = order == 0 ? i : 1 - i;
            fixture_name(&f, i, who == 0 ? "one" : "other");
            f.setting.clinic[i].community = SETTING_NOBODY; /* a sum over six nurses, which order rounds */
            f.setting.clinic[i].base.coordinator_turnover_rate = turnover[who];
            f.setting.clinic[i].base.time_to_fill = to_fill[who];
        }
        fixture_run(&f, 3, 0);
        for (int i = 0; i < 2; i++)
            memcpy(outcome[order][order == 0 ? i : 1 - i], f.record.outcome + (long)i * NUM_OUTCOMES,
                   sizeof outcome[0][0]);
        for (int64_t i = 0; i < f.record.num_events; i++)
            left[order] += f.record.event[i].kind == EVENT_coordinator_left;
        fixture_free(&f);
    }
    cr_expect(left[0] > 0 && left[0] == left[1], "%d, %d", left[0], left[1]);
    cr_expect(memcmp(outcome[0], outcome[1], sizeof outcome[0]) == 0);
}

Test(coordinator, a_clinic_that_does_without_her_gets_none_of_her_hours)
{
    struct fixture f;
    project(&f, 3, 0);
    fixture_param(&f, PARAM_coordinator_turnover_rate, 0);
    f.setting.clinic[1].base.coordinator_hours = 12;
    fixture_begin(&f, 0, 0);
    coordinator_week(f.w);
    cr_expect(f.w->coordinator.hours == 12 && f.w->clinic.coordinator_hours[1] == 12);
    for (int c = 0; c < 3; c += 2)
        cr_expect(f.w->clinic.coordinator_hours[c] == 0 && f.w->clinic.tie_coordinator[c] == 0);
    fixture_free(&f);
}

/* Everybody who knew her is gone after each of three posts has changed hands once: her tie goes down by a third each time. */
Test(coordinator, a_nurse_who_leaves_takes_her_part_of_the_tie)
{
    struct fixture f;
    project(&f, 1, 0);
    fixture_still(&f);
    fixture_param(&f, PARAM_time_to_fill, 1);
    fixture_param(&f, PARAM_tie_decay, 0);
    fixture_begin(&f, 0, 0);
    f.w->clinic.tie_coordinator[0] = 0.9;
    f.w->nurse.post[1] = POST_VACANT;
    fixture_weeks(&f, 1);
    cr_expect(f.w->nurse.post[1] == POST_PRESENT && fabs(f.w->clinic.tie_coordinator[0] - 0.6) < 1e-12, "%g",
              f.w->clinic.tie_coordinator[0]);
    fixture_free(&f);
}
