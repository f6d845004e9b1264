#include "export_study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

#define ROWS_AT_ONCE 65536 /* of a table, read at a time: memory does not grow with the number of points */

struct tables {
    struct study_file *file;
    const char *folder;
    struct csv_form form;
};

/* ---- the design ---- */

static void put_level(struct csv *t, const struct study_file *file, int factor, double x)
{
    const char *word = "";
    if (file->word != NULL && x >= 0 && x < file->num_words)
        word = file->word[factor * file->num_words + (int)x];
    if (word[0] != '\0')
        csv_put_text(t, word);
    else
        csv_put_double(t, x);
}

static int64_t points_at_once(const struct study_file *file, int64_t each)
{
    int64_t count = ROWS_AT_ONCE / (each > 0 ? each : 1);
    count = count > 0 ? count : 1;
    return count < file->num_points ? count : file->num_points;
}

static int export_design(struct tables *self, struct error *err)
{
    struct study_file *file = self->file;
    int64_t step = points_at_once(file, file->num_factors);
    double *x = malloc((size_t)step * (size_t)file->num_factors * sizeof *x);
    struct csv t;
    int ret;
    if (x == NULL) {
        error_set_memory(err);
        return MILIEU_ERR_MEMORY;
    }
    if ((ret = csv_begin(&t, self->folder, "design.csv", &self->form, err)) != 0)
        goto out;
    csv_put_text(&t, "point");
    for (int k = 0; k < file->num_factors; k++)
        csv_put_text(&t, file->factor[k]);
    csv_end_row(&t);
    for (int64_t first = 0; first < file->num_points && ret == 0; first += step) {
        int64_t count = file->num_points - first < step ? file->num_points - first : step;
        ret = study_file_read_design(file, first, count, x, err);
        for (int64_t i = 0; i < count && ret == 0; i++) {
            csv_put_whole(&t, first + i);
            for (int k = 0; k < file->num_factors; k++)
                put_level(&t, file, k, x[i * file->num_factors + k]);
            csv_end_row(&t);
        }
    }
    ret = csv_end(&t, ret, err);
out:
    free(x);
    return ret;
}

/* ---- the responses ---- */

struct block { /* runs of some points, in one arm and place */
    int64_t first, count, runs;
    double *value[NUM_OUTCOMES]; /* NULL: the file has none */
    uint8_t *status;
};

static int read_block(struct study_file *file, struct block *b, int arm, int place, struct error *err)
{
    int ret = study_file_read_status(file, b->first, b->count, b->status, err);
    for (int k = 0; k < NUM_OUTCOMES && ret == 0; k++)
        if (b->value[k] != NULL)
            ret = study_file_read_response(file, k, arm, place, b->first, b->count, b->value[k], err);
    return ret;
}

/* A run that was not needed, or is not done, has no row. */
static void put_block(struct csv *t, const struct study_file *file, const struct block *b, int arm, int place)
{
    for (int64_t i = 0; i < b->count * b->runs; i++) {
        if (b->status[i] != STUDY_RUN_DONE && b->status[i] != STUDY_RUN_FAILED)
            continue;
        csv_put_whole(t, b->first + i / b->runs);
        csv_put_whole(t, i % b->runs);
        csv_put_text(t, file->arm_id[arm]);
        csv_put_text(t, file->place_id[place]);
        csv_put_whole(t, b->status[i] == STUDY_RUN_FAILED);
        for (int k = 0; k < NUM_OUTCOMES; k++)
            if (b->value[k] != NULL)
                csv_put_double(t, b->value[k][i]);
        csv_end_row(t);
    }
}

static void put_response_names(struct csv *t, const struct block *b)
{
    csv_put_texts(t, (const char *const[]){ "point", "replication", "arm", "clinic", "failed", NULL });
    for (int k = 0; k < NUM_OUTCOMES; k++)
        if (b->value[k] != NULL)
            csv_put_text(t, outcome_table[k].id);
    csv_end_row(t);
}

