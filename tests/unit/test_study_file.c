/* The file of a study: every value is where it belongs, in one file and over shards, and what is not whole is refused. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "damaged_hdf5.h"
#include "merge_help.h"
#include "study_help.h"

static struct merge_options to(const char *path)
{
    return (struct merge_options){ .path = path, .compiler = "cc", .cflags = "-O", .libconfig_version = "1.5" };
}

Test(study_file, every_value_is_where_it_belongs)
{
    struct study study = study_of(made_up_plain, NULL);
    struct fake_runs runs;
    struct merge_report report;
    struct study_file file;
    const char *path = own_path("all.h5");
    fake_runs_init(&runs, &study, (struct geometry_sizes){ 0 }, true);
    fake_all(&runs);
    report = merged_to(&runs, &(struct merge_options){ .path = path });
    cr_assert(report.complete && report.runs == 60 && report.runs_failed > 3 && report.runs_missing == 0);
    cr_assert(report.journals == 1 && report.duplicates == 0 && report.damage[0][0] == '\0');
    file = opened(path);
    cr_assert(file.complete && file.num_points == 6 && file.num_replications == 10 && file.num_shards == 0);
    cr_assert(file.num_arms == 2 && file.num_places == 3 && study_file_find_place(&file, "all") == 2);
    cr_assert(study_file_find_arm(&file, "with-champion") == 1 && study_file_find_place(&file, "clinic-b") == 1);
    cr_assert(strcmp(file.study_id, runs.folder.id_text) == 0 && strcmp(file.name, "made-up") == 0);
    cr_assert(strcmp(file.study_text, made_up_plain) == 0 && strcmp(file.scenario_text, study.scenario.text) == 0);
    cr_assert(strcmp(file.source, runs.folder.program) == 0 && file.seed == 5);
    cr_assert(file.runs_done == report.runs - report.runs_failed && file.num_failures == report.runs_failed);
    check_responses(&file, &runs);
    check_status(&file, &runs);
    check_failures(&file, &runs);
    check_series(&file, &runs);
    check_trajectories(&file, &runs);
    check_design(&file, &study);
    study_file_close(&file);
    fake_runs_free(&runs);
    study_free(&study);
}

/* The root's title of the merged file of a study that is given none: its id, or what it is. */
static void check_title(const char *text, const char *expected)
{
    struct study study = study_of(text, NULL);
    struct fake_runs runs;
    const char *path = own_path("untitled.h5");
    for (int lang = 0; lang < 2; lang++)
        cr_assert_str_eq(study_title(&study, lang), expected);
    fake_runs_init(&runs, &study, (struct geometry_sizes){ 0 }, false);
    fake_all(&runs);
    merged_to(&runs, &(struct merge_options){ .path = path });
    struct study_file file = opened(path);
    cr_assert_str_eq(file.title, expected);
    study_file_close(&file);
    fake_runs_free(&runs);
    study_free(&study);
}

#define UNTITLED                                                                                                       \
    "scenario = \"two.cfg\"; design: { method = \"factorial\"; }; respond = [\"reach\"];\n"                            \
    "vary: ( { path = \"meso[clinic-a].place\"; name = \"place\"; values = [\"rural\", \"urban\"]; } );\n"             \
    "runs: { replications = 6; seed = 3; };\n"

Test(study_file, a_study_without_a_title_has_its_id_for_one)
{
    check_title(STUDY_HEAD "id = \"nameless\"; " UNTITLED, "nameless");
    check_title(STUDY_HEAD "title = \"\"; id = \"nameless\"; " UNTITLED, "nameless");
    check_title(STUDY_HEAD UNTITLED, "study");
}

Test(study_file, all_clinics_alone_and_no_series)
{
    struct study study = study_of(made_up_alone, NULL);
    struct fake_runs runs;
    struct study_file file;
    const char *path = own_path("alone.h5");
    int kept, rows, weeks;
    float x;
    fake_runs_init(&runs, &study, (struct geometry_sizes){ 10, 2, 1 }, false);
    fake_all(&runs);
    merged_to(&runs, &(struct merge_options){ .path = path });
    file = opened(path);
    cr_assert(file.num_places == 1 && strcmp(file.place_id[0], "all") == 0 && file.num_failures == 0);
    cr_assert(!study_file_has_series(&file, series_find("fidelity")));
    cr_assert(!study_file_has_trajectory(&file, series_find("fidelity")));
    cr_assert(study_file_trajectory_shape(&file, &kept, &rows, &weeks, NULL) == 0);
    cr_assert(kept == 0 && rows == 0 && weeks == 0);
    cr_assert(study_file_read_trajectory(&file, series_find("fidelity"), 0, 0, &(struct study_tile){ 0, 1, 0, 1 }, &x,
                                         NULL) == MILIEU_ERR_RESULTS);
    cr_assert(study_file_read_quantiles(&file, series_find("fidelity"), 0, 0, 0, 1, &x, NULL) == MILIEU_ERR_RESULTS);
    cr_assert(!study_file_has_response(&file, outcome_find("climate")));
    check_responses(&file, &runs);
    check_status(&file, &runs);
    study_file_close(&file);
    fake_runs_free(&runs);
    study_free(&study);
}

