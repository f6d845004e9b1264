/* Who is listed: patients drawn with the year that put them on the list, and their use of services in usual care.
 *
 * Nobody unlisted is simulated. A listed patient is a candidate drawn from the population with a 52-week history and
 * kept if it qualifies. Everything here is told in weeks since the patient's own list, and depends on luck and on the
 * patient alone: a list that comes later brings the same people, whose clock starts later. That is what pairs arms,
 * and an arm with usual care, patient by patient and week by week.
 *
 *   risk      of each drifts, and with it the rate of visits (risk.h)
 *   visits    Poisson, week by week; admissions a share of visits plus direct ones
 *
 * population.c draws who is listed, usual.c their weeks. (model.md 5) */
#ifndef MILIEU_POPULATION_H
#define MILIEU_POPULATION_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "random.h"
#include "risk.h"
#include "setting.h"
#include "stop.h"

#define YEAR_STEPS 13 /* of them in the look-back */
#define MAX_LISTS 40
#define LIST_STRIDE 1024U /* entity index of a patient = list * LIST_STRIDE + slot */

enum patient_flag {
    FLAG_MALE = 1,
    FLAG_DEPRESSION = 2,
    FLAG_ARTHRITIS = 4,
    FLAG_OVERWEIGHT = 8,
    FLAG_BACK_PAIN = 16,
    FLAG_CAREGIVER = 32,
    FLAG_EXCLUDED = 64,
    FLAG_COMPLEX = 128
};

struct use { /* of one patient in one week of usual care */
    uint8_t visits, admissions, primary_care;
};

/* A clinic's use of services without the programme: rates and shares of the start, which no arm changes. */
#define PRIMARY_STEPS 4
struct usual {
    const struct risk *risk;
    double admission_share, direct_admission;
    double primary_care;                 /* visits a week */
    double primary_up_to[PRIMARY_STEPS]; /* first cumulative chances */
};
void usual_init(struct usual *self, const struct params *p, const struct risk *risk);

struct rare_use { /* a week that does not fit in a byte */
    int64_t at;   /* index into `use` */
    struct use use;
};
#define USE_RARE 255

/* X(type, name, "what") of every listed patient */
#define POPULATION_COLUMNS(X)                                                                                          \
    X(uint64_t, entity, "for luck")                                                                                    \
    X(uint8_t, list, "which of the clinic's lists, 0..")                                                               \
    X(int16_t, weeks, "weeks simulated since the list, at most")                                                       \
    X(int16_t, end, "week since the list of death or moving away; `weeks` = stays")                                    \
    X(uint8_t, died, "that end is a death")                                                                            \
    X(uint8_t, flags, "enum patient_flag")                                                                             \
    X(uint8_t, false_positive, "the list's error: no frequent user")                                                   \
    X(uint8_t, conditions, "")                                                                                         \
    X(uint8_t, visits_year, "of the look-back")                                                                        \
    X(uint8_t, admissions_year, "")                                                                                    \
    X(float, age, "")                                                                                                  \
    X(float, self_management, "true score at the list")                                                                \
    X(float, care_integration, "")                                                                                     \
    X(float, distress, "")                                                                                             \
    X(float, confidence, "")                                                                                           \
    X(float, risk_permanent, "a")                                                                                      \
    X(float, risk_drift, "x in the last four weeks of the look-back")                                                  \
    X(int64_t, first_use, "offset into `use` of week 0: a list's patients stand side by side")

struct population {
    struct luck luck;
    int32_t num_patients, num_clinics;
    int32_t *first;  /* [clinics + 1] first patient of a clinic */
    int32_t *stride; /* [clinics] patients of a list: distance in `use` between two weeks of a patient */
#define DECLARE(type, name, words) type *name;
    POPULATION_COLUMNS(DECLARE)
#undef DECLARE
    uint8_t *use; /* usual care, list by list, week by week, three counts in a byte (population_usual); 0 once gone */
    struct rare_use *rare; /* by `at` */
    int64_t num_rare, max_rare;
    struct usual *usual; /* [clinics] */
    struct risk **risk;  /* those that differ */
    int32_t num_risks;
    uint64_t candidates;    /* drawn in all */
    uint64_t patient_weeks; /* look-back once + usual care */
};

/* True for a parameter that says who is listed, what they are like and what they use in usual care: read for all arms before
 * any of them begins. A strategy that moved it would come too late, or act on the treated and not on their twins. */
bool population_draws_on(int param);

/* Emergency visits in each of `years` years of one person of the whole population, frequent user or not: the process
 * that candidates are drawn from, for tests of persistence (patterns P8, P9). */
void population_history(const struct rate_table *rates, const struct params *p, struct luck luck, uint64_t entity,
                        int years, int visits[]);

/* Draws everybody's history and people's attributes; usual care is left to population_usual_care. Freed by
 * population_free (safe after a failed init, and twice). `stop` (may be NULL) is looked at before each patient. */
int population_init(struct population *self, const struct setting *setting, struct luck luck,
                    const volatile sig_atomic_t *stop, struct error *err);

/* The twin: every patient's weeks without the programme. Returns 0, MILIEU_ERR_MEMORY, or MILIEU_ERR_INTERRUPTED when
 * `stop` (may be NULL) asks. */
int population_usual_care(struct population *self, const volatile sig_atomic_t *stop, struct error *err);

/* A patient's own week of usual care, t weeks after the list. */
struct use population_rare(const struct population *self, int64_t at); /* private: a week that does not fit in a byte */
static inline struct use population_usual(const struct population *self, int clinic, int patient, int t)
{
    int64_t at = self->first_use[patient] + (int64_t)t * self->stride[clinic];
    unsigned use = self->use[at];
    if (use == USE_RARE)
        return population_rare(self, at);
    return (struct use){ (uint8_t)(use & 7), (uint8_t)(use >> 3 & 3), (uint8_t)(use >> 5) };
}

/* A patient's rate of visits a year in usual care, t weeks after the list. `walk`, { 0 } at first, is the patient's own: it
 * spares the way from week 0. */
double population_rate(const struct population *self, int clinic, int patient, int t, struct risk_walk *walk);

/* Use of a patient in week `t` since the list when the rate of visits is multiplied by `visit_ratio` and that of direct
 * admissions by `admission_ratio`: the same uniforms as usual care, so a ratio of 1 gives the twin's own week. */
struct use population_use(const struct population *self, int clinic, int patient, int t, struct risk_walk *walk,
                          double visit_ratio, double admission_ratio);

void population_free(struct population *self);

#endif
