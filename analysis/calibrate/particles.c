#include "particles.h"

#include <math.h>

double particles_size(const struct particles *self)
{
    return weighted_size(self->weight, self->count);
}

static struct weighted parameter(const struct particles *self, int k)
{
    return (struct weighted){ self->z + k, self->weight, self->count, self->dimensions };
}

struct weighted_row particles_parameter(const struct particles *self, int k)
{
    struct weighted x = parameter(self, k);
    return weighted_row(&x, self->order);
}

double particles_correlation(const struct particles *self, int k, int l)
{
    struct weighted x = parameter(self, k), y = parameter(self, l);
    return weighted_covariance(&x, &y) / sqrt(weighted_covariance(&x, &x) * weighted_covariance(&y, &y));
}

struct weighted_row particles_value(const struct particles *self, int j)
{
    struct weighted x = { self->value + j, self->weight, self->count, self->targets->count };
    return weighted_row(&x, self->order);
}

double particles_share_met(const struct particles *self, int j)
{
    int t = self->targets->count;
    double met = 0;
    for (int i = 0; i < self->count; i++)
        if (targets_met(self->targets, j, self->value[(long)i * t + j], self->variance[(long)i * t + j]))
            met += self->weight[i];
    return met;
}
