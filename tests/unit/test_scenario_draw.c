/* What a scenario draws: distributions against their closed forms, and who keeps their luck.
 *
 * Statistical tests draw 20,000 clinics from a fixed seed; a mean or share further than 5 standard errors off fails:
 * with another seed, 6 false alarms in 10 million per check. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_help.h"
#include "sim/scenario/plan.h"

/* ---- distributions ------------------------------------------------------------------------------------------------
 */

#define MANY 20000

static const double z95 = 1.6448536269514722, z975 = 1.9599639845400545;

static double phi(double x)
{
    return exp(-x * x / 2) / sqrt(2 * 3.14159265358979323846);
}

static double cumulated(double x)
{
    return erfc(-x / sqrt(2)) / 2;
}

struct moments {
    double mean, sd;
};

static struct moments lognormal(double low, double high, double z)
{
    double mu = (log(low) + log(high)) / 2, s = (log(high) - log(low)) / (2 * z);
    return (struct moments){ exp(mu + s * s / 2), exp(mu + s * s / 2) * sqrt(expm1(s * s)) };
}

static struct moments truncated(double mean, double sd, double low, double high)
{
    double a = (low - mean) / sd, b = (high - mean) / sd, mass = cumulated(b) - cumulated(a);
    double shift = (phi(a) - phi(b)) / mass;
    return (struct moments){ mean + sd * shift, sd * sqrt(1 + (a * phi(a) - b * phi(b)) / mass - shift * shift) };
}

static struct moments triangular(double a, double b, double c)
{
    return (struct moments){ (a + b + c) / 3, sqrt((a * a + b * b + c * c - a * b - a * c - b * c) / 18) };
}

static struct moments sample_moments(const double *x, int n)
{
    double mean = 0, square = 0;
    for (int i = 0; i < n; i++)
        mean += x[i] / n;
    for (int i = 0; i < n; i++)
        square += (x[i] - mean) * (x[i] - mean) / (n - 1);
    return (struct moments){ mean, sqrt(square) };
}

/* What 20,000 clinics draw for a parameter of the section organizational. */
static double *draw_many(const char *key, const char *distribution)
{
    char text[400];
    double *x = malloc(MANY * sizeof *x);
    snprintf(text, sizeof text,
             HEAD "meso = ( { id = \"c\"; count = %d; } );\nevery_clinic: { organizational: { %s = %s; }; };\n", MANY,
             key, distribution);
    struct setting setting = setting_of(text);
    for (int i = 0; i < MANY; i++)
        x[i] = params_get(&setting.clinic[i].base, param_find(key));
    setting_free(&setting);
    return x;
}

static double share_below(const double *x, double edge)
{
    int below = 0;
    for (int i = 0; i < MANY; i++)
        below += x[i] < edge;
    return (double)below / MANY;
}

static void expect_moments(const char *key, const char *distribution, struct moments expected)
{
    double *x = draw_many(key, distribution);
    struct moments found = sample_moments(x, MANY);
    double fourth = 0, kurtosis;
    for (int i = 0; i < MANY; i++)
        fourth += pow((x[i] - found.mean) / found.sd, 4) / MANY;
    kurtosis = fourth > 1.2 ? fourth : 1.2;
    cr_expect(fabs(found.mean - expected.mean) < 5 * expected.sd / sqrt(MANY), "%s: mean %g, not %g", distribution,
              found.mean, expected.mean);
    cr_expect(fabs(found.sd / expected.sd - 1) < 5 * sqrt((kurtosis - 1) / MANY) / 2, "%s: sd %g, not %g", distribution,
              found.sd, expected.sd);
    free(x);
}

