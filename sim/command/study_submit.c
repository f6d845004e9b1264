/* `milieu study submit STUDY -o FOLDER`: makes the study's folder, writes a batch script into it, hands that to Slurm. */
#define _XOPEN_SOURCE 700 /* realpath */

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../study/submit.h"
#include "json.h"
#include "study_command.h"

#define USUAL_TASKS 4
#define USUAL_TRIES 5

extern char **environ;

/* ---- the script ---- */

static int write_file(const char *path, const char *text, struct error *err)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return error_set_system(err, MILIEU_ERR_OUTPUT, errno, "%s", "%s", path);
    bool good = fputs(text, file) >= 0 && fchmod(fileno(file), 0755) == 0;
    good = fclose(file) == 0 && good;
    return good ? 0 : error_set_system(err, MILIEU_ERR_OUTPUT, errno, "%s", "%s", path);
}

static int absolute_path(const char *path, char **absolute, struct error *err)
{
    *absolute = realpath(path, NULL);
    return *absolute != NULL ? 0 : error_set_system(err, MILIEU_ERR_INPUT, errno, "%s", "%s", path);
}

/* *path: of the script, which the caller frees in any case. */
static int write_script(const struct call *call, const struct study *study, const struct folder *folder, char **path,
                        struct error *err)
{
    const struct options *o = &call->options;
    char *program = NULL, *place = NULL, *text = NULL;
    int ret = absolute_path("/proc/self/exe", &program, err);
    if (ret == 0)
        ret = absolute_path(folder->path, &place, err);
    const struct submit_plan plan = { .name = study->id,
                                      .program = program,
                                      .folder = place,
                                      .tasks = o->tasks > 0 ? o->tasks : USUAL_TASKS,
                                      .cpus = o->cpus > 0 ? o->cpus : 1,
                                      .tries = o->tries > 0 ? o->tries : USUAL_TRIES,
                                      .time = o->time,
                                      .partition = o->partition,
                                      .account = o->account,
                                      .lang = call->terminal.lang == LANG_FR ? SUBMIT_FR : SUBMIT_EN };
    if (ret == 0)
        ret = submit_write_script(&plan, &text, err);
    if (ret == 0 && (*path = folder_path(folder, SUBMIT_SCRIPT, NULL)) == NULL)
        ret = error_set_memory(err);
    if (ret == 0)
        ret = write_file(*path, text, err);
    free(program);
    free(place);
    free(text);
    return ret;
}

/* ---- Slurm ---- */

static bool is_on_path(const char *program)
{
    char file[4096];
    const char *path = getenv("PATH"), *end;
    for (; path != NULL && *path != '\0'; path = *end == ':' ? end + 1 : end) {
        end = path + strcspn(path, ":");
        if (snprintf(file, sizeof file, "%.*s/%s", (int)(end - path), path, program) < (int)sizeof file &&
            access(file, X_OK) == 0)
            return true;
    }
    return false;
}

/* Runs the script, which says itself what it has done: with --json on standard error. 0, or 1 when it has failed. */
static int run_script(const struct call *call, char *path, struct error *err)
{
    char *arguments[] = { (char[]){ "bash" }, path, (char[]){ "start" }, NULL };
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status, ret = posix_spawn_file_actions_init(&actions);
    fflush(call->terminal.out);
    if (ret != 0)
        return error_set_memory(err);
    if (call->options.json)
        ret = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    if (ret == 0)
        ret = posix_spawnp(&pid, "bash", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (ret != 0)
        return error_set_system(err, MILIEU_ERR_RUN, ret, "%s", "%s", path);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return error_set_system(err, MILIEU_ERR_RUN, errno, "%s", "%s", path);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
}

static int tell_json(const struct terminal *t, const char *path, bool submitted, struct error *err)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "script", path);
    cJSON_AddBoolToObject(object, "submitted", submitted);
    return say_json(t, object, err);
}

static int hand_over(const struct call *call, const struct folder *folder, char *path, struct error *err)
{
    const struct terminal *t = &call->terminal;
    bool submit = !call->options.script_only;
    int ret = 0;
    if (submit && !is_on_path("sbatch")) {
        tell(t, WORD_SUBMIT_NO_SLURM, path, path);
        return 1;
    }
    if (submit && (ret = run_script(call, path, err)) != 0)
        return ret;
    if (call->options.json)
        return tell_json(t, path, submit, err);
    if (submit)
        say(t, WORD_SUBMIT_NEXT, folder->path);
    else
        say(t, WORD_SUBMIT_WRITTEN, path, path);
    return 0;
}

int study_submit(struct call *call, struct error *err)
{
    struct study study = { 0 };
    struct folder folder = { 0 };
    const char *place = call->options.output, *file = call->operand[1];
    char *script = NULL;
    if (place == NULL)
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_SWEEP_WHERE);
    int ret = input_study(call, file, &study, err);
    if (ret == 0 && !study.has_scenario)
        ret = error_set_word(err, MILIEU_ERR_USAGE, WORD_STUDY_BARE, file);
    if (ret == 0)
        ret = input_make_folder(&study, place, NULL, &folder, err);
    if (ret == 0)
        ret = write_script(call, &study, &folder, &script, err);
    if (ret == 0)
        ret = hand_over(call, &folder, script, err);
    free(script);
    study_free(&study);
    folder_free(&folder);
    return ret;
}
