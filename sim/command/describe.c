#include "describe.h"

#include <stdlib.h>
#include <string.h>

#include "../model/tables.h"
#include "../scenario/ensemble.h"
#include "../scenario/keys.h"
#include "../scenario/scenario.h"
#include "command.h"
#include "inputs.h"
#include "nearest.h"

int json_print(const struct terminal *t, cJSON *json, struct error *err)
{
    char *text = json != NULL ? cJSON_Print(json) : NULL;
    int ret = 0;
    if (text == NULL)
        ret = error_set(err, MILIEU_ERR_MEMORY, "%s", "%s", "JSON");
    else
        fprintf(t->out, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(json);
    return ret;
}

/* ---- rows in words ---- */

static const char *sign_word(const struct terminal *t, int sign)
{
    return in_words(t, sign > 0 ? WORD_RISES : WORD_FALLS);
}

void describe_factor(const struct terminal *t, int factor)
{
    const struct factor_info *info = &factor_table[factor];
    fprintf(t->out, "%s%s%s\n    ", bold(t->color_out), info->id, plain(t->color_out));
    text_paragraph(t->out, info->words[t->lang], 4, 4, TERMINAL_WIDTH);
    say_paragraph(t, 4, WORD_FACTOR_PLACE, in_words(t, WORD_CATEGORY_STRUCTURAL + (enum word)info->category),
                  in_words(t, WORD_LEVEL_MACRO + (enum word)info->level), section_path[info->section]);
    say_paragraph(t, 4, WORD_FACTOR_DECLARED, outcome_table[info->proximal].words[t->lang],
                  sign_word(t, info->proximal_sign));
    for (int i = 0; i < NUM_LINKS; i++)
        if ((int)link_table[i].factor == factor)
            say_paragraph(t, 4, WORD_FACTOR_ACTS, param_table[link_table[i].param].id, sign_word(t, link_table[i].sign),
                          param_table[link_table[i].param].words[t->lang]);
    say_paragraph(t, 4, WORD_FACTOR_SOURCE, info->cfir, info->source);
}

/* A number of a table: 6 figures, no exponent for what people write without. */
char *describe_number(char *buffer, double value, int lang)
{
    snprintf(buffer, NUMBER_LENGTH, "%.6g", value);
    if (strchr(buffer, 'e') != NULL && value >= 1)
        return text_number(buffer, value, 0, false, lang);
    for (char *c = buffer; lang == LANG_FR && *c != '\0'; c++)
        *c = *c == '.' ? ',' : *c;
    return buffer;
}

/* How it is written with what is not known of it. */
static void describe_spread(const struct terminal *t, int param)
{
    static const enum word scale[] = {
        [KIND_EXP] = WORD_SCALE_LOG, [KIND_LOGIT] = WORD_SCALE_LOGIT, [KIND_SHIFT] = WORD_SCALE_PLAIN
    };
    const struct param_info *info = &param_table[param];
    char written[80];
    snprintf(written, sizeof written, "{ value = %.6g; spread = %.6g; }", info->value, info->spread);
    if (info->kind != KIND_COUNT)
        say_paragraph(t, 4, WORD_PARAMETER_SPREAD, written, key_most_spread(param), in_words(t, scale[info->kind]));
}

/* Fitted: what a run takes when the scenario says nothing. */
static void describe_fitted(const struct terminal *t, int column)
{
    const struct ensemble *e = &ensemble_shipped;
    char middle[NUMBER_LENGTH], low[NUMBER_LENGTH], high[NUMBER_LENGTH];
    say_paragraph(t, 4, WORD_PARAMETER_FITTED, text_figures(middle, ensemble_quantile(e, column, 0.5), t->lang),
                  text_figures(low, ensemble_quantile(e, column, 0.05), t->lang),
                  text_figures(high, ensemble_quantile(e, column, 0.95), t->lang), e->id);
}

void describe_parameter(const struct terminal *t, int param)
{
    const struct param_info *info = &param_table[param];
    char path[128], value[NUMBER_LENGTH], min[NUMBER_LENGTH], max[NUMBER_LENGTH];
    const char *unit = strcmp(info->unit, "1") == 0 ? "" : info->unit;
    int column = ensemble_column(&ensemble_shipped, param);
    describe_set_path(path, sizeof path, param);
    fprintf(t->out, "%s%s%s\n    ", bold(t->color_out), info->id, plain(t->color_out));
    text_paragraph(t->out, info->words[t->lang], 4, 4, TERMINAL_WIDTH);
    say_paragraph(t, 4, WORD_PARAMETER_VALUE, path, describe_number(value, info->value, t->lang),
                  *unit != '\0' ? " " : "", unit, describe_number(min, info->min, t->lang),
                  describe_number(max, info->max, t->lang));
    if (column >= 0)
        describe_fitted(t, column);
    describe_spread(t, param);
    say_paragraph(t, 4, WORD_PARAMETER_SOURCE, in_words(t, WORD_EVIDENCE_MEASURED + (enum word)info->evidence),
                  info->source);
}

void describe_outcome(const struct terminal *t, int outcome)
{
    const struct outcome_info *info = &outcome_table[outcome];
    fprintf(t->out, "%s%s%s\n    ", bold(t->color_out), info->id, plain(t->color_out));
    text_paragraph(t->out, info->words[t->lang], 4, 4, TERMINAL_WIDTH);
    fputs("    ", t->out);
    text_paragraph(t->out, info->definition, 4, 4, TERMINAL_WIDTH);
    const char *unit = strcmp(info->unit, "1") == 0 ? "" : info->unit;
    const char *told = info->type == OUTCOME_YESNO ? in_words(t, WORD_YES_OR_NO) : unit;
    say_paragraph(t, 4, WORD_OUTCOME_PLACE, in_words(t, WORD_OUTCOME_IMPLEMENTATION + (enum word)info->level),
                  *told != '\0' ? ", " : "", told);
}

/* Factors and parameters have more to tell than their key: the model's tables. */
void describe_key(const struct terminal *t, int key)
{
    struct key_info info;
    char low[NUMBER_LENGTH], high[NUMBER_LENGTH];
    key_describe(key, &info);
    if (info.sort == KEY_FACTOR)
        describe_factor(t, info.index);
    if (info.sort == KEY_PARAMETER)
        describe_parameter(t, info.index);
    if (info.sort != KEY_STRUCTURE)
        return;
    const char *unit = strcmp(info.unit, "1") == 0 ? "" : info.unit;
    fprintf(t->out, "%s%s%s\n    ", bold(t->color_out), info.path, plain(t->color_out));
    text_paragraph(t->out, info.help[t->lang], 4, 4, TERMINAL_WIDTH);
    say_paragraph(t, 4, WORD_KEY_TYPE, info.type[t->lang],
                  in_words(t, info.required ? WORD_KEY_REQUIRED : WORD_KEY_OPTIONAL));
    if (*info.choices != '\0')
        say_paragraph(t, 4, WORD_KEY_CHOICES, info.choices);
    if (info.has_range)
        say_paragraph(t, 4, WORD_KEY_RANGE, describe_number(low, info.low, t->lang),
                      describe_number(high, info.high, t->lang), *unit != '\0' ? " " : "", unit);
    if (*info.fallback != '\0')
        say_paragraph(t, 4, WORD_KEY_FALLBACK, info.fallback);
}

/* ---- strategies: ERIC's, and a scenario's own ---- */

static cJSON *eric_json(int eric)
{
    const struct eric_info *info = &eric_table[eric];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "id", info->id);
    describe_add_words(object, info->words);
    cJSON_AddStringToObject(object, "cluster_en", eric_cluster_name[info->cluster][LANG_EN]);
    cJSON_AddStringToObject(object, "cluster_fr", eric_cluster_name[info->cluster][LANG_FR]);
    cJSON_AddStringToObject(object, "from", "eric");
    return object;
}

