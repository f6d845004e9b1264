/* Rows of the model's tables as JSON. No terminal here: the page's engine asks for them too. */
#include <stdio.h>
#include <string.h>

#include "../model/tables.h"
#include "../scenario/ensemble.h"
#include "../scenario/keys.h"
#include "describe.h"

void describe_add_words(cJSON *object, const char *const words[2])
{
    cJSON_AddStringToObject(object, "label_en", words[LANG_EN]);
    cJSON_AddStringToObject(object, "label_fr", words[LANG_FR]);
}

static void add_declared(cJSON *object, const char *name, int outcome, int sign)
{
    cJSON *declared = cJSON_AddObjectToObject(object, name);
    cJSON_AddStringToObject(declared, "outcome", outcome_table[outcome].id);
    cJSON_AddNumberToObject(declared, "sign", sign);
}

static void add_links(cJSON *object, int factor)
{
    cJSON *links = cJSON_AddArrayToObject(object, "acts_on");
    for (int i = 0; i < NUM_LINKS; i++) {
        if ((int)link_table[i].factor != factor)
            continue;
        cJSON *link = cJSON_CreateObject();
        cJSON_AddStringToObject(link, "parameter", param_table[link_table[i].param].id);
        cJSON_AddNumberToObject(link, "sign", link_table[i].sign);
        cJSON_AddNumberToObject(link, "share", link_table[i].share);
        cJSON_AddItemToArray(links, link);
    }
}

cJSON *describe_factor_json(int factor)
{
    const struct factor_info *info = &factor_table[factor];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "id", info->id);
    cJSON_AddStringToObject(object, "category", category_name[info->category]);
    cJSON_AddStringToObject(object, "level", level_name[info->level]);
    cJSON_AddStringToObject(object, "path", section_path[info->section]);
    cJSON_AddNumberToObject(object, "min", -2);
    cJSON_AddNumberToObject(object, "max", 2);
    cJSON_AddNumberToObject(object, "default", 0);
    add_declared(object, "proximal", info->proximal, info->proximal_sign);
    add_declared(object, "distal", info->distal, info->distal_sign);
    add_links(object, factor);
    describe_add_words(object, info->words);
    cJSON_AddStringToObject(object, "cfir", info->cfir);
    cJSON_AddStringToObject(object, "source", info->source);
    return object;
}

void describe_set_path(char *path, size_t size, int param)
{
    const char *section = section_path[param_table[param].section];
    const bool in_clinics = strncmp(section, "meso[]", 6) == 0;
    snprintf(path, size, "%s%s.%s", in_clinics ? "every_clinic" : "", section + (in_clinics ? 6 : 0),
             param_table[param].id);
}

static void parameter_path(char *path, size_t size, int param)
{
    snprintf(path, size, "%s.%s", section_path[param_table[param].section], param_table[param].id);
}

/* "fitted": [5 %, median, 95 %] of the shipped ensemble; null when it was not. */
static void add_fitted(cJSON *object, int column)
{
    double fitted[3];
    for (int i = 0; i < 3 && column >= 0; i++)
        fitted[i] = ensemble_quantile(&ensemble_shipped, column, (double[]){ 0.05, 0.5, 0.95 }[i]);
    cJSON_AddItemToObject(object, "fitted", column >= 0 ? cJSON_CreateDoubleArray(fitted, 3) : cJSON_CreateNull());
}

cJSON *describe_parameter_json(int param)
{
    const struct param_info *info = &param_table[param];
    char path[128];
    cJSON *object = cJSON_CreateObject();
    parameter_path(path, sizeof path, param);
    cJSON_AddStringToObject(object, "id", info->id);
    cJSON_AddStringToObject(object, "path", path);
    describe_set_path(path, sizeof path, param);
    cJSON_AddStringToObject(object, "set", path);
    cJSON_AddStringToObject(object, "unit", info->unit);
    cJSON_AddBoolToObject(object, "whole", info->kind == KIND_COUNT);
    cJSON_AddNumberToObject(object, "min", info->min);
    cJSON_AddNumberToObject(object, "max", info->max);
    cJSON_AddNumberToObject(object, "default", info->value);
    cJSON_AddNumberToObject(object, "low", info->low);
    cJSON_AddNumberToObject(object, "high", info->high);
    cJSON_AddNumberToObject(object, "spread", info->spread);
    cJSON_AddNumberToObject(object, "spread_max", key_most_spread(param));
    add_fitted(object, ensemble_column(&ensemble_shipped, param));
    cJSON_AddStringToObject(object, "source", info->source);
    cJSON_AddStringToObject(object, "evidence", evidence_name[info->evidence]);
    describe_add_words(object, info->words);
    return object;
}

cJSON *describe_outcome_json(int outcome)
{
    const struct outcome_info *info = &outcome_table[outcome];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "id", info->id);
    cJSON_AddStringToObject(object, "unit", info->unit);
    cJSON_AddStringToObject(object, "level", outcome_level_name[info->level]);
    cJSON_AddStringToObject(object, "type", info->type == OUTCOME_YESNO ? "yesno" : "mean");
    describe_add_words(object, info->words);
    cJSON_AddStringToObject(object, "definition", info->definition);
    return object;
}

cJSON *describe_key_json(int key)
{
    struct key_info info;
    cJSON *object = cJSON_CreateObject();
    key_describe(key, &info);
    cJSON_AddStringToObject(object, "id", info.path);
    cJSON_AddStringToObject(object, "type_en", info.type[LANG_EN]);
    cJSON_AddStringToObject(object, "type_fr", info.type[LANG_FR]);
    cJSON_AddBoolToObject(object, "required", info.required);
    cJSON_AddStringToObject(object, "choices", info.choices);
    if (info.has_range) {
        cJSON_AddNumberToObject(object, "min", info.low);
        cJSON_AddNumberToObject(object, "max", info.high);
    }
    cJSON_AddStringToObject(object, "unit", info.unit);
    cJSON_AddStringToObject(object, "default", info.fallback);
    describe_add_words(object, info.help);
    return object;
}
