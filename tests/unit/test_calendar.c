/* Strategies take effect: when, where, on what, and back again. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sim/model/calendar.h"
#include "statistics.h"

static void calendar_weeks(struct fixture *f, int weeks)
{
    for (int t = 0; t < weeks; t++, f->w->week++)
        calendar_step(f->w);
}

static double now(const struct fixture *f, int clinic, enum param param)
{
    return params_get(&f->w->clinic.now[clinic], param);
}

Test(calendar, nothing_changes_in_an_arm_without_strategies)
{
    struct fixture f;
    struct params before;
    fixture_init(&f, 1, 1, 1, 2);
    fixture_strategy(&f, 0, 0, false, PARAM_planned, CHANGE_SET, 20);
    fixture_begin(&f, 0, 0);
    before = f.w->clinic.now[0];
    calendar_weeks(&f, 50);
    cr_expect(memcmp(&before, &f.w->clinic.now[0], sizeof before) == 0);
    fixture_free(&f);
}

Test(calendar, a_strategy_sets_from_its_week_until_its_end)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 1, 1);
    fixture_strategy(&f, 0, 10, false, PARAM_planned, CHANGE_SET, 20)->until = 30;
    fixture_begin(&f, 0, 0);
    for (int t = 0; t < 50; t++) {
        calendar_weeks(&f, 1);
        cr_expect(now(&f, 0, PARAM_planned) == (t >= 10 && t < 30 ? 20 : 12), "week %d: %g", t,
                  now(&f, 0, PARAM_planned));
    }
    fixture_free(&f);
}

Test(calendar, a_delay_puts_it_off)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 1, 1);
    fixture_strategy(&f, 0, 10, false, PARAM_planned, CHANGE_SET, 20)->delay_weeks = 3.5;
    fixture_begin(&f, 0, 0);
    calendar_weeks(&f, 14);
    cr_expect(now(&f, 0, PARAM_planned) == 12);
    calendar_weeks(&f, 1);
    cr_expect(now(&f, 0, PARAM_planned) == 20);
    fixture_free(&f);
}

Test(calendar, repeated_additions_add_up_and_go_back)
{
    struct fixture f;
    struct strategy_setting *s;
    fixture_init(&f, 1, 1, 1, 1);
    s = fixture_strategy(&f, 0, 4, false, PARAM_planned, CHANGE_ADD, 1);
    s->every_weeks = 5;
    s->until = 24;
    fixture_begin(&f, 0, 0);
    for (int t = 0; t < 40; t++) {
        int times = t < 4 ? 0 : (t - 4) / 5 + 1;
        calendar_weeks(&f, 1);
        cr_expect(now(&f, 0, PARAM_planned) == 12 + (t < 24 ? times : 0), "week %d: %g", t, now(&f, 0, PARAM_planned));
    }
    fixture_free(&f);
}

Test(calendar, a_rating_is_moved_and_kept_between_its_ends)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 1, 1);
    fixture_rate(&f, FACTOR_isp, 1);
    fixture_strategy(&f, 0, 0, true, FACTOR_isp, CHANGE_ADD, 5);
    fixture_begin(&f, 0, 0);
    double before = now(&f, 0, PARAM_isp_quality);
    calendar_weeks(&f, 1);
    cr_expect(f.w->rating[FACTOR_isp] == 2 && now(&f, 0, PARAM_isp_quality) > before);
    fixture_free(&f);
}

Test(calendar, a_parameter_stays_within_what_a_user_may_write)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 1, 1);
    fixture_strategy(&f, 0, 0, false, PARAM_protected_share, CHANGE_ADD, 5);
    fixture_begin(&f, 0, 0);
    calendar_weeks(&f, 1);
    cr_expect(now(&f, 0, PARAM_protected_share) == 1);
    fixture_free(&f);
}

/* What a user writes is what there will be: eight hours more are eight hours more, in a clinic rated well too. */
Test(calendar, what_is_set_or_added_holds_whatever_the_ratings)
{
    struct fixture f;
    fixture_init(&f, 2, 1, 3, 1);
    fixture_rate(&f, FACTOR_case_manager_availability, 2);
    fixture_strategy(&f, 0, 3, false, PARAM_case_manager_hours, CHANGE_ADD, 8);
    fixture_strategy(&f, 1, 3, true, FACTOR_training_and_coaching, CHANGE_SET, 2);
    fixture_strategy(&f, 2, 3, false, PARAM_coaching_hours, CHANGE_SET, 5);
    fixture_begin(&f, 0, 0);
    double before = now(&f, 0, PARAM_case_manager_hours), relevance = now(&f, 0, PARAM_relevance);
    cr_expect(before > param_table[PARAM_case_manager_hours].value);
    calendar_weeks(&f, 4);
    cr_expect(now(&f, 0, PARAM_case_manager_hours) == before + 8);
    cr_expect(now(&f, 0, PARAM_coaching_hours) == 5 && now(&f, 0, PARAM_relevance) > relevance);
    fixture_free(&f);
}

