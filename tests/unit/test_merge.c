/* Journals into one file: the same bytes however the runs were cut, split, repeated and ordered, and nothing merged of what
 * is missing, damaged or contradictory. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "damaged_hdf5.h"
#include "merge_help.h"
#include "sim/study/exact.h"
#include "study_help.h"

static struct merge_options to(const char *path)
{
    return (struct merge_options){ .path = path, .compiler = "cc", .cflags = "-O", .libconfig_version = "1.5" };
}

/* ---- the same bytes ---- */

/* Batches in an order that looks like chance, dealt to `journals` journals; every `again`-th twice. */
static void deal(const struct fake_runs *runs, int journals, int again)
{
    int64_t n = geometry_batches(&runs->folder.geometry), *batch = malloc(2 * (size_t)n * sizeof *batch);
    for (int j = 0; j < journals; j++) {
        int64_t count = 0;
        for (int64_t i = 0; i < n; i++) {
            int64_t b = (i * 7919 + 3) % n;
            if (b % journals == j || (again > 0 && b % again == 0))
                batch[count++] = b;
        }
        fake_journal(runs, batch, count);
    }
    free(batch);
}

Test(merge, the_same_bytes_however_they_were_made)
{
    static const struct {
        struct geometry_sizes sizes;
        int journals, again;
    } way[] = { { { 3, 1, 2 }, 1, 0 },  { { 1, 1, 1 }, 3, 0 },  { { 10, 1, 4 }, 2, 2 },
                { { 10, 4, 1 }, 1, 0 }, { { 10, 6, 1 }, 2, 1 }, { { 4, 1, 100 }, 5, 3 } };
    struct study study = study_of(made_up_plain, NULL);
    char first[600];
    snprintf(first, sizeof first, "%s", own_path("first.h5"));
    for (size_t i = 0; i < sizeof way / sizeof way[0]; i++) {
        struct fake_runs runs;
        struct merge_report report;
        const char *path = i == 0 ? first : own_path("other.h5");
        fake_runs_init(&runs, &study, way[i].sizes, true);
        deal(&runs, way[i].journals, way[i].again);
        report = merged_to(&runs, &(struct merge_options){ .path = path });
        cr_assert(report.journals == way[i].journals && (way[i].again == 0) == (report.duplicates == 0));
        cr_assert(i == 0 || same_files(first, path), "way %zu", i);
        fake_runs_free(&runs);
    }
    study_free(&study);
}

Test(merge, a_torn_tail_does_not_show)
{
    struct study study = study_of(made_up_plain, NULL);
    struct fake_runs runs;
    struct merge_report report;
    char whole[600];
    size_t length;
    const char *journal, *path;
    snprintf(whole, sizeof whole, "%s", own_path("whole.h5"));
    fake_runs_init(&runs, &study, (struct geometry_sizes){ 0 }, false);
    fake_all(&runs);
    merged_to(&runs, &(struct merge_options){ .path = whole });
    journal = fake_journal(&runs, (int64_t[]){ 4, 5 }, 2);
    char *bytes = file_bytes(journal, &length);
    write_file(journal, bytes, length - 200); /* in the middle of batch 5, or of the closing record */
    free(bytes);
    path = own_path("torn.h5");
    report = merged_to(&runs, &(struct merge_options){ .path = path });
    cr_assert(report.torn == 1 && report.duplicates >= 1);
    cr_assert(same_files(whole, path));
    fake_runs_free(&runs);
    study_free(&study);
}

/* ---- what is not merged ---- */

static void refused(const struct fake_runs *runs, const struct merge_options *options, int code, const char *words)
{
    struct merge_report report;
    struct error err = { 0 };
    size_t length;
    int ret;
    char part[700];
    write_file(options->path, "before", 6);
    ret = study_merge(runs->study, &runs->folder, options, &report, &err);
    cr_assert(ret == code, "%d: %s", ret, err.detail[0]);
    cr_assert(strstr(err.detail[0], words) != NULL, "%s", err.detail[0]);
    cr_assert(err.detail[1][0] != '\0');
    char *bytes = file_bytes(options->path, &length);
    cr_assert(length == 6 && memcmp(bytes, "before", 6) == 0);
    free(bytes);
    snprintf(part, sizeof part, "%s.part", options->path);
    cr_assert(access(part, F_OK) != 0);
}

Test(merge, a_batch_made_twice_with_different_results)
{
    struct study study = study_of(made_up_plain, NULL);
    struct fake_runs runs = runs_but(&study, -1);
    struct merge_options options = to(own_path("conflict.h5"));
    struct bytes payload = { 0 };
    fake_payload(&runs, 5, &payload);
    payload.at[sizeof(struct part_head) + 40] ^= 1;
    fake_journal_of(&runs, 5, payload.at, payload.length);
    refused(&runs, &options, MILIEU_ERR_FOLDER, "runs 13 to 15 were made twice");
    refused(&runs, &options, MILIEU_ERR_FOLDER, "test-1-0.journal and in test-1-1.journal");
    options.partial = true;
    refused(&runs, &options, MILIEU_ERR_FOLDER, "different results");
    bytes_free(&payload);
    fake_runs_free(&runs);
    study_free(&study);
}

