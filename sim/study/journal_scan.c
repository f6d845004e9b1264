#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"
#include "journal_disk.h"

/* Bytes read at once: where all is looked at, and where most payloads are passed over. */
enum { CHUNK = 1 << 20, SMALL_CHUNK = 1 << 14 };

/* Of a journal's size, so many times over, payloads are summed and found wrong; what is not in order behind that is given
 * up. Headers of lost payloads, one close to the next, would be looked at for ever. */
enum { MOST_IN_VAIN = 8 };

/* ---- a file, in pieces ---- */

struct window {
    int fd;
    const char *path;
    int64_t size;  /* of the file, when it was opened */
    int64_t start; /* of the bytes held */
    size_t filled, capacity, chunk;
    unsigned char *bytes;
    void *payload; /* of a record that does not stand at a multiple of 8 */
    size_t payload_capacity;
    int64_t in_vain; /* bytes summed whose sum was wrong */
    struct error *err;
    int ret; /* why a piece could not be had */
};

static bool grow(void **buffer, size_t *capacity, size_t length)
{
    void *bigger;
    if (length <= *capacity)
        return true;
    if ((bigger = realloc(*buffer, length)) == NULL)
        return false;
    *buffer = bigger;
    *capacity = length;
    return true;
}

static bool no_memory(struct window *self)
{
    self->ret = error_set(self->err, MILIEU_ERR_MEMORY, "%s", "%s", self->path);
    return false;
}

static bool make_room(struct window *self, size_t length)
{
    void *bytes = self->bytes;
    bool grown = grow(&bytes, &self->capacity, length);
    self->bytes = bytes;
    return grown || no_memory(self);
}

/* Until `length` bytes or the end of the file. */
static bool fill(struct window *self, int64_t offset, size_t length)
{
    self->start = offset;
    self->filled = 0;
    if (!make_room(self, length))
        return false;
    while (self->filled < length) {
        ssize_t now =
            pread(self->fd, self->bytes + self->filled, length - self->filled, (off_t)(offset + (int64_t)self->filled));
        if (now < 0 && errno == EINTR)
            continue;
        if (now < 0) {
            self->ret = error_set_system(self->err, MILIEU_ERR_INPUT, errno, "cannot read %s", "impossible de lire %s",
                                         self->path);
            return false;
        }
        if (now == 0)
            break;
        self->filled += (size_t)now;
    }
    return true;
}

/* So many bytes from there, valid until the next call. NULL: the file ends before (ret 0), or ret says why. */
static const unsigned char *piece(struct window *self, int64_t offset, size_t length)
{
    if (self->ret != 0 || offset + (int64_t)length > self->size)
        return NULL;
    if (offset < self->start || offset + (int64_t)length > self->start + (int64_t)self->filled) {
        size_t wanted = length > self->chunk ? length : self->chunk;
        if (self->size - offset < (int64_t)wanted)
            wanted = (size_t)(self->size - offset);
        if (!fill(self, offset, wanted) || self->filled < length)
            return NULL;
    }
    return self->bytes + (offset - self->start);
}

static int open_window(struct window *self, const char *path, size_t chunk, struct error *err)
{
    struct stat st;
    *self = (struct window){ .path = path, .err = err, .chunk = chunk, .fd = open(path, O_RDONLY | O_CLOEXEC) };
    if (self->fd < 0 || fstat(self->fd, &st) != 0)
        return error_set_system(err, MILIEU_ERR_INPUT, errno, "cannot read %s", "impossible de lire %s", path);
    self->size = st.st_size;
    return 0;
}

static void close_window(struct window *self)
{
    if (self->fd >= 0)
        close(self->fd);
    free(self->bytes);
    free(self->payload);
}

/* ---- a record ---- */

static bool header_is_sound(const struct disk_header *header)
{
    return header->magic == JOURNAL_MAGIC && header->length <= JOURNAL_MAX_PAYLOAD &&
           header->header_sum == journal_checksum(header, offsetof(struct disk_header, header_sum));
}

