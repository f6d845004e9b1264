/* Who is listed, and their use of services in usual care. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "statistics.h"

static double share_with(const struct population *p, enum patient_flag flag)
{
    double num = 0;
    for (int i = 0; i < p->num_patients; i++)
        num += (p->flags[i] & flag) != 0;
    return num / p->num_patients;
}

static double mean_year(const struct population *p)
{
    double sum = 0;
    for (int i = 0; i < p->num_patients; i++)
        sum += p->visits_year[i];
    return sum / p->num_patients;
}

/* ---- what it is drawn from ---------------------------------------------------------------------------------------- */

static bool same_columns(const struct population *a, const struct population *b)
{
    size_t n = (size_t)a->num_patients;
    bool same = true;
#define SAME(type, name, words) same = same && memcmp(a->name, b->name, n * sizeof(type)) == 0;
    POPULATION_COLUMNS(SAME)
#undef SAME
    return same;
}

static bool same_population(const struct population *a, const struct population *b)
{
    if (a->num_patients != b->num_patients || !same_columns(a, b))
        return false;
    for (int c = 0; c < a->num_clinics; c++)
        for (int32_t i = a->first[c]; i < a->first[c + 1]; i++)
            for (int t = 0; t < a->weeks[i]; t++)
                if (!fixture_same_use(population_usual(a, c, i, t), population_usual(b, c, i, t)))
                    return false;
    return true;
}

/* The list of parameters that strategies may not change is the list of those that are read. */
Test(population, it_is_drawn_on_the_parameters_it_names_and_on_no_other)
{
    struct fixture plain, other;
    fixture_init(&plain, 4, 1, 0, 1);
    fixture_param(&plain, PARAM_per_clinic, 60);
    fixture_draw(&plain, 0);
    for (int i = 0; i < NUM_PARAMS; i++) {
        const struct param_info *info = &param_table[i];
        double value = params_get(&plain.setting.clinic[0].base, i);
        fixture_init(&other, 4, 1, 0, 1);
        fixture_param(&other, PARAM_per_clinic, 60);
        fixture_param(&other, (enum param)i, value != info->low ? info->low : info->high);
        fixture_draw(&other, 0);
        cr_expect(same_population(plain.sim.population, other.sim.population) != population_draws_on(i), "%s",
                  info->id);
        fixture_free(&other);
    }
    fixture_free(&plain);
}

/* ---- who is listed ----------------------------------------------------------------------------------------------- */

Test(population, everybody_qualifies_where_the_list_makes_no_error)
{
    struct fixture f;
    fixture_init(&f, 5, 1, 0, 1);
    fixture_param(&f, PARAM_list_precision, 1);
    fixture_draw(&f, 0);
    const struct population *p = f.sim.population;
    for (int i = 0; i < p->num_patients; i++) {
        cr_expect(!p->false_positive[i]);
        cr_expect(p->visits_year[i] >= 4 || p->admissions_year[i] >= 3, "%d visits, %d admissions", p->visits_year[i],
                  p->admissions_year[i]);
    }
    fixture_free(&f);
}

Test(population, nobody_qualifies_on_a_list_of_errors_and_nobody_there_has_complex_needs)
{
    struct fixture f;
    fixture_init(&f, 5, 1, 0, 1);
    fixture_param(&f, PARAM_list_precision, 0);
    fixture_draw(&f, 0);
    const struct population *p = f.sim.population;
    for (int i = 0; i < p->num_patients; i++)
        cr_expect(p->false_positive[i] && p->visits_year[i] < 4 && p->admissions_year[i] < 3);
    cr_expect(share_with(p, FLAG_COMPLEX) == 0);
    fixture_free(&f);
}

/* False-alarm rate 7e-6. */
Test(population, the_share_of_errors_is_the_lists)
{
    struct fixture f;
    double wrong = 0;
    fixture_init(&f, 100, 1, 0, 1);
    f.setting.horizon = 26;
    fixture_draw(&f, 0);
    for (int i = 0; i < f.sim.population->num_patients; i++)
        wrong += f.sim.population->false_positive[i];
    cr_expect(fabs(share_z(wrong, f.sim.population->num_patients, 0.15)) < Z_ALARM);
    fixture_free(&f);
}

