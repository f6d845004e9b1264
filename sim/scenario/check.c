#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../model/population.h"
#include "../model/world.h"
#include "value.h"

#define MOST_TRIES 63

static void check_group(struct reading *r, struct node *group, enum at at, const struct path *path);

bool check_is_id(const char *text)
{
    size_t length = strlen(text), plain = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-");
    return length > 0 && length <= 63 && plain == length && strchr("._-", text[0]) == NULL;
}

/* The outermost group of a file: not named in messages. */
static bool is_root(enum at at)
{
    return at == AT_ROOT || at == AT_STUDY || at == AT_CALIBRATION;
}

static void must_be(struct reading *r, struct node *node, const struct path *path, const char *en, const char *fr)
{
    if (node->kind != NODE_BAD)
        complain(r, node, "%s must be %s", "%s doit être %s", path_show(r, path), r->messages->lang == 1 ? fr : en);
}

/* ---- lists of groups ---- */

struct named {
    const char *id;
    struct node *item;
};

static int by_id(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcmp(x->id, y->id);
    return order != 0 ? order : x->item->line - y->item->line;
}

static void check_ids_differ(struct reading *r, const struct node *list, const struct path *path)
{
    struct named *named = list->count > 0 ? reading_memory(r, malloc((size_t)list->count * sizeof *named)) : NULL;
    size_t n = 0;
    if (named == NULL)
        return;
    for (struct node *item = list->first; item != NULL; item = item->next)
        if (node_id(item) != NULL)
            named[n++] = (struct named){ node_id(item), item };
    qsort(named, n, sizeof *named, by_id);
    for (size_t i = 1; i < n; i++)
        if (strcmp(named[i].id, named[i - 1].id) == 0)
            complain(r, node_find(named[i].item, "id"), "the id \"%s\" is used twice in %s (line %d)",
                     "l'id « %s » sert deux fois dans %s (ligne %d)", named[i].id, path_show(r, path),
                     named[i - 1].item->line);
    free(named);
}

static void check_items(struct reading *r, struct node *list, const struct key_row *row, const struct path *path)
{
    int number = 0;
    if (list->kind != NODE_LIST) {
        must_be(r, list, path, "a list of groups ( { ... }, { ... } )", "une liste de groupes ( { ... }, { ... } )");
        return;
    }
    if (list->count < (int)row->low || list->count > (int)row->high)
        complain(r, list, "%s has %d items; allowed are %g .. %g", "%s a %d éléments ; il en faut %g .. %g",
                 path_show(r, path), list->count, row->low, row->high);
    for (struct node *item = list->first; item != NULL && !reading_is_full(r); item = item->next) {
        struct path place = { path->up, path->name, node_id(item), ++number };
        if (item->kind == NODE_GROUP)
            check_group(r, item, row->inner, &place);
        else
            must_be(r, item, &place, "a group { ... }", "un groupe { ... }");
    }
    check_ids_differ(r, list, path);
}

/* ---- single values ---- */

static void check_whole(struct reading *r, struct node *node, const struct key_row *row, const struct path *path)
{
    struct value_rule rule = { row->low, row->high, true, false, 0 };
    if (node_is_number(node))
        node->value = value_read(r, node, &rule, path, "");
    else
        must_be(r, node, path, "a whole number", "un nombre entier");
}

static void check_exact(struct reading *r, struct node *node, const struct key_row *row, const struct path *path)
{
    struct value_rule rule = { row->low, row->high, false, false, 0 };
    if (node_is_number(node))
        node->value = value_read(r, node, &rule, path, "");
    else
        must_be(r, node, path, "a number", "un nombre");
}

static void check_words(struct reading *r, struct node *node, const struct key_row *row, const struct path *path)
{
    const char *choices = row->choices, *place, *text = node->is.text;
    size_t length = strlen(text);
    if (choices[0] == '\0')
        return;
    for (const char *p = choices; p != NULL; p = strchr(p, '|'), p = p != NULL ? p + 1 : NULL)
        if (strncmp(p, text, length) == 0 && (p[length] == '|' || p[length] == '\0') && length > 0)
            return;
    place = path_show(r, path);
    complain(r, node, "%s = \"%s\" must be one of %s", "%s = \"%s\" doit être un de %s", place,
             reading_show(r, text, length, 60), choices);
}

static void check_series(struct reading *r, struct node *node, const struct path *path)
{
    const char *text = node->is.text, *nearest = NULL;
    int least = MOST_TRIES;
    if (series_find(text) >= 0)
        return;
    for (int i = 0; i < NUM_SERIES; i++) {
        int distance = key_distance(text, series_table[i].id);
        if (key_is_near(text, distance) && distance < least) {
            nearest = series_table[i].id;
            least = distance;
        }
    }
    complain(r, node, "%s = \"%s\" is not a series (milieu describe series)%s",
             "%s = \"%s\" n'est pas une série (milieu describe series)%s", path_show(r, path),
             reading_show(r, text, strlen(text), 60), reading_did_you_mean(r, nearest));
}

