/* One draw of a scenario: its numbers. Every value has a uniform of its own, by the place it is for and its path, so
 * that nothing else in the file can move it. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../model/random.h"
#include "plan.h"

#define WHOLE_SCENARIO 0 /* the place of values that stand for all clinics */
#define WEEKS_A_YEAR (365.25 / 7)

struct drawing {
    const struct scenario_tree *tree;
    struct luck luck;
    const double *member;       /* of the fitted ensemble; NULL: none is used */
    struct params base;         /* what holds for every clinic that says nothing else */
    double rating[NUM_FACTORS]; /* stated for the whole scenario; meaningless elsewhere */
    struct setting *out;
    bool no_memory;
};

/* Of chance alone: the middle of what is not known. An exact value costs no luck. */
static double value_of(const struct drawing *d, const struct value *value, uint64_t entity, int block,
                       enum stream stream)
{
    if (value->kind == VALUE_EXACT)
        return value->a;
    return value_at(value, d->tree->parameter_uncertainty ? random_uniform(d->luck, entity, block, stream) : 0.5);
}

static double draw(const struct drawing *d, uint64_t place, uint32_t index, enum stream stream,
                   const struct value *value)
{
    return value_of(d, value, random_entity(place, index), 0, stream);
}

static double or_default(const struct drawing *d, const struct strategy_plan *from, int key, const struct value *value)
{
    const char *parts[5] = { "strategies[", from->id, "].", key_table[key].id, NULL };
    char path[128] = "";
    if (value == NULL)
        return plan_fallback(key);
    for (size_t i = 0; parts[i] != NULL; i++)
        strncat(path, parts[i], sizeof path - strlen(path) - 1);
    return draw(d, WHOLE_SCENARIO, plan_luck(path), STREAM_VALUE, value);
}

static char *copy(struct drawing *d, const char *text)
{
    char *copied = strdup(text);
    if (copied == NULL)
        d->no_memory = true;
    return copied;
}

/* ---- what holds for all clinics ---- */

/* A parameter's value, moved by what is not known of it: the same luck for all clinics, whichever of them states it. */
static double unsure(const struct drawing *d, int param, double value, double spread)
{
    const struct param_info *info = &param_table[param];
    double z, moved, low = value < info->low ? value : info->low, high = value > info->high ? value : info->high;
    if (spread <= 0 || !d->tree->parameter_uncertainty)
        return value;
    z = gsl_cdf_ugaussian_Pinv(
        random_uniform(d->luck, random_entity(WHOLE_SCENARIO, d->tree->param_luck[param]), 0, STREAM_VALUE));
    moved = param_from_scale(info->kind, param_to_scale(info->kind, value) + spread * z);
    return moved < low ? low : moved > high ? high : moved;
}

/* What a place states of a parameter. A distribution with a spread beside it: the two have luck of their own. */
static double stated(const struct drawing *d, uint64_t place, int param, const struct value *value)
{
    uint64_t entity = random_entity(place, d->tree->param_luck[param]);
    int block = value->spread > 0;
    return unsure(d, param, value_of(d, value, entity, block, STREAM_VALUE), value->spread);
}

/* Of chance alone: the member nearest to the centre. */
static const double *choose_member(const struct scenario_tree *tree, uint32_t seed, int draw_number)
{
    if (tree->fitted == NULL)
        return NULL;
    return tree->parameter_uncertainty ? ensemble_member(tree->fitted, seed, draw_number) : tree->fitted->value;
}

/* What nobody states of a parameter: fitted, or the default, moved by what is not known of it. */
static double not_stated(const struct drawing *d, int param)
{
    int column = d->member != NULL ? ensemble_column(d->tree->fitted, param) : -1;
    return column >= 0 ? d->member[column] : unsure(d, param, param_table[param].value, param_table[param].spread);
}

static void draw_base(struct drawing *d)
{
    const struct scenario_tree *tree = d->tree;
    for (int i = 0; i < NUM_PARAMS; i++)
        params_set(&d->base, i,
                   tree->param[i] != NULL ? stated(d, WHOLE_SCENARIO, i, tree->param[i]) : not_stated(d, i));
    for (int i = 0; i < NUM_FACTORS; i++)
        if (tree->rating[i] != NULL)
            d->rating[i] = draw(d, WHOLE_SCENARIO, tree->factor_luck[i], STREAM_RATING, tree->rating[i]);
}

