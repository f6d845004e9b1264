/* Sobol' points: the table, nets, the scramble. That the words are scipy's bit by bit is tests/system/samplers.py. */
#include <criterion/criterion.h>
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <stdlib.h>

#include "sampler_help.h"
#include "sim/model/random.h"
#include "statistics.h"

static struct sobol all; /* every dimension */

static void begin(void)
{
    cr_assert(sobol_init(&all, SOBOL_MAX_DIMENSIONS, NULL) == 0);
}

static void end(void)
{
    sobol_free(&all);
    sobol_free(&all);
}

TestSuite(sobol, .init = begin, .fini = end);

/* ---- the table --------------------------------------------------------------------------------------------------- */

struct row {
    int s, a, m[18];
};

static const struct row row[] = {
#define X(degree, inner, ...) { degree, inner, { __VA_ARGS__ } },
#include "sim/study/sobol.def"
#undef X
};

#define NUM_ROWS ((int)(sizeof row / sizeof *row))

/* The order of x modulo the polynomial: 2^s - 1 when it is primitive. */
static uint32_t order_of_x(const struct row *r)
{
    uint32_t polynomial = 1U << r->s | (uint32_t)r->a << 1 | 1, x = 1, order = 0;
    do {
        x <<= 1;
        if (x >> r->s & 1)
            x ^= polynomial;
        order++;
    } while (x != 1 && order <= 1U << r->s);
    return order;
}

Test(sobol, every_polynomial_is_primitive_and_there_once)
{
    cr_assert(NUM_ROWS == SOBOL_MAX_DIMENSIONS - 1);
    for (int i = 0; i < NUM_ROWS; i++) {
        cr_assert(order_of_x(&row[i]) == (1U << row[i].s) - 1, "row %d", i);
        if (i > 0)
            cr_assert(row[i - 1].s < row[i].s || (row[i - 1].s == row[i].s && row[i - 1].a < row[i].a), "row %d", i);
    }
}

Test(sobol, directions_are_odd_and_in_range)
{
    for (int i = 0; i < NUM_ROWS; i++)
        for (int k = 0; k < 18; k++)
            cr_assert(k < row[i].s ? row[i].m[k] % 2 == 1 && row[i].m[k] < 2 << k : row[i].m[k] == 0, "row %d m_%d", i,
                      k + 1);
}

/* Every dimension a permutation of the strata of 2^-16: the matrix of its directions has full rank. */
Test(sobol, every_dimension_has_directions_of_full_rank)
{
    for (int d = 0; d < SOBOL_MAX_DIMENSIONS; d++)
        for (int k = 0; k < SOBOL_BITS; k++) {
            uint32_t v = all.direction[d][k];
            cr_assert((v >> (31 - k) & 1) == 1 && (k == 31 || v << (k + 1) == 0), "dimension %d direction %d", d, k);
        }
}

/* ---- words: Joe and Kuo's example, notes on generating Sobol' sequences ------------------------------------------- */

Test(sobol, first_points_are_known)
{
    static const double known[8][3] = { { 0, 0, 0 },          { .5, .5, .5 },       { .75, .25, .25 },
                                        { .25, .75, .75 },    { .375, .375, .625 }, { .875, .875, .125 },
                                        { .625, .125, .875 }, { .125, .625, .375 } };
    for (uint32_t i = 0; i < 8; i++)
        for (int d = 0; d < 3; d++)
            cr_expect(sobol_word(&all, i, d) / 4294967296.0 == known[i][d], "point %u dimension %d", i, d);
}

/* ---- nets -------------------------------------------------------------------------------------------------------- */

static double *scrambled(int n, int d, uint32_t seed)
{
    struct sample_plan plan = { .method = SAMPLER_SOBOL, .n = (uint64_t)n, .dimensions = d, .seed = seed };
    return design_points(&plan);
}

Test(sobol, each_dimension_of_2_to_the_k_points_has_one_in_each_of_2_to_the_k_bins)
{
    for (int k = 0; k <= 10; k++) {
        int n = 1 << k, *hits = calloc((size_t)n * SOBOL_MAX_DIMENSIONS, sizeof *hits);
        double *u = scrambled(n, SOBOL_MAX_DIMENSIONS, 5);
        for (int i = 0; i < n * SOBOL_MAX_DIMENSIONS; i++)
            hits[i % SOBOL_MAX_DIMENSIONS * n + (int)(u[i] * n)]++;
        for (int i = 0; i < n * SOBOL_MAX_DIMENSIONS; i++)
            cr_assert(hits[i] == 1, "%d points, dimension %d, bin %d: %d", n, i / n, i % n, hits[i]);
        free(hits);
        free(u);
    }
}

