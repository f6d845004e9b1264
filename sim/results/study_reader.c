#define _XOPEN_SOURCE 700 /* realpath */

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "study_inside.h"

int study_inside_status(struct study_file *self, struct store *store, const char *what, struct error *err)
{
    if (!store->failed)
        return 0;
    store->failed = false;
    return error_set_because(err, MILIEU_ERR_RESULTS, store_reason(store), "%s: cannot read %s",
                             "%s : impossible de lire %s", self->path, what);
}

/* ---- shards ---- */

/* `name` in the folder of the file, whatever links lead to it. The caller frees it. */
static char *beside(const char *path, const char *name)
{
    char *real = realpath(path, NULL), *slash = real == NULL ? NULL : strrchr(real, '/'), *joined = NULL;
    if (slash != NULL) {
        size_t folder = (size_t)(slash - real) + 1;
        joined = malloc(folder + strlen(name) + 1);
        if (joined != NULL) {
            memcpy(joined, real, folder);
            strcpy(joined + folder, name);
        }
    }
    free(real);
    return joined;
}

static int unreadable_shard(const struct study_file *self, const struct study_piece *piece, int number,
                            struct error *err)
{
    return error_set_system(
        err, MILIEU_ERR_RESULTS, number, "%s: part of it is in %s, which must be in the same folder",
        "%s : une partie en est dans %s, qui doit être dans le même dossier", self->path, piece->path);
}

static int check_bytes(const struct study_file *self, const struct study_piece *piece, int fd, struct error *err)
{
    enum { BLOCK = 1 << 16 };
    unsigned char block[BLOCK];
    uLong crc = crc32(0, NULL, 0);
    ssize_t length;
    while ((length = read(fd, block, BLOCK)) > 0)
        crc = crc32(crc, block, (uInt)length);
    if (length < 0)
        return unreadable_shard(self, piece, errno, err);
    if ((uint32_t)crc != piece->crc)
        return error_set(err, MILIEU_ERR_RESULTS,
                         "%s: part of it is in %s, which is not as it was written: merge again",
                         "%s : une partie en est dans %s, qui n'est plus telle qu'écrite : fusionnez à nouveau",
                         self->path, piece->path);
    return 0;
}

