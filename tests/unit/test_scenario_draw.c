/* What a scenario draws: distributions against their closed forms, which of several values holds, who keeps their luck.
 *
 * Statistical tests draw 20,000 clinics from a fixed seed; a mean or share further than 5 standard errors off fails:
 * with another seed, 6 false alarms in 10 million per check. */
#include <criterion/criterion.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/model/random.h"
#include "sim/scenario/keys.h"
#include "sim/scenario/plan.h"
#include "sim/scenario/scenario.h"

static void be_quiet(void)
{
    gsl_set_error_handler_off();
}

TestSuite(scenario_draw, .init = be_quiet);

#define HEAD "format = \"milieu-scenario/1\"; id = \"made\";\n"
#define ONE HEAD "meso = ( { id = \"clinic-a\"; } );\n"

static struct scenario read_with(const char *text, const struct scenario_override *overrides, int num_overrides)
{
    struct scenario scenario;
    struct messages messages;
    struct error err = { 0 };
    messages_init(&messages, 0);
    int ret =
        scenario_read_text(&scenario, "made.cfg", NULL, text, strlen(text), overrides, num_overrides, &messages, &err);
    cr_assert(ret == 0 && messages.count == 0, "%s: %s", err.detail, messages.count > 0 ? messages.item[0].text : "");
    messages_free(&messages);
    return scenario;
}

static struct setting draw_of(const struct scenario *scenario, uint32_t seed, int draw)
{
    struct setting setting;
    struct error err = { 0 };
    cr_assert(scenario_draw(scenario, seed, draw, &setting, &err) == 0, "%s", err.detail);
    return setting;
}

/* The setting of draw 0 with seed 1. */
static struct setting setting_of(const char *text)
{
    struct scenario scenario = read_with(text, NULL, 0);
    struct setting setting = draw_of(&scenario, 1, 0);
    scenario_free(&scenario);
    return setting;
}

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
    struct setting setting = setting_of(ONE "runs: { parameter_uncertainty = false; };\n");
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

/* ---- which value holds --------------------------------------------------------------------------------------------
 */

Test(scenario_draw, the_nearest_statement_holds)
{
    struct setting setting = setting_of(
        HEAD
        "macro: { structural: { visit_notice_share = 0.1; proximity = -2; record_sharing = -1; }; };\n"
        "micro: { patients: { trust = -1; per_clinic = 30; }; };\n"
        "innovation: { planned = 10; training: { training_sessions = 3; }; };\n"
        "rules: { stop_slope = 4; };\n"
        "economics: { ed_visit_cost = 400; };\n"
        "every_clinic: { structural: { visit_notice_share = 0.2; }; patients: { per_clinic = 35; }; provider: { nurses "
        "= 5; };\n"
        "  innovation: { training: { training_sessions = 4; }; }; };\n"
        "meso = ( { id = \"a\"; structural: { visit_notice_share = 0.3; proximity = { rating = 1; who = \"x\"; }; };\n"
        "           patients: { trust = 2; }; innovation: { planned = { value = 11; why = \"y\"; }; }; },\n"
        "         { id = \"b\"; provider: { nurses = 2; }; } );\n");
    const struct clinic_setting *a = &setting.clinic[0], *b = &setting.clinic[1];
    cr_expect(a->base.visit_notice_share == 0.3 && b->base.visit_notice_share == 0.2);
    cr_expect(a->rating[FACTOR_proximity] == 1 && b->rating[FACTOR_proximity] == -2);
    cr_expect(a->rating[FACTOR_record_sharing] == -1 && b->rating[FACTOR_record_sharing] == -1);
    cr_expect(a->rating[FACTOR_trust] == 2 && b->rating[FACTOR_trust] == -1);
    cr_expect(a->base.per_clinic == 35 && b->base.per_clinic == 35);
    cr_expect(a->base.planned == 11 && b->base.planned == 10);
    cr_expect(a->base.training_sessions == 4 && b->base.training_sessions == 4);
    cr_expect(a->base.stop_slope == 4 && b->base.stop_slope == 4 && b->base.ed_visit_cost == 400);
    cr_expect(a->num_nurses == 5 && b->num_nurses == 2 && a->num_physicians == 6);
    cr_expect(a->nurse == NULL && a->physician == NULL);
    setting_free(&setting);
}

