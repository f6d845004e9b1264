/* Pattern P5: every factor of the table, alone, from the neutral clinic, -2 against +2, 200 paired replications of 104
 * weeks, central strengths: its declared proximal outcome moves in the declared direction with z > 3, its declared distal
 * outcome does not move the other way with z > 3. Both were declared in factors.def before any run.
 *
 * False alarms: a distal outcome that the factor does not touch at all is told wrong with probability 0.0013; a proximal
 * one whose true z is 6 is missed with probability 0.0013. The seed is fixed. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "analysis/validate/factors.h"
#include "paired.h"
#include "tests/unit/fixture.h"

#define Z_DECLARED 3.0

ParameterizedTestParameters(factors, moves_what_it_declares)
{
    static int factor[NUM_FACTORS];
    for (int f = 0; f < NUM_FACTORS; f++)
        factor[f] = f;
    return cr_make_param_array(int, factor, NUM_FACTORS);
}

/* As `milieu validate` measures it; another seed, and what it must be said here too. */
ParameterizedTest(const int *number, factors, moves_what_it_declares, .timeout = 120)
{
    const struct trial_machine machine = { .threads = 1, .scenarios = "scenarios" };
    const struct factor_info *info = &factor_table[*number];
    struct factor_word word;
    struct error err;
    cr_assert(PAIRED_RUNS == 200);
    cr_assert(factor_word(&word, (enum factor) * number, 1, &machine, &err) == 0, "%s", err.detail[0]);
    cr_expect(word.pairs >= 100, "%s: %s exists in %g pairs only", info->id, outcome_table[info->proximal].id,
              word.pairs);
    cr_expect(word.proximal > Z_DECLARED && factor_keeps_proximal(&word),
              "%s: proximal %s z %.1f in the declared direction", info->id, outcome_table[info->proximal].id,
              word.proximal);
    cr_expect(!(word.distal < -Z_DECLARED) && factor_keeps_distal(&word),
              "%s: distal %s z %.1f in the declared direction", info->id, outcome_table[info->distal].id, word.distal);
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

/* Nor does validate take everything for a kept word. */
Test(factors, a_word_can_be_broken)
{
    const struct factor_word still = { 0, 0, 200 }, weak = { 2.9, -2.9, 200 }, rare = { 9, 9, 99 },
                             wrong = { 9, -3.1, 200 };
    cr_expect(!factor_keeps_proximal(&still) && factor_keeps_distal(&still));
    cr_expect(!factor_keeps_proximal(&weak) && factor_keeps_distal(&weak));
    cr_expect(!factor_keeps_proximal(&rare));
    cr_expect(factor_keeps_proximal(&wrong) && !factor_keeps_distal(&wrong));
}
