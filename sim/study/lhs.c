#include <stdlib.h>

#include "sampling.h"

static void shuffle_column(const struct sample_plan *plan, uint32_t *stratum, int k)
{
    size_t d = (size_t)plan->dimensions;
    for (uint32_t i = 0; i < plan->n; i++) {
        uint32_t j = sampling_below(sampling_words(plan->seed, SAMPLING_SHUFFLE, i, k, 0).w[0], i + 1);
        stratum[i * d + (size_t)k] = stratum[j * d + (size_t)k];
        stratum[j * d + (size_t)k] = i;
    }
}

uint32_t *lhs_strata(const struct sample_plan *plan)
{
    uint32_t *stratum = calloc(plan->n * (size_t)plan->dimensions, sizeof *stratum);
    for (int k = 0; stratum != NULL && k < plan->dimensions; k++)
        shuffle_column(plan, stratum, k);
    return stratum;
}

void lhs_point(const struct sample_plan *plan, const uint32_t *stratum, uint64_t i, double *u)
{
    const uint32_t *row = stratum + i * (size_t)plan->dimensions;
    for (int k = 0; k < plan->dimensions; k++) {
        double luck = random_uniform_of(sampling_words(plan->seed, SAMPLING_PLACE, i, k, 0).w[0]);
        double place = plan->maximin ? 0.5 : luck;
        u[k] = (row[k] + place) / (double)plan->n;
    }
}

/* ---- maximin ------------------------------------------------------------------------------------------------------ */

#define WORK 1e9 /* steps at most: an attempt looks at n points, each d steps and the powers */
#define STEPS_OF_POWERS 16
#define ATTEMPTS_A_NUMBER 400

/* An exchange under trial: numbers of points `a` and `b` in column `k`. */
struct exchange {
    uint32_t a, b;
    int k;
};

static double square(uint32_t x, uint32_t y)
{
    double difference = (double)x - (double)y;
    return difference * difference;
}

/* (mean / distance^2)^25: whole numbers and products only, so that every machine has the same bits. */
static double nearness(double distance2, double mean)
{
    double r = mean / distance2, r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
    return r8 * r8 * r8 * r;
}

static double distance2(const uint32_t *x, const uint32_t *y, int d)
{
    int64_t sum = 0;
    for (int k = 0; k < d; k++) {
        int64_t difference = (int64_t)x[k] - (int64_t)y[k];
        sum += difference * difference;
    }
    return (double)sum;
}

/* By how much the exchange changes the sum of nearness over all pairs. The pair (a, b) itself keeps its distance. */
static double change(const struct sample_plan *plan, const uint32_t *stratum, const struct exchange *e, double mean)
{
    int d = plan->dimensions;
    const uint32_t *a = stratum + (size_t)e->a * (size_t)d, *b = stratum + (size_t)e->b * (size_t)d;
    double sum = 0;
    for (uint32_t i = 0; i < plan->n; i++) {
        const uint32_t *x = stratum + (size_t)i * (size_t)d;
        double to_a, to_b, moved;
        if (i == e->a || i == e->b)
            continue;
        to_a = distance2(x, a, d);
        to_b = distance2(x, b, d);
        moved = square(b[e->k], x[e->k]) - square(a[e->k], x[e->k]);
        sum += nearness(to_a + moved, mean) - nearness(to_a, mean);
        sum += nearness(to_b - moved, mean) - nearness(to_b, mean);
    }
    return sum;
}

static void swap(uint32_t *x, uint32_t *y)
{
    uint32_t kept = *x;
    *x = *y;
    *y = kept;
}

static int64_t attempts(const struct sample_plan *plan)
{
    double enough = ATTEMPTS_A_NUMBER * (double)plan->n * plan->dimensions;
    double most = WORK / ((double)plan->n * (plan->dimensions + STEPS_OF_POWERS));
    return (int64_t)(most < enough ? most : enough);
}

void lhs_spread(const struct sample_plan *plan, uint32_t *stratum)
{
    uint32_t n = (uint32_t)plan->n;
    double mean = plan->dimensions * ((double)n * n - 1) / 6; /* of distance^2 between two points by luck */
    int64_t most = n < 3 ? 0 : attempts(plan);
    for (int64_t t = 0; t < most; t++) {
        struct words w = sampling_words(plan->seed, SAMPLING_EXCHANGE, (uint64_t)t, 0, 0);
        struct exchange e = { .a = sampling_below(w.w[0], n),
                              .k = (int)sampling_below(w.w[2], (uint32_t)plan->dimensions) };
        e.b = (e.a + 1 + sampling_below(w.w[1], n - 1)) % n;
        if (change(plan, stratum, &e, mean) < 0)
            swap(&stratum[e.a * (size_t)plan->dimensions + (size_t)e.k],
                 &stratum[e.b * (size_t)plan->dimensions + (size_t)e.k]);
    }
}
