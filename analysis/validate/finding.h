/* Patterns the model is held against, what is measured of each, and what was found.
 *
 * A finding is told as it is: a pattern is held when every measure of it is, and nothing turns a miss into a hit. */
#ifndef MILIEU_FINDING_H
#define MILIEU_FINDING_H

#include <stdbool.h>

#include "sample.h"

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

enum criterion { AT_LEAST, WITHIN, COVERS, ABOVE };

struct measure_info {
    enum pattern pattern;
    const char *id;
    enum criterion criterion;
    double observed;    /* NaN: the sources give a range or a story */
    double least, most; /* of the simulated value; of ABOVE, what the interval must lie above; not of COVERS */
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
    double low, high; /* 90 %: Monte-Carlo error of a share, of a mean difference or of a moment; of a correlation, its
                       * confidence interval; else the predictive interval over draws. The same as `simulated`: none */
};

/* ---- swap tests: what becomes of a clinic that is given what another one has ---- */

struct swap_info {
    const char *id;
    double least; /* held when the share of runs is above it */
    const char *words[2];
};

enum swap_id {
#define X(id, least, english, french) SWAP_##id,
#include "swaps.def"
#undef X
    NUM_SWAPS
};

extern const struct swap_info swap_table[NUM_SWAPS];

bool swap_holds(enum swap_id swap, const struct finding *finding);

/* ---- what was found ---- */

/* Does a finding meet its measure? NaN never does. */
bool finding_holds(enum measure measure, const struct finding *finding);

/* Does every measure of a pattern hold? */
bool pattern_holds(enum pattern pattern, const struct finding finding[NUM_MEASURES]);

/* A share of `n` yes/no cases, of which `yes`; or the mean of values (NaN left out; put in order) with their 5th and
 * 95th percentile. */
struct finding finding_share(double yes, double n);
struct finding finding_mean(double *value, int n);

/* The mean of a sample, and its error; NaN of less than two. */
struct finding finding_difference(const struct sample *sample);

/* A number without an interval: a count of cases, or of one huge sample. */
struct finding finding_exactly(double value);

#endif