static cJSON *own_strategy_json(const struct scenario *scenario, int strategy)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "id", scenario->strategy_id[strategy]);
    cJSON_AddStringToObject(object, "label_en", scenario->strategy_title[LANG_EN][strategy]);
    cJSON_AddStringToObject(object, "label_fr", scenario->strategy_title[LANG_FR][strategy]);
    cJSON_AddStringToObject(object, "from", scenario->id);
    return object;
}

static void describe_eric(const struct terminal *t)
{
    for (int cluster = 0; cluster < NUM_CLUSTERS; cluster++) {
        fprintf(t->out, "%s%s%s\n", bold(t->color_out), eric_cluster_name[cluster][t->lang], plain(t->color_out));
        for (int i = 0; i < NUM_ERIC; i++)
            if (eric_table[i].cluster == (enum eric_cluster)cluster && t->lang == LANG_EN)
                fprintf(t->out, "    %s\n", eric_table[i].words[LANG_EN]);
            else if (eric_table[i].cluster == (enum eric_cluster)cluster)
                fprintf(t->out, "    %s\n        %s\n", eric_table[i].words[LANG_EN], eric_table[i].words[LANG_FR]);
    }
}

static int describe_strategies(struct call *call, struct error *err)
{
    const struct terminal *t = &call->terminal;
    struct scenario scenario = { 0 };
    int ret = 0;
    if (call->num_operands == 2 && (ret = input_scenario(call, call->operand[1], &scenario, err)) != 0)
        goto out;
    if (call->options.json) {
        cJSON *array = cJSON_CreateArray();
        for (int i = 0; i < scenario.num_strategies; i++)
            cJSON_AddItemToArray(array, own_strategy_json(&scenario, i));
        for (int i = 0; i < NUM_ERIC; i++)
            cJSON_AddItemToArray(array, eric_json(i));
        ret = json_print(t, array, err);
        goto out;
    }
    for (int i = 0; i < scenario.num_strategies; i++)
        fprintf(t->out, "%s%s%s\n    %s\n", bold(t->color_out), scenario.strategy_id[i], plain(t->color_out),
                scenario.strategy_title[t->lang][i]);
    describe_eric(t);
out:
    scenario_free(&scenario);
    return ret;
}

