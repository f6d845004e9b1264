#include "json.h"

#include <math.h>
#include <stdio.h>

int say_json(const struct terminal *t, cJSON *value, struct error *err)
{
    char *text = value != NULL ? cJSON_PrintUnformatted(value) : NULL;
    cJSON_Delete(value);
    if (text == NULL)
        return error_set_memory(err);
    fprintf(t->out, "%s\n", text);
    cJSON_free(text);
    return 0;
}

cJSON *number_or_null(double value)
{
    return isfinite(value) ? cJSON_CreateNumber(value) : cJSON_CreateNull();
}

void add_number_or_null(cJSON *object, const char *name, double value)
{
    cJSON_AddItemToObject(object, name, number_or_null(value));
}

void add_whole(cJSON *object, const char *name, int64_t value)
{
    cJSON_AddNumberToObject(object, name, (double)value);
}

void add_whole_or_null(cJSON *object, const char *name, int64_t value)
{
    if (value >= 0)
        add_whole(object, name, value);
    else
        cJSON_AddNullToObject(object, name);
}

void add_text_or_null(cJSON *object, const char *name, const char *text)
{
    if (text != NULL && *text != '\0')
        cJSON_AddStringToObject(object, name, text);
    else
        cJSON_AddNullToObject(object, name);
}
