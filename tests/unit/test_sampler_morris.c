/* Morris's trajectories: steps, and the elementary effects of functions whose effects are known. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sampler_help.h"
#include "statistics.h"

static struct sample_plan plan_of(int trajectories, int d, int levels, uint32_t seed)
{
    return (struct sample_plan){
        .method = SAMPLER_MORRIS, .n = (uint64_t)trajectories, .dimensions = d, .levels = levels, .seed = seed
    };
}

static double step_of(int levels)
{
    return levels / (2.0 * (levels - 1));
}

/* The one dimension in which two rows differ; -1: none, or more than one. */
static int moved(const double *before, const double *after, int d)
{
    int found = -1;
    for (int k = 0; k < d; k++)
        if (before[k] != after[k]) {
            if (found >= 0)
                return -1;
            found = k;
        }
    return found;
}

static void expect_on_the_grid(const double *u, int count, int levels)
{
    for (int i = 0; i < count; i++) {
        double level = u[i] * (levels - 1);
        cr_assert(u[i] >= 0 && u[i] <= 1 && fabs(level - round(level)) < 1e-12, "%g is no level of %d", u[i], levels);
    }
}

static void expect_each_dimension_once(const double *trajectory, int d, int levels)
{
    int times[64] = { 0 };
    for (int step = 0; step < d; step++) {
        const double *before = trajectory + step * d, *after = before + d;
        int k = moved(before, after, d);
        cr_assert(k >= 0, "step %d", step);
        cr_assert(fabs(fabs(after[k] - before[k]) - step_of(levels)) < 1e-15, "step %d: %g", step,
                  after[k] - before[k]);
        times[k]++;
    }
    for (int k = 0; k < d; k++)
        cr_assert(times[k] == 1, "dimension %d moves %d times", k, times[k]);
}

Test(morris, each_step_moves_one_dimension_by_delta_and_each_dimension_once)
{
    static const int shape[][2] = { { 1, 4 }, { 2, 2 }, { 3, 6 }, { 43, 4 }, { 64, 1000 } };
    for (size_t s = 0; s < sizeof shape / sizeof *shape; s++) {
        int d = shape[s][0], levels = shape[s][1];
        struct sample_plan plan = plan_of(200, d, levels, 1);
        double *u = design_points(&plan);
        expect_on_the_grid(u, 200 * (d + 1) * d, levels);
        for (int t = 0; t < 200; t++)
            expect_each_dimension_once(u + t * (d + 1) * d, d, levels);
        free(u);
    }
}

Test(morris, a_trajectory_does_not_depend_on_how_many_there_are)
{
    struct sample_plan few = plan_of(5, 7, 4, 3), more = plan_of(50, 7, 4, 3), other = plan_of(5, 7, 4, 4);
    double *a = design_points(&few), *b = design_points(&more), *c = design_points(&other);
    cr_expect(memcmp(a, b, 5 * 8 * 7 * sizeof *a) == 0);
    cr_expect(memcmp(a, c, 5 * 8 * 7 * sizeof *a) != 0);
    free(a);
    free(b);
    free(c);
}

/* Starts, directions, pairs of starts, who moves first and last, of 30,000 trajectories, and whether the last dimension
 * moves last from an odd level more often: 4 + 1 + 16 + 5 + 5 + 1 numbers at 7e-6. */
