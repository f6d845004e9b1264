/* Verify: batches of real runs are made again and are the same to the last bit; one that is not is found, and named. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "damaged_hdf5.h"
#include "fake_journals.h"
#include "fake_study.h"
#include "merge_help.h"
#include "sim/results/sha256.h"
#include "sim/study/merge.h"
#include "sim/study/verify.h"
#include "study_help.h"

static const char text[] =
    STUDY_HEAD "scenario = \"two.cfg\"; design: { method = \"factorial\"; };\n"
               "vary: ( { path = \"meso[clinic-a].place\"; name = \"place\"; values = [\"rural\", \"urban\"]; } );\n"
               "respond = [\"reach\", \"fidelity\"]; runs: { replications = 6; seed = 3; };\n"
               "outputs: { clinics = true; series = [\"fidelity\"]; every_weeks = 13; trajectories = 1; };\n";

#define BATCH(b) (1U << (b))

/* A folder of real batches; those of `wrong` have a bit of their last value turned. */
static void make_runs(struct fake_runs *runs, const struct study *study, unsigned wrong)
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
        if ((wrong & BATCH(b)) != 0)
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
    make_runs(&runs, &study, 0);
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
    make_runs(&runs, &study, BATCH(4));
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
    make_runs(&runs, &study, BATCH(4)); /* of point 1, replications 2 and 3 */
    report = verified(&runs, &(struct verify_options){ .share = 1 });
    cr_assert(report.runs_different == 1, "%d", (int)report.runs_different);
    cr_assert(report.first_different == 6 + 3, "%d", (int)report.first_different);
    fake_runs_free(&runs);
    study_free(&study);
}

static bool same_report(const struct verify_report *a, const struct verify_report *b)
{
    return a->runs == b->runs && a->runs_failed == b->runs_failed && a->runs_missing == b->runs_missing &&
           a->duplicates == b->duplicates && a->batches_checked == b->batches_checked &&
           a->runs_checked == b->runs_checked && a->runs_different == b->runs_different &&
           a->first_different == b->first_different && a->merged == b->merged &&
           a->merged_different == b->merged_different && strcmp(a->damage[0], b->damage[0]) == 0 &&
           strcmp(a->damage[1], b->damage[1]) == 0 && strcmp(a->merged_hash, b->merged_hash) == 0;
}

static void count_up(void *context, int64_t done, int64_t in_all)
{
    int64_t *last = context;
    cr_assert(done > *last && done <= in_all);
    *last = done;
}

Test(verify, any_number_of_threads_reports_the_same)
{
    static const unsigned wrong[] = { 0, BATCH(4), BATCH(1) | BATCH(3) | BATCH(5) };
    static const double share[] = { 1, 0.5 };
    struct study study = study_of(text, NULL);
    for (int w = 0; w < 3; w++) {
        struct fake_runs runs;
        make_runs(&runs, &study, wrong[w]);
        for (int s = 0; s < 2; s++) {
            struct verify_options options = { .share = share[s], .seed = 5, .threads = 1 };
            struct verify_report one = verified(&runs, &options);
            cr_expect(s > 0 || one.runs_different == (w == 0 ? 0 : 2 * w - 1));
            cr_expect(s > 0 || one.first_different == (w == 0   ? -1
                                                       : w == 1 ? 6 + 3
                                                                : 3),
                      "%d", (int)one.first_different);
            for (int threads = 2; threads <= 9; threads++) { /* there are six batches */
                int64_t done = 0;
                options.threads = threads;
                options.progress = count_up;
                options.progress_context = &done;
                struct verify_report many = verified(&runs, &options);
                cr_expect(same_report(&one, &many), "%d threads, case %d", threads, w);
                cr_expect(done == one.runs_checked);
            }
        }
        fake_runs_free(&runs);
    }
    study_free(&study);
}

struct stopping {
    volatile sig_atomic_t stop;
    int64_t told;
};

static void stop_at_once(void *context, int64_t done, int64_t in_all)
{
    struct stopping *self = context;
    (void)in_all;
    self->told = done;
    self->stop = 1;
}

