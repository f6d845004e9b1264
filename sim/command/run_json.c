#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "run_report.h"

static void add_figure(cJSON *object, const char *name, double value, int64_t n)
{
    if (n > 0)
        cJSON_AddNumberToObject(object, name, value);
    else
        cJSON_AddNullToObject(object, name);
}

static cJSON *outcomes_json(const struct summary *summary, int arm, int clinic)
{
    cJSON *outcomes = cJSON_CreateObject();
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        struct summary_row row = summary_get(summary, arm, clinic, i);
        double unknown = summary_unknown_share(summary, arm, clinic, i);
        cJSON *object = cJSON_AddObjectToObject(outcomes, outcome_table[i].id);
        add_figure(object, "mean", row.mean, row.n);
        add_figure(object, "sd", row.sd, row.n);
        add_figure(object, "low", row.low, row.n);
        add_figure(object, "high", row.high, row.n);
        cJSON_AddNumberToObject(object, "n", (double)row.n);
        if (isfinite(unknown))
            cJSON_AddNumberToObject(object, "unknown_share", unknown);
    }
    return outcomes;
}

/* Prints a value and frees it; `open` leaves out the brace that closes it. */
static int print_json(const struct terminal *t, cJSON *json, bool open, struct error *err)
{
    char *text = json != NULL ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    if (text == NULL)
        return error_set(err, MILIEU_ERR_MEMORY, "%s", "%s", "JSON");
    fprintf(t->out, "%.*s", (int)strlen(text) - (open ? 1 : 0), text);
    cJSON_free(text);
    return 0;
}

static int print_clinic(const struct terminal *t, const struct run_report *report, int arm, int clinic,
                        struct error *err)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "id", report->scenario->clinic_id[clinic]);
    cJSON_AddItemToObject(object, "outcomes", outcomes_json(report->summary, arm, clinic));
    fputs(clinic > 0 ? ",\n" : "\n", t->out);
    return print_json(t, object, false, err);
}

static int print_arm(const struct terminal *t, const struct run_report *report, int arm, struct error *err)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "id", report->scenario->arm_id[arm]);
    fputs(arm > 0 ? ",\n" : "\n", t->out);
    int ret = print_json(t, object, true, err);
    fputs(",\"clinics\":[", t->out);
    for (int i = 0; ret == 0 && i < report->scenario->num_clinics; i++)
        ret = print_clinic(t, report, arm, i, err);
    fputs("],\n\"all\":", t->out);
    if (ret == 0)
        ret = print_json(t, outcomes_json(report->summary, arm, SUMMARY_ALL), false, err);
    fputs("}", t->out);
    return ret;
}

int run_report_json(const struct terminal *t, const struct run_report *report, struct error *err)
{
    cJSON *head = cJSON_CreateObject();
    cJSON_AddStringToObject(head, "scenario", report->scenario->id);
    cJSON_AddNumberToObject(head, "seed", report->scenario->runs.seed);
    cJSON_AddNumberToObject(head, "runs", (double)report->done.runs);
    if (report->done.failed > 0)
        cJSON_AddNumberToObject(head, "failed", (double)report->done.failed);
    cJSON_AddNumberToObject(head, "patient_weeks", (double)report->done.patient_weeks);
    cJSON_AddNumberToObject(head, "wall_seconds", report->wall_seconds);
    int ret = print_json(t, head, true, err);
    fputs(",\"arms\":[", t->out);
    for (int i = 0; ret == 0 && i < report->scenario->num_arms; i++)
        ret = print_arm(t, report, i, err);
    fputs("]}\n", t->out);
    return ret;
}
