#include "difference.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 100 };

/* A growing text. `failed`: memory ran out. */
struct text {
    char *bytes;
    size_t length, size;
    bool failed;
};

static void text_add(struct text *self, const char *bytes, size_t length)
{
    if (self->size - self->length <= length) {
        size_t size = 2 * (self->length + length) + 32;
        char *grown = self->failed ? NULL : realloc(self->bytes, size);
        if (grown == NULL) {
            self->failed = true;
            return;
        }
        self->bytes = grown;
        self->size = size;
    }
    memcpy(self->bytes + self->length, bytes, length);
    self->length += length;
    self->bytes[self->length] = '\0';
}

static void text_cut(struct text *self, size_t length)
{
    if (length < self->length) {
        self->length = length;
        self->bytes[length] = '\0';
    }
}

/* ---- a text as a list of paths and values ---- */

struct entry {
    char *path, *value;
};

struct flat {
    const char *at;   /* where the reading stands */
    struct text path; /* of what is being read */
    struct entry *entry;
    size_t count, capacity;
    int depth;
    bool failed, no_memory;
};

static void flat_free(struct flat *self)
{
    for (size_t i = 0; i < self->count; i++) {
        free(self->entry[i].path);
        free(self->entry[i].value);
    }
    free(self->entry);
    free(self->path.bytes);
}

static char *copied(const char *text, size_t length)
{
    char *copy = malloc(length + 1);
    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

static void flat_add(struct flat *self, const struct text *value)
{
    struct entry entry;
    if (self->count == self->capacity) {
        size_t capacity = 2 * self->capacity + 64;
        struct entry *grown = realloc(self->entry, capacity * sizeof *grown);
        if (grown == NULL) {
            self->no_memory = true;
            return;
        }
        self->entry = grown;
        self->capacity = capacity;
    }
    entry.path = copied(self->path.length > 0 ? self->path.bytes : "", self->path.length);
    entry.value = copied(value->length > 0 ? value->bytes : "", value->length);
    self->entry[self->count++] = entry;
    self->no_memory |= entry.path == NULL || entry.value == NULL || value->failed || self->path.failed;
}

static void skip_line(const char **at)
{
    while (**at != '\0' && **at != '\n')
        (*at)++;
}

/* Spaces and comments of the three kinds. */
static void skip_blank(struct flat *self)
{
    const char **at = &self->at;
    for (;;) {
        if (**at == ' ' || (**at >= '\t' && **at <= '\r')) {
            (*at)++;
        } else if (**at == '#' || strncmp(*at, "//", 2) == 0) {
            skip_line(at);
        } else if (strncmp(*at, "/*", 2) == 0) {
            const char *end = strstr(*at + 2, "*/");
            *at = end != NULL ? end + 2 : *at + strlen(*at);
        } else {
            return;
        }
    }
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("_-*+.", c));
}

/* A string with its quotes; neighbours join, as libconfig has it. */
static void read_string(struct flat *self, struct text *value)
{
    text_add(value, "\"", 1);
    while (*self->at == '"') {
        const char *start = ++self->at;
        while (*self->at != '"' && *self->at != '\0')
            self->at += *self->at == '\\' && self->at[1] != '\0' ? 2 : 1;
        self->failed |= *self->at == '\0';
        text_add(value, start, (size_t)(self->at - start));
        if (*self->at == '"')
            self->at++;
        skip_blank(self);
    }
    text_add(value, "\"", 1);
}

/* A number in one form, whatever it was written like; true, false and hexadecimal numbers as they are. */
static void read_word(struct flat *self, struct text *value)
{
    const char *start = self->at;
    char word[64], number[32], *end;
    size_t length;
    while (is_word(*self->at))
        self->at++;
    length = (size_t)(self->at - start);
    self->failed |= length == 0;
    if (length > 0 && length < sizeof word) {
        double x;
        memcpy(word, start, length);
        word[length] = '\0';
        x = strtod(word, &end);
        for (int digits = 15; *end == '\0' && digits <= 17; digits++) {
            snprintf(number, sizeof number, "%.*g", digits, x);
            if (strtod(number, NULL) == x || digits == 17) {
                text_add(value, number, strlen(number));
                return;
            }
        }
    }
    text_add(value, start, length);
}

static void read_group(struct flat *self);
static void read_list(struct flat *self, struct text *value);

/* A value that is not a group, added to `value`. */
static void read_plain(struct flat *self, struct text *value)
{
    skip_blank(self);
    if (++self->depth > MAX_DEPTH)
        self->failed = true;
    else if (*self->at == '"')
        read_string(self, value);
    else if (*self->at == '(' || *self->at == '[')
        read_list(self, value);
    else
        read_word(self, value);
    self->depth--;
}

/* Gives the entries from `first` on, whose paths go on behind `length` bytes with the item's number, the item's id. */
static void name_by_id(struct flat *self, size_t first, size_t length, size_t number_length)
{
    const char *id = NULL;
    size_t id_length;
    for (size_t i = first; i < self->count && !self->no_memory; i++)
        if (strcmp(self->entry[i].path + length + number_length, ".id") == 0)
            id = self->entry[i].value;
    if (id == NULL || (id_length = strlen(id)) < 3) /* two quotes, and something between them */
        return;
    for (size_t i = first; i < self->count; i++) {
        struct text path = { 0 };
        const char *old = self->entry[i].path;
        text_add(&path, old, length);
        text_add(&path, "[", 1);
        text_add(&path, id + 1, id_length - 2);
        text_add(&path, "]", 1);
        text_add(&path, old + length + number_length, strlen(old + length + number_length));
        if (path.failed) {
            free(path.bytes);
            self->no_memory = true;
            return;
        }
        free(self->entry[i].path);
        self->entry[i].path = path.bytes;
    }
}

