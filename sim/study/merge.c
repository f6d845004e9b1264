#include "merge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../results/study_file.h"
#include "harvest.h"
#include "merge_cells.h"

struct merge {
    const struct study *study;
    const struct merge_options *options;
    struct harvest harvest;
    struct study_file_plan plan;
    struct study_file_rule rule;
    struct study_file_factor *factor;
    char **path;  /* of each factor */
    char **input; /* files the output must not be */
    int num_inputs;
    struct study_writer writer;
    int64_t runs, told; /* taken so far, told to `progress` */
};

/* ---- what is known beforehand ---- */

static const char *const uncertainty_name[] = {
    [UNCERTAIN_BOTH] = "both", [UNCERTAIN_PARAMETERS] = "parameters", [UNCERTAIN_CHANCE] = "chance"
};

static const char *unit_of(const struct vary *vary)
{
    const char *target = vary->num_targets > 0 ? vary->target[0] : "", *dot = strrchr(target, '.');
    int param = vary->is_rate ? -1 : param_find(dot != NULL ? dot + 1 : target);
    if (vary->is_rate)
        return "1";
    return param >= 0 ? param_table[param].unit : "";
}

/* Its targets, with blanks between them. */
static char *path_of(const struct vary *vary)
{
    size_t length = 1;
    char *path;
    for (int i = 0; i < vary->num_targets; i++)
        length += strlen(vary->target[i]) + 1;
    if ((path = calloc(length, 1)) == NULL)
        return NULL;
    for (int i = 0; i < vary->num_targets; i++) {
        if (i > 0)
            strcat(path, " ");
        strcat(path, vary->target[i]);
    }
    return path;
}

static int describe_factors(struct merge *self, struct error *err)
{
    const struct study *study = self->study;
    self->factor = calloc((size_t)study->num_vary + 1, sizeof *self->factor);
    self->path = calloc((size_t)study->num_vary + 1, sizeof *self->path);
    if (self->factor == NULL || self->path == NULL)
        return error_set_memory(err);
    for (int i = 0; i < study->num_vary; i++) {
        const struct vary *vary = &study->vary[i];
        if ((self->path[i] = path_of(vary)) == NULL)
            return error_set_memory(err);
        self->factor[i] = (struct study_file_factor){ .name = vary->name,
                                                      .path = self->path[i],
                                                      .kind = vary->is_rate ? "rate" : "path",
                                                      .unit = unit_of(vary),
                                                      .lowest = vary_lowest(vary),
                                                      .highest = vary_highest(vary),
                                                      .num_words = vary->word != NULL ? vary->num_values : 0,
                                                      .word = vary->word };
    }
    return 0;
}

static void describe_rule(struct merge *self)
{
    const struct study *study = self->study;
    const struct study_stop *stop = &study->stop;
    if (!stop->given)
        return;
    self->rule =
        (struct study_file_rule){ .response = outcome_table[stop->response].id,
                                  .unit = outcome_table[stop->response].unit,
                                  .arm = { study->scenario.arm_id[stop->arm[0]],
                                           stop->num_arms == 2 ? study->scenario.arm_id[stop->arm[1]] : NULL },
                                  .clinic = stop->clinic >= 0 ? study->scenario.clinic_id[stop->clinic] : "all",
                                  .half_width = stop->half_width,
                                  .level = stop->level };
    self->plan.rule = &self->rule;
    self->plan.look = self->harvest.geometry->look;
    self->plan.num_looks = self->harvest.geometry->num_stages;
}

static void find_point(const void *context, int64_t point, double *x)
{
    design_point(context, (uint64_t)point, x);
}

static void describe_study(struct merge *self)
{
    const struct study *study = self->study;
    const struct geometry_plan *plan = &self->harvest.geometry->plan;
    self->plan = (struct study_file_plan){ .study_id = self->harvest.folder->id_text,
                                           .name = study->id,
                                           .title = { study_title(study, 0), study_title(study, 1) },
                                           .method = design_method_name[study->design.plan.method],
                                           .uncertainty = uncertainty_name[study->uncertainty],
                                           .seed = study->seed,
                                           .study_text = study->text,
                                           .points_text = study->points_text,
                                           .scenario = &study->scenario,
                                           .points = plan->points,
                                           .replications = plan->replications,
                                           .num_factors = study->num_vary,
                                           .factor = self->factor,
                                           .point = find_point,
                                           .point_context = &study->design,
                                           .num_arms = study->num_arms,
                                           .arm = study->arm,
                                           .clinics = study->outputs.clinics,
                                           .num_responses = study->num_respond,
                                           .response = study->respond,
                                           .num_series = study->outputs.num_series,
                                           .series = study->outputs.series,
                                           .every_weeks = study->outputs.every_weeks,
                                           .kept = self->harvest.shape.kept,
                                           .shard_above = self->options->shard_above,
                                           .source = self->harvest.folder->program,
                                           .compiler = self->options->compiler,
                                           .cflags = self->options->cflags,
                                           .libconfig_version = self->options->libconfig_version };
    describe_rule(self);
}

