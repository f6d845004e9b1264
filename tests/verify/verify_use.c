/* Patterns P8 and P9: use of services of a population nobody treats, with the defaults. Published: Montreal and Quebec
 * cohorts (evidence 1.4-1.13; model.md 5 and 7). The windows are the patterns' own. With 200,000 people the standard
 * errors are below a tenth of any window, so that a false alarm needs a default at its very edge. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "tests/unit/fixture.h"
#include "tests/unit/statistics.h"

enum { PEOPLE = 200000, YEARS = 5, FREQUENT = 4 };

struct cohort { /* of one year's frequent users, and everybody */
    double any, frequent, visits, once, always, first_year, second_year;
};

static struct cohort follow(const struct params *p, uint32_t run, int num_years)
{
    struct cohort c = { 0 };
    struct rate_table rates;
    cr_assert(rate_table_init(&rates, p->ed_mean, p->ed_dispersion) == 0);
    for (uint32_t i = 0; i < PEOPLE; i++) {
        int visits[YEARS], years = 0;
        population_history(&rates, p, (struct luck){ 1, run }, random_entity(1, i), num_years, visits);
        c.any += visits[0] > 0;
        if (visits[0] < FREQUENT)
            continue;
        for (int y = 0; y < num_years; y++)
            years += visits[y] >= FREQUENT;
        c.frequent++;
        c.visits += visits[0];
        c.once += years == 1;
        c.always += years == num_years;
        c.first_year += visits[0];
        c.second_year += num_years > 1 ? visits[1] : 0;
    }
    return c;
}

static void expect_within(const char *what, double value, double low, double high)
{
    cr_expect(value >= low && value <= high, "%s: %.4f, not in %g .. %g", what, value, low, high);
}

Test(use, one_year_of_a_chronic_population_P8, .timeout = 60)
{
    struct params p;
    params_defaults(&p);
    struct cohort c = follow(&p, 0, 1);
    expect_within("any visit", c.any / PEOPLE, 0.9 * 0.26, 1.1 * 0.26);
    expect_within("four or more", c.frequent / PEOPLE, 0.9 * 0.046, 1.1 * 0.046);
    expect_within("mean of frequent users", c.visits / c.frequent, 0.9 * 6.2, 1.1 * 6.2);
}

Test(use, persistence_of_frequent_users_P9, .timeout = 60)
{
    struct params p;
    params_defaults(&p);
    struct cohort c = follow(&p, 1, YEARS);
    expect_within("that year only, of five", c.once / c.frequent, 0.40, 0.48);
    expect_within("all five years", c.always / c.frequent, 0.05, 0.09);
    expect_within("fall in the year after", 1 - c.second_year / c.first_year, 0.40, 0.50);
}

/* Limits: a risk that never moves has no regression but that of luck; one that is drawn anew has the most. */
Test(use, the_more_risk_lasts_the_less_use_falls, .timeout = 60)
{
    double fall[3];
    for (int k = 0; k < 3; k++) {
        struct params p;
        params_defaults(&p);
        p.risk_permanent = 0.5 * k;
        struct cohort c = follow(&p, 2, 2);
        fall[k] = 1 - c.second_year / c.first_year;
    }
    cr_expect(fall[0] > fall[1] && fall[1] > fall[2], "%g %g %g", fall[0], fall[1], fall[2]);
}

/* Closed form: with a permanent risk visits are negative binomial, and a frequent user's next year has mean
 * E[rate | >= 4 visits]: by Bayes for a gamma, (k + E[visits | >= 4]) / (k + mean) * mean. False-alarm rate 7e-6. */
Test(use, a_permanent_risk_regresses_as_bayes_says, .timeout = 60)
{
    struct params p;
    params_defaults(&p);
    p.risk_permanent = 1;
    struct cohort c = follow(&p, 3, 2);
    double k = p.ed_dispersion, m = p.ed_mean, next = (k + c.visits / c.frequent) / (k + m) * m;
    double se = sqrt(2 * next / c.frequent) + 0.01 * next; /* overdispersed by the spread of rates; 1 % of table */
    cr_expect(fabs(c.second_year / c.frequent - next) < Z_ALARM * se, "%g for %g", c.second_year / c.frequent, next);
    double none = pow(k / (k + m), k);
    cr_expect(fabs(share_z(c.any, PEOPLE, 1 - none)) < Z_ALARM, "any visit %g for %g", c.any / PEOPLE, 1 - none);
}

/* ---- candidates -----------------------------------------------------------------------------------------------------------
 */

struct drift { /* four-week steps of an Ornstein-Uhlenbeck process, walked outwards from mid-year */
    double rho, noise, permanent, share;
};

