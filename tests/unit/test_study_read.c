/* A study that is in order: what it says, what it leaves to defaults, its points as scenarios, its name. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_help.h"
#include "sim/model/tables.h"
#include "study_help.h"

#define VARY                                                                                                           \
    "vary: ( { path = \"every_clinic.organizational.nurse_turnover_rate\"; name = \"turnover\"; values = [0.1, 0.3]; " \
    "},\n"                                                                                                             \
    "        { rate = \"clinic-b/trust\"; values = [-1, 1]; },\n"                                                      \
    "        { path = \"strategies[champion].at\"; range = [0, 20]; levels = 3; } );\n"
#define SHORT STUDY_HEAD "scenario = \"two.cfg\";\ndesign: { method = \"factorial\"; };\n" VARY

Test(study_read, what_is_not_said)
{
    struct study study = study_of(SHORT, NULL);
    cr_expect(study.has_scenario && strcmp(study.scenario.id, "two") == 0 && study.id[0] == '\0');
    cr_expect(study.num_arms == 2 && study.arm[0] == 0 && study.arm[1] == 1);
    cr_expect(study.num_respond == NUM_OUTCOMES && study.respond[NUM_OUTCOMES - 1] == NUM_OUTCOMES - 1);
    cr_expect(study.replications == 1 && study.seed == 1 && study.uncertainty == UNCERTAIN_BOTH && !study.stop.given);
    cr_expect(study.outputs.clinics && study.outputs.num_series == 0 && study.outputs.every_weeks == 4 &&
              study.outputs.trajectories == 0);
    cr_expect(study.num_vary == 3 && study.design.count == 12);
    cr_expect_str_eq(study.vary[0].name, "turnover");
    cr_expect_str_eq(study.vary[1].name, "trust");
    cr_expect_str_eq(study.vary[2].name, "at");
    cr_expect(study.vary[2].whole && !study.vary[0].whole, "what takes only whole numbers is known from the scenario");
    cr_expect(strcmp(study.text, SHORT) == 0 && study.text_length == strlen(SHORT) && study.points_text == NULL);
    study_free(&study);
    study_free(&study);
}

Test(study_read, what_is_said)
{
    struct study study = study_of(
        SHORT "id = \"s\"; title: { en = \"Study\"; fr = \"Étude\"; };\narms = [\"with-champion\", \"as-it-is\"];\n"
              "respond = [\"reach\", \"start_up_week\"];\n"
              "runs: { seed = 9; uncertainty = \"chance\"; };\n"
              "stop: { response = \"reach\"; half_width = 0.05; level = 0.9; first = 16; most = 128; clinic = "
              "\"clinic-b\"; };\n"
              "outputs: { clinics = false; series = [\"reach\", \"active\"]; every_weeks = 13; trajectories = 2; };\n",
        NULL);
    cr_expect(strcmp(study.id, "s") == 0 && strcmp(study.title[0], "Study") == 0 &&
              strcmp(study.title[1], "Étude") == 0);
    cr_expect(study.num_arms == 2 && study.arm[0] == 0 && study.arm[1] == 1, "in the scenario's order");
    cr_expect(study.num_respond == 2 && study.respond[0] == OUTCOME_start_up_week && study.respond[1] == OUTCOME_reach);
    cr_expect(study.seed == 9 && study.uncertainty == UNCERTAIN_CHANCE && study.replications == 128);
    cr_expect(study.stop.given && study.stop.response == OUTCOME_reach && study.stop.half_width == 0.05 &&
              study.stop.level == 0.9 && study.stop.first == 16 && study.stop.most == 128 && study.stop.clinic == 1);
    cr_expect(study.stop.num_arms == 2 && study.stop.arm[0] == 1 && study.stop.arm[1] == 0,
              "not said: the other arm less the reference");
    cr_expect(!study.outputs.clinics && study.outputs.num_series == 2 &&
              study.outputs.series[0] == series_find("reach") && study.outputs.every_weeks == 13 &&
              study.outputs.trajectories == 2);
    study_free(&study);
}

Test(study_read, a_contrast_of_one_or_two_arms)
{
    struct study study = study_of(
        SHORT "stop: { response = \"reach\"; half_width = 0.1; arms = [\"as-it-is\", \"with-champion\"]; };\n", NULL);
    cr_expect(study.stop.num_arms == 2 && study.stop.arm[0] == 0 && study.stop.arm[1] == 1 && study.stop.clinic == -1);
    cr_expect(study.stop.level == 0.95 && study.stop.first == 32 && study.stop.most == 1024);
    study_free(&study);
    study = study_of(SHORT "arms = [\"with-champion\"]; stop: { response = \"reach\"; half_width = 0.1; };\n", NULL);
    cr_expect(study.stop.num_arms == 1 && study.stop.arm[0] == 1);
    study_free(&study);
}

/* ---- points as scenarios ---- */

