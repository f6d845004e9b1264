/* A calibration: which parameters are to be fitted, to which targets, on which trials (scenarios); read from a file, checked.
 *
 *   calibration_read    file -> calibration, with every complaint at once
 *
 * A calibration that was read is never written again. Its language: format = "milieu-calibration/1", keys in keys.def. */
#ifndef MILIEU_CALIBRATION_H
#define MILIEU_CALIBRATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../sim/study/condition.h"
#include "../../sim/study/study.h"

struct calibration_trial {
    const char *id;
    const char *arm; /* id of the arm that is run */
    int replications;
    bool clinics;       /* some target looks at a clinic by itself */
    struct study probe; /* the scenario with the changes asked for, and its priors: method sobol, two points */
};

struct calibration_target {
    const char *id;
    int trial;
    bool is_pattern;          /* the share of runs in which `pattern` holds, to be at least `observed` */
    struct condition pattern; /* of the outcomes of a run: calibration_name */
    int outcome, place;       /* of a number: its mean over runs; place num_clinics: all together */
    double observed, error;   /* a pattern's error: what a share below is measured in */
    bool held_out;
    const char *note;
};

/* Another set of targets, to be looked at by weights (checks.h). */
struct calibration_check {
    const char *id;
    const char *title[2]; /* NULL: none given */
    double *weight;       /* [num_targets]: the target's error is divided by its root; 0: not fitted */
    int num_predictions;
    struct calibration_prediction {
        int target;
        double observed; /* 1: the pattern held */
    } * prediction;
};

struct calibration {
    const char *id; /* "" when it has none */
    const char *title[2];
    int num_trials, num_targets, num_fits;
    struct calibration_trial *trial;
    struct calibration_target *target;
    int num_checks; /* the first two are `prior`, which fits nothing, and `fitted`, the calibration itself */
    struct calibration_check *check;
    int num_show, *show;                 /* targets told of side by side under every check */
    int particles, history, generations; /* points of a wave; waves of history matching; generations at most */
    int bank;                            /* points of wave 0 */
    double keep;                         /* share of the particles that a generation keeps */
    double stop_share;                   /* of proposals that get in, below which it stops */
    uint32_t seed;
    char *text; /* the file, verbatim */
    size_t text_length;
    struct arena *keep_memory; /* what the pointers above point to */
};

/* Complaints go to `messages`. 0, or MILIEU_ERR_SCENARIO (65), MILIEU_ERR_INPUT (66) when `path` itself cannot be read,
 * MILIEU_ERR_MEMORY. Scenarios are looked for beside the file, then among the shipped ones. Freed by calibration_free,
 * after a failure too, and twice. */
int calibration_read(struct calibration *self, const char *path, struct messages *messages, struct error *err);
void calibration_free(struct calibration *self);

/* Names in patterns: "clinic-a.start_up_week", "all.reach": outcome `i % NUM_OUTCOMES` of place `i / NUM_OUTCOMES`. */
int calibration_num_names(const struct calibration_trial *trial);

/* The value of fitted parameter `fit` whose normal score is z: the prior's quantile at Phi(z). */
double calibration_value(const struct calibration *self, int fit, double z);

/* Its name in tables. */
const char *calibration_fit_name(const struct calibration *self, int fit);

#endif
