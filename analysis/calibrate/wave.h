/* A wave of a calibration: many points, every trial run at each, every target's value there. A study of method list for each
 * trial, in FOLDER/wave-WW/TRIAL: its runs go on where they were, in any number of processes (sim/study). */
#ifndef MILIEU_WAVE_H
#define MILIEU_WAVE_H

#include <signal.h>

#include "../../sim/study/worker.h"
#include "calibration.h"

struct wave_options {
    const char *folder;  /* of the calibration; it is there */
    const char *program; /* version and commit */
    int threads;
    struct worker_clock clock;
    const volatile sig_atomic_t *stop;                                                             /* may be NULL */
    void (*progress)(void *context, int wave, const char *trial, int64_t runs_done, int64_t runs); /* may be NULL */
    void *progress_context;
};

/* z: [num_points][num_fits], normal scores. Fills value and variance, [num_points][num_targets]: a number's mean over runs
 * and the variance of that mean; a pattern's share, and its variance (of the share with one run more of either kind, so
 * that 0 and 1 have some). NaN where more than half of a point's runs failed or have no such value. Errors of study_folder_open,
 * worker_run (MILIEU_ERR_INTERRUPTED: the same call goes on later) and harvest_scan. */
int wave_run(const struct calibration *calibration, int wave, int num_points, const double *z,
             const struct wave_options *options, double *value, double *variance, struct error *err);

#endif