Test(study_read, a_point_is_what_set_and_rate_would_do)
{
    struct study study = study_of(SHORT "runs: { seed = 12; };\n", NULL);
    struct error err = { 0 };
    for (uint64_t point = 0; point < study.design.count; point++) {
        struct study_overrides overrides;
        struct scenario scenario;
        char text[4][128];
        double x[3];
        design_point(&study.design, point, x);
        cr_assert(study_point_overrides(&study, point, &overrides, &err) == 0 && overrides.count == 3);
        snprintf(text[0], sizeof text[0], "every_clinic.organizational.nurse_turnover_rate=%.17g", x[0]);
        snprintf(text[1], sizeof text[1], "clinic-b/trust=%d", (int)x[1]);
        snprintf(text[2], sizeof text[2], "strategies[champion].at=%d", (int)x[2]);
        cr_expect(!overrides.item[0].is_rate && overrides.item[1].is_rate && !overrides.item[2].is_rate);
        cr_expect(strtod(strchr(overrides.item[0].text, '=') + 1, NULL) == x[0]);
        cr_expect_str_eq(overrides.item[1].text, text[1]);
        cr_expect_str_eq(overrides.item[2].text, text[2]);
        const struct scenario_override by_hand[] = {
            { false, text[0] }, { true, text[1] }, { false, text[2] }, { false, "runs.seed=12" }
        };
        struct scenario expected = read_with(study_scenario, by_hand, 4);
        cr_assert(study_read_point(&study, point, &scenario, NULL, &err) == 0, "%s", err.detail[0]);
        struct setting a = draw_of(&expected, 12, 3), b = draw_of(&scenario, 12, 3);
        for (int clinic = 0; clinic < 2; clinic++)
            cr_expect(same_clinic(&a.clinic[clinic], &b.clinic[clinic]), "point %d", (int)point);
        cr_expect(scenario.runs.seed == 12 && b.clinic[1].rating[FACTOR_trust] == x[1]);
        setting_free(&a);
        setting_free(&b);
        scenario_free(&expected);
        scenario_free(&scenario);
        study_overrides_free(&overrides);
        study_overrides_free(&overrides);
    }
    study_free(&study);
}

Test(study_read, words_and_several_paths)
{
    struct study study = study_of(
        STUDY_HEAD
        "scenario = \"two.cfg\";\ndesign: { method = \"factorial\"; };\n"
        "vary: ( { path = [\"meso[clinic-a].place\", \"meso[clinic-b].place\"]; values = [\"rural\", \"urban\"]; },\n"
        "        { path = \"every_clinic.teaching\"; values = [false, true]; },\n"
        "        { path = \"every_clinic.provider.medical_leadership.rating\"; name = \"m\"; values = [0]; } "
        ");\n",
        NULL);
    struct study_overrides overrides;
    struct error err = { 0 };
    static const char *const expected[] = { "meso[clinic-a].place=\"urban\"", "meso[clinic-b].place=\"urban\"",
                                            "every_clinic.teaching=true" };
    cr_assert(study_point_overrides(&study, 3, &overrides, &err) == 0 && overrides.count == 4);
    for (int i = 0; i < 3; i++)
        cr_expect_str_eq(overrides.item[i].text, expected[i]);
    study_overrides_free(&overrides);
    study_free(&study);
}

Test(study_read, replications_and_their_luck)
{
    struct study study = study_of(SHORT "runs: { uncertainty = \"chance\"; };\n", NULL);
    struct scenario scenario;
    struct error err = { 0 };
    int draw, replication;
    study_luck(&study, 5, &draw, &replication);
    cr_expect(draw == 0 && replication == 5);
    cr_assert(study_read_point(&study, 0, &scenario, NULL, &err) == 0);
    cr_expect(scenario.runs.uncertainty == UNCERTAIN_CHANCE);
    scenario_free(&scenario);
    study_free(&study);
    study = study_of(SHORT "runs: { uncertainty = \"parameters\"; };\n", NULL);
    study_luck(&study, 5, &draw, &replication);
    cr_expect(draw == 5 && replication == 0);
    cr_assert(study_read_point(&study, 0, &scenario, NULL, &err) == 0);
    cr_expect(scenario.runs.uncertainty == UNCERTAIN_PARAMETERS);
    scenario_free(&scenario);
    study_free(&study);
}

