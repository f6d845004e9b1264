/* Rows of the model's tables, in JSON and in words: what `describe` lists and `help` explains one by one. */
#ifndef MILIEU_DESCRIBE_H
#define MILIEU_DESCRIBE_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "../model/error.h"
#include "terminal.h"

/* One row as JSON, the caller owns it; NULL when out of memory. */
cJSON *describe_factor_json(int factor);
cJSON *describe_parameter_json(int param);
cJSON *describe_outcome_json(int outcome);
cJSON *describe_key_json(int key);

/* label_en and label_fr of it. */
void describe_add_words(cJSON *object, const char *const words[2]);

/* The address of a parameter for --set: what stands in each clinic is set for all of them under every_clinic. */
void describe_set_path(char *path, size_t size, int param);

/* One row in words, a few lines on standard output. */
void describe_factor(const struct terminal *t, int factor);
void describe_parameter(const struct terminal *t, int param);
void describe_outcome(const struct terminal *t, int outcome);
void describe_key(const struct terminal *t, int key);

/* A number of a table as people write it. Returns `buffer` (NUMBER_LENGTH bytes). */
char *describe_number(char *buffer, double value, int lang);

/* Prints a JSON value on standard output and frees it. MILIEU_ERR_MEMORY when it is NULL. */
int json_print(const struct terminal *t, cJSON *json, struct error *err);

#endif