static void from_disk(const struct disk_header *header, struct journal_record *record)
{
    *record = (struct journal_record){ .type = (enum journal_type)header->type,
                                       .batch = (int64_t)header->batch,
                                       .runs = header->runs,
                                       .failed = header->failed,
                                       .cpu_us = (int64_t)header->cpu_us,
                                       .time_us = (int64_t)header->time_us,
                                       .length = header->length,
                                       .checksum = header->payload_sum };
}

static int64_t end_of(int64_t offset, const struct disk_header *header)
{
    return offset + JOURNAL_HEADER + (int64_t)journal_padded(header->length);
}

static bool wants_payload(enum journal_check check, const struct disk_header *header)
{
    return check == JOURNAL_FULL || (check == JOURNAL_FAILURES && header->failed > 0);
}

/* A payload, aligned: behind bytes that came in, or went, records stand anywhere. NULL: no memory. */
static const void *aligned_payload(struct window *window, const unsigned char *bytes, size_t length)
{
    if (((uintptr_t)bytes & 7) == 0)
        return bytes;
    if (!grow(&window->payload, &window->payload_capacity, length > 0 ? length : 1)) {
        no_memory(window);
        return NULL;
    }
    return memcpy(window->payload, bytes, length);
}

/* Is there a whole, sound record? Its payload is in the window then, if it is wanted. */
static bool record_at(struct window *window, int64_t offset, enum journal_check check, struct disk_header *header,
                      struct journal_record *record)
{
    const unsigned char *bytes = piece(window, offset, sizeof *header);
    if (bytes == NULL)
        return false;
    memcpy(header, bytes, sizeof *header);
    if (!header_is_sound(header) || end_of(offset, header) > window->size)
        return false;
    from_disk(header, record);
    record->offset = offset;
    record->journal = window->path;
    if (!wants_payload(check, header))
        return true;
    const size_t length = journal_padded(header->length);
    if (window->in_vain > MOST_IN_VAIN * window->size ||
        (bytes = piece(window, offset, sizeof *header + length)) == NULL)
        return false;
    bytes += sizeof *header;
    if (journal_checksum(bytes, length) != header->payload_sum) {
        window->in_vain += (int64_t)length;
        return false;
    }
    record->payload = aligned_payload(window, bytes, length);
    return record->payload != NULL;
}

/* Where a header may begin, at `offset` or behind; the size of the file when there is no such place. */
static int64_t next_magic(struct window *window, int64_t offset)
{
    const uint32_t magic = JOURNAL_MAGIC;
    const unsigned char *bytes;
    unsigned char first;
    memcpy(&first, &magic, 1);
    while ((bytes = piece(window, offset, JOURNAL_HEADER)) != NULL) { /* and what more the window holds */
        const unsigned char *end = window->bytes + window->filled - (sizeof magic - 1), *at = bytes;
        for (; (at = memchr(at, first, (size_t)(end - at))) != NULL; at++)
            if (memcmp(at, &magic, sizeof magic) == 0)
                return offset + (at - bytes);
        offset += end - bytes;
    }
    return window->size;
}

/* The next sound record behind bytes that are none; the size of the file when there is none. At any byte: some may have come
 * in, or gone. */
static int64_t find_record(struct window *window, int64_t offset, enum journal_check check)
{
    struct disk_header header;
    struct journal_record record;
    do
        offset = next_magic(window, offset + 1);
    while (offset < window->size && !record_at(window, offset, check, &header, &record));
    return offset;
}

/* ---- what stands behind the last record ---- */

/* Fewer bytes than a header has: could a record begin like that? */
static bool may_begin_record(const unsigned char *bytes, size_t length, const unsigned char *study)
{
    struct disk_header seen = { 0 }, header = { .magic = JOURNAL_MAGIC };
    const size_t known = offsetof(struct disk_header, batch);
    memcpy(&seen, bytes, length);
    memcpy(header.study, study, sizeof header.study);
    if (seen.zero != 0 || seen.length > JOURNAL_MAX_PAYLOAD)
        return false;
    for (header.type = JOURNAL_OPENING; header.type <= JOURNAL_CLOSING; header.type++)
        if (memcmp(bytes, &header, length < known ? length : known) == 0)
            return true;
    return false;
}

