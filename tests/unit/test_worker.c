/* link: -Wl,--wrap=open,--wrap=linkat */
/* A worker in a folder that others have worked in, or work in: what they did is not done again, what the dead held is taken
 * over, what the living hold is waited for; and what its log says. The clock is a test's own. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fake_journals.h"
#include "folder_help.h"
#include "sim/study/claim.h"
#include "sim/study/moment.h"
#include "sim/study/worker.h"
#include "sim/study/worker_log.h"
#include "study_help.h"

static const char fixed[] =
    STUDY_HEAD "scenario = \"two.cfg\"; design: { method = \"factorial\"; };\n"
               "vary: ( { path = \"meso[clinic-a].place\"; name = \"place\"; values = [\"rural\", \"urban\"]; } );\n"
               "respond = [\"reach\", \"fidelity\"]; runs: { replications = 6; seed = 3; };\n";
static const char sequential[] =
    STUDY_HEAD "scenario = \"two.cfg\"; design: { method = \"factorial\"; };\n"
               "vary: ( { path = \"meso[clinic-a].place\"; name = \"place\"; values = [\"rural\", \"urban\"]; } );\n"
               "respond = [\"reach\"]; runs: { seed = 3; };\n"
               "stop: { response = \"reach\"; arms = [\"with-champion\", \"as-it-is\"]; clinic = \"all\"; "
               "half_width = 0.0001; level = 0.95; first = 4; most = 16; };\n";

/* ---- what the test sees, and does in between ---- */

static const char *watched = "?"; /* opens of files with this in their names are counted */
static atomic_int opened;
static void (*once_claimed)(int64_t block); /* called when a claim has been won, before the worker hears of it */

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    atomic_fetch_add(&opened, strstr(path, watched) != NULL);
    return __real_open(path, flags, mode);
}

int __real_linkat(int from, const char *path, int to, const char *name, int flags);
int __wrap_linkat(int from, const char *path, int to, const char *name, int flags);
int __wrap_linkat(int from, const char *path, int to, const char *name, int flags)
{
    int ret = __real_linkat(from, path, to, name, flags);
    if (ret == 0 && once_claimed != NULL)
        once_claimed(atoll(name));
    return ret;
}

/* ---- a folder, and a clock ---- */

static struct fake_runs runs;
static struct study study;
static char claims_path[700], log_path[700];

static void begin(const char *text, int64_t per_block)
{
    study = study_of(text, NULL);
    fake_runs_init(&runs, &study, (struct geometry_sizes){ 2, 1, per_block }, false);
    snprintf(claims_path, sizeof claims_path, "%s/claims", runs.folder.path);
    snprintf(log_path, sizeof log_path, "%s/log", runs.folder.path);
    cr_assert(mkdir(claims_path, 0777) == 0 && mkdir(log_path, 0777) == 0);
}

static void end(void)
{
    folder_remove(runs.folder.path);
    fake_runs_free(&runs);
    study_free(&study);
}

#define START 1000000000000000LL /* 2001-09-09T01:46:40Z */

static atomic_llong time_us;
static atomic_int ticks; /* of the caller's thread */
static atomic_int batches_begun;
static int64_t tick_us;
static int ticks_before_batch; /* so many go by before each */
static void (*in_pause)(void);

static int64_t now_us(void)
{
    return atomic_load(&time_us);
}

static void sleep_a_little(void)
{
    nanosleep(&(struct timespec){ 0, 200000 }, NULL);
}

static void pause_for(double seconds)
{
    if (in_pause != NULL)
        in_pause();
    if (seconds < 0.1) { /* the caller's thread; others wait longer */
        atomic_fetch_add(&time_us, tick_us);
        atomic_fetch_add(&ticks, 1);
    }
    sleep_a_little();
}

/* Asked before and after a batch. */
static int64_t cpu_us(void)
{
    int asked = atomic_fetch_add(&batches_begun, 1);
    while (asked % 2 == 0 && atomic_load(&ticks) < ticks_before_batch * (asked / 2 + 1))
        sleep_a_little();
    return 1000 * asked;
}

static struct worker_report work(int threads)
{
    const struct worker_options options = {
        .threads = threads, .program = "a test", .block_seconds = 1, .clock = { now_us, cpu_us, pause_for }
    };
    struct worker_report report;
    struct error err = { 0 };
    atomic_store(&time_us, START);
    int ret = worker_run(&study, &runs.folder, &options, &report, &err);
    cr_assert(ret == 0, "%s", err.detail[0]);
    cr_assert(report.counts.batches_done == report.counts.batches && report.damage.code == 0);
    return report;
}

