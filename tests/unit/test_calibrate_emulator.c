/* The emulator: quadratics found again, points left out one by one, and how often a true place is forbidden. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/calibrate/place.h"
#include "statistics.h"

enum { D = 3, TERMS = D * (D + 3) / 2, POINTS = 60 };

static struct error err;

/* Luck of the tests: normals by number, seed 1. */
static void normals(int wave, int point, int count, double *out)
{
    place_normals((struct place_luck){ 1, wave, point }, PLACE_PRIOR, 0, count, out);
}

static void fill_places(int wave, int points, int dimensions, double *z)
{
    for (int i = 0; i < points; i++)
        normals(wave, i, dimensions, z + i * dimensions);
}

static double quadratic(const double *z)
{
    return 4 - z[0] + 2 * z[1] + 0.5 * z[0] * z[0] - 3 * z[1] * z[2] + 0.25 * z[2] * z[2] + z[0] * z[1];
}

static const double one[] = { 1, 1, 1, 1 };

Test(emulator, a_quadratic_is_found_exactly)
{
    double z[POINTS * D], value[POINTS], place[D], variance;
    struct targets targets = { 1, one, one, NULL, NULL, NULL };
    struct emulator emulator;
    fill_places(0, POINTS, D, z);
    for (int i = 0; i < POINTS; i++)
        value[i] = quadratic(z + i * D);
    cr_assert(emulator_init(&emulator, &targets, D, POINTS, z, value, &err) == 0);
    for (int i = 0; i < 1000; i++) {
        normals(1, i, D, place);
        for (int k = 0; k < D; k++)
            place[k] *= 2;
        cr_assert_float_eq(emulator_predict(&emulator, 0, place, &variance), quadratic(place), 1e-9);
        cr_assert(variance >= 0 && variance < 1e-18, "%g", variance);
    }
    cr_assert(emulator.target[0].fit.r2 > 1 - 1e-12 && emulator.target[0].fit.lambda == 0);
    emulator_free(&emulator);
    emulator_free(&emulator);
}

/* Under the prior the terms have mean 0, variance 1, no correlation: 10 x 10 moments over 10^5 places, |z| < 4.5, errs in
 * 4 of 10^4; kurtosis makes the SD of a square's mean at most sqrt(14), that of (z^2 - 1)^2 / 2, so that is the scale. */
Test(emulator, terms_are_orthonormal_under_the_prior)
{
    enum { N = 100000 };
    double sum[TERMS] = { 0 }, product[TERMS][TERMS] = { { 0 } };
    for (int i = 0; i < N; i++) {
        double z[D], term[TERMS];
        normals(2, i, D, z);
        emulator_terms(D, z, term);
        for (int a = 0; a < TERMS; a++) {
            sum[a] += term[a] / N;
            for (int b = 0; b < TERMS; b++)
                product[a][b] += term[a] * term[b] / N;
        }
    }
    for (int a = 0; a < TERMS; a++) {
        cr_assert(fabs(sum[a]) < Z_ALARM / sqrt(N), "%d %g", a, sum[a]);
        for (int b = 0; b < TERMS; b++)
            cr_assert(fabs(product[a][b] - (a == b)) < Z_ALARM * sqrt(14.0 / N), "%d %d %g", a, b, product[a][b]);
    }
}

/* ---- points left out ---------------------------------------------------------------------------------------------- */

/* Columns and values by luck, of `points` rows but one (-1: all). */
static int rows_without(int points, int columns, int without, double *x, double *y)
{
    int n = 0;
    for (int i = 0; i < points; i++)
        if (i != without) {
            double luck[2];
            normals(10, i, columns, x + n * columns);
            normals(11, i, 1, luck);
            y[n] = x[n * columns] - 2 * x[n * columns + 1] + luck[0];
            n++;
        }
    return n;
}

