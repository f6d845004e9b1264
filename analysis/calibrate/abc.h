/* A population of particles that comes nearer and nearer to the targets: approximate Bayesian computation by population
 * Monte Carlo with adaptive tolerance and kernel, APMC (Lenormand, Jabot, Deffuant 2013, Comput. Stat. 28, 2777-2796).
 *
 *   generation 0   N places from the prior; the K nearest are kept, the tolerance is the farthest of them
 *   later ones     N - K places: one of the kept, by weight, and a normal step of twice their weighted covariance; of
 *                  old and new together the K nearest are kept
 *   end            when the tolerance is what was aimed at, when too few proposals get in, or after the last generation
 *
 * Weights (Beaumont, Cornuet, Marin, Robert 2009, Biometrika 96, 983-990):
 *
 *   w(z) = prior(z) / sum_j W_j N(z; z_j, 2 C)  x  (share of the mixture inside) / (share of the prior inside)
 *
 * `inside` is the region of place.h, where alone places are drawn. There, prior and mixture each lack a constant, one over
 * their share inside; it is the same for a whole generation, so each generation alone could do without it. But those kept
 * come from several, and without it they would not weigh the same beside each other: with a hundredth of the prior
 * inside, one survivor of generation 0 would outweigh a hundred later ones. Both shares are counted from the draws.
 *
 * How near is near? `tolerance_at` of a particle is the tolerance at which it gets in, for d its distance:
 *
 *   ABC_HARD     d                               inside a ball: the spread of the posterior is the tolerance's, not the
 *                                                targets'; aims at 0
 *   ABC_NORMAL   d / sqrt(-2 ln u)               u uniform, its own: at tolerance t it gets in with chance
 *                                                exp(-d^2 / (2 t^2)). At 1 this is the likelihood of targets with normal
 *                                                errors, and the posterior is exact (Wilkinson 2013, Stat. Appl. Genet.
 *                                                Mol. Biol. 12, 129-141); aims at 1, and stops there. While above, too wide.
 *
 * The variance of a value counts twice, in the denominator of d and in the value itself: the posterior is that of an error
 * sqrt(error^2 + 2 variance), for variances that differ little from place to place. Replications enough make it small.
 *
 * With ABC_HARD the error has to be in the values themselves, a run being one observation; where values are means over
 * many replications it makes a tolerance out of nothing, and the posterior narrower the longer it runs.
 *
 * Ties go by number, never by who came first: proposal i of a generation is a pure function of (seed, wave, i, the kept
 * particles), and abc_take wants a whole generation. */
#ifndef MILIEU_ABC_H
#define MILIEU_ABC_H

#include <stdbool.h>
#include <stdint.h>

#include "mixture.h"
#include "particles.h"
#include "place.h"

enum abc_error { ABC_HARD, ABC_NORMAL };

struct abc_plan {
    const struct targets *targets; /* borrowed, as is `cut` */
    struct cut cut;
    int dimensions;     /* d: 1 .. EMULATOR_MAX_DIMENSIONS */
    int particles;      /* N */
    int kept;           /* K: d + 2 .. N - 1; half of N is a good choice */
    int generations;    /* at most, generation 0 among them; >= 1 */
    double least_share; /* of proposals that get in, below which to stop: 0 .. 1 */
    enum abc_error error;
    uint32_t seed;
    int first_wave; /* of the calibration: the number of generation 0, whose luck is that wave's */
};

enum abc_end {
    ABC_GOES_ON,
    ABC_REACHED,    /* the tolerance it aims at */
    ABC_FEW_GET_IN, /* the last generation added little */
    ABC_LAST        /* no generation is left */
};

struct abc {
    struct abc_plan plan;
    int generation;              /* to be proposed next */
    int count;                   /* kept particles: K, or fewer when points failed, or up to N once it is reached */
    double tolerance;            /* infinity before generation 0 */
    double share;                /* of the last proposals, that got in: were below the tolerance before */
    double prior_inside, inside; /* shares of the prior, and of the last proposals' mixture */
    /* Of the kept particles, in the order of their making: */
    double *z;                /* [N][d] */
    double *distance;         /* [N] */
    double *tolerance_at;     /* [N] */
    double *ratio;            /* [N], prior over mixture */
    double *weight;           /* [N], sum 1 */
    double *value, *variance; /* [N][targets->count] */
    int *wave;                /* [N], of the calibration: where, and as which point, it was made */
    int *point;               /* [N] */
    /* The kernel, and room to work in: */
    double *step;                /* [d][d], L below the diagonal and on it: L L' is twice their weighted covariance */
    double *white;               /* [N][d], L^-1 z */
    struct weighted_item *order; /* [N] */
};

/* MILIEU_ERR_USAGE for a plan out of range, MILIEU_ERR_MEMORY. abc_free is safe after a failure, and twice. */
int abc_init(struct abc *self, const struct abc_plan *plan, struct error *err);
void abc_free(struct abc *self);

/* How many points the next generation has: N, then N - K (less where more than K are kept: 0 when all N are). */
int abc_proposals(const struct abc *self);

/* Point i of the next generation, into z, [d]. Returns how many draws it took to be inside, 0 when none of PLACE_TRIES
 * was: it need not be run, for it is never taken. Safe from any number of threads at once. */
int abc_propose(const struct abc *self, int i, double *z);

/* The values of the next generation, [abc_proposals][targets->count], and their variances. A point that failed has NaN,
 * and never gets in. MILIEU_ERR_RUN when fewer than d + 2 particles are left, or nothing of the prior is
 * inside: the population is then of no use. */
int abc_take(struct abc *self, const double *value, const double *variance, struct error *err);

enum abc_end abc_done(const struct abc *self);

/* What the next generation is drawn from, inside the region; none: the prior. Borrowed, until abc_take. */
struct mixture abc_mixture(const struct abc *self);

/* The kept ones, as they weigh. */
struct particles abc_particles(const struct abc *self);

#endif
