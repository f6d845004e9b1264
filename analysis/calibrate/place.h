/* Places drawn from the prior, and the region where they are allowed.
 *
 * The prior of z is N(0, I). The region is where no emulator of an earlier wave forbids the place, and no |z_k| is above
 * PLACE_FARTHEST (2 in 10^9 are, and the quantile of a distribution without an end would be infinite soon after).
 *
 * Luck is a pure function of (seed, wave, number of the point, try): any process draws any point and gets the same. */
#ifndef MILIEU_PLACE_H
#define MILIEU_PLACE_H

#include "../../sim/model/random.h"
#include "emulator.h"

#define PLACE_FARTHEST 6.0

enum {
    PLACE_TRIES = 20000 /* at most, for one point: with 1 place in 1000 allowed, 2 points in 10^9 find none */
};

/* What luck of a calibration is for: the block of STREAM_CALIBRATE. */
enum place_use {
    PLACE_PRIOR,  /* entity (point, try), week: which four dimensions */
    PLACE_PARENT, /* entity (point, try) */
    PLACE_STEP,   /* as PLACE_PRIOR: the step from the parent */
    PLACE_ERROR   /* entity (point, 0): how far a particle may be off */
};

/* The emulators of all earlier waves; count 0: the whole prior. Borrowed. */
struct cut {
    const struct emulator *emulator;
    int count;
};

/* Whose luck. */
struct place_luck {
    uint32_t seed;
    int wave;  /* of the whole calibration: no two populations share one */
    int point; /* 0 .. */
};

bool place_allowed(const struct cut *cut, const double *z, int dimensions);

/* A point of the prior inside the region, into z, [dimensions]: drawn again until it is. Returns how many draws it took,
 * 0 when PLACE_TRIES were not enough (z is then the last). The share of the prior inside is points found / draws. */
int place_prior(const struct cut *cut, struct place_luck luck, int dimensions, double *z);

/* A uniform of (0, 1); independent standard normals, [dimensions]. */
double place_uniform(struct place_luck luck, enum place_use use, int attempt);
void place_normals(struct place_luck luck, enum place_use use, int attempt, int dimensions, double *z);

#endif