static int put_responses(struct csv *t, struct study_file *file, struct block *b, int64_t step, struct error *err)
{
    int ret = 0;
    put_response_names(t, b);
    for (b->first = 0; b->first < file->num_points; b->first += step) {
        b->count = file->num_points - b->first < step ? file->num_points - b->first : step;
        for (int arm = 0; arm < file->num_arms; arm++)
            for (int place = 0; place < file->num_places; place++) {
                if ((ret = read_block(file, b, arm, place, err)) != 0)
                    return ret;
                put_block(t, file, b, arm, place);
            }
    }
    return ret;
}

static int export_responses(struct tables *self, struct error *err)
{
    struct study_file *file = self->file;
    struct block b = { .runs = file->num_replications };
    int64_t step = points_at_once(file, b.runs);
    size_t size = (size_t)step * (size_t)b.runs;
    struct csv t;
    int ret = (b.status = malloc(size)) != NULL ? 0 : error_set_memory(err);
    for (int k = 0; k < NUM_OUTCOMES && ret == 0; k++)
        if (study_file_has_response(file, k) && (b.value[k] = malloc(size * sizeof **b.value)) == NULL)
            ret = error_set_memory(err);
    if (ret == 0 && (ret = csv_begin(&t, self->folder, "responses.csv", &self->form, err)) == 0)
        ret = csv_end(&t, put_responses(&t, file, &b, step, err), err);
    for (int k = 0; k < NUM_OUTCOMES; k++)
        free(b.value[k]);
    free(b.status);
    return ret;
}

/* ---- series ---- */

enum { COUNT, MISSING, MEAN, VARIANCE, NUM_SUMS };
static const char *const sum_name[NUM_SUMS] = { "count", "missing", "mean", "variance" };

struct sums { /* of some points in one series, arm and place */
    int64_t first, points;
    int rows, steps;
    int *week;               /* [steps] */
    double *value[NUM_SUMS]; /* [points][steps] */
    float *quantile;         /* [points][steps][RESULTS_NUM_QUANTILES] */
};

static int first_series(const struct study_file *file)
{
    int series = 0;
    while (series < NUM_SERIES && !study_file_has_series(file, series))
        series++;
    return series;
}

static int read_sums(struct study_file *file, struct sums *s, int series, int arm, int row, struct error *err)
{
    int ret = 0;
    for (int k = 0; k < NUM_SUMS && ret == 0; k++)
        ret = study_file_read_series(file, series, sum_name[k], arm, row, s->first, s->points, s->value[k], err);
    if (ret == 0)
        ret = study_file_read_quantiles(file, series, arm, row, s->first, s->points, s->quantile, err);
    return ret;
}

/* A point without a run has no row. */
static void put_sums(struct csv *t, const struct study_file *file, const struct sums *s, int series, int arm, int row)
{
    for (int64_t i = 0; i < s->points * s->steps; i++) {
        if (s->value[COUNT][i] + s->value[MISSING][i] <= 0)
            continue;
        csv_put_whole(t, s->first + i / s->steps);
        csv_put_text(t, file->arm_id[arm]);
        csv_put_text(t, file->place_id[row]);
        csv_put_whole(t, s->week[i % s->steps]);
        csv_put_text(t, series_table[series].id);
        csv_put_whole(t, (long long)s->value[COUNT][i]);
        csv_put_whole(t, (long long)s->value[MISSING][i]);
        csv_put_double(t, s->value[MEAN][i]);
        csv_put_double(t, sqrt(s->value[VARIANCE][i]));
        for (int q = 0; q < RESULTS_NUM_QUANTILES; q++)
            csv_put_float(t, s->quantile[i * RESULTS_NUM_QUANTILES + q]);
        csv_end_row(t);
    }
}

/* "q05" */
static const char *quantile_name(char *out, size_t size, int q)
{
    snprintf(out, size, "q%02.0f", 100 * results_quantile[q]);
    return out;
}

static void put_sum_names(struct csv *t)
{
    char name[8];
    csv_put_texts(
        t, (const char *const[]){ "point", "arm", "clinic", "week", "series", "count", "missing", "mean", "sd", NULL });
    for (int q = 0; q < RESULTS_NUM_QUANTILES; q++)
        csv_put_text(t, quantile_name(name, sizeof name, q));
    csv_end_row(t);
}

