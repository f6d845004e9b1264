#include "exact.h"

#include <math.h>

void exact_add(struct exact *self, double x)
{
    int64_t steps;
    if (!(fabs(x) < EXACT_RANGE)) { /* NaN too */
        self->apart++;
        return;
    }
    steps = llrint(x * (1 << 20));
    self->count++;
    self->sum += steps;
    self->squares += (unsigned __int128)((__int128)steps * steps);
}

void exact_merge(struct exact *self, const struct exact *other)
{
    self->count += other->count;
    self->apart += other->apart;
    self->sum += other->sum;
    self->squares += other->squares;
}

double exact_mean(const struct exact *self)
{
    return self->count == 0 ? NAN : (double)self->sum / (double)self->count * EXACT_STEP;
}

/* Around the whole number q next to the mean, sum = n q + r: squares about q are squares - q (n q + 2 r), an integer,
 * and those about the mean r^2 / n less. What is lost by rounding is lost in the last two operations. */
double exact_variance(const struct exact *self)
{
    __int128 n = (__int128)self->count, q, r;
    unsigned __int128 about;
    double rest;
    if (self->count < 2)
        return NAN;
    q = self->sum / n;
    r = self->sum % n;
    about = self->squares - (unsigned __int128)q * (unsigned __int128)(n * q + 2 * r); /* modulo 2^128, and fits */
    rest = (double)r;
    return ((double)about - rest * rest / (double)n) / (double)(n - 1) * (EXACT_STEP * EXACT_STEP);
}
