/* What no single value shows: totals that cannot be, dates after the end. Each rule is a function. */
#include <math.h>

#include "plan.h"

#define WEEK_HOURS 40.0       /* of a case manager */
#define NURSE_WEEK_HOURS 35.0 /* of a nurse */

/* The value a clinic's item, or the whole scenario, states for a parameter; NULL when nobody does. */
static const struct value *stated(const struct scenario_tree *self, int item, int param)
{
    const struct item_plan *plan = &self->item[item];
    for (int i = 0; i < plan->num_entries; i++)
        if (!plan->entry[i].is_factor && plan->entry[i].index == param)
            return plan->entry[i].value;
    return self->param[param];
}

static double central(const struct scenario_tree *self, int item, int param)
{
    const struct value *value = stated(self, item, param);
    return value != NULL ? value_at(value, 0.5) : param_table[param].value;
}

/* Hours that the clinics of a centre ask of its case managers. Where their number is not said, it follows. */
static void check_case_managers(struct reading *r, struct scenario_tree *self)
{
    double *hours = reading_memory(r, arena_alloc(r->arena, (size_t)(self->num_centres + 1) * sizeof *hours));
    double *of_item = reading_memory(r, arena_alloc(r->arena, (size_t)(self->num_items + 1) * sizeof *of_item));
    if (hours == NULL || of_item == NULL)
        return;
    for (int i = 0; i < self->num_items; i++)
        of_item[i] = central(self, i, PARAM_case_manager_hours);
    for (int i = 0; i < self->num_clinics; i++)
        hours[self->clinic[i].centre] += of_item[self->clinic[i].item];
    for (int i = 0; i < self->num_centres; i++) {
        struct centre_plan *centre = &self->centre[i];
        int needed = (int)ceil(hours[i] / WEEK_HOURS - 1e-9);
        if (centre->num_case_managers == 0)
            centre->num_case_managers = needed > 1 ? needed : 1;
        else if (centre->num_case_managers < needed)
            complain(
                r, self->centre_item[centre->item].node,
                "macro.centres[%s]: its clinics ask for %.10g hours a week of %d case manager(s), who have %.10g: at "
                "least %d needed",
                "macro.centres[%s] : ses cliniques demandent %.10g heures par semaine à %d gestionnaire(s) de cas, "
                "qui en ont %.10g : il en faut au moins %d",
                centre->id, hours[i], centre->num_case_managers, centre->num_case_managers * WEEK_HOURS, needed);
    }
}

static double hours_of(const struct strategy_plan *strategy)
{
    return strategy->nurse_hours != NULL ? value_at(strategy->nurse_hours, 0.5) : 0;
}

/* True when a strategy with dates is in effect in a week. */
static bool lasts(const struct strategy_plan *strategy, int week)
{
    return strategy->at >= 0 && strategy->at <= week && (strategy->until < 0 || week < strategy->until);
}

static bool share_a_clinic(const struct scenario_tree *self, const struct strategy_plan *a,
                           const struct strategy_plan *b)
{
    for (int i = 0; i < self->num_clinics; i++)
        if (a->where[i] && b->where[i])
            return true;
    return false;
}

/* Hours that the strategies of an arm, in the week one of them begins, take from a nurse. */
static void check_nurse_hours(struct reading *r, struct scenario_tree *self)
{
    for (int a = 0; a < self->num_arms; a++)
        for (int i = 0; i < self->num_strategies; i++) {
            const struct strategy_plan *strategy = &self->strategy[i];
            double hours = 0;
            if (!self->arm[a].on[i] || strategy->at < 0 || hours_of(strategy) <= 0)
                continue;
            for (int j = 0; j < self->num_strategies; j++)
                if (self->arm[a].on[j] && lasts(&self->strategy[j], strategy->at) &&
                    share_a_clinic(self, strategy, &self->strategy[j]))
                    hours += hours_of(&self->strategy[j]);
            if (hours > NURSE_WEEK_HOURS)
                complain(r, strategy->node,
                         "arms[%s]: in week %d its strategies take %.10g hours a week from each nurse, who has %.10g",
                         "arms[%s] : à la semaine %d ses stratégies prennent %.10g heures par semaine à chaque "
                         "infirmière, qui en a %.10g",
                         self->arm[a].id, strategy->at, hours, NURSE_WEEK_HOURS);
        }
}

/* A number stated for some item's parameter, with the node where it is said. */
static struct node *stated_node(const struct scenario_tree *self, const struct node *root, int item, int param)
{
    const char *section = section_key[param_table[param].section], *id = param_table[param].id;
    bool training = param_table[param].section == SECTION_TRAINING;
    const struct node *layer[4] = { self->item[item].node, node_find(root, "every_clinic"), root,
                                    node_find(root, "micro") };
    for (size_t i = 0; i < 4; i++) {
        struct node *group = node_find(training ? node_find(layer[i], "innovation") : layer[i], section);
        struct node *node = node_find(group, id);
        if (node != NULL)
            return node;
    }
    return NULL;
}

static void check_training(struct reading *r, struct scenario_tree *self, const struct node *root)
{
    for (int i = 0; i < self->num_items; i++) {
        struct node *node = stated_node(self, root, i, PARAM_training_start);
        double start = node != NULL && node->value != NULL && !node->wrong ? value_at(node->value, 0.5) : 0;
        if (start >= self->horizon)
            complain(r, node, "training_start = %.10g is after the end of the run (horizon = %d)",
                     "training_start = %.10g est après la fin (horizon = %d)", start, self->horizon);
    }
}

/* A list cannot put more patients before a clinic than are enrolled with it. */
static void check_lists(struct reading *r, struct scenario_tree *self)
{
    for (int i = 0; i < self->num_items; i++) {
        double listed = central(self, i, PARAM_per_clinic), roster = central(self, i, PARAM_roster);
        if (listed > roster)
            complain(r, self->item[i].node, "meso[%s]: a list of %.10g patients (per_clinic) from a roster of %.10g",
                     "meso[%s] : une liste de %.10g patients (per_clinic) pour %.10g inscrits (roster)",
                     self->item[i].id, listed, roster);
    }
}

/* Luck knows draws and replications by numbers below 65536. */
static void check_runs(struct reading *r, const struct node *root)
{
    static const int key[2][2] = { { KEY_RUNS_first_draw, KEY_RUNS_draws },
                                   { KEY_RUNS_first_replication, KEY_RUNS_replications } };
    const struct node *runs = node_find(root, "runs");
    for (int i = 0; i < 2; i++) {
        double first = plan_number(runs, key[i][0]), count = plan_number(runs, key[i][1]);
        if (first + count > 65535)
            complain(r, node_find(runs, key_table[key[i][0]].id), "%s = %.10g and %s = %.10g: together at most 65535",
                     "%s = %.10g et %s = %.10g : ensemble au plus 65535", key_table[key[i][0]].id, first,
                     key_table[key[i][1]].id, count);
    }
}

void plan_check_totals(struct reading *reading, struct scenario_tree *self, struct node *root)
{
    check_runs(reading, root);
    check_lists(reading, self);
    check_training(reading, self, root);
    check_case_managers(reading, self);
    if (!reading->no_memory && !reading_has_errors(reading))
        check_nurse_hours(reading, self);
}
