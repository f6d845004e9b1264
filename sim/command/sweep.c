/* `milieu sweep`: a study in, its runs into a folder. */
#define _GNU_SOURCE /* getrusage's thread clock */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "../study/batch.h"
#include "../study/geometry.h"
#include "../study/looks.h"
#include "../study/pilot.h"
#include "json.h"
#include "launch.h"
#include "study_input.h"
#include "watch.h"

#define PILOT_SECONDS 2.0  /* of --dry-run */
#define BLOCK_SECONDS 10.0 /* what geometry_choose aims at */
#define STOPPED 75         /* EX_TEMPFAIL: nothing lost, go on later */

/* ---- --dry-run ---- */

struct forecast {
    double points, least_runs, runs, seconds_per_run, core_hours, bytes, memory;
    int64_t trials;
    int threads;
};

static double memory_used(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? 1024.0 * (double)usage.ru_maxrss : 0;
}

/* Disk: the journals, and the merged file beside them. Memory: each thread has a world of its own. */
static struct forecast forecast_of(const struct study *study, const struct pilot *pilot, int threads)
{
    struct geometry_plan plan = looks_plan(study);
    struct geometry_sizes sizes = geometry_choose(&plan, &pilot->costs);
    double points = (double)plan.points, runs = points * (double)plan.replications;
    double records = runs / ((double)sizes.per_batch * (double)sizes.points_per_batch);
    double parts = runs / (double)sizes.per_batch,
           first = plan.first > 0 ? (double)plan.first : (double)plan.replications;
    double run = pilot->costs.seconds_per_run - pilot->seconds_per_part / first;
    double seconds = runs * run + parts * pilot->seconds_per_part;
    double journal = runs * (pilot->bytes_run + pilot->bytes_kept) + records * JOURNAL_HEADER +
                     (pilot->bytes_part + sizeof(struct part_head)) * parts;
    return (struct forecast){ .points = points,
                              .least_runs = plan.first > 0 ? points * (double)plan.first : runs,
                              .runs = runs,
                              .seconds_per_run = seconds / runs,
                              .core_hours = seconds / 3600,
                              .bytes = journal + runs * (pilot->bytes_merged + pilot->bytes_kept) +
                                       points * pilot->bytes_cells,
                              .memory = memory_used() * threads,
                              .trials = pilot->runs,
                              .threads = threads };
}

static int forecast_json(const struct terminal *t, const struct forecast *f, struct error *err)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "points", f->points);
    cJSON_AddNumberToObject(object, "runs", f->runs);
    cJSON_AddNumberToObject(object, "core_hours", f->core_hours);
    cJSON_AddNumberToObject(object, "bytes", f->bytes);
    cJSON_AddNumberToObject(object, "memory", f->memory);
    return say_json(t, object, err);
}

static void forecast_words(const struct terminal *t, const struct forecast *f)
{
    char a[NUMBER_LENGTH], b[NUMBER_LENGTH], c[NUMBER_LENGTH];
    say(t, WORD_DRY_POINTS, text_number(a, f->points, 0, false, t->lang));
    text_number(a, f->least_runs, 0, false, t->lang);
    text_number(b, f->runs, 0, false, t->lang);
    if (f->least_runs < f->runs)
        say(t, WORD_DRY_RUNS_RANGE, a, b);
    else
        say(t, WORD_DRY_RUNS, b);
    text_number(a, f->core_hours, f->core_hours < 10 ? 4 : 0, false, t->lang);
    text_number(b, f->seconds_per_run, 4, false, t->lang);
    say(t, WORD_DRY_HOURS, a, b, text_number(c, (double)f->trials, 0, false, t->lang));
    say(t, WORD_DRY_DISK, text_number(a, 1e-6 * f->bytes, 1, false, t->lang));
    say(t, WORD_DRY_MEMORY, text_number(a, 1e-6 * f->memory, 0, false, t->lang), f->threads);
}

static int dry_run(const struct call *call, const struct study *study, int threads, struct error *err)
{
    struct pilot pilot;
    int ret = pilot_measure(study, PILOT_SECONDS, &study_clock, NULL, &pilot, err);
    if (ret != 0)
        return ret;
    struct forecast f = forecast_of(study, &pilot, threads);
    if (call->options.json)
        return forecast_json(&call->terminal, &f, err);
    forecast_words(&call->terminal, &f);
    return 0;
}

/* ---- the sweep ---- */

struct sweep {
    const struct call *call;
    const struct study *study;
    struct launch *launch;
    struct folder folder;
    struct watch watch;
    struct worker_report report;
    bool begun; /* the head was told */
};

