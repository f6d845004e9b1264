#include "schema.h"

#include <string.h>

#define NAMES_STRUCTURAL SECTION_STRUCTURAL
#define NAMES_ORGANIZATIONAL SECTION_ORGANIZATIONAL
#define NAMES_PROVIDER SECTION_PROVIDER
#define NAMES_PATIENTS SECTION_PATIENTS
#define NAMES_INNOVATION SECTION_INNOVATION
#define NAMES_TRAINING SECTION_TRAINING
#define NAMES_RULES SECTION_RULES
#define NAMES_ECONOMICS SECTION_ECONOMICS

const struct key_row key_table[NUM_KEY_ROWS] = {
#define K(at, key, type, inner, required, low, high, fallback, choices, unit, en, fr)                                  \
    { AT_##at, #key, TYPE_##type, AT_##inner, required, low, high, fallback, choices, unit, { en, fr } },
#include "keys.def"
};

const struct at_row at_table[NUM_AT] = {
#define P(place, path, also, names) { path, AT_##also, (int)NAMES_##names },
#include "keys.def"
};

const char *const key_type_name[NUM_KEY_TYPES][2] = {
    { "group of keys", "groupe de clés" },
    { "list of groups", "liste de groupes" },
    { "whole number", "nombre entier" },
    { "number or distribution", "nombre ou distribution" },
    { "number", "nombre" },
    { "true or false", "true ou false" },
    { "text", "texte" },
    { "text, or texts by language", "texte, ou textes par langue" },
    { "short name", "nom court" },
    { "list of ids", "liste d'id" },
    { "whole number, or list of persons", "nombre entier, ou liste de personnes" },
    { "one of some words", "un mot parmi quelques-uns" },
    { "date", "date" },
    { "number or distribution", "nombre ou distribution" },
};

static bool factor_may_stand(int names, int factor)
{
    switch (names) {
    case NAMES_NONE:
        return false;
    case NAMES_CHANGE:
        return true;
    case NAMES_PERSON:
        return factor_table[factor].section == SECTION_PROVIDER;
    default:
        return (int)factor_table[factor].section == names;
    }
}

static bool param_may_stand(int names, int param)
{
    if (names == NAMES_NONE || names == NAMES_PERSON)
        return false;
    return names == NAMES_CHANGE || (int)param_table[param].section == names;
}

void schema_each(enum at at, schema_visit visit, void *context)
{
    const struct at_row *place = &at_table[at];
    for (int i = 0; i < NUM_KEY_ROWS; i++)
        if (key_table[i].at == at || key_table[i].at == place->also)
            visit(context, key_table[i].id, (struct key_meaning){ KEY_STRUCTURE, i });
    for (int i = 0; i < NUM_FACTORS; i++)
        if (factor_may_stand(place->names, i))
            visit(context, factor_table[i].id, (struct key_meaning){ KEY_FACTOR, i });
    for (int i = 0; i < NUM_PARAMS; i++)
        if (param_may_stand(place->names, i))
            visit(context, param_table[i].id, (struct key_meaning){ KEY_PARAMETER, i });
}

struct wanted {
    const char *key;
    struct key_meaning meaning;
    bool found;
    const char *nearest;
    int distance;
};

static void match(void *context, const char *key, struct key_meaning meaning)
{
    struct wanted *wanted = context;
    if (!wanted->found && strcmp(wanted->key, key) == 0) {
        wanted->found = true;
        wanted->meaning = meaning;
    }
}

bool schema_find(enum at at, const char *key, struct key_meaning *out)
{
    struct wanted wanted = { .key = key };
    schema_each(at, match, &wanted);
    *out = wanted.meaning;
    return wanted.found;
}

static void measure(void *context, const char *key, struct key_meaning meaning)
{
    struct wanted *wanted = context;
    int distance = key_distance(wanted->key, key);
    (void)meaning;
    if (key_is_near(wanted->key, distance) && (wanted->nearest == NULL || distance < wanted->distance)) {
        wanted->nearest = key;
        wanted->distance = distance;
    }
}

const char *schema_nearest(enum at at, const char *key)
{
    struct wanted wanted = { .key = key };
    schema_each(at, measure, &wanted);
    return wanted.nearest;
}
