#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cube.h"
#include "events.h"
#include "quantiles.h"
#include "results.h"
#include "setup.h"
#include "target.h"

struct failure {
    int32_t draw, replication, week;
    char *message;
};

struct writer {
    struct target target;
    struct store store;
    const struct scenario *scenario;
    struct results_options options; /* numbers and switches; its strings are gone */
    struct setup setup;
    struct cube outcomes, outcomes_all, series;
    struct event_log events;
    struct failure *failure;
    int num_failures, max_failures;
    bool begun;      /* groups made, with the first draw that could be */
    int draws_taken; /* rows of draws written, those that could not be made too */
    int64_t next;    /* place of the next record: (draw, replication, arm) counted through */
};

void results_options_defaults(struct results_options *options, const struct scenario *scenario)
{
    *options = (struct results_options){ .draws = scenario->runs.draws,
                                         .replications = scenario->runs.replications,
                                         .seed = scenario->runs.seed,
                                         .series = scenario->runs.series,
                                         .quantiles = scenario->runs.series,
                                         .events = scenario->runs.events };
}

int results_check_output(const char *path, const char *const *inputs, int num_inputs, struct error *err)
{
    struct target target;
    int ret = target_begin(&target, path, inputs, num_inputs, err);
    target_drop(&target);
    return ret;
}

/* The store's failure as an error. */
static int status(const struct writer *self, struct error *err)
{
    if (!self->store.failed)
        return 0;
    return error_set_because(err, MILIEU_ERR_OUTPUT, store_reason(&self->store),
                             "cannot write %s, nothing of it is kept", "impossible d'écrire %s, rien n'en est gardé",
                             self->target.path);
}

static int shape_cubes(struct writer *self, struct error *err)
{
    const struct scenario *scenario = self->scenario;
    struct cube shape = { .store = &self->store,
                          .num_arms = scenario->num_arms,
                          .num_draws = self->options.draws,
                          .num_replications = self->options.replications,
                          .rows = 1,
                          .cells = 1 };
    int ret;
    self->outcomes = self->outcomes_all = self->series = shape;
    self->outcomes_all.is_double = self->outcomes.is_double = true;
    self->outcomes_all.num_variables = self->outcomes.num_variables = NUM_OUTCOMES;
    self->outcomes_all.rank = 3;
    self->outcomes.rank = 4;
    self->outcomes.rows = self->series.rows = (hsize_t)scenario->num_clinics;
    self->series.rank = 5;
    self->series.cells = (hsize_t)scenario->horizon;
    self->series.num_variables = NUM_SERIES;
    if ((ret = cube_init(&self->outcomes, err)) != 0 || (ret = cube_init(&self->outcomes_all, err)) != 0)
        return ret;
    return self->options.series ? cube_init(&self->series, err) : 0;
}

static void free_writer(struct writer *self)
{
    cube_free(&self->outcomes);
    cube_free(&self->outcomes_all);
    cube_free(&self->series);
    setup_end(&self->setup, &self->store);
    store_close(&self->store);
    event_log_free(&self->events);
    target_drop(&self->target);
    for (int i = 0; i < self->num_failures; i++)
        free(self->failure[i].message);
    free(self->failure);
    free(self);
}

static void forget_strings(struct results_options *options)
{
    options->inputs = NULL;
    options->version = options->revision = options->compiler = options->cflags = NULL;
    options->libconfig_version = options->command_line = NULL;
}