static int check_shard(const struct study_file *self, const struct study_piece *piece, struct error *err)
{
    struct stat st;
    int fd, ret;
    if (piece->path == NULL)
        return error_set_memory(err);
    fd = open(piece->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return unreadable_shard(self, piece, errno, err);
    if (fstat(fd, &st) != 0)
        ret = unreadable_shard(self, piece, errno, err);
    else if (st.st_size != (off_t)piece->bytes)
        ret = error_set(err, MILIEU_ERR_RESULTS,
                        "%s: part of it is in %s, which has %lld bytes instead of %lld: merge again",
                        "%s : une partie en est dans %s, qui a %lld octets au lieu de %lld : fusionnez à nouveau",
                        self->path, piece->path, (long long)st.st_size, (long long)piece->bytes);
    else
        ret = check_bytes(self, piece, fd, err);
    close(fd);
    return ret;
}

static void read_numbers(struct store *store, const char *name, int count, int64_t *out)
{
    const hsize_t start = 0, length = (hsize_t)count;
    fetch_block(store, "shards", name, 1, &start, &length, H5T_NATIVE_INT64, out);
}

/* What the file says of its shards; `number` and `name` have room for all of them. */
static void read_shard_columns(struct study_file *self, struct study_piece *piece, int64_t *number, char **name)
{
    struct store *store = &self->inside->store;
    int n = self->num_shards;
    read_numbers(store, "first_point", n, number);
    for (int i = 0; !store->failed && i < n; i++)
        piece[i].first = number[i];
    read_numbers(store, "points", n, number);
    for (int i = 0; !store->failed && i < n; i++)
        piece[i].points = number[i];
    read_numbers(store, "bytes", n, number);
    for (int i = 0; !store->failed && i < n; i++)
        piece[i].bytes = number[i];
    read_numbers(store, "crc32", n, number);
    for (int i = 0; !store->failed && i < n; i++)
        piece[i].crc = (uint32_t)number[i];
    for (int i = 0; !store->failed && i < n; i++)
        if (strchr(name[i], '/') != NULL || (piece[i].path = beside(self->path, name[i])) == NULL)
            store_fail(store, "the name of a shard cannot be", "le nom d'un fragment ne peut être");
}

static void read_shards(struct study_file *self, struct study_piece *piece)
{
    struct store *store = &self->inside->store;
    size_t n = (size_t)self->num_shards;
    char **name = fetch_texts(store, "shards", "file", n);
    int64_t *number = calloc(n, sizeof *number);
    self->shard_above = fetch_number_of_group(store, "shards", "shard_above", 0);
    if (number == NULL || name == NULL)
        store_fail_memory(store);
    else
        read_shard_columns(self, piece, number, name);
    fetch_free_texts(name, n);
    free(number);
}

/* Shards must follow one another to the last point. */
static void check_ranges(struct study_file *self)
{
    int64_t next = 0;
    for (int i = 0; i < self->inside->num_pieces; i++) {
        const struct study_piece *piece = &self->inside->piece[i];
        if (piece->first != next || piece->points <= 0 || piece->points > self->num_points - next)
            store_fail(&self->inside->store, "its shards do not follow one another", "ses fragments ne se suivent pas");
        next = piece->first + piece->points;
    }
    if (next != self->num_points)
        store_fail(&self->inside->store, "its shards do not reach the last point",
                   "ses fragments n'atteignent pas le dernier point");
}

static int open_pieces(struct study_file *self, struct error *err)
{
    struct study_reader *inside = self->inside;
    int n = self->num_shards > 0 ? self->num_shards : 1, ret;
    if ((inside->piece = calloc((size_t)n, sizeof *inside->piece)) == NULL)
        return error_set_memory(err);
    inside->num_pieces = n;
    if (self->num_shards == 0)
        inside->piece[0].points = self->num_points;
    else
        read_shards(self, inside->piece);
    if (!inside->store.failed)
        check_ranges(self);
    ret = study_inside_status(self, &inside->store, "its shards", err);
    for (int i = 0; i < self->num_shards && ret == 0; i++)
        ret = check_shard(self, &inside->piece[i], err);
    return ret;
}

/* ---- opening ---- */

static void read_titles(struct study_file *self)
{
    struct store *store = &self->inside->store;
    self->study_id = fetch_text_attribute(store, store->file, "study_id");
    self->name = fetch_text_attribute(store, store->file, "study_name");
    self->title = fetch_text_attribute(store, store->file, "title");
    self->source = fetch_text_attribute(store, store->file, "source");
    self->method = fetch_text_attribute(store, store->file, "design_method");
    self->uncertainty = fetch_text_attribute(store, store->file, "uncertainty");
    self->study_text = fetch_text(store, "study", "study");
    self->scenario_text = fetch_text(store, "study", "scenario");
    self->points_text = fetch_text(store, "study", "points");
    self->seed = (uint32_t)fetch_number_attribute(store, "seed", 0);
    self->runs_done = fetch_number_attribute(store, "runs_done", 0);
    self->complete = fetch_number_attribute(store, "complete", 0) == 1;
}

static int length_or_0(struct store *store, const char *group, const char *name)
{
    return fetch_exists(store, group, name) ? (int)fetch_length(store, group, name) : 0;
}

static void read_lengths(struct study_file *self)
{
    struct store *store = &self->inside->store;
    hsize_t length[2] = { 0, 0 };
    hid_t array = fetch_open(store, "/", "status");
    fetch_lengths(store, array, 2, length);
    store_put_away(store, &array);
    if (length[0] == 0 || length[0] > INT64_MAX || length[1] == 0 || length[1] > INT32_MAX)
        store_fail(store, "its numbers of points and replications cannot be",
                   "ses nombres de points et de réplications ne peuvent être");
    self->num_points = (int64_t)length[0];
    self->num_replications = (int)length[1];
    self->num_factors = length_or_0(store, "design", "factor");
    self->num_words = length_or_0(store, "design", "word");
    self->num_arms = (int)fetch_length(store, "responses", "arm");
    self->num_places = (int)fetch_length(store, "responses", "clinic");
    self->num_shards = length_or_0(store, "shards", "shard");
    self->num_failures = length_or_0(store, "failures", "failure");
    self->has_contrast = fetch_exists(store, "contrast", "mean");
    if (self->num_arms < 1 || self->num_places < 1)
        store_fail(store, "it has no arms or no clinics", "il n'a pas de bras ou pas de cliniques");
}

static void read_names(struct study_file *self)
{
    struct store *store = &self->inside->store;
    size_t n = (size_t)self->num_factors;
    self->arm_id = fetch_texts(store, "responses", "arm", (size_t)self->num_arms);
    self->place_id = fetch_texts(store, "responses", "clinic", (size_t)self->num_places);
    if (n > 0) {
        self->factor = fetch_texts(store, "design", "factor", n);
        self->path_of = fetch_texts(store, "design", "path", n);
        self->kind = fetch_texts(store, "design", "kind", n);
        self->unit = fetch_texts(store, "design", "unit", n);
    }
    if (n > 0 && self->num_words > 0)
        self->word = fetch_texts(store, "design", "words", n * (size_t)self->num_words);
}

/* Is it ours, and was it finished? */
static int check_schema(struct study_file *self, struct error *err)
{
    struct store *store = &self->inside->store;
    char *schema = fetch_text_attribute(store, store->file, "schema");
    int ret = 0;
    if (store->failed || schema == NULL || strncmp(schema, "milieu-study/", 13) != 0)
        ret = error_set(err, MILIEU_ERR_RESULTS, "%s: not the file of a study", "%s : pas le fichier d'une étude",
                        self->path);
    else if (strcmp(schema, STUDY_FILE_SCHEMA ", shard") == 0)
        ret = error_set(err, MILIEU_ERR_RESULTS, "%s: only a part of a study: open the file it belongs to",
                        "%s : une partie d'étude seulement : ouvrez le fichier dont elle fait partie", self->path);
    else if (strcmp(schema, STUDY_FILE_SCHEMA) != 0)
        ret = error_set(err, MILIEU_ERR_RESULTS, "%s: of schema %s; this version reads %s",
                        "%s : de schéma %s ; cette version lit %s", self->path, schema, STUDY_FILE_SCHEMA);
    else if (fetch_number_attribute(store, "complete", -1) < 0)
        ret = error_set(err, MILIEU_ERR_RESULTS, "%s: not complete: the merge that wrote it did not end",
                        "%s : incomplet : la fusion qui l'a écrit ne s'est pas terminée", self->path);
    free(schema);
    return ret;
}

static int open_file(struct study_file *self, struct error *err)
{
    struct store *store = &self->inside->store;
    int ret;
    if (access(self->path, R_OK) != 0)
        return error_set_system(err, MILIEU_ERR_INPUT, errno, "cannot read %s", "impossible de lire %s", self->path);
    store_open(store, self->path);
    if (store->failed) {
        store->failed = false;
        return error_set_because(err, MILIEU_ERR_RESULTS, store_reason(store), "%s: not the file of a study",
                                 "%s : pas le fichier d'une étude", self->path);
    }
    if ((ret = check_schema(self, err)) != 0)
        return ret;
    read_titles(self);
    read_lengths(self);
    if ((ret = study_inside_status(self, store, "what it holds", err)) != 0)
        return ret;
    read_names(self);
    ret = study_inside_status(self, store, "names", err);
    return ret == 0 ? open_pieces(self, err) : ret;
}

int study_file_open(struct study_file *self, const char *path, struct error *err)
{
    int ret;
    *self = (struct study_file){ .inside = calloc(1, sizeof *self->inside), .path = malloc(strlen(path) + 1) };
    if (self->inside != NULL)
        self->inside->store = (struct store){ .file = H5I_INVALID_HID, .text = H5I_INVALID_HID };
    if (self->inside == NULL || self->path == NULL) {
        ret = error_set_memory(err);
    } else {
        strcpy(self->path, path);
        ret = open_file(self, err);
    }
    if (ret != 0)
        study_file_close(self);
    return ret;
}

void study_file_close(struct study_file *self)
{
    if (self->inside != NULL) {
        store_close(&self->inside->store);
        for (int i = 0; i < self->inside->num_pieces; i++)
            free(self->inside->piece[i].path);
        free(self->inside->piece);
    }
    free(self->inside);
    fetch_free_texts(self->factor, (size_t)self->num_factors);
    fetch_free_texts(self->path_of, (size_t)self->num_factors);
    fetch_free_texts(self->kind, (size_t)self->num_factors);
    fetch_free_texts(self->unit, (size_t)self->num_factors);
    fetch_free_texts(self->word, (size_t)self->num_factors * (size_t)self->num_words);
    fetch_free_texts(self->arm_id, (size_t)self->num_arms);
    fetch_free_texts(self->place_id, (size_t)self->num_places);
    free(self->path);
    free(self->study_id);
    free(self->name);
    free(self->title);
    free(self->source);
    free(self->method);
    free(self->uncertainty);
    free(self->study_text);
    free(self->scenario_text);
    free(self->points_text);
    *self = (struct study_file){ 0 };
}

/* ---- looking up ---- */

static int find(char **list, int count, const char *id)
{
    for (int i = 0; i < count; i++)
        if (strcmp(list[i], id) == 0)
            return i;
    return -1;
}

int study_file_find_arm(const struct study_file *self, const char *id)
{
    return find(self->arm_id, self->num_arms, id);
}

int study_file_find_place(const struct study_file *self, const char *id)
{
    return strcmp(id, "all") == 0 ? self->num_places - 1 : find(self->place_id, self->num_places, id);
}

int study_file_find_factor(const struct study_file *self, const char *name)
{
    return find(self->factor, self->num_factors, name);
}
