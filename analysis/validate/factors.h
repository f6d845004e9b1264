/* P5: does a factor keep the word it gave in factors.def? For validate and the tests. */
#ifndef MILIEU_FACTORS_H
#define MILIEU_FACTORS_H

#include "paired.h"

struct factor_word {
    double proximal, distal; /* z, in the declared direction, of the factor going from -2 to +2 */
    double pairs;            /* in which the proximal outcome exists, of PAIRED_RUNS */
};

/* From the neutral clinic, this factor alone. 0, or what trial_run returns. */
int factor_word(struct factor_word *out, enum factor factor, uint32_t seed, const struct trial_machine *machine,
                struct error *err);

/* The proximal outcome moves as declared (and exists in half of the pairs at least); the distal one does not move the
 * other way. */
bool factor_keeps_proximal(const struct factor_word *word);
bool factor_keeps_distal(const struct factor_word *word);

#endif