Test(scenario_draw, moments_are_those_of_the_closed_forms)
{
    expect_moments("sick_leave_weeks", "(\"normal\", 50, 8)", (struct moments){ 50, 8 });
    expect_moments("sick_leave_weeks", "(\"normal\", 50, 20, 30, 60)", truncated(50, 20, 30, 60));
    expect_moments("sick_leave_share", "(\"beta\", 2.0, 7.0)", (struct moments){ 2.0 / 9, sqrt(14.0 / (81 * 10)) });
    expect_moments("sick_leave_share", "(\"beta_ms\", 0.3, 0.08)", (struct moments){ 0.3, 0.08 });
    expect_moments("competing_half_life", "(\"gamma_ms\", 40, 9)", (struct moments){ 40, 9 });
    expect_moments("roster", "(\"negbinomial_ms\", 5000, 300)", (struct moments){ 5000, 300 });
    expect_moments("competing_half_life", "(\"lognormal_q\", 20, 50)", lognormal(20, 50, z95));
    expect_moments("competing_half_life", "(\"lognormal_ci95\", 20, 50)", lognormal(20, 50, z975));
    expect_moments("competing_half_life", "(\"q90\", 20, 50)", lognormal(20, 50, z95));
    expect_moments("sick_leave_weeks", "(\"triangular\", 10, 20, 60)", triangular(10, 20, 60));
    expect_moments("sick_leave_weeks", "(\"uniform\", 10, 40)", (struct moments){ 25, 30 / sqrt(12) });
    expect_moments("roster", "(\"choice\", [1000, 3000], [1, 3])", (struct moments){ 2500, 1000 * sqrt(3) / 2 });
}

/* Not a distribution of parameters: the SHIFT parameter may be negative. */
Test(scenario_draw, q90_below_zero_is_normal)
{
    struct scenario scenario = read_with(ONE "rules: { stop_centre = (\"q90\", -2.0, 1.0); };\n", NULL, 0);
    double x[4000];
    struct moments found;
    double sd = 3 / (2 * z95);
    for (int i = 0; i < 4000; i++) {
        struct setting setting = draw_of(&scenario, 3, i);
        x[i] = setting.clinic[0].base.stop_centre;
        setting_free(&setting);
    }
    found = sample_moments(x, 4000);
    cr_expect(fabs(found.mean + 0.5) < 5 * sd / sqrt(4000) && fabs(found.sd / sd - 1) < 5 * sqrt(0.5 / 4000), "%g %g",
              found.mean, found.sd);
    scenario_free(&scenario);
}

static void expect_share(const char *key, const char *distribution, double edge, double share)
{
    double *x = draw_many(key, distribution);
    double found = share_below(x, edge);
    cr_expect(fabs(found - share) < 5 * sqrt(share * (1 - share) / MANY), "%s: %g below %g", distribution, found, edge);
    free(x);
}

Test(scenario_draw, quantiles_are_where_they_were_put)
{
    expect_share("competing_half_life", "(\"lognormal_q\", 20, 50)", 20, 0.05);
    expect_share("competing_half_life", "(\"lognormal_q\", 20, 50)", 50, 0.95);
    expect_share("competing_half_life", "(\"lognormal_ci95\", 20, 50)", 20, 0.025);
    expect_share("competing_half_life", "(\"q90\", 20, 50)", 50, 0.95);
    expect_share("roster", "(\"choice\", [1000, 2000, 3000], [1, 0, 3])", 1500, 0.25);
}

/* What lies outside the range allowed is cut to its edge: a fifth of this one to 0. */
Test(scenario_draw, draws_are_cut_to_the_range_allowed)
{
    double *x = draw_many("sick_leave_share", "(\"uniform\", -0.1, 0.4)");
    int at_edge = 0;
    for (int i = 0; i < MANY; i++) {
        cr_assert(x[i] >= 0);
        at_edge += x[i] == 0;
    }
    cr_expect(fabs((double)at_edge / MANY - 0.2) < 5 * sqrt(0.2 * 0.8 / MANY));
    free(x);
}

Test(scenario_draw, counts_are_whole)
{
    double *x = draw_many("roster", "(\"normal\", 12000, 900)");
    for (int i = 0; i < MANY; i++)
        cr_assert(x[i] == floor(x[i]));
    free(x);
}

Test(scenario_draw, rating_give_or_take_a_half)
{
    struct setting setting = setting_of(HEAD "meso = ( { id = \"c\"; count = 20000; } );\nevery_clinic: { provider: { "
                                             "medical_leadership = (\"rating\", 1); silos = (\"rating\", -2); }; };\n");
    double x[MANY], lowest = 0;
    for (int i = 0; i < MANY; i++) {
        x[i] = setting.clinic[i].rating[FACTOR_medical_leadership];
        cr_assert(x[i] > 0.5 && x[i] < 1.5);
        cr_assert(setting.clinic[i].rating[FACTOR_silos] >= -2 && setting.clinic[i].rating[FACTOR_silos] < -1.5);
        lowest += setting.clinic[i].rating[FACTOR_silos] == -2;
    }
    cr_expect(fabs(sample_moments(x, MANY).mean - 1) < 5 * 0.5 / sqrt(6 * MANY));
    cr_expect(fabs(lowest / MANY - 0.5) < 5 * 0.5 / sqrt(MANY));
    setting_free(&setting);
}