/* A value stated for the whole scenario is one draw for all; one of every_clinic is a draw for each. */
Test(scenario_draw, top_values_are_shared_and_those_of_every_clinic_are_not)
{
    struct setting setting = setting_of(
        HEAD "macro: { structural: { record_sharing = (\"rating\", 0); time_to_fill = (\"q90\", 10, 30); }; };\n"
             "every_clinic: { structural: { proximity = (\"rating\", 0); gathering_time = (\"uniform\", 1, 2); }; };\n"
             "meso = ( { id = \"a\"; }, { id = \"b\"; } );\n");
    const struct clinic_setting *a = &setting.clinic[0], *b = &setting.clinic[1];
    cr_expect(a->rating[FACTOR_record_sharing] == b->rating[FACTOR_record_sharing]);
    cr_expect(a->base.time_to_fill == b->base.time_to_fill && a->base.time_to_fill != 20);
    cr_expect(a->rating[FACTOR_proximity] != b->rating[FACTOR_proximity]);
    cr_expect(a->base.gathering_time != b->base.gathering_time);
    setting_free(&setting);
}

Test(scenario_draw, people)
{
    struct setting setting = setting_of(
        HEAD
        "macro: { centres = ( { id = \"centre-1\"; case_managers = ( { id = \"cm-1\"; case_manager_skill = 1; }, { id "
        "= \"cm-2\"; } ); } ); };\n"
        "every_clinic: { provider: { nurse_experience = -1; }; };\n"
        "meso = ( { id = \"a\"; provider: { nurses = (\n"
        "  { id = \"nurse-1\"; lead = true; nurse_experience = 2; },\n"
        "  { id = \"nurse-2\"; fte = 0.8; sick_leave = true; } );\n"
        "  physicians = ( { id = \"physician-1\"; lead = true; medical_leadership = (\"rating\", -2); } ); }; } );\n");
    const struct clinic_setting *a = &setting.clinic[0];
    cr_assert(a->num_nurses == 2 && a->num_physicians == 1 && a->nurse != NULL && a->physician != NULL);
    cr_expect(a->nurse[0].lead && !a->nurse[0].absent && a->nurse[0].fte == 1);
    cr_expect(!a->nurse[1].lead && a->nurse[1].absent && a->nurse[1].fte == 0.8);
    cr_expect(a->nurse[0].rating[FACTOR_nurse_experience] == 2 && isnan(a->nurse[1].rating[FACTOR_nurse_experience]));
    cr_expect(isnan(a->nurse[0].rating[FACTOR_trust]));
    cr_expect(a->rating[FACTOR_nurse_experience] == -1);
    cr_expect(a->physician[0].rating[FACTOR_medical_leadership] < -1.5 && a->physician[0].lead);
    cr_assert(setting.centre[0].num_case_managers == 2 && setting.centre[0].case_manager != NULL);
    cr_expect(setting.centre[0].case_manager[0].rating[FACTOR_case_manager_skill] == 1);
    cr_expect(isnan(setting.centre[0].case_manager[1].rating[FACTOR_case_manager_skill]));
    setting_free(&setting);
}

/* ---- counted items, centres, communities --------------------------------------------------------------------------
 */

