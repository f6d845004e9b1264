/* Organizational factors alone: who is there, whether the team meets, the climate, the hours. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sim/model/organizational.h"
#include "statistics.h"

enum { MANY = 200 }; /* clinics of 64 nurses */

static void organizational_weeks(struct fixture *f, int weeks)
{
    for (int t = 0; t < weeks; t++, f->w->week++)
        organizational_step(f->w);
}

/* 12,800 nurses whom nothing moves but what the test turns on. */
static void many_nurses(struct fixture *f)
{
    fixture_init(f, MANY, MANY, 0, 1);
    fixture_still(f);
    fixture_param(f, PARAM_per_clinic, 1);
    fixture_param(f, PARAM_market_pressure, 0);
    f->setting.horizon = 26;
    for (int c = 0; c < MANY; c++)
        f->setting.clinic[c].num_nurses = SETTING_MAX_NURSES;
}

static double count_posts(const struct world *w, enum post post)
{
    double num = 0;
    for (int n = 0; n < w->nurse.num; n++)
        num += w->nurse.post[n] == post;
    return num;
}

/* ---- departures and vacancies -----------------------------------------------------------------------------------------
 */

Test(organizational, nobody_comes_or_goes_where_the_rates_are_0)
{
    struct fixture f;
    many_nurses(&f);
    fixture_begin(&f, 0, 0);
    organizational_weeks(&f, 104);
    cr_expect(count_posts(f.w, POST_PRESENT) == f.w->nurse.num);
    fixture_free(&f);
}

/* A hazard q a week: geometric waiting time, a share 1 - (1 - q)^52 gone in a year. False-alarm rate 7e-6 each. */
Test(organizational, departures_are_geometric)
{
    struct fixture f;
    double q = 0.36 / 52;
    many_nurses(&f);
    fixture_param(&f, PARAM_nurse_turnover_rate, 0.36);
    fixture_param(&f, PARAM_time_to_fill, 1e9);
    fixture_begin(&f, 0, 0);
    for (int year = 1; year <= 3; year++) {
        double gone = 1 - pow(1 - q, 52 * year);
        organizational_weeks(&f, 52);
        cr_expect(fabs(share_z(count_posts(f.w, POST_VACANT), f.w->nurse.num, gone)) < Z_ALARM, "year %d", year);
    }
    fixture_free(&f);
}

/* Hazard multiplied by exp(leave_from_strain * strain). False-alarm rate 7e-6. */
Test(organizational, strain_drives_nurses_out)
{
    struct fixture f;
    double q = 0.2 / 52 * exp(1.2 * 0.8);
    many_nurses(&f);
    fixture_param(&f, PARAM_nurse_turnover_rate, 0.2);
    fixture_param(&f, PARAM_time_to_fill, 1e9);
    fixture_begin(&f, 0, 0);
    for (int n = 0; n < f.w->nurse.num; n++)
        f.w->nurse.strain[n] = 0.8;
    organizational_weeks(&f, 26);
    cr_expect(fabs(share_z(count_posts(f.w, POST_VACANT), f.w->nurse.num, 1 - pow(1 - q, 26))) < Z_ALARM);
    fixture_free(&f);
}

/* Under full coaching the hazard is leave_from_coaching of that without; here half-way (0.25 h). */
Test(organizational, coaching_keeps_nurses)
{
    struct fixture f;
    double q = 0.4 / 52 * (1 - 0.3 * 0.5);
    many_nurses(&f);
    fixture_param(&f, PARAM_nurse_turnover_rate, 0.4);
    fixture_param(&f, PARAM_time_to_fill, 1e9);
    fixture_begin(&f, 0, 0);
    for (int n = 0; n < f.w->nurse.num; n++)
        f.w->nurse.coaching[n] = 0.25;
    organizational_weeks(&f, 26);
    cr_expect(fabs(share_z(count_posts(f.w, POST_VACANT), f.w->nurse.num, 1 - pow(1 - q, 26))) < Z_ALARM);
    fixture_free(&f);
}

