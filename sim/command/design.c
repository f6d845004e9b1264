/* milieu design STUDY: the points of a study, as CSV for whoever runs them, or summed up. */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "../model/tables.h"
#include "../study/study.h"
#include "command.h"
#include "describe.h"
#include "inputs.h"

#define SHOWN_POINTS 10
#define SHOWN_COLUMNS 5
#define SHOWN_VALUES 8
#define CELL_WIDTH 14

/* ---- CSV ---- */

/* A cell of RFC 4180: in quotation marks when it needs them. */
static void print_cell(FILE *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL && text[0] != ' ' && (text[0] == '\0' || text[strlen(text) - 1] != ' ')) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static int print_csv(const struct terminal *t, const struct study *study, struct error *err)
{
    char number[VARY_NUMBER_SIZE];
    double *x = malloc((size_t)study->num_vary * sizeof *x);
    if (x == NULL)
        return error_set_memory(err);
    for (int k = 0; k < study->num_vary; k++)
        fprintf(t->out, "%s%s", k > 0 ? "," : "", study->vary[k].name);
    fputc('\n', t->out);
    for (uint64_t i = 0; i < study->design.count && !ferror(t->out); i++) {
        design_point(&study->design, i, x);
        for (int k = 0; k < study->num_vary; k++) {
            if (k > 0)
                fputc(',', t->out);
            print_cell(t->out, vary_text(&study->vary[k], x[k], number));
        }
        fputc('\n', t->out);
    }
    free(x);
    return 0;
}

/* ---- in words ---- */

static const char *big(char *buffer, const struct terminal *t, double count)
{
    return text_number(buffer, count, 0, false, t->lang);
}

static const char *shown_number(char *buffer, const struct terminal *t, double x)
{
    return describe_number(buffer, x, t->lang);
}

static void add_value(char *list, size_t size, const char *value)
{
    size_t length = strlen(list);
    snprintf(list + length, size - length, "%s%s", length > 0 ? "; " : "", value);
}

static void say_values(const struct terminal *t, const struct vary *v)
{
    char list[1024] = "", number[NUMBER_LENGTH];
    for (int i = 0; i < v->num_values && i < SHOWN_VALUES; i++)
        add_value(list, sizeof list, v->word != NULL ? v->word[i] : shown_number(number, t, v->value[i]));
    if (v->num_values > SHOWN_VALUES)
        add_value(list, sizeof list, "\u2026");
    say_paragraph(t, 4, WORD_DESIGN_VALUES, v->name, list);
}

static void say_range(const struct terminal *t, const struct vary *v)
{
    char low[NUMBER_LENGTH], high[NUMBER_LENGTH];
    shown_number(low, t, v->low);
    shown_number(high, t, v->high);
    if (v->levels > 0)
        say_paragraph(t, 4, v->log ? WORD_DESIGN_RANGE_LOG_LEVELS : WORD_DESIGN_RANGE_LEVELS, v->name, low, high,
                      v->levels);
    else
        say_paragraph(t, 4, v->log ? WORD_DESIGN_RANGE_LOG : WORD_DESIGN_RANGE, v->name, low, high);
}

static void say_vary(const struct terminal *t, const struct vary *v)
{
    char number[NUMBER_LENGTH];
    switch (v->kind) {
    case VARY_RANGE:
        say_range(t, v);
        break;
    case VARY_VALUES:
        say_values(t, v);
        break;
    case VARY_DISTRIBUTION:
        shown_number(number, t, vary_at(v, 0.5));
        if (v->levels > 0)
            say_paragraph(t, 4, WORD_DESIGN_DISTRIBUTION_LEVELS, v->name, v->levels, number);
        else
            say_paragraph(t, 4, WORD_DESIGN_DISTRIBUTION, v->name, number);
        break;
    case VARY_FREE:
        say_paragraph(t, 4, WORD_DESIGN_FREE, v->name);
        break;
    }
}

