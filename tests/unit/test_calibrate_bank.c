/* The posterior of all points together, against what is known in closed form. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/calibrate/abc.h"
#include "analysis/calibrate/bank.h"
#include "statistics.h"

enum { DIMENSIONS = 2, TARGETS = 2, MOST = 400 };

/* Value 0 is z0, value 1 is z0 + z1: with errors 0.5 and 0.4 and N(0, I) before, the posterior is normal. Precision
 * matrix I + x0 x0' / 0.25 + x1 x1' / 0.16, x0 = (1, 0), x1 = (1, 1); here its inverse, worked by hand. */
static const double observed[TARGETS] = { 1, 0.5 }, error_of[TARGETS] = { 0.5, 0.4 };

struct known {
    double mean[2], sd[2], r;
};

static struct known closed_form(void)
{
    double a = 1 / 0.25, b = 1 / 0.16;
    double p00 = 1 + a + b, p01 = b, p11 = 1 + b, det = p00 * p11 - p01 * p01;
    double h0 = a * observed[0] + b * observed[1], h1 = b * observed[1];
    return (struct known){ { (p11 * h0 - p01 * h1) / det, (p00 * h1 - p01 * h0) / det },
                           { sqrt(p11 / det), sqrt(p00 / det) },
                           -p01 / sqrt(p00 * p11) };
}

static void values_at(const double *z, double *value, double *variance)
{
    value[0] = z[0];
    value[1] = z[0] + z[1];
    variance[0] = variance[1] = 0;
}

struct made {
    int draws[MOST];
    double z[MOST * DIMENSIONS], value[MOST * TARGETS], variance[MOST * TARGETS];
};

static const struct cut whole = { NULL, 0 };

static void add_generation(struct bank *bank, struct made *made, struct abc *abc)
{
    int n = abc_proposals(abc);
    for (int i = 0; i < n; i++) {
        made->draws[i] = abc_propose(abc, i, made->z + i * DIMENSIONS);
        values_at(made->z + i * DIMENSIONS, made->value + i * TARGETS, made->variance + i * TARGETS);
    }
    const struct mixture from = abc_mixture(abc);
    cr_assert(bank_add(bank, n, made->draws, made->z, made->value, made->variance, &from, NULL) == 0);
    cr_assert(abc_take(abc, made->value, made->variance, NULL) == 0);
}

/* So many generations; more than it takes to be near are not there. */
static void fit(struct bank *bank, const struct targets *targets, uint32_t seed, int generations)
{
    static struct made made;
    const struct abc_plan plan = { .targets = targets,
                                   .dimensions = DIMENSIONS,
                                   .particles = MOST,
                                   .kept = MOST / 2,
                                   .generations = generations,
                                   .error = ABC_NORMAL,
                                   .seed = seed };
    struct abc abc;
    cr_assert(abc_init(&abc, &plan, NULL) == 0 && bank_init(bank, 3 * MOST, DIMENSIONS, targets, NULL) == 0);
    while (abc_done(&abc) == ABC_GOES_ON)
        add_generation(bank, &made, &abc);
    cr_assert(bank_weigh(bank, &whole, NULL) == 0);
    abc_free(&abc);
}

/* 60 fits of one, two and three generations each: the mean of their means and of their log SDs is the closed form's. The
 * tolerance of one generation is far above 1, and its posterior is right all the same. False alarms 6e-7 each. */
Test(bank, is_exact_after_any_generation)
{
    const struct targets targets = { TARGETS, observed, error_of, NULL, NULL, NULL };
    const struct known known = closed_form();
    for (int generations = 1; generations <= 3; generations++) {
        struct sample mean[2] = { { 0 } }, spread[2] = { { 0 } }, r = { 0 }, size = { 0 };
        for (uint32_t seed = 0; seed < 60; seed++) {
            struct bank bank;
            fit(&bank, &targets, seed, generations);
            const struct particles all = bank_particles(&bank);
            for (int k = 0; k < DIMENSIONS; k++) {
                sample_add(&mean[k], particles_parameter(&all, k).mean);
                sample_add(&spread[k], log(particles_parameter(&all, k).sd));
            }
            sample_add(&r, atanh(particles_correlation(&all, 0, 1)));
            sample_add(&size, particles_size(&all));
            bank_free(&bank);
        }
        for (int k = 0; k < DIMENSIONS; k++) {
            cr_expect(fabs(sample_z(&mean[k], known.mean[k])) < 5, "%d generations: %g, not %g", generations,
                      sample_mean(&mean[k]), known.mean[k]);
            cr_expect(fabs(sample_z(&spread[k], log(known.sd[k]))) < 5 ||
                          fabs(sample_mean(&spread[k]) - log(known.sd[k])) < 0.01, /* of a few: ln SD is 1 / 4n off */
                      "%d generations: %g, not %g", generations, exp(sample_mean(&spread[k])), known.sd[k]);
        }
        cr_expect(fabs(sample_z(&r, atanh(known.r))) < 5 || fabs(sample_mean(&r) - atanh(known.r)) < 0.01);
        cr_expect(sample_mean(&size) > (generations == 1 ? 20 : 60), "%g", sample_mean(&size));
    }
}

