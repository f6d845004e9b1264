#include "merge_cells.h"

#include <stdlib.h>

#include "exact.h"
#include "sketch.h"

struct sums {            /* of some cells of a point */
    size_t first, count; /* cells */
    struct exact *exact;
    uint64_t *missing;
    struct sketch *sketch;
};

/* Cells at a time, by what a sketch may grow to. */
static size_t cells_at_once(const struct harvest *harvest)
{
    const size_t memory = (size_t)256 << 20, most = SKETCH_BUCKETS * sizeof(uint64_t);
    size_t runs = (size_t)harvest->geometry->plan.replications, cells;
    size_t listed = runs < 2048 ? 2 * runs * sizeof(struct sketch_bucket) : most;
    cells = memory / ((listed < most ? listed : most) + sizeof(struct exact) + sizeof(struct sketch));
    return cells < harvest->shape.cells ? cells : harvest->shape.cells;
}

static void free_sums(struct sums *self, size_t max)
{
    for (size_t i = 0; self->sketch != NULL && i < max; i++)
        sketch_free(&self->sketch[i]);
    free(self->exact);
    free(self->missing);
    free(self->sketch);
}

static void clear_sums(struct sums *self)
{
    for (size_t i = 0; i < self->count; i++) {
        self->exact[i] = (struct exact){ 0 };
        self->missing[i] = 0;
        sketch_clear(&self->sketch[i]);
    }
}

static struct exact exact_of(const struct cell *cell)
{
    return (struct exact){ .count = cell->count,
                           .sum = (__int128)((unsigned __int128)(uint64_t)cell->sum_high << 64 | cell->sum_low),
                           .squares = (unsigned __int128)(uint64_t)cell->squares_high << 64 | cell->squares_low };
}

/* Keys come in order: equal ones at once. */
static int add_keys(struct sketch *sketch, const uint16_t *key, uint32_t count)
{
    int ret = 0;
    for (uint32_t i = 0, next; i < count && ret == 0; i = next) {
        for (next = i + 1; next < count && key[next] == key[i]; next++)
            ;
        ret = key[i] < SKETCH_BUCKETS ? sketch_add_bucket(sketch, key[i], next - i) : MILIEU_ERR_FOLDER;
    }
    return ret;
}

static int take_part(void *context, const struct part *part, int64_t first, int64_t end, struct error *err)
{
    struct sums *self = context;
    const uint16_t *key = part->key;
    if (first != part->head.first || end - first != part->head.count)
        return error_set(err, MILIEU_ERR_FOLDER, "a batch reaches over a look",
                         "un lot dépasse un examen"); /* geometry.h rules it out */
    for (size_t i = 0; i < self->first; i++)
        key += part->cell[i].count;
    for (size_t i = 0; i < self->count; i++) {
        const struct cell *cell = &part->cell[self->first + i];
        struct exact sum = exact_of(cell);
        int ret = add_keys(&self->sketch[i], key, cell->count);
        if (ret != 0)
            return error_set(err, ret, "the series of point %llu could not be added up",
                             "les séries du point %llu n'ont pu être additionnées",
                             (unsigned long long)part->head.point);
        exact_merge(&self->exact[i], &sum);
        self->missing[i] += cell->missing;
        key += cell->count;
    }
    return 0;
}

static void put_sums(const struct sums *self, struct study_writer *writer, int64_t point)
{
    for (size_t i = 0; i < self->count; i++) {
        struct study_cell cell = { .count = (int32_t)self->exact[i].count,
                                   .missing = (int32_t)self->missing[i],
                                   .mean = exact_mean(&self->exact[i]),
                                   .variance = exact_variance(&self->exact[i]) };
        for (int q = 0; q < RESULTS_NUM_QUANTILES; q++)
            cell.quantile[q] = (float)sketch_quantile(&self->sketch[i], results_quantile[q]);
        study_writer_take_cell(writer, point, self->first + i, &cell);
    }
}

static int merge_point(struct harvest *harvest, struct study_writer *writer, struct sums *sums, size_t max,
                       int64_t point, struct error *err)
{
    const struct harvest_range range = { .point = point,
                                         .num_points = 1,
                                         .num_replications = harvest->geometry->plan.replications };
    size_t cells = harvest->shape.cells;
    int ret = 0;
    for (sums->first = 0; sums->first < cells && ret == 0; sums->first += sums->count) {
        sums->count = cells - sums->first < max ? cells - sums->first : max;
        clear_sums(sums);
        ret = harvest_walk(harvest, &range, take_part, sums, err);
        if (ret == 0)
            put_sums(sums, writer, point);
    }
    return ret;
}

int merge_cells(struct harvest *harvest, struct study_writer *writer, struct error *err)
{
    size_t max = harvest->shape.cells > 0 ? cells_at_once(harvest) : 0;
    struct sums sums = { .exact = calloc(max + 1, sizeof *sums.exact),
                         .missing = calloc(max + 1, sizeof *sums.missing),
                         .sketch = calloc(max + 1, sizeof *sums.sketch) };
    struct study_tile tile;
    int ret = 0;
    if (sums.exact == NULL || sums.missing == NULL || sums.sketch == NULL)
        ret = error_set_memory(err);
    while (ret == 0 && study_writer_next_series(writer, &tile))
        for (int64_t p = tile.point; p < tile.point + tile.num_points && ret == 0; p++)
            ret = merge_point(harvest, writer, &sums, max, p, err);
    free_sums(&sums, max);
    return ret;
}
