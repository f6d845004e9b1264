#include "pilot.h"

#include <math.h>

#include "../results/results.h"
#include "batch.h"

#define MOST_RUNS 1000
#define GOLDEN 0.6180339887498949 /* steps of this share of the design are spread evenly */

/* Whole series that are kept stand in the first records of each point. Where those of a point are much, a record is cut by
 * its runs; else each point has room for them. */
static void add_kept(const struct maker *maker, struct pilot *out)
{
    const double much = 2 << 20; /* half of what geometry_choose lets a record take */
    double a_run = (double)sizeof(float) * (double)maker->shape.kept_values, runs = maker->study->replications;
    double all = a_run * fmin(maker->shape.kept, runs);
    out->bytes_kept = all / runs;
    if (all > much)
        out->costs.bytes_per_run += a_run;
    else
        out->costs.bytes_per_point += all;
}

/* The file's count, missing (int32), mean, variance (float64) and quantiles (float32). */
#define CELL_BYTES (2 * sizeof(int32_t) + 2 * sizeof(double) + RESULTS_NUM_QUANTILES * sizeof(float))

/* The reading of a point's scenario is shared by its runs: blocks are cut as if each had its part of it. */
static void costs_of(const struct maker *maker, double seconds_per_run, struct pilot *out)
{
    const struct study_shape *s = &maker->shape;
    double values = 8.0 * (double)s->values, keys = 2.0 * (double)s->cells;
    out->bytes_run = 8 + values + keys;
    out->bytes_part = (double)(sizeof(struct cell) * s->cells);
    double runs = maker->study->stop.given ? maker->study->stop.first : maker->study->replications;
    out->costs = (struct geometry_costs){ .seconds_per_run = seconds_per_run + out->seconds_per_part / runs,
                                          .bytes_per_run = out->bytes_run,
                                          .bytes_per_point = out->bytes_part };
    add_kept(maker, out);
    out->bytes_merged = 1 + values;
    out->bytes_cells = (double)(CELL_BYTES * s->cells);
}

/* How long a point's scenario takes to read: microseconds of this thread. A point that cannot be read fails its runs. */
static int64_t time_reading(const struct study *study, uint64_t point, const struct worker_clock *clock)
{
    int64_t start = clock->cpu_us();
    struct scenario scenario = { 0 };
    study_read_point(study, point, &scenario, NULL, NULL);
    scenario_free(&scenario);
    return clock->cpu_us() - start;
}

int pilot_measure(const struct study *study, double seconds, const struct worker_clock *clock,
                  const volatile sig_atomic_t *stop, struct pilot *out, struct error *err)
{
    struct maker maker;
    struct bytes payload = { 0 };
    int64_t start = clock->cpu_us(), spent = 0, reading = 0;
    double at = 0;
    *out = (struct pilot){ 0 };
    int ret = maker_init(&maker, study, stop, err);
    for (; ret == 0 && out->runs < MOST_RUNS && (out->runs == 0 || (double)spent < 1e6 * seconds); out->runs++) {
        uint64_t point = (uint64_t)(at * (double)study->design.count);
        payload.length = 0;
        reading += time_reading(study, point, clock);
        ret = maker_make(&maker, point, 0, 1, &payload, err);
        spent = clock->cpu_us() - start;
        at += GOLDEN;
        at -= at >= 1 ? 1 : 0;
    }
    if (ret == 0) {
        double parts = 1e6 * (double)out->runs, rest = (double)(spent - 2 * reading); /* each was read twice */
        out->seconds_per_part = (double)reading / parts;
        costs_of(&maker, (rest > 0 ? rest : 0) / parts, out);
    }
    bytes_free(&payload);
    maker_free(&maker);
    return ret;
}
