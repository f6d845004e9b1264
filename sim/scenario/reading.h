/* What is shared while one scenario is read: where it is kept, and how to complain. For this folder, and the reader of studies. */
#ifndef MILIEU_READING_H
#define MILIEU_READING_H

#include "scenario.h"
#include "schema.h"
#include "tree.h"

#define READING_MAX_MESSAGES 500 /* more are counted, not kept */

struct reading {
    struct messages *messages;
    struct arena *arena; /* until the reading ends */
    struct arena *keep;  /* as long as the scenario */
    struct schema *schema;
    struct source *first_source, *last_source;
    bool no_memory;                     /* sticky: looked at at the end of each step */
    size_t errors_before, count_before; /* in `messages` when the reading began */
};

/* A complaint about a node, in the language asked for. Both texts take the same arguments in the same order. The node
 * is then `wrong`. */
void complain(struct reading *self, struct node *about, const char *en, const char *fr, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

/* The same about a line of a source (0: the whole of it). */
void complain_at(struct reading *self, const struct source *source, int line, const char *en, const char *fr, ...)
    __attribute__((format(printf, 4, 6), format(printf, 5, 6)));

void warn(struct reading *self, const struct node *about, const char *en, const char *fr, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

bool reading_has_errors(const struct reading *self);

/* True once so much was complained of that suggestions are no longer worth their time. */
bool reading_is_full(const struct reading *self);

/* A copy in the arena of what `pointer` (result of an allocation) is: notes when memory ran out, returns `pointer`. */
void *reading_memory(struct reading *self, void *pointer);

/* The message's order: by file as read, then line, options last. */
void reading_sort_messages(struct reading *self);

/* Where a line of a source begins (1: 0); of one behind the last, the last. */
size_t reading_line(struct source *source, int line);

/* "\n    the line as written\n    ^^^^  " under a key of a source line, "" when it cannot be shown; in the arena. */
const char *reading_excerpt(struct reading *self, const struct node *node);

/* "\n    did you mean 'x'?" in the reading's language, "" for NULL; in the arena. */
const char *reading_did_you_mean(struct reading *self, const char *nearest);

/* The text as it may be shown: at most `most` bytes, whole UTF-8 characters, no control characters; in the arena. */
const char *reading_show(struct reading *self, const char *text, size_t length, size_t most);

/* Where a value stands, from the root down: shown only when something is said about it. */
struct path {
    const struct path *up;
    const char *name;
    const char *id; /* of an item, or NULL */
    int number;     /* of an item without id, from 1; 0: no item */
};

/* "meso[clinic-c].organizational"; in the arena. */
const char *path_show(struct reading *self, const struct path *path);

#endif
