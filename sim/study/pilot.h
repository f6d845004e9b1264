/* A pilot: a few runs of a study, timed, to tell beforehand what all of it will take. */
#ifndef MILIEU_PILOT_H
#define MILIEU_PILOT_H

#include "geometry.h"
#include "study.h"
#include "worker.h"

struct pilot {
    struct geometry_costs costs;
    int64_t runs;            /* made */
    double seconds_per_part; /* to read the scenario of a point, once for its runs in a record */
    double bytes_run;        /* a run takes in a journal, without whole series that are kept */
    double bytes_part;       /* the runs of a point in a record take together */
    double bytes_kept;       /* of whole series, a run on average */
    double bytes_merged;     /* a run takes in the merged file, without those */
    double bytes_cells;      /* a point's sums of series take there */
};

/* Runs points spread over the study, one replication each, for about `seconds`, at least one. `stop` may be NULL.
 * MILIEU_ERR_INTERRUPTED, MILIEU_ERR_MEMORY. */
int pilot_measure(const struct study *study, double seconds, const struct worker_clock *clock,
                  const volatile sig_atomic_t *stop, struct pilot *out, struct error *err);

#endif