Test(scenario_draw, counted_clinics_are_dealt_to_counted_centres)
{
    struct setting setting =
        setting_of(HEAD "macro: { centres = ( { id = \"hub\"; count = 2; }, { id = \"alone\"; } ); };\n"
                        "every_clinic: { community = \"centre\"; };\n"
                        "meso = ( { id = \"c\"; count = 4; title = \"Clinic\"; centre = \"hub\"; },\n"
                        "         { id = \"c-00003\"; place = \"urban\"; teaching = true; market = \"city\"; },\n"
                        "         { id = \"d\"; centre = \"alone\"; community = \"none\"; },\n"
                        "         { id = \"e\"; centre = \"hub-00002\"; } );\n");
    const struct clinic_setting *c = setting.clinic;
    cr_assert(setting.num_clinics == 6 && setting.num_centres == 3);
    cr_expect_str_eq(c[0].id, "c-00001");
    cr_expect_str_eq(c[2].id, "c-00003");
    cr_expect_str_eq(c[1].title[1], "Clinic 2");
    cr_expect(c[0].centre == 0 && c[1].centre == 1 && c[2].centre == 0 && c[3].centre == 1 && c[4].centre == 2 &&
              c[5].centre == 1);
    cr_expect(c[2].place == PLACE_URBAN && c[2].teaching && c[1].place == PLACE_SUBURBAN && !c[1].teaching);
    cr_expect(c[0].community == c[2].community && c[0].community != c[1].community && c[1].community == c[5].community);
    cr_expect(c[4].community == SETTING_NOBODY);
    cr_expect(setting.num_communities == 2 && setting.num_markets == 2);
    cr_expect(c[2].market != c[0].market && c[0].market == c[4].market);
    cr_expect(c[0].place_key == random_place("c-00001"));
    setting_free(&setting);
}

Test(scenario_draw, case_managers_follow_the_hours_asked_of_them)
{
    struct setting setting = setting_of(HEAD "meso = ( { id = \"c\"; count = 100; } );\n");
    cr_expect(setting.centre[0].num_case_managers == 9); /* 100 clinics x 3.5 h of 40 */
    cr_expect_str_eq(setting.centre[0].id, "centre-1");
    setting_free(&setting);
}

/* ---- who keeps their luck -----------------------------------------------------------------------------------------
 */

static bool same_clinic(const struct clinic_setting *a, const struct clinic_setting *b)
{
    return memcmp(a->rating, b->rating, sizeof a->rating) == 0 && memcmp(&a->base, &b->base, sizeof a->base) == 0 &&
           a->place_key == b->place_key && a->num_nurses == b->num_nurses;
}

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

/* ---- strategies and arms ------------------------------------------------------------------------------------------
 */

#define STRATEGIES                                                                                                     \
    "strategies = (\n"                                                                                                 \
    "  { id = \"full-time\"; eric = \"Create new clinical teams\"; at = 26; where = [\"a\"]; set: { "                  \
    "case_manager_hours = 30; }; "                                                                                     \
    "delay_weeks = (\"q90\", 2, 10); cost_per_year = 36525; cost_once = 100; },\n"                                     \
    "  { id = \"coach\"; title: { en = \"Coaching\"; fr = \"Accompagnement\"; }; from = 4; until = 56; every_weeks = " \
    "4; "                                                                                                              \
    "add: { nurse_experience = 0.1; competence_start = 0.05; }; nurse_hours = 2; on = true; },\n"                      \
    "  { id = \"replace\"; trigger: { watch = \"nurse_fte\"; below = 2.0; for_weeks = 3; }; set: { nursing_capacity "  \
    "= 1; }; succeeds = 0.5; } );\n"

