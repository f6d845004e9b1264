#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "setup.h"
#include "sha256.h"
#include "study_parts.h"

void study_setup_lengths(struct study_lengths *out, const struct study_file_plan *plan)
{
    int clinics = plan->scenario->num_clinics;
    *out = (struct study_lengths){ .clinics = clinics,
                                   .places = plan->clinics ? clinics + 1 : 1,
                                   .rows = plan->clinics ? clinics : 1,
                                   .weeks = plan->scenario->horizon,
                                   .steps = plan->every_weeks > 0 ? plan->scenario->horizon / plan->every_weeks : 0 };
}

/* ---- the root ---- */

/* A UUID (RFC 9562, version 8) from the study's id. */
static void make_uuid(char out[37], const char *study_id)
{
    char hex[33];
    snprintf(hex, sizeof hex, "%.32s", study_id);
    if (strlen(hex) == 32) {
        hex[12] = '8';
        hex[16] = "89ab"[hex[16] & 3];
    }
    snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static void write_titles(struct store *store, const struct study_file_plan *plan)
{
    char text[512];
    hid_t root = store->file;
    store_attribute_text(store, root, "Conventions", "CF-1.10 ACDD-1.3");
    setup_write_long_text(store, root, "title", plan->title[0]);
    setup_write_long_text(store, root, "title_fr", plan->title[1]);
    snprintf(text, sizeof text,
             "Simulated primary care clinics that introduce nurse-led case management: %lld points of a study (%s), "
             "%s%lld replications of each, %d arms, %d clinics, %d weeks",
             (long long)plan->points, plan->method, plan->num_looks > 0 ? "at most " : "",
             (long long)plan->replications, plan->num_arms, plan->scenario->num_clinics, plan->scenario->horizon);
    store_attribute_text(store, root, "summary", text);
    store_attribute_text(store, root, "source", plan->source);
    store_attribute_text(store, root, "references", "The model: sim/MODEL.md (ODD) of the program's source");
    store_attribute_text(store, root, "license", "The program: GPL-3.0-or-later. The results: whoever ran it decides");
    make_uuid(text, plan->study_id);
    store_attribute_text(store, root, "id", text);
}

static void write_hash(struct store *store, const char *name, const char *text)
{
    char hex[65];
    sha256_hex(text, strlen(text), hex);
    store_attribute_text(store, store->file, name, hex);
}

void study_write_root(struct store *store, const struct study_file_plan *plan)
{
    const struct scenario *scenario = plan->scenario;
    const struct results_options versions = { .compiler = plan->compiler,
                                              .cflags = plan->cflags,
                                              .libconfig_version = plan->libconfig_version };
    int64_t seed = plan->seed;
    hid_t root = store->file;
    write_titles(store, plan);
    store_attribute_text(store, root, "schema", STUDY_FILE_SCHEMA);
    store_attribute_text(store, root, "study_id", plan->study_id);
    setup_write_long_text(store, root, "study_name", plan->name);
    write_hash(store, "study_sha256", plan->study_text);
    store_attribute_text(store, root, "scenario_id", scenario->id);
    setup_write_long_text(store, root, "scenario_source", scenario->source);
    write_hash(store, "scenario_sha256", scenario->text);
    store_attribute_text(store, root, "start", scenario->start);
    store_attribute(store, root, "seed", H5T_NATIVE_INT64, &seed, 1);
    store_attribute(store, root, "horizon", H5T_NATIVE_INT, &scenario->horizon, 1);
    store_attribute_text(store, root, "design_method", plan->method);
    store_attribute_text(store, root, "uncertainty", plan->uncertainty);
    store_attribute_text(store, root, "rng",
                         "philox4x32-10, key = (seed, draw * 65536 + replication), "
                         "counter = (entity, week, stream, block); the point is no part of it");
    setup_write_versions(store, &versions);
}

void study_write_texts(struct store *store, const struct study_file_plan *plan)
{
    struct shelf shelf;
    shelf_open(&shelf, store, "study");
    shelf_column(&shelf, "study", -1, store->text, &plan->study_text, "study file, verbatim");
    shelf_column(&shelf, "scenario", -1, store->text, &plan->scenario->text,
                 "its scenario after extends: what was run");
    if (plan->points_text != NULL)
        shelf_column(&shelf, "points", -1, store->text, &plan->points_text, "file of points, verbatim");
    shelf_close(&shelf);
}

hid_t study_begin_status(struct study_file_inside *self)
{
    static const uint8_t value[] = { STUDY_RUN_NOT_DONE, STUDY_RUN_DONE, STUDY_RUN_FAILED, STUDY_RUN_NOT_NEEDED };
    const struct study_file_plan *plan = self->plan;
    hsize_t chunk[2] = { (hsize_t)self->runs.block_points, (hsize_t)self->runs.block_replications };
    struct store *store = &self->main;
    struct shelf shelf;
    int axes[2];
    hid_t array;
    shelf_open(&shelf, store, "/");
    axes[0] = shelf_axis_range(&shelf, "point", 0, plan->points);
    axes[1] = shelf_axis_range(&shelf, "replication", 0, plan->replications);
    array = shelf_array(&shelf, "status", H5T_STD_U8LE, axes, 2, chunk);
    store_describe(store, array, "what became of each run", "ce qu'il est advenu de chaque exécution", NULL);
    store_attribute(store, array, "flag_values", H5T_NATIVE_UINT8, value, sizeof value);
    store_attribute_text(store, array, "flag_meanings", "not_done done failed not_needed");
    shelf_close(&shelf);
    return array;
}

/* ---- the design ---- */

static void write_points(struct shelf *shelf, const int axes[2], const struct study_file_plan *plan)
{
    struct store *store = shelf->store;
    hsize_t factors = (hsize_t)plan->num_factors, rows = 65536 / factors + 1;
    hsize_t chunk[2] = { rows < (hsize_t)plan->points ? rows : (hsize_t)plan->points, factors };
    hid_t array = shelf_array(shelf, "x", H5T_IEEE_F64LE, axes, 2, chunk);
    double *x = malloc(chunk[0] * factors * sizeof *x);
    store_describe(store, array, "value of each factor at each point; of words, their place among `words`",
                   "valeur de chaque facteur en chaque point ; pour des mots, leur rang dans `words`", NULL);
    store_attribute_text(store, array, "coordinates", "path kind unit");
    if (x == NULL)
        store_fail_memory(store);
    for (hsize_t at = 0; at < (hsize_t)plan->points && !store->failed; at += chunk[0]) {
        hsize_t left = (hsize_t)plan->points - at;
        hsize_t start[2] = { at, 0 }, count[2] = { left < chunk[0] ? left : chunk[0], factors };
        for (hsize_t i = 0; i < count[0]; i++)
            plan->point(plan->point_context, (int64_t)(at + i), x + i * factors);
        store_write(store, array, 2, start, count, H5T_NATIVE_DOUBLE, x);
    }
    free(x);
    store_put_away(store, &array);
}

/* Words of the factors that have some, in a table: "" behind the last. */
static void write_words(struct shelf *shelf, int factor, const struct study_file_plan *plan)
{
    struct store *store = shelf->store;
    const hsize_t start[2] = { 0, 0 };
    hsize_t count[2] = { (hsize_t)plan->num_factors, 0 };
    int axes[2] = { factor, 0 };
    const char **text;
    for (int i = 0; i < plan->num_factors; i++)
        if ((hsize_t)plan->factor[i].num_words > count[1])
            count[1] = (hsize_t)plan->factor[i].num_words;
    if (count[1] == 0)
        return;
    if ((text = malloc(count[0] * count[1] * sizeof *text)) == NULL) {
        store_fail_memory(store);
        return;
    }
    for (hsize_t i = 0; i < count[0] * count[1]; i++) {
        const struct study_file_factor *f = &plan->factor[i / count[1]];
        text[i] = i % count[1] < (hsize_t)f->num_words ? f->word[i % count[1]] : "";
    }
    axes[1] = shelf_axis_count(shelf, "word", (int)count[1]);
    hid_t array = shelf_array(shelf, "words", store->text, axes, 2, NULL);
    store_describe(store, array, "words of factors that are words", "mots des facteurs qui sont des mots", NULL);
    store_write(store, array, 2, start, count, store->text, text);
    store_put_away(store, &array);
    free(text);
}

static void write_factor_columns(struct shelf *shelf, int axis, const struct study_file_plan *plan, const char **text,
                                 double *number)
{
    struct store *store = shelf->store;
    for (int i = 0; i < plan->num_factors; i++)
        text[i] = plan->factor[i].path;
    shelf_column(shelf, "path", axis, store->text, text, "where it stands in the scenario");
    for (int i = 0; i < plan->num_factors; i++)
        text[i] = plan->factor[i].kind;
    shelf_column(shelf, "kind", axis, store->text, text, "path: as --set; rate: as --rate");
    for (int i = 0; i < plan->num_factors; i++)
        text[i] = plan->factor[i].unit;
    shelf_column(shelf, "unit", axis, store->text, text, "unit");
    for (int i = 0; i < plan->num_factors; i++)
        number[i] = plan->factor[i].lowest;
    shelf_column(shelf, "lowest", axis, H5T_NATIVE_DOUBLE, number, "lowest value a point can have");
    for (int i = 0; i < plan->num_factors; i++)
        number[i] = plan->factor[i].highest;
    shelf_column(shelf, "highest", axis, H5T_NATIVE_DOUBLE, number, "highest value a point can have");
}

static int axis_of_factors(struct shelf *shelf, const struct study_file_plan *plan)
{
    size_t n = (size_t)plan->num_factors;
    const char **text = malloc(n * sizeof *text);
    double *number = malloc(n * sizeof *number);
    int axis = -1;
    if (text == NULL || number == NULL) {
        store_fail_memory(shelf->store);
    } else {
        for (size_t i = 0; i < n; i++)
            text[i] = plan->factor[i].name;
        axis = shelf_axis(shelf, "factor", shelf->store->text, text, n);
        store_describe(shelf->store, shelf->axis[axis].dataset, "what varies", "ce qui varie", NULL);
        write_factor_columns(shelf, axis, plan, text, number);
    }
    free(text);
    free(number);
    return axis;
}

void study_write_design(struct store *store, const struct study_file_plan *plan)
{
    struct shelf shelf;
    int axes[2];
    shelf_open(&shelf, store, "design");
    axes[0] = shelf_axis_range(&shelf, "point", 0, plan->points);
    if (plan->num_factors > 0 && (axes[1] = axis_of_factors(&shelf, plan)) >= 0) {
        write_words(&shelf, axes[1], plan);
        write_points(&shelf, axes, plan);
    }
    shelf_close(&shelf);
}