static void draw_links(const struct drawing *d)
{
    for (int i = 0; i < NUM_LINKS && d->tree->parameter_uncertainty; i++) {
        const char *parts[4] = { factor_table[link_table[i].factor].id, "->", param_table[link_table[i].param].id,
                                 NULL };
        char path[128] = "";
        double u;
        for (size_t k = 0; parts[k] != NULL; k++)
            strncat(path, parts[k], sizeof path - strlen(path) - 1);
        u = random_uniform(d->luck, random_entity(WHOLE_SCENARIO, plan_luck(path)), 0, STREAM_LINK);
        d->out->beta[i] = link_beta(i) * exp(d->base.beta_spread * gsl_cdf_ugaussian_Pinv(u));
    }
}

/* ---- places ---- */

static struct person_setting *draw_people(struct drawing *d, const struct people_plan *plan, uint64_t place)
{
    struct person_setting *people;
    if (plan->person == NULL)
        return NULL;
    people = calloc((size_t)plan->count, sizeof *people);
    if (people == NULL) {
        d->no_memory = true;
        return NULL;
    }
    for (int i = 0; i < plan->count; i++) {
        const struct person_plan *from = &plan->person[i];
        people[i] = (struct person_setting){ .fte = from->fte, .absent = from->absent, .lead = from->lead };
        snprintf(people[i].id, sizeof people[i].id, "%s", from->id);
        for (int f = 0; f < NUM_FACTORS; f++)
            people[i].rating[f] = NAN;
        for (int e = 0; e < from->num_entries; e++)
            people[i].rating[from->entry[e].index] =
                draw(d, place, from->entry[e].luck, STREAM_RATING, from->entry[e].value);
    }
    return people;
}

/* A rating that nobody states: silence, as the place has it. */
static double draw_unstated(const struct drawing *d, const struct clinic_setting *clinic, int factor)
{
    double silence = draw(d, clinic->place_key, d->tree->factor_luck[factor], STREAM_RATING, d->tree->unstated);
    double place = setting_place_rating(clinic->place, (enum factor)factor, &clinic->base);
    return fmax(-2, fmin(2, silence + place));
}

static void draw_values(const struct drawing *d, const struct item_plan *item, struct clinic_setting *clinic)
{
    bool rated[NUM_FACTORS] = { false };
    clinic->base = d->base;
    for (int i = 0; i < item->num_entries; i++) {
        const struct entry *entry = &item->entry[i];
        if (entry->is_factor) {
            clinic->rating[entry->index] = draw(d, clinic->place_key, entry->luck, STREAM_RATING, entry->value);
            rated[entry->index] = true;
        } else {
            params_set(&clinic->base, entry->index, stated(d, clinic->place_key, entry->index, entry->value));
        }
    }
    for (int i = 0; i < NUM_FACTORS; i++)
        if (!rated[i])
            clinic->rating[i] = d->tree->rating[i] != NULL ? d->rating[i] : draw_unstated(d, clinic, i);
}

static void draw_clinic(struct drawing *d, const struct clinic_plan *from, struct clinic_setting *clinic)
{
    const struct item_plan *item = &d->tree->item[from->item];
    clinic->id = copy(d, from->id);
    clinic->title[0] = copy(d, from->title[0]);
    clinic->title[1] = copy(d, from->title[1]);
    clinic->place_key = from->place_key;
    clinic->centre = from->centre;
    clinic->community = from->community;
    clinic->market = from->market;
    clinic->place = item->place;
    clinic->teaching = item->teaching;
    clinic->num_nurses = item->nurses.count;
    clinic->num_physicians = item->physicians.count;
    clinic->nurse = draw_people(d, &item->nurses, from->place_key);
    clinic->physician = draw_people(d, &item->physicians, from->place_key);
    draw_values(d, item, clinic);
}

static void draw_centre(struct drawing *d, const struct centre_plan *from, struct centre_setting *centre)
{
    centre->id = copy(d, from->id);
    centre->place_key = from->place_key;
    centre->num_case_managers = from->num_case_managers;
    centre->case_manager = draw_people(d, &d->tree->centre_item[from->item].case_managers, from->place_key);
}

