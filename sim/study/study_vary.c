/* The reading of `vary`. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../scenario/plan.h"
#include "../scenario/text.h"
#include "../scenario/value.h"
#include "study_reading.h"

#define MOST_NAME 63

struct one { /* the thing being read */
    struct study_reading *s;
    struct reading *r;
    struct node *node;
    struct vary *v;
    struct path path; /* vary[turnover] */
};

static struct node *key(const struct one *o, int row)
{
    return node_find(o->node, key_table[row].id);
}

static const char *place(const struct one *o)
{
    return path_show(o->r, &o->path);
}

/* ---- names and targets ---- */

static const char *const *keep_texts(struct one *o, const struct node *node, int *count)
{
    int n = node->kind == NODE_LIST ? node->count : 1, i = 0;
    const char **text = study_keep(o->s, (size_t)(n + 1) * sizeof *text);
    *count = 0;
    if (text == NULL)
        return NULL;
    if (node->kind == NODE_TEXT)
        text[i++] = node->is.text;
    for (const struct node *child = node->first; child != NULL; child = child->next)
        if (child->kind == NODE_TEXT)
            text[i++] = child->is.text;
    *count = i;
    return text;
}

static void take_targets(struct one *o)
{
    struct node *path = key(o, KEY_VARY_path), *rate = key(o, KEY_VARY_rate);
    struct node *given = path != NULL ? path : rate;
    if (path != NULL && rate != NULL) {
        complain(o->r, rate, "%s: path or rate, not both", "%s : path ou rate, pas les deux", place(o));
        return;
    }
    if (given == NULL) {
        if (o->s->study->has_scenario && !o->node->wrong)
            complain(o->r, o->node, "%s: what varies is missing: path = \"...\" or rate = \"...\"",
                     "%s : il manque ce qui varie : path = \"...\" ou rate = \"...\"", place(o));
        return;
    }
    o->v->is_rate = rate != NULL;
    if (!given->wrong)
        o->v->target = keep_texts(o, given, &o->v->num_targets);
    if (!given->wrong && o->v->num_targets == 0)
        complain(o->r, given, "%s: %s holds nothing", "%s : %s ne contient rien", place(o), given->name);
}

/* A path without .rating and .value, which say nothing; a factor without its clinic. */
static const char *plain_target(struct one *o, const char *target)
{
    static const char *const tails[] = { ".rating", ".value" };
    size_t length = strlen(target);
    const char *slash = o->v->is_rate ? strrchr(target, '/') : NULL;
    char *text;
    for (size_t i = 0; !o->v->is_rate && i < sizeof tails / sizeof tails[0]; i++) {
        size_t tail = strlen(tails[i]);
        if (length > tail && strcmp(target + length - tail, tails[i]) == 0)
            length -= tail;
    }
    text =
        slash != NULL ? arena_copy(o->r->keep, slash + 1, strlen(slash + 1)) : arena_copy(o->r->keep, target, length);
    return reading_memory(o->r, text) != NULL ? text : "";
}

static const char *last_word(struct one *o, const char *target)
{
    const char *plain = plain_target(o, target), *point = strrchr(plain, '.');
    return point != NULL ? point + 1 : plain;
}

static bool is_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    size_t length = strlen(name);
    return length > 0 && length <= MOST_NAME && strspn(name, letters) == length &&
           strchr("_0123456789", name[0]) == NULL && strcmp(name, "and") != 0 && strcmp(name, "or") != 0 &&
           strcmp(name, "not") != 0;
}

