#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zlib.h>

#include "journal_disk.h"

static const unsigned char zeros[8];

uint32_t journal_checksum(const void *data, size_t length)
{
    return length == 0 ? 0 : (uint32_t)crc32_z(0, data, length);
}

/* Of what is not padded yet, as if it were. */
static uint32_t padded_checksum(const void *data, size_t length)
{
    uint32_t sum = journal_checksum(data, length);
    size_t padding = journal_padded(length) - length;
    return padding == 0 ? sum : (uint32_t)crc32_z(sum, zeros, padding);
}

/* ---- one record ---- */

/* writev promises not to write to what it is given, but its struct does not say so. */
static struct iovec part_of(const void *data, size_t length)
{
    struct iovec part = { .iov_len = length };
    memcpy(&part.iov_base, &data, sizeof data);
    return part;
}

/* The rest of what was to be written when `done` bytes of it have been. */
static void skip(struct iovec *part, int num_parts, size_t done)
{
    for (int i = 0; i < num_parts; i++) {
        size_t here = done < part[i].iov_len ? done : part[i].iov_len;
        part[i].iov_base = (char *)part[i].iov_base + here;
        part[i].iov_len -= here;
        done -= here;
    }
}

/* All of it; what a first call left (a signal, a limit reached) is tried once more, and that call says why not.
 * Returns the bytes written, with errno when they are fewer than asked for. */
static size_t write_parts(int fd, struct iovec *part, int num_parts, size_t length)
{
    size_t written = 0;
    while (written < length) {
        ssize_t now = writev(fd, part, num_parts);
        if (now < 0 && errno == EINTR)
            continue;
        if (now == 0)
            errno = EIO;
        if (now <= 0)
            break;
        written += (size_t)now;
        skip(part, num_parts, (size_t)now);
    }
    return written;
}

static struct disk_header header_of(const struct journal *self, const struct journal_record *record)
{
    struct disk_header header = { .magic = JOURNAL_MAGIC,
                                  .type = (uint32_t)record->type,
                                  .batch = (uint64_t)record->batch,
                                  .cpu_us = (uint64_t)record->cpu_us,
                                  .time_us = (uint64_t)record->time_us,
                                  .runs = record->runs,
                                  .failed = record->failed,
                                  .length = (uint32_t)record->length,
                                  .payload_sum = padded_checksum(record->payload, record->length) };
    memcpy(header.study, self->study, sizeof header.study);
    header.header_sum = journal_checksum(&header, offsetof(struct disk_header, header_sum));
    return header;
}

static int cannot_write(const struct journal *self, struct error *err)
{
    return error_set_system(err, MILIEU_ERR_OUTPUT, errno, "cannot write %s/%s", "impossible d'écrire %s/%s",
                            self->folder, self->name);
}

static void give_up_file(struct journal *self)
{
    close(self->fd);
    self->fd = -1;
    self->unsynced = false;
}

/* With the lock held and a file open. */
static int put(struct journal *self, const struct journal_record *record, struct error *err)
{
    struct disk_header header = header_of(self, record);
    size_t padding = journal_padded(record->length) - record->length;
    size_t length = sizeof header + record->length + padding, written;
    struct iovec part[3] = { part_of(&header, sizeof header), part_of(record->payload, record->length),
                             part_of(zeros, padding) };
    int ret;
    if ((written = write_parts(self->fd, part, 3, length)) == length) {
        self->unsynced = true;
        return 0;
    }
    ret = cannot_write(self, err);
    if (written > 0 || (errno != ENOSPC && errno != EDQUOT)) /* torn, or who knows */
        give_up_file(self);
    return ret;
}

/* ---- a file ---- */

static int sync_file(struct journal *self, int64_t now_us, struct error *err)
{
    int ret;
    if (!self->unsynced)
        return 0;
    if (fdatasync(self->fd) != 0) {
        ret = cannot_write(self, err);
        give_up_file(self); /* what it held may be lost: later syncs would not tell */
        return ret;
    }
    self->unsynced = false;
    self->synced_us = now_us;
    return 0;
}

