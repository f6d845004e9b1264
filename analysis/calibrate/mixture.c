#include "mixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "emulator.h"

static double *copy_of(const double *from, size_t count)
{
    double *copied = malloc(count * sizeof *copied);
    if (copied != NULL)
        memcpy(copied, from, count * sizeof *copied);
    return copied;
}

int mixture_copy(struct mixture *self, const struct mixture *from, struct error *err)
{
    *self = (struct mixture){ .dimensions = from != NULL ? from->dimensions : 0 };
    if (from == NULL || from->count == 0)
        return 0;
    size_t n = (size_t)from->count, d = (size_t)from->dimensions;
    self->weight = copy_of(from->weight, n);
    self->white = copy_of(from->white, n * d);
    self->step = copy_of(from->step, d * d);
    if (self->weight == NULL || self->white == NULL || self->step == NULL)
        return error_set_memory(err);
    self->count = from->count;
    return 0;
}

void mixture_free(struct mixture *self)
{
    free(self->weight);
    free(self->white);
    free(self->step);
    *self = (struct mixture){ 0 };
}

void mixture_whiten(const struct mixture *self, const double *z, double *y)
{
    int d = self->dimensions;
    for (int k = 0; k < d; k++) {
        y[k] = z[k];
        for (int l = 0; l < k; l++)
            y[k] -= self->step[(long)k * d + l] * y[l];
        y[k] /= self->step[(long)k * d + k];
    }
}

static double distance2(const double *x, const double *y, int d)
{
    double sum = 0;
    for (int k = 0; k < d; k++)
        sum += (x[k] - y[k]) * (x[k] - y[k]);
    return sum;
}

/* The (2 pi)^(d/2) of both go out. Exponents from the nearest of the particles, lest all be 0. */
double mixture_ratio(const struct mixture *self, const double *z)
{
    const double origin[EMULATOR_MAX_DIMENSIONS] = { 0 };
    int d = self->dimensions;
    double y[EMULATOR_MAX_DIMENSIONS], nearest = INFINITY, mixture = 0, determinant = 1;
    mixture_whiten(self, z, y);
    for (int j = 0; j < self->count; j++)
        nearest = fmin(nearest, distance2(y, self->white + (long)j * d, d));
    for (int j = 0; j < self->count; j++)
        mixture += self->weight[j] * exp((nearest - distance2(y, self->white + (long)j * d, d)) / 2);
    for (int k = 0; k < d; k++)
        determinant *= self->step[(long)k * d + k];
    return exp((nearest - distance2(z, origin, d)) / 2) * determinant / mixture;
}
