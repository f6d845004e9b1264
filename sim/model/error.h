/* Errors: a negative code, and where and why it arose.
 *
 * Every function that can fail returns 0 or one of the MILIEU_ERR_* codes (all negative), and fills a caller-owned
 * `struct error` through error_set(). Nothing below sim/command prints or exits. */
#ifndef MILIEU_ERROR_H
#define MILIEU_ERROR_H

enum error_index {
#define X(name, exit_status, words) name##_INDEX,
#include "errors.def"
#undef X
    NUM_ERRORS
};

enum {
#define X(name, exit_status, words) name = -1 - name##_INDEX,
#include "errors.def"
#undef X
};

struct error {
    int code;          /* 0, or a MILIEU_ERR_* code */
    const char *file;  /* source file that raised it */
    int line;          /* and its line */
    char detail[1024]; /* what, where, allowed, what to do: UTF-8, no newline at the end */
};

/* Records the error and returns `code`, so that `return error_set(err, MILIEU_ERR_X, "...")` reads as one thought.
 * `err` may be NULL. */
#define error_set(err, code, ...) error_record((err), (code), __FILE__, __LINE__, __VA_ARGS__)

int error_record(struct error *err, int code, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The words of the table for a code; "unknown error" for a number that is none. Never NULL; static storage. */
const char *error_words(int code);

/* The exit status the program ends with for a code (0 for 0). */
int error_exit_status(int code);

#endif