/* Is the tail what a kill leaves, the beginning of a record? Behind a closing record nobody writes. */
static bool is_torn(struct window *window, const struct journal_position *position, const unsigned char *study)
{
    struct disk_header header;
    int64_t tail = window->size - position->offset;
    size_t length = tail < JOURNAL_HEADER ? (size_t)tail : JOURNAL_HEADER;
    const unsigned char *bytes = piece(window, position->offset, length);
    if (bytes == NULL || position->closed)
        return false;
    if (length < JOURNAL_HEADER)
        return may_begin_record(bytes, length, study);
    memcpy(&header, bytes, sizeof header);
    return header_is_sound(&header) && end_of(position->offset, &header) > window->size;
}

/* ---- whose it is ---- */

static int foreign(const char *path, const char *theirs, const unsigned char *ours, struct error *err)
{
    char id[STUDY_ID_TEXT];
    study_id_text(ours, id);
    return error_set(err, MILIEU_ERR_FOLDER, "%s is a journal of study %s; this is study %s",
                     "%s est un journal de l'étude %s ; cette étude-ci est %s", path, theirs, id);
}

static int check_study(const struct journal_record *record, const struct disk_header *header,
                       const unsigned char *study, struct error *err)
{
    char theirs[STUDY_ID_TEXT], ours[STUDY_ID_TEXT];
    unsigned char id[STUDY_ID] = { 0 };
    struct journal_opening opening;
    study_id_text(study, ours);
    if (header->type == JOURNAL_OPENING && record->payload != NULL && journal_read_opening(record, &opening))
        return strcmp(opening.study, ours) == 0 ? 0 : foreign(record->journal, opening.study, study, err);
    if (memcmp(header->study, study, sizeof header->study) == 0)
        return 0;
    memcpy(id, header->study, sizeof header->study);
    study_id_text(id, theirs);
    snprintf(theirs + 16, sizeof theirs - 16, "...");
    return foreign(record->journal, theirs, study, err);
}

static int check_byte_order(struct window *window)
{
    const unsigned char *bytes = piece(window, 0, sizeof(uint32_t));
    uint32_t first;
    if (bytes == NULL)
        return window->ret;
    memcpy(&first, bytes, sizeof first);
    if (first == __builtin_bswap32(JOURNAL_MAGIC))
        return error_set(window->err, MILIEU_ERR_FOLDER, "%s was written on a machine of another byte order",
                         "%s a été écrit sur une machine d'un autre ordre d'octets", window->path);
    return 0;
}

/* ---- for callers ---- */

static void note_damage(struct journal_position *position, int64_t next)
{
    if (position->damaged++ == 0)
        position->damage_at = position->offset;
    position->damage_bytes += next - position->offset;
    position->offset = next;
}

static int take_record(const struct journal_record *record, const struct disk_header *header,
                       struct journal_position *position, const struct journal_reader *reader, struct error *err)
{
    int ret;
    if ((ret = check_study(record, header, reader->study, err)) != 0)
        return ret;
    position->offset = end_of(record->offset, header);
    position->records++;
    position->closed = record->type == JOURNAL_CLOSING;
    return reader->take == NULL ? 0 : reader->take(reader->context, record, err);
}

static int scan(struct window *window, struct journal_position *position, const struct journal_reader *reader)
{
    struct disk_header header;
    struct journal_record record;
    int ret = position->offset == 0 ? check_byte_order(window) : 0;
    while (ret == 0 && position->offset < window->size) {
        int64_t next;
        /* An opening says whose it is: its payload is always looked at. */
        if (record_at(window, position->offset, position->offset == 0 ? JOURNAL_FULL : reader->check, &header,
                      &record)) {
            ret = take_record(&record, &header, position, reader, window->err);
            continue;
        }
        next = window->ret == 0 ? find_record(window, position->offset, reader->check) : window->size;
        if (next >= window->size)
            break;
        note_damage(position, next);
    }
    if (ret == 0 && window->ret == 0 && position->offset < window->size)
        position->tail_damaged = !is_torn(window, position, reader->study);
    return ret != 0 ? ret : window->ret;
}

