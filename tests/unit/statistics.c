#include "statistics.h"

#include <math.h>

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