Test(organizational, a_reorganisation_drives_nurses_out)
{
    struct fixture f;
    double q = 0.2 / 52 * 1.6;
    many_nurses(&f);
    fixture_param(&f, PARAM_nurse_turnover_rate, 0.2);
    fixture_param(&f, PARAM_time_to_fill, 1e9);
    fixture_begin(&f, 0, 0);
    for (int h = 0; h < MANY; h++)
        f.w->centre.reorganization_end[h] = 10000;
    organizational_weeks(&f, 26);
    cr_expect(fabs(share_z(count_posts(f.w, POST_VACANT), f.w->nurse.num, 1 - pow(1 - q, 26))) < Z_ALARM);
    fixture_free(&f);
}

/* A vacancy is filled with chance 1/T a week: a share 1 - (1 - 1/T)^t filled after t. False-alarm rate 7e-6. */
Test(organizational, vacancies_take_their_mean_time)
{
    struct fixture f;
    many_nurses(&f);
    fixture_param(&f, PARAM_time_to_fill, 20);
    fixture_begin(&f, 0, 0);
    memset(f.w->nurse.post, POST_VACANT, (size_t)f.w->nurse.num);
    organizational_weeks(&f, 20);
    cr_expect(fabs(share_z(count_posts(f.w, POST_PRESENT), f.w->nurse.num, 1 - pow(0.95, 20))) < Z_ALARM);
    fixture_free(&f);
}

/* Vacancies of the market above normal_vacancy lengthen the time, by market_pressure for all. False-alarm rate 7e-6. */
Test(organizational, a_tight_market_lengthens_vacancies)
{
    struct fixture f;
    double vacant;
    many_nurses(&f);
    fixture_param(&f, PARAM_time_to_fill, 20);
    fixture_param(&f, PARAM_market_pressure, 2);
    fixture_param(&f, PARAM_normal_vacancy, 0.1);
    fixture_begin(&f, 0, 0);
    for (int n = 0; n < f.w->nurse.num; n++)
        f.w->nurse.post[n] = n % 2 ? POST_VACANT : POST_PRESENT;
    vacant = count_posts(f.w, POST_VACANT);
    organizational_weeks(&f, 1);
    cr_expect(fabs(share_z(vacant - count_posts(f.w, POST_VACANT), vacant, 1 / (20 * (1 + 2 * 0.4)))) < Z_ALARM);
    fixture_free(&f);
}

Test(organizational, a_departure_takes_skill_and_ties_along)
{
    struct fixture f;
    many_nurses(&f);
    fixture_param(&f, PARAM_time_to_fill, 1);
    fixture_param(&f, PARAM_competence_start, 0.35);
    fixture_begin(&f, 0, 0);
    struct sample skill = { 0 };
    for (int n = 0; n < f.w->nurse.num; n++) {
        f.w->nurse.post[n] = POST_VACANT;
        f.w->nurse.competence[n] = f.w->nurse.tie_manager[n] = f.w->nurse.tie_team[n] = 0.95;
        f.w->nurse.delivered[n] = 1;
    }
    f.w->week = 5;
    organizational_weeks(&f, 1);
    for (int n = 0; n < f.w->nurse.num; n++) {
        cr_assert(nurse_works(f.w, n) && f.w->nurse.hired[n] == 5 && !f.w->nurse.delivered[n]);
        cr_assert(f.w->nurse.tie_manager[n] < 0.1 && f.w->nurse.tie_team[n] < 0.2);
        sample_add(&skill, param_to_scale(KIND_LOGIT, f.w->nurse.competence[n]));
    }
    cr_expect(fabs(sample_z(&skill, param_to_scale(KIND_LOGIT, 0.35))) < Z_ALARM); /* false-alarm rate 7e-6 */
    fixture_free(&f);
}

