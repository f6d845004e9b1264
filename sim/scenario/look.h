/* The look-through: the raw text of a scenario before libconfig sees it. libconfig wraps integers, stops at a NUL,
 * swallows what follows an open comment, ends the process on "@include" of a folder, and takes minutes over a long
 * string: what it would misread is said here, with its line. Private to this folder. */
#ifndef MILIEU_LOOK_H
#define MILIEU_LOOK_H

#include "reading.h"

#define LOOK_MAX_FILE ((size_t)32 * 1024 * 1024) /* bytes */
#define LOOK_MAX_TEXT ((size_t)64 * 1024)        /* bytes of one text, joined parts together */
#define LOOK_MAX_DEPTH 64                        /* groups and lists inside one another */
#define LOOK_MAX_KEYS 256                        /* in one group: libconfig's time grows with their square */
#define LOOK_MAX_ELEMENTS 100000                 /* in one list */
#define LOOK_MAX_VALUES 3000000                  /* in one file */

/* A value already complained of stands in the repaired text as this text, which no file can hold. */
#define LOOK_BAD "\x01"

/* Reads source->text through. On success `*repaired` is a text (malloc, the caller frees) without the slips complained
 * of, so that what follows can go on and find the rest; every line keeps its number. It is NULL when the text cannot be
 * read further, or when memory ran out. Array brackets come out as list brackets. */
void look_through(struct reading *reading, const struct source *source, char **repaired);

/* The length of the UTF-8 character at `text`, 0 when the bytes there are none. */
size_t look_utf8(const char *text, size_t length);

#endif
