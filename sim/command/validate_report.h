/* What `milieu validate` tells besides the patterns: the joint display of the cases of [003], and what the documents say
 * themselves. For that command only. */
#ifndef MILIEU_VALIDATE_REPORT_H
#define MILIEU_VALIDATE_REPORT_H

#include "../../analysis/validate/validate.h"
#include "../scenario/stated.h"
#include "columns.h"
#include "json.h"

/* ---- shared ---- */

/* "simulated", "low" and "high" of a finding, added to an object. */
void add_finding(cJSON *object, const char *simulated, const char *low, const char *high,
                 const struct finding *finding);

/* The finding, and its interval where it has one. */
void found(char *text, size_t size, const struct terminal *t, const struct finding *finding);

/* ---- the cases of [003]: their ratings are read from the scenario, once ---- */

struct case_ratings {
    struct stated_rating *item; /* malloc */
    int count;
};

struct case_display {
    struct scenario scenario;
    struct case_ratings ratings[NUM_CASES];
};

/* 0, or what trial_scenario returns. Freed by case_display_free, after a failure too. */
int case_display_read(struct case_display *self, const struct trial_machine *machine, struct error *err);
void case_display_free(struct case_display *self);

cJSON *cases_json(const struct case_display *display, const struct case_result cases[NUM_CASES], int lang);
void print_cases(const struct terminal *t, const struct case_display *display,
                 const struct case_result cases[NUM_CASES]);

/* ---- statements ---- */

cJSON *statements_json(const struct validation *v, int lang);
void print_statements(const struct terminal *t, const struct validation *v);

#endif
