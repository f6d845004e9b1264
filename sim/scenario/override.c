#include "override.h"

#include <stdlib.h>
#include <string.h>

#include "../model/tables.h"
#include "merge.h"
#include "parse.h"
#include "source.h"

#define NUMBER_DIGITS 5 /* of clinic-00007 */

struct option {
    struct reading *reading;
    struct source *source; /* whose `option` is the text as given */
    struct node *root;
    struct node *value;
};

#define COMPLAIN(o, ...) complain_at((o)->reading, (o)->source, 0, __VA_ARGS__)

/* ---- the value ---- */

/* A single word may go without quotation marks: the shell eats them. */
static bool is_bare_word(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
    bool letter = (text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z');
    return letter && text[length] == '\0' && strcmp(text, "true") != 0 && strcmp(text, "false") != 0 &&
           strcmp(text, "nan") != 0 && strcmp(text, "inf") != 0;
}

static struct node *read_value(struct option *o, const char *text)
{
    const char *quote = is_bare_word(text) ? "\"" : "";
    struct node *root, *value;
    o->source->text = reading_memory(o->reading, arena_print(o->reading->arena, "v = %s%s%s;", quote, text, quote));
    if (o->source->text == NULL)
        return NULL;
    o->source->length = strlen(o->source->text);
    root = parse_source(o->reading, o->source);
    value = node_find(root, "v");
    if (root != NULL && (root->count != 1 || value == NULL)) {
        COMPLAIN(o, "one value is wanted", "il faut une seule valeur");
        return NULL;
    }
    return value;
}

/* ---- the path ---- */

struct step {
    const char *name;
    const char *id; /* in brackets after it; NULL: none */
};

#define MOST_STEPS 16

static const char *part(struct option *o, const char *from, const char *to)
{
    return reading_memory(o->reading, arena_copy(o->reading->arena, from, (size_t)(to - from)));
}

/* "meso[clinic-c].provider" as steps; 0 when it is no path. */
static int read_path(struct option *o, const char *p, const char *end, struct step *step)
{
    int n = 0;
    while (p < end && n < MOST_STEPS && !o->reading->no_memory) {
        const char *from = p;
        while (p < end && *p != '.' && *p != '[')
            p++;
        step[n] = (struct step){ part(o, from, p), NULL };
        if (p == from)
            return 0;
        if (p < end && *p == '[') {
            const char *close = memchr(p, ']', (size_t)(end - p));
            if (close == NULL)
                return 0;
            step[n].id = part(o, p + 1, close);
            p = close + 1;
        }
        n++;
        if (p == end)
            return n;
        if (*p++ != '.' || p == end)
            return 0;
    }
    return 0;
}

static struct node *add_group(struct option *o, struct node *parent, const char *name)
{
    struct node *group = reading_memory(o->reading, node_new(o->reading->arena, NODE_GROUP, name, o->source, 0));
    if (group != NULL)
        node_append(parent, group);
    return group;
}

/* True for the id of one clinic of a counted item that is there. */
static bool is_one_of_counted(struct option *o, const struct node *list, const char *id)
{
    size_t length = strlen(id);
    const struct node *count;
    const char *base;
    long number;
    if (length <= NUMBER_DIGITS + 1 || id[length - NUMBER_DIGITS - 1] != '-' ||
        strspn(id + length - NUMBER_DIGITS, "0123456789") != NUMBER_DIGITS)
        return false;
    base = part(o, id, id + length - NUMBER_DIGITS - 1);
    count = base != NULL ? node_find(node_item(list, base), "count") : NULL;
    number = strtol(id + length - NUMBER_DIGITS, NULL, 10);
    return count != NULL && count->kind == NODE_WHOLE && number >= 1 && number <= count->is.whole;
}

static const char *nearest_item(const struct node *list, const char *id)
{
    const char *nearest = NULL;
    int least = 0;
    for (const struct node *item = list->first; item != NULL; item = item->next) {
        int distance = node_id(item) != NULL ? key_distance(id, node_id(item)) : 0;
        if (node_id(item) != NULL && key_is_near(id, distance) && (nearest == NULL || distance < least)) {
            nearest = node_id(item);
            least = distance;
        }
    }
    return nearest;
}

/* The item of a list; one clinic of a counted item gets an item of its own. */
static struct node *find_item(struct option *o, struct node *list, const char *name, const char *id)
{
    struct node *item = node_item(list, id), *own;
    if (item != NULL)
        return item;
    if (list == NULL || list->kind != NODE_LIST || strcmp(name, "meso") != 0 || !is_one_of_counted(o, list, id)) {
        COMPLAIN(
            o, "there is no %s[%s]%s", "il n'y a pas de %s[%s]%s", name, id,
            reading_did_you_mean(o->reading, list != NULL && list->kind == NODE_LIST ? nearest_item(list, id) : NULL));
        return NULL;
    }
    item = add_group(o, list, NULL);
    own = item != NULL ? reading_memory(o->reading, node_new(o->reading->arena, NODE_TEXT, "id", o->source, 0)) : NULL;
    if (own == NULL)
        return NULL;
    own->is.text = reading_memory(o->reading, arena_copy(o->reading->keep, id, strlen(id)));
    node_append(item, own);
    return item;
}

static struct node *descend(struct option *o, struct node *group, const struct step *step)
{
    struct node *node = node_find(group, step->name);
    if (step->id != NULL)
        return find_item(o, node, step->name, step->id);
    if (node == NULL)
        return add_group(o, group, step->name);
    if (node->kind != NODE_GROUP) {
        COMPLAIN(o, "'%s' holds no keys", "« %s » ne contient pas de clés", step->name);
        return NULL;
    }
    return node;
}

static void put_value(struct option *o, struct node *group, const char *name)
{
    struct node *old = node_find(group, name);
    o->value->name = name;
    merge_make_room(group, name);
    if (old != NULL)
        node_replace(group, old, o->value);
    else
        node_append(group, o->value);
}

/* ".rating" and ".value" of what stands there without a group mean the thing itself. */
static int drop_last(const struct node *group, const struct step *step, int n)
{
    const struct node *node;
    if (n < 2 || step[n - 1].id != NULL || step[n - 2].id != NULL ||
        (strcmp(step[n - 1].name, "rating") != 0 && strcmp(step[n - 1].name, "value") != 0))
        return n;
    node = node_find(group, step[n - 2].name);
    return node != NULL && node->kind == NODE_GROUP ? n : n - 1;
}

/* A plain value that gets a spread becomes { value; spread }. */
static void make_room_for_spread(struct option *o, struct node *group, const struct step *step)
{
    struct node *plain = node_find(group, step[0].name), *both;
    bool is_value = plain != NULL && (node_is_number(plain) || plain->kind == NODE_LIST);
    if (!is_value || step[0].id != NULL || strcmp(step[1].name, "spread") != 0 || param_find(step[0].name) < 0)
        return;
    both = reading_memory(o->reading, node_new(o->reading->arena, NODE_GROUP, NULL, o->source, 0));
    if (both == NULL)
        return;
    node_replace(group, plain, both);
    plain->name = "value";
    node_append(both, plain);
}

/* ---- arms ---- */

static bool is_list_of_texts(const struct node *value)
{
    for (const struct node *text = value->first; text != NULL; text = text->next)
        if (text->kind != NODE_TEXT)
            return false;
    return value->kind == NODE_LIST && value->first != NULL;
}

static bool names_item(const struct node *ids, const struct node *item)
{
    for (const struct node *id = ids->first; id != NULL; id = id->next)
        if (node_id(item) != NULL && strcmp(id->is.text, node_id(item)) == 0)
            return true;
    return false;
}

/* Of the arms only those named stay, as they are and in their order. */
static void keep_arms(struct option *o)
{
    struct node *arms = node_find(o->root, "arms"), *item, *next;
    for (const struct node *id = o->value->first; id != NULL; id = id->next)
        if (find_item(o, arms, "arms", id->is.text) == NULL)
            return;
    item = arms->first;
    arms->first = arms->last = NULL;
    arms->count = 0;
    for (; item != NULL; item = next) {
        next = item->next;
        if (names_item(o->value, item))
            node_append(arms, item);
    }
}

/* ---- --set ---- */

static void apply_set(struct option *o, const char *text, const char *equals)
{
    struct step step[MOST_STEPS];
    struct node *group = o->root;
    int n = read_path(o, text, equals, step);
    if (o->reading->no_memory)
        return;
    if (n == 0 || step[n - 1].id != NULL) {
        COMPLAIN(o, "no path: write it like runs.draws or meso[clinic-c].provider.nurse_experience",
                 "ce n'est pas un chemin : écrivez-le comme runs.draws ou meso[clinic-c].provider.nurse_experience");
        return;
    }
    if (n == 1 && strcmp(step[0].name, "arms") == 0 && is_list_of_texts(o->value)) {
        keep_arms(o);
        return;
    }
    for (int i = 0; i < n - 1 && group != NULL; i++) {
        if (i == n - 2) {
            make_room_for_spread(o, group, &step[i]);
            n = drop_last(group, step, n);
        }
        if (i < n - 1)
            group = descend(o, group, &step[i]);
    }
    if (group != NULL)
        put_value(o, group, step[n - 1].name);
}

/* ---- ratings ---- */

static const char *const people[] = { "nurses", "physicians" };

static void remove_from_people(struct node *list, const char *factor)
{
    if (list == NULL || list->kind != NODE_LIST)
        return;
    for (struct node *person = list->first; person != NULL; person = person->next)
        if (person->kind == NODE_GROUP)
            node_remove(person, factor);
}

static void remove_from_clinic(struct node *clinic, int factor)
{
    const char *id = factor_table[factor].id;
    struct node *group = node_find(clinic, section_key[factor_table[factor].section]);
    struct node *provider = node_find(clinic, "provider");
    if (group != NULL && group->kind == NODE_GROUP)
        node_remove(group, id);
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++)
        remove_from_people(node_find(provider, people[i]), id);
}