static uint32_t seed_at(const struct study *study, uint64_t point)
{
    struct scenario scenario;
    struct error err = { 0 };
    cr_assert(study_read_point(study, point, &scenario, NULL, &err) == 0);
    uint32_t seed = scenario.runs.seed;
    scenario_free(&scenario);
    return seed;
}

Test(study_read, points_share_their_luck_or_have_their_own)
{
    struct study paired = study_of(SHORT "runs: { seed = 12; };\n", NULL);
    struct study own = study_of(SHORT "runs: { seed = 12; own_luck = true; };\n", NULL);
    cr_expect(seed_at(&paired, 0) == 12 && seed_at(&paired, 1) == 12);
    cr_expect(seed_at(&own, 0) != 12 && seed_at(&own, 0) != seed_at(&own, 1));
    cr_expect(seed_at(&own, 1) == study_seed(&own, 1) && study_seed(&own, 1) < 1U << 31);
    char one[STUDY_ID_SIZE], other[STUDY_ID_SIZE];
    cr_assert(study_identify(&paired, "p", one, NULL) == 0 && study_identify(&own, "p", other, NULL) == 0);
    cr_expect(strcmp(one, other) != 0, "one is not the other");
    study_free(&paired);
    study_free(&own);
}

/* A run on its own has the study's arms, and fails where any arm makes its point impossible: so the study's runs do. */
Test(study_read, a_run_has_the_arms_of_the_study)
{
    struct study study = study_of(SHORT "arms = [\"with-champion\"]; runs: { replications = 4; seed = 12; };\n", NULL);
    struct scenario whole, run;
    struct messages messages;
    struct error err = { 0 };
    messages_init(&messages, 0);
    cr_assert(study.num_arms == 1 && study_read_point(&study, 1, &whole, NULL, &err) == 0);
    cr_assert(study_read_run(&study, 1, 3, &run, &messages, &err) == 0 && messages.num_errors == 0);
    cr_expect(whole.num_arms == 2 && run.num_arms == 1);
    cr_expect_str_eq(run.arm_id[0], "with-champion");
    cr_expect(run.runs.draws == 1 && run.runs.first_draw == 3 && run.runs.seed == 12);
    struct setting a = draw_of(&whole, 12, 3), b = draw_of(&run, 12, 3);
    cr_expect(memcmp(a.arm[1].on, b.arm[0].on, sizeof a.arm[1].on) == 0 && same_clinic(&a.clinic[1], &b.clinic[1]));
    setting_free(&a);
    setting_free(&b);
    scenario_free(&whole);
    scenario_free(&run);
    messages_free(&messages);
    study_free(&study);
}

/* The study of a scenario that says `uncertainty` itself ("" : it does not). */
static struct study study_of_uncertain(const char *text, const char *uncertainty)
{
    char scenario[1024];
    struct study study;
    struct messages messages;
    struct error err = { 0 };
    int length = snprintf(scenario, sizeof scenario, "%s%s%s%s", study_scenario,
                          uncertainty[0] != '\0' ? "runs: { uncertainty = \"" : "", uncertainty,
                          uncertainty[0] != '\0' ? "\"; };\n" : "");
    struct study_texts texts = { .name = "study.cfg",
                                 .study = text,
                                 .study_length = strlen(text),
                                 .scenario = scenario,
                                 .scenario_length = (size_t)length };
    messages_init(&messages, 0);
    cr_assert(study_read_texts(&study, &texts, &messages, &err) == 0, "%s", err.detail[0]);
    messages_free(&messages);
    return study;
}

