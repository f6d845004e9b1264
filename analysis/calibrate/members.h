/* The posterior as a small file: members that weigh the same, drawn from the weighted particles, for runs to draw from
 * (sim/scenario/ensemble.h). */
#ifndef MILIEU_MEMBERS_H
#define MILIEU_MEMBERS_H

#include "calibrate.h"

#define MEMBERS_COUNT 200
#define MEMBERS_FILE "ensemble.csv"

/* Particles by systematic resampling (a particle of weight W stands there floor or ceiling of W x count times), in an order
 * that luck chooses, so that any number of them from the start is a fair share; then one more in front: the particle
 * nearest to the weighted mean, each score measured in its SD. index: [count + 1]. */
void members_choose(const struct fit_file *fit, uint32_t seed, int count, int *index);

/* FOLDER/ensemble.csv: a row of paths, then the members. 0, MILIEU_ERR_OUTPUT or MILIEU_ERR_MEMORY. */
int members_write(const struct fit *fit, const struct calibration *calibration, const char *folder, struct error *err);

#endif