/* With lambda of the fit as given: no public door, so the grid is left aside by solving for the slope directly. */
static double predicted_without(int points, int columns, int out, double lambda, const double *x)
{
    double *others = malloc(sizeof *others * (size_t)(points * columns)), *y = malloc(sizeof *y * (size_t)points);
    double *normal = calloc((size_t)(columns * (columns + 1)), sizeof *normal), mean_y = 0, answer;
    double *mean = calloc((size_t)columns, sizeof *mean);
    int n = rows_without(points, columns, out, others, y), wide = columns + 1;
    for (int i = 0; i < n; i++) {
        mean_y += y[i] / n;
        for (int c = 0; c < columns; c++)
            mean[c] += others[i * columns + c] / n;
    }
    for (int a = 0; a < columns; a++) {
        normal[a * wide + a] = lambda;
        for (int i = 0; i < n; i++) {
            double at = others[i * columns + a] - mean[a];
            for (int b = 0; b < columns; b++)
                normal[a * wide + b] += at * (others[i * columns + b] - mean[b]);
            normal[a * wide + columns] += at * (y[i] - mean_y);
        }
    }
    for (int a = 0; a < columns; a++) /* Gauss and Jordan; positive definite, so without a search for pivots */
        for (int b = 0; b < columns; b++) {
            double times = b == a ? 0 : normal[b * wide + a] / normal[a * wide + a];
            for (int c = 0; c < wide && b != a; c++)
                normal[b * wide + c] -= times * normal[a * wide + c];
        }
    answer = mean_y;
    for (int a = 0; a < columns; a++)
        answer += normal[a * wide + columns] / normal[a * wide + a] * (x[a] - mean[a]);
    free(others);
    free(y);
    free(normal);
    free(mean);
    return answer;
}

static void expect_brute_force(int points, int columns, double lambda)
{
    double *x = malloc(sizeof *x * (size_t)(points * columns)),
           *spoilt = malloc(sizeof *x * (size_t)(points * columns));
    double *y = malloc(sizeof *y * (size_t)points), *error = malloc(sizeof *error * (size_t)points), sum = 0;
    struct ridge_design design;
    rows_without(points, columns, -1, x, y);
    memcpy(spoilt, x, sizeof *x * (size_t)(points * columns));
    cr_assert(ridge_design_init(&design, spoilt, points, columns, &err) == 0);
    double said = ridge_leave_out(&design, y, lambda, error);
    for (int i = 0; i < points; i++) {
        double left_out = y[i] - predicted_without(points, columns, i, lambda, x + i * columns);
        cr_assert_float_eq(error[i], left_out, 1e-8, "%d of %d x %d: %g %g", i, points, columns, error[i], left_out);
        sum += left_out * left_out;
    }
    cr_assert_float_eq(said, sum, 1e-7);
    ridge_design_free(&design);
    free(x);
    free(spoilt);
    free(y);
    free(error);
}

Test(ridge, leaving_out_is_what_a_fit_without_the_point_says)
{
    expect_brute_force(40, 9, 0);
    expect_brute_force(40, 9, 4);
    expect_brute_force(11, 9, 0.1);
    expect_brute_force(20, 35, 0.5); /* fewer points than columns */
    expect_brute_force(20, 20, 2);
}

Test(ridge, without_room_for_it_there_is_a_ridge)
{
    static const int counts[] = { 6, 9, 10, 11, 14, 15 };
    for (int c = 0; c < 6; c++) {
        double x[15 * 9], y[15], slope[9], work[15];
        struct ridge_design design;
        struct ridge_fit fit = { .slope = slope };
        rows_without(counts[c], 9, -1, x, y);
        cr_assert(ridge_design_init(&design, x, counts[c], 9, &err) == 0);
        cr_assert(design.full == (counts[c] >= 15), "%d points", counts[c]);
        ridge_fit(&design, y, &fit, work);
        cr_assert((design.full || fit.lambda > 0) && isfinite(fit.variance) && fit.variance > 0);
        ridge_design_free(&design);
    }
}

/* A column twice: no lambda of 0, and a prediction that is finite. */
Test(ridge, columns_that_say_the_same)
{
    double x[20 * 2], y[20], slope[2], work[20], place[] = { 3, 3 };
    struct ridge_design design;
    struct ridge_fit fit = { .slope = slope };
    for (int i = 0; i < 20; i++) {
        x[2 * i] = x[2 * i + 1] = i / 10.0;
        y[i] = 2 * x[2 * i];
    }
    cr_assert(ridge_design_init(&design, x, 20, 2, &err) == 0 && !design.full);
    ridge_fit(&design, y, &fit, work);
    cr_assert(fit.lambda > 0);
    cr_assert_float_eq(ridge_predict(&design, &fit, place), 6, 1e-4);
    double across[] = { 3.95,
                        -2.05 }; /* from the middle, (0.95, 0.95), where no point went: all of the prior's variance */
    cr_assert_float_eq(ridge_leverage(&design, &fit, across) / (1 / 20.0 + 18 / fit.lambda), 1, 1e-9);
    ridge_design_free(&design);
}

