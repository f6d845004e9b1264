/* Comparing arms run by run, in numbers and in words; tables for a spreadsheet. */
#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/compare.h"
#include "analysis/difference.h"
#include "analysis/export.h"
#include "fake_study.h"

static struct error err;

/* A study of `draws` x `replications`, its outcomes moved by `shift` in every arm and run. */
static void write_study(const char *path, int clinics, int arms, int draws, int replications, double shift,
                        const char *text, uint32_t seed)
{
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    struct record record;
    fake_scenario_init(&scenario, clinics, arms, 26);
    if (text != NULL) {
        free(scenario.text);
        scenario.text = strdup(text);
    }
    fake_record_init(&record, &scenario, true);
    results_options_defaults(&options, &scenario);
    options.draws = draws;
    options.replications = replications;
    options.seed = seed;
    options.version = seed == 7 ? "1.0.0" : "1.0.1";
    cr_assert_eq(results_create(&writer, path, &scenario, &options, &err), 0, "%s", err.detail[0]);
    for (int i = 0; i < draws * replications; i++) {
        struct setting setting;
        fake_setting_init(&setting, &scenario, i / replications);
        if (i % replications == 0)
            cr_assert_eq(results_take_draw(&writer, i / replications, &setting, &err), 0);
        for (int arm = 0; arm < arms; arm++) {
            fake_record_fill(&record, i / replications, i % replications, arm, 2);
            for (int k = 0; k < (clinics + 1) * NUM_OUTCOMES; k++)
                record.outcome[k] += shift * (i + 1);
            cr_assert_eq(results_take(&writer, i / replications, i % replications, arm, &record, &err), 0);
        }
        fake_setting_free(&setting);
    }
    cr_assert_eq(results_finish(&writer, &err), 0, "%s", err.detail[0]);
    fake_record_free(&record);
    fake_scenario_free(&scenario);
}

static char *path_of(const char *name)
{
    return strdup(fake_path(name));
}

/* ---- numbers ---- */

Test(compare, two_arms_of_one_file)
{
    struct results_file file;
    struct compare compare;
    struct compare_row row[4];
    char *path = path_of("one.h5");
    write_study(path, 3, 3, 4, 2, 0, NULL, 7);
    cr_assert_eq(results_open(&file, path, &err), 0);
    cr_assert_eq(compare_init(&compare, (struct compare_side){ &file, 0 }, (struct compare_side){ &file, 2 }, &err), 0);
    cr_assert(compare.same_luck && compare.num_clinics == 3 && compare.runs == 8);
    cr_assert_eq(compare_outcome(&compare, 2, row, &err), 0);
    for (int i = 0; i < 4; i++) { /* arm 2 is 0.2 above arm 0 in every run, whatever the draw */
        cr_assert_float_eq(row[i].difference, 0.2, 1e-9);
        cr_assert_float_eq(row[i].low, 0.2, 1e-9);
        cr_assert_float_eq(row[i].run_high, 0.2, 1e-9);
        cr_assert(row[i].higher == 1 && row[i].lower == 0 && row[i].n == 8 && row[i].runs == 8);
        cr_assert_float_eq(row[i].mean_a, 2 + 150 + 5 + 0.001 * i, 1e-9);
    }
    compare_free(&compare);
    compare_free(&compare);
    results_close(&file);
    unlink(path);
    free(path);
}

/* Differences 1, 2, 3, 4 in the runs: mean 2.5, SD 1.29099; t(0.95, 3) = 2.353363. */
Test(compare, two_files_with_intervals_worked_by_hand)
{
    struct results_file a, b;
    struct compare compare;
    struct compare_row row[3];
    char *path_a = path_of("a.h5"), *path_b = path_of("b.h5");
    double half = 2.3533634348 * 1.2909944487 / 2;
    write_study(path_a, 2, 1, 2, 2, 0, NULL, 7);
    write_study(path_b, 2, 1, 2, 2, 1, NULL, 7);
    cr_assert_eq(results_open(&a, path_a, &err), 0);
    cr_assert_eq(results_open(&b, path_b, &err), 0);
    cr_assert_eq(compare_init(&compare, (struct compare_side){ &a, 0 }, (struct compare_side){ &b, 0 }, &err), 0);
    cr_assert_eq(compare_outcome(&compare, 0, row, &err), 0);
    cr_assert_float_eq(row[1].difference, 2.5, 1e-9);
    cr_assert_float_eq(row[1].low, 2.5 - half, 1e-6);
    cr_assert_float_eq(row[1].high, 2.5 + half, 1e-6);
    cr_assert_float_eq(row[1].run_low, 1.15, 1e-9);
    cr_assert_float_eq(row[1].run_high, 3.85, 1e-9);
    cr_assert_eq(compare_outcome(&compare, 1, row, &err), 0); /* missing in the runs 1 and 2 of 0 .. 3 */
    cr_assert(row[0].n == 2 && row[2].n == 2 && row[0].runs == 4);
    cr_assert_float_eq(row[2].difference, 2.5, 1e-9);
    compare_free(&compare);
    results_close(&a);
    results_close(&b);
    unlink(path_a);
    unlink(path_b);
    free(path_a);
    free(path_b);
}

