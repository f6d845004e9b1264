/* The small file of a posterior: who is in it, how often, and in which order. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/calibrate/members.h"

enum { PARTICLES = 40, COUNT = 100 };

static double z[PARTICLES], weight[PARTICLES];

/* Weights 1, 2 ... 40 of 820; the mean of z by weight is (41 * 2 + 1) / 3 - 20 = 7 2/3 less 1: at particle 27 of 0 .. 39. */
static struct fit_file made(struct fit_parameter *parameter)
{
    double mean = 0;
    for (int i = 0; i < PARTICLES; i++) {
        z[i] = i;
        weight[i] = (i + 1) / 820.0;
        mean += weight[i] * z[i];
    }
    *parameter = (struct fit_parameter){ .mean_z = mean, .sd_z = 3 };
    return (
        struct fit_file){ .particles = PARTICLES, .parameters = 1, .z = z, .weight = weight, .parameter = parameter };
}

Test(members, each_stands_there_as_often_as_it_weighs)
{
    struct fit_parameter parameter;
    const struct fit_file fit = made(&parameter);
    for (uint32_t seed = 0; seed < 50; seed++) {
        int index[COUNT + 1], found[PARTICLES] = { 0 };
        members_choose(&fit, seed, COUNT, index);
        for (int i = 1; i <= COUNT; i++)
            found[index[i]]++;
        for (int i = 0; i < PARTICLES; i++)
            cr_assert(found[i] >= floor(COUNT * weight[i]) && found[i] <= ceil(COUNT * weight[i]), "seed %u: %d of %d",
                      seed, found[i], i);
    }
}

Test(members, the_first_is_the_nearest_to_the_mean)
{
    struct fit_parameter parameter;
    const struct fit_file fit = made(&parameter);
    int index[COUNT + 1];
    members_choose(&fit, 3, COUNT, index);
    cr_assert(index[0] == (int)lround(parameter.mean_z), "%d of %g", index[0], parameter.mean_z);
}

/* In no order of their making: the first half of the members has its share of early particles. Without the shuffle it would
 * have all of them. 28 or so of 100 are of the first 21; in half of them 14, SD 2.3. */
Test(members, the_first_of_them_are_a_fair_share)
{
    struct fit_parameter parameter;
    const struct fit_file fit = made(&parameter);
    int index[COUNT + 1], other[COUNT + 1], early = 0, same = 0;
    members_choose(&fit, 3, COUNT, index);
    members_choose(&fit, 4, COUNT, other);
    for (int i = 1; i <= COUNT; i++) {
        early += i <= COUNT / 2 && index[i] < 21;
        same += index[i] == other[i];
    }
    cr_assert(early > 4 && early < 24, "%d", early);
    cr_assert(same < 20, "another seed, another order: %d", same);
}