/* ---- the command ---- */

struct table {
    const char *name;
    int count;
    cJSON *(*row_json)(int row);
    void (*row)(const struct terminal *t, int row);
};

static int describe_table(const struct call *call, const struct table *table, struct error *err)
{
    const struct terminal *t = &call->terminal;
    if (call->options.json) {
        cJSON *array = cJSON_CreateArray();
        for (int i = 0; i < table->count; i++)
            cJSON_AddItemToArray(array, table->row_json(i));
        return json_print(t, array, err);
    }
    for (int i = 0; i < table->count; i++)
        table->row(t, i);
    return 0;
}

int command_describe(struct call *call, struct error *err)
{
    const struct table tables[] = {
        { "factors", NUM_FACTORS, describe_factor_json, describe_factor },
        { "parameters", NUM_PARAMS, describe_parameter_json, describe_parameter },
        { "outcomes", NUM_OUTCOMES, describe_outcome_json, describe_outcome },
        { "keys", key_count(), describe_key_json, describe_key },
    };
    const char *const names[] = { "factors", "parameters", "outcomes", "strategies", "keys" };
    if (call->num_operands < 1 || call->num_operands > 2)
        return wrong_operands(call, err);
    if (strcmp(call->operand[0], "strategies") == 0)
        return describe_strategies(call, err);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (strcmp(call->operand[0], tables[i].name) == 0)
            return call->num_operands == 1 ? describe_table(call, &tables[i], err)
                                           : error_set_word(err, MILIEU_ERR_USAGE, WORD_DESCRIBE_FILE);
    const char *near = nearest_name(call->operand[0], names, sizeof names / sizeof *names);
    if (near != NULL)
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_DESCRIBE_WHAT_NEAR, call->operand[0], near);
    return error_set_word(err, MILIEU_ERR_USAGE, WORD_DESCRIBE_WHAT, call->operand[0]);
}
