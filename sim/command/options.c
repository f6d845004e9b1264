#define _GNU_SOURCE /* sched_getaffinity */

#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "nearest.h"

#define ON(command) (1U << COMMAND_##command)
#define ON_ALL ((1U << NUM_COMMANDS) - 1)

const struct option_info option_table[NUM_OPTIONS] = {
#define X(id, name, letter, argument_en, argument_fr, commands, en, fr)                                                \
    { name, letter, { argument_en, argument_fr }, commands, { en, fr } },
#include "options.def"
#undef X
};

#define DEFAULT_ALLOWED 0.001 /* one run of a thousand */

#define FIRST_LONG 256 /* getopt's value of the option 0 of the table; below: letters, '?' and ':' */

struct option_tables {
    struct option longs[NUM_OPTIONS + 1];
    char shorts[3 * NUM_OPTIONS + 2];
};

static void build_tables(struct option_tables *tables, int command)
{
    char *shorts = tables->shorts;
    int num_longs = 0;
    *shorts++ = ':'; /* a missing argument is told apart from an unknown option */
    for (int i = 0; i < NUM_OPTIONS; i++) {
        const struct option_info *info = &option_table[i];
        if ((info->commands & (1U << command)) == 0)
            continue;
        tables->longs[num_longs++] = (struct option){ info->name, info->argument[0] != NULL, NULL, FIRST_LONG + i };
        if (info->letter != 0) {
            *shorts++ = info->letter;
            if (info->argument[0] != NULL)
                *shorts++ = ':';
        }
    }
    tables->longs[num_longs] = (struct option){ NULL, 0, NULL, 0 };
    *shorts = '\0';
}

static int option_of_letter(int letter)
{
    for (int i = 0; i < NUM_OPTIONS; i++)
        if (option_table[i].letter == letter)
            return i;
    return -1;
}

/* ---- values ---- */

static int wrong_value(int option, const char *value, const char *allowed, struct error *err)
{
    return error_set_word(err, MILIEU_ERR_USAGE, WORD_OPTION_VALUE, option_table[option].name, value, allowed);
}

static int read_whole_number(const struct terminal *t, int option, const char *text, int64_t low, int64_t high,
                             int64_t *value, struct error *err)
{
    char allowed[64];
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    snprintf(allowed, sizeof allowed, in_words(t, WORD_WHOLE_NUMBER), (long long)low, (long long)high);
    if (end == text || *end != '\0' || errno != 0 || number < low || number > high)
        return wrong_value(option, text, allowed, err);
    *value = number;
    return 0;
}

static int read_share(const struct terminal *t, int option, const char *text, double *value, struct error *err)
{
    char *end;
    double share = strtod(text, &end);
    bool none = option == OPTION_ALLOW_FAILURES; /* none at all is a share there, a study's batches have to be some */
    if (end == text || *end != '\0' || !(share >= 0 && share <= 1) || (share == 0 && !none))
        return wrong_value(option, text, in_words(t, none ? WORD_SHARE : WORD_SHARE_ABOVE_0), err);
    *value = share;
    return 0;
}

static int read_count(const struct terminal *t, int option, const char *text, int high, int *value, struct error *err)
{
    int64_t number = 0;
    int ret = read_whole_number(t, option, text, 1, high, &number, err);
    if (ret == 0)
        *value = (int)number;
    return ret;
}

/* The place of `text` among the words of "a|b|c", which is what the option's argument says. */
static int read_choice(int option, const char *text, int *value, struct error *err)
{
    const char *rest = option_table[option].argument[0];
    for (int i = 0; *rest != '\0'; i++) {
        size_t length = strcspn(rest, "|");
        if (strlen(text) == length && strncmp(text, rest, length) == 0) {
            *value = i;
            return 0;
        }
        rest += length + (rest[length] == '|');
    }
    return wrong_value(option, text, option_table[option].argument[0], err);
}

