/* The strategies of a scenario and its arms. */
#include <string.h>

#include "plan.h"

/* ---- when ---- */

static void complain_of_date(struct reading *r, struct node *date, const struct strategy_plan *strategy, int horizon,
                             const struct node *root)
{
    const struct node *said = node_find(node_find(root, "time"), "horizon");
    const char *where = "";
    if (said != NULL && said->line > 0)
        where = r->messages->lang == 1 ? arena_print(r->arena, ", ligne %d", said->line)
                                       : arena_print(r->arena, ", line %d", said->line);
    complain(r, date, "strategies[%s].%s = %d is after the end of the run (horizon = %d%s)",
             "strategies[%s].%s = %d est après la fin (horizon = %d%s)", strategy->id, date->name, (int)date->value->a,
             horizon, where != NULL ? where : "");
}

static void take_until(struct reading *r, const struct scenario_tree *self, struct strategy_plan *strategy,
                       struct node *until, const struct node *date)
{
    strategy->until = (int)until->value->a;
    if (date != NULL && date->value != NULL && strategy->until <= strategy->at)
        complain(r, until, "strategies[%s].until = %d is not after %s = %d",
                 "strategies[%s].until = %d n'est pas après %s = %d", strategy->id, strategy->until, date->name,
                 strategy->at);
    else if (strategy->until > self->horizon)
        warn(r, until, "strategies[%s].until = %d is after the end of the run (horizon = %d)",
             "strategies[%s].until = %d est après la fin (horizon = %d)", strategy->id, strategy->until, self->horizon);
}

static void take_trigger(struct reading *r, struct strategy_plan *strategy, struct node *node)
{
    struct node *below = node_find(node, "below"), *above = node_find(node, "above");
    const struct node *threshold = below != NULL ? below : above;
    if (node->kind != NODE_GROUP)
        return;
    if ((below == NULL) == (above == NULL))
        complain(r, node, "strategies[%s].trigger needs one of below and above",
                 "strategies[%s].trigger demande below ou above, l'un des deux", strategy->id);
    strategy->watch = series_find(plan_text(node, KEY_TRIGGER_watch));
    strategy->watch_below = below != NULL;
    strategy->threshold = threshold != NULL && threshold->value != NULL ? threshold->value->a : 0;
    strategy->for_weeks = (int)plan_number(node, KEY_TRIGGER_for_weeks);
}

static void take_dates(struct reading *r, const struct scenario_tree *self, struct strategy_plan *strategy,
                       const struct node *root)
{
    struct node *node = strategy->node, *at = node_find(node, "at"), *from = node_find(node, "from");
    struct node *trigger = node_find(node, "trigger"), *until = node_find(node, "until"),
                *every = node_find(node, "every_weeks");
    struct node *date = at != NULL ? at : from;
    int given = (at != NULL) + (from != NULL) + (trigger != NULL);
    if (given != 1)
        complain(r, given > 1 ? (trigger != NULL ? trigger : from) : node,
                 "strategies[%s] needs one of at, from and trigger",
                 "strategies[%s] demande at, from ou trigger, un seul des trois", strategy->id);
    if (date != NULL && date->value != NULL) {
        strategy->at = (int)date->value->a;
        if (strategy->at >= self->horizon)
            complain_of_date(r, date, strategy, self->horizon, root);
    }
    if (trigger != NULL)
        take_trigger(r, strategy, trigger);
    if (until != NULL && until->value != NULL)
        take_until(r, self, strategy, until, date);
    if (every != NULL && every->value != NULL)
        strategy->every_weeks = (int)every->value->a;
    if (every != NULL && trigger != NULL)
        complain(r, every, "strategies[%s].every_weeks needs a date (from), not a trigger",
                 "strategies[%s].every_weeks demande une date (from), non un déclencheur", strategy->id);
}

/* ---- what ---- */

static void take_changes(struct reading *r, struct strategy_plan *strategy, const struct node *group, enum change_op op)
{
    for (const struct node *node = node_first_key(group); node != NULL; node = node->next) {
        struct change_plan *change = &strategy->change[strategy->num_changes];
        int factor = factor_find(node->name);
        const char *path;
        if (node->value == NULL)
            continue;
        path = reading_memory(r, arena_print(r->arena, "strategies[%s].%s.%s", strategy->id,
                                             op == CHANGE_SET ? "set" : "add", node->name));
        if (path == NULL)
            return;
        *change = (struct change_plan){ { factor >= 0, factor >= 0 ? factor : param_find(node->name), op, 0 },
                                        node->value,
                                        plan_luck(path) };
        strategy->num_changes++;
    }
}