/* Bayes: a tool of sensitivity s and specificity t keeps complex patients with share s p / (s p + (1 - t)(1 - p)).
 * False-alarm rate 7e-6. */
Test(population, a_list_favours_complex_needs_as_its_sensitivity_and_specificity_say)
{
    struct fixture f;
    fixture_init(&f, 100, 1, 0, 1);
    f.setting.horizon = 26;
    fixture_param(&f, PARAM_list_precision, 1);
    fixture_param(&f, PARAM_need_share, 0.5);
    fixture_param(&f, PARAM_need_sensitivity, 0.9);
    fixture_param(&f, PARAM_need_specificity, 0.7);
    fixture_draw(&f, 0);
    double n = f.sim.population->num_patients;
    cr_expect(fabs(share_z(n * share_with(f.sim.population, FLAG_COMPLEX), n, 0.75)) < Z_ALARM);
    fixture_free(&f);
}

Test(population, each_half_of_the_rule_selects_from_its_threshold_on)
{
    for (int half = 0; half < 2; half++) {
        struct fixture f;
        int least = 255;
        fixture_init(&f, 10, 1, 0, 1);
        fixture_param(&f, PARAM_list_precision, 1);
        fixture_param(&f, half ? PARAM_select_visits : PARAM_select_admissions, 50);
        fixture_draw(&f, 0);
        for (int i = 0; i < f.sim.population->num_patients; i++) {
            int count = half ? f.sim.population->admissions_year[i] : f.sim.population->visits_year[i];
            least = count < least ? count : least;
        }
        cr_expect(least == (half ? 3 : 4), "%d", least);
        fixture_free(&f);
    }
}

Test(population, a_stricter_rule_lists_heavier_users)
{
    double mean[2];
    for (int strict = 0; strict < 2; strict++) {
        struct fixture f;
        fixture_init(&f, 10, 1, 0, 1);
        fixture_param(&f, PARAM_list_precision, 1);
        fixture_param(&f, PARAM_select_visits, strict ? 6 : 4);
        fixture_draw(&f, 0);
        mean[strict] = mean_year(f.sim.population);
        fixture_free(&f);
    }
    cr_expect(mean[1] > mean[0] + 1, "%g, %g visits", mean[0], mean[1]);
}

Test(population, lists_come_every_list_every_weeks_with_per_clinic_people)
{
    struct fixture f;
    fixture_init(&f, 2, 1, 0, 1);
    fixture_param(&f, PARAM_per_clinic, 30);
    fixture_param(&f, PARAM_list_every, 26);
    fixture_draw(&f, 0);
    const struct population *p = f.sim.population;
    cr_assert(p->num_patients == 2 * 4 * 30);
    for (int i = 0; i < p->num_patients; i++) {
        cr_expect(p->list[i] == i % 120 / 30 && p->weeks[i] == 104 - 26 * p->list[i]);
        cr_expect(p->end[i] >= 0 && p->end[i] <= p->weeks[i]);
    }
    fixture_free(&f);
}

/* Who they are depends on luck and on them alone: a longer horizon, more clinics, another seed. */
static void expect_same_person(const struct fixture *f, int i, const struct fixture *g, int k)
{
    const struct population *a = f->sim.population, *b = g->sim.population;
    cr_assert(a->entity[i] == b->entity[k]);
    cr_expect(a->age[i] == b->age[k] && a->flags[i] == b->flags[k] && a->conditions[i] == b->conditions[k]);
    cr_expect(a->visits_year[i] == b->visits_year[k] && a->admissions_year[i] == b->admissions_year[k]);
    cr_expect(a->self_management[i] == b->self_management[k] && a->distress[i] == b->distress[k]);
    cr_expect(a->confidence[i] == b->confidence[k]);
    for (int t = 0; t < a->end[i] && t < b->end[k]; t++)
        cr_expect(fixture_same_use(fixture_usual(f, i, t), fixture_usual(g, k, t)));
}

