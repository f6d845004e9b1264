#include "population.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "person.h"

#define BLOCKS_PER_CANDIDATE 4U
#define CANDIDATE_NORMALS 14 /* risk in the middle, what is independent of it, twelve steps */
#define MAX_CANDIDATES 16000U
#define WEEKS_IN_YEAR 52.0

/* What the draws of a clinic share. Rebuilt only where a clinic's own parameters differ from the last one's. */
struct makers {
    struct params p;
    struct rate_table rates;
    struct ages ages;
    double sqrt_permanent, sqrt_drift, step_correlation, step_noise;
    bool ready;
};

struct candidate {
    double permanent, drift; /* a, and x in the last four weeks of the year */
    int visits, admissions;
};

static const bool drawn_on[NUM_PARAMS] = {
    [PARAM_per_clinic] = true,
    [PARAM_list_every] = true,
    [PARAM_select_visits] = true,
    [PARAM_select_admissions] = true,
    [PARAM_list_precision] = true,
    [PARAM_need_share] = true,
    [PARAM_need_sensitivity] = true,
    [PARAM_need_specificity] = true,
    [PARAM_ed_mean] = true,
    [PARAM_ed_dispersion] = true,
    [PARAM_risk_permanent] = true,
    [PARAM_risk_correlation] = true,
    [PARAM_admission_share] = true,
    [PARAM_direct_admission] = true,
    [PARAM_primary_care_visits] = true,
    [PARAM_mortality] = true,
    [PARAM_low_need_mortality] = true,
    [PARAM_moving_away] = true,
    [PARAM_age_mean] = true,
    [PARAM_age_sd] = true,
    [PARAM_male] = true,
    [PARAM_conditions_mean] = true,
    [PARAM_conditions_sd] = true,
    [PARAM_depression_anxiety] = true,
    [PARAM_arthritis] = true,
    [PARAM_overweight] = true,
    [PARAM_back_pain] = true,
    [PARAM_caregiver_share] = true,
    [PARAM_social_exclusion_share] = true,
    [PARAM_self_management_mean] = true,
    [PARAM_self_management_sd] = true,
    [PARAM_care_integration_mean] = true,
    [PARAM_care_integration_sd] = true,
    [PARAM_distress_mean] = true,
    [PARAM_distress_sd] = true,
    [PARAM_confidence_mean] = true,
    [PARAM_confidence_sd] = true,
    [PARAM_confidence_from_skills] = true,
    [PARAM_confidence_from_distress] = true,
    [PARAM_distress_from_depression] = true,
    [PARAM_need_from_conditions] = true,
    [PARAM_need_from_depression] = true,
    [PARAM_need_from_exclusion] = true,
    [PARAM_mortality_by_age] = true,
};

bool population_draws_on(int param)
{
    return drawn_on[param];
}

/* Between equally spaced nodes, four around the interval (Catmull-Rom): the log of the rate is smooth. */
static double cubic(const double y[4], double t)
{
    double a = -0.5 * y[0] + 1.5 * y[1] - 1.5 * y[2] + 0.5 * y[3];
    double b = y[0] - 2.5 * y[1] + 2 * y[2] - 0.5 * y[3];
    return ((a * t + b) * t + 0.5 * (y[2] - y[0])) * t + y[1];
}

int rate_table_init(struct rate_table *self, double mean, double shape)
{
    enum {
        PER_UNIT = 8,
        NODES = RATE_SIZE / RATE_STEPS_PER_UNIT * PER_UNIT + PER_UNIT + 3,
        FINE = RATE_STEPS_PER_UNIT / PER_UNIT
    };
    double node[NODES];
    for (int i = 0; i < NODES; i++) { /* GSL's inverse is slow: few exact values, the rest between them */
        double z = RATE_LOW + (double)(i - 1) / PER_UNIT;
        node[i] = log(gsl_cdf_gamma_Qinv(gsl_cdf_ugaussian_Q(z), shape, mean / shape));
    }
    for (int i = 0; i < RATE_SIZE; i++)
        self->value[i] = exp(cubic(node + i / FINE, (double)(i % FINE) / FINE));
    return isfinite(self->value[0]) && isfinite(self->value[RATE_SIZE - 1]) ? 0 : MILIEU_ERR_RUN;
}

