#include "points.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../scenario/keys.h"
#include "../scenario/reading.h"

static bool grow(struct points *self, struct reading *r)
{
    uint64_t capacity = self->capacity == 0 ? 64 : 2 * self->capacity;
    size_t bytes = capacity * (size_t)self->num_vary * sizeof *self->row;
    double *row = bytes > 0 ? realloc(self->row, bytes) : NULL;
    if (row == NULL) {
        r->no_memory = true;
        return false;
    }
    self->row = row;
    self->capacity = capacity;
    return true;
}

/* Room for one more row; NULL when memory ran out. */
static double *new_row(struct points *self, struct reading *r)
{
    if (self->num_rows == self->capacity && !grow(self, r))
        return NULL;
    return self->row + self->num_rows * (uint64_t)self->num_vary;
}

/* What a number of a list may be: where the study says what the thing takes, one of those. */
static bool is_allowed(const struct vary *v, double x)
{
    if (v->whole && x != floor(x))
        return false;
    if (v->kind == VARY_RANGE)
        return x >= v->low && x <= v->high;
    if (v->kind != VARY_VALUES)
        return true;
    for (int i = 0; i < v->num_values; i++)
        if (v->value != NULL && v->value[i] == x)
            return true;
    return false;
}

static const char *not_allowed(const struct reading *r, const struct vary *v)
{
    bool french = r->messages->lang == 1;
    if (v->kind == VARY_VALUES)
        return french ? "n'est pas de ses valeurs" : "is none of its values";
    if (v->whole && v->kind != VARY_RANGE)
        return french ? "n'est pas entier" : "is no whole number";
    return french ? "est hors de son intervalle" : "is outside its range";
}

/* ---- in the study file ---- */

static const char *point_name(struct reading *r, int number)
{
    const char *text = arena_print(r->arena, "points[%s %d]", r->messages->lang == 1 ? "numéro" : "number", number);
    return text != NULL ? text : "";
}

static void take_cell(struct points *self, struct reading *r, struct node *cell, int thing, int number, double *x)
{
    const struct vary *v = &self->vary[thing];
    char shown[VARY_NUMBER_SIZE];
    if (cell->kind == NODE_BAD)
        return;
    if (v->word != NULL && (cell->kind == NODE_TEXT || cell->kind == NODE_YESNO)) {
        const char *word = cell->kind == NODE_TEXT ? cell->is.text : cell->is.yesno ? "true" : "false";
        *x = vary_find_word(v, word, strlen(word));
        if (*x < 0)
            complain(r, cell, "%s: %s = \"%s\" is none of its values", "%s : %s = « %s » n'est pas de ses valeurs",
                     point_name(r, number), v->name, reading_show(r, word, strlen(word), 40));
    } else if (v->word != NULL || !node_is_number(cell)) {
        complain(r, cell, "%s: %s must be a %s", "%s : %s doit être un %s", point_name(r, number), v->name,
                 v->word == NULL          ? r->messages->lang == 1 ? "nombre" : "number"
                 : r->messages->lang == 1 ? "mot parmi ses valeurs"
                                          : "word among its values");
    } else {
        *x = node_number(cell);
        if (!is_allowed(v, *x))
            complain(r, cell, "%s: %s = %s %s", "%s : %s = %s %s", point_name(r, number), v->name,
                     vary_number(shown, *x), not_allowed(r, v));
    }
}

static void take_point(struct points *self, struct reading *r, struct node *point, int number)
{
    double *x = new_row(self, r);
    int thing = 0;
    if (x == NULL)
        return;
    memset(x, 0, (size_t)self->num_vary * sizeof *x);
    if (point->kind != NODE_LIST && self->num_vary == 1) {
        take_cell(self, r, point, 0, number, x);
    } else if (point->kind != NODE_LIST || point->count != self->num_vary) {
        if (point->kind != NODE_BAD)
            complain(r, point, "%s must be a list of %d values, one for each thing that varies",
                     "%s doit être une liste de %d valeurs, une par chose qui varie", point_name(r, number),
                     self->num_vary);
    } else {
        for (struct node *cell = point->first; cell != NULL; cell = cell->next, thing++)
            take_cell(self, r, cell, thing, number, &x[thing]);
    }
    self->num_rows++;
}

void points_of_list(struct points *self, struct reading *reading, struct node *list)
{
    int number = 0;
    if (list->kind != NODE_LIST)
        return;
    for (struct node *point = list->first; point != NULL && !reading->no_memory && !reading_is_full(reading);
         point = point->next)
        take_point(self, reading, point, ++number);
    if (number == 0)
        complain(reading, list, "points holds no point: write points = ( (0.1, -2), (0.2, 2) )",
                 "points ne contient aucun point : écrivez points = ( (0.1, -2), (0.2, 2) )");
}

