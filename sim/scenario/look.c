#include "look.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lexer.h"

enum expect { EXPECT_KEY, EXPECT_EQUALS, EXPECT_VALUE, EXPECT_ELEMENT, EXPECT_AFTER };

struct opened {  /* an open group or list */
    char opener; /* '{' '(' '[', 0 for the file */
    int line;
    int count;         /* keys or elements so far */
    size_t keys;       /* length of the pile of keys when it was opened */
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
    struct lexer lex;
    enum expect expect;
    struct opened level[LOOK_MAX_DEPTH + 1];
    int depth;
    const char *key; /* the key whose value is awaited */
    size_t key_length;
    int key_line;
    bool after_text;
    long values;
    struct seen_key *key_pile;
    size_t num_keys, max_keys;
    int chain[NUM_CHAINS];
    int renamed;
};

#define COMPLAIN(look, line, ...) LEXER_COMPLAIN(&(look)->lex, (line), __VA_ARGS__)

static void repair_value(struct look *l, const char *from, const char *to)
{
    lexer_repair(&l->lex, from, to, "\"" LOOK_BAD "\"");
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
        struct seen_key *pile = reading_memory(l->lex.reading, realloc(l->key_pile, most * sizeof *pile));
        if (pile == NULL) {
            l->lex.hopeless = true;
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
    lexer_repair(&l->lex, l->lex.start, l->lex.at, name);
}

static void take_key(struct look *l)
{
    struct opened *level = &l->level[l->depth];
    uint32_t hash;
    const struct seen_key *seen;
    l->key = l->lex.start;
    l->key_length = (size_t)(l->lex.at - l->lex.start);
    l->key_line = l->lex.token_line;
    l->expect = EXPECT_EQUALS;
    hash = hash_key(l->key, l->key_length, l->depth);
    seen = find_seen(l, hash);
    if (memchr(l->key, '*', l->key_length) != NULL) {
        COMPLAIN(l, l->key_line, "unknown key '%s'", "clé inconnue « %s »",
                 lexer_show(&l->lex, l->lex.start, l->lex.at));
        rename_key(l);
    } else if (seen != NULL) {
        COMPLAIN(l, l->key_line, "the key '%s' is repeated: it stands in the same group in line %d",
                 "la clé « %s » est répétée : elle est déjà dans le même groupe à la ligne %d",
                 lexer_show(&l->lex, l->lex.start, l->lex.at), seen->line);
        rename_key(l);
    } else if (++level->count > LOOK_MAX_KEYS) {
        COMPLAIN(l, l->key_line, "more than %d keys in one group", "plus de %d clés dans un groupe", LOOK_MAX_KEYS);
        l->lex.hopeless = true;
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
            COMPLAIN(l, l->lex.token_line, "the whole number %s is beyond 32 bits (-2147483648 .. 2147483647)",
                     "le nombre entier %s dépasse 32 bits (-2147483648 .. 2147483647)", text);
            repair_value(l, l->lex.start, l->lex.at);
        }
    } else if (!isfinite(strtod(text, NULL))) {
        COMPLAIN(l, l->lex.token_line, "the number %s is too large", "le nombre %s est trop grand", text);
        repair_value(l, l->lex.start, l->lex.at);
    }
}

static void complain_of_number(struct look *l, const char *text)
{
    const char *word = text + (*text == '+' || *text == '-');
    if (strcasecmp(word, "nan") == 0 || strncasecmp(word, "inf", 3) == 0)
        COMPLAIN(l, l->lex.token_line, "%s is no number a value may be", "%s n'est pas un nombre permis", text);
    else
        COMPLAIN(l, l->lex.token_line, "'%s' is not a number", "« %s » n'est pas un nombre", text);
    repair_value(l, l->lex.start, l->lex.at);
}

/* "5%": takes the sign with it. */
static bool take_percent(struct look *l, const char *text)
{
    const char *p = l->lex.at;
    while (p < l->lex.end && (*p == ' ' || *p == '\t'))
        p++;
    if (p == l->lex.end || *p != '%')
        return false;
    l->lex.at = p + 1;
    COMPLAIN(l, l->lex.token_line, "%s%% cannot be read: write %s %% as %g",
             "%s%% ne se lit pas : écrivez %s %% comme %g", text, text, strtod(text, NULL) / 100);
    repair_value(l, l->lex.start, l->lex.at);
    return true;
}

