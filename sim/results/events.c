#include "events.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_ROWS = 32768 };

struct row {
    int32_t arm, draw, replication, clinic, week, kind, subject;
    double value;
    int64_t cause;
};

struct column {
    const char *name, *english, *french;
    size_t offset;
    enum { WHOLE, SMALL, REAL, ROW } type;
};

static const struct column column_table[] = {
    { "arm", "arm, by its number from 0", "bras, par son numéro à partir de 0", offsetof(struct row, arm), WHOLE },
    { "draw", "draw", "tirage", offsetof(struct row, draw), WHOLE },
    { "replication", "replication", "réplication", offsetof(struct row, replication), WHOLE },
    { "clinic", "clinic, by its number in /clinics from 0; -1 the whole region or centre",
      "clinique, par son numéro dans /clinics à partir de 0; -1 toute la région ou le centre",
      offsetof(struct row, clinic), WHOLE },
    { "week", "week", "semaine", offsetof(struct row, week), WHOLE },
    { "kind", "kind of event", "genre d'événement", offsetof(struct row, kind), SMALL },
    { "subject", "subject, as the kind says; -1 none", "sujet, selon le genre; -1 aucun", offsetof(struct row, subject),
      WHOLE },
    { "value", "value, as the kind says", "valeur, selon le genre", offsetof(struct row, value), REAL },
    { "cause", "row of this table that caused it; -1 none", "ligne de ce tableau qui l'a causé; -1 aucune",
      offsetof(struct row, cause), ROW },
};
enum { NUM_COLUMNS = sizeof column_table / sizeof column_table[0] };

int event_log_init(struct event_log *self, const char *beside, int num_arms, int num_replications, struct error *err)
{
    static const char ending[] = ".events.part";
    size_t size = strlen(beside) + sizeof ending;
    char *path = malloc(size);
    int fd;
    *self = (struct event_log){ .num_arms = num_arms, .num_replications = num_replications };
    if (path == NULL)
        return error_set_memory(err);
    snprintf(path, size, "%s%s", beside, ending);
    unlink(path);
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    self->scratch = fd < 0 ? NULL : fdopen(fd, "w+b");
    if (self->scratch == NULL) {
        error_set_system(err, MILIEU_ERR_OUTPUT, errno, "cannot write %s", "impossible d'écrire %s", path);
        if (fd >= 0)
            close(fd);
    }
    if (fd >= 0)
        unlink(path);
    free(path);
    return self->scratch == NULL ? MILIEU_ERR_OUTPUT : 0;
}

static int grow(struct event_log *self, struct error *err)
{
    int64_t max = self->max_records > 0 ? 2 * self->max_records : 1024;
    int64_t *first = realloc(self->first, ((size_t)max + 1) * sizeof *first);
    if (first == NULL)
        return error_set_memory(err);
    if (self->max_records == 0)
        first[0] = 0;
    self->first = first;
    self->max_records = max;
    return 0;
}

int event_log_take(struct event_log *self, const struct record *record, struct error *err)
{
    size_t count = record == NULL ? 0 : (size_t)record->num_events;
    int ret;
    if (self->num_records == self->max_records && (ret = grow(self, err)) != 0)
        return ret;
    if (count > 0 && fwrite(record->event, sizeof *record->event, count, self->scratch) != count)
        return error_set_system(err, MILIEU_ERR_OUTPUT, errno, "cannot write %s", "impossible d'écrire %s", "/events");
    self->first[self->num_records + 1] = self->first[self->num_records] + (int64_t)count;
    self->num_records++;
    return 0;
}

/* ---- the table ---- */

static hid_t file_type(const struct column *column)
{
    return column->type == SMALL  ? H5T_STD_I8LE
           : column->type == REAL ? H5T_IEEE_F64LE
           : column->type == ROW  ? H5T_STD_I64LE
                                  : H5T_STD_I32LE;
}

static hid_t memory_type(const struct column *column)
{
    return column->type == REAL ? H5T_NATIVE_DOUBLE : column->type == ROW ? H5T_NATIVE_INT64 : H5T_NATIVE_INT32;
}

/* CF's way to name numbers: flag_values, and flag_meanings as words without spaces. */
static void write_flags(struct store *store, hid_t array, hid_t type, const char *const *names, int count)
{
    size_t length = 1;
    char *text, *end;
    int32_t value[256];
    for (int i = 0; i < count; i++)
        length += strlen(names[i]) + 1;
    if ((end = text = malloc(length)) == NULL) {
        store_fail_memory(store);
        return;
    }
    for (int i = 0; i < count && i < 256; i++) {
        value[i] = i;
        if (i > 0)
            *end++ = ' ';
        memcpy(end, names[i], strlen(names[i]));
        end += strlen(names[i]);
    }
    *end = '\0';
    if (count > 0) {
        int8_t small[256];
        for (int i = 0; i < count && i < 256; i++)
            small[i] = (int8_t)i;
        store_attribute(store, array, "flag_values", type,
                        H5Tget_size(type) == 1 ? (const void *)small : (const void *)value, (size_t)count);
        store_attribute_text(store, array, "flag_meanings", text);
    }
    free(text);
}

