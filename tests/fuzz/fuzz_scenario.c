/* libFuzzer over the scenario reader: look-through, libconfig, schema walk, plan, one draw, and the text read back.
 *
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -I. tests/fuzz/fuzz_scenario.c sim/scenario/<all>.c sim/model/{tables,
 *   setting,error,random}.c $(pkg-config --cflags --libs libconfig gsl)
 *
 * LSAN_OPTIONS=suppressions=tests/lsan.supp: libconfig 1.5 leaks a text when a syntax error follows it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_CLINICS 200 /* drawn: more would only be slow */

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* A scenario without error can be drawn, and its text is a scenario without error that has the same text. */
static void check_valid(const struct scenario *scenario)
{
    struct scenario again;
    struct setting setting;
    struct messages messages;
    struct error err = { 0 };
    messages_init(&messages, 1);
    must(scenario_read_text(&again, "again.cfg", NULL, scenario->text, strlen(scenario->text), NULL, 0, &messages,
                            &err) == 0);
    must(strcmp(again.text, scenario->text) == 0);
    if (scenario->num_clinics <= MOST_CLINICS) {
        must(scenario_draw(scenario, scenario->runs.seed, 0, &setting, &err) == 0);
        for (int i = 0; i < setting.num_clinics; i++)
            for (int p = 0; p < NUM_PARAMS; p++) {
                double value = params_get(&setting.clinic[i].base, p);
                must(value >= param_table[p].min && value <= param_table[p].max);
            }
        setting_free(&setting);
    }
    scenario_free(&again);
    messages_free(&messages);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scenario scenario;
    struct messages messages;
    struct error err = { 0 };
    int ret;
    messages_init(&messages, size > 0 && (data[0] & 1) != 0);
    ret = scenario_read_text(&scenario, "fuzz.cfg", NULL, (const char *)data, size, NULL, 0, &messages, &err);
    must((ret == 0) == (messages.num_errors == 0));
    if (ret == 0)
        check_valid(&scenario);
    scenario_free(&scenario);
    messages_free(&messages);
    return 0;
}