static void tell_head(const struct sweep *self, const struct ledger_counts *counts)
{
    const struct terminal *t = &self->call->terminal;
    char points[NUMBER_LENGTH], runs[NUMBER_LENGTH], done[NUMBER_LENGTH];
    text_number(points, (double)self->study->design.count, 0, false, t->lang);
    text_number(runs, (double)counts->runs, 0, false, t->lang);
    text_number(done, (double)counts->runs_done, 0, false, t->lang);
    tell(t, WORD_SWEEP_HEAD, self->folder.path, points, runs, done);
}

static void tell_missing(const struct sweep *self)
{
    if (self->report.missing[0] != '\0' && !launch_is_quiet(self->launch))
        tell(&self->call->terminal, WORD_JOURNALS_MISSING, self->folder.path, self->report.missing);
}

static void take_progress(void *context, const struct ledger_counts *counts, int64_t runs_made)
{
    struct sweep *self = context;
    int64_t done = counts->runs_done;
    if (!self->begun && self->call->options.progress == PROGRESS_BAR && !launch_is_quiet(self->launch))
        tell_head(self, counts);
    if (!self->begun) {
        tell_missing(self);
        atomic_store(&self->watch.before, done);
    }
    self->begun = true;
    int64_t known = atomic_load(&self->watch.before) + runs_made; /* ours may not be read yet */
    watch_progress(&self->watch, done > known ? done : known, counts->runs);
}

/* "seconds:5" */
static int read_sync(const struct call *call, struct journal_sync *sync, struct error *err)
{
    const char *text = call->options.sync;
    char *end;
    *sync = (struct journal_sync){ .kind = JOURNAL_SYNC_SECONDS, .seconds = 5 };
    if (text == NULL)
        return 0;
    if (strncmp(text, "seconds:", 8) == 0) {
        sync->seconds = strtod(text + 8, &end);
        if (end != text + 8 && *end == '\0' && sync->seconds >= 0 && sync->seconds <= 3600)
            return 0;
    } else if (strcmp(text, "none") == 0 || strcmp(text, "record") == 0) {
        sync->kind = *text == 'n' ? JOURNAL_SYNC_NONE : JOURNAL_SYNC_RECORD;
        return 0;
    }
    return error_set_word(err, MILIEU_ERR_USAGE, WORD_SWEEP_SYNC, text);
}

/* Exit status when more runs have failed than may. */
static int judge_failures(const struct sweep *self)
{
    const struct terminal *t = &self->call->terminal;
    const struct worker_report *report = &self->report;
    double failed = (double)report->counts.runs_failed, runs = (double)report->counts.runs;
    char a[NUMBER_LENGTH], b[NUMBER_LENGTH], c[NUMBER_LENGTH];
    if (failed <= self->call->options.allow_failures * runs)
        return 0;
    if (launch_is_quiet(self->launch))
        return 1;
    text_number(a, failed, 0, false, t->lang);
    text_number(b, runs, 0, false, t->lang);
    text_number(c, self->call->options.allow_failures, 3, false, t->lang);
    tell(t, WORD_SWEEP_FAILED, a, b, c, report->first_failure);
    return 1;
}

static void tell_end(const struct sweep *self)
{
    const struct terminal *t = &self->call->terminal;
    const struct worker_report *report = &self->report;
    char runs[NUMBER_LENGTH], done[NUMBER_LENGTH], made[NUMBER_LENGTH], failed[NUMBER_LENGTH];
    text_number(runs, (double)report->counts.runs, 0, false, t->lang);
    text_number(done, (double)report->counts.runs_done, 0, false, t->lang);
    int64_t here = report->runs_made < report->counts.runs_done ? report->runs_made : report->counts.runs_done;
    text_number(made, (double)here, 0, false, t->lang);
    text_number(failed, (double)report->counts.runs_failed, 0, false, t->lang);
    tell(t, WORD_SWEEP_DONE, done, runs, made, failed);
    if (report->taken_over > 0)
        tell(t, WORD_SWEEP_TAKEN_OVER, (long long)report->taken_over);
    if (report->damage.code != 0)
        tell(t, WORD_SWEEP_DAMAGE, report->damage.detail[t->lang]);
    tell_missing(self);
}