int results_create(struct results_writer *self, const char *path, const struct scenario *scenario,
                   const struct results_options *options, struct error *err)
{
    struct writer *writer = malloc(sizeof *writer);
    int ret;
    self->inside = NULL;
    if (writer == NULL)
        return error_set_memory(err);
    *writer = (struct writer){ .store = { .file = -1, .text = -1 },
                               .target = { .fd = -1 },
                               .setup = { -1, -1, -1, -1, -1, 0, { -1, 0 } },
                               .scenario = scenario,
                               .options = *options };
    if ((ret = target_begin(&writer->target, path, options->inputs, options->num_inputs, err)) != 0 ||
        (ret = shape_cubes(writer, err)) != 0)
        goto out;
    if (options->events && (ret = event_log_init(&writer->events, writer->target.final, scenario->num_arms,
                                                 options->replications, err)) != 0)
        goto out;
    store_create(&writer->store, writer->target.part, options->compress ? STORE_COMPRESSED : STORE_PLAIN);
    setup_write_root(&writer->store, scenario, options);
    setup_write_scenario(&writer->store, scenario);
    store_flush(&writer->store);
    ret = status(writer, err);
out:
    forget_strings(&writer->options);
    if (ret != 0)
        free_writer(writer);
    else
        self->inside = writer;
    return ret;
}

/* ---- groups of results ---- */

/* The dimensions all three begin with. */
static void begin_axes(struct writer *self, struct shelf *shelf, const char *name, int axes[SHELF_MAX_RANK])
{
    shelf_open(shelf, &self->store, name);
    axes[0] = axis_of_arms(shelf, self->scenario);
    axes[1] = shelf_axis_count(shelf, "draw", self->options.draws);
    axes[2] = shelf_axis_count(shelf, "replication", self->options.replications);
}

static void begin_outcomes(struct writer *self, struct cube *cube, const char *name)
{
    static const double yes_no[2] = { 0, 1 };
    struct store *store = &self->store;
    bool by_clinic = cube->rank > 3;
    struct shelf shelf;
    int axes[SHELF_MAX_RANK];
    begin_axes(self, &shelf, name, axes);
    shelf_column(&shelf, "arm_title", axes[0], store->text, self->scenario->arm_title[0], "title of the arm");
    if (by_clinic) {
        axes[3] = axis_of_clinics(&shelf, self->scenario);
        shelf_column(&shelf, "clinic_title", axes[3], store->text, self->scenario->clinic_title[0],
                     "title of the clinic");
    }
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        const struct outcome_info *info = &outcome_table[i];
        cube_add(cube, &shelf, i, info->id, axes);
        store_describe(store, cube->array[i], info->words[0], info->words[1], info->unit);
        store_attribute_text(store, cube->array[i], "comment", info->definition);
        store_attribute_text(store, cube->array[i], "level", outcome_level_name[info->level]);
        store_attribute_text(store, cube->array[i], "coordinates", by_clinic ? "arm_title clinic_title" : "arm_title");
        if (info->type == OUTCOME_YESNO)
            store_attribute(store, cube->array[i], "valid_range", H5T_NATIVE_DOUBLE, yes_no, 2);
    }
    shelf_close(&shelf);
}

static void begin_series(struct writer *self)
{
    struct shelf shelf;
    int axes[SHELF_MAX_RANK];
    begin_axes(self, &shelf, "series", axes);
    axes[3] = axis_of_clinics(&shelf, self->scenario);
    axes[4] = axis_of_weeks(&shelf, self->scenario);
    for (int i = 0; i < NUM_SERIES; i++) {
        cube_add(&self->series, &shelf, i, series_table[i].id, axes);
        describe_series(&self->store, self->series.array[i], i, self->scenario);
    }
    shelf_close(&shelf);
}

/* ---- runs ---- */

/* One arm of one run into its arrays; `record` NULL: missing. */
static int put(struct writer *self, int draw, int replication, int arm, const struct record *record, struct error *err)
{
    const double *outcome = record == NULL ? NULL : record->outcome;
    int ret;
    cube_take(&self->outcomes, arm, draw, replication, outcome);
    cube_take(&self->outcomes_all, arm, draw, replication,
              outcome == NULL ? NULL : outcome + (size_t)self->scenario->num_clinics * NUM_OUTCOMES);
    if (self->options.series)
        cube_take(&self->series, arm, draw, replication, record == NULL ? NULL : record->series);
    if (self->options.events && (ret = event_log_take(&self->events, record, err)) != 0) {
        store_fail(&self->store, "the events could not be kept", "les événements n'ont pu être gardés");
        return ret;
    }
    return status(self, err);
}

