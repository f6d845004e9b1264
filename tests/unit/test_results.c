/* The results file: what goes in comes out, equal runs give equal bytes, and where it may go. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_study.h"
#include "sim/results/quantiles.h"
#include "sim/results/results.h"
#include "sim/results/sha256.h"

struct study {
    int clinics, arms, draws, replications, horizon, events;
    bool compress, series;
};

static struct error err;

/* Everything a study holds, written to `path`. */
static int write_study(const char *path, const struct study *study)
{
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    struct record record;
    int ret;
    fake_scenario_init(&scenario, study->clinics, study->arms, study->horizon);
    fake_record_init(&record, &scenario, study->series);
    results_options_defaults(&options, &scenario);
    options.draws = study->draws;
    options.replications = study->replications;
    options.compress = study->compress;
    options.series = study->series;
    options.version = "9.9.9";
    options.command_line = "milieu run fake.cfg";
    ret = results_create(&writer, path, &scenario, &options, &err);
    for (int draw = 0; draw < study->draws && ret == 0; draw++) {
        struct setting setting;
        fake_setting_init(&setting, &scenario, draw);
        ret = results_take_draw(&writer, draw, &setting, &err);
        for (int replication = 0; replication < study->replications && ret == 0; replication++) {
            for (int arm = 0; arm < study->arms && ret == 0; arm++) {
                fake_record_fill(&record, draw, replication, arm, study->events);
                ret = results_take(&writer, draw, replication, arm, &record, &err);
            }
        }
        fake_setting_free(&setting);
    }
    if (ret == 0)
        ret = results_finish(&writer, &err);
    else
        results_abandon(&writer);
    fake_record_free(&record);
    fake_scenario_free(&scenario);
    return ret;
}

static bool same(double a, double b)
{
    return (isnan(a) && isnan(b)) || a == b;
}

static bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static char *path_of(const char *name)
{
    return strdup(fake_path(name));
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
    cr_assert_eq(write_study(path, study), 0, "%s", err.detail[0]);
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
    cr_assert_eq(write_study(path, &shapes[1]), 0);
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

static char *bytes_of(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes;
    cr_assert_not_null(file);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(*length);
    cr_assert_eq(fread(bytes, 1, *length, file), *length);
    fclose(file);
    return bytes;
}

/* A second apart, with memory that was used before in between: nothing of time or of stale memory may be in the file.
 */
Test(results, equal_runs_give_equal_bytes)
{
    for (int compress = 0; compress < 2; compress++) {
        struct study study = shapes[1];
        char *a = path_of("a.h5"), *b = path_of("b.h5"), *bytes_a, *bytes_b;
        size_t length_a, length_b;
        study.compress = compress != 0;
        cr_assert_eq(write_study(a, &study), 0);
        sleep(1);
        for (int i = 0; i < 64; i++) {
            char *dirt = malloc((size_t)1 << (i % 20));
            memset(dirt, 0xa5, (size_t)1 << (i % 20));
            free(dirt);
        }
        cr_assert_eq(write_study(b, &study), 0);
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

Test(results, tells_of_runs_that_failed)
{
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    struct results_file file;
    struct setting setting;
    struct record record;
    double value[2];
    int draw, replication, week;
    char *message, *path = path_of("failed.h5");
    fake_scenario_init(&scenario, 1, 1, 26);
    fake_setting_init(&setting, &scenario, 0);
    fake_record_init(&record, &scenario, true);
    results_options_defaults(&options, &scenario);
    options.replications = 2;
    cr_assert_eq(results_create(&writer, path, &scenario, &options, &err), 0);
    cr_assert_eq(results_take_draw(&writer, 0, &setting, &err), 0);
    fake_record_fill(&record, 0, 0, 0, 1);
    cr_assert_eq(results_take(&writer, 0, 0, 0, &record, &err), 0);
    cr_assert_eq(results_take(&writer, 0, 0, 0, &record, &err), MILIEU_ERR_RUN, "the same run twice");
    cr_assert_eq(results_take_failure(&writer, 0, 1, 17, "a rate went beyond « 1 »", &err), 0);
    cr_assert_eq(results_finish(&writer, &err), 0);
    cr_assert_eq(results_open(&file, path, &err), 0);
    cr_assert_eq(file.num_failures, 1);
    cr_assert_eq(results_read_failure(&file, 0, &draw, &replication, &week, &message, &err), 0);
    cr_assert(draw == 0 && replication == 1 && week == 17);
    cr_assert_str_eq(message, "a rate went beyond « 1 »");
    cr_assert_eq(results_read_outcome(&file, 2, 0, value, &err), 0);
    cr_assert(!isnan(value[0]) && isnan(value[1]));
    results_close(&file);
    free(message);
    fake_record_free(&record);
    fake_setting_free(&setting);
    fake_scenario_free(&scenario);
    unlink(path);
    free(path);
}

/* Draw 0 cannot be made, then a run of draw 1 fails, then draw 3 cannot be made either. */
Test(results, tells_of_draws_that_could_not_be_made)
{
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    struct results_file file;
    struct setting setting;
    struct record record;
    double value[4 * 2], parameter[NUM_PARAMS];
    float rating[NUM_FACTORS];
    char *path = path_of("failed-draws.h5");
    fake_scenario_init(&scenario, 1, 2, 26);
    fake_record_init(&record, &scenario, true);
    results_options_defaults(&options, &scenario);
    options.draws = 4;
    options.replications = 2;
    cr_assert_eq(results_create(&writer, path, &scenario, &options, &err), 0);
    for (int draw = 0; draw < 4; draw++) {
        bool made = draw == 1 || draw == 2;
        fake_setting_init(&setting, &scenario, draw);
        cr_assert(!made || results_take_draw(&writer, draw, &setting, &err) == 0);
        fake_setting_free(&setting);
        for (int replication = 0; replication < 2; replication++) {
            bool fails = !made || (draw == 1 && replication == 1);
            cr_assert(!fails || results_take_failure(&writer, draw, replication, -1, "nobody", &err) == 0);
            for (int arm = 0; arm < 2 && !fails; arm++) {
                fake_record_fill(&record, draw, replication, arm, 1);
                cr_assert_eq(results_take(&writer, draw, replication, arm, &record, &err), 0, "%s", err.detail[0]);
            }
        }
    }
    cr_assert_eq(results_finish(&writer, &err), 0, "%s", err.detail[0]);
    cr_assert_eq(results_open(&file, path, &err), 0, "%s", err.detail[0]);
    cr_assert_eq(file.num_failures, 5);
    for (int arm = 0; arm < 2; arm++) {
        cr_assert_eq(results_read_outcome_all(&file, 2, arm, value, &err), 0);
        for (int run = 0; run < 8; run++) {
            if (run == 2 || run == 4 || run == 5)
                cr_assert_eq(value[run], fake_outcome(arm, run / 2, run % 2, 1, 2));
            else
                cr_assert(isnan(value[run]), "run %d of arm %d", run, arm);
        }
    }
    for (int draw = 0; draw < 4; draw++) {
        cr_assert_eq(results_read_parameters(&file, draw, parameter, &err), 0);
        cr_assert_eq(results_read_ratings(&file, draw, rating, &err), 0);
        cr_assert_eq(isnan(parameter[0]) != 0, draw == 0 || draw == 3);
        cr_assert_eq(isnan(rating[3]) != 0, draw == 0 || draw == 3);
    }
    results_close(&file);
    fake_record_free(&record);
    fake_scenario_free(&scenario);
    unlink(path);
    free(path);
}

Test(results, keeps_nothing_when_no_draw_could_be_made)
{
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    char *path = path_of("no-draw.h5");
    fake_scenario_init(&scenario, 1, 1, 26);
    results_options_defaults(&options, &scenario);
    cr_assert_eq(results_create(&writer, path, &scenario, &options, &err), 0);
    cr_assert_eq(results_take_failure(&writer, 0, 0, -1, "nobody", &err), 0);
    cr_assert_eq(results_finish(&writer, &err), MILIEU_ERR_OUTPUT);
    cr_assert(!exists(path));
    fake_scenario_free(&scenario);
    free(path);
}

Test(results, misses_no_run)
{
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    char *path = path_of("missing.h5");
    fake_scenario_init(&scenario, 1, 1, 26);
    results_options_defaults(&options, &scenario);
    cr_assert_eq(results_create(&writer, path, &scenario, &options, &err), 0);
    cr_assert_eq(results_finish(&writer, &err), MILIEU_ERR_OUTPUT);
    cr_assert(!exists(path));
    results_abandon(&writer);
    fake_scenario_free(&scenario);
    free(path);
}

/* ---- where it may go ---- */

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static bool holds(const char *path, const char *text)
{
    size_t length;
    char *bytes = bytes_of(path, &length);
    bool equal = length == strlen(text) && memcmp(bytes, text, length) == 0;
    free(bytes);
    return equal;
}

static bool leaves_no_part(const char *path)
{
    char part[600];
    snprintf(part, sizeof part, "%s.part", path);
    return !exists(part);
}

Test(output, refuses_what_is_no_regular_file)
{
    static const char *const bad[] = { "/dev/null", "/dev/full", "/proc/x.h5", "/", ".", "", "/nowhere/x.h5", "x.h5/" };
    struct stat before, after;
    stat("/dev/null", &before);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_eq(results_check_output(bad[i], NULL, 0, &err), MILIEU_ERR_OUTPUT, "%s", bad[i]);
        cr_assert_eq(write_study(bad[i], &shapes[0]), MILIEU_ERR_OUTPUT, "%s", bad[i]);
    }
    stat("/dev/null", &after);
    cr_assert(S_ISCHR(after.st_mode) && before.st_rdev == after.st_rdev && before.st_ino == after.st_ino);
}

Test(output, refuses_a_fifo_and_a_folder_in_the_place_of_its_temporary_file)
{
    char *path = path_of("fifo.h5"), *other = path_of("other.h5"), *part = path_of("other.h5.part");
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_assert_eq(results_check_output(path, NULL, 0, &err), MILIEU_ERR_OUTPUT);
    cr_assert_eq(mkdir(part, 0700), 0);
    cr_assert_eq(results_check_output(other, NULL, 0, &err), MILIEU_ERR_OUTPUT);
    cr_assert(exists(part) && !exists(other));
    rmdir(part);
    unlink(path);
    free(path);
    free(other);
    free(part);
}

Test(output, refuses_an_input_by_any_name)
{
    char *path = path_of("input.cfg"), *link_path = path_of("alias.h5"), *hard = path_of("hard.h5");
    const char *inputs[] = { "no-such-file", path };
    put(path, "text");
    cr_assert_eq(symlink("input.cfg", link_path), 0);
    cr_assert_eq(link(path, hard), 0);
    cr_assert_eq(results_check_output(path, inputs, 2, &err), MILIEU_ERR_OUTPUT);
    cr_assert_eq(results_check_output(link_path, inputs, 2, &err), MILIEU_ERR_OUTPUT);
    cr_assert_eq(results_check_output(hard, inputs, 2, &err), MILIEU_ERR_OUTPUT);
    cr_assert(holds(path, "text") && leaves_no_part(path));
    unlink(path);
    unlink(link_path);
    unlink(hard);
    free(path);
    free(link_path);
    free(hard);
}

Test(output, an_input_may_not_stand_where_the_temporary_file_goes)
{
    char *path = path_of("x.h5"), *part = path_of("x.h5.part");
    const char *inputs[] = { part };
    put(part, "scenario");
    cr_assert_eq(results_check_output(path, inputs, 1, &err), MILIEU_ERR_OUTPUT);
    cr_assert(holds(part, "scenario"));
    unlink(part);
    free(path);
    free(part);
}

Test(output, the_check_leaves_nothing)
{
    char *path = path_of("check.h5");
    cr_assert_eq(results_check_output(path, NULL, 0, &err), 0, "%s", err.detail[0]);
    cr_assert(!exists(path) && leaves_no_part(path));
    put(path, "old");
    cr_assert_eq(results_check_output(path, NULL, 0, &err), 0);
    cr_assert(holds(path, "old") && leaves_no_part(path));
    unlink(path);
    free(path);
}

Test(output, a_link_stays_and_its_target_is_replaced)
{
    char *path = path_of("target.h5"), *link_path = path_of("link.h5"), *second = path_of("second.h5");
    struct results_file file;
    struct stat st;
    put(path, "old");
    chmod(path, 0640);
    cr_assert_eq(symlink("target.h5", link_path), 0);
    cr_assert_eq(symlink(link_path, second), 0);
    cr_assert_eq(write_study(second, &shapes[0]), 0, "%s", err.detail[0]);
    cr_assert(lstat(second, &st) == 0 && S_ISLNK(st.st_mode));
    cr_assert(lstat(link_path, &st) == 0 && S_ISLNK(st.st_mode));
    cr_assert(lstat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0640);
    cr_assert_eq(results_open(&file, path, &err), 0);
    results_close(&file);
    unlink(path);
    cr_assert_eq(write_study(link_path, &shapes[0]), 0, "a link to nothing yet: %s", err.detail[0]);
    cr_assert(exists(path));
    unlink(path);
    unlink(link_path);
    unlink(second);
    free(path);
    free(link_path);
    free(second);
}

Test(output, a_circle_of_links_is_an_error)
{
    char *a = path_of("circle-a"), *b = path_of("circle-b");
    cr_assert_eq(symlink("circle-b", a), 0);
    cr_assert_eq(symlink("circle-a", b), 0);
    cr_assert_eq(results_check_output(a, NULL, 0, &err), MILIEU_ERR_OUTPUT);
    unlink(a);
    unlink(b);
    free(a);
    free(b);
}

Test(output, what_was_there_stays_until_the_new_one_is_whole)
{
    char *path = path_of("keep.h5");
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    put(path, "old");
    fake_scenario_init(&scenario, 1, 1, 26);
    results_options_defaults(&options, &scenario);
    cr_assert_eq(results_create(&writer, path, &scenario, &options, &err), 0);
    cr_assert(holds(path, "old") && !leaves_no_part(path));
    results_abandon(&writer);
    results_abandon(&writer);
    cr_assert(holds(path, "old") && leaves_no_part(path));
    fake_scenario_free(&scenario);
    cr_assert_eq(write_study(path, &shapes[0]), 0);
    cr_assert(!holds(path, "old") && leaves_no_part(path));
    unlink(path);
    free(path);
}

Test(output, a_temporary_file_taken_away_is_an_error)
{
    char *path = path_of("taken.h5"), *part = path_of("taken.h5.part");
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    struct setting setting;
    struct record record;
    fake_scenario_init(&scenario, 1, 1, 26);
    fake_setting_init(&setting, &scenario, 0);
    fake_record_init(&record, &scenario, true);
    fake_record_fill(&record, 0, 0, 0, 1);
    results_options_defaults(&options, &scenario);
    cr_assert_eq(results_create(&writer, path, &scenario, &options, &err), 0);
    cr_assert_eq(results_take_draw(&writer, 0, &setting, &err), 0);
    cr_assert_eq(results_take(&writer, 0, 0, 0, &record, &err), 0);
    unlink(part);
    put(part, "another program's");
    cr_assert_eq(results_finish(&writer, &err), MILIEU_ERR_OUTPUT);
    cr_assert(!exists(path) && holds(part, "another program's"));
    fake_record_free(&record);
    fake_setting_free(&setting);
    fake_scenario_free(&scenario);
    unlink(part);
    free(path);
    free(part);
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
    cr_assert_eq(write_study(path, &shapes[1]), 0);
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
    cr_assert_eq(write_study(path, &shapes[5]), 0);
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

/* ---- small parts ---- */

Test(quantiles, are_those_of_the_sorted_values)
{
    enum { LARGEST = 500 };
    float value[LARGEST], sorted[LARGEST], out[RESULTS_NUM_QUANTILES];
    unsigned luck = 1;
    for (int n = 1; n <= LARGEST; n++) {
        for (int i = 0; i < n; i++) {
            luck = luck * 1664525U + 1013904223U;
            value[i] = sorted[i] = n % 3 == 0 ? (float)(luck >> 30) : n % 3 == 1 ? (float)(luck >> 8) : (float)(n - i);
        }
        qsort(sorted, (size_t)n, sizeof *sorted, compare_float);
        quantiles_of(value, (size_t)n, out);
        for (int q = 0; q < RESULTS_NUM_QUANTILES; q++) {
            double place = results_quantile[q] * (n - 1);
            int k = (int)place;
            double low = sorted[k], high = sorted[k + 1 < n ? k + 1 : k];
            cr_assert_eq(out[q], (float)(low + (place - k) * (high - low)), "n %d quantile %d", n, q);
        }
    }
}

Test(quantiles, side_by_side_are_the_same)
{
    enum { LARGEST = 300 };
    static float one[LARGEST], together[QUANTILE_LANES][RESULTS_NUM_QUANTILES];
    static int32_t key[LARGEST][QUANTILE_LANES];
    float alone[RESULTS_NUM_QUANTILES];
    unsigned luck = 1;
    for (int n = 1; n <= LARGEST; n++) {
        static float kept[LARGEST][QUANTILE_LANES];
        for (int i = 0; i < n; i++)
            for (int lane = 0; lane < QUANTILE_LANES; lane++) { /* from none missing to all */
                luck = luck * 1664525U + 1013904223U;
                kept[i][lane] = (int)(luck >> 8) % 15 < lane ? NAN : (float)(luck >> 20) - 1000;
            }
        quantiles_of_lanes(&kept[0][0], QUANTILE_LANES, key, (size_t)n, together);
        for (int lane = 0; lane < QUANTILE_LANES; lane++) {
            for (int i = 0; i < n; i++)
                one[i] = kept[i][lane];
            quantiles_of(one, (size_t)n, alone);
            for (int q = 0; q < RESULTS_NUM_QUANTILES; q++)
                cr_assert(alone[q] == together[lane][q] || (isnan(alone[q]) && isnan(together[lane][q])));
        }
    }
}

Test(quantiles, leave_out_what_is_missing)
{
    float value[] = { NAN, 3, NAN, 1, 2 }, none[] = { NAN, NAN }, out[RESULTS_NUM_QUANTILES];
    quantiles_of(value, 5, out);
    cr_assert_eq(out[2], 2.0F);
    quantiles_of(none, 2, out);
    cr_assert(isnan(out[0]) && isnan(out[4]));
}

/* FIPS 180-4's examples, and a length on each side of the padding's edge. */
Test(sha256, known_answers)
{
    static const struct {
        const char *text, *hash;
    } known[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
        { "1234567890123456789012345678901234567890123456789012345",
          "03c3a70e99ed5eeccd80f73771fcf1ece643d939d9ecc76f25544b0233f708e9" },
    };
    char hex[65];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        sha256_hex(known[i].text, strlen(known[i].text), hex);
        cr_assert_str_eq(hex, known[i].hash, "%s", known[i].text);
    }
}
