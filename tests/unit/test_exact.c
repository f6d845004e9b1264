/* link: -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc */
/* Sums and histograms that do not depend on order, against exact values. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/study/exact.h"
#include "sim/study/sketch.h"

static long failing = -1; /* the allocation from now that fails */

static bool fails_now(void)
{
    return failing >= 0 && failing-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : __real_calloc(count, size);
}
void *__wrap_realloc(void *block, size_t size)
{
    return fails_now() ? NULL : __real_realloc(block, size);
}

/* ---- numbers to add: the same ones each time ---- */

enum { N = 20000 };

static uint64_t mixed(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static double uniform(uint64_t i)
{
    return (double)(mixed(i) >> 11) * 0x1p-53;
}

/* Many sizes, both signs, now and then something that is no number. */
static void fill(double x[N])
{
    for (uint64_t i = 0; i < N; i++)
        x[i] = (uniform(i) - 0.4) * exp2(40 * uniform(i + N) - 20);
    x[17] = NAN, x[18] = INFINITY, x[19] = -INFINITY, x[20] = 2147483648.0, x[21] = -0.0;
}

static void shuffle(double x[N], uint64_t seed)
{
    for (uint64_t i = N - 1; i > 0; i--) {
        uint64_t j = mixed(seed * N + i) % (i + 1);
        double keep = x[i];
        x[i] = x[j];
        x[j] = keep;
    }
}

Test(exact, any_order_and_any_split_give_the_same_bits)
{
    static double x[N];
    struct exact first = { 0 };
    fill(x);
    for (int i = 0; i < N; i++)
        exact_add(&first, x[i]);
    cr_assert(first.apart == 4 && first.count == N - 4);
    for (uint64_t trial = 1; trial <= 5; trial++) {
        struct exact part[7] = { 0 }, all = { 0 };
        shuffle(x, trial);
        for (int i = 0; i < N; i++)
            exact_add(&part[mixed((uint64_t)i * trial) % 7], x[i]);
        for (int i = 0; i < 7; i++)
            exact_merge(&all, &part[(i + (int)trial) % 7]);
        cr_assert(memcmp(&all, &first, sizeof all) == 0);
    }
}

Test(exact, plain_numbers_give_plain_answers)
{
    struct exact e = { 0 };
    cr_assert(isnan(exact_mean(&e)) && isnan(exact_variance(&e)));
    exact_add(&e, 1.5);
    cr_assert(exact_mean(&e) == 1.5 && isnan(exact_variance(&e)));
    for (int i = 2; i <= 100; i++)
        exact_add(&e, i + 0.5);
    cr_assert(exact_mean(&e) == 51);
    cr_assert(exact_variance(&e) == 100 * 101 / 12.0);
}

Test(exact, a_large_mean_does_not_swallow_a_small_spread)
{
    struct exact e = { 0 }, negative = { 0 };
    for (int i = 0; i < 1000; i++) {
        exact_add(&e, 2147483000.0 + (i % 2 == 0 ? 0x1p-20 : -0x1p-20));
        exact_add(&negative, -2147483000.0 + (i % 2 == 0 ? 0x1p-20 : -0x1p-20));
    }
    cr_assert(exact_mean(&e) == 2147483000.0 && exact_mean(&negative) == -2147483000.0);
    cr_assert(fabs(exact_variance(&e) - 0x1p-40 * 1000 / 999) < 1e-24);
    cr_assert(exact_variance(&negative) == exact_variance(&e));
}

Test(exact, the_largest_and_most_numbers_do_not_overflow)
{
    double big = nextafter(EXACT_RANGE, 0);
    struct exact e = { 0 };
    exact_add(&e, big);
    cr_assert(e.count == 1);
    for (int i = 0; i < 25; i++) { /* 2^25 of them, by doubling */
        struct exact same = e;
        exact_merge(&e, &same);
    }
    cr_assert(e.count == 1u << 25 && exact_variance(&e) == 0);
    cr_assert(fabs(exact_mean(&e) - big) <= EXACT_STEP);
    e = (struct exact){ 0 };
    exact_add(&e, big);
    exact_add(&e, -big);
    for (int i = 0; i < 24; i++) {
        struct exact same = e;
        exact_merge(&e, &same);
    }
    cr_assert(exact_mean(&e) == 0);
    cr_assert(fabs(exact_variance(&e) / (big * big) - 1) < 1e-7);
}

Test(exact, a_number_is_kept_to_half_a_step)
{
    for (uint64_t i = 0; i < 10000; i++) {
        struct exact e = { 0 };
        double x = (uniform(i) - 0.5) * 100;
        exact_add(&e, x);
        cr_assert(fabs(exact_mean(&e) - x) <= EXACT_STEP / 2);
    }
}

/* ---- the sketch ---- */

static bool same_buckets(const struct sketch *a, const struct sketch *b)
{
    struct sketch_bucket p, q;
    int i = 0, j = 0;
    bool more;
    do {
        more = sketch_next(a, &i, &p);
        if (more != sketch_next(b, &j, &q) || (more && (p.key != q.key || p.count != q.count)))
            return false;
    } while (more);
    return a->count == b->count && a->apart == b->apart;
}

Test(sketch, buckets_are_in_the_order_of_numbers_and_narrow)
{
    const int least = sketch_key(-INFINITY), most = sketch_key(INFINITY);
    double before = sketch_middle((uint16_t)least);
    cr_assert(before == -INFINITY && most < SKETCH_BUCKETS);
    for (int key = least + 1; key <= most; key++) {
        double middle = sketch_middle((uint16_t)key);
        cr_assert(middle > before || key == SKETCH_BUCKETS / 2, "%d", key); /* 0, and what is below and next to it */
        cr_assert(sketch_key((float)middle) == key || fabs(middle) < 1.2e-38 || fabs(middle) > 3.3e38, "%d", key);
        before = middle;
    }
    cr_assert(sketch_key(0.0f) == sketch_key(-0.0f) && sketch_middle(sketch_key(0.0f)) == 0);
    cr_assert(isinf(sketch_middle(sketch_key(INFINITY))) && sketch_middle(sketch_key(-INFINITY)) == -INFINITY);
    for (uint64_t i = 0; i < 200000; i++) {
        float x = (float)((uniform(i) < 0.5 ? -1 : 1) * exp2(250 * uniform(i + 7) - 125));
        cr_assert(fabs(sketch_middle(sketch_key(x)) - (double)x) <= fabs((double)x) / 64, "%g", (double)x);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

Test(sketch, any_order_and_any_split_give_the_same_buckets_and_quantiles)
{
    static double x[N];
    struct sketch first = { 0 };
    fill(x);
    for (int i = 0; i < N; i++)
        cr_assert(sketch_add(&first, (float)x[i]) == 0);
    cr_assert(first.apart == 1 && first.count == N - 1);
    for (uint64_t trial = 1; trial <= 4; trial++) {
        struct sketch part[5] = { 0 }, all = { 0 };
        shuffle(x, trial);
        for (int i = 0; i < N; i++)
            cr_assert(sketch_add(&part[mixed((uint64_t)i + trial) % 5], (float)x[i]) == 0);
        for (int i = 0; i < 5; i++)
            cr_assert(sketch_merge(&all, &part[i]) == 0);
        cr_assert(same_buckets(&all, &first));
        for (int p = 0; p <= 20; p++)
            cr_assert(sketch_quantile(&all, p / 20.0) == sketch_quantile(&first, p / 20.0));
        for (int i = 0; i < 5; i++)
            sketch_free(&part[i]);
        sketch_free(&all);
    }
    for (int i = 0; i < N; i++) /* the true quantiles, without the one NaN */
        x[i] = isnan(x[i]) ? INFINITY : x[i];
    qsort(x, N, sizeof x[0], ascending);
    for (int p = 1; p < 100; p++) {
        double truth = x[(int)ceil(p / 100.0 * (N - 1)) - 1];
        cr_assert(fabs(sketch_quantile(&first, p / 100.0) - truth) <= fabs(truth) / 64 * 1.0000001, "%d", p);
    }
    sketch_free(&first);
}

Test(sketch, a_list_and_a_table_say_the_same)
{
    struct sketch listed = { 0 }, dense = { 0 };
    for (uint16_t key = 0; key < 4000; key++) /* forces the table */
        cr_assert(sketch_add_bucket(&dense, (uint16_t)(key * 4), 1) == 0);
    cr_assert(dense.dense != NULL && dense.list == NULL && dense.count == 4000);
    for (int at = 0, i = 0; i < 4000; i++) {
        struct sketch_bucket bucket;
        cr_assert(sketch_next(&dense, &at, &bucket) && bucket.key == i * 4 && bucket.count == 1);
    }
    sketch_clear(&dense);
    for (int i = 0; i < 3000; i++) {
        float x = (float)(i % 50);
        cr_assert(sketch_add(&dense, x) == 0 && sketch_add(&listed, x) == 0);
    }
    cr_assert(dense.dense != NULL && listed.dense == NULL && same_buckets(&dense, &listed));
    cr_assert(sketch_quantile(&dense, 0.5) == sketch_quantile(&listed, 0.5));
    cr_assert(sketch_quantile(&listed, 0) == 0 && fabs(sketch_quantile(&listed, 1) - 49) < 1);
    sketch_free(&dense);
    sketch_free(&listed);
    sketch_free(&listed);
    cr_assert(isnan(sketch_quantile(&listed, 0.5)) && sketch_add_bucket(&listed, 3, 0) == 0 && listed.list == NULL);
}

Test(sketch, memory_that_is_short_is_told_and_loses_nothing)
{
    bool done = false;
    for (long nth = 0; !done; nth++) {
        struct sketch s = { 0 };
        uint64_t added = 0;
        failing = nth;
        for (uint16_t key = 0; key < 3000; key++)
            added += sketch_add_bucket(&s, key, 1) == 0;
        done = failing >= 0;
        failing = -1;
        cr_assert(s.count == added && added == (done ? 3000 : 2999));
        sketch_free(&s);
        cr_assert(nth < 100);
    }
}
