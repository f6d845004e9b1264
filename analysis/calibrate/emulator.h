/* What a study's values would be at places where nothing was run: history matching's emulator (Craig, Goldstein, Seheult,
 * Smith 1997; Andrianakis et al. 2015, PLoS Comput. Biol. 11, e1003968), of the plainest kind: one quadratic a target.
 *
 * A place is z, [dimensions]: normal scores of the parameters, so that the prior is N(0, I). The terms are the Hermite
 * polynomials of degree 1 and 2, z_k, (z_k^2 - 1) / sqrt 2 and z_k z_l: under the prior each has mean 0, variance 1 and
 * no correlation with another, and one ridge (ridge.h) fits all. sigma^2 of a fit holds both what a quadratic misses and
 * the chance in the values.
 *
 *   implausibility   max over fitted targets of |e|, e of distance.h with the prediction's variance, sigma^2 (1 + leverage)
 *
 * A place is allowed where it is at most 3: whatever the distribution, as long as it has one peak, fewer than 5 in 100
 * true places are forbidden by one target (Pukelsheim 1994, Am. Stat. 48, 88-91); of a normal one 3 in 1000. */
#ifndef MILIEU_EMULATOR_H
#define MILIEU_EMULATOR_H

#include <stdbool.h>

#include "distance.h"
#include "ridge.h"

enum { EMULATOR_MAX_DIMENSIONS = 40, EMULATOR_MAX_TERMS = EMULATOR_MAX_DIMENSIONS * (EMULATOR_MAX_DIMENSIONS + 3) / 2 };
#define EMULATOR_IMPLAUSIBLE 3.0

/* Of one target. */
struct emulator_target {
    int points; /* at which it has a value: the others are not in its fit. 0: too few, and it forbids nothing */
    int design; /* which of the emulator's */
    struct ridge_fit fit;
};

/* Borrows `targets`, which must outlive it. Reading is safe from any number of threads at once. */
struct emulator {
    const struct targets *targets;
    int dimensions, terms, num_designs;
    struct emulator_target *target; /* [targets->count] */
    struct ridge_design *design;    /* one for all targets that exist at the same points; room for targets->count */
};

/* Fits every target, held out or not, to `value`, [points][targets->count], at places `z`, [points][dimensions]. What is
 * NaN is left out; a target with fewer than 2 (dimensions + 1) values is not fitted. MILIEU_ERR_USAGE for dimensions out
 * of range, MILIEU_ERR_MEMORY, MILIEU_ERR_RUN of ridge_design_init. emulator_free is safe after a failure, and twice. */
int emulator_init(struct emulator *self, const struct targets *targets, int dimensions, int points, const double *z,
                  const double *value, struct error *err);
void emulator_free(struct emulator *self);

/* The terms at a place, [dimensions (dimensions + 3) / 2]. */
void emulator_terms(int dimensions, const double *z, double *term);

/* The value of a fitted target at a place, and the variance of one value there. NaN, infinity when it is not fitted. */
double emulator_predict(const struct emulator *self, int j, const double *z, double *variance);

double emulator_implausibility(const struct emulator *self, const double *z);

/* Is it at most EMULATOR_IMPLAUSIBLE? Sooner than asking for the number. */
bool emulator_allows(const struct emulator *self, const double *z);

#endif
