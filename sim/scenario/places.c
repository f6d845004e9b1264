/* The clinics and health centres of a scenario, and their people. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../model/random.h"
#include "plan.h"
#include "said.h"

#define MOST_CLINICS 20000
#define MOST_CENTRES 5000
#define NUMBER_DIGITS 5 /* of clinic-00001 */

/* What is stated of one place, while it is put together. */
struct stated {
    const struct node *rating[NUM_FACTORS];
    const struct value *param[NUM_PARAMS];
};

static void take_stated(struct stated *stated, const struct node *group)
{
    for (const struct node *node = node_first_key(group); node != NULL; node = node->next) {
        int factor, param;
        if (node->value == NULL)
            continue;
        factor = factor_find(node->name);
        param = factor < 0 ? param_find(node->name) : -1;
        if (factor >= 0)
            stated->rating[factor] = node;
        else if (param >= 0)
            stated->param[param] = node->value;
    }
}

static void take_clinic(struct stated *stated, const struct node *clinic)
{
    static const enum section section[] = { SECTION_STRUCTURAL, SECTION_ORGANIZATIONAL, SECTION_PROVIDER,
                                            SECTION_PATIENTS, SECTION_INNOVATION };
    for (size_t i = 0; i < sizeof section / sizeof section[0]; i++)
        take_stated(stated, node_find(clinic, section_key[section[i]]));
    take_stated(stated, node_find(node_find(clinic, section_key[SECTION_INNOVATION]), section_key[SECTION_TRAINING]));
}

static int count_stated(const struct stated *stated)
{
    int count = 0;
    for (int i = 0; i < NUM_FACTORS; i++)
        count += stated->rating[i] != NULL;
    for (int i = 0; i < NUM_PARAMS; i++)
        count += stated->param[i] != NULL;
    return count;
}

static const struct entry *keep_stated(struct reading *r, const struct scenario_tree *self, const struct stated *stated,
                                       int *count)
{
    struct entry *entry = reading_memory(r, arena_alloc(r->keep, (size_t)(count_stated(stated) + 1) * sizeof *entry));
    int n = 0;
    if (entry == NULL)
        return NULL;
    for (int i = 0; i < NUM_FACTORS; i++)
        if (stated->rating[i] != NULL)
            entry[n++] = (struct entry){ true, i, stated->rating[i]->value, self->factor_luck[i],
                                         said_of(r, stated->rating[i]) };
    for (int i = 0; i < NUM_PARAMS; i++)
        if (stated->param[i] != NULL)
            entry[n++] = (struct entry){ false, i, stated->param[i], self->param_luck[i], NULL };
    *count = n;
    return entry;
}

/* ---- people ---- */

/* A person's own ratings: each has its uniform by its path inside the place, "nurses[nurse-1].nurse_experience". */
static void take_person(struct reading *r, const struct node *node, const char *list, struct person_plan *person)
{
    struct entry *entry = reading_memory(r, arena_alloc(r->keep, (size_t)(node->count + 1) * sizeof *entry));
    const char *id = node_id(node);
    *person = (struct person_plan){ .id = reading_memory(r, arena_print(r->keep, "%s", id != NULL ? id : "")),
                                    .fte = plan_number(node, KEY_NURSE_fte),
                                    .absent = plan_yesno(node, KEY_NURSE_sick_leave),
                                    .lead = plan_yesno(node, KEY_NURSE_lead),
                                    .entry = entry };
    for (const struct node *child = node_first_key(node); child != NULL && entry != NULL; child = child->next) {
        int factor = child->value != NULL ? factor_find(child->name) : -1;
        const char *path;
        if (factor < 0)
            continue;
        path = reading_memory(r, arena_print(r->arena, "%s[%s].%s", list, id != NULL ? id : "", child->name));
        if (path != NULL)
            entry[person->num_entries++] =
                (struct entry){ true, factor, child->value, plan_luck(path), said_of(r, child) };
    }
}