static void check_id(struct reading *r, struct node *node, const struct path *path)
{
    if (!check_is_id(node->is.text))
        complain(r, node, "%s = \"%s\": an id is made of a-z 0-9 . _ - and begins with a letter or digit (at most 63)",
                 "%s = \"%s\" : un id est fait de a-z 0-9 . _ - et commence par une lettre ou un chiffre (63 au plus)",
                 path_show(r, path), reading_show(r, node->is.text, strlen(node->is.text), 60));
}

static bool is_date(const char *text)
{
    static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year, month, day, used = 0;
    bool leap;
    if (strlen(text) != 10 || strspn(text, "0123456789-") != 10 ||
        sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || used != 10)
        return false;
    leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

static void check_text(struct reading *r, struct node *node, const struct key_row *row, const struct path *path)
{
    if (node->kind != NODE_TEXT)
        must_be(r, node, path, "a text in quotation marks", "un texte entre guillemets");
    else if (row->type == TYPE_ID)
        check_id(r, node, path);
    else if (row->type == TYPE_DATE && !is_date(node->is.text))
        complain(r, node, "%s = \"%s\" must be a date like \"2016-09-05\"",
                 "%s = \"%s\" doit être une date comme « 2016-09-05 »", path_show(r, path),
                 reading_show(r, node->is.text, strlen(node->is.text), 60));
    else if (strcmp(row->choices, "series") == 0)
        check_series(r, node, path);
    else
        check_words(r, node, row, path);
}

static void check_title(struct reading *r, struct node *node, const struct path *path)
{
    if (node->kind == NODE_GROUP)
        check_group(r, node, AT_WORDS, path);
    else if (node->kind != NODE_TEXT)
        must_be(r, node, path, "a text, or { en = \"...\"; fr = \"...\"; }",
                "un texte, ou { en = \"...\"; fr = \"...\"; }");
}

static void check_texts(struct reading *r, struct node *list, const struct path *path, const char *en, const char *fr)
{
    if (list->kind != NODE_LIST) {
        must_be(r, list, path, en, fr);
        return;
    }
    for (struct node *node = list->first; node != NULL; node = node->next)
        if (node->kind != NODE_TEXT)
            must_be(r, node, path, en, fr);
}

/* ---- ratings and parameters ---- */

/* True when `name` is in a list of words like "who, why". */
static bool is_among(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *word = list; word != NULL; word = strstr(word, ", "), word = word != NULL ? word + 2 : NULL)
        if (strncmp(word, name, length) == 0 && (word[length] == ',' || word[length] == '\0'))
            return true;
    return false;
}

/* The node that holds the number: itself, or `main` of a group that may hold `others` too. NULL: complained of. */
static struct node *open_value(struct reading *r, struct node *node, const char *main, const char *others,
                               const struct path *path)
{
    struct node *inner = node_find(node, main);
    if (node->kind != NODE_GROUP)
        return node;
    for (struct node *child = node->first; child != NULL; child = child->next) {
        struct path place = { path, child->name, NULL, 0 };
        if (child != inner && !is_among(others, child->name))
            complain(r, child, "unknown key '%s' in %s: it may hold %s, %s",
                     "clé inconnue « %s » dans %s : on peut y écrire %s, %s", child->name, path_show(r, path), main,
                     others);
        else if (child != inner && strcmp(child->name, "spread") != 0 && child->kind != NODE_TEXT)
            must_be(r, child, &place, "a text in quotation marks", "un texte entre guillemets");
    }
    if (inner == NULL)
        complain(r, node, "%s: the key '%s' is missing", "%s : il manque la clé « %s »", path_show(r, path), main);
    return inner;
}

/* Ids of the parameters a factor acts on, those that a strategy cannot move or the others: ", " between them. */
static const char *links_of(struct reading *r, int factor, bool settled)
{
    const char *ids = "";
    for (int i = 0; i < NUM_LINKS && ids != NULL; i++) {
        int param = (int)link_table[i].param;
        if ((int)link_table[i].factor == factor && (population_draws_on(param) || world_starts_on(param)) == settled)
            ids = reading_memory(
                r, arena_print(r->arena, "%s%s%s", ids, ids[0] != '\0' ? ", " : "", param_table[param].id));
    }
    return ids;
}

