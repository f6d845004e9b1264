/* Two settings compared run by run, as analysis/validate/paired.h does scenarios: settings that no scenario describes. */
#ifndef TESTS_PAIRED_H
#define TESTS_PAIRED_H

#include "analysis/validate/paired.h"
#include "tests/unit/statistics.h"

/* Runs 0 .. replications - 1 of seed 1, arm 0 of both. */
void paired_compare(struct paired *self, const struct setting *first, const struct setting *second, int replications);

/* One whole run's outcomes, [num_clinics + 1][NUM_OUTCOMES]; the caller frees. */
double *paired_run(const struct setting *setting, uint32_t run);

/* Ratings that nobody stated: triangular (-1, 0, 1), another draw for every clinic, factor and `draw`. */
void paired_unstated(struct setting *setting, uint32_t draw);

#endif
