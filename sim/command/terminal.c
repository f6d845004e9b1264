#include "terminal.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_BREAK_SPACE "\u00a0"

static int language_of_environment(void)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && *value != '\0')
            return strncmp(value, "fr", 2) == 0 ? LANG_FR : LANG_EN;
    }
    return LANG_EN;
}

void terminal_init(struct terminal *self, FILE *out, FILE *err)
{
    self->out = out;
    self->err = err;
    self->lang = language_of_environment();
    terminal_set_color(self, COLOR_AUTO);
}

static bool color_welcome(FILE *stream)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    if ((no_color != NULL && *no_color != '\0') || term == NULL || strcmp(term, "dumb") == 0)
        return false;
    return isatty(fileno(stream)) == 1;
}

void terminal_set_color(struct terminal *self, enum color_when when)
{
    self->color_out = when == COLOR_ALWAYS || (when == COLOR_AUTO && color_welcome(self->out));
    self->color_err = when == COLOR_ALWAYS || (when == COLOR_AUTO && color_welcome(self->err));
}

const char *in_words(const struct terminal *self, enum word word)
{
    return word_text(word, self->lang);
}

/* The formats come from words.def; tests/system/words.py holds that both languages take the same arguments. */
void say(const struct terminal *self, enum word word, ...)
{
    va_list arguments;
    va_start(arguments, word);
    vfprintf(self->out, in_words(self, word), arguments);
    va_end(arguments);
}

void tell(const struct terminal *self, enum word word, ...)
{
    va_list arguments;
    va_start(arguments, word);
    vfprintf(self->err, in_words(self, word), arguments);
    va_end(arguments);
}

void say_paragraph(const struct terminal *self, size_t indent, enum word word, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, word);
    vsnprintf(text, sizeof text, in_words(self, word), arguments);
    va_end(arguments);
    fprintf(self->out, "%*s", (int)indent, "");
    text_paragraph(self->out, text, indent, indent > 0 ? indent + 4 : 0, TERMINAL_WIDTH);
}

char *count_words(char *buffer, size_t size, const struct terminal *self, enum word one, size_t count)
{
    bool is_one = count == 1 || (count == 0 && self->lang == LANG_FR);
    snprintf(buffer, size, in_words(self, is_one ? one : one + 1), count);
    return buffer;
}

const char *bold(bool color)
{
    return color ? "\033[1m" : "";
}
const char *red(bool color)
{
    return color ? "\033[31m" : "";
}
const char *yellow(bool color)
{
    return color ? "\033[33m" : "";
}
const char *dim(bool color)
{
    return color ? "\033[2m" : "";
}
const char *plain(bool color)
{
    return color ? "\033[0m" : "";
}

/* ---- text ---- */

/* Copies the digits of `plain_number` ("1234.5") with the language's marks. */
static void with_marks(char *out, const char *plain_number, int lang)
{
    const char *between = lang == LANG_FR ? NO_BREAK_SPACE : ",";
    const char *point = strchr(plain_number, '.');
    size_t digits = point != NULL ? (size_t)(point - plain_number) : strlen(plain_number);
    for (size_t i = 0; i < digits; i++) {
        if (i > 0 && (digits - i) % 3 == 0)
            out = stpcpy(out, between);
        *out++ = plain_number[i];
    }
    *out = '\0';
    if (point != NULL) {
        out = stpcpy(out, lang == LANG_FR ? "," : ".");
        strcpy(out, point + 1);
    }
}

char *text_number(char *buffer, double value, int decimals, bool plus, int lang)
{
    char digits[32];
    double unit = pow(10, decimals);
    double rounded = round(value * unit) / unit;
    if (!isfinite(value) || fabs(rounded) >= 1e15)
        return strcpy(buffer, isnan(value) ? "-" : value > 0 ? ">10\u00b9\u2075" : "<\u221210\u00b9\u2075");
    snprintf(digits, sizeof digits, "%.*f", decimals, fabs(rounded));
    char *out = stpcpy(buffer, rounded < 0 ? "\u2212" : plus && rounded > 0 ? "+" : "");
    with_marks(out, digits, lang);
    return buffer;
}

char *text_figures(char *buffer, double value, int lang)
{
    double size = fabs(value);
    int decimals = size >= 100 || size == floor(size) ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : size >= 0.01 ? 3 : 4;
    return text_number(buffer, value, decimals, false, lang);
}

static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

size_t text_width(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += begins_character(*text);
    return width;
}

/* Bytes of the first `width` characters. */
static size_t bytes_of(const char *text, size_t width)
{
    size_t i = 0;
    for (; text[i] != '\0'; i++)
        if (begins_character(text[i]) && width-- == 0)
            break;
    return i;
}

void text_cell(FILE *out, const char *text, size_t width, bool right)
{
    size_t had = text_width(text);
    if (had > width) {
        fprintf(out, "%.*s\u2026", (int)bytes_of(text, width - 1), text);
        return;
    }
    if (right)
        fprintf(out, "%*s%s", (int)(width - had), "", text);
    else
        fprintf(out, "%s%*s", text, (int)(width - had), "");
}

void text_paragraph(FILE *out, const char *text, size_t column, size_t indent, size_t width)
{
    bool first = true;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        size_t columns = text_width(text) - text_width(text + length);
        if (!first && column + 1 + columns > width) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", (int)length, text);
        column += columns;
        first = false;
        text += length + strspn(text + length, " ");
    }
    fputc('\n', out);
}
