#include "write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../sim/results/target.h"
#include "carried.h"

int page_check(bool with_engine, struct error *err)
{
    if (milieu_page_size == 0)
        return error_set(err, MILIEU_ERR_USAGE,
                         "this milieu was built without its page: that takes node, npm and the npm registry (make page "
                         "says what is missing)",
                         "ce milieu a été construit sans sa page\u00a0: il faut node, npm et le registre de npm "
                         "(make page dit ce qui manque)");
    if (with_engine && milieu_engine_size == 0)
        return error_set(
            err, MILIEU_ERR_USAGE,
            "this milieu was built without the page's engine: that takes emscripten (make page says what "
            "is missing); milieu report works",
            "ce milieu a été construit sans le moteur de la page\u00a0: il faut emscripten (make page dit ce "
            "qui manque)\u00a0; milieu report fonctionne");
    return 0;
}

/* ---- scenarios ---- */

cJSON *page_explorer(const char *kind, int lang)
{
    cJSON *page = cJSON_CreateObject();
    cJSON_AddStringToObject(page, "kind", kind);
    if (lang != PAGE_ANY_LANGUAGE)
        cJSON_AddStringToObject(page, "lang", lang == 1 ? "fr" : "en");
    cJSON_AddItemToObject(page, "tables", engine_tables()); /* for the engine to say them takes a while */
    cJSON_AddArrayToObject(page, "cases");
    cJSON_AddObjectToObject(page, "files");
    return page;
}

/* A file by the name that `extends` gives it: its path from the folder of the scenario, or of the shipped ones. */
static const char *name_in_folder(const char *path, const char *scenario_path)
{
    const char *shipped = getenv("MILIEU_SCENARIOS"), *slash = strrchr(scenario_path, '/');
    size_t own = slash != NULL ? (size_t)(slash - scenario_path) + 1 : 0, length = shipped ? strlen(shipped) : 0;
    if (own > 0 && strncmp(path, scenario_path, own) == 0)
        return path + own;
    if (length > 0 && strncmp(path, shipped, length) == 0 && path[length] == '/')
        return path + length + 1;
    return path;
}

/* The whole of a file that was read before; the caller frees it. NULL when it is gone. */
static char *text_of_file(const char *path)
{
    enum { MOST = 32 << 20 };
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size;
    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0 && size <= MOST && fseek(file, 0, SEEK_SET) == 0 &&
        (text = malloc((size_t)size + 1)) != NULL)
        text[fread(text, 1, (size_t)size, file)] = '\0';
    fclose(file);
    return text;
}

int page_add_case(cJSON *page, const struct scenario *scenario, const char *name, struct error *err)
{
    cJSON *files = cJSON_GetObjectItemCaseSensitive(page, "files"), *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", name);
    cJSON_AddStringToObject(object, "text", scenario->text);
    cJSON_AddStringToObject(object, "given", scenario->text_as_given != NULL ? scenario->text_as_given : "");
    cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(page, "cases"), object);
    for (int i = 1; i < scenario->num_files; i++) {
        const char *path = scenario->file[i], *as = name_in_folder(path, scenario->file[0]);
        char *text = cJSON_HasObjectItem(files, as) ? NULL : text_of_file(path);
        if (text == NULL && !cJSON_HasObjectItem(files, as))
            return error_set_system(err, MILIEU_ERR_INPUT, errno, "%s", "%s", path);
        if (text != NULL)
            cJSON_AddStringToObject(files, as, text);
        free(text);
    }
    return 0;
}

/* ---- writing ---- */

/* JSON inside a script element: `<` may stand in its texts alone, and is escaped, so that nothing ends the element. */
static void put_data(FILE *stream, const char *data)
{
    for (const char *c = data; *c != '\0'; c++)
        if (*c == '<')
            fputs("\\u003c", stream);
        else
            putc(*c, stream);
}

void page_put(FILE *stream, const char *data, bool with_engine, bool served)
{
    const char *from = milieu_page, *end = milieu_page + milieu_page_size;
    while (from < end) {
        const char *mark = memchr(from, '{', (size_t)(end - from));
        size_t left = mark != NULL ? (size_t)(end - mark) : 0, skip = 1;
        fwrite(from, 1, (size_t)((mark != NULL ? mark : end) - from), stream);
        if (mark == NULL)
            return;
        if (left > 11 && memcmp(mark, "{{connect}}", skip = 11) == 0)
            fputs(served ? "'self'" : "'none'", stream);
        else if (left > 8 && memcmp(mark, "{{data}}", skip = 8) == 0)
            put_data(stream, data);
        else if (left > 10 && memcmp(mark, "{{engine}}", skip = 10) == 0)
            fwrite(milieu_engine, 1, with_engine ? milieu_engine_size : 0, stream);
        else
            putc(*mark, stream), skip = 1;
        from = mark + skip;
    }
}

static int put_into_target(struct target *target, const char *data, bool with_engine, struct error *err)
{
    int fd = dup(target->fd), reason = errno;
    FILE *stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool failed = stream == NULL;
    if (stream != NULL) {
        page_put(stream, data, with_engine, false);
        failed = ferror(stream) != 0;
        reason = errno;
        if (fclose(stream) != 0 && !failed) {
            failed = true;
            reason = errno;
        }
    } else if (fd >= 0) {
        close(fd);
    }
    if (failed)
        return error_set_system(err, MILIEU_ERR_OUTPUT, reason, "cannot write %s", "impossible d'écrire %s",
                                target->path);
    return target_commit(target, err);
}

int page_write(const char *path, cJSON *page, bool with_engine, const char *const *inputs, int num_inputs,
               struct error *err)
{
    struct target target = { .fd = -1 };
    char *data = cJSON_PrintUnformatted(page);
    int ret;
    cJSON_Delete(page);
    if (data == NULL)
        return error_set_memory(err);
    ret = target_begin(&target, path, inputs, num_inputs, err);
    if (ret == 0)
        ret = put_into_target(&target, data, with_engine, err);
    target_drop(&target);
    cJSON_free(data);
    return ret;
}
