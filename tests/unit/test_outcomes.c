/* Outcomes: ratios of tallies that add up, and agree with the weekly series and the events of the same run. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "statistics.h"

static void region(struct fixture *f)
{
    fixture_init(f, 12, 3, 0, 1);
    for (int c = 0; c < 12; c++)
        for (int k = 0; k < NUM_FACTORS; k++)
            f->setting.clinic[c].rating[k] = (c * 5 + k * 3) % 5 - 2;
}

static const struct tally *tally_of(const struct fixture *f, int clinic, enum outcome outcome)
{
    return &f->w->tally[(long)clinic * NUM_OUTCOMES + (int)outcome];
}

static bool close_to(double a, double b)
{
    return fabs(a - b) <= 1e-9 * (1 + fabs(b)) || (isnan(a) && isnan(b));
}

/* ---- sums ----------------------------------------------------------------------------------------------------------------
 */

Test(outcomes, all_clinics_together_are_the_sum_of_their_tallies)
{
    struct fixture f;
    region(&f);
    fixture_run(&f, 0, 0);
    for (int o = 0; o < NUM_OUTCOMES; o++) {
        double sum = 0, count = 0;
        for (int c = 0; c < 12; c++) {
            const struct tally *t = tally_of(&f, c, (enum outcome)o);
            sum += t->sum;
            count += t->count;
            cr_expect(close_to(fixture_outcome(&f, c, (enum outcome)o), t->count > 0 ? t->sum / t->count : NAN), "%s",
                      outcome_table[o].id);
        }
        cr_expect(close_to(fixture_outcome(&f, -1, (enum outcome)o), count > 0 ? sum / count : NAN), "%s",
                  outcome_table[o].id);
    }
    fixture_free(&f);
}

Test(outcomes, one_clinic_alone_is_all_clinics_together)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_run(&f, 0, 0);
    for (int o = 0; o < NUM_OUTCOMES; o++)
        cr_expect(close_to(fixture_outcome(&f, 0, (enum outcome)o), fixture_outcome(&f, -1, (enum outcome)o)), "%s",
                  outcome_table[o].id);
    fixture_free(&f);
}

Test(outcomes, yes_and_no_are_1_and_0_and_shares_lie_between)
{
    static const enum outcome share[] = { OUTCOME_reach,
                                          OUTCOME_penetration,
                                          OUTCOME_coverage,
                                          OUTCOME_fidelity,
                                          OUTCOME_acceptability,
                                          OUTCOME_adoption,
                                          OUTCOME_appropriateness,
                                          OUTCOME_feasibility,
                                          OUTCOME_visits_known_share,
                                          OUTCOME_acceptance_share,
                                          OUTCOME_coordination_share,
                                          OUTCOME_missed_contacts,
                                          OUTCOME_isp_written_share,
                                          OUTCOME_vacancy_share,
                                          OUTCOME_absence_share,
                                          OUTCOME_competence,
                                          OUTCOME_isp_comfort,
                                          OUTCOME_engagement,
                                          OUTCOME_strain,
                                          OUTCOME_ties,
                                          OUTCOME_climate,
                                          OUTCOME_trust,
                                          OUTCOME_adherence,
                                          OUTCOME_drop_out,
                                          OUTCOME_disruption };
    for (uint32_t run = 0; run < 5; run++) {
        struct fixture f;
        region(&f);
        fixture_run(&f, run, 0);
        for (int c = 0; c < 12; c++) {
            for (int o = 0; o < NUM_OUTCOMES; o++) {
                double x = fixture_outcome(&f, c, (enum outcome)o);
                cr_expect(outcome_table[o].type != OUTCOME_YESNO || isnan(x) || x == 0 || x == 1, "%s = %g",
                          outcome_table[o].id, x);
            }
            for (size_t i = 0; i < sizeof share / sizeof *share; i++) {
                double x = fixture_outcome(&f, c, share[i]);
                cr_expect(isnan(x) || (x >= 0 && x <= 1), "%s = %g", outcome_table[share[i]].id, x);
            }
        }
        fixture_free(&f);
    }
}

/* ---- outcomes and series tell the same --------------------------------------------------------------------------------------
 */

static double series_sum(const struct fixture *f, int c, enum series series)
{
    double sum = 0;
    for (int t = 0; t < f->record.horizon; t++)
        sum += fixture_series(f, c, t, series);
    return sum;
}