double rate_table_at(const struct rate_table *self, double z)
{
    double at = (z - RATE_LOW) * RATE_STEPS_PER_UNIT;
    int i;
    if (at <= 0)
        return self->value[0];
    if (at >= RATE_SIZE - 1)
        return self->value[RATE_SIZE - 1];
    i = (int)at;
    return self->value[i] + (at - i) * (self->value[i + 1] - self->value[i]);
}

static bool same_makers(const struct makers *m, const struct params *p)
{
    return m->ready && m->p.ed_mean == p->ed_mean && m->p.ed_dispersion == p->ed_dispersion &&
           m->p.age_mean == p->age_mean && m->p.age_sd == p->age_sd && m->p.mortality == p->mortality &&
           m->p.mortality_by_age == p->mortality_by_age;
}

static int makers_set(struct makers *m, const struct params *p)
{
    bool same = same_makers(m, p);
    m->p = *p;
    m->sqrt_permanent = sqrt(p->risk_permanent);
    m->sqrt_drift = sqrt(1 - p->risk_permanent);
    m->step_correlation = pow(p->risk_correlation, RISK_STEP / WEEKS_IN_YEAR);
    m->step_noise = sqrt(1 - m->step_correlation * m->step_correlation);
    if (same)
        return 0;
    ages_init(&m->ages, p);
    m->ready = true;
    return rate_table_init(&m->rates, p->ed_mean, p->ed_dispersion);
}

static double rate_at(const struct makers *m, double permanent, double drift)
{
    return rate_table_at(&m->rates, m->sqrt_permanent * permanent + m->sqrt_drift * drift);
}

/* Visits expected over the year, drift walked outwards from the middle (the process looks the same both ways). */
static double walk_year(const struct makers *m, const double z[12], struct candidate *c, double middle)
{
    double sum = rate_at(m, c->permanent, middle), x = middle;
    for (int i = 0; i < 6; i++) {
        x = m->step_correlation * x + m->step_noise * z[i];
        sum += rate_at(m, c->permanent, x);
    }
    c->drift = x;
    x = middle;
    for (int i = 6; i < 12; i++) {
        x = m->step_correlation * x + m->step_noise * z[i];
        sum += rate_at(m, c->permanent, x);
    }
    return sum / YEAR_STEPS;
}

/* One candidate's year. With `risky` only people whose risk is above the middle at mid-year are drawn, which loses
 * fewer than one frequent user in a thousand: z is drawn above 0, then a and x given z. */
static struct candidate draw_candidate(const struct makers *m, struct luck luck, uint64_t entity, uint32_t number,
                                       bool risky)
{
    struct candidate c;
    double z[CANDIDATE_NORMALS], risk, other, expected;
    struct words use = random_words(luck, entity, 0, STREAM_CANDIDATE_USE, number);
    for (uint32_t b = 0; b < BLOCKS_PER_CANDIDATE; b++) {
        struct words w = random_words(luck, entity, 0, STREAM_CANDIDATE_RISK, number * BLOCKS_PER_CANDIDATE + b);
        for (uint32_t i = 0; i < 4 && 4 * b + i < CANDIDATE_NORMALS; i++)
            z[4 * b + i] = random_uniform_of(w.w[i]);
    }
    for (int i = 1; i < CANDIDATE_NORMALS; i++)
        z[i] = random_normal_of(z[i]);
    risk = random_normal_of(risky ? 0.5 + 0.5 * z[0] : z[0]);
    other = z[1];
    c.permanent = m->sqrt_permanent * risk + m->sqrt_drift * other;
    expected = walk_year(m, z + 2, &c, m->sqrt_drift * risk - m->sqrt_permanent * other);
    c.visits = random_poisson(random_uniform_of(use.w[0]), expected);
    c.admissions = random_binomial_of(random_uniform_of(use.w[1]), c.visits, m->p.admission_share);
    c.admissions += random_poisson(random_uniform_of(use.w[2]), expected * m->p.direct_admission);
    return c;
}

