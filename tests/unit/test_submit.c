/* The batch script for Slurm: what it asks for, and that bash reads it as it was meant. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/study/submit.h"

static const struct submit_plan usual = {
    .name = "turnover", .program = "/bin/echo", .folder = "/data/turnover", .tasks = 4, .cpus = 2, .tries = 3
};

static char *script_of(const struct submit_plan *plan)
{
    char *script;
    struct error err = { 0 };
    cr_assert(submit_write_script(plan, &script, &err) == 0, "%s", err.detail[0]);
    return script;
}

static void expect_line(const char *script, const char *line)
{
    size_t length = strlen(line);
    for (const char *at = strstr(script, line); at != NULL; at = strstr(at + 1, line))
        if (at[length] == '\n' && (at == script || at[-1] == '\n'))
            return;
    cr_expect(false, "no line '%s' in\n%s", line, script);
}

/* What bash prints when it runs the script with these arguments, in this environment. */
static void run(const char *script, const char *environment, const char *arguments, char *said, size_t size)
{
    char path[] = "/tmp/milieu-submit-XXXXXX", command[256];
    int descriptor = mkstemp(path);
    cr_assert(descriptor >= 0 && write(descriptor, script, strlen(script)) == (ssize_t)strlen(script));
    close(descriptor);
    snprintf(command, sizeof command, "%s bash %s %s 2>&1", environment, path, arguments);
    FILE *pipe = popen(command, "r");
    cr_assert(pipe != NULL);
    said[fread(said, 1, size - 1, pipe)] = '\0';
    pclose(pipe);
    unlink(path);
}

Test(submit, asks_for_what_the_plan_says)
{
    struct submit_plan plan = usual;
    plan.time = "02:00:00";
    plan.partition = "short,long";
    plan.account = "def-someone";
    char *script = script_of(&plan);
    cr_expect(strncmp(script, "#!/bin/bash\n", 12) == 0);
    static const char *const lines[] = { "#SBATCH --job-name=turnover",
                                         "#SBATCH --array=1-4",
                                         "#SBATCH --cpus-per-task=2",
                                         "#SBATCH --time=02:00:00",
                                         "#SBATCH --partition=short,long",
                                         "#SBATCH --account=def-someone",
                                         "#SBATCH --requeue",
                                         "#SBATCH --open-mode=append",
                                         "#SBATCH --signal=B:TERM@60",
                                         "#SBATCH --output=\"/data/turnover/log/slurm-%A_%a.out\"",
                                         "tries=3" };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        expect_line(script, lines[i]);
    free(script);
}

/* Slurm reads options only before the first command. */
Test(submit, options_come_first)
{
    char *script = script_of(&usual), *command = strstr(script, "\nset -u\n");
    cr_assert(command != NULL);
    cr_expect(strstr(command, "#SBATCH") == NULL);
    free(script);
}

Test(submit, leaves_to_the_cluster_what_is_not_given)
{
    struct submit_plan plan = usual;
    plan.name = "";
    char *script = script_of(&plan);
    cr_expect(strstr(script, "--time=") == NULL && strstr(script, "--partition=") == NULL &&
              strstr(script, "--account=") == NULL);
    expect_line(script, "#SBATCH --job-name=study");
    free(script);
}

Test(submit, french_differs_in_words_alone)
{
    struct submit_plan plan = usual;
    char *english = script_of(&plan);
    plan.lang = SUBMIT_FR;
    char *french = script_of(&plan);
    cr_expect(strstr(french, "Une étude sous Slurm") != NULL && strstr(english, "Une étude sous Slurm") == NULL);
    int lines[2] = { 0, 0 };
    for (const char *c = english; *c != '\0'; c++)
        lines[0] += *c == '\n';
    for (const char *c = french; *c != '\0'; c++)
        lines[1] += *c == '\n';
    cr_expect(lines[0] == lines[1]);
    free(english);
    free(french);
}

Test(submit, a_task_is_the_program_on_the_folder)
{
    char said[512], *script = script_of(&usual);
    run(script, "SLURM_ARRAY_TASK_ID=3", "", said, sizeof said);
    cr_expect(strcmp(said, "sweep -o /data/turnover\n") == 0, "%s", said);
    free(script);
}

Test(submit, the_shell_takes_names_literally)
{
    static const char *const names[] = { "/tmp/with blanks", "/tmp/l'étude", "/tmp/$HOME `id` $(id) & ; * 50 %A",
                                         "/tmp/''" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char said[512], wanted[512];
        struct submit_plan plan = usual;
        plan.folder = names[i];
        char *script = script_of(&plan);
        run(script, "SLURM_ARRAY_TASK_ID=1", "", said, sizeof said);
        snprintf(wanted, sizeof wanted, "sweep -o %s\n", names[i]);
        cr_expect(strcmp(said, wanted) == 0, "'%s', not '%s'", said, wanted);
        free(script);
    }
}

Test(submit, a_per_cent_sign_is_no_pattern_in_the_log_s_name)
{
    struct submit_plan plan = usual;
    plan.folder = "/data/50%A";
    char *script = script_of(&plan);
    expect_line(script, "#SBATCH --output=\"/data/50%%A/log/slurm-%A_%a.out\"");
    free(script);
}

Test(submit, wrong_arguments_of_the_script)
{
    char said[512], *script = script_of(&usual);
    run(script, "env -u SLURM_ARRAY_TASK_ID", "again", said, sizeof said);
    cr_expect(strncmp(said, "usage:", 6) == 0, "%s", said);
    free(script);
}

Test(submit, refuses_what_slurm_cannot_be_told)
{
    static const char *const names[] = { "/data/a\nb", "/data/\"x\"", "/data/a\\b", "/data/\x7f", "/data/\t" };
    struct submit_plan plan = usual;
    struct error err = { 0 };
    char *script;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        plan.folder = names[i];
        cr_expect(submit_write_script(&plan, &script, &err) == MILIEU_ERR_USAGE && script == NULL, "%s", names[i]);
    }
    plan = usual;
    plan.account = "a\n#SBATCH --array=1-1000";
    cr_expect(submit_write_script(&plan, &script, &err) == MILIEU_ERR_USAGE);
    plan = usual;
    plan.tasks = 0;
    cr_expect(submit_write_script(&plan, &script, &err) == MILIEU_ERR_USAGE);
}