Test(calendar, it_reaches_only_the_clinics_it_is_for)
{
    struct fixture f;
    fixture_init(&f, 3, 1, 1, 1);
    fixture_strategy(&f, 0, 0, false, PARAM_planned, CHANGE_SET, 20)->where[1] = false;
    fixture_begin(&f, 0, 0);
    calendar_weeks(&f, 1);
    cr_expect(now(&f, 0, PARAM_planned) == 20 && now(&f, 1, PARAM_planned) == 12 && now(&f, 2, PARAM_planned) == 20);
    fixture_free(&f);
}

/* False-alarm rate 7e-6. */
Test(calendar, it_succeeds_as_often_as_it_says)
{
    enum { CLINICS = 2000 };
    struct fixture f;
    double works = 0;
    fixture_init(&f, CLINICS, 1, 1, 1);
    fixture_param(&f, PARAM_per_clinic, 1);
    f.setting.horizon = 26;
    fixture_strategy(&f, 0, 0, false, PARAM_planned, CHANGE_SET, 20)->succeeds = 0.3;
    fixture_begin(&f, 0, 0);
    calendar_weeks(&f, 5);
    for (int c = 0; c < CLINICS; c++)
        works += now(&f, c, PARAM_planned) == 20;
    cr_expect(fabs(share_z(works, CLINICS, 0.3)) < Z_ALARM, "%g", works);
    fixture_free(&f);
}

Test(calendar, what_fails_costs_once_and_no_more)
{
    struct fixture f;
    struct strategy_setting *s;
    fixture_init(&f, 1, 1, 1, 1);
    s = fixture_strategy(&f, 0, 2, false, PARAM_planned, CHANGE_SET, 20);
    s->succeeds = 0;
    s->cost_once = 1000;
    s->cost_per_week = 10;
    s->nurse_hours = 1;
    fixture_begin(&f, 0, 0);
    for (int t = 0; t < 6; t++) {
        calendar_weeks(&f, 1);
        cr_expect(f.w->clinic.strategy_cost[0] == (t == 2 ? 1000 : 0) && f.w->clinic.strategy_hours[0] == 0);
    }
    fixture_free(&f);
}

Test(calendar, what_works_costs_once_each_week_and_hours)
{
    struct fixture f;
    struct strategy_setting *s;
    fixture_init(&f, 1, 1, 1, 1);
    s = fixture_strategy(&f, 0, 2, false, PARAM_planned, CHANGE_SET, 20);
    s->until = 5;
    s->cost_once = 1000;
    s->cost_per_week = 10;
    s->nurse_hours = 1.5;
    fixture_begin(&f, 0, 0);
    for (int t = 0; t < 8; t++) {
        bool in_effect = t >= 2 && t < 5;
        calendar_weeks(&f, 1);
        cr_expect(f.w->clinic.strategy_cost[0] == (t == 2 ? 1000 : 0) + (in_effect ? 10 : 0), "week %d", t);
        cr_expect(f.w->clinic.strategy_hours[0] == (in_effect ? 1.5 : 0), "week %d", t);
    }
    fixture_free(&f);
}

/* ---- triggers -----------------------------------------------------------------------------------------------------------------
 */

static struct strategy_setting *watching(struct fixture *f, enum series series, bool below, double threshold, int weeks)
{
    struct strategy_setting *s;
    fixture_init(f, 1, 1, 1, 1);
    s = fixture_strategy(f, 0, -1, false, PARAM_planned, CHANGE_SET, 20);
    s->watch = series;
    s->watch_below = below;
    s->threshold = threshold;
    s->for_weeks = weeks;
    fixture_begin(f, 0, 0);
    return s;
}

Test(calendar, a_trigger_waits_for_so_many_weeks_in_a_row)
{
    struct fixture f;
    watching(&f, SERIES_climate, true, 0.4, 3);
    for (int t = 0; t < 12; t++) {
        static const double climate[] = { .3, .3, .3, .5, .3, .3, .5, .3, .3, .3, .3, .5 };
        f.w->clinic.climate[0] = climate[t]; /* week 0 is not watched: nothing has happened yet */
        calendar_weeks(&f, 1);
        cr_expect(now(&f, 0, PARAM_planned) == (t >= 9 ? 20 : 12), "week %d", t);
    }
    fixture_free(&f);
}

