/* link: -Wl,--wrap=calloc */
/* What a calibration is made of: deviations, weighted statistics, places by luck; memory that runs out. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/calibrate/abc.h"
#include "statistics.h"

static struct error err;
static long allocations, failing = -1;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return failing >= 0 && allocations++ == failing ? NULL : __real_calloc(count, size);
}

/* ---- deviations ---------------------------------------------------------------------------------------------------- */

static const double observed[] = { 10, 0.5, 3 }, error_3[] = { 3, 0.05, 0 };
static const bool at_least[] = { false, true, false }, held_out[] = { false, false, true };
static const struct targets targets = { 3, observed, error_3, at_least, held_out, NULL };

Test(distance, deviations_worked_by_hand)
{
    cr_assert_float_eq(targets_deviation(&targets, 0, 16, 0), 2, 1e-12);
    cr_assert_float_eq(targets_deviation(&targets, 0, 0, 16), -2, 1e-12); /* sqrt(9 + 16) */
    cr_assert(targets_deviation(&targets, 1, 0.9, 0) == 0 && targets_deviation(&targets, 1, 0.5, 0) == 0);
    cr_assert_float_eq(targets_deviation(&targets, 1, 0.4, 0), -2, 1e-12);
    cr_assert(targets_deviation(&targets, 2, 3, 0) == 0, "no error, and exact");
    cr_assert(targets_deviation(&targets, 2, 4, 0) == INFINITY && targets_deviation(&targets, 2, 2, 0) == -INFINITY);
}

Test(distance, what_is_missing_is_infinitely_far)
{
    static const double bad[] = { NAN, INFINITY, -INFINITY, -1 };
    double good[] = { 10, 0.4, NAN }, none[] = { 0, 0, NAN };
    cr_assert_float_eq(targets_distance(&targets, good, none), 2, 1e-12, "held out: not asked");
    for (int b = 0; b < 4; b++) {
        double variance[] = { 0, bad[b], 0 }, value[] = { 10, bad[b], 3 };
        cr_expect(isinf(targets_distance(&targets, good, variance)), "variance %g", bad[b]);
        cr_expect(isnan(targets_deviation(&targets, 1, 0.4, bad[b])), "variance %g", bad[b]);
        if (b == 0 || b == 2)
            cr_expect(isinf(targets_distance(&targets, value, none)), "pattern %g", bad[b]);
    }
    cr_assert(isnan(targets_deviation(&targets, 1, NAN, 0)), "a pattern of nothing is not met");
}

Test(distance, met_or_not)
{
    cr_assert(targets_met(&targets, 0, 16, 0) && !targets_met(&targets, 0, 16.1, 0) &&
              targets_met(&targets, 0, 16.1, 1));
    cr_assert(targets_met(&targets, 1, 0.5, 0) && !targets_met(&targets, 1, 0.499, 100));
    cr_assert(!targets_met(&targets, 0, NAN, 0) && !targets_met(&targets, 1, NAN, 0));
}

/* 0.25 to 0.60, in units of 0.05; beside it a plain number, of which no end is known. */
Test(distance, a_range_is_all_as_good_inside)
{
    const double low[] = { 0.25, 0.25 }, error[] = { 0.05, 0.05 }, high[] = { 0.60, NAN };
    const struct targets two = { 2, low, error, NULL, NULL, high };
    for (double value = 0.25; value <= 0.60; value += 0.05)
        cr_assert(targets_deviation(&two, 0, value, 0) == 0 && targets_met(&two, 0, value, 0));
    cr_assert_float_eq(targets_deviation(&two, 0, 0.75, 0), 3, 1e-12);
    cr_assert_float_eq(targets_deviation(&two, 0, 0.15, 0), -2, 1e-12);
    cr_assert(!targets_met(&two, 0, 0.61, 0) && !targets_met(&two, 0, 0.24, 1));
    cr_assert_float_eq(targets_deviation(&two, 1, 0.35, 0), 2, 1e-12);
}

/* ---- weighted statistics ------------------------------------------------------------------------------------------- */

Test(weighted, values_worked_by_hand)
{
    double x[] = { 4, NAN, 1, 3, 2 }, equal[] = { 2, 9, 2, 2, 2 }, two[] = { 1, 3 }, weight[] = { 1, 3 };
    struct weighted_item work[5];
    struct weighted all = { x, equal, 5, 1 }, pair = { two, weight, 2, 1 };
    struct weighted_row row = weighted_row(&all, work);
    cr_assert_float_eq(row.mean, 2.5, 1e-12);
    cr_assert_float_eq(row.sd, 1.2909944487358056, 1e-12);
    cr_assert_float_eq(row.median, 2.5, 1e-12);
    cr_assert(row.low == 1 && row.high == 4);
    row = weighted_row(&pair, work); /* middles of the weights at 1/8 and 5/8: the median three quarters between */
    cr_assert_float_eq(row.mean, 2.5, 1e-12);
    cr_assert_float_eq(row.median, 2.5, 1e-12);
    cr_assert_float_eq(row.sd, sqrt(0.75 / (1 - 10.0 / 16)), 1e-12);
    cr_assert_float_eq(weighted_size(weight, 2), 1.6, 1e-12);
    cr_assert_float_eq(weighted_covariance(&pair, &pair), 2, 1e-12);
}

Test(weighted, nothing_and_one)
{
    double none[] = { NAN, NAN }, one[] = { 7, NAN }, weight[] = { 1, 1 };
    struct weighted_item work[2];
    struct weighted a = { none, weight, 2, 1 }, b = { one, weight, 2, 1 };
    struct weighted_row row = weighted_row(&a, work);
    cr_assert(isnan(row.mean) && isnan(row.sd) && isnan(row.low) && isnan(row.median) && isnan(row.high));
    row = weighted_row(&b, work);
    cr_assert(row.mean == 7 && isnan(row.sd) && row.low == 7 && row.median == 7 && row.high == 7);
}