/* The manifest, the inputs and the journals. */
static int list_inputs(struct merge *self, struct error *err)
{
    const struct folder *folder = self->harvest.folder;
    size_t most = 1 + (size_t)folder->num_inputs + (size_t)self->harvest.ledger.num_journals;
    bool short_of = (self->input = calloc(most, sizeof *self->input)) == NULL;
    if (!short_of)
        self->input[self->num_inputs++] = folder_path(folder, "manifest.json", NULL);
    for (int i = 0; i < folder->num_inputs && !short_of; i++)
        self->input[self->num_inputs++] = folder_path(folder, "study", folder->input_name[i]);
    for (int i = 0; i < self->harvest.ledger.num_journals && !short_of; i++)
        self->input[self->num_inputs++] = folder_path(folder, "journal", self->harvest.ledger.journal[i].name);
    for (int i = 0; i < self->num_inputs; i++)
        short_of = short_of || self->input[i] == NULL;
    return short_of ? error_set_memory(err) : 0;
}

static int begin(struct merge *self, struct error *err)
{
    const char *given = self->options->path;
    char *path = given != NULL ? NULL : folder_path(self->harvest.folder, "study.h5", NULL);
    int ret = 0;
    if (given == NULL && path == NULL)
        return error_set_memory(err);
    if ((ret = describe_factors(self, err)) == 0 && (ret = list_inputs(self, err)) == 0) {
        describe_study(self);
        harvest_count_runs(&self->harvest, &self->plan.runs_counted, &self->plan.num_failures);
        self->plan.inputs = (const char *const *)self->input;
        self->plan.num_inputs = self->num_inputs;
        ret = study_writer_create(&self->writer, given != NULL ? given : path, &self->plan, err);
    }
    free(path);
    return ret;
}

/* ---- runs ---- */

static void tell(struct merge *self, bool end)
{
    enum { EVERY = 4096 };
    if (self->options->progress != NULL && (end || self->runs - self->told >= EVERY)) {
        self->options->progress(self->options->progress_context, self->runs, self->plan.runs_counted);
        self->told = self->runs;
    }
}

static int take_runs(void *context, const struct part *part, int64_t first, int64_t end, struct error *err)
{
    struct merge *self = context;
    size_t values = self->harvest.shape.values;
    (void)err;
    for (int64_t r = first; r < end; r++) {
        int64_t i = r - part->head.first;
        bool failed = part->status[i] != 0;
        study_writer_take_run(&self->writer, (int64_t)part->head.point, r, failed ? STUDY_RUN_FAILED : STUDY_RUN_DONE,
                              part->value + (size_t)i * values);
    }
    self->runs += end - first;
    tell(self, false);
    return 0;
}

static struct harvest_range range_of(const struct study_tile *tile)
{
    return (struct harvest_range){ .point = tile->point,
                                   .num_points = tile->num_points,
                                   .replication = tile->replication,
                                   .num_replications = tile->num_replications };
}

/* Replications of the tile behind the look at which their point ended. */
static void mark_not_needed(struct merge *self, const struct study_tile *tile)
{
    int64_t end = tile->replication + tile->num_replications;
    for (int64_t p = tile->point; p < tile->point + tile->num_points; p++) {
        int64_t counted = harvest_counted(&self->harvest, p);
        study_writer_take_not_needed(&self->writer, p, counted > tile->replication ? counted : tile->replication, end);
    }
}

static int write_runs(struct merge *self, struct error *err)
{
    struct study_tile tile;
    int ret = 0;
    while (ret == 0 && study_writer_next_runs(&self->writer, &tile)) {
        struct harvest_range range = range_of(&tile);
        if (self->study->stop.given)
            mark_not_needed(self, &tile);
        ret = harvest_walk(&self->harvest, &range, take_runs, self, err);
    }
    return ret;
}

static int take_kept(void *context, const struct part *part, int64_t first, int64_t end, struct error *err)
{
    struct merge *self = context;
    (void)err;
    for (int64_t r = first; r < end; r++) {
        int64_t i = r - part->head.first;
        if (i < part->head.kept && part->status[i] == 0)
            study_writer_take_kept(&self->writer, (int64_t)part->head.point, r,
                                   part->kept + (size_t)i * self->harvest.shape.kept_values);
    }
    return 0;
}

