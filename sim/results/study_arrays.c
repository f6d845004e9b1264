#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quantiles.h"
#include "study_parts.h"

static const hsize_t chunk_bytes = 1 << 20;   /* of an array */
static const hsize_t tile_bytes = 32 << 20;   /* of all arrays of a tile */
static const int64_t shard_bytes = 8LL << 30; /* unless the plan says otherwise */

bool study_keeps_cells(const struct study_file_inside *self)
{
    return self->plan->num_series > 0 && self->length.steps > 0;
}

bool study_keeps_trajectories(const struct study_file_inside *self)
{
    return self->plan->num_series > 0 && self->plan->kept > 0;
}

/* ---- how they are cut ---- */

static hsize_t at_least_one(hsize_t n)
{
    return n > 0 ? n : 1;
}

/* Values of an array in a chunk, when `variables` arrays of `bytes` each lie in memory. */
static hsize_t values_of_chunk(hsize_t variables, hsize_t bytes)
{
    hsize_t most = tile_bytes / (at_least_one(variables) * bytes), usual = chunk_bytes / bytes;
    return at_least_one(most < usual ? most : usual);
}

/* The longest stretch between two looks. */
static hsize_t longest_stage(const struct study_file_plan *plan)
{
    int64_t longest = plan->look[0];
    for (int i = 1; i < plan->num_looks; i++)
        if (plan->look[i] - plan->look[i - 1] > longest)
            longest = plan->look[i] - plan->look[i - 1];
    return (hsize_t)longest;
}

/* Chunks of a study with looks reach from one multiple of the first look to the next, so that what is not needed takes no
 * space; a tile is all of a stage. */
static void cut_by_looks(struct study_file_inside *self, hsize_t *length, hsize_t *chunk)
{
    const struct study_file_plan *plan = self->plan;
    hsize_t plane = length[2] * length[3], variables = at_least_one((hsize_t)plan->num_responses);
    hsize_t most = tile_bytes / (longest_stage(plan) * plane * variables * sizeof(double));
    length[1] = (hsize_t)plan->look[0];
    sheet_choose_chunk(length, 4, values_of_chunk(variables, sizeof(double)), chunk);
    if (chunk[0] > most)
        chunk[0] = at_least_one(most);
    if (chunk[0] > 1)
        self->runs.look = plan->look;
}

static void cut_runs(struct study_file_inside *self)
{
    const struct study_file_plan *plan = self->plan;
    struct sheet *s = &self->response;
    hsize_t length[SHELF_MAX_RANK] = { (hsize_t)plan->points, (hsize_t)plan->replications, (hsize_t)plan->num_arms,
                                       (hsize_t)self->length.places };
    *s =
        (struct sheet){ .type = SHEET_DOUBLE, .num_variables = plan->num_responses, .by_replication = true, .rank = 4 };
    s->outer = (size_t)plan->num_arms * (size_t)self->length.places;
    s->inner = 1;
    if (plan->num_looks > 0)
        cut_by_looks(self, length, s->chunk);
    else
        sheet_choose_chunk(length, 4, values_of_chunk((hsize_t)plan->num_responses, sizeof(double)), s->chunk);
    self->runs.replications = plan->replications;
    self->runs.block_points = (int64_t)s->chunk[0];
    self->runs.block_replications = (int64_t)s->chunk[1];
}

static void cut_kept(struct study_file_inside *self)
{
    const struct study_file_plan *plan = self->plan;
    struct sheet *s = &self->trajectory;
    hsize_t length[SHELF_MAX_RANK] = { (hsize_t)plan->points, (hsize_t)plan->kept, (hsize_t)plan->num_arms,
                                       (hsize_t)self->length.rows, (hsize_t)self->length.weeks };
    *s = (struct sheet){ .type = SHEET_FLOAT, .num_variables = plan->num_series, .by_replication = true, .rank = 5 };
    s->outer = (size_t)plan->num_arms * (size_t)self->length.rows;
    s->inner = (size_t)self->length.weeks;
    sheet_choose_chunk(length, 5, values_of_chunk((hsize_t)plan->num_series, sizeof(float)), s->chunk);
    self->kept.replications = plan->kept;
    self->kept.block_points = (int64_t)s->chunk[0];
    self->kept.block_replications = (int64_t)s->chunk[1];
}