static void remove_everywhere(struct node *root, int factor)
{
    const char *id = factor_table[factor].id;
    const struct node *macro = node_find(root, "macro"), *centres = node_find(macro, "centres"),
                      *meso = node_find(root, "meso");
    struct node *top[3] = { node_find(macro, "structural"), node_find(node_find(root, "micro"), "patients"),
                            node_find(root, "innovation") };
    for (size_t i = 0; i < 3; i++)
        if (top[i] != NULL && top[i]->kind == NODE_GROUP)
            node_remove(top[i], id);
    for (struct node *item = meso != NULL ? meso->first : NULL; item != NULL; item = item->next)
        remove_from_clinic(item, factor);
    for (struct node *item = centres != NULL ? centres->first : NULL; item != NULL; item = item->next)
        remove_from_people(node_find(item, "case_managers"), id);
    remove_from_clinic(node_find(root, "every_clinic"), factor);
}

static struct node *group_in(struct option *o, struct node *parent, const char *name)
{
    struct step step = { name, NULL };
    return parent != NULL ? descend(o, parent, &step) : NULL;
}

/* People a clinic has from its group or from every_clinic become its own, without their rating. */
static void own_people(struct option *o, struct node *clinic, const struct node *from, const char *list,
                       const char *factor)
{
    const struct node *shared = node_find(node_find(from, "provider"), list);
    struct node *provider, *own;
    if (shared == NULL || node_find(node_find(clinic, "provider"), list) != NULL)
        return;
    provider = group_in(o, clinic, "provider");
    own = provider != NULL ? reading_memory(o->reading, node_copy(o->reading->arena, shared)) : NULL;
    if (own == NULL)
        return;
    node_append(provider, own);
    remove_from_people(own, factor);
}

