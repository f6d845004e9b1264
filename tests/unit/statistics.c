#include "statistics.h"

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

double share_z(double hits, double n, double p)
{
    return (hits - n * p) / sqrt(n * p * (1 - p));
}

void line_add(struct line *l, double x, double y)
{
    l->n += 1;
    l->x += x;
    l->y += y;
    l->xx += x * x;
    l->xy += x * y;
    l->yy += y * y;
}

static double around(double sum_ab, double sum_a, double sum_b, double n)
{
    return sum_ab - sum_a * sum_b / n;
}

double line_slope(const struct line *l)
{
    return around(l->xy, l->x, l->y, l->n) / around(l->xx, l->x, l->x, l->n);
}

double line_residual_sd(const struct line *l)
{
    double left = around(l->yy, l->y, l->y, l->n) - line_slope(l) * around(l->xy, l->x, l->y, l->n);
    return sqrt(left / (l->n - 2));
}

double line_slope_se(const struct line *l)
{
    return line_residual_sd(l) / sqrt(around(l->xx, l->x, l->x, l->n));
}

double line_correlation(const struct line *l)
{
    return around(l->xy, l->x, l->y, l->n) / sqrt(around(l->xx, l->x, l->x, l->n) * around(l->yy, l->y, l->y, l->n));
}

double counts_z(const long *count, const double *chance, int cells)
{
    double n = 0, square = 0;
    for (int i = 0; i < cells; i++)
        n += (double)count[i];
    for (int i = 0; i < cells; i++) {
        double expected = n * chance[i];
        square += ((double)count[i] - expected) * ((double)count[i] - expected) / expected;
    }
    return (square - (cells - 1)) / sqrt(2.0 * (cells - 1));
}