Test(verify, stops_when_it_is_asked_to)
{
    struct study study = study_of(text, NULL);
    struct fake_runs runs;
    make_runs(&runs, &study, 0);
    for (int threads = 1; threads <= 3; threads += 2) {
        struct stopping stopping = { 0 };
        struct verify_report report;
        struct verify_options options = { .share = 1,
                                          .threads = threads,
                                          .stop = &stopping.stop,
                                          .progress = stop_at_once,
                                          .progress_context = &stopping };
        cr_assert_eq(study_verify(&study, &runs.folder, &options, &report, NULL), MILIEU_ERR_INTERRUPTED);
        cr_expect(stopping.told >= 2 && stopping.told < 12, "%d of 12 runs", (int)stopping.told);
        cr_expect(report.runs_checked == stopping.told);
    }
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
    make_runs(&runs, &study, 0);
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

/* ---- the merged file, byte by byte ---- */

/* Of what verify leaves behind there is nothing. */
static bool is_tidy(const char *folder)
{
    DIR *stream = opendir(folder);
    struct dirent *entry;
    bool tidy = true;
    while ((entry = readdir(stream)) != NULL)
        tidy = tidy && strstr(entry->d_name, ".verify") == NULL && strstr(entry->d_name, ".part") == NULL;
    closedir(stream);
    return tidy;
}

Test(verify, a_changed_byte_of_the_merged_file_is_found_wherever_it_is)
{
    enum { FLIPS = 48 };
    struct study study = study_of(text, NULL);
    struct fake_runs runs;
    struct merge_report merged;
    struct verify_report report;
    char path[700];
    size_t length, told = 0;
    make_runs(&runs, &study, 0);
    cr_assert(study_merge(&study, &runs.folder, &(struct merge_options){ 0 }, &merged, NULL) == 0);
    snprintf(path, sizeof path, "%s/study.h5", runs.folder.path);
    char *bytes = file_bytes(path, &length);
    for (size_t i = 0; i < FLIPS; i++) {
        size_t at = i * (length - 1) / (FLIPS - 1);
        struct error err = { 0 };
        bytes[at] ^= (char)(1 << at % 8);
        write_file(path, bytes, length);
        bytes[at] ^= (char)(1 << at % 8);
        int ret = study_verify(&study, &runs.folder, &(struct verify_options){ .share = 1e-9 }, &report, &err);
        cr_expect(ret == MILIEU_ERR_RESULTS || (ret == 0 && report.merged_different == (int64_t)at), "byte %zu: %d, %s",
                  at, ret, err.detail[0]);
        cr_expect(!report.merged);
        told += ret == 0;
    }
    cr_expect(told > FLIPS / 2 && is_tidy(runs.folder.path), "%zu", told);
    write_file(path, bytes, length - 1); /* cut */
    cr_expect(study_verify(&study, &runs.folder, &(struct verify_options){ .share = 1e-9 }, &report, NULL) != 0 ||
              report.merged_different >= 0);
    write_file(path, bytes, length);
    report = verified(&runs, &(struct verify_options){ .share = 1e-9 });
    cr_expect(report.merged && report.merged_different == -1);
    report = verified(&runs, &(struct verify_options){ .share = 1e-9, .compiler = "another" });
    cr_expect(!report.merged && report.merged_different >= 0);
    free(bytes);
    fake_runs_free(&runs);
    study_free(&study);
}

Test(verify, a_merged_file_over_shards)
{
    struct study study = study_of(text, NULL);
    struct fake_runs runs;
    struct merge_report merged;
    struct verify_report report;
    char path[700], shard[700];
    size_t length;
    make_runs(&runs, &study, 0);
    cr_assert(study_merge(&study, &runs.folder, &(struct merge_options){ .shard_above = 500 }, &merged, NULL) == 0);
    snprintf(path, sizeof path, "%s/study.h5", runs.folder.path);
    snprintf(shard, sizeof shard, "%s/study-%s-001.h5", runs.folder.path, runs.folder.id_text);
    report = verified(&runs, &(struct verify_options){ .share = 1e-9 });
    cr_expect(report.merged && report.merged_different == -1 && is_tidy(runs.folder.path));
    char *bytes = file_bytes(shard, &length);
    bytes[length / 2] ^= 1;
    write_file(shard, bytes, length);
    cr_expect_eq(study_verify(&study, &runs.folder, &(struct verify_options){ .share = 1e-9 }, &report, NULL),
                 MILIEU_ERR_RESULTS);
    bytes[length / 2] ^= 1;
    write_file(shard, bytes, length);
    free(bytes);
    report = verified(&runs, &(struct verify_options){ .share = 1e-9, .path = path });
    cr_expect(report.merged);
    fake_runs_free(&runs);
    study_free(&study);
}

/* Stopped by the last of its runs: while it merges again. */
static void stop_at_the_end(void *context, int64_t done, int64_t in_all)
{
    volatile sig_atomic_t *stop = context;
    if (done == in_all)
        *stop = 1;
}

Test(verify, interrupted_while_it_merges_again)
{
    struct study study = study_of(text, NULL);
    struct fake_runs runs;
    struct merge_report merged;
    struct verify_report report;
    volatile sig_atomic_t stop = 0;
    make_runs(&runs, &study, 0);
    cr_assert(study_merge(&study, &runs.folder, &(struct merge_options){ 0 }, &merged, NULL) == 0);
    struct verify_options options = {
        .share = 1, .stop = &stop, .progress = stop_at_the_end, .progress_context = (void *)(uintptr_t)&stop
    };
    cr_expect_eq(study_verify(&study, &runs.folder, &options, &report, NULL), MILIEU_ERR_INTERRUPTED);
    cr_expect(report.runs_checked == 12 && !report.merged && is_tidy(runs.folder.path));
    fake_runs_free(&runs);
    study_free(&study);
}