Test(scenario_draw, what_nobody_rates_is_triangular_for_each_clinic)
{
    struct setting setting = setting_of(HEAD "meso = ( { id = \"c\"; count = 20000; } );\n");
    double x[MANY];
    for (int i = 0; i < MANY; i++)
        x[i] = setting.clinic[i].rating[FACTOR_trust];
    cr_expect(fabs(sample_moments(x, MANY).mean) < 5 / sqrt(6.0 * MANY));
    cr_expect(fabs(sample_moments(x, MANY).sd - 1 / sqrt(6)) < 0.01);
    setting_free(&setting);
    setting = setting_of(HEAD "unstated = 0;\nmeso = ( { id = \"c\"; count = 10; } );\n");
    for (int f = 0; f < NUM_FACTORS; f++)
        cr_expect(setting.clinic[9].rating[f] == 0);
    setting_free(&setting);
}

/* Inversion: a greater mean never draws less from the same luck. */
Test(scenario_draw, draws_are_monotone_in_their_parameters)
{
    double *low = draw_many("competing_half_life", "(\"gamma_ms\", 20, 5)");
    double *high = draw_many("competing_half_life", "(\"gamma_ms\", 24, 5)");
    for (int i = 0; i < MANY; i++)
        cr_assert(low[i] < high[i]);
    free(low);
    free(high);
}

/* ---- what is not known of the defaults ----------------------------------------------------------------------------
 */

Test(scenario_draw, uncertain_defaults_move_once_a_draw_for_all_clinics)
{
    struct scenario scenario = read_with(HEAD "meso = ( { id = \"c\"; count = 3; } );\n", NULL, 0);
    double sum = 0, square = 0;
    int n = 4000, cut = 0, p = PARAM_effect_lag;
    for (int i = 0; i < n; i++) {
        struct setting setting = draw_of(&scenario, 1, i);
        double value = params_get(&setting.clinic[0].base, p),
               z = log(value / param_table[p].value) / param_table[p].spread;
        cr_assert(value == params_get(&setting.clinic[2].base, p));
        cr_assert(value >= param_table[p].low && value <= param_table[p].high);
        cr_assert(setting.clinic[0].base.nurse_turnover_rate == param_table[PARAM_nurse_turnover_rate].value);
        cut += value == param_table[p].low || value == param_table[p].high;
        sum += z;
        square += z * z;
        setting_free(&setting);
    }
    cr_expect(fabs(sum / n) < 5 / sqrt(n), "%g", sum / n);
    cr_expect(sqrt(square / n) > 0.9 && sqrt(square / n) < 1.03, "%g", sqrt(square / n));
    cr_expect(cut < n / 50);
    scenario_free(&scenario);
}

#define PRIOR "runs: { parameters = \"prior\"; };\n"

static double stop_slope_of(const char *text, const struct scenario_override *overrides, int count, int draw)
{
    struct scenario scenario = read_with(text, overrides, count);
    struct setting setting = draw_of(&scenario, 1, draw);
    double value = setting.clinic[0].base.stop_slope;
    setting_free(&setting);
    scenario_free(&scenario);
    return value;
}

/* A value with the default's spread is the default, to the bit; without it, exact. */
Test(scenario_draw, a_spread_beside_the_value)
{
    char said[200], other[200];
    const struct param_info *info = &param_table[PARAM_stop_slope];
    cr_assert(info->spread > 0);
    snprintf(said, sizeof said, ONE "rules: { stop_slope = { value = %.17g; spread = %.17g; }; };\n", info->value,
             info->spread);
    snprintf(other, sizeof other, ONE "rules: { stop_slope = { value = %.17g; spread = %.17g; }; };\n", info->value,
             info->spread / 4);
    for (int i = 0; i < 20; i++) {
        double whole = log(stop_slope_of(ONE PRIOR, NULL, 0, i) / info->value);
        double quarter = log(stop_slope_of(other, NULL, 0, i) / info->value);
        cr_expect(stop_slope_of(said, NULL, 0, i) == stop_slope_of(ONE PRIOR, NULL, 0, i), "draw %d", i);
        if (fabs(whole) < info->spread) /* not cut */
            cr_expect(fabs(quarter - whole / 4) < 1e-12, "draw %d: %g, %g", i, whole, quarter);
    }
    cr_expect(stop_slope_of(ONE "rules: { stop_slope = { value = 6.5; spread = 0; }; };\n", NULL, 0, 3) == 6.5);
    cr_expect(stop_slope_of(ONE "rules: { stop_slope = { value = 6.5; spread = 0.4; }; };\n"
                                "runs: { uncertainty = \"chance\"; };\n",
                            NULL, 0, 3) == 6.5);
}

