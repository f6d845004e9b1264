#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading.h"

void messages_init(struct messages *self, int lang)
{
    *self = (struct messages){ .lang = lang == 1 ? 1 : 0 };
}

void messages_free(struct messages *self)
{
    for (size_t i = 0; i < self->count; i++) {
        free(self->item[i].file);
        free(self->item[i].text);
    }
    free(self->item);
    messages_init(self, self->lang);
}

static bool grow(struct messages *self)
{
    size_t capacity = self->capacity == 0 ? 16 : self->capacity * 2;
    struct message *item = realloc(self->item, capacity * sizeof *item);
    if (item == NULL)
        return false;
    self->item = item;
    self->capacity = capacity;
    return true;
}

/* "--set runs.draws=0: " before a complaint about an option; "" for a file. */
static char *format_text(const struct source *source, const char *format, va_list arguments)
{
    va_list again;
    const char *option = source != NULL && source->option != NULL ? source->option : "";
    size_t before = strlen(option) + (option[0] != '\0' ? 2 : 0);
    int length;
    char *text;
    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    text = length < 0 ? NULL : malloc(before + (size_t)length + 1);
    if (text == NULL)
        return NULL;
    snprintf(text, before + 1, "%s: ", option);
    vsnprintf(text + before, (size_t)length + 1, format, arguments);
    return text;
}

static bool keep(struct messages *self, bool is_warning, const struct source *source, int line, const char *format,
                 va_list arguments)
{
    bool is_option = source != NULL && source->option != NULL;
    struct message message = { .is_warning = is_warning, .line = is_option ? 0 : line };
    const char *name = source != NULL && !is_option ? source->name : NULL;
    if (self->count == self->capacity && !grow(self))
        return false;
    message.text = format_text(source, format, arguments);
    message.file = name != NULL ? strdup(name) : NULL;
    if (message.text == NULL || (name != NULL && message.file == NULL)) {
        free(message.text);
        free(message.file);
        return false;
    }
    self->item[self->count++] = message;
    return true;
}

/* The last that is kept: the rest is counted as far as it is found. */
static bool keep_last(struct messages *self, const struct source *source, const char *format, ...)
{
    va_list arguments;
    bool kept;
    va_start(arguments, format);
    kept = keep(self, false, source, 0, format, arguments);
    va_end(arguments);
    return kept;
}

static bool keep_or_stop(struct reading *self, bool is_warning, const struct source *source, int line,
                         const char *format, va_list arguments)
{
    struct messages *messages = self->messages;
    if (messages->count - self->count_before < READING_MAX_MESSAGES - 1)
        return keep(messages, is_warning, source, line, format, arguments);
    return keep_last(messages, self->first_source,
                     messages->lang == 1 ? "plus de %d messages : la suite n'est pas montrée"
                                         : "more than %d messages: the rest is not shown",
                     READING_MAX_MESSAGES);
}

static void add(struct reading *self, bool is_warning, const struct source *source, int line, const char *format,
                va_list arguments)
{
    struct messages *messages = self->messages;
    if (!reading_is_full(self) && !keep_or_stop(self, is_warning, source, line, format, arguments))
        self->no_memory = true;
    if (is_warning)
        messages->num_warnings++;
    else
        messages->num_errors++;
}

void complain(struct reading *self, struct node *about, const char *en, const char *fr, ...)
{
    va_list arguments;
    va_start(arguments, fr);
    add(self, false, about->source, about->line, self->messages->lang == 1 ? fr : en, arguments);
    va_end(arguments);
    about->wrong = true;
}

void complain_at(struct reading *self, const struct source *source, int line, const char *en, const char *fr, ...)
{
    va_list arguments;
    va_start(arguments, fr);
    add(self, false, source, line, self->messages->lang == 1 ? fr : en, arguments);
    va_end(arguments);
}

void warn(struct reading *self, const struct node *about, const char *en, const char *fr, ...)
{
    va_list arguments;
    va_start(arguments, fr);
    add(self, true, about->source, about->line, self->messages->lang == 1 ? fr : en, arguments);
    va_end(arguments);
}

