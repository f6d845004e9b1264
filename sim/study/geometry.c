#include "geometry.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>

static int64_t divided_up(int64_t a, int64_t b)
{
    return a / b + (a % b != 0);
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int check_plan(const struct geometry_plan *plan, struct error *err)
{
    if (plan->points < 1 || plan->replications < 1 || plan->replications > INT_MAX)
        return error_set(err, MILIEU_ERR_USAGE,
                         "a study has at least 1 point and 1 to %d replications, not %" PRId64 " and %" PRId64,
                         "une étude a au moins 1 point et 1 à %d répétitions, pas %" PRId64 " et %" PRId64, INT_MAX,
                         plan->points, plan->replications);
    if (plan->first < 0 || plan->first > plan->replications)
        return error_set(err, MILIEU_ERR_USAGE, "first look: 1 to %" PRId64 " replications, not %" PRId64,
                         "premier regard : 1 à %" PRId64 " répétitions, pas %" PRId64, plan->replications, plan->first);
    if (plan->points > GEOMETRY_MAX_RUNS / plan->replications)
        return error_set(err, MILIEU_ERR_USAGE,
                         "too many runs: %" PRId64 " points x %" PRId64 " replications are more than %" PRId64,
                         "trop d'exécutions : %" PRId64 " points x %" PRId64 " répétitions dépassent %" PRId64,
                         plan->points, plan->replications, GEOMETRY_MAX_RUNS);
    return 0;
}

static int check_sizes(const struct geometry_plan *plan, const struct geometry_sizes *sizes, struct error *err)
{
    bool whole_points = sizes->points_per_batch > 1;
    if (sizes->per_batch < 1 || sizes->per_batch > plan->replications || sizes->points_per_batch < 1 ||
        sizes->points_per_batch > plan->points || sizes->batches_per_block < 1 ||
        (whole_points && (plan->first != 0 || sizes->per_batch != plan->replications)))
        return error_set(err, MILIEU_ERR_USAGE,
                         "batches of %" PRId64 " replications, %" PRId64 " points, blocks of %" PRId64
                         " batches do not fit %" PRId64 " points of %" PRId64 " replications",
                         "des lots de %" PRId64 " répétitions, %" PRId64 " points, des blocs de %" PRId64
                         " lots ne vont pas avec %" PRId64 " points de %" PRId64 " répétitions",
                         sizes->per_batch, sizes->points_per_batch, sizes->batches_per_block, plan->points,
                         plan->replications);
    return 0;
}

static void set_looks(struct geometry *self)
{
    int64_t look = self->plan.first > 0 ? self->plan.first : self->plan.replications;
    for (; look < self->plan.replications; look *= 2)
        self->look[self->num_stages++] = look;
    self->look[self->num_stages++] = self->plan.replications;
}

static int64_t look_before(const struct geometry *self, int stage)
{
    return stage == 0 ? 0 : self->look[stage - 1];
}

int geometry_init(struct geometry *self, const struct geometry_plan *plan, const struct geometry_sizes *sizes,
                  struct error *err)
{
    int ret;
    *self = (struct geometry){ .plan = *plan, .sizes = *sizes };
    if ((ret = check_plan(plan, err)) != 0 || (ret = check_sizes(plan, sizes, err)) != 0)
        return ret;
    set_looks(self);
    for (int s = 0; s < self->num_stages; s++) {
        int64_t groups = divided_up(plan->points, sizes->points_per_batch), batches;
        self->point_batches[s] = divided_up(self->look[s] - look_before(self, s), sizes->per_batch);
        batches = groups * self->point_batches[s];
        self->first_batch[s + 1] = self->first_batch[s] + batches;
        self->first_block[s + 1] = self->first_block[s] + divided_up(batches, sizes->batches_per_block);
    }
    return 0;
}

/* ---- choosing sizes ---- */

/* As a whole number from 1 to most. */
static int64_t whole(double x, int64_t most)
{
    return !(x >= 1) ? 1 : x >= (double)most ? most : (int64_t)x;
}

static double at_least_0(double x)
{
    return isfinite(x) && x > 0 ? x : 0;
}

/* Runs of one point, and points, that keep a payload below the limit. */
static int64_t runs_that_fit(const struct geometry_costs *costs, int64_t most)
{
    const double limit = 4 << 20; /* bytes */
    double per_run = at_least_0(costs->bytes_per_run), room = limit - at_least_0(costs->bytes_per_point);
    return per_run > 0 ? whole(room / per_run, most) : most;
}

static int64_t points_that_fit(const struct geometry_costs *costs, int64_t replications, int64_t most)
{
    const double limit = 4 << 20;
    double per_point = at_least_0(costs->bytes_per_run) * (double)replications + at_least_0(costs->bytes_per_point);
    return per_point > 0 ? whole(limit / per_point, most) : most;
}

struct geometry_sizes geometry_choose(const struct geometry_plan *plan, const struct geometry_costs *costs)
{
    const double longest_block = 10, shortest_block = 0.1, blocks = 256, least = 1e-6; /* s, s, -, s of a run */
    struct geometry_sizes sizes = { .points_per_batch = 1 };
    int64_t stage = plan->first > 0 ? plan->first : plan->replications;
    double run = fmax(at_least_0(costs->seconds_per_run), least);
    double all = run * (double)plan->points * (double)stage;
    double block = fmin(longest_block, fmax(shortest_block, all / blocks));
    double batch = fmin(block, at_least_0(costs->bytes_per_point) > 0 ? 5 : 0.25);
    int64_t runs = whole(batch / run, GEOMETRY_MAX_RUNS);
    if (plan->first == 0 && runs / 2 >= stage && runs_that_fit(costs, stage) == stage) {
        sizes.per_batch = plan->replications;
        sizes.points_per_batch = smaller(runs / stage, points_that_fit(costs, stage, plan->points));
    } else {
        int64_t most = smaller(smaller(runs, stage), runs_that_fit(costs, stage));
        sizes.per_batch = divided_up(stage, divided_up(stage, most)); /* as even as can be */
    }
    sizes.batches_per_block =
        whole(block / (run * (double)sizes.per_batch * (double)sizes.points_per_batch), GEOMETRY_MAX_RUNS);
    return sizes;
}

/* ---- runs ---- */

int64_t geometry_runs(const struct geometry *self)
{
    return self->plan.points * self->plan.replications;
}

int64_t geometry_run(const struct geometry *self, int64_t point, int64_t replication)
{
    return point * self->plan.replications + replication;
}

int64_t geometry_point(const struct geometry *self, int64_t run)
{
    return run / self->plan.replications;
}

int64_t geometry_replication(const struct geometry *self, int64_t run)
{
    return run % self->plan.replications;
}

/* ---- batches ---- */

int64_t geometry_batches(const struct geometry *self)
{
    return self->first_batch[self->num_stages];
}

/* The stage whose batches (or blocks) hold this one. */
static int stage_of(const struct geometry *self, const int64_t *first, int64_t index)
{
    int stage = 0;
    while (stage + 1 < self->num_stages && index >= first[stage + 1])
        stage++;
    return stage;
}

struct geometry_span geometry_span(const struct geometry *self, int64_t batch)
{
    int stage = stage_of(self, self->first_batch, batch);
    int64_t index = batch - self->first_batch[stage], in_point = self->point_batches[stage];
    int64_t group = index / in_point, part = index % in_point;
    struct geometry_span span = { .stage = stage };
    span.point = group * self->sizes.points_per_batch;
    span.num_points = smaller(self->sizes.points_per_batch, self->plan.points - span.point);
    span.replication = look_before(self, stage) + part * self->sizes.per_batch;
    span.num_replications = smaller(self->sizes.per_batch, self->look[stage] - span.replication);
    return span;
}

int64_t geometry_span_runs(const struct geometry_span *span)
{
    return span->num_points * span->num_replications;
}

int64_t geometry_span_run(const struct geometry *self, const struct geometry_span *span, int64_t i)
{
    return geometry_run(self, span->point + i / span->num_replications, span->replication + i % span->num_replications);
}

int64_t geometry_point_batches(const struct geometry *self, int64_t point, int stage, int64_t *first)
{
    int64_t batches = self->point_batches[stage];
    *first = self->first_batch[stage] + point / self->sizes.points_per_batch * batches;
    return batches;
}

int64_t geometry_batch_of_run(const struct geometry *self, int64_t run)
{
    int64_t replication = geometry_replication(self, run), first;
    int stage = 0;
    while (replication >= self->look[stage])
        stage++;
    geometry_point_batches(self, geometry_point(self, run), stage, &first);
    return first + (replication - look_before(self, stage)) / self->sizes.per_batch;
}

/* ---- blocks ---- */

int64_t geometry_blocks(const struct geometry *self)
{
    return self->first_block[self->num_stages];
}

int64_t geometry_block_of_batch(const struct geometry *self, int64_t batch)
{
    int stage = stage_of(self, self->first_batch, batch);
    return self->first_block[stage] + (batch - self->first_batch[stage]) / self->sizes.batches_per_block;
}

int64_t geometry_block_batches(const struct geometry *self, int64_t block, int64_t *first)
{
    int stage = stage_of(self, self->first_block, block);
    *first = self->first_batch[stage] + (block - self->first_block[stage]) * self->sizes.batches_per_block;
    return smaller(self->sizes.batches_per_block, self->first_batch[stage + 1] - *first);
}
