#include "lexer.h"

#include <stdlib.h>
#include <string.h>

#include "look.h"

void lexer_init(struct lexer *self, struct reading *reading, const struct source *source)
{
    *self =
        (struct lexer){ .reading = reading, .source = source, .at = source->text, .copied = source->text, .line = 1 };
    self->end = source->text + source->length;
    if (lexer_is_at(self, "\xEF\xBB\xBF")) { /* a byte-order mark */
        self->at += 3;
        self->copied = self->at;
    }
}

/* ---- the repaired text ---- */

void lexer_put(struct lexer *self, const char *text, size_t length)
{
    if (length == 0)
        return;
    if (self->out_length + length > self->out_capacity) {
        size_t capacity = 2 * (self->out_length + length) + 256;
        char *out = realloc(self->out, capacity);
        if (out == NULL) {
            self->reading->no_memory = self->hopeless = true;
            return;
        }
        self->out = out;
        self->out_capacity = capacity;
    }
    memcpy(self->out + self->out_length, text, length);
    self->out_length += length;
}

void lexer_repair(struct lexer *self, const char *from, const char *to, const char *with)
{
    if (from < self->copied) {
        self->hopeless = true;
        return;
    }
    lexer_put(self, self->copied, (size_t)(from - self->copied));
    lexer_put(self, with, strlen(with));
    self->copied = to;
}

const char *lexer_show(struct lexer *self, const char *from, const char *to)
{
    return reading_show(self->reading, from, (size_t)(to - from), 40);
}

/* ---- bytes ---- */

size_t look_utf8(const char *text, size_t length)
{
    const unsigned char *b = (const unsigned char *)text;
    size_t n = b[0] < 0x80                   ? 1
               : b[0] >= 0xC2 && b[0] < 0xE0 ? 2
               : b[0] >= 0xE0 && b[0] < 0xF0 ? 3
               : b[0] >= 0xF0 && b[0] < 0xF5 ? 4
                                             : 0;
    if (n == 0 || n > length)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((b[i] & 0xC0) != 0x80)
            return 0;
    if ((b[0] == 0xE0 && b[1] < 0xA0) || (b[0] == 0xED && b[1] > 0x9F) || (b[0] == 0xF0 && b[1] < 0x90) ||
        (b[0] == 0xF4 && b[1] > 0x8F))
        return 0;
    return n;
}

/* One character on: counts lines, says once that the text is not UTF-8. */
static void advance(struct lexer *self)
{
    size_t n = look_utf8(self->at, (size_t)(self->end - self->at));
    if (n == 0) {
        if (!self->said_utf8)
            LEXER_COMPLAIN(self, self->line, "the byte 0x%02X is not UTF-8: save the file as UTF-8",
                           "l'octet 0x%02X n'est pas de l'UTF-8 : enregistrez le fichier en UTF-8",
                           (unsigned char)*self->at);
        self->said_utf8 = true;
        lexer_repair(self, self->at, self->at + 1, "?");
        n = 1;
    }
    self->line += *self->at == '\n';
    self->at += n;
}

bool lexer_is_at(const struct lexer *self, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(self->end - self->at) >= length && memcmp(self->at, text, length) == 0;
}

static void skip_long_comment(struct lexer *self)
{
    int begun = self->line;
    self->at += 2;
    while (self->at < self->end && !lexer_is_at(self, "*/"))
        advance(self);
    if (self->at == self->end) {
        LEXER_COMPLAIN(self, begun, "the comment that begins with /* here is never closed by */",
                       "le commentaire ouvert ici par /* n'est jamais fermé par */");
        self->hopeless = true;
        return;
    }
    self->at += 2;
}

static void skip_blank(struct lexer *self)
{
    while (self->at < self->end && !self->hopeless) {
        if (strchr(" \t\r\n\f", *self->at) != NULL) {
            advance(self);
        } else if (*self->at == '#' || lexer_is_at(self, "//")) {
            while (self->at < self->end && *self->at != '\n')
                advance(self);
        } else if (lexer_is_at(self, "/*")) {
            skip_long_comment(self);
        } else {
            return;
        }
    }
}

static bool is_name_byte(char c, bool first)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '*' ||
           (!first && ((c >= '0' && c <= '9') || c == '-' || c == '_'));
}

static bool is_number_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '+' ||
           c == '-' || c == '_';
}

static void read_text(struct lexer *self)
{
    bool said = false;
    self->at++;
    while (self->at < self->end && *self->at != '"') {
        unsigned char c = (unsigned char)*self->at;
        if ((c < 0x20 && strchr("\t\n\r", c) == NULL) || c == 0x7F) {
            if (!said)
                LEXER_COMPLAIN(self, self->line, "a text holds the control character 0x%02X",
                               "un texte contient le caractère de contrôle 0x%02X", c);
            said = true;
            lexer_repair(self, self->at, self->at + 1, "?");
        }
        if (c == '\\' && self->at + 1 < self->end)
            self->at++;
        self->joined++;
        advance(self);
    }
    if (self->at == self->end) {
        LEXER_COMPLAIN(self, self->token_line, "the text that begins with a \" here is never closed",
                       "le texte ouvert ici par \" n'est jamais fermé");
        self->hopeless = true;
        return;
    }
    self->at++;
}

void lexer_next(struct lexer *self)
{
    skip_blank(self);
    self->start = self->at;
    self->token_line = self->line;
    if (self->at == self->end || self->hopeless) {
        self->token = TOKEN_END;
    } else if (*self->at == '"') {
        self->token = TOKEN_TEXT;
        read_text(self);
    } else if (is_name_byte(*self->at, true)) {
        self->token = TOKEN_NAME;
        while (self->at < self->end && is_name_byte(*self->at, false))
            self->at++;
    } else if (is_number_byte(*self->at)) {
        self->token = TOKEN_NUMBER;
        while (self->at < self->end && is_number_byte(*self->at))
            self->at++;
    } else {
        self->token = *self->at != '\0' && strchr("={}[]();,:", *self->at) != NULL ? TOKEN_MARK : TOKEN_STRAY;
        advance(self);
    }
}

char lexer_mark(const struct lexer *self)
{
    return self->token == TOKEN_MARK ? *self->start : '\0';
}
