/* The file of a fit: what a calibration learnt. HDF5 that is also valid netCDF-4.
 *
 *   /particles    weight, distance, wave, point (particle); z (particle, parameter), normal scores; theta, the values
 *   /parameters   path, prior_low, prior_median, prior_high and low, median, high of the posterior (parameter), 90 %;
 *                 mean_z, sd_z: of a parameter of which nothing was learnt 0 and 1; correlation (parameter, other)
 *   /targets      observed, error, is_pattern, held_out, mean, low, high, share_met, note (target);
 *                 value, variance (target, particle)
 *   /checks       of other sets of targets, by weights (analysis/calibrate/checks.h): title, title_fr, effective_size, is_thin,
 *                 log_evidence, against_fitted and its se, misfit, worst, worst_deviation (check); weight, mean, low, high, se,
 *                 share_met, deviation (check, target)
 *   /predictions  of what a check did not fit: check, target, observed, share, se, brier, prior_share, prior_brier
 *   /profile      of the parameters least identified: from, to, mean, se, most, points (parameter, tenth)
 *   /calibration  the text of the calibration, verbatim
 *
 * Nothing in it depends on when, where or by how many processes it was made. `complete` is written last. */
#ifndef MILIEU_FIT_FILE_H
#define MILIEU_FIT_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "../model/error.h"

#define FIT_FILE_SCHEMA "milieu-calibration/1-results"

struct fit_parameter {
    const char *name, *path;
    double prior[3], posterior[3]; /* 5th, 50th, 95th percentile */
    double mean_z, sd_z;
};

struct fit_target {
    const char *id, *note;
    double observed, error;
    double range_high; /* of a range that begins at `observed`; NaN: it is none */
    bool is_pattern, held_out;
    double mean, low, high, share_met; /* over the posterior */
};

/* Of one target, under one check. */
struct fit_check_target {
    double mean, low, high, se; /* weighted mean, its 90 % range; Monte-Carlo standard error of the mean */
    double share_met;
    double deviation; /* root mean square, in the check's errors; NaN: not fitted by it */
};

struct fit_check {
    const char *id, *title[2]; /* titles may be NULL */
    const double *weight;      /* [targets], of a target's error; 0: not fitted */
    double effective_size;
    bool is_thin; /* too thin to be read */
    double log_evidence, against_fitted, against_fitted_se;
    double misfit; /* mean square of the fitted targets' deviations */
    int worst;     /* the target of the largest; -1: nothing is fitted */
    double worst_deviation;
    struct fit_check_target *target; /* [targets] */
};

struct fit_prediction {
    int check, target;
    double observed; /* 1: it happened */
    double share, se, brier, prior_share, prior_brier;
};

enum { FIT_TENTHS = 10, FIT_PROFILES = 2 };

/* Likelihood along one parameter, in tenths of its prior. */
struct fit_profile {
    int parameter;
    double edge[FIT_TENTHS + 1];
    double mean[FIT_TENTHS], se[FIT_TENTHS]; /* over the mean of all; Monte-Carlo standard error */
    double most[FIT_TENTHS];                 /* over the largest of all */
    int points[FIT_TENTHS];
};

/* What to write; all of it borrowed. */
struct fit_file {
    const char *id, *title, *text, *source; /* of the calibration; the program */
    int64_t particles, parameters, targets;
    const double *weight, *distance;
    const int *wave, *point;
    const double *z, *theta;        /* [particles][parameters] */
    const double *value, *variance; /* [particles][targets] */
    const struct fit_parameter *parameter;
    const struct fit_target *target;
    const double *correlation; /* [parameters][parameters] */
    int64_t bank;              /* points that the checks weigh */
    int64_t checks, predictions, profiles;
    const struct fit_check *check;
    const struct fit_prediction *prediction;
    const struct fit_profile *profile;
    double tolerance, effective_size;
    int generations;
    const char *end; /* why it ended */
};

/* MILIEU_ERR_OUTPUT, MILIEU_ERR_MEMORY: what stood at `path` is as it was. */
int fit_file_write(const struct fit_file *fit, const char *path, struct error *err);

#endif
