#include "stopping.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define MOST_MISSING 0.05

/* Variance of the mean of n contrasts and of two more that were not seen. */
static double variance_of_shares(const struct stopping *self, const struct exact *sum)
{
    double n = (double)sum->count, mean = exact_mean(sum), more = n + 2;
    double squares = exact_variance(sum) * (n - 1) + n * mean * mean + 1;
    double shifted = (n * mean + (self->paired ? 0 : 1)) / more;
    return (squares / more - shifted * shifted) / more;
}

double stopping_half_width(const struct stopping *self, const struct exact *sum)
{
    double alpha = (1 - self->level) / self->looks, n = (double)sum->count;
    if (sum->count < 2 || (!self->yes_no && exact_variance(sum) <= 0))
        return INFINITY;
    double variance = self->yes_no ? variance_of_shares(self, sum) : exact_variance(sum) / n;
    return gsl_cdf_tdist_Qinv(alpha / 2, n - 1) * sqrt(variance);
}

bool stopping_enough(const struct stopping *self, const struct exact *sum)
{
    double all = (double)(sum->count + sum->apart);
    return (double)sum->apart <= MOST_MISSING * all && stopping_half_width(self, sum) <= self->half_width;
}
