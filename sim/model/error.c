#include "error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

struct error_row {
    int exit_status;
    const char *words;
};

static const struct error_row error_table[NUM_ERRORS] = {
#define X(name, exit_status, words) { exit_status, words },
#include "errors.def"
#undef X
};

static const struct error_row *find_row(int code)
{
    int index = -1 - code;
    return index >= 0 && index < NUM_ERRORS ? &error_table[index] : NULL;
}

int error_record(struct error *err, int code, const char *file, int line, const char *format, ...)
{
    if (err != NULL) {
        va_list arguments;
        err->code = code;
        err->file = file;
        err->line = line;
        va_start(arguments, format);
        vsnprintf(err->detail, sizeof err->detail, format, arguments);
        va_end(arguments);
    }
    return code;
}

const char *error_words(int code)
{
    const struct error_row *row = find_row(code);
    return row != NULL ? row->words : "unknown error";
}

int error_exit_status(int code)
{
    const struct error_row *row = find_row(code);
    return code == 0 ? 0 : row != NULL ? row->exit_status : 1;
}