static int put_points(struct csv *t, struct study_file *file, struct sums *s, struct error *err)
{
    int ret = 0;
    for (int series = 0; series < NUM_SERIES; series++)
        for (int arm = 0; arm < file->num_arms && study_file_has_series(file, series); arm++)
            for (int row = 0; row < s->rows; row++) {
                if ((ret = read_sums(file, s, series, arm, row, err)) != 0)
                    return ret;
                put_sums(t, file, s, series, arm, row);
            }
    return ret;
}

static int put_series(struct csv *t, struct study_file *file, struct sums *s, int64_t step, struct error *err)
{
    int ret = 0;
    put_sum_names(t);
    for (s->first = 0; s->first < file->num_points && ret == 0; s->first += step) {
        s->points = file->num_points - s->first < step ? file->num_points - s->first : step;
        ret = put_points(t, file, s, err);
    }
    return ret;
}

static int alloc_sums(struct sums *s, size_t size, struct error *err)
{
    bool good = (s->week = malloc((size_t)s->steps * sizeof *s->week)) != NULL;
    for (int k = 0; k < NUM_SUMS; k++)
        good = (s->value[k] = malloc(size * sizeof **s->value)) != NULL && good;
    good = (s->quantile = malloc(size * RESULTS_NUM_QUANTILES * sizeof *s->quantile)) != NULL && good;
    return good ? 0 : error_set_memory(err);
}

static int export_series(struct tables *self, struct error *err)
{
    struct study_file *file = self->file;
    int series = first_series(file), ret;
    struct sums s = { 0 };
    struct csv t;
    if (series == NUM_SERIES)
        return 0;
    if ((ret = study_file_series_shape(file, series, &s.rows, &s.steps, err)) != 0)
        return ret;
    int64_t step = points_at_once(file, s.steps);
    ret = alloc_sums(&s, (size_t)step * (size_t)s.steps, err);
    if (ret == 0)
        ret = study_file_series_weeks(file, series, s.week, err);
    if (ret == 0 && (ret = csv_begin(&t, self->folder, "series.csv", &self->form, err)) == 0)
        ret = csv_end(&t, put_series(&t, file, &s, step, err), err);
    for (int k = 0; k < NUM_SUMS; k++)
        free(s.value[k]);
    free(s.quantile);
    free(s.week);
    return ret;
}

/* ---- trajectories ---- */

struct kept { /* whole series of some runs in one arm and place */
    struct study_tile tile;
    int64_t step, replications; /* of a tile */
    int num, rows, weeks;
    uint8_t *status;          /* [points][num_replications] */
    float *value[NUM_SERIES]; /* [points][replications][weeks]; NULL: the file has none */
};

static int read_kept(struct study_file *file, struct kept *k, int arm, int row, struct error *err)
{
    int ret = 0;
    for (int s = 0; s < NUM_SERIES && ret == 0; s++)
        if (k->value[s] != NULL)
            ret = study_file_read_trajectory(file, s, arm, row, &k->tile, k->value[s], err);
    return ret;
}

static void put_run(struct csv *t, const struct study_file *file, const struct kept *k, int64_t run, const int at[2])
{
    for (int64_t week = 0; week < k->weeks; week++) {
        csv_put_whole(t, k->tile.point + run / k->tile.num_replications);
        csv_put_whole(t, k->tile.replication + run % k->tile.num_replications);
        csv_put_text(t, file->arm_id[at[0]]);
        csv_put_text(t, file->place_id[at[1]]);
        csv_put_whole(t, week);
        for (int s = 0; s < NUM_SERIES; s++)
            if (k->value[s] != NULL)
                csv_put_float(t, k->value[s][run * k->weeks + week]);
        csv_end_row(t);
    }
}

