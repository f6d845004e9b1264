/* Pattern P5: every factor of the table, alone, from the neutral clinic, -2 against +2, 200 paired replications of 104
 * weeks, central strengths: its declared proximal outcome moves in the declared direction with z > 3, its declared distal
 * outcome does not move the other way with z > 3. Both were declared in factors.def before any run.
 *
 * False alarms: a distal outcome that the factor does not touch at all is told wrong with probability 0.0013; a proximal
 * one whose true z is 6 is missed with probability 0.0013. The seed is fixed. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "paired.h"
#include "tests/unit/fixture.h"

enum { REPLICATIONS = 200 };
#define Z_DECLARED 3.0

ParameterizedTestParameters(factors, moves_what_it_declares)
{
    static int factor[NUM_FACTORS];
    for (int f = 0; f < NUM_FACTORS; f++)
        factor[f] = f;
    return cr_make_param_array(int, factor, NUM_FACTORS);
}

ParameterizedTest(const int *number, factors, moves_what_it_declares, .timeout = 120)
{
    const struct factor_info *info = &factor_table[*number];
    struct fixture barrier, facilitator;
    struct paired paired;
    double proximal, distal;
    fixture_init(&barrier, 1, 1, 0, 1);
    fixture_init(&facilitator, 1, 1, 0, 1);
    barrier.setting.events = facilitator.setting.events = false;
    fixture_rate(&barrier, (enum factor) * number, -2);
    fixture_rate(&facilitator, (enum factor) * number, 2);
    paired_compare(&paired, &barrier.setting, &facilitator.setting, REPLICATIONS);
    proximal = info->proximal_sign * paired_z(&paired, (enum outcome)info->proximal);
    distal = info->distal_sign * paired_z(&paired, (enum outcome)info->distal);
    cr_expect(paired.difference[info->proximal].n >= REPLICATIONS / 2, "%s: %s exists in %g pairs only", info->id,
              outcome_table[info->proximal].id, paired.difference[info->proximal].n);
    cr_expect(proximal > Z_DECLARED, "%s: proximal %s z %.1f in the declared direction", info->id,
              outcome_table[info->proximal].id, proximal);
    cr_expect(!(distal < -Z_DECLARED), "%s: distal %s z %.1f in the declared direction", info->id,
              outcome_table[info->distal].id, distal);
    fixture_free(&barrier);
    fixture_free(&facilitator);
}

/* The test can fail: the same clinic against itself moves nothing. */
Test(factors, nothing_against_nothing_moves_nothing)
{
    struct fixture f;
    struct paired paired;
    fixture_init(&f, 1, 1, 0, 1);
    paired_compare(&paired, &f.setting, &f.setting, 20);
    for (int o = 0; o < NUM_OUTCOMES; o++)
        if (paired.difference[o].n > 0)
            cr_expect(paired_difference(&paired, (enum outcome)o) == 0, "%s", outcome_table[o].id);
    fixture_free(&f);
}