/* ---- sick leave ----------------------------------------------------------------------------------------------------------
 */

/* Fallen ill with hazard s / (1 - s) / L, back with 1 / L: a share s / (1 + ...) of the time away, here checked against
 * the stationary share of the two-state chain. Weeks of one nurse follow one another: nurses are the trials.
 * False-alarm rate 7e-6. */
Test(organizational, the_stated_share_of_time_is_lost_to_sick_leave)
{
    struct fixture f;
    many_nurses(&f);
    fixture_param(&f, PARAM_sick_leave_share, 0.1);
    fixture_param(&f, PARAM_sick_leave_weeks, 8);
    fixture_begin(&f, 0, 0);
    organizational_weeks(&f, 150);
    cr_expect(fabs(share_z(count_posts(f.w, POST_SICK), f.w->nurse.num, 0.1)) < Z_ALARM);
    fixture_free(&f);
}

Test(organizational, strain_makes_nurses_ill)
{
    double sick[2];
    for (int strained = 0; strained < 2; strained++) {
        struct fixture f;
        many_nurses(&f);
        fixture_param(&f, PARAM_sick_leave_share, 0.05);
        fixture_begin(&f, 0, 0);
        for (int n = 0; n < f.w->nurse.num; n++)
            f.w->nurse.strain[n] = strained * 0.5;
        organizational_weeks(&f, 4);
        sick[strained] = count_posts(f.w, POST_SICK);
        fixture_free(&f);
    }
    cr_expect(sick[1] > 1.4 * sick[0], "%g, strained %g", sick[0], sick[1]);
}

/* ---- leaders ---------------------------------------------------------------------------------------------------------------
 */

/* False-alarm rate 7e-6 each. */
Test(organizational, leaders_hand_over_with_their_hazard)
{
    enum { CLINICS = 4000 };
    struct fixture f;
    double new_lead = 0, new_manager = 0;
    fixture_init(&f, CLINICS, 1, 0, 1);
    fixture_still(&f);
    fixture_param(&f, PARAM_per_clinic, 1);
    fixture_param(&f, PARAM_lead_turnover_rate, 0.5);
    fixture_param(&f, PARAM_manager_turnover_rate, 0.25);
    f.setting.horizon = 26;
    fixture_begin(&f, 0, 0);
    organizational_weeks(&f, 52);
    for (int c = 0; c < CLINICS; c++) {
        new_lead += f.w->physician.value[f.w->clinic.lead[c]] != param_table[PARAM_lead_value_start].value;
        new_manager += f.w->clinic.manager_value[c] != param_table[PARAM_manager_value_start].value;
    }
    cr_expect(fabs(share_z(new_lead, CLINICS, 1 - pow(1 - 0.5 / 52, 52))) < Z_ALARM, "%g", new_lead);
    cr_expect(fabs(share_z(new_manager, CLINICS, 1 - pow(1 - 0.25 / 52, 52))) < Z_ALARM, "%g", new_manager);
    fixture_free(&f);
}

Test(organizational, a_case_manager_who_leaves_takes_her_ties_to_every_clinic_of_her_centre)
{
    struct fixture f;
    fixture_init(&f, 4, 2, 0, 1);
    fixture_still(&f);
    fixture_param(&f, PARAM_newcomer_manager_tie, 0.1);
    fixture_begin(&f, 0, 0);
    double tie[4];
    for (int c = 0; c < 4; c++)
        tie[c] = f.w->nurse.tie_manager[f.w->clinic.first_nurse[c]];
    f.w->clinic.now[0].case_manager_turnover_rate = 104; /* of centre 0, for sure: 52 on average over its two clinics */
    f.w->clinic.now[2].case_manager_turnover_rate = 0;
    f.w->clinic.now[0].time_to_fill = f.w->clinic.now[2].time_to_fill = 1e9;
    organizational_weeks(&f, 1);
    for (int c = 0; c < 4; c++)
        cr_expect(fabs(f.w->nurse.tie_manager[f.w->clinic.first_nurse[c]] - (c % 2 ? 1 : 0.1) * tie[c]) < 1e-12);
    cr_expect(f.w->centre.managers[0] == 0 && f.w->centre.managers[1] == 1);
    f.w->clinic.now[0].time_to_fill = f.w->clinic.now[2].time_to_fill = 1;
    organizational_weeks(&f, 1);
    cr_expect(f.w->centre.managers[0] == 1);
    fixture_free(&f);
}