/* A value that a user sets outside the plausible range is not thrown back into it. */
Test(scenario_draw, a_spread_around_a_value_outside_the_range)
{
    const struct param_info *info = &param_table[PARAM_stop_slope];
    int above = 0, below = 0, n = 200;
    char text[200];
    snprintf(text, sizeof text, ONE "rules: { stop_slope = { value = %.17g; spread = 0.1; }; };\n", 2 * info->high);
    for (int i = 0; i < n; i++) {
        double value = stop_slope_of(text, NULL, 0, i);
        above += value > 2 * info->high;
        below += value < 2 * info->high;
    }
    cr_expect(above == 0 && below > n / 3, "%d above, %d below", above, below);
}

/* The spread is one for all clinics, whoever states it; a distribution beside it is drawn for itself. */
Test(scenario_draw, a_spread_is_shared_and_a_distribution_is_not)
{
    struct scenario scenario = read_with(
        HEAD "meso = ( { id = \"a\"; provider: { tie_growth = { value = 0.02; spread = 0.2; }; }; },\n"
             "         { id = \"b\"; provider: { tie_growth = { value = 0.04; spread = 0.2; }; }; },\n"
             "         { id = \"c\"; provider: { tie_growth = { value = (\"uniform\", 0.02, 0.04); spread = 0.2; }; };"
             " } );\n",
        NULL, 0);
    double sum[5] = { 0 };
    int n = 2000;
    for (int i = 0; i < n; i++) {
        struct setting setting = draw_of(&scenario, 1, i);
        double moved = log(setting.clinic[0].base.tie_growth / 0.02), drawn;
        cr_expect(fabs(log(setting.clinic[1].base.tie_growth / 0.04) - moved) < 1e-12 || fabs(moved) > 0.4);
        drawn = setting.clinic[2].base.tie_growth / exp(moved);
        if (fabs(moved) < 0.4)
            cr_expect(drawn > 0.02 - 1e-9 && drawn < 0.04 + 1e-9, "%g", drawn);
        sum[0] += moved;
        sum[1] += drawn;
        sum[2] += moved * moved;
        sum[3] += drawn * drawn;
        sum[4] += moved * drawn;
        setting_free(&setting);
    }
    double x = sum[0] / n, y = sum[1] / n;
    double r = (sum[4] / n - x * y) / sqrt((sum[2] / n - x * x) * (sum[3] / n - y * y));
    cr_expect(fabs(r) < 4.5 / sqrt(n), "correlation %g", r); /* false alarm: 1 in 100,000 */
    scenario_free(&scenario);
}

Test(scenario_draw, overrides_of_value_and_spread)
{
    static const struct scenario_override number = { false, "rules.stop_slope=6" },
                                          value = { false, "rules.stop_slope.value=6" },
                                          none = { false, "rules.stop_slope.spread=0" };
    static const char with[] = ONE "rules: { stop_slope = { value = 7; spread = 0.4; }; };\n",
                      plain[] = ONE "rules: { stop_slope = 7; };\n";
    struct scenario_override both[2] = { number, { false, "rules.stop_slope.spread=0.4" } };
    cr_expect(stop_slope_of(with, &number, 1, 2) == 6);
    cr_expect(stop_slope_of(with, &none, 1, 2) == 7);
    cr_expect(stop_slope_of(plain, &none, 1, 2) == 7);
    cr_expect(stop_slope_of(with, &value, 1, 2) != 6);
    cr_expect(stop_slope_of(with, &value, 1, 2) == stop_slope_of(ONE, both, 2, 2));
}

