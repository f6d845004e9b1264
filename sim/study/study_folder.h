/* The folder of a study, made from the study itself. */
#ifndef MILIEU_STUDY_FOLDER_H
#define MILIEU_STUDY_FOLDER_H

#include <signal.h>

#include "folder.h"
#include "study.h"
#include "worker.h"

/* Names of the inputs in a folder. */
#define STUDY_FILE "study.cfg"
#define SCENARIO_FILE "scenario.cfg"
#define POINTS_FILE "points.csv"

/* What a folder for the study is made from; `sizes` are left to the caller. `program`: version and commit. Borrows from
 * `study` and from `parts`, which the caller frees. MILIEU_ERR_MEMORY. */
int study_folder_spec(const struct study *study, const char *program, struct study_parts *parts,
                      struct folder_spec *spec, struct error *err);

/* Opens the folder, made where there is none: then a few runs tell how work is best cut. `stop` may be NULL. Errors of
 * folder_create_or_open and pilot_measure. The caller frees `folder` in any case. */
int study_folder_open(const struct study *study, const char *path, const char *program,
                      const struct worker_clock *clock, const volatile sig_atomic_t *stop, struct folder *folder,
                      struct error *err);

#endif