static void check_leads(struct reading *r, const struct node *list)
{
    struct node *lead = NULL;
    for (struct node *node = list->first; node != NULL; node = node->next) {
        struct node *own = node_find(node, "lead");
        if (own == NULL || own->kind != NODE_YESNO || !own->is.yesno)
            continue;
        if (lead != NULL)
            complain(r, own, "%s: a second one leads; the first is in line %d",
                     "%s : une deuxième personne mène ; la première est à la ligne %d", list->name, lead->line);
        lead = own;
    }
}

static struct people_plan take_people(struct reading *r, const struct node *node, int otherwise)
{
    struct people_plan people = { otherwise, NULL };
    struct person_plan *person;
    int n = 0;
    if (node != NULL && node->value != NULL)
        people.count = (int)node->value->a;
    if (node == NULL || node->kind != NODE_LIST || node->wrong || node->count == 0)
        return people;
    person = reading_memory(r, arena_alloc(r->keep, (size_t)node->count * sizeof *person));
    for (const struct node *child = node->first; child != NULL && person != NULL; child = child->next)
        take_person(r, child, node->name, &person[n++]);
    check_leads(r, node);
    return (struct people_plan){ n, person };
}

/* ---- counted items ---- */

/* "clinic-00007" of a counted item "clinic" is 7; 0 for anything else. `*item` is that item. */
static int number_of(const struct names *names, const char *id, int *item)
{
    char base[64];
    size_t length = strlen(id);
    if (length <= NUMBER_DIGITS + 1 || length >= sizeof base || id[length - NUMBER_DIGITS - 1] != '-' ||
        strspn(id + length - NUMBER_DIGITS, "0123456789") != NUMBER_DIGITS)
        return 0;
    memcpy(base, id, length - NUMBER_DIGITS - 1);
    base[length - NUMBER_DIGITS - 1] = '\0';
    *item = names_find(names, base);
    return *item < 0 ? 0 : atoi(id + length - NUMBER_DIGITS);
}

static const char *numbered(struct reading *r, const char *text, int number, const char *format)
{
    char end[16];
    snprintf(end, sizeof end, format[0] == '-' ? "-%05d" : " %d", number);
    return reading_memory(r, arena_print(r->keep, "%s%s", text, end));
}

/* ---- centres ---- */

static void take_centre_item(struct reading *r, struct scenario_tree *self, struct node *node, struct centre_item *item)
{
    const char *id = node_id(node);
    *item = (struct centre_item){ .id = id != NULL ? id : "", .node = node, .first = self->num_centres };
    item->count = (int)plan_number(node, KEY_CENTRE_count);
    item->counted = item->count > 1;
    item->case_managers = take_people(r, node_find(node, "case_managers"), 0);
    plan_title(node, item->title);
    if (id != NULL && names_find(&self->centre_names, id) < 0)
        names_add(&self->centre_names, id, self->num_centre_items);
    self->num_centre_items++;
    self->num_centres += item->count;
}

static void take_centre(struct reading *r, struct scenario_tree *self, int item, int number)
{
    const struct centre_item *from = &self->centre_item[item];
    struct centre_plan *centre = &self->centre[from->first + number];
    const char *id = from->counted ? numbered(r, from->id, number + 1, "-") : from->id;
    *centre = (struct centre_plan){ .id = id, .item = item, .num_case_managers = from->case_managers.count };
    centre->place_key = id != NULL ? random_place(id) : 0;
}

static bool make_centres(struct reading *r, struct scenario_tree *self, struct node *root)
{
    struct node *list = node_find(node_find(root, "macro"), "centres");
    bool given = list != NULL && list->kind == NODE_LIST && list->count > 0;
    size_t most = given ? (size_t)list->count : 1;
    self->centre_item = reading_memory(r, arena_alloc(r->keep, most * sizeof *self->centre_item));
    if (self->centre_item == NULL || !names_init(&self->centre_names, r->keep, most)) {
        r->no_memory = true;
        return false;
    }
    if (!given) {
        self->centre_item[0] = (struct centre_item){ .id = "centre-1", .node = root, .count = 1 };
        self->num_centre_items = self->num_centres = 1;
        names_add(&self->centre_names, "centre-1", 0);
    }
    for (struct node *node = given ? list->first : NULL; node != NULL; node = node->next)
        take_centre_item(r, self, node, &self->centre_item[self->num_centre_items]);
    if (self->num_centres > MOST_CENTRES) {
        complain(r, list, "%d health centres in all; at most %d", "%d centres de santé en tout ; au plus %d",
                 self->num_centres, MOST_CENTRES);
        return false;
    }
    self->centre = reading_memory(r, arena_alloc(r->keep, (size_t)self->num_centres * sizeof *self->centre));
    for (int i = 0; i < self->num_centre_items && self->centre != NULL && !r->no_memory; i++)
        for (int k = 0; k < self->centre_item[i].count; k++)
            take_centre(r, self, i, k);
    return !r->no_memory;
}