/* All five kinds of sums in tiles of the same points. */
static void cut_cells(struct study_file_inside *self)
{
    enum { BYTES = 2 * sizeof(int32_t) + 2 * sizeof(double) + RESULTS_NUM_QUANTILES * sizeof(float) };
    const struct study_file_plan *plan = self->plan;
    hsize_t length[SHELF_MAX_RANK] = { (hsize_t)plan->points, (hsize_t)plan->num_arms, (hsize_t)self->length.rows,
                                       (hsize_t)self->length.steps, RESULTS_NUM_QUANTILES };
    struct sheet s = { .num_variables = plan->num_series, .rank = 4 };
    s.outer = (size_t)plan->num_arms * (size_t)self->length.rows;
    s.inner = (size_t)self->length.steps;
    sheet_choose_chunk(length, 4, values_of_chunk((hsize_t)plan->num_series, BYTES), s.chunk);
    s.chunk[4] = RESULTS_NUM_QUANTILES;
    self->count = self->missing = self->mean = self->variance = self->quantile = s;
    self->count.type = self->missing.type = SHEET_INT32;
    self->mean.type = self->variance.type = SHEET_DOUBLE;
    self->quantile.type = SHEET_FLOAT;
    self->quantile.rank = 5;
    self->quantile.inner = s.inner * RESULTS_NUM_QUANTILES;
    self->cells.replications = 1;
    self->cells.block_replications = 1;
    self->cells.block_points = (int64_t)s.chunk[0];
}

/* About how large the arrays will be. */
static double bytes_of_arrays(const struct study_file_inside *self)
{
    const struct study_file_plan *plan = self->plan;
    double rows = (double)plan->num_arms * self->length.rows * plan->num_series;
    double run = (double)plan->num_arms * self->length.places * plan->num_responses * sizeof(double);
    double point = rows * self->length.steps * 44 + rows * self->length.weeks * plan->kept * sizeof(float);
    return (double)plan->runs_counted * run + (double)plan->points * point;
}

/* Shards of equal numbers of points, whole tiles each; tiles become smaller where a shard has fewer points. */
static int cut_shards(struct study_file_inside *self, struct error *err)
{
    const struct study_file_plan *plan = self->plan;
    int64_t most = plan->shard_above > 0 ? plan->shard_above : shard_bytes;
    double bytes = bytes_of_arrays(self), num = bytes > (double)most ? bytes / (double)most + 1 : 1;
    int64_t block = self->runs.block_points, points;
    int shards;
    if (num <= 1)
        return 0;
    points = num < (double)plan->points ? (int64_t)((double)plan->points / num) + 1 : 1;
    if (points < block)
        self->runs.block_points = points;
    else
        points = (points + block - 1) / block * block;
    if (points >= plan->points)
        return 0;
    shards = (int)((plan->points + points - 1) / points);
    if ((self->shard = calloc((size_t)shards, sizeof *self->shard)) == NULL)
        return error_set_memory(err);
    self->num_shards = shards;
    self->shard_above = most;
    for (int i = 0; i < shards; i++) {
        struct study_shard *shard = &self->shard[i];
        snprintf(shard->name, sizeof shard->name, "study-%.32s-%03d.h5", plan->study_id, i);
        shard->target.fd = -1;
        shard->first_point = i * points;
        shard->points = plan->points - shard->first_point < points ? plan->points - shard->first_point : points;
    }
    return 0;
}

int study_cut(struct study_file_inside *self, struct error *err)
{
    cut_runs(self);
    cut_kept(self);
    cut_cells(self);
    return cut_shards(self, err);
}

/* ---- groups ---- */

struct site { /* where arrays are made: all of them, or virtual ones over pieces */
    struct study_file_inside *self;
    struct store *store;
    int64_t first, count;
    const struct store_piece *piece;
    const char *group;
    struct shelf shelf;
    int axes[SHELF_MAX_RANK];
};

static hid_t add_array(struct site *p, struct sheet *sheet, int variable, const char *name)
{
    char source[128];
    if (p->piece == NULL)
        return sheet_add(sheet, &p->shelf, variable, name, p->axes);
    snprintf(source, sizeof source, "/%s/%s", p->group, name);
    return shelf_virtual(&p->shelf, name, sheet_file_type(sheet), p->axes, sheet->rank, source, p->piece,
                         p->self->num_shards);
}

/* A virtual array is in no sheet that would close it. */
static void leave_array(struct site *p, hid_t array)
{
    if (p->piece != NULL)
        store_put_away(p->store, &array);
}

