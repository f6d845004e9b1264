#include "said.h"

#include <string.h>

struct line {
    const char *from, *to;
};

static struct line line_around(const struct source *source, const char *at)
{
    const char *first = source->text, *last = source->text + source->length;
    struct line line = { at, at };
    while (line.from > first && line.from[-1] != '\n')
        line.from--;
    while (line.to < last && *line.to != '\n')
        line.to++;
    return line;
}

/* False above the first. */
static bool line_above(const struct source *source, struct line *line)
{
    if (line->from == source->text)
        return false;
    *line = line_around(source, line->from - 1);
    return true;
}

static struct line trimmed(struct line line)
{
    while (line.from < line.to && strchr(" \t\r", *line.from) != NULL)
        line.from++;
    while (line.from < line.to && strchr(" \t\r", line.to[-1]) != NULL)
        line.to--;
    return line;
}

/* From the first '#' that stands in no text; empty when there is none. */
static struct line comment_in(struct line line)
{
    bool inside = false;
    for (; line.from < line.to; line.from++) {
        if (*line.from == '"')
            inside = !inside;
        else if (*line.from == '#' && !inside)
            return trimmed(line);
    }
    return line;
}

static bool is_comment(struct line line)
{
    line = trimmed(line);
    return line.from < line.to && *line.from == '#';
}

/* A key and its value in one line, with nothing said beside it: what is said above is said of the next one too. */
static bool is_plain_key(struct line line)
{
    struct line own = comment_in(line);
    line = trimmed(line);
    if (own.from < own.to || line.from == line.to || line.to[-1] != ';')
        return false;
    for (const char *c = line.from; c < line.to; c++)
        if (*c == '{' || *c == '}')
            return false;
    return memchr(line.from, '=', (size_t)(line.to - line.from)) != NULL;
}

static void add(char **to, struct line line)
{
    line = trimmed(line);
    while (line.from < line.to && (*line.from == '#' || *line.from == ' '))
        line.from++;
    memcpy(*to, line.from, (size_t)(line.to - line.from));
    *to += line.to - line.from;
    *(*to)++ = ' ';
}

/* A comment that ends in `last`, from its first line on. */
static const char *join(struct reading *reading, const struct source *source, struct line last)
{
    struct line first = last, above = last;
    while (line_above(source, &above) && is_comment(above))
        first = above;
    char *text = reading_memory(reading, arena_alloc(reading->keep, (size_t)(last.to - first.from) + 2)), *end = text;
    if (text == NULL)
        return NULL;
    for (struct line line = first; line.from <= last.from; line = line_around(source, line.to + 1)) {
        add(&end, line);
        if (line.to >= last.to)
            break;
    }
    end[-1] = '\0';
    return text;
}

const char *said_of(struct reading *reading, const struct node *node)
{
    struct source *source = node->source;
    if (source == NULL || source->option != NULL || source->text == NULL || node->line < 1)
        return NULL;
    struct line line = line_around(source, source->text + reading_line(source, node->line));
    struct line own = comment_in(line);
    if (own.from < own.to) {
        char *text = reading_memory(reading, arena_alloc(reading->keep, (size_t)(own.to - own.from) + 2)), *end = text;
        if (text == NULL)
            return NULL;
        add(&end, own);
        end[-1] = '\0';
        return text;
    }
    while (line_above(source, &line))
        if (is_comment(line))
            return join(reading, source, line);
        else if (!is_plain_key(line))
            break;
    return NULL;
}