void population_history(const struct rate_table *rates, const struct params *p, struct luck luck, uint64_t entity,
                        int years, int visits[])
{
    double step = pow(p->risk_correlation, RISK_STEP / WEEKS_IN_YEAR), noise = sqrt(1 - step * step);
    struct words start = random_words(luck, entity, 0, STREAM_CANDIDATE_RISK, 0);
    double a = sqrt(p->risk_permanent) * random_normal_of(random_uniform_of(start.w[0]));
    double x = random_normal_of(random_uniform_of(start.w[1])), rate = 0, none = 1;
    for (int t = 0; t < years * (int)WEEKS_IN_YEAR; t++) {
        if (t % (int)WEEKS_IN_YEAR == 0)
            visits[t / (int)WEEKS_IN_YEAR] = 0;
        if (t % RISK_STEP == 0) {
            x = step * x + noise * random_normal_of(random_uniform(luck, entity, t, STREAM_RISK));
            rate = rate_table_at(rates, a + sqrt(1 - p->risk_permanent) * x) / WEEKS_IN_YEAR;
            none = exp(-rate);
        }
        visits[t / (int)WEEKS_IN_YEAR] += random_poisson_of(random_uniform(luck, entity, t, STREAM_USE), rate, none);
    }
}

static bool qualifies(const struct params *p, const struct candidate *c)
{
    return c->visits >= p->select_visits || c->admissions >= p->select_admissions;
}

/* Fills one place on the list: with a frequent user, or, by the list's error, with somebody who is none. False when the
 * rule of selection finds nobody. */
static bool draw_listed(struct population *self, const struct makers *m, struct luck luck, int32_t i)
{
    uint64_t entity = self->entity[i];
    struct words list = random_words(luck, entity, 0, STREAM_LIST, 0);
    bool wrong = random_uniform_of(list.w[0]) > m->p.list_precision;
    struct candidate c = { 0 };
    bool found = false;
    for (uint32_t number = 1; number < MAX_CANDIDATES && !found; number++) {
        self->candidates++;
        c = draw_candidate(m, luck, entity, number, !wrong);
        found = qualifies(&m->p, &c) != wrong;
    }
    self->false_positive[i] = wrong;
    self->visits_year[i] = (uint8_t)c.visits;
    self->admissions_year[i] = (uint8_t)(c.admissions > 255 ? 255 : c.admissions);
    self->risk_permanent[i] = (float)c.permanent;
    self->risk_drift[i] = (float)c.drift;
    return found;
}

static int num_lists(const struct setting *s, const struct params *p)
{
    int n = (s->horizon + (int)p->list_every - 1) / (int)p->list_every;
    return n < 1 ? 1 : n > MAX_LISTS ? MAX_LISTS : n;
}

