#include "setup.h"

#include <gsl/gsl_version.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quantiles.h"
#include "sha256.h"

enum { MAX_ATTRIBUTE = 32000 }; /* HDF5 keeps attributes beside their object up to 64 kB in all */

/* ---- the root ---- */

/* A UUID (RFC 9562, version 8) from what makes the numbers: scenario, seed, runs, program. */
static void make_id(char out[37], const struct scenario *scenario, const struct results_options *options)
{
    unsigned char hash[32];
    char hex[65], key[512], hex_of_text[65];
    sha256_hex(scenario->text, strlen(scenario->text), hex_of_text);
    snprintf(key, sizeof key, "%s %u %d x %d %s %s", hex_of_text, (unsigned)options->seed, options->draws,
             options->replications, options->version != NULL ? options->version : "",
             options->revision != NULL ? options->revision : "");
    sha256(key, strlen(key), hash);
    hash[6] = (unsigned char)((hash[6] & 0x0f) | 0x80);
    hash[8] = (unsigned char)((hash[8] & 0x3f) | 0x80);
    for (int i = 0; i < 16; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

void setup_write_long_text(struct store *store, hid_t object, const char *name, const char *text)
{
    size_t length = MAX_ATTRIBUTE;
    char *cut;
    if (text == NULL || strlen(text) <= MAX_ATTRIBUTE) {
        store_attribute_text(store, object, name, text);
        return;
    }
    while ((text[length] & 0xc0) == 0x80)
        length--;
    if ((cut = malloc(length + 1)) == NULL) {
        store_fail_memory(store);
        return;
    }
    memcpy(cut, text, length);
    cut[length] = '\0';
    store_attribute_text(store, object, name, cut);
    free(cut);
}

static void write_titles(struct store *store, const struct scenario *scenario, const struct results_options *options)
{
    char text[512];
    hid_t root = store->file;
    store_attribute_text(store, root, "Conventions", "CF-1.10 ACDD-1.3");
    setup_write_long_text(store, root, "title", scenario->title[0]);
    setup_write_long_text(store, root, "title_fr", scenario->title[1]);
    snprintf(text, sizeof text,
             "Simulated primary care clinics that introduce nurse-led case management: %d clinics, %d weeks, %d arms, "
             "%d draws of what is uncertain x %d replications of chance",
             scenario->num_clinics, scenario->horizon, scenario->num_arms, options->draws, options->replications);
    store_attribute_text(store, root, "summary", text);
    snprintf(text, sizeof text, "milieu %s, commit %s", options->version != NULL ? options->version : "?",
             options->revision != NULL ? options->revision : "unknown");
    store_attribute_text(store, root, "source", text);
    store_attribute_text(store, root, "references", "The model: sim/MODEL.md (ODD) of the program's source");
    store_attribute_text(store, root, "license", "The program: GPL-3.0-or-later. The results: whoever ran it decides");
    make_id(text, scenario, options);
    store_attribute_text(store, root, "id", text);
}

void setup_write_versions(struct store *store, const struct results_options *options)
{
    char text[64];
    unsigned major = 0, minor = 0, release = 0;
    hid_t root = store->file;
    store_attribute_text(store, root, "gsl_version", gsl_version);
    store_check(store, H5get_libversion(&major, &minor, &release));
    snprintf(text, sizeof text, "%u.%u.%u", major, minor, release);
    store_attribute_text(store, root, "hdf5_version", text);
    store_attribute_text(store, root, "libconfig_version", options->libconfig_version);
    store_attribute_text(store, root, "compiler", options->compiler);
    setup_write_long_text(store, root, "cflags", options->cflags);
}

void setup_write_root(struct store *store, const struct scenario *scenario, const struct results_options *options)
{
    char hex[65];
    int64_t seed = options->seed;
    hid_t root = store->file;
    write_titles(store, scenario, options);
    store_attribute_text(store, root, "schema", RESULTS_SCHEMA);
    store_attribute_text(store, root, "scenario_id", scenario->id);
    store_attribute_text(store, root, "scenario_source", scenario->source);
    sha256_hex(scenario->text, strlen(scenario->text), hex);
    store_attribute_text(store, root, "scenario_sha256", hex);
    store_attribute_text(store, root, "start", scenario->start);
    store_attribute(store, root, "seed", H5T_NATIVE_INT64, &seed, 1);
    store_attribute(store, root, "horizon", H5T_NATIVE_INT, &scenario->horizon, 1);
    store_attribute_text(store, root, "rng",
                         "philox4x32-10, key = (seed, draw * 65536 + replication), "
                         "counter = (entity, week, stream, block)");
    setup_write_long_text(store, root, "command_line", options->command_line);
    setup_write_versions(store, options);
}

void setup_write_stamp(struct store *store, const struct results_stamp *stamp)
{
    hid_t root = store->file;
    store_attribute_text(store, root, "date_created", stamp->date_created);
    setup_write_long_text(store, root, "history", stamp->history);
    store_attribute(store, root, "threads", H5T_NATIVE_INT, &stamp->threads, 1);
    store_attribute(store, root, "wall_seconds", H5T_NATIVE_DOUBLE, &stamp->wall_seconds, 1);
}

void setup_write_scenario(struct store *store, const struct scenario *scenario)
{
    struct shelf shelf;
    shelf_open(&shelf, store, "scenario");
    shelf_column(&shelf, "text", -1, store->text, &scenario->text, "scenario after extends and changes: what was run");
    if (scenario->text_as_given != NULL)
        shelf_column(&shelf, "text_as_given", -1, store->text, &scenario->text_as_given,
                     "scenario file as it was given");
    shelf_close(&shelf);
}

/* ---- arms and clinics ---- */

static void write_switches(struct shelf *shelf, const int axes[2], const struct setting *setting)
{
    struct store *store = shelf->store;
    hsize_t start[2] = { 0, 0 }, count[2] = { 1, (hsize_t)setting->num_strategies };
    hid_t array = shelf_array(shelf, "on", H5T_STD_I8LE, axes, 2, NULL);
    store_describe(store, array, "strategy on (1) or off (0)", "stratégie active (1) ou non (0)", "1");
    for (int arm = 0; arm < setting->num_arms; arm++) {
        int8_t on[SETTING_MAX_STRATEGIES] = { 0 };
        for (int i = 0; i < setting->num_strategies; i++)
            on[i] = setting->arm[arm].on[i];
        start[0] = (hsize_t)arm;
        store_write(store, array, 2, start, count, H5T_NATIVE_INT8, on);
    }
    store_put_away(store, &array);
}

static void write_arms(struct store *store, const struct scenario *scenario, const struct setting *setting)
{
    struct shelf shelf;
    int8_t reference[SETTING_MAX_ARMS] = { 0 };
    const char *eric[SETTING_MAX_STRATEGIES];
    int axes[2];
    shelf_open(&shelf, store, "arms");
    axes[0] = axis_of_arms(&shelf, scenario);
    shelf_column(&shelf, "title", axes[0], store->text, scenario->arm_title[0], "title");
    shelf_column(&shelf, "title_fr", axes[0], store->text, scenario->arm_title[1], "title in French");
    reference[scenario->reference_arm] = 1;
    shelf_column(&shelf, "reference", axes[0], H5T_NATIVE_INT8, reference, "1: the arm others are compared with");
    if (scenario->num_strategies > 0) {
        for (int i = 0; i < setting->num_strategies; i++)
            eric[i] = setting->strategy[i].eric != NULL ? setting->strategy[i].eric : "";
        axes[1] = shelf_axis(&shelf, "strategy", store->text, scenario->strategy_id, (hsize_t)scenario->num_strategies);
        shelf_column(&shelf, "strategy_title", axes[1], store->text, scenario->strategy_title[0], "title");
        shelf_column(&shelf, "strategy_title_fr", axes[1], store->text, scenario->strategy_title[1], "title in French");
        shelf_column(&shelf, "eric", axes[1], store->text, eric, "name in the ERIC list of implementation strategies");
        write_switches(&shelf, axes, setting);
    }
    shelf_close(&shelf);
}

/* Columns of the clinics' own facts; memory for one at a time. */
static void write_facts(struct shelf *shelf, int axis, const struct setting *setting)
{
    static const char *const place_name[] = { "rural", "sub-urban", "urban" };
    struct store *store = shelf->store;
    size_t n = (size_t)setting->num_clinics;
    const char **text = malloc(n * sizeof *text);
    int8_t *teaching = malloc(n * sizeof *teaching);
    if (text == NULL || teaching == NULL) {
        store_fail_memory(store);
    } else {
        for (size_t i = 0; i < n; i++)
            text[i] = setting->clinic[i].centre >= 0 && setting->clinic[i].centre < setting->num_centres
                          ? setting->centre[setting->clinic[i].centre].id
                          : "";
        shelf_column(shelf, "centre", axis, store->text, text, "health centre");
        for (size_t i = 0; i < n; i++)
            text[i] = place_name[setting->clinic[i].place];
        shelf_column(shelf, "place", axis, store->text, text, "rural, sub-urban or urban");
        for (size_t i = 0; i < n; i++)
            teaching[i] = setting->clinic[i].teaching;
        shelf_column(shelf, "teaching", axis, H5T_NATIVE_INT8, teaching, "1: a teaching clinic");
    }
    free(text);
    free(teaching);
}

static void write_clinics(struct store *store, const struct scenario *scenario, const struct setting *setting)
{
    struct shelf shelf;
    int axis;
    shelf_open(&shelf, store, "clinics");
    axis = axis_of_clinics(&shelf, scenario);
    shelf_column(&shelf, "title", axis, store->text, scenario->clinic_title[0], "title");
    shelf_column(&shelf, "title_fr", axis, store->text, scenario->clinic_title[1], "title in French");
    write_facts(&shelf, axis, setting);
    shelf_close(&shelf);
}

/* ---- parameters and ratings ---- */

#define COLUMN_OF(member, count, table)                                                                                \
    for (int row = 0; row < (count); row++)                                                                            \
    text[row] = (table)[row].member

static void write_parameter_words(struct shelf *shelf, int axis)
{
    struct store *store = shelf->store;
    const char *text[NUM_PARAMS];
    double number[NUM_PARAMS];
    for (int i = 0; i < NUM_PARAMS; i++)
        text[i] = section_path[param_table[i].section];
    shelf_column(shelf, "path", axis, store->text, text, "where it stands in a scenario");
    COLUMN_OF(unit, NUM_PARAMS, param_table);
    shelf_column(shelf, "unit", axis, store->text, text, "unit");
    for (int i = 0; i < NUM_PARAMS; i++)
        text[i] = evidence_name[param_table[i].evidence];
    shelf_column(shelf, "evidence", axis, store->text, text, "quality of the evidence for the default");
    COLUMN_OF(source, NUM_PARAMS, param_table);
    shelf_column(shelf, "source", axis, store->text, text, "source of the default");
    COLUMN_OF(words[0], NUM_PARAMS, param_table);
    shelf_column(shelf, "words", axis, store->text, text, "meaning");
    COLUMN_OF(words[1], NUM_PARAMS, param_table);
    shelf_column(shelf, "words_fr", axis, store->text, text, "meaning in French");
    for (int i = 0; i < NUM_PARAMS; i++)
        number[i] = param_table[i].value;
    shelf_column(shelf, "default", axis, H5T_NATIVE_DOUBLE, number, "default");
}

static void begin_parameters(struct setup *self, struct store *store, int num_draws)
{
    struct shelf shelf;
    const char *text[NUM_PARAMS];
    char link[NUM_LINKS][80];
    const char *link_text[NUM_LINKS];
    int parameter[2], by_link[2];
    for (int i = 0; i < NUM_LINKS; i++) {
        snprintf(link[i], sizeof link[i], "%s>%s", factor_table[link_table[i].factor].id,
                 param_table[link_table[i].param].id);
        link_text[i] = link[i];
    }
    COLUMN_OF(id, NUM_PARAMS, param_table);
    shelf_open(&shelf, store, "parameters");
    parameter[0] = by_link[0] = shelf_axis_count(&shelf, "draw", num_draws);
    parameter[1] = shelf_axis(&shelf, "parameter", store->text, text, NUM_PARAMS);
    by_link[1] = shelf_axis(&shelf, "link", store->text, link_text, NUM_LINKS);
    self->mean = shelf_array(&shelf, "mean", H5T_IEEE_F64LE, parameter, 2, NULL);
    store_describe(store, self->mean, "value before the factors act, mean of clinics",
                   "valeur avant l'effet des facteurs, moyenne des cliniques", NULL);
    self->lowest = shelf_array(&shelf, "lowest", H5T_IEEE_F64LE, parameter, 2, NULL);
    store_describe(store, self->lowest, "the same, lowest of clinics", "la même, minimum des cliniques", NULL);
    self->highest = shelf_array(&shelf, "highest", H5T_IEEE_F64LE, parameter, 2, NULL);
    store_describe(store, self->highest, "the same, highest of clinics", "la même, maximum des cliniques", NULL);
    self->strength = shelf_array(&shelf, "strength", H5T_IEEE_F64LE, by_link, 2, NULL);
    store_describe(store, self->strength, "what one rating point adds to the parameter, on its own scale",
                   "ce qu'un point de cote ajoute au paramètre, sur son échelle", NULL);
    write_parameter_words(&shelf, parameter[1]);
    shelf_close(&shelf);
}

static void write_factor_words(struct shelf *shelf, int axis)
{
    struct store *store = shelf->store;
    const char *text[NUM_FACTORS];
    for (int i = 0; i < NUM_FACTORS; i++)
        text[i] = category_name[factor_table[i].category];
    shelf_column(shelf, "category", axis, store->text, text, "category (Chaudoir et al. 2013)");
    for (int i = 0; i < NUM_FACTORS; i++)
        text[i] = level_name[factor_table[i].level];
    shelf_column(shelf, "level", axis, store->text, text, "level");
    COLUMN_OF(cfir, NUM_FACTORS, factor_table);
    shelf_column(shelf, "cfir_construct", axis, store->text, text, "CFIR construct (Damschroder 2009, 2022)");
    COLUMN_OF(words[0], NUM_FACTORS, factor_table);
    shelf_column(shelf, "words", axis, store->text, text, "meaning");
    COLUMN_OF(words[1], NUM_FACTORS, factor_table);
    shelf_column(shelf, "words_fr", axis, store->text, text, "meaning in French");
}

static void begin_ratings(struct setup *self, struct store *store, const struct scenario *scenario, int num_draws)
{
    static const float range[2] = { -2, 2 };
    struct shelf shelf;
    const char *text[NUM_FACTORS];
    int axes[3];
    COLUMN_OF(id, NUM_FACTORS, factor_table);
    shelf_open(&shelf, store, "ratings");
    axes[0] = shelf_axis_count(&shelf, "draw", num_draws);
    axes[1] = axis_of_clinics(&shelf, scenario);
    axes[2] = shelf_axis(&shelf, "factor", store->text, text, NUM_FACTORS);
    self->rating = shelf_array(&shelf, "rating", H5T_IEEE_F32LE, axes, 3, NULL);
    store_describe(store, self->rating, "rating: -2 strong barrier to +2 strong facilitator",
                   "cote : -2 forte barrière à +2 fort facilitateur", "1");
    store_attribute(store, self->rating, "valid_range", H5T_NATIVE_FLOAT, range, 2);
    write_factor_words(&shelf, axes[2]);
    shelf_close(&shelf);
}

void setup_begin(struct setup *self, struct store *store, const struct scenario *scenario, int num_draws,
                 const struct setting *setting)
{
    self->num_clinics = (size_t)scenario->num_clinics;
    write_arms(store, scenario, setting);
    write_clinics(store, scenario, setting);
    people_begin(&self->people, store, num_draws, setting);
    begin_parameters(self, store, num_draws);
    begin_ratings(self, store, scenario, num_draws);
}

static void take_parameters(struct setup *self, struct store *store, int draw, const struct setting *setting)
{
    double mean[NUM_PARAMS], lowest[NUM_PARAMS], highest[NUM_PARAMS];
    const hsize_t start[2] = { (hsize_t)draw, 0 }, count[2] = { 1, NUM_PARAMS };
    for (int p = 0; p < NUM_PARAMS; p++) {
        double first, above = 0;
        mean[p] = lowest[p] = highest[p] = NAN;
        if (setting == NULL)
            continue;
        first = lowest[p] = highest[p] = params_get(&setting->clinic[0].base, p);
        for (int i = 0; i < setting->num_clinics; i++) {
            double value = params_get(&setting->clinic[i].base, p);
            above += value - first; /* exact where all are equal */
            lowest[p] = value < lowest[p] ? value : lowest[p];
            highest[p] = value > highest[p] ? value : highest[p];
        }
        mean[p] = first + above / setting->num_clinics;
    }
    store_write(store, self->mean, 2, start, count, H5T_NATIVE_DOUBLE, mean);
    store_write(store, self->lowest, 2, start, count, H5T_NATIVE_DOUBLE, lowest);
    store_write(store, self->highest, 2, start, count, H5T_NATIVE_DOUBLE, highest);
}

static void take_ratings(struct setup *self, struct store *store, int draw, const struct setting *setting)
{
    size_t n = self->num_clinics;
    const hsize_t start[3] = { (hsize_t)draw, 0, 0 }, count[3] = { 1, n, NUM_FACTORS };
    float *rating = malloc(n * NUM_FACTORS * sizeof *rating);
    if (rating == NULL)
        store_fail_memory(store);
    for (size_t i = 0; rating != NULL && i < n; i++)
        for (size_t f = 0; f < NUM_FACTORS; f++)
            rating[i * NUM_FACTORS + f] = setting != NULL ? (float)setting->clinic[i].rating[f] : NAN;
    store_write(store, self->rating, 3, start, count, H5T_NATIVE_FLOAT, rating);
    free(rating);
}

void setup_take_draw(struct setup *self, struct store *store, int draw, const struct setting *setting)
{
    const hsize_t start[2] = { (hsize_t)draw, 0 }, count[2] = { 1, NUM_LINKS };
    double missing[NUM_LINKS];
    for (int i = 0; i < NUM_LINKS; i++)
        missing[i] = NAN;
    take_parameters(self, store, draw, setting);
    store_write(store, self->strength, 2, start, count, H5T_NATIVE_DOUBLE, setting != NULL ? setting->beta : missing);
    take_ratings(self, store, draw, setting);
    people_take_draw(&self->people, store, draw, setting);
}

void setup_end(struct setup *self, struct store *store)
{
    store_put_away(store, &self->mean);
    store_put_away(store, &self->lowest);
    store_put_away(store, &self->highest);
    store_put_away(store, &self->strength);
    store_put_away(store, &self->rating);
    people_end(&self->people, store);
}
