/* Two settings compared run by run: the same patients, the same luck, another context. */
#ifndef PAIRED_H
#define PAIRED_H

#include "sim/model/simulation.h"
#include "tests/unit/statistics.h"

struct paired {
    struct sample difference[NUM_OUTCOMES]; /* second less first, where both exist; all clinics together */
    struct sample value[2][NUM_OUTCOMES];
};

/* Runs 0 .. replications - 1 of seed 1, arm 0 of both. */
void paired_compare(struct paired *self, const struct setting *first, const struct setting *second, int replications);

/* Difference over its standard error. */
double paired_z(const struct paired *self, enum outcome outcome);
double paired_difference(const struct paired *self, enum outcome outcome);

/* One whole run's outcomes, [num_clinics + 1][NUM_OUTCOMES]; the caller frees. */
double *paired_run(const struct setting *setting, uint32_t run);

/* Ratings that nobody stated: triangular (-1, 0, 1), another draw for every clinic, factor and `draw`. */
void paired_unstated(struct setting *setting, uint32_t draw);

#endif
