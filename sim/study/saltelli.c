#include "sampling.h"

uint64_t saltelli_stride(const struct sample_plan *plan)
{
    return plan->second_order ? 2 * (uint64_t)plan->dimensions + 2 : (uint64_t)plan->dimensions + 2;
}

void saltelli_point(const struct sample_plan *plan, const struct sobol *sobol, uint64_t i, double *u)
{
    int d = plan->dimensions;
    uint64_t stride = saltelli_stride(plan), block = i % stride;
    bool is_b = block > (uint64_t)d; /* B and BA; else A and AB */
    int other = block == 0 || block == stride - 1 ? -1 : (int)((block - 1) % (uint64_t)d);
    for (int k = 0; k < d; k++) {
        bool from_b = (k == other) != is_b;
        u[k] = sobol_scrambled(sobol, plan->seed, (uint32_t)(i / stride), from_b ? d + k : k);
    }
}
