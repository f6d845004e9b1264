/* The looks of a sequential study, as a ledger needs them: the contrast of each run, and whether a point goes on. */
#ifndef MILIEU_LOOKS_H
#define MILIEU_LOOKS_H

#include "batch.h"
#include "ledger.h"
#include "stopping.h"

struct looks {
    const struct study *study;
    struct study_shape shape;
    struct stopping stopping;
    size_t at[2]; /* of the contrast's two values in a run's; the second is not used by a mean of one arm */
    bool paired;
};

/* `study` is borrowed. True when it is sequential: `rule` is then filled, and borrows `self`. */
bool looks_init(struct looks *self, const struct study *study, int num_looks, struct ledger_rule *rule);

/* The geometry's plan of a study: points, replications, looks. */
struct geometry_plan looks_plan(const struct study *study);

#endif