Test(scenario_draw, strategies_and_arms)
{
    struct setting setting =
        setting_of(HEAD "time: { horizon = 60; };\nmeso = ( { id = \"a\"; }, { id = \"b\"; } );\n" STRATEGIES
                        "arms = ( { id = \"first\"; }, { id = \"second\"; on = [\"full-time\", \"replace\"]; title = "
                        "\"Both\"; reference = true; } );\n");
    const struct strategy_setting *s = setting.strategy;
    cr_assert(setting.num_strategies == 3 && setting.num_arms == 2 && setting.horizon == 60);
    cr_expect(s[0].at == 26 && s[0].until == -1 && s[0].watch == -1 && s[0].where[0] && !s[0].where[1]);
    cr_expect(s[0].delay_weeks > 0.5 && s[0].delay_weeks < 40 && fabs(s[0].cost_per_week - 700) < 1e-9 &&
              s[0].cost_once == 100);
    cr_expect(s[0].succeeds == 1 && s[0].nurse_hours == 0);
    cr_assert(s[0].num_changes == 1);
    cr_expect(!s[0].change[0].is_factor && s[0].change[0].index == PARAM_case_manager_hours &&
              s[0].change[0].op == CHANGE_SET && s[0].change[0].value == 30);
    cr_expect_str_eq(s[0].title[0], "Create new clinical teams");
    cr_expect_str_eq(s[0].title[1], "Créer de nouvelles équipes cliniques");
    cr_expect(s[1].at == 4 && s[1].until == 56 && s[1].every_weeks == 4 && s[1].where[0] && s[1].where[1] &&
              s[1].nurse_hours == 2);
    cr_assert(s[1].num_changes == 2);
    cr_expect(s[1].change[0].is_factor && s[1].change[0].index == FACTOR_nurse_experience &&
              s[1].change[0].op == CHANGE_ADD);
    cr_expect(s[2].at == -1 && s[2].watch == SERIES_nurse_fte && s[2].watch_below && s[2].threshold == 2 &&
              s[2].for_weeks == 3);
    cr_expect(s[2].succeeds == 0.5);
    cr_expect(!setting.arm[0].on[0] && setting.arm[0].on[1] && !setting.arm[0].on[2]);
    cr_expect(setting.arm[1].on[0] && setting.arm[1].on[1] && setting.arm[1].on[2]);
    cr_expect_str_eq(setting.arm[1].title[1], "Both");
    setting_free(&setting);
}

Test(scenario_draw, without_arms_there_is_one_as_it_is)
{
    struct scenario scenario = read_with(HEAD "meso = ( { id = \"a\"; } );\n" STRATEGIES, NULL, 0);
    cr_assert(scenario.num_arms == 1 && scenario.num_strategies == 3 && scenario.num_clinics == 1 &&
              scenario.num_centres == 1);
    cr_expect_str_eq(scenario.arm_id[0], "as-it-is");
    cr_expect_str_eq(scenario.arm_title[1][0], "Tel quel");
    cr_expect_str_eq(scenario.strategy_title[1][1], "Accompagnement");
    cr_expect_str_eq(scenario.clinic_title[0][0], "a");
    cr_expect(scenario.reference_arm == 0);
    scenario_free(&scenario);
}

/* A strategy's uncertain value depends on its own id only. */
Test(scenario_draw, a_strategy_keeps_its_luck)
{
    struct setting one = setting_of(HEAD "meso = ( { id = \"a\"; } );\n" STRATEGIES);
    struct setting two = setting_of(HEAD "meso = ( { id = \"a\"; } );\nstrategies = ( { id = \"full-time\"; at = 3; "
                                         "set: { trust = 1; }; delay_weeks = (\"q90\", 2, 10); } );\n");
    cr_expect(one.strategy[0].delay_weeks == two.strategy[0].delay_weeks);
    setting_free(&one);
    setting_free(&two);
}

/* ---- options ------------------------------------------------------------------------------------------------------
 */

Test(scenario_draw, options_change_the_scenario)
{
    static const char text[] =
        HEAD "every_clinic: { provider: { nurses = ( { id = \"n\"; nurse_experience = 2; } ); }; };\n"
             "meso = ( { id = \"a\"; provider: { nurse_experience = 1; silos = 1; }; }, { id = \"b\"; }, { id = \"c\"; "
             "count = 3; } );\n"
             "macro: { structural: { proximity = 2; }; };\n";
    struct scenario_override overrides[] = { { true, "nurse_experience=-2" },
                                             { true, "b/nurse_experience=0.5" },
                                             { true, "c-00002/silos=-1" },
                                             { true, "proximity=-1" },
                                             { false, "meso[a].provider.silos.rating=(\"rating\", -1)" },
                                             { false, "meso[c].organizational.roster=9000" },
                                             { false, "time.horizon=52" },
                                             { false, "runs.seed=77" },
                                             { false, "every_clinic.place=rural" } };
    struct scenario scenario = read_with(text, overrides, sizeof overrides / sizeof overrides[0]);
    struct setting setting = draw_of(&scenario, 1, 0);
    const struct clinic_setting *c = setting.clinic;
    cr_expect(scenario.horizon == 52 && scenario.runs.seed == 77 && setting.horizon == 52);
    cr_expect(c[0].rating[FACTOR_nurse_experience] == -2 && c[1].rating[FACTOR_nurse_experience] == 0.5);
    cr_expect(isnan(c[0].nurse[0].rating[FACTOR_nurse_experience]) &&
              isnan(c[1].nurse[0].rating[FACTOR_nurse_experience]));
    cr_expect(c[0].rating[FACTOR_silos] < -0.5 && c[0].rating[FACTOR_silos] > -1.5);
    cr_expect(c[3].rating[FACTOR_silos] == -1 && c[2].rating[FACTOR_silos] != -1);
    for (int i = 0; i < 5; i++)
        cr_expect(c[i].rating[FACTOR_proximity] == -1 && c[i].place == PLACE_RURAL);
    cr_expect(c[2].base.roster == 9000 && c[3].base.roster == 9000 && c[0].base.roster == 15000);
    setting_free(&setting);
    scenario_free(&scenario);
}

