/* `milieu study merge FOLDER`: one file of a study's journals. */
#include <signal.h>

#include "../scenario/library.h"
#include "../study/merge.h"
#include "build_info.h"
#include "json.h"
#include "study_command.h"
#include "watch.h"

#define STOPPED 75

static void say_merged(const struct terminal *t, const struct merge_report *report, const char *path)
{
    char runs[NUMBER_LENGTH], failed[NUMBER_LENGTH], missing[NUMBER_LENGTH];
    text_number(runs, (double)report->runs, 0, false, t->lang);
    text_number(failed, (double)report->runs_failed, 0, false, t->lang);
    text_number(missing, (double)report->runs_missing, 0, false, t->lang);
    say(t, WORD_MERGED, path, runs, failed, report->journals, (long long)report->duplicates);
    if (report->runs_missing > 0)
        say(t, WORD_MERGED_PARTLY, missing);
    study_tell_damage(t, report->damage);
}

static int merged_json(const struct terminal *t, const struct merge_report *report, const struct folder *folder,
                       const char *path, struct error *err)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "study_id", folder->id_text);
    cJSON_AddStringToObject(object, "file", path);
    add_whole(object, "runs", report->runs);
    add_whole(object, "failed", report->runs_failed);
    add_whole(object, "missing", report->runs_missing);
    cJSON_AddBoolToObject(object, "complete", report->complete);
    add_whole(object, "journals", report->journals);
    add_whole(object, "torn", report->torn);
    add_whole(object, "duplicates", report->duplicates);
    add_text_or_null(object, "damage", report->damage[t->lang]);
    return say_json(t, object, err);
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
    const char *path_of_merged = study_merged_path(call, folder, path, sizeof path);
    if (ret == 0 && call->options.json)
        ret = merged_json(&call->terminal, &report, folder, path_of_merged, err);
    else if (ret == 0)
        say_merged(&call->terminal, &report, path_of_merged);
    return ret == MILIEU_ERR_INTERRUPTED && number != 0 ? STOPPED : ret;
}
