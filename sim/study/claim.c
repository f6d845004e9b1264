#include "claim.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT = ORIGIN_TEXT + 64 };

#define WORKER_SUFFIX ".worker"
#define STALE_SUFFIX ".stale"

static bool ends_in(const char *name, const char *suffix)
{
    size_t length = strlen(name), end = strlen(suffix);
    return length > end && strcmp(name + length - end, suffix) == 0;
}

static void block_name(int64_t block, char name[CLAIM_NAME])
{
    snprintf(name, CLAIM_NAME, "%" PRId64, block);
}

static int cannot_write(const struct claims *self, const char *name, struct error *err)
{
    if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS)
        return error_set_system(err, MILIEU_ERR_OUTPUT, errno, "cannot write %s/%s (a study's folder needs hard links)",
                                "impossible d'écrire %s/%s (le dossier d'une étude demande des liens physiques)",
                                self->path, name);
    return error_set_system(err, MILIEU_ERR_OUTPUT, errno, "cannot write %s/%s", "impossible d'écrire %s/%s",
                            self->path, name);
}

/* ---- a claim, or a worker's file, as it is found ---- */

struct seen {
    struct stat st;
    struct origin origin;
    double expected;
    bool readable; /* origin and expected were */
};

static void understand(struct seen *self, const char *text)
{
    char value[32];
    self->readable = origin_read(&self->origin, text) && origin_value(text, "expected", value, sizeof value);
    self->expected = self->readable ? strtod(value, NULL) : 0;
    if (!(self->expected >= 0))
        self->expected = 0;
}

/* False when there is no such file. */
static bool look_at(int folder, const char *name, struct seen *out)
{
    char text[TEXT];
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t length;
    *out = (struct seen){ .readable = false };
    if (fd < 0)
        return false;
    if (fstat(fd, &out->st) != 0 || !S_ISREG(out->st.st_mode)) {
        close(fd);
        return false;
    }
    length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    understand(out, text);
    return true;
}