Test(merge, what_is_no_batch_of_the_study)
{
    static const char words[] = "no batch of this study";
    struct study study = study_of(made_up_plain, NULL);
    struct bytes payload = { 0 };
    for (int i = 0; i < 4; i++) {
        struct fake_runs runs = runs_but(&study, 5);
        struct merge_options options = to(own_path("not.h5"));
        struct part_head head;
        fake_payload(&runs, i == 0 ? 6 : 5, &payload);
        memcpy(&head, payload.at, sizeof head);
        head.first += i == 1;
        head.failed += i == 2;
        memcpy(payload.at, &head, sizeof head);
        fake_journal_of(&runs, 5, payload.at, i == 3 ? payload.length - 8 : payload.length);
        refused(&runs, &options, MILIEU_ERR_FOLDER, words);
        fake_runs_free(&runs);
    }
    bytes_free(&payload);
    study_free(&study);
}

Test(merge, a_batch_that_is_missing)
{
    struct study study = study_of(made_up_plain, NULL);
    struct fake_runs runs = runs_but(&study, 5);
    struct merge_options options = to(own_path("missing.h5"));
    struct merge_report report;
    struct study_file file;
    uint8_t status[60];
    double value[60];
    refused(&runs, &options, MILIEU_ERR_INCOMPLETE, "the first of them run 13");
    options.partial = true;
    report = merged_to(&runs, &options);
    cr_assert(!report.complete && report.runs == 57 && report.runs_missing == 3);
    file = opened(options.path);
    cr_assert(!file.complete);
    cr_assert(study_file_read_status(&file, 0, 6, status, NULL) == 0);
    cr_assert(study_file_read_response(&file, study.respond[0], 0, 0, 0, 6, value, NULL) == 0);
    for (int64_t i = 0; i < 60; i++) {
        bool gone = i >= 13 && i <= 15; /* batch 5: runs 3 to 5 of point 1 */
        cr_assert((status[i] == STUDY_RUN_NOT_DONE) == gone);
        cr_assert(same_number(
            value[i], gone || fake_fails(&runs, i / 10, i % 10) ? NAN : fake_response(&runs, i / 10, i % 10, 0, 0, 0)));
    }
    study_file_close(&file);
    fake_runs_free(&runs);
    study_free(&study);
}

/* A byte of the payload of the batch that stands first in the journal is turned. */
static void damage(const char *journal, const struct fake_runs *runs)
{
    size_t length, at;
    char *bytes = file_bytes(journal, &length);
    double wanted = fake_response(runs, 0, 0, 0, 0, 0);
    for (at = 0; at + 8 < length && memcmp(bytes + at, &wanted, 8) != 0; at += 8)
        ;
    cr_assert(at + 8 < length);
    bytes[at + 3] ^= 0x10;
    write_file(journal, bytes, length);
    free(bytes);
}

Test(merge, damage_is_refused_until_the_runs_are_made_again)
{
    struct study study = study_of(made_up_plain, NULL);
    struct fake_runs runs, sound = runs_but(&study, -1);
    struct merge_options options = to(own_path("damage.h5")), other = to(own_path("sound.h5"));
    struct merge_report report;
    merged_to(&sound, &other);
    fake_runs_init(&runs, &study, (struct geometry_sizes){ 0 }, true);
    damage(fake_all(&runs), &runs);
    refused(&runs, &options, MILIEU_ERR_FOLDER, "test-1-0.journal");
    fake_journal(&runs, (int64_t[]){ 0 }, 1);
    report = merged_to(&runs, &options);
    cr_assert(report.complete && strstr(report.damage[0], "test-1-0.journal") != NULL && report.damage[1][0] != '\0');
    cr_assert(same_files(options.path, other.path));
    fake_runs_free(&runs);
    fake_runs_free(&sound);
    study_free(&study);
}

Test(merge, a_journal_of_another_study)
{
    struct study study = study_of(made_up_plain, NULL);
    struct fake_runs runs = runs_but(&study, -1);
    struct merge_options options = to(own_path("foreign.h5"));
    unsigned char keep = runs.folder.id[3];
    runs.folder.id[3] ^= 1;
    fake_journal(&runs, (int64_t[]){ 5 }, 1);
    runs.folder.id[3] = keep;
    refused(&runs, &options, MILIEU_ERR_FOLDER, "stud");
    options.partial = true;
    refused(&runs, &options, MILIEU_ERR_FOLDER, "stud");
    fake_runs_free(&runs);
    study_free(&study);
}

Test(merge, a_folder_of_other_points)
{
    struct study study = study_of(made_up_plain, NULL), other = study_of(made_up_alone, NULL);
    struct fake_runs runs = runs_but(&study, -1);
    struct merge_options options = to(own_path("points.h5"));
    other.replications = 11;
    runs.study = &other;
    refused(&runs, &options, MILIEU_ERR_FOLDER, "other points or replications");
    fake_runs_free(&runs);
    study_free(&other);
    study_free(&study);
}

