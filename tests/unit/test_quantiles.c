/* Quantiles over runs: those of the sorted values, one by one and side by side. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/results/quantiles.h"

static int compare_float(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

Test(quantiles, are_those_of_the_sorted_values)
{
    enum { LARGEST = 500 };
    float value[LARGEST], sorted[LARGEST], out[RESULTS_NUM_QUANTILES];
    unsigned luck = 1;
    for (int n = 1; n <= LARGEST; n++) {
        for (int i = 0; i < n; i++) {
            luck = luck * 1664525U + 1013904223U;
            value[i] = sorted[i] = n % 3 == 0 ? (float)(luck >> 30) : n % 3 == 1 ? (float)(luck >> 8) : (float)(n - i);
        }
        qsort(sorted, (size_t)n, sizeof *sorted, compare_float);
        quantiles_of(value, (size_t)n, out);
        for (int q = 0; q < RESULTS_NUM_QUANTILES; q++) {
            double place = results_quantile[q] * (n - 1);
            int k = (int)place;
            double low = sorted[k], high = sorted[k + 1 < n ? k + 1 : k];
            cr_assert_eq(out[q], (float)(low + (place - k) * (high - low)), "n %d quantile %d", n, q);
        }
    }
}

Test(quantiles, side_by_side_are_the_same)
{
    enum { LARGEST = 300 };
    static float one[LARGEST], together[QUANTILE_LANES][RESULTS_NUM_QUANTILES];
    static int32_t key[LARGEST][QUANTILE_LANES];
    float alone[RESULTS_NUM_QUANTILES];
    unsigned luck = 1;
    for (int n = 1; n <= LARGEST; n++) {
        static float kept[LARGEST][QUANTILE_LANES];
        for (int i = 0; i < n; i++)
            for (int lane = 0; lane < QUANTILE_LANES; lane++) { /* from none missing to all */
                luck = luck * 1664525U + 1013904223U;
                kept[i][lane] = (int)(luck >> 8) % 15 < lane ? NAN : (float)(luck >> 20) - 1000;
            }
        quantiles_of_lanes(&kept[0][0], QUANTILE_LANES, key, (size_t)n, together);
        for (int lane = 0; lane < QUANTILE_LANES; lane++) {
            for (int i = 0; i < n; i++)
                one[i] = kept[i][lane];
            quantiles_of(one, (size_t)n, alone);
            for (int q = 0; q < RESULTS_NUM_QUANTILES; q++)
                cr_assert(alone[q] == together[lane][q] || (isnan(alone[q]) && isnan(together[lane][q])));
        }
    }
}

Test(quantiles, leave_out_what_is_missing)
{
    float value[] = { NAN, 3, NAN, 1, 2 }, none[] = { NAN, NAN }, out[RESULTS_NUM_QUANTILES];
    quantiles_of(value, 5, out);
    cr_assert_eq(out[2], 2.0F);
    quantiles_of(none, 2, out);
    cr_assert(isnan(out[0]) && isnan(out[4]));
}