static int write_kept(struct merge *self, struct error *err)
{
    struct study_tile tile;
    int ret = 0;
    while (ret == 0 && study_writer_next_kept(&self->writer, &tile)) {
        struct harvest_range range = range_of(&tile);
        ret = harvest_walk(&self->harvest, &range, take_kept, self, err);
    }
    return ret;
}

/* ---- tables ---- */

static int take_failures(void *context, const struct part *part, int64_t first, int64_t end, struct error *err)
{
    struct merge *self = context;
    const char *reason = part->reasons;
    (void)err;
    for (int64_t i = 0; i < part->head.count; i++) {
        int64_t r = part->head.first + i;
        if (part->status[i] == 0)
            continue;
        if (r >= first && r < end)
            study_writer_take_failure(&self->writer, &(struct study_failure){ .point = (int64_t)part->head.point,
                                                                              .replication = r,
                                                                              .week = part->week[i],
                                                                              .message = reason });
        reason += strlen(reason) + 1;
    }
    return 0;
}

static int write_failures(struct merge *self, struct error *err)
{
    const struct geometry_plan *plan = &self->harvest.geometry->plan;
    const struct harvest_range all = { .num_points = plan->points,
                                       .num_replications = plan->replications,
                                       .failed_only = true };
    if (self->plan.num_failures == 0)
        return 0;
    return harvest_walk(&self->harvest, &all, take_failures, self, err);
}

static int look_of(const struct geometry *geometry, int64_t replications)
{
    int look = 0;
    while (look < geometry->num_stages - 1 && geometry->look[look] < replications)
        look++;
    return look;
}

static void write_contrasts(struct merge *self)
{
    const struct harvest *harvest = &self->harvest;
    for (int64_t p = 0; p < self->plan.points && self->study->stop.given; p++) {
        struct study_contrast contrast = { .look = -1, .mean = NAN, .half_width = NAN };
        if (harvest_has_ended(harvest, p)) {
            struct exact sum = harvest_contrast(harvest, p);
            contrast.replications = (int32_t)harvest_counted(harvest, p);
            contrast.look = look_of(harvest->geometry, contrast.replications);
            contrast.mean = exact_mean(&sum);
            contrast.half_width = stopping_half_width(&harvest->looks.stopping, &sum);
            contrast.reached = stopping_enough(&harvest->looks.stopping, &sum);
        }
        study_writer_take_contrast(&self->writer, p, &contrast);
    }
}

/* ---- all of it ---- */

static int write_ranges(struct merge *self, struct error *err)
{
    int ret;
    while ((ret = study_writer_next_range(&self->writer, err)) == 1)
        if ((ret = write_runs(self, err)) != 0 || (ret = write_kept(self, err)) != 0 ||
            (ret = merge_cells(&self->harvest, &self->writer, err)) != 0)
            break;
    return ret;
}

static void fill_report(const struct merge *self, struct merge_report *report)
{
    const struct ledger_counts *counts = &self->harvest.ledger.counts;
    *report = (struct merge_report){ .runs = self->plan.runs_counted,
                                     .runs_failed = self->plan.num_failures,
                                     .runs_missing = counts->runs - counts->runs_done,
                                     .duplicates = counts->duplicates,
                                     .torn = counts->torn,
                                     .journals = self->harvest.ledger.num_journals,
                                     .complete = ledger_complete(&self->harvest.ledger) };
    memcpy(report->damage, self->harvest.damage, sizeof report->damage);
}

static void free_merge(struct merge *self)
{
    study_writer_abandon(&self->writer);
    harvest_free(&self->harvest);
    for (int i = 0; i < self->study->num_vary && self->path != NULL; i++)
        free(self->path[i]);
    for (int i = 0; i < self->num_inputs; i++)
        free(self->input[i]);
    free(self->path);
    free(self->factor);
    free(self->input);
}

int study_merge(const struct study *study, const struct folder *folder, const struct merge_options *options,
                struct merge_report *report, struct error *err)
{
    struct merge self = { .study = study, .options = options };
    int ret;
    *report = (struct merge_report){ 0 };
    if (!study->has_scenario)
        return error_set(err, MILIEU_ERR_USAGE, "a study without a scenario has no runs to merge",
                         "une étude sans scénario n'a pas de simulations à fusionner");
    if ((ret = harvest_init(&self.harvest, study, folder, options->stop, err)) != 0 ||
        (ret = harvest_scan(&self.harvest, options->partial, err)) != 0 || (ret = begin(&self, err)) != 0 ||
        (ret = write_ranges(&self, err)) != 0 || (ret = write_failures(&self, err)) != 0)
        goto out;
    write_contrasts(&self);
    fill_report(&self, report);
    tell(&self, true);
    ret = study_writer_finish(&self.writer, report->complete, err);
out:
    free_merge(&self);
    return ret;
}