static int put_missing(struct writer *self, int draw, int replication, struct error *err)
{
    int ret = 0;
    for (int arm = 0; arm < self->scenario->num_arms && ret == 0; arm++)
        ret = put(self, draw, replication, arm, NULL, err);
    return ret;
}

/* The groups; then the runs before, of draws that could not be made. */
static int begin(struct writer *self, const struct setting *setting, struct error *err)
{
    int ret = 0;
    setup_begin(&self->setup, &self->store, self->scenario, self->options.draws, setting);
    begin_outcomes(self, &self->outcomes, "outcomes");
    begin_outcomes(self, &self->outcomes_all, "outcomes_all");
    if (self->options.series)
        begin_series(self);
    self->begun = true;
    for (int i = 0; i < self->num_failures && ret == 0; i++)
        ret = put_missing(self, self->failure[i].draw, self->failure[i].replication, err);
    return ret;
}

/* Rows of draws that could not be made. */
static void skip_draws(struct writer *self, int until)
{
    for (; self->draws_taken < until; self->draws_taken++)
        setup_take_draw(&self->setup, &self->store, self->draws_taken, NULL);
}

int results_take_draw(struct results_writer *self, int draw, const struct setting *setting, struct error *err)
{
    struct writer *writer = self->inside;
    int ret = writer->begun ? 0 : begin(writer, setting, err);
    if (ret != 0)
        return ret;
    skip_draws(writer, draw);
    setup_take_draw(&writer->setup, &writer->store, draw, setting);
    writer->draws_taken = draw + 1;
    return status(writer, err);
}

static int check_order(struct writer *self, int draw, int replication, int arm, struct error *err)
{
    int64_t place = ((int64_t)draw * self->options.replications + replication) * self->scenario->num_arms + arm;
    if (place != self->next)
        return error_set(err, MILIEU_ERR_RUN, "draw %d, replication %d, arm %d is out of order",
                         "tirage %d, répétition %d, bras %d : pas dans l'ordre", draw, replication, arm);
    self->next++;
    return 0;
}

int results_take(struct results_writer *self, int draw, int replication, int arm, const struct record *record,
                 struct error *err)
{
    struct writer *writer = self->inside;
    int ret = check_order(writer, draw, replication, arm, err);
    if (ret == 0 && writer->draws_taken != draw + 1)
        ret = error_set(err, MILIEU_ERR_RUN, "draw %d was not announced", "le tirage %d n'a pas été annoncé", draw);
    return ret == 0 ? put(writer, draw, replication, arm, record, err) : ret;
}

static int keep_failure(struct writer *self, struct failure failure, const char *message, struct error *err)
{
    if (self->num_failures == self->max_failures) {
        int max = self->max_failures > 0 ? 2 * self->max_failures : 16;
        struct failure *grown = realloc(self->failure, (size_t)max * sizeof *grown);
        if (grown == NULL)
            return error_set_memory(err);
        self->failure = grown;
        self->max_failures = max;
    }
    failure.message = malloc(strlen(message) + 1);
    if (failure.message == NULL)
        return error_set_memory(err);
    strcpy(failure.message, message);
    self->failure[self->num_failures++] = failure;
    return 0;
}

int results_take_failure(struct results_writer *self, int draw, int replication, int week, const char *message,
                         struct error *err)
{
    struct writer *writer = self->inside;
    int ret = 0;
    for (int arm = 0; arm < writer->scenario->num_arms && ret == 0; arm++)
        ret = check_order(writer, draw, replication, arm, err);
    if (ret == 0 && writer->begun)
        ret = put_missing(writer, draw, replication, err);
    if (ret == 0)
        ret = keep_failure(writer, (struct failure){ draw, replication, week, NULL }, message, err);
    return ret;
}

/* ---- the end ---- */