/* ---- items of meso ---- */

/* A key of the clinic's own item, else of its group's, else of every_clinic. */
struct layers {
    const struct node *node[3];
};

static struct node *find_layered(const struct layers *layers, const char *key)
{
    for (size_t i = 0; i < 3; i++) {
        struct node *node = node_find(layers->node[i], key);
        if (node != NULL)
            return node;
    }
    return NULL;
}

static const struct node *find_people(const struct layers *layers, const char *key)
{
    for (size_t i = 0; i < 3; i++) {
        const struct node *node = node_find(node_find(layers->node[i], "provider"), key);
        if (node != NULL)
            return node;
    }
    return NULL;
}

static const char *layered_text(const struct layers *layers, int key)
{
    const struct node *node = find_layered(layers, key_table[key].id);
    return node != NULL && node->kind == NODE_TEXT ? node->is.text : key_table[key].fallback;
}

static enum place place_named(const char *name)
{
    return strcmp(name, "urban") == 0 ? PLACE_URBAN : strcmp(name, "rural") == 0 ? PLACE_RURAL : PLACE_SUBURBAN;
}

/* The item of macro.centres, and which of its centres where the id names one (0: dealt in turn). */
static void find_centre(struct reading *r, const struct scenario_tree *self, const struct layers *layers,
                        struct item_plan *item)
{
    struct node *node = find_layered(layers, "centre");
    int number = 0;
    item->centre = -1;
    if (node == NULL && self->num_centre_items == 1) {
        item->centre = 0;
    } else if (node == NULL) {
        complain(r, item->node, "meso[%s]: there are several health centres: say which with centre = \"...\"",
                 "meso[%s] : il y a plusieurs centres de santé : dites lequel avec centre = \"...\"", item->id);
    } else if (node->kind == NODE_TEXT && !node->wrong) {
        item->centre = names_find(&self->centre_names, node->is.text);
        if (item->centre < 0)
            number = number_of(&self->centre_names, node->is.text, &item->centre);
        if (number > 0 && number <= self->centre_item[item->centre].count)
            item->centre_number = number;
        else if (item->centre < 0 || number > 0)
            complain(r, node, "centre = \"%s\" is not one of macro.centres%s",
                     "centre = \"%s\" n'est pas dans macro.centres%s", node->is.text,
                     reading_did_you_mean(r, names_nearest(&self->centre_names, node->is.text)));
    }
}

static void take_item(struct reading *r, struct scenario_tree *self, const struct node *every, struct node *node)
{
    struct item_plan *item = &self->item[self->num_items];
    const struct node *group = item->group >= 0 ? self->item[item->group].node : NULL;
    struct layers layers = { { node, group, every } };
    const struct node *teaching = find_layered(&layers, "teaching");
    struct stated stated = { 0 };
    take_clinic(&stated, every);
    take_clinic(&stated, group);
    take_clinic(&stated, node);
    item->entry = keep_stated(r, self, &stated, &item->num_entries);
    item->place = place_named(layered_text(&layers, KEY_CLINIC_BODY_place));
    item->teaching = teaching != NULL && teaching->kind == NODE_YESNO && teaching->is.yesno;
    find_centre(r, self, &layers, item);
    item->community = layered_text(&layers, KEY_CLINIC_BODY_community);
    item->market = layered_text(&layers, KEY_CLINIC_BODY_market);
    item->nurses = take_people(r, find_people(&layers, "nurses"), (int)plan_fallback(KEY_PROVIDER_nurses));
    item->physicians = take_people(r, find_people(&layers, "physicians"), (int)plan_fallback(KEY_PROVIDER_physicians));
    plan_title(node, item->title);
}

