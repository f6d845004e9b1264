#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../results/sha256.h"
#include "manifest.h"
#include "origin.h"

#define MANIFEST "manifest.json"
#define INPUTS "study"
#define PART_SUFFIX ".part"

static const char *const part_words[NUM_FOLDER_PARTS][2] = {
#define X(part, name, english, french) { english, french },
#include "folder_parts.def"
#undef X
};

static const char *const sub_folder[] = { "journal", "claims", "log" };
enum { NUM_SUB_FOLDERS = sizeof sub_folder / sizeof sub_folder[0] };

static int cannot_write(const char *path, struct error *err)
{
    return error_set_system(err, MILIEU_ERR_OUTPUT, errno, "cannot write %s", "impossible d'écrire %s", path);
}

/* a/b, a/b/c; NULL when memory is short. */
static char *joined(const char *a, const char *b, const char *c)
{
    size_t size = strlen(a) + strlen(b) + (c != NULL ? strlen(c) + 1 : 0) + 2;
    char *text = malloc(size);
    if (text != NULL)
        snprintf(text, size, c != NULL ? "%s/%s/%s" : "%s/%s", a, b, c);
    return text;
}

char *folder_path(const struct folder *self, const char *sub, const char *name)
{
    return joined(self->path, sub, name);
}

/* ---- files ---- */

static int write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t now = write(fd, data, length);
        if (now < 0 && errno == EINTR)
            continue;
        if (now == 0)
            errno = ENOSPC;
        if (now <= 0)
            return -1;
        data += now;
        length -= (size_t)now;
    }
    return 0;
}

/* A new file, on the disk when it returns. */
static int write_file(const char *path, const void *data, size_t length, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), ret = 0;
    if (fd < 0)
        return cannot_write(path, err);
    if (write_all(fd, data, length) != 0 || fsync(fd) != 0)
        ret = cannot_write(path, err);
    if (close(fd) != 0 && ret == 0)
        ret = cannot_write(path, err);
    if (ret != 0)
        unlink(path);
    return ret;
}

/* All of a file, with a NUL behind it; missing: MILIEU_ERR_FOLDER. */
static int read_file(const char *path, char **data, size_t *length, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), ret = 0;
    size_t size, filled = 0;
    struct stat st;
    *data = NULL;
    *length = 0;
    if (fd < 0 && errno == ENOENT)
        return error_set(err, MILIEU_ERR_FOLDER, "%s is missing", "il manque %s", path);
    if (fd < 0 || fstat(fd, &st) != 0) {
        ret = error_set_system(err, MILIEU_ERR_INPUT, errno, "cannot read %s", "impossible de lire %s", path);
        goto out;
    }
    size = (size_t)st.st_size;
    if ((*data = malloc(size + 1)) == NULL) {
        ret = error_set_memory(err);
        goto out;
    }
    while (filled < size) {
        ssize_t now = read(fd, *data + filled, size - filled);
        if (now < 0 && errno == EINTR)
            continue;
        if (now < 0)
            ret = error_set_system(err, MILIEU_ERR_INPUT, errno, "cannot read %s", "impossible de lire %s", path);
        if (now <= 0)
            break;
        filled += (size_t)now;
    }
    (*data)[filled] = '\0';
    *length = filled;
out:
    if (fd >= 0)
        close(fd);
    if (ret != 0) {
        free(*data);
        *data = NULL;
    }
    return ret;
}

static void sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

/* ---- what is there already ---- */

static bool ends_in(const char *name, const char *suffix)
{
    size_t length = strlen(name), end = strlen(suffix);
    return length >= end && strcmp(name + length - end, suffix) == 0;
}

static bool is_ours(const char *name)
{
    bool ours = strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, INPUTS) == 0 ||
                strcmp(name, MANIFEST) == 0 || ends_in(name, PART_SUFFIX);
    for (int i = 0; i < NUM_SUB_FOLDERS; i++)
        ours = ours || strcmp(name, sub_folder[i]) == 0;
    return ours;
}

bool folder_exists(const char *path)
{
    char *manifest = joined(path, MANIFEST, NULL);
    bool there = manifest != NULL && access(manifest, F_OK) == 0;
    free(manifest);
    return there;
}

/* The first name in a folder that `accept` does not; false when there is none, or no folder. */
static bool find_other(const char *path, bool (*accept)(const char *name), char *out, size_t size)
{
    DIR *dir = opendir(path);
    bool found = false;
    for (struct dirent *entry; !found && dir != NULL && (entry = readdir(dir)) != NULL;)
        if (!accept(entry->d_name)) {
            snprintf(out, size, "%s", entry->d_name);
            found = true;
        }
    if (dir != NULL)
        closedir(dir);
    return found;
}

static bool is_no_journal(const char *name)
{
    return !ends_in(name, JOURNAL_SUFFIX);
}