Test(population, a_longer_horizon_brings_the_same_people)
{
    struct fixture f, g;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_init(&g, 1, 1, 0, 1);
    f.setting.horizon = 52;
    g.setting.horizon = 260;
    fixture_param(&f, PARAM_list_every, 52);
    fixture_param(&g, PARAM_list_every, 52);
    fixture_draw(&f, 0);
    fixture_draw(&g, 0);
    cr_assert(f.sim.population->num_patients == 40 && g.sim.population->num_patients == 200);
    for (int i = 0; i < 40; i++)
        expect_same_person(&f, i, &g, i);
    fixture_free(&f);
    fixture_free(&g);
}

Test(population, another_run_brings_other_people)
{
    struct fixture f, g;
    int same = 0;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_init(&g, 1, 1, 0, 1);
    fixture_draw(&f, 0);
    fixture_draw(&g, 1);
    for (int i = 0; i < 40; i++)
        same += f.sim.population->age[i] == g.sim.population->age[i];
    cr_expect(same == 0);
    fixture_free(&f);
    fixture_free(&g);
}

Test(population, conditions_without_excess_variance_are_poisson)
{
    struct fixture f;
    struct sample s = { 0 };
    fixture_init(&f, 50, 1, 0, 1);
    f.setting.horizon = 26;
    fixture_param(&f, PARAM_conditions_mean, 4);
    fixture_param(&f, PARAM_conditions_sd, 2);
    fixture_draw(&f, 0);
    for (int i = 0; i < f.sim.population->num_patients; i++)
        sample_add(&s, f.sim.population->conditions[i]);
    cr_expect(fabs(sample_z(&s, 4)) < Z_ALARM); /* false-alarm rate 7e-6 */
    cr_expect(fabs(sample_sd(&s) - 2) < 0.15);  /* 4.5 SE of an SD of 2,000 */
    fixture_free(&f);
}

/* ---- risk -------------------------------------------------------------------------------------------------------- */

static double exact_rate(double z, double mean, double shape)
{
    return gsl_cdf_gamma_Qinv(gsl_cdf_ugaussian_Q(z), shape, mean / shape);
}

Test(population, rates_are_the_gammas_quantiles)
{
    static const double shape[] = { 0.17, 0.20, 0.29, 1, 5 };
    for (size_t k = 0; k < sizeof shape / sizeof *shape; k++) {
        struct rate_table table;
        cr_assert(rate_table_init(&table, 0.62, shape[k]) == 0);
        for (double z = -1; z < 5.4; z += 0.0173) {
            double exact = exact_rate(z, 0.62, shape[k]);
            cr_assert(fabs(rate_table_at(&table, z) - exact) < 3e-3 * exact, "shape %g, z %g: %g for %g", shape[k], z,
                      rate_table_at(&table, z), exact);
        }
    }
}

Test(population, rates_rise_with_risk_and_end_flat)
{
    struct rate_table table;
    cr_assert(rate_table_init(&table, 0.62, 0.2) == 0);
    for (double z = -2; z < 5.5; z += 0.01)
        cr_assert(rate_table_at(&table, z + 0.01) >= rate_table_at(&table, z));
    cr_expect(rate_table_at(&table, -10) == rate_table_at(&table, RATE_LOW));
    cr_expect(rate_table_at(&table, 10) == rate_table_at(&table, RATE_HIGH));
}

Test(population, rates_average_to_the_populations_mean)
{
    struct rate_table table;
    double sum = 0;
    const int steps = 100000;
    cr_assert(rate_table_init(&table, 0.62, 0.2) == 0);
    for (int i = 0; i < steps; i++)
        sum += rate_table_at(&table, random_normal_of((i + 0.5) / steps));
    cr_expect(fabs(sum / steps - 0.62) < 0.003, "%g", sum / steps);
}

