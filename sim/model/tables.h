/* The model's tables as data: parameters, factors, links, outcomes, series, events.
 * One row of a .def file is one row here; adding a line there is all it takes. All strings are static, UTF-8. */
#ifndef MILIEU_TABLES_H
#define MILIEU_TABLES_H

#include <stddef.h>

/* ---- parameters ---- */

enum param {
#define X(id, ...) PARAM_##id,
#include "params.def"
#undef X
    NUM_PARAMS
};

/* One value of every parameter, by name. `struct params` and `double[NUM_PARAMS]` have the same layout:
 * params_get/params_set reach a field by its number. */
struct params {
#define X(id, ...) double id;
#include "params.def"
#undef X
};

enum section { /* where a parameter or factor stands in a scenario file */
               SECTION_STRUCTURAL,
               SECTION_ORGANIZATIONAL,
               SECTION_PROVIDER,
               SECTION_PATIENTS,
               SECTION_INNOVATION,
               SECTION_TRAINING,
               SECTION_RULES,
               SECTION_ECONOMICS,
               NUM_SECTIONS
};

enum param_kind { KIND_EXP, KIND_LOGIT, KIND_SHIFT, KIND_COUNT };
enum evidence { EVIDENCE_MEASURED, EVIDENCE_PUBLISHED, EVIDENCE_ELICITED, EVIDENCE_ASSUMED };

struct param_info {
    const char *id;
    enum section section;
    enum param_kind kind;
    double value;     /* default */
    double low, high; /* plausible range: what factors may span, and where their effect is capped */
    double min, max;  /* what a user may write, both included */
    double spread;    /* SD on the kind's scale of what is not known of the default */
    const char *unit; /* UDUNITS */
    const char *source;
    enum evidence evidence;
    const char *words[2]; /* English, French */
};

extern const struct param_info param_table[NUM_PARAMS];
extern const char *const section_path[NUM_SECTIONS]; /* "macro.structural", "meso[].organizational", ... */
extern const char *const section_key[NUM_SECTIONS];  /* last word of the path: "structural", ... "training" */
extern const char *const evidence_name[4];           /* "measured", ... */

static inline double params_get(const struct params *p, int param)
{
    return ((const double *)p)[param];
}
static inline void params_set(struct params *p, int param, double value)
{
    ((double *)p)[param] = value;
}

/* All defaults. */
void params_defaults(struct params *p);

/* ---- factors of context ---- */

enum factor {
#define X(id, ...) FACTOR_##id,
#include "factors.def"
#undef X
    NUM_FACTORS
};

enum category {
    CATEGORY_STRUCTURAL,
    CATEGORY_ORGANIZATIONAL,
    CATEGORY_PROVIDER,
    CATEGORY_PATIENT,
    CATEGORY_INNOVATION,
    NUM_CATEGORIES
};
enum level { LEVEL_MACRO, LEVEL_MESO, LEVEL_MICRO, NUM_LEVELS };

struct factor_info {
    const char *id;
    enum category category;
    enum level level;
    enum section section; /* where its rating stands in a scenario */
    const char *words[2]; /* English, French */
    const char *cfir;     /* CFIR construct */
    const char *source;
    int proximal, distal;           /* enum outcome */
    int proximal_sign, distal_sign; /* +1 or -1: direction when the rating rises */
};

extern const struct factor_info factor_table[NUM_FACTORS];
extern const char *const category_name[NUM_CATEGORIES]; /* "structural", ... */
extern const char *const level_name[NUM_LEVELS];        /* "macro", "meso", "micro" */

/* ---- links: factor -> parameter ---- */

struct link {
    enum factor factor;
    enum param param;
    int sign;
    double share;
};

#define X(...) +1
enum {
    NUM_LINKS = 0
#include "links.def"
};
#undef X

extern const struct link link_table[NUM_LINKS];

/* The central strength of a link: what one rating point adds on the parameter's own scale (log, log-odds or plain),
 * sign and share included: sign * share * (scale(high) - scale(low)) / 4. */
double link_beta(int link);

/* The parameters of a place whose factors are rated: value = base moved by the sum over its links of
 * beta[link] * rating[factor] on the kind's scale. The effect is capped at low..high, or at the base itself where
 * a user set it outside. With all ratings 0 the result is `base`. */
void params_apply_factors(struct params *out, const struct params *base, const double rating[NUM_FACTORS],
                          const double beta[NUM_LINKS]);

/* A value on the kind's scale and back: EXP log, LOGIT log-odds (kept within 1e-6 of 0 and 1), SHIFT and COUNT plain. */
double param_to_scale(enum param_kind kind, double value);
double param_from_scale(enum param_kind kind, double scaled);

/* ---- outcomes, series, events ---- */

enum outcome {
#define X(id, ...) OUTCOME_##id,
#include "outcomes.def"
#undef X
    NUM_OUTCOMES
};

enum outcome_level { OUTCOME_IMPLEMENTATION, OUTCOME_PROVIDER_LEVEL, OUTCOME_PATIENT_LEVEL };
enum outcome_type { OUTCOME_YESNO, OUTCOME_MEAN };

struct outcome_info {
    const char *id;
    enum outcome_level level;
    enum outcome_type type;
    const char *unit;
    const char *words[2];
    const char *definition;
};

extern const struct outcome_info outcome_table[NUM_OUTCOMES];
extern const char *const outcome_level_name[3]; /* "implementation", "provider", "patient" */

enum series {
#define X(id, ...) SERIES_##id,
#include "series.def"
#undef X
    NUM_SERIES
};

struct series_info {
    const char *id, *unit, *method;
    const char *words[2];
};

extern const struct series_info series_table[NUM_SERIES];

enum event_kind {
#define X(id, ...) EVENT_##id,
#include "events.def"
#undef X
    NUM_EVENT_KINDS
};

struct event_info {
    const char *id;
    const char *words[2];
    const char *value;
};

extern const struct event_info event_table[NUM_EVENT_KINDS];

/* Index of an id in a table, or -1. */
int param_find(const char *id);
int factor_find(const char *id);
int outcome_find(const char *id);
int series_find(const char *id);

#endif
