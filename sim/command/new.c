#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "inputs.h"
#include "nearest.h"

#define MOST_SCENARIOS 256
#define MOST_BYTES (1 << 20)

/* ---- the scenario to start from ---- */

static int append_bytes(char **text, size_t *length, FILE *file)
{
    size_t had = 0;
    *length = 0;
    do {
        char *grown = realloc(*text, *length + 65536);
        if (grown == NULL)
            return MILIEU_ERR_MEMORY;
        *text = grown;
        had = fread(*text + *length, 1, 65535, file);
        *length += had;
    } while (had > 0 && *length < MOST_BYTES);
    (*text)[*length] = '\0';
    return ferror(file) ? MILIEU_ERR_INPUT : 0;
}

/* The whole of a file; the caller frees `text` in any case. */
static int read_text(const char *path, char **text, size_t *length, struct error *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return error_set_system(err, MILIEU_ERR_INPUT, errno, "%s", "%s", path);
    int ret = append_bytes(text, length, file);
    if (ret != 0)
        error_set(err, ret, "%s", "%s", path);
    fclose(file);
    return ret;
}

/* Names of the shipped scenarios, without ".cfg", each to be freed. */
static size_t list_shipped(const char *folder, char *names[MOST_SCENARIOS])
{
    size_t count = 0;
    DIR *entries = opendir(folder);
    struct dirent *entry;
    while (entries != NULL && count < MOST_SCENARIOS && (entry = readdir(entries)) != NULL) {
        size_t length = strlen(entry->d_name);
        if (length > 4 && strcmp(entry->d_name + length - 4, ".cfg") == 0 &&
            (names[count] = strndup(entry->d_name, length - 4)) != NULL)
            count++;
    }
    if (entries != NULL)
        closedir(entries);
    return count;
}

static int by_name(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;
    return strcmp(*left, *right);
}

static int no_such_preset(const char *folder, const char *name, struct error *err)
{
    char *names[MOST_SCENARIOS], list[700] = "";
    size_t count = list_shipped(folder, names), length = 0;
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count && length + strlen(names[i]) + 3 < sizeof list; i++)
        length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", i > 0 ? ", " : "", names[i]);
    const char *near = nearest_name(name, (const char *const *)names, count);
    if (near != NULL)
        error_set_word(err, MILIEU_ERR_INPUT, WORD_PRESET_UNKNOWN_NEAR, name, near, list);
    else
        error_set_word(err, MILIEU_ERR_INPUT, WORD_PRESET_UNKNOWN, name, list);
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    return MILIEU_ERR_INPUT;
}

/* Where the scenario to start from is: a path, or the name of a shipped one. */
static int find_preset(const char *name, char *path, size_t size, struct error *err)
{
    char folder[4096];
    if (strchr(name, '/') != NULL)
        return snprintf(path, size, "%s", name) < (int)size ? 0 : error_set(err, MILIEU_ERR_INPUT, "%s", "%s", name);
    if (!input_shipped_folder(folder, sizeof folder))
        return error_set_word(err, MILIEU_ERR_INPUT, WORD_NO_SHIPPED);
    size_t length = strlen(name);
    bool whole = length > 4 && strcmp(name + length - 4, ".cfg") == 0;
    if (snprintf(path, size, "%s/%s%s", folder, name, whole ? "" : ".cfg") >= (int)size || access(path, R_OK) != 0)
        return no_such_preset(folder, name, err);
    return 0;
}

/* ---- the new one ---- */

/* The id a file's name suggests: its letters and digits, in lower case, the rest made hyphens. */
static void id_of_path(char *id, size_t size, const char *path)
{
    const char *name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    size_t length = 0;
    for (; *name != '\0' && *name != '.' && length + 1 < size; name++) {
        char c = (char)tolower((unsigned char)*name);
        bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (fits || (length > 0 && id[length - 1] != '-'))
            id[length++] = fits ? c : '-';
    }
    while (length > 0 && id[length - 1] == '-')
        length--;
    id[length] = '\0';
}

/* Writes the text with the value of its first line `id = "..."` at the margin replaced. */
static bool write_with_id(FILE *file, const char *text, size_t length, const char *id)
{
    const char *line = text;
    while (line != NULL && !(strncmp(line, "id", 2) == 0 && line[2 + strspn(line + 2, " \t")] == '='))
        line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL;
    const char *begin = line != NULL ? line + strcspn(line, "\"\n") : NULL;
    const char *end = begin != NULL && *begin == '"' ? begin + 1 + strcspn(begin + 1, "\"\n") : NULL;
    if (*id == '\0' || end == NULL || *end != '"')
        return fwrite(text, 1, length, file) == length;
    size_t before = (size_t)(begin + 1 - text), after = length - (size_t)(end - text);
    return fwrite(text, 1, before, file) == before && fputs(id, file) >= 0 && fwrite(end, 1, after, file) == after;
}

/* Makes the file, which must not be there yet. */
static int write_new(const char *path, const char *text, size_t length, struct error *err)
{
    char id[64];
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (descriptor < 0 && errno == EEXIST)
        return error_set_word(err, MILIEU_ERR_OUTPUT, WORD_NEW_EXISTS, path);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "wb") : NULL;
    if (file == NULL) {
        error_set_system(err, MILIEU_ERR_OUTPUT, errno, "%s", "%s", path);
        if (descriptor >= 0)
            close(descriptor);
        return MILIEU_ERR_OUTPUT;
    }
    id_of_path(id, sizeof id, path);
    bool written = write_with_id(file, text, length, id);
    if (fclose(file) == 0 && written)
        return 0;
    error_set_system(err, MILIEU_ERR_OUTPUT, errno, "%s", "%s", path);
    unlink(path);
    return MILIEU_ERR_OUTPUT;
}

int command_new(struct call *call, struct error *err)
{
    const struct terminal *t = &call->terminal;
    const char *from = call->options.from != NULL ? call->options.from : "baseline";
    char path[4352];
    char *text = NULL;
    size_t length = 0;
    if (call->num_operands != 1 || strcmp(call->operand[0], "-") == 0)
        return wrong_operands(call, err);
    int ret = find_preset(from, path, sizeof path, err);
    if (ret == 0)
        ret = read_text(path, &text, &length, err);
    if (ret == 0)
        ret = write_new(call->operand[0], text, length, err);
    if (ret == 0)
        say(t, WORD_NEW_DONE, call->operand[0], from, call->operand[0], call->operand[0]);
    free(text);
    return ret;
}