static void take_what(struct reading *r, struct strategy_plan *strategy)
{
    const struct node *set = node_find(strategy->node, "set"), *add = node_find(strategy->node, "add");
    size_t most = (size_t)(set != NULL ? set->count : 0) + (size_t)(add != NULL ? add->count : 0);
    strategy->change = reading_memory(r, arena_alloc(r->keep, (most + 1) * sizeof *strategy->change));
    if (strategy->change == NULL)
        return;
    take_changes(r, strategy, set, CHANGE_SET);
    take_changes(r, strategy, add, CHANGE_ADD);
    if (most == 0)
        warn(r, strategy->node, "strategies[%s] changes nothing: it has neither set nor add",
             "strategies[%s] ne change rien : elle n'a ni set ni add", strategy->id);
}

static const struct value *value_of(const struct node *group, int key)
{
    const struct node *node = node_find(group, key_table[key].id);
    return node != NULL ? node->value : NULL;
}

/* ---- where ---- */

static void take_where(struct reading *r, const struct scenario_tree *self, struct strategy_plan *strategy)
{
    struct node *where = node_find(strategy->node, "where");
    bool some = where != NULL && where->kind == NODE_LIST;
    strategy->where = reading_memory(r, arena_alloc(r->keep, (size_t)self->num_clinics + 1));
    if (strategy->where == NULL)
        return;
    for (int i = 0; i < self->num_clinics; i++)
        strategy->where[i] = !some;
    for (struct node *node = some ? where->first : NULL; node != NULL; node = node->next) {
        int first, count;
        if (node->kind != NODE_TEXT)
            continue;
        if (!plan_find_clinics(self, node->is.text, &first, &count)) {
            complain(r, node, "strategies[%s].where names '%s', which is not a clinic%s",
                     "strategies[%s].where nomme « %s », qui n'est pas une clinique%s", strategy->id,
                     reading_show(r, node->is.text, strlen(node->is.text), 63),
                     reading_did_you_mean(r, names_nearest(&self->item_names, node->is.text)));
            continue;
        }
        for (int i = 0; i < count; i++)
            strategy->where[first + i] = true;
    }
}

/* ---- ERIC ---- */

static void take_eric(struct reading *r, struct strategy_plan *strategy)
{
    struct node *node = node_find(strategy->node, "eric");
    int known, nearest;
    strategy->eric = plan_text(strategy->node, KEY_STRATEGY_eric);
    if (strategy->eric[0] == '\0')
        return;
    known = eric_find(strategy->eric);
    nearest = known < 0 ? eric_nearest(strategy->eric) : -1;
    if (known < 0)
        warn(r, node, "eric = \"%s\" is not one of the 73 strategies of ERIC (milieu describe strategies)%s",
             "eric = \"%s\" n'est pas une des 73 stratégies d'ERIC (milieu describe strategies)%s",
             reading_show(r, strategy->eric, strlen(strategy->eric), 80),
             reading_did_you_mean(r, nearest >= 0 ? eric_table[nearest].words[0] : NULL));
    for (int lang = 0; lang < 2 && known >= 0; lang++)
        if (strategy->title[lang] == NULL)
            strategy->title[lang] = eric_table[known].words[lang];
}

static void take_strategy(struct reading *r, struct scenario_tree *self, struct node *node, const struct node *root)
{
    struct strategy_plan *strategy = &self->strategy[self->num_strategies];
    const char *id = node_id(node);
    *strategy = (struct strategy_plan){ .id = id != NULL ? id : "",
                                        .eric = "",
                                        .node = node,
                                        .at = -1,
                                        .until = -1,
                                        .watch = -1,
                                        .for_weeks = 1,
                                        .on = plan_yesno(node, KEY_STRATEGY_on) };
    plan_title(node, strategy->title);
    take_eric(r, strategy);
    take_dates(r, self, strategy, root);
    take_what(r, strategy);
    take_where(r, self, strategy);
    strategy->delay_weeks = value_of(node, KEY_STRATEGY_delay_weeks);
    strategy->succeeds = value_of(node, KEY_STRATEGY_succeeds);
    strategy->cost_once = value_of(node, KEY_STRATEGY_cost_once);
    strategy->cost_per_year = value_of(node, KEY_STRATEGY_cost_per_year);
    strategy->nurse_hours = value_of(node, KEY_STRATEGY_nurse_hours);
    for (int lang = 0; lang < 2; lang++)
        if (strategy->title[lang] == NULL)
            strategy->title[lang] = strategy->id;
    if (id != NULL && names_find(&self->strategy_names, id) < 0)
        names_add(&self->strategy_names, id, self->num_strategies);
    self->num_strategies++;
}

