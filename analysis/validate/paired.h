/* Two contexts compared run by run: the same patients, the same luck, something else changed. */
#ifndef MILIEU_PAIRED_H
#define MILIEU_PAIRED_H

#include "sample.h"
#include "trial.h"

struct paired {
    struct sample difference[NUM_OUTCOMES]; /* second less first, where both exist; all clinics together */
    struct sample value[2][NUM_OUTCOMES];
};

/* One pair of runs. */
void paired_add(struct paired *self, const double first[NUM_OUTCOMES], const double second[NUM_OUTCOMES]);

/* Difference over its standard error. */
double paired_z(const struct paired *self, enum outcome outcome);
double paired_difference(const struct paired *self, enum outcome outcome);

/* ---- the neutral clinic, changed in one thing ---- */

/* The pairs that P5 and P7 ask for: not a share of the draws, for z > 3 of fewer would ask another question. */
enum { PAIRED_RUNS = 200 };
#define PAIRED_Z 3.0

/* What is changed of it; text NULL: no more. */
struct paired_change {
    struct scenario_override item[2];
};

/* baseline.cfg, everything neutral and at its centre, changed one way and the other; PAIRED_RUNS pairs. 0, or what
 * trial_run returns. */
int paired_neutral(struct paired *self, const struct paired_change *first, const struct paired_change *second,
                   uint32_t seed, const struct trial_machine *machine, struct error *err);

#endif
