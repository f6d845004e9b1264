/* `milieu study ...`: what each of its words does, on an open folder. */
#ifndef MILIEU_STUDY_COMMAND_H
#define MILIEU_STUDY_COMMAND_H

#include "study_input.h"

int study_status(const struct call *call, const struct folder *folder, const struct study *study, struct error *err);
int study_merge_folder(const struct call *call, const struct folder *folder, const struct study *study,
                       struct error *err);
int study_verify_folder(const struct call *call, const struct folder *folder, const struct study *study,
                        struct error *err);
int study_run_again(const struct call *call, const struct folder *folder, const struct study *study, struct error *err);
int study_export(const struct call *call, const struct folder *folder, const struct study *study, struct error *err);

/* Takes a study, not a folder: makes the folder, and hands it to Slurm. */
int study_submit(struct call *call, struct error *err);

#endif