Test(study_read, uncertainty_not_said_is_the_scenarios)
{
    static const char *const word[] = { "both", "parameters", "chance" };
    for (int i = 0; i < 3; i++) {
        struct study silent = study_of_uncertain(SHORT, word[i]);
        struct study saying = study_of_uncertain(SHORT "runs: { uncertainty = \"both\"; };\n", word[i]);
        struct scenario scenario;
        struct study_parts parts[2];
        struct error err = { 0 };
        cr_expect_eq((int)silent.uncertainty, i, "%s", word[i]);
        cr_expect_eq((int)saying.uncertainty, UNCERTAIN_BOTH, "what the study says counts");
        cr_assert(study_read_point(&silent, 0, &scenario, NULL, &err) == 0);
        cr_expect_eq((int)scenario.runs.uncertainty, i);
        cr_assert(study_parts(&silent, "p", &parts[0], &err) == 0 && study_parts(&saying, "p", &parts[1], &err) == 0);
        cr_expect_eq(strcmp(parts[0].text[PART_RUNS], parts[1].text[PART_RUNS]) == 0, i == UNCERTAIN_BOTH,
                     "its name holds what holds, said or not");
        study_parts_free(&parts[0]);
        study_parts_free(&parts[1]);
        scenario_free(&scenario);
        study_free(&silent);
        study_free(&saying);
    }
    struct study neither = study_of_uncertain(SHORT, "");
    cr_expect_eq((int)neither.uncertainty, UNCERTAIN_BOTH);
    study_free(&neither);
}

/* Each value is fine by itself; together they are not. */
Test(study_read, a_point_that_cannot_be)
{
    struct study study =
        study_of(STUDY_HEAD "scenario = \"two.cfg\";\ndesign: { method = \"factorial\"; };\n"
                            "vary: ( { path = \"meso[clinic-a].patients.per_clinic\"; values = [20, 300]; },\n"
                            "        { path = \"meso[clinic-a].organizational.roster\"; values = "
                            "[200, 13000]; } );\n",
                 NULL);
    struct scenario scenario;
    struct messages messages;
    struct error err = { 0 };
    messages_init(&messages, 1);
    for (uint64_t point = 0; point < 4; point++) {
        int ret = study_read_point(&study, point, &scenario, NULL, &err);
        cr_expect(ret == (point == 2 ? MILIEU_ERR_SCENARIO : 0), "point %d: %d", (int)point, ret);
        scenario_free(&scenario);
    }
    cr_expect(study_read_point(&study, 2, &scenario, &messages, &err) == MILIEU_ERR_SCENARIO);
    cr_expect(strncmp(err.detail[0], "point 2: ", 9) == 0 && strstr(err.detail[0], "roster") != NULL, "%s",
              err.detail[0]);
    cr_expect(messages.num_errors == 1);
    messages_free(&messages);
    study_free(&study);
}

/* What no reader of a study can rule out beforehand: here the study itself is made another. */
Test(study_read, a_point_of_other_lengths_is_none)
{
    struct study study = study_of(SHORT, NULL);
    int *const length[] = { &study.scenario.horizon, &study.scenario.num_clinics, &study.scenario.num_arms };
    for (int i = 0; i < 3; i++) {
        struct scenario point, run;
        struct error of_point = { 0 }, of_run = { 0 };
        (*length[i])--;
        cr_expect_eq(study_read_point(&study, 1, &point, NULL, &of_point), MILIEU_ERR_SCENARIO);
        cr_expect_eq(study_read_run(&study, 1, 0, &run, NULL, &of_run), MILIEU_ERR_SCENARIO);
        (*length[i])++;
        cr_expect(strstr(of_point.detail[0], "point 1: its clinics, arms and horizon (2, 2, 52) are not the study's"),
                  "%s", of_point.detail[0]);
        cr_expect_str_eq(of_run.detail[0], of_point.detail[0]);
        scenario_free(&point);
        scenario_free(&run);
    }
    study_free(&study);
}

/* ---- its name ---- */

static void name_of(const char *text, const char *points, const char *program, char out[STUDY_ID_SIZE])
{
    struct study study = study_of(text, points);
    struct error err = { 0 };
    cr_assert(study_identify(&study, program, out, &err) == 0);
    cr_expect(strlen(out) == 32 && strspn(out, "0123456789abcdef") == 32);
    study_free(&study);
}