int options_add_override(struct options *self, bool is_rate, const char *text, struct error *err)
{
    size_t bytes = ((size_t)self->num_overrides + 1) * sizeof *self->overrides;
    struct scenario_override *grown = realloc(self->overrides, bytes);
    if (grown == NULL)
        return error_set(err, MILIEU_ERR_MEMORY, "--%s %s", "--%s %s", is_rate ? "rate" : "set", text);
    self->overrides = grown;
    self->overrides[self->num_overrides++] = (struct scenario_override){ is_rate, text };
    return 0;
}

static int take_choice(struct options *self, struct terminal *t, int option, const char *text, struct error *err)
{
    int choice = 0;
    int ret = read_choice(option, text, &choice, err);
    if (ret != 0)
        return ret;
    if (option == OPTION_PROGRESS)
        self->progress = (enum progress_form)choice;
    else if (option == OPTION_LOCALE)
        self->locale = choice;
    else if (option == OPTION_LANG)
        t->lang = choice;
    else
        terminal_set_color(t, (enum color_when)choice);
    return 0;
}

static int take_output(struct options *self, const char *text, struct error *err)
{
    if (strcmp(text, "-") == 0 || *text == '\0')
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_OUTPUT_STREAM, text);
    self->output = text;
    return 0;
}

static const char **place_of_text(struct options *self, int option)
{
    switch (option) {
    case OPTION_FROM:
        return &self->from;
    case OPTION_ARMS:
        return &self->arms;
    case OPTION_CSV:
        return &self->csv;
    case OPTION_SYNC:
        return &self->sync;
    case OPTION_TIME:
        return &self->time;
    case OPTION_PARTITION:
        return &self->partition;
    default:
        return &self->account;
    }
}

static bool *place_of_flag(struct options *self, int option)
{
    switch (option) {
    case OPTION_POINTS:
        return &self->points;
    case OPTION_NO_OUTPUT:
        return &self->no_output;
    case OPTION_COMPRESS:
        return &self->compress;
    case OPTION_PARTIAL:
        return &self->partial;
    case OPTION_SCRIPT_ONLY:
        return &self->script_only;
    case OPTION_DRY_RUN:
        return &self->dry_run;
    case OPTION_STAMP:
        return &self->stamp;
    case OPTION_JSON:
        return &self->json;
    default:
        return &self->help;
    }
}

static int take_option(struct options *self, struct terminal *t, int option, const char *text, struct error *err)
{
    switch ((enum option_id)option) {
    case OPTION_OUTPUT:
        return take_output(self, text, err);
    case OPTION_DRAWS:
        return read_count(t, option, text, 65535, &self->draws, err);
    case OPTION_REPLICATIONS:
        return read_count(t, option, text, 65535, &self->replications, err);
    case OPTION_THREADS:
        return read_count(t, option, text, 1024, &self->threads, err);
    case OPTION_TASKS:
        return read_count(t, option, text, 100000, &self->tasks, err);
    case OPTION_CPUS:
        return read_count(t, option, text, 1024, &self->cpus, err);
    case OPTION_TRIES:
        return read_count(t, option, text, 1000, &self->tries, err);
    case OPTION_PORT:
        return read_count(t, option, text, 65535, &self->port, err);
    case OPTION_IDLE:
        return read_count(t, option, text, 100000, &self->idle, err);
    case OPTION_ALLOW_FAILURES:
        return read_share(t, option, text, &self->allow_failures, err);
    case OPTION_SHARE:
        return read_share(t, option, text, &self->share, err);
    case OPTION_SHARD_ABOVE:
        return read_whole_number(t, option, text, 1, 1000000000000000, &self->shard_above, err);
    case OPTION_SEED:
        return read_whole_number(t, option, text, 0, INT32_MAX, &self->seed, err);
    case OPTION_SET:
    case OPTION_RATE:
        return options_add_override(self, option == OPTION_RATE, text, err);
    case OPTION_PROGRESS:
    case OPTION_LOCALE:
    case OPTION_LANG:
    case OPTION_COLOR:
        return take_choice(self, t, option, text, err);
    case OPTION_UNCERTAINTY:
        self->uncertainty = text;
        return read_choice(option, text, &(int){ 0 }, err);
    case OPTION_FROM:
    case OPTION_ARMS:
    case OPTION_CSV:
    case OPTION_SYNC:
    case OPTION_TIME:
    case OPTION_PARTITION:
    case OPTION_ACCOUNT:
        *place_of_text(self, option) = text;
        break;
    case OPTION_POINTS:
    case OPTION_NO_OUTPUT:
    case OPTION_COMPRESS:
    case OPTION_PARTIAL:
    case OPTION_SCRIPT_ONLY:
    case OPTION_DRY_RUN:
    case OPTION_STAMP:
    case OPTION_JSON:
    case OPTION_HELP:
        *place_of_flag(self, option) = true;
        break;
    case NUM_OPTIONS:
        break;
    }
    return 0;
}

