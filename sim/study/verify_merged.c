#include "verify_merged.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../results/sha256.h"
#include "../results/study_file.h"
#include "merge.h"

enum { BLOCK = 1 << 16 };

struct again {
    const struct study *study;
    const struct folder *folder;
    const struct verify_options *options;
    struct verify_report *report;
    const char *path;  /* of the merged file */
    char *place, *own; /* the folder beside it, and the file that is merged there */
};

static int unreadable(const char *path, int reason, struct error *err)
{
    return error_set_system(err, MILIEU_ERR_INPUT, reason, "cannot read %s", "impossible de lire %s", path);
}

/* Its runs are those of the journals? Whatever HDF5 finds wrong with its headers is told too. */
static int check_runs(const struct again *self, int64_t *shard_above, struct error *err)
{
    const char *path = self->path;
    struct study_file file;
    int ret = study_file_open(&file, path, err);
    if (ret != 0)
        return ret;
    if (strcmp(file.study_id, self->folder->id_text) != 0)
        ret =
            error_set(err, MILIEU_ERR_RESULTS, "%s: of study %s; the folder is of study %s",
                      "%s : de l'étude %s ; le dossier est de l'étude %s", path, file.study_id, self->folder->id_text);
    else if (file.runs_done + file.num_failures != self->report->runs || file.num_failures != self->report->runs_failed)
        ret = error_set(
            err, MILIEU_ERR_RESULTS,
            "%s: has %lld runs, %lld of them failed; the journals have %lld and %lld: merge again",
            "%s : a %lld simulations, dont %lld en échec ; les journaux en ont %lld et %lld : fusionnez à nouveau",
            path, (long long)(file.runs_done + file.num_failures), (long long)file.num_failures,
            (long long)self->report->runs, (long long)self->report->runs_failed);
    *shard_above = file.num_shards > 0 ? file.shard_above : INT64_MAX;
    study_file_close(&file);
    return ret;
}

/* ---- again ---- */

/* `more` behind the path; the caller frees it. */
static char *joined(const char *path, const char *more)
{
    size_t size = strlen(path) + strlen(more) + 1;
    char *text = malloc(size);
    if (text != NULL)
        snprintf(text, size, "%s%s", path, more);
    return text;
}

static int make_place(struct again *self, struct error *err)
{
    self->place = joined(self->path, ".verify-XXXXXX");
    if (self->place == NULL)
        return error_set_memory(err);
    if (mkdtemp(self->place) == NULL) {
        int reason = errno;
        error_set_system(err, MILIEU_ERR_OUTPUT, reason, "cannot write %s", "impossible d'écrire %s", self->place);
        free(self->place);
        self->place = NULL;
        return MILIEU_ERR_OUTPUT;
    }
    self->own = joined(self->place, "/study.h5");
    return self->own != NULL ? 0 : error_set_memory(err);
}

/* All that the merge left there: the file, and shards. */
static void remove_place(struct again *self)
{
    DIR *stream = self->place != NULL ? opendir(self->place) : NULL;
    struct dirent *entry;
    while (stream != NULL && (entry = readdir(stream)) != NULL)
        unlinkat(dirfd(stream), entry->d_name, 0);
    if (stream != NULL)
        closedir(stream);
    if (self->place != NULL)
        rmdir(self->place);
    free(self->place);
    free(self->own);
}

static int merge_again(const struct again *self, int64_t shard_above, struct error *err)
{
    const struct verify_options *options = self->options;
    const struct merge_options merge = { .path = self->own,
                                         .shard_above = shard_above,
                                         .partial = true,
                                         .compiler = options->compiler,
                                         .cflags = options->cflags,
                                         .libconfig_version = options->libconfig_version,
                                         .stop = options->stop };
    struct merge_report report;
    return study_merge(self->study, self->folder, &merge, &report, err);
}

/* ---- byte by byte ---- */

struct side {
    const char *path;
    FILE *file;
    unsigned char block[BLOCK];
    size_t length;
};

static int begin_side(struct side *self, const char *path, struct error *err)
{
    self->path = path;
    self->file = fopen(path, "rb");
    return self->file != NULL ? 0 : unreadable(path, errno, err);
}

static int next_block(struct side *self, struct error *err)
{
    self->length = fread(self->block, 1, BLOCK, self->file);
    return ferror(self->file) != 0 ? unreadable(self->path, errno, err) : 0;
}

static size_t first_difference(const struct side *a, const struct side *b)
{
    size_t at = 0;
    while (at < a->length && at < b->length && a->block[at] == b->block[at])
        at++;
    return at;
}

/* The number of the first byte that differs, or is in one of them alone; -1 none. And the checksum of the first file. */
static int compare_sides(struct side *a, struct side *b, int64_t *different, char hash[65], struct error *err)
{
    struct sha256 sha;
    unsigned char sum[32];
    int64_t at = 0;
    int ret;
    *different = -1;
    sha256_begin(&sha);
    while ((ret = next_block(a, err)) == 0 && (ret = next_block(b, err)) == 0 && (a->length > 0 || b->length > 0)) {
        size_t same = first_difference(a, b);
        if (*different < 0 && (same < a->length || same < b->length))
            *different = at + (int64_t)same;
        sha256_add(&sha, a->block, a->length);
        at += (int64_t)a->length;
    }
    sha256_end(&sha, sum);
    sha256_text(sum, hash);
    return ret;
}

static int compare_files(const struct again *self, struct error *err)
{
    struct side *side = calloc(2, sizeof *side);
    struct verify_report *report = self->report;
    int ret;
    if (side == NULL)
        return error_set_memory(err);
    if ((ret = begin_side(&side[0], self->path, err)) == 0 && (ret = begin_side(&side[1], self->own, err)) == 0)
        ret = compare_sides(&side[0], &side[1], &report->merged_different, report->merged_hash, err);
    for (int i = 0; i < 2; i++)
        if (side[i].file != NULL)
            fclose(side[i].file);
    free(side);
    return ret;
}

/* ---- all of it ---- */

static int check_file(struct again *self, struct error *err)
{
    int64_t shard_above = 0;
    int ret = check_runs(self, &shard_above, err);
    if (ret == 0 && (ret = make_place(self, err)) == 0 && (ret = merge_again(self, shard_above, err)) == 0)
        ret = compare_files(self, err);
    remove_place(self);
    self->report->merged = ret == 0 && self->report->merged_different < 0;
    return ret;
}

int verify_merged_file(const struct study *study, const struct folder *folder, const struct verify_options *options,
                       struct verify_report *report, struct error *err)
{
    char *usual = options->path != NULL ? NULL : folder_path(folder, "study.h5", NULL);
    struct again self = { .study = study,
                          .folder = folder,
                          .options = options,
                          .report = report,
                          .path = options->path != NULL ? options->path : usual };
    int ret = 0;
    if (self.path == NULL)
        return error_set_memory(err);
    if (options->path != NULL || access(self.path, F_OK) == 0)
        ret = check_file(&self, err);
    free(usual);
    return ret;
}