/* ---- strategies and arms ---- */

static void draw_changes(struct drawing *d, const struct strategy_plan *from, struct strategy_setting *strategy)
{
    strategy->change = calloc((size_t)from->num_changes + 1, sizeof *strategy->change);
    strategy->where = calloc((size_t)d->tree->num_clinics + 1, sizeof *strategy->where);
    if (strategy->change == NULL || strategy->where == NULL) {
        d->no_memory = true;
        return;
    }
    memcpy(strategy->where, from->where, (size_t)d->tree->num_clinics * sizeof *strategy->where);
    strategy->num_changes = from->num_changes;
    for (int i = 0; i < from->num_changes; i++) {
        strategy->change[i] = from->change[i].change;
        strategy->change[i].value = draw(d, WHOLE_SCENARIO, from->change[i].luck, STREAM_VALUE, from->change[i].value);
    }
}

static void draw_strategy(struct drawing *d, const struct strategy_plan *from, struct strategy_setting *strategy)
{
    strategy->id = copy(d, from->id);
    strategy->eric = copy(d, from->eric);
    strategy->title[0] = copy(d, from->title[0]);
    strategy->title[1] = copy(d, from->title[1]);
    strategy->at = from->at;
    strategy->until = from->until;
    strategy->every_weeks = from->every_weeks;
    strategy->watch = from->watch;
    strategy->watch_below = from->watch_below;
    strategy->threshold = from->threshold;
    strategy->for_weeks = from->for_weeks;
    strategy->delay_weeks = or_default(d, from, KEY_STRATEGY_delay_weeks, from->delay_weeks);
    strategy->succeeds = or_default(d, from, KEY_STRATEGY_succeeds, from->succeeds);
    strategy->cost_once = or_default(d, from, KEY_STRATEGY_cost_once, from->cost_once);
    strategy->cost_per_week = or_default(d, from, KEY_STRATEGY_cost_per_year, from->cost_per_year) / WEEKS_A_YEAR;
    strategy->nurse_hours = or_default(d, from, KEY_STRATEGY_nurse_hours, from->nurse_hours);
    draw_changes(d, from, strategy);
}

static void draw_arm(struct drawing *d, const struct arm_plan *from, struct arm_setting *arm)
{
    arm->id = copy(d, from->id);
    arm->title[0] = copy(d, from->title[0]);
    arm->title[1] = copy(d, from->title[1]);
    memcpy(arm->on, from->on, sizeof arm->on);
}

int scenario_draw(const struct scenario *self, uint32_t seed, int draw_number, struct setting *out, struct error *err)
{
    const struct scenario_tree *tree = self->tree;
    struct drawing d = { .tree = tree,
                         .luck = { seed, (uint32_t)draw_number << 16 },
                         .member = choose_member(tree, seed, draw_number),
                         .out = out };
    int ret = setting_init(out, tree->num_clinics, tree->num_centres, tree->num_strategies, tree->num_arms, err);
    if (ret != 0)
        return ret;
    out->horizon = tree->horizon;
    out->num_communities = tree->num_communities;
    out->num_markets = tree->num_markets;
    out->events = tree->events;
    draw_base(&d);
    draw_links(&d);
    for (int i = 0; i < tree->num_clinics && !d.no_memory; i++)
        draw_clinic(&d, &tree->clinic[i], &out->clinic[i]);
    for (int i = 0; i < tree->num_centres && !d.no_memory; i++)
        draw_centre(&d, &tree->centre[i], &out->centre[i]);
    for (int i = 0; i < tree->num_strategies && !d.no_memory; i++)
        draw_strategy(&d, &tree->strategy[i], &out->strategy[i]);
    for (int i = 0; i < tree->num_arms && !d.no_memory; i++)
        draw_arm(&d, &tree->arm[i], &out->arm[i]);
    if (d.no_memory) {
        setting_free(out);
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for draw %d of %s",
                         "pas de mémoire pour le tirage %d de %s", draw_number, self->id);
    }
    return 0;
}

void scenario_params(const struct setting *setting, int clinic, struct params *out)
{
    const struct clinic_setting *from = &setting->clinic[clinic];
    params_apply_factors(out, &from->base, from->rating, setting->beta);
}