static int allocate(struct population *self, int32_t patients)
{
    size_t n = (size_t)patients;
    self->entity = calloc(n, sizeof *self->entity);
    self->list = calloc(n, sizeof *self->list);
    self->weeks = calloc(n, sizeof *self->weeks);
    self->end = calloc(n, sizeof *self->end);
    self->died = calloc(n, 1);
    self->flags = calloc(n, 1);
    self->false_positive = calloc(n, 1);
    self->conditions = calloc(n, 1);
    self->visits_year = calloc(n, 1);
    self->admissions_year = calloc(n, 1);
    self->age = calloc(n, sizeof *self->age);
    self->self_management = calloc(n, sizeof *self->self_management);
    self->care_integration = calloc(n, sizeof *self->care_integration);
    self->distress = calloc(n, sizeof *self->distress);
    self->confidence = calloc(n, sizeof *self->confidence);
    self->risk_permanent = calloc(n, sizeof *self->risk_permanent);
    self->risk_drift = calloc(n, sizeof *self->risk_drift);
    self->first_use = calloc(n + 1, sizeof *self->first_use);
    self->first_rate = calloc(n + 1, sizeof *self->first_rate);
    return self->entity && self->list && self->weeks && self->end && self->died && self->flags &&
                   self->false_positive && self->conditions && self->visits_year && self->admissions_year &&
                   self->age && self->self_management && self->care_integration && self->distress && self->confidence &&
                   self->risk_permanent && self->risk_drift && self->first_use && self->first_rate
               ? 0
               : MILIEU_ERR_MEMORY;
}

/* Parameters of a clinic at the start of the draw, factors applied: who is listed does not depend on the arm. */
static void start_params(const struct setting *s, int c, struct params *p)
{
    params_apply_factors(p, &s->clinic[c].base, s->clinic[c].rating, s->beta);
}

static int count_patients(struct population *self, const struct setting *s, struct error *err)
{
    int64_t total = 0;
    self->num_clinics = s->num_clinics;
    self->first = calloc((size_t)s->num_clinics + 1, sizeof *self->first);
    self->stride = calloc((size_t)s->num_clinics + 1, sizeof *self->stride);
    if (self->first == NULL || self->stride == NULL)
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for %d clinics", "pas de mémoire pour %d cliniques",
                         s->num_clinics);
    for (int c = 0; c < s->num_clinics; c++) {
        struct params p;
        start_params(s, c, &p);
        self->first[c] = (int32_t)total;
        self->stride[c] = (int32_t)p.per_clinic;
        total += (int64_t)num_lists(s, &p) * (int)p.per_clinic;
        if (total > 100000000)
            return error_set(err, MILIEU_ERR_RUN, "more than 100 million listed patients",
                             "plus de 100 millions de patients listés");
    }
    self->first[s->num_clinics] = self->num_patients = (int32_t)total;
    return 0;
}

/* One list of a clinic, from patient i on; returns the weeks of use it takes in all. */
static int64_t place_list(struct population *self, const struct setting *s, int c, int list, int weeks, int32_t i,
                          int64_t uses)
{
    for (int slot = 0; slot < self->stride[c]; slot++, i++) {
        self->entity[i] = random_entity(s->clinic[c].place_key, (uint32_t)list * LIST_STRIDE + (uint32_t)slot);
        self->list[i] = list;
        self->weeks[i] = weeks;
        self->first_use[i] = uses + slot;
        self->first_rate[i + 1] = self->first_rate[i] + (weeks + RISK_STEP - 1) / RISK_STEP;
    }
    return (int64_t)weeks * self->stride[c];
}

static int place_patients(struct population *self, const struct setting *s, struct error *err)
{
    int64_t uses = 0;
    int32_t i = 0;
    int ret = count_patients(self, s, err);
    if (ret != 0)
        return ret;
    if (allocate(self, self->num_patients) != 0)
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for %d patients", "pas de mémoire pour %d patients",
                         self->num_patients);
    for (int c = 0; c < s->num_clinics; c++) {
        struct params p;
        start_params(s, c, &p);
        for (int list = 0; i < self->first[c + 1]; list++, i += self->stride[c])
            uses += place_list(self, s, c, list, s->horizon - list * (int)p.list_every, i, uses);
    }
    self->use = calloc((size_t)uses + 1, sizeof *self->use);
    self->rate = malloc(((size_t)self->first_rate[i] + 1) * sizeof *self->rate);
    if (self->use == NULL || self->rate == NULL)
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for the weeks of %d patients",
                         "pas de mémoire pour les semaines de %d patients", self->num_patients);
    return 0;
}

