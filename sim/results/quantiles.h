/* /quantiles: of every series, over draws and replications, read back from the file. */
#ifndef MILIEU_QUANTILES_H
#define MILIEU_QUANTILES_H

#include "../scenario/scenario.h"
#include "cube.h"
#include "results.h"

/* Type-7 quantiles of `count` values, in no order and changed; NaN are left out; all NaN when none is left. */
void quantiles_of(float *value, size_t count, float *out);

/* The same of QUANTILE_LANES sets of values, side by side: number i of each stands at value[i * stride]. `key`, [count],
 * is memory to work in. */
enum { QUANTILE_LANES = 32 }; /* more than a compiler unrolls, or it would take them one by one */
void quantiles_of_lanes(const float *value, size_t stride, int32_t (*key)[QUANTILE_LANES], size_t count,
                        float (*out)[RESULTS_NUM_QUANTILES]);

/* Makes the group. A failure, also for want of memory, is the store's. */
void quantiles_write(struct store *store, const struct cube *series, const struct scenario *scenario);

/* The dimensions a group of results begins with. Each returns the number of its axis. */
int axis_of_arms(struct shelf *shelf, const struct scenario *scenario);
int axis_of_clinics(struct shelf *shelf, const struct scenario *scenario);

/* `week`, and its twin `date` where the scenario has a start. */
int axis_of_weeks(struct shelf *shelf, const struct scenario *scenario);

/* What a series says of itself. */
void describe_series(struct store *store, hid_t array, int series, const struct scenario *scenario);

#endif