/* A real batch in a journal of somebody else's, left without an end. */
static void made_by_another(int64_t batch)
{
    static const struct origin another = { .host = "another", .pid = 1 };
    struct geometry_span span = geometry_span(&runs.folder.geometry, batch);
    struct journal journal;
    struct maker maker;
    struct bytes payload = { 0 };
    char path[700];
    snprintf(path, sizeof path, "%s/journal", runs.folder.path);
    cr_assert(maker_init(&maker, &study, NULL, NULL) == 0);
    cr_assert(maker_make(&maker, (uint64_t)span.point, (uint32_t)span.replication, (uint32_t)span.num_replications,
                         &payload, NULL) == 0);
    struct journal_record record = { .type = JOURNAL_BATCH,
                                     .batch = batch,
                                     .runs = (uint32_t)geometry_span_runs(&span),
                                     .payload = payload.at,
                                     .length = payload.length };
    cr_assert(journal_create(&journal, path, runs.folder.id, "a test", &another,
                             (struct journal_sync){ JOURNAL_SYNC_NONE, 0 }, 1, NULL) == 0);
    cr_assert(journal_append(&journal, &record, NULL) == 0);
    journal_free(&journal);
    bytes_free(&payload);
    maker_free(&maker);
}

/* ---- others ---- */

Test(worker, does_all_alone_on_any_number_of_threads)
{
    for (int threads = 1; threads <= 3; threads++) {
        begin(fixed, 1);
        struct worker_report report = work(threads);
        cr_assert(report.runs_made == 12 && report.counts.runs_done == 12 && report.counts.duplicates == 0);
        report = work(threads);
        cr_assert(report.runs_made == 0);
        end();
    }
}

Test(worker, what_the_killed_have_left_is_read_once)
{
    begin(fixed, 1);
    for (int i = 0; i < 20; i++)
        made_by_another(i % 2);
    watched = "another-1-";
    atomic_store(&opened, 0);
    struct worker_report report = work(2);
    cr_assert(report.runs_made == 8 && report.counts.duplicates == 18);
    cr_assert(atomic_load(&opened) == 20, "%d", atomic_load(&opened));
    end();
}

Test(worker, a_sequential_study_goes_on_from_stage_to_stage)
{
    for (int threads = 1; threads <= 2; threads++) {
        begin(sequential, 1);
        struct worker_report report = work(threads);
        cr_assert(runs.folder.geometry.num_stages > 2);
        cr_assert(report.runs_made > 8 && report.runs_made == report.counts.runs && report.counts.duplicates == 0);
        end();
    }
}

/* The block that is claimed first has been done by somebody since the journals were read. */
static void do_it_before(int64_t block)
{
    int64_t first, count = geometry_block_batches(&runs.folder.geometry, block, &first);
    once_claimed = NULL;
    for (int64_t batch = first; batch < first + count; batch++)
        made_by_another(batch);
}

Test(worker, what_was_done_before_a_claim_was_won_is_not_done_again)
{
    begin(fixed, 2);
    once_claimed = do_it_before;
    struct worker_report report = work(1);
    cr_assert(report.runs_made == 8 && report.counts.duplicates == 0, "%d made", (int)report.runs_made);
    end();
}

static struct claims others;

/* Somebody who lives: the parent of this process. */
static void claim_for_another(const char *host, int64_t pid, int64_t block)
{
    struct origin origin;
    bool taken;
    origin_of_this_process(&origin);
    if (host != NULL)
        snprintf(origin.host, sizeof origin.host, "%s", host);
    origin.pid = pid;
    cr_assert(claims_init(&others, claims_path, &origin, 1, NULL) == 0);
    cr_assert(claims_take(&others, block, &taken, NULL) == 0 && taken);
}

static atomic_int pauses;

static void finish_late(void)
{
    if (atomic_fetch_add(&pauses, 1) != 200)
        return;
    made_by_another(4);
    made_by_another(5);
    claims_free(&others);
}