static void axis_of_points(struct site *p)
{
    p->axes[0] = shelf_axis_range(&p->shelf, "point", p->first, p->count);
}

/* Texts of a list, or of those that `index` picks, and one more behind them. The caller frees the list. */
static const char **pick(struct store *store, char *const *from, const int *index, int count, const char *last)
{
    const char **text = malloc(((size_t)count + 1) * sizeof *text);
    if (text == NULL) {
        store_fail_memory(store);
        return NULL;
    }
    for (int i = 0; i < count; i++)
        text[i] = from[index != NULL ? index[i] : i];
    text[count] = last;
    return text;
}

/* A dimension of texts and a column of their titles; the last is there when it has a name. */
struct named {
    const char *name, *words[2], *title_name, *title_words;
    char *const *id, *const *title;
    const int *index;
    int count;
    const char *last, *last_title;
};

static int axis_of_names(struct shelf *shelf, const struct named *n)
{
    struct store *store = shelf->store;
    const char **id = pick(store, n->id, n->index, n->count, n->last);
    const char **title = pick(store, n->title, n->index, n->count, n->last_title);
    int axis = 0;
    if (id != NULL && title != NULL) {
        axis = shelf_axis(shelf, n->name, store->text, id, (hsize_t)n->count + (n->last != NULL));
        store_describe(store, shelf->axis[axis].dataset, n->words[0], n->words[1], NULL);
        shelf_column(shelf, n->title_name, axis, store->text, title, n->title_words);
    }
    free(id);
    free(title);
    return axis;
}

/* Arms that were run, and clinics; `all` together are a last one, the only one where the study keeps no clinics. */
static void axes_of_places(struct site *p, int at, bool all)
{
    const struct study_file_plan *plan = p->self->plan;
    const struct scenario *s = plan->scenario;
    const struct named arms = { .name = "arm",
                                .words = { "arm", "bras" },
                                .title_name = "arm_title",
                                .title_words = "title of the arm",
                                .id = s->arm_id,
                                .title = s->arm_title[0],
                                .index = plan->arm,
                                .count = plan->num_arms };
    const struct named clinics = { .name = "clinic",
                                   .words = { "clinic", "clinique" },
                                   .title_name = "clinic_title",
                                   .title_words = "title of the clinic",
                                   .id = s->clinic_id,
                                   .title = s->clinic_title[0],
                                   .count = plan->clinics ? s->num_clinics : 0,
                                   .last = all || !plan->clinics ? "all" : NULL,
                                   .last_title = "all clinics together" };
    p->axes[at] = axis_of_names(&p->shelf, &arms);
    p->axes[at + 1] = axis_of_names(&p->shelf, &clinics);
}

static void begin_responses(struct site *p)
{
    static const double yes_no[2] = { 0, 1 };
    const struct study_file_plan *plan = p->self->plan;
    shelf_open(&p->shelf, p->store, p->group = "responses");
    axis_of_points(p);
    p->axes[1] = shelf_axis_range(&p->shelf, "replication", 0, plan->replications);
    axes_of_places(p, 2, true);
    for (int i = 0; i < plan->num_responses; i++) {
        const struct outcome_info *info = &outcome_table[plan->response[i]];
        hid_t array = add_array(p, &p->self->response, i, info->id);
        store_describe(p->store, array, info->words[0], info->words[1], info->unit);
        store_attribute_text(p->store, array, "comment", info->definition);
        store_attribute_text(p->store, array, "level", outcome_level_name[info->level]);
        store_attribute_text(p->store, array, "coordinates", "arm_title clinic_title");
        if (info->type == OUTCOME_YESNO)
            store_attribute(p->store, array, "valid_range", H5T_NATIVE_DOUBLE, yes_no, 2);
        leave_array(p, array);
    }
    shelf_close(&p->shelf);
}

/* Every so many weeks. */
static int axis_of_steps(struct site *p)
{
    int n = p->self->length.steps, axis;
    int32_t *week = malloc((size_t)n * sizeof *week);
    if (week == NULL) {
        store_fail_memory(p->store);
        return 0;
    }
    for (int i = 0; i < n; i++)
        week[i] = (i + 1) * p->self->plan->every_weeks - 1;
    axis = shelf_axis(&p->shelf, "week", H5T_NATIVE_INT32, week, (hsize_t)n);
    store_describe(p->store, p->shelf.axis[axis].dataset, "week", "semaine", "week");
    free(week);
    return axis;
}