static void take_name(struct one *o)
{
    struct node *name = key(o, KEY_VARY_name);
    const char *text = NULL;
    if (name != NULL)
        text = name->kind == NODE_TEXT ? name->is.text : NULL;
    else if (o->v->num_targets > 0)
        text = last_word(o, o->v->target[0]);
    else if (!o->s->study->has_scenario && !o->node->wrong)
        complain(o->r, o->node, "%s: the key 'name' is missing", "%s : il manque la clé « name »", place(o));
    o->v->name = text != NULL ? text : "";
    if (text == NULL)
        return;
    if (!is_name(o->v->name))
        complain(o->r, name != NULL ? name : o->node,
                 "%s: name = \"%s\": a name is made of letters, digits and _, and begins with a letter (at most %d)",
                 "%s : name = « %s » : un nom est fait de lettres, de chiffres et de _, et commence par une lettre "
                 "(%d au plus)",
                 place(o), reading_show(o->r, o->v->name, strlen(o->v->name), 60), MOST_NAME);
    else
        o->path = (struct path){ NULL, "vary", o->v->name, 0 };
}

/* ---- what the scenario allows ---- */

/* The range of the key that a path leads to; whole numbers where it takes no others. */
static struct value_rule allowed(struct one *o)
{
    const struct vary *v = o->v;
    struct value_rule rule = { -1e12, 1e12, v->whole, false, false };
    for (int i = 0; i < v->num_targets; i++) {
        struct key_info info;
        int found = key_find(plain_target(o, v->target[i]), 0);
        if (found < 0)
            continue;
        key_describe(found, &info);
        if (info.has_range && info.low > rule.low)
            rule.low = info.low;
        if (info.has_range && info.high < rule.high)
            rule.high = info.high;
        rule.whole = rule.whole || strncmp(info.type[0], "whole number", strlen("whole number")) == 0;
    }
    return rule;
}

/* ---- range ---- */

static void take_range(struct one *o, struct node *node)
{
    struct vary *v = o->v;
    const struct node *low = node->first, *high = low != NULL ? low->next : NULL;
    v->kind = VARY_RANGE;
    if (low == NULL || high == NULL || high->next != NULL || !node_is_number(low) || !node_is_number(high)) {
        if (low == NULL || high == NULL || (low->kind != NODE_BAD && high->kind != NODE_BAD))
            complain(o->r, node, "%s: range must be two numbers, [low, high]",
                     "%s : range doit être deux nombres, [bas, haut]", place(o));
        node->wrong = true;
        return;
    }
    v->low = node_number(low);
    v->high = node_number(high);
    if (!(v->low < v->high))
        complain(o->r, node, "%s: range = [%.10g, %.10g]: the lower end comes first, and is less than the higher",
                 "%s : range = [%.10g, %.10g] : le bas vient d'abord, et est sous le haut", place(o), v->low, v->high);
    else if (!isfinite(v->high - v->low))
        complain(o->r, node, "%s: range = [%.10g, %.10g] is wider than any number can be",
                 "%s : range = [%.10g, %.10g] est plus large que tout nombre", place(o), v->low, v->high);
    else if (v->log && !(v->low > 0))
        complain(o->r, node, "%s: range = [%.10g, %.10g]: a scale = \"log\" needs both ends > 0",
                 "%s : range = [%.10g, %.10g] : scale = \"log\" demande deux bouts > 0", place(o), v->low, v->high);
    else if (v->whole && (v->low != floor(v->low) || v->high != floor(v->high)))
        complain(o->r, node, "%s: range = [%.10g, %.10g]: only whole numbers may stand here",
                 "%s : range = [%.10g, %.10g] : seuls des entiers sont permis ici", place(o), v->low, v->high);
}

/* ---- values ---- */

static void refuse_values(struct one *o, struct node *about)
{
    complain(o->r, about, "%s: values must be all numbers, or all words, or true and false",
             "%s : values doit être tout nombres, ou tout mots, ou true et false", place(o));
}

static const char *written(struct one *o, const struct node *node)
{
    struct text text = { 0 };
    char *kept = NULL;
    if (node->kind == NODE_YESNO)
        return node->is.yesno ? "true" : "false";
    text_add_quoted(&text, node->is.text);
    if (!text.failed)
        kept = arena_copy(o->r->keep, text.text, text.length);
    free(text.text);
    return reading_memory(o->r, kept);
}

