#include "sampler_help.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

double *design_points(const struct sample_plan *plan)
{
    struct sampler sampler;
    struct error err = { 0 };
    double *u;
    cr_assert(sampler_init(&sampler, plan, &err) == 0, "%s", err.detail[0]);
    u = malloc(sampler_count(&sampler) * (size_t)plan->dimensions * sizeof *u);
    cr_assert(u != NULL);
    for (uint64_t i = 0; i < sampler_count(&sampler); i++)
        sampler_point(&sampler, i, u + i * (size_t)plan->dimensions);
    sampler_free(&sampler);
    return u;
}

double pair_discrepancy(const double *u, int n, int d, int j, int k)
{
    double one = 0, two = 0;
    for (int i = 0; i < n; i++) {
        double a = fabs(u[i * d + j] - 0.5), b = fabs(u[i * d + k] - 0.5);
        one += (1 + (a - a * a) / 2) * (1 + (b - b * b) / 2);
        for (int l = 0; l < n; l++) {
            double c = fabs(u[l * d + j] - 0.5), e = fabs(u[l * d + k] - 0.5);
            two += (1 + (a + c - fabs(u[i * d + j] - u[l * d + j])) / 2) *
                   (1 + (b + e - fabs(u[i * d + k] - u[l * d + k])) / 2);
        }
    }
    return pow(13.0 / 12, 2) - 2 * one / n + two / ((double)n * n);
}

double worst_pair_discrepancy(const double *u, int n, int d)
{
    double worst = 0;
    for (int j = 0; j < d; j++)
        for (int k = 0; k < j; k++)
            worst = fmax(worst, pair_discrepancy(u, n, d, j, k));
    return worst;
}

double closest_two(const double *u, int n, int d)
{
    double closest = INFINITY;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) {
            double sum = 0;
            for (int k = 0; k < d; k++)
                sum += (u[i * d + k] - u[j * d + k]) * (u[i * d + k] - u[j * d + k]);
            closest = fmin(closest, sum);
        }
    return closest;
}
