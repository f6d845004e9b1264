/* The results file: what goes in comes out, equal runs give equal bytes, and what is no results file is refused. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/results/quantiles.h"
#include "written_study.h"

static struct error err;

static bool same(double a, double b)
{
    return (isnan(a) && isnan(b)) || a == b;
}

/* ---- round trips ---- */

static void check_outcomes(struct results_file *file, const struct study *study)
{
    size_t runs = (size_t)study->draws * (size_t)study->replications, clinics = (size_t)study->clinics;
    double *value = malloc(runs * clinics * sizeof *value);
    for (int outcome = 0; outcome < NUM_OUTCOMES; outcome += 3) {
        for (int arm = 0; arm < study->arms; arm++) {
            size_t i = 0;
            cr_assert_eq(results_read_outcome(file, outcome, arm, value, &err), 0);
            for (int d = 0; d < study->draws; d++)
                for (int r = 0; r < study->replications; r++)
                    for (int c = 0; c < study->clinics; c++, i++)
                        cr_assert(same(value[i], fake_outcome(arm, d, r, c, outcome)));
            i = 0;
            cr_assert_eq(results_read_outcome_all(file, outcome, arm, value, &err), 0);
            for (int d = 0; d < study->draws; d++)
                for (int r = 0; r < study->replications; r++, i++)
                    cr_assert(same(value[i], fake_outcome(arm, d, r, study->clinics, outcome)));
        }
    }
    free(value);
}

static void check_series(struct results_file *file, const struct study *study)
{
    float *value = malloc((size_t)study->clinics * (size_t)study->horizon * sizeof *value);
    for (int d = 0; d < study->draws; d++) {
        for (int r = 0; r < study->replications; r++) {
            int arm = (d + r) % study->arms, s = (d * 5 + r) % NUM_SERIES;
            size_t i = 0;
            cr_assert_eq(results_read_series(file, s, arm, d, r, 0, study->clinics, value, &err), 0);
            for (int c = 0; c < study->clinics; c++)
                for (int w = 0; w < study->horizon; w++, i++)
                    cr_assert_eq(value[i], fake_series(arm, d, r, c, w, s));
        }
    }
    free(value);
}

static void check_events(struct results_file *file, const struct study *study)
{
    int64_t per_run = (int64_t)study->events * study->clinics, first, count;
    struct results_event *event = malloc((size_t)(per_run > 0 ? per_run : 1) * sizeof *event);
    cr_assert_eq(file->num_events, per_run * study->arms * study->draws * study->replications);
    for (int arm = 0; arm < study->arms; arm++) {
        int d = study->draws - 1, r = study->replications / 2;
        cr_assert_eq(results_find_events(file, arm, d, r, &first, &count, &err), 0);
        cr_assert_eq(count, per_run);
        cr_assert_eq(first, per_run * (((int64_t)arm * study->draws + d) * study->replications + r));
        cr_assert_eq(results_read_events(file, first, count, event, &err), 0);
        for (int64_t i = 0; i < count; i++) {
            int clinic = (int)(i % study->clinics), n = (int)(i / study->clinics);
            cr_assert(event[i].arm == arm && event[i].draw == d && event[i].replication == r);
            cr_assert(event[i].clinic == clinic && event[i].week == n &&
                      event[i].kind == (n + clinic) % NUM_EVENT_KINDS);
            cr_assert_eq(event[i].subject, n % 4 - 1);
            cr_assert_eq(event[i].value, 1000 * d + 100 * r + 10 * arm + clinic + n / 16.0);
            cr_assert_eq(event[i].cause, n == 0 ? -1 : first + i - study->clinics);
        }
    }
    free(event);
}

static void check_setup(struct results_file *file, const struct study *study)
{
    double value[NUM_PARAMS];
    float *rating = malloc((size_t)study->clinics * NUM_FACTORS * sizeof *rating);
    for (int d = 0; d < study->draws; d++) {
        cr_assert_eq(results_read_parameters(file, d, value, &err), 0);
        for (int p = 0; p < NUM_PARAMS; p++) {
            double mean = 0;
            for (int c = 0; c < study->clinics; c++)
                mean += fake_parameter(d, c, p) / study->clinics;
            cr_assert_float_eq(value[p], mean, 1e-9);
        }
        cr_assert_eq(results_read_ratings(file, d, rating, &err), 0);
        for (int c = 0; c < study->clinics; c++)
            for (int f = 0; f < NUM_FACTORS; f++)
                cr_assert_eq(rating[c * NUM_FACTORS + f], (float)fake_rating(d, c, f));
    }
    free(rating);
}

