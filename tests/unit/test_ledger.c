/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=open */
/* What is done, as the journals tell: whatever their number and order, damage, duplicates; and for a sequential study
 * what its looks decide. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "folder_help.h"
#include "sim/study/ledger.h"

static long failing = -1; /* the allocation from now that fails */

static bool fails_now(void)
{
    return failing >= 0 && failing-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : __real_calloc(count, size);
}
void *__wrap_realloc(void *block, size_t size)
{
    return fails_now() ? NULL : __real_realloc(block, size);
}

static int opened; /* journals */

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *name, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    opened += strstr(name, JOURNAL_SUFFIX) != NULL;
    return __real_open(name, flags, mode);
}

/* ---- a folder, and journals that hold the contrast of each run ---- */

static char parent[PATH_LENGTH], path[PATH_LENGTH];
static struct folder folder;

static void make(void)
{
    folder_make(parent);
    path_join(path, parent, "turnover");
}

static void removed(void)
{
    folder_free(&folder);
    folder_remove(parent);
}

TestSuite(ledger, .init = make, .fini = removed);

static void make_study(struct geometry_plan plan, struct geometry_sizes sizes)
{
    struct folder_spec spec = { .num_inputs = 1, .plan = plan, .sizes = sizes };
    struct error err = { 0 };
    spec.part[PART_PROGRAM] = "milieu 0.1.0";
    spec.input[0] = (struct folder_input){ "study.cfg", "", 0 };
    cr_assert(folder_create_or_open(&folder, path, &spec, &err) == 0, "%s", err.detail[0]);
}

/* Journals in the order of their names, whoever writes first. */
static void begin(struct journal *journal, const char *host)
{
    char *journals = folder_path(&folder, "journal", NULL);
    struct origin origin;
    struct error err = { 0 };
    origin_of_this_process(&origin);
    snprintf(origin.host, sizeof origin.host, "%s", host);
    cr_assert(journal_create(journal, journals, folder.id, folder.program, &origin,
                             (struct journal_sync){ JOURNAL_SYNC_NONE, 0 }, 1000000, &err) == 0,
              "%s", err.detail[0]);
    free(journals);
}

