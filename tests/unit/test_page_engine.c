/* The engine behind the page: answers are those of the runner, and no question does harm. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/page/engine.h"
#include "sim/study/runner.h"

static const struct engine_limits limits = { .threads = 1 };

static const char tiny[] = "format = \"milieu-scenario/1\"; id = \"tiny\"; time: { horizon = 52; };"
                           "meso: ( { id = \"a\"; patients: { per_clinic = 12; }; } );"
                           "strategies: ( { id = \"s\"; at = 4; add: { medical_leadership = 1; }; } );"
                           "arms: ( { id = \"x\"; }, { id = \"y\"; on = [\"s\"]; } ); runs: { seed = 7; };";

static cJSON *asked(cJSON *question)
{
    char *text = cJSON_PrintUnformatted(question), *answer = engine_answer(text, &limits);
    cJSON *json = cJSON_Parse(answer);
    cr_assert(ne(ptr, json, NULL));
    cJSON_free(text);
    cJSON_free(answer);
    cJSON_Delete(question);
    return json;
}

static cJSON *question_of(const char *ask, const char *text)
{
    cJSON *question = cJSON_CreateObject();
    cJSON_AddStringToObject(question, "ask", ask);
    cJSON_AddStringToObject(question, "name", "tiny.cfg");
    cJSON_AddStringToObject(question, "text", text);
    return question;
}

static const char *error_of(const cJSON *answer)
{
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(answer, "error");
    return cJSON_IsString(error) ? error->valuestring : "";
}

Test(page_engine, base64_of_known_texts)
{
    const char *const known[][2] = { { "", "" },        { "f", "Zg==" },          { "fo", "Zm8=" },
                                     { "foo", "Zm9v" }, { "foobar", "Zm9vYmFy" }, { "\xff\xfe\xfd", "//79" } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char *text = engine_base64(known[i][0], strlen(known[i][0]));
        cr_expect(eq(int, 0, strcmp(text, known[i][1])));
        free(text);
    }
}

Test(page_engine, reads_a_scenario_and_says_what_is_in_it)
{
    cJSON *answer = asked(question_of("read", tiny));
    const cJSON *scenario = cJSON_GetObjectItemCaseSensitive(answer, "scenario");
    const cJSON *arms = cJSON_GetObjectItemCaseSensitive(scenario, "arms");
    const cJSON *clinic = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(scenario, "clinics"), 0);
    cr_expect(eq(int, 0, strcmp(error_of(answer), "")));
    cr_expect(eq(int, cJSON_GetArraySize(arms), 2));
    cr_expect(eq(int, cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(clinic, "ratings")), NUM_FACTORS));
    cJSON_Delete(answer);
}

Test(page_engine, says_what_a_scenario_states_of_a_factor)
{
    cJSON *question = question_of("read", tiny), *rate = cJSON_AddArrayToObject(question, "rate"), *answer;
    cJSON_AddItemToArray(rate, cJSON_CreateString("a/medical_leadership=-2"));
    answer = asked(question);
    const cJSON *scenario = cJSON_GetObjectItemCaseSensitive(answer, "scenario");
    const cJSON *clinic = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(scenario, "clinics"), 0);
    const cJSON *ratings = cJSON_GetObjectItemCaseSensitive(clinic, "ratings");
    const cJSON *stated = cJSON_GetArrayItem(ratings, FACTOR_medical_leadership);
    const cJSON *silent = cJSON_GetArrayItem(ratings, FACTOR_trust);
    cr_expect(eq(int, 0, strcmp(cJSON_GetArrayItem(stated, 0)->valuestring, "here")));
    cr_expect(eq(dbl, cJSON_GetArrayItem(stated, 1)->valuedouble, -2));
    cr_expect(eq(int, 0, strcmp(cJSON_GetArrayItem(silent, 0)->valuestring, "not")));
    cr_expect(eq(dbl, cJSON_GetArrayItem(silent, 1)->valuedouble, 0));
    cJSON_Delete(answer);
}

static int keep(void *context, struct run_id id, const struct record *record, struct error *err)
{
    double *value = context;
    (void)err;
    memcpy(value + (id.arm * 3 + id.draw) * 2 * NUM_OUTCOMES, record->outcome, 2 * NUM_OUTCOMES * sizeof *value);
    return 0;
}

/* Draws 2, 3, 4 asked for at once, and of the runner itself: the same bytes. */
Test(page_engine, runs_are_the_runner_s)
{
    static double own[2 * 3 * 2 * NUM_OUTCOMES];
    struct scenario scenario = { 0 };
    struct messages messages;
    struct error err;
    struct runner_report report;
    messages_init(&messages, 0);
    cr_assert(zero(int, scenario_read_text(&scenario, "t", NULL, tiny, strlen(tiny), NULL, 0, &messages, &err)));
    const struct runner_options options = { .threads = 2,
                                            .draws = 3,
                                            .replications = 1,
                                            .first_draw = 2,
                                            .seed = 7,
                                            .uncertainty = scenario.runs.uncertainty };
    const struct runner_sink sink = { .take = keep, .context = own };
    cr_assert(zero(int, runner_run(&scenario, &options, &sink, &report, &err)));
    cJSON *question = question_of("run", tiny);
    cJSON_AddItemToObject(question, "draws", cJSON_CreateIntArray((const int[]){ 2, 5 }, 2));
    cJSON_AddNumberToObject(question, "replications", 1);
    cJSON *answer = asked(question);
    char *expected = engine_base64(own, sizeof own);
    cr_expect(eq(int, 0, strcmp(error_of(answer), "")));
    cr_expect(eq(str, cJSON_GetObjectItemCaseSensitive(answer, "outcomes")->valuestring, expected));
    free(expected);
    cJSON_Delete(answer);
    scenario_free(&scenario);
    messages_free(&messages);
}

Test(page_engine, what_is_no_question_is_told_so)
{
    const char *const bad[] = { "",
                                "{",
                                "[]",
                                "null",
                                "{\"ask\":\"what\"}",
                                "{\"ask\":\"read\"}",
                                "{\"ask\":\"run\",\"text\":\"\",\"draws\":[0,1],\"replications\":1}",
                                "{\"ask\":\"read\",\"text\":\"\",\"set\":[1]}",
                                "{\"ask\":\"read\",\"text\":\"id = \\\"x\"}" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *answer = engine_answer(bad[i], &limits);
        cJSON *json = cJSON_Parse(answer);
        cr_expect(ne(int, strcmp(error_of(json), ""), 0), "%s", bad[i]);
        cJSON_Delete(json);
        cJSON_free(answer);
    }
}

Test(page_engine, too_many_runs_are_refused)
{
    cJSON *question = question_of("run", tiny);
    cJSON_AddItemToObject(question, "draws", cJSON_CreateIntArray((const int[]){ 0, 60000 }, 2));
    cJSON_AddNumberToObject(question, "replications", 100);
    cJSON *answer = asked(question);
    cr_expect(ne(int, strcmp(error_of(answer), ""), 0));
    cJSON_Delete(answer);
}
