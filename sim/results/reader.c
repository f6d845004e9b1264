#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "results.h"
#include "store.h"

struct reader {
    struct store store;
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

static char *copied(struct store *store, const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    if (copy == NULL)
        store_fail_memory(store);
    else
        strcpy(copy, text);
    return copy;
}

/* ---- attributes ---- */

static bool has_attribute(struct store *store, const char *name)
{
    return !store->failed && H5Aexists(store->file, name) > 0;
}

/* A text attribute of the root; "" where there is none. The caller frees it. */
static char *read_text_attribute(struct store *store, const char *name)
{
    char *text = NULL;
    hid_t attribute, type;
    if (!has_attribute(store, name))
        return copied(store, "");
    attribute = store_id(store, H5Aopen(store->file, name, H5P_DEFAULT));
    type = store_id(store, H5Aget_type(attribute));
    if (!store->failed && H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0) {
        size_t size = H5Tget_size(type);
        if ((text = calloc(size + 1, 1)) == NULL)
            store_fail_memory(store);
        else
            store_check(store, H5Aread(attribute, type, text));
    }
    H5Tclose(type);
    H5Aclose(attribute);
    return text != NULL ? text : copied(store, "");
}

static int64_t read_number_attribute(struct store *store, const char *name, int64_t none)
{
    int64_t value = none;
    hid_t attribute;
    if (!has_attribute(store, name))
        return none;
    attribute = store_id(store, H5Aopen(store->file, name, H5P_DEFAULT));
    if (!store->failed)
        store_check(store, H5Aread(attribute, H5T_NATIVE_INT64, &value));
    H5Aclose(attribute);
    return value;
}

/* ---- datasets ---- */

static bool exists(struct store *store, const char *group, const char *name)
{
    char path[160];
    if (store->failed || H5Lexists(store->file, group, H5P_DEFAULT) <= 0)
        return false;
    snprintf(path, sizeof path, "%s/%s", group, name);
    return H5Lexists(store->file, path, H5P_DEFAULT) > 0;
}

static hid_t open_array(struct store *store, const char *group, const char *name)
{
    char path[160];
    if (store->failed)
        return H5I_INVALID_HID;
    snprintf(path, sizeof path, "%s/%s", group, name);
    if (!exists(store, group, name)) {
        store_fail(store, "the file has no %s", "le fichier n'a pas de %s", path);
        return H5I_INVALID_HID;
    }
    return store_id(store, H5Dopen2(store->file, path, H5P_DEFAULT));
}

/* Lengths of an array that must have `rank` dimensions. */
static void read_lengths(struct store *store, hid_t array, int rank, hsize_t *length)
{
    hid_t space;
    if (store->failed)
        return;
    space = store_id(store, H5Dget_space(array));
    if (!store->failed && H5Sget_simple_extent_ndims(space) != rank)
        store_fail(store, "an array has another shape than this version writes",
                   "un tableau n'a pas la forme que cette version écrit");
    if (!store->failed)
        store_check(store, H5Sget_simple_extent_dims(space, length, NULL));
    H5Sclose(space);
}

static hsize_t length_of(struct store *store, const char *group, const char *name)
{
    hsize_t length = 0;
    hid_t array = open_array(store, group, name);
    read_lengths(store, array, 1, &length);
    store_put_away(store, &array);
    if (length > INT32_MAX)
        store_fail(store, "an array is too long", "un tableau est trop long");
    return length;
}

static bool holds_text(hid_t array)
{
    hid_t type = H5Dget_type(array);
    bool text = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0;
    H5Tclose(type);
    return text;
}

/* Texts of an array with `count` of them (rank 1), or one (rank 0). The caller frees the list and its texts. */
static char **read_texts(struct store *store, const char *group, const char *name, size_t count)
{
    hid_t array = open_array(store, group, name), space;
    char **list, **copy = calloc(count > 0 ? count : 1, sizeof *copy);
    list = calloc(count > 0 ? count : 1, sizeof *list);
    if (list == NULL || copy == NULL)
        store_fail_memory(store);
    if (!store->failed && !holds_text(array))
        store_fail(store, "an array of texts holds something else", "un tableau de textes contient autre chose");
    space = store->failed ? H5I_INVALID_HID : store_id(store, H5Dget_space(array));
    if (!store->failed && H5Sget_simple_extent_npoints(space) != (hssize_t)count)
        store_fail(store, "arrays of one group differ in length", "les tableaux d'un groupe diffèrent de longueur");
    if (!store->failed && count > 0)
        store_check(store, H5Dread(array, store->text, H5S_ALL, H5S_ALL, H5P_DEFAULT, list));
    for (size_t i = 0; copy != NULL && list != NULL && !store->failed && i < count; i++)
        copy[i] = copied(store, list[i] != NULL ? list[i] : "");
    if (space >= 0 && list != NULL)
        H5Dvlen_reclaim(store->text, space, H5P_DEFAULT, list);
    H5Sclose(space);
    store_put_away(store, &array);
    free(list);
    return copy;
}

static char *read_text(struct store *store, const char *name)
{
    char **list, *text;
    if (!exists(store, "scenario", name))
        return copied(store, "");
    list = read_texts(store, "scenario", name, 1);
    text = list == NULL ? NULL : list[0];
    free(list);
    return text;
}

/* A block of an array into memory. */
static void read_block(struct store *store, const char *group, const char *name, int rank, const hsize_t *start,
                       const hsize_t *count, hid_t type, void *out)
{
    hsize_t length[SHELF_MAX_RANK];
    hid_t array = open_array(store, group, name);
    read_lengths(store, array, rank, length);
    for (int i = 0; i < rank && !store->failed; i++)
        if (start[i] + count[i] > length[i])
            store_fail(store, "the file does not hold that much", "le fichier n'en contient pas autant");
    store_read(store, array, rank, start, count, type, out);
    store_put_away(store, &array);
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
        read_block(store, "arms", "on", 2, start, count, H5T_NATIVE_INT8, on);
    for (size_t i = 0; i < arms * strategies && !store->failed; i++)
        self->strategy_on[i] = on[i] != 0;
    free(on);
}

static void read_reference(struct results_file *self)
{
    const hsize_t start = 0, count = (hsize_t)self->num_arms;
    int8_t *reference = calloc((size_t)self->num_arms + 1, 1);
    if (reference == NULL)
        store_fail_memory(&self->inside->store);
    read_block(&self->inside->store, "arms", "reference", 1, &start, &count, H5T_NATIVE_INT8, reference);
    for (int i = self->num_arms - 1; i >= 0 && !self->inside->store.failed; i--)
        if (reference[i] != 0)
            self->reference_arm = i;
    free(reference);
}

static void read_names(struct results_file *self)
{
    struct store *store = &self->inside->store;
    size_t arms = (size_t)self->num_arms, clinics = (size_t)self->num_clinics;
    size_t strategies = (size_t)self->num_strategies;
    self->arm_id = read_texts(store, "arms", "arm", arms);
    self->arm_title[0] = read_texts(store, "arms", "title", arms);
    self->arm_title[1] = read_texts(store, "arms", "title_fr", arms);
    self->clinic_id = read_texts(store, "clinics", "clinic", clinics);
    self->clinic_title[0] = read_texts(store, "clinics", "title", clinics);
    self->clinic_title[1] = read_texts(store, "clinics", "title_fr", clinics);
    if (strategies > 0) {
        self->strategy_id = read_texts(store, "arms", "strategy", strategies);
        self->strategy_title[0] = read_texts(store, "arms", "strategy_title", strategies);
        self->strategy_title[1] = read_texts(store, "arms", "strategy_title_fr", strategies);
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
    self->num_arms = (int)length_of(store, "arms", "arm");
    self->num_clinics = (int)length_of(store, "clinics", "clinic");
    self->num_strategies = exists(store, "arms", "strategy") ? (int)length_of(store, "arms", "strategy") : 0;
    self->num_draws = (int)length_of(store, "outcomes", "draw");
    self->num_replications = (int)length_of(store, "outcomes", "replication");
    self->horizon = (int)read_number_attribute(store, "horizon", 0);
    if (!shape_is_possible(self))
        store_fail(store, "its numbers of weeks, arms, clinics or runs cannot be",
                   "ses nombres de semaines, bras, cliniques ou simulations ne peuvent être");
    if (length_of(store, "parameters", "parameter") != NUM_PARAMS ||
        length_of(store, "ratings", "factor") != NUM_FACTORS)
        store_fail(store, "made by a version with other parameters or factors",
                   "fait par une version aux autres paramètres ou facteurs");
    self->has_series = exists(store, "series", "week");
    self->has_quantiles = exists(store, "quantiles", "week");
    self->num_events = exists(store, "events", "event") ? (int64_t)length_of(store, "events", "event") : 0;
    self->num_failures = exists(store, "failures", "failure") ? (int64_t)length_of(store, "failures", "failure") : 0;
    self->seed = (uint32_t)read_number_attribute(store, "seed", 0);
}

static void read_titles(struct results_file *self)
{
    struct store *store = &self->inside->store;
    self->title = read_text_attribute(store, "title");
    self->scenario_id = read_text_attribute(store, "scenario_id");
    self->scenario_sha256 = read_text_attribute(store, "scenario_sha256");
    self->source = read_text_attribute(store, "source");
    self->command_line = read_text_attribute(store, "command_line");
    self->id = read_text_attribute(store, "id");
    self->start = read_text_attribute(store, "start");
    self->text = read_text(store, "text");
    self->text_as_given = read_text(store, "text_as_given");
}

/* Is it ours, and whole? */
static int check_schema(struct results_file *self, struct error *err)
{
    struct store *store = &self->inside->store;
    char *schema = read_text_attribute(store, "schema");
    int ret = 0;
    if (store->failed || schema == NULL || strncmp(schema, "milieu-results/", 15) != 0)
        ret = error_set(err, MILIEU_ERR_RESULTS, "%s: not a milieu results file",
                        "%s : pas un fichier de résultats milieu", self->path);
    else if (strcmp(schema, RESULTS_SCHEMA) != 0)
        ret = error_set(err, MILIEU_ERR_RESULTS, "%s: of schema %s; this version reads %s",
                        "%s : de schéma %s ; cette version lit %s", self->path, schema, RESULTS_SCHEMA);
    else if (read_number_attribute(store, "complete", 0) != 1)
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
        self->inside->store = (struct store){ .file = H5I_INVALID_HID, .text = H5I_INVALID_HID };
    if (self->inside == NULL || self->path == NULL) {
        ret = error_set(err, MILIEU_ERR_MEMORY, "%s", "%s", path);
        goto out;
    }
    strcpy(self->path, path);
    if ((ret = open_file(self, err)) != 0)
        goto out;
    read_titles(self);
    read_shape(self);
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

static void free_list(char **list, int count)
{
    for (int i = 0; list != NULL && i < count; i++)
        free(list[i]);
    free(list);
}

void results_close(struct results_file *self)
{
    if (self->inside != NULL)
        store_close(&self->inside->store);
    free(self->inside);
    free_list(self->arm_id, self->num_arms);
    free_list(self->clinic_id, self->num_clinics);
    free_list(self->strategy_id, self->num_strategies);
    for (int i = 0; i < 2; i++) {
        free_list(self->arm_title[i], self->num_arms);
        free_list(self->clinic_title[i], self->num_clinics);
        free_list(self->strategy_title[i], self->num_strategies);
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
    return exists(&self->inside->store, "outcomes", outcome_table[outcome].id);
}

bool results_has_series(const struct results_file *self, int series)
{
    return exists(&self->inside->store, "series", series_table[series].id);
}

/* ---- values ---- */

int results_read_outcome(struct results_file *self, int outcome, int arm, double *out, struct error *err)
{
    const hsize_t start[4] = { (hsize_t)arm, 0, 0, 0 };
    const hsize_t count[4] = { 1, (hsize_t)self->num_draws, (hsize_t)self->num_replications,
                               (hsize_t)self->num_clinics };
    read_block(&self->inside->store, "outcomes", outcome_table[outcome].id, 4, start, count, H5T_NATIVE_DOUBLE, out);
    return status(self, outcome_table[outcome].id, err);
}

int results_read_outcome_all(struct results_file *self, int outcome, int arm, double *out, struct error *err)
{
    const hsize_t start[3] = { (hsize_t)arm, 0, 0 };
    const hsize_t count[3] = { 1, (hsize_t)self->num_draws, (hsize_t)self->num_replications };
    read_block(&self->inside->store, "outcomes_all", outcome_table[outcome].id, 3, start, count, H5T_NATIVE_DOUBLE,
               out);
    return status(self, outcome_table[outcome].id, err);
}

int results_read_series(struct results_file *self, int series, int arm, int draw, int replication, int first, int count,
                        float *out, struct error *err)
{
    const hsize_t start[5] = { (hsize_t)arm, (hsize_t)draw, (hsize_t)replication, (hsize_t)first, 0 };
    const hsize_t size[5] = { 1, 1, 1, (hsize_t)count, (hsize_t)self->horizon };
    read_block(&self->inside->store, "series", series_table[series].id, 5, start, size, H5T_NATIVE_FLOAT, out);
    return status(self, series_table[series].id, err);
}

int results_read_quantiles(struct results_file *self, int series, int arm, int clinic, float *out, struct error *err)
{
    const hsize_t start[4] = { (hsize_t)arm, (hsize_t)clinic, 0, 0 };
    const hsize_t count[4] = { 1, 1, (hsize_t)self->horizon, RESULTS_NUM_QUANTILES };
    read_block(&self->inside->store, "quantiles", series_table[series].id, 4, start, count, H5T_NATIVE_FLOAT, out);
    return status(self, series_table[series].id, err);
}

int results_read_parameters(struct results_file *self, int draw, double *out, struct error *err)
{
    const hsize_t start[2] = { (hsize_t)draw, 0 }, count[2] = { 1, NUM_PARAMS };
    read_block(&self->inside->store, "parameters", "mean", 2, start, count, H5T_NATIVE_DOUBLE, out);
    return status(self, "/parameters", err);
}

int results_read_ratings(struct results_file *self, int draw, float *out, struct error *err)
{
    const hsize_t start[3] = { (hsize_t)draw, 0, 0 }, count[3] = { 1, (hsize_t)self->num_clinics, NUM_FACTORS };
    read_block(&self->inside->store, "ratings", "rating", 3, start, count, H5T_NATIVE_FLOAT, out);
    return status(self, "/ratings", err);
}

/* ---- events ---- */

/* One column of whole numbers of the table. */
static void read_column(struct results_file *self, const char *name, int64_t first, int64_t count, int64_t *out)
{
    const hsize_t start = (hsize_t)first, size = (hsize_t)count;
    read_block(&self->inside->store, "events", name, 1, &start, &size, H5T_NATIVE_INT64, out);
}

static void take_column(struct results_event *out, size_t offset, const int64_t *value, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        int32_t number = (int32_t)value[i];
        memcpy((char *)&out[i] + offset, &number, sizeof number);
    }
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
    read_block(&self->inside->store, "events", "value", 1, &start, &size, H5T_NATIVE_DOUBLE, value);
    for (int64_t i = 0; number != NULL && value != NULL && i < count && !self->inside->store.failed; i++) {
        out[i].cause = number[i];
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
    char **list = read_texts(store, "failures", "message", (size_t)self->num_failures);
    read_block(store, "failures", "draw", 1, &start, &count, H5T_NATIVE_INT, draw);
    read_block(store, "failures", "replication", 1, &start, &count, H5T_NATIVE_INT, replication);
    read_block(store, "failures", "week", 1, &start, &count, H5T_NATIVE_INT, week);
    *message = store->failed ? NULL : list[row];
    if (*message != NULL)
        list[row] = NULL;
    free_list(list, (int)self->num_failures);
    return status(self, "/failures", err);
}
