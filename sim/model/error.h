/* Errors: a negative code, and where and why it arose, in English and in French.
 *
 * Every function that can fail returns 0 or one of the MILIEU_ERR_* codes (all negative), and fills a caller-owned
 * `struct error` through error_set(). Nothing below sim/command prints or exits. */
#ifndef MILIEU_ERROR_H
#define MILIEU_ERROR_H

#include <stdarg.h>

enum error_index {
#define X(name, exit_status, en, fr) name##_INDEX,
#include "errors.def"
#undef X
    NUM_ERRORS
};

enum {
#define X(name, exit_status, en, fr) name = -1 - name##_INDEX,
#include "errors.def"
#undef X
};

struct error {
    int code;             /* 0, or a MILIEU_ERR_* code */
    const char *file;     /* source file that raised it */
    int line;             /* and its line */
    char detail[2][1024]; /* English, French: what, where, allowed, what to do. UTF-8, no newline at the end; "" where
                             the words of the code say it all */
};

/* A cause, for the end of a message: English, French; both NULL = none. Borrowed. */
struct reason {
    const char *text[2];
};

/* Records the error and returns `code`, so that `return error_set(err, MILIEU_ERR_X, "...", "...")` reads as one
 * thought. The message is a printf format twice, English and French, which take the same arguments in the same order.
 * `err` may be NULL. */
#define error_set(err, code, ...) error_record((err), (code), __FILE__, __LINE__, (struct reason){ { 0 } }, __VA_ARGS__)

/* The same, and ": " and why: in words, or by the errno of a call of the system. */
#define error_set_because(err, code, because, ...)                                                                     \
    error_record((err), (code), __FILE__, __LINE__, (because), __VA_ARGS__)
#define error_set_system(err, code, number, ...)                                                                       \
    error_record((err), (code), __FILE__, __LINE__, error_reason(number), __VA_ARGS__)

/* Out of memory, when there is no more to say. */
#define error_set_memory(err) error_set((err), MILIEU_ERR_MEMORY, "%s", "%s", "")

int error_record(struct error *err, int code, const char *file, int line, struct reason because, const char *en,
                 const char *fr, ...) __attribute__((format(printf, 6, 8), format(printf, 7, 8)));
int error_record_list(struct error *err, int code, const char *file, int line, struct reason because, const char *en,
                      const char *fr, va_list arguments);

/* What the system says of an errno. */
struct reason error_reason(int number);

/* The words of the table for a code, lang 0 English, 1 French; "unknown error" for a number that is none. Never NULL;
 * static storage. */
const char *error_words(int code, int lang);

/* The exit status the program ends with for a code (0 for 0). */
int error_exit_status(int code);

#endif
