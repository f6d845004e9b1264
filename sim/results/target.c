#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_LINKS = 40 };

static char *joined(const char *head, size_t length, const char *tail)
{
    size_t tail_length = strlen(tail) + 1;
    char *text = malloc(length + tail_length);
    if (text != NULL) {
        memcpy(text, head, length);
        memcpy(text + length, tail, tail_length);
    }
    return text;
}

/* Length of the folder part of a path, its last slash included; 0 for a bare name. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* What a link says, as a path from where we stand; NULL when it cannot be read. */
static char *read_link(const char *path, size_t size)
{
    char *text = malloc(size + 1), *full = NULL;
    ssize_t length = text == NULL ? -1 : readlink(path, text, size);
    if (length >= 0 && (size_t)length < size) {
        text[length] = '\0';
        full = joined(path, text[0] == '/' ? 0 : folder_length(path), text);
    }
    free(text);
    return full;
}

static int cannot_write(const char *path, struct reason because, struct error *err)
{
    return error_set_because(err, MILIEU_ERR_OUTPUT, because, "cannot write %s", "impossible d'écrire %s", path);
}

/* Follows links to the end, which need not exist. */
static int follow_links(struct target *self, struct error *err)
{
    self->final = joined(self->path, strlen(self->path), "");
    for (int i = 0; self->final != NULL; i++) {
        struct stat st;
        char *next;
        if (lstat(self->final, &st) != 0 || !S_ISLNK(st.st_mode))
            return 0;
        if (i == MAX_LINKS)
            return cannot_write(self->path, error_reason(ELOOP), err);
        next = read_link(self->final, st.st_size > 0 ? (size_t)st.st_size + 1 : 4096);
        free(self->final);
        self->final = next;
    }
    return error_set(err, MILIEU_ERR_MEMORY, "%s", "%s", self->path);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* `file` must not be one of the inputs. */
static int check_inputs(const char *file, const char *shown, const char *const *inputs, int num_inputs,
                        struct error *err)
{
    struct stat st, input;
    if (stat(file, &st) != 0)
        return 0;
    for (int i = 0; i < num_inputs; i++)
        if (inputs[i] != NULL && stat(inputs[i], &input) == 0 && same_file(&st, &input))
            return error_set(err, MILIEU_ERR_OUTPUT, "cannot write %s: it is an input (%s)",
                             "impossible d'écrire %s : c'est une entrée (%s)", shown, inputs[i]);
    return 0;
}

static struct reason kind_of(mode_t mode)
{
    if (S_ISDIR(mode))
        return (struct reason){ { "it is a folder", "c'est un dossier" } };
    if (S_ISLNK(mode))
        return (struct reason){ { "it is a link", "c'est un lien" } };
    return (struct reason){ { "it is not a regular file", "ce n'est pas un fichier ordinaire" } };
}

/* New, or a regular file that may be written. *mode: that of an existing file, else what a new one gets. */
static int check_final(const struct target *self, mode_t *mode, struct error *err)
{
    struct stat st;
    size_t length = strlen(self->final);
    *mode = 0;
    if (length == 0 || self->final[length - 1] == '/')
        return error_set(err, MILIEU_ERR_OUTPUT, "cannot write '%s': it does not name a file",
                         "impossible d'écrire « %s » : ce n'est pas le nom d'un fichier", self->path);
    if (lstat(self->final, &st) != 0) {
        if (errno == ENOENT)
            return 0;
        return cannot_write(self->path, error_reason(errno), err);
    }
    if (!S_ISREG(st.st_mode))
        return cannot_write(self->path, kind_of(st.st_mode), err);
    if (access(self->final, W_OK) != 0)
        return cannot_write(self->path, error_reason(errno), err);
    *mode = st.st_mode & 0777;
    return 0;
}

/* The temporary file: one left by a run that was killed is taken away, anything else in its place is not ours. */
static int make_part(struct target *self, mode_t mode, struct error *err)
{
    struct stat st;
    if (lstat(self->part, &st) == 0) {
        if (!S_ISREG(st.st_mode))
            return cannot_write(self->part, kind_of(st.st_mode), err);
        unlink(self->part);
    }
    self->fd = open(self->part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (self->fd < 0)
        return cannot_write(self->path, error_reason(errno), err);
    if (fstat(self->fd, &st) != 0 || (mode != 0 && fchmod(self->fd, mode) != 0))
        return cannot_write(self->path, error_reason(errno), err);
    self->device = st.st_dev;
    self->inode = st.st_ino;
    return 0;
}

int target_begin(struct target *self, const char *path, const char *const *inputs, int num_inputs, struct error *err)
{
    int ret;
    mode_t mode;
    *self = (struct target){ .fd = -1 };
    if ((self->path = joined(path, strlen(path), "")) == NULL) {
        ret = error_set(err, MILIEU_ERR_MEMORY, "%s", "%s", path);
        goto out;
    }
    if ((ret = follow_links(self, err)) != 0 || (ret = check_final(self, &mode, err)) != 0 ||
        (ret = check_inputs(self->final, self->path, inputs, num_inputs, err)) != 0)
        goto out;
    if ((self->part = joined(self->final, strlen(self->final), ".part")) == NULL) {
        ret = error_set(err, MILIEU_ERR_MEMORY, "%s", "%s", path);
        goto out;
    }
    if ((ret = check_inputs(self->part, self->part, inputs, num_inputs, err)) != 0)
        goto out;
    ret = make_part(self, mode, err);
out:
    if (ret != 0)
        target_drop(self);
    return ret;
}

static bool still_ours(const struct target *self)
{
    struct stat st;
    return lstat(self->part, &st) == 0 && st.st_dev == self->device && st.st_ino == self->inode;
}

/* A new name is safe from a power cut only when its folder is on the disk as well. Not every file system can, and the
 * file is whole under its name by now: no failure. */
static void sync_folder(const struct target *self)
{
    size_t length = folder_length(self->final);
    char *folder = length == 0 ? joined(".", 1, "") : joined(self->final, length, "");
    int fd = folder == NULL ? -1 : open(folder, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

/* Both, whatever the first gives: 0 or the errno. */
static int sync_and_close(struct target *self)
{
    int reason = fsync(self->fd) != 0 ? errno : 0;
    if (close(self->fd) != 0 && reason == 0)
        reason = errno;
    self->fd = -1;
    return reason;
}

int target_commit(struct target *self, struct error *err)
{
    int reason;
    if (!still_ours(self))
        return error_set(err, MILIEU_ERR_OUTPUT,
                         "cannot write %s: its temporary file was taken away by another program",
                         "impossible d'écrire %s : un autre programme a enlevé son fichier temporaire", self->path);
    if ((reason = sync_and_close(self)) != 0) {
        unlink(self->part);
        return cannot_write(self->path, error_reason(reason), err);
    }
    if (rename(self->part, self->final) != 0) {
        reason = errno;
        unlink(self->part);
        return cannot_write(self->path, error_reason(reason), err);
    }
    sync_folder(self);
    return 0;
}

void target_drop(struct target *self)
{
    if (self->fd >= 0) {
        if (still_ours(self))
            unlink(self->part);
        close(self->fd);
    }
    free(self->path);
    free(self->final);
    free(self->part);
    *self = (struct target){ .fd = -1 };
}
