/* The name of a study by what its numbers depend on: a canonical text of each of its parts (folder_parts.def). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../model/tables.h"
#include "../results/sha256.h"
#include "../scenario/text.h"
#include "../scenario/value.h"
#include "study.h"

/* A text of any bytes as its length and hash: nothing in it can pass for something else. */
static void add_hashed(struct text *text, const char *name, const char *bytes, size_t length)
{
    char hex[65];
    sha256_hex(bytes, length, hex);
    text_add(text, "%s %zu %s\n", name, length, hex);
}

static void add_number(struct text *text, double x)
{
    char number[VARY_NUMBER_SIZE];
    text_add(text, " %s", vary_number(number, x));
}

static void add_distribution(struct text *text, const struct value *d)
{
    text_add(text, " distribution %d", (int)d->kind);
    add_number(text, d->a);
    add_number(text, d->b);
    add_number(text, d->c);
    add_number(text, d->from);
    add_number(text, d->to);
    add_number(text, d->low);
    add_number(text, d->high);
    for (int i = 0; i < d->num_choices; i++) {
        add_number(text, d->choice[i]);
        add_number(text, d->cumulated[i]);
    }
}

static void add_vary(struct text *text, const struct vary *v)
{
    text_add(text, "vary %s %s %d", v->name, v->is_rate ? "rate" : "path", (int)v->kind);
    for (int i = 0; i < v->num_targets; i++)
        text_add_quoted(text, v->target[i]);
    text_add(text, " whole %d log %d levels %d", v->whole, v->log, v->levels);
    add_number(text, v->low);
    add_number(text, v->high);
    if (v->has_base)
        add_number(text, v->base);
    for (int i = 0; i < v->num_values; i++) {
        text_add(text, " ");
        if (v->word != NULL)
            text_add(text, "%s", v->written[i]);
        else
            add_number(text, v->value[i]);
    }
    if (v->distribution != NULL)
        add_distribution(text, v->distribution);
    text_add(text, "\n");
}

static void add_design(struct text *text, const struct study *self)
{
    const struct design_plan *plan = &self->design.plan;
    text_add(text, "%s n %llu seed %u levels %d second_order %d maximin %d\n", design_method_name[plan->method],
             (unsigned long long)plan->n, (unsigned)plan->seed, plan->levels, plan->second_order, plan->maximin);
    if (self->points_text != NULL)
        add_hashed(text, "points", self->points_text, self->points_length);
    for (uint64_t i = 0; self->points_text == NULL && i < plan->num_rows; i++) {
        text_add(text, "point");
        for (int k = 0; k < plan->num_vary; k++)
            add_number(text, plan->row[i * (uint64_t)plan->num_vary + (uint64_t)k]);
        text_add(text, "\n");
    }
}

static void add_things(struct text *text, const struct study *self)
{
    for (int i = 0; i < self->num_vary; i++)
        add_vary(text, &self->vary[i]);
}

static void add_where(struct text *text, const struct study *self)
{
    for (int i = 0; i < self->design.plan.num_conditions; i++) {
        text_add_quoted(text, self->design.plan.condition[i].text);
        text_add(text, "\n");
    }
}

static void add_scenario(struct text *text, const struct study *self)
{
    if (self->has_scenario)
        add_hashed(text, "scenario", self->scenario.text, strlen(self->scenario.text));
    for (int i = 0; i < self->num_arms; i++)
        text_add(text, "arm %s\n", self->scenario.arm_id[self->arm[i]]);
}

static void add_respond(struct text *text, const struct study *self)
{
    for (int i = 0; i < self->num_respond; i++)
        text_add(text, "%s\n", outcome_table[self->respond[i]].id);
}

static void add_runs(struct text *text, const struct study *self)
{
    text_add(text, "replications %d seed %u uncertainty %d\n", self->replications, (unsigned)self->seed,
             (int)self->uncertainty);
    if (self->own_luck)
        text_add(text, "own luck\n");
}

static void add_stop(struct text *text, const struct study *self)
{
    const struct study_stop *stop = &self->stop;
    if (!stop->given)
        return;
    text_add(text, "%s arms %d %d %d clinic %d first %d most %d", outcome_table[stop->response].id, stop->num_arms,
             stop->arm[0], stop->arm[1], stop->clinic, stop->first, stop->most);
    add_number(text, stop->half_width);
    add_number(text, stop->level);
}

static void add_outputs(struct text *text, const struct study *self)
{
    text_add(text, "clinics %d every_weeks %d trajectories %d", self->outputs.clinics, self->outputs.every_weeks,
             self->outputs.trajectories);
    for (int i = 0; i < self->outputs.num_series; i++)
        text_add(text, " %s", series_table[self->outputs.series[i]].id);
}

int study_parts(const struct study *self, const char *program, struct study_parts *out, struct error *err)
{
    static void (*const add[NUM_FOLDER_PARTS])(struct text *, const struct study *) = {
        [PART_SCENARIO] = add_scenario, [PART_DESIGN] = add_design,   [PART_VARY] = add_things,
        [PART_WHERE] = add_where,       [PART_RESPOND] = add_respond, [PART_RUNS] = add_runs,
        [PART_STOP] = add_stop,         [PART_OUTPUTS] = add_outputs,
    };
    bool failed = false;
    *out = (struct study_parts){ 0 };
    for (int i = 0; i < NUM_FOLDER_PARTS; i++) {
        struct text text = { 0 };
        if (i == PART_PROGRAM)
            text_add(&text, "%s", program);
        else
            add[i](&text, self);
        if (text.text == NULL)
            text_add(&text, "%s", "");
        out->text[i] = text.text;
        failed |= text.failed;
    }
    if (!failed)
        return 0;
    study_parts_free(out);
    return error_set_memory(err);
}

void study_parts_free(struct study_parts *self)
{
    for (int i = 0; i < NUM_FOLDER_PARTS; i++) {
        free(self->text[i]);
        self->text[i] = NULL;
    }
}

int study_identify(const struct study *self, const char *program, char out[STUDY_ID_SIZE], struct error *err)
{
    struct study_parts parts;
    struct folder_spec spec = { 0 };
    unsigned char id[STUDY_ID];
    int ret = study_parts(self, program, &parts, err);
    out[0] = '\0';
    if (ret != 0)
        return ret;
    for (int i = 0; i < NUM_FOLDER_PARTS; i++)
        spec.part[i] = parts.text[i];
    ret = folder_study_id(&spec, id, err);
    if (ret == 0)
        study_id_text(id, out);
    study_parts_free(&parts);
    return ret;
}
