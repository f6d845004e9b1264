/* Pattern P4: table 1 of [003] as printed, for listed patients (moments after truncation at 18 and 100), and the
 * baselines of its table 2 as the questionnaires read them. 16,000 patients: the standard error of the mean age is
 * 0.17 years, of a share at most 0.004. Each expectation errs with 7e-6 by luck alone. */
#include <criterion/criterion.h>
#include <math.h>

#include "analysis/validate/table1.h"
#include "sim/model/instrument.h"
#include "tests/unit/fixture.h"
#include "tests/unit/statistics.h"

static void many_listed(struct fixture *f)
{
    fixture_init(f, 400, 1, 0, 1);
    f->setting.horizon = 26;
    fixture_begin(f, 0, 0);
    cr_assert(f->w->patient.num == 16000);
}

/* SE of an SD s of n: s sqrt((kurtosis - 1) / (4 n)); kurtosis 3 for a normal, less for what is cut. */
static void expect_moments(const char *what, const struct sample *s, double mean, double sd)
{
    double sd_error = sd * sqrt(2 / (4 * s->n)) * 1.3;
    cr_expect(fabs(sample_z(s, mean)) < Z_ALARM, "%s: mean %.3f, SE %.3f, for %g", what, sample_mean(s), sample_se(s),
              mean);
    cr_expect(fabs(sample_sd(s) - sd) < Z_ALARM * sd_error + 0.002 * sd, "%s: SD %.3f for %g", what, sample_sd(s), sd);
}

static struct table1 table_of(const struct population *population)
{
    struct table1 table = { .with = { 0 } };
    table1_add(&table, population);
    return table;
}

Test(table1, age_is_56_with_sd_20_9_after_truncation)
{
    struct fixture f;
    many_listed(&f);
    struct table1 table = table_of(f.sim.population);
    for (int i = 0; i < f.w->patient.num; i++)
        cr_assert(f.sim.population->age[i] >= 18 && f.sim.population->age[i] <= 100);
    cr_assert(table.age.n == 16000);
    expect_moments("age", &table.age, 56, 20.9);
    fixture_free(&f);
}

Test(table1, conditions_are_5_6_with_sd_2_8)
{
    struct fixture f;
    many_listed(&f);
    struct table1 table = table_of(f.sim.population);
    expect_moments("conditions", &table.conditions, 5.6, 2.8);
    fixture_free(&f);
}

/* The shares as printed, which is not always n over 33; the order is that of table1_shares. */
Test(table1, sex_and_conditions_have_their_shares)
{
    static const double printed[NUM_TABLE1_SHARES] = { 0.156, 0.576, 0.576, 0.545, 0.727 };
    struct fixture f;
    many_listed(&f);
    struct table1 table = table_of(f.sim.population);
    for (int k = 0; k < NUM_TABLE1_SHARES; k++) {
        double hits = table.with[k], n = table.age.n, share = printed[k];
        cr_expect(fabs(share_z(hits, n, share)) < Z_ALARM, "%s: %.4f, SE %.4f, for %g", table1_shares[k].id, hits / n,
                  sqrt(share * (1 - share) / n), share);
        cr_expect(fabs(table1_shares[k].n / table1_shares[k].of - share) < 0.0006, "%s", table1_shares[k].id);
    }
    fixture_free(&f);
}

/* A different mean and SD are met too, as long as a distribution between 18 and 100 can have them. */
Test(table1, another_age_distribution_is_met)
{
    static const double moment[][2] = { { 40, 12 }, { 75, 10 }, { 65, 5 }, { 59, 23 } };
    for (size_t k = 0; k < sizeof moment / sizeof *moment; k++) {
        struct fixture f;
        fixture_init(&f, 200, 1, 0, 1);
        f.setting.horizon = 26;
        fixture_param(&f, PARAM_age_mean, moment[k][0]);
        fixture_param(&f, PARAM_age_sd, moment[k][1]);
        fixture_draw(&f, 0);
        struct table1 table = table_of(f.sim.population);
        expect_moments("age", &table.age, moment[k][0], moment[k][1]);
        fixture_free(&f);
    }
}

/* Table 2's baselines, 75.3 (10.2) and 33.9 (7.0): true spread and error together. The scales' ends pull the mean and the
 * SD of self-management in a little (96 lies 2 SD above), which the 0.5 allows for. */
Test(table1, questionnaires_at_enrolment_read_as_table_2)
{
    struct fixture f;
    struct sample self = { 0 }, integration = { 0 };
    many_listed(&f);
    for (int i = 0; i < f.w->patient.num; i++) {
        const struct population *p = f.sim.population;
        struct scores truth = { p->self_management[i], p->care_integration[i], p->distress[i], p->confidence[i] };
        struct scores read = instrument_read(f.w, i, &truth, 0);
        sample_add(&self, read.self_management);
        sample_add(&integration, read.care_integration);
    }
    cr_expect(fabs(sample_mean(&self) - 75.3) < 0.5 && fabs(sample_sd(&self) - 10.2) < 0.5,
              "self-management %.2f (%.2f)", sample_mean(&self), sample_sd(&self));
    cr_expect(fabs(sample_mean(&integration) - 33.9) < 0.3 && fabs(sample_sd(&integration) - 7.0) < 0.3,
              "integration %.2f (%.2f)", sample_mean(&integration), sample_sd(&integration));
    fixture_free(&f);
}
