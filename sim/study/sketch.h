/* Quantiles of numbers seen one by one, in any order: a histogram over the top 14 bits of a float (sign, exponent, 5
 * bits of mantissa). A bucket is at most 1/32 of its lower bound wide (of its smaller end in size), so a quantile is
 * within 1/64 of the true one, relatively; below 1.2e-38 in size buckets are 3.7e-40 wide, the
 * smallest counting as 0. Counts are integers: any order,
 * any split into parts, the same answer and the same list of buckets. NaN is counted apart; -0 is 0.
 *
 * Buckets are kept as a sorted list while few, as the whole table (16384 counts) when many; callers see no difference.
 * All 0 is an empty sketch. */
#ifndef MILIEU_SKETCH_H
#define MILIEU_SKETCH_H

#include <stdbool.h>
#include <stdint.h>

enum { SKETCH_BUCKETS = 1 << 14 };

struct sketch_bucket {
    uint16_t key; /* 0..SKETCH_BUCKETS - 1, in the order of the numbers */
    uint64_t count;
};

struct sketch {
    uint64_t count;             /* of numbers, without NaN */
    uint64_t apart;             /* NaN */
    struct sketch_bucket *list; /* sorted by key, counts > 0; NULL when dense or empty */
    int num, max;
    uint64_t *dense; /* SKETCH_BUCKETS counts, or NULL */
};

/* 0 or MILIEU_ERR_MEMORY (nothing was added then). */
int sketch_add(struct sketch *self, float x);
int sketch_add_bucket(struct sketch *self, uint16_t key, uint64_t count); /* key < SKETCH_BUCKETS */
int sketch_merge(struct sketch *self, const struct sketch *other);        /* on failure self is of no more use */

/* The buckets in order: *at is 0 at first; false when there are no more. Not while adding. */
bool sketch_next(const struct sketch *self, int *at, struct sketch_bucket *bucket);

/* The middle of the bucket that holds number ceil(p * count) in order (p in [0, 1]; 0: the first); NaN when empty. */
double sketch_quantile(const struct sketch *self, double p);

uint16_t sketch_key(float x);       /* of a number that is not NaN */
double sketch_middle(uint16_t key); /* of a bucket; infinite for that of the infinities */

void sketch_clear(struct sketch *self); /* empty, memory kept */
void sketch_free(struct sketch *self);  /* safe twice */

#endif