Test(compare, files_of_unequal_size_pair_what_both_have)
{
    struct results_file a, b;
    struct compare compare;
    struct compare_row row[3];
    char *path_a = path_of("a.h5"), *path_b = path_of("b.h5");
    write_study(path_a, 2, 1, 3, 4, 0, NULL, 7);
    write_study(path_b, 5, 2, 2, 6, 0, NULL, 8);
    cr_assert_eq(results_open(&a, path_a, &err), 0);
    cr_assert_eq(results_open(&b, path_b, &err), 0);
    cr_assert_eq(compare_init(&compare, (struct compare_side){ &a, 0 }, (struct compare_side){ &b, 1 }, &err), 0);
    cr_assert(!compare.same_luck && compare.draws == 2 && compare.replications == 4 && compare.num_clinics == 2);
    cr_assert_eq(compare_outcome(&compare, 4, row, &err), 0);
    cr_assert_eq(row[0].n, 8);
    compare_free(&compare);
    cr_assert_eq(compare_init(&compare, (struct compare_side){ &b, 1 }, (struct compare_side){ &a, 0 }, &err), 0);
    cr_assert_eq(compare_outcome(&compare, 2, row, &err), 0);
    cr_assert_float_eq(row[0].difference, -0.1, 1e-9);
    compare_free(&compare);
    results_close(&a);
    results_close(&b);
    unlink(path_a);
    unlink(path_b);
    free(path_a);
    free(path_b);
}

/* ---- better ---- */

Test(better, no_outcome_stands_there_twice)
{
    int seen[NUM_OUTCOMES] = { 0 };
#define X(id, sign) seen[OUTCOME_##id]++;
#include "analysis/better.def"
#undef X
    for (int i = 0; i < NUM_OUTCOMES; i++)
        cr_assert_leq(seen[i], 1, "%s", outcome_table[i].id);
}

/* A facilitator moves its outcomes to the better side. */
Test(better, agrees_with_the_factors)
{
    for (int i = 0; i < NUM_FACTORS; i++) {
        const struct factor_info *f = &factor_table[i];
        int proximal = compare_better(f->proximal), distal = compare_better(f->distal);
        cr_assert(proximal == 0 || proximal == f->proximal_sign, "%s: %s", f->id, outcome_table[f->proximal].id);
        cr_assert(distal == 0 || distal == f->distal_sign, "%s: %s", f->id, outcome_table[f->distal].id);
    }
}

Test(better, is_told_in_the_rows)
{
    struct results_file file;
    struct compare compare;
    struct compare_row row[2];
    char *path = path_of("better.h5");
    write_study(path, 1, 2, 3, 1, 0, NULL, 7);
    cr_assert_eq(results_open(&file, path, &err), 0);
    cr_assert_eq(compare_init(&compare, (struct compare_side){ &file, 0 }, (struct compare_side){ &file, 1 }, &err), 0);
    for (int i = 2; i < NUM_OUTCOMES; i++) {
        cr_assert_eq(compare_outcome(&compare, i, row, &err), 0);
        if (compare_better(i) == 0)
            cr_assert(isnan(row[0].better));
        else
            cr_assert_eq(row[0].better, compare_better(i) > 0 ? row[0].higher : row[0].lower);
    }
    compare_free(&compare);
    results_close(&file);
    unlink(path);
    free(path);
}

/* ---- words ---- */

