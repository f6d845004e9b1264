#include "look.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum expect { EXPECT_KEY, EXPECT_EQUALS, EXPECT_VALUE, EXPECT_ELEMENT, EXPECT_AFTER };

enum token { TOKEN_END, TOKEN_NAME, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_MARK, TOKEN_STRAY };

struct opened {  /* an open group or list */
    char opener; /* '{' '(' '[', 0 for the file */
    int line;
    int count;         /* keys or elements so far */
    size_t keys;       /* length of the pile of keys when it was opened */
    char array_type;   /* of an array: 'n' whole, 'r' real, 't' text, 'b' yes or no; 0 while empty */
    const char *comma; /* in a list: the comma after the last element */
};

struct seen_key {
    const char *name;
    size_t length;
    int line;
    uint32_t hash;
    int older; /* the one before in the same chain, -1 = none */
};

#define NUM_CHAINS 4096U
#define MAX_NUMBER 400 /* bytes of one number */

struct look {
    struct reading *reading;
    const struct source *source;
    const char *at, *end; /* what is still to be read */
    int line;
    enum token token;
    const char *start; /* of the token */
    int token_line;
    enum expect expect;
    struct opened level[LOOK_MAX_DEPTH + 1];
    int depth;
    const char *key; /* the key whose value is awaited */
    size_t key_length;
    int key_line;
    size_t joined; /* bytes of the text that ends here, its parts together */
    bool after_text;
    long values;
    bool hopeless; /* cannot go on */
    bool said_utf8;
    char *out; /* the repaired text */
    size_t out_length, out_capacity;
    const char *copied; /* what of the source is in it */
    struct seen_key *key_pile;
    size_t num_keys, max_keys;
    int chain[NUM_CHAINS];
    int renamed;
};

#define COMPLAIN(look, line, ...) complain_at((look)->reading, (look)->source, (line), __VA_ARGS__)

/* ---- the repaired text ---- */

static void put(struct look *l, const char *text, size_t length)
{
    if (length == 0)
        return;
    if (l->out_length + length > l->out_capacity) {
        size_t capacity = 2 * (l->out_length + length) + 256;
        char *out = reading_memory(l->reading, realloc(l->out, capacity));
        if (out == NULL) {
            l->hopeless = true;
            return;
        }
        l->out = out;
        l->out_capacity = capacity;
    }
    memcpy(l->out + l->out_length, text, length);
    l->out_length += length;
}

/* Puts `with` in place of from..to. What was repaired already inside it cannot be taken back: no use going on. */
static void repair(struct look *l, const char *from, const char *to, const char *with)
{
    if (from < l->copied) {
        l->hopeless = true;
        return;
    }
    put(l, l->copied, (size_t)(from - l->copied));
    put(l, with, strlen(with));
    l->copied = to;
}

static void repair_value(struct look *l, const char *from, const char *to)
{
    repair(l, from, to, "\"" LOOK_BAD "\"");
}

