/* How a study's runs are cut: every run in one batch, every batch in one block, whatever the sizes. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "sim/study/geometry.h"

static struct geometry made(int64_t points, int64_t replications, int64_t first, struct geometry_sizes sizes)
{
    struct geometry geometry;
    struct geometry_plan plan = { points, replications, first };
    struct error err = { 0 };
    cr_assert(geometry_init(&geometry, &plan, &sizes, &err) == 0, "%s", err.detail[0]);
    return geometry;
}

/* Each run is in the batch that says so, each batch in its block, numbers dense and in the order promised. */
static void expect_sound(const struct geometry *self)
{
    int64_t runs = 0, batches = 0;
    for (int64_t batch = 0; batch < geometry_batches(self); batch++) {
        struct geometry_span span = geometry_span(self, batch);
        cr_assert(span.num_points >= 1 && span.num_replications >= 1);
        cr_assert(span.num_points == 1 || span.num_replications == self->plan.replications);
        for (int64_t i = 0; i < geometry_span_runs(&span); i++) {
            int64_t run = geometry_span_run(self, &span, i);
            cr_assert(geometry_batch_of_run(self, run) == batch, "run %ld", (long)run);
            cr_assert(geometry_run(self, geometry_point(self, run), geometry_replication(self, run)) == run);
            cr_assert(self->num_stages > 1 || run == runs, "a fixed study's batches are in the order of runs");
            cr_assert(geometry_replication(self, run) < self->look[span.stage]);
            cr_assert(span.stage == 0 || geometry_replication(self, run) >= self->look[span.stage - 1]);
            runs++;
        }
    }
    cr_assert(runs == geometry_runs(self));
    for (int64_t block = 0; block < geometry_blocks(self); block++) {
        int64_t first, count = geometry_block_batches(self, block, &first);
        cr_assert(first == batches && count >= 1);
        for (int64_t b = first; b < first + count; b++)
            cr_assert(geometry_block_of_batch(self, b) == block);
        cr_assert(geometry_span(self, first).stage == geometry_span(self, first + count - 1).stage);
        batches += count;
    }
    cr_assert(batches == geometry_batches(self));
    for (int64_t point = 0; point < self->plan.points; point++)
        for (int s = 0; s < self->num_stages; s++) {
            int64_t first, count = geometry_point_batches(self, point, s, &first);
            for (int64_t b = first; b < first + count; b++) {
                struct geometry_span span = geometry_span(self, b);
                cr_assert(span.stage == s && point >= span.point && point < span.point + span.num_points);
            }
        }
}

Test(geometry, every_run_is_in_one_batch_and_every_batch_in_one_block)
{
    for (int64_t points = 1; points <= 7; points++)
        for (int64_t replications = 1; replications <= 13; replications++)
            for (int64_t block = 1; block <= 5; block += 2) {
                for (int64_t first = 0; first <= replications; first++)
                    for (int64_t per = 1; per <= replications; per++) {
                        struct geometry g = made(points, replications, first, (struct geometry_sizes){ per, 1, block });
                        expect_sound(&g);
                    }
                for (int64_t whole = 2; whole <= points; whole++) {
                    struct geometry g =
                        made(points, replications, 0, (struct geometry_sizes){ replications, whole, block });
                    expect_sound(&g);
                }
            }
}

Test(geometry, looks_double_and_the_last_is_the_most)
{
    static const int64_t look[] = { 32, 64, 128, 256, 512, 1000 };
    struct geometry g = made(3, 1000, 32, (struct geometry_sizes){ 16, 1, 4 });
    cr_assert(g.num_stages == 6);
    for (int i = 0; i < 6; i++)
        cr_assert(g.look[i] == look[i]);
    g = made(3, 1000, 1000, (struct geometry_sizes){ 16, 1, 4 });
    cr_assert(g.num_stages == 1 && g.look[0] == 1000);
    g = made(1, INT32_MAX, 1, (struct geometry_sizes){ 1, 1, 1 });
    cr_assert(g.num_stages == GEOMETRY_MAX_STAGES && g.look[GEOMETRY_MAX_STAGES - 1] == INT32_MAX);
    cr_assert(geometry_batches(&g) == INT32_MAX);
}

Test(geometry, numbers_of_large_studies_are_exact)
{
    struct geometry g = made(4000037, 2003, 0, (struct geometry_sizes){ 1, 1, 1000 });
    int64_t last = 4000037LL * 2003 - 1;
    cr_assert(geometry_runs(&g) == last + 1 && geometry_batches(&g) == last + 1);
    cr_assert(geometry_batch_of_run(&g, last) == last && geometry_point(&g, last) == 4000036);
    g = made((int64_t)1 << 22, INT32_MAX, 3, (struct geometry_sizes){ 3, 1, 7 });
    cr_assert(geometry_runs(&g) == ((int64_t)1 << 22) * INT32_MAX);
    struct geometry_span span = geometry_span(&g, geometry_batches(&g) - 1);
    cr_assert(span.point == (1 << 22) - 1 && span.replication + span.num_replications == INT32_MAX);
    cr_assert(geometry_batch_of_run(&g, geometry_runs(&g) - 1) == geometry_batches(&g) - 1);
}

