#include "sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../model/error.h"

enum { FIRST = 8, MOST_LISTED = 2048, HALF = SKETCH_BUCKETS / 2, MANTISSA = 5 };

/* ---- numbers and buckets ---- */

uint16_t sketch_key(float x)
{
    uint32_t bits, size;
    memcpy(&bits, &x, sizeof bits);
    size = (bits & 0x7fffffffu) >> 18;
    return (uint16_t)(x < 0 ? HALF - 1 - size : HALF + size);
}

/* Bits of the size: exponent and 5 of the mantissa. */
static double middle_of_size(int size)
{
    int exponent = size >> MANTISSA, mantissa = size & ((1 << MANTISSA) - 1);
    if (exponent == 255)
        return INFINITY;
    if (exponent == 0)
        return size == 0 ? 0 : ldexp(mantissa + 0.5, -126 - MANTISSA);
    return ldexp(mantissa + (1 << MANTISSA) + 0.5, exponent - 127 - MANTISSA);
}

double sketch_middle(uint16_t key)
{
    return key >= HALF ? middle_of_size(key - HALF) : -middle_of_size(HALF - 1 - key);
}

/* ---- the list and the table ---- */

/* Where key stands in the list, or would. */
static int place_of(const struct sketch *self, uint16_t key)
{
    int low = 0, high = self->num;
    while (low < high) {
        int middle = (low + high) / 2;
        if (self->list[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int make_dense(struct sketch *self)
{
    if ((self->dense = calloc(SKETCH_BUCKETS, sizeof *self->dense)) == NULL)
        return MILIEU_ERR_MEMORY;
    for (int i = 0; i < self->num; i++)
        self->dense[self->list[i].key] = self->list[i].count;
    free(self->list);
    self->list = NULL;
    self->num = self->max = 0;
    return 0;
}

static int make_room(struct sketch *self)
{
    int max = self->max == 0 ? FIRST : 2 * self->max;
    struct sketch_bucket *list;
    if (self->num < self->max)
        return 0;
    if (self->num == MOST_LISTED)
        return make_dense(self);
    if ((list = realloc(self->list, (size_t)max * sizeof *list)) == NULL)
        return MILIEU_ERR_MEMORY;
    self->list = list;
    self->max = max;
    return 0;
}

static int add_listed(struct sketch *self, uint16_t key, uint64_t count)
{
    int at = place_of(self, key), ret;
    if (at < self->num && self->list[at].key == key) {
        self->list[at].count += count;
        return 0;
    }
    if ((ret = make_room(self)) != 0)
        return ret;
    if (self->dense != NULL) {
        self->dense[key] += count;
        return 0;
    }
    memmove(self->list + at + 1, self->list + at, (size_t)(self->num - at) * sizeof *self->list);
    self->list[at] = (struct sketch_bucket){ .key = key, .count = count };
    self->num++;
    return 0;
}

int sketch_add_bucket(struct sketch *self, uint16_t key, uint64_t count)
{
    int ret = 0;
    if (count == 0)
        return 0;
    if (self->dense != NULL)
        self->dense[key] += count;
    else
        ret = add_listed(self, key, count);
    if (ret == 0)
        self->count += count;
    return ret;
}

int sketch_add(struct sketch *self, float x)
{
    if (isnan(x)) {
        self->apart++;
        return 0;
    }
    return sketch_add_bucket(self, sketch_key(x), 1);
}

bool sketch_next(const struct sketch *self, int *at, struct sketch_bucket *bucket)
{
    if (self->dense == NULL) {
        if (*at >= self->num)
            return false;
        *bucket = self->list[(*at)++];
        return true;
    }
    while (*at < SKETCH_BUCKETS && self->dense[*at] == 0)
        (*at)++;
    if (*at == SKETCH_BUCKETS)
        return false;
    *bucket = (struct sketch_bucket){ .key = (uint16_t)*at, .count = self->dense[*at] };
    (*at)++;
    return true;
}

int sketch_merge(struct sketch *self, const struct sketch *other)
{
    struct sketch_bucket bucket;
    int at = 0, ret = 0;
    while (ret == 0 && sketch_next(other, &at, &bucket))
        ret = sketch_add_bucket(self, bucket.key, bucket.count);
    self->apart += other->apart;
    return ret;
}

double sketch_quantile(const struct sketch *self, double p)
{
    struct sketch_bucket bucket = { 0 };
    double wanted = ceil(p * (double)self->count);
    uint64_t rank = wanted < 1 ? 1 : (uint64_t)wanted, so_far = 0;
    if (self->count == 0)
        return NAN;
    for (int at = 0; so_far < rank && sketch_next(self, &at, &bucket);)
        so_far += bucket.count;
    return sketch_middle(bucket.key);
}

void sketch_clear(struct sketch *self)
{
    if (self->dense != NULL)
        memset(self->dense, 0, SKETCH_BUCKETS * sizeof *self->dense);
    self->num = 0;
    self->count = self->apart = 0;
}

void sketch_free(struct sketch *self)
{
    free(self->list);
    free(self->dense);
    *self = (struct sketch){ 0 };
}