/* A folder without a manifest must be as good as empty: nothing that is not ours, and no journals. */
static int check_new(const char *path, struct error *err)
{
    char name[256], *journals = joined(path, "journal", NULL);
    bool journal;
    if (journals == NULL)
        return error_set_memory(err);
    journal = find_other(journals, is_no_journal, name, sizeof name);
    free(journals);
    if (folder_exists(path)) /* made meanwhile */
        return 0;
    if (journal)
        return error_set(err, MILIEU_ERR_FOLDER, "%s has journals (%s) but no " MANIFEST,
                         "%s a des journaux (%s) mais pas de " MANIFEST, path, name);
    if (find_other(path, is_ours, name, sizeof name))
        return error_set(err, MILIEU_ERR_FOLDER, "%s is not empty and holds no study (it has %s)",
                         "%s n'est pas vide et ne contient pas d'étude (il y a %s)", path, name);
    return 0;
}

/* ---- making ---- */

static int make_one(const char *path, struct error *err)
{
    struct stat st;
    if (mkdir(path, 0777) == 0)
        return 0;
    if (errno != EEXIST)
        return cannot_write(path, err);
    if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
        return error_set(err, MILIEU_ERR_OUTPUT, "cannot write %s: it is not a folder",
                         "impossible d'écrire %s : ce n'est pas un dossier", path);
    return 0;
}

static int make_sub_folders(const struct folder *self, struct error *err)
{
    int ret = 0;
    for (int i = 0; ret == 0 && i < NUM_SUB_FOLDERS; i++) {
        char *path = joined(self->path, sub_folder[i], NULL);
        ret = path == NULL ? error_set_memory(err) : make_one(path, err);
        free(path);
    }
    return ret;
}

/* DIR/<name>.<host>-<pid>-<n>.part, where nothing is; NULL when memory is short. */
static char *part_path(const char *path, const char *name)
{
    struct origin us;
    origin_of_this_process(&us);
    for (int n = 0;; n++) {
        char text[256], *part;
        snprintf(text, sizeof text, "%s.%s-%" PRId64 "-%d" PART_SUFFIX, name, us.host, us.pid, n);
        part = joined(path, text, NULL);
        if (part == NULL || access(part, F_OK) != 0)
            return part;
        free(part);
    }
}

static int write_inputs(const struct folder_spec *spec, const char *part, struct error *err)
{
    int ret = 0;
    if (mkdir(part, 0777) != 0)
        return cannot_write(part, err);
    for (int i = 0; ret == 0 && i < spec->num_inputs; i++) {
        char *path = joined(part, spec->input[i].name, NULL);
        ret = path == NULL ? error_set_memory(err) : write_file(path, spec->input[i].data, spec->input[i].length, err);
        free(path);
    }
    return ret;
}

static void remove_inputs(const struct folder_spec *spec, const char *part)
{
    for (int i = 0; i < spec->num_inputs; i++) {
        char *path = joined(part, spec->input[i].name, NULL);
        if (path != NULL)
            unlink(path);
        free(path);
    }
    rmdir(part);
}

/* Inputs are there that another process put there, and no manifest: they must be the same. */
static int compare_inputs(const struct folder *self, const struct folder_spec *spec, struct error *err)
{
    for (int i = 0; i < spec->num_inputs; i++) {
        char *path = joined(self->path, INPUTS, spec->input[i].name), *data = NULL;
        size_t length = 0;
        int ret = path == NULL ? error_set_memory(err) : read_file(path, &data, &length, err);
        bool same = data != NULL && length == spec->input[i].length && memcmp(data, spec->input[i].data, length) == 0;
        free(path);
        free(data);
        if (ret != 0 && ret != MILIEU_ERR_FOLDER)
            return ret;
        if (!same && !folder_exists(self->path))
            return error_set(err, MILIEU_ERR_FOLDER,
                             "%s/" INPUTS " has another study's %s, and there is no " MANIFEST
                             ": remove the folder, unless it is just being made",
                             "%s/" INPUTS " contient %s d'une autre étude, et il n'y a pas de " MANIFEST
                             " : enlevez le dossier, à moins qu'il ne soit en train d'être fait",
                             self->path, spec->input[i].name);
    }
    return 0;
}

/* DIR/study, all at once: the first wins. */
static int make_inputs(const struct folder *self, const struct folder_spec *spec, struct error *err)
{
    char *part = part_path(self->path, INPUTS), *final = joined(self->path, INPUTS, NULL);
    int ret;
    if (part == NULL || final == NULL) {
        ret = error_set_memory(err);
        goto out;
    }
    ret = write_inputs(spec, part, err);
    if (ret == 0 && rename(part, final) != 0) {
        ret = errno == EEXIST || errno == ENOTEMPTY ? compare_inputs(self, spec, err) : cannot_write(final, err);
        remove_inputs(spec, part);
    } else if (ret != 0) {
        remove_inputs(spec, part);
    }
out:
    free(part);
    free(final);
    return ret;
}

