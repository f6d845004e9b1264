#include "inputs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void print_message(const struct terminal *t, const struct message *m)
{
    const char *color = m->is_warning ? yellow(t->color_err) : red(t->color_err);
    const char *colon = t->lang == LANG_FR ? "\u00a0:" : ":";
    if (m->file != NULL && m->line > 0)
        fprintf(t->err, "%s:%d: ", m->file, m->line);
    else
        fprintf(t->err, "%s: ", m->file != NULL ? m->file : "milieu");
    if (m->is_warning)
        fprintf(t->err, "%s%s%s ", color, in_words(t, WORD_WARNING), colon);
    fprintf(t->err, "%s%s%s\n", m->is_warning ? plain(t->color_err) : color, m->text, plain(t->color_err));
}

void input_print_messages(const struct terminal *t, const struct messages *messages)
{
    for (size_t i = 0; i < messages->count; i++)
        print_message(t, &messages->item[i]);
}

/* Tells all that was found, and turns errors that have been told into an exit status. */
int input_finish(const struct call *call, struct messages *messages, int ret)
{
    const struct terminal *t = &call->terminal;
    input_print_messages(t, messages);
    if (ret == MILIEU_ERR_SCENARIO && messages->num_errors > 0) {
        char errors[64], warnings[64];
        count_words(errors, sizeof errors, t, WORD_ONE_ERROR, messages->num_errors);
        count_words(warnings, sizeof warnings, t, WORD_ONE_WARNING, messages->num_warnings);
        tell(t, call->command == COMMAND_run ? WORD_NOTHING_RUN : WORD_COUNTED, errors, warnings);
        ret = error_exit_status(ret);
    }
    messages_free(messages);
    return ret;
}

int input_scenario(const struct call *call, const char *path, struct scenario *scenario, struct error *err)
{
    struct messages messages;
    messages_init(&messages, call->terminal.lang);
    int ret = scenario_read(scenario, path, call->options.overrides, call->options.num_overrides, &messages, err);
    return input_finish(call, &messages, ret);
}

int input_study(const struct call *call, const char *path, struct study *study, struct error *err)
{
    struct messages messages;
    messages_init(&messages, call->terminal.lang);
    int ret = study_read(study, path, &messages, err);
    return input_finish(call, &messages, ret);
}

/* ---- the shipped scenarios ---- */

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool input_shipped_folder(char *folder, size_t size)
{
    static const char *const beside[] = { "/../share/milieu/scenarios", "/../scenarios", "/scenarios",
                                          "/../../scenarios" };
    const char *wanted = getenv("MILIEU_SCENARIOS");
    char program[4096];
    if (wanted != NULL && *wanted != '\0')
        return snprintf(folder, size, "%s", wanted) < (int)size && is_folder(folder);
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return false;
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
        if (snprintf(folder, size, "%s%s", program, beside[i]) < (int)size && is_folder(folder))
            return true;
    return false;
}

void input_tell_shipped_folder(void)
{
    char folder[4096];
    if (input_shipped_folder(folder, sizeof folder))
        setenv("MILIEU_SCENARIOS", folder, 0);
}

int input_results(const struct terminal *t, const char *path, struct results_file *file, struct error *err)
{
    int ret = results_open(file, path, err);
    if (ret == 0 && file->missing[0] != '\0')
        tell(t, WORD_FILE_LACKS, path, file->missing);
    if (ret == 0 && file->unknown[0] != '\0')
        tell(t, WORD_FILE_KNOWS, path, file->unknown);
    return ret;
}
