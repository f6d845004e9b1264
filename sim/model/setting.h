/* A setting: everything a world is made from, in numbers. One draw of a scenario gives one setting; the scenario's
 * language, files and distributions are no business of the model.
 *
 * Owner: whoever called setting_init frees with setting_free (safe after a failed init, and twice).
 * Strings belong to the setting. */
#ifndef MILIEU_SETTING_H
#define MILIEU_SETTING_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "tables.h"

#define SETTING_MAX_NURSES 64
#define SETTING_MAX_PHYSICIANS 64
#define SETTING_MAX_STRATEGIES 64
#define SETTING_MAX_ARMS 32
#define SETTING_NOBODY (-1)

enum place { PLACE_RURAL, PLACE_SUBURBAN, PLACE_URBAN };

/* What is known of one person; a rating is NaN where nothing is said and the clinic's own holds. */
struct person_setting {
    char id[64];                /* in the scenario, unique among those of its list; "" = none */
    double fte;                 /* 0 < fte <= 1 (nurses) */
    bool absent;                /* on sick leave in week 0 */
    bool lead;                  /* the lead physician; the nurse who leads */
    double rating[NUM_FACTORS]; /* of this person, NaN = the clinic's */
};

struct clinic_setting {
    char *id;
    char *title[2];     /* English, French; never NULL */
    uint64_t place_key; /* random_place(id) */
    int centre;         /* index into centres */
    int community;      /* community of practice it belongs to; SETTING_NOBODY = none */
    int market;         /* labour market it hires from */
    enum place place;
    bool teaching;
    int num_nurses, num_physicians;
    struct person_setting *nurse, *physician; /* arrays of the above lengths; NULL = nobody is named */
    double rating[NUM_FACTORS];               /* of the clinic, -2..2 */
    struct params base;                       /* before the factors act */
};

struct centre_setting {
    char *id;
    uint64_t place_key;
    int num_case_managers;               /* >= 1 */
    struct person_setting *case_manager; /* NULL = nobody is named */
};

enum change_op { CHANGE_SET, CHANGE_ADD };

struct change { /* one thing a strategy changes */
    bool is_factor;
    int index; /* enum factor or enum param */
    enum change_op op;
    double value;
};

struct strategy_setting {
    char *id;
    char *eric; /* ERIC name; "" if none */
    char *title[2];
    int at;             /* week it takes effect; -1 = by trigger */
    int until;          /* week it ends and what it set goes back; -1 = never */
    int every_weeks;    /* > 0: repeated from `at` until `until` (its ADD changes add up) */
    double delay_weeks; /* from `at` or the trigger until it takes effect */
    double succeeds;    /* chance that it takes effect at all */
    int watch;          /* enum series watched by the trigger; -1 = none */
    bool watch_below;   /* fires below the threshold; else above */
    double threshold;
    int for_weeks;        /* weeks in a row */
    double cost_once;     /* CAD, a clinic, when it takes effect */
    double cost_per_week; /* CAD, a clinic, while in effect */
    double nurse_hours;   /* hours a week it takes from each nurse, while in effect */
    bool *where;          /* num_clinics flags */
    struct change *change;
    int num_changes;
};

struct arm_setting {
    char *id;
    char *title[2];
    bool on[SETTING_MAX_STRATEGIES];
};

struct setting {
    int horizon; /* weeks, 26..260 */
    int num_clinics, num_centres, num_communities, num_markets;
    struct clinic_setting *clinic;
    struct centre_setting *centre;
    struct strategy_setting *strategy;
    int num_strategies;
    struct arm_setting *arm; /* the first is the programme as the scenario gives it */
    int num_arms;
    double beta[NUM_LINKS]; /* strength of every link in this draw, sign and share included */
    bool events;            /* keep the table of events */
};

/* Zeroes `self` and allocates the arrays of places; ids NULL, params at their defaults, ratings 0, beta central.
 * Returns 0 or MILIEU_ERR_MEMORY. */
int setting_init(struct setting *self, int num_clinics, int num_centres, int num_strategies, int num_arms,
                 struct error *err);
void setting_free(struct setting *self);

/* What the place adds to a rating that nobody states: to `proximity`, place_proximity in an urban place, less so much in a
 * rural one; to every other factor nothing. */
double setting_place_rating(enum place place, enum factor factor, const struct params *p);

#endif