/* ---- arms ---- */

static const char *strategy_hint(struct reading *r, const struct scenario_tree *self, const char *wanted)
{
    const char *nearest = names_nearest(&self->strategy_names, wanted);
    int line = nearest != NULL ? self->strategy[names_find(&self->strategy_names, nearest)].node->line : 0;
    const char *hint = nearest == NULL ? ""
                       : r->messages->lang == 1
                           ? arena_print(r->arena, "\n    vouliez-vous dire « %s » (ligne %d) ?", nearest, line)
                           : arena_print(r->arena, "\n    did you mean '%s' (line %d)?", nearest, line);
    return hint != NULL ? hint : "";
}

static void take_arm(struct reading *r, struct scenario_tree *self, struct node *node)
{
    struct arm_plan *arm = &self->arm[self->num_arms];
    const char *id = node_id(node);
    struct node *on = node_find(node, "on");
    *arm = (struct arm_plan){ .id = id != NULL ? id : "", .node = node };
    plan_title(node, arm->title);
    for (int lang = 0; lang < 2; lang++)
        if (arm->title[lang] == NULL)
            arm->title[lang] = arm->id;
    for (int i = 0; i < self->num_strategies; i++)
        arm->on[i] = self->strategy[i].on;
    for (struct node *name = on != NULL && on->kind == NODE_LIST ? on->first : NULL; name != NULL; name = name->next) {
        int strategy = name->kind == NODE_TEXT ? names_find(&self->strategy_names, name->is.text) : -1;
        if (strategy >= 0)
            arm->on[strategy] = true;
        else if (name->kind == NODE_TEXT)
            complain(r, name, "arms[%s].on names '%s', which is not a strategy%s",
                     "arms[%s].on nomme « %s », qui n'est pas une stratégie%s", arm->id,
                     reading_show(r, name->is.text, strlen(name->is.text), 63), strategy_hint(r, self, name->is.text));
    }
    self->num_arms++;
}

static void find_reference(struct reading *r, struct scenario_tree *self)
{
    int found = -1;
    for (int i = 0; i < self->num_arms; i++) {
        if (self->arm[i].node == NULL || !plan_yesno(self->arm[i].node, KEY_ARM_reference))
            continue;
        if (found >= 0)
            complain(r, self->arm[i].node, "arms[%s]: arms[%s] is the reference already (line %d)",
                     "arms[%s] : arms[%s] est déjà la référence (ligne %d)", self->arm[i].id, self->arm[found].id,
                     self->arm[found].node->line);
        else
            found = i;
    }
    self->reference_arm = found >= 0 ? found : 0;
}

static void make_arms(struct reading *r, struct scenario_tree *self, struct node *root)
{
    struct node *list = node_find(root, "arms");
    bool given = list != NULL && list->kind == NODE_LIST && list->count > 0;
    size_t most = given ? (size_t)list->count : 1;
    self->arm = reading_memory(r, arena_alloc(r->keep, most * sizeof *self->arm));
    if (self->arm == NULL || (given && list->count > SETTING_MAX_ARMS))
        return;
    for (struct node *node = given ? list->first : NULL; node != NULL; node = node->next)
        take_arm(r, self, node);
    if (!given) {
        self->arm[0] = (struct arm_plan){ .id = "as-it-is", .title = { "As it is", "Tel quel" } };
        for (int i = 0; i < self->num_strategies; i++)
            self->arm[0].on[i] = self->strategy[i].on;
        self->num_arms = 1;
    }
    find_reference(r, self);
}

void plan_make_strategies(struct reading *reading, struct scenario_tree *self, struct node *root)
{
    struct node *list = node_find(root, "strategies");
    bool given = list != NULL && list->kind == NODE_LIST && list->count <= SETTING_MAX_STRATEGIES;
    size_t most = given ? (size_t)list->count : 0;
    self->strategy = reading_memory(reading, arena_alloc(reading->keep, (most + 1) * sizeof *self->strategy));
    if (self->strategy == NULL || !names_init(&self->strategy_names, reading->keep, most)) {
        reading->no_memory = true;
        return;
    }
    for (struct node *node = given ? list->first : NULL; node != NULL && !reading->no_memory; node = node->next)
        take_strategy(reading, self, node, root);
    if (!reading->no_memory)
        make_arms(reading, self, root);
}
