/* P7: training otherwise, and none at all. For validate and the tests. */
#ifndef MILIEU_TRAINING_H
#define MILIEU_TRAINING_H

#include "paired.h"

struct training_arm { /* one value of the training changed */
    const char *id;
    const char *from, *to; /* as --set would */
};

enum { NUM_TRAINING_ARMS = 6 };
extern const struct training_arm training_arms[NUM_TRAINING_ARMS];

/* From the neutral clinic: an arm against what it changes; a clinic without any training or coaching (second) against one
 * with (first). 0, or what trial_run returns. */
int training_arm(struct paired *out, int arm, uint32_t seed, const struct trial_machine *machine, struct error *err);
int training_none(struct paired *out, uint32_t seed, const struct trial_machine *machine, struct error *err);

/* Competence or comfort with the ISP: the larger z. */
double training_raises(const struct paired *paired);

#endif