/* What the manifest will say, from the spec. */
static int describe(struct folder *self, const struct folder_spec *spec, struct error *err)
{
    const char *program = spec->part[PART_PROGRAM] != NULL ? spec->part[PART_PROGRAM] : "";
    int ret;
    if ((ret = geometry_init(&self->geometry, &spec->plan, &spec->sizes, err)) != 0)
        return ret;
    for (int p = 0; p < NUM_FOLDER_PARTS; p++) {
        const char *text = spec->part[p] != NULL ? spec->part[p] : "";
        sha256_hex(text, strlen(text), self->part_hash[p]);
    }
    folder_study_id(spec, self->id, NULL);
    study_id_text(self->id, self->id_text);
    for (int i = 0; i < spec->num_inputs; i++) {
        snprintf(self->input_name[i], FOLDER_INPUT_NAME, "%s", spec->input[i].name);
        sha256_hex(spec->input[i].data, spec->input[i].length, self->input_hash[i]);
    }
    self->num_inputs = spec->num_inputs;
    return (self->program = strdup(program)) == NULL ? error_set_memory(err) : 0;
}

/* Written whole, then linked: the first wins. */
static int make_manifest(struct folder *self, struct error *err)
{
    char *part = part_path(self->path, MANIFEST), *final = joined(self->path, MANIFEST, NULL);
    char *text = manifest_write(self);
    int ret;
    if (part == NULL || final == NULL || text == NULL) {
        ret = error_set_memory(err);
        goto out;
    }
    if ((ret = write_file(part, text, strlen(text), err)) != 0)
        goto out;
    if (link(part, final) == 0)
        self->made = true;
    else if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS)
        ret = error_set_system(err, MILIEU_ERR_OUTPUT, errno, "cannot write %s (a study's folder needs hard links)",
                               "impossible d'écrire %s (le dossier d'une étude demande des liens physiques)", final);
    else if (errno != EEXIST)
        ret = cannot_write(final, err);
    unlink(part);
    sync_folder(self->path);
out:
    free(part);
    free(final);
    manifest_free(text);
    return ret;
}

static int make(char *path, const struct folder_spec *spec, bool *made, struct error *err)
{
    struct folder draft = { .path = path };
    int ret;
    if ((ret = make_one(path, err)) != 0 || (ret = check_new(path, err)) != 0 || folder_exists(path))
        return ret;
    if ((ret = describe(&draft, spec, err)) == 0 && (ret = make_inputs(&draft, spec, err)) == 0 && !folder_exists(path))
        ret = make_manifest(&draft, err);
    *made = draft.made;
    free(draft.program);
    return ret;
}

/* ---- opening ---- */

int folder_study_id(const struct folder_spec *spec, unsigned char id[STUDY_ID], struct error *err)
{
    char hash[NUM_FOLDER_PARTS][65];
    (void)err;
    for (int p = 0; p < NUM_FOLDER_PARTS; p++) {
        const char *text = spec->part[p] != NULL ? spec->part[p] : "";
        sha256_hex(text, strlen(text), hash[p]);
    }
    manifest_id((const char(*)[65])hash, id);
    return 0;
}

static int read_manifest(struct folder *self, struct error *err)
{
    char *path = joined(self->path, MANIFEST, NULL), *text = NULL;
    size_t length = 0;
    int ret = path == NULL ? error_set_memory(err) : read_file(path, &text, &length, err);
    if (ret == 0)
        ret = manifest_read(self, text, path, err);
    free(path);
    free(text);
    return ret;
}

static int check_inputs(const struct folder *self, struct error *err)
{
    int ret = 0;
    for (int i = 0; ret == 0 && i < self->num_inputs; i++) {
        char *data;
        size_t length = 0;
        ret = folder_read_input(self, self->input_name[i], &data, &length, err);
        free(data);
    }
    return ret;
}

int folder_read_input(const struct folder *self, const char *name, char **data, size_t *length, struct error *err)
{
    char *path = joined(self->path, INPUTS, name), hash[65];
    int ret = path == NULL ? error_set_memory(err) : 0;
    *data = NULL;
    if (ret == 0 && (ret = read_file(path, data, length, err)) == 0) {
        sha256_hex(*data, *length, hash);
        for (int i = 0; i < self->num_inputs; i++)
            if (strcmp(self->input_name[i], name) == 0 && strcmp(self->input_hash[i], hash) != 0)
                ret = error_set(err, MILIEU_ERR_FOLDER, "%s has been changed since the study was begun",
                                "%s a été changé depuis le début de l'étude", path);
    }
    if (ret != 0) {
        free(*data);
        *data = NULL;
    }
    free(path);
    return ret;
}

