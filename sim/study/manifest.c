#include "manifest.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../results/sha256.h"

#define SCHEMA "milieu-study-folder/1"

static const char *const part_name[NUM_FOLDER_PARTS] = {
#define X(part, name, english, french) name,
#include "folder_parts.def"
#undef X
};

void manifest_id(const char part_hash[NUM_FOLDER_PARTS][65], unsigned char id[STUDY_ID])
{
    char text[NUM_FOLDER_PARTS * 96];
    unsigned char hash[32];
    size_t length = 0;
    for (int p = 0; p < NUM_FOLDER_PARTS; p++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s %s\n", part_name[p], part_hash[p]);
    sha256(text, length, hash);
    memcpy(id, hash, STUDY_ID);
}

/* ---- writing ---- */

/* False as soon as one thing could not be added. */
static bool add_parts(cJSON *json, const struct folder *folder)
{
    cJSON *parts = cJSON_AddObjectToObject(json, "parts");
    bool good = parts != NULL;
    for (int p = 0; good && p < NUM_FOLDER_PARTS; p++)
        good = cJSON_AddStringToObject(parts, part_name[p], folder->part_hash[p]) != NULL;
    return good;
}

static bool add_inputs(cJSON *json, const struct folder *folder)
{
    cJSON *inputs = cJSON_AddObjectToObject(json, "inputs");
    bool good = inputs != NULL;
    for (int i = 0; good && i < folder->num_inputs; i++)
        good = cJSON_AddStringToObject(inputs, folder->input_name[i], folder->input_hash[i]) != NULL;
    return good;
}

static bool add_number(cJSON *json, const char *name, int64_t value)
{
    return cJSON_AddNumberToObject(json, name, (double)value) != NULL;
}

static bool add_geometry(cJSON *json, const struct geometry *geometry)
{
    return add_number(json, "points", geometry->plan.points) &&
           add_number(json, "replications", geometry->plan.replications) &&
           add_number(json, "first_look", geometry->plan.first) &&
           add_number(json, "replications_per_batch", geometry->sizes.per_batch) &&
           add_number(json, "points_per_batch", geometry->sizes.points_per_batch) &&
           add_number(json, "batches_per_block", geometry->sizes.batches_per_block);
}

char *manifest_write(const struct folder *folder)
{
    cJSON *json = cJSON_CreateObject();
    char *text = NULL;
    if (json != NULL && cJSON_AddStringToObject(json, "schema", SCHEMA) != NULL &&
        cJSON_AddStringToObject(json, "study", folder->id_text) != NULL &&
        cJSON_AddStringToObject(json, "program", folder->program) != NULL && add_geometry(json, &folder->geometry) &&
        add_parts(json, folder) && add_inputs(json, folder))
        text = cJSON_Print(json);
    cJSON_Delete(json);
    return text;
}

void manifest_free(char *text)
{
    cJSON_free(text);
}

/* ---- reading ---- */

/* A hexadecimal text of that length; else false. */
static bool read_hash(const cJSON *json, const char *name, char *out, size_t length)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
    if (text == NULL || strlen(text) != length || strspn(text, "0123456789abcdef") != length)
        return false;
    memcpy(out, text, length + 1);
    return true;
}

static bool read_number(const cJSON *json, const char *name, int64_t *out)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, name);
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= (double)GEOMETRY_MAX_RUNS))
        return false;
    *out = (int64_t)item->valuedouble;
    return (double)*out == item->valuedouble;
}

static bool read_geometry(const cJSON *json, struct geometry *geometry)
{
    struct geometry_plan plan = { 0 };
    struct geometry_sizes sizes = { 0 };
    return read_number(json, "points", &plan.points) && read_number(json, "replications", &plan.replications) &&
           read_number(json, "first_look", &plan.first) &&
           read_number(json, "replications_per_batch", &sizes.per_batch) &&
           read_number(json, "points_per_batch", &sizes.points_per_batch) &&
           read_number(json, "batches_per_block", &sizes.batches_per_block) &&
           geometry_init(geometry, &plan, &sizes, NULL) == 0;
}

static bool read_inputs(const cJSON *json, struct folder *folder)
{
    const cJSON *inputs = cJSON_GetObjectItemCaseSensitive(json, "inputs"), *input;
    if (!cJSON_IsObject(inputs))
        return false;
    cJSON_ArrayForEach(input, inputs)
    {
        int i = folder->num_inputs;
        if (i == FOLDER_MAX_INPUTS || strlen(input->string) >= FOLDER_INPUT_NAME || input->string[0] == '\0' ||
            strchr(input->string, '/') != NULL || !read_hash(inputs, input->string, folder->input_hash[i], 64))
            return false;
        snprintf(folder->input_name[i], FOLDER_INPUT_NAME, "%s", input->string);
        folder->num_inputs++;
    }
    return true;
}

static bool read_parts(const cJSON *json, struct folder *folder)
{
    const cJSON *parts = cJSON_GetObjectItemCaseSensitive(json, "parts");
    for (int p = 0; p < NUM_FOLDER_PARTS; p++)
        if (!read_hash(parts, part_name[p], folder->part_hash[p], 64))
            return false;
    return read_hash(json, "study", folder->id_text, STUDY_ID_TEXT - 1) && study_id_read(folder->id_text, folder->id);
}

static int read_json(struct folder *folder, const cJSON *json, const char *shown, struct error *err)
{
    const char *schema = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "schema"));
    const char *program = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "program"));
    unsigned char id[STUDY_ID];
    char hash[65];
    if (schema == NULL || strcmp(schema, SCHEMA) != 0)
        return error_set(err, MILIEU_ERR_FOLDER, "%s: schema %.40s, not " SCHEMA, "%s : schéma %.40s, pas " SCHEMA,
                         shown, schema != NULL ? schema : "none");
    if (program == NULL || !read_geometry(json, &folder->geometry) || !read_parts(json, folder) ||
        !read_inputs(json, folder))
        return error_set(err, MILIEU_ERR_FOLDER, "%s cannot be understood", "%s est incompréhensible", shown);
    manifest_id((const char(*)[65])folder->part_hash, id);
    if (memcmp(id, folder->id, STUDY_ID) != 0)
        return error_set(err, MILIEU_ERR_FOLDER, "%s has been changed: its parts do not give its study's id",
                         "%s a été changé : ses parties ne donnent pas l'identité de l'étude", shown);
    sha256_hex(program, strlen(program), hash);
    if (strcmp(hash, folder->part_hash[PART_PROGRAM]) != 0)
        return error_set(err, MILIEU_ERR_FOLDER, "%s has been changed: the program it names is not the study's",
                         "%s a été changé : le programme qu'il nomme n'est pas celui de l'étude", shown);
    if ((folder->program = strdup(program)) == NULL)
        return error_set_memory(err);
    return 0;
}

int manifest_read(struct folder *folder, const char *text, const char *shown, struct error *err)
{
    cJSON *json = cJSON_Parse(text);
    int ret = json == NULL ? error_set(err, MILIEU_ERR_FOLDER, "%s cannot be understood: no JSON",
                                       "%s est incompréhensible : pas de JSON", shown)
                           : read_json(folder, json, shown, err);
    cJSON_Delete(json);
    return ret;
}