static void copy_token(const struct look *l, char *text, size_t size)
{
    size_t length = (size_t)(l->lex.at - l->lex.start) < size - 1 ? (size_t)(l->lex.at - l->lex.start) : size - 1;
    memcpy(text, l->lex.start, length);
    text[length] = '\0';
}

static void take_number(struct look *l)
{
    char text[MAX_NUMBER + 1];
    char type;
    copy_token(l, text, sizeof text);
    type = l->lex.at - l->lex.start > MAX_NUMBER ? 0 : number_type(text);
    if (type == 0)
        complain_of_number(l, text);
    else if (!take_percent(l, text))
        check_range(l, text, type);
}

/* ---- words where a value should be ---- */

static bool next_is_equals(const struct look *l)
{
    const char *p = l->lex.at;
    while (p < l->lex.end && strchr(" \t\r\n", *p) != NULL)
        p++;
    return p < l->lex.end && (*p == '=' || *p == ':');
}

static void take_word(struct look *l)
{
    char word[41];
    copy_token(l, word, sizeof word);
    if (strcasecmp(word, "nan") == 0 || strcasecmp(word, "inf") == 0 || strcasecmp(word, "infinity") == 0)
        complain_of_number(l, word);
    else if (strcasecmp(word, "true") != 0 && strcasecmp(word, "false") != 0) {
        COMPLAIN(l, l->lex.token_line, "a text needs quotation marks: \"%s\"",
                 "un texte demande des guillemets droits : \"%s\"", word);
        repair_value(l, l->lex.start, l->lex.at);
    }
}

/* ---- structure ---- */

static void fail_at(struct look *l)
{
    const char *token = l->lex.token == TOKEN_END ? "" : lexer_show(&l->lex, l->lex.start, l->lex.at);
    const char *key = lexer_show(&l->lex, l->key, l->key + l->key_length);
    if (l->expect == EXPECT_EQUALS)
        COMPLAIN(l, l->key_line, "the key '%s' is not followed by = and a value",
                 "la clé « %s » n'est pas suivie de = et d'une valeur", key);
    else if (l->expect == EXPECT_VALUE)
        COMPLAIN(l, l->key_line, "the key '%s' has no value", "la clé « %s » n'a pas de valeur", key);
    else if (l->lex.token == TOKEN_NUMBER && l->lex.start > l->lex.source->text && l->lex.start[-1] == ',')
        COMPLAIN(
            l, l->lex.token_line, "a number after a comma where a key should be: a decimal comma? write 0.5, not 0,5",
            "un nombre après une virgule là où une clé est attendue : une virgule décimale ? écrivez 0.5, non 0,5");
    else
        COMPLAIN(l, l->lex.token_line, "'%s' cannot stand here", "« %s » ne peut pas être ici", token);
    l->lex.hopeless = true;
}

static void count_value(struct look *l)
{
    struct opened *level = &l->level[l->depth];
    if (level->opener == '(' || level->opener == '[')
        level->count++;
    if (++l->values > LOOK_MAX_VALUES ||
        ((level->opener == '(' || level->opener == '[') && level->count > LOOK_MAX_ELEMENTS)) {
        COMPLAIN(l, l->lex.token_line, "more than %d values here: too many", "plus de %d valeurs ici : trop",
                 l->values > LOOK_MAX_VALUES ? LOOK_MAX_VALUES : LOOK_MAX_ELEMENTS);
        l->lex.hopeless = true;
    }
}

static void open_level(struct look *l)
{
    char opener = *l->lex.start;
    if (l->depth == LOOK_MAX_DEPTH) {
        COMPLAIN(l, l->lex.token_line, "groups and lists inside one another more than %d deep",
                 "groupes et listes imbriqués à plus de %d niveaux", LOOK_MAX_DEPTH);
        l->lex.hopeless = true;
        return;
    }
    if (opener == '[')
        lexer_repair(&l->lex, l->lex.start, l->lex.at, "(");
    l->level[++l->depth] = (struct opened){ .opener = opener, .line = l->lex.token_line, .keys = l->num_keys };
    l->expect = opener == '{' ? EXPECT_KEY : EXPECT_ELEMENT;
}

