/* What the methods of sampler.h share: luck of designs, and each method's part. Not for others. */
#ifndef MILIEU_SAMPLING_H
#define MILIEU_SAMPLING_H

#include "../model/random.h"
#include "sampler.h"

/* What luck of a design is for: the block of STREAM_DESIGN. */
enum sampling_use {
    SAMPLING_SCRAMBLE, /* Sobol': entity (digits before, dimension), week: how many digits before */
    SAMPLING_SHUFFLE,  /* Latin hypercube: entity (place, dimension) */
    SAMPLING_PLACE,    /* Latin hypercube: inside the stratum, entity (point, dimension) */
    SAMPLING_EXCHANGE, /* maximin: entity (attempt, 0) */
    SAMPLING_BASE,     /* Morris: level and direction, entity (trajectory, dimension) */
    SAMPLING_ORDER,    /* Morris: which dimension moves when, entity (trajectory, dimension) */
    SAMPLING_SEED      /* of a point with luck of its own: entity (point, 0) */
};

static inline struct words sampling_words(uint32_t seed, enum sampling_use use, uint64_t which, int dimension, int week)
{
    uint64_t entity = (uint64_t)(uint32_t)dimension << 32 | (uint32_t)which;
    return random_words((struct luck){ seed, 0 }, entity, week, STREAM_DESIGN, (uint32_t)use);
}

/* One of 0 .. count-1; each has its share to within 2^-32. */
static inline uint32_t sampling_below(uint32_t word, uint32_t count)
{
    return (uint32_t)((uint64_t)word * count >> 32);
}

/* Strata of a Latin hypercube, n x d (McKay, Beckman, Conover 1979, Technometrics 21, 239-245): each column a
 * permutation, every permutation as likely as another. The caller frees; NULL: out of memory. */
uint32_t *lhs_strata(const struct sample_plan *plan);

/* Moves points apart by exchanging two numbers of a column, which leaves it a permutation: an exchange stays when it
 * lowers phi_p (Morris and Mitchell 1995, J. Statist. Plann. Inference 43, 381-402), p = 50, of the distances between
 * the middles of strata. The number of attempts depends on n and d alone. */
void lhs_spread(const struct sample_plan *plan, uint32_t *stratum);

/* Point i: a uniform place inside its strata; with maximin their middle, whose distances were looked at. */
void lhs_point(const struct sample_plan *plan, const uint32_t *stratum, uint64_t i, double *u);

/* Point i = trajectory (d + 1) + step (Morris 1991, Technometrics 33, 161-174, section 3): a start on the grid of
 * `levels`, then each dimension once, in an order by luck, up or down by half the levels = p / (2 (p - 1)). A trajectory
 * is a pure function of (seed, its number, d, levels). */
void morris_point(const struct sample_plan *plan, uint64_t i, double *u);

/* Points of one base point, and the i-th: base point b = i / stride, block j = i % stride (Saltelli et al. 2010, Comput.
 * Phys. Commun. 181, 259-270). Of a scrambled Sobol' point in 2 d dimensions the first half is A, the second B.
 *
 *   j = 0                      A
 *   j = 1 .. d                 AB_j: A with coordinate j of B (counted from 1)
 *   j = d + 1 .. 2 d           BA_(j-d): B with coordinate j - d of A        only with second_order (Saltelli 2002)
 *   j = stride - 1             B */
uint64_t saltelli_stride(const struct sample_plan *plan);
void saltelli_point(const struct sample_plan *plan, const struct sobol *sobol, uint64_t i, double *u);

#endif
