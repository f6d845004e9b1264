/* Verify: batches of real runs are made again and are the same to the last bit; one that is not is found, and named. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_journals.h"
#include "fake_study.h"
#include "sim/results/sha256.h"
#include "sim/study/merge.h"
#include "sim/study/verify.h"
#include "study_help.h"

static const char text[] =
    STUDY_HEAD "scenario = \"two.cfg\"; design: { method = \"factorial\"; };\n"
               "vary: ( { path = \"meso[clinic-a].place\"; name = \"place\"; values = [\"rural\", \"urban\"]; } );\n"
               "respond = [\"reach\", \"fidelity\"]; runs: { replications = 6; seed = 3; };\n"
               "outputs: { clinics = true; series = [\"fidelity\"]; every_weeks = 13; trajectories = 1; };\n";

/* A folder of real batches; `wrong` (-1: none) has a bit of its last value turned. */
static void make_runs(struct fake_runs *runs, const struct study *study, int64_t wrong)
{
    struct maker maker;
    struct bytes payload = { 0 };
    struct error err = { 0 };
    fake_runs_init(runs, study, (struct geometry_sizes){ 2, 1, 1 }, false);
    cr_assert(maker_init(&maker, study, NULL, &err) == 0);
    for (int64_t b = 0; b < geometry_batches(&runs->folder.geometry); b++) {
        struct geometry_span span = geometry_span(&runs->folder.geometry, b);
        payload.length = 0;
        cr_assert(maker_make(&maker, (uint64_t)span.point, (uint32_t)span.replication, (uint32_t)span.num_replications,
                             &payload, &err) == 0,
                  "%s", err.detail[0]);
        if (b == wrong)
            payload.at[sizeof(struct part_head) + 16 + 2 * runs->shape.values * sizeof(double) - 8] ^= 1;
        fake_journal_of(runs, b, payload.at, payload.length);
    }
    bytes_free(&payload);
    maker_free(&maker);
}

static struct verify_report verified(const struct fake_runs *runs, const struct verify_options *options)
{
    struct verify_report report;
    struct error err = { 0 };
    cr_assert(study_verify(runs->study, &runs->folder, options, &report, &err) == 0, "%s", err.detail[0]);
    return report;
}

static void hash_of(const char *path, char out[65])
{
    FILE *file = fopen(path, "rb");
    static char bytes[1 << 20];
    size_t length = fread(bytes, 1, sizeof bytes, file);
    cr_assert(length < sizeof bytes);
    fclose(file);
    sha256_hex(bytes, length, out);
}

Test(verify, all_of_a_sound_folder)
{
    struct study study = study_of(text, NULL);
    struct fake_runs runs;
    struct merge_report merged;
    struct verify_report report;
    char path[700], hash[65];
    make_runs(&runs, &study, -1);
    report = verified(&runs, &(struct verify_options){ .share = 1, .seed = 1 });
    cr_assert(report.runs == 12 && report.runs_failed == 0 && report.runs_missing == 0 && report.duplicates == 0);
    cr_assert(report.batches_checked == 6 && report.runs_checked == 12 && report.runs_different == 0);
    cr_assert(report.first_different == -1 && !report.merged && report.merged_hash[0] == '\0');
    cr_assert(study_merge(&study, &runs.folder, &(struct merge_options){ 0 }, &merged, NULL) == 0);
    report = verified(&runs, &(struct verify_options){ .share = 1e-9, .seed = 2 });
    cr_assert(report.batches_checked == 1 && report.runs_different == 0 && report.merged);
    snprintf(path, sizeof path, "%s/study.h5", runs.folder.path);
    hash_of(path, hash);
    cr_assert_str_eq(report.merged_hash, hash);
    fake_runs_free(&runs);
    study_free(&study);
}

Test(verify, a_share_is_drawn_by_its_seed)
{
    struct study study = study_of(text, NULL);
    struct fake_runs runs;
    int64_t checked = 0;
    make_runs(&runs, &study, 4);
    for (uint64_t seed = 0; seed < 40; seed++) {
        struct verify_options options = { .share = 0.3, .seed = seed };
        struct verify_report once = verified(&runs, &options), twice = verified(&runs, &options);
        cr_assert(once.batches_checked >= 1 && once.batches_checked == twice.batches_checked);
        cr_assert(once.first_different == twice.first_different);
        checked += once.batches_checked;
    }
    cr_assert(checked > 40 && checked < 6 * 40 * 0.6, "%d", (int)checked); /* 72 expected, and some for at least one */
    fake_runs_free(&runs);
    study_free(&study);
}

Test(verify, a_run_that_differs_is_named)
{
    struct study study = study_of(text, NULL);
    struct fake_runs runs;
    struct verify_report report;
    make_runs(&runs, &study, 4); /* of point 1, replications 2 and 3 */
    report = verified(&runs, &(struct verify_options){ .share = 1 });
    cr_assert(report.runs_different == 1, "%d", (int)report.runs_different);
    cr_assert(report.first_different == 6 + 3, "%d", (int)report.first_different);
    fake_runs_free(&runs);
    study_free(&study);
}

Test(verify, a_merged_file_of_other_runs)
{
    struct study study = study_of(text, NULL);
    struct fake_runs runs;
    struct merge_report merged;
    struct verify_report report;
    struct error err = { 0 };
    char path[700];
    make_runs(&runs, &study, -1);
    snprintf(path, sizeof path, "%s/journal/test-1-2.journal", runs.folder.path);
    cr_assert(remove(path) == 0);
    cr_assert(study_merge(&study, &runs.folder, &(struct merge_options){ .partial = true }, &merged, NULL) == 0);
    report = verified(&runs, &(struct verify_options){ .share = 1 });
    cr_assert(report.runs == 10 && report.runs_missing == 2 && report.merged);
    fake_journal(&runs, (int64_t[]){ 2 }, 1); /* the runs are there now: the file is old */
    cr_assert(study_verify(&study, &runs.folder, &(struct verify_options){ .share = 1e-9 }, &report, &err) ==
              MILIEU_ERR_RESULTS);
    cr_assert(strstr(err.detail[0], "merge again") != NULL, "%s", err.detail[0]);
    fake_runs_free(&runs);
    study_free(&study);
}