/* A run that failed, or is not done, has no row. */
static void put_kept(struct csv *t, const struct study_file *file, const struct kept *k, const int at[2])
{
    for (int64_t run = 0; run < k->tile.num_points * k->tile.num_replications; run++) {
        int64_t point = run / k->tile.num_replications, replication = run % k->tile.num_replications;
        if (k->status[point * file->num_replications + k->tile.replication + replication] == STUDY_RUN_DONE)
            put_run(t, file, k, run, at);
    }
}

static int put_tile(struct csv *t, struct study_file *file, struct kept *k, struct error *err)
{
    int ret = 0;
    for (int arm = 0; arm < file->num_arms; arm++)
        for (int row = 0; row < k->rows; row++) {
            if ((ret = read_kept(file, k, arm, row, err)) != 0)
                return ret;
            put_kept(t, file, k, (const int[2]){ arm, row });
        }
    return ret;
}

static int put_trajectories(struct csv *t, struct study_file *file, struct kept *k, struct error *err)
{
    struct study_tile *tile = &k->tile;
    int ret = 0;
    csv_put_texts(t, (const char *const[]){ "point", "replication", "arm", "clinic", "week", NULL });
    for (int s = 0; s < NUM_SERIES; s++)
        if (k->value[s] != NULL)
            csv_put_text(t, series_table[s].id);
    csv_end_row(t);
    for (tile->point = 0; tile->point < file->num_points && ret == 0; tile->point += k->step) {
        tile->num_points = file->num_points - tile->point < k->step ? file->num_points - tile->point : k->step;
        ret = study_file_read_status(file, tile->point, tile->num_points, k->status, err);
        for (tile->replication = 0; tile->replication < k->num && ret == 0; tile->replication += k->replications) {
            int64_t left = k->num - tile->replication;
            tile->num_replications = left < k->replications ? left : k->replications;
            ret = put_tile(t, file, k, err);
        }
    }
    return ret;
}

/* The sizes of a tile: all replications of some points, or some of one point's; and room for one. */
static int alloc_kept(struct kept *k, const struct study_file *file, struct error *err)
{
    int64_t most = ROWS_AT_ONCE / k->weeks > 0 ? ROWS_AT_ONCE / k->weeks : 1;
    k->replications = k->num < most ? k->num : most;
    int64_t rows = k->replications * k->weeks;
    k->step = points_at_once(file, rows > file->num_replications ? rows : file->num_replications);
    k->status = malloc((size_t)k->step * (size_t)file->num_replications);
    bool good = k->status != NULL;
    for (int s = 0; s < NUM_SERIES; s++)
        if (study_file_has_trajectory(file, s))
            good = (k->value[s] = malloc((size_t)(k->step * rows) * sizeof **k->value)) != NULL && good;
    return good ? 0 : error_set_memory(err);
}

static int export_trajectories(struct tables *self, struct error *err)
{
    struct kept k = { 0 };
    struct csv t;
    int ret = study_file_trajectory_shape(self->file, &k.num, &k.rows, &k.weeks, err);
    if (ret != 0 || k.num == 0)
        return ret;
    ret = alloc_kept(&k, self->file, err);
    if (ret == 0 && (ret = csv_begin(&t, self->folder, "trajectories.csv", &self->form, err)) == 0)
        ret = csv_end(&t, put_trajectories(&t, self->file, &k, err), err);
    for (int s = 0; s < NUM_SERIES; s++)
        free(k.value[s]);
    free(k.status);
    return ret;
}

/* ---- failures, and what it all means ---- */

/* It is ours to free, though a writer of failures only lends it: hence its const. */
static void free_message(const char *message)
{
    void *ours;
    memcpy(&ours, &message, sizeof ours);
    free(ours);
}

static int export_failures(struct tables *self, struct error *err)
{
    struct csv t;
    int ret = csv_begin(&t, self->folder, "failures.csv", &self->form, err);
    if (ret != 0)
        return ret;
    csv_put_texts(&t, (const char *const[]){ "point", "replication", "week", "message", NULL });
    csv_end_row(&t);
    for (int64_t i = 0; i < self->file->num_failures && ret == 0; i++) {
        struct study_failure failure = { 0 };
        if ((ret = study_file_read_failures(self->file, i, 1, &failure, err)) != 0)
            break;
        csv_put_whole(&t, failure.point);
        csv_put_whole(&t, failure.replication);
        csv_put_whole(&t, failure.week);
        csv_put_text(&t, failure.message);
        csv_end_row(&t);
        free_message(failure.message);
    }
    return csv_end(&t, ret, err);
}