/* The counted item whose clinic it is; NULL when it is none's. */
static const struct node *group_of(struct option *o, const struct node *list, const char *id)
{
    const char *base = is_one_of_counted(o, list, id) ? part(o, id, id + strlen(id) - NUMBER_DIGITS - 1) : NULL;
    return base != NULL ? node_item(list, base) : NULL;
}

static void rate_clinic(struct option *o, int factor, const char *clinic_id)
{
    struct node *meso = node_find(o->root, "meso"), *clinic = find_item(o, meso, "meso", clinic_id), *group;
    const char *id = factor_table[factor].id;
    if (clinic == NULL)
        return;
    remove_from_clinic(clinic, factor);
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        own_people(o, clinic, group_of(o, meso, clinic_id), people[i], id);
        own_people(o, clinic, node_find(o->root, "every_clinic"), people[i], id);
    }
    for (struct node *item = meso->first; item != NULL; item = item->next)
        if (node_id(item) != NULL && group_of(o, meso, node_id(item)) == clinic)
            remove_from_clinic(item, factor);
    group = group_in(o, clinic, section_key[factor_table[factor].section]);
    if (group != NULL)
        put_value(o, group, id);
}

static void rate_all(struct option *o, int factor)
{
    struct node *group = group_in(o, group_in(o, o->root, "every_clinic"), section_key[factor_table[factor].section]);
    remove_everywhere(o->root, factor);
    if (group != NULL)
        put_value(o, group, factor_table[factor].id);
}