/* So that the new file's name outlives a power cut too. */
static void sync_folder(const struct journal *self)
{
    int fd = open(self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

/* Sets fd and name. */
static int make_file(struct journal *self, struct error *err)
{
    const int most = 1000000;
    for (int number = self->files; number < most; number++) {
        int folder;
        snprintf(self->name, sizeof self->name, "%s-%" PRId64 "-%d%s", self->origin.host, self->origin.pid, number,
                 JOURNAL_SUFFIX);
        if ((folder = open(self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
            return cannot_write(self, err);
        self->fd = openat(folder, self->name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
        close(folder);
        if (self->fd >= 0) {
            self->files = number + 1;
            return 0;
        }
        if (errno != EEXIST)
            break;
    }
    return cannot_write(self, err);
}

static int put_opening(struct journal *self, int64_t now_us, struct error *err)
{
    char id[STUDY_ID_TEXT], origin[ORIGIN_TEXT], text[ORIGIN_TEXT + 256];
    struct journal_record record = { .type = JOURNAL_OPENING, .time_us = now_us, .payload = text };
    study_id_text(self->study, id);
    origin_write(&self->origin, origin);
    record.length = (size_t)snprintf(text, sizeof text, "study %s\nprogram %.*s\n%s", id,
                                     (int)strcspn(self->program, "\n") < 127 ? (int)strcspn(self->program, "\n") : 127,
                                     self->program, origin);
    return put(self, &record, err);
}

/* A file without an opening holds nothing: it is taken away again. */
static void drop_file(struct journal *self)
{
    int folder = open(self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        unlinkat(folder, self->name, 0);
        close(folder);
    }
    if (self->fd >= 0)
        give_up_file(self);
}

static int begin_file(struct journal *self, int64_t now_us, struct error *err)
{
    int ret;
    if ((ret = make_file(self, err)) != 0)
        return ret;
    if ((ret = put_opening(self, now_us, err)) != 0) {
        drop_file(self);
        return ret;
    }
    self->synced_us = now_us;
    if (self->sync.kind != JOURNAL_SYNC_NONE)
        sync_folder(self);
    return 0;
}

/* ---- for callers ---- */

int journal_create(struct journal *self, const char *folder, const unsigned char study[STUDY_ID], const char *program,
                   const struct origin *origin, struct journal_sync sync, int64_t now_us, struct error *err)
{
    *self = (struct journal){ .fd = -1, .origin = *origin, .sync = sync };
    memcpy(self->study, study, STUDY_ID);
    if (pthread_mutex_init(&self->lock, NULL) != 0)
        return error_set_memory(err);
    self->ready = true;
    if ((self->folder = strdup(folder)) == NULL || (self->program = strdup(program)) == NULL)
        return error_set_memory(err);
    return begin_file(self, now_us, err);
}

static bool sync_is_due(const struct journal *self, int64_t now_us)
{
    return self->sync.kind == JOURNAL_SYNC_RECORD ||
           (self->sync.kind == JOURNAL_SYNC_SECONDS && (double)(now_us - self->synced_us) >= self->sync.seconds * 1e6);
}

int journal_append(struct journal *self, const struct journal_record *record, struct error *err)
{
    int ret = 0;
    if (record->length > JOURNAL_MAX_PAYLOAD)
        return error_set(err, MILIEU_ERR_OUTPUT,
                         "batch %" PRId64 ": a record of %zu bytes is more than a journal takes (%d)",
                         "lot %" PRId64 " : un enregistrement de %zu octets dépasse ce que prend un journal (%d)",
                         record->batch, record->length, JOURNAL_MAX_PAYLOAD);
    pthread_mutex_lock(&self->lock);
    if (self->fd < 0)
        ret = begin_file(self, record->time_us, err);
    if (ret == 0)
        ret = put(self, record, err);
    if (ret == 0 && sync_is_due(self, record->time_us))
        ret = sync_file(self, record->time_us, err);
    pthread_mutex_unlock(&self->lock);
    return ret;
}

/* What is written to a file that has been removed, or whose folder has been moved away, nobody will find. */
static int check_name(const struct journal *self, struct error *err)
{
    int folder = open(self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), ret = 0;
    bool gone = folder < 0 && errno == ENOENT;
    if (folder >= 0) {
        gone = faccessat(folder, self->name, F_OK, 0) != 0 && errno == ENOENT;
        close(folder);
    }
    if (gone)
        ret = error_set(err, MILIEU_ERR_OUTPUT, "%s/%s is no longer there: removed or moved while it was written",
                        "%s/%s n'est plus là : enlevé ou déplacé pendant qu'on l'écrivait", self->folder, self->name);
    return ret;
}

int journal_tick(struct journal *self, int64_t now_us, struct error *err)
{
    int ret = 0;
    pthread_mutex_lock(&self->lock);
    if (self->fd >= 0)
        ret = check_name(self, err);
    if (ret == 0 && self->fd >= 0 && sync_is_due(self, now_us))
        ret = sync_file(self, now_us, err);
    pthread_mutex_unlock(&self->lock);
    return ret;
}

void journal_name(struct journal *self, char name[JOURNAL_NAME])
{
    pthread_mutex_lock(&self->lock);
    memcpy(name, self->name, JOURNAL_NAME);
    pthread_mutex_unlock(&self->lock);
}

int journal_close(struct journal *self, const char *text, int64_t now_us, struct error *err)
{
    struct journal_record record = { .type = JOURNAL_CLOSING, .time_us = now_us, .payload = text };
    int ret = 0;
    if (self->ready && self->fd >= 0) {
        record.length = text == NULL ? 0 : strlen(text);
        ret = put(self, &record, err);
        if (ret == 0 && self->sync.kind != JOURNAL_SYNC_NONE)
            ret = sync_file(self, now_us, err);
    }
    journal_free(self);
    return ret;
}

void journal_free(struct journal *self)
{
    if (self->ready) {
        if (self->fd >= 0)
            close(self->fd);
        pthread_mutex_destroy(&self->lock);
    }
    free(self->folder);
    free(self->program);
    *self = (struct journal){ .fd = -1 };
}
