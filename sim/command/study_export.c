/* `milieu study export FOLDER --csv TO`: the merged file as tidy tables. */
#include <stdlib.h>

#include "../../analysis/export_study.h"
#include "../study/harvest.h"
#include "json.h"
#include "study_command.h"

/* Runs that the journals have; -1 where that cannot be told: they are damaged, or not all of one study. */
static int64_t runs_in_journals(const struct folder *folder, const struct study *study, struct error *err)
{
    struct harvest harvest;
    int64_t runs = -1, failed;
    int ret = harvest_init(&harvest, study, folder, NULL, err);
    if (ret == 0)
        ret = harvest_scan(&harvest, true, err);
    if (ret == 0)
        harvest_count_runs(&harvest, &runs, &failed);
    harvest_free(&harvest);
    return runs;
}

static int64_t runs_in_file(const struct study_file *file)
{
    return file->runs_done + file->num_failures;
}

/* A file that was merged too early is told of, and exported all the same. Returns the runs in the journals; -1 unknown. */
static int64_t tell_age(const struct call *call, const struct folder *folder, const struct study *study,
                        const struct study_file *file)
{
    const struct terminal *t = &call->terminal;
    struct error err = { 0 };
    char there[NUMBER_LENGTH], here[NUMBER_LENGTH];
    int64_t runs = runs_in_file(file), in_journals = runs_in_journals(folder, study, &err);
    text_number(there, (double)in_journals, 0, false, t->lang);
    text_number(here, (double)runs, 0, false, t->lang);
    if (in_journals < 0)
        tell(t, WORD_SWEEP_DAMAGE, err.detail[t->lang]);
    if (in_journals > runs)
        tell(t, WORD_EXPORT_OLD, here, there, folder->path);
    else if (!file->complete)
        tell(t, WORD_EXPORT_PARTIAL, here, folder->path);
    return in_journals;
}

static void add_file(void *context, const char *name)
{
    cJSON_AddItemToArray(context, cJSON_CreateString(name));
}

/* `files` becomes part of what is printed. */
static int exported_json(const struct call *call, const struct study_file *file, int64_t in_journals, cJSON *files,
                         struct error *err)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "study_id", file->study_id);
    cJSON_AddStringToObject(object, "folder", call->options.csv);
    cJSON_AddItemToObject(object, "files", files);
    add_whole(object, "runs", runs_in_file(file));
    add_whole(object, "failed", file->num_failures);
    cJSON_AddBoolToObject(object, "complete", file->complete);
    add_whole_or_null(object, "runs_in_journals", in_journals);
    return say_json(&call->terminal, object, err);
}

static int export_file(const struct call *call, struct study_file *file, int64_t in_journals, struct error *err)
{
    const bool french = call->options.locale == LANG_FR;
    cJSON *files = cJSON_CreateArray();
    const struct export_options options = { .french = french, .bom = french, .written = add_file, .context = files };
    int ret = files != NULL ? export_study_csv(file, call->options.csv, &options, err) : error_set_memory(err);
    if (ret == 0 && call->options.json)
        return exported_json(call, file, in_journals, files, err);
    cJSON_Delete(files);
    if (ret == 0)
        say(&call->terminal, WORD_EXPORT_DONE, call->options.csv, call->options.csv);
    return ret;
}

int study_export(const struct call *call, const struct folder *folder, const struct study *study, struct error *err)
{
    struct study_file file = { 0 };
    if (call->options.csv == NULL || *call->options.csv == '\0')
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_EXPORT_WHERE);
    char *path = folder_path(folder, ".", "study.h5");
    int ret = path != NULL ? study_file_open(&file, path, err) : error_set_memory(err);
    if (ret == 0)
        ret = export_file(call, &file, tell_age(call, folder, study, &file), err);
    study_file_close(&file);
    free(path);
    return ret;
}