static int end_json(const struct sweep *self, bool stopped, struct error *err)
{
    const struct terminal *t = &self->call->terminal;
    const struct worker_report *report = &self->report;
    const struct ledger_counts *counts = &report->counts;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "study_id", self->folder.id_text);
    cJSON_AddStringToObject(object, "folder", self->folder.path);
    add_whole(object, "points", (int64_t)self->study->design.count);
    add_whole(object, "runs", counts->runs);
    add_whole(object, "done", counts->runs_done);
    add_whole(object, "made", report->runs_made);
    add_whole(object, "failed", counts->runs_failed);
    add_text_or_null(object, "first_failure", report->first_failure);
    add_whole(object, "taken_over", report->taken_over);
    cJSON_AddNumberToObject(object, "core_hours", (double)report->cpu_us / 3.6e9);
    cJSON_AddBoolToObject(object, "stopped", stopped);
    add_text_or_null(object, "damage", report->damage.code != 0 ? report->damage.detail[t->lang] : NULL);
    return say_json(t, object, err);
}

static int sweep(struct sweep *self, int threads, const struct journal_sync *sync, struct error *err)
{
    const struct terminal *t = &self->call->terminal;
    int ret = input_make_folder(self->study, self->call->options.output, &self->watch.stop, &self->folder, err);
    ret = launch_ready(self->launch, ret, self->call->options.output, err);
    if (ret == 0) {
        const struct worker_options options = { .threads = threads,
                                                .program = study_program(),
                                                .sync = *sync,
                                                .block_seconds = BLOCK_SECONDS,
                                                .stop = &self->watch.stop,
                                                .clock = study_clock,
                                                .progress = take_progress,
                                                .progress_context = self };
        ret = worker_run(self->study, &self->folder, &options, &self->report, err);
    }
    watch_end(&self->watch);
    if (self->begun && !launch_is_quiet(self->launch))
        tell_end(self);
    if (self->begun && self->call->options.json && !launch_is_quiet(self->launch) &&
        (ret == 0 || ret == MILIEU_ERR_INTERRUPTED)) {
        int said = end_json(self, ret != 0, err);
        ret = said != 0 ? said : ret;
    }
    if (ret == MILIEU_ERR_INTERRUPTED) {
        if (!launch_is_quiet(self->launch))
            tell(t, WORD_SWEEP_STOPPED);
        return STOPPED;
    }
    if (ret != 0)
        return ret;
    if (!launch_is_quiet(self->launch))
        tell(t, WORD_SWEEP_NEXT, self->folder.path, self->folder.path);
    return judge_failures(self);
}

static int start_sweep(const struct call *call, const struct study *study, struct launch *launch, struct error *err)
{
    struct sweep self = { .call = call, .study = study, .launch = launch };
    struct journal_sync sync;
    int ret = read_sync(call, &sync, err);
    signal(SIGXFSZ, SIG_IGN); /* a file-size limit is an error like a full disk */
    if (ret == 0)
        ret = watch_start(&self.watch, &call->terminal,
                          launch_is_quiet(launch) ? PROGRESS_NONE : call->options.progress, "", err);
    if (ret == 0)
        ret = sweep(&self, launch_threads(launch, &call->options), &sync, err);
    watch_end(&self.watch);
    folder_free(&self.folder);
    return ret;
}

/* The study that was typed, or the one that the folder keeps. */
static int read_study(const struct call *call, struct study *study, struct error *err)
{
    struct folder folder = { 0 };
    int ret = call->num_operands == 1 ? input_study(call, call->operand[0], study, err)
                                      : input_study_folder(call, call->options.output, &folder, study, err);
    folder_free(&folder);
    if (ret == 0 && !study->has_scenario)
        ret = error_set_word(err, MILIEU_ERR_USAGE, WORD_STUDY_BARE, call->operand[0]);
    return ret;
}

static int do_sweep(const struct call *call, struct launch *launch, struct error *err)
{
    struct study study = { 0 };
    const char *place = call->options.output;
    if (call->num_operands > 1 || (call->num_operands == 0 && place == NULL))
        return wrong_operands(call, err);
    if (place == NULL && !call->options.dry_run)
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_SWEEP_WHERE);
    int ret = read_study(call, &study, err);
    if (ret == 0)
        ret = call->options.dry_run ? dry_run(call, &study, launch_threads(launch, &call->options), err)
                                    : start_sweep(call, &study, launch, err);
    study_free(&study);
    return ret;
}

int command_sweep(struct call *call, struct error *err)
{
    struct launch launch;
    int ret = launch_begin(&launch, call->options.output, err);
    if (ret == 0 && !launch.over)
        ret = do_sweep(call, &launch, err);
    return launch_ready(&launch, ret, call->options.dry_run ? NULL : call->options.output, err);
}
