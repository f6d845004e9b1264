/* Recursive descent to a list of steps for a small stack machine. */
#include "condition.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../scenario/keys.h"
#include "../scenario/reading.h"

enum does {
    PUSH_NUMBER,
    PUSH_THING,
    DO_MINUS_SIGN,
    DO_NOT,
    DO_PLUS,
    DO_MINUS,
    DO_TIMES,
    DO_DIVIDED,
    DO_LESS,
    DO_LESS_OR_EQUAL,
    DO_MORE,
    DO_MORE_OR_EQUAL,
    DO_EQUAL,
    DO_UNEQUAL,
    DO_AND,
    DO_OR
};

struct condition_step {
    enum does does;
    int thing;
    double number;
};

#define DEEPEST 60                /* brackets and signs inside one another */
#define STACK (6 * (DEEPEST + 2)) /* each holds up at most one value of every rule of the grammar */

/* What a part of the text stands for. WORD_OF: a thing whose values are words; WORD: one of them. */
enum sort { SORT_NUMBER, SORT_TRUTH, SORT_WORD_OF, SORT_WORD, SORT_BAD };

struct parser {
    struct reading *reading;
    struct node *node;
    const struct vary *vary;
    int num_vary;
    const char *text, *at; /* the whole, and what is still to be read */
    struct condition_step *step;
    int num_steps, depth; /* depth: brackets and signs that are open */
    int thing;            /* of the last SORT_WORD_OF */
    const char *word;     /* the last SORT_WORD, between its quotation marks */
    size_t word_length;
};

/* ---- complaints: the first is the only one ---- */

static int column(const struct parser *p, const char *at)
{
    int column = 1;
    for (const char *c = p->text; c < at; c++)
        column += ((unsigned char)*c & 0xC0) != 0x80;
    return column;
}

static const char *shown(const struct parser *p, const char *from, size_t length)
{
    return reading_show(p->reading, from, length, 40);
}

static const char *key(const struct parser *p)
{
    return p->node->name != NULL ? p->node->name : key_table[KEY_STUDY_where].id; /* one of a list of them */
}

#define REFUSE(p, at, en, fr, ...)                                                                                     \
    ((p)->node->wrong                                                                                                  \
         ? (void)0                                                                                                     \
         : complain((p)->reading, (p)->node, "%s = \"%s\", column %d: " en, "%s = \"%s\", colonne %d : " fr, key(p),   \
                    shown((p), (p)->text, strlen((p)->text)), column((p), (at)), __VA_ARGS__))

static enum sort bad(struct parser *p, const char *at, const char *en, const char *fr)
{
    REFUSE(p, at, "%s", "%s", p->reading->messages->lang == 1 ? fr : en);
    return SORT_BAD;
}

/* ---- words of the text ---- */

static void skip(struct parser *p)
{
    p->at += strspn(p->at, " \t\r\n");
}

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

static size_t name_length(const char *text)
{
    return strchr("0123456789", *text) != NULL ? 0 : strspn(text, letters);
}

static bool goes_on(const char *text)
{
    return strspn(text, letters) > 0;
}

static const char *here(struct parser *p)
{
    skip(p);
    return p->at;
}

static bool take(struct parser *p, const char *mark)
{
    size_t length = strlen(mark);
    skip(p);
    if (strncmp(p->at, mark, length) != 0)
        return false;
    p->at += length;
    return true;
}

static bool take_word(struct parser *p, const char *word)
{
    skip(p);
    if (name_length(p->at) != strlen(word) || strncmp(p->at, word, strlen(word)) != 0)
        return false;
    p->at += strlen(word);
    return true;
}

static struct condition_step *add(struct parser *p, enum does does)
{
    struct condition_step *step = &p->step[p->num_steps++]; /* each takes at least one byte of the text */
    step->does = does;
    return step;
}

/* ---- the grammar, from the inside out ---- */

static enum sort read_or(struct parser *p);