static void complain_of_closer(struct look *l, char opener, char closer)
{
    if (opener == 0)
        COMPLAIN(l, l->lex.token_line, "'%c' closes nothing: no group or list is open",
                 "« %c » ne ferme rien : aucun groupe ni liste n'est ouvert", closer);
    else
        COMPLAIN(l, l->lex.token_line, "'%c' cannot close the '%c' of line %d",
                 "« %c » ne peut pas fermer le « %c » de la ligne %d", closer, opener, l->level[l->depth].line);
    l->lex.hopeless = true;
}

static void close_level(struct look *l)
{
    struct opened *level = &l->level[l->depth];
    char closer = *l->lex.start, opener = closer == '}' ? '{' : closer == ')' ? '(' : '[';
    if (level->opener != opener) {
        complain_of_closer(l, level->opener, closer);
        return;
    }
    if (l->expect == EXPECT_VALUE || l->expect == EXPECT_EQUALS) {
        fail_at(l);
        return;
    }
    if (l->expect == EXPECT_ELEMENT && level->comma != NULL) {
        COMPLAIN(l, l->lex.token_line, "remove the comma before '%c'", "enlevez la virgule avant « %c »", closer);
        lexer_repair(&l->lex, level->comma, level->comma + 1, " ");
    }
    if (closer == ']')
        lexer_repair(&l->lex, l->lex.start, l->lex.at, ")");
    unpile_keys(l, level->keys);
    l->depth--;
    l->expect = EXPECT_AFTER;
    l->lex.joined = 0;
}

static void take_value(struct look *l)
{
    count_value(l);
    l->expect = EXPECT_AFTER;
    if (lexer_mark(&l->lex) != 0) {
        open_level(l);
        return;
    }
    if (l->lex.token == TOKEN_NUMBER)
        take_number(l);
    else if (l->lex.token == TOKEN_NAME)
        take_word(l);
}

static bool starts_value(const struct look *l)
{
    return l->lex.token == TOKEN_NUMBER || l->lex.token == TOKEN_NAME || l->lex.token == TOKEN_TEXT ||
           (lexer_mark(&l->lex) != 0 && strchr("{([", lexer_mark(&l->lex)) != NULL);
}

static void step_in_group(struct look *l)
{
    char c = lexer_mark(&l->lex);
    if (l->expect == EXPECT_EQUALS && (c == '=' || c == ':')) {
        l->expect = EXPECT_VALUE;
    } else if (l->expect == EXPECT_VALUE && l->lex.token == TOKEN_NAME && next_is_equals(l)) {
        COMPLAIN(l, l->key_line, "the key '%s' has no value", "la clé « %s » n'a pas de valeur",
                 lexer_show(&l->lex, l->key, l->key + l->key_length));
        repair_value(l, l->lex.start, l->lex.start);
        take_key(l);
    } else if (l->expect == EXPECT_VALUE && starts_value(l)) {
        take_value(l);
    } else if ((l->expect == EXPECT_KEY || l->expect == EXPECT_AFTER) && l->lex.token == TOKEN_NAME) {
        take_key(l);
    } else if (l->expect == EXPECT_AFTER && (c == ';' || c == ',')) {
        l->expect = EXPECT_KEY;
    } else if (l->expect == EXPECT_KEY && (c == ';' || c == ',')) {
        COMPLAIN(l, l->lex.token_line, "one '%c' too many", "un « %c » de trop", c);
        lexer_repair(&l->lex, l->lex.start, l->lex.at, " ");
    } else {
        fail_at(l);
    }
}

static void step_in_list(struct look *l)
{
    struct opened *level = &l->level[l->depth];
    if (l->expect == EXPECT_ELEMENT && starts_value(l)) {
        take_value(l);
    } else if (l->expect == EXPECT_AFTER && lexer_mark(&l->lex) == ',') {
        level->comma = l->lex.start;
        l->expect = EXPECT_ELEMENT;
    } else if (l->expect == EXPECT_AFTER && starts_value(l)) {
        COMPLAIN(l, l->lex.token_line, "a comma is missing before '%s'", "il manque une virgule avant « %s »",
                 lexer_show(&l->lex, l->lex.start, l->lex.at));
        lexer_repair(&l->lex, l->lex.start, l->lex.start, ",");
        take_value(l);
    } else if (l->expect == EXPECT_AFTER && lexer_mark(&l->lex) == ';') {
        COMPLAIN(l, l->lex.token_line, "a list is divided by commas, not by ';'",
                 "une liste se sépare par des virgules, non par « ; »");
        lexer_repair(&l->lex, l->lex.start, l->lex.at, ",");
        level->comma = NULL;
        l->expect = EXPECT_ELEMENT;
    } else {
        fail_at(l);
    }
}