/* ---- in a CSV file ---- */

struct csv {
    struct reading *reading;
    const struct source *source;
    const char *at, *end;
    int line, record_line; /* where we are; where the record began */
    char separator;
    char *cell; /* the last one, without its quotation marks */
    size_t capacity, length;
    bool record_ends; /* after the last cell */
    bool failed;
};

#define COMPLAIN(csv, ...) complain_at((csv)->reading, (csv)->source, (csv)->record_line, __VA_ARGS__)

static void add_byte(struct csv *csv, char byte)
{
    if (csv->length + 1 >= csv->capacity) {
        size_t capacity = 2 * csv->capacity + 256;
        char *cell = reading_memory(csv->reading, realloc(csv->cell, capacity));
        if (cell == NULL) {
            csv->failed = true;
            return;
        }
        csv->cell = cell;
        csv->capacity = capacity;
    }
    csv->cell[csv->length++] = byte;
    csv->cell[csv->length] = '\0';
}

static bool ends_line(const struct csv *csv)
{
    return csv->at == csv->end || *csv->at == '\n' ||
           (*csv->at == '\r' && (csv->at + 1 == csv->end || csv->at[1] == '\n'));
}

static void end_line(struct csv *csv)
{
    csv->at += csv->at < csv->end && *csv->at == '\r';
    csv->at += csv->at < csv->end && *csv->at == '\n';
    csv->line++;
}

/* What stands between quotation marks; a doubled one is one. */
static void read_quoted(struct csv *csv)
{
    for (csv->at++; csv->at < csv->end && !csv->failed; csv->at++) {
        csv->line += *csv->at == '\n';
        if (*csv->at == '"' && (csv->at + 1 == csv->end || csv->at[1] != '"')) {
            csv->at++;
            return;
        }
        csv->at += *csv->at == '"';
        add_byte(csv, *csv->at);
    }
    if (!csv->failed)
        COMPLAIN(csv, "the \" that begins here is never closed", "le \" ouvert ici n'est jamais fermé");
    csv->failed = true;
}

static void trim_end(struct csv *csv)
{
    while (csv->length > 0 && (csv->cell[csv->length - 1] == ' ' || csv->cell[csv->length - 1] == '\t'))
        csv->cell[--csv->length] = '\0';
}

static void skip_blanks(struct csv *csv)
{
    while (csv->at < csv->end && (*csv->at == ' ' || (*csv->at == '\t' && csv->separator != '\t')))
        csv->at++;
}

static void read_cell(struct csv *csv)
{
    csv->length = 0;
    if (csv->cell != NULL)
        csv->cell[0] = '\0';
    skip_blanks(csv);
    if (csv->at < csv->end && *csv->at == '"') {
        read_quoted(csv);
        skip_blanks(csv);
        if (!csv->failed && !ends_line(csv) && *csv->at != csv->separator) {
            COMPLAIN(csv, "after a closing \" comes %c or the end of the line",
                     "après un \" fermant vient %c ou la fin de la ligne", csv->separator);
            csv->failed = true;
        }
    } else {
        while (!ends_line(csv) && *csv->at != csv->separator && !csv->failed)
            add_byte(csv, *csv->at++);
        trim_end(csv);
    }
    csv->record_ends = csv->failed || ends_line(csv);
    if (!csv->record_ends)
        csv->at++;
    else if (!csv->failed)
        end_line(csv);
}

static void skip_empty_lines(struct csv *csv)
{
    while (csv->at < csv->end && ends_line(csv))
        end_line(csv);
    csv->record_line = csv->line;
    csv->record_ends = false;
}

static void guess_separator(struct csv *csv)
{
    size_t length = 0;
    while (csv->at + length < csv->end && csv->at[length] != '\n')
        length++;
    csv->separator = memchr(csv->at, ',', length) == NULL && memchr(csv->at, ';', length) != NULL ? ';' : ',';
}

/* ---- its header ---- */

static int find_thing(const struct points *self, const char *name)
{
    for (int i = 0; i < self->num_vary; i++)
        if (strcmp(self->vary[i].name, name) == 0)
            return i;
    return -1;
}

static const char *nearest_thing(const struct points *self, const char *name)
{
    const char *nearest = NULL;
    int least = 0;
    for (int i = 0; i < self->num_vary; i++) {
        int distance = key_distance(name, self->vary[i].name);
        if (key_is_near(name, distance) && (nearest == NULL || distance < least)) {
            nearest = self->vary[i].name;
            least = distance;
        }
    }
    return nearest;
}

static const char *cell_shown(const struct csv *csv)
{
    return reading_show(csv->reading, csv->length > 0 ? csv->cell : "", csv->length, 40);
}

