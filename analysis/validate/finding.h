/* Patterns the model is held against, what is measured of each, and what was found.
 *
 * A finding is told as it is: a pattern is held when every measure of it is, and nothing turns a miss into a hit. */
#ifndef MILIEU_FINDING_H
#define MILIEU_FINDING_H

#include <stdbool.h>

enum pattern_role { ROLE_FIT, ROLE_HELD_OUT, ROLE_VERIFICATION, ROLE_INPUT, NUM_ROLES };

struct pattern_info {
    const char *id; /* "P1"; "P2-lasts" */
    enum pattern_role role;
    bool must;
    const char *words[2]; /* English, French */
    const char *source;   /* document, or rows of evidence.md */
};

enum pattern {
#define X(id, role, must, english, french, source) PATTERN_##id,
#include "patterns.def"
#undef X
    NUM_PATTERNS
};

enum criterion { AT_LEAST, WITHIN, COVERS };

struct measure_info {
    enum pattern pattern;
    const char *id;
    enum criterion criterion;
    double observed;    /* NaN: the sources give a range or a story */
    double least, most; /* of the simulated value; not of COVERS */
    const char *unit;
    const char *words[2];
};

enum measure {
#define X(pattern, id, criterion, observed, least, most, unit, english, french) MEASURE_##pattern##_##id,
#include "measures.def"
#undef X
    NUM_MEASURES
};

extern const struct pattern_info pattern_table[NUM_PATTERNS];
extern const struct measure_info measure_table[NUM_MEASURES];
extern const char *const role_words[NUM_ROLES]; /* "fit", "held out", ... as in --json */

struct finding {
    double simulated; /* NaN: nothing could be measured */
    double low, high; /* a share's 90 % interval of Monte-Carlo error; else the 90 % predictive interval over draws */
};

/* Does a finding meet its measure? NaN never does. */
bool finding_holds(enum measure measure, const struct finding *finding);

/* Does every measure of a pattern hold? */
bool pattern_holds(enum pattern pattern, const struct finding finding[NUM_MEASURES]);

/* A share of `n` yes/no cases, of which `yes`; or the mean of values (NaN left out; put in order) with their 5th and
 * 95th percentile. */
struct finding finding_share(double yes, double n);
struct finding finding_mean(double *value, int n);

#endif