/* ---- shards ---- */

static const char *shard_path(const struct fake_runs *runs, int shard)
{
    char name[100];
    snprintf(name, sizeof name, "study-%s-%03d.h5", runs->folder.id_text, shard);
    return own_path(name);
}

static void not_opened(const char *path, const char *words)
{
    struct study_file file;
    struct error err = { 0 };
    int ret = study_file_open(&file, path, &err);
    cr_assert(ret == MILIEU_ERR_RESULTS || ret == MILIEU_ERR_INPUT, "%d", ret);
    cr_assert(strstr(err.detail[0], words) != NULL, "%s", err.detail[0]);
}

Test(shards, hold_the_same)
{
    struct study study = study_of(made_up_plain, NULL);
    struct fake_runs runs = runs_but(&study, -1);
    struct merge_options options = to(own_path("master.h5"));
    struct study_file file;
    options.shard_above = 20000;
    merged_to(&runs, &options);
    file = opened(options.path);
    cr_assert(file.num_shards == 3, "%d", file.num_shards);
    check_responses(&file, &runs);
    check_status(&file, &runs);
    check_failures(&file, &runs);
    check_series(&file, &runs);
    check_trajectories(&file, &runs);
    check_design(&file, &study);
    study_file_close(&file);
    fake_runs_free(&runs);
    study_free(&study);
}

Test(shards, missing_cut_or_changed_are_refused)
{
    struct study study = study_of(made_up_plain, NULL);
    struct fake_runs runs = runs_but(&study, -1);
    struct merge_options options = to(own_path("master.h5"));
    const char *shard;
    char *bytes;
    size_t length;
    options.shard_above = 20000;
    merged_to(&runs, &options);
    shard = shard_path(&runs, 2);
    not_opened(shard, "only a part");
    bytes = file_bytes(shard, &length);
    write_file(shard, bytes, length - 1);
    not_opened(options.path, "bytes instead of");
    bytes[length / 2] ^= 1;
    write_file(shard, bytes, length);
    not_opened(options.path, "not as it was written");
    remove(shard);
    not_opened(options.path, "must be in the same folder");
    bytes[length / 2] ^= 1;
    write_file(shard, bytes, length);
    struct study_file file = opened(options.path);
    study_file_close(&file);
    free(bytes);
    fake_runs_free(&runs);
    study_free(&study);
}

Test(study_file, other_files_are_refused)
{
    struct study study = study_of(made_up_plain, NULL);
    struct fake_runs runs = runs_but(&study, -1);
    struct merge_options options = to(own_path("whole.h5"));
    struct study_file file;
    double x[3];
    float values[256];
    uint8_t status[10];
    size_t length;
    char *bytes;
    not_opened(own_path("none.h5"), "none.h5");
    write_file(own_path("text.h5"), "text", 4);
    not_opened(own_path("text.h5"), "not the file of a study");
    merged_to(&runs, &options);
    bytes = file_bytes(options.path, &length);
    write_file(own_path("cut.h5"), bytes, length / 2);
    not_opened(own_path("cut.h5"), "not the file of a study");
    file = opened(options.path);
    cr_assert(study_file_read_response(&file, study.respond[0], 0, 0, 6, 1, x, NULL) == MILIEU_ERR_RESULTS);
    cr_assert(study_file_read_response(&file, study.respond[0], 2, 0, 0, 1, x, NULL) == MILIEU_ERR_RESULTS);
    cr_assert(study_file_read_response(&file, outcome_find("climate"), 0, 0, 0, 1, x, NULL) == MILIEU_ERR_RESULTS);
    cr_assert(study_file_read_status(&file, 6, 1, status, NULL) == MILIEU_ERR_RESULTS);
    const struct study_tile beyond[] = { { 5, 2, 0, 1 }, { 0, 1, 1, 2 } }; /* six points, two replications kept */
    for (int i = 0; i < 2; i++)
        cr_assert(study_file_read_trajectory(&file, study.outputs.series[0], 0, 0, &beyond[i], values, NULL) ==
                  MILIEU_ERR_RESULTS);
    cr_assert(study_file_read_quantiles(&file, study.outputs.series[0], 0, 0, 6, 1, values, NULL) ==
              MILIEU_ERR_RESULTS);
    cr_assert(study_file_read_status(&file, 5, 1, status, NULL) == 0);
    study_file_close(&file);
    study_file_close(&file);
    free(bytes);
    fake_runs_free(&runs);
    study_free(&study);
}
