/* Who is listed: patients drawn with the year that put them on the list, and their use of services in usual care.
 *
 * Nobody unlisted is simulated. A listed patient is a candidate drawn from the population with a 52-week history and
 * kept if it qualifies. Everything here is told in weeks since the patient's own list, and depends on luck and on the
 * patient alone: a list that comes later brings the same people, whose clock starts later. That is what pairs arms,
 * and an arm with usual care, patient by patient and week by week.
 *
 *   risk      z(t) = sqrt(p) a + sqrt(1-p) x(t),  x Ornstein-Uhlenbeck in steps of four weeks, correlation r at a year
 *   rate      G^-1(Phi(z)),  G gamma with the population's mean and shape k (Gaussian copula)
 *   visits    Poisson, week by week; admissions a share of visits plus direct ones
 *
 * (model.md 5; Moe 2022; Vanasse/Hudon Montreal cohort.) */
#ifndef MILIEU_POPULATION_H
#define MILIEU_POPULATION_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "random.h"
#include "setting.h"
#include "stop.h"

#define RISK_STEP 4   /* weeks between two values of the drifting risk */
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

struct population {
    int32_t num_patients, num_clinics;
    int32_t *first; /* [clinics + 1] first patient of a clinic */
    uint64_t *entity;
    int32_t *list;           /* which of the clinic's lists, 0.. */
    int32_t *weeks;          /* weeks simulated since the list, at most */
    int32_t *end;            /* week since the list in which the patient dies or moves away; `weeks` or more = stays */
    uint8_t *died;           /* that end is a death */
    uint8_t *flags;          /* enum patient_flag */
    uint8_t *false_positive; /* the list's error: no frequent user */
    uint8_t *conditions;
    uint8_t *visits_year, *admissions_year; /* of the look-back */
    float *age;
    float *self_management, *care_integration, *distress, *confidence; /* true scores at the list */
    float *risk_permanent, *risk_drift; /* a, and x in the last four weeks of the look-back */
    int32_t *stride;        /* [clinics] patients of a list: distance in `use` between two weeks of a patient */
    int64_t *first_use;     /* offset into `use` of a patient's week 0: a list's patients stand side by side */
    struct use *use;        /* usual care, list by list, week by week; 0 once a patient is gone */
    int64_t *first_rate;    /* offset into `rate` */
    float *rate;            /* visits a year in usual care, every RISK_STEP weeks */
    struct makers *makers;  /* private: tables shared by the draws */
    uint64_t candidates;    /* drawn in all */
    uint64_t patient_weeks; /* look-back once + usual care */
};

/* Rate (visits a year) as a function of risk z: a table over z, linear in between. */
#define RATE_LOW (-2.0)
#define RATE_HIGH 5.5
#define RATE_STEPS_PER_UNIT 64
#define RATE_SIZE 481
struct rate_table {
    double value[RATE_SIZE];
};
int rate_table_init(struct rate_table *self, double mean, double shape);
double rate_table_at(const struct rate_table *self, double z);

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

/* The twin: every patient's weeks without the programme. Ends early, unfinished, when `stop` asks. */
void population_usual_care(struct population *self, const struct setting *setting, struct luck luck,
                           const volatile sig_atomic_t *stop);

/* Use of a patient in week `t` since the list when the rate of visits is multiplied by `visit_ratio` and that of direct
 * admissions by `admission_ratio`: the same uniforms as usual care, so a ratio of 1 gives the twin's own week. */
struct use population_use(const struct population *self, const struct params *p, struct luck luck, int patient, int t,
                          double visit_ratio, double admission_ratio);

/* A patient's own week of usual care. */
static inline const struct use *population_usual(const struct population *self, int clinic, int patient, int t)
{
    return &self->use[self->first_use[patient] + (int64_t)t * self->stride[clinic]];
}

void population_free(struct population *self);

#endif