static void say_runs(const struct terminal *t, const struct study *study)
{
    char runs[64], arms[64], in_all[64], width[NUMBER_LENGTH];
    size_t count = (size_t)study->design.count * (size_t)study->replications;
    if (!study->has_scenario) {
        say_paragraph(t, 2, WORD_DESIGN_BARE);
        return;
    }
    count_words(arms, sizeof arms, t, WORD_ONE_ARM, (size_t)study->num_arms);
    if (study->stop.given) {
        say_paragraph(t, 2, WORD_DESIGN_STOP, study->scenario.id, study->stop.first, study->stop.most,
                      outcome_table[study->stop.response].id, shown_number(width, t, study->stop.half_width), arms,
                      (unsigned)study->seed);
        return;
    }
    count_words(runs, sizeof runs, t, WORD_ONE_RUN, (size_t)study->replications);
    count_words(in_all, sizeof in_all, t, WORD_ONE_RUN, count);
    say_paragraph(t, 2, WORD_DESIGN_SCENARIO, study->scenario.id, runs, arms, (unsigned)study->seed, in_all);
}

static void say_head(const struct terminal *t, const struct study *study, const char *path)
{
    char count[NUMBER_LENGTH], asked[NUMBER_LENGTH];
    const struct design *design = &study->design;
    say_paragraph(t, 0, WORD_DESIGN_HEAD, bold(t->color_out), path, plain(t->color_out),
                  big(count, t, (double)design->count),
                  in_words(t, WORD_DESIGN_METHOD_FACTORIAL + (enum word)design->plan.method));
    if (study->title[t->lang] != NULL) {
        fputs("  ", t->out);
        text_paragraph(t->out, study->title[t->lang], 2, 2, TERMINAL_WIDTH);
    }
    if (design->plan.num_conditions > 0)
        say_paragraph(t, 2, WORD_DESIGN_KEPT, count, big(asked, t, (double)design->asked));
    say_paragraph(t, 2, WORD_DESIGN_VARIES);
    for (int i = 0; i < study->num_vary; i++)
        say_vary(t, &study->vary[i]);
    say_runs(t, study);
}

static void print_row(const struct terminal *t, const struct study *study, uint64_t point, const double *x)
{
    char number[NUMBER_LENGTH];
    fputs("  ", t->out);
    text_cell(t->out, big(number, t, (double)point), 6, true);
    for (int k = 0; k < study->num_vary && k < SHOWN_COLUMNS; k++) {
        const struct vary *v = &study->vary[k];
        text_cell(t->out, "", 1, false);
        text_cell(t->out, v->word != NULL ? v->word[(int)x[k]] : shown_number(number, t, x[k]), CELL_WIDTH - 1, true);
    }
    fputc('\n', t->out);
}

static int print_first_points(const struct terminal *t, const struct study *study, const char *path, struct error *err)
{
    char number[NUMBER_LENGTH];
    double *x = malloc((size_t)study->num_vary * sizeof *x);
    if (x == NULL)
        return error_set_memory(err);
    fputs("  ", t->out);
    text_cell(t->out, in_words(t, WORD_DESIGN_POINT), 6, true);
    for (int k = 0; k < study->num_vary && k < SHOWN_COLUMNS; k++) {
        text_cell(t->out, "", 1, false);
        text_cell(t->out, study->vary[k].name, CELL_WIDTH - 1, true);
    }
    fputc('\n', t->out);
    for (uint64_t i = 0; i < study->design.count && i < SHOWN_POINTS; i++) {
        design_point(&study->design, i, x);
        print_row(t, study, i, x);
    }
    if (study->num_vary > SHOWN_COLUMNS)
        say(t, WORD_DESIGN_MORE_COLUMNS, SHOWN_COLUMNS, study->num_vary);
    if (study->design.count > SHOWN_POINTS)
        say(t, WORD_DESIGN_MORE_POINTS, big(number, t, (double)(study->design.count - SHOWN_POINTS)), path);
    free(x);
    return 0;
}

/* ---- JSON ---- */

static cJSON *value_json(const struct vary *v, double x)
{
    char number[VARY_NUMBER_SIZE]; /* cJSON's own numbers may lose the last bits */
    return v->word != NULL ? cJSON_CreateString(v->word[(int)x]) : cJSON_CreateRaw(vary_number(number, x));
}

