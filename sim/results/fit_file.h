/* The file of a fit: what a calibration learnt. HDF5 that is also valid netCDF-4.
 *
 *   /particles    weight, distance, wave, point (particle); z (particle, parameter), normal scores; theta, the values
 *   /parameters   path, prior_low, prior_median, prior_high and low, median, high of the posterior (parameter), 90 %;
 *                 mean_z, sd_z: of a parameter of which nothing was learnt 0 and 1; correlation (parameter, other)
 *   /targets      observed, error, is_pattern, held_out, mean, low, high, share_met, note (target);
 *                 value, variance (target, particle)
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
    bool is_pattern, held_out;
    double mean, low, high, share_met; /* over the posterior */
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
    double tolerance, effective_size;
    int generations;
    const char *end; /* why it ended */
};

/* MILIEU_ERR_OUTPUT, MILIEU_ERR_MEMORY: what stood at `path` is as it was. */
int fit_file_write(const struct fit_file *fit, const char *path, struct error *err);

#endif
