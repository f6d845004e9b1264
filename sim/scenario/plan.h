/* A checked scenario, made ready for drawing: what each clinic, centre, strategy and arm is, with its values still
 * distributions. Private to this folder; struct scenario_tree is what scenario.h promises. The `node` of each part is
 * there for messages, while the scenario is read: it is gone afterwards. */
#ifndef MILIEU_PLAN_H
#define MILIEU_PLAN_H

#include "../model/setting.h"
#include "ensemble.h"
#include "names.h"
#include "reading.h"
#include "value.h"

struct entry { /* a factor or parameter somebody stated */
    bool is_factor;
    int index;
    const struct value *value;
    uint32_t luck;    /* index of its uniform inside its place */
    const char *said; /* of a factor: the comment that goes with it; NULL: none */
};

struct person_plan {
    const char *id; /* "" when not given */
    double fte;
    bool absent, lead;
    int num_entries;
    const struct entry *entry;
};

struct people_plan {
    int count;
    const struct person_plan *person; /* NULL: nobody is named */
};

struct item_plan { /* one item of `meso`: a clinic, a counted group of them, or one clinic of such a group */
    const char *id;
    const char *title[2]; /* NULL: none given */
    struct node *node;
    int count;
    int first;    /* clinic */
    int group;    /* of one clinic of a counted group: that group's item; else -1 */
    bool counted; /* its clinics are id-00001, id-00002 ... */
    enum place place;
    bool teaching;
    int centre;        /* item of centres; -1: none that is known */
    int centre_number; /* which centre of a counted item, from 1; 0: in turn */
    const char *community, *market;
    struct people_plan nurses, physicians;
    int num_entries;
    const struct entry *entry;
};

struct clinic_plan {
    const char *id;
    const char *title[2];
    uint64_t place_key;
    int item;
    int centre, community, market;
};

struct centre_item {
    const char *id;
    const char *title[2];
    struct node *node;
    int count, first;
    bool counted;
    struct people_plan case_managers; /* count 0: not said */
};

struct centre_plan {
    const char *id;
    uint64_t place_key;
    int item;
    int num_case_managers;
};

struct change_plan {
    struct change change;
    const struct value *value;
    uint32_t luck;
};

struct strategy_plan {
    const char *id, *eric;
    const char *title[2];
    struct node *node;
    int at, until, every_weeks, watch, for_weeks;
    bool watch_below, on;
    double threshold;
    const struct value *delay_weeks, *succeeds, *cost_once, *cost_per_year, *nurse_hours; /* NULL: the default */
    bool *where;
    struct change_plan *change;
    int num_changes;
};

struct arm_plan {
    const char *id;
    const char *title[2];
    struct node *node;
    bool on[SETTING_MAX_STRATEGIES];
};

struct scenario_tree {
    struct arena keep; /* all of it lives here */
    const struct value *unstated;
    const struct value *rating[NUM_FACTORS]; /* stated for the whole scenario; NULL: not */
    const char *rating_said[NUM_FACTORS];    /* the comment that goes with it; NULL: none */
    const struct value *param[NUM_PARAMS];
    uint32_t factor_luck[NUM_FACTORS], param_luck[NUM_PARAMS];
    int num_items, num_clinics, num_centre_items, num_centres, num_strategies, num_arms, num_communities, num_markets;
    struct item_plan *item;
    struct clinic_plan *clinic;
    struct centre_item *centre_item;
    struct centre_plan *centre;
    struct strategy_plan *strategy;
    struct arm_plan *arm;
    struct names item_names, centre_names, strategy_names;
    int horizon, reference_arm;
    bool events, parameter_uncertainty;
    const struct ensemble *fitted; /* NULL: none is used */
};

/* Makes the plan from a tree the schema walk has gone through, complaining of what the walk cannot see: ids that do not
 * exist, dates after the end. What was complained of before is passed over. */
void plan_make(struct reading *reading, struct scenario_tree *self, struct node *root);

/* The parts of it, each in its own file. */
/* False when there is no use going on. */
bool plan_make_places(struct reading *reading, struct scenario_tree *self, struct node *root);
void plan_make_strategies(struct reading *reading, struct scenario_tree *self, struct node *root);
void plan_check_totals(struct reading *reading, struct scenario_tree *self, struct node *root);

/* ---- helpers shared by the parts ---- */

/* A value's default, from keys.def. */
double plan_fallback(int key);

/* A number of a group that was found in order, else its default from keys.def (`key`: KEY_...). */
double plan_number(const struct node *group, int key);
bool plan_yesno(const struct node *group, int key);

/* Which of its choices a key has, from 0. */
int plan_word(const struct node *group, int key);
const char *plan_text(const struct node *group, int key); /* "" when not given */

/* Both languages of a title, NULL where there is none. */
void plan_title(const struct node *group, const char *title[2]);

/* Index inside its place of the uniform of a value, by its path. */
uint32_t plan_luck(const char *path);

/* The clinics an id speaks of: all of a counted item, or one. False when there are none. */
bool plan_find_clinics(const struct scenario_tree *self, const char *id, int *first, int *count);

#endif