Test(outcomes, use_per_patient_year_is_its_series_over_patient_years)
{
    struct fixture f;
    region(&f);
    fixture_run(&f, 0, 0);
    for (int c = 0; c < 12; c++) {
        double years = series_sum(&f, c, SERIES_listed) / 52;
        cr_expect(close_to(fixture_outcome(&f, c, OUTCOME_ed_visits_per_patient_year),
                           series_sum(&f, c, SERIES_ed_visits) / years));
        cr_expect(close_to(fixture_outcome(&f, c, OUTCOME_hospitalizations_per_patient_year),
                           series_sum(&f, c, SERIES_hospitalizations) / years));
        cr_expect(close_to(fixture_outcome(&f, c, OUTCOME_primary_care_visits_per_patient_year),
                           series_sum(&f, c, SERIES_pc_visits) / years));
        cr_expect(fabs(fixture_outcome(&f, c, OUTCOME_service_cost) - series_sum(&f, c, SERIES_cost_services) / years) <
                  1e-4 * fixture_outcome(&f, c, OUTCOME_service_cost)); /* series are floats */
        cr_expect(fabs(fixture_outcome(&f, c, OUTCOME_programme_cost) - series_sum(&f, c, SERIES_cost_intervention)) <
                  1e-4 * (1 + fixture_outcome(&f, c, OUTCOME_programme_cost)));
    }
    fixture_free(&f);
}

Test(outcomes, coverage_is_enrolled_over_places_from_start_up_on)
{
    struct fixture f;
    region(&f);
    fixture_run(&f, 1, 0);
    for (int c = 0; c < 12; c++) {
        double start = fixture_outcome(&f, c, OUTCOME_start_up_week), enrolled = 0;
        if (isnan(start)) {
            cr_expect(isnan(fixture_outcome(&f, c, OUTCOME_coverage)));
            continue;
        }
        for (int t = (int)start; t < 104; t++)
            enrolled += fixture_series(&f, c, t, SERIES_enrolled);
        cr_expect(close_to(fixture_outcome(&f, c, OUTCOME_coverage), enrolled / (12 * (104 - start))));
    }
    fixture_free(&f);
}

Test(outcomes, reach_drop_out_and_penetration_are_counts_of_patients)
{
    struct fixture f;
    region(&f);
    fixture_run(&f, 2, 0);
    for (int c = 0; c < 12; c++) {
        double listed = 0, ever = 0, dropped = 0, complex = 0;
        for (int i = f.w->clinic.first_patient[c]; i < f.w->clinic.first_patient[c] + f.w->clinic.num_patients[c];
             i++) {
            listed += f.w->patient.list_week[i] != NONE;
            ever += care_of(f.w, i)->enrol_week != NONE;
            dropped += f.w->patient.stage[i] == PATIENT_DROPPED;
            complex += care_of(f.w, i)->enrol_week != NONE && (f.sim.population->flags[i] & FLAG_COMPLEX);
        }
        const struct params *p = &f.w->clinic.now[c];
        cr_expect(close_to(fixture_outcome(&f, c, OUTCOME_reach), listed > 0 ? ever / listed : NAN));
        cr_expect(close_to(fixture_outcome(&f, c, OUTCOME_penetration), ever / (p->roster * p->eligible_share)));
        cr_expect(tally_of(&f, c, OUTCOME_drop_out)->count == ever);
        cr_expect(tally_of(&f, c, OUTCOME_drop_out)->sum >= dropped, "some dropped out and died later");
        cr_expect(close_to(fixture_outcome(&f, c, OUTCOME_appropriateness), ever > 0 ? complex / ever : NAN));
    }
    fixture_free(&f);
}

static double mean_hours(const struct fixture *f, int c, int weeks)
{
    double sum = 0, num = 0;
    for (int t = 0; t < weeks; t++)
        if (fixture_series(f, c, t, SERIES_stage) < STAGE_DISCONTINUED) {
            sum += fixture_series(f, c, t, SERIES_hours_available);
            num++;
        }
    return sum / num;
}

Test(outcomes, hours_are_means_of_the_weeks_it_runs_and_of_the_first_13)
{
    struct fixture f;
    region(&f);
    fixture_run(&f, 5, 0);
    for (int c = 0; c < 12; c++) {
        cr_expect(fabs(fixture_outcome(&f, c, OUTCOME_cm_hours) - mean_hours(&f, c, 104)) < 1e-4);
        cr_expect(fabs(fixture_outcome(&f, c, OUTCOME_early_hours) - mean_hours(&f, c, 13)) < 1e-4);
    }
    fixture_free(&f);
}

Test(outcomes, a_change_of_practice_comes_within_52_weeks)
{
    for (int week = 51; week <= 52; week++) {
        struct fixture f;
        fixture_init(&f, 1, 1, 0, 1);
        fixture_begin(&f, 0, 0);
        fixture_weeks(&f, 104);
        f.w->clinic.full_week[0] = week;
        outcomes_finish(f.w);
        cr_expect(fixture_outcome(&f, 0, OUTCOME_full_implementation) == 1);
        cr_expect(fixture_outcome(&f, 0, OUTCOME_practice_change) == (week < 52));
        fixture_free(&f);
    }
}

