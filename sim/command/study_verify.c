/* `milieu study verify FOLDER`: do the journals, and the merged file, hold what the program makes? */
#include "../study/verify.h"

#include <signal.h>
#include <time.h>

#include "../scenario/library.h"
#include "build_info.h"
#include "json.h"
#include "study_command.h"
#include "watch.h"

#define DEFAULT_SHARE 0.01
#define STOPPED 75

static void say_verified(const struct terminal *t, const struct verify_report *r, uint64_t seed, const char *folder,
                         const char *path)
{
    char runs[NUMBER_LENGTH], checked[NUMBER_LENGTH], missing[NUMBER_LENGTH];
    text_number(runs, (double)r->runs, 0, false, t->lang);
    text_number(checked, (double)r->runs_checked, 0, false, t->lang);
    text_number(missing, (double)r->runs_missing, 0, false, t->lang);
    say(t, WORD_VERIFIED, runs, missing, (long long)r->duplicates, checked, (long long)r->runs_different);
    say(t, WORD_VERIFIED_SEED, (long long)seed);
    if (r->runs_different > 0)
        say(t, WORD_VERIFIED_DIFFERENT, (long long)r->first_different);
    if (r->merged)
        say(t, WORD_VERIFIED_FILE, r->merged_hash);
    if (r->merged_different >= 0)
        say(t, WORD_VERIFIED_FILE_DIFFERENT, path, (long long)r->merged_different);
    study_tell_damage(t, r->damage);
    if (r->runs_missing > 0)
        say(t, WORD_VERIFIED_MISSING, folder);
}

/* Null: none; and numbers of runs and bytes that differ are null where none do. */
static cJSON *file_json(const struct verify_report *r, const char *path)
{
    if (r->merged_hash[0] == '\0')
        return cJSON_CreateNull();
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "file", path);
    cJSON_AddStringToObject(object, "sha256", r->merged_hash);
    cJSON_AddBoolToObject(object, "as_merged", r->merged);
    add_whole_or_null(object, "first_different", r->merged_different);
    return object;
}

static int verified_json(const struct terminal *t, const struct verify_report *r, uint64_t seed,
                         const struct folder *folder, const char *path, struct error *err)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "study_id", folder->id_text);
    add_whole(object, "runs", r->runs);
    add_whole(object, "failed", r->runs_failed);
    add_whole(object, "missing", r->runs_missing);
    add_whole(object, "duplicates", r->duplicates);
    add_whole(object, "seed", (int64_t)seed);
    add_whole(object, "batches_checked", r->batches_checked);
    add_whole(object, "checked", r->runs_checked);
    add_whole(object, "different", r->runs_different);
    add_whole_or_null(object, "first_different", r->first_different);
    cJSON_AddItemToObject(object, "merged", file_json(r, path));
    add_text_or_null(object, "damage", r->damage[t->lang]);
    return say_json(t, object, err);
}

/* Exit status: 0 when all there is is as this program makes it, and all is there. */
static int judge(const struct verify_report *r)
{
    if (r->runs_different > 0 || r->merged_different >= 0)
        return 1;
    return r->runs_missing > 0 ? error_exit_status(MILIEU_ERR_INCOMPLETE) : 0;
}

/* Batches drawn anew at every call, so that calls add up; told, so that any of them can be repeated with --seed. */
static uint64_t seed_of(const struct options *options)
{
    struct timespec now;
    if (options->seed >= 0)
        return (uint64_t)options->seed;
    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec * 1000003 + (uint64_t)now.tv_nsec) % ((uint64_t)INT32_MAX + 1);
}

int study_verify_folder(const struct call *call, const struct folder *folder, const struct study *study,
                        struct error *err)
{
    char path[4096];
    struct watch watch;
    struct verify_report report = { 0 };
    int ret = study_check_program(folder, err);
    signal(SIGXFSZ, SIG_IGN); /* a file-size limit is an error like a full disk */
    if (ret != 0 || (ret = watch_start(&watch, &call->terminal, call->options.progress, "", err)) != 0)
        return ret;
    const struct verify_options options = { .share = call->options.share > 0 ? call->options.share : DEFAULT_SHARE,
                                            .seed = seed_of(&call->options),
                                            .threads = call->options.threads > 0 ? call->options.threads
                                                                                 : options_default_threads(),
                                            .path = call->options.output,
                                            .compiler = MILIEU_COMPILER,
                                            .cflags = MILIEU_CFLAGS,
                                            .libconfig_version = scenario_library_version(),
                                            .stop = &watch.stop,
                                            .progress = watch_progress,
                                            .progress_context = &watch };
    ret = study_verify(study, folder, &options, &report, err);
    int number = (int)watch.stop;
    watch_end(&watch);
    const char *merged = study_merged_path(call, folder, path, sizeof path);
    if (ret == 0 && call->options.json)
        ret = verified_json(&call->terminal, &report, options.seed, folder, merged, err);
    else if (ret == 0)
        say_verified(&call->terminal, &report, options.seed, folder->path, merged);
    if (ret == 0)
        ret = judge(&report);
    return ret == MILIEU_ERR_INTERRUPTED && number != 0 ? STOPPED : ret;
}