Test(geometry, what_is_out_of_range_is_refused)
{
    static const struct {
        struct geometry_plan plan;
        struct geometry_sizes sizes;
        const char *says;
    } bad[] = {
        { { 0, 1, 0 }, { 1, 1, 1 }, "at least 1 point" },
        { { 1, 0, 0 }, { 1, 1, 1 }, "at least 1 point" },
        { { 1, (int64_t)1 << 31, 0 }, { 1, 1, 1 }, "at least 1 point" },
        { { 1, 8, 9 }, { 1, 1, 1 }, "first look" },
        { { 1, 8, -1 }, { 1, 1, 1 }, "first look" },
        { { INT64_MAX, 2, 0 }, { 1, 1, 1 }, "too many runs" },
        { { ((int64_t)1 << 52) + 1, 2, 0 }, { 1, 1, 1 }, "too many runs" },
        { { 4, 8, 0 }, { 0, 1, 1 }, "do not fit" },
        { { 4, 8, 0 }, { 9, 1, 1 }, "do not fit" },
        { { 4, 8, 0 }, { 4, 2, 1 }, "do not fit" },
        { { 4, 8, 4 }, { 8, 2, 1 }, "do not fit" },
        { { 4, 8, 0 }, { 8, 5, 1 }, "do not fit" },
        { { 4, 8, 0 }, { 8, 1, 0 }, "do not fit" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct geometry g;
        struct error err = { 0 };
        cr_assert(geometry_init(&g, &bad[i].plan, &bad[i].sizes, &err) == MILIEU_ERR_USAGE, "%zu", i);
        cr_assert(strstr(err.detail[0], bad[i].says) != NULL, "%zu: %s", i, err.detail[0]);
    }
    struct geometry_plan most = { (int64_t)1 << 52, 2, 0 };
    struct geometry_sizes one = { 1, 1, 1 };
    struct geometry g;
    cr_assert(geometry_init(&g, &most, &one, NULL) == 0);
}

static struct geometry_sizes chosen(int64_t points, int64_t replications, int64_t first, double seconds, double per_run,
                                    double per_point)
{
    struct geometry_plan plan = { points, replications, first };
    struct geometry_costs costs = { seconds, per_run, per_point };
    struct geometry_sizes sizes = geometry_choose(&plan, &costs);
    struct geometry g;
    struct error err = { 0 };
    cr_assert(geometry_init(&g, &plan, &sizes, &err) == 0, "%s", err.detail[0]);
    return sizes;
}

static double block_seconds(struct geometry_sizes s, double run)
{
    return (double)(s.per_batch * s.points_per_batch * s.batches_per_block) * run;
}

Test(geometry, sizes_follow_the_pilot)
{
    /* 10^7 runs of 5 ms: batches of a quarter of a second, blocks of some ten seconds */
    struct geometry_sizes s = chosen(10000, 1000, 0, 0.005, 400, 0);
    cr_assert(s.per_batch == 50 && s.points_per_batch == 1, "%ld", (long)s.per_batch);
    cr_assert(block_seconds(s, 0.005) > 5 && block_seconds(s, 0.005) <= 20);
    /* sums that runs share: as many runs as five seconds hold, and evened out */
    s = chosen(10000, 1000, 0, 0.02, 400, 500000);
    cr_assert(s.per_batch == 250, "%ld", (long)s.per_batch);
    /* few replications: whole points */
    s = chosen(1000000, 10, 0, 0.001, 400, 0);
    cr_assert(s.per_batch == 10 && s.points_per_batch == 25);
    /* yet never in a sequential study */
    s = chosen(1000000, 10, 2, 0.001, 400, 0);
    cr_assert(s.per_batch == 2 && s.points_per_batch == 1);
    /* a prime number of replications is no misfortune */
    s = chosen(100, 10007, 0, 0.005, 400, 0);
    cr_assert(s.per_batch > 40 && s.per_batch <= 50);
    /* ten seconds of work in all: enough blocks for many workers, of a tenth of a second */
    s = chosen(100, 20, 0, 0.005, 400, 0);
    cr_assert(fabs(block_seconds(s, 0.005) - 0.1) < 1e-9, "%g", block_seconds(s, 0.005));
    /* long runs: one a batch, one batch a block */
    s = chosen(100, 20, 0, 60, 400, 0);
    cr_assert(s.per_batch == 1 && s.points_per_batch == 1 && s.batches_per_block == 1);
    /* payloads stay below 4 MiB, or hold one run */
    s = chosen(1000, 1000, 0, 0.0001, 1 << 16, 0);
    cr_assert(s.per_batch <= 64 && s.per_batch > 32);
    s = chosen(1000, 1000, 0, 0.0001, 1e9, 0);
    cr_assert(s.per_batch == 1);
    s = chosen(1000, 4, 0, 0.0001, 8, 1 << 20);
    cr_assert(s.points_per_batch <= 4);
}

Test(geometry, any_costs_give_sizes_that_fit)
{
    static const double cost[] = { 0, -1, NAN, INFINITY, 1e-12, 1e-3, 1e300 };
    static const int64_t count[] = { 1, 2, 3, 97, 1024, 10000000 };
    for (int a = 0; a < 7; a++)
        for (int b = 0; b < 7; b++)
            for (int c = 0; c < 7; c++)
                for (int p = 0; p < 6; p++)
                    for (int r = 0; r < 6; r++)
                        for (int64_t first = 0; first <= count[r]; first = 3 * first + 1)
                            chosen(count[p], count[r], first, cost[a], cost[b], cost[c]);
}