Test(population, every_mean_and_shape_a_user_may_write_has_rates)
{
    const struct param_info *m = &param_table[PARAM_ed_mean], *k = &param_table[PARAM_ed_dispersion];
    const double mean[] = { m->min, m->value, m->max }, shape[] = { k->min, k->value, k->max };
    for (int i = 0; i < 9; i++) {
        struct rate_table table;
        cr_expect(rate_table_init(&table, mean[i / 3], shape[i % 3]) == 0, "mean %g, shape %g", mean[i / 3],
                  shape[i % 3]);
        for (int j = 0; j < RATE_SIZE; j++)
            cr_assert(isfinite(table.value[j]) && table.value[j] >= 0, "mean %g, shape %g, step %d", mean[i / 3],
                      shape[i % 3], j);
    }
}

/* x(t) back from the rates of usual care: with no permanent part, risk is x itself. */
static double drift_at(const struct fixture *f, int i, int step)
{
    double rate = fixture_usual_rate(f, i, RISK_STEP * step);
    return gsl_cdf_ugaussian_Qinv(gsl_cdf_gamma_Q(rate, 1, 0.62));
}

/* Ornstein-Uhlenbeck: x a step later is rho x + noise, rho = r^(4/52), SD of the noise sqrt(1 - rho^2); a year later
 * the slope is r. Selection is on the past only, so it leaves slopes as they are. False-alarm rate 7e-6 each. */
Test(population, risk_drifts_with_the_stated_correlation)
{
    struct fixture f;
    struct line step = { 0 }, year = { 0 };
    double r = 0.4, rho = pow(r, 4.0 / 52);
    fixture_init(&f, 200, 1, 0, 1);
    f.setting.horizon = 104;
    fixture_param(&f, PARAM_ed_dispersion, 1);
    fixture_param(&f, PARAM_risk_permanent, 0);
    fixture_param(&f, PARAM_list_every, 104);
    fixture_param(&f, PARAM_mortality, 0);
    fixture_param(&f, PARAM_moving_away, 0);
    fixture_draw(&f, 0);
    for (int i = 0; i < f.sim.population->num_patients; i++) {
        double x = drift_at(&f, i, 0);
        if (x > 0) /* far from the end of the table */
            line_add(&step, x, drift_at(&f, i, 1));
        if (x > 0)
            line_add(&year, x, drift_at(&f, i, 13));
    }
    cr_expect(fabs(line_slope(&step) - rho) < Z_ALARM * line_slope_se(&step), "step %g for %g", line_slope(&step), rho);
    cr_expect(fabs(line_residual_sd(&step) - sqrt(1 - rho * rho)) < 0.02);
    cr_expect(fabs(line_slope(&year) - r) < Z_ALARM * line_slope_se(&year), "year %g for %g", line_slope(&year), r);
    fixture_free(&f);
}

/* Limit: a risk that is all permanent does not move. */
Test(population, a_permanent_risk_stays)
{
    struct fixture f;
    fixture_init(&f, 2, 1, 0, 1);
    fixture_param(&f, PARAM_risk_permanent, 1);
    fixture_draw(&f, 0);
    const struct population *p = f.sim.population;
    for (int i = 0; i < p->num_patients; i++)
        for (int t = 4; t < p->end[i]; t += 4)
            cr_expect(fixture_usual_rate(&f, i, t) == fixture_usual_rate(&f, i, 0));
    fixture_free(&f);
}

/* ---- use --------------------------------------------------------------------------------------------------------- */

