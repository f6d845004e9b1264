/* What the options of a command line say. One table, options.def, feeds the parser (getopt_long), the help and the
 * completion. */
#ifndef MILIEU_OPTIONS_H
#define MILIEU_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "../model/error.h"
#include "../scenario/scenario.h"
#include "terminal.h"

enum option_id {
#define X(id, ...) OPTION_##id,
#include "options.def"
#undef X
    NUM_OPTIONS
};

struct option_info {
    const char *name;
    char letter;             /* 0 = none */
    const char *argument[2]; /* NULL = takes none */
    unsigned commands;       /* bit set: 1 << enum command_id */
    const char *words[2];
};

extern const struct option_info option_table[NUM_OPTIONS];

enum progress_form { PROGRESS_BAR, PROGRESS_JSON, PROGRESS_NONE };

struct options {
    const char *output, *from, *arms, *csv; /* NULL = not given */
    const char *uncertainty;                /* a word of runs.uncertainty, or NULL */
    bool no_output, compress, stamp, json, help, points, dry_run, partial, script_only;
    double share;                           /* 0 = not given */
    int64_t shard_above;                    /* bytes; 0 = not given */
    const char *sync;                       /* "none", "seconds:N", "record"; NULL = not given */
    int tasks, cpus, tries, port, idle;     /* 0 = not given */
    const char *time, *partition, *account; /* NULL = not given */
    int draws, replications;                /* 0 = as the scenario says */
    int64_t seed;                           /* -1 = as the scenario says */
    int threads;                            /* 0 = not given */
    double allow_failures;                  /* share of runs, 0..1 */
    enum progress_form progress;
    int locale;                          /* LANG_EN, LANG_FR */
    struct scenario_override *overrides; /* in the order typed */
    int num_overrides;
};

/* Reads argv[1..] as the options of `command`; operands are moved to the end of argv and `first_operand` is the index
 * of the first. --lang and --color act on `terminal` at once. Frees with options_free, after a failure too.
 * MILIEU_ERR_USAGE with the words of the complaint in the terminal's language, or MILIEU_ERR_MEMORY. */
int options_parse(struct options *self, int command, int argc, char **argv, struct terminal *terminal,
                  int *first_operand, struct error *err);
void options_free(struct options *self);

/* Adds a change of the scenario after those typed; `text` is borrowed. MILIEU_ERR_MEMORY. */
int options_add_override(struct options *self, bool is_rate, const char *text, struct error *err);

/* Acts on every --lang and --color of a command line before anything is said about it. A wrong value is ignored here.
 */
void options_look_for_language(int argc, char **argv, struct terminal *terminal);

/* SLURM_CPUS_PER_TASK, else the cores that this process may use; at least 1. */
int options_default_threads(void);

#endif
