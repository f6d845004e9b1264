/* What the documents say themselves, what is moved to try it, and how the answer is judged. The cases of [003] in a
 * sentence each, beside what the model makes of them.
 *
 * A statement is judged by the 90 % interval of the mean difference between pairs of runs on the same luck: it says whether
 * the model tells the direction, not how sure the direction is. The interval over draws stands beside it. */
#ifndef MILIEU_STATEMENT_H
#define MILIEU_STATEMENT_H

#include "../../sim/model/tables.h"
#include "finding.h"

/* ---- what is moved ---- */

enum contrast_role { APART, BLOCK, MEMBER, RIVAL, ARMS };

struct contrast_info {
    const char *id;
    const char *scenario, *arm; /* arm "": all the scenario has */
    int weeks;
    const char *moved; /* ids of factors, or of two arms, between blanks */
    double from, to;   /* ratings */
    enum contrast_role role;
};

enum contrast {
#define X(id, scenario, arm, weeks, moved, from, to, role) CONTRAST_##id,
#include "contrasts.def"
#undef X
    NUM_CONTRASTS
};

extern const struct contrast_info contrast_table[NUM_CONTRASTS];

/* One of the ids in `moved`, from 0; false when there are no more. `size` bytes at `id`. */
bool contrast_moved(enum contrast contrast, int index, char *id, size_t size);

/* ---- what is said ---- */

enum document { D000, D001, D002, D003, D004, NUM_DOCUMENTS };

struct document_info {
    const char *id;       /* "[000]" */
    const char *words[2]; /* English, French */
};

extern const struct document_info document_table[NUM_DOCUMENTS];

enum statement_kind { MOVES, MAIN, MAIN_EACH };

struct statement_info {
    const char *id;
    enum document document;
    const char *place[2]; /* in the document */
    const char *words[2]; /* word for word; in French */
    enum contrast contrast;
    enum outcome outcome;
    int sign; /* +1: the sentence is right when the difference is above 0; -1: below */
    enum statement_kind kind;
};

enum statement {
#define X(id, document, place, lieu, english, french, contrast, outcome, sign, kind) STATEMENT_##id,
#include "statements.def"
#undef X
    NUM_STATEMENTS
};

extern const struct statement_info statement_table[NUM_STATEMENTS];

/* ---- what was found ---- */

enum agreement { DISAGREES, UNCLEAR, AGREES, NUM_AGREEMENTS };
extern const char *const agreement_words[NUM_AGREEMENTS]; /* "no", "unclear", "yes": as in --json */

struct effect {
    struct finding mean;  /* of the differences, with the error of the mean */
    struct finding draws; /* with the 5th and 95th percentile of the differences, one a draw */
    int pairs;            /* in which there is one */
};

/* The differences of the pairs, NaN where there is none; put in order. */
struct effect effect_of(double *difference, int pairs);

/* Yes or no only where the whole interval is on one side of 0; missing is unclear. */
enum agreement effect_agrees(const struct effect *effect, int sign);

/* Of MAIN and MAIN_EACH: `lead` against each of the `count` rivals ([count][pairs]), on the same luck. The effect is lead less
 * the hardest rival: that of the worst answer, among them of the least advantage in the mean; `*hardest` is its number.
 * Agrees only when it does against all. `work` has room for `pairs`. */
struct effect effect_over_rivals(const double *lead, const double *rival, int count, int pairs, int sign, double *work,
                                 int *hardest);

struct statement_result {
    struct effect effect;
    int rival; /* enum contrast: the hardest, of MAIN and MAIN_EACH; else -1 */
};

enum agreement statement_agrees(enum statement statement, const struct statement_result *result);

/* ---- the cases of [003] ---- */

#define CASES_SCENARIO "integrated-care.cfg"
#define CASES_DOCUMENT D003
enum { CASES_WEEK = 78 };

struct case_info {
    const char *id;       /* "A" */
    const char *clinic;   /* of CASES_SCENARIO */
    const char *story[2]; /* English, French */
    const char *ended[2];
};

enum case_id {
#define X(id, clinic, story, histoire, ended, fin) CASE_##id,
#include "cases.def"
#undef X
    NUM_CASES
};

extern const struct case_info case_table[NUM_CASES];

struct case_result {
    struct finding full, stopped; /* shares of runs, by week CASES_WEEK */
    struct finding started;       /* share that starts at all */
    struct finding start_up;      /* median week of those, 5th and 95th percentile */
};

#endif