static void warn_of_idle_links(struct reading *r, struct node *node, int factor, const struct path *path)
{
    const char *idle = links_of(r, factor, true), *acts = links_of(r, factor, false);
    if (idle != NULL && acts != NULL && idle[0] != '\0')
        warn(r, node, "%s acts in part only: what is settled before the strategy acts will not move: %s (%s will)",
             "%s n'agit qu'en partie : ce qui est fixé avant que la stratégie agisse ne bougera pas : %s (%s bougera)",
             path_show(r, path), idle, acts);
}

static void check_rating(struct reading *r, struct node *node, enum at at, int factor, const struct path *path)
{
    double most = at == AT_CHANGE_ADD ? 4 : 2;
    struct value_rule rule = { -most, most, false, true, 0 };
    struct node *inner = open_value(r, node, "rating", "who, why", path);
    if (at == AT_CHANGE_SET || at == AT_CHANGE_ADD)
        warn_of_idle_links(r, node, factor, path);
    if (inner != NULL && inner->kind == NODE_GROUP)
        must_be(r, inner, path, "a rating", "une cote");
    else if (inner != NULL)
        node->value = value_read(r, inner, &rule, path, "");
}

/* The spread given beside a parameter's value; 0 when none is. */
static double read_spread(struct reading *r, const struct node *group, int param, const struct path *path)
{
    struct value_rule rule = { 0, key_most_spread(param), false, false, 0 };
    struct path place = { path, "spread", NULL, 0 };
    struct node *spread = node_find(group, "spread");
    if (spread == NULL)
        return 0;
    if (!node_is_number(spread)) {
        must_be(r, spread, &place, "a number", "un nombre");
        return 0;
    }
    return value_read(r, spread, &rule, &place, "") != NULL ? node_number(spread) : 0;
}

static void refuse_late_change(struct reading *r, struct node *node, const struct path *path)
{
    complain(
        r, node,
        "%s: a strategy cannot change who is listed or what they use in usual care: that is drawn before it acts, and "
        "is "
        "one for all arms and for the usual-care twins\n    state it for the clinics (every_clinic, or an item of "
        "meso), "
        "or let the strategy change what the programme does, such as visit_notice_share or review_accuracy",
        "%s : une stratégie ne peut changer qui est sur la liste ni les services reçus en soins usuels : c'est tiré "
        "avant elle, le même pour tous les bras et les jumeaux en soins usuels\n    donnez-le aux cliniques "
        "(every_clinic, ou un élément de meso), ou que la stratégie change ce que fait le programme, comme "
        "visit_notice_share ou review_accuracy",
        path_show(r, path));
}

static void refuse_idle_change(struct reading *r, struct node *node, const struct path *path)
{
    complain(
        r, node,
        "%s: a strategy cannot change what is read only before week 0: it would do nothing\n    state it for the "
        "clinics (every_clinic, or an item of meso), or let the strategy change what acts from week to week, such "
        "as nurse_turnover_rate or time_to_fill",
        "%s : une stratégie ne peut changer ce qui n'est lu qu'avant la semaine 0 : elle n'aurait aucun effet\n    "
        "donnez-le aux cliniques (every_clinic, ou un élément de meso), ou que la stratégie change ce qui agit de "
        "semaine en semaine, comme nurse_turnover_rate ou time_to_fill",
        path_show(r, path));
}

static void check_parameter(struct reading *r, struct node *node, enum at at, int index, const struct path *path)
{
    const struct param_info *param = &param_table[index];
    bool change = at == AT_CHANGE_SET || at == AT_CHANGE_ADD, may_spread = !change && key_most_spread(index) > 0;
    double span = param->max - param->min;
    struct value_rule rule = { param->min, param->max, param->kind == KIND_COUNT, false, 0 };
    struct node *inner = open_value(r, node, "value", may_spread ? "spread, why" : "why", path);
    char note[256];
    if (at == AT_CHANGE_ADD) {
        rule.low = -span;
        rule.high = span;
    }
    if (change && population_draws_on(index)) {
        refuse_late_change(r, node, path);
        return;
    }
    if (change && world_starts_on(index)) {
        refuse_idle_change(r, node, path);
        return;
    }
    if (may_spread)
        rule.spread = read_spread(r, node, index, path);
    snprintf(note, sizeof note, " (%s)", param->words[r->messages->lang]);
    if (inner != NULL && inner->kind == NODE_GROUP)
        must_be(r, inner, path, "a number or distribution", "un nombre ou une distribution");
    else if (inner != NULL)
        node->value = value_read(r, inner, &rule, path, note);
}

/* ---- the walk ---- */

static void check_number_or_spread(struct reading *r, struct node *node, const struct key_row *row,
                                   const struct path *path)
{
    struct value_rule rule = { row->low, row->high, false, row->type == TYPE_SPREAD, 0 };
    node->value = value_read(r, node, &rule, path, "");
}

