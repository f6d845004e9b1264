#include <criterion/criterion.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#include "sim/study/stopping.h"

static struct exact sum_of(const double *x, int n)
{
    struct exact sum = { 0 };
    for (int i = 0; i < n; i++)
        exact_add(&sum, x[i]);
    return sum;
}

Test(stopping, half_width_is_students)
{
    const double x[5] = { 1, 2, 3, 4, 5 };
    struct exact sum = sum_of(x, 5);
    struct stopping rule = { .half_width = 1, .level = 0.95, .looks = 1, .paired = true };
    cr_assert_float_eq(stopping_half_width(&rule, &sum), 2.776445105 * sqrt(2.5 / 5), 1e-6, "t(4), 0.975 = 2.776");
    rule.looks = 5;
    cr_assert_float_eq(stopping_half_width(&rule, &sum), 4.604094871 * sqrt(2.5 / 5), 1e-6, "t(4), 0.995 = 4.604");
}

Test(stopping, equal_contrasts_are_no_precision)
{
    const double x[64] = { 0 };
    struct exact sum = sum_of(x, 64);
    struct stopping rule = { .half_width = 0.001, .level = 0.95, .looks = 4, .paired = true };
    cr_assert(isinf(stopping_half_width(&rule, &sum)));
    rule.yes_no = true;
    cr_assert_gt(stopping_half_width(&rule, &sum), 1.0 / 64, "64 of a kind leave room for one in 64");
    cr_assert(!stopping_enough(&rule, &sum));
    rule.half_width = 0.1;
    cr_assert(stopping_enough(&rule, &sum));
}

Test(stopping, too_many_missing_are_a_veto)
{
    struct stopping rule = { .half_width = 10, .level = 0.95, .looks = 1, .paired = true };
    struct exact sum = { 0 };
    for (int i = 0; i < 95; i++)
        exact_add(&sum, i % 2);
    for (int i = 0; i < 5; i++)
        exact_add(&sum, NAN);
    cr_assert(stopping_enough(&rule, &sum), "5 of 100");
    exact_add(&sum, NAN);
    cr_assert(!stopping_enough(&rule, &sum), "6 of 101");
}

/* A study of looks at 32, 64, ... 1024; its interval is that of the look at which it stopped. */
static bool covers(gsl_rng *rng, const struct stopping *rule, double (*draw)(gsl_rng *), double truth)
{
    struct exact sum = { 0 };
    for (int n = 0, look = 32; look <= 1024; look *= 2) {
        for (; n < look; n++)
            exact_add(&sum, draw(rng));
        if (look == 1024 || stopping_enough(rule, &sum))
            return fabs(exact_mean(&sum) - truth) <= stopping_half_width(rule, &sum);
    }
    return false;
}

static double normal(gsl_rng *rng)
{
    return 0.3 + gsl_ran_gaussian(rng, 1);
}

static double rare(gsl_rng *rng) /* of 100 pairs 4 differ, 3 of them one way */
{
    double u = gsl_rng_uniform(rng);
    return u < 0.03 ? 1 : u < 0.04 ? -1 : 0;
}

/* Of 10,000 studies an interval of 95 % that stops when it likes covers at least 95 %; fewer than 94.4 % would be seen by
 * chance in 3 of 1,000 of such tests. Fixed seed. */
Test(stopping, covers_as_often_as_it_says)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    struct stopping rule = { .half_width = 0.12, .level = 0.95, .looks = 6, .paired = true };
    int covered[2] = { 0 };
    gsl_rng_set(rng, 20260905);
    for (int i = 0; i < 10000; i++)
        covered[0] += covers(rng, &rule, normal, 0.3);
    rule.half_width = 0.03;
    rule.yes_no = true;
    for (int i = 0; i < 10000; i++)
        covered[1] += covers(rng, &rule, rare, 0.02);
    gsl_rng_free(rng);
    cr_assert_geq(covered[0], 9440, "%d of 10,000", covered[0]);
    cr_assert_geq(covered[1], 9440, "%d of 10,000", covered[1]);
}