/* One array of the sums of a series. */
static void add_sum(struct site *p, struct sheet *sheet, int variable, const char *name, const char *english,
                    const char *french, const char *unit)
{
    const struct series_info *info = &series_table[p->self->plan->series[variable]];
    char words[2][320];
    hid_t array = add_array(p, sheet, variable, name);
    snprintf(words[0], sizeof words[0], "%s: %s", info->words[0], english);
    snprintf(words[1], sizeof words[1], "%s : %s", info->words[1], french);
    store_describe(p->store, array, words[0], words[1], unit);
    store_attribute_text(p->store, array, "coordinates", "arm_title clinic_title");
    leave_array(p, array);
}

static void begin_sums(struct site *p, int variable)
{
    struct study_file_inside *self = p->self;
    const struct series_info *info = &series_table[self->plan->series[variable]];
    char group[80], squared[48];
    snprintf(group, sizeof group, "series/%s", info->id);
    snprintf(squared, sizeof squared, "(%s)2", info->unit);
    shelf_open(&p->shelf, p->store, p->group = group);
    axis_of_points(p);
    axes_of_places(p, 1, false);
    p->axes[3] = axis_of_steps(p);
    add_sum(p, &self->count, variable, "count", "runs in which it exists", "exécutions où elle existe", "1");
    add_sum(p, &self->missing, variable, "missing", "runs in which it does not", "exécutions où elle n'existe pas",
            "1");
    add_sum(p, &self->mean, variable, "mean", "mean of runs", "moyenne des exécutions", info->unit);
    add_sum(p, &self->variance, variable, "variance", "variance of runs", "variance des exécutions",
            strcmp(info->unit, "1") == 0 ? "1" : squared);
    p->axes[4] = shelf_axis(&p->shelf, "quantile", H5T_NATIVE_DOUBLE, results_quantile, RESULTS_NUM_QUANTILES);
    add_sum(p, &self->quantile, variable, "quantiles", "quantiles of runs, within 1/64",
            "quantiles des exécutions, à 1/64 près", info->unit);
    shelf_close(&p->shelf);
}

static void begin_cells(struct site *p)
{
    shelf_open(&p->shelf, p->store, "series");
    shelf_close(&p->shelf);
    for (int i = 0; i < p->self->plan->num_series; i++)
        begin_sums(p, i);
}

static void begin_trajectories(struct site *p)
{
    const struct study_file_plan *plan = p->self->plan;
    shelf_open(&p->shelf, p->store, p->group = "trajectories");
    axis_of_points(p);
    p->axes[1] = shelf_axis_range(&p->shelf, "replication", 0, plan->kept);
    axes_of_places(p, 2, false);
    p->axes[4] = axis_of_weeks(&p->shelf, plan->scenario);
    for (int i = 0; i < plan->num_series; i++) {
        hid_t array = add_array(p, &p->self->trajectory, i, series_table[plan->series[i]].id);
        describe_series(p->store, array, plan->series[i], plan->scenario);
        leave_array(p, array);
    }
    shelf_close(&p->shelf);
}

static int init_sheet(struct sheet *sheet, struct store *store, int64_t first)
{
    sheet->store = store;
    sheet->first_point = first;
    return sheet_init(sheet, NULL);
}

static void init_sheets(struct study_file_inside *self, struct store *store, int64_t first)
{
    struct sheet *sheet[] = { &self->response, &self->trajectory, &self->count,   &self->missing,
                              &self->mean,     &self->variance,   &self->quantile };
    for (size_t i = 0; i < sizeof sheet / sizeof sheet[0]; i++)
        if (init_sheet(sheet[i], store, first) != 0)
            store_fail_memory(store);
}

void study_begin_arrays(struct study_file_inside *self, struct store *store, int64_t first, int64_t count,
                        const struct store_piece *piece)
{
    struct site site = { .self = self, .store = store, .first = first, .count = count, .piece = piece };
    if (piece == NULL)
        init_sheets(self, store, first);
    if (store->failed)
        return;
    begin_responses(&site);
    if (study_keeps_cells(self))
        begin_cells(&site);
    if (study_keeps_trajectories(self))
        begin_trajectories(&site);
}

void study_free_arrays(struct study_file_inside *self)
{
    sheet_free(&self->response);
    sheet_free(&self->trajectory);
    sheet_free(&self->count);
    sheet_free(&self->missing);
    sheet_free(&self->mean);
    sheet_free(&self->variance);
    sheet_free(&self->quantile);
}