/* ---- what a prediction is worth ----------------------------------------------------------------------------------- */

/* Standardized errors at new places: their mean square is about 1, and few are above 3, with many points, with one more
 * than a curve through all of them needs, and with fewer than terms. Problems differ more than places within one: the
 * bounds are what 60 of them allow, and would be off by factors (of 5 to 500, when tried) could a curve go through every point. */
static double mean_square_of_errors(int points, int wave, double *above_3)
{
    enum { PROBLEMS = 60, PLACES = 20 };
    double *z = malloc(sizeof *z * (size_t)(points * D)), *value = malloc(sizeof *value * (size_t)points);
    struct targets targets = { 1, one, one, NULL, NULL, NULL };
    double sum = 0;
    *above_3 = 0;
    for (int p = 0; p < PROBLEMS; p++) {
        struct emulator emulator;
        double b[TERMS], term[TERMS], luck[1], place[D], variance;
        normals(wave, 1000000 + p, TERMS, b);
        for (int i = 0; i < points + PLACES; i++) {
            normals(wave + 1, p * 1000 + i, D, i < points ? z + i * D : place);
            normals(wave + 2, p * 1000 + i, 1, luck);
            emulator_terms(D, i < points ? z + i * D : place, term);
            double y = luck[0];
            for (int t = 0; t < TERMS; t++)
                y += b[t] * term[t];
            if (i < points)
                value[i] = y;
            if (i == points - 1)
                cr_assert(emulator_init(&emulator, &targets, D, points, z, value, &err) == 0);
            if (i >= points) {
                double off = y - emulator_predict(&emulator, 0, place, &variance);
                sum += off * off / variance / (PROBLEMS * PLACES);
                *above_3 += (off * off > 9 * variance) / (double)(PROBLEMS * PLACES);
            }
        }
        emulator_free(&emulator);
    }
    free(z);
    free(value);
    return sum;
}

Test(emulator, errors_at_new_places_are_as_large_as_it_says)
{
    static const int points[] = { 200, 20, 11, 10, 8 };
    for (int c = 0; c < 5; c++) {
        double above_3, square = mean_square_of_errors(points[c], 20 + 3 * c, &above_3);
        cr_assert(square > 0.5 && square < 1.5 && above_3 < 0.03, "%d points: %g, %g", points[c], square, above_3);
    }
}

/* ---- the cut ------------------------------------------------------------------------------------------------------ */

/* A linear model of two parameters and three values, run with chance of SD 0.3 at 40 points; observed at a true place with
 * errors 0.2. |e| at the true place is then about a t of 34 degrees of freedom times at most 1: above 3 in
 * 3 x P(|t| > 3) = 1.5 % of problems at most (three targets), 0 to 45 of 2000 at a false-alarm rate below 10^-5. */
static bool truth_is_allowed(int problem, long *allowed, long *asked)
{
    enum { N = 40, T = 3 };
    static const double slope[T][2] = { { 1, 0.5 }, { -0.3, 2 }, { 0.7, 0 } }, error[T] = { 0.2, 0.2, 0.2 };
    double truth[2], noise[T], observed[T], z[N * 2], value[N * T], place[2];
    struct targets targets = { T, observed, error, NULL, NULL, NULL };
    struct emulator emulator;
    bool ok;
    normals(50, problem, 2, truth);
    normals(51, problem, T, noise);
    for (int t = 0; t < T; t++)
        observed[t] = slope[t][0] * truth[0] + slope[t][1] * truth[1] + error[t] * noise[t];
    for (int i = 0; i < N; i++) {
        normals(52, problem * N + i, 2, z + 2 * i);
        normals(53, problem * N + i, T, noise);
        for (int t = 0; t < T; t++)
            value[i * T + t] = slope[t][0] * z[2 * i] + slope[t][1] * z[2 * i + 1] + 0.3 * noise[t];
    }
    cr_assert(emulator_init(&emulator, &targets, 2, N, z, value, &err) == 0);
    ok = emulator_allows(&emulator, truth);
    for (int i = 0; i < 50; i++) {
        bool inside;
        normals(54, problem * 50 + i, 2, place);
        inside = emulator_allows(&emulator, place);
        cr_assert(inside == (emulator_implausibility(&emulator, place) <= EMULATOR_IMPLAUSIBLE));
        *allowed += inside;
        ++*asked;
    }
    emulator_free(&emulator);
    return ok;
}