static int draw_patient(struct population *self, const struct setting *s, const struct params *p, struct luck luck,
                        int c, int32_t i, struct error *err)
{
    if (!draw_listed(self, self->makers, luck, i))
        return error_set(
            err, MILIEU_ERR_RUN,
            "%s: nobody among %u candidates fits the list: select_visits %g, select_admissions %g, ed_mean %g",
            "%s : personne parmi %u candidats ne convient à la liste : select_visits %g, "
            "select_admissions %g, ed_mean %g",
            s->clinic[c].id, MAX_CANDIDATES, p->select_visits, p->select_admissions, p->ed_mean);
    person_draw(self, &self->makers->ages, p, luck, i);
    person_draw_life(self, &self->makers->ages, p, luck, i);
    return 0;
}

static int draw_patients(struct population *self, const struct setting *s, struct luck luck, int c,
                         const volatile sig_atomic_t *stop, struct error *err)
{
    struct params p;
    int ret = 0;
    start_params(s, c, &p);
    if (makers_set(self->makers, &p) != 0)
        return error_set(err, MILIEU_ERR_RUN, "%s: no visit rates for ed_mean %g, ed_dispersion %g",
                         "%s : pas de taux de visites pour ed_mean %g, ed_dispersion %g", s->clinic[c].id, p.ed_mean,
                         p.ed_dispersion);
    for (int32_t i = self->first[c]; ret == 0 && i < self->first[c + 1]; i++)
        ret = stop_is_asked(stop) ? error_set(err, MILIEU_ERR_INTERRUPTED, "%s", "%s", "")
                                  : draw_patient(self, s, &p, luck, c, i, err);
    return ret;
}

int population_init(struct population *self, const struct setting *s, struct luck luck,
                    const volatile sig_atomic_t *stop, struct error *err)
{
    int ret;
    gsl_set_error_handler_off(); /* results are looked at instead */
    memset(self, 0, sizeof *self);
    self->makers = calloc(1, sizeof *self->makers);
    if (self->makers == NULL)
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for a population", "pas de mémoire pour une population");
    ret = place_patients(self, s, err);
    for (int c = 0; ret == 0 && c < s->num_clinics; c++)
        ret = draw_patients(self, s, luck, c, stop, err);
    self->patient_weeks = (uint64_t)self->num_patients * (uint64_t)WEEKS_IN_YEAR;
    return ret;
}

#define PRIMARY_STEPS 4

/* Means of a week; of primary care, where something happens in one week of four, the first cumulative chances. */
struct week_rates {
    double visits, direct, primary_care, primary_up_to[PRIMARY_STEPS], admission_share;
};

/* random_poisson_of without a loop for the usual counts. */
static int draw_primary_care(double u, const struct week_rates *r)
{
    int count = 0;
    if (u > r->primary_up_to[PRIMARY_STEPS - 1])
        return random_poisson_of(u, r->primary_care, r->primary_up_to[0]);
    for (int k = 0; k < PRIMARY_STEPS; k++)
        count += u > r->primary_up_to[k];
    return count;
}

/* A week's use from its four words. */
static struct use draw_use(struct words w, const struct week_rates *r)
{
    struct use use;
    int admissions;
    use.visits = (uint8_t)random_poisson(random_uniform_of(w.w[0]), r->visits);
    admissions = random_poisson(random_uniform_of(w.w[2]), r->direct);
    if (use.visits > 0)
        admissions += random_binomial_of(random_uniform_of(w.w[1]), use.visits, r->admission_share);
    use.admissions = (uint8_t)(admissions > 255 ? 255 : admissions);
    use.primary_care = (uint8_t)draw_primary_care(random_uniform_of(w.w[3]), r);
    return use;
}

