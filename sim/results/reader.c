#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch.h"
#include "names.h"
#include "results.h"

struct reader {
    struct store store;
    struct name_map param, factor, kind;
};

/* The store's failure as an error; the store may then be used again. */
static int status(struct results_file *self, const char *what, struct error *err)
{
    struct store *store = &self->inside->store;
    if (!store->failed)
        return 0;
    store->failed = false;
    return error_set_because(err, MILIEU_ERR_RESULTS, store_reason(store), "%s: cannot read %s",
                             "%s : impossible de lire %s", self->path, what);
}

/* ---- opening ---- */

static void read_switches(struct results_file *self)
{
    struct store *store = &self->inside->store;
    size_t arms = (size_t)self->num_arms, strategies = (size_t)self->num_strategies;
    const hsize_t start[2] = { 0, 0 }, count[2] = { arms, strategies };
    int8_t *on = calloc(arms * strategies + 1, 1);
    self->strategy_on = calloc(arms * strategies + 1, sizeof *self->strategy_on);
    if (on == NULL || self->strategy_on == NULL)
        store_fail_memory(store);
    if (strategies > 0)
        fetch_block(store, "arms", "on", 2, start, count, H5T_NATIVE_INT8, on);
    for (size_t i = 0; on != NULL && self->strategy_on != NULL && !store->failed && i < arms * strategies; i++)
        self->strategy_on[i] = on[i] != 0;
    free(on);
}

static void read_reference(struct results_file *self)
{
    const hsize_t start = 0, count = (hsize_t)self->num_arms;
    int8_t *reference = calloc((size_t)self->num_arms + 1, 1);
    if (reference == NULL)
        store_fail_memory(&self->inside->store);
    fetch_block(&self->inside->store, "arms", "reference", 1, &start, &count, H5T_NATIVE_INT8, reference);
    for (int i = self->num_arms - 1; reference != NULL && !self->inside->store.failed && i >= 0; i--)
        if (reference[i] != 0)
            self->reference_arm = i;
    free(reference);
}

static void read_names(struct results_file *self)
{
    struct store *store = &self->inside->store;
    size_t arms = (size_t)self->num_arms, clinics = (size_t)self->num_clinics;
    size_t strategies = (size_t)self->num_strategies;
    self->arm_id = fetch_texts(store, "arms", "arm", arms);
    self->arm_title[0] = fetch_texts(store, "arms", "title", arms);
    self->arm_title[1] = fetch_texts(store, "arms", "title_fr", arms);
    self->clinic_id = fetch_texts(store, "clinics", "clinic", clinics);
    self->clinic_title[0] = fetch_texts(store, "clinics", "title", clinics);
    self->clinic_title[1] = fetch_texts(store, "clinics", "title_fr", clinics);
    if (strategies > 0) {
        self->strategy_id = fetch_texts(store, "arms", "strategy", strategies);
        self->strategy_title[0] = fetch_texts(store, "arms", "strategy_title", strategies);
        self->strategy_title[1] = fetch_texts(store, "arms", "strategy_title_fr", strategies);
    }
}

/* What a scenario may ask for: a damaged file may not ask for more. */
static bool shape_is_possible(const struct results_file *self)
{
    return self->num_arms <= SETTING_MAX_ARMS && self->num_strategies <= SETTING_MAX_STRATEGIES &&
           self->num_draws <= 65535 && self->num_replications <= 65535 && self->num_clinics <= 1000000 &&
           self->horizon >= 1 && self->horizon <= 10000;
}

static void read_shape(struct results_file *self)
{
    struct store *store = &self->inside->store;
    self->num_arms = (int)fetch_length(store, "arms", "arm");
    self->num_clinics = (int)fetch_length(store, "clinics", "clinic");
    self->num_strategies = fetch_exists(store, "arms", "strategy") ? (int)fetch_length(store, "arms", "strategy") : 0;
    self->num_draws = (int)fetch_length(store, "outcomes", "draw");
    self->num_replications = (int)fetch_length(store, "outcomes", "replication");
    self->horizon = (int)fetch_number_attribute(store, "horizon", 0);
    if (!shape_is_possible(self))
        store_fail(store, "its numbers of weeks, arms, clinics or runs cannot be",
                   "ses nombres de semaines, bras, cliniques ou simulations ne peuvent être");
    self->has_series = fetch_exists(store, "series", "week");
    self->has_quantiles = fetch_exists(store, "quantiles", "week");
    self->num_events = fetch_exists(store, "events", "event") ? (int64_t)fetch_length(store, "events", "event") : 0;
    self->num_failures =
        fetch_exists(store, "failures", "failure") ? (int64_t)fetch_length(store, "failures", "failure") : 0;
    self->seed = (uint32_t)fetch_number_attribute(store, "seed", 0);
}

