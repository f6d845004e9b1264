#include "schema.h"

#include <stdlib.h>
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
    { "text, or list of texts", "texte, ou liste de textes" },
    { "list", "liste" },
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
    if (names == NAMES_CHANGE) /* rules and prices are one for all clinics, and for good */
        return param_table[param].section != SECTION_RULES && param_table[param].section != SECTION_ECONOMICS;
    return (int)param_table[param].section == names;
}

static void add(struct schema *self, enum at at, const char *key, enum key_sort sort, int index)
{
    self->entry[at][self->count[at]++] = (struct schema_entry){ key, { sort, index } };
}

static void fill(struct schema *self, enum at at)
{
    const struct at_row *place = &at_table[at];
    for (int i = 0; i < NUM_KEY_ROWS; i++)
        if (key_table[i].at == at || key_table[i].at == place->also)
            add(self, at, key_table[i].id, KEY_STRUCTURE, i);
    for (int i = 0; i < NUM_FACTORS; i++)
        if (factor_may_stand(place->names, i))
            add(self, at, factor_table[i].id, KEY_FACTOR, i);
    for (int i = 0; i < NUM_PARAMS; i++)
        if (param_may_stand(place->names, i))
            add(self, at, param_table[i].id, KEY_PARAMETER, i);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct schema_entry *)a)->key, ((const struct schema_entry *)b)->key);
}

bool schema_init(struct schema *self)
{
    *self = (struct schema){ 0 };
    for (int at = 0; at < NUM_AT; at++) {
        size_t most = NUM_KEY_ROWS + NUM_FACTORS + NUM_PARAMS;
        self->entry[at] = malloc(most * sizeof *self->entry[at]);
        if (self->entry[at] == NULL)
            return false;
        fill(self, (enum at)at);
        qsort(self->entry[at], (size_t)self->count[at], sizeof *self->entry[at], by_key);
    }
    return true;
}

void schema_free(struct schema *self)
{
    for (int at = 0; at < NUM_AT; at++)
        free(self->entry[at]);
    *self = (struct schema){ 0 };
}

bool schema_find(const struct schema *self, enum at at, const char *key, struct key_meaning *out)
{
    struct schema_entry wanted = { .key = key };
    const struct schema_entry *found =
        bsearch(&wanted, self->entry[at], (size_t)self->count[at], sizeof wanted, by_key);
    if (found != NULL)
        *out = found->meaning;
    return found != NULL;
}

const char *schema_nearest(const struct schema *self, enum at at, const char *key)
{
    const char *nearest = NULL;
    int least = 0;
    for (int i = 0; i < self->count[at]; i++) {
        int distance = key_distance(key, self->entry[at][i].key);
        if (key_is_near(key, distance) && (nearest == NULL || distance < least)) {
            nearest = self->entry[at][i].key;
            least = distance;
        }
    }
    return nearest;
}
