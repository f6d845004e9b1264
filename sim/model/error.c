#include "error.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct error_row {
    int exit_status;
    const char *words[2];
};

static const struct error_row error_table[NUM_ERRORS] = {
#define X(name, exit_status, en, fr) { exit_status, { en, fr } },
#include "errors.def"
#undef X
};

static const struct {
    int number;
    const char *french;
} reason_table[] = {
#define X(number, fr) { number, fr },
#include "reasons.def"
#undef X
};

static const struct error_row *find_row(int code)
{
    int index = -1 - code;
    return index >= 0 && index < NUM_ERRORS ? &error_table[index] : NULL;
}

/* The message in one language, cut where it is too long, and its reason. */
static void write_detail(char *detail, size_t size, int lang, struct reason because, const char *format,
                         va_list arguments)
{
    static const char *const colon[2] = { ": ", "\u00a0: " };
    size_t length;
    vsnprintf(detail, size, format, arguments);
    length = strlen(detail);
    if (because.text[lang] != NULL)
        snprintf(detail + length, size - length, "%s%s", colon[lang], because.text[lang]);
}

int error_record_list(struct error *err, int code, const char *file, int line, struct reason because, const char *en,
                      const char *fr, va_list arguments)
{
    const char *const format[2] = { en, fr };
    if (err == NULL)
        return code;
    err->code = code;
    err->file = file;
    err->line = line;
    for (int lang = 0; lang < 2; lang++) {
        va_list again;
        va_copy(again, arguments);
        write_detail(err->detail[lang], sizeof err->detail[lang], lang, because, format[lang], again);
        va_end(again);
    }
    return code;
}

int error_record(struct error *err, int code, const char *file, int line, struct reason because, const char *en,
                 const char *fr, ...)
{
    va_list arguments;
    va_start(arguments, fr);
    error_record_list(err, code, file, line, because, en, fr, arguments);
    va_end(arguments);
    return code;
}

struct reason error_reason(int number)
{
    const char *text = strerror(number); /* once: a second call may take back the first */
    struct reason reason = { { text, text } };
    for (size_t i = 0; i < sizeof reason_table / sizeof *reason_table; i++)
        if (reason_table[i].number == number)
            reason.text[1] = reason_table[i].french;
    return reason;
}

const char *error_words(int code, int lang)
{
    static const char *const unknown[2] = { "unknown error", "erreur inconnue" };
    const struct error_row *row = find_row(code);
    return row != NULL ? row->words[lang] : unknown[lang];
}

int error_exit_status(int code)
{
    const struct error_row *row = find_row(code);
    return code == 0 ? 0 : row != NULL ? row->exit_status : 1;
}
