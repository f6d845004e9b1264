/* Use of services, week by week: of the usual-care twin, and of a patient whom the programme changes. */
#include <math.h>
#include <stdlib.h>

#include "population.h"

#define MOST_VISITS 7 /* in a byte of population.use */
#define MOST_ADMISSIONS 3
#define MOST_PRIMARY_CARE 7

void usual_init(struct usual *self, const struct params *p, const struct risk *risk)
{
    double term = 1, sum = 0;
    self->risk = risk;
    self->admission_share = p->admission_share;
    self->direct_admission = p->direct_admission;
    self->primary_care = p->primary_care_visits / RISK_WEEKS_IN_YEAR;
    for (int k = 0; k < PRIMARY_STEPS; k++) { /* summed as random_poisson_of sums them */
        term = k == 0 ? exp(-self->primary_care) : term * (self->primary_care / k);
        sum += term;
        self->primary_up_to[k] = sum;
    }
}

/* random_poisson_of without a loop for the usual counts. */
static int draw_primary_care(double u, const struct usual *usual)
{
    int count = 0;
    if (u > usual->primary_up_to[PRIMARY_STEPS - 1])
        return random_poisson_of(u, usual->primary_care, usual->primary_up_to[0]);
    for (int k = 0; k < PRIMARY_STEPS; k++)
        count += u > usual->primary_up_to[k];
    return count;
}

/* A week's use from its four words and its means of visits and direct admissions. */
static struct use draw_use(struct words w, const struct usual *usual, double visits, double direct)
{
    struct use use;
    int admissions;
    use.visits = (uint8_t)random_poisson(random_uniform_of(w.w[0]), visits);
    admissions = random_poisson(random_uniform_of(w.w[2]), direct);
    if (use.visits > 0)
        admissions += random_binomial_of(random_uniform_of(w.w[1]), use.visits, usual->admission_share);
    use.admissions = (uint8_t)(admissions > 255 ? 255 : admissions);
    use.primary_care = (uint8_t)draw_primary_care(random_uniform_of(w.w[3]), usual);
    return use;
}

/* ---- a week in a byte ---------------------------------------------------------------------------------------------- */

static bool fits(struct use use)
{
    return use.visits <= MOST_VISITS && use.admissions <= MOST_ADMISSIONS && use.primary_care <= MOST_PRIMARY_CARE &&
           use.visits + use.admissions + use.primary_care < MOST_VISITS + MOST_ADMISSIONS + MOST_PRIMARY_CARE;
}

static int keep_rare(struct population *self, int64_t at, struct use use)
{
    if (self->num_rare == self->max_rare) {
        int64_t room = self->max_rare * 2 + 64;
        struct rare_use *grown = realloc(self->rare, (size_t)room * sizeof *grown);
        if (grown == NULL)
            return MILIEU_ERR_MEMORY;
        self->rare = grown;
        self->max_rare = room;
    }
    self->rare[self->num_rare++] = (struct rare_use){ at, use };
    self->use[at] = USE_RARE;
    return 0;
}

static int keep(struct population *self, int64_t at, struct use use)
{
    if (!fits(use))
        return keep_rare(self, at, use);
    self->use[at] = (uint8_t)(use.visits | use.admissions << 3 | use.primary_care << 5);
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct rare_use *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

struct use population_rare(const struct population *self, int64_t at)
{
    struct rare_use wanted = { .at = at };
    const struct rare_use *found = bsearch(&wanted, self->rare, (size_t)self->num_rare, sizeof wanted, by_place);
    return found != NULL ? found->use : (struct use){ 0 };
}

/* ---- the twin ------------------------------------------------------------------------------------------------------ */

/* Four weeks share a rate; their words are drawn together, so that the generator's blocks overlap. */
static int four_weeks(struct population *self, int c, int32_t i, int t, double rate)
{
    const struct usual *usual = &self->usual[c];
    double visits = rate / RISK_WEEKS_IN_YEAR, direct = rate * usual->direct_admission / RISK_WEEKS_IN_YEAR;
    struct words w[RISK_STEP];
    int ret = 0;
    for (int k = 0; k < RISK_STEP; k++)
        w[k] = random_words(self->luck, self->entity[i], t + k, STREAM_USE, 0);
    for (int k = 0; k < RISK_STEP && t + k < self->end[i]; k++)
        ret |=
            keep(self, self->first_use[i] + (int64_t)(t + k) * self->stride[c], draw_use(w[k], usual, visits, direct));
    return ret;
}

static int patient_weeks(struct population *self, int c, int32_t i)
{
    const struct risk *risk = self->usual[c].risk;
    double x = self->risk_drift[i];
    struct words w = { { 0 } };
    int ret = 0;
    for (int t = 0; t < self->end[i]; t += RISK_STEP) { /* risk_follow, a block of luck at a time */
        int step = t / RISK_STEP % RISK_STEPS_A_BLOCK;
        if (step == 0)
            w = random_words(self->luck, self->entity[i], t, STREAM_RISK, 0);
        x = risk_step(risk, x, random_normal_of(random_uniform_of(w.w[step])));
        ret |= four_weeks(self, c, i, t, (float)risk_rate(risk, self->risk_permanent[i], x));
    }
    return ret;
}

int population_usual_care(struct population *self, const volatile sig_atomic_t *stop, struct error *err)
{
    int ret = 0;
    self->num_rare = 0;
    for (int c = 0; c < self->num_clinics && ret == 0 && !stop_is_asked(stop); c++)
        for (int32_t i = self->first[c]; i < self->first[c + 1]; i++) {
            ret |= patient_weeks(self, c, i);
            self->patient_weeks += (uint64_t)self->end[i];
        }
    if (ret != 0)
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for weeks of much use",
                         "pas de mémoire pour les semaines de grand usage");
    if (self->num_rare > 0)
        qsort(self->rare, (size_t)self->num_rare, sizeof *self->rare, by_place);
    return stop_is_asked(stop) ? error_set(err, MILIEU_ERR_INTERRUPTED, "%s", "%s", "") : 0;
}

/* ---- a patient of the programme ------------------------------------------------------------------------------------ */

double population_rate(const struct population *self, int clinic, int patient, int t, struct risk_walk *walk)
{
    const struct risk *risk = self->usual[clinic].risk;
    risk_follow(risk, self->luck, self->entity[patient], self->risk_drift[patient], t, walk);
    return (float)risk_rate(risk, self->risk_permanent[patient], walk->x);
}

struct use population_use(const struct population *self, int clinic, int patient, int t, struct risk_walk *walk,
                          double visit_ratio, double admission_ratio)
{
    const struct usual *usual = &self->usual[clinic];
    double rate = population_rate(self, clinic, patient, t, walk);
    return draw_use(random_words(self->luck, self->entity[patient], t, STREAM_USE, 0), usual,
                    rate * visit_ratio / RISK_WEEKS_IN_YEAR,
                    rate * usual->direct_admission * admission_ratio / RISK_WEEKS_IN_YEAR);
}