/* The columns of /failures; `number` and `text` have room for all of them. */
static void write_failure_columns(struct writer *self, int32_t *number, const char **text)
{
    struct store *store = &self->store;
    struct shelf shelf;
    int axis;
    shelf_open(&shelf, store, "failures");
    axis = shelf_axis(&shelf, "failure", H5T_NATIVE_INT32, NULL, (hsize_t)self->num_failures);
    for (int i = 0; i < self->num_failures; i++)
        number[i] = self->failure[i].draw;
    shelf_column(&shelf, "draw", axis, H5T_NATIVE_INT32, number, "draw");
    for (int i = 0; i < self->num_failures; i++)
        number[i] = self->failure[i].replication;
    shelf_column(&shelf, "replication", axis, H5T_NATIVE_INT32, number, "replication");
    for (int i = 0; i < self->num_failures; i++)
        number[i] = self->failure[i].week;
    shelf_column(&shelf, "week", axis, H5T_NATIVE_INT32, number, "week in which it failed; -1: before week 0");
    for (int i = 0; i < self->num_failures; i++)
        text[i] = self->failure[i].message;
    shelf_column(&shelf, "message", axis, store->text, text, "what went wrong");
    shelf_close(&shelf);
}

static void write_failures(struct writer *self)
{
    size_t n = (size_t)self->num_failures + 1;
    int32_t *number = malloc(n * sizeof *number);
    const char **text = malloc(n * sizeof *text);
    if (number == NULL || text == NULL)
        store_fail_memory(&self->store);
    else
        write_failure_columns(self, number, text);
    free(number);
    free(text);
}

/* What can only be written when all runs are in; `complete` after everything else is in the file. */
static void write_rest(struct writer *self)
{
    struct store *store = &self->store;
    int64_t runs = (int64_t)self->options.draws * self->options.replications, done = runs - self->num_failures;
    int8_t complete = 1;
    skip_draws(self, self->options.draws);
    if (self->options.series && self->options.quantiles && runs >= RESULTS_NUM_QUANTILES)
        quantiles_write(store, &self->series, self->scenario);
    if (self->options.events)
        event_log_write(&self->events, store, self->scenario->arm_id);
    write_failures(self);
    cube_free(&self->outcomes);
    cube_free(&self->outcomes_all);
    cube_free(&self->series);
    setup_end(&self->setup, store);
    store_attribute(store, store->file, "replications_done", H5T_NATIVE_INT64, &done, 1);
    store_flush(store);
    store_attribute(store, store->file, "complete", H5T_NATIVE_INT8, &complete, 1);
    store_close(store);
}

void results_stamp(struct results_writer *self, const struct results_stamp *stamp)
{
    setup_write_stamp(&self->inside->store, stamp);
}

int results_finish(struct results_writer *self, struct error *err)
{
    struct writer *writer = self->inside;
    int64_t records = (int64_t)writer->options.draws * writer->options.replications * writer->scenario->num_arms;
    int ret;
    self->inside = NULL;
    if ((ret = status(writer, err)) != 0)
        goto out;
    if (writer->next != records) {
        ret = error_set(err, MILIEU_ERR_OUTPUT, "cannot write %s: %lld of %lld runs are missing",
                        "impossible d'écrire %s : il manque %lld simulations sur %lld", writer->target.path,
                        (long long)(records - writer->next), (long long)records);
        goto out;
    }
    if (!writer->begun) {
        ret = error_set(err, MILIEU_ERR_OUTPUT, "cannot write %s: every run failed; the first: %s",
                        "impossible d'écrire %s : toutes les simulations ont échoué ; la première : %s",
                        writer->target.path, writer->failure[0].message);
        goto out;
    }
    write_rest(writer);
    if ((ret = status(writer, err)) == 0)
        ret = target_commit(&writer->target, err);
out:
    free_writer(writer);
    return ret;
}

void results_abandon(struct results_writer *self)
{
    if (self->inside != NULL)
        free_writer(self->inside);
    self->inside = NULL;
}
