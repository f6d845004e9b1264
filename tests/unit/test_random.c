/* Luck: known answers, no collisions, exact quantiles, monotone coupling. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/model/world.h"
#include "statistics.h"

/* ---- the generator -------------------------------------------------------------------------------------------------
 */

/* philox4x32-10, from Random123's kat_vectors. */
static const struct known {
    uint32_t counter[4], key[2], answer[4];
} known[] = {
    { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
    { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
      { 0xffffffff, 0xffffffff },
      { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
    { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
      { 0xa4093822, 0x299f31d0 },
      { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
};

Test(random, philox_gives_its_known_answers)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct words w = random_philox(known[i].counter, known[i].key);
        for (int k = 0; k < 4; k++)
            cr_expect(w.w[k] == known[i].answer[k], "vector %zu word %d: %08x", i, k, w.w[k]);
    }
}

Test(random, fnv_gives_its_known_answers)
{
    cr_expect(random_hash("") == 0xcbf29ce484222325ULL);
    cr_expect(random_hash("a") == 0xaf63dc4c8601ec8cULL);
    cr_expect(random_hash("foobar") == 0x85944171f73967e8ULL);
}

/* A bijection of counters for one key: two equal answers would be two equal counters. */
static int compare_words(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct words));
}

static void expect_no_two_equal(struct words *w, size_t count)
{
    qsort(w, count, sizeof *w, compare_words);
    for (size_t i = 1; i < count; i++)
        cr_assert(memcmp(&w[i - 1], &w[i], sizeof *w) != 0, "two draws of %zu collide", count);
}

static const uint32_t index_sample[] = { 0,
                                         1,
                                         399,
                                         LIST_STRIDE,
                                         39 * LIST_STRIDE + 399,
                                         ENTITY_NURSE,
                                         ENTITY_NURSE + 63,
                                         ENTITY_PHYSICIAN,
                                         ENTITY_PHYSICIAN + 63,
                                         ENTITY_CLINIC,
                                         ENTITY_LIST,
                                         ENTITY_LIST + 39,
                                         ENTITY_STRATEGY,
                                         ENTITY_STRATEGY + 63,
                                         0xffffff };

Test(random, no_two_streams_weeks_blocks_or_entities_collide)
{
    static const int week[] = { -52, -1, 0, 1, 2, 3, 4, 51, 52, 103, 104, 259, 260, 1040 };
    static const uint32_t block[] = { 0, 1, 2, 3, 4, 5, 255, 256, 65535 };
    static const char *const id[] = { "clinic-a", "clinic-b", "centre-1" };
    enum { I = 15, W = 14, B = 9, P = 3 };
    struct luck luck = { 1, 0 };
    struct words *w = malloc((size_t)NUM_STREAMS * I * W * B * P * sizeof *w);
    size_t count = 0;
    cr_assert(w != NULL);
    for (int s = 0; s < NUM_STREAMS; s++)
        for (int p = 0; p < P; p++)
            for (int i = 0; i < I; i++)
                for (int t = 0; t < W; t++)
                    for (int b = 0; b < B; b++)
                        w[count++] = random_words(luck, random_entity(random_place(id[p]), index_sample[i]), week[t],
                                                  (enum stream)s, block[b]);
    expect_no_two_equal(w, count);
    free(w);
}

Test(random, kinds_of_agents_keep_to_their_own_indices)
{
    uint32_t last_patient = (MAX_LISTS - 1) * LIST_STRIDE + (uint32_t)param_table[PARAM_per_clinic].max - 1;
    cr_expect(param_table[PARAM_per_clinic].max <= LIST_STRIDE);
    cr_expect(last_patient < ENTITY_NURSE);
    cr_expect(ENTITY_NURSE + SETTING_MAX_NURSES <= ENTITY_PHYSICIAN);
    cr_expect(ENTITY_PHYSICIAN + SETTING_MAX_PHYSICIANS <= ENTITY_CLINIC);
    cr_expect(ENTITY_CLINIC < ENTITY_LIST && ENTITY_LIST + MAX_LISTS <= ENTITY_STRATEGY);
    cr_expect(ENTITY_STRATEGY + SETTING_MAX_STRATEGIES <= 0x1000000U);
    cr_expect(NUM_STREAMS <= 65536);
}

Test(random, place_keys_of_a_country_are_distinct)
{
    enum { COUNT = 40000 };
    static uint64_t key[COUNT];
    static struct words as_words[COUNT];
    for (int i = 0; i < COUNT; i++) {
        char id[32];
        snprintf(id, sizeof id, i % 2 ? "clinic-%05d" : "region-%05d", i / 2);
        key[i] = random_place(id);
        cr_assert(key[i] < 1ULL << 40);
        memset(&as_words[i], 0, sizeof as_words[i]);
        memcpy(&as_words[i], &key[i], sizeof key[i]);
    }
    expect_no_two_equal(as_words, COUNT);
}

Test(random, seed_draw_and_replication_each_change_the_luck)
{
    struct words w[64];
    int count = 0;
    for (uint32_t seed = 1; seed <= 4; seed++)
        for (int draw = 0; draw < 4; draw++)
            for (int replication = 0; replication < 4; replication++)
                w[count++] = random_words(simulation_luck(seed, draw, replication), 1, 0, STREAM_USE, 0);
    expect_no_two_equal(w, 64);
    cr_expect(simulation_luck(7, 65535, 65535).run == 0xffffffffU);
}

Test(random, the_same_call_gives_the_same_words)
{
    struct words a = random_words((struct luck){ 3, 4 }, 5, 6, STREAM_RISK, 7);
    struct words b = random_words((struct luck){ 3, 4 }, 5, 6, STREAM_RISK, 7);
    cr_expect(memcmp(&a, &b, sizeof a) == 0);
    a = random_words((struct luck){ 3, 4 }, 5, 6, STREAM_RISK, 0);
    cr_expect(random_uniform((struct luck){ 3, 4 }, 5, 6, STREAM_RISK) == random_uniform_of(a.w[0]));
}

/* False-alarm rate 7e-6 for each of the 16 numbers. */
Test(random, words_are_uniform_and_do_not_follow_one_another)
{
    long cell[4][16] = { { 0 } };
    double even[16];
    struct line next[4] = { { 0 } };
    double before[4] = { 0.5, 0.5, 0.5, 0.5 };
    for (int i = 0; i < 16; i++)
        even[i] = 1.0 / 16;
    for (int t = 0; t < 100000; t++) {
        struct words w = random_words((struct luck){ 1, 2 }, 3, t, STREAM_USE, 0);
        for (int k = 0; k < 4; k++) {
            double u = random_uniform_of(w.w[k]);
            cell[k][(int)(16 * u)]++;
            line_add(&next[k], before[k], u);
            before[k] = u;
        }
    }
    for (int k = 0; k < 4; k++) {
        cr_expect(fabs(counts_z(cell[k], even, 16)) < 6, "word %d not uniform", k);
        cr_expect(fabs(line_correlation(&next[k])) * sqrt(100000) < Z_ALARM, "word %d follows the last", k);
    }
}

/* ---- quantiles --------------------------------------------------------------------------------------------------- */

Test(random, uniforms_lie_strictly_between_0_and_1)
{
    cr_expect(random_uniform_of(0) > 0 && random_uniform_of(0xffffffffU) < 1);
    cr_expect(random_uniform_of(0x80000000U) > 0.5 && random_uniform_of(0x7fffffffU) < 0.5);
}

static void expect_normal(double u)
{
    double exact = gsl_cdf_ugaussian_Pinv(u), ours = random_normal_of(u);
    cr_assert(fabs(ours - exact) <= 1.2e-9 * fabs(exact) + 1e-12, "u %.17g: %.12g for %.12g", u, ours, exact);
}

Test(random, normal_quantile_agrees_with_gsl)
{
    double smallest = random_uniform_of(0);
    for (int i = 1; i < 20000; i++)
        expect_normal(i / 20000.0);
    for (double u = smallest; u < 0.5; u *= 1.1) {
        expect_normal(u);
        expect_normal(1 - u);
    }
}

Test(random, normal_quantile_rises)
{
    double before = random_normal_of(random_uniform_of(0));
    for (uint32_t i = 1; i < 65536; i++) {
        double z = random_normal_of(random_uniform_of(i << 16));
        cr_assert(z > before, "falls at %u", i);
        before = z;
    }
}

/* Inversion: count k exactly where P(k - 1) < u <= P(k); `slack` is for the rounding of the sums. */
static bool is_quantile(double u, double below, double upto)
{
    const double slack = 1e-12;
    return u > below - slack && u <= upto + slack;
}

Test(random, poisson_counts_are_the_quantiles_of_gsls_distribution)
{
    static const double mean[] = { 1e-9, 0.001, 0.02, 0.3, 1, 3.7, 12, 60 };
    for (size_t m = 0; m < sizeof mean / sizeof *mean; m++)
        for (int i = 0; i < 2000; i++) {
            double u = (i + 0.5) / 2000;
            int k = random_poisson_of(u, mean[m], exp(-mean[m]));
            cr_assert(is_quantile(u, k > 0 ? gsl_cdf_poisson_P((unsigned)k - 1, mean[m]) : 0,
                                  gsl_cdf_poisson_P((unsigned)k, mean[m])),
                      "mean %g, u %g: %d", mean[m], u, k);
        }
}

/* False-alarm rate 7e-6 (chi-square of 10 cells). */
Test(random, poisson_counts_follow_gsls_density)
{
    const double mean = 2.5;
    long count[10] = { 0 };
    double chance[10], tail = 1;
    for (unsigned k = 0; k < 9; k++) {
        chance[k] = gsl_ran_poisson_pdf(k, mean);
        tail -= chance[k];
    }
    chance[9] = tail;
    for (int t = 0; t < 200000; t++) {
        int k = random_poisson_of(random_uniform((struct luck){ 1, 1 }, 9, t, STREAM_USE), mean, exp(-mean));
        count[k < 9 ? k : 9]++;
    }
    cr_expect(fabs(counts_z(count, chance, 10)) < 6);
}

Test(random, poisson_limits)
{
    cr_expect(random_poisson_of(random_uniform_of(0xffffffffU), 0, 1) == 0);
    cr_expect(random_poisson_of(0.5, 1000, exp(-1000.0)) == 255, "cut at 255");
    cr_expect(random_poisson_of(random_uniform_of(0), 1, exp(-1)) == 0);
}

Test(random, the_short_way_to_a_poisson_count_is_the_same_count)
{
    for (int i = 0; i < 4000; i++)
        for (double mean = 0; mean < 3; mean = 1.3 * mean + 0.0007) {
            double u = (i + 0.5) / 4000;
            cr_assert(random_poisson(u, mean) == random_poisson_of(u, mean, exp(-mean)), "u %g, mean %g", u, mean);
        }
}

Test(random, a_lower_rate_never_adds_a_visit)
{
    for (int i = 0; i < 1000; i++) {
        double u = (i + 0.5) / 1000;
        int before = 0;
        for (double mean = 0.001; mean < 20; mean *= 1.3) {
            int k = random_poisson_of(u, mean, exp(-mean));
            cr_assert(k >= before, "u %g, mean %g", u, mean);
            before = k;
        }
    }
}

Test(random, binomial_counts_are_the_quantiles_of_gsls_distribution)
{
    static const double p[] = { 1e-6, 0.02, 0.17, 0.5, 0.83, 0.999 };
    for (int n = 1; n <= 40; n += 3)
        for (size_t m = 0; m < sizeof p / sizeof *p; m++)
            for (int i = 0; i < 500; i++) {
                double u = (i + 0.5) / 500;
                int k = random_binomial_of(u, n, p[m]);
                cr_assert(is_quantile(u, k > 0 ? gsl_cdf_binomial_P((unsigned)k - 1, p[m], (unsigned)n) : 0,
                                      gsl_cdf_binomial_P((unsigned)k, p[m], (unsigned)n)),
                          "n %d, p %g, u %g: %d", n, p[m], u, k);
            }
}

Test(random, binomial_limits_and_order)
{
    cr_expect(random_binomial_of(0.999999, 0, 0.5) == 0);
    cr_expect(random_binomial_of(0.999999, 10, 0) == 0);
    cr_expect(random_binomial_of(0.000001, 10, 1) == 10);
    for (int i = 0; i < 1000; i++) {
        double u = (i + 0.5) / 1000;
        for (int n = 0; n < 12; n++)
            for (double p = 0; p < 0.95; p += 0.1) {
                cr_assert(random_binomial_of(u, n, p) <= random_binomial_of(u, n, p + 0.05));
                cr_assert(random_binomial_of(u, n, p) <= random_binomial_of(u, n + 1, p));
            }
    }
}

/* ---- behind GSL -------------------------------------------------------------------------------------------------- */

Test(random, gsl_generator_gives_the_blocks_in_order)
{
    gsl_rng *rng = random_gsl_new((struct luck){ 5, 6 }, 7, 8, STREAM_VALUE);
    cr_assert(rng != NULL);
    for (uint32_t block = 0; block < 5; block++) {
        struct words w = random_words((struct luck){ 5, 6 }, 7, 8, STREAM_VALUE, block);
        for (int k = 0; k < 4; k++)
            cr_expect(gsl_rng_get(rng) == w.w[k]);
    }
    gsl_rng_free(rng);
}

/* False-alarm rate 7e-6 each. */
Test(random, gsls_samplers_work_on_it)
{
    gsl_rng *rng = random_gsl_new((struct luck){ 5, 6 }, 7, 8, STREAM_VALUE);
    struct sample gamma = { 0 }, uniform = { 0 };
    cr_assert(rng != NULL);
    for (int i = 0; i < 100000; i++) {
        sample_add(&gamma, gsl_ran_gamma(rng, 2, 3));
        sample_add(&uniform, gsl_rng_uniform_pos(rng));
    }
    cr_expect(fabs(sample_z(&gamma, 6)) < Z_ALARM);
    cr_expect(fabs(sample_z(&uniform, 0.5)) < Z_ALARM);
    gsl_rng_free(rng);
}