static void check_structure(struct reading *r, struct node *node, const struct key_row *row, const struct path *path)
{
    switch (row->type) {
    case TYPE_GROUP:
        if (node->kind == NODE_GROUP)
            check_group(r, node, row->inner, path);
        else
            must_be(r, node, path, "a group { ... }", "un groupe { ... }");
        break;
    case TYPE_ITEMS:
        check_items(r, node, row, path);
        break;
    case TYPE_PEOPLE:
        if (node->kind == NODE_LIST)
            check_items(r, node, row, path);
        else
            check_whole(r, node, row, path);
        break;
    case TYPE_WHOLE:
        check_whole(r, node, row, path);
        break;
    case TYPE_EXACT:
        check_exact(r, node, row, path);
        break;
    case TYPE_NUMBER:
    case TYPE_SPREAD:
        check_number_or_spread(r, node, row, path);
        break;
    case TYPE_YESNO:
        if (node->kind != NODE_YESNO)
            must_be(r, node, path, "true or false", "true ou false");
        break;
    case TYPE_TITLE:
        check_title(r, node, path);
        break;
    case TYPE_REFERENCES:
        check_texts(r, node, path, "a list of ids, [\"a\", \"b\"]", "une liste d'id, [\"a\", \"b\"]");
        break;
    case TYPE_TEXTS:
        if (node->kind != NODE_TEXT)
            check_texts(r, node, path, "a text, or a list of texts [\"a\", \"b\"]",
                        "un texte, ou une liste de textes [\"a\", \"b\"]");
        break;
    case TYPE_LIST:
        if (node->kind != NODE_LIST)
            must_be(r, node, path, "a list", "une liste");
        break;
    case TYPE_TEXT:
    case TYPE_ID:
    case TYPE_WORD:
    case TYPE_DATE:
    case NUM_KEY_TYPES:
        check_text(r, node, row, path);
        break;
    }
}

/* "\n    did you mean ...?": a key allowed here, else one that stands elsewhere, with its place. */
static const char *key_hint(struct reading *r, const char *key, enum at at)
{
    const char *nearest = schema_nearest(r->schema, at, key), *hint;
    struct key_info info;
    if (nearest != NULL)
        return reading_did_you_mean(r, nearest);
    nearest = key_nearest(key);
    if (nearest == NULL)
        return "";
    key_describe(key_find(nearest, 0), &info);
    hint = r->messages->lang == 1
               ? arena_print(r->arena, "\n    vouliez-vous dire « %s » ? sa place est %s", info.id, info.path)
               : arena_print(r->arena, "\n    did you mean '%s'? it stands at %s", info.id, info.path);
    return hint != NULL ? hint : "";
}

static void complain_of_key(struct reading *r, struct node *node, enum at at, const struct path *path)
{
    bool root = is_root(at);
    const char *excerpt = reading_excerpt(r, node), *hint = key_hint(r, node->name, at);
    if (excerpt[0] != '\0' && hint[0] != '\0')
        hint += strlen("\n  "); /* beside the carets */
    complain(r, node, "unknown key '%s'%s%s%s%s", "clé inconnue « %s »%s%s%s%s", node->name,
             root                     ? ""
             : r->messages->lang == 1 ? " dans "
                                      : " in ",
             root ? "" : path_show(r, path), excerpt, hint);
}

static void check_required(struct reading *r, struct node *group, enum at at, const struct path *path)
{
    for (int i = 0; i < NUM_KEY_ROWS; i++) {
        const struct key_row *row = &key_table[i];
        if (!row->required || (row->at != at && row->at != at_table[at].also) || node_find(group, row->id) != NULL)
            continue;
        if (is_root(at))
            complain(r, group, "the key '%s' is missing", "il manque la clé « %s »", row->id);
        else
            complain(r, group, "%s: the key '%s' is missing", "%s : il manque la clé « %s »", path_show(r, path),
                     row->id);
    }
}

static void check_group(struct reading *r, struct node *group, enum at at, const struct path *path)
{
    for (struct node *node = group->first; node != NULL && !reading_is_full(r); node = node->next) {
        struct key_meaning meaning;
        struct path place = { is_root(at) ? NULL : path, node->name, NULL, 0 };
        if (!schema_find(r->schema, at, node->name, &meaning))
            complain_of_key(r, node, at, path);
        else if (meaning.sort == KEY_FACTOR)
            check_rating(r, node, at, meaning.index, &place);
        else if (meaning.sort == KEY_PARAMETER)
            check_parameter(r, node, at, meaning.index, &place);
        else
            check_structure(r, node, &key_table[meaning.index], &place);
    }
    check_required(r, group, at, path);
}

void check_tree(struct reading *reading, struct node *root, enum at at)
{
    struct path path = { NULL, "", NULL, 0 };
    check_group(reading, root, at, &path);
}