Test(worker, what_another_has_in_hand_is_waited_for)
{
    begin(fixed, 2);
    claim_for_another("elsewhere", 1, 2);
    in_pause = finish_late;
    struct worker_report report = work(1);
    cr_assert(report.runs_made == 8 && report.counts.duplicates == 0 && report.taken_over == 0);
    cr_assert(atomic_load(&pauses) > 200);
    end();
}

static void give_up_late(void)
{
    if (atomic_fetch_add(&pauses, 1) == 200)
        claims_free(&others);
}

Test(worker, what_another_drops_is_done)
{
    begin(fixed, 2);
    claim_for_another("elsewhere", 1, 2);
    made_by_another(5);
    in_pause = give_up_late;
    struct worker_report report = work(2);
    cr_assert(report.runs_made == 10 && report.counts.duplicates == 0 && report.taken_over == 0);
    end();
}

Test(worker, what_the_dead_held_is_taken_over)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    cr_assert(child > 0 && waitpid(child, NULL, 0) == child);
    begin(fixed, 2);
    claim_for_another(NULL, child, 1);
    struct worker_report report = work(1);
    cr_assert(report.runs_made == 12 && report.counts.duplicates == 0 && report.taken_over == 1);
    claims_free(&others);
    end();
}

/* ---- journals taken away ---- */

/* All that another has made. */
static void take_away(void)
{
    char path[700];
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/journal/another-1-%d.journal", runs.folder.path, i);
        unlink(path);
    }
}

static int64_t cpu_until_taken(void)
{
    int64_t now = cpu_us();
    if (now == 4000) /* before the third batch */
        take_away();
    return now;
}

static void take_away_when_complete(void *context, const struct ledger_counts *counts, int64_t runs_made)
{
    bool *taken = context;
    if (counts->runs_done < counts->runs || runs_made == 0 || *taken)
        return;
    take_away();
    *taken = true;
}

/* What another had done vanishes while we work, or when all seemed done: we do it, and end with all of it there. */
Test(worker, what_has_vanished_is_made_again)
{
    for (int late = 0; late < 2; late++) {
        begin(fixed, 1);
        for (int64_t batch = 0; batch < 3; batch++)
            made_by_another(batch);
        bool taken = false;
        const struct worker_options options = { .threads = 1,
                                                .program = "a test",
                                                .block_seconds = 1,
                                                .clock = { now_us, late ? cpu_us : cpu_until_taken, pause_for },
                                                .progress = late ? take_away_when_complete : NULL,
                                                .progress_context = &taken };
        struct worker_report report;
        struct error err = { 0 };
        atomic_store(&time_us, START);
        atomic_store(&batches_begun, 0);
        cr_assert(worker_run(&study, &runs.folder, &options, &report, &err) == 0, "%s", err.detail[0]);
        cr_assert(report.runs_made == 12 && report.counts.runs_done == 12, "%d made", (int)report.runs_made);
        cr_assert_str_eq(report.missing, "another-1-0.journal, another-1-1.journal, another-1-2.journal");
        report = work(1); /* which finds them by nothing: they left no logs */
        cr_assert(report.runs_made == 0 && report.counts.runs_done == 12 && report.missing[0] == '\0');
        end();
    }
}

/* ---- told to stop ---- */

static volatile sig_atomic_t stop;

static int64_t cpu_until_stop(void)
{
    int64_t now = cpu_us();
    stop = atomic_load(&batches_begun) >= 7; /* asked before and behind three, and before the fourth */
    return now;
}

/* All batches are one block: between claim and end nobody reads what was written. */
Test(worker, counts_know_what_was_made_before_it_was_stopped)
{
    begin(fixed, 100);
    const struct worker_options options = { .threads = 1,
                                            .program = "a test",
                                            .block_seconds = 1,
                                            .stop = &stop,
                                            .clock = { now_us, cpu_until_stop, pause_for } };
    struct worker_report report;
    struct error err = { 0 };
    atomic_store(&time_us, START);
    cr_assert(worker_run(&study, &runs.folder, &options, &report, &err) == MILIEU_ERR_INTERRUPTED);
    cr_assert(report.runs_made == 6 && report.counts.runs_done == 6 && report.counts.runs == 12, "%d made, %d done",
              (int)report.runs_made, (int)report.counts.runs_done);
    end();
}

/* ---- the log ---- */

/* All of it; the caller frees. */
static char *the_log(void)
{
    char name[900];
    size_t length;
    struct origin origin;
    origin_of_this_process(&origin);
    snprintf(name, sizeof name, "%s/%s-%lld-0.log", log_path, origin.host, (long long)origin.pid);
    return file_read(name, &length);
}