Test(emulator, the_truth_is_seldom_forbidden)
{
    const double chance = 3 * 2 * gsl_cdf_tdist_Q(3, 34);
    unsigned forbidden = 0;
    long allowed = 0, asked = 0;
    for (int p = 0; p < 2000; p++)
        forbidden += !truth_is_allowed(p, &allowed, &asked);
    cr_assert(gsl_cdf_binomial_Q(forbidden, chance, 2000) > 1e-5, "%u of 2000, %g expected at most", forbidden,
              2000 * chance);
    cr_assert(allowed < asked / 2, "and much of the rest is: %ld of %ld left", allowed, asked); /* a cut that cuts */
}

/* ---- values that do not exist ------------------------------------------------------------------------------------- */

Test(emulator, missing_values_held_out_targets_and_too_few_points)
{
    static const bool held_out[] = { false, true, false, false };
    double z[POINTS * D], value[POINTS * 4], variance, far[] = { 4, 4, 4 };
    struct targets targets = { 4, one, one, NULL, held_out, NULL };
    struct emulator emulator;
    fill_places(60, POINTS, D, z);
    for (int i = 0; i < POINTS; i++) {
        value[4 * i] = i % 3 ? 1 : NAN;                        /* always on target: forbids nothing */
        value[4 * i + 1] = i % 3 ? 1000 + z[i * D] : INFINITY; /* held out, never on target */
        value[4 * i + 2] = i < 2 * (D + 1) - 1 ? 500 : NAN;    /* one value too few */
        value[4 * i + 3] = 1 + z[i * D + 1] / 10;
    }
    cr_assert(emulator_init(&emulator, &targets, D, POINTS, z, value, &err) == 0);
    cr_assert(emulator.num_designs == 2 && emulator.target[0].points == 40 && emulator.target[1].points == 40);
    cr_assert(emulator.target[2].points == 0 && emulator.target[3].points == POINTS);
    cr_assert(isnan(emulator_predict(&emulator, 2, far, &variance)) && isinf(variance));
    cr_assert_float_eq(emulator_predict(&emulator, 1, far, &variance), 1004, 1e-8);
    cr_assert_float_eq(emulator_implausibility(&emulator, far), 0.4, 1e-9);
    cr_assert(isnan(emulator.target[0].fit.r2), "values that are all the same leave nothing to explain");
    emulator_free(&emulator);
    cr_assert(emulator_init(&emulator, &targets, 0, POINTS, z, value, &err) == MILIEU_ERR_USAGE);
    emulator_free(&emulator);
    cr_assert(emulator_init(&emulator, &targets, EMULATOR_MAX_DIMENSIONS + 1, POINTS, z, value, &err) ==
              MILIEU_ERR_USAGE);
    emulator_free(&emulator);
}

Test(emulator, a_pattern_forbids_below_only)
{
    static const bool pattern[] = { true };
    double z[POINTS * D], value[POINTS], error[] = { 0.1 }, high[] = { 3, 0, 0 }, low[] = { -3, 0, 0 };
    struct targets targets = { 1, one, error, pattern, NULL, NULL };
    struct emulator emulator;
    fill_places(61, POINTS, D, z);
    for (int i = 0; i < POINTS; i++)
        value[i] = z[i * D];
    cr_assert(emulator_init(&emulator, &targets, D, POINTS, z, value, &err) == 0);
    cr_assert(emulator_allows(&emulator, high) && emulator_implausibility(&emulator, high) == 0);
    cr_assert(!emulator_allows(&emulator, low));
    emulator_free(&emulator);
}
