#include "keys.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "schema.h"

#define CUT 63
#define MOST_SPREAD 3.0 /* a factor of 20 either way */

int key_distance(const char *a, const char *b)
{
    int row[3][CUT + 1]; /* the rows i - 2, i - 1 and i of the table of distances */
    int m = (int)strnlen(a, CUT), n = (int)strnlen(b, CUT);
    for (int j = 0; j <= n; j++)
        row[0][j] = j;
    for (int i = 1; i <= m; i++) {
        const int *above = row[(i - 1) % 3], *higher = row[(i + 1) % 3];
        int *here = row[i % 3];
        here[0] = i;
        for (int j = 1; j <= n; j++) {
            int best = above[j - 1] + (a[i - 1] != b[j - 1]);
            best = above[j] + 1 < best ? above[j] + 1 : best;
            best = here[j - 1] + 1 < best ? here[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && higher[j - 2] + 1 < best)
                best = higher[j - 2] + 1;
            here[j] = best;
        }
    }
    return row[m % 3][n];
}

bool key_is_near(const char *wanted, int distance)
{
    int length = (int)strnlen(wanted, CUT);
    int allowed = length / 3 > 2 ? length / 3 : 2;
    return distance <= allowed && 2 * distance <= length;
}

/* ---- the list of all keys ---- */

/* PERSON has no place of its own: its keys stand where people are; they are listed once, under the nurses. */
static const char *path_of(enum at at)
{
    return at_table[at == AT_PERSON ? AT_NURSE : at].path;
}

int key_count(void)
{
    return NUM_KEY_ROWS + NUM_FACTORS + NUM_PARAMS;
}

static void set_path(struct key_info *out, const char *place)
{
    snprintf(out->path, sizeof out->path, "%s%s%s", place, place[0] != '\0' ? "." : "", out->id);
}

static void describe_structure(int index, struct key_info *out)
{
    const struct key_row *row = &key_table[index];
    *out = (struct key_info){ .id = row->id,
                              .sort = KEY_STRUCTURE,
                              .index = index,
                              .type = { key_type_name[row->type][0], key_type_name[row->type][1] },
                              .required = row->required,
                              .has_range = row->low < row->high,
                              .low = row->low,
                              .high = row->high,
                              .choices = row->choices,
                              .unit = row->unit,
                              .help = { row->help[0], row->help[1] },
                              .source = "",
                              .evidence = "" };
    snprintf(out->fallback, sizeof out->fallback, "%s", row->fallback);
    set_path(out, path_of(row->at));
}

static void describe_factor(int index, struct key_info *out)
{
    const struct factor_info *factor = &factor_table[index];
    *out = (struct key_info){ .id = factor->id,
                              .sort = KEY_FACTOR,
                              .index = index,
                              .type = { "rating", "cote" },
                              .has_range = true,
                              .low = -2,
                              .high = 2,
                              .choices = "",
                              .unit = "1",
                              .fallback = "unstated",
                              .help = { factor->words[0], factor->words[1] },
                              .source = factor->source,
                              .evidence = "" };
    set_path(out, section_path[factor->section]);
}

static void describe_parameter(int index, struct key_info *out)
{
    const struct param_info *param = &param_table[index];
    enum key_type type = param->kind == KIND_COUNT ? TYPE_WHOLE : TYPE_NUMBER;
    *out = (struct key_info){ .id = param->id,
                              .sort = KEY_PARAMETER,
                              .index = index,
                              .type = { key_type_name[type][0], key_type_name[type][1] },
                              .has_range = true,
                              .low = param->min,
                              .high = param->max,
                              .choices = "",
                              .unit = param->unit,
                              .help = { param->words[0], param->words[1] },
                              .source = param->source,
                              .evidence = evidence_name[param->evidence] };
    snprintf(out->fallback, sizeof out->fallback, "%g", param->value);
    set_path(out, section_path[param->section]);
}