/* By name: a file of another version may have other parameters, or the same in another order. */
static void match_names(struct results_file *self)
{
    struct reader *reader = self->inside;
    struct store *store = &reader->store;
    name_map_read(&reader->param, store, "parameters", "parameter", name_of_param, NUM_PARAMS, self);
    name_map_read(&reader->factor, store, "ratings", "factor", name_of_factor, NUM_FACTORS, self);
    names_check_arrays(store, "outcomes", 4, name_of_outcome, NUM_OUTCOMES, self);
    if (self->has_series)
        names_check_arrays(store, "series", 5, name_of_series, NUM_SERIES, self);
    if (fetch_exists(store, "events", "kind"))
        name_map_read_flags(&reader->kind, store, "events", "kind", name_of_event, NUM_EVENT_KINDS, self);
}

static void read_titles(struct results_file *self)
{
    struct store *store = &self->inside->store;
    self->title = fetch_text_attribute(store, store->file, "title");
    self->scenario_id = fetch_text_attribute(store, store->file, "scenario_id");
    self->scenario_sha256 = fetch_text_attribute(store, store->file, "scenario_sha256");
    self->source = fetch_text_attribute(store, store->file, "source");
    self->command_line = fetch_text_attribute(store, store->file, "command_line");
    self->id = fetch_text_attribute(store, store->file, "id");
    self->start = fetch_text_attribute(store, store->file, "start");
    self->text = fetch_text(store, "scenario", "text");
    self->text_as_given = fetch_text(store, "scenario", "text_as_given");
}

/* Is it ours, and whole? */
static int check_schema(struct results_file *self, struct error *err)
{
    struct store *store = &self->inside->store;
    char *schema = fetch_text_attribute(store, store->file, "schema");
    int ret = 0;
    if (store->failed || schema == NULL || strncmp(schema, "milieu-results/", 15) != 0)
        ret = error_set(err, MILIEU_ERR_RESULTS, "%s: not a milieu results file",
                        "%s : pas un fichier de résultats milieu", self->path);
    else if (strcmp(schema, RESULTS_SCHEMA) != 0)
        ret = error_set(err, MILIEU_ERR_RESULTS, "%s: of schema %s; this version reads %s",
                        "%s : de schéma %s ; cette version lit %s", self->path, schema, RESULTS_SCHEMA);
    else if (fetch_number_attribute(store, "complete", 0) != 1)
        ret = error_set(err, MILIEU_ERR_RESULTS, "%s: not complete: the run that wrote it did not end",
                        "%s : incomplet : l'exécution qui l'a écrit ne s'est pas terminée", self->path);
    free(schema);
    return ret;
}

static int open_file(struct results_file *self, struct error *err)
{
    struct store *store = &self->inside->store;
    if (access(self->path, R_OK) != 0)
        return error_set_system(err, MILIEU_ERR_INPUT, errno, "cannot read %s", "impossible de lire %s", self->path);
    store_open(store, self->path);
    if (store->failed) {
        store->failed = false;
        return error_set_because(err, MILIEU_ERR_RESULTS, store_reason(store), "%s: not a milieu results file",
                                 "%s : pas un fichier de résultats milieu", self->path);
    }
    return check_schema(self, err);
}

int results_open(struct results_file *self, const char *path, struct error *err)
{
    int ret;
    *self = (struct results_file){ .inside = malloc(sizeof *self->inside), .path = malloc(strlen(path) + 1) };
    if (self->inside != NULL)
        *self->inside = (struct reader){ .store = { .file = H5I_INVALID_HID, .text = H5I_INVALID_HID } };
    if (self->inside == NULL || self->path == NULL) {
        ret = error_set(err, MILIEU_ERR_MEMORY, "%s", "%s", path);
        goto out;
    }
    strcpy(self->path, path);
    if ((ret = open_file(self, err)) != 0)
        goto out;
    read_titles(self);
    read_shape(self);
    match_names(self);
    if ((ret = status(self, "/", err)) != 0)
        goto out;
    read_names(self);
    read_switches(self);
    read_reference(self);
    ret = status(self, "/arms", err);
out:
    if (ret != 0)
        results_close(self);
    return ret;
}

void results_close(struct results_file *self)
{
    if (self->inside != NULL) {
        store_close(&self->inside->store);
        name_map_free(&self->inside->param);
        name_map_free(&self->inside->factor);
        name_map_free(&self->inside->kind);
    }
    free(self->inside);
    fetch_free_texts(self->arm_id, (size_t)self->num_arms);
    fetch_free_texts(self->clinic_id, (size_t)self->num_clinics);
    fetch_free_texts(self->strategy_id, (size_t)self->num_strategies);
    for (int i = 0; i < 2; i++) {
        fetch_free_texts(self->arm_title[i], (size_t)self->num_arms);
        fetch_free_texts(self->clinic_title[i], (size_t)self->num_clinics);
        fetch_free_texts(self->strategy_title[i], (size_t)self->num_strategies);
    }
    free(self->path);
    free(self->title);
    free(self->scenario_id);
    free(self->scenario_sha256);
    free(self->source);
    free(self->command_line);
    free(self->id);
    free(self->start);
    free(self->text);
    free(self->text_as_given);
    free(self->strategy_on);
    *self = (struct results_file){ 0 };
}