/* Finds out which items are counted, and which speak of one clinic of a counted one. */
static void number_item(struct reading *r, struct scenario_tree *self, struct node *node)
{
    struct item_plan *item = &self->item[self->num_items];
    const char *id = node_id(node);
    int group = -1, number;
    *item = (struct item_plan){ .id = id != NULL ? id : "", .node = node, .group = -1, .first = self->num_clinics };
    item->count = (int)plan_number(node, KEY_CLINIC_count);
    item->counted = item->count > 1;
    number = number_of(&self->item_names, item->id, &group);
    if (number >= 1 && self->item[group].counted && number <= self->item[group].count) {
        if (item->counted)
            complain(r, node_find(node, "count"), "meso[%s] is one clinic of meso[%s]: it cannot have a count",
                     "meso[%s] est une clinique de meso[%s] : elle ne peut avoir de count", item->id,
                     self->item[group].id);
        item->group = group;
        item->first = self->item[group].first + number - 1;
        item->count = 0;
    }
    self->num_clinics += item->count;
    if (id != NULL && names_find(&self->item_names, id) < 0)
        names_add(&self->item_names, id, self->num_items);
}

static bool make_items(struct reading *r, struct scenario_tree *self, struct node *root)
{
    struct node *list = node_find(root, "meso");
    const struct node *every = node_find(root, "every_clinic");
    bool given = list != NULL && list->kind == NODE_LIST;
    size_t most = given ? (size_t)list->count : 0;
    self->item = reading_memory(r, arena_alloc(r->keep, (most + 1) * sizeof *self->item));
    if (self->item == NULL || !names_init(&self->item_names, r->keep, most)) {
        r->no_memory = true;
        return false;
    }
    for (struct node *node = given ? list->first : NULL; node != NULL && !r->no_memory; node = node->next) {
        number_item(r, self, node);
        take_item(r, self, every, node);
        self->num_items++;
    }
    if (self->num_clinics > MOST_CLINICS) {
        complain(r, list, "%d clinics in all; at most %d", "%d cliniques en tout ; au plus %d", self->num_clinics,
                 MOST_CLINICS);
        return false;
    }
    return !r->no_memory;
}

/* ---- clinics ---- */

/* Communities of practice and labour markets, numbered as they are met. */
struct groups {
    struct names names;
    int *of_centre; /* of one that is the centre's own; -1: not met */
    int count;
};

static bool groups_init(struct reading *r, struct groups *groups, const struct scenario_tree *self)
{
    *groups = (struct groups){ 0 };
    groups->of_centre =
        reading_memory(r, arena_alloc(r->arena, (size_t)(self->num_centres + 1) * sizeof *groups->of_centre));
    for (int i = 0; i < self->num_centres && groups->of_centre != NULL; i++)
        groups->of_centre[i] = -1;
    if (groups->of_centre == NULL || !names_init(&groups->names, r->arena, (size_t)self->num_items + 1)) {
        r->no_memory = true;
        return false;
    }
    return true;
}

static int group_of(struct groups *groups, const char *label, int centre)
{
    int known;
    if (strcmp(label, "centre") == 0) {
        if (groups->of_centre[centre] < 0)
            groups->of_centre[centre] = groups->count++;
        return groups->of_centre[centre];
    }
    known = names_find(&groups->names, label);
    if (known >= 0)
        return known;
    names_add(&groups->names, label, groups->count);
    return groups->count++;
}

/* A counted group's clinics are dealt in turn to the centres of a counted item. */
static int centre_of(const struct scenario_tree *self, const struct item_plan *item, int number)
{
    const struct centre_item *centre;
    if (item->centre < 0)
        return 0;
    centre = &self->centre_item[item->centre];
    return centre->first + (item->centre_number > 0 ? item->centre_number - 1 : number % centre->count);
}

