/* Studies as commands that work on them meet them: in a folder that keeps one; and the clocks of those that work. */
#ifndef MILIEU_STUDY_INPUT_H
#define MILIEU_STUDY_INPUT_H

#include "../study/folder.h"
#include "../study/study.h"
#include "../study/worker.h"
#include "command.h"
#include "inputs.h"

/* Version and commit: what a study's id holds of the program. */
const char *study_program(void);

/* The merged file: that of -o, else DIR/study.h5, in `path`. */
const char *study_merged_path(const struct call *call, const struct folder *folder, char *path, size_t size);

/* Tells what a merge or a look found wrong with a journal (English, French); "" nothing. */
void study_tell_damage(const struct terminal *t, const char damage[2][1024]);

/* A program of another version makes other bits, rightly: MILIEU_ERR_FOLDER where it did not make the folder. */
int study_check_program(const struct folder *folder, struct error *err);

extern const struct worker_clock study_clock;

/* Opens the folder and reads the study it keeps. The caller frees both in any case. */
int input_study_folder(const struct call *call, const char *path, struct folder *folder, struct study *study,
                       struct error *err);

/* Opens the folder, made where there is none: then a few runs tell how work is best cut. `stop` may be NULL. The caller
 * frees `folder` in any case. */
int input_make_folder(const struct study *study, const char *path, const volatile sig_atomic_t *stop,
                      struct folder *folder, struct error *err);

#endif