Test(morris, levels_directions_and_order_are_even)
{
    enum { R = 30000, D = 5 };
    struct sample_plan plan = plan_of(R, D, 4, 6);
    double *u = design_points(&plan), level[4] = { 0 }, pair[16] = { 0 }, first[D] = { 0 }, last[D] = { 0 }, up = 0,
           odd = 0;
    for (int t = 0; t < R; t++) {
        const double *start = u + t * (D + 1) * D, *end = start + D * D;
        level[lround(3 * start[2])]++;
        pair[4 * lround(3 * start[2]) + lround(3 * start[3])]++;
        up += end[1] > start[1];
        int first_mover = moved(start, start + D, D), last_mover = moved(end - D, end, D);
        cr_assert(first_mover >= 0 && last_mover >= 0);
        first[first_mover]++;
        last[last_mover]++;
        odd += last_mover == D - 1 && lround(3 * start[D - 1]) % 2 == 1;
    }
    for (int k = 0; k < 4; k++)
        cr_expect(fabs(share_z(level[k], R, 0.25)) < Z_ALARM, "level %d: %g", k, level[k]);
    for (int k = 0; k < 16; k++)
        cr_expect(fabs(share_z(pair[k], R, 1.0 / 16)) < Z_ALARM, "levels %d and %d: %g", k / 4, k % 4, pair[k]);
    cr_expect(fabs(share_z(up, R, 0.5)) < Z_ALARM);
    cr_expect(fabs(share_z(odd, R, 0.1)) < Z_ALARM);
    for (int k = 0; k < D; k++)
        cr_expect(fabs(share_z(first[k], R, 0.2)) < Z_ALARM && fabs(share_z(last[k], R, 0.2)) < Z_ALARM);
    free(u);
}

/* A design is the same on any machine and in any version: a trajectory, written down in thirds. */
Test(morris, a_trajectory_is_known)
{
    static const int known[4][3] = { { 3, 0, 2 }, { 1, 0, 2 }, { 1, 0, 0 }, { 1, 2, 0 } };
    struct sample_plan plan = plan_of(2, 3, 4, 1);
    double *u = design_points(&plan);
    for (int i = 0; i < 12; i++)
        cr_expect(lround(3 * u[12 + i]) == known[i / 3][i % 3], "point %d: %g", i / 3, 3 * u[12 + i]);
    free(u);
}

/* ---- elementary effects ------------------------------------------------------------------------------------------ */

/* Into effect[trajectory * d + dimension]. */
static double *effects_of(double (*f)(const double *u), int trajectories, int d, uint32_t seed)
{
    struct sample_plan plan = plan_of(trajectories, d, 4, seed);
    double *u = design_points(&plan), *effect = calloc((size_t)trajectories * d, sizeof *effect);
    for (int t = 0; t < trajectories; t++)
        for (int step = 0; step < d; step++) {
            const double *before = u + (t * (d + 1) + step) * d, *after = before + d;
            int k = moved(before, after, d);
            effect[t * d + k] = (f(after) - f(before)) / (after[k] - before[k]);
        }
    free(u);
    return effect;
}

static double linear(const double *u)
{
    return 3 + 2 * u[0] - 5 * u[1] + 0.25 * u[2];
}

Test(morris, a_linear_function_has_its_slopes_and_no_spread)
{
    static const double slope[4] = { 2, -5, 0.25, 0 };
    double *effect = effects_of(linear, 100, 4, 1);
    for (int i = 0; i < 400; i++)
        cr_expect(fabs(effect[i] - slope[i % 4]) < 1e-12, "%g", effect[i]);
    free(effect);
}

static double product(const double *u)
{
    return u[0] * u[1];
}

/* The effect of one is the other, even on 4 levels: mean 1/2, SD sqrt(5/36). Four numbers at 7e-6. */
Test(morris, a_product_has_mean_one_half_and_the_spread_of_four_levels)
{
    enum { R = 20000 };
    double *effect = effects_of(product, R, 2, 2);
    for (int k = 0; k < 2; k++) {
        struct sample size = { 0 }, deviation = { 0 };
        for (int t = 0; t < R; t++) {
            sample_add(&size, fabs(effect[t * 2 + k]));
            sample_add(&deviation, pow(effect[t * 2 + k] - 0.5, 2));
        }
        cr_expect(fabs(sample_z(&size, 0.5)) < Z_ALARM, "mu* %.4f", sample_mean(&size));
        cr_expect(fabs(sample_z(&deviation, 5.0 / 36)) < Z_ALARM, "sigma %.4f", sqrt(sample_mean(&deviation)));
    }
    free(effect);
}