/* ---- the line ---- */

static int complain(int value, int command, const char *typed, struct error *err)
{
    const char *names[NUM_OPTIONS];
    size_t count = 0;
    if (value == ':')
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_OPTION_NEEDS, typed);
    for (int i = 0; i < NUM_OPTIONS; i++)
        if ((option_table[i].commands & (1U << command)) != 0)
            names[count++] = option_table[i].name;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(typed, "="), typed);
    const char *near = strncmp(name, "--", 2) == 0 ? nearest_name(name + 2, names, count) : NULL;
    if (near != NULL)
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_OPTION_UNKNOWN_NEAR, typed, near);
    return error_set_word(err, MILIEU_ERR_USAGE, WORD_OPTION_UNKNOWN, typed);
}

int options_parse(struct options *self, int command, int argc, char **argv, struct terminal *terminal,
                  int *first_operand, struct error *err)
{
    struct option_tables tables = { 0 };
    int ret = 0, value;
    *self = (struct options){ .seed = -1, .allow_failures = DEFAULT_ALLOWED };
    build_tables(&tables, command);
    optind = 0; /* GNU: begin anew */
    while (ret == 0 && (value = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
        char letter[] = { '-', (char)optopt, '\0' };
        const char *typed =
            optopt != 0 && optopt < FIRST_LONG && strncmp(argv[optind - 1], "--", 2) != 0 ? letter : argv[optind - 1];
        if (value == '?' || value == ':')
            ret = complain(value, command, typed, err);
        else
            ret = take_option(self, terminal, value >= FIRST_LONG ? value - FIRST_LONG : option_of_letter(value),
                              optarg, err);
    }
    *first_operand = optind;
    return ret;
}

void options_free(struct options *self)
{
    free(self->overrides);
    self->overrides = NULL;
    self->num_overrides = 0;
}

void options_look_for_language(int argc, char **argv, struct terminal *terminal)
{
    for (int i = 1; i < argc && argv[i] != NULL && strcmp(argv[i], "--") != 0; i++) {
        const char *value = NULL;
        if (strncmp(argv[i], "--lang=", 7) == 0)
            value = argv[i] + 7;
        else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            value = argv[i + 1];
        if (value != NULL && (strcmp(value, "en") == 0 || strcmp(value, "fr") == 0))
            terminal->lang = *value == 'f' ? LANG_FR : LANG_EN;
        if (strcmp(argv[i], "--color=never") == 0)
            terminal_set_color(terminal, COLOR_NEVER);
    }
}

/* A batch system or taskset may have given us but some of the machine's. */
static long cores_we_may_use(void)
{
    cpu_set_t ours;
    return sched_getaffinity(0, sizeof ours, &ours) == 0 ? CPU_COUNT(&ours) : sysconf(_SC_NPROCESSORS_ONLN);
}

int options_default_threads(void)
{
    const char *slurm = getenv("SLURM_CPUS_PER_TASK");
    long cores = slurm != NULL ? strtol(slurm, NULL, 10) : 0;
    if (cores < 1)
        cores = cores_we_may_use();
    return cores < 1 ? 1 : cores > 1024 ? 1024 : (int)cores;
}