static int compare_float(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

static void check_quantiles(struct results_file *file, const struct study *study)
{
    int runs = study->draws * study->replications, clinic = study->clinics - 1, arm = study->arms - 1, s = 3;
    float *out = malloc((size_t)study->horizon * RESULTS_NUM_QUANTILES * sizeof *out);
    float *value = malloc((size_t)runs * sizeof *value);
    cr_assert_eq(file->has_quantiles, study->series && runs >= 5);
    cr_assert_eq(results_read_quantiles(file, s, arm, clinic, out, &err), file->has_quantiles ? 0 : MILIEU_ERR_RESULTS);
    for (int w = 0; w < study->horizon && file->has_quantiles; w++) {
        for (int run = 0; run < runs; run++)
            value[run] = fake_series(arm, run / study->replications, run % study->replications, clinic, w, s);
        qsort(value, (size_t)runs, sizeof *value, compare_float);
        for (int q = 0; q < RESULTS_NUM_QUANTILES; q++) {
            double place = results_quantile[q] * (runs - 1);
            int k = (int)place;
            double want = value[k] + (place - k) * (value[k + 1 < runs ? k + 1 : k] - value[k]);
            cr_assert_float_eq(out[w * RESULTS_NUM_QUANTILES + q], want, 1e-4);
        }
    }
    free(out);
    free(value);
}

static void round_trip(const struct study *study)
{
    struct results_file file;
    char *path = path_of("round.h5");
    cr_assert_eq(write_study(path, study, &err), 0, "%s", err.detail[0]);
    cr_assert_eq(results_open(&file, path, &err), 0, "%s", err.detail[0]);
    cr_assert(file.num_arms == study->arms && file.num_clinics == study->clinics && file.num_draws == study->draws);
    cr_assert(file.num_replications == study->replications && file.horizon == study->horizon);
    cr_assert_eq(file.has_series, study->series);
    check_outcomes(&file, study);
    if (study->series)
        check_series(&file, study);
    check_quantiles(&file, study);
    check_events(&file, study);
    check_setup(&file, study);
    results_close(&file);
    results_close(&file);
    unlink(path);
    free(path);
}

/* Blocks of many draws, of part of a draw, of one run, of pieces of a run. */
static const struct study shapes[] = {
    { .clinics = 1, .arms = 1, .draws = 1, .replications = 1, .horizon = 26, .events = 3, .series = true },
    { .clinics = 3, .arms = 2, .draws = 5, .replications = 4, .horizon = 104, .events = 7, .series = true },
    { .clinics = 2, .arms = 3, .draws = 40, .replications = 3, .horizon = 260, .events = 0, .series = true },
    { .clinics = 70, .arms = 2, .draws = 2, .replications = 70, .horizon = 104, .events = 2, .series = true },
    { .clinics = 3000, .arms = 1, .draws = 2, .replications = 3, .horizon = 104, .events = 3, .series = true },
    { .clinics = 5, .arms = 4, .draws = 3, .replications = 2, .horizon = 52, .events = 2, .series = false },
};

Test(results, comes_out_as_it_went_in)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        round_trip(&shapes[i]);
}

Test(results, comes_out_of_a_compressed_file)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct study study = shapes[i];
        study.compress = true;
        round_trip(&study);
    }
}

