/* The file of a study as tidy tables: design.csv, responses.csv, failures.csv; series.csv and trajectories.csv where it keeps
 * them; and a README.txt in both languages. */
#ifndef MILIEU_EXPORT_STUDY_H
#define MILIEU_EXPORT_STUDY_H

#include "../sim/results/study_file.h"
#include "export.h"

/* The folder is made where there is none; files in it are replaced one by one, each when it is whole. MILIEU_ERR_OUTPUT,
 * MILIEU_ERR_RESULTS, MILIEU_ERR_MEMORY. */
int export_study_csv(struct study_file *file, const char *folder, const struct export_options *options,
                     struct error *err);

#endif
