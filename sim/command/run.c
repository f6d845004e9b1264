/* `milieu run`: scenario in; table, JSON and results file out. */
#define _XOPEN_SOURCE 700 /* realpath */

#include <stdlib.h>
#include <string.h>

#include "../../analysis/summary.h"
#include "../results/results.h"
#include "../scenario/library.h"
#include "../study/runner.h"
#include "build_info.h"
#include "command.h"
#include "inputs.h"
#include "run_report.h"
#include "watch.h"

/* ---- what was asked ---- */

#define NUM_PLAN_OPTIONS 4
#define PLAN_LENGTH 48

/* --draws, --replications, --seed and --uncertainty are changes of the scenario like any other, so that the scenario kept
 * in the results file is the one that was run. */
static int plan_as_overrides(struct options *options, char text[NUM_PLAN_OPTIONS][PLAN_LENGTH], struct error *err)
{
    const struct {
        const char *path;
        int64_t value, not_given;
    } plan[] = { { "runs.draws", options->draws, 0 },
                 { "runs.replications", options->replications, 0 },
                 { "runs.seed", options->seed, -1 } };
    int ret = 0;
    for (int i = 0; i < NUM_PLAN_OPTIONS - 1 && ret == 0; i++) {
        if (plan[i].value == plan[i].not_given)
            continue;
        snprintf(text[i], PLAN_LENGTH, "%s=%lld", plan[i].path, (long long)plan[i].value);
        ret = options_add_override(options, false, text[i], err);
    }
    if (ret != 0 || options->uncertainty == NULL)
        return ret;
    snprintf(text[NUM_PLAN_OPTIONS - 1], PLAN_LENGTH, "runs.uncertainty=%s", options->uncertainty);
    return options_add_override(options, false, text[NUM_PLAN_OPTIONS - 1], err);
}

/* The command line as the results file tells it: what changes the numbers, and nothing of where, how fast or in what
 * language they were made. The caller frees it; NULL when out of memory. */
static char *traceless_command_line(const struct call *call, const char *what)
{
    const struct options *o = &call->options;
    size_t size = strlen(what) + 16;
    for (int i = 0; i < o->num_overrides; i++)
        size += strlen(o->overrides[i].text) + 16;
    char *line = malloc(size);
    if (line == NULL)
        return NULL;
    size_t length = (size_t)snprintf(line, size, "milieu %s", what);
    for (int i = 0; i < o->num_overrides; i++)
        length += (size_t)snprintf(line + length, size - length, " --%s %s", o->overrides[i].is_rate ? "rate" : "set",
                                   o->overrides[i].text);
    return line;
}

/* ---- the run ---- */

struct sinks {
    struct results_writer writer;
    bool writing;
    struct summary summary;
    bool by_clinic; /* the summary knows each clinic; else only all together, which takes little memory */
};

static int take_draw(void *context, int draw, const struct setting *setting, struct error *err)
{
    struct sinks *self = context;
    return self->writing ? results_take_draw(&self->writer, draw, setting, err) : 0;
}

static int take_run(void *context, struct run_id id, const struct record *record, struct error *err)
{
    struct sinks *self = context;
    struct record together = *record;
    together.outcome += (size_t)record->num_clinics * NUM_OUTCOMES; /* its last row */
    together.num_clinics = 0;
    int ret = summary_take(&self->summary, id.draw, id.replication, id.arm, self->by_clinic ? record : &together, err);
    if (ret == 0 && self->writing)
        ret = results_take(&self->writer, id.draw, id.replication, id.arm, record, err);
    return ret;
}

static int take_failure(void *context, const struct run_failure *failure, struct error *err)
{
    struct sinks *self = context;
    return self->writing ? results_take_failure(&self->writer, failure->draw, failure->replication, failure->week,
                                                failure->why.detail[LANG_EN], err)
                         : 0;
}