/* What the tables are, a line or two each; those of series where there are some. */
static void list_tables(FILE *out, const struct study_file *file, int lang)
{
    static const char *const always[2] = {
        "design.csv      a row for each point: its number, and the value of each thing that varies\n"
        "responses.csv   a row for each run, arm and clinic (all = all clinics together); failed: 1, see failures.csv\n"
        "failures.csv    the runs that failed, and why\n",
        "design.csv      une ligne par point : son numéro, et la valeur de chaque chose qui varie\n"
        "responses.csv   une ligne par exécution, bras et clinique (all = toutes ensemble) ; failed : 1, voir "
        "failures.csv\n"
        "failures.csv    les exécutions en échec, et pourquoi\n"
    };
    static const char *const sums[2] = {
        "series.csv      a row for each point, arm, clinic, week and series: over the runs of the point, count of "
        "those\n"
        "                where it exists, missing: where it does not, mean, sd, and quantiles (q05 = 5 %) within "
        "1/64\n",
        "series.csv      une ligne par point, bras, clinique, semaine et série : sur les exécutions du point, count :\n"
        "                celles où elle existe, missing : où elle n'existe pas, moyenne, écart type (sd), et "
        "quantiles\n"
        "                (q05 = 5 %) à 1/64 près\n"
    };
    static const char *const kept[2] = {
        "trajectories.csv  a row for each week of each run that keeps its series, in each arm and clinic\n",
        "trajectories.csv  une ligne par semaine de chaque exécution qui garde ses séries, par bras et clinique\n"
    };
    bool has_kept = false;
    for (int s = 0; s < NUM_SERIES; s++)
        has_kept = has_kept || study_file_has_trajectory(file, s);
    fprintf(out, "%s%s%s\n", always[lang], first_series(file) < NUM_SERIES ? sums[lang] : "",
            has_kept ? kept[lang] : "");
}

static void list_columns(FILE *out, const struct study_file *file, int lang)
{
    for (int k = 0; k < file->num_factors; k++)
        fprintf(out, "  %-28s %s (%s)\n", file->factor[k], file->path_of[k], file->unit[k]);
    for (int k = 0; k < NUM_OUTCOMES; k++)
        if (study_file_has_response(file, k))
            fprintf(out, "  %-28s %s (%s)\n", outcome_table[k].id, outcome_table[k].words[lang], outcome_table[k].unit);
    for (int s = 0; s < NUM_SERIES; s++)
        if (study_file_has_series(file, s) || study_file_has_trajectory(file, s))
            fprintf(out, "  %-28s %s (%s)\n", series_table[s].id, series_table[s].words[lang], series_table[s].unit);
}

static int export_readme(struct tables *self, struct error *err)
{
    struct csv t;
    int ret = csv_begin(&t, self->folder, "README.txt", &self->form, err);
    if (ret != 0)
        return ret;
    fprintf(t.stream, "%s\n%s\n\n", self->file->title, self->file->source);
    list_tables(t.stream, self->file, self->form.french ? 1 : 0);
    list_columns(t.stream, self->file, self->form.french ? 1 : 0);
    return csv_end(&t, study_file_status(self->file, err), err);
}

int export_study_csv(struct study_file *file, const char *folder, const struct export_options *options,
                     struct error *err)
{
    struct tables self = { .file = file,
                           .folder = folder,
                           .form = { options->french, options->bom, file->path, options->written, options->context } };
    int ret;
    if ((ret = csv_folder(folder, err)) != 0 || (ret = export_design(&self, err)) != 0 ||
        (ret = export_responses(&self, err)) != 0 || (ret = export_series(&self, err)) != 0 ||
        (ret = export_trajectories(&self, err)) != 0 || (ret = export_failures(&self, err)) != 0)
        return ret;
    return export_readme(&self, err);
}
