/* `milieu study run FOLDER RUN`: any single run of a study again, exactly, with its weeks and events. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../results/results.h"
#include "run_report.h"
#include "study_command.h"

/* "1234", the number of a run, or "49/9", point and replication. */
static bool read_run(const char *text, const struct geometry *geometry, int64_t *point, int64_t *replication)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (end == text || errno != 0 || number < 0)
        return false;
    if (*end == '\0' && number < geometry_runs(geometry)) {
        *point = geometry_point(geometry, number);
        *replication = geometry_replication(geometry, number);
        return true;
    }
    *point = number;
    *replication = -1;
    if (*end == '/' && end[1] != '\0')
        *replication = strtoll(end + 1, &end, 10);
    return errno == 0 && *end == '\0' && number < geometry->plan.points && *replication >= 0 &&
           *replication < geometry->plan.replications;
}

int study_run_again(const struct call *call, const struct folder *folder, const struct study *study, struct error *err)
{
    struct scenario scenario = { 0 };
    struct messages messages;
    int64_t point = 0, replication = 0;
    char what[128];
    if (!read_run(call->operand[2], &folder->geometry, &point, &replication))
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_STUDY_RUN_NUMBER, call->operand[2],
                              (long long)geometry_runs(&folder->geometry) - 1);
    int ret = study_check_program(folder, err);
    if (ret != 0)
        return ret;
    messages_init(&messages, call->terminal.lang);
    ret = study_read_run(study, (uint64_t)point, (int)replication, &scenario, &messages, err);
    if (ret != 0)
        input_print_messages(&call->terminal, &messages);
    messages_free(&messages);
    if (ret == 0 && call->options.output != NULL)
        ret = results_check_output(call->options.output, NULL, 0, err);
    signal(SIGXFSZ, SIG_IGN); /* a file-size limit is an error like a full disk */
    snprintf(what, sizeof what, "study run %lld/%lld of study %s", (long long)point, (long long)replication,
             folder->id_text);
    if (ret == 0)
        ret = run_scenario(call, &scenario, what, err);
    scenario_free(&scenario);
    return ret;
}
