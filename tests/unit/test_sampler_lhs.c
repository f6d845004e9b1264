/* Latin hypercubes: strata, their luck, maximin. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sampler_help.h"
#include "statistics.h"

static struct sample_plan plan_of(int n, int d, uint32_t seed, bool maximin)
{
    return (struct sample_plan){
        .method = SAMPLER_LATIN_HYPERCUBE, .n = (uint64_t)n, .dimensions = d, .seed = seed, .maximin = maximin
    };
}

static double *hypercube(int n, int d, uint32_t seed, bool maximin)
{
    struct sample_plan plan = plan_of(n, d, seed, maximin);
    return design_points(&plan);
}

static void expect_one_in_each_stratum(int n, int d, bool maximin)
{
    double *u = hypercube(n, d, 1, maximin);
    int *hits = calloc((size_t)n * d, sizeof *hits);
    for (int i = 0; i < n * d; i++) {
        cr_assert(u[i] > 0 && u[i] < 1);
        hits[i % d * n + (int)(u[i] * n)]++;
    }
    for (int i = 0; i < n * d; i++)
        cr_assert(hits[i] == 1, "%d x %d, column %d, stratum %d: %d", n, d, i / n, i % n, hits[i]);
    free(hits);
    free(u);
}

Test(lhs, each_column_has_one_point_in_each_stratum)
{
    static const int shape[][2] = { { 1, 1 }, { 1, 7 }, { 2, 3 }, { 3, 1 }, { 7, 5 }, { 100, 43 }, { 100000, 4 } };
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
        expect_one_in_each_stratum(shape[i][0], shape[i][1], false);
}

Test(lhs, maximin_keeps_one_point_in_each_stratum)
{
    static const int shape[][2] = { { 1, 1 }, { 1, 7 }, { 2, 3 }, { 3, 1 }, { 7, 5 }, { 50, 4 }, { 2000, 2 } };
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
        expect_one_in_each_stratum(shape[i][0], shape[i][1], true);
}

/* The number of a permutation of 4, 0 .. 23. */
static int permutation_number(const double *u)
{
    int number = 0;
    for (int i = 0; i < 4; i++) {
        int smaller = 0;
        for (int j = i + 1; j < 4; j++)
            smaller += u[j] < u[i];
        number = number * (4 - i) + smaller;
    }
    return number;
}

/* False-alarm rate: chi-square of 23 degrees over 23 + 6 sqrt(46) once in 500,000 changes of luck. */
Test(lhs, every_permutation_is_as_likely)
{
    enum { COLUMNS = 10000 };
    long count[24] = { 0 };
    double even[24], *u;
    for (uint32_t seed = 0; seed < 5; seed++) {
        u = hypercube(4, COLUMNS, seed, false);
        for (int k = 0; k < COLUMNS; k++) {
            double column[4] = { u[k], u[COLUMNS + k], u[2 * COLUMNS + k], u[3 * COLUMNS + k] };
            count[permutation_number(column)]++;
        }
        free(u);
    }
    for (int i = 0; i < 24; i++)
        even[i] = 1.0 / 24;
    cr_expect(fabs(counts_z(count, even, 24)) < 6, "z %.2f", counts_z(count, even, 24));
}

/* 190 correlations at 7e-6: a false alarm in 1 of 770 changes of luck. */
Test(lhs, columns_do_not_follow_one_another)
{
    enum { N = 2000, D = 20 };
    double *u = hypercube(N, D, 2, false);
    for (int j = 0; j < D; j++)
        for (int k = 0; k < j; k++) {
            struct line line = { 0 };
            for (int i = 0; i < N; i++)
                line_add(&line, u[i * D + j], u[i * D + k]);
            cr_expect(fabs(line_correlation(&line)) * sqrt(N) < Z_ALARM, "columns %d and %d", j, k);
        }
    free(u);
}

/* False-alarm rate: chi-square of 15 degrees over 15 + 6 sqrt(30) once in 100,000 changes of luck. */
Test(lhs, places_inside_strata_are_uniform)
{
    enum { N = 1000, D = 20 };
    double *u = hypercube(N, D, 3, false), even[16];
    long count[16] = { 0 };
    for (int i = 0; i < N * D; i++)
        count[(int)(16 * (u[i] * N - floor(u[i] * N)))]++;
    for (int i = 0; i < 16; i++)
        even[i] = 1.0 / 16;
    cr_expect(fabs(counts_z(count, even, 16)) < 6, "z %.2f", counts_z(count, even, 16));
    free(u);
}