/* Which thing each column holds, -1 none. `column_of` begins as -1 for each thing. */
static void read_header(struct points *self, struct csv *csv, int *thing_of, int *column_of)
{
    bool unknown = false; /* a name that is misspelt is not missing too */
    for (int column = 0; !csv->record_ends && !csv->failed; column++) {
        read_cell(csv);
        const char *name = csv->length > 0 ? csv->cell : "";
        int thing = csv->failed ? -1 : find_thing(self, name);
        if (csv->failed)
            return;
        unknown = unknown || thing < 0;
        if (thing < 0)
            COMPLAIN(csv, "the column '%s' is nothing that varies in the study%s",
                     "la colonne « %s » n'est rien de ce qui varie dans l'étude%s", cell_shown(csv),
                     reading_did_you_mean(csv->reading, nearest_thing(self, name)));
        else if (column_of[thing] >= 0)
            COMPLAIN(csv, "the column '%s' stands twice", "la colonne « %s » figure deux fois", cell_shown(csv));
        if (thing >= 0 && column_of[thing] < 0) {
            column_of[thing] = column;
            if (column < self->num_vary)
                thing_of[column] = thing;
        }
    }
    for (int i = 0; i < self->num_vary && !unknown; i++)
        if (column_of[i] < 0)
            COMPLAIN(csv, "the header names no column '%s': it must name everything that varies",
                     "l'en-tête ne nomme aucune colonne « %s » : il doit nommer tout ce qui varie", self->vary[i].name);
}

/* ---- its rows ---- */

/* A decimal comma where columns are divided by semicolons. */
static bool read_number(struct csv *csv, double *x)
{
    char *comma = csv->separator == ';' && csv->length > 0 ? strchr(csv->cell, ',') : NULL;
    char *end;
    if (comma != NULL)
        *comma = '.';
    if (csv->length == 0 || strspn(csv->cell, "+-.0123456789eE") != csv->length)
        return false;
    errno = 0;
    *x = strtod(csv->cell, &end);
    return *end == '\0' && end != csv->cell && isfinite(*x);
}

static void take_csv_cell(struct points *self, struct csv *csv, int thing, double *x)
{
    const struct vary *v = &self->vary[thing];
    if (v->word != NULL) {
        *x = vary_find_word(v, csv->length > 0 ? csv->cell : "", csv->length);
        if (*x < 0)
            COMPLAIN(csv, "%s = '%s' is none of its values", "%s = « %s » n'est pas de ses valeurs", v->name,
                     cell_shown(csv));
    } else if (!read_number(csv, x)) {
        COMPLAIN(csv, "%s = '%s' is not a number", "%s = « %s » n'est pas un nombre", v->name, cell_shown(csv));
    } else if (!is_allowed(v, *x)) {
        COMPLAIN(csv, "%s = %s %s", "%s = %s %s", v->name, cell_shown(csv), not_allowed(csv->reading, v));
    }
}

static void read_row(struct points *self, struct csv *csv, const int *thing_of)
{
    double *x = new_row(self, csv->reading);
    int column = 0;
    if (x == NULL)
        return;
    for (; !csv->record_ends && !csv->failed; column++) {
        read_cell(csv);
        if (column < self->num_vary && !csv->failed)
            take_csv_cell(self, csv, thing_of[column], &x[thing_of[column]]);
    }
    if (column != self->num_vary && !csv->failed)
        COMPLAIN(csv, "%d columns, where the header has %d", "%d colonnes, là où l'en-tête en a %d", column,
                 self->num_vary);
    self->num_rows++;
}

void points_of_csv(struct points *self, struct reading *reading, const struct source *source)
{
    struct csv csv = { .reading = reading, .source = source, .at = source->text, .line = 1 };
    int *columns = reading_memory(reading, malloc(2 * (size_t)self->num_vary * sizeof *columns));
    csv.end = source->text + source->length;
    if (columns == NULL)
        return;
    for (int i = 0; i < 2 * self->num_vary; i++)
        columns[i] = -1;
    if (source->length >= 3 && memcmp(csv.at, "\xEF\xBB\xBF", 3) == 0)
        csv.at += 3;
    skip_empty_lines(&csv);
    guess_separator(&csv);
    size_t errors = reading->messages->num_errors;
    if (csv.at < csv.end)
        read_header(self, &csv, columns, columns + self->num_vary);
    csv.failed = csv.failed || reading->messages->num_errors > errors;
    for (skip_empty_lines(&csv); csv.at < csv.end && !csv.failed && !reading->no_memory && !reading_is_full(reading);
         skip_empty_lines(&csv))
        read_row(self, &csv, columns);
    if (self->num_rows == 0 && !csv.failed)
        complain_at(reading, source, 0, "no points: a header that names what varies, then a row for each point",
                    "aucun point : un en-tête qui nomme ce qui varie, puis une ligne par point");
    free(csv.cell);
    free(columns);
}
