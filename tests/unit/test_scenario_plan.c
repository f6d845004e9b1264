/* What a scenario means: which of several values holds, people, counted items, options, extends, strategies, its text. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenario_help.h"
#include "sim/model/random.h"

/* ---- which value holds --------------------------------------------------------------------------------------------
 */

Test(scenario_plan, the_nearest_statement_holds)
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
Test(scenario_plan, top_values_are_shared_and_those_of_every_clinic_are_not)
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

Test(scenario_plan, people)
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

Test(scenario_plan, counted_clinics_are_dealt_to_counted_centres)
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

Test(scenario_plan, case_managers_follow_the_hours_asked_of_them)
{
    struct setting setting = setting_of(HEAD "meso = ( { id = \"c\"; count = 100; } );\n");
    cr_expect(setting.centre[0].num_case_managers == 9); /* 100 clinics x 3.5 h of 40 */
    cr_expect_str_eq(setting.centre[0].id, "centre-1");
    setting_free(&setting);
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
    "  { id = \"replace\"; trigger: { watch = \"nurse_fte\"; below = 2.0; for_weeks = 3; }; set: { staff_turnover "    \
    "= 1; }; succeeds = 0.5; } );\n"

Test(scenario_plan, strategies_and_arms)
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

Test(scenario_plan, without_arms_there_is_one_as_it_is)
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

/* `--set arms=[...]`: those named stay what they were, wherever they stood; the text kept is of them. */
Test(scenario_plan, some_arms_are_kept)
{
    static const char text[] = HEAD "meso = ( { id = \"a\"; } );\n" STRATEGIES
                                    "arms = ( { id = \"first\"; }, { id = \"second\"; on = [\"full-time\"]; },\n"
                                    "         { id = \"third\"; on = [\"replace\"]; reference = true; } );\n";
    const struct scenario_override keep = { false, "arms=[\"third\", \"second\"]" };
    struct scenario all = read_with(text, NULL, 0), some = read_with(text, &keep, 1);
    struct scenario again = read_with(some.text, NULL, 0);
    struct setting a = draw_of(&all, 1, 0), b = draw_of(&some, 1, 0);
    cr_assert(all.num_arms == 3 && some.num_arms == 2 && b.num_arms == 2);
    cr_expect(all.reference_arm == 2 && some.reference_arm == 1);
    for (int i = 0; i < 2; i++) {
        cr_expect_str_eq(some.arm_id[i], all.arm_id[i + 1], "in the scenario's order");
        cr_expect(memcmp(b.arm[i].on, a.arm[i + 1].on, sizeof a.arm[0].on) == 0, "what is on in arm %d", i);
    }
    cr_expect(same_clinic(&a.clinic[0], &b.clinic[0]) && a.strategy[0].delay_weeks == b.strategy[0].delay_weeks);
    cr_expect_str_eq(again.text, some.text);
    cr_expect(again.num_arms == 2);
    setting_free(&a);
    setting_free(&b);
    scenario_free(&all);
    scenario_free(&some);
    scenario_free(&again);
}

/* A strategy's uncertain value depends on its own id only. */
Test(scenario_plan, a_strategy_keeps_its_luck)
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

Test(scenario_plan, options_change_the_scenario)
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

Test(scenario_plan, extends_merges_deeply_and_the_child_wins)
{
    static const char *const names[] = { "grand.cfg", "parent.cfg", "child.cfg" };
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
              messages.count > 0 ? messages.item[0].text : err.detail[0]);
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
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
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

Test(scenario_plan, the_text_reads_back_as_the_same_scenario)
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

Test(scenario_plan, baseline_is_the_defaults_and_says_nothing)
{
    struct scenario scenario, plain = read_with(HEAD "unstated = 0;\nmeso = ( { id = \"clinic-1\"; } );\n", NULL, 0);
    struct messages messages;
    struct error err = { 0 };
    struct setting baseline, defaults = draw_of(&plain, 1, 0);
    messages_init(&messages, 0);
    cr_assert(scenario_read(&scenario, "scenarios/baseline.cfg", NULL, 0, &messages, &err) == 0, "%s", err.detail[0]);
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
