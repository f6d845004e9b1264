#include "merge_help.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_study.h"
#include "sim/study/exact.h"
#include "sim/study/sketch.h"
#include "study_help.h"

#define HEAD                                                                                                           \
    STUDY_HEAD "id = \"made-up\"; title: { en = \"Made up\"; fr = \"Inventée\"; }; scenario = \"two.cfg\";\n"         \
               "design: { method = \"factorial\"; };\n"                                                                \
               "vary: ( { path = \"meso[clinic-a].organizational.nurse_turnover_rate\"; name = \"turnover\"; range = " \
               "[0.1, 0.5]; levels = 3; },\n"                                                                          \
               "        { path = \"meso[clinic-a].place\"; name = \"place\"; values = [\"rural\", \"urban\"]; } );\n"  \
               "respond = [\"reach\", \"fidelity\", \"trust\"];\n"

const char made_up_plain[] = HEAD "runs: { replications = 10; seed = 5; };\n"
                                  "outputs: { clinics = true; series = [\"fidelity\", \"ed_visits\"]; every_weeks = 4; "
                                  "trajectories = 2; };\n";
const char made_up_alone[] = HEAD "runs: { replications = 10; seed = 5; }; outputs: { clinics = false; };\n";
const char made_up_sequential[] =
    HEAD "runs: { seed = 5; };\n"
         "stop: { response = \"reach\"; arms = [\"with-champion\", \"as-it-is\"]; clinic = \"all\"; "
         "half_width = 0.05; level = 0.95; first = 8; most = 64; };\n"
         "outputs: { clinics = true; series = [\"fidelity\"]; every_weeks = 4; trajectories = 3; };\n";

struct merge_report merged_to(const struct fake_runs *runs, const struct merge_options *options)
{
    struct merge_report report;
    struct error err = { 0 };
    int ret = study_merge(runs->study, &runs->folder, options, &report, &err);
    cr_assert(ret == 0, "%s", err.detail[0]);
    return report;
}

struct study_file opened(const char *path)
{
    struct study_file file;
    struct error err = { 0 };
    cr_assert(study_file_open(&file, path, &err) == 0, "%s", err.detail[0]);
    return file;
}

bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* ---- bytes of files ---- */

char *file_bytes(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes;
    cr_assert(file != NULL, "%s", path);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(*length + 1);
    cr_assert(fread(bytes, 1, *length, file) == *length);
    fclose(file);
    return bytes;
}

bool same_files(const char *a, const char *b)
{
    size_t length_a, length_b;
    char *bytes_a = file_bytes(a, &length_a), *bytes_b = file_bytes(b, &length_b);
    bool equal = length_a == length_b && memcmp(bytes_a, bytes_b, length_a) == 0;
    free(bytes_a);
    free(bytes_b);
    return equal;
}

void write_file(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    cr_assert(file != NULL && fwrite(bytes, 1, length, file) == length && fclose(file) == 0);
}

const char *own_path(const char *name)
{
    static char path[16][600];
    static int next;
    char *out = path[next++ % 16];
    snprintf(out, 600, "%s/%s", fake_folder(), name);
    return out;
}

/* ---- every value ---- */

void check_responses(struct study_file *file, const struct fake_runs *runs)
{
    int64_t n = file->num_replications;
    double *value = malloc((size_t)(file->num_points * n) * sizeof *value);
    for (int r = 0; r < runs->shape.responses; r++)
        for (int arm = 0; arm < file->num_arms; arm++)
            for (int place = 0; place < file->num_places; place++) {
                int outcome = runs->study->respond[r];
                cr_assert(study_file_has_response(file, outcome));
                cr_assert(study_file_read_response(file, outcome, arm, place, 0, file->num_points, value, NULL) == 0);
                for (int64_t i = 0; i < file->num_points * n; i++) {
                    double want =
                        fake_fails(runs, i / n, i % n) ? NAN : fake_response(runs, i / n, i % n, arm, place, r);
                    cr_assert(same_number(value[i], want), "response %d run %d: %g, not %g", r, (int)i, value[i], want);
                }
            }
    free(value);
}