/* Each rectangle of 2^-a by 2^-b, a + b = m - t, holds 2^t of the 2^m points. */
static void expect_net(const double *u, int m, int d, int j, int k, int t)
{
    for (int a = 0; a <= m - t; a++) {
        int b = m - t - a, hits[1 << 10] = { 0 };
        for (int i = 0; i < 1 << m; i++)
            hits[(int)(u[i * d + j] * (1 << a)) << b | (int)(u[i * d + k] * (1 << b))]++;
        for (int i = 0; i < 1 << (m - t); i++)
            cr_assert(hits[i] == 1 << t, "dimensions %d and %d, 2^-%d x 2^-%d: %d", j, k, a, b, hits[i]);
    }
}

static int degree(int dimension)
{
    return dimension == 0 ? 1 : row[dimension - 1].s;
}

/* Sobol' (1967): t is at most the sum of degree - 1; for the first two dimensions 0. */
Test(sobol, pairs_of_the_first_dimensions_are_nets)
{
    enum { M = 10, D = 10 };
    for (uint32_t seed = 0; seed < 4; seed++) {
        double *u = scrambled(1 << M, D, seed);
        for (int j = 0; j < D; j++)
            for (int k = 0; k < j; k++)
                expect_net(u, M, D, j, k, degree(j) + degree(k) - 2);
        free(u);
    }
}

/* Of 256 points. No luck but the two seeds: over seeds 1 to 20 the scrambled net has 0.0017 to 0.0018. */
Test(sobol, worst_pair_of_40_dimensions_is_far_better_than_gsl_and_luck)
{
    static double gsl[256 * 40], luck[256 * 40];
    gsl_qrng *q = gsl_qrng_alloc(gsl_qrng_sobol, 40);
    double *u = scrambled(256, 40, 1), worst = worst_pair_discrepancy(u, 256, 40);
    for (int i = 0; i < 256; i++)
        gsl_qrng_get(q, gsl + i * 40);
    for (int i = 0; i < 256 * 40; i++)
        luck[i] = random_uniform((struct luck){ 1, 0 }, (uint64_t)i, 0, STREAM_VALUE);
    cr_expect(worst < 0.002, "scrambled: %.5f", worst);
    cr_expect(worst_pair_discrepancy(gsl, 256, 40) > 3 * worst);
    cr_expect(worst_pair_discrepancy(luck, 256, 40) > 2 * worst);
    gsl_qrng_free(q);
    free(u);
}

/* ---- pure -------------------------------------------------------------------------------------------------------- */

Test(sobol, more_points_and_more_dimensions_keep_those_there_were)
{
    double *few = scrambled(64, 5, 3), *more = scrambled(128, 9, 3);
    for (int i = 0; i < 64; i++)
        for (int k = 0; k < 5; k++)
            cr_assert(few[i * 5 + k] == more[i * 9 + k]);
    free(few);
    free(more);
}

Test(sobol, places_lie_strictly_between_0_and_1)
{
    for (uint32_t seed = 0; seed < 2000; seed++)
        for (uint32_t i = 0; i < 16; i++) {
            double u = sobol_scrambled(&all, seed, i * 0x10001111U, (int)(seed % SOBOL_MAX_DIMENSIONS));
            cr_assert(u > 0 && u < 1);
        }
}

/* ---- the scramble ------------------------------------------------------------------------------------------------ */

static int digits_shared(uint32_t a, uint32_t b)
{
    int k = 0;
    while (k < 32 && (a ^ b) >> (31 - k) == 0)
        k++;
    return k;
}

/* Nested: as many first digits in common after as before, so that nets stay nets and no two points meet. */
Test(sobol, scramble_keeps_how_many_digits_two_words_share)
{
    for (int t = 0; t < 20000; t++) {
        struct words w = random_words((struct luck){ 1, 2 }, (uint64_t)t, 0, STREAM_VALUE, 0);
        int shared = t % 33;
        uint32_t mask = shared == 32 ? 0 : 0xffffffffU >> shared, other = (w.w[0] & ~mask) | (w.w[1] & mask);
        uint32_t a = sobol_scramble(w.w[0], w.w[2], t % 50), b = sobol_scramble(other, w.w[2], t % 50);
        cr_assert(digits_shared(a, b) == digits_shared(w.w[0], other), "%08x and %08x", w.w[0], other);
    }
}

