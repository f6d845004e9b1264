/* A batch: some replications of a point, or of several whole points; what a worker makes at once and what one record
 * of a journal holds.
 *
 *   maker_make       simulates the replications of one point, and appends them to a payload as one part
 *   part_read        finds the next part of a payload, without copying it
 *
 * A payload is a row of parts. A part holds, in this order, each piece padded to 8 bytes, numbers as the machine has them:
 *
 *   struct part_head
 *   int32   status[count], week[count]                     0 = done; else the error's code, and when (-1: before week 0)
 *   double  value[count][arms][places][responses]          NaN = does not exist; all NaN where the run failed
 *   char    reasons[]                                       of the failed runs, in order, each ended by a NUL
 *   cells   struct cell[arms][rows][series][steps]          sums over the part's runs that are done (exact.h)
 *   uint16  keys[]                                          of every cell in turn, its `count` keys ascending (sketch.h)
 *   float   kept[][arms][rows][series][weeks]               whole series of those runs that the study keeps, NaN if failed
 *
 * Places are the clinics where the study keeps them, then all together; rows the same clinics, or one row, their mean.
 * A payload is a pure function of study, point and replications: two workers that make the same batch make the same bytes.
 */
#ifndef MILIEU_BATCH_H
#define MILIEU_BATCH_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/simulation.h"
#include "study.h"

/* The lengths of what a run leaves behind: the same for every run of a study. */
struct study_shape {
    int arms, clinics, places, responses; /* of values */
    int rows, series, weeks, steps;       /* of series; steps: every_weeks-th weeks, from week every_weeks - 1 on */
    int kept;                             /* replications 0 .. kept - 1 keep their series */
    size_t values, cells;                 /* in a run; in a part */
    size_t kept_values;                   /* of one kept run */
};

void study_shape(const struct study *study, struct study_shape *out);

/* Bytes that grow. Zeroed: empty. */
struct bytes {
    unsigned char *at;
    size_t length, size;
};

int bytes_append(struct bytes *self, const void *from, size_t length, struct error *err);
void bytes_free(struct bytes *self);

struct part_head {
    uint64_t point;
    uint32_t first, count;  /* replications */
    uint32_t failed, kept;  /* runs */
    uint64_t reasons, keys; /* bytes of these pieces */
};

struct cell { /* of runs whose value exists */
    int64_t sum_high, squares_high;
    uint64_t sum_low, squares_low; /* of 128-bit numbers, in units of 2^-20 and 2^-40 */
    uint32_t count, missing;
};

/* ---- making ---- */

struct maker {                 /* of one thread */
    const struct study *study; /* borrowed */
    struct study_shape shape;
    const volatile sig_atomic_t *stop; /* NULL, or looked at between and in runs: MILIEU_ERR_INTERRUPTED */
    struct record *record;             /* [arms] */
    float *column;                     /* [cells][replications of the part]: values of the cells, run by run */
    size_t column_size;
    struct bytes reasons, kept;
};

/* The caller frees with maker_free, after a failure too, and may twice. MILIEU_ERR_MEMORY. */
int maker_init(struct maker *self, const struct study *study, const volatile sig_atomic_t *stop, struct error *err);
void maker_free(struct maker *self);

/* Simulates replications first .. first + count - 1 of a point and appends the part. A run that cannot be made is
 * noted in it with its reason; MILIEU_ERR_MEMORY and MILIEU_ERR_INTERRUPTED are no property of a run: they are returned,
 * and the payload is as it was. */
int maker_make(struct maker *self, uint64_t point, uint32_t first, uint32_t count, struct bytes *payload,
               struct error *err);

/* ---- reading ---- */

struct part { /* points into a payload */
    struct part_head head;
    const int32_t *status, *week;
    const double *value;
    const char *reasons;
    const struct cell *cell;
    const uint16_t *key;
    const float *kept;
};

/* The part that begins at `*offset`, which is moved behind it. False at the end, and for what is no payload of this
 * shape (then `*offset` is not `length`). The payload must stand at a multiple of 8. */
bool part_read(const struct study_shape *shape, const void *payload, size_t length, size_t *offset, struct part *out);

#endif