static void set_rates(struct week_rates *r, const struct params *p, double year_rate, double visit_ratio,
                      double admission_ratio)
{
    r->visits = year_rate * visit_ratio / WEEKS_IN_YEAR;
    r->direct = year_rate * p->direct_admission * admission_ratio / WEEKS_IN_YEAR;
}

static void set_fixed_rates(struct week_rates *r, const struct params *p)
{
    double term = 1, sum = 0;
    r->admission_share = p->admission_share;
    r->primary_care = p->primary_care_visits / WEEKS_IN_YEAR;
    for (int k = 0; k < PRIMARY_STEPS; k++) { /* summed as random_poisson_of sums them */
        term = k == 0 ? exp(-r->primary_care) : term * (r->primary_care / k);
        sum += term;
        r->primary_up_to[k] = sum;
    }
}

/* Four weeks share a rate; their words are drawn together, so that the generator's blocks overlap. */
static void four_weeks(struct population *self, const struct week_rates *r, struct luck luck, int c, int32_t i, int t)
{
    struct words w[RISK_STEP];
    struct use *use = self->use + self->first_use[i];
    for (int k = 0; k < RISK_STEP; k++)
        w[k] = random_words(luck, self->entity[i], t + k, STREAM_USE, 0);
    for (int k = 0; k < RISK_STEP && t + k < self->end[i]; k++)
        use[(int64_t)(t + k) * self->stride[c]] = draw_use(w[k], r);
}

static void patient_usual_care(struct population *self, struct luck luck, int c, int32_t i, struct week_rates *r)
{
    const struct makers *m = self->makers;
    double x = self->risk_drift[i];
    float *rate = self->rate + self->first_rate[i];
    struct words risk = { { 0 } };
    for (int t = 0; t < self->end[i]; t += RISK_STEP) {
        int step = t / RISK_STEP % 4; /* a block has words for four steps */
        if (step == 0)
            risk = random_words(luck, self->entity[i], t, STREAM_RISK, 0);
        double z = random_normal_of(random_uniform_of(risk.w[step]));
        x = m->step_correlation * x + m->step_noise * z;
        *rate = (float)rate_at(m, self->risk_permanent[i], x);
        set_rates(r, &m->p, *rate++, 1, 1);
        four_weeks(self, r, luck, c, i, t);
    }
}

void population_usual_care(struct population *self, const struct setting *s, struct luck luck,
                           const volatile sig_atomic_t *stop)
{
    struct week_rates r;
    for (int c = 0; c < s->num_clinics && !stop_is_asked(stop); c++) {
        struct params p;
        start_params(s, c, &p);
        makers_set(self->makers, &p);
        set_fixed_rates(&r, &p);
        for (int32_t i = self->first[c]; i < self->first[c + 1]; i++) {
            patient_usual_care(self, luck, c, i, &r);
            self->patient_weeks += (uint64_t)self->end[i];
        }
    }
}

struct use population_use(const struct population *self, const struct params *p, struct luck luck, int patient, int t,
                          double visit_ratio, double admission_ratio)
{
    struct week_rates r;
    set_rates(&r, p, self->rate[self->first_rate[patient] + t / RISK_STEP], visit_ratio, admission_ratio);
    set_fixed_rates(&r, p);
    return draw_use(random_words(luck, self->entity[patient], t, STREAM_USE, 0), &r);
}

void population_free(struct population *self)
{
    void *const columns[] = { self->first,
                              self->stride,
                              self->entity,
                              self->list,
                              self->weeks,
                              self->end,
                              self->died,
                              self->flags,
                              self->false_positive,
                              self->conditions,
                              self->visits_year,
                              self->admissions_year,
                              self->age,
                              self->self_management,
                              self->care_integration,
                              self->distress,
                              self->confidence,
                              self->risk_permanent,
                              self->risk_drift,
                              self->first_use,
                              self->use,
                              self->first_rate,
                              self->rate,
                              self->makers };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        free(columns[i]);
    memset(self, 0, sizeof *self);
}
