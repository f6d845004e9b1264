/* How the runs of a study are cut: runs into batches, batches into blocks.
 *
 *   run     one replication of one point; its number is point * replications + replication
 *   stage   the runs between two looks: a fixed study has one, a sequential study one a look. Looks are at `first`,
 *           2 first, 4 first ... replications of a point, the last at `replications`
 *   batch   the atom of the journal: up to `per_batch` consecutive replications of one point within one stage, or,
 *           where a whole point is short work, up to `points_per_batch` whole points (fixed studies only). The last
 *           batch of a point, and of a study, may be short
 *   block   the unit of a claim: up to `batches_per_block` consecutive batches of one stage
 *
 * Batches are numbered by stage, then point, then replication, so that a fixed study's are in the order of its runs.
 * All functions are pure; the struct owns no memory. */
#ifndef MILIEU_GEOMETRY_H
#define MILIEU_GEOMETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "../model/error.h"

enum { GEOMETRY_MAX_STAGES = 32 };

#define GEOMETRY_MAX_RUNS ((int64_t)1 << 53) /* run numbers stay exact as doubles: JSON, R */

/* How many runs there are. */
struct geometry_plan {
    int64_t points;       /* 1.. */
    int64_t replications; /* of a point, in a sequential study at most: 1..2^31 - 1 */
    int64_t first;        /* sequential: replications at the first look, 1..replications; 0 = a fixed study */
};

/* How they are cut: results do not depend on it. */
struct geometry_sizes {
    int64_t per_batch, points_per_batch, batches_per_block; /* 1..; points_per_batch > 1 needs a fixed study and
                                                              per_batch = replications */
};

struct geometry {
    struct geometry_plan plan;
    struct geometry_sizes sizes;
    int num_stages;
    int64_t look[GEOMETRY_MAX_STAGES];            /* replications of a point once stage s is complete */
    int64_t point_batches[GEOMETRY_MAX_STAGES];   /* batches of a point in stage s (of points_per_batch points) */
    int64_t first_batch[GEOMETRY_MAX_STAGES + 1]; /* of stage s; [num_stages]: all batches */
    int64_t first_block[GEOMETRY_MAX_STAGES + 1]; /* likewise */
};

/* The runs of a batch: num_points x num_replications, from (point, replication). One of the two counts may be > 1. */
struct geometry_span {
    int64_t point, num_points;
    int64_t replication, num_replications;
    int stage;
};

/* What a pilot measured. */
struct geometry_costs {
    double seconds_per_run; /* of one worker */
    double bytes_per_run;   /* that a run adds to a batch's payload */
    double bytes_per_point; /* that a batch's payload holds once for each of its points, however many its runs (sums and
                               sketches of series); 0 = none */
};

/* MILIEU_ERR_USAGE for a plan or sizes out of range; too many runs (GEOMETRY_MAX_RUNS) say so. */
int geometry_init(struct geometry *self, const struct geometry_plan *plan, const struct geometry_sizes *sizes,
                  struct error *err);

/* Sizes for a valid plan: a batch of about 0.25 s (5 s when its payload holds sums that more runs would share) and at
 * most 4 MiB unless one run is larger; a block of 10 s; smaller ones in a study so short that its first stage would
 * give fewer than 256 blocks, yet blocks of at least 0.1 s. Costs below zero or not finite count as 0. */
struct geometry_sizes geometry_choose(const struct geometry_plan *plan, const struct geometry_costs *costs);

int64_t geometry_runs(const struct geometry *self); /* the most there can be */
int64_t geometry_batches(const struct geometry *self);
int64_t geometry_blocks(const struct geometry *self);

int64_t geometry_run(const struct geometry *self, int64_t point, int64_t replication);
int64_t geometry_point(const struct geometry *self, int64_t run);
int64_t geometry_replication(const struct geometry *self, int64_t run);

/* Of a batch (0..batches - 1): its runs, how many they are, and the number of its i-th run, in the order of run numbers. */
struct geometry_span geometry_span(const struct geometry *self, int64_t batch);
int64_t geometry_span_runs(const struct geometry_span *span);
int64_t geometry_span_run(const struct geometry *self, const struct geometry_span *span, int64_t i);

int64_t geometry_batch_of_run(const struct geometry *self, int64_t run);
int64_t geometry_block_of_batch(const struct geometry *self, int64_t batch);

/* The batches of a block: *first, and how many. */
int64_t geometry_block_batches(const struct geometry *self, int64_t block, int64_t *first);

/* The batches that a point has in a stage: *first, and how many. With points_per_batch > 1 the one that holds it. */
int64_t geometry_point_batches(const struct geometry *self, int64_t point, int stage, int64_t *first);

#endif