/* A centre's case managers are what its clinics say of them on average, whichever stands first in the file. */
Test(organizational, the_order_of_a_centre_s_clinics_changes_nothing)
{
    double outcome[2][2][NUM_OUTCOMES];
    int left[2] = { 0 };
    for (int order = 0; order < 2; order++) {
        struct fixture f;
        fixture_init(&f, 2, 1, 0, 1);
        for (int i = 0; i < 2; i++) {
            int who = order == 0 ? i : 1 - i;
            struct params *base = &f.setting.clinic[i].base;
            fixture_name(&f, i, who == 0 ? "one" : "other");
            f.setting.clinic[i].community = SETTING_NOBODY; /* a sum over six nurses, which order rounds */
            base->case_manager_turnover_rate = who == 0 ? 0.3 : 3;
            base->time_to_fill = who == 0 ? 26 : 4;
            base->case_manager_skill_start = who == 0 ? 0.2 : 0.9;
            base->newcomer_manager_tie = who == 0 ? 0.1 : 0.9;
        }
        fixture_run(&f, 3, 0);
        for (int i = 0; i < 2; i++)
            memcpy(outcome[order][order == 0 ? i : 1 - i], f.record.outcome + (long)i * NUM_OUTCOMES,
                   sizeof outcome[0][0]);
        for (int64_t i = 0; i < f.record.num_events; i++)
            left[order] += f.record.event[i].kind == EVENT_case_manager_left;
        fixture_free(&f);
    }
    cr_expect(left[0] > 0 && left[0] == left[1], "%d, %d", left[0], left[1]);
    cr_expect(memcmp(outcome[0], outcome[1], sizeof outcome[0]) == 0);
}

/* She who comes thinks of the programme what those of week 0 did, no more widely apart. False-alarm rate 7e-6 each. */
Test(organizational, newcomers_value_is_drawn_as_in_week_0)
{
    enum { CLINICS = 2000 };
    struct fixture f;
    double sum[2] = { 0 }, squares[2] = { 0 }, n;
    fixture_init(&f, CLINICS, 1, 0, 1);
    fixture_still(&f);
    fixture_param(&f, PARAM_per_clinic, 1);
    fixture_param(&f, PARAM_time_to_fill, 1);
    fixture_param(&f, PARAM_market_pressure, 0);
    fixture_begin(&f, 0, 0);
    n = f.w->nurse.num;
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < f.w->nurse.num; i++) {
            sum[k] += f.w->nurse.value[i] / n;
            squares[k] += f.w->nurse.value[i] * f.w->nurse.value[i] / n;
            f.w->nurse.post[i] = POST_VACANT;
        }
        if (k == 0)
            organizational_weeks(&f, 1);
    }
    double variance[2] = { squares[0] - sum[0] * sum[0], squares[1] - sum[1] * sum[1] };
    cr_expect(fabs(sum[1] - sum[0]) < Z_ALARM * sqrt((variance[0] + variance[1]) / n), "%g, %g", sum[0], sum[1]);
    cr_expect(fabs(log(variance[1] / variance[0])) < Z_ALARM * 2 / sqrt(n), "%g, %g", variance[0], variance[1]);
    fixture_free(&f);
}

