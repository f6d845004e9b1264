#include "sample.h"

#include <math.h>

void sample_add(struct sample *s, double x)
{
    if (isnan(x))
        return;
    s->n += 1;
    s->sum += x;
    s->squares += x * x;
}

double sample_mean(const struct sample *s)
{
    return s->sum / s->n;
}

double sample_sd(const struct sample *s)
{
    double mean = sample_mean(s), variance = (s->squares - s->n * mean * mean) / (s->n - 1);
    return sqrt(variance > 0 ? variance : 0);
}

double sample_se(const struct sample *s)
{
    return sample_sd(s) / sqrt(s->n);
}

double sample_z(const struct sample *s, double expected)
{
    double se = sample_se(s), difference = sample_mean(s) - expected;
    return se > 0 ? difference / se : difference > 0 ? INFINITY : difference < 0 ? -INFINITY : 0;
}
