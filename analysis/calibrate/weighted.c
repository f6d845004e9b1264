#include "weighted.h"

#include <math.h>
#include <stdlib.h>

static double at(const struct weighted *self, int i)
{
    return self->x[(long)i * self->stride];
}

double weighted_size(const double *weight, int count)
{
    double sum = 0, squares = 0;
    for (int i = 0; i < count; i++) {
        sum += weight[i];
        squares += weight[i] * weight[i];
    }
    return sum * sum / squares;
}

double weighted_mean(const struct weighted *x)
{
    double sum = 0, weights = 0;
    for (int i = 0; i < x->count; i++) {
        sum += x->weight[i] * at(x, i);
        weights += x->weight[i];
    }
    return sum / weights;
}

double weighted_covariance(const struct weighted *x, const struct weighted *y)
{
    double mean_x = weighted_mean(x), mean_y = weighted_mean(y), sum = 0, weights = 0;
    for (int i = 0; i < x->count; i++) {
        sum += x->weight[i] * (at(x, i) - mean_x) * (at(y, i) - mean_y);
        weights += x->weight[i];
    }
    return sum / (weights * (1 - 1 / weighted_size(x->weight, x->count)));
}

static int compare_items(const void *a, const void *b)
{
    const struct weighted_item *x = a, *y = b;
    if (x->x != y->x)
        return x->x < y->x ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

void weighted_sort(struct weighted_item *item, int count)
{
    qsort(item, (size_t)count, sizeof *item, compare_items);
}

double weighted_quantile(const struct weighted_item *sorted, int count, double p)
{
    double all = 0, before = 0, middle_before = 0;
    for (int i = 0; i < count; i++)
        all += sorted[i].weight;
    for (int i = 0; i < count; i++) {
        double middle = before + sorted[i].weight / 2;
        if (middle >= p * all) {
            double step = middle - middle_before, part = i > 0 && step > 0 ? (middle - p * all) / step : 0;
            return sorted[i].x - (i > 0 ? part * (sorted[i].x - sorted[i - 1].x) : 0);
        }
        before += sorted[i].weight;
        middle_before = middle;
    }
    return sorted[count - 1].x;
}

/* Those that exist; how many. */
static int existing(const struct weighted *x, struct weighted_item *item)
{
    int n = 0;
    for (int i = 0; i < x->count; i++)
        if (!isnan(at(x, i)))
            item[n++] = (struct weighted_item){ at(x, i), x->weight[i], i };
    return n;
}

struct weighted_row weighted_row(const struct weighted *x, struct weighted_item *work)
{
    struct weighted_row row = { NAN, NAN, NAN, NAN, NAN };
    int n = existing(x, work);
    double sum = 0, weights = 0, squares = 0, away = 0;
    if (n == 0)
        return row;
    for (int i = 0; i < n; i++) {
        sum += work[i].weight * work[i].x;
        weights += work[i].weight;
        squares += work[i].weight * work[i].weight;
    }
    row.mean = sum / weights;
    for (int i = 0; i < n; i++)
        away += work[i].weight * (work[i].x - row.mean) * (work[i].x - row.mean);
    row.sd = sqrt(away / (weights - squares / weights));
    weighted_sort(work, n);
    row.low = weighted_quantile(work, n, 0.05);
    row.median = weighted_quantile(work, n, 0.5);
    row.high = weighted_quantile(work, n, 0.95);
    return row;
}