Test(population, a_ratio_of_1_is_the_twins_own_week_and_less_never_adds_a_visit)
{
    struct fixture f;
    fixture_init(&f, 2, 1, 0, 1);
    fixture_draw(&f, 0);
    const struct population *p = f.sim.population;
    for (int i = 0; i < p->num_patients; i++)
        for (int t = 0; t < p->end[i]; t++) {
            struct use same = fixture_use(&f, i, t, 1, 1);
            struct use less = fixture_use(&f, i, t, 0.7, 0.8);
            struct use none = fixture_use(&f, i, t, 0, 0);
            cr_assert(fixture_same_use(same, fixture_usual(&f, i, t)));
            cr_assert(less.visits <= same.visits && less.admissions <= same.admissions);
            cr_assert(less.primary_care == same.primary_care);
            cr_assert(none.visits == 0 && none.admissions == 0);
        }
    fixture_free(&f);
}

/* A walk that goes on from where it was is one from the start, and one that is asked for an earlier week begins anew. */
Test(population, a_risk_is_the_same_however_it_is_followed)
{
    struct fixture f;
    fixture_init(&f, 2, 1, 0, 1);
    fixture_draw(&f, 0);
    const struct population *p = f.sim.population;
    for (int c = 0; c < 2; c++)
        for (int i = p->first[c]; i < p->first[c + 1]; i++) {
            struct risk_walk walk = { 0 };
            for (int t = 0; t < p->weeks[i]; t += 1 + t / 9)
                cr_assert(population_rate(p, c, i, t, &walk) == fixture_usual_rate(&f, i, t));
            cr_assert(population_rate(p, c, i, 5, &walk) == fixture_usual_rate(&f, i, 5));
        }
    fixture_free(&f);
}

/* Weeks that do not fit in a byte are kept apart: with much use, most of them; they are what was drawn, to the last. */
Test(population, weeks_of_much_use_are_kept_whole)
{
    struct fixture f;
    int most[3] = { 0 };
    fixture_init(&f, 3, 1, 0, 1);
    fixture_param(&f, PARAM_ed_mean, 10);
    fixture_param(&f, PARAM_direct_admission, 2);
    fixture_param(&f, PARAM_primary_care_visits, 100);
    fixture_draw(&f, 0);
    const struct population *p = f.sim.population;
    cr_expect(p->num_rare > 100, "%lld", (long long)p->num_rare);
    for (int i = 0; i < p->num_patients; i++)
        for (int t = 0; t < p->end[i]; t++) {
            struct use use = fixture_usual(&f, i, t);
            cr_assert(fixture_same_use(use, fixture_use(&f, i, t, 1, 1)));
            most[0] = use.visits > most[0] ? use.visits : most[0];
            most[1] = use.admissions > most[1] ? use.admissions : most[1];
            most[2] = use.primary_care > most[2] ? use.primary_care : most[2];
        }
    cr_expect(most[0] > 7 && most[1] > 3 && most[2] > 7, "%d, %d, %d", most[0], most[1], most[2]);
    fixture_free(&f);
}

/* Visits of a week are Poisson around the patient's own rate: their sum over everybody within its SD.
 * False-alarm rate 7e-6 each. */
Test(population, use_follows_its_rates)
{
    struct fixture f;
    double visits = 0, expected = 0, admissions = 0, primary_care = 0, weeks = 0;
    fixture_init(&f, 50, 1, 0, 1);
    fixture_param(&f, PARAM_primary_care_visits, 15);
    fixture_param(&f, PARAM_admission_share, 0.17);
    fixture_param(&f, PARAM_direct_admission, 0.06);
    fixture_draw(&f, 0);
    const struct population *p = f.sim.population;
    for (int i = 0; i < p->num_patients; i++)
        for (int t = 0; t < p->end[i]; t++) {
            struct use use = fixture_usual(&f, i, t);
            expected += fixture_usual_rate(&f, i, t) / 52;
            visits += use.visits;
            admissions += use.admissions;
            primary_care += use.primary_care;
            weeks++;
        }
    cr_expect(fabs(visits - expected) < Z_ALARM * sqrt(expected));
    cr_expect(fabs(admissions - 0.23 * expected) < Z_ALARM * sqrt(0.23 * expected), "0.17 + 0.06 a visit");
    cr_expect(fabs(primary_care - 15 * weeks / 52) < Z_ALARM * sqrt(15 * weeks / 52));
    fixture_free(&f);
}