/* ---- extends ------------------------------------------------------------------------------------------------------
 */

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    FILE *file;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    cr_assert(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

Test(scenario_draw, extends_merges_deeply_and_the_child_wins)
{
    char folder[] = "/tmp/milieu-extends-XXXXXX", path[256];
    struct scenario scenario;
    struct setting setting;
    struct messages messages;
    struct error err = { 0 };
    cr_assert(mkdtemp(folder) != NULL);
    write_file(folder, "grand.cfg",
               "format = \"milieu-scenario/1\"; id = \"grand\"; title = \"Grand\"; source = \"S\";\n"
               "rules: { stop_slope = 7; stop_centre = 0.2; };\n");
    write_file(folder, "parent.cfg",
               "format = \"milieu-scenario/1\"; id = \"parent\"; extends = \"grand.cfg\"; title = \"Parent\";\n"
               "rules: { stop_slope = 6; };\n"
               "every_clinic: { provider: { medical_leadership = { rating = -2; who = \"lead\"; }; }; };\n"
               "meso = ( { id = \"a\"; provider: { silos = 1; nurses = ( { id = \"n-1\"; fte = 0.5; }, { id = \"n-2\"; "
               "} ); }; }, { id = \"b\"; } );\n"
               "strategies = ( { id = \"s\"; at = 9; where = [\"a\", \"b\"]; set: { trust = 1; }; } );\n");
    write_file(folder, "child.cfg",
               "format = \"milieu-scenario/1\"; id = \"child\"; extends = \"parent.cfg\";\n"
               "meso = ( { id = \"c\"; }, { id = \"a\"; place = \"urban\"; provider: { nurses = ( { id = \"n-3\"; }, { "
               "id = \"n-1\"; lead = true; } ); }; } );\n"
               "every_clinic: { provider: { medical_leadership = { why = \"busy\"; }; }; };\n"
               "strategies = ( { id = \"s\"; trigger: { watch = \"reach\"; above = 0.5; }; where = [\"c\"]; } );\n");
    snprintf(path, sizeof path, "%s/child.cfg", folder);
    messages_init(&messages, 0);
    cr_assert(scenario_read(&scenario, path, NULL, 0, &messages, &err) == 0, "%s",
              messages.count > 0 ? messages.item[0].text : err.detail);
    cr_expect_str_eq(scenario.id, "child");
    cr_expect_str_eq(scenario.title[0], "Parent");
    cr_expect_str_eq(scenario.source, "S");
    cr_expect(strncmp(scenario.text_as_given, "format = \"milieu-scenario/1\"; id = \"child\"; extends", 50) == 0);
    cr_expect(strstr(scenario.text, "extends") == NULL);
    setting = draw_of(&scenario, 1, 0);
    cr_assert(setting.num_clinics == 3);
    cr_expect_str_eq(setting.clinic[0].id, "a");
    cr_expect_str_eq(setting.clinic[2].id, "c");
    cr_expect(setting.clinic[0].base.stop_slope == 6 && setting.clinic[0].base.stop_centre == 0.2);
    cr_expect(setting.clinic[0].place == PLACE_URBAN && setting.clinic[0].rating[FACTOR_silos] == 1);
    cr_expect(setting.clinic[2].rating[FACTOR_medical_leadership] == -2);
    cr_assert(setting.clinic[0].num_nurses == 3);
    cr_expect(setting.clinic[0].nurse[0].fte == 0.5 && setting.clinic[0].nurse[0].lead);
    cr_expect(setting.strategy[0].at == -1 && setting.strategy[0].watch == SERIES_reach &&
              !setting.strategy[0].watch_below);
    cr_expect(!setting.strategy[0].where[0] && !setting.strategy[0].where[1] && setting.strategy[0].where[2]);
    setting_free(&setting);
    scenario_free(&scenario);
    messages_free(&messages);
}

/* ---- the text -----------------------------------------------------------------------------------------------------
 */

static bool same_setting(const struct setting *a, const struct setting *b)
{
    if (a->num_clinics != b->num_clinics || a->num_strategies != b->num_strategies || a->num_arms != b->num_arms ||
        a->horizon != b->horizon || memcmp(a->beta, b->beta, sizeof a->beta) != 0)
        return false;
    for (int i = 0; i < a->num_clinics; i++)
        if (!same_clinic(&a->clinic[i], &b->clinic[i]) || strcmp(a->clinic[i].title[1], b->clinic[i].title[1]) != 0)
            return false;
    for (int i = 0; i < a->num_strategies; i++)
        if (a->strategy[i].delay_weeks != b->strategy[i].delay_weeks || a->strategy[i].at != b->strategy[i].at)
            return false;
    return true;
}

Test(scenario_draw, the_text_reads_back_as_the_same_scenario)
{
    static const char text[] =
        HEAD "title: { en = \"A \\\"quoted\\\" back\\\\slash,\\n line\\tand tab\"; fr = \"Été à l'hôpital\"; };\n"
             "time: { start = \"2016-09-05\"; };\n"
             "every_clinic: { organizational: { sick_leave_share = 0.1; sick_leave_weeks = 1e1; nurse_turnover_rate = "
             "0.30000000000000004; "
             "roster = (\"choice\", [12000, 15000], [0.1, 0.9]); conflict_share = (\"beta_ms\", 0.3, 1e-1); }; };\n"
             "meso = ( { id = \"a\"; title = \"\"; }, { id = \"b\"; } );\n" STRATEGIES;
    struct scenario_override override = { true, "b/trust=0.1" };
    struct scenario first = read_with(text, &override, 1), second = read_with(first.text, NULL, 0);
    struct setting one = draw_of(&first, 5, 3), two = draw_of(&second, 5, 3);
    cr_expect_str_eq(first.text, second.text);
    cr_expect_str_eq(first.title[0], second.title[0]);
    cr_expect_str_eq(first.title[1], second.title[1]);
    cr_expect_str_eq(first.title[0], "A \"quoted\" back\\slash,\n line\tand tab");
    cr_expect_str_eq(second.start, "2016-09-05");
    cr_expect(same_setting(&one, &two));
    cr_expect(one.clinic[0].base.nurse_turnover_rate == 0.30000000000000004);
    cr_expect(strstr(first.text, "sick_leave_weeks = 10.0;") != NULL &&
              strstr(first.text, "sick_leave_share = 0.1;") != NULL);
    cr_expect_str_eq(first.text_as_given, text);
    setting_free(&one);
    setting_free(&two);
    scenario_free(&first);
    scenario_free(&second);
}

/* ---- the neutral clinic -------------------------------------------------------------------------------------------
 */

Test(scenario_draw, baseline_is_the_defaults_and_says_nothing)
{
    struct scenario scenario, plain = read_with(HEAD "unstated = 0;\nmeso = ( { id = \"clinic-1\"; } );\n", NULL, 0);
    struct messages messages;
    struct error err = { 0 };
    struct setting baseline, defaults = draw_of(&plain, 1, 0);
    messages_init(&messages, 0);
    cr_assert(scenario_read(&scenario, "scenarios/baseline.cfg", NULL, 0, &messages, &err) == 0, "%s", err.detail);
    cr_expect(messages.count == 0);
    baseline = draw_of(&scenario, 1, 0);
    cr_assert(baseline.num_clinics == 1 && baseline.num_arms == 1);
    for (int i = 0; i < NUM_PARAMS; i++)
        cr_expect(params_get(&baseline.clinic[0].base, i) == params_get(&defaults.clinic[0].base, i), "%s",
                  param_table[i].id);
    for (int f = 0; f < NUM_FACTORS; f++)
        cr_expect(baseline.clinic[0].rating[f] == 0, "%s", factor_table[f].id);
    setting_free(&baseline);
    setting_free(&defaults);
    scenario_free(&scenario);
    scenario_free(&plain);
    messages_free(&messages);
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

/* ---- the tables ---------------------------------------------------------------------------------------------------
 */

Test(scenario_draw, a_group_holds_no_more_keys_than_a_file_may)
{
    for (int at = 0; at < NUM_AT; at++) {
        struct schema schema;
        cr_assert(schema_init(&schema));
        for (int i = 1; i < schema.count[at]; i++)
            cr_expect(strcmp(schema.entry[at][i - 1].key, schema.entry[at][i].key) != 0, "%s twice",
                      schema.entry[at][i].key);
        cr_expect(schema.count[at] <= 256);
        schema_free(&schema);
    }
}

Test(scenario_draw, every_key_can_be_asked_for)
{
    for (int i = 0; i < key_count(); i++) {
        struct key_info info;
        key_describe(i, &info);
        cr_expect(key_find(info.id, 0) >= 0 && key_find(info.id, 0) <= i);
        cr_expect(key_find(info.path, 0) >= 0, "%s", info.path);
        cr_expect(info.help[0][0] != '\0' && info.help[1][0] != '\0' && info.type[0][0] != '\0', "%s", info.path);
    }
    cr_expect(key_find("every_clinic.provider.medical_leadership", 0) ==
              key_find("meso[clinic-c].provider.medical_leadership", 0));
    cr_expect(key_find("every_clinic.provider.medical_leadership", 0) >= 0);
    cr_expect(key_find("meso[x].patients.trust", 0) == key_find("micro.patients.trust", 0));
    cr_expect(key_find("no_such_key", 0) == -1);
    cr_expect_str_eq(key_nearest("medical_leadrship"), "medical_leadership");
    cr_expect(key_nearest("xyzxyzxyz") == NULL);
}

Test(scenario_draw, distance_of_damerau_and_levenshtein)
{
    static const struct {
        const char *a, *b;
        int distance;
    } known[] = { { "", "", 0 },      { "abc", "", 3 },        { "kitten", "sitting", 3 }, { "trust", "trsut", 1 },
                  { "ca", "abc", 3 }, { "draws", "drows", 1 }, { "draws", "draw", 1 },     { "at", "ta", 1 } };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        cr_expect(key_distance(known[i].a, known[i].b) == known[i].distance, "%s %s", known[i].a, known[i].b);
        cr_expect(key_distance(known[i].b, known[i].a) == known[i].distance, "%s %s", known[i].b, known[i].a);
    }
}

Test(scenario_draw, seventy_three_strategies)
{
    int in_cluster[NUM_CLUSTERS] = { 0 };
    static const int expected[NUM_CLUSTERS] = { 10, 4, 4, 17, 11, 5, 5, 9, 8 }; /* Waltz et al. 2015 */
    cr_expect(NUM_ERIC == 73);
    for (int i = 0; i < NUM_ERIC; i++) {
        in_cluster[eric_table[i].cluster]++;
        cr_expect(eric_find(eric_table[i].words[0]) == i);
    }
    for (int i = 0; i < NUM_CLUSTERS; i++)
        cr_expect(in_cluster[i] == expected[i]);
    cr_expect(eric_find("identify and prepare CHAMPIONS") >= 0 && eric_find("Do nothing") == -1);
}
