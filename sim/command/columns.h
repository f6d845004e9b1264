/* A small table for people: a column of labels, then columns of figures under wrapped headings, 80 characters wide. */
#ifndef MILIEU_COLUMNS_H
#define MILIEU_COLUMNS_H

#include "terminal.h"

#define COLUMNS_MOST 6
#define CELL_LENGTH 96

struct columns {
    const struct terminal *terminal;
    size_t label_width, width[COLUMNS_MOST];
    int count;
    char heading[COLUMNS_MOST][CELL_LENGTH];
};

/* Columns of equal `width`; change them afterwards where they are not. All together at most 80. Fill `heading` before
 * columns_print_heading. */
void columns_init(struct columns *self, const struct terminal *terminal, size_t label_width, size_t width, int count);

/* The headings, wrapped inside their columns, right-aligned, their last lines level. */
void columns_print_heading(const struct columns *self);

/* One row, indented by `indent`; a label too long for its column stands on a line of its own. */
void columns_print_row(const struct columns *self, size_t indent, const char *label,
                       char cell[COLUMNS_MOST][CELL_LENGTH]);

#endif
