/* The posterior from every point that was run. Generations of abc.h keep few of their particles; what they proposed, and
 * the waves of history matching before them, are all draws from known densities, so that each point can have the weight
 * it deserves (deterministic mixture: Owen and Zhou 2000, J. Am. Stat. Assoc. 95, 135-143; recycled after the last
 * generation, as in adaptive multiple importance sampling: Cornuet, Marin, Mira, Robert 2012, Scand. J. Stat. 39, 798-812):
 *
 *   w(z) = prior(z) exp(-d^2 / 2) / sum_g (n_g / N) q_g(z)
 *
 * d the distance of distance.h: tolerance 1, the likelihood of targets with normal errors, however far the generations
 * came. n_g of the N points were drawn from q_g: the prior inside the region of place.h, or a generation's mixture
 * inside it. What the tolerance decides is only where points lie, and so how many of them count: `particles_size`. */
#ifndef MILIEU_POSTERIOR_H
#define MILIEU_POSTERIOR_H

#include "abc.h"

struct posterior_part { /* points drawn from one mixture */
    int points;
    struct mixture mixture; /* owned copies */
    double inside;          /* of the mixture, over that of the prior */
};

struct posterior {
    struct cut cut;                /* none until posterior_cut */
    const struct targets *targets; /* borrowed, as is `cut` */
    int dimensions, count;
    int from_prior; /* how many of the points */
    int num_parts;
    struct posterior_part *part;
    /* Of the points, in the order of their making: */
    double *z;                 /* [count][dimensions] */
    double *value, *variance;  /* [count][targets->count] */
    double *distance, *weight; /* infinite, and 0, where a value that is fitted is missing */
    int *wave, *point;
    struct weighted_item *order; /* room to work in */
};

/* A wave's points, and what came of them. */
struct posterior_wave {
    int wave, points;
    const double *z, *value, *variance; /* [points][...] */
};

void posterior_init(struct posterior *self, const struct targets *targets, int dimensions);
void posterior_free(struct posterior *self);

/* Points of the prior. 0 or MILIEU_ERR_MEMORY, as the next. */
int posterior_add_prior(struct posterior *self, const struct posterior_wave *wave, struct error *err);

/* The region, once it is known, before any generation: points outside go. */
void posterior_cut(struct posterior *self, const struct cut *cut);

/* Points of the generation that `abc` proposes next; to be told before abc_take. */
int posterior_add(struct posterior *self, const struct abc *abc, const struct posterior_wave *wave, struct error *err);

/* And, after it, the shares inside, of what was last added. */
void posterior_tell(struct posterior *self, const struct abc *abc);

/* Values with less chance in them, of a target whose values have some: each point's own and what a quadratic through all of
 * them says there (emulator.h), each weighted by how sure it is. The quadratic's variance is that of its prediction and,
 * beyond it, what of its misses chance does not account for: where a quadratic will not do, points keep their own.
 *
 *   tau^2      max(0, sigma^2 - mean variance)         what the quadratic misses
 *   smoothed   own + (predicted - own) v / (v + p)     p = tau^2 + sigma^2 leverage, v the own variance
 *   variance   v p / (v + p)
 *
 * MILIEU_ERR_MEMORY, MILIEU_ERR_RUN of emulator_init. Before posterior_weigh, once. */
int posterior_smooth(struct posterior *self, struct error *err);

/* Weights, sum 1. MILIEU_ERR_RUN when no point has any. */
int posterior_weigh(struct posterior *self, struct error *err);

/* All of them, as they weigh. */
struct particles posterior_particles(const struct posterior *self);

#endif
