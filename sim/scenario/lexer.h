/* The words of a scenario's raw text, one after another, and a copy of it in which slips are repaired. Private to the
 * look-through. */
#ifndef MILIEU_LEXER_H
#define MILIEU_LEXER_H

#include "reading.h"

enum token { TOKEN_END, TOKEN_NAME, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_MARK, TOKEN_STRAY };

struct lexer {
    struct reading *reading;
    const struct source *source;
    const char *at, *end; /* what is still to be read */
    int line;
    enum token token;
    const char *start; /* of the token, which ends at `at` */
    int token_line;
    size_t joined; /* bytes of the text that ends here, its parts together: set back by whoever knows it is a new one */
    bool hopeless; /* cannot go on */
    bool said_utf8;
    char *out; /* the repaired text; freed by the owner */
    size_t out_length, out_capacity;
    const char *copied; /* how much of the source is in it */
};

void lexer_init(struct lexer *self, struct reading *reading, const struct source *source);

/* Goes on to the next token, over blanks and comments. Complains of open comments and texts, of control characters in
 * texts, and, once, of bytes that are not UTF-8. */
void lexer_next(struct lexer *self);

/* The mark that the token is, '\0' when it is none. */
char lexer_mark(const struct lexer *self);

bool lexer_is_at(const struct lexer *self, const char *text);

/* Adds to the repaired text. */
void lexer_put(struct lexer *self, const char *text, size_t length);

/* Puts `with` in place of from..to. What was repaired already inside it cannot be taken back: no use going on. */
void lexer_repair(struct lexer *self, const char *from, const char *to, const char *with);

/* from..to as it may be shown. */
const char *lexer_show(struct lexer *self, const char *from, const char *to);

/* A complaint at a line of the source. */
#define LEXER_COMPLAIN(self, line, ...) complain_at((self)->reading, (self)->source, (line), __VA_ARGS__)

#endif
