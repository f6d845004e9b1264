#include "command.h"

#include <stdarg.h>
#include <string.h>

#include "nearest.h"

const struct command command_table[NUM_COMMANDS] = {
#define X(id, operands_en, operands_fr, en, fr, example)                                                               \
    { #id, { operands_en, operands_fr }, { en, fr }, example, command_##id },
#include "commands.def"
#undef X
};

int command_find(const char *name)
{
    for (int i = 0; i < NUM_COMMANDS; i++)
        if (strcmp(command_table[i].id, name) == 0)
            return i;
    return -1;
}

const char *command_nearest(const char *name)
{
    const char *names[NUM_COMMANDS];
    for (int i = 0; i < NUM_COMMANDS; i++)
        names[i] = command_table[i].id;
    return nearest_name(name, names, NUM_COMMANDS);
}

int wrong_operands(const struct call *call, struct error *err)
{
    const struct terminal *t = &call->terminal;
    return error_set_word(err, MILIEU_ERR_USAGE, WORD_OPERANDS_WRONG, command_table[call->command].operands[t->lang]);
}

int command_record_word(struct error *err, int code, const char *file, int line, enum word word, ...)
{
    va_list arguments;
    va_start(arguments, word);
    error_record_list(err, code, file, line, (struct reason){ { 0 } }, word_text(word, LANG_EN),
                      word_text(word, LANG_FR), arguments);
    va_end(arguments);
    return code;
}

void command_print_error(const struct terminal *t, int code, const struct error *err)
{
    const char *what = error_words(code, t->lang), *detail = err->detail[t->lang];
    fputs(red(t->color_err), t->err);
    if (code == MILIEU_ERR_USAGE && *detail != '\0')
        tell(t, WORD_ERROR_LINE, detail);
    else if (err->code == code && *detail != '\0')
        tell(t, WORD_ERROR_DETAIL, what, detail);
    else
        tell(t, WORD_ERROR_LINE, what);
    fputs(plain(t->color_err), t->err);
}

/* ---- help ---- */

#define OPTION_COLUMN 30

static void print_option(const struct terminal *t, const struct option_info *info)
{
    char left[128];
    const char *argument = info->argument[t->lang];
    int length = info->letter != 0 ? snprintf(left, sizeof left, "  -%c, --%s", info->letter, info->name)
                                   : snprintf(left, sizeof left, "      --%s", info->name);
    if (argument != NULL)
        snprintf(left + length, sizeof left - (size_t)length, " %s", argument);
    fputs(left, t->out);
    if (text_width(left) + 2 > OPTION_COLUMN)
        fprintf(t->out, "\n%*s", OPTION_COLUMN, "");
    else
        fprintf(t->out, "%*s", (int)(OPTION_COLUMN - text_width(left)), "");
    text_paragraph(t->out, info->words[t->lang], OPTION_COLUMN, OPTION_COLUMN, TERMINAL_WIDTH);
}

void command_print_help(const struct terminal *t, int command)
{
    const struct command *c = &command_table[command];
    say(t, WORD_EXAMPLE, c->example);
    say(t, WORD_USAGE, c->id, c->operands[t->lang]);
    text_paragraph(t->out, c->words[t->lang], 0, 0, TERMINAL_WIDTH);
    fputc('\n', t->out);
    say(t, WORD_OPTIONS);
    for (int i = 0; i < NUM_OPTIONS; i++)
        if ((option_table[i].commands & (1U << command)) != 0)
            print_option(t, &option_table[i]);
}

void command_print_overview(const struct terminal *t)
{
    say(t, WORD_EXAMPLE, command_table[COMMAND_run].example);
    say(t, WORD_PROGRAM_USAGE);
    text_paragraph(t->out, in_words(t, WORD_PROGRAM_SUMMARY), 0, 0, TERMINAL_WIDTH);
    fputc('\n', t->out);
    say(t, WORD_COMMANDS);
    for (int i = 0; i < NUM_COMMANDS; i++) {
        fprintf(t->out, "  %-10s", command_table[i].id);
        text_paragraph(t->out, command_table[i].words[t->lang], 12, 12, TERMINAL_WIDTH);
    }
    say(t, WORD_MORE_HELP);
}