static bool among(char **lines, int count, const char *text)
{
    for (int i = 0; i < count; i++)
        if (strcmp(lines[i], text) == 0)
            return true;
    return false;
}

Test(words, say_which_strategies_are_on)
{
    struct results_file file;
    struct compare compare;
    char *path = path_of("words.h5"), **lines;
    int count;
    write_study(path, 1, 4, 1, 1, 0, NULL, 7);
    cr_assert_eq(results_open(&file, path, &err), 0);
    cr_assert_eq(compare_init(&compare, (struct compare_side){ &file, 1 }, (struct compare_side){ &file, 2 }, &err), 0);
    cr_assert_eq(compare_words(&compare, 0, &lines, &count, &err), 0);
    cr_assert_eq(count, 2);
    cr_assert(among(lines, count, "Strategy 0: on in Arm 1, off in Arm 2"), "%s", lines[0]);
    cr_assert(among(lines, count, "Strategy 1: on in Arm 2, off in Arm 1"));
    compare_free_words(lines, count);
    cr_assert_eq(compare_words(&compare, 1, &lines, &count, &err), 0);
    cr_assert(among(lines, count, "Stratégie 0 : active dans Bras n° 1, inactive dans Bras n° 2"));
    compare_free_words(lines, count);
    compare_free(&compare);
    results_close(&file);
    unlink(path);
    free(path);
}

static const char text_a[] =
    "format = \"milieu-scenario/1\";\n"
    "meso = ( { id = \"clinic-0\"; organizational: { culture = -2; team_meetings = 1.0; }; } );\n"
    "rules: { x = (\"normal\", 1, 2); };\n";
static const char text_b[] = "format: \"milieu-\" \"scenario/1\" // joined\n"
                             "meso: ( { organizational = { team_meetings = 1, culture = 2L }, id = \"clinic-0\" } )\n"
                             "rules: { x = ( \"normal\" , 1.0, /* sd */ 2.50 ); y = [1, 2]; } # end";

Test(words, say_which_values_differ_between_files)
{
    struct results_file a, b;
    struct compare compare;
    char *path_a = path_of("a.h5"), *path_b = path_of("b.h5"), **lines;
    int count;
    write_study(path_a, 1, 1, 1, 1, 0, text_a, 7);
    write_study(path_b, 1, 1, 1, 1, 0, text_b, 8);
    cr_assert_eq(results_open(&a, path_a, &err), 0);
    cr_assert_eq(results_open(&b, path_b, &err), 0);
    cr_assert_eq(compare_init(&compare, (struct compare_side){ &a, 0 }, (struct compare_side){ &b, 0 }, &err), 0);
    cr_assert_eq(compare_words(&compare, 0, &lines, &count, &err), 0);
    cr_assert_eq(count, 5);
    cr_assert(among(lines, count, "the seeds differ (7 and 8): the runs share no luck, pairs are pairs in name only"));
    cr_assert(among(lines, count, "written by milieu 1.0.0, commit unknown and by milieu 1.0.1, commit unknown"));
    cr_assert(among(lines, count, "meso[clinic-0].organizational.culture: -2 in the first, 2L in the second"), "%s",
              lines[2]);
    cr_assert(among(lines, count, "rules.x: (\"normal\", 1, 2) in the first, (\"normal\", 1, 2.5) in the second"));
    cr_assert(among(lines, count, "rules.y: [1, 2] in the second, not in the first"));
    compare_free_words(lines, count);
    compare_free(&compare);
    results_close(&a);
    results_close(&b);
    unlink(path_a);
    unlink(path_b);
    free(path_a);
    free(path_b);
}

Test(words, equal_texts_do_not_differ)
{
    struct differences d;
    cr_assert_eq(differences_of_texts(&d, text_a, text_a, &err), 0);
    cr_assert_eq(d.count, 0);
    differences_free(&d);
}

Test(words, lists_without_ids_go_by_number)
{
    struct differences d;
    cr_assert_eq(
        differences_of_texts(&d, "a = ( { b = 1; }, { b = 2; c = true; } );", "a = ( { b = 1; }, { b = 3; } );", &err),
        0);
    cr_assert_eq(d.count, 2);
    cr_assert_str_eq(d.item[0].path, "a[1].b");
    cr_assert_str_eq(d.item[0].b, "3");
    cr_assert_str_eq(d.item[1].path, "a[1].c");
    cr_assert_null(d.item[1].b);
    differences_free(&d);
}

