/* What `milieu run` says when it is done: to people, a table; to programs, one JSON object. */
#ifndef MILIEU_RUN_REPORT_H
#define MILIEU_RUN_REPORT_H

#include "../../analysis/summary.h"
#include "../scenario/scenario.h"
#include "../study/runner.h"
#include "terminal.h"

struct run_report {
    const struct scenario *scenario;
    const struct summary *summary; /* of all clinics together only, where the table asks for no more */
    struct runner_report done;
    double wall_seconds;
    const char *output; /* NULL: nothing kept */
    bool wants_output;  /* say how to keep the results when nothing is kept */
};

/* Runs a scenario as the command line asks: results file, table or JSON. `what` is what results files keep of the command
 * line: "run case-c.cfg". 0, MILIEU_ERR_*, or a positive exit status when all has been said. */
struct call;
int run_scenario(const struct call *call, const struct scenario *scenario, const char *what, struct error *err);

/* {"scenario", "seed", "runs", "patient_weeks", "wall_seconds", "arms": [{"id", "clinics": [...], "all"}]}, and "failed"
 * after "runs" when some did; written clinic by clinic: with 10,000 of them the whole would not fit.
 * MILIEU_ERR_MEMORY. */
int run_report_json(const struct terminal *t, const struct run_report *report, struct error *err);

/* Does the table tell these clinics one by one? */
bool run_report_by_clinic(const struct scenario *scenario);

/* Tables a manager can read, at 80 columns, and what to do next. */
void run_report_table(const struct terminal *t, const struct run_report *report);

#endif