static const char *nearest(const struct parser *p, const char *name)
{
    const char *nearest = NULL;
    int least = 0;
    for (int i = 0; i < p->num_vary; i++) {
        int distance = key_distance(name, p->vary[i].name);
        if (key_is_near(name, distance) && (nearest == NULL || distance < least)) {
            nearest = p->vary[i].name;
            least = distance;
        }
    }
    return nearest;
}

/* The longest name that stands here, of those that may: "clinic-a.reach" has marks that are none of a name's in a study.
 * -1: none. */
static int known_name(const struct parser *p)
{
    int found = -1;
    size_t longest = 0;
    for (int i = 0; i < p->num_vary; i++) {
        size_t length = strlen(p->vary[i].name);
        if (length > longest && strncmp(p->vary[i].name, p->at, length) == 0 && !goes_on(p->at + length)) {
            found = i;
            longest = length;
        }
    }
    return found;
}

static enum sort read_name(struct parser *p, size_t length)
{
    const char *name = shown(p, p->at, length);
    int known = known_name(p);
    if (known >= 0) {
        add(p, PUSH_THING)->thing = known;
        p->at += strlen(p->vary[known].name);
        p->thing = known;
        return p->vary[known].word != NULL ? SORT_WORD_OF : SORT_NUMBER;
    }
    REFUSE(p, p->at, "'%s' is no name of what varies%s", "« %s » n'est pas un nom de ce qui varie%s", name,
           reading_did_you_mean(p->reading, nearest(p, name)));
    return SORT_BAD;
}

static enum sort read_quoted(struct parser *p)
{
    const char *from = p->at, *end = strchr(from + 1, '\'');
    if (end == NULL)
        return bad(p, from, "the word that begins here is never closed by '",
                   "le mot commencé ici n'est pas fermé par '");
    add(p, PUSH_NUMBER);
    p->word = from + 1;
    p->word_length = (size_t)(end - from - 1);
    p->at = end + 1;
    return SORT_WORD;
}

