#include "export_study.h"

#include <stdlib.h>
#include <string.h>

#include "csv.h"

#define ROWS_AT_ONCE 65536 /* runs read at a time */

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

static void list_columns(FILE *out, const struct study_file *file, int lang)
{
    static const char *const about[2] = {
        "design.csv      a row for each point: its number, and the value of each thing that varies\n"
        "responses.csv   a row for each run, arm and clinic (all = all clinics together); failed: 1, see failures.csv\n"
        "failures.csv    the runs that failed, and why\n",
        "design.csv      une ligne par point : son numéro, et la valeur de chaque chose qui varie\n"
        "responses.csv   une ligne par exécution, bras et clinique (all = toutes ensemble) ; failed : 1, voir "
        "failures.csv\n"
        "failures.csv    les exécutions en échec, et pourquoi\n"
    };
    fprintf(out, "%s\n%s\n\n%s\n", file->title, file->source, about[lang]);
    for (int k = 0; k < file->num_factors; k++)
        fprintf(out, "  %-28s %s (%s)\n", file->factor[k], file->path_of[k], file->unit[k]);
    for (int k = 0; k < NUM_OUTCOMES; k++)
        if (study_file_has_response(file, k))
            fprintf(out, "  %-28s %s (%s)\n", outcome_table[k].id, outcome_table[k].words[lang], outcome_table[k].unit);
}

static int export_readme(struct tables *self, struct error *err)
{
    struct csv t;
    int ret = csv_begin(&t, self->folder, "README.txt", &self->form, err);
    if (ret != 0)
        return ret;
    list_columns(t.stream, self->file, self->form.french ? 1 : 0);
    return csv_end(&t, 0, err);
}

int export_study_csv(struct study_file *file, const char *folder, const struct export_options *options,
                     struct error *err)
{
    struct tables self = { .file = file, .folder = folder, .form = { options->french, options->bom, file->path } };
    int ret;
    if ((ret = csv_folder(folder, err)) != 0 || (ret = export_design(&self, err)) != 0 ||
        (ret = export_responses(&self, err)) != 0 || (ret = export_failures(&self, err)) != 0)
        return ret;
    return export_readme(&self, err);
}
