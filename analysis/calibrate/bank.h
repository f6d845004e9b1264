/* Every point of a calibration, so weighted that together they stand for the whole prior: what would have come out of
 * other targets is told from them by weights alone, without a new simulation (checks.h).
 *
 * They come from several waves: wave 0 from the whole prior, each later wave of history matching and generation 0 of ABC
 * from where no emulator before it forbids the place, later generations from their mixtures there. All together they are
 * draws of one mixture, and weigh
 *
 *   prior / mixture (z) = N / sum_w n_w q_w(z) / prior(z)        q_w / prior = [z is allowed in wave w] / inside_w, or
 *                                                                [it is allowed] (mixture_w / prior) / inside_w
 *
 * with n_w points of wave w, of whose density the share inside_w is allowed (the balance heuristic of Veach and Guibas 1995;
 * posterior.h is the same inside the region, and throws the rest away). Where targets of the calibration put the
 * posterior, the later waves have hundreds of points; where they forbid a place, wave 0 alone speaks. A weight is at most
 * N / n_0: no point outweighs all others. */
#ifndef MILIEU_BANK_H
#define MILIEU_BANK_H

#include "posterior.h"

enum { BANK_MOST_WAVES = 128 };

struct bank {
    int count, room, dimensions, targets, waves;
    double *z;                      /* [count][dimensions] */
    double *value, *variance;       /* [count][targets] */
    double *weight;                 /* [count], prior over mixture: bank_weigh */
    double found[BANK_MOST_WAVES];  /* points of each wave */
    double inside[BANK_MOST_WAVES]; /* share of its density that is allowed */
};

/* Room for so many points. MILIEU_ERR_MEMORY; bank_free is safe after a failure, and twice. */
int bank_init(struct bank *self, int room, int dimensions, int targets, struct error *err);
void bank_free(struct bank *self);

/* The points of the next wave: `draws[i]` is what place_prior or abc_propose returned for the i-th (0: it was not found,
 * and is left out). */
void bank_add(struct bank *self, int points, const int *draws, const double *z, const double *value,
              const double *variance);

/* Wave w was allowed by the first w emulators of `cut`; those after cut->count by all, and drawn from the mixtures of
 * `part`, in order. */
void bank_weigh(struct bank *self, const struct cut *cut, const struct posterior_part *part);

#endif