Test(calendar, a_trigger_above_does_not_act_below)
{
    struct fixture f;
    watching(&f, SERIES_climate, false, 0.6, 1);
    f.w->clinic.climate[0] = 0.59;
    calendar_weeks(&f, 10);
    cr_expect(now(&f, 0, PARAM_planned) == 12);
    f.w->clinic.climate[0] = 0.61;
    calendar_weeks(&f, 1);
    cr_expect(now(&f, 0, PARAM_planned) == 20);
    fixture_free(&f);
}

Test(calendar, what_does_not_exist_triggers_nothing)
{
    struct fixture f;
    watching(&f, SERIES_fidelity, true, 0.9, 1);
    cr_assert(isnan(f.w->clinic.fidelity[0]));
    calendar_weeks(&f, 20);
    cr_expect(now(&f, 0, PARAM_planned) == 12);
    fixture_free(&f);
}

Test(calendar, a_trigger_acts_once)
{
    struct fixture f;
    int events = 0;
    watching(&f, SERIES_climate, true, 0.9, 1);
    f.w->clinic.climate[0] = 0.2;
    calendar_weeks(&f, 60);
    for (int64_t i = 0; i < f.record.num_events; i++)
        events += f.record.event[i].kind == EVENT_strategy;
    cr_expect(events == 1);
    fixture_free(&f);
}

/* ---- states that parameters only start -----------------------------------------------------------------------------------------
 */

static const struct started {
    enum param param;
    double value;
} started[] = { { PARAM_competence_start, 0.55 },        { PARAM_service_knowledge_start, 0.6 },
                { PARAM_isp_comfort_start, 0.55 },       { PARAM_nurse_value_start, 0.65 },
                { PARAM_tie_nurses_start, 0.4 },         { PARAM_team_tie_start, 0.55 },
                { PARAM_lead_value_start, 0.7 },         { PARAM_physician_value_start, 0.65 },
                { PARAM_tie_physicians_start, 0.4 },     { PARAM_manager_value_start, 0.7 },
                { PARAM_case_manager_skill_start, 0.8 }, { PARAM_case_manager_leadership_start, 0.7 },
                { PARAM_nurse_leader_start, 0.5 },       { PARAM_engagement_start, 0.7 } };

static double state_of(const struct world *w, enum param param)
{
    switch (param) {
    case PARAM_competence_start:
        return w->nurse.competence[1];
    case PARAM_service_knowledge_start:
        return w->nurse.knowledge[1];
    case PARAM_isp_comfort_start:
        return w->nurse.comfort[1];
    case PARAM_nurse_value_start:
        return w->nurse.value[1];
    case PARAM_tie_nurses_start:
        return w->nurse.tie_manager[1];
    case PARAM_team_tie_start:
        return w->nurse.tie_team[1];
    case PARAM_lead_value_start:
        return w->physician.value[w->clinic.lead[0]];
    case PARAM_physician_value_start:
        return w->physician.value[w->clinic.lead[0] + 1];
    case PARAM_tie_physicians_start:
        return w->physician.tie_manager[0];
    case PARAM_manager_value_start:
        return w->clinic.manager_value[0];
    case PARAM_case_manager_skill_start:
        return w->centre.skill[0];
    case PARAM_case_manager_leadership_start:
        return w->centre.leadership[0];
    case PARAM_nurse_leader_start:
        return w->nurse.leadership[w->clinic.leader_nurse[0]];
    default:
        return w->nurse.engagement[1];
    }
}

Test(calendar, changing_a_start_moves_the_state_by_the_same_difference)
{
    for (size_t i = 0; i < sizeof started / sizeof *started; i++) {
        const struct started *s = &started[i];
        struct fixture f;
        fixture_init(&f, 1, 1, 1, 1);
        fixture_strategy(&f, 0, 5, false, (int)s->param, CHANGE_SET, s->value)->until = 10;
        fixture_begin(&f, 0, 0);
        double before = state_of(f.w, s->param), by = s->value - param_table[s->param].value;
        calendar_weeks(&f, 6);
        cr_expect(fabs(state_of(f.w, s->param) - fmin(before + by, 1)) < 1e-12, "%s: %g after %g, for %g",
                  param_table[s->param].id, state_of(f.w, s->param), before, by);
        calendar_weeks(&f, 10);
        cr_expect(fabs(state_of(f.w, s->param) - before) < 1e-12, "%s does not go back", param_table[s->param].id);
        fixture_free(&f);
    }
}

Test(calendar, less_set_up_work_shortens_what_is_left)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 1, 1);
    fixture_param(&f, PARAM_start_up_hours, 90);
    fixture_strategy(&f, 0, 5, false, PARAM_start_up_hours, CHANGE_SET, 45);
    fixture_begin(&f, 0, 0);
    f.w->clinic.setup_left[0] = 20;
    calendar_weeks(&f, 6);
    cr_expect(fabs(f.w->clinic.setup_left[0] - 10) < 1e-12);
    fixture_free(&f);
}
