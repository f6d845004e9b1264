#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "look.h"

#define MAX_EXTENDS 16 /* files, one on top of the other */

static void enlist(struct reading *reading, struct source *source)
{
    if (reading->last_source != NULL)
        reading->last_source->next = source;
    else
        reading->first_source = source;
    reading->last_source = source;
}

struct source *source_of_text(struct reading *reading, const char *name, const char *option, const char *folder,
                              const char *text, size_t length)
{
    struct source *source = reading_memory(reading, arena_alloc(reading->arena, sizeof *source));
    if (source == NULL)
        return NULL;
    *source = (struct source){ .name = name, .option = option, .folder = folder, .text = text, .length = length };
    enlist(reading, source);
    return source;
}

/* All there is to read, at most one byte over the limit. NULL: errno says why (0: no memory). */
static char *read_all(struct reading *reading, int file, size_t expected, size_t *length)
{
    size_t capacity = expected + 4096 < LOOK_MAX_FILE + 1 ? expected + 4096 : LOOK_MAX_FILE + 1, n = 0;
    char *text = malloc(capacity), *copy = NULL;
    ssize_t got = 1;
    while (text != NULL && got > 0 && n <= LOOK_MAX_FILE) {
        if (n == capacity) {
            size_t more = 2 * capacity < LOOK_MAX_FILE + 1 ? 2 * capacity : LOOK_MAX_FILE + 1;
            char *larger = realloc(text, more);
            if (larger == NULL)
                break;
            text = larger;
            capacity = more;
        }
        got = read(file, text + n, capacity - n);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            n += (size_t)got;
    }
    *length = n;
    if (text != NULL && got >= 0)
        copy = reading_memory(reading, arena_copy(reading->arena, text, n));
    else if (text == NULL || got > 0)
        reading->no_memory = true;
    free(text);
    return copy;
}

static const char *folder_of(struct reading *reading, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? "" : reading_memory(reading, arena_copy(reading->arena, path, (size_t)(slash - path) + 1));
}

/* An open file as a source: a folder and what is too large are complained of. */
static struct source *take_file(struct reading *reading, int file, const char *path, bool *missing)
{
    struct stat status;
    struct source *source = source_of_text(reading, path, NULL, "", "", 0);
    if (source == NULL)
        return NULL;
    if (fstat(file, &status) != 0) {
        *missing = true;
        return NULL;
    }
    if (S_ISDIR(status.st_mode)) {
        complain_at(reading, source, 0, "this is a folder, not a scenario file",
                    "c'est un dossier, non un fichier de scénario");
        return NULL;
    }
    source->device = (unsigned long long)status.st_dev;
    source->inode = (unsigned long long)status.st_ino;
    source->length = LOOK_MAX_FILE + 1;
    if (!S_ISREG(status.st_mode) || status.st_size <= (off_t)LOOK_MAX_FILE) {
        size_t expected = S_ISREG(status.st_mode) ? (size_t)status.st_size : 0;
        source->text = read_all(reading, file, expected, &source->length);
        *missing = source->text == NULL && !reading->no_memory;
    }
    if (source->text != NULL && source->length > LOOK_MAX_FILE)
        complain_at(reading, source, 0, "the file is larger than 32 MB", "le fichier dépasse 32 Mo");
    return source->text == NULL || source->length > LOOK_MAX_FILE ? NULL : source;
}

struct source *source_of_file(struct reading *reading, const char *path, bool *missing)
{
    bool is_input = strcmp(path, "-") == 0;
    int file = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct source *source;
    *missing = file < 0;
    if (file < 0)
        return NULL;
    path = reading_memory(reading, arena_copy(reading->arena, path, strlen(path)));
    source = path == NULL ? NULL : take_file(reading, file, path, missing);
    if (!is_input)
        close(file);
    if (source != NULL)
        source->folder = folder_of(reading, path);
    return source;
}

/* ---- extends ---- */

/* Inside the folder: no root, no way up. */
static bool stays_inside(const char *name)
{
    if (name[0] == '/' || name[0] == '\0')
        return false;
    for (const char *part = name; part != NULL; part = strchr(part, '/'), part = part != NULL ? part + 1 : NULL)
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return false;
    return true;
}

static const char *join(struct reading *reading, const char *folder, const char *name)
{
    size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] != '/' ? "/" : "";
    return reading_memory(reading, arena_print(reading->arena, "%s%s%s", folder, slash, name));
}

static bool is_regular(const char *path)
{
    struct stat status;
    return path != NULL && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static const char *find_file(struct reading *reading, const struct source *source, const char *name)
{
    const char *shipped = getenv("MILIEU_SCENARIOS");
    const char *path = source->folder != NULL ? join(reading, source->folder, name) : NULL;
    if (!is_regular(path) && shipped != NULL && shipped[0] != '\0')
        path = join(reading, shipped, name);
    return is_regular(path) ? path : NULL;
}

static bool is_circle(const struct source *source, const struct source *by)
{
    for (; by != NULL; by = by->extended_by)
        if (by->inode == source->inode && by->device == source->device && by->inode != 0)
            return true;
    return false;
}

static int depth_of(const struct source *source)
{
    int depth = 0;
    for (; source != NULL; source = source->extended_by)
        depth++;
    return depth;
}

struct source *source_of_extends(struct reading *reading, struct node *node)
{
    struct source *source = NULL;
    const char *name = node->is.text, *path;
    bool missing = false;
    if (!stays_inside(name)) {
        complain(reading, node, "extends = \"%s\" must name a file in this file's folder, or one shipped with milieu",
                 "extends = \"%s\" doit nommer un fichier du même dossier, ou livré avec milieu", name);
        return NULL;
    }
    path = find_file(reading, node->source, name);
    if (path != NULL)
        source = source_of_file(reading, path, &missing);
    if (reading->no_memory)
        return NULL;
    if (path == NULL || missing)
        complain(reading, node, "extends = \"%s\": there is no such file", "extends = \"%s\" : ce fichier n'existe pas",
                 name);
    else if (source == NULL)
        complain(reading, node, "extends = \"%s\" cannot be read", "extends = \"%s\" ne peut être lu", name);
    else if (is_circle(source, node->source) || depth_of(node->source) > MAX_EXTENDS) {
        complain(reading, node, "extends = \"%s\" goes round in a circle", "extends = \"%s\" tourne en rond", name);
        source = NULL;
    }
    if (source != NULL)
        source->extended_by = node->source;
    return source;
}