static double seconds_of(struct timespec time)
{
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static bool is_stale(const struct seen *seen, const struct origin *us, double age)
{
    const double shortest = 60; /* seconds */
    return (seen->readable && origin_is_gone(&seen->origin, us)) || age > fmax(shortest, 10 * seen->expected);
}

/* ---- our own file ---- */

static int write_worker(const struct claims *self, int fd)
{
    char origin[ORIGIN_TEXT], text[TEXT];
    int length;
    origin_write(&self->origin, origin);
    length = snprintf(text, sizeof text, "%sexpected %.17g\n", origin, self->expected);
    errno = ENOSPC; /* what a short write means */
    return write(fd, text, (size_t)length) == length ? 0 : -1;
}

static int make_worker(struct claims *self, struct error *err)
{
    const int most = 1000000;
    int fd = -1, ret;
    for (int number = 0; fd < 0 && number < most; number++) {
        snprintf(self->worker, sizeof self->worker, "%s-%" PRId64 "-%d" WORKER_SUFFIX, self->origin.host,
                 self->origin.pid, number);
        fd = openat(self->folder, self->worker, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0)
        return cannot_write(self, self->worker, err);
    if (write_worker(self, fd) != 0) {
        ret = cannot_write(self, self->worker, err);
        unlinkat(self->folder, self->worker, 0);
        close(fd);
        return ret;
    }
    if (self->fd >= 0)
        close(self->fd);
    self->fd = fd;
    return 0;
}

/* Is it the inode of our file? */
static bool is_ours(const struct claims *self, const struct stat *st)
{
    struct stat own;
    return fstat(self->fd, &own) == 0 && own.st_ino == st->st_ino && own.st_dev == st->st_dev;
}

/* Its name has gone: a claim that we hold is the same file, and lends its own; else a new one. */
static int restore_worker(struct claims *self, struct error *err)
{
    for (int i = 0; i < self->num_held; i++) {
        char name[CLAIM_NAME];
        struct stat st;
        block_name(self->held[i], name);
        if (fstatat(self->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && is_ours(self, &st) &&
            linkat(self->folder, name, self->folder, self->worker, 0) == 0)
            return 0;
    }
    return make_worker(self, err);
}

/* What the dead have left: their own files, and claims that were being taken over. */
static void clear_away(struct claims *self)
{
    int fd = openat(self->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct seen seen;
    if (dir == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (ends_in(entry->d_name, STALE_SUFFIX) ||
            (ends_in(entry->d_name, WORKER_SUFFIX) && look_at(self->folder, entry->d_name, &seen) && seen.readable &&
             origin_is_gone(&seen.origin, &self->origin)))
            unlinkat(self->folder, entry->d_name, 0);
    closedir(dir);
}

int claims_init(struct claims *self, const char *folder, const struct origin *origin, double expected_seconds,
                struct error *err)
{
    *self = (struct claims){ .folder = -1, .fd = -1, .origin = *origin };
    self->expected = isfinite(expected_seconds) && expected_seconds > 0 ? expected_seconds : 0;
    if (pthread_mutex_init(&self->lock, NULL) != 0)
        return error_set_memory(err);
    self->ready = true;
    if ((self->path = strdup(folder)) == NULL)
        return error_set_memory(err);
    if ((self->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return error_set_system(err, MILIEU_ERR_OUTPUT, errno, "cannot write in %s", "impossible d'écrire dans %s",
                                folder);
    clear_away(self);
    return make_worker(self, err);
}

int claims_touch(struct claims *self, struct error *err)
{
    struct stat st;
    int ret = 0;
    pthread_mutex_lock(&self->lock);
    if (fstatat(self->folder, self->worker, &st, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT)
        ret = restore_worker(self, err);
    if (ret == 0 && futimens(self->fd, NULL) != 0)
        ret = cannot_write(self, self->worker, err);
    pthread_mutex_unlock(&self->lock);
    return ret;
}

/* ---- taking and giving back; the lock is held ---- */

static int place_of(const struct claims *self, int64_t block)
{
    for (int i = 0; i < self->num_held; i++)
        if (self->held[i] == block)
            return i;
    return -1;
}

static int make_room(struct claims *self, struct error *err)
{
    int max = self->max_held == 0 ? 8 : 2 * self->max_held;
    int64_t *held;
    if (self->num_held < self->max_held)
        return 0;
    if ((held = realloc(self->held, (size_t)max * sizeof *held)) == NULL)
        return error_set_memory(err);
    self->held = held;
    self->max_held = max;
    return 0;
}

/* Since its last touch, at the time of our own: both are the file system's. */
static double age_of(const struct claims *self, const struct seen *seen)
{
    struct stat own;
    return fstat(self->fd, &own) == 0 ? seconds_of(own.st_mtim) - seconds_of(seen->st.st_mtim) : 0;
}

static bool same_moment(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Moves a stale claim out of the way: one process wins the rename. Who finds that it has moved another claim than the
 * one it judged (taken over and claimed anew meanwhile, or touched) puts it back. True: the block is free now. */
static bool take_away(struct claims *self, const char *name, const struct seen *judged)
{
    char aside[2 * CLAIM_NAME + 16];
    struct stat st;
    bool right;
    snprintf(aside, sizeof aside, "%s-%s" STALE_SUFFIX, self->worker, name);
    if (renameat(self->folder, name, self->folder, aside) != 0)
        return errno == ENOENT;
    right = fstatat(self->folder, aside, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_ino == judged->st.st_ino &&
            st.st_dev == judged->st.st_dev && same_moment(st.st_mtim, judged->st.st_mtim);
    if (!right)
        (void)!linkat(self->folder, aside, self->folder, name, 0);
    unlinkat(self->folder, aside, 0);
    self->taken_over += right;
    return right;
}

/* Another claim stands there, or so link(2) says. True: try once more. */
static bool look_at_holder(struct claims *self, const char *name, bool *taken)
{
    struct seen seen;
    if (!look_at(self->folder, name, &seen))
        return true;
    if (is_ours(self, &seen.st)) { /* the server had done it, its answer was lost */
        *taken = true;
        return false;
    }
    return is_stale(&seen, &self->origin, age_of(self, &seen)) && take_away(self, name, &seen);
}

static int take(struct claims *self, int64_t block, bool *taken, struct error *err)
{
    const int tries = 4;
    char name[CLAIM_NAME];
    int ret;
    block_name(block, name);
    if (place_of(self, block) >= 0)
        return 0;
    if ((ret = make_room(self, err)) != 0)
        return ret;
    for (int i = 0; i < tries && !*taken; i++) {
        if (linkat(self->folder, self->worker, self->folder, name, 0) == 0)
            *taken = true;
        else if (errno == ENOENT || errno == EMLINK)
            ret = errno == ENOENT ? restore_worker(self, err) : make_worker(self, err);
        else if (errno != EEXIST)
            ret = cannot_write(self, name, err);
        else if (!look_at_holder(self, name, taken))
            break;
        if (ret != 0)
            return ret;
    }
    if (*taken)
        self->held[self->num_held++] = block;
    return 0;
}

int claims_take(struct claims *self, int64_t block, bool *taken, struct error *err)
{
    int ret;
    *taken = false;
    pthread_mutex_lock(&self->lock);
    ret = take(self, block, taken, err);
    pthread_mutex_unlock(&self->lock);
    return ret;
}

static void give_back(struct claims *self, int at)
{
    char name[CLAIM_NAME];
    struct seen seen;
    block_name(self->held[at], name);
    if (look_at(self->folder, name, &seen) && seen.readable && seen.origin.pid == self->origin.pid &&
        strcmp(seen.origin.host, self->origin.host) == 0)
        unlinkat(self->folder, name, 0);
    self->held[at] = self->held[--self->num_held];
}

void claims_release(struct claims *self, int64_t block)
{
    int at;
    pthread_mutex_lock(&self->lock);
    if ((at = place_of(self, block)) >= 0)
        give_back(self, at);
    pthread_mutex_unlock(&self->lock);
}

void claims_free(struct claims *self)
{
    if (self->ready) {
        while (self->num_held > 0)
            give_back(self, self->num_held - 1);
        if (self->fd >= 0) {
            unlinkat(self->folder, self->worker, 0);
            close(self->fd);
        }
        if (self->folder >= 0)
            close(self->folder);
        pthread_mutex_destroy(&self->lock);
    }
    free(self->path);
    free(self->held);
    *self = (struct claims){ .folder = -1, .fd = -1 };
}

/* ---- for readers ---- */

int claims_list(const char *folder, double now, int (*take_one)(void *context, const struct claim_state *state),
                void *context, struct error *err)
{
    DIR *dir = opendir(folder);
    struct origin us;
    int ret = 0;
    if (dir == NULL)
        return errno == ENOENT
                   ? 0
                   : error_set_system(err, MILIEU_ERR_INPUT, errno, "cannot read %s", "impossible de lire %s", folder);
    origin_of_this_process(&us);
    for (struct dirent *entry; ret == 0 && (entry = readdir(dir)) != NULL;) {
        struct claim_state state;
        struct seen seen;
        if (!ends_in(entry->d_name, WORKER_SUFFIX) || !look_at(dirfd(dir), entry->d_name, &seen) || !seen.readable)
            continue;
        state = (struct claim_state){ .origin = seen.origin,
                                      .expected = seen.expected,
                                      .age = now - seconds_of(seen.st.st_mtim),
                                      .blocks = (int64_t)seen.st.st_nlink - 1 };
        state.stale = is_stale(&seen, &us, state.age);
        ret = take_one(context, &state);
    }
    closedir(dir);
    return ret;
}
