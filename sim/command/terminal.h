/* Where words go: two streams, a language, whether colour is welcome. And how text is laid out for people:
 * numbers as the language writes them, columns and paragraphs counted in characters, not bytes (UTF-8). */
#ifndef MILIEU_TERMINAL_H
#define MILIEU_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "words.h"

enum { LANG_EN, LANG_FR };

#define TERMINAL_WIDTH 80

struct terminal {
    FILE *out, *err;
    int lang;
    bool color_out, color_err;
};

enum color_when { COLOR_AUTO, COLOR_NEVER, COLOR_ALWAYS };

/* Sets the streams and, from the environment (LC_ALL, LC_MESSAGES, LANG), the language. */
void terminal_init(struct terminal *self, FILE *out, FILE *err);
void terminal_set_color(struct terminal *self, enum color_when when);

/* Prints a word of words.def with its arguments, in the language: on standard output, on standard error. */
void say(const struct terminal *self, enum word word, ...);
void tell(const struct terminal *self, enum word word, ...);

/* The same on standard output, wrapped at 80 columns, with a newline; `indent` spaces before the first line, 4 more
 * before the others when it is not 0. */
void say_paragraph(const struct terminal *self, size_t indent, enum word word, ...);

/* The words themselves, in the language. */
const char *in_words(const struct terminal *self, enum word word);

/* "1 error", "3 errors": `one` is the word for one, the next of the table the word for any other number (%zu). In
 * French none is singular. Returns `buffer`. */
char *count_words(char *buffer, size_t size, const struct terminal *self, enum word one, size_t count);

/* Escape sequences, "" where colour is not welcome. */
const char *bold(bool color);
const char *red(bool color);
const char *yellow(bool color);
const char *dim(bool color);
const char *plain(bool color);

/* ---- text ---- */

#define NUMBER_LENGTH 64

/* A number as people write it: decimal comma and no-break spaces between thousands in French, commas in English, a true
 * minus sign; "-" for NaN. `plus` writes + before a positive one. Returns `buffer` (NUMBER_LENGTH bytes). */
char *text_number(char *buffer, double value, int decimals, bool plus, int lang);

/* The same with as many decimals as tell three figures; a whole number has none. */
char *text_figures(char *buffer, double value, int lang);

/* Columns a UTF-8 text takes on a terminal (one a character). */
size_t text_width(const char *text);

/* Prints `text`, cut to `width` columns (an ellipsis where cut), padded with spaces to it; to the right if `right`. */
void text_cell(FILE *out, const char *text, size_t width, bool right);

/* Prints a paragraph wrapped at `width` columns, each line after the first indented by `indent` spaces; the first is
 * taken to begin at column `column`. Ends with a newline. No-break spaces are kept. */
void text_paragraph(FILE *out, const char *text, size_t column, size_t indent, size_t width);

#endif