/* What has changed, in words of a language. */
static void name_changes(const struct folder *self, const struct folder_spec *spec, int lang, char *out, size_t size)
{
    static const char *const was[2] = { " (it was begun with %.120s)", " (commencée avec %.120s)" };
    char hash[65];
    out[0] = '\0';
    for (int p = 0; p < NUM_FOLDER_PARTS; p++) {
        const char *text = spec->part[p] != NULL ? spec->part[p] : "";
        size_t length = strlen(out);
        sha256_hex(text, strlen(text), hash);
        if (strcmp(hash, self->part_hash[p]) != 0)
            snprintf(out + length, size - length, "%s%s", length > 0 ? ", " : "", part_words[p][lang]);
    }
    sha256_hex(spec->part[PART_PROGRAM] != NULL ? spec->part[PART_PROGRAM] : "",
               spec->part[PART_PROGRAM] != NULL ? strlen(spec->part[PART_PROGRAM]) : 0, hash);
    if (strcmp(hash, self->part_hash[PART_PROGRAM]) != 0) {
        size_t length = strlen(out);
        snprintf(out + length, size - length, was[lang], self->program);
    }
}

/* Both ids, and what has changed. */
static int other_study(const struct folder *self, const struct folder_spec *spec, struct error *err)
{
    unsigned char id[STUDY_ID];
    char ours[STUDY_ID_TEXT], changed[2][640];
    folder_study_id(spec, id, NULL);
    study_id_text(id, ours);
    for (int lang = 0; lang < 2; lang++)
        name_changes(self, spec, lang, changed[lang], sizeof changed[lang]);
    return error_set_because(err, MILIEU_ERR_FOLDER, ((struct reason){ { changed[0], changed[1] } }),
                             "%s holds study %s, and this is study %s; changed",
                             "%s contient l'étude %s, et celle-ci est l'étude %s ; ce qui a changé", self->path,
                             self->id_text, ours);
}

static int open_there(struct folder *self, const struct folder_spec *spec, struct error *err)
{
    unsigned char id[STUDY_ID];
    int ret;
    if ((ret = read_manifest(self, err)) != 0)
        return ret;
    if (spec != NULL) {
        folder_study_id(spec, id, NULL);
        if (memcmp(id, self->id, STUDY_ID) != 0)
            return other_study(self, spec, err);
        if (memcmp(&spec->plan, &self->geometry.plan, sizeof spec->plan) != 0)
            return error_set(err, MILIEU_ERR_FOLDER, "%s/" MANIFEST " has been changed: its runs are not the study's",
                             "%s/" MANIFEST " a été changé : ses exécutions ne sont pas celles de l'étude", self->path);
    }
    return check_inputs(self, err);
}

static int begin(struct folder *self, const char *path, struct error *err)
{
    *self = (struct folder){ .path = strdup(path) };
    return self->path == NULL ? error_set_memory(err) : 0;
}

static int check_spec(const struct folder_spec *spec, struct error *err)
{
    if (spec->num_inputs < 0 || spec->num_inputs > FOLDER_MAX_INPUTS)
        return error_set(err, MILIEU_ERR_USAGE, "a study has at most %d inputs", "une étude a au plus %d entrées",
                         FOLDER_MAX_INPUTS);
    for (int i = 0; i < spec->num_inputs; i++) {
        const char *name = spec->input[i].name;
        if (strlen(name) >= FOLDER_INPUT_NAME || name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL)
            return error_set(err, MILIEU_ERR_USAGE, "%s: not a name for an input", "%s : ce n'est pas un nom d'entrée",
                             name);
    }
    return 0;
}

int folder_create_or_open(struct folder *self, const char *path, const struct folder_spec *spec, struct error *err)
{
    bool made = false;
    int ret;
    if ((ret = begin(self, path, err)) != 0 || (ret = check_spec(spec, err)) != 0)
        return ret;
    if (!folder_exists(path) && (ret = make(self->path, spec, &made, err)) != 0)
        return ret;
    if ((ret = open_there(self, spec, err)) != 0)
        return ret;
    self->made = made;
    return make_sub_folders(self, err);
}

int folder_open(struct folder *self, const char *path, struct error *err)
{
    int ret;
    if ((ret = begin(self, path, err)) != 0)
        return ret;
    if (!folder_exists(path))
        return error_set(err, MILIEU_ERR_INPUT, "%s holds no study (there is no " MANIFEST ")",
                         "%s ne contient pas d'étude (il n'y a pas de " MANIFEST ")", path);
    return open_there(self, NULL, err);
}

void folder_free(struct folder *self)
{
    free(self->path);
    free(self->program);
    *self = (struct folder){ .path = NULL };
}
