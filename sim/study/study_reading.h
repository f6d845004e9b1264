/* What is shared while a study is read. For this folder. */
#ifndef MILIEU_STUDY_READING_H
#define MILIEU_STUDY_READING_H

#include "../scenario/reading.h"
#include "points.h"
#include "study.h"

struct study_reading {
    struct reading *r;
    struct study *study;
    struct node *root; /* of the study file */
    struct vary *vary; /* those of the study, while they can be written */
    enum design_method method;
    bool has_method;
    struct points points; /* of a list: its rows become the design's */
};

/* Where a scenario stands: beside the file that names it, then among the shipped ones, where "../" leads nowhere. NULL: in
 * neither, or no memory. In the arena. */
const char *study_find_scenario(struct reading *reading, const char *folder, const char *name);

/* The group of one of them. */
struct node *study_item(const struct study_reading *self, int number);

#define STUDY_LANG(self) ((self)->r->messages->lang)

/* Everything in `vary`: names, targets, ranges, values. False when there is no use going on to the points. */
bool study_take_vary(struct study_reading *self);

/* `design`, but for the points themselves; `runs`, `stop`, `outputs`, `respond`, `arms`. */
void study_take_design(struct study_reading *self, struct design_plan *plan);
void study_take_arms(struct study_reading *self);
void study_take_runs(struct study_reading *self);

/* Reads the scenario with each thing at its lowest, highest and a middle value, or every one of its values, and
 * complains at the thing where that is no scenario. */
void study_try_values(struct study_reading *self);

/* Adds the overrides of one thing at a value to a text: each PATH=VALUE, ended by a NUL. */
struct text;
void study_add_override(struct text *text, const struct vary *vary, double x);

/* Makes `item` (count of them, is_rate known) point to such a text. */
void study_point_items(struct scenario_override *item, int count, const char *text);

/* The name nearest to `wanted` among `count` names, or NULL. */
const char *study_nearest(const char *wanted, const char *(*name)(const void *context, int i), const void *context,
                          int count);

/* Room in what the study keeps; notes when memory ran out. */
void *study_keep(struct study_reading *self, size_t size);

#endif