/* ---- looking up ---- */

static int find(char **list, int count, const char *id)
{
    for (int i = 0; i < count; i++)
        if (strcmp(list[i], id) == 0)
            return i;
    return -1;
}

int results_find_arm(const struct results_file *self, const char *id)
{
    return find(self->arm_id, self->num_arms, id);
}

int results_find_clinic(const struct results_file *self, const char *id)
{
    return find(self->clinic_id, self->num_clinics, id);
}

bool results_has_outcome(const struct results_file *self, int outcome)
{
    return fetch_exists(&self->inside->store, "outcomes", outcome_table[outcome].id);
}

bool results_has_series(const struct results_file *self, int series)
{
    return fetch_exists(&self->inside->store, "series", series_table[series].id);
}

/* ---- values ---- */

int results_read_outcome(struct results_file *self, int outcome, int arm, double *out, struct error *err)
{
    const hsize_t start[4] = { (hsize_t)arm, 0, 0, 0 };
    const hsize_t count[4] = { 1, (hsize_t)self->num_draws, (hsize_t)self->num_replications,
                               (hsize_t)self->num_clinics };
    fetch_block(&self->inside->store, "outcomes", outcome_table[outcome].id, 4, start, count, H5T_NATIVE_DOUBLE, out);
    return status(self, outcome_table[outcome].id, err);
}

int results_read_outcome_all(struct results_file *self, int outcome, int arm, double *out, struct error *err)
{
    const hsize_t start[3] = { (hsize_t)arm, 0, 0 };
    const hsize_t count[3] = { 1, (hsize_t)self->num_draws, (hsize_t)self->num_replications };
    fetch_block(&self->inside->store, "outcomes_all", outcome_table[outcome].id, 3, start, count, H5T_NATIVE_DOUBLE,
                out);
    return status(self, outcome_table[outcome].id, err);
}

int results_read_series(struct results_file *self, int series, int arm, int draw, int replication, int first, int count,
                        float *out, struct error *err)
{
    const hsize_t start[5] = { (hsize_t)arm, (hsize_t)draw, (hsize_t)replication, (hsize_t)first, 0 };
    const hsize_t size[5] = { 1, 1, 1, (hsize_t)count, (hsize_t)self->horizon };
    fetch_block(&self->inside->store, "series", series_table[series].id, 5, start, size, H5T_NATIVE_FLOAT, out);
    return status(self, series_table[series].id, err);
}

int results_read_quantiles(struct results_file *self, int series, int arm, int clinic, float *out, struct error *err)
{
    const hsize_t start[4] = { (hsize_t)arm, (hsize_t)clinic, 0, 0 };
    const hsize_t count[4] = { 1, 1, (hsize_t)self->horizon, RESULTS_NUM_QUANTILES };
    fetch_block(&self->inside->store, "quantiles", series_table[series].id, 4, start, count, H5T_NATIVE_FLOAT, out);
    return status(self, series_table[series].id, err);
}

int results_read_parameters(struct results_file *self, int draw, double *out, struct error *err)
{
    const struct name_map *map = &self->inside->param;
    const hsize_t start[2] = { (hsize_t)draw, 0 }, count[2] = { 1, map->length };
    double *row = malloc((map->length + 1) * sizeof *row);
    if (row == NULL)
        store_fail_memory(&self->inside->store);
    fetch_block(&self->inside->store, "parameters", "mean", 2, start, count, H5T_NATIVE_DOUBLE, row);
    for (int i = 0; row != NULL && !self->inside->store.failed && i < NUM_PARAMS; i++)
        out[i] = map->place[i] >= 0 ? row[map->place[i]] : NAN;
    free(row);
    return status(self, "/parameters", err);
}

int results_read_ratings(struct results_file *self, int draw, float *out, struct error *err)
{
    const struct name_map *map = &self->inside->factor;
    const hsize_t start[3] = { (hsize_t)draw, 0, 0 }, count[3] = { 1, (hsize_t)self->num_clinics, map->length };
    float *row = malloc((count[1] * map->length + 1) * sizeof *row);
    if (row == NULL)
        store_fail_memory(&self->inside->store);
    fetch_block(&self->inside->store, "ratings", "rating", 3, start, count, H5T_NATIVE_FLOAT, row);
    for (hsize_t c = 0; row != NULL && !self->inside->store.failed && c < count[1]; c++)
        for (size_t f = 0; f < NUM_FACTORS; f++)
            out[c * NUM_FACTORS + f] = map->place[f] >= 0 ? row[c * map->length + (hsize_t)map->place[f]] : NAN;
    free(row);
    return status(self, "/ratings", err);
}

