/* Every point of a calibration, so weighted that together they stand for the whole prior, and for the posterior: of the
 * targets that are fitted, and by weights alone of any others (checks.h). Generations of abc.h keep few of their
 * particles; here none is lost.
 *
 * Points come from several waves: wave 0 from the whole prior, each later wave of history matching and generation 0 of ABC
 * from where no emulator before it forbids the place, later generations from their mixtures there. All together they are
 * draws of one mixture (the balance heuristic: Owen and Zhou 2000, J. Am. Stat. Assoc. 95, 135-143; recycled at the end as
 * in adaptive multiple importance sampling: Cornuet, Marin, Mira, Robert 2012, Scand. J. Stat. 39, 798-812), and weigh
 *
 *   prior / mixture (z) = N / sum_w n_w q_w(z) / prior(z)        q_w / prior = [z is allowed in wave w] / inside_w, or
 *                                                                [it is allowed] (mixture_w / prior) / inside_w
 *   posterior (z)       ~ prior / mixture x exp(-d^2 / 2)        d the distance of distance.h: tolerance 1
 *
 * with n_w points of wave w, of whose density the share inside_w is allowed. Where targets put the posterior, the later
 * waves have hundreds of points; where they forbid a place, wave 0 alone speaks. A prior weight is at most N / n_0. How
 * far the generations came decides only how many points count: particles_size. */
#ifndef MILIEU_BANK_H
#define MILIEU_BANK_H

#include "mixture.h"
#include "particles.h"
#include "place.h"

enum { BANK_MOST_WAVES = 128 };

struct bank {
    int count, room, dimensions, waves;
    const struct targets *targets; /* borrowed */
    /* Of the points, in the order of their making: */
    double *z;                               /* [room][dimensions] */
    double *value, *variance;                /* [room][targets->count] */
    double *weight;                          /* prior over mixture */
    double *distance, *posterior;            /* a weight of sum 1; infinite, and 0, where a fitted value is missing */
    int *wave, *point;                       /* where it was made */
    double found[BANK_MOST_WAVES];           /* points of each wave */
    double inside[BANK_MOST_WAVES];          /* share of its density that is allowed */
    struct mixture mixture[BANK_MOST_WAVES]; /* owned; count 0: the prior */
    struct weighted_item *order;             /* room to work in */
};

/* Room for so many points. MILIEU_ERR_MEMORY; bank_free is safe after a failure, and twice. */
int bank_init(struct bank *self, int room, int dimensions, const struct targets *targets, struct error *err);
void bank_free(struct bank *self);

/* The points of the next wave: `draws[i]` is what place_prior or abc_propose returned for the i-th (0: it was not found,
 * and is left out); `from`: the mixture they were drawn from, copied; NULL, or none in it: the prior. MILIEU_ERR_MEMORY. */
int bank_add(struct bank *self, int points, const int *draws, const double *z, const double *value,
             const double *variance, const struct mixture *from, struct error *err);

/* Values with less chance in them, of targets whose values have some, at the points that `cut` allows: each point's own and
 * what a quadratic through all of them says there (emulator.h), each as much as it is sure. The quadratic's variance is that
 * of its prediction and, beyond it, what of its misses chance does not account for: where a quadratic will not do, points
 * keep their own. MILIEU_ERR_MEMORY, MILIEU_ERR_RUN of emulator_init. Once, before bank_weigh.
 *
 *   tau^2      max(0, sigma^2 - mean variance)         what the quadratic misses
 *   smoothed   own + (predicted - own) v / (v + p)     p = tau^2 + sigma^2 leverage, v the own variance
 *   variance   v p / (v + p) */
int bank_smooth(struct bank *self, const struct cut *cut, struct error *err);

/* Both weights. Wave w was allowed by the first w emulators of `cut`, waves after cut->count by all. MILIEU_ERR_RUN when no
 * point has a posterior weight. */
int bank_weigh(struct bank *self, const struct cut *cut, struct error *err);

/* All points, as they weigh in the posterior. */
struct particles bank_particles(const struct bank *self);

#endif