static void take_words(struct one *o, struct node *list)
{
    const char **word = study_keep(o->s, (size_t)list->count * sizeof *word);
    const char **as_written = study_keep(o->s, (size_t)list->count * sizeof *as_written);
    int n = 0;
    o->v->word = word;
    o->v->written = as_written;
    for (struct node *node = list->first; node != NULL && !o->r->no_memory; node = node->next) {
        if (node->kind != list->first->kind) {
            refuse_values(o, node);
            return;
        }
        word[n] = node->kind == NODE_TEXT ? node->is.text : node->is.yesno ? "true" : "false";
        as_written[n++] = written(o, node);
        for (int i = 0; i < n - 1; i++)
            if (strcmp(word[i], word[n - 1]) == 0) {
                complain(o->r, node, "%s: values: \"%s\" stands twice", "%s : values : « %s » figure deux fois",
                         place(o), reading_show(o->r, word[i], strlen(word[i]), 60));
                return;
            }
    }
}

static void take_numbers(struct one *o, struct node *list)
{
    double *value = study_keep(o->s, (size_t)list->count * sizeof *value);
    int n = 0;
    o->v->value = value;
    for (struct node *node = list->first; node != NULL && value != NULL; node = node->next) {
        if (!node_is_number(node)) {
            if (node->kind != NODE_BAD)
                refuse_values(o, node);
            list->wrong = true;
            return;
        }
        value[n++] = node_number(node);
        for (int i = 0; i < n - 1; i++)
            if (value[i] == value[n - 1]) {
                complain(o->r, node, "%s: values: %.10g stands twice", "%s : values : %.10g figure deux fois", place(o),
                         value[i]);
                return;
            }
    }
}

#define MOST_VALUES 1000

static void take_values(struct one *o, struct node *node)
{
    const struct node *first = node->first;
    o->v->kind = VARY_VALUES;
    o->v->num_values = node->count;
    if (node->count == 0)
        complain(o->r, node, "%s: values holds nothing: write values = [0.1, 0.2]",
                 "%s : values ne contient rien : écrivez values = [0.1, 0.2]", place(o));
    else if (node->count > MOST_VALUES)
        complain(o->r, node, "%s: values holds %d values; allowed are 1 .. %d",
                 "%s : values contient %d valeurs ; il en faut 1 .. %d", place(o), node->count, MOST_VALUES);
    else if (first->kind == NODE_TEXT || first->kind == NODE_YESNO)
        take_words(o, node);
    else if (node_is_number(first) || first->kind == NODE_BAD)
        take_numbers(o, node);
    else
        refuse_values(o, node->first);
}

/* ---- which of the three ---- */

static void take_distribution(struct one *o, struct node *node, const struct value_rule *rule)
{
    struct path path = { &o->path, node->name, NULL, 0 };
    o->v->kind = VARY_DISTRIBUTION;
    if (o->s->has_method && o->s->method == METHOD_LIST)
        complain(o->r, node, "%s: a list says itself what is run: distribution belongs to the other methods",
                 "%s : une liste dit elle-même ce qui s'exécute : distribution va avec les autres méthodes", place(o));
    else
        o->v->distribution = value_read(o->r, node, rule, &path, "");
}

static void take_kind(struct one *o)
{
    static const int rows[3] = { KEY_VARY_range, KEY_VARY_values, KEY_VARY_distribution };
    struct value_rule rule = allowed(o);
    struct node *given = NULL;
    o->v->whole = rule.whole;
    for (int i = 0; i < 3; i++) {
        struct node *node = key(o, rows[i]);
        if (node == NULL)
            continue;
        if (given != NULL) {
            complain(o->r, node, "%s: one of range, values and distribution, not two",
                     "%s : range, values ou distribution, un seul des trois", place(o));
            return;
        }
        given = node;
        if (node->kind != NODE_LIST)
            continue;
        if (rows[i] == KEY_VARY_range)
            take_range(o, node);
        else if (rows[i] == KEY_VARY_values)
            take_values(o, node);
        else
            take_distribution(o, node, &rule);
    }
    if (given == NULL && !o->node->wrong && o->s->has_method && o->s->method != METHOD_LIST)
        complain(o->r, o->node, "%s: what it takes is missing: range = [low, high], values or distribution",
                 "%s : il manque ce qu'il prend : range = [bas, haut], values ou distribution", place(o));
}

