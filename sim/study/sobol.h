/* Sobol' points, scrambled, one at a time.
 *
 * Directions: S. Joe and F. Y. Kuo (2008), Constructing Sobol' sequences with better two-dimensional projections, SIAM
 * J. Sci. Comput. 30, 2635-2654, set new-joe-kuo-6. Scramble: nested uniform, A. B. Owen (1995), Randomly permuted
 * (t,m,s)-nets and (t,s)-sequences, and (1998), Scrambling Sobol' and Niederreiter-Xing points, J. Complexity 14,
 * 466-489, in all 32 digits. */
#ifndef MILIEU_SOBOL_H
#define MILIEU_SOBOL_H

#include <stdint.h>

#include "../model/error.h"

#define SOBOL_MAX_DIMENSIONS 1200
#define SOBOL_BITS 32

struct sobol {
    int dimensions;
    uint32_t (*direction)[SOBOL_BITS]; /* of each dimension, the leading one first */
};

/* 1 <= dimensions <= SOBOL_MAX_DIMENSIONS. MILIEU_ERR_MEMORY. sobol_free is safe after a failure, and twice. */
int sobol_init(struct sobol *self, int dimensions, struct error *err);
void sobol_free(struct sobol *self);

/* Coordinate `dimension` of point `i` < 2^32, times 2^32, not scrambled. Points are in the order of the Gray code, as
 * scipy.stats.qmc.Sobol(scramble=False) gives them: point 0 is the origin. The first 2^k points are the same set as in
 * the order of the plain index. */
uint32_t sobol_word(const struct sobol *self, uint32_t i, int dimension);

/* The scramble alone: each digit of `word` is turned or not by luck of (seed, dimension, the digits before it). */
uint32_t sobol_scramble(uint32_t word, uint32_t seed, int dimension);

/* The same coordinate scrambled, as the middle of its cell of 2^-32: in (0, 1). Pure function of (seed, i, dimension):
 * neither the number of points nor that of dimensions enters. */
double sobol_scrambled(const struct sobol *self, uint32_t seed, uint32_t i, int dimension);

#endif
