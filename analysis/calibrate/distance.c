#include "distance.h"

#include <math.h>

double targets_deviation(const struct targets *self, int j, double value, double variance)
{
    double off = value - self->observed[j];
    if (!isfinite(variance) || variance < 0)
        return NAN;
    if (off > 0 && targets_is_pattern(self, j))
        off = 0;
    if (off > 0 && targets_is_range(self, j))
        off = fmax(0, value - self->high[j]);
    return off == 0 ? 0 : off / sqrt(self->error[j] * self->error[j] + variance);
}

double targets_distance(const struct targets *self, const double *value, const double *variance)
{
    double sum = 0;
    for (int j = 0; j < self->count; j++) {
        double e = targets_is_fitted(self, j) ? targets_deviation(self, j, value[j], variance[j]) : 0;
        sum += e * e;
    }
    return isnan(sum) ? INFINITY : sqrt(sum);
}

bool targets_met(const struct targets *self, int j, double value, double variance)
{
    return fabs(targets_deviation(self, j, value, variance)) <=
           (targets_is_pattern(self, j) || targets_is_range(self, j) ? 0 : 2);
}