Test(merge, interrupted)
{
    static volatile sig_atomic_t stop = 1;
    struct study study = study_of(made_up_plain, NULL);
    struct fake_runs runs = runs_but(&study, -1);
    struct merge_options options = to(own_path("stop.h5"));
    options.stop = &stop;
    refused(&runs, &options, MILIEU_ERR_INTERRUPTED, "");
    fake_runs_free(&runs);
    study_free(&study);
}

Test(merge, a_journal_is_not_written_over)
{
    struct study study = study_of(made_up_plain, NULL);
    struct fake_runs runs;
    struct merge_report report;
    struct merge_options options = { 0 };
    struct error err = { 0 };
    fake_runs_init(&runs, &study, (struct geometry_sizes){ 0 }, true);
    options.path = fake_all(&runs);
    cr_assert(study_merge(&study, &runs.folder, &options, &report, &err) == MILIEU_ERR_OUTPUT);
    cr_assert(strstr(err.detail[0], "input") != NULL, "%s", err.detail[0]);
    fake_runs_free(&runs);
    study_free(&study);
}

/* ---- as many as a precision takes ---- */

static void check_point(struct study_file *file, const struct fake_runs *runs, int64_t point)
{
    uint8_t status[64];
    double value[64];
    struct study_contrast contrast;
    struct exact sum = { 0 };
    int64_t end = fake_end(runs, point);
    cr_assert(study_file_read_status(file, point, 1, status, NULL) == 0);
    cr_assert(study_file_read_response(file, runs->study->respond[0], 1, 2, point, 1, value, NULL) == 0);
    cr_assert(study_file_read_contrast(file, point, 1, &contrast, NULL) == 0);
    for (int r = 0; r < 64; r++) {
        bool fails = fake_fails(runs, point, r);
        double x = fake_response(runs, point, r, 1, 2, 0);
        cr_assert(status[r] == (r >= end ? STUDY_RUN_NOT_NEEDED : fails ? STUDY_RUN_FAILED : STUDY_RUN_DONE));
        cr_assert(same_number(value[r], r >= end || fails ? NAN : x));
        if (r < end)
            exact_add(&sum, fails ? NAN : x - fake_response(runs, point, r, 0, 2, 0));
    }
    cr_assert(contrast.replications == end && contrast.mean == exact_mean(&sum));
    cr_assert(contrast.look == (end == 8 ? 0 : end == 16 ? 1 : end == 32 ? 2 : 3));
    cr_assert(contrast.half_width > 0 &&
              contrast.reached == (contrast.half_width <= 0.05 && (int64_t)sum.apart * 20 <= end));
}

Test(merge, replications_that_were_not_needed)
{
    struct study study = study_of(made_up_sequential, NULL);
    struct geometry_sizes way[] = { { 8, 1, 1 }, { 3, 1, 4 }, { 64, 1, 1 } };
    struct merge_options options[] = { to(own_path("a.h5")), to(own_path("b.h5")), to(own_path("c.h5")) };
    for (int i = 0; i < 3; i++) {
        struct fake_runs runs;
        struct study_file file;
        int64_t ends = 0;
        fake_runs_init(&runs, &study, way[i], false);
        deal(&runs, 1, 0); /* more than was needed: does not count */
        cr_assert(merged_to(&runs, &options[i]).complete);
        file = opened(options[i].path);
        cr_assert(file.has_contrast && file.complete && file.num_replications == 64);
        for (int64_t p = 0; p < file.num_points; p++) {
            check_point(&file, &runs, p);
            ends |= fake_end(&runs, p); /* looks are powers of two */
        }
        cr_assert((ends & (ends - 1)) != 0, "points end at different looks");
        study_file_close(&file);
        cr_assert(i == 0 || same_files(options[0].path, options[i].path));
        fake_runs_free(&runs);
    }
    study_free(&study);
}

Test(merge, a_point_that_has_not_ended)
{
    struct study study = study_of(made_up_sequential, NULL);
    struct merge_options options = to(own_path("not-ended.h5"));
    struct study_contrast contrast;
    struct study_file file;
    struct fake_runs runs;
    uint8_t status[64];
    int64_t first;
    fake_runs_init(&runs, &study, (struct geometry_sizes){ 8, 1, 1 }, false);
    geometry_point_batches(&runs.folder.geometry, 2, 0, &first);
    fake_journal(&runs, &first, 1);
    options.partial = true;
    cr_assert(!merged_to(&runs, &options).complete);
    file = opened(options.path);
    cr_assert(study_file_read_status(&file, 2, 1, status, NULL) == 0);
    cr_assert(study_file_read_contrast(&file, 5, 1, &contrast, NULL) == 0);
    cr_assert(status[7] == STUDY_RUN_DONE && contrast.replications == 0 && contrast.look == -1 && isnan(contrast.mean));
    study_file_close(&file);
    fake_runs_free(&runs);
    study_free(&study);
}