static void take_one_clinic(struct reading *r, struct scenario_tree *self, int index, int item_index, int number)
{
    const struct item_plan *item = &self->item[item_index];
    const struct item_plan *group = item->group >= 0 ? &self->item[item->group] : item;
    struct clinic_plan *clinic = &self->clinic[index];
    bool own_title = item->title[0] != NULL && (item->group >= 0 || !item->counted);
    clinic->id = group->counted ? numbered(r, group->id, number + 1, "-") : group->id;
    clinic->item = item_index;
    for (int lang = 0; lang < 2; lang++)
        clinic->title[lang] = own_title                 ? item->title[lang]
                              : group->title[0] != NULL ? numbered(r, group->title[lang], number + 1, " ")
                                                        : clinic->id;
    clinic->place_key = clinic->id != NULL ? random_place(clinic->id) : 0;
    clinic->centre = centre_of(self, item, number);
}

static void make_clinics(struct reading *r, struct scenario_tree *self)
{
    struct groups communities, markets;
    self->clinic = reading_memory(r, arena_alloc(r->keep, (size_t)(self->num_clinics + 1) * sizeof *self->clinic));
    if (self->clinic == NULL || !groups_init(r, &communities, self) || !groups_init(r, &markets, self))
        return;
    for (int i = 0; i < self->num_items && !r->no_memory; i++) {
        const struct item_plan *item = &self->item[i];
        if (item->group >= 0)
            take_one_clinic(r, self, item->first, i, item->first - self->item[item->group].first);
        for (int k = 0; k < item->count && !r->no_memory; k++)
            take_one_clinic(r, self, item->first + k, i, k);
    }
    for (int i = 0; i < self->num_clinics && !r->no_memory; i++) {
        struct clinic_plan *clinic = &self->clinic[i];
        const struct item_plan *item = &self->item[clinic->item];
        clinic->community = strcmp(item->community, "none") == 0
                                ? SETTING_NOBODY
                                : group_of(&communities, item->community, clinic->centre);
        clinic->market = group_of(&markets, item->market, clinic->centre);
    }
    self->num_communities = communities.count;
    self->num_markets = markets.count;
}

bool plan_find_clinics(const struct scenario_tree *self, const char *id, int *first, int *count)
{
    int item = names_find(&self->item_names, id), number;
    *count = 1;
    if (item >= 0) {
        *first = self->item[item].first;
        *count = self->item[item].group >= 0 ? 1 : self->item[item].count;
        return true;
    }
    number = number_of(&self->item_names, id, &item);
    if (number < 1 || !self->item[item].counted || number > self->item[item].count)
        return false;
    *first = self->item[item].first + number - 1;
    return true;
}

/* ---- places that would share their luck ---- */

struct keyed {
    uint64_t key;
    const char *id;
    struct node *node;
};

static int by_place(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    return x->key < y->key ? -1 : x->key > y->key ? 1 : strcmp(x->id, y->id);
}

static void check_places_differ(struct reading *r, const struct scenario_tree *self)
{
    size_t n = 0, most = (size_t)self->num_clinics + (size_t)self->num_centres;
    struct keyed *keyed = reading_memory(r, arena_alloc(r->arena, (most + 1) * sizeof *keyed));
    if (keyed == NULL)
        return;
    for (int i = 0; i < self->num_clinics; i++)
        keyed[n++] =
            (struct keyed){ self->clinic[i].place_key, self->clinic[i].id, self->item[self->clinic[i].item].node };
    for (int i = 0; i < self->num_centres; i++)
        keyed[n++] = (struct keyed){ self->centre[i].place_key, self->centre[i].id,
                                     self->centre_item[self->centre[i].item].node };
    qsort(keyed, n, sizeof *keyed, by_place);
    for (size_t i = 1; i < n; i++)
        if (keyed[i].key == keyed[i - 1].key && keyed[i].node != keyed[i - 1].node)
            complain(r, keyed[i].node, "\"%s\" and \"%s\" (line %d) would share their luck: change one of the ids",
                     "« %s » et « %s » (ligne %d) auraient le même hasard : changez l'un des id", keyed[i].id,
                     keyed[i - 1].id, keyed[i - 1].node->line);
}

bool plan_make_places(struct reading *reading, struct scenario_tree *self, struct node *root)
{
    if (!make_centres(reading, self, root) || !make_items(reading, self, root))
        return false;
    make_clinics(reading, self);
    if (!reading->no_memory && !reading_has_errors(reading))
        check_places_differ(reading, self);
    return !reading->no_memory;
}