Test(results, says_what_it_is)
{
    struct results_file file;
    char *path = path_of("words.h5");
    cr_assert_eq(write_study(path, &shapes[1], &err), 0);
    cr_assert_eq(results_open(&file, path, &err), 0, "%s", err.detail[0]);
    cr_assert_str_eq(file.title, "A made-up scenario");
    cr_assert_str_eq(file.scenario_id, "fake");
    cr_assert_str_eq(file.start, "2016-09-05");
    cr_assert_str_eq(file.command_line, "milieu run fake.cfg");
    cr_assert_str_eq(file.text, "format = \"milieu-scenario/1\";\nid = \"fake\"; # scénario\n");
    cr_assert_str_eq(file.text_as_given, "id = \"fake\";\n");
    cr_assert_eq(file.seed, 7);
    cr_assert_eq(strlen(file.id), 36);
    cr_assert_str_eq(file.arm_title[1][1], "Bras n° 1");
    cr_assert_str_eq(file.clinic_title[1][2], "Clinique « 2 »");
    cr_assert_eq(results_find_arm(&file, "arm-1"), 1);
    cr_assert_eq(results_find_clinic(&file, "clinic-9"), -1);
    cr_assert(file.strategy_on[1 * 2 + 0] && !file.strategy_on[1 * 2 + 1] && !file.strategy_on[0]);
    cr_assert_str_eq(file.strategy_title[1][1], "Stratégie 1");
    results_close(&file);
    unlink(path);
    free(path);
}

Test(results, equal_runs_give_equal_bytes)
{
    for (int compress = 0; compress < 2; compress++) {
        struct study study = shapes[1];
        char *a = path_of("a.h5"), *b = path_of("b.h5"), *bytes_a, *bytes_b;
        size_t length_a, length_b;
        study.compress = compress != 0;
        cr_assert_eq(write_study(a, &study, &err), 0);
        sleep(1);
        for (int i = 0; i < 64; i++) {
            char *dirt = malloc((size_t)1 << (i % 20));
            memset(dirt, 0xa5, (size_t)1 << (i % 20));
            free(dirt);
        }
        cr_assert_eq(write_study(b, &study, &err), 0);
        bytes_a = bytes_of(a, &length_a);
        bytes_b = bytes_of(b, &length_b);
        cr_assert_eq(length_a, length_b);
        cr_assert_eq(memcmp(bytes_a, bytes_b, length_a), 0);
        unlink(a);
        unlink(b);
        free(a);
        free(b);
        free(bytes_a);
        free(bytes_b);
    }
}

/* ---- what is no results file ---- */

Test(reading, refuses_what_is_not_whole)
{
    struct results_file file;
    char *path = path_of("bad.h5"), *bytes;
    size_t length;
    FILE *out;
    cr_assert_eq(results_open(&file, "/nowhere/x.h5", &err), MILIEU_ERR_INPUT);
    results_close(&file);
    put(path, "");
    cr_assert_eq(results_open(&file, path, &err), MILIEU_ERR_RESULTS);
    put(path, "id = \"a scenario\";");
    cr_assert_eq(results_open(&file, path, &err), MILIEU_ERR_RESULTS);
    cr_assert_eq(results_open(&file, fake_folder(), &err), MILIEU_ERR_RESULTS);
    unlink(path);
    cr_assert_eq(write_study(path, &shapes[1], &err), 0);
    bytes = bytes_of(path, &length);
    for (size_t part = 1; part < 16; part++) {
        out = fopen(path, "wb");
        fwrite(bytes, 1, length * part / 16, out);
        fclose(out);
        cr_assert_eq(results_open(&file, path, &err), MILIEU_ERR_RESULTS, "cut at %zu of 16", part);
        results_close(&file);
    }
    free(bytes);
    unlink(path);
    free(path);
}

Test(reading, refuses_what_the_file_does_not_hold)
{
    struct results_file file;
    char *path = path_of("ask.h5");
    double value[64];
    float weeks[260];
    struct results_event event[4];
    cr_assert_eq(write_study(path, &shapes[5], &err), 0);
    cr_assert_eq(results_open(&file, path, &err), 0);
    cr_assert_eq(results_read_outcome(&file, 0, 9, value, &err), MILIEU_ERR_RESULTS);
    cr_assert_eq(results_read_series(&file, 0, 0, 0, 0, 0, 1, weeks, &err), MILIEU_ERR_RESULTS);
    cr_assert_eq(results_read_events(&file, file.num_events - 2, 4, event, &err), MILIEU_ERR_RESULTS);
    cr_assert_eq(results_read_outcome(&file, 0, 0, value, &err), 0, "a refusal does not spoil the file");
    cr_assert(results_has_outcome(&file, 0) && !results_has_series(&file, 0));
    results_close(&file);
    unlink(path);
    free(path);
}