Test(organizational, the_nurses_lead_passes_on_when_the_leader_is_gone)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_still(&f);
    fixture_param(&f, PARAM_time_to_fill, 1e9);
    fixture_begin(&f, 0, 0);
    f.w->nurse.engagement[1] = 0.4;
    f.w->nurse.engagement[2] = 0.8;
    f.w->nurse.post[0] = POST_SICK;
    organizational_weeks(&f, 1);
    cr_expect(f.w->clinic.leader_nurse[0] == 0, "on leave she still leads");
    f.w->nurse.post[0] = POST_VACANT;
    organizational_weeks(&f, 1);
    cr_expect(f.w->clinic.leader_nurse[0] == 2, "the most engaged");
    fixture_free(&f);
}

/* ---- meetings, climate ------------------------------------------------------------------------------------------------------
 */

/* A meeting a week with chance meetings_per_month / 4.35 * (1 - conflict_share); a reorganisation takes its part.
 * False-alarm rate 7e-6 each. */
Test(organizational, meetings_are_held_at_their_rate)
{
    enum { CLINICS = 200, WEEKS = 100 };
    for (int shaken = 0; shaken < 2; shaken++) {
        struct fixture f;
        double held = 0, chance = 2 / WEEKS_PER_MONTH * 0.8 * (shaken ? 0.6 : 1);
        fixture_init(&f, CLINICS, CLINICS, 0, 1);
        fixture_still(&f);
        fixture_param(&f, PARAM_meetings_per_month, 2);
        fixture_param(&f, PARAM_conflict_share, 0.2);
        fixture_param(&f, PARAM_reorganization_distraction, 0.4);
        fixture_begin(&f, 0, 0);
        for (int t = 0; t < WEEKS; t++) {
            for (int c = 0; c < CLINICS; c++)
                f.w->centre.reorganization_end[c] = shaken ? 10000 : NONE;
            organizational_weeks(&f, 1);
            for (int c = 0; c < CLINICS; c++)
                held += f.w->clinic.meeting_held[c];
        }
        cr_expect(fabs(share_z(held, CLINICS * WEEKS, chance)) < Z_ALARM, "%g held", held);
        fixture_free(&f);
    }
}

Test(organizational, no_meeting_where_schedules_never_allow_one)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_param(&f, PARAM_conflict_share, 1);
    fixture_begin(&f, 0, 0);
    organizational_weeks(&f, 104);
    cr_expect(!f.w->clinic.team_met[0]);
    fixture_free(&f);
}

/* Climate closes climate_rate of the way to its target each week: gap (1 - rate)^t. */
Test(organizational, climate_follows_its_target_geometrically)
{
    struct fixture f;
    double target, gap;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_still(&f);
    fixture_param(&f, PARAM_climate_from_meetings, 0);
    fixture_begin(&f, 0, 0);
    f.w->physician.value[f.w->clinic.lead[0]] = 0.9;
    f.w->clinic.manager_value[0] = 0.55;
    f.w->clinic.climate[0] = 0.1;
    const struct params *p = &f.w->clinic.now[0];
    target = p->climate_start + p->climate_from_leadership * (p->lead_weight * 0.8 + (1 - p->lead_weight) * 0.1);
    gap = 0.1 - target;
    organizational_weeks(&f, 20);
    cr_expect(fabs(f.w->clinic.climate[0] - target - gap * pow(1 - p->climate_rate, 20)) < 1e-9);
    fixture_free(&f);
}

Test(organizational, meetings_held_raise_climate_and_missed_ones_lower_it)
{
    double climate[2];
    for (int held = 0; held < 2; held++) {
        struct fixture f;
        fixture_init(&f, 1, 1, 0, 1);
        fixture_still(&f);
        fixture_param(&f, PARAM_meetings_per_month, held ? 4 : 0);
        fixture_begin(&f, 0, 0);
        organizational_weeks(&f, 52);
        climate[held] = f.w->clinic.climate[0];
        fixture_free(&f);
    }
    cr_expect(climate[1] > climate[0] + 0.05, "%g, without meetings %g", climate[1], climate[0]);
}

