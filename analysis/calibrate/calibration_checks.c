/* The checks of a calibration's file. */
#include <math.h>
#include <string.h>

#include "../../sim/scenario/plan.h"
#include "calibration_reading.h"

#define MOST_SHOWN 5 /* columns of a table 80 characters wide, one more for the least */

int calibration_target_named(struct calibration_reading *c, struct node *node, int row)
{
    if (node == NULL || node->kind != NODE_TEXT)
        return -1;
    for (int j = 0; j < c->self->num_targets; j++)
        if (strcmp(c->self->target[j].id, node->is.text) == 0)
            return j;
    complain(c->r, node, "%s: \"%s\" is none of the targets", "%s : « %s » n'est aucune des cibles", key_table[row].id,
             node->is.text);
    return -1;
}

static void weigh_list(struct calibration_reading *c, const struct node *group, int row, double weight, double *out)
{
    int count;
    for (struct node *node = calibration_items(group, row, &count); node != NULL; node = node->next) {
        int j = calibration_target_named(c, node, row);
        if (j >= 0)
            out[j] = weight;
    }
}

static void set_to_fitted(const struct calibration *self, double *weight)
{
    for (int j = 0; j < self->num_targets; j++)
        weight[j] = self->target[j].held_out ? 0 : 1;
}

static void take_weights(struct calibration_reading *c, const struct node *node, double *weight)
{
    int count;
    if (calibration_key(node, KEY_CHECK_fit) != NULL)
        weigh_list(c, node, KEY_CHECK_fit, 1, weight);
    else
        set_to_fitted(c->self, weight);
    weigh_list(c, node, KEY_CHECK_without, 0, weight);
    for (struct node *one = calibration_items(node, KEY_CHECK_weigh, &count); one != NULL; one = one->next) {
        int j = calibration_target_named(c, calibration_key(one, KEY_CHECK_WEIGH_target), KEY_CHECK_weigh);
        if (j >= 0)
            weight[j] = plan_number(one, KEY_CHECK_WEIGH_weight);
    }
}

static void take_prediction(struct calibration_reading *c, struct node *node, const double *weight,
                            struct calibration_prediction *out)
{
    struct node *target = calibration_key(node, KEY_CHECK_PREDICT_target);
    int j = calibration_target_named(c, target, KEY_CHECK_predict);
    if (j < 0)
        return;
    if (!c->self->target[j].is_pattern)
        complain(c->r, target, "predict: \"%s\" is a number: only a pattern holds or does not",
                 "predict : « %s » est un nombre : seul un motif tient ou ne tient pas", target->is.text);
    else if (weight[j] > 0)
        complain(c->r, target, "predict: \"%s\" is fitted by this check", "predict : « %s » est calé par ce contrôle",
                 target->is.text);
    *out = (struct calibration_prediction){ j, plan_number(node, KEY_CHECK_PREDICT_observed) };
}

static void take_predictions(struct calibration_reading *c, const struct node *node, struct calibration_check *check)
{
    int count;
    struct node *one = calibration_items(node, KEY_CHECK_predict, &count);
    check->prediction = calibration_keep(c, (size_t)(count + 1) * sizeof *check->prediction);
    for (; check->prediction != NULL && one != NULL; one = one->next)
        take_prediction(c, one, check->weight, &check->prediction[check->num_predictions++]);
}

/* A check with its weights all 0. */
static bool begin(struct calibration_reading *c, const char *id, struct calibration_check *check)
{
    char *copy = reading_memory(c->r, arena_copy(c->r->keep, id, strlen(id)));
    check->id = copy;
    check->weight = calibration_keep(c, (size_t)c->self->num_targets * sizeof *check->weight);
    return copy != NULL && check->weight != NULL;
}

static void take_check(struct calibration_reading *c, struct node *node, struct calibration_check *check)
{
    const char *id = node_id(node) != NULL ? node_id(node) : "", *title[2];
    if (strcmp(id, "prior") == 0 || strcmp(id, "fitted") == 0)
        complain(c->r, node, "checks: every calibration has the check \"%s\"",
                 "checks : tout calage a le contrôle « %s »", id);
    if (!begin(c, id, check))
        return;
    plan_title(node, title);
    for (int lang = 0; lang < 2; lang++)
        check->title[lang] = title[lang] != NULL ? arena_copy(c->r->keep, title[lang], strlen(title[lang])) : NULL;
    take_weights(c, node, check->weight);
    take_predictions(c, node, check);
}

static void take_shown(struct calibration_reading *c)
{
    struct calibration *self = c->self;
    int count;
    struct node *node = calibration_items(c->root, KEY_CALIBRATION_show, &count);
    if (count > MOST_SHOWN)
        complain(c->r, node, "show: at most %d targets", "show : %d cibles au plus", MOST_SHOWN);
    self->show = calibration_keep(c, (size_t)(count + 1) * sizeof *self->show);
    for (; self->show != NULL && node != NULL; node = node->next) {
        int j = calibration_target_named(c, node, KEY_CALIBRATION_show);
        if (j >= 0)
            self->show[self->num_show++] = j;
    }
}

void calibration_take_checks(struct calibration_reading *c)
{
    struct calibration *self = c->self;
    int count;
    struct node *node = calibration_items(c->root, KEY_CALIBRATION_checks, &count);
    self->check = calibration_keep(c, ((size_t)count + 2) * sizeof *self->check);
    if (self->check == NULL || !begin(c, "prior", &self->check[0]) || !begin(c, "fitted", &self->check[1]))
        return;
    set_to_fitted(self, self->check[1].weight);
    self->num_checks = 2;
    for (; node != NULL; node = node->next)
        take_check(c, node, &self->check[self->num_checks++]);
    take_shown(c);
}
