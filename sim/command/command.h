/* The commands: each is a function of what was typed. milieu.c finds it in the table, prints the error it returns,
 * and ends with its exit status.
 *
 * A command returns 0, or a negative MILIEU_ERR_* with `err` filled for milieu.c to print, or a positive exit status
 * when everything has already been said. */
#ifndef MILIEU_COMMAND_H
#define MILIEU_COMMAND_H

#include "../model/error.h"
#include "options.h"
#include "terminal.h"

#ifdef __clang__
#define MILIEU_COMPILER __VERSION__
#else
#define MILIEU_COMPILER "gcc " __VERSION__
#endif

struct call { /* what was typed */
    struct terminal terminal;
    struct options options;
    int command; /* enum command_id */
    int num_operands;
    char **operand;
    int argc; /* the whole command line, for the results file */
    char **argv;
};

struct command {
    const char *id;
    const char *operands[2]; /* English, French */
    const char *words[2];
    const char *example;
    int (*run)(struct call *call, struct error *err);
};

enum command_id {
#define X(id, ...) COMMAND_##id,
#include "commands.def"
#undef X
    NUM_COMMANDS
};

extern const struct command command_table[NUM_COMMANDS];

#define X(id, ...) int command_##id(struct call *call, struct error *err);
#include "commands.def"
#undef X

/* Index of a command's name, or -1. */
int command_find(const char *name);

/* As error_set, with a word of words.def and its arguments. */
#define error_set_word(err, code, ...) command_record_word((err), (code), __FILE__, __LINE__, __VA_ARGS__)

int command_record_word(struct error *err, int code, const char *file, int line, enum word word, ...);

/* MILIEU_ERR_USAGE: what the command takes. */
int wrong_operands(const struct call *call, struct error *err);

/* Says on standard error what went wrong, in the terminal's language. */
void command_print_error(const struct terminal *t, int code, const struct error *err);

/* The `--help` of one command, of the program; the name of the nearest command or NULL. */
void command_print_help(const struct terminal *terminal, int command);
void command_print_overview(const struct terminal *terminal);
const char *command_nearest(const char *name);

#endif