/* ---- hours ------------------------------------------------------------------------------------------------------------------
 */

/* 35 h a full-time nurse, times the share kept, times what leaders, climate and engagement make of it. */
Test(organizational, hours_released_closed_form)
{
    struct fixture f;
    double hours;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_still(&f);
    fixture_begin(&f, 0, 0);
    const struct params *p = &f.w->clinic.now[0];
    for (int n = 0; n < 3; n++)
        f.w->nurse.engagement[n] = 0.5;
    f.w->physician.value[f.w->clinic.lead[0]] = 0.5;
    f.w->clinic.manager_value[0] = 0.5;
    f.w->clinic.now[0].climate_rate = 0;
    f.w->clinic.climate[0] = param_table[PARAM_climate_start].value;
    organizational_weeks(&f, 1);
    hours = 3 * 35 * p->protected_share * (1 - p->diverted_share);
    cr_expect(fabs(f.w->clinic.hours_available[0] - hours) < 1e-9, "neutral: %g", f.w->clinic.hours_available[0]);
    f.w->physician.value[f.w->clinic.lead[0]] = 1;
    organizational_weeks(&f, 1);
    cr_expect(fabs(f.w->clinic.hours_available[0] - hours * exp(p->lead_weight * p->hours_from_stance)) < 1e-9,
              "a lead all for it");
    f.w->nurse.post[0] = POST_SICK;
    f.w->clinic.now[0].sick_leave_weeks = 1e9;
    organizational_weeks(&f, 1);
    cr_expect(fabs(f.w->clinic.hours_available[0] - hours * 2 / 3 * exp(p->lead_weight * p->hours_from_stance)) < 1e-9,
              "one away");
    fixture_free(&f);
}

/* Other projects take competing_share at first, half as much every competing_half_life. */
Test(organizational, other_projects_let_go_with_their_half_life)
{
    struct fixture f;
    double free_hours, hours[3];
    fixture_init(&f, 1, 1, 0, 1);
    fixture_still(&f);
    fixture_param(&f, PARAM_climate_rate, 0);
    fixture_begin(&f, 0, 0);
    organizational_weeks(&f, 1);
    free_hours = f.w->clinic.hours_available[0];
    fixture_param(&f, PARAM_competing_share, 0.4);
    fixture_param(&f, PARAM_competing_half_life, 10);
    fixture_begin(&f, 0, 0);
    for (int k = 0; k < 3; k++) {
        f.w->week = 10 * k;
        organizational_weeks(&f, 1);
        hours[k] = f.w->clinic.hours_available[0];
        cr_expect(fabs(hours[k] - free_hours * (1 - 0.4 * pow(0.5, k))) < 1e-9, "week %d: %g of %g", 10 * k, hours[k],
                  free_hours);
    }
    fixture_free(&f);
}

Test(organizational, nobody_there_no_hours)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_still(&f);
    fixture_param(&f, PARAM_time_to_fill, 1e9);
    fixture_begin(&f, 0, 0);
    memset(f.w->nurse.post, POST_VACANT, 3);
    organizational_weeks(&f, 1);
    cr_expect(f.w->clinic.hours_available[0] == 0);
    fixture_free(&f);
}

Test(organizational, a_task_begun_is_paid_back_from_next_weeks_hours)
{
    struct fixture f;
    double released;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_still(&f);
    fixture_begin(&f, 0, 0);
    f.w->nurse.hours[0] = -2;
    f.w->nurse.hours[1] = 1.5; /* left over is lost */
    organizational_weeks(&f, 1);
    released = f.w->nurse.hours[2];
    cr_expect(fabs(f.w->nurse.hours[0] - (f.w->clinic.hours_available[0] - f.w->nurse.hours[1] - released) + 2) < 1e-9);
    cr_expect(f.w->nurse.hours[1] <= f.w->clinic.hours_available[0]);
    fixture_free(&f);
}