/* A group in a list: its values are entries of their own. */
static void read_item(struct flat *self, int number)
{
    char text[24];
    size_t first = self->count, length = self->path.length;
    snprintf(text, sizeof text, "[%d]", number);
    text_add(&self->path, text, strlen(text));
    read_group(self);
    name_by_id(self, first, length, strlen(text));
    text_cut(&self->path, length);
}

/* Lists of plain values are one value; groups in a list become entries. */
static void read_list(struct flat *self, struct text *value)
{
    char close = *self->at == '(' ? ')' : ']';
    int number = 0;
    text_add(value, self->at++, 1);
    for (;; number++) {
        skip_blank(self);
        if (*self->at == close || *self->at == '\0' || self->failed || self->no_memory)
            break;
        if (*self->at == '{') {
            read_item(self, number);
        } else {
            if (value->length > 1)
                text_add(value, ", ", 2);
            read_plain(self, value);
        }
        skip_blank(self);
        if (*self->at == ',')
            self->at++;
        else if (*self->at != close)
            self->failed = true;
    }
    self->failed |= *self->at != close;
    if (!self->failed)
        text_add(value, self->at++, 1);
}

static void read_setting(struct flat *self)
{
    const char *name = self->at;
    size_t length = self->path.length, entries;
    struct text value = { 0 };
    while (is_word(*self->at))
        self->at++;
    self->failed |= self->at == name;
    if (length > 0)
        text_add(&self->path, ".", 1);
    text_add(&self->path, name, (size_t)(self->at - name));
    skip_blank(self);
    if (*self->at == '=' || *self->at == ':')
        self->at++;
    else
        self->failed = true;
    skip_blank(self);
    entries = self->count;
    if (self->failed) {
        self->at += strlen(self->at);
    } else if (*self->at == '{') {
        read_group(self);
    } else {
        read_plain(self, &value);
        if (self->count == entries)
            flat_add(self, &value);
    }
    free(value.bytes);
    text_cut(&self->path, length);
    skip_blank(self);
    if (*self->at == ';' || *self->at == ',')
        self->at++;
}

/* Settings up to the end of the group or of the text. */
static void read_settings(struct flat *self, char end)
{
    skip_blank(self);
    while (*self->at != end && *self->at != '\0' && !self->failed && !self->no_memory) {
        read_setting(self);
        skip_blank(self);
    }
    self->failed |= *self->at != end;
}

static void read_group(struct flat *self)
{
    self->at++;
    if (++self->depth > MAX_DEPTH)
        self->failed = true;
    else
        read_settings(self, '}');
    self->depth--;
    if (!self->failed)
        self->at++;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

static int flatten(struct flat *self, const char *text, struct error *err)
{
    *self = (struct flat){ .at = text };
    read_settings(self, '\0');
    if (self->no_memory || self->path.failed)
        return error_set_memory(err);
    if (self->failed)
        return error_set(err, MILIEU_ERR_RESULTS, "a stored scenario cannot be read",
                         "un scénario gardé ne peut être lu");
    if (self->count > 0)
        qsort(self->entry, self->count, sizeof *self->entry, by_path);
    return 0;
}

/* ---- differences ---- */

/* Takes over path and values. */
static int add(struct differences *self, struct entry *a, struct entry *b, size_t most, struct error *err)
{
    struct difference *item;
    if (self->item == NULL && (self->item = malloc(most * sizeof *self->item)) == NULL)
        return error_set_memory(err);
    item = &self->item[self->count++];
    item->path = a != NULL ? a->path : b->path;
    item->a = a != NULL ? a->value : NULL;
    item->b = b != NULL ? b->value : NULL;
    if (a != NULL)
        a->path = a->value = NULL;
    if (b != NULL) {
        if (item->path != b->path)
            free(b->path);
        b->path = b->value = NULL;
    }
    return 0;
}

static int merge(struct differences *self, struct flat *a, struct flat *b, struct error *err)
{
    size_t i = 0, j = 0, most = a->count + b->count;
    int ret = 0;
    while ((i < a->count || j < b->count) && ret == 0) {
        int order = i == a->count ? 1 : j == b->count ? -1 : strcmp(a->entry[i].path, b->entry[j].path);
        struct entry *in_a = order <= 0 ? &a->entry[i++] : NULL, *in_b = order >= 0 ? &b->entry[j++] : NULL;
        if (order != 0 || strcmp(in_a->value, in_b->value) != 0)
            ret = add(self, in_a, in_b, most, err);
    }
    return ret;
}

int differences_of_texts(struct differences *self, const char *a, const char *b, struct error *err)
{
    struct flat flat_a = { 0 }, flat_b = { 0 };
    int ret;
    *self = (struct differences){ 0 };
    if ((ret = flatten(&flat_a, a, err)) == 0 && (ret = flatten(&flat_b, b, err)) == 0)
        ret = merge(self, &flat_a, &flat_b, err);
    flat_free(&flat_a);
    flat_free(&flat_b);
    if (ret != 0)
        differences_free(self);
    return ret;
}

void differences_free(struct differences *self)
{
    for (size_t i = 0; i < self->count; i++) {
        free(self->item[i].path);
        free(self->item[i].a);
        free(self->item[i].b);
    }
    free(self->item);
    *self = (struct differences){ 0 };
}