/* ---- events ---- */

/* One column of whole numbers of the table. */
static void read_column(struct results_file *self, const char *name, int64_t first, int64_t count, int64_t *out)
{
    const hsize_t start = (hsize_t)first, size = (hsize_t)count;
    fetch_block(&self->inside->store, "events", name, 1, &start, &size, H5T_NATIVE_INT64, out);
}

static void take_column(struct results_event *out, size_t offset, const int64_t *value, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        int32_t number = (int32_t)value[i];
        memcpy((char *)&out[i] + offset, &number, sizeof number);
    }
}

/* The kind a number of the file stands for. */
static int kind_here(const struct name_map *map, int number)
{
    if (map->ours == NULL) /* no event was ever written */
        return number;
    return number >= 0 && (size_t)number < map->length ? map->ours[number] : -1;
}

int results_read_events(struct results_file *self, int64_t first, int64_t count, struct results_event *out,
                        struct error *err)
{
    static const struct {
        const char *name;
        size_t offset;
    } column[] = { { "arm", offsetof(struct results_event, arm) },
                   { "draw", offsetof(struct results_event, draw) },
                   { "replication", offsetof(struct results_event, replication) },
                   { "clinic", offsetof(struct results_event, clinic) },
                   { "week", offsetof(struct results_event, week) },
                   { "kind", offsetof(struct results_event, kind) },
                   { "subject", offsetof(struct results_event, subject) } };
    const hsize_t start = (hsize_t)first, size = (hsize_t)count;
    int64_t *number = malloc((size_t)(count > 0 ? count : 1) * sizeof *number);
    double *value = malloc((size_t)(count > 0 ? count : 1) * sizeof *value);
    if (number == NULL || value == NULL)
        store_fail_memory(&self->inside->store);
    for (size_t i = 0; i < sizeof column / sizeof column[0] && !self->inside->store.failed; i++) {
        read_column(self, column[i].name, first, count, number);
        if (!self->inside->store.failed)
            take_column(out, column[i].offset, number, count);
    }
    read_column(self, "cause", first, count, number);
    fetch_block(&self->inside->store, "events", "value", 1, &start, &size, H5T_NATIVE_DOUBLE, value);
    for (int64_t i = 0; number != NULL && value != NULL && i < count && !self->inside->store.failed; i++) {
        out[i].cause = number[i];
        out[i].kind = kind_here(&self->inside->kind, out[i].kind);
        out[i].value = value[i];
    }
    free(number);
    free(value);
    return status(self, "/events", err);
}

/* Where in the order of (arm, draw, replication) a row stands against a run: -1 before, 0 of it, 1 behind. */
static int compare_row(struct results_file *self, int64_t row, const int64_t run[3])
{
    static const char *const name[3] = { "arm", "draw", "replication" };
    for (int i = 0; i < 3; i++) {
        int64_t value = 0;
        read_column(self, name[i], row, 1, &value);
        if (value != run[i])
            return value < run[i] ? -1 : 1;
    }
    return 0;
}

/* First row that stands at or behind the run (bound 0) or behind it (bound 1). */
static int64_t find_row(struct results_file *self, const int64_t run[3], int bound)
{
    int64_t low = 0, high = self->num_events;
    while (low < high && !self->inside->store.failed) {
        int64_t middle = low + (high - low) / 2;
        if (compare_row(self, middle, run) < bound)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int results_find_events(struct results_file *self, int arm, int draw, int replication, int64_t *first, int64_t *count,
                        struct error *err)
{
    const int64_t run[3] = { arm, draw, replication };
    *first = find_row(self, run, 0);
    *count = find_row(self, run, 1) - *first;
    return status(self, "/events", err);
}

int results_read_failure(struct results_file *self, int64_t row, int *draw, int *replication, int *week, char **message,
                         struct error *err)
{
    struct store *store = &self->inside->store;
    const hsize_t start = (hsize_t)row, count = 1;
    *message = fetch_text_at(store, "failures", "message", start);
    fetch_block(store, "failures", "draw", 1, &start, &count, H5T_NATIVE_INT, draw);
    fetch_block(store, "failures", "replication", 1, &start, &count, H5T_NATIVE_INT, replication);
    fetch_block(store, "failures", "week", 1, &start, &count, H5T_NATIVE_INT, week);
    if (store->failed) {
        free(*message);
        *message = NULL;
    }
    return status(self, "/failures", err);
}
