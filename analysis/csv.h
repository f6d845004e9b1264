/* One CSV table on its way to a file: fields are put one after the other, a row ends with csv_end_row. A failed write
 * is kept until csv_end; the file gets its name only when it is whole. */
#ifndef MILIEU_CSV_H
#define MILIEU_CSV_H

#include <stdbool.h>
#include <stdio.h>

#include "../sim/results/target.h"

struct csv_form {
    bool french;                                      /* `;` between fields, decimal commas */
    bool bom;                                         /* a UTF-8 byte-order mark first */
    const char *input;                                /* the file that must not be overwritten */
    void (*written)(void *context, const char *name); /* NULL, or told of each file when it has its name */
    void *context;
};

struct csv {
    struct target target;
    FILE *stream; /* for text that is no table */
    char separator;
    bool french;
    bool begun;       /* the row has a field */
    const char *name; /* borrowed, as the form is */
    const struct csv_form *form;
};

/* Makes the folder where there is none. 0 or MILIEU_ERR_OUTPUT. */
int csv_folder(const char *folder, struct error *err);

/* The file `name` in `folder` (both, and the form, borrowed to the end); csv_begin_text without a byte-order mark. Returns 0, MILIEU_ERR_OUTPUT or
 * MILIEU_ERR_MEMORY (and csv_end must not be called then). */
int csv_begin(struct csv *self, const char *folder, const char *name, const struct csv_form *form, struct error *err);
int csv_begin_text(struct csv *self, const char *folder, const char *name, const struct csv_form *form,
                   struct error *err);

/* Fields. A text is quoted where it must be (RFC 4180); a number has as many digits as it takes to read it back; NaN is
 * an empty field. csv_put_texts: up to NULL. */
void csv_put_text(struct csv *self, const char *text);
void csv_put_texts(struct csv *self, const char *const *text);
void csv_put_whole(struct csv *self, long long number);
void csv_put_double(struct csv *self, double value);
void csv_put_float(struct csv *self, float value);
void csv_end_row(struct csv *self);

/* `ret`: how the filling went, returned when it is not 0. Else gives the file its name: 0 or MILIEU_ERR_OUTPUT. */
int csv_end(struct csv *self, int ret, struct error *err);

#endif
