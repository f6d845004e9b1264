/* A results file as tidy CSV tables: one file a group, a row for each observation, a column for each variable.
 *
 *   arms.csv clinics.csv outcomes.csv outcomes_all.csv series.csv quantiles.csv parameters.csv ratings.csv
 *   events.csv failures.csv scenario.cfg README.txt
 *
 * A missing value is an empty field. README.txt says what every column is and its unit. */
#ifndef MILIEU_EXPORT_H
#define MILIEU_EXPORT_H

#include <stdbool.h>

#include "../sim/model/error.h"
#include "../sim/results/results.h"

struct export_options {
    bool french; /* `;` between fields and decimal commas; README.txt in French */
    bool bom;    /* a UTF-8 byte-order mark first, so that a spreadsheet knows the encoding */
    /* Told of each file that is written, by its name in the folder. May be NULL. */
    void (*written)(void *context, const char *name);
    void *context;
};

/* Writes into `folder`, which is made when it is not there; tables of these names in it are replaced, each when its new
 * one is whole. Returns 0, MILIEU_ERR_OUTPUT, MILIEU_ERR_MEMORY, or what results_read_* return. */
int export_csv(struct results_file *file, const char *folder, const struct export_options *options, struct error *err);

#endif