Test(words, texts_that_are_none_are_refused)
{
    static const char *const bad[] = {
        "a", "a =", "a = (1", "a = \"x", "a = { b = 1;", "= 1", "a = (1 2)", "a = }", "}"
    };
    struct differences d;
    char deep[1000];
    memset(deep, '(', sizeof deep);
    memcpy(deep, "a=", 2);
    deep[sizeof deep - 1] = '\0';
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_eq(differences_of_texts(&d, bad[i], "", &err), MILIEU_ERR_RESULTS, "%s", bad[i]);
        cr_assert_eq(differences_of_texts(&d, "x = 1;", bad[i], &err), MILIEU_ERR_RESULTS, "%s", bad[i]);
        differences_free(&d);
    }
    cr_assert_eq(differences_of_texts(&d, deep, "", &err), MILIEU_ERR_RESULTS);
    for (size_t i = 0; i + 2 < sizeof deep; i += 2)
        memcpy(deep + i, "a{", 2);
    cr_assert_eq(differences_of_texts(&d, deep, "", &err), MILIEU_ERR_RESULTS);
}

/* ---- tables ---- */

static char *text_of(const char *folder, const char *name)
{
    char path[700], *text;
    long length;
    FILE *file;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    fseek(file, 0, SEEK_END);
    length = ftell(file);
    rewind(file);
    text = calloc((size_t)length + 1, 1);
    cr_assert_eq(fread(text, 1, (size_t)length, file), (size_t)length);
    fclose(file);
    return text;
}

static int lines_of(const char *text)
{
    int lines = 0;
    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

static void check_lines(const char *folder, const char *name, int lines)
{
    char *text = text_of(folder, name);
    cr_assert_eq(lines_of(text), lines, "%s: %d", name, lines_of(text));
    free(text);
}

static void remove_folder(const char *folder)
{
    static const char *const name[] = { "arms.csv",   "clinics.csv",   "outcomes.csv",   "outcomes_all.csv",
                                        "series.csv", "quantiles.csv", "parameters.csv", "ratings.csv",
                                        "events.csv", "failures.csv",  "scenario.cfg",   "README.txt" };
    char path[700];
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, name[i]);
        cr_assert_eq(unlink(path), 0, "%s", path);
    }
    cr_assert_eq(rmdir(folder), 0, "nothing else is in it");
}

Test(tables, have_a_row_for_each_observation)
{
    struct results_file file;
    char *path = path_of("t.h5"), *folder = path_of("csv"), *text;
    write_study(path, 3, 2, 3, 2, 0, text_a, 7);
    cr_assert_eq(results_open(&file, path, &err), 0);
    for (int twice = 0; twice < 2; twice++)
        cr_assert_eq(export_csv(&file, folder, &(struct export_options){ 0 }, &err), 0, "%s", err.detail[0]);
    check_lines(folder, "arms.csv", 1 + 2);
    check_lines(folder, "clinics.csv", 1 + 3);
    check_lines(folder, "outcomes.csv", 1 + 2 * 3 * 2 * 3);
    check_lines(folder, "outcomes_all.csv", 1 + 2 * 3 * 2);
    check_lines(folder, "series.csv", 1 + 2 * 3 * 2 * 3 * 26);
    check_lines(folder, "quantiles.csv", 1 + 2 * 3 * 26 * 5);
    check_lines(folder, "parameters.csv", 1 + 3 * NUM_PARAMS);
    check_lines(folder, "ratings.csv", 1 + 3 * 3);
    check_lines(folder, "events.csv", 1 + 2 * 6 * 6);
    check_lines(folder, "failures.csv", 1);
    text = text_of(folder, "scenario.cfg");
    cr_assert_str_eq(text, text_a);
    free(text);
    text = text_of(folder, "series.csv");
    cr_assert(strstr(text, "\narm-1,2,1,clinic-2,25,2017-02-27,") != NULL);
    free(text);
    text = text_of(folder, "events.csv");
    cr_assert(strstr(text, "\n3,arm-0,0,0,clinic-0,1,strategy,0,0.0625,0\n") != NULL);
    free(text);
    remove_folder(folder);
    results_close(&file);
    unlink(path);
    free(path);
    free(folder);
}

