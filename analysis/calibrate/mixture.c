#include "mixture.h"

#include <math.h>

#include "emulator.h"

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