/* ---- outcomes and events tell the same ----------------------------------------------------------------------------------------
 */

static int event_week(const struct fixture *f, int clinic, enum event_kind kind)
{
    for (int64_t i = 0; i < f->record.num_events; i++)
        if (f->record.event[i].clinic == clinic && f->record.event[i].kind == (int)kind)
            return f->record.event[i].week;
    return NONE;
}

static void expect_week(const struct fixture *f, int c, enum outcome week, enum event_kind kind)
{
    double told = fixture_outcome(f, c, week);
    int seen = event_week(f, c, kind);
    cr_expect(seen == NONE ? isnan(told) : told == seen, "%s %g, event in week %d", outcome_table[week].id, told, seen);
}

Test(outcomes, weeks_told_are_the_weeks_of_their_events)
{
    int stopped = 0;
    for (uint32_t run = 0; run < 10; run++) {
        struct fixture f;
        region(&f);
        fixture_run(&f, run, 0);
        for (int c = 0; c < 12; c++) {
            int full = event_week(&f, c, EVENT_full);
            expect_week(&f, c, OUTCOME_start_up_week, EVENT_start_up);
            expect_week(&f, c, OUTCOME_full_implementation_week, EVENT_full);
            expect_week(&f, c, OUTCOME_discontinued_week, EVENT_discontinued);
            expect_week(&f, c, OUTCOME_list_delay, EVENT_list);
            cr_expect(fixture_outcome(&f, c, OUTCOME_full_implementation) == (full != NONE));
            cr_expect(fixture_outcome(&f, c, OUTCOME_practice_change) == (full != NONE && full < 52));
            cr_expect(fixture_outcome(&f, c, OUTCOME_discontinued) == (event_week(&f, c, EVENT_discontinued) != NONE));
            cr_expect(fixture_outcome(&f, c, OUTCOME_lapsed) == (event_week(&f, c, EVENT_lapsed) != NONE));
            stopped += event_week(&f, c, EVENT_discontinued) != NONE;
        }
        fixture_free(&f);
    }
    cr_expect(stopped > 5);
}

Test(outcomes, turnover_is_departures_over_post_years)
{
    struct fixture f;
    double departures = 0;
    region(&f);
    fixture_run(&f, 3, 0);
    for (int64_t i = 0; i < f.record.num_events; i++)
        departures += f.record.event[i].kind == EVENT_nurse_left;
    cr_expect(close_to(fixture_outcome(&f, -1, OUTCOME_nurse_turnover), departures / (12 * 3 * 2)));
    cr_expect(close_to(fixture_outcome(&f, -1, OUTCOME_turnover_cost),
                       departures / 12 * f.setting.clinic[0].base.turnover_cost));
    fixture_free(&f);
}

Test(outcomes, a_stopped_clinic_is_neither_active_nor_sustained)
{
    struct fixture f;
    region(&f);
    fixture_param(&f, PARAM_stop_level, 20);
    fixture_run(&f, 0, 0);
    for (int c = 0; c < 12; c++) {
        cr_expect(fixture_outcome(&f, c, OUTCOME_discontinued) == 1 && fixture_outcome(&f, c, OUTCOME_sustained) == 0);
        cr_expect(!(fixture_outcome(&f, c, OUTCOME_active_104w) > 0));
        cr_expect(fixture_series(&f, c, 103, SERIES_active) == 0);
    }
    fixture_free(&f);
}

/* ---- what does not exist is missing ---------------------------------------------------------------------------------------------
 */

Test(outcomes, where_nobody_is_enrolled_what_needs_a_patient_is_missing)
{
    static const enum outcome needs_patient[] = { OUTCOME_start_up_week,
                                                  OUTCOME_fidelity,
                                                  OUTCOME_days_to_isp,
                                                  OUTCOME_trust,
                                                  OUTCOME_drop_out,
                                                  OUTCOME_ed_rate_ratio,
                                                  OUTCOME_ed_change_naive,
                                                  OUTCOME_hours_per_patient,
                                                  OUTCOME_care_integration_change,
                                                  OUTCOME_self_management_change_26w,
                                                  OUTCOME_cost_per_visit_avoided };
    struct fixture f;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_param(&f, PARAM_reachable, 0);
    fixture_run(&f, 0, 0);
    cr_expect(fixture_outcome(&f, 0, OUTCOME_reach) == 0);
    for (size_t i = 0; i < sizeof needs_patient / sizeof *needs_patient; i++)
        cr_expect(isnan(fixture_outcome(&f, 0, needs_patient[i])), "%s = %g", outcome_table[needs_patient[i]].id,
                  fixture_outcome(&f, 0, needs_patient[i]));
    fixture_free(&f);
}