/* Numbers read back as they were; a missing one is an empty field. */
Test(tables, hold_the_numbers_themselves)
{
    struct results_file file;
    char *path = path_of("n.h5"), *folder = path_of("csv"), *text, *line, want[64];
    write_study(path, 1, 1, 1, 2, 1.0 / 3, NULL, 7);
    cr_assert_eq(results_open(&file, path, &err), 0);
    cr_assert_eq(export_csv(&file, folder, &(struct export_options){ 0 }, &err), 0, "%s", err.detail[0]);
    text = text_of(folder, "outcomes.csv");
    line = strstr(text, "\narm-0,0,1,clinic-0,");
    cr_assert_not_null(line);
    line += strlen("\narm-0,0,1,clinic-0,");
    cr_assert_eq(strtod(line, &line), fake_outcome(0, 0, 1, 0, 0) + 2.0 / 3);
    cr_assert(line[0] == ',' && line[1] == ',', "outcome 1 is missing in run 1");
    snprintf(want, sizeof want, "arm,draw,replication,clinic,%s,%s,", outcome_table[0].id, outcome_table[1].id);
    cr_assert_eq(strncmp(text, want, strlen(want)), 0);
    free(text);
    results_close(&file);
    unlink(path);
    free(path);
    free(folder);
}

Test(tables, speak_french)
{
    struct results_file file;
    char *path = path_of("f.h5"), *folder = path_of("csv"), *text;
    write_study(path, 1, 1, 5, 1, 0.5, NULL, 7);
    cr_assert_eq(results_open(&file, path, &err), 0);
    cr_assert_eq(export_csv(&file, folder, &(struct export_options){ .french = true, .bom = true }, &err), 0);
    text = text_of(folder, "outcomes.csv");
    cr_assert_eq(memcmp(text,
                        "\xef\xbb\xbf"
                        "arm;draw;replication;clinic;",
                        31),
                 0);
    cr_assert(strstr(text, "\narm-0;0;0;clinic-0;0,5;") != NULL, "%s", text);
    free(text);
    text = text_of(folder, "clinics.csv");
    cr_assert(strstr(text, "clinic-0;Clinic 0;Clinique « 0 »\n") != NULL);
    free(text);
    text = text_of(folder, "README.txt");
    cr_assert(strstr(text, outcome_table[0].words[1]) != NULL && strstr(text, series_table[3].words[1]) != NULL);
    free(text);
    text = text_of(folder, "scenario.cfg");
    cr_assert_eq(text[0], 'f', "no byte-order mark in a scenario");
    free(text);
    remove_folder(folder);
    results_close(&file);
    unlink(path);
    free(path);
    free(folder);
}

Test(tables, refuse_what_is_no_folder)
{
    struct results_file file;
    struct export_options options = { 0 };
    char *path = path_of("r.h5"), *folder = path_of("csv"), *inner = path_of("csv/outcomes.csv");
    write_study(path, 1, 1, 1, 1, 0, NULL, 7);
    cr_assert_eq(results_open(&file, path, &err), 0);
    cr_assert_eq(export_csv(&file, path, &options, &err), MILIEU_ERR_OUTPUT);
    cr_assert_eq(export_csv(&file, "/dev/null", &options, &err), MILIEU_ERR_OUTPUT);
    cr_assert_eq(export_csv(&file, "/proc/nowhere/x", &options, &err), MILIEU_ERR_OUTPUT);
    mkdir(folder, 0700);
    mkdir(inner, 0700);
    cr_assert_eq(export_csv(&file, folder, &options, &err), MILIEU_ERR_OUTPUT, "a folder stands where a table goes");
    results_close(&file);
    unlink(path);
    free(path);
    free(folder);
    free(inner);
}

Test(tables, a_full_disk_is_told)
{
    struct results_file file;
    struct export_options options = { 0 };
    char *path = path_of("d.h5"), *folder = path_of("csv"), *full = path_of("csv/outcomes.csv");
    write_study(path, 1, 1, 1, 1, 0, NULL, 7);
    cr_assert_eq(results_open(&file, path, &err), 0);
    mkdir(folder, 0700);
    cr_assert_eq(symlink("/dev/full", full), 0);
    cr_assert_eq(export_csv(&file, folder, &options, &err), MILIEU_ERR_OUTPUT);
    results_close(&file);
    free(path);
    free(folder);
    free(full);
}
