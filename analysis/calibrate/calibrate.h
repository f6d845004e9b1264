/* A calibration from beginning to end: waves of history matching that cut the space, then generations of ABC (abc.h) until
 * the posterior no longer comes nearer; then every point of all waves is weighted (bank.h), and weighted again for
 * other targets (checks.h). Each wave's points are a pure function of the waves before, its runs those of
 * studies in the calibration's folder: the same bytes on any number of threads and processes, and after any kill. */
#ifndef MILIEU_CALIBRATE_H
#define MILIEU_CALIBRATE_H

#include "../../sim/results/fit_file.h"
#include "abc.h"
#include "bank.h"
#include "checks.h"
#include "wave.h"

/* What is told after each wave. */
struct calibrate_step {
    int wave;
    bool history;
    int points;
    double inside;          /* share of the prior that no emulator forbids, so far */
    double tolerance, size; /* ABC: in standard errors; effective particles */
    double share;           /* of its proposals, that got in */
};

struct calibrate_options {
    struct wave_options wave;
    void (*step)(void *context, const struct calibrate_step *step); /* may be NULL */
    void *step_context;
};

/* What came out. All of it belongs to the struct: calibrate_free, safe after a failure, and twice. */
struct fit {
    struct fit_file file; /* ready to be written; borrows from the calibration too */
    struct abc abc;
    enum abc_end end;
    struct fit_parameter *parameter;
    struct fit_target *target;
    double *theta, *correlation;
    struct bank bank;
    struct checks checks;
    struct fit_prediction *prediction;
    struct fit_profile profile[FIT_PROFILES];
};

/* Errors of wave_run and abc_take. */
int calibrate_run(struct fit *self, const struct calibration *calibration, const struct calibrate_options *options,
                  struct error *err);
void calibrate_free(struct fit *self);

#endif