static void make_columns(struct store *store, hid_t *array, int64_t rows, char **arm_id, int num_arms)
{
    const char *kind[NUM_EVENT_KINDS];
    struct shelf shelf;
    hsize_t chunk = rows < BLOCK_ROWS ? (hsize_t)rows : BLOCK_ROWS;
    int axis;
    for (int i = 0; i < NUM_EVENT_KINDS; i++)
        kind[i] = event_table[i].id;
    shelf_open(&shelf, store, "events");
    axis = shelf_axis(&shelf, "event", H5T_NATIVE_INT32, NULL, (hsize_t)rows);
    for (int i = 0; i < NUM_COLUMNS; i++) {
        const struct column *column = &column_table[i];
        array[i] =
            shelf_array(&shelf, column->name, file_type(column), &axis, 1, store->compress && rows > 0 ? &chunk : NULL);
        store_describe(store, array[i], column->english, column->french, NULL);
        if (column->offset == offsetof(struct row, kind))
            write_flags(store, array[i], H5T_NATIVE_INT8, kind, NUM_EVENT_KINDS);
        if (column->offset == offsetof(struct row, arm))
            write_flags(store, array[i], H5T_NATIVE_INT32, (const char *const *)arm_id, num_arms);
    }
    shelf_close(&shelf);
}

/* Rows gathered until a block is full. */
struct block {
    struct row *row;
    char *column; /* one column of the rows */
    int64_t start;
    int count;
};

static void write_rows(struct store *store, const hid_t *array, struct block *block)
{
    hsize_t start = (hsize_t)block->start, count = (hsize_t)block->count;
    for (int i = 0; i < NUM_COLUMNS && count > 0; i++) {
        const struct column *column = &column_table[i];
        size_t size = column->type == WHOLE || column->type == SMALL ? 4 : 8;
        for (int j = 0; j < block->count; j++)
            memcpy(block->column + (size_t)j * size, (const char *)&block->row[j] + column->offset, size);
        store_write(store, array[i], 1, &start, &count, memory_type(column), block->column);
    }
    block->start += block->count;
    block->count = 0;
}

/* The events of record number `index` of the scratch file. */
static void append_record(struct event_log *self, struct store *store, const hid_t *array, struct block *block,
                          int64_t index)
{
    int64_t count = self->first[index + 1] - self->first[index], base = block->start + block->count;
    int64_t run = index / self->num_arms;
    struct row row = { .arm = (int32_t)(index % self->num_arms),
                       .draw = (int32_t)(run / self->num_replications),
                       .replication = (int32_t)(run % self->num_replications) };
    if (count > 0 && fseeko(self->scratch, (off_t)(self->first[index] * (int64_t)sizeof(struct event)), SEEK_SET) != 0)
        store_fail_because(store, error_reason(errno));
    for (int64_t i = 0; i < count && !store->failed; i++) {
        struct event event;
        if (fread(&event, sizeof event, 1, self->scratch) != 1) {
            store_fail_because(store, error_reason(errno != 0 ? errno : EIO));
            break;
        }
        row.clinic = event.clinic;
        row.week = event.week;
        row.kind = event.kind;
        row.subject = event.subject;
        row.value = event.value;
        row.cause = event.cause < 0 ? -1 : base + event.cause;
        block->row[block->count++] = row;
        if (block->count == BLOCK_ROWS)
            write_rows(store, array, block);
    }
}

void event_log_write(struct event_log *self, struct store *store, char **arm_id)
{
    hid_t array[NUM_COLUMNS];
    struct block block = { .row = malloc(BLOCK_ROWS * sizeof(struct row)), .column = malloc(BLOCK_ROWS * 8) };
    for (int i = 0; i < NUM_COLUMNS; i++)
        array[i] = H5I_INVALID_HID;
    if (block.row == NULL || block.column == NULL)
        store_fail_memory(store);
    errno = 0;
    if (self->scratch != NULL && fflush(self->scratch) != 0)
        store_fail_because(store, error_reason(errno));
    make_columns(store, array, self->num_records > 0 ? self->first[self->num_records] : 0, arm_id, self->num_arms);
    for (int arm = 0; arm < self->num_arms; arm++)
        for (int64_t i = arm; i < self->num_records && !store->failed; i += self->num_arms)
            append_record(self, store, array, &block, i);
    if (!store->failed)
        write_rows(store, array, &block);
    for (int i = 0; i < NUM_COLUMNS; i++)
        store_put_away(store, &array[i]);
    free(block.row);
    free(block.column);
}

void event_log_free(struct event_log *self)
{
    if (self->scratch != NULL)
        fclose(self->scratch);
    free(self->first);
    *self = (struct event_log){ 0 };
}