static const char *show(struct look *l, const char *from, const char *to)
{
    return reading_show(l->reading, from, (size_t)(to - from), 40);
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
static void advance(struct look *l)
{
    size_t n = look_utf8(l->at, (size_t)(l->end - l->at));
    if (n == 0) {
        if (!l->said_utf8)
            COMPLAIN(l, l->line, "the byte 0x%02X is not UTF-8: save the file as UTF-8",
                     "l'octet 0x%02X n'est pas de l'UTF-8 : enregistrez le fichier en UTF-8", (unsigned char)*l->at);
        l->said_utf8 = true;
        repair(l, l->at, l->at + 1, "?");
        n = 1;
    }
    l->line += *l->at == '\n';
    l->at += n;
}

static bool is_at(const struct look *l, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(l->end - l->at) >= length && memcmp(l->at, text, length) == 0;
}

static void skip_long_comment(struct look *l)
{
    int begun = l->line;
    l->at += 2;
    while (l->at < l->end && !is_at(l, "*/"))
        advance(l);
    if (l->at == l->end) {
        COMPLAIN(l, begun, "the comment that begins with /* here is never closed by */",
                 "le commentaire ouvert ici par /* n'est jamais fermé par */");
        l->hopeless = true;
        return;
    }
    l->at += 2;
}

static void skip_blank(struct look *l)
{
    while (l->at < l->end && !l->hopeless) {
        if (strchr(" \t\r\n\f", *l->at) != NULL) {
            advance(l);
        } else if (*l->at == '#' || is_at(l, "//")) {
            while (l->at < l->end && *l->at != '\n')
                advance(l);
        } else if (is_at(l, "/*")) {
            skip_long_comment(l);
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

static void read_text(struct look *l)
{
    bool said = false;
    l->at++;
    while (l->at < l->end && *l->at != '"') {
        unsigned char c = (unsigned char)*l->at;
        if ((c < 0x20 && strchr("\t\n\r", c) == NULL) || c == 0x7F) {
            if (!said)
                COMPLAIN(l, l->line, "a text holds the control character 0x%02X",
                         "un texte contient le caractère de contrôle 0x%02X", c);
            said = true;
            repair(l, l->at, l->at + 1, "?");
        }
        if (c == '\\' && l->at + 1 < l->end)
            l->at++;
        l->joined++;
        advance(l);
    }
    if (l->at == l->end) {
        COMPLAIN(l, l->token_line, "the text that begins with a \" here is never closed",
                 "le texte ouvert ici par \" n'est jamais fermé");
        l->hopeless = true;
        return;
    }
    l->at++;
}

static void next_token(struct look *l)
{
    skip_blank(l);
    l->start = l->at;
    l->token_line = l->line;
    if (l->at == l->end || l->hopeless) {
        l->token = TOKEN_END;
    } else if (*l->at == '"') {
        l->token = TOKEN_TEXT;
        read_text(l);
    } else if (is_name_byte(*l->at, true)) {
        l->token = TOKEN_NAME;
        while (l->at < l->end && is_name_byte(*l->at, false))
            l->at++;
    } else if (is_number_byte(*l->at)) {
        l->token = TOKEN_NUMBER;
        while (l->at < l->end && is_number_byte(*l->at))
            l->at++;
    } else {
        l->token = *l->at != '\0' && strchr("={}[]();,:", *l->at) != NULL ? TOKEN_MARK : TOKEN_STRAY;
        advance(l);
    }
}

static char mark(const struct look *l)
{
    return l->token == TOKEN_MARK ? *l->start : '\0';
}

/* ---- keys ---- */

static uint32_t hash_key(const char *name, size_t length, int depth)
{
    uint32_t hash = 2166136261U + (uint32_t)depth;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)name[i]) * 16777619U;
    return hash;
}

/* The same key already in the group that is open, or NULL. Keys of closed groups have left the pile. */
static const struct seen_key *find_seen(const struct look *l, uint32_t hash)
{
    int from = (int)l->level[l->depth].keys;
    for (int i = l->chain[hash % NUM_CHAINS]; i >= 0; i = l->key_pile[i].older) {
        const struct seen_key *seen = &l->key_pile[i];
        if (i >= from && seen->hash == hash && seen->length == l->key_length &&
            memcmp(seen->name, l->key, seen->length) == 0)
            return seen;
    }
    return NULL;
}

static void pile_key(struct look *l, uint32_t hash)
{
    if (l->num_keys == l->max_keys) {
        size_t most = l->max_keys * 2 + 64;
        struct seen_key *pile = reading_memory(l->reading, realloc(l->key_pile, most * sizeof *pile));
        if (pile == NULL) {
            l->hopeless = true;
            return;
        }
        l->key_pile = pile;
        l->max_keys = most;
    }
    l->key_pile[l->num_keys] =
        (struct seen_key){ l->key, l->key_length, l->key_line, hash, l->chain[hash % NUM_CHAINS] };
    l->chain[hash % NUM_CHAINS] = (int)l->num_keys++;
}

/* The youngest key of a chain is its first: closing a group takes its keys off again in the reverse order. */
static void unpile_keys(struct look *l, size_t down_to)
{
    while (l->num_keys > down_to) {
        const struct seen_key *key = &l->key_pile[--l->num_keys];
        l->chain[key->hash % NUM_CHAINS] = key->older;
    }
}

/* A key that cannot stand is renamed to *1, *2 ...: read on, and passed over by whoever takes the tree. */
static void rename_key(struct look *l)
{
    char name[16];
    snprintf(name, sizeof name, "*%d", ++l->renamed);
    repair(l, l->start, l->at, name);
}

static void take_key(struct look *l)
{
    struct opened *level = &l->level[l->depth];
    uint32_t hash;
    const struct seen_key *seen;
    l->key = l->start;
    l->key_length = (size_t)(l->at - l->start);
    l->key_line = l->token_line;
    l->expect = EXPECT_EQUALS;
    hash = hash_key(l->key, l->key_length, l->depth);
    seen = find_seen(l, hash);
    if (memchr(l->key, '*', l->key_length) != NULL) {
        COMPLAIN(l, l->key_line, "unknown key '%s'", "clé inconnue « %s »", show(l, l->start, l->at));
        rename_key(l);
    } else if (seen != NULL) {
        COMPLAIN(l, l->key_line, "the key '%s' is repeated: it stands in the same group in line %d",
                 "la clé « %s » est répétée : elle est déjà dans le même groupe à la ligne %d",
                 show(l, l->start, l->at), seen->line);
        rename_key(l);
    } else if (++level->count > LOOK_MAX_KEYS) {
        COMPLAIN(l, l->key_line, "more than %d keys in one group", "plus de %d clés dans un groupe", LOOK_MAX_KEYS);
        l->hopeless = true;
    } else {
        pile_key(l, hash);
    }
}

/* ---- numbers ---- */

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* 'n' whole, 'r' real, 0 neither: libconfig's own idea of them. */
static char number_type(const char *text)
{
    const char *p = text + (*text == '+' || *text == '-');
    size_t before = digits(p), after = 0, exponent = 0;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        size_t hex = strspn(text + 2, "0123456789abcdefABCDEF");
        p = text + 2 + hex;
        return hex > 0 && *p == '\0' ? 'n' : 0;
    }
    p += before;
    if (before > 0 && (*p == '\0' || strcmp(p, "L") == 0 || strcmp(p, "LL") == 0))
        return 'n';
    if (*p == '.') {
        after = digits(++p);
        p += after;
    }
    if (*p == 'e' || *p == 'E') {
        p += 1 + (p[1] == '+' || p[1] == '-');
        exponent = digits(p);
        p += exponent;
        if (exponent == 0)
            return 0;
    }
    return before + after > 0 && *p == '\0' ? 'r' : 0;
}

static void check_range(struct look *l, const char *text, char type)
{
    if (type == 'n') {
        long long whole;
        errno = 0;
        whole = strtoll(text, NULL, strpbrk(text, "xX") != NULL ? 16 : 10);
        if (errno != 0 || whole < INT32_MIN || whole > INT32_MAX) {
            COMPLAIN(l, l->token_line, "the whole number %s is beyond 32 bits (-2147483648 .. 2147483647)",
                     "le nombre entier %s dépasse 32 bits (-2147483648 .. 2147483647)", text);
            repair_value(l, l->start, l->at);
        }
    } else if (!isfinite(strtod(text, NULL))) {
        COMPLAIN(l, l->token_line, "the number %s is too large", "le nombre %s est trop grand", text);
        repair_value(l, l->start, l->at);
    }
}

static void complain_of_number(struct look *l, const char *text)
{
    const char *word = text + (*text == '+' || *text == '-');
    if (strcasecmp(word, "nan") == 0 || strncasecmp(word, "inf", 3) == 0)
        COMPLAIN(l, l->token_line, "%s is no number a value may be", "%s n'est pas un nombre permis", text);
    else
        COMPLAIN(l, l->token_line, "'%s' is not a number", "« %s » n'est pas un nombre", text);
    repair_value(l, l->start, l->at);
}

/* "5%": takes the sign with it. */
static bool take_percent(struct look *l, const char *text)
{
    const char *p = l->at;
    while (p < l->end && (*p == ' ' || *p == '\t'))
        p++;
    if (p == l->end || *p != '%')
        return false;
    l->at = p + 1;
    COMPLAIN(l, l->token_line, "%s%% cannot be read: write %s %% as %g", "%s%% ne se lit pas : écrivez %s %% comme %g",
             text, text, strtod(text, NULL) / 100);
    repair_value(l, l->start, l->at);
    return true;
}

static void copy_token(const struct look *l, char *text, size_t size)
{
    size_t length = (size_t)(l->at - l->start) < size - 1 ? (size_t)(l->at - l->start) : size - 1;
    memcpy(text, l->start, length);
    text[length] = '\0';
}

static char take_number(struct look *l)
{
    char text[MAX_NUMBER + 1];
    char type;
    copy_token(l, text, sizeof text);
    type = l->at - l->start > MAX_NUMBER ? 0 : number_type(text);
    if (type == 0)
        complain_of_number(l, text);
    else if (!take_percent(l, text))
        check_range(l, text, type);
    return type;
}

/* ---- words where a value should be ---- */

static bool next_is_equals(const struct look *l)
{
    const char *p = l->at;
    while (p < l->end && strchr(" \t\r\n", *p) != NULL)
        p++;
    return p < l->end && (*p == '=' || *p == ':');
}

static void take_word(struct look *l)
{
    char word[41];
    copy_token(l, word, sizeof word);
    if (strcasecmp(word, "nan") == 0 || strcasecmp(word, "inf") == 0 || strcasecmp(word, "infinity") == 0)
        complain_of_number(l, word);
    else if (strcasecmp(word, "true") != 0 && strcasecmp(word, "false") != 0) {
        COMPLAIN(l, l->token_line, "a text needs quotation marks: \"%s\"",
                 "un texte demande des guillemets droits : \"%s\"", word);
        repair_value(l, l->start, l->at);
    }
}

/* ---- structure ---- */

static void fail_at(struct look *l)
{
    const char *token = l->token == TOKEN_END ? "" : show(l, l->start, l->at);
    const char *key = show(l, l->key, l->key + l->key_length);
    if (l->expect == EXPECT_EQUALS)
        COMPLAIN(l, l->key_line, "the key '%s' is not followed by = and a value",
                 "la clé « %s » n'est pas suivie de = et d'une valeur", key);
    else if (l->expect == EXPECT_VALUE)
        COMPLAIN(l, l->key_line, "the key '%s' has no value", "la clé « %s » n'a pas de valeur", key);
    else if (l->token == TOKEN_NUMBER && l->start > l->source->text && l->start[-1] == ',')
        COMPLAIN(
            l, l->token_line, "a number after a comma where a key should be: a decimal comma? write 0.5, not 0,5",
            "un nombre après une virgule là où une clé est attendue : une virgule décimale ? écrivez 0.5, non 0,5");
    else
        COMPLAIN(l, l->token_line, "'%s' cannot stand here", "« %s » ne peut pas être ici", token);
    l->hopeless = true;
}

static void count_value(struct look *l)
{
    struct opened *level = &l->level[l->depth];
    if (level->opener == '(' || level->opener == '[')
        level->count++;
    if (++l->values > LOOK_MAX_VALUES ||
        ((level->opener == '(' || level->opener == '[') && level->count > LOOK_MAX_ELEMENTS)) {
        COMPLAIN(l, l->token_line, "more than %d values here: too many", "plus de %d valeurs ici : trop",
                 l->values > LOOK_MAX_VALUES ? LOOK_MAX_VALUES : LOOK_MAX_ELEMENTS);
        l->hopeless = true;
    }
}

/* An array holds one type of single values; a list anything. */
static void check_array(struct look *l, char type)
{
    struct opened *level = &l->level[l->depth];
    if (level->opener != '[' || type == 0)
        return;
    if (level->array_type != 0 && level->array_type != type && level->array_type != 'x') {
        COMPLAIN(
            l, l->token_line, "the values of an array [ ] must be of one type: write 1.0 beside 2.5, or a list ( )",
            "les valeurs d'un tableau [ ] doivent être d'un seul type : écrivez 1.0 à côté de 2.5, ou une liste ( )");
        type = 'x';
    }
    if (level->array_type != 'x')
        level->array_type = type;
}

static void open_level(struct look *l)
{
    char opener = *l->start;
    check_array(l, opener);
    if (l->depth == LOOK_MAX_DEPTH) {
        COMPLAIN(l, l->token_line, "groups and lists inside one another more than %d deep",
                 "groupes et listes imbriqués à plus de %d niveaux", LOOK_MAX_DEPTH);
        l->hopeless = true;
        return;
    }
    if (opener == '[')
        repair(l, l->start, l->at, "(");
    l->level[++l->depth] = (struct opened){ .opener = opener, .line = l->token_line, .keys = l->num_keys };
    l->expect = opener == '{' ? EXPECT_KEY : EXPECT_ELEMENT;
}

static void complain_of_closer(struct look *l, char opener, char closer)
{
    if (opener == 0)
        COMPLAIN(l, l->token_line, "'%c' closes nothing: no group or list is open",
                 "« %c » ne ferme rien : aucun groupe ni liste n'est ouvert", closer);
    else
        COMPLAIN(l, l->token_line, "'%c' cannot close the '%c' of line %d",
                 "« %c » ne peut pas fermer le « %c » de la ligne %d", closer, opener, l->level[l->depth].line);
    l->hopeless = true;
}

static void close_level(struct look *l)
{
    struct opened *level = &l->level[l->depth];
    char closer = *l->start, opener = closer == '}' ? '{' : closer == ')' ? '(' : '[';
    if (level->opener != opener) {
        complain_of_closer(l, level->opener, closer);
        return;
    }
    if (l->expect == EXPECT_VALUE || l->expect == EXPECT_EQUALS) {
        fail_at(l);
        return;
    }
    if (l->expect == EXPECT_ELEMENT && level->comma != NULL) {
        COMPLAIN(l, l->token_line, "remove the comma before '%c'", "enlevez la virgule avant « %c »", closer);
        repair(l, level->comma, level->comma + 1, " ");
    }
    if (closer == ']')
        repair(l, l->start, l->at, ")");
    unpile_keys(l, level->keys);
    l->depth--;
    l->expect = EXPECT_AFTER;
    l->joined = 0;
}

static void take_value(struct look *l)
{
    char type = 0;
    count_value(l);
    l->expect = EXPECT_AFTER;
    if (mark(l) != 0) {
        open_level(l);
        return;
    }
    if (l->token == TOKEN_NUMBER)
        type = take_number(l);
    else if (l->token == TOKEN_NAME)
        take_word(l);
    check_array(l, l->token == TOKEN_TEXT ? 't' : l->token == TOKEN_NAME ? 'b' : type);
}

static bool starts_value(const struct look *l)
{
    return l->token == TOKEN_NUMBER || l->token == TOKEN_NAME || l->token == TOKEN_TEXT ||
           (mark(l) != 0 && strchr("{([", mark(l)) != NULL);
}

static void step_in_group(struct look *l)
{
    char c = mark(l);
    if (l->expect == EXPECT_EQUALS && (c == '=' || c == ':')) {
        l->expect = EXPECT_VALUE;
    } else if (l->expect == EXPECT_VALUE && l->token == TOKEN_NAME && next_is_equals(l)) {
        COMPLAIN(l, l->key_line, "the key '%s' has no value", "la clé « %s » n'a pas de valeur",
                 show(l, l->key, l->key + l->key_length));
        repair_value(l, l->start, l->start);
        take_key(l);
    } else if (l->expect == EXPECT_VALUE && starts_value(l)) {
        take_value(l);
    } else if ((l->expect == EXPECT_KEY || l->expect == EXPECT_AFTER) && l->token == TOKEN_NAME) {
        take_key(l);
    } else if (l->expect == EXPECT_AFTER && (c == ';' || c == ',')) {
        l->expect = EXPECT_KEY;
    } else if (l->expect == EXPECT_KEY && (c == ';' || c == ',')) {
        COMPLAIN(l, l->token_line, "one '%c' too many", "un « %c » de trop", c);
        repair(l, l->start, l->at, " ");
    } else {
        fail_at(l);
    }
}

static void step_in_list(struct look *l)
{
    struct opened *level = &l->level[l->depth];
    if (l->expect == EXPECT_ELEMENT && starts_value(l)) {
        take_value(l);
    } else if (l->expect == EXPECT_AFTER && mark(l) == ',') {
        level->comma = l->start;
        l->expect = EXPECT_ELEMENT;
    } else if (l->expect == EXPECT_AFTER && starts_value(l)) {
        COMPLAIN(l, l->token_line, "a comma is missing before '%s'", "il manque une virgule avant « %s »",
                 show(l, l->start, l->at));
        repair(l, l->start, l->start, ",");
        take_value(l);
    } else if (l->expect == EXPECT_AFTER && mark(l) == ';') {
        COMPLAIN(l, l->token_line, "a list is divided by commas, not by ';'",
                 "une liste se sépare par des virgules, non par « ; »");
        repair(l, l->start, l->at, ",");
        level->comma = NULL;
        l->expect = EXPECT_ELEMENT;
    } else {
        fail_at(l);
    }
}

static void take_stray(struct look *l)
{
    const char *from = l->start;
    if (is_at(l, "include") && *from == '@') {
        COMPLAIN(l, l->token_line, "@include is not read: use extends = \"file.cfg\"",
                 "@include n'est pas lu : utilisez extends = \"fichier.cfg\"");
        while (l->at < l->end && *l->at != '\n')
            l->at++;
    } else if (*from == '\'' || (unsigned char)*from == 0xE2 || (unsigned char)*from == 0xC2) {
        COMPLAIN(l, l->token_line, "'%s' cannot stand here: texts stand between plain quotation marks \"",
                 "« %s » ne peut pas être ici : les textes se mettent entre guillemets droits \"",
                 show(l, from, l->at));
        l->hopeless = true;
    } else {
        COMPLAIN(l, l->token_line, "'%s' cannot stand here", "« %s » ne peut pas être ici", show(l, from, l->at));
        l->hopeless = *from != '%';
    }
    repair(l, from, l->at, " ");
}

static void step(struct look *l)
{
    char opener = l->level[l->depth].opener;
    bool in_list = opener == '(' || opener == '[';
    if (l->token == TOKEN_STRAY) {
        take_stray(l);
    } else if (l->token == TOKEN_TEXT && l->expect == EXPECT_AFTER && l->after_text) {
        ; /* texts side by side are one text */
    } else if (mark(l) != 0 && strchr("})]", mark(l)) != NULL) {
        close_level(l);
    } else if (in_list) {
        step_in_list(l);
    } else {
        step_in_group(l);
    }
    l->after_text = l->token == TOKEN_TEXT;
    if (!l->after_text)
        l->joined = 0;
    if (l->joined > LOOK_MAX_TEXT) {
        COMPLAIN(l, l->token_line, "a text is longer than 64 kB", "un texte dépasse 64 ko");
        l->hopeless = true;
    }
}

static void check_end(struct look *l)
{
    if (l->hopeless)
        return;
    if (l->expect == EXPECT_EQUALS || l->expect == EXPECT_VALUE)
        fail_at(l);
    else if (l->depth > 0)
        COMPLAIN(l, l->level[l->depth].line, "the '%c' opened here is never closed",
                 "le « %c » ouvert ici n'est jamais fermé", l->level[l->depth].opener);
    else if (l->values == 0 && l->num_keys == 0)
        COMPLAIN(l, 0, "the file is empty: nothing but blanks and comments",
                 "le fichier est vide : rien que des blancs et des commentaires");
    l->hopeless = l->hopeless || l->depth > 0 || l->values == 0;
}

/* What makes further reading pointless. */
static bool is_readable(struct look *l)
{
    const char *text = l->source->text, *nul = l->source->length > 0 ? memchr(text, '\0', l->source->length) : NULL;
    if (l->source->length > LOOK_MAX_FILE) {
        COMPLAIN(l, 0, "the file is larger than 32 MB", "le fichier dépasse 32 Mo");
        return false;
    }
    if (nul != NULL) {
        int line = 1;
        for (const char *p = text; p < nul; p++)
            line += *p == '\n';
        COMPLAIN(l, line, "a NUL byte: this is not a text file", "un octet nul : ce n'est pas un fichier texte");
        return false;
    }
    return true;
}

void look_through(struct reading *reading, const struct source *source, char **repaired)
{
    struct look *l = reading_memory(reading, calloc(1, sizeof *l));
    *repaired = NULL;
    if (l == NULL)
        return;
    *l = (struct look){
        .reading = reading, .source = source, .at = source->text, .copied = source->text, .key = source->text, .line = 1
    };
    l->end = source->text + source->length;
    for (size_t i = 0; i < NUM_CHAINS; i++)
        l->chain[i] = -1;
    if (is_readable(l)) {
        if (is_at(l, "\xEF\xBB\xBF")) {
            l->at += 3;
            l->copied = l->at;
        }
        for (next_token(l); l->token != TOKEN_END && !l->hopeless && !reading_is_full(reading); next_token(l))
            step(l);
        check_end(l);
        put(l, l->copied, (size_t)(l->end - l->copied));
        put(l, "\n", 2); /* a comment in the last line needs its end; and the NUL of a C text */
        if (!l->hopeless && !reading->no_memory && !reading_is_full(reading)) {
            *repaired = l->out;
            l->out = NULL;
        }
    }
    free(l->out);
    free(l->key_pile);
    free(l);
}