Test(scenario_draw, links_move_by_beta_spread)
{
    struct scenario scenario = read_with(ONE "rules: { beta_spread = 0.5; };\n", NULL, 0);
    double sum = 0, square = 0;
    int n = 2000;
    for (int i = 0; i < n; i++) {
        struct setting setting = draw_of(&scenario, 1, i);
        double z = log(setting.beta[3] / link_beta(3)) / 0.5;
        sum += z;
        square += z * z;
        setting_free(&setting);
    }
    cr_expect(fabs(sum / n) < 5 / sqrt(n) && fabs(square / n - 1) < 5 * sqrt(2.0 / n), "%g %g", sum / n, square / n);
    scenario_free(&scenario);
}

Test(scenario_draw, without_parameter_uncertainty_defaults_are_exact)
{
    struct setting setting = setting_of(ONE "runs: { uncertainty = \"chance\"; parameters = \"prior\"; };\n");
    for (int i = 0; i < NUM_PARAMS; i++)
        cr_expect(params_get(&setting.clinic[0].base, i) == param_table[i].value, "%s", param_table[i].id);
    for (int i = 0; i < NUM_LINKS; i++)
        cr_expect(setting.beta[i] == link_beta(i));
    setting_free(&setting);
}

Test(scenario_draw, draws_and_seeds_differ)
{
    struct scenario scenario = read_with(ONE, NULL, 0);
    struct setting a = draw_of(&scenario, 1, 0), again = draw_of(&scenario, 1, 0), draw = draw_of(&scenario, 1, 1),
                   seed = draw_of(&scenario, 2, 0);
    cr_expect(memcmp(a.clinic[0].rating, again.clinic[0].rating, sizeof a.clinic[0].rating) == 0);
    for (int f = 0; f < NUM_FACTORS; f++) {
        cr_expect(a.clinic[0].rating[f] != draw.clinic[0].rating[f]);
        cr_expect(a.clinic[0].rating[f] != seed.clinic[0].rating[f]);
    }
    setting_free(&a);
    setting_free(&again);
    setting_free(&draw);
    setting_free(&seed);
    scenario_free(&scenario);
}

/* Every value has a uniform of its own. */
Test(scenario_draw, no_two_values_share_their_luck)
{
    struct scenario scenario = read_with(ONE, NULL, 0);
    const struct scenario_tree *tree = scenario.tree;
    for (int i = 0; i < NUM_PARAMS; i++)
        for (int j = 0; j < i; j++)
            cr_expect(tree->param_luck[i] != tree->param_luck[j], "%s and %s", param_table[i].id, param_table[j].id);
    for (int i = 0; i < NUM_FACTORS; i++)
        for (int j = 0; j < i; j++)
            cr_expect(tree->factor_luck[i] != tree->factor_luck[j], "%s and %s", factor_table[i].id,
                      factor_table[j].id);
    for (int i = 0; i < NUM_LINKS; i++)
        for (int j = 0; j < i; j++) {
            char a[128], b[128];
            snprintf(a, sizeof a, "%s->%s", factor_table[link_table[i].factor].id, param_table[link_table[i].param].id);
            snprintf(b, sizeof b, "%s->%s", factor_table[link_table[j].factor].id, param_table[link_table[j].param].id);
            cr_expect(plan_luck(a) != plan_luck(b), "%s and %s", a, b);
        }
    scenario_free(&scenario);
}

/* ---- who keeps their luck -----------------------------------------------------------------------------------------
 */

static const struct clinic_setting *clinic_named(const struct setting *setting, const char *id)
{
    for (int i = 0; i < setting->num_clinics; i++)
        if (strcmp(setting->clinic[i].id, id) == 0)
            return &setting->clinic[i];
    return NULL;
}

#define UNSURE                                                                                                         \
    "every_clinic: { organizational: { roster = (\"normal\", 12000, 900); }; provider: { silos = (\"rating\", 1); }; " \
    "};\n"

Test(scenario_draw, one_clinics_rating_leaves_the_others_as_they_were)
{
    struct setting before =
        setting_of(HEAD UNSURE "meso = ( { id = \"a\"; }, { id = \"b\"; }, { id = \"c\"; count = 5; } );\n");
    struct setting after = setting_of(HEAD UNSURE "meso = ( { id = \"a\"; }, { id = \"b\"; provider: { "
                                                  "medical_leadership = -2; }; }, { id = \"c\"; count = 5; } );\n");
    for (int i = 0; i < before.num_clinics; i++)
        cr_expect(same_clinic(&before.clinic[i], &after.clinic[i]) == (strcmp(before.clinic[i].id, "b") != 0));
    for (int f = 0; f < NUM_FACTORS; f++)
        cr_expect((before.clinic[1].rating[f] == after.clinic[1].rating[f]) == (f != FACTOR_medical_leadership));
    cr_expect(memcmp(before.beta, after.beta, sizeof before.beta) == 0);
    setting_free(&before);
    setting_free(&after);
}