Test(lhs, the_same_plan_gives_the_same_bits_and_another_seed_others)
{
    for (int maximin = 0; maximin < 2; maximin++) {
        double *a = hypercube(40, 3, 9, maximin), *b = hypercube(40, 3, 9, maximin), *c = hypercube(40, 3, 10, maximin);
        cr_expect(memcmp(a, b, 120 * sizeof *a) == 0);
        cr_expect(memcmp(a, c, 120 * sizeof *a) != 0);
        free(a);
        free(b);
        free(c);
    }
}

/* A design is the same on any machine and in any version: its strata and a place, written down. */
Test(lhs, strata_are_known)
{
    struct sample_plan plan = plan_of(8, 2, 1, false);
    static const uint32_t plain[16] = { 6, 3, 7, 2, 0, 6, 2, 4, 5, 0, 1, 1, 3, 5, 4, 7 };
    static const uint32_t apart[16] = { 7, 3, 1, 1, 0, 6, 2, 4, 5, 5, 4, 2, 3, 7, 6, 0 };
    struct sampler sampler;
    double u[2];
    cr_assert(sampler_init(&sampler, &plan, NULL) == 0);
    cr_expect(memcmp(sampler.stratum, plain, sizeof plain) == 0);
    sampler_point(&sampler, 7, u);
    cr_expect(u[0] == 0x1.1dc4a4a0ap-1 && u[1] == 0x1.edb01a5bap-1, "%a %a", u[0], u[1]);
    sampler_free(&sampler);
    plan.maximin = true;
    cr_assert(sampler_init(&sampler, &plan, NULL) == 0);
    cr_expect(memcmp(sampler.stratum, apart, sizeof apart) == 0);
    sampler_free(&sampler);
}

/* ---- maximin ----------------------------------------------------------------------------------------------------- */

static void expect_further_apart(int n, int d, int seeds, double times)
{
    for (uint32_t seed = 0; seed < (uint32_t)seeds; seed++) {
        double *plain = hypercube(n, d, seed, false), *apart = hypercube(n, d, seed, true);
        double ratio = sqrt(closest_two(apart, n, d) / closest_two(plain, n, d));
        cr_expect(ratio > times, "%d x %d, seed %u: %.2f times as far", n, d, seed, ratio);
        free(plain);
        free(apart);
    }
}

Test(lhs, maximin_moves_the_closest_points_apart)
{
    expect_further_apart(10, 2, 20, 1.0);
    expect_further_apart(20, 4, 20, 1.2);
    expect_further_apart(100, 5, 3, 2.0);
    expect_further_apart(30, 43, 3, 1.15);
    expect_further_apart(2000, 2, 1, 2.0);
}

/* The square of the smallest distance of n points (i, column[i]), in strata. */
static int closest_of(const int *column, int n)
{
    int closest = 2 * n * n;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) {
            int squared = (i - j) * (i - j) + (column[i] - column[j]) * (column[i] - column[j]);
            closest = squared < closest ? squared : closest;
        }
    return closest;
}

/* The best there is: every order of column[from..n-1] tried. */
static int best_of(int *column, int n, int from)
{
    int best = from == n ? closest_of(column, n) : 0;
    for (int i = from; i < n; i++) {
        int kept = column[from], tried;
        column[from] = column[i];
        column[i] = kept;
        tried = best_of(column, n, from + 1);
        best = tried > best ? tried : best;
        column[i] = column[from];
        column[from] = kept;
    }
    return best;
}

/* Exchanges one at a time end in a best of their own: the very best from three seeds of ten at least. */
Test(lhs, maximin_finds_the_best_of_few_points)
{
    for (int n = 3; n <= 7; n++) {
        int column[7] = { 0, 1, 2, 3, 4, 5, 6 }, best = best_of(column, n, 0), found = 0;
        for (uint32_t seed = 0; seed < 10; seed++) {
            double *u = hypercube(n, 2, seed, true);
            found += lround(closest_two(u, n, 2) * n * n) == best;
            free(u);
        }
        cr_expect(found >= 3, "%d points: the best, %d, from %d of 10 seeds", n, best, found);
    }
}
