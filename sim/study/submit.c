#include "submit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum submit_word {
#define X(id, english, french) WORD_##id,
#include "submit.def"
#undef X
    NUM_SUBMIT_WORDS
};

static const char *const words[NUM_SUBMIT_WORDS][SUBMIT_LANGUAGES] = {
#define X(id, english, french) { english, french },
#include "submit.def"
#undef X
};

struct script {
    FILE *out;
    const struct submit_plan *plan;
};

/* On a line of options, between quotation marks where it is a path. */
static bool can_be_told(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == '\x7f' || *text == '"' || *text == '\\')
            return false;
    return true;
}

/* ---- lines ---- */

static void comment(const struct script *self, enum submit_word word)
{
    fprintf(self->out, "%s\n", words[word][self->plan->lang]);
}

/* A message that the script itself says. */
static const char *message(const struct script *self, enum submit_word word)
{
    return words[word][self->plan->lang];
}

static void option(const struct script *self, const char *name, const char *value)
{
    if (value != NULL)
        fprintf(self->out, "#SBATCH --%s=%s\n", name, value);
}

static void head(const struct script *self)
{
    fputs("#!/bin/bash\n", self->out);
    comment(self, WORD_HEAD);
    fputs("#\n", self->out);
    comment(self, WORD_HOW);
    comment(self, WORD_LOOK);
    fputs("#\n", self->out);
    comment(self, WORD_WHY_1);
    comment(self, WORD_WHY_2);
    comment(self, WORD_WHY_3);
    fputs("\n", self->out);
}

/* In the name of a file % begins a pattern, and %% is a per cent sign. */
static void log_option(const struct script *self)
{
    fputs("#SBATCH --output=\"", self->out);
    for (const char *c = self->plan->folder; *c != '\0'; c++)
        fputs(*c == '%' ? "%%" : (const char[]){ *c, '\0' }, self->out);
    fputs("/log/slurm-%A_%a.out\"\n", self->out);
}

static void options(const struct script *self)
{
    const struct submit_plan *plan = self->plan;
    comment(self, WORD_SLURM);
    option(self, "job-name", *plan->name != '\0' ? plan->name : "study");
    fprintf(self->out, "#SBATCH --array=1-%d\n#SBATCH --ntasks=1\n#SBATCH --cpus-per-task=%d\n", plan->tasks,
            plan->cpus);
    option(self, "time", plan->time);
    option(self, "partition", plan->partition);
    option(self, "account", plan->account);
    comment(self, WORD_REQUEUE);
    fputs("#SBATCH --requeue\n#SBATCH --open-mode=append\n", self->out);
    comment(self, WORD_SIGNAL);
    fputs("#SBATCH --signal=B:TERM@60\n", self->out);
    comment(self, WORD_LOG);
    log_option(self);
}

/* Between single quotes, which the shell takes literally; a quotation mark itself stands outside of them. */
static void assign(const struct script *self, const char *name, const char *value)
{
    fprintf(self->out, "%s='", name);
    for (; *value != '\0'; value++)
        fputs(*value == '\'' ? "'\\''" : (const char[]){ *value, '\0' }, self->out);
    fputs("'\n", self->out);
}

static void settings(const struct script *self)
{
    fputs("\nset -u\n", self->out);
    assign(self, "milieu", self->plan->program);
    assign(self, "folder", self->plan->folder);
    comment(self, WORD_TRIES);
    fprintf(self->out, "tries=%d\n", self->plan->tries);
}

static void body(const struct script *self)
{
    fputs("\n", self->out);
    comment(self, WORD_TASK);
    fputs("work() { exec \"$milieu\" sweep -o \"$folder\"; }\n\n", self->out);
    comment(self, WORD_START);
    fprintf(
        self->out,
        "start() { # try\n"
        "    local tasks after\n"
        "    tasks=$(sbatch --parsable \"$folder/" SUBMIT_SCRIPT "\") &&\n"
        "        after=$(sbatch --parsable --array=0 --cpus-per-task=1 --dependency=afterany:\"${tasks%%%%;*}\" \\\n"
        "            \"$folder/" SUBMIT_SCRIPT "\" after \"$1\") ||\n"
        "        {\n"
        "            echo \"%s\" >&2\n"
        "            exit 1\n"
        "        }\n"
        "    echo \"%s\"\n"
        "}\n\n",
        message(self, WORD_CANNOT), message(self, WORD_STARTED));
    comment(self, WORD_AFTER);
    fprintf(self->out,
            "after() { # try\n"
            "    if \"$milieu\" study status \"$folder\" --json | grep -Eq '\"complete\":[[:space:]]*true'; then\n"
            "        \"$milieu\" study merge \"$folder\"\n"
            "        merged=$?\n"
            "        %s\n"
            "        case $merged in 65 | 75) ;; *) exit $merged ;; esac\n"
            "    fi\n"
            "    [ \"$1\" -lt \"$tries\" ] && { start $(($1 + 1)); exit; }\n"
            "    echo \"%s\" >&2\n"
            "    echo \"%s\" >&2\n"
            "    exit 1\n"
            "}\n\n",
            message(self, WORD_DAMAGED), message(self, WORD_GIVE_UP), message(self, WORD_GO_ON));
    fprintf(self->out,
            "case ${1-}:${SLURM_ARRAY_TASK_ID-} in\n"
            ":|start:*) start 1 ;;\n"
            ":*) work ;;\n"
            "after:0) after \"$2\" ;;\n"
            "*) echo \"%s\" >&2; exit 2 ;;\n"
            "esac\n",
            message(self, WORD_MISUSE));
}

/* ---- the whole ---- */

static int check_plan(const struct submit_plan *plan, struct error *err)
{
    const char *said[] = { plan->name, plan->program, plan->folder, plan->time, plan->partition, plan->account };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (said[i] != NULL && !can_be_told(said[i]))
            return error_set(err, MILIEU_ERR_USAGE,
                             "Slurm cannot be told '%s': no quotation marks, backslashes or control characters",
                             "Slurm ne peut lire « %s » : ni guillemets droits, ni barres obliques inverses, ni "
                             "caractères de contrôle",
                             said[i]);
    if (plan->tasks < 1 || plan->cpus < 1 || plan->tries < 1)
        return error_set(err, MILIEU_ERR_USAGE, "%d tasks, %d processors, %d tries: each at least 1",
                         "%d tâches, %d processeurs, %d essais : chacun au moins 1", plan->tasks, plan->cpus,
                         plan->tries);
    return 0;
}

int submit_write_script(const struct submit_plan *plan, char **script, struct error *err)
{
    size_t length;
    struct script self = { .plan = plan };
    *script = NULL;
    int ret = check_plan(plan, err);
    if (ret != 0)
        return ret;
    if ((self.out = open_memstream(script, &length)) == NULL)
        return error_set_memory(err);
    head(&self);
    options(&self);
    settings(&self);
    body(&self);
    bool whole = ferror(self.out) == 0;
    if (fclose(self.out) == 0 && whole)
        return 0;
    free(*script);
    *script = NULL;
    return error_set_memory(err);
}