/* A weight of three is three of the same value, for the mean and the quantiles far from a jump. */
Test(weighted, a_column_among_others_and_order_of_ties)
{
    double x[] = { 1, 50, 2, 60, 2, 70 }, weight[] = { 1, 3, 2 };
    struct weighted_item item[] = { { 2, 1, 5 }, { 1, 1, 9 }, { 2, 1, 3 } };
    struct weighted first = { x, weight, 3, 2 };
    cr_assert_float_eq(weighted_mean(&first), 11.0 / 6, 1e-12);
    weighted_sort(item, 3);
    cr_assert(item[0].index == 9 && item[1].index == 3 && item[2].index == 5);
}

/* ---- places -------------------------------------------------------------------------------------------------------- */

/* Every dimension N(0, 1), none with another, whatever the use: |z| < 4.5 over 20000 points, 15 moments each. */
Test(place, the_prior_is_normal)
{
    enum { N = 20000, D = 5 };
    struct cut whole = { NULL, 0 };
    double product[D][D] = { { 0 } }, sum[D] = { 0 };
    for (int i = 0; i < N; i++) {
        double z[D];
        cr_assert(place_prior(&whole, (struct place_luck){ 4, 2, i }, D, z) == 1);
        for (int k = 0; k < D; k++) {
            sum[k] += z[k];
            for (int l = 0; l < D; l++)
                product[k][l] += z[k] * z[l];
        }
    }
    for (int k = 0; k < D; k++) {
        cr_assert(fabs(sum[k]) < Z_ALARM * sqrt(N));
        for (int l = 0; l < D; l++)
            cr_assert(fabs(product[k][l] - N * (k == l)) < Z_ALARM * sqrt(N * (k == l ? 2.0 : 1.0)), "%d %d", k, l);
    }
}

Test(place, luck_is_another_for_another_seed_wave_point_try_or_use)
{
    struct place_luck luck = { 1, 1, 1 }, other[] = { { 2, 1, 1 }, { 1, 2, 1 }, { 1, 1, 2 } };
    double u = place_uniform(luck, PLACE_PRIOR, 0);
    cr_assert(u == place_uniform(luck, PLACE_PRIOR, 0));
    for (int o = 0; o < 3; o++)
        cr_assert(u != place_uniform(other[o], PLACE_PRIOR, 0));
    cr_assert(u != place_uniform(luck, PLACE_PRIOR, 1) && u != place_uniform(luck, PLACE_STEP, 0));
}

Test(place, too_far_is_outside)
{
    struct cut whole = { NULL, 0 };
    double in[] = { 6, -6 }, out[] = { 0, 6.01 }, none[] = { NAN, 0 };
    cr_assert(place_allowed(&whole, in, 2) && !place_allowed(&whole, out, 2) && !place_allowed(&whole, none, 2));
}

/* A region where nothing is: no endless search, and the population says so. */
Test(place, a_region_without_places)
{
    static const double y[] = { 100 }, s[] = { 0.1 };
    struct targets far = { 1, y, s, NULL, NULL, NULL };
    double z[40], value[20], variance[20] = { 0 }, at;
    struct emulator emulator;
    struct abc abc;
    for (int i = 0; i < 20; i++)
        value[i] = z[i] = i / 10.0 - 1;
    cr_assert(emulator_init(&emulator, &far, 1, 20, z, value, &err) == 0);
    struct cut cut = { &emulator, 1 };
    struct abc_plan plan = {
        .targets = &far, .cut = cut, .dimensions = 1, .particles = 20, .kept = 10, .generations = 2
    };
    cr_assert(place_prior(&cut, (struct place_luck){ 1, 0, 0 }, 1, &at) == 0);
    cr_assert(abc_init(&abc, &plan, &err) == 0 && abc_propose(&abc, 0, &at) == 0);
    cr_assert(abc_take(&abc, value, variance, &err) == MILIEU_ERR_RUN);
    cr_assert(strstr(err.detail[0], "none is plausible") != NULL && strstr(err.detail[1], "plausible") != NULL);
    abc_free(&abc);
    emulator_free(&emulator);
}

/* ---- memory that runs out ------------------------------------------------------------------------------------------ */

Test(memory, every_allocation_fails_once)
{
    double z[40], value[60];
    struct abc_plan plan = { .targets = &targets, .dimensions = 2, .particles = 20, .kept = 10, .generations = 2 };
    int ret = MILIEU_ERR_MEMORY;
    long tried = 0;
    place_normals((struct place_luck){ 1, 0, 0 }, PLACE_PRIOR, 0, 40, z);
    place_normals((struct place_luck){ 1, 0, 1 }, PLACE_PRIOR, 0, 60, value);
    value[1] = NAN; /* two designs */
    for (failing = 0; ret != 0; failing++, tried++) {
        struct emulator emulator;
        allocations = 0;
        ret = emulator_init(&emulator, &targets, 2, 20, z, value, &err);
        cr_assert(ret == 0 || ret == MILIEU_ERR_MEMORY);
        emulator_free(&emulator);
    }
    cr_assert(tried > 15, "%ld", tried);
    ret = MILIEU_ERR_MEMORY;
    for (failing = 0; ret != 0; failing++) {
        struct abc abc;
        allocations = 0;
        ret = abc_init(&abc, &plan, &err);
        cr_assert(ret == 0 || ret == MILIEU_ERR_MEMORY);
        abc_free(&abc);
    }
    cr_assert(failing == 13, "%ld", failing);
}