static cJSON *vary_json(const struct vary *v)
{
    static const char *const kinds[] = { "listed", "range", "values", "distribution" };
    cJSON *object = cJSON_CreateObject(), *targets;
    cJSON_AddStringToObject(object, "name", v->name);
    targets = cJSON_AddArrayToObject(object, v->is_rate ? "rate" : "path");
    for (int i = 0; i < v->num_targets; i++)
        cJSON_AddItemToArray(targets, cJSON_CreateString(v->target[i]));
    cJSON_AddStringToObject(object, "kind", kinds[v->kind]);
    if (v->kind == VARY_RANGE) {
        cJSON_AddNumberToObject(object, "low", v->low);
        cJSON_AddNumberToObject(object, "high", v->high);
        cJSON_AddStringToObject(object, "scale", v->log ? "log" : "linear");
    }
    if (v->levels > 0)
        cJSON_AddNumberToObject(object, "levels", v->levels);
    cJSON_AddBoolToObject(object, "whole", v->whole);
    if (v->kind == VARY_VALUES) {
        cJSON *values = cJSON_AddArrayToObject(object, "values");
        for (int i = 0; i < v->num_values; i++)
            cJSON_AddItemToArray(values, value_json(v, v->word != NULL ? i : v->value[i]));
    }
    return object;
}

static void add_first_points(cJSON *object, const struct study *study, double *x)
{
    cJSON *first = cJSON_AddArrayToObject(object, "first");
    for (uint64_t i = 0; i < study->design.count && i < SHOWN_POINTS; i++) {
        cJSON *point = cJSON_CreateArray();
        design_point(&study->design, i, x);
        for (int k = 0; k < study->num_vary; k++)
            cJSON_AddItemToArray(point, value_json(&study->vary[k], x[k]));
        cJSON_AddItemToArray(first, point);
    }
}

static void add_scenario(cJSON *object, const struct study *study)
{
    cJSON *arms;
    if (!study->has_scenario) {
        cJSON_AddNullToObject(object, "scenario");
        return;
    }
    cJSON_AddStringToObject(object, "scenario", study->scenario.id);
    arms = cJSON_AddArrayToObject(object, "arms");
    for (int i = 0; i < study->num_arms; i++)
        cJSON_AddItemToArray(arms, cJSON_CreateString(study->scenario.arm_id[study->arm[i]]));
    cJSON_AddNumberToObject(object, "replications", study->replications);
    cJSON_AddBoolToObject(object, "sequential", study->stop.given);
    cJSON_AddNumberToObject(object, "seed", study->seed);
    cJSON_AddNumberToObject(object, "runs", (double)study->design.count * study->replications);
}

static int print_json(const struct terminal *t, const struct study *study, struct error *err)
{
    double *x = malloc((size_t)study->num_vary * sizeof *x);
    cJSON *object = x != NULL ? cJSON_CreateObject() : NULL, *vary;
    if (object == NULL) {
        free(x);
        return error_set_memory(err);
    }
    cJSON_AddStringToObject(object, "id", study->id);
    cJSON_AddStringToObject(object, "method", design_method_name[study->design.plan.method]);
    cJSON_AddNumberToObject(object, "points", (double)study->design.count);
    cJSON_AddNumberToObject(object, "asked", (double)study->design.asked);
    vary = cJSON_AddArrayToObject(object, "vary");
    for (int i = 0; i < study->num_vary; i++)
        cJSON_AddItemToArray(vary, vary_json(&study->vary[i]));
    add_scenario(object, study);
    add_first_points(object, study, x);
    free(x);
    return json_print(t, object, err);
}

int command_design(struct call *call, struct error *err)
{
    const struct terminal *t = &call->terminal;
    struct study study;
    if (call->num_operands != 1)
        return wrong_operands(call, err);
    int ret = input_study(call, call->operand[0], &study, err);
    if (ret != 0)
        goto out;
    if (call->options.points) {
        ret = print_csv(t, &study, err);
    } else if (call->options.json) {
        ret = print_json(t, &study, err);
    } else {
        say_head(t, &study, call->operand[0]);
        ret = print_first_points(t, &study, call->operand[0], err);
    }
out:
    study_free(&study);
    return ret;
}