/* By how many seeds a digit is turned, for each digit and two paths; and by how many it agrees with that of the other
 * path, the digit before and the one seven before, another dimension, the next seed. 223 numbers at 7e-6 each: a false
 * alarm in 1 of 660 changes of luck. */
Test(sobol, scramble_turns_each_digit_by_a_coin_of_its_own_path)
{
    enum { SEEDS = 20000 };
    static const uint32_t path[2] = { 0, 0xd5555555 };
    double turned[2][32] = { { 0 } }, agree[32] = { 0 }, with_last[32] = { 0 };
    double with_7[32] = { 0 }, with_8[32] = { 0 }, with_next[32] = { 0 };
    for (uint32_t seed = 0; seed < SEEDS; seed++) {
        uint32_t t[2] = { sobol_scramble(path[0], seed, 7) ^ path[0], sobol_scramble(path[1], seed, 7) ^ path[1] };
        uint32_t in_8 = sobol_scramble(path[0], seed, 8) ^ path[0],
                 next = sobol_scramble(path[0], seed + 1, 7) ^ path[0];
        for (int k = 0; k < 32; k++) {
            turned[0][k] += t[0] >> k & 1;
            turned[1][k] += t[1] >> k & 1;
            agree[k] += (t[0] >> k & 1) == (t[1] >> k & 1);
            with_7[k] += (t[0] >> k & 1) == (t[0] >> ((k + 7) & 31) & 1);
            with_8[k] += (t[0] >> k & 1) == (in_8 >> k & 1);
            with_next[k] += (t[0] >> k & 1) == (next >> k & 1);
            with_last[k] += (t[0] >> k & 1) == (t[0] >> ((k + 1) & 31) & 1);
        }
    }
    for (int k = 0; k < 32; k++) {
        cr_expect(fabs(share_z(turned[0][k], SEEDS, 0.5)) < Z_ALARM &&
                  fabs(share_z(turned[1][k], SEEDS, 0.5)) < Z_ALARM);
        cr_expect(fabs(share_z(with_last[k], SEEDS, 0.5)) < Z_ALARM, "digit %d and the one before", k);
        cr_expect(fabs(share_z(with_7[k], SEEDS, 0.5)) < Z_ALARM, "digit %d and the one seven before", k);
        cr_expect(fabs(share_z(with_8[k], SEEDS, 0.5)) < Z_ALARM, "digit %d in another dimension", k);
        cr_expect(fabs(share_z(with_next[k], SEEDS, 0.5)) < Z_ALARM, "digit %d of the next seed", k);
        if (k < 31) /* the first digit is one node for both */
            cr_expect(fabs(share_z(agree[k], SEEDS, 0.5)) < Z_ALARM, "digit %d", k);
    }
    cr_expect(agree[31] == SEEDS);
}

/* A design is the same on any machine and in any version: some words, written down,
 * found by a program in another language too. */
Test(sobol, scramble_is_known)
{
    cr_expect(sobol_scramble(0, 0, 0) == 0xed132693U, "%08x", sobol_scramble(0, 0, 0));
    cr_expect(sobol_scramble(0xffffffff, 1, 0) == 0x9167a164U, "%08x", sobol_scramble(0xffffffff, 1, 0));
    cr_expect(sobol_scramble(0x12345678, 0xffffffff, 1199) == 0xf1cc3a7bU, "%08x",
              sobol_scramble(0x12345678, 0xffffffff, 1199));
}

/* Product of two coordinates, mean of 64 points, 2,000 seeds: right on average (false-alarm rate 7e-6), and with a
 * variance under a fortieth of that of 64 points by luck, (1/9 - 1/16) / 64. */
Test(sobol, scrambled_means_are_unbiased_and_precise)
{
    struct sample mean = { 0 };
    for (uint32_t seed = 0; seed < 2000; seed++) {
        double sum = 0;
        for (uint32_t i = 0; i < 64; i++)
            sum += sobol_scrambled(&all, seed, i, 3) * sobol_scrambled(&all, seed, i, 8);
        sample_add(&mean, sum / 64);
    }
    cr_expect(fabs(sample_z(&mean, 0.25)) < Z_ALARM, "mean %.6f z %.2f", sample_mean(&mean), sample_z(&mean, 0.25));
    cr_expect(pow(sample_sd(&mean), 2) < (1.0 / 9 - 1.0 / 16) / 64 / 40, "variance %g, by luck %g",
              pow(sample_sd(&mean), 2), (1.0 / 9 - 1.0 / 16) / 64);
}