static int threads_of(const struct call *call)
{
    return call->options.threads > 0 ? call->options.threads : options_default_threads();
}

/* Threads simulate, the sinks take. */
static int simulate(const struct call *call, const struct scenario *scenario, struct sinks *sinks, struct watch *watch,
                    struct runner_report *report, struct error *err)
{
    const struct runner_options options = {
        .threads = threads_of(call),
        .draws = scenario->runs.draws,
        .replications = scenario->runs.replications,
        .first_draw = scenario->runs.first_draw,
        .first_replication = scenario->runs.first_replication,
        .uncertainty = scenario->runs.uncertainty,
        .seed = scenario->runs.seed,
        .keep_series = sinks->writing && scenario->runs.series,
        .stop = &watch->stop,
        .progress = watch_progress,
        .progress_context = watch,
    };
    const struct runner_sink sink = { take_draw, take_run, take_failure, sinks };
    int ret = runner_run(scenario, &options, &sink, report, err);
    if (ret == 0 && watch->stop != 0)
        ret = error_set(err, MILIEU_ERR_INTERRUPTED, "%s", "%s", "");
    return ret;
}

static int open_results(const struct call *call, const struct scenario *scenario, const char *what, struct sinks *sinks,
                        struct error *err)
{
    struct results_options options;
    char *line = traceless_command_line(call, what);
    if (line == NULL)
        return error_set_memory(err);
    results_options_defaults(&options, scenario);
    options.compress = call->options.compress;
    options.inputs = (const char *const *)scenario->file;
    options.num_inputs = scenario->num_files;
    options.version = MILIEU_VERSION;
    options.revision = MILIEU_COMMIT ", " MILIEU_TREE;
    options.compiler = MILIEU_COMPILER;
    options.cflags = MILIEU_CFLAGS;
    options.libconfig_version = scenario_library_version();
    options.command_line = line;
    int ret = results_create(&sinks->writer, call->options.output, scenario, &options, err);
    sinks->writing = ret == 0;
    free(line);
    return ret;
}

/* "2026-01-31T12:00:00Z: milieu run ...": CF's history. The caller frees it; NULL when out of memory. */
static char *history(const struct call *call, const char *date)
{
    size_t size = strlen(date) + 16, length;
    char *text;
    for (int i = 1; i < call->argc; i++)
        size += strlen(call->argv[i]) + 1;
    if ((text = malloc(size)) == NULL)
        return NULL;
    length = (size_t)snprintf(text, size, "%s: milieu", date);
    for (int i = 1; i < call->argc; i++)
        length += (size_t)snprintf(text + length, size - length, " %s", call->argv[i]);
    return text;
}

static int stamp(const struct call *call, struct sinks *sinks, const struct watch *watch, struct error *err)
{
    char date[32] = "";
    const time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc) != NULL)
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc);
    char *text = history(call, date);
    const struct results_stamp what = { date, text, threads_of(call), watch_seconds(watch) };
    if (text == NULL)
        return error_set_memory(err);
    results_stamp(&sinks->writer, &what);
    free(text);
    return 0;
}

/* Runs, then finishes the results file, or leaves no trace of it. */
static int run_and_keep(const struct call *call, const struct scenario *scenario, const char *what, struct sinks *sinks,
                        struct watch *watch, struct runner_report *report, struct error *err)
{
    int ret = call->options.output != NULL ? open_results(call, scenario, what, sinks, err) : 0;
    if (ret == 0)
        ret = simulate(call, scenario, sinks, watch, report, err);
    if (sinks->writing && ret == 0 && call->options.stamp)
        ret = stamp(call, sinks, watch, err);
    if (sinks->writing && ret == 0)
        ret = results_finish(&sinks->writer, err);
    if (sinks->writing)
        results_abandon(&sinks->writer);
    sinks->writing = false;
    return ret;
}