bool reading_has_errors(const struct reading *self)
{
    return self->messages->num_errors > self->errors_before;
}

bool reading_is_full(const struct reading *self)
{
    return self->messages->count - self->count_before >= READING_MAX_MESSAGES;
}

void *reading_memory(struct reading *self, void *pointer)
{
    if (pointer == NULL)
        self->no_memory = true;
    return pointer;
}

/* ---- order ---- */

static int file_order(const struct reading *self, const char *file)
{
    int order = 0;
    for (const struct source *source = self->first_source; source != NULL && file != NULL; source = source->next) {
        if (source->name != NULL && strcmp(source->name, file) == 0)
            return order;
        order++;
    }
    return 1 << 20;
}

static bool is_after(const struct reading *self, const struct message *a, const struct message *b)
{
    int order_a = file_order(self, a->file), order_b = file_order(self, b->file);
    return order_a != order_b ? order_a > order_b : a->line > b->line;
}

void reading_sort_messages(struct reading *self)
{
    struct message *item = self->messages->item;
    for (size_t i = self->count_before + 1; i < self->messages->count; i++) {
        struct message moved = item[i];
        size_t j = i;
        for (; j > self->count_before && is_after(self, &item[j - 1], &moved); j--)
            item[j] = item[j - 1];
        item[j] = moved;
    }
}

/* ---- showing what was written ---- */

const char *reading_show(struct reading *self, const char *text, size_t length, size_t most)
{
    bool cut = length > most;
    size_t n = cut ? most : length;
    char *shown;
    while (cut && n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    shown = reading_memory(self, arena_alloc(self->arena, n + sizeof "..."));
    if (shown == NULL)
        return "";
    for (size_t i = 0; i < n; i++)
        shown[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7F ? ' ' : text[i];
    memcpy(shown + n, cut ? "..." : "", cut ? sizeof "..." : 1);
    return shown;
}

size_t reading_line(struct source *source, int line)
{
    size_t offset = source->seen_offset;
    int at = source->seen_line;
    if (at == 0 || line < at) {
        at = 1;
        offset = 0;
    }
    for (; at < line; at++) {
        const char *end = memchr(source->text + offset, '\n', source->length - offset);
        if (end == NULL)
            break;
        offset = (size_t)(end - source->text) + 1;
    }
    source->seen_line = at;
    source->seen_offset = offset;
    return offset;
}

const char *reading_excerpt(struct reading *self, const struct node *node)
{
    char under[64];
    struct source *source = node->source;
    size_t offset, length = 0, width = node->name != NULL ? strlen(node->name) : 0;
    const char *line, *text;
    if (source == NULL || source->option != NULL || node->line < 1 || width == 0 || width >= sizeof under)
        return "";
    offset = reading_line(source, node->line);
    line = source->text + offset;
    while (offset + length < source->length && line[length] != '\n')
        length++;
    for (; length > width && strncmp(line, node->name, width) != 0; length--)
        line++;
    if (length < width || strncmp(line, node->name, width) != 0)
        return "";
    memset(under, '^', width);
    under[width] = '\0';
    text = arena_print(self->arena, "\n    %s\n    %s", reading_show(self, line, length, 60), under);
    return text != NULL ? text : "";
}

const char *reading_did_you_mean(struct reading *self, const char *nearest)
{
    const char *text;
    if (nearest == NULL)
        return "";
    text = self->messages->lang == 1 ? arena_print(self->arena, "\n    vouliez-vous dire « %s » ?", nearest)
                                     : arena_print(self->arena, "\n    did you mean '%s'?", nearest);
    return text != NULL ? text : "";
}

const char *path_show(struct reading *self, const struct path *path)
{
    const char *up = path->up != NULL ? path_show(self, path->up) : "", *text;
    const char *point = up[0] != '\0' ? "." : "";
    if (path->id != NULL)
        text = arena_print(self->arena, "%s%s%s[%s]", up, point, path->name, path->id);
    else if (path->number > 0)
        text = arena_print(self->arena, "%s%s%s[number %d]", up, point, path->name, path->number);
    else
        text = arena_print(self->arena, "%s%s%s", up, point, path->name);
    return text != NULL ? text : "";
}
