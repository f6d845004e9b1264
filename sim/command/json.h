/* Reports for programs: --json. */
#ifndef MILIEU_COMMAND_JSON_H
#define MILIEU_COMMAND_JSON_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "../model/error.h"
#include "terminal.h"

/* One value on a line of standard output; frees it. MILIEU_ERR_MEMORY, also when `value` is NULL. */
int say_json(const struct terminal *t, cJSON *value, struct error *err);

/* A number, null where it is not finite. */
cJSON *number_or_null(double value);
void add_number_or_null(cJSON *object, const char *name, double value);

/* A whole number, null below 0 in the second; a text, null where it is NULL or "". */
void add_whole(cJSON *object, const char *name, int64_t value);
void add_whole_or_null(cJSON *object, const char *name, int64_t value);
void add_text_or_null(cJSON *object, const char *name, const char *text);

#endif
