/* Fitted parameters: which draw takes which member, and who comes before it. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenario_help.h"
#include "sim/model/tables.h"
#include "sim/scenario/ensemble.h"

#define FITTED (&ensemble_shipped)

static struct setting drawn(const char *more, int draw)
{
    char text[400];
    snprintf(text, sizeof text, ONE "%s", more);
    struct scenario scenario = read_with(text, NULL, 0);
    struct setting setting = draw_of(&scenario, 7, draw);
    scenario_free(&scenario);
    return setting;
}

static void expect_all(const struct setting *setting, const double *want, int but)
{
    for (int k = 0; k < FITTED->num_params; k++)
        if (FITTED->param[k] != but)
            cr_expect(params_get(&setting->clinic[0].base, FITTED->param[k]) == want[k], "%s",
                      param_table[FITTED->param[k]].id);
}

Test(ensemble, members_can_be_written_in_a_scenario)
{
    cr_assert(FITTED->num_members > 50 && FITTED->num_params > 1);
    for (int i = 0; i < FITTED->num_members; i++)
        for (int k = 0; k < FITTED->num_params; k++) {
            const struct param_info *info = &param_table[FITTED->param[k]];
            double value = FITTED->value[i * FITTED->num_params + k];
            cr_expect(value >= info->min && value <= info->max, "%s of member %d: %g", info->id, i, value);
        }
}

Test(ensemble, a_draw_takes_a_whole_member)
{
    for (int draw = 0; draw < 3; draw++) {
        struct setting setting = drawn("", draw);
        expect_all(&setting, ensemble_member(FITTED, 7, draw), -1);
        setting_free(&setting);
    }
}

Test(ensemble, as_many_draws_as_members_take_each_once)
{
    static int taken[10000];
    for (int draw = 3; draw < 3 + FITTED->num_members; draw++)
        taken[(ensemble_member(FITTED, 12, draw) - FITTED->value) / FITTED->num_params]++;
    for (int i = 0; i < FITTED->num_members; i++)
        cr_expect(taken[i] == 1, "member %d: %d", i, taken[i]);
    cr_expect(ensemble_member(FITTED, 12, 0) != ensemble_member(FITTED, 13, 0), "seeds begin elsewhere");
}

Test(ensemble, what_the_scenario_states_comes_first)
{
    struct setting setting = drawn("rules: { stop_slope = 2.5; };\n", 4);
    cr_expect(params_get(&setting.clinic[0].base, PARAM_stop_slope) == 2.5);
    expect_all(&setting, ensemble_member(FITTED, 7, 4), PARAM_stop_slope);
    setting_free(&setting);
}

Test(ensemble, prior_is_the_tables_default_and_its_spread)
{
    double sum = 0, squares = 0, z;
    const struct param_info *info = &param_table[PARAM_stop_level];
    for (int draw = 0; draw < 400; draw++) {
        struct setting setting = drawn("runs: { parameters = \"prior\"; };\n", draw);
        z = (params_get(&setting.clinic[0].base, PARAM_stop_level) - info->value) / info->spread;
        sum += z;
        squares += z * z;
        setting_free(&setting);
    }
    cr_expect(fabs(sum / 20) < 5, "mean %g", sum / 400);                           /* false alarm 6e-7 */
    cr_expect(fabs(squares / 400 - 1) < 5 * sqrt(2.0 / 400), "%g", squares / 400); /* the same */
}

/* Of chance alone every draw has the first member, and the middle of all else. */
Test(ensemble, chance_alone_stays_in_the_middle)
{
    struct setting one = drawn("runs: { uncertainty = \"chance\"; };\n", 0);
    struct setting two = drawn("runs: { uncertainty = \"chance\"; };\n", 5);
    expect_all(&one, FITTED->value, -1);
    cr_expect(same_clinic(&one.clinic[0], &two.clinic[0]));
    cr_expect(one.clinic[0].rating[FACTOR_trust] == 0, "the middle of (\"triangular\", -1, 0, 1)");
    setting_free(&one);
    setting_free(&two);
}

Test(ensemble, quantiles_stand_in_order)
{
    for (int k = 0; k < FITTED->num_params; k++) {
        double low = ensemble_quantile(FITTED, k, 0.05), middle = ensemble_quantile(FITTED, k, 0.5);
        cr_expect(low < middle && middle < ensemble_quantile(FITTED, k, 0.95));
        cr_expect(ensemble_column(FITTED, FITTED->param[k]) == k);
    }
    cr_expect(ensemble_column(FITTED, PARAM_roster) == -1);
}