/* ---- the year from enrolment ----------------------------------------------------------------------------------------------------
 */

/* A programme that does nothing: ratio exactly 1, no difference of cost, and the naive change is all regression. */
Test(outcomes, without_effect_the_ratio_is_1_and_the_naive_change_is_not_0)
{
    struct fixture f;
    fixture_init(&f, 20, 5, 0, 1);
    fixture_param(&f, PARAM_ed_ratio_full, 1);
    fixture_param(&f, PARAM_admission_ratio_full, 1);
    fixture_param(&f, PARAM_stop_level, -20);
    fixture_run(&f, 0, 0);
    cr_expect(fixture_outcome(&f, -1, OUTCOME_ed_rate_ratio) == 1);
    cr_expect(fixture_outcome(&f, -1, OUTCOME_admission_rate_ratio) == 1);
    cr_expect(fixture_outcome(&f, -1, OUTCOME_service_cost_difference) == 0);
    cr_expect(isnan(fixture_outcome(&f, -1, OUTCOME_cost_per_visit_avoided)), "no visit was avoided");
    cr_expect(fixture_outcome(&f, -1, OUTCOME_ed_change_naive) < -0.25, "%g",
              fixture_outcome(&f, -1, OUTCOME_ed_change_naive));
    fixture_free(&f);
}

/* Recomputed from the patients: the 52 weeks from each enrolment against the same weeks of the twin. */
Test(outcomes, the_rate_ratio_is_that_of_its_patients)
{
    struct fixture f;
    double visits = 0, usual = 0;
    fixture_init(&f, 10, 5, 0, 1);
    fixture_param(&f, PARAM_stop_level, -20);
    fixture_run(&f, 0, 0);
    for (int i = 0; i < f.w->patient.num; i++) {
        int begun = care_of(f.w, i)->enrol_week, offset = begun - f.w->patient.list_week[i];
        if (begun == NONE || begun + 52 > 104)
            continue;
        visits += care_of(f.w, i)->ed_year;
        for (int t = offset; t < offset + 52 && t < f.sim.population->end[i]; t++)
            usual += fixture_usual(&f, i, t).visits;
    }
    cr_assert(usual > 100);
    cr_expect(close_to(fixture_outcome(&f, -1, OUTCOME_ed_rate_ratio), visits / usual));
    cr_expect(visits < usual);
    fixture_free(&f);
}

/* Each visit of a patient known or not, of all enrolled: never more known than made. */
Test(outcomes, weekly_series_are_sane)
{
    struct fixture f;
    region(&f);
    fixture_run(&f, 4, 0);
    for (int c = 0; c < 12; c++)
        for (int t = 0; t < 104; t++) {
            cr_assert(fixture_series(&f, c, t, SERIES_enrolled) <= fixture_series(&f, c, t, SERIES_ever_enrolled));
            cr_assert(t == 0 || fixture_series(&f, c, t, SERIES_ever_enrolled) >=
                                    fixture_series(&f, c, t - 1, SERIES_ever_enrolled));
            cr_assert(fixture_series(&f, c, t, SERIES_ed_visits) <= fixture_series(&f, c, t, SERIES_ed_visits_usual));
            cr_assert(fabs((double)fixture_series(&f, c, t, SERIES_medical_leadership)) <= 1);
            cr_assert(fixture_series(&f, c, t, SERIES_nurse_fte) >= 0 &&
                      fixture_series(&f, c, t, SERIES_nurse_fte) <= 3);
            cr_assert(t == 0 || fixture_series(&f, c, t, SERIES_stage) >= fixture_series(&f, c, t - 1, SERIES_stage));
        }
    fixture_free(&f);
}

Test(outcomes, a_series_asked_for_is_the_series_kept)
{
    struct fixture f;
    fixture_init(&f, 2, 1, 0, 1);
    fixture_begin(&f, 0, 0);
    fixture_weeks(&f, 50);
    for (int s = 0; s < NUM_SERIES; s++) {
        double asked = outcomes_series(f.w, 1, (enum series)s);
        float kept = fixture_series(&f, 1, 49, (enum series)s);
        f.w->week = 49;
        asked = outcomes_series(f.w, 1, (enum series)s);
        f.w->week = 50;
        cr_expect((float)asked == kept || (isnan(asked) && isnan(kept)), "%s: %g, kept %g", series_table[s].id, asked,
                  (double)kept);
    }
    cr_expect(isnan(outcomes_series(f.w, 0, NUM_SERIES)));
    fixture_free(&f);
}