/* Values with chance in them, from 1500 points of the prior. Smoothed, they are those of the quadratic they come from, nearly;
 * and where the truth is no quadratic, they stay about as good as they were, never worse than chance and misfit together. */
static double error_after(double bend, double noise, double *told)
{
    enum { POINTS = 1500 };
    static int draws[POINTS];
    static double z[POINTS * DIMENSIONS], value[POINTS * TARGETS], variance[POINTS * TARGETS], chance[4];
    const struct targets targets = { TARGETS, observed, error_of, NULL, NULL, NULL };
    struct bank bank;
    double squares = 0;
    *told = 0;
    for (int i = 0; i < POINTS; i++) {
        draws[i] = 1;
        place_normals((struct place_luck){ 5, 0, i }, PLACE_PRIOR, 0, DIMENSIONS, z + 2 * i);
        place_normals((struct place_luck){ 5, 1, i }, PLACE_PRIOR, 0, DIMENSIONS, chance);
        for (int j = 0; j < TARGETS; j++) {
            value[2 * i + j] = sin(bend * z[2 * i]) / bend + noise * chance[j];
            variance[2 * i + j] = noise * noise;
        }
    }
    cr_assert(bank_init(&bank, POINTS, DIMENSIONS, &targets, NULL) == 0);
    cr_assert(bank_add(&bank, POINTS, draws, z, value, variance, NULL, NULL) == 0);
    cr_assert(bank_smooth(&bank, &whole, NULL) == 0);
    for (int i = 0; i < POINTS; i++) {
        double off = bank.value[2 * i] - sin(bend * z[2 * i]) / bend;
        squares += off * off / POINTS;
        *told += bank.variance[2 * i] / POINTS;
    }
    bank_free(&bank);
    return sqrt(squares);
}

Test(bank, smoothing_takes_chance_out_and_keeps_what_is_there)
{
    double told, error = error_after(0.01, 0.3, &told);
    cr_expect(error < 0.3 / 10, "a plane: %g", error); /* 6 terms of 1500 points: 0.3 sqrt(6 / 1500) = 0.019 */
    const double sure =
        0.09 * 3 * sqrt(2.0 / 1500); /* how well the chance in the values is known, and so what is missed */
    cr_expect(error * error < 4 * told && told < 4 * error * error + sure, "%g told of %g", sqrt(told), error);
    error = error_after(3, 0.1, &told);
    cr_expect(error < 0.1 && error > 0.05, "a wave that no quadratic follows: %g", error);
    cr_expect(error * error < 2 * told && told < 2 * error * error, "%g told of %g", sqrt(told), error);
}

/* What was held out or is missing: a point without a value that is fitted has no weight, and the others' do not change. */
Test(bank, a_point_that_failed_counts_for_nothing)
{
    const struct targets targets = { TARGETS, observed, error_of, NULL, NULL, NULL };
    const double z[] = { 0.5, 0, 1, 0, 0, 0.5 }, variance[6] = { 0 };
    double value[6];
    struct bank bank;
    for (int i = 0; i < 3; i++)
        values_at(z + 2 * i, value + 2 * i, (double[2]){ 0 });
    value[2] = NAN;
    cr_assert(bank_init(&bank, 3, DIMENSIONS, &targets, NULL) == 0);
    cr_assert(bank_add(&bank, 3, (int[]){ 1, 1, 1 }, z, value, variance, NULL, NULL) == 0);
    cr_assert(bank_weigh(&bank, &whole, NULL) == 0);
    double far0 = 1 + 0, far2 = 4 + 0; /* ((0.5 - 1) / 0.5)^2, and (0 - 1) / 0.5 */
    cr_expect_float_eq(bank.posterior[0], 1 / (1 + exp((far0 - far2) / 2)), 1e-12);
    cr_expect(bank.posterior[1] == 0);
    bank_free(&bank);
    bank_free(&bank);
}

Test(bank, nothing_near_is_an_error)
{
    const struct targets targets = { TARGETS, observed, error_of, NULL, NULL, NULL };
    const double z[] = { 0, 0 }, value[] = { NAN, 0 }, variance[2] = { 0 };
    struct bank bank;
    struct error err = { 0 };
    cr_assert(bank_init(&bank, 1, DIMENSIONS, &targets, NULL) == 0);
    cr_assert(bank_add(&bank, 1, (int[]){ 1 }, z, value, variance, NULL, NULL) == 0);
    cr_expect(bank_weigh(&bank, &whole, &err) == MILIEU_ERR_RUN);
    bank_free(&bank);
}