void check_status(struct study_file *file, const struct fake_runs *runs)
{
    int64_t n = file->num_replications;
    uint8_t *status = malloc((size_t)(file->num_points * n));
    cr_assert(study_file_read_status(file, 0, file->num_points, status, NULL) == 0);
    for (int64_t i = 0; i < file->num_points * n; i++)
        cr_assert(status[i] == (fake_fails(runs, i / n, i % n) ? STUDY_RUN_FAILED : STUDY_RUN_DONE));
    free(status);
}

void check_failures(struct study_file *file, const struct fake_runs *runs)
{
    int64_t next = 0;
    struct study_failure failure;
    char want[64];
    for (int64_t p = 0; p < file->num_points; p++)
        for (int64_t r = 0; r < file->num_replications; r++) {
            if (!fake_fails(runs, p, r))
                continue;
            cr_assert(study_file_read_failures(file, next++, 1, &failure, NULL) == 0);
            snprintf(want, sizeof want, "point %d, réplication %d", (int)p, (int)r);
            cr_assert(failure.point == p && failure.replication == r && failure.week == r % 50);
            cr_assert(strcmp(failure.message, want) == 0);
            free((char *)(uintptr_t)failure.message);
        }
    cr_assert(file->num_failures == next);
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The quantiles of a cell against its runs, in order. */
static void check_quantiles(const struct fake_runs *runs, int64_t point, const int at[3], int week, const float *got)
{
    float sample[64];
    int n = 0;
    for (int64_t r = 0; r < runs->study->replications; r++) {
        float x = fake_fails(runs, point, r) ? NAN : fake_weekly(point, r, at[0], at[1], at[2], week);
        if (!isnan(x))
            sample[n++] = x;
    }
    qsort(sample, (size_t)n, sizeof *sample, by_size);
    for (int q = 0; q < RESULTS_NUM_QUANTILES; q++) {
        int rank = (int)ceil(results_quantile[q] * n);
        double want = n > 0 ? sketch_middle(sketch_key(sample[rank > 0 ? rank - 1 : 0])) : NAN;
        cr_assert(same_number(got[q], (float)want), "point %d, quantile %d: %g, not %g", (int)point, q, got[q], want);
    }
}

/* One cell against its runs, added up here. */
static void check_cell(const struct fake_runs *runs, int64_t point, const int at[3], int week, const double got[4])
{
    struct exact sum = { 0 };
    double missing = 0;
    for (int64_t r = 0; r < runs->study->replications; r++) {
        float x = fake_fails(runs, point, r) ? NAN : fake_weekly(point, r, at[0], at[1], at[2], week);
        exact_add(&sum, x);
        missing += isnan(x);
    }
    cr_assert(got[0] == (double)sum.count && got[1] == missing);
    cr_assert(same_number(got[2], exact_mean(&sum)) && same_number(got[3], exact_variance(&sum)));
}

static void check_all_quantiles(struct study_file *file, const struct fake_runs *runs, int k)
{
    int steps = runs->shape.steps, every = runs->study->outputs.every_weeks, series = runs->study->outputs.series[k];
    size_t row = (size_t)steps * RESULTS_NUM_QUANTILES;
    float *value = malloc((size_t)file->num_points * row * sizeof *value);
    int *week = malloc((size_t)steps * sizeof *week);
    cr_assert(study_file_series_weeks(file, series, week, NULL) == 0);
    for (int i = 0; i < steps; i++)
        cr_assert(week[i] == (i + 1) * every - 1);
    for (int arm = 0; arm < file->num_arms; arm++)
        for (int place = 0; place < runs->shape.rows; place++) {
            cr_assert(study_file_read_quantiles(file, series, arm, place, 0, file->num_points, value, NULL) == 0);
            for (int64_t i = 0; i < file->num_points * steps; i++)
                check_quantiles(runs, i / steps, (int[]){ arm, place, k }, week[i % steps],
                                value + i * RESULTS_NUM_QUANTILES);
        }
    free(week);
    free(value);
}

void check_series(struct study_file *file, const struct fake_runs *runs)
{
    static const char *const what[4] = { "count", "missing", "mean", "variance" };
    int steps = runs->shape.steps, every = runs->study->outputs.every_weeks, got_rows, got_steps;
    double *value = malloc(4 * (size_t)(file->num_points * steps) * sizeof *value);
    for (int k = 0; k < runs->shape.series; k++)
        check_all_quantiles(file, runs, k);
    for (int k = 0; k < runs->shape.series; k++)
        for (int arm = 0; arm < file->num_arms; arm++)
            for (int row = 0; row < runs->shape.rows; row++) {
                int series = runs->study->outputs.series[k];
                cr_assert(study_file_series_shape(file, series, &got_rows, &got_steps, NULL) == 0);
                cr_assert(got_rows == runs->shape.rows && got_steps == steps);
                for (int w = 0; w < 4; w++)
                    cr_assert(study_file_read_series(file, series, what[w], arm, row, 0, file->num_points,
                                                     value + w * file->num_points * steps, NULL) == 0);
                for (int64_t i = 0; i < file->num_points * steps; i++) {
                    double got[4];
                    for (int w = 0; w < 4; w++)
                        got[w] = value[w * file->num_points * steps + i];
                    check_cell(runs, i / steps, (int[]){ arm, row, k }, ((int)(i % steps) + 1) * every - 1, got);
                }
            }
    free(value);
}

/* A tile of a trajectory: NaN where the run failed. */
static void check_tile(struct study_file *file, const struct fake_runs *runs, const int at[3],
                       const struct study_tile *tile)
{
    int64_t weeks = runs->study->scenario.horizon, each = tile->num_replications * weeks;
    float *value = malloc((size_t)(tile->num_points * each) * sizeof *value);
    int series = runs->study->outputs.series[at[2]];
    cr_assert(study_file_read_trajectory(file, series, at[0], at[1], tile, value, NULL) == 0);
    for (int64_t i = 0; i < tile->num_points * each; i++) {
        int64_t point = tile->point + i / each, r = tile->replication + i % each / weeks;
        float want = fake_fails(runs, point, r) ? NAN : fake_weekly(point, r, at[0], at[1], at[2], (int)(i % weeks));
        cr_assert(same_number(value[i], want), "point %d, replication %d: %g, not %g", (int)point, (int)r, value[i],
                  want);
    }
    free(value);
}

void check_trajectories(struct study_file *file, const struct fake_runs *runs)
{
    int kept, rows, weeks, n = runs->study->outputs.trajectories;
    cr_assert(study_file_trajectory_shape(file, &kept, &rows, &weeks, NULL) == 0);
    cr_assert(kept == n && rows == runs->shape.rows && weeks == runs->study->scenario.horizon);
    for (int k = 0; k < runs->shape.series; k++) {
        cr_assert(study_file_has_trajectory(file, runs->study->outputs.series[k]));
        for (int arm = 0; arm < file->num_arms; arm++)
            for (int row = 0; row < rows; row++) {
                const int at[3] = { arm, row, k };
                check_tile(file, runs, at, &(struct study_tile){ 0, file->num_points, 0, kept });
                check_tile(file, runs, at, &(struct study_tile){ 1, file->num_points - 2, kept - 1, 1 });
            }
    }
}

void check_design(struct study_file *file, const struct study *study)
{
    double *x = malloc((size_t)file->num_points * 2 * sizeof *x), want[2];
    cr_assert(file->num_factors == 2 && strcmp(file->factor[0], "turnover") == 0);
    cr_assert(study_file_find_factor(file, "place") == 1 && study_file_find_factor(file, "x") == -1);
    cr_assert(strcmp(file->path_of[0], "meso[clinic-a].organizational.nurse_turnover_rate") == 0);
    cr_assert(strcmp(file->kind[0], "path") == 0 && strcmp(file->unit[0], "year-1") == 0, "%s", file->unit[0]);
    cr_assert(file->num_words == 2 && strcmp(file->word[2 + 1], "urban") == 0 && file->word[0][0] == '\0');
    cr_assert(study_file_read_design(file, 0, file->num_points, x, NULL) == 0);
    for (int64_t p = 0; p < file->num_points; p++) {
        design_point(&study->design, (uint64_t)p, want);
        cr_assert(x[2 * p] == want[0] && x[2 * p + 1] == want[1]);
    }
    free(x);
}

struct fake_runs runs_but(const struct study *study, int64_t but)
{
    struct fake_runs runs;
    int64_t batch[64], count = 0;
    fake_runs_init(&runs, study, (struct geometry_sizes){ 0 }, true);
    for (int64_t b = 0; b < geometry_batches(&runs.folder.geometry); b++)
        if (b != but)
            batch[count++] = b;
    fake_journal(&runs, batch, count);
    return runs;
}