void key_describe(int key, struct key_info *out)
{
    if (key < NUM_KEY_ROWS)
        describe_structure(key, out);
    else if (key < NUM_KEY_ROWS + NUM_FACTORS)
        describe_factor(key - NUM_KEY_ROWS, out);
    else
        describe_parameter(key - NUM_KEY_ROWS - NUM_FACTORS, out);
}

double key_most_spread(int param)
{
    const struct param_info *info = &param_table[param];
    if (info->kind == KIND_COUNT)
        return 0;
    return info->kind == KIND_SHIFT ? info->max - info->min : MOST_SPREAD;
}

/* ---- search ---- */

/* The path as the list has it: brackets emptied, the clinics' copies of a section under the section's own path. */
static void plain_path(const char *text, char out[KEY_PATH_SIZE])
{
    static const char *const same[][2] = { { "every_clinic.", "meso[]." },
                                           { "meso[].structural", "macro.structural" },
                                           { "meso[].patients", "micro.patients" },
                                           { "meso[].innovation", "innovation" } };
    char plain[KEY_PATH_SIZE];
    size_t n = 0;
    bool inside = false;
    for (; *text != '\0' && n + 1 < sizeof plain; text++) {
        inside = inside && *text != ']';
        if (!inside)
            plain[n++] = *text;
        inside = inside || *text == '[';
    }
    plain[n] = '\0';
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        size_t length = strlen(same[i][0]);
        if (strncmp(plain, same[i][0], length) == 0) {
            snprintf(out, KEY_PATH_SIZE, "%s%s", same[i][1], plain + length);
            memcpy(plain, out, KEY_PATH_SIZE);
        }
    }
    memcpy(out, plain, KEY_PATH_SIZE);
}

int key_find(const char *text, int from)
{
    char path[KEY_PATH_SIZE] = "";
    plain_path(text, path);
    for (int i = from; i < key_count(); i++) {
        struct key_info info;
        key_describe(i, &info);
        if (strcmp(info.id, text) == 0 || strcmp(info.path, path) == 0)
            return i;
    }
    return -1;
}

const char *key_nearest(const char *text)
{
    const char *nearest = NULL;
    int least = 0;
    for (int i = 0; i < key_count(); i++) {
        struct key_info info;
        key_describe(i, &info);
        int distance = key_distance(text, info.id);
        if (key_is_near(text, distance) && (nearest == NULL || distance < least)) {
            nearest = info.id;
            least = distance;
        }
    }
    return nearest;
}

/* ---- ERIC ---- */

const struct eric_info eric_table[NUM_ERIC] = {
#define X(id, cluster, en, fr) { #id, { en, fr }, CLUSTER_##cluster },
#include "strategies.def"
#undef X
};

const char *const eric_cluster_name[NUM_CLUSTERS][2] = {
    { "use evaluative and iterative strategies", "évaluer et recommencer" },
    { "provide interactive assistance", "assister" },
    { "adapt and tailor to context", "adapter au contexte" },
    { "develop stakeholder interrelationships", "tisser des liens entre parties prenantes" },
    { "train and educate stakeholders", "former et instruire" },
    { "support clinicians", "soutenir les cliniciens" },
    { "engage consumers", "mobiliser les patients" },
    { "utilize financial strategies", "agir par le financement" },
    { "change infrastructure", "changer l'infrastructure" },
};

int eric_find(const char *name)
{
    for (int i = 0; i < NUM_ERIC; i++)
        if (strcasecmp(eric_table[i].words[0], name) == 0)
            return i;
    return -1;
}

int eric_nearest(const char *name)
{
    int nearest = -1, least = 0;
    for (int i = 0; i < NUM_ERIC; i++) {
        int distance = key_distance(name, eric_table[i].words[0]);
        if (key_is_near(name, distance) && (nearest < 0 || distance < least)) {
            nearest = i;
            least = distance;
        }
    }
    return nearest;
}