static bool is_hexadecimal(const char *text)
{
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

static enum sort read_number(struct parser *p)
{
    char *end;
    double number = strtod(p->at, &end);
    if (end == p->at || !isfinite(number) || is_hexadecimal(p->at) || name_length(end) > 0) {
        REFUSE(p, p->at, "a name, a number or ( is wanted, not '%s'", "il faut un nom, un nombre ou (, non « %s »",
               *p->at == '\0' ? p->reading->messages->lang == 1 ? "la fin" : "the end"
                              : shown(p, p->at, strcspn(p->at, " \t")));
        return SORT_BAD;
    }
    add(p, PUSH_NUMBER)->number = number;
    p->at = end;
    return SORT_NUMBER;
}

static enum sort read_bracket(struct parser *p, const char *from)
{
    enum sort sort;
    p->depth++;
    sort = read_or(p);
    p->depth--;
    if (sort != SORT_BAD && !take(p, ")"))
        return bad(p, from, "the ( here is never closed", "la ( ouverte ici n'est pas fermée");
    return sort;
}

static enum sort read_value(struct parser *p)
{
    const char *from = here(p);
    enum sort sort;
    if (p->depth > DEEPEST)
        return bad(p, from, "too many brackets inside one another", "trop de parenthèses les unes dans les autres");
    if (take(p, "("))
        return read_bracket(p, from);
    if (take(p, "-")) {
        p->depth++;
        sort = read_value(p);
        p->depth--;
        if (sort == SORT_NUMBER)
            add(p, DO_MINUS_SIGN);
        return sort == SORT_NUMBER || sort == SORT_BAD ? sort : bad(p, from, "- takes a number", "- demande un nombre");
    }
    if (*from == '\'')
        return read_quoted(p);
    return name_length(from) > 0 || known_name(p) >= 0 ? read_name(p, name_length(from)) : read_number(p);
}

/* Both sides of an arithmetic sign. */
static enum sort two_numbers(struct parser *p, enum sort a, enum sort b, const char *at, enum does does)
{
    if (a == SORT_BAD || b == SORT_BAD)
        return SORT_BAD;
    if (a != SORT_NUMBER || b != SORT_NUMBER)
        return bad(p, at, "numbers are wanted on both sides", "il faut des nombres des deux côtés");
    add(p, does);
    return SORT_NUMBER;
}

static enum sort read_product(struct parser *p)
{
    enum sort sort = read_value(p);
    while (sort != SORT_BAD) {
        const char *at = here(p);
        if (take(p, "*"))
            sort = two_numbers(p, sort, read_value(p), at, DO_TIMES);
        else if (take(p, "/"))
            sort = two_numbers(p, sort, read_value(p), at, DO_DIVIDED);
        else
            break;
    }
    return sort;
}

static enum sort read_sum(struct parser *p)
{
    enum sort sort = read_product(p);
    while (sort != SORT_BAD) {
        const char *at = here(p);
        if (take(p, "+"))
            sort = two_numbers(p, sort, read_product(p), at, DO_PLUS);
        else if (take(p, "-"))
            sort = two_numbers(p, sort, read_product(p), at, DO_MINUS);
        else
            break;
    }
    return sort;
}

static bool take_comparison(struct parser *p, enum does *does)
{
    static const struct {
        const char *mark;
        enum does does;
    } marks[] = { { "<=", DO_LESS_OR_EQUAL }, { ">=", DO_MORE_OR_EQUAL }, { "==", DO_EQUAL },
                  { "!=", DO_UNEQUAL },       { "<", DO_LESS },           { ">", DO_MORE } };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (take(p, marks[i].mark)) {
            *does = marks[i].does;
            return true;
        }
    return false;
}

/* A thing whose values are words, and one of them: the word becomes its place among them. */
static enum sort compare_word(struct parser *p, enum sort a, enum sort b, const char *at, enum does does)
{
    const struct vary *thing = &p->vary[p->thing];
    int place;
    if (a == b || (does != DO_EQUAL && does != DO_UNEQUAL))
        return bad(p, at, "words are compared by == and !=: name == 'word'",
                   "les mots se comparent par == et != : nom == 'mot'");
    place = vary_find_word(thing, p->word, p->word_length);
    if (place < 0) {
        REFUSE(p, at, "'%s' is no value of %s", "« %s » n'est pas une valeur de %s", shown(p, p->word, p->word_length),
               thing->name);
        return SORT_BAD;
    }
    p->step[p->num_steps - (a == SORT_WORD ? 2 : 1)].number = place;
    add(p, does);
    return SORT_TRUTH;
}

static bool is_word(enum sort sort)
{
    return sort == SORT_WORD || sort == SORT_WORD_OF;
}

static enum sort read_comparison(struct parser *p)
{
    enum sort a = read_sum(p), b;
    enum does does;
    const char *at = here(p);
    if (a == SORT_BAD || !take_comparison(p, &does))
        return a != SORT_BAD && take(p, "=") ? bad(p, at, "equal is written ==", "égal s'écrit ==") : a;
    b = read_sum(p);
    if (b == SORT_BAD)
        return b;
    if (is_word(a) && is_word(b))
        a = compare_word(p, a, b, at, does);
    else if (two_numbers(p, a, b, at, does) == SORT_NUMBER)
        a = SORT_TRUTH;
    else
        a = SORT_BAD;
    at = here(p);
    return a == SORT_TRUTH && take_comparison(p, &does)
               ? bad(p, at, "one comparison at a time: a < b and b < c", "une comparaison à la fois : a < b and b < c")
               : a;
}

static enum sort read_not(struct parser *p)
{
    const char *at = here(p);
    enum sort sort;
    if (!take_word(p, "not"))
        return read_comparison(p);
    if (++p->depth > DEEPEST)
        return bad(p, at, "too many brackets inside one another", "trop de parenthèses les unes dans les autres");
    sort = read_not(p);
    p->depth--;
    if (sort == SORT_TRUTH)
        add(p, DO_NOT);
    return sort == SORT_TRUTH || sort == SORT_BAD ? sort
                                                  : bad(p, at, "not takes a comparison", "not demande une comparaison");
}

static enum sort two_truths(struct parser *p, enum sort a, enum sort b, const char *at, enum does does)
{
    if (a == SORT_BAD || b == SORT_BAD)
        return SORT_BAD;
    if (a != SORT_TRUTH || b != SORT_TRUTH)
        return bad(p, at, "comparisons are wanted on both sides", "il faut des comparaisons des deux côtés");
    add(p, does);
    return SORT_TRUTH;
}

static enum sort read_and(struct parser *p)
{
    enum sort sort = read_not(p);
    const char *at = here(p);
    while (sort != SORT_BAD && take_word(p, "and")) {
        sort = two_truths(p, sort, read_not(p), at, DO_AND);
        at = here(p);
    }
    return sort;
}

static enum sort read_or(struct parser *p)
{
    enum sort sort = read_and(p);
    const char *at = here(p);
    while (sort != SORT_BAD && take_word(p, "or")) {
        sort = two_truths(p, sort, read_and(p), at, DO_OR);
        at = here(p);
    }
    return sort;
}

bool condition_read(struct condition *self, struct reading *reading, struct node *node, const struct vary *vary,
                    int num_vary)
{
    struct parser p = { .reading = reading, .node = node, .vary = vary, .num_vary = num_vary };
    enum sort sort;
    p.text = p.at = node->is.text;
    p.step = reading_memory(reading, arena_alloc(reading->keep, (strlen(p.text) + 1) * sizeof *p.step));
    if (p.step == NULL)
        return false;
    sort = read_or(&p);
    skip(&p);
    if (sort != SORT_BAD && *p.at != '\0')
        REFUSE(&p, p.at, "'%s' cannot stand here: and, or, or the end",
               "« %s » ne peut pas être ici : and, or, ou la fin", shown(&p, p.at, strlen(p.at)));
    else if (sort != SORT_BAD && sort != SORT_TRUTH)
        bad(&p, p.text, "a comparison is wanted, like name < 2", "il faut une comparaison, comme nom < 2");
    *self = (struct condition){ .text = p.text, .num_steps = p.num_steps, .step = p.step };
    return !node->wrong;
}

/* ---- asking ---- */

static double two(enum does does, double a, double b)
{
    switch (does) {
    case DO_PLUS:
        return a + b;
    case DO_MINUS:
        return a - b;
    case DO_TIMES:
        return a * b;
    case DO_DIVIDED:
        return a / b;
    case DO_LESS:
        return a < b;
    case DO_LESS_OR_EQUAL:
        return a <= b;
    case DO_MORE:
        return a > b;
    case DO_MORE_OR_EQUAL:
        return a >= b;
    case DO_EQUAL:
        return a == b;
    case DO_UNEQUAL:
        return a != b;
    case DO_AND:
        return a != 0 && b != 0;
    default:
        return a != 0 || b != 0;
    }
}

bool condition_holds(const struct condition *self, const double *x)
{
    double below[STACK], top = 0; /* no condition that was read needs more */
    int n = 0;
    for (int i = 0; i < self->num_steps; i++) {
        const struct condition_step *step = &self->step[i];
        if (step->does == PUSH_NUMBER || step->does == PUSH_THING) {
            below[n++] = top;
            top = step->does == PUSH_NUMBER ? step->number : x[step->thing];
        } else if (step->does == DO_MINUS_SIGN) {
            top = -top;
        } else if (step->does == DO_NOT) {
            top = top == 0;
        } else {
            top = two(step->does, n > 0 ? below[--n] : 0, top);
        }
    }
    return top != 0;
}