static uint64_t mixed(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* Points differ in spread: some stop early, some late. Now and then a run has no contrast. */
static double contrast_of(int64_t point, int64_t replication)
{
    uint64_t key = mixed((uint64_t)point * 1000003 + (uint64_t)replication);
    return key % 41 == 0 ? NAN : (double)(1 + point % 5) * ((double)(key >> 11) * 0x1p-53 - 0.5);
}

static void append(struct journal *journal, int64_t batch)
{
    struct geometry_span span = geometry_span(&folder.geometry, batch);
    int64_t runs = geometry_span_runs(&span);
    double payload[64];
    struct journal_record record = { .type = JOURNAL_BATCH,
                                     .batch = batch,
                                     .runs = (uint32_t)runs,
                                     .failed = batch % 3 == 0,
                                     .cpu_us = 10,
                                     .time_us = 2000000 + batch,
                                     .payload = payload,
                                     .length = (size_t)runs * sizeof payload[0] };
    struct error err = { 0 };
    cr_assert(runs <= 64);
    for (int64_t i = 0; i < runs; i++)
        payload[i] = contrast_of(span.point + i / span.num_replications, span.replication + i % span.num_replications);
    cr_assert(journal_append(journal, &record, &err) == 0, "%s", err.detail[0]);
}

static void open_ledger(struct ledger *ledger, const struct ledger_rule *rule)
{
    struct error err = { 0 };
    cr_assert(ledger_init(ledger, &folder, rule, JOURNAL_FULL, &err) == 0, "%s", err.detail[0]);
}

static void update(struct ledger *ledger)
{
    struct error err = { 0 };
    cr_assert(ledger_update(ledger, &err) == 0, "%s", err.detail[0]);
}

static void path_of(const struct journal *journal, char out[PATH_LENGTH])
{
    char *file = folder_path(&folder, "journal", journal->name);
    snprintf(out, PATH_LENGTH, "%s", file);
    free(file);
}

/* ---- fixed studies ---- */

Test(ledger, follows_journals_as_they_grow_and_appear)
{
    struct ledger ledger;
    struct journal a, b;
    make_study((struct geometry_plan){ 10, 12, 0 }, (struct geometry_sizes){ 4, 1, 4 }); /* 30 batches, 8 blocks */
    open_ledger(&ledger, NULL);
    update(&ledger);
    cr_assert(ledger.counts.batches == 30 && ledger.counts.runs == 120 && ledger.counts.batches_done == 0);
    cr_assert(ledger_next(&ledger, 0) == 0 && ledger_next_block(&ledger, 0) == 0 && !ledger_complete(&ledger));
    begin(&a, "one");
    for (int64_t batch = 0; batch < 10; batch++)
        append(&a, batch);
    update(&ledger);
    cr_assert(ledger.counts.batches_done == 10 && ledger.counts.runs_done == 40 && ledger.counts.runs_failed == 4);
    cr_assert(ledger_next(&ledger, 0) == 10 && ledger_next(&ledger, 12) == 12 && ledger_next_block(&ledger, 0) == 2);
    cr_assert(ledger_is_done(&ledger, 9) && !ledger_is_done(&ledger, 10) && ledger_is_to_do(&ledger, 10));
    begin(&b, "another");
    for (int64_t batch = 29; batch >= 8; batch--) {
        append(&b, batch);
        update(&ledger);
    }
    cr_assert(ledger_complete(&ledger) && ledger_next(&ledger, 0) == -1 && ledger_next_block(&ledger, 0) == -1);
    cr_assert(ledger.counts.duplicates == 2 && ledger.counts.batches_done == 30 && ledger.counts.runs_failed == 10);
    cr_assert(ledger.counts.cpu_us == 320 && ledger.counts.last_us == 2000029 && ledger.num_journals == 2);
    cr_assert(strcmp(ledger.journal[0].opening.origin.host, "another") == 0 && ledger.journal[0].opening.time_us > 0);
    cr_assert(ledger_require_all(&ledger, NULL) == 0 && ledger_replications(&ledger, 9) == 12);
    journal_close(&a, NULL, 3000000, NULL);
    journal_free(&b);
    update(&ledger);
    cr_assert(ledger.counts.duplicates == 2 && ledger.counts.torn == 0 && ledger.counts.damaged == 0);
    ledger_free(&ledger);
    ledger_free(&ledger);
}

Test(ledger, a_journal_that_has_not_changed_is_not_opened_again)
{
    struct ledger ledger;
    struct journal journal[30];
    make_study((struct geometry_plan){ 40, 4, 0 }, (struct geometry_sizes){ 4, 1, 4 });
    for (int i = 0; i < 30; i++) { /* none is closed, as after a kill */
        begin(&journal[i], "one");
        append(&journal[i], i);
    }
    open_ledger(&ledger, NULL);
    opened = 0;
    update(&ledger);
    cr_assert(opened == 30 && ledger.counts.batches_done == 30);
    update(&ledger);
    cr_assert(opened == 30, "%d", opened);
    append(&journal[17], 30); /* one grows, and is read from where it was */
    update(&ledger);
    cr_assert(opened == 31 && ledger.counts.batches_done == 31 && ledger.counts.duplicates == 0);
    append(&journal[17], 31);
    journal_close(&journal[3], NULL, 3000000, NULL);
    update(&ledger);
    update(&ledger);
    cr_assert(opened == 33 && ledger.counts.batches_done == 32 && ledger_next(&ledger, 0) == 32);
    for (int i = 0; i < 30; i++)
        journal_free(&journal[i]);
    ledger_free(&ledger);
}

/* A record arrives byte by byte, as a slow disk may show it: torn until the last is there, and then counted, once. */
Test(ledger, a_journal_grows_through_a_torn_record)
{
    struct ledger ledger;
    struct journal journal;
    char file[PATH_LENGTH];
    size_t length;
    make_study((struct geometry_plan){ 3, 4, 0 }, (struct geometry_sizes){ 4, 1, 4 });
    begin(&journal, "one");
    append(&journal, 0);
    append(&journal, 1);
    path_of(&journal, file);
    journal_free(&journal);
    char *bytes = file_read(file, &length);
    const size_t record = JOURNAL_HEADER + 4 * sizeof(double);
    cr_assert(truncate(file, (off_t)(length - record)) == 0);
    open_ledger(&ledger, NULL);
    update(&ledger);
    cr_assert(ledger.counts.batches_done == 1 && ledger.counts.torn == 0);
    int fd = open(file, O_WRONLY | O_APPEND);
    for (size_t at = length - record; at < length; at++) {
        cr_assert(write(fd, bytes + at, 1) == 1);
        opened = 0;
        update(&ledger);
        update(&ledger);
        cr_assert(opened == 1 && ledger.counts.batches_done == (at + 1 < length ? 1 : 2));
        cr_assert(ledger.counts.torn == (at + 1 < length) && ledger.counts.duplicates == 0);
    }
    close(fd);
    free(bytes);
    ledger_free(&ledger);
}

Test(ledger, journals_tell_times_and_work)
{
    struct ledger ledger;
    struct journal journal;
    make_study((struct geometry_plan){ 10, 4, 0 }, (struct geometry_sizes){ 4, 1, 4 });
    begin(&journal, "one");
    append(&journal, 5);
    append(&journal, 2);
    append(&journal, 2);
    open_ledger(&ledger, NULL);
    update(&ledger);
    cr_assert(ledger.journal[0].opening.time_us == 1000000 && ledger.journal[0].last_us == 2000005);
    journal_close(&journal, NULL, 3000000, NULL);
    update(&ledger);
    cr_assert(ledger.journal[0].last_us == 3000000 && ledger.journal[0].cpu_us == 30);
    ledger_free(&ledger);
}

Test(ledger, what_is_marked_is_not_to_do_and_counts_once_read)
{
    struct ledger ledger;
    struct journal journal;
    make_study((struct geometry_plan){ 130, 1, 0 }, (struct geometry_sizes){ 1, 1, 10 });
    open_ledger(&ledger, NULL);
    begin(&journal, "one");
    for (int64_t batch = 0; batch < 130; batch++) {
        cr_assert(ledger_next(&ledger, 0) == batch && ledger_is_to_do(&ledger, batch));
        append(&journal, batch);
        ledger_mark(&ledger, batch);
        cr_assert(!ledger_is_to_do(&ledger, batch));
    }
    cr_assert(ledger_next(&ledger, 0) == -1 && !ledger_complete(&ledger));
    update(&ledger);
    cr_assert(ledger_complete(&ledger) && ledger.counts.duplicates == 0);
    journal_free(&journal);
    ledger_free(&ledger);
}

Test(ledger, damage_is_told_once_and_done_again)
{
    struct ledger ledger;
    struct journal journal;
    struct error err = { 0 };
    char file[PATH_LENGTH];
    size_t length;
    make_study((struct geometry_plan){ 10, 4, 0 }, (struct geometry_sizes){ 4, 1, 4 });
    begin(&journal, "one");
    for (int64_t batch = 0; batch < 10; batch++)
        append(&journal, batch);
    path_of(&journal, file);
    journal_free(&journal);
    char *bytes = file_read(file, &length);
    bytes[length - 3 * 96 + 70] ^= 4; /* the payload of batch 7 */
    file_write(file, bytes, length);
    free(bytes);
    open_ledger(&ledger, NULL);
    update(&ledger);
    cr_assert(ledger.counts.damaged == 1 && ledger_next(&ledger, 0) == 7 && ledger_next(&ledger, 8) == -1);
    cr_assert(ledger_damage(&ledger, &err) && strstr(err.detail[0], file) != NULL &&
              strstr(err.detail[0], "byte") != NULL);
    update(&ledger);
    cr_assert(!ledger_damage(&ledger, &err));
    cr_assert(ledger_require_all(&ledger, &err) == MILIEU_ERR_FOLDER);
    cr_assert(strstr(err.detail[0], "4 of 40 runs") && strstr(err.detail[0], "run 28"), "%s", err.detail[0]);
    cr_assert(strstr(err.detail[0], "--partial") && strstr(err.detail[0], file), "%s", err.detail[0]);
    begin(&journal, "two");
    append(&journal, 7);
    update(&ledger);
    cr_assert(ledger_complete(&ledger) && ledger.counts.duplicates == 0 && ledger.counts.damaged == 1);
    journal_free(&journal);
    ledger_free(&ledger);
}

Test(ledger, a_torn_end_is_counted_and_not_done)
{
    struct ledger ledger;
    struct journal journal;
    struct stat st;
    char file[PATH_LENGTH];
    make_study((struct geometry_plan){ 3, 4, 0 }, (struct geometry_sizes){ 4, 1, 4 });
    begin(&journal, "one");
    for (int64_t batch = 0; batch < 3; batch++)
        append(&journal, batch);
    path_of(&journal, file);
    journal_free(&journal);
    cr_assert(stat(file, &st) == 0 && truncate(file, st.st_size - 5) == 0);
    open_ledger(&ledger, NULL);
    update(&ledger);
    cr_assert(ledger.counts.torn == 1 && ledger.counts.damaged == 0 && ledger_next(&ledger, 0) == 2);
    ledger_free(&ledger);
}

Test(ledger, missing_journals_are_named)
{
    struct ledger ledger;
    struct journal a, b;
    struct error err = { 0 };
    char file[PATH_LENGTH], log[PATH_LENGTH];
    make_study((struct geometry_plan){ 4, 4, 0 }, (struct geometry_sizes){ 4, 1, 4 });
    begin(&a, "one");
    begin(&b, "two");
    append(&a, 0);
    append(&a, 1);
    append(&b, 2);
    path_join(log, path, "log/three-77-0.log");
    file_write(log, "x", 1);
    path_join(log, path, "log/notes.txt");
    file_write(log, "x", 1);
    open_ledger(&ledger, NULL);
    update(&ledger);
    cr_assert(ledger_require_all(&ledger, &err) == MILIEU_ERR_FOLDER);
    cr_assert(strstr(err.detail[0], "missing journals: three-77-0.journal") != NULL, "%s", err.detail[0]);
    cr_assert(strstr(err.detail[1], "journaux qui manquent") != NULL, "%s", err.detail[1]);
    cr_assert(strstr(err.detail[0], "notes") == NULL && strstr(err.detail[0], "one-") == NULL);
    path_of(&b, file);
    unlink(file);
    append(&a, 3);
    update(&ledger); /* what was read of it counts no more */
    cr_assert(ledger_require_all(&ledger, &err) == MILIEU_ERR_FOLDER && strstr(err.detail[0], "4 of 16") != NULL);
    cr_assert(strstr(err.detail[0], ", two-") != NULL, "%s", err.detail[0]);
    ledger_free(&ledger);
    journal_free(&a);
    journal_free(&b);
}

Test(ledger, journals_of_others_are_refused)
{
    struct ledger ledger;
    struct journal journal;
    struct error err = { 0 };
    unsigned char other[STUDY_ID] = "another study";
    struct journal_record record = { .type = JOURNAL_BATCH, .batch = 2, .runs = 4, .payload = "" };
    make_study((struct geometry_plan){ 4, 4, 0 }, (struct geometry_sizes){ 4, 1, 4 });
    begin(&journal, "one"); /* of the same study, cut otherwise */
    record.runs = 2;
    cr_assert(journal_append(&journal, &record, NULL) == 0);
    open_ledger(&ledger, NULL);
    cr_assert(ledger_update(&ledger, &err) == MILIEU_ERR_FOLDER &&
              strstr(err.detail[0], "another folder of this study"));
    ledger_free(&ledger);
    record.runs = 4;
    record.batch = 4;
    char file[PATH_LENGTH];
    path_of(&journal, file);
    journal_free(&journal);
    unlink(file);
    begin(&journal, "one");
    cr_assert(journal_append(&journal, &record, NULL) == 0);
    open_ledger(&ledger, NULL);
    cr_assert(ledger_update(&ledger, &err) == MILIEU_ERR_FOLDER && strstr(err.detail[0], "batch 4"));
    ledger_free(&ledger);
    path_of(&journal, file);
    journal_free(&journal);
    unlink(file);
    memcpy(folder.id, other, STUDY_ID); /* another study's altogether */
    begin(&journal, "one");
    journal_free(&journal);
    for (int i = 0; i < STUDY_ID; i++)
        folder.id[i]++;
    open_ledger(&ledger, NULL);
    cr_assert(ledger_update(&ledger, &err) == MILIEU_ERR_FOLDER && strstr(err.detail[0], "is a journal of study"));
    ledger_free(&ledger);
}

static int count_records(void *context, const struct journal_record *record, struct error *err)
{
    (void)err;
    ((int *)context)[record->type]++;
    return record->batch == 99 ? 17 : 0;
}

Test(ledger, a_listener_hears_every_record)
{
    struct ledger ledger;
    struct journal journal;
    int heard[4] = { 0 };
    make_study((struct geometry_plan){ 200, 1, 0 }, (struct geometry_sizes){ 1, 1, 4 });
    begin(&journal, "one");
    append(&journal, 1);
    append(&journal, 1);
    open_ledger(&ledger, NULL);
    ledger_listen(&ledger, count_records, heard);
    update(&ledger);
    cr_assert(heard[JOURNAL_OPENING] == 1 && heard[JOURNAL_BATCH] == 2 && ledger.counts.duplicates == 1);
    append(&journal, 99);
    cr_assert(ledger_update(&ledger, NULL) == 17);
    journal_free(&journal);
    ledger_free(&ledger);
}

/* ---- sequential studies ---- */

static int add_contrasts(void *context, const struct geometry_span *span, const struct journal_record *record,
                         struct exact *sum, struct error *err)
{
    const double *x = record->payload;
    (void)context;
    (void)err;
    for (int64_t i = 0; i < geometry_span_runs(span); i++)
        exact_add(sum, x[i]);
    return 0;
}

static bool goes_on(void *context, int64_t point, int stage, const struct exact *sum)
{
    (void)context;
    (void)point;
    (void)stage;
    return sqrt(exact_variance(sum) / (double)sum->count) > 0.08;
}

static const struct ledger_rule rule = { add_contrasts, goes_on, NULL };

/* Where a point ends, from its contrasts alone. */
static int64_t end_of(int64_t point)
{
    const struct geometry *g = &folder.geometry;
    struct exact sum = { 0 };
    for (int s = 0; s < g->num_stages; s++) {
        for (int64_t r = s > 0 ? g->look[s - 1] : 0; r < g->look[s]; r++)
            exact_add(&sum, contrast_of(point, r));
        if (s + 1 == g->num_stages || !goes_on(NULL, point, s, &sum))
            return g->look[s];
    }
    return 0;
}

static void expect_ends(const struct ledger *ledger, bool *some_early, bool *some_late)
{
    const struct geometry *g = &folder.geometry;
    int64_t runs = 0;
    for (int64_t point = 0; point < g->plan.points; point++) {
        int64_t end = end_of(point);
        cr_assert(ledger_replications(ledger, point) == end, "point %ld: %ld, not %ld", (long)point,
                  (long)ledger_replications(ledger, point), (long)end);
        runs += end;
        *some_early = *some_early || end < g->plan.replications;
        *some_late = *some_late || end > g->look[0];
    }
    cr_assert(ledger->counts.runs == runs && ledger->counts.runs_done == runs);
}

Test(ledger, looks_decide_the_same_whatever_the_journals_and_their_order)
{
    bool some_early = false, some_late = false;
    struct ledger first;
    struct journal journal[3];
    int64_t batch, done = 0;
    make_study((struct geometry_plan){ 40, 100, 8 }, (struct geometry_sizes){ 3, 1, 5 });
    begin(&journal[0], "c"); /* what is done first has the last name: it is read last */
    begin(&journal[1], "b");
    begin(&journal[2], "a");
    open_ledger(&first, &rule);
    cr_assert(first.counts.batches == 40 * 3 && first.counts.runs == 320);
    while ((batch = ledger_next(
                &first, (int64_t)(mixed((uint64_t)done) % (uint64_t)geometry_batches(&folder.geometry)))) >= 0 ||
           (batch = ledger_next(&first, 0)) >= 0) {
        struct geometry_span span = geometry_span(&folder.geometry, batch);
        cr_assert(ledger_is_to_do(&first, batch) && span.replication < end_of(span.point));
        append(&journal[span.stage < 3 ? span.stage : 2], batch);
        done++;
        update(&first);
        cr_assert(!ledger_is_to_do(&first, batch));
    }
    cr_assert(ledger_complete(&first) && first.counts.batches_done == done);
    expect_ends(&first, &some_early, &some_late);
    cr_assert(some_early && some_late);       /* the test can tell */
    for (int check = 0; check < 2; check++) { /* HEADERS would not do for looks: it reads in full all the same */
        struct ledger again;
        cr_assert(ledger_init(&again, &folder, &rule, check == 0 ? JOURNAL_FULL : JOURNAL_HEADERS, NULL) == 0);
        update(&again);
        cr_assert(ledger_complete(&again) && memcmp(&again.counts, &first.counts, sizeof again.counts) == 0);
        cr_assert(memcmp(again.stage, first.stage, 40) == 0 && memcmp(again.open, first.open, sizeof again.open) == 0);
        expect_ends(&again, &some_early, &some_late);
        ledger_free(&again);
    }
    for (int i = 0; i < 3; i++)
        journal_free(&journal[i]);
    ledger_free(&first);
}

Test(ledger, blocks_of_a_later_stage_are_there_when_a_look_says_so)
{
    struct ledger ledger;
    struct journal journal;
    make_study((struct geometry_plan){ 6, 64, 16 },
               (struct geometry_sizes){ 16, 1, 2 }); /* stages of 6, 6, 12 batches */
    begin(&journal, "one");
    open_ledger(&ledger, &rule);
    cr_assert(ledger_next_block(&ledger, 3) == -1);
    for (int64_t point = 0; point < 6; point++) {
        append(&journal, point);
        update(&ledger);
        bool on = end_of(point) > 16;
        cr_assert(ledger_is_to_do(&ledger, 6 + point) == on);
        cr_assert((ledger_next_block(&ledger, 3 + point / 2) == 3 + point / 2) ==
                  (on || (point % 2 == 1 && end_of(point - 1) > 16)));
    }
    journal_free(&journal);
    ledger_free(&ledger);
}

Test(ledger, a_sequential_study_needs_its_rule)
{
    struct ledger ledger;
    struct error err = { 0 };
    make_study((struct geometry_plan){ 6, 64, 16 }, (struct geometry_sizes){ 16, 1, 2 });
    cr_assert(ledger_init(&ledger, &folder, NULL, JOURNAL_FULL, &err) == MILIEU_ERR_USAGE);
    ledger_free(&ledger);
}

/* ---- size, memory ---- */

Test(ledger, ten_million_batches_are_looked_through_at_once, .timeout = 30)
{
    struct ledger ledger;
    make_study((struct geometry_plan){ 10000, 1000, 0 }, (struct geometry_sizes){ 1, 1, 1000 });
    open_ledger(&ledger, NULL);
    memset(ledger.done, 0xff, 10000000 / 8 - 8);
    clock_t begin_at = clock();
    for (int i = 0; i < 1000; i++)
        cr_assert(ledger_next(&ledger, i) == 10000000 - 64);
    cr_assert((double)(clock() - begin_at) / CLOCKS_PER_SEC < 5,
              "5 ms each are enough"); /* 0.1 ms without sanitizers */
    ledger_free(&ledger);
}

Test(ledger, memory_that_is_short_is_told)
{
    struct journal journal;
    bool reached = true;
    make_study((struct geometry_plan){ 6, 64, 16 }, (struct geometry_sizes){ 16, 1, 2 });
    begin(&journal, "one");
    for (int64_t batch = 0; batch < 6; batch++)
        append(&journal, batch);
    for (long nth = 0; reached; nth++) {
        struct ledger ledger;
        failing = nth;
        int ret = ledger_init(&ledger, &folder, &rule, JOURNAL_FULL, NULL);
        if (ret == 0)
            ret = ledger_update(&ledger, NULL);
        reached = failing < 0;
        failing = -1;
        cr_assert(ret == (reached ? MILIEU_ERR_MEMORY : 0), "%ld: %d", nth, ret);
        ledger_free(&ledger);
    }
    journal_free(&journal);
}
