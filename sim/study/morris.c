#include "sampling.h"

/* When each dimension moves, 0 .. d-1: a permutation into u (Fisher and Yates). */
static void set_order(const struct sample_plan *plan, uint64_t trajectory, double *u)
{
    for (int k = 0; k < plan->dimensions; k++) {
        struct words w = sampling_words(plan->seed, SAMPLING_ORDER, trajectory, k, 0);
        uint32_t j = sampling_below(w.w[0], (uint32_t)k + 1);
        u[k] = u[j];
        u[j] = k;
    }
}

void morris_point(const struct sample_plan *plan, uint64_t i, double *u)
{
    uint64_t points = (uint64_t)plan->dimensions + 1, trajectory = i / points;
    double step = (double)(i % points);
    uint32_t half = (uint32_t)plan->levels / 2;
    set_order(plan, trajectory, u);
    for (int k = 0; k < plan->dimensions; k++) {
        struct words w = sampling_words(plan->seed, SAMPLING_BASE, trajectory, k, 0);
        uint32_t low = sampling_below(w.w[0], half);
        bool starts_high = w.w[1] >> 31, has_moved = u[k] < step;
        u[k] = (double)(starts_high != has_moved ? low + half : low) / (plan->levels - 1);
    }
}