/* Where the results are while they are not whole: beside the target of a link. */
static void temporary_path(char *path, size_t size, const char *output)
{
    char *target = output != NULL ? realpath(output, NULL) : NULL;
    if (output == NULL || snprintf(path, size, "%s.part", target != NULL ? target : output) >= (int)size)
        *path = '\0';
    free(target);
}

/* Says which runs failed. Returns the exit status: 1 when there are more than the user lets pass. */
static int tell_failures(const struct call *call, const struct runner_report *done)
{
    const struct terminal *t = &call->terminal;
    const struct run_failure *first = &done->first;
    double allowed = call->options.allow_failures;
    char failed[NUMBER_LENGTH], runs[NUMBER_LENGTH];
    bool too_many = (double)done->failed > allowed * (double)done->runs;
    if (done->failed == 0)
        return 0;
    text_number(failed, (double)done->failed, 0, false, t->lang);
    text_number(runs, (double)done->runs, 0, false, t->lang);
    tell(t, WORD_RUNS_FAILED, failed, runs, first->draw, first->replication, first->why.detail[t->lang]);
    if (call->options.output != NULL)
        tell(t, WORD_FAILURES_KEPT, call->options.output);
    if (too_many)
        tell(t, WORD_FAILURES_TOO_MANY, allowed);
    return too_many ? 1 : 0;
}

int run_scenario(const struct call *call, const struct scenario *scenario, const char *what, struct error *err)
{
    const struct terminal *t = &call->terminal;
    struct sinks sinks = { .by_clinic =
                               call->options.json || scenario->num_clinics == 1 || run_report_by_clinic(scenario) };
    struct watch watch;
    struct run_report report = { .scenario = scenario,
                                 .summary = &sinks.summary,
                                 .output = call->options.output,
                                 .wants_output = !call->options.no_output };
    char temporary[4096 + 8];
    temporary_path(temporary, sizeof temporary, call->options.output);
    int ret = watch_start(&watch, t, call->options.progress, temporary, err);
    if (ret == 0)
        ret = summary_init(&sinks.summary, scenario->num_arms, sinks.by_clinic ? scenario->num_clinics : 0,
                           scenario->runs.draws, scenario->runs.replications, err);
    if (ret == 0)
        ret = run_and_keep(call, scenario, what, &sinks, &watch, &report.done, err);
    report.wall_seconds = watch_seconds(&watch);
    watch_end(&watch);
    if (ret == 0 && call->options.json)
        ret = run_report_json(t, &report, err);
    else if (ret == 0)
        run_report_table(t, &report);
    if (ret == 0)
        ret = tell_failures(call, &report.done);
    summary_free(&sinks.summary);
    if (ret != MILIEU_ERR_INTERRUPTED || watch.stop == 0)
        return ret;
    command_print_error(t, ret, &(struct error){ 0 });
    return 128 + (int)watch.stop;
}

int command_run(struct call *call, struct error *err)
{
    char plan[NUM_PLAN_OPTIONS][PLAN_LENGTH];
    struct scenario scenario = { 0 };
    struct options *o = &call->options;
    if (call->num_operands != 1)
        return wrong_operands(call, err);
    if (o->output != NULL && o->no_output)
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_OUTPUT_TWICE);
    int ret = plan_as_overrides(o, plan, err);
    if (ret == 0)
        ret = input_scenario(call, call->operand[0], &scenario, err);
    if (ret == 0 && o->output != NULL)
        ret = results_check_output(o->output, (const char *const *)scenario.file, scenario.num_files, err);
    signal(SIGXFSZ, SIG_IGN); /* a file-size limit is an error like a full disk */
    if (ret == 0) {
        const char *slash = strrchr(call->operand[0], '/');
        char what[512];
        snprintf(what, sizeof what, "run %s", slash != NULL ? slash + 1 : call->operand[0]);
        ret = run_scenario(call, &scenario, what, err);
    }
    scenario_free(&scenario);
    return ret;
}
