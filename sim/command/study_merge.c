/* `milieu study merge` and `verify`: one file of a study's journals, and whether they hold what the program makes. */
#include <signal.h>
#include <string.h>

#include "../scenario/library.h"
#include "../study/merge.h"
#include "../study/verify.h"
#include "build_info.h"
#include "study_command.h"
#include "watch.h"

#define DEFAULT_SHARE 0.01
#define STOPPED 75

static const char *merged_path(const struct call *call, const struct folder *folder, char *path, size_t size)
{
    if (call->options.output != NULL)
        return call->options.output;
    snprintf(path, size, "%s/study.h5", folder->path);
    return path;
}

static void tell_damage(const struct terminal *t, const char damage[2][1024])
{
    if (damage[t->lang][0] != '\0')
        tell(t, WORD_SWEEP_DAMAGE, damage[t->lang]);
}

static void say_merged(const struct terminal *t, const struct merge_report *report, const char *path)
{
    char runs[NUMBER_LENGTH], failed[NUMBER_LENGTH], missing[NUMBER_LENGTH];
    text_number(runs, (double)report->runs, 0, false, t->lang);
    text_number(failed, (double)report->runs_failed, 0, false, t->lang);
    text_number(missing, (double)report->runs_missing, 0, false, t->lang);
    say(t, WORD_MERGED, path, runs, failed, report->journals, (long long)report->duplicates);
    if (report->runs_missing > 0)
        say(t, WORD_MERGED_PARTLY, missing);
    tell_damage(t, report->damage);
}

int study_merge_folder(const struct call *call, const struct folder *folder, const struct study *study,
                       struct error *err)
{
    char path[4096];
    struct watch watch;
    struct merge_report report = { 0 };
    signal(SIGXFSZ, SIG_IGN); /* a file-size limit is an error like a full disk */
    int ret = watch_start(&watch, &call->terminal, call->options.progress, "", err);
    if (ret != 0)
        return ret;
    const struct merge_options options = { .path = call->options.output,
                                           .shard_above = call->options.shard_above,
                                           .partial = call->options.partial,
                                           .compiler = MILIEU_COMPILER,
                                           .cflags = MILIEU_CFLAGS,
                                           .libconfig_version = scenario_library_version(),
                                           .stop = &watch.stop,
                                           .progress = watch_progress,
                                           .progress_context = &watch };
    ret = study_merge(study, folder, &options, &report, err);
    int number = (int)watch.stop;
    watch_end(&watch);
    if (ret == 0)
        say_merged(&call->terminal, &report, merged_path(call, folder, path, sizeof path));
    return ret == MILIEU_ERR_INTERRUPTED && number != 0 ? STOPPED : ret;
}

/* ---- verify ---- */

/* Exit status: 0 when all there is is as this program makes it. */
static int say_verified(const struct terminal *t, const struct verify_report *r)
{
    char runs[NUMBER_LENGTH], checked[NUMBER_LENGTH], missing[NUMBER_LENGTH];
    text_number(runs, (double)r->runs, 0, false, t->lang);
    text_number(checked, (double)r->runs_checked, 0, false, t->lang);
    text_number(missing, (double)r->runs_missing, 0, false, t->lang);
    say(t, WORD_VERIFIED, runs, missing, (long long)r->duplicates, checked, (long long)r->runs_different);
    if (r->runs_different > 0)
        say(t, WORD_VERIFIED_DIFFERENT, (long long)r->first_different);
    if (r->merged)
        say(t, WORD_VERIFIED_FILE, r->merged_hash);
    tell_damage(t, r->damage);
    return r->runs_different > 0 || r->runs_missing > 0 ? 1 : 0;
}

int study_verify_folder(const struct call *call, const struct folder *folder, const struct study *study,
                        struct error *err)
{
    struct watch watch;
    struct verify_report report = { 0 };
    int ret = study_check_program(folder, err);
    if (ret != 0 || (ret = watch_start(&watch, &call->terminal, call->options.progress, "", err)) != 0)
        return ret;
    const struct verify_options options = { .share = call->options.share > 0 ? call->options.share : DEFAULT_SHARE,
                                            .seed = call->options.seed >= 0 ? (uint64_t)call->options.seed : 0,
                                            .threads = call->options.threads > 0 ? call->options.threads
                                                                                 : options_default_threads(),
                                            .path = call->options.output,
                                            .stop = &watch.stop,
                                            .progress = watch_progress,
                                            .progress_context = &watch };
    ret = study_verify(study, folder, &options, &report, err);
    int number = (int)watch.stop;
    watch_end(&watch);
    if (ret == 0)
        ret = say_verified(&call->terminal, &report);
    return ret == MILIEU_ERR_INTERRUPTED && number != 0 ? STOPPED : ret;
}