/* ---- keys that go with a method or a kind ---- */

static void refuse_key(struct one *o, int row, const char *en, const char *fr)
{
    struct node *node = key(o, row);
    if (node != NULL)
        complain(o->r, node, "%s: %s %s", "%s : %s %s", place(o), node->name, STUDY_LANG(o->s) == 1 ? fr : en);
}

static void check_base(struct one *o)
{
    const struct vary *v = o->v;
    struct node *node = key(o, KEY_VARY_base);
    bool fits = true;
    if (node == NULL || node->wrong || node->value == NULL)
        return;
    o->v->has_base = true;
    o->v->base = node_number(node);
    if (v->kind == VARY_VALUES) {
        fits = false;
        for (int i = 0; v->value != NULL && i < v->num_values; i++)
            fits = fits || v->value[i] == v->base;
    } else if (v->kind == VARY_RANGE) {
        fits = v->base >= v->low && v->base <= v->high;
    }
    if (!fits || (v->whole && v->base != floor(v->base)))
        complain(o->r, node, "%s: base = %.10g is none of the values it may take",
                 "%s : base = %.10g n'est pas une valeur qu'il peut prendre", place(o), v->base);
}

static void check_levels(struct one *o, int fallback)
{
    struct vary *v = o->v;
    struct node *node = key(o, KEY_VARY_levels);
    v->levels = (int)plan_number(o->node, KEY_VARY_levels);
    if (v->levels == 0)
        v->levels = fallback;
    if (v->kind == VARY_VALUES || v->kind == VARY_FREE || o->node->wrong)
        return;
    if (v->levels == 0) {
        complain(o->r, o->node, "%s: method factorial needs the number of levels: levels = 5, here or in design",
                 "%s : la méthode factorial demande le nombre de niveaux : levels = 5, ici ou dans design", place(o));
        return;
    }
    for (int k = 1; v->kind == VARY_RANGE && v->whole && k < v->levels; k++)
        if (vary_work_out_level(v, k) == vary_work_out_level(v, k - 1)) {
            complain(o->r, node != NULL ? node : o->node,
                     "%s: levels = %d is too many for the whole numbers %.10g .. %.10g",
                     "%s : levels = %d est trop pour les entiers %.10g .. %.10g", place(o), v->levels, v->low, v->high);
            return;
        }
}

static void work_out_levels(struct one *o)
{
    int count = vary_num_levels(o->v);
    double *level = study_keep(o->s, ((size_t)count + 1) * sizeof *level);
    for (int k = 0; k < count && level != NULL; k++)
        level[k] = vary_work_out_level(o->v, k);
    o->v->level = level;
}

/* A level means one value, and every value as many levels. */
static void check_morris(struct one *o, int levels)
{
    if (o->v->kind == VARY_VALUES && o->v->num_values > 0 && levels % 2 == 0 && levels % o->v->num_values != 0)
        complain(
            o->r, o->node,
            "%s: method morris gives %d values their turn only where design.levels, %d, is a multiple of it: "
            "levels = %d",
            "%s : la méthode morris ne donne leur tour à %d valeurs que si design.levels, %d, en est un multiple : "
            "levels = %d",
            place(o), o->v->num_values, levels, 2 * o->v->num_values);
}

static void inherit_wrong(struct node *node)
{
    for (struct node *child = node->first; child != NULL; child = child->next) {
        inherit_wrong(child);
        node->wrong = node->wrong || child->wrong;
    }
}