Test(scenario_draw, neighbours_and_order_do_not_matter)
{
    struct setting all =
        setting_of(HEAD UNSURE "meso = ( { id = \"a\"; }, { id = \"b\"; }, { id = \"c\"; count = 5; } );\n");
    struct setting alone = setting_of("meso = ( { id = \"b\"; } );\n" HEAD UNSURE);
    struct setting longer =
        setting_of(HEAD "meso = ( { id = \"c\"; count = 9; }, { id = \"b\"; }, { id = \"z\"; } );\n" UNSURE);
    cr_expect(same_clinic(clinic_named(&all, "b"), clinic_named(&alone, "b")));
    cr_expect(same_clinic(clinic_named(&all, "b"), clinic_named(&longer, "b")));
    cr_expect(same_clinic(clinic_named(&all, "c-00004"), clinic_named(&longer, "c-00004")));
    setting_free(&all);
    setting_free(&alone);
    setting_free(&longer);
}

/* A clinic of a counted group that gets a word of its own keeps all its other values. */
Test(scenario_draw, one_of_a_counted_group_keeps_its_luck)
{
    struct setting before = setting_of(HEAD UNSURE "meso = ( { id = \"c\"; count = 5; } );\n");
    struct setting after = setting_of(
        HEAD UNSURE "meso = ( { id = \"c\"; count = 5; }, { id = \"c-00002\"; patients: { trust = 2; }; } );\n");
    cr_assert(after.num_clinics == 5);
    for (int i = 0; i < 5; i++)
        cr_expect(same_clinic(&before.clinic[i], &after.clinic[i]) == (i != 1));
    for (int f = 0; f < NUM_FACTORS; f++)
        cr_expect((before.clinic[1].rating[f] == after.clinic[1].rating[f]) == (f != FACTOR_trust));
    setting_free(&before);
    setting_free(&after);
}

/* ---- owners -------------------------------------------------------------------------------------------------------
 */

Test(scenario_draw, freeing_twice_is_safe)
{
    struct scenario scenario = read_with(ONE, NULL, 0);
    struct setting setting = draw_of(&scenario, 1, 0), empty;
    struct error err = { 0 };
    setting_free(&setting);
    setting_free(&setting);
    scenario_free(&scenario);
    scenario_free(&scenario);
    cr_assert(setting_init(&empty, 2, 1, 0, 1, &err) == 0);
    cr_expect(empty.clinic[1].base.stop_slope == param_table[PARAM_stop_slope].value && empty.beta[0] == link_beta(0));
    cr_expect(empty.clinic[1].id == NULL && empty.clinic[1].rating[0] == 0);
    setting_free(&empty);
    setting_free(&empty);
}

/* ---- the place says something of closeness where nobody rates it ------------------------------------------------------ */

static double proximity_in(const char *place, const char *rest)
{
    char text[512];
    struct setting setting;
    double rating;
    snprintf(text, sizeof text, HEAD "meso = ( { id = \"c\"; place = \"%s\"; %s } );\n", place, rest);
    setting = setting_of(text);
    rating = setting.clinic[0].rating[FACTOR_proximity];
    for (int k = 0; k < NUM_FACTORS; k++)
        cr_expect(k == FACTOR_proximity ||
                  setting_place_rating(setting.clinic[0].place, (enum factor)k, &setting.clinic[0].base) == 0);
    setting_free(&setting);
    return rating;
}

Test(scenario_draw, the_place_shifts_a_proximity_that_nobody_rates)
{
    static const char rated[] = "structural: { proximity = 1; };";
    double between = proximity_in("sub-urban", "");
    cr_expect(fabs(proximity_in("rural", "") - fmax(-2, between - 0.5)) < 1e-12);
    cr_expect(fabs(proximity_in("urban", "") - fmin(2, between + 0.5)) < 1e-12);
    cr_expect(proximity_in("rural", rated) == 1 && proximity_in("urban", rated) == 1, "a rating is a rating");
}
