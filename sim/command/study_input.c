#include "study_input.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../study/study_folder.h"
#include "build_info.h"

const char *study_program(void)
{
    return "milieu " MILIEU_VERSION ", commit " MILIEU_COMMIT ", " MILIEU_TREE;
}

int study_check_program(const struct folder *folder, struct error *err)
{
    if (strcmp(folder->program, study_program()) == 0)
        return 0;
    return error_set_word(err, MILIEU_ERR_FOLDER, WORD_STUDY_PROGRAM, folder->program, study_program());
}

const char *study_merged_path(const struct call *call, const struct folder *folder, char *path, size_t size)
{
    if (call->options.output != NULL)
        return call->options.output;
    snprintf(path, size, "%s/study.h5", folder->path);
    return path;
}

void study_tell_damage(const struct terminal *t, const char damage[2][1024])
{
    if (damage[t->lang][0] != '\0')
        tell(t, WORD_SWEEP_DAMAGE, damage[t->lang]);
}

/* ---- clocks ---- */

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t now_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

static int64_t cpu_us(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

static void pause_for(double seconds)
{
    struct timespec time = { (time_t)seconds, (long)(1e9 * (seconds - (double)(time_t)seconds)) };
    nanosleep(&time, NULL);
}

const struct worker_clock study_clock = { now_us, cpu_us, pause_for };

/* ---- the folder's study ---- */

static bool folder_has(const struct folder *folder, const char *name)
{
    for (int i = 0; i < folder->num_inputs; i++)
        if (strcmp(folder->input_name[i], name) == 0)
            return true;
    return false;
}

static int read_texts(const struct folder *folder, struct study_texts *texts, char *text[3], struct error *err)
{
    static const char *const name[3] = { STUDY_FILE, SCENARIO_FILE, POINTS_FILE };
    size_t length[3] = { 0 };
    int ret = 0;
    for (int i = 0; i < 3 && ret == 0; i++)
        if (i < 2 || folder_has(folder, name[i]))
            ret = folder_read_input(folder, name[i], &text[i], &length[i], err);
    texts->study = text[0];
    texts->scenario = text[1];
    texts->points = text[2];
    texts->study_length = length[0];
    texts->scenario_length = length[1];
    texts->points_length = length[2];
    return ret;
}

int input_study_folder(const struct call *call, const char *path, struct folder *folder, struct study *study,
                       struct error *err)
{
    struct messages messages;
    char *text[3] = { 0 }, *name = NULL;
    struct study_texts texts = { 0 };
    int ret = folder_open(folder, path, err);
    messages_init(&messages, call->terminal.lang);
    if (ret == 0 && (name = folder_path(folder, "study", STUDY_FILE)) == NULL)
        ret = error_set_memory(err);
    texts.name = name;
    if (ret == 0)
        ret = read_texts(folder, &texts, text, err);
    if (ret == 0) {
        ret = study_read_texts(study, &texts, &messages, err);
        if (ret != 0) /* what it warned of was told where the folder was made, with the lines of the user's own files */
            input_print_messages(&call->terminal, &messages);
    }
    messages_free(&messages);
    for (int i = 0; i < 3; i++)
        free(text[i]);
    free(name);
    return ret;
}

int input_make_folder(const struct study *study, const char *path, const volatile sig_atomic_t *stop,
                      struct folder *folder, struct error *err)
{
    return study_folder_open(study, path, study_program(), &study_clock, stop, folder, err);
}
