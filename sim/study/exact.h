/* Sums that do not depend on order: of n numbers, and of their squares, in fixed point.
 *
 * A number is kept as a whole multiple of 2^-20 (about 1e-6, ties to even), so sums are sums of integers: any order, any
 * split into parts, the same bits. Range: |x| < 2^31; with it 2^25 (33 million) numbers cannot overflow. NaN, infinities
 * and numbers out of range are counted, apart, and add nothing. All 0 is an empty sum; a struct owns no memory and may be
 * copied byte by byte (48 bytes, machine byte order). */
#ifndef MILIEU_EXACT_H
#define MILIEU_EXACT_H

#include <stdint.h>

#define EXACT_STEP (1.0 / (1 << 20))
#define EXACT_RANGE 2147483648.0

struct exact {
    uint64_t count;            /* of numbers added, without the next */
    uint64_t apart;            /* NaN, infinite, out of range */
    __int128 sum;              /* in steps */
    unsigned __int128 squares; /* in steps squared */
};

void exact_add(struct exact *self, double x);
void exact_merge(struct exact *self, const struct exact *other);

double exact_mean(const struct exact *self);     /* NaN when count is 0 */
double exact_variance(const struct exact *self); /* with count - 1; NaN when count < 2; no cancellation */

#endif