static int count_of(const char *text, const char *what)
{
    int count = 0;
    for (; (text = strstr(text, what)) != NULL; text++)
        count++;
    return count;
}

Test(worker, its_log_has_a_line_every_30_seconds)
{
    begin(fixed, 1);
    tick_us = 10000000;
    ticks_before_batch = 6; /* so each of the 6 batches takes a minute at least */
    work(1);
    char *log = the_log();
    cr_assert(strncmp(log, "2001-09-09T01:46:40Z begun by process ", 38) == 0 && strstr(log, "1 threads, a test"));
    cr_assert(strstr(log, "0 of 12 runs done before\n"), "%s", log);
    cr_assert(strstr(log, "2001-09-09T01:47:10Z 0 runs made here, 0.00 a second; 0 of 12 done, time left not known"));
    int lines = count_of(log, "\n");
    cr_assert(lines >= 2 + 12 - 1, "%s", log);
    for (int i = 1; i < lines - 1; i++) { /* at 30 s, 60 s, ... and not between */
        char start[80], moment[MOMENT_TEXT];
        snprintf(start, sizeof start, "\n%s ", moment_text(START + 30000000LL * i, moment));
        cr_assert(strstr(log, start) != NULL, "%s in %s", start, log);
    }
    cr_assert(count_of(log, "2 runs made here,") >= 1 && count_of(log, " left\n") >= 5);
    char *last = strrchr(log, 'Z');
    cr_assert(strncmp(last, "Z ended: 12 runs made here, 0.000 core-hours\n", 46) == 0, "%s", log);
    free(log);
    end();
}

Test(worker, a_log_tells_rate_and_time_left_by_all_that_was_done)
{
    struct worker_log log = { .path = NULL };
    struct ledger_counts counts = { .runs = 1000, .runs_done = 100 };
    char name[800];
    size_t length;
    begin(fixed, 1);
    worker_log_init(&log, &runs.folder, "one-2-3.journal", START, 100);
    worker_log_progress(&log, START + 29999999, &counts, 10);
    counts.runs_done = 400;
    worker_log_progress(&log, START + 30000000, &counts, 30);
    worker_log_progress(&log, START + 59999999, &counts, 60);
    worker_log_progress(&log, START + 60000000, &counts, 330); /* the last of ours are not read yet */
    counts.runs = 1000000;
    worker_log_progress(&log, START + 90000000, &counts, 330);
    counts.runs_done = 1000000;
    worker_log_progress(&log, START + 120000000, &counts, 330);
    worker_log_free(&log);
    worker_log_free(&log);
    worker_log_line(&log, START, "nowhere");
    snprintf(name, sizeof name, "%s/one-2-3.log", log_path);
    char *text = file_read(name, &length);
    cr_assert_str_eq(text,
                     "2001-09-09T01:47:10Z 30 runs made here, 1.00 a second; 400 of 1000 done, about 60 s left\n"
                     "2001-09-09T01:47:40Z 330 runs made here, 5.50 a second; 430 of 1000 done, about 2 min left\n"
                     "2001-09-09T01:48:10Z 330 runs made here, 3.67 a second; 430 of 1000000 done, about 76 h left\n"
                     "2001-09-09T01:48:40Z 330 runs made here, 2.75 a second; 1000000 of 1000000 done, "
                     "about 0 s left\n");
    free(text);
    end();
}

Test(worker, a_log_that_cannot_be_written_is_done_without)
{
    begin(fixed, 1);
    cr_assert(rmdir(log_path) == 0);
    tick_us = 31000000;
    cr_assert(work(1).runs_made == 12);
    end();
}

/* ---- moments ---- */

Test(worker, moments_are_those_of_the_calendar)
{
    char text[MOMENT_TEXT];
    cr_assert_str_eq(moment_text(0, text), "1970-01-01T00:00:00Z");
    cr_assert_str_eq(moment_text(-1, text), "1969-12-31T23:59:59Z");
    cr_assert_str_eq(moment_text(951782399999999, text), "2000-02-28T23:59:59Z");
    cr_assert_str_eq(moment_text(951782400000000, text), "2000-02-29T00:00:00Z");
    cr_assert_str_eq(moment_text(4107542400000000, text), "2100-03-01T00:00:00Z");
}
