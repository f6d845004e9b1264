#include <stdlib.h>
#include <string.h>

#include "study_parts.h"

/* ---- a table ---- */

static struct study_table *begin_table(struct study_file_inside *self)
{
    self->table = calloc(1, sizeof *self->table);
    if (self->table == NULL)
        store_fail_memory(&self->main);
    for (size_t i = 0; self->table != NULL && i < sizeof self->table->column / sizeof self->table->column[0]; i++)
        self->table->column[i] = H5I_INVALID_HID;
    return self->table;
}

static hid_t begin_column(struct shelf *shelf, int axis, const char *name, hid_t type, const char *words,
                          const char *unit)
{
    hid_t array = shelf_array(shelf, name, type, &axis, 1, NULL);
    store_describe(shelf->store, array, words, NULL, unit);
    return array;
}

static void write_column(struct study_file_inside *self, int column, hid_t type, const void *values)
{
    const hsize_t start = (hsize_t)self->table->written, count = (hsize_t)self->table->rows;
    store_write(&self->main, self->table->column[column], 1, &start, &count, type, values);
}

/* Rows held back are written: `texts` of them, numbers, values. */
static void write_rows(struct study_file_inside *self, int numbers, int values, int texts)
{
    struct study_table *t = self->table;
    int column = 0;
    if (t == NULL || t->rows == 0)
        return;
    for (int i = 0; i < numbers; i++)
        write_column(self, column++, H5T_NATIVE_INT64, t->number[i]);
    for (int i = 0; i < values; i++)
        write_column(self, column++, H5T_NATIVE_DOUBLE, t->value[i]);
    for (int i = 0; i < texts; i++)
        write_column(self, column++, self->main.text, t->text);
    for (int i = 0; i < t->rows; i++) {
        free(t->text[i]);
        t->text[i] = NULL;
    }
    t->written += t->rows;
    t->rows = 0;
}

void study_free_table(struct study_file_inside *self)
{
    struct study_table *t = self->table;
    for (size_t i = 0; t != NULL && i < sizeof t->column / sizeof t->column[0]; i++)
        store_put_away(&self->main, &t->column[i]);
    for (int i = 0; t != NULL && i < STUDY_ROWS; i++)
        free(t->text[i]);
    free(t);
    self->table = NULL;
}

/* ---- failures ---- */

void study_begin_failures(struct study_file_inside *self)
{
    struct study_table *t = begin_table(self);
    struct shelf shelf;
    int axis;
    if (t == NULL)
        return;
    shelf_open(&shelf, &self->main, "failures");
    axis = shelf_axis(&shelf, "failure", H5T_NATIVE_INT32, NULL, (hsize_t)self->plan->num_failures);
    t->column[0] = begin_column(&shelf, axis, "point", H5T_STD_I64LE, "point", NULL);
    t->column[1] = begin_column(&shelf, axis, "replication", H5T_STD_I32LE, "replication", NULL);
    t->column[2] =
        begin_column(&shelf, axis, "week", H5T_STD_I32LE, "week in which it failed; -1: before week 0", NULL);
    t->column[3] = begin_column(&shelf, axis, "message", self->main.text, "what went wrong", NULL);
    shelf_close(&shelf);
}

void study_writer_take_failure(struct study_writer *self, const struct study_failure *failure)
{
    struct study_file_inside *inside = self->inside;
    struct study_table *t = inside->table;
    if (t == NULL || inside->main.failed || t->written + t->rows >= inside->plan->num_failures)
        return;
    t->number[0][t->rows] = failure->point;
    t->number[1][t->rows] = failure->replication;
    t->number[2][t->rows] = failure->week;
    if ((t->text[t->rows] = malloc(strlen(failure->message) + 1)) == NULL) {
        store_fail_memory(&inside->main);
        return;
    }
    strcpy(t->text[t->rows++], failure->message);
    if (t->rows == STUDY_ROWS)
        write_rows(inside, 3, 0, 1);
}

static void end_failures(struct study_file_inside *self)
{
    write_rows(self, 3, 0, 1);
    if (self->table != NULL && self->table->written != self->plan->num_failures)
        store_fail(&self->main, "failed runs are missing", "des simulations en échec manquent");
    study_free_table(self);
}

/* ---- contrasts ---- */

static void write_rule(struct study_file_inside *self, hid_t group, const struct study_file_rule *rule)
{
    struct store *store = &self->main;
    store_attribute_text(store, group, "response", rule->response);
    store_attribute_text(store, group, "arm", rule->arm[0]);
    store_attribute_text(store, group, "minus_arm", rule->arm[1]);
    store_attribute_text(store, group, "clinic", rule->clinic);
    store_attribute(store, group, "half_width", H5T_NATIVE_DOUBLE, &rule->half_width, 1);
    store_attribute(store, group, "level", H5T_NATIVE_DOUBLE, &rule->level, 1);
}

static void begin_contrasts(struct study_file_inside *self)
{
    const struct study_file_rule *rule = self->plan->rule;
    struct study_table *t = begin_table(self);
    struct shelf shelf;
    int axis;
    if (t == NULL)
        return;
    shelf_open(&shelf, &self->main, "contrast");
    axis = shelf_axis_range(&shelf, "point", 0, self->plan->points);
    if (!self->main.failed)
        write_rule(self, shelf.group, rule);
    t->column[0] = begin_column(&shelf, axis, "replications", H5T_STD_I32LE, "replications that count", "1");
    t->column[1] = begin_column(&shelf, axis, "look", H5T_STD_I32LE, "look at which it ended; -1: it has not", "1");
    t->column[2] = begin_column(&shelf, axis, "reached", H5T_STD_U8LE, "1: its half-width is what was asked for", "1");
    t->column[3] = begin_column(&shelf, axis, "mean", H5T_IEEE_F64LE, "mean of the contrast", rule->unit);
    t->column[4] = begin_column(&shelf, axis, "half_width", H5T_IEEE_F64LE,
                                "half-width of its confidence interval, looks allowed for", rule->unit);
    shelf_close(&shelf);
}

void study_writer_take_contrast(struct study_writer *self, int64_t point, const struct study_contrast *contrast)
{
    struct study_file_inside *inside = self->inside;
    struct study_table *t;
    if (!inside->comparing) {
        end_failures(inside);
        begin_contrasts(inside);
        inside->comparing = true;
    }
    t = inside->table;
    if (t == NULL || inside->main.failed || point != t->written + t->rows)
        return;
    t->number[0][t->rows] = contrast->replications;
    t->number[1][t->rows] = contrast->look;
    t->number[2][t->rows] = contrast->reached;
    t->value[0][t->rows] = contrast->mean;
    t->value[1][t->rows++] = contrast->half_width;
    if (t->rows == STUDY_ROWS)
        write_rows(inside, 3, 2, 0);
}

void study_end_tables(struct study_file_inside *self)
{
    if (!self->comparing) {
        end_failures(self);
        if (self->plan->rule != NULL)
            store_fail(&self->main, "contrasts are missing", "des contrastes manquent");
        return;
    }
    write_rows(self, 3, 2, 0);
    if (self->table != NULL && self->table->written != self->plan->points)
        store_fail(&self->main, "contrasts are missing", "des contrastes manquent");
    study_free_table(self);
}