int journal_scan(const char *path, struct journal_position *position, const struct journal_reader *reader,
                 struct error *err)
{
    struct window window;
    int ret;
    if ((ret = open_window(&window, path, reader->check == JOURNAL_FULL ? CHUNK : SMALL_CHUNK, err)) == 0 &&
        (window.size != position->size || position->tail_damaged)) {
        position->tail_damaged = false;
        ret = scan(&window, position, reader);
    }
    if (ret == 0) {
        position->size = window.size;
        position->tail = window.size - position->offset;
    }
    close_window(&window);
    return ret;
}

/* All of it, or false with why. */
static bool read_at(int fd, const char *path, void *out, size_t length, int64_t offset, struct error *err)
{
    struct window window = { .fd = fd, .path = path, .bytes = out, .capacity = length, .err = err };
    if (!fill(&window, offset, length))
        return false;
    if (window.filled < length)
        error_set(err, MILIEU_ERR_INPUT, "%s ends at byte %" PRId64, "%s finit à l'octet %" PRId64, path,
                  offset + (int64_t)window.filled);
    return window.filled == length;
}

int journal_read(int fd, const char *path, int64_t offset, struct journal_record *record, void **buffer,
                 size_t *capacity, struct error *err)
{
    struct disk_header header;
    size_t length;
    if (!read_at(fd, path, &header, sizeof header, offset, err))
        return MILIEU_ERR_INPUT;
    if (!header_is_sound(&header))
        return error_set(err, MILIEU_ERR_INPUT, "%s: no record at byte %" PRId64,
                         "%s : pas d'enregistrement à l'octet %" PRId64, path, offset);
    length = journal_padded(header.length);
    if (!grow(buffer, capacity, length))
        return error_set(err, MILIEU_ERR_MEMORY, "%s", "%s", path);
    if (length > 0 && !read_at(fd, path, *buffer, length, offset + JOURNAL_HEADER, err))
        return MILIEU_ERR_INPUT;
    if (journal_checksum(*buffer, length) != header.payload_sum)
        return error_set(err, MILIEU_ERR_INPUT, "%s: the record at byte %" PRId64 " is not as it was written",
                         "%s : l'enregistrement à l'octet %" PRId64 " n'est plus tel qu'il fut écrit", path, offset);
    from_disk(&header, record);
    record->offset = offset;
    record->journal = path;
    record->payload = *buffer;
    return 0;
}

bool journal_read_opening(const struct journal_record *record, struct journal_opening *opening)
{
    char text[ORIGIN_TEXT + 256];
    *opening = (struct journal_opening){ .time_us = record->time_us };
    if (record->type != JOURNAL_OPENING || record->payload == NULL || record->length >= sizeof text)
        return false;
    memcpy(text, record->payload, record->length);
    text[record->length] = '\0';
    return origin_value(text, "study", opening->study, sizeof opening->study) &&
           strlen(opening->study) == STUDY_ID_TEXT - 1 &&
           origin_value(text, "program", opening->program, sizeof opening->program) &&
           origin_read(&opening->origin, text);
}

/* ---- ids ---- */

void study_id_text(const unsigned char id[STUDY_ID], char text[STUDY_ID_TEXT])
{
    static const char digit[] = "0123456789abcdef";
    for (int i = 0; i < STUDY_ID; i++) {
        text[2 * i] = digit[id[i] >> 4];
        text[2 * i + 1] = digit[id[i] & 15];
    }
    text[2 * STUDY_ID] = '\0';
}

bool study_id_read(const char *text, unsigned char id[STUDY_ID])
{
    static const char digit[] = "0123456789abcdef";
    if (strlen(text) != STUDY_ID_TEXT - 1 || strspn(text, digit) != STUDY_ID_TEXT - 1)
        return false;
    for (int i = 0; i < STUDY_ID; i++)
        id[i] = (unsigned char)((strchr(digit, text[2 * i]) - digit) << 4 | (strchr(digit, text[2 * i + 1]) - digit));
    return true;
}
