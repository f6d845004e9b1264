/* libFuzzer over the study reader: the study, after a byte 0x1e its CSV of points, a small scenario; of a valid one some
 * points, their scenarios, its name. What is only slow is left out: sieves over ranges, and hypercubes made roomy. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/study/study.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char scenario[] =
    "format = \"milieu-scenario/1\"; id = \"two\"; time: { horizon = 52; };\n"
    "meso: ( { id = \"clinic-a\"; }, { id = \"clinic-c\"; place = \"rural\"; } );\n"
    "strategies: ( { id = \"physician-champion\"; at = 4; add: { medical_leadership = 1; }; } );\n"
    "arms: ( { id = \"as-it-was\"; }, { id = \"champion\"; on = [\"physician-champion\"]; } );\n";

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool holds_text(const uint8_t *data, size_t size, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(data + i, text, length) == 0)
            return true;
    return false;
}

static void check_point(const struct study *study, uint64_t point)
{
    double x[1000];
    struct study_overrides overrides;
    struct scenario read;
    struct error err = { 0 };
    design_point(&study->design, point, x);
    for (int i = 0; i < study->num_vary; i++) {
        const struct vary *v = &study->vary[i];
        must(isfinite(x[i]));
        must(v->word == NULL || (x[i] >= 0 && x[i] < v->num_values && x[i] == floor(x[i])));
        must(v->kind != VARY_RANGE || (x[i] >= v->low && x[i] <= v->high));
    }
    must(study_point_overrides(study, point, &overrides, &err) == 0);
    study_overrides_free(&overrides);
    if (study->has_scenario) {
        int ret = study_read_point(study, point, &read, NULL, &err);
        must(ret == 0 || ret == MILIEU_ERR_SCENARIO);
        scenario_free(&read);
    }
}

static void check_valid(const struct study *study)
{
    char id[STUDY_ID_SIZE];
    struct error err = { 0 };
    must(study->design.count > 0);
    check_point(study, 0);
    check_point(study, study->design.count / 2);
    check_point(study, study->design.count - 1);
    must(study_identify(study, "fuzz", id, &err) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct study study;
    struct messages messages;
    struct error err = { 0 };
    const uint8_t *end = size > 0 ? memchr(data, 0x1e, size) : NULL;
    size_t length = end != NULL ? (size_t)(end - data) : size;
    struct study_texts texts = { .name = "fuzz.cfg", .study = (const char *)data, .study_length = length };
    if ((holds_text(data, length, "where") && holds_text(data, length, "range")) ||
        holds_text(data, length, "latin-hypercube"))
        return 0;
    texts.scenario = scenario;
    texts.scenario_length = strlen(scenario);
    texts.points = end != NULL ? (const char *)end + 1 : "";
    texts.points_length = end != NULL ? size - length - 1 : 0;
    messages_init(&messages, size > 0 && (data[0] & 1) != 0);
    int ret = study_read_texts(&study, &texts, &messages, &err);
    must((ret == 0) == (messages.num_errors == 0));
    if (ret == 0)
        check_valid(&study);
    study_free(&study);
    messages_free(&messages);
    return 0;
}