Test(study_read, its_name_is_what_its_numbers_depend_on)
{
    static const char *const same[] = {
        SHORT "# a comment\n",
        SHORT "id = \"another\"; title = \"t\";\n", /* what it is called changes no number */
        SHORT "runs: { seed = 1; replications = 1; uncertainty = \"both\"; };\n",
        SHORT "outputs: { every_weeks = 4; }; arms = [\"with-champion\", \"as-it-is\"];\n",
        STUDY_HEAD VARY "scenario=\"two.cfg\"; design: { method = \"factorial\"; };\n",
    };
    static const char *const other[] = {
        SHORT "runs: { seed = 2; };\n",
        SHORT "runs: { replications = 2; };\n",
        SHORT "runs: { uncertainty = \"chance\"; };\n",
        SHORT "arms = [\"as-it-is\"];\n",
        SHORT "respond = [\"reach\"];\n",
        SHORT "outputs: { trajectories = 1; };\n",
        SHORT "outputs: { series = [\"reach\"]; };\n",
        SHORT "stop: { response = \"reach\"; half_width = 0.05; };\n",
        SHORT "stop: { response = \"reach\"; half_width = 0.06; };\n",
        SHORT "where = \"at < 15\";\n",
        STUDY_HEAD "design: { method = \"factorial\"; };\n" VARY,
        STUDY_HEAD "scenario=\"two.cfg\"; design: { method = \"one-at-a-time\"; };\n" VARY,
    };
    char first[STUDY_ID_SIZE], name[16][STUDY_ID_SIZE];
    name_of(SHORT, NULL, "1.0 abc", first);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        name_of(same[i], NULL, "1.0 abc", name[0]);
        cr_expect(strcmp(name[0], first) == 0, "row %zu is another", i);
    }
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        name_of(other[i], NULL, "1.0 abc", name[i]);
        cr_expect(strcmp(name[i], first) != 0, "row %zu is the same", i);
        for (size_t j = 0; j < i; j++)
            cr_expect(strcmp(name[i], name[j]) != 0, "rows %zu and %zu are the same", i, j);
    }
    name_of(SHORT, NULL, "1.0 abd", name[0]);
    cr_expect(strcmp(name[0], first) != 0, "another program");
    const char csv[] = STUDY_HEAD "design: { method = \"list\"; file = \"p.csv\"; };\nvary: ( { name = \"a\"; } );\n";
    name_of(csv, "a\n1\n2\n", "1", first);
    name_of(csv, "a\n1\n3\n", "1", name[0]);
    cr_expect(strcmp(name[0], first) != 0, "other points");
}

/* What a study's folder keeps: the study as it was, its scenario whole. Read from there it is the same study. */
Test(study_read, shipped_studies_and_their_copies)
{
    static const char *const shipped[] = { "saltelli-factors", "smoke", "training-timing",
                                           "turnover-leadership-information" };
    for (size_t i = 0; i < sizeof shipped / sizeof shipped[0]; i++) {
        char path[128], id[2][STUDY_ID_SIZE];
        struct study study, copy;
        struct messages messages;
        struct error err = { 0 };
        snprintf(path, sizeof path, "scenarios/studies/%s.cfg", shipped[i]);
        messages_init(&messages, 0);
        cr_assert(study_read(&study, path, &messages, &err) == 0, "%s: %s", path,
                  messages.count > 0 ? messages.item[0].text : err.detail[0]);
        cr_expect(strcmp(study.id, shipped[i]) == 0 && messages.num_errors == 0 && study.title[0] != NULL &&
                  study.title[1] != NULL);
        struct study_texts texts = {
            "study.cfg", NULL, study.text, study.scenario.text, NULL, study.text_length, strlen(study.scenario.text), 0
        };
        cr_assert(study_read_texts(&copy, &texts, &messages, &err) == 0, "%s", path);
        cr_assert(study_identify(&study, "p", id[0], &err) == 0 && study_identify(&copy, "p", id[1], &err) == 0);
        cr_expect_str_eq(id[0], id[1]);
        messages_free(&messages);
        study_free(&study);
        study_free(&copy);
    }
}

/* A factor that the table gains must be varied too: else it would be drawn, and its part be taken for noise. */
Test(study_read, the_study_of_all_factors_has_them_all)
{
    struct study study;
    struct messages messages;
    struct error err = { 0 };
    messages_init(&messages, 0);
    cr_assert(study_read(&study, "scenarios/studies/saltelli-factors.cfg", &messages, &err) == 0);
    cr_assert_eq(study.num_vary, NUM_FACTORS);
    for (int f = 0; f < NUM_FACTORS; f++) {
        int times = 0;
        for (int k = 0; k < study.num_vary; k++)
            times += study.vary[k].is_rate && strcmp(study.vary[k].target[0], factor_table[f].id) == 0;
        cr_expect_eq(times, 1, "%s", factor_table[f].id);
    }
    study_free(&study);
    messages_free(&messages);
}