static double year_rate(const struct drift *d, const struct rate_table *rates, double z, uint32_t person)
{
    struct luck luck = { 1, 9 };
    double other = random_normal_of(random_uniform(luck, person, 0, STREAM_RISK)), sum = rate_table_at(rates, z);
    double a = sqrt(d->share) * z + sqrt(1 - d->share) * other,
           middle = sqrt(1 - d->share) * z - sqrt(d->share) * other;
    for (int side = 0; side < 2; side++) {
        double x = middle;
        for (int i = 1; i <= 6; i++) {
            x = d->rho * x + d->noise * random_normal_of(random_uniform(luck, person, 10 * side + i, STREAM_RISK));
            sum += rate_table_at(rates, sqrt(d->share) * a + sqrt(1 - d->share) * x);
        }
    }
    return sum / 13;
}

/* Chance to qualify at that rate: four visits, or three admissions (an upper bound: either counted for itself). */
static double qualifying(const struct params *p, double rate)
{
    return gsl_cdf_poisson_Q((unsigned)p->select_visits - 1, rate) +
           gsl_cdf_poisson_Q((unsigned)p->select_admissions - 1, rate * (p->admission_share + p->direct_admission));
}

/* "Candidates with z below 0 at mid-year may be skipped: fewer than 0.1 % of frequent users lost." Chances are summed,
 * not counted, so the share is known to a few per cent of itself. */
Test(use, candidates_below_the_middle_hold_fewer_than_one_frequent_user_in_a_thousand, .timeout = 60)
{
    struct params p;
    struct rate_table rates;
    double below = 0, above = 0;
    params_defaults(&p);
    cr_assert(rate_table_init(&rates, p.ed_mean, p.ed_dispersion) == 0);
    struct drift d = { .rho = pow(p.risk_correlation, 4.0 / 52), .share = p.risk_permanent };
    d.noise = sqrt(1 - d.rho * d.rho);
    for (uint32_t i = 0; i < 60000; i++) {
        double u = random_uniform((struct luck){ 1, 9 }, i, 0, STREAM_VALUE);
        below += qualifying(&p, year_rate(&d, &rates, random_normal_of(0.5 * u), i));
        above += qualifying(&p, year_rate(&d, &rates, random_normal_of(0.5 + 0.5 * u), i));
    }
    cr_expect(below / (below + above) < 0.001, "%.5f lost", below / (below + above));
}

/* Those on the lists are those of the population: same visits in the year, same fall in the next. Lists with an exact
 * rule on visits and no errors, against the population followed forwards. False-alarm rate 7e-6 each. */
Test(use, listed_patients_are_the_populations_frequent_users, .timeout = 60)
{
    struct fixture f;
    struct sample listed = { 0 };
    double twin = 0, year = 0;
    fixture_init(&f, 250, 1, 0, 1);
    f.setting.horizon = 52;
    fixture_param(&f, PARAM_list_every, 52);
    fixture_param(&f, PARAM_list_precision, 1);
    fixture_param(&f, PARAM_need_sensitivity, 1);
    fixture_param(&f, PARAM_need_specificity, 0);
    fixture_param(&f, PARAM_select_admissions, 50);
    fixture_param(&f, PARAM_mortality, 0);
    fixture_param(&f, PARAM_moving_away, 0);
    fixture_draw(&f, 0);
    for (int i = 0; i < f.sim.population->num_patients; i++) {
        sample_add(&listed, f.sim.population->visits_year[i]);
        year += f.sim.population->visits_year[i];
        for (int t = 0; t < 52; t++)
            twin += fixture_usual(&f, i, t).visits;
    }
    struct cohort c = follow(&f.setting.clinic[0].base, 4, 2);
    double mean = c.visits / c.frequent, se = sample_se(&listed) * sqrt(1 + listed.n / c.frequent);
    cr_expect(fabs(sample_mean(&listed) - mean) < Z_ALARM * se, "%g visits, population %g", sample_mean(&listed), mean);
    double fall = 1 - twin / year, expected = 1 - c.second_year / c.first_year;
    cr_expect(fabs(fall - expected) < Z_ALARM * 0.013, "falls %g, population %g", fall, expected); /* SE 0.009 each */
    expect_within("untreated fall of listed patients", fall, 0.40, 0.50);
    fixture_free(&f);
}

/* With the rule as it is, admissions and the list's need included, the fall that an untreated list shows. */
Test(use, an_untreated_list_falls_by_40_to_50_per_cent, .timeout = 60)
{
    struct fixture f;
    double twin = 0, year = 0;
    fixture_init(&f, 250, 1, 0, 1);
    f.setting.horizon = 52;
    fixture_param(&f, PARAM_list_every, 52);
    fixture_param(&f, PARAM_list_precision, 1);
    fixture_param(&f, PARAM_mortality, 0);
    fixture_param(&f, PARAM_moving_away, 0);
    fixture_draw(&f, 0);
    for (int i = 0; i < f.sim.population->num_patients; i++) {
        year += f.sim.population->visits_year[i];
        for (int t = 0; t < 52; t++)
            twin += fixture_usual(&f, i, t).visits;
    }
    expect_within("untreated fall", 1 - twin / year, 0.40, 0.50);
    fixture_free(&f);
}