/* Deaths: an exponential clock, 1 - exp(-0.5) in a year. False-alarm rate 7e-6 each. */
Test(population, deaths_and_moves_are_exponential)
{
    struct fixture f;
    double dead = 0, left = 0, n;
    fixture_init(&f, 50, 1, 0, 1);
    f.setting.horizon = 52;
    fixture_param(&f, PARAM_list_precision, 1);
    fixture_param(&f, PARAM_list_every, 52);
    fixture_param(&f, PARAM_mortality, 0.5);
    fixture_param(&f, PARAM_mortality_by_age, 0);
    fixture_param(&f, PARAM_moving_away, 0.25);
    fixture_draw(&f, 0);
    n = f.sim.population->num_patients;
    for (int i = 0; i < n; i++) {
        bool ends = f.sim.population->end[i] < 52;
        left += ends;
        dead += ends && f.sim.population->died[i];
    }
    cr_expect(fabs(share_z(left, n, 1 - exp(-0.75))) < Z_ALARM, "%g of %g", left, n);
    cr_expect(fabs(share_z(dead, left, 2.0 / 3)) < Z_ALARM, "%g of %g", dead, left);
    fixture_free(&f);
}

/* The list's errors are people of low need, who die less: low_need_mortality of it. False-alarm rate 7e-6. */
Test(population, people_of_low_need_die_less)
{
    struct fixture f;
    double dead = 0, n;
    fixture_init(&f, 50, 1, 0, 1);
    f.setting.horizon = 52;
    fixture_param(&f, PARAM_list_every, 52);
    fixture_param(&f, PARAM_list_precision, 0);
    fixture_param(&f, PARAM_mortality, 1);
    fixture_param(&f, PARAM_mortality_by_age, 0);
    fixture_param(&f, PARAM_low_need_mortality, 0.3);
    fixture_param(&f, PARAM_moving_away, 0);
    fixture_draw(&f, 0);
    n = f.sim.population->num_patients;
    for (int i = 0; i < n; i++)
        dead += f.sim.population->end[i] < 52;
    cr_expect(fabs(share_z(dead, n, 1 - exp(-0.3))) < Z_ALARM, "%g of %g", dead, n);
    fixture_free(&f);
}

Test(population, nobody_dies_or_moves_where_the_rates_are_0)
{
    struct fixture f;
    fixture_init(&f, 5, 1, 0, 1);
    fixture_param(&f, PARAM_mortality, 0);
    fixture_param(&f, PARAM_moving_away, 0);
    fixture_draw(&f, 0);
    for (int i = 0; i < f.sim.population->num_patients; i++)
        cr_expect(f.sim.population->end[i] == f.sim.population->weeks[i]);
    fixture_free(&f);
}

Test(population, patient_weeks_count_the_look_back_once_and_usual_care)
{
    struct fixture f;
    uint64_t weeks = 0;
    fixture_init(&f, 3, 1, 0, 1);
    fixture_draw(&f, 0);
    for (int i = 0; i < f.sim.population->num_patients; i++)
        weeks += 52 + (uint64_t)f.sim.population->end[i];
    cr_expect(f.sim.patient_weeks == weeks);
    cr_expect(f.sim.population->candidates > (uint64_t)f.sim.population->num_patients);
    fixture_free(&f);
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

Test(population, too_many_patients_are_refused)
{
    struct fixture f;
    struct population p;
    struct error err = { 0 };
    fixture_init(&f, 12600, 1, 0, 1);
    f.setting.horizon = 260;
    fixture_param(&f, PARAM_per_clinic, 400);
    fixture_param(&f, PARAM_list_every, 13);
    cr_expect(population_init(&p, &f.setting, (struct luck){ 1, 0 }, NULL, &err) == MILIEU_ERR_RUN);
    cr_expect(strlen(err.detail[0]) > 0);
    population_free(&p);
    population_free(&p);
    fixture_free(&f);
}
