#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "../model/random.h"
#include "said.h"

double plan_fallback(int key)
{
    return strtod(key_table[key].fallback, NULL);
}

double plan_number(const struct node *group, int key)
{
    const struct node *node = node_find(group, key_table[key].id);
    return node != NULL && node->value != NULL ? node->value->a : plan_fallback(key);
}

bool plan_yesno(const struct node *group, int key)
{
    const struct node *node = node_find(group, key_table[key].id);
    return node != NULL && node->kind == NODE_YESNO ? node->is.yesno : strcmp(key_table[key].fallback, "true") == 0;
}

const char *plan_text(const struct node *group, int key)
{
    const struct node *node = node_find(group, key_table[key].id);
    return node != NULL && node->kind == NODE_TEXT && !node->wrong ? node->is.text : "";
}

int plan_word(const struct node *group, int key)
{
    const struct node *node = node_find(group, key_table[key].id);
    const char *word =
        node != NULL && node->kind == NODE_TEXT && !node->wrong ? node->is.text : key_table[key].fallback;
    size_t length = strlen(word);
    int number = 0;
    for (const char *choice = key_table[key].choices; *choice != '\0'; number++) {
        size_t size = strcspn(choice, "|");
        if (size == length && strncmp(choice, word, size) == 0)
            return number;
        choice += size + (choice[size] == '|');
    }
    return 0;
}

static const char *text_in(const struct node *title, const char *lang)
{
    const struct node *node = node_find(title, lang);
    return node != NULL && node->kind == NODE_TEXT ? node->is.text : NULL;
}

void plan_title(const struct node *group, const char *title[2])
{
    const struct node *node = node_find(group, "title");
    title[0] = title[1] = NULL;
    if (node == NULL)
        return;
    title[0] = node->kind == NODE_TEXT ? node->is.text : text_in(node, "en");
    title[1] = node->kind == NODE_TEXT ? node->is.text : text_in(node, "fr");
    if (title[0] == NULL)
        title[0] = title[1];
    if (title[1] == NULL)
        title[1] = title[0];
}

uint32_t plan_luck(const char *path)
{
    return (uint32_t)(random_hash(path) & 0xffffffU);
}

/* ---- what is stated for the whole scenario ---- */

static void take_top(struct reading *reading, struct scenario_tree *self, const struct node *group)
{
    for (const struct node *node = node_first_key(group); node != NULL; node = node->next) {
        int factor = factor_find(node->name), param = factor < 0 ? param_find(node->name) : -1;
        if (node->value == NULL)
            continue;
        if (factor >= 0) {
            self->rating[factor] = node->value;
            self->rating_said[factor] = said_of(reading, node);
        } else if (param >= 0)
            self->param[param] = node->value;
    }
}

static void take_tops(struct reading *reading, struct scenario_tree *self, const struct node *root)
{
    const struct node *innovation = node_find(root, "innovation");
    take_top(reading, self, node_find(node_find(root, "macro"), "structural"));
    take_top(reading, self, node_find(node_find(root, "micro"), "patients"));
    take_top(reading, self, innovation);
    take_top(reading, self, node_find(innovation, "training"));
    take_top(reading, self, node_find(root, "rules"));
    take_top(reading, self, node_find(root, "economics"));
}

static uint32_t luck_of_key(struct reading *reading, enum section section, const char *id)
{
    const char *path = reading_memory(reading, arena_print(reading->arena, "%s.%s", section_key[section], id));
    return path != NULL ? plan_luck(path) : 0;
}

static void take_luck(struct reading *reading, struct scenario_tree *self)
{
    for (int i = 0; i < NUM_FACTORS; i++)
        self->factor_luck[i] = luck_of_key(reading, factor_table[i].section, factor_table[i].id);
    for (int i = 0; i < NUM_PARAMS; i++)
        self->param_luck[i] = luck_of_key(reading, param_table[i].section, param_table[i].id);
}

static void take_unstated(struct reading *reading, struct scenario_tree *self, const struct node *root)
{
    const struct node *node = node_find(root, "unstated");
    struct value *value;
    self->unstated = node != NULL ? node->value : NULL;
    if (self->unstated != NULL)
        return;
    value = reading_memory(reading, arena_alloc(&self->keep, sizeof *value));
    if (value != NULL)
        *value = (struct value){ .kind = VALUE_TRIANGULAR, .a = -1, .b = 0, .c = 1, .to = 1, .low = -2, .high = 2 };
    self->unstated = value;
}

void plan_make(struct reading *reading, struct scenario_tree *self, struct node *root)
{
    self->horizon = (int)plan_number(node_find(root, "time"), KEY_TIME_horizon);
    self->events = plan_yesno(node_find(root, "outputs"), KEY_OUTPUTS_events);
    self->parameter_uncertainty = plan_word(node_find(root, "runs"), KEY_RUNS_uncertainty) != UNCERTAIN_CHANCE;
    self->fitted = plan_word(node_find(root, "runs"), KEY_RUNS_parameters) == 0 ? &ensemble_shipped : NULL;
    take_unstated(reading, self, root);
    take_tops(reading, self, root);
    take_luck(reading, self);
    if (reading->no_memory || !plan_make_places(reading, self, root))
        return;
    plan_make_strategies(reading, self, root);
    if (!reading->no_memory)
        plan_check_totals(reading, self, root);
}