static const char *nearest_factor(const char *name)
{
    const char *nearest = NULL;
    int least = 0;
    for (int i = 0; i < NUM_FACTORS; i++) {
        int distance = key_distance(name, factor_table[i].id);
        if (key_is_near(name, distance) && (nearest == NULL || distance < least)) {
            nearest = factor_table[i].id;
            least = distance;
        }
    }
    return nearest;
}

static void apply_rate(struct option *o, const char *text, const char *equals)
{
    const char *slash = memchr(text, '/', (size_t)(equals - text));
    const char *name = part(o, slash != NULL ? slash + 1 : text, equals), *clinic = NULL;
    int factor = name != NULL ? factor_find(name) : -1;
    if (name == NULL)
        return;
    if (slash != NULL)
        clinic = part(o, text, slash);
    if (factor < 0)
        COMPLAIN(o, "'%s' is not a factor (milieu describe factors)%s",
                 "« %s » n'est pas un facteur (milieu describe factors)%s", name,
                 reading_did_you_mean(o->reading, nearest_factor(name)));
    else if (slash == NULL)
        rate_all(o, factor);
    else if (clinic != NULL)
        rate_clinic(o, factor, clinic);
}

void override_apply(struct reading *reading, struct node *root, const struct scenario_override *override)
{
    struct option o = { .reading = reading, .root = root };
    const char *equals = strchr(override->text, '=');
    const char *option = reading_memory(
        reading, arena_print(reading->arena, "%s %s", override->is_rate ? "--rate" : "--set", override->text));
    if (option == NULL)
        return;
    o.source = source_of_text(reading, NULL, option, NULL, "", 0);
    if (o.source == NULL)
        return;
    if (equals == NULL || equals[1] == '\0' || equals == override->text) {
        COMPLAIN(&o, "must be %s", "doit être %s", override->is_rate ? "[CLINIC/]FACTOR=R" : "PATH=VALUE");
        return;
    }
    o.value = read_value(&o, equals + 1);
    if (o.value == NULL)
        return;
    if (override->is_rate)
        apply_rate(&o, override->text, equals);
    else
        apply_set(&o, override->text, equals);
}