static void check_keys(struct one *o)
{
    enum design_method method = o->s->method;
    bool has_levels = method == METHOD_FACTORIAL || method == METHOD_ONE_AT_A_TIME;
    const struct node *design = node_find(o->s->root, key_table[KEY_STUDY_design].id);
    int fallback = (int)plan_number(design, KEY_DESIGN_levels);
    if (!o->s->has_method)
        return;
    if (o->v->kind != VARY_RANGE)
        refuse_key(o, KEY_VARY_scale, "belongs to range", "va avec range");
    if (o->v->kind == VARY_VALUES)
        refuse_key(o, KEY_VARY_levels, "belongs to range and distribution", "va avec range et distribution");
    else if (!has_levels)
        refuse_key(o, KEY_VARY_levels, "belongs to the methods factorial and one-at-a-time",
                   "va avec les méthodes factorial et one-at-a-time");
    if (method != METHOD_ONE_AT_A_TIME)
        refuse_key(o, KEY_VARY_base, "belongs to the method one-at-a-time", "va avec la méthode one-at-a-time");
    else
        check_base(o);
    if (method == METHOD_MORRIS)
        check_morris(o, fallback > 0 ? fallback : MORRIS_LEVELS);
    if (has_levels)
        check_levels(o, fallback > 0 ? fallback : method == METHOD_ONE_AT_A_TIME ? 2 : 0);
    inherit_wrong(o->node);
    if (has_levels && !o->node->wrong && !o->r->no_memory)
        work_out_levels(o);
}

/* ---- all of them ---- */

static void take_one(struct study_reading *s, struct node *node, int number)
{
    struct one o = { s, s->r, node, &s->vary[number], { NULL, "vary", NULL, number + 1 } };
    const struct node *name = node_find(node, key_table[KEY_VARY_name].id);
    if (name != NULL && name->kind == NODE_TEXT && is_name(name->is.text))
        o.path = (struct path){ NULL, "vary", name->is.text, 0 };
    inherit_wrong(node); /* a key that is misspelt is not missing too */
    o.v->whole = plan_yesno(node, KEY_VARY_whole);
    o.v->log = strcmp(plan_text(node, KEY_VARY_scale), "log") == 0;
    take_targets(&o);
    take_name(&o);
    take_kind(&o);
    inherit_wrong(node);
    check_keys(&o);
}

struct node *study_item(const struct study_reading *self, int number)
{
    struct node *node = node_find(self->root, key_table[KEY_STUDY_vary].id)->first;
    while (number-- > 0)
        node = node->next;
    return node;
}

static bool same_target(const struct vary *a, const struct vary *b)
{
    for (int i = 0; i < a->num_targets && a->is_rate == b->is_rate; i++)
        for (int j = 0; j < b->num_targets; j++)
            if (strcmp(a->target[i], b->target[j]) == 0)
                return true;
    return false;
}

static void check_differ(struct study_reading *s, int number)
{
    struct node *node = study_item(s, number);
    const struct vary *v = &s->vary[number];
    for (int i = 0; i < number; i++) {
        if (*v->name != '\0' && strcmp(v->name, s->vary[i].name) == 0)
            complain(s->r, node, "the name '%s' is used twice in vary (line %d): give one of them a name = \"...\"",
                     "le nom « %s » sert deux fois dans vary (ligne %d) : donnez à l'un un autre name = \"...\"",
                     v->name, study_item(s, i)->line);
        else if (same_target(v, &s->vary[i]))
            complain(s->r, node, "vary[%s] and vary[%s] (line %d) change the same value",
                     "vary[%s] et vary[%s] (ligne %d) changent la même valeur", v->name, s->vary[i].name,
                     study_item(s, i)->line);
    }
}

bool study_take_vary(struct study_reading *self)
{
    struct node *list = node_find(self->root, key_table[KEY_STUDY_vary].id);
    size_t count = list != NULL && list->kind == NODE_LIST ? (size_t)list->count : 0;
    int n = 0;
    if (count == 0 || list->wrong)
        return false;
    self->vary = study_keep(self, count * sizeof *self->vary);
    for (struct node *node = list->first; node != NULL && !self->r->no_memory; node = node->next, n++) {
        if (node->kind != NODE_GROUP)
            return false;
        take_one(self, node, n);
        check_differ(self, n);
    }
    self->study->num_vary = n;
    self->study->vary = self->vary;
    for (int i = 0; i < n; i++)
        if (study_item(self, i)->wrong)
            return false;
    return !self->r->no_memory;
}
