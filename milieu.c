/* milieu: the door. Finds the command, prints its errors, returns its exit status. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "build_info.h"
#include "sim/command/command.h"
#include "sim/command/inputs.h"

/* What a command returned, as an exit status; what it did not say itself is said here. */
static int finish(const struct terminal *t, int ret, int command, struct error *err)
{
    if (ret < 0) {
        command_print_error(t, ret, err);
        if (ret == MILIEU_ERR_USAGE && command >= 0)
            tell(t, WORD_SEE_HELP, command_table[command].id);
        else if (ret == MILIEU_ERR_USAGE)
            tell(t, WORD_SEE_PROGRAM_HELP);
        ret = error_exit_status(ret);
    }
    if (fflush(t->out) != 0 || ferror(t->out)) {
        command_print_error(t, MILIEU_ERR_OUTPUT, err);
        ret = ret != 0 ? ret : error_exit_status(MILIEU_ERR_OUTPUT);
    }
    return ret;
}

static int run_command(struct call *call, int command, int argc, char **argv, struct error *err)
{
    int first_operand = 1;
    int ret = options_parse(&call->options, command, argc, argv, &call->terminal, &first_operand, err);
    if (ret == 0 && call->options.help) {
        command_print_help(&call->terminal, command);
    } else if (ret == 0) {
        call->operand = argv + first_operand;
        call->num_operands = argc - first_operand;
        call->command = command;
        ret = command_table[command].run(call, err);
    }
    options_free(&call->options);
    return ret;
}

static int unknown_command(const char *name, struct error *err)
{
    const char *near = name != NULL ? command_nearest(name) : NULL;
    if (name == NULL)
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_COMMAND_MISSING);
    if (near != NULL)
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_COMMAND_UNKNOWN_NEAR, name, near);
    return error_set_word(err, MILIEU_ERR_USAGE, WORD_COMMAND_UNKNOWN, name);
}

/* Options before the command: --lang and --color have been looked for in the whole line. Returns how many to skip. */
static int options_before(int argc, char **argv)
{
    int i = 1;
    while (i < argc && (strncmp(argv[i], "--lang=", 7) == 0 || strncmp(argv[i], "--color=", 8) == 0 ||
                        (i + 1 < argc && strcmp(argv[i], "--lang") == 0)))
        i += strcmp(argv[i], "--lang") == 0 ? 2 : 1;
    return i;
}

int main(int argc, char **argv)
{
    struct call call = { .argc = argc, .argv = argv };
    struct error err = { 0 };
    const struct terminal *t = &call.terminal;
    int ret = 0, command = -1, at = options_before(argc, argv);
    const char *name = at < argc ? argv[at] : NULL;
    terminal_init(&call.terminal, stdout, stderr);
    options_look_for_language(argc, argv, &call.terminal);
    input_tell_shipped_folder();
    if (name != NULL && (command = command_find(name)) >= 0)
        ret = run_command(&call, command, argc - at, argv + at, &err);
    else if (name != NULL && strcmp(name, "--version") == 0)
        fprintf(t->out, "milieu %s (%s, %s)\n", MILIEU_VERSION, MILIEU_COMMIT, MILIEU_TREE);
    else if (name != NULL && (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0))
        command_print_overview(t);
    else
        ret = unknown_command(name, &err);
    return finish(t, ret, command, &err);
}