static void take_stray(struct look *l)
{
    const char *from = l->lex.start;
    if (lexer_is_at(&l->lex, "include") && *from == '@') {
        COMPLAIN(l, l->lex.token_line, "@include is not read: use extends = \"file.cfg\"",
                 "@include n'est pas lu : utilisez extends = \"fichier.cfg\"");
        while (l->lex.at < l->lex.end && *l->lex.at != '\n')
            l->lex.at++;
    } else if (*from == '\'' || (unsigned char)*from == 0xE2 || (unsigned char)*from == 0xC2) {
        COMPLAIN(l, l->lex.token_line, "'%s' cannot stand here: texts stand between plain quotation marks \"",
                 "« %s » ne peut pas être ici : les textes se mettent entre guillemets droits \"",
                 lexer_show(&l->lex, from, l->lex.at));
        l->lex.hopeless = true;
    } else {
        COMPLAIN(l, l->lex.token_line, "'%s' cannot stand here", "« %s » ne peut pas être ici",
                 lexer_show(&l->lex, from, l->lex.at));
        l->lex.hopeless = *from != '%';
    }
    lexer_repair(&l->lex, from, l->lex.at, " ");
}

static void step(struct look *l)
{
    char opener = l->level[l->depth].opener;
    bool in_list = opener == '(' || opener == '[';
    if (l->lex.token == TOKEN_STRAY) {
        take_stray(l);
    } else if (l->lex.token == TOKEN_TEXT && l->expect == EXPECT_AFTER && l->after_text) {
        ; /* texts side by side are one text */
    } else if (lexer_mark(&l->lex) != 0 && strchr("})]", lexer_mark(&l->lex)) != NULL) {
        close_level(l);
    } else if (in_list) {
        step_in_list(l);
    } else {
        step_in_group(l);
    }
    l->after_text = l->lex.token == TOKEN_TEXT;
    if (!l->after_text)
        l->lex.joined = 0;
    if (l->lex.joined > LOOK_MAX_TEXT) {
        COMPLAIN(l, l->lex.token_line, "a text is longer than 64 kB", "un texte dépasse 64 ko");
        l->lex.hopeless = true;
    }
}

static void check_end(struct look *l)
{
    if (l->lex.hopeless)
        return;
    if (l->expect == EXPECT_EQUALS || l->expect == EXPECT_VALUE)
        fail_at(l);
    else if (l->depth > 0)
        COMPLAIN(l, l->level[l->depth].line, "the '%c' opened here is never closed",
                 "le « %c » ouvert ici n'est jamais fermé", l->level[l->depth].opener);
    else if (l->values == 0 && l->num_keys == 0)
        COMPLAIN(l, 0, "the file is empty: nothing but blanks and comments",
                 "le fichier est vide : rien que des blancs et des commentaires");
    l->lex.hopeless = l->lex.hopeless || l->depth > 0 || l->values == 0;
}

/* What makes further reading pointless. */
static bool is_readable(struct look *l)
{
    const char *text = l->lex.source->text,
               *nul = l->lex.source->length > 0 ? memchr(text, '\0', l->lex.source->length) : NULL;
    if (l->lex.source->length > LOOK_MAX_FILE) {
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
    lexer_init(&l->lex, reading, source);
    l->key = source->text;
    for (size_t i = 0; i < NUM_CHAINS; i++)
        l->chain[i] = -1;
    if (is_readable(l)) {
        for (lexer_next(&l->lex); l->lex.token != TOKEN_END && !l->lex.hopeless && !reading_is_full(reading);
             lexer_next(&l->lex))
            step(l);
        check_end(l);
        lexer_put(&l->lex, l->lex.copied, (size_t)(l->lex.end - l->lex.copied));
        lexer_put(&l->lex, "\n", 2); /* a comment in the last line needs its end; and the NUL of a C text */
        if (!l->lex.hopeless && !reading->no_memory && !reading_is_full(reading)) {
            *repaired = l->lex.out;
            l->lex.out = NULL;
        }
    }
    free(l->lex.out);
    free(l->key_pile);
    free(l);
}
