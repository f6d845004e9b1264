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
#define WEEKS_IN_YEAR RISK_WEEKS_IN_YEAR

/* What the draws of a clinic share. */
struct makers {
    struct params p;
    const struct risk *risk;
    struct ages ages;
    struct params of_ages; /* what they were made of */
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

static void set_ages(struct makers *m)
{
    const struct params *p = &m->p, *of = &m->of_ages;
    if (of->age_mean == p->age_mean && of->age_sd == p->age_sd && of->mortality == p->mortality &&
        of->mortality_by_age == p->mortality_by_age)
        return;
    ages_init(&m->ages, p);
    m->of_ages = *p;
}

/* Visits expected over the year, drift walked outwards from the middle (the process looks the same both ways). */
static double walk_year(const struct makers *m, const double z[12], struct candidate *c, double middle)
{
    double sum = risk_rate(m->risk, c->permanent, middle), x = middle;
    for (int i = 0; i < 6; i++) {
        x = risk_step(m->risk, x, z[i]);
        sum += risk_rate(m->risk, c->permanent, x);
    }
    c->drift = x;
    x = middle;
    for (int i = 6; i < 12; i++) {
        x = risk_step(m->risk, x, z[i]);
        sum += risk_rate(m->risk, c->permanent, x);
    }
    return sum / YEAR_STEPS;
}

/* One candidate's year. With `risky` only people whose risk is above the middle at mid-year are drawn, which loses
 * fewer than one frequent user in a thousand: z is drawn above 0, then a and x given z. */
static struct candidate draw_candidate(const struct makers *m, struct luck luck, uint64_t entity, uint32_t number,
                                       bool risky)
{
    struct candidate c = { 0 };
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
    c.permanent = m->risk->sqrt_permanent * risk + m->risk->sqrt_drift * other;
    expected = walk_year(m, z + 2, &c, m->risk->sqrt_drift * risk - m->risk->sqrt_permanent * other);
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

/* ---- places on lists ---------------------------------------------------------------------------------------------- */

static int num_lists(const struct setting *s, const struct params *p)
{
    int n = (s->horizon + (int)p->list_every - 1) / (int)p->list_every;
    return n < 1 ? 1 : n > MAX_LISTS ? MAX_LISTS : n;
}

static int allocate(struct population *self)
{
    size_t n = (size_t)self->num_patients, clinics = (size_t)self->num_clinics;
    bool whole = true;
#define ALLOCATE(type, name, words) whole = (self->name = calloc(n + 1, sizeof(type))) != NULL && whole;
    POPULATION_COLUMNS(ALLOCATE)
#undef ALLOCATE
    self->usual = calloc(clinics + 1, sizeof *self->usual);
    self->risk = calloc(clinics + 1, sizeof(struct risk *));
    return whole && self->usual != NULL && self->risk != NULL ? 0 : MILIEU_ERR_MEMORY;
}

/* How many lists there are and how long follows from whole numbers, on which no factor acts. */
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
        const struct params *p = &s->clinic[c].base;
        self->first[c] = (int32_t)total;
        self->stride[c] = (int32_t)p->per_clinic;
        total += (int64_t)num_lists(s, p) * (int)p->per_clinic;
        if (total > 100000000)
            return error_set(err, MILIEU_ERR_RUN, "more than 100 million listed patients",
                             "plus de 100 millions de patients listés");
    }
    self->first[s->num_clinics] = self->num_patients = (int32_t)total;
    return 0;
}

/* The lists of a clinic, whose weeks of use stand from `uses` on; returns where the next clinic's do. */
static int64_t place_clinic(struct population *self, const struct setting *s, int c, int64_t uses)
{
    for (int32_t i = self->first[c]; i < self->first[c + 1]; i++) {
        int list = (i - self->first[c]) / self->stride[c], slot = (i - self->first[c]) % self->stride[c];
        self->entity[i] = random_entity(s->clinic[c].place_key, (uint32_t)list * LIST_STRIDE + (uint32_t)slot);
        self->list[i] = (uint8_t)list;
        self->weeks[i] = (int16_t)(s->horizon - list * (int)s->clinic[c].base.list_every);
        self->first_use[i] = uses + slot;
        if (slot == self->stride[c] - 1)
            uses += (int64_t)self->weeks[i] * self->stride[c];
    }
    return uses;
}

static int place_patients(struct population *self, const struct setting *s, struct error *err)
{
    int64_t uses = 0;
    int ret = count_patients(self, s, err);
    if (ret != 0)
        return ret;
    if (allocate(self) != 0)
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for %d patients", "pas de mémoire pour %d patients",
                         self->num_patients);
    for (int c = 0; c < s->num_clinics; c++)
        uses = place_clinic(self, s, c, uses);
    self->use = calloc((size_t)uses + 1, sizeof *self->use);
    if (self->use == NULL)
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for the weeks of %d patients",
                         "pas de mémoire pour les semaines de %d patients", self->num_patients);
    return 0;
}

/* ---- everybody ----------------------------------------------------------------------------------------------------- */

static int draw_patient(struct population *self, const struct makers *m, const char *clinic, int32_t i,
                        struct error *err)
{
    const struct params *p = &m->p;
    if (!draw_listed(self, m, self->luck, i))
        return error_set(
            err, MILIEU_ERR_RUN,
            "%s: nobody among %u candidates fits the list: select_visits %g, select_admissions %g, ed_mean %g",
            "%s : personne parmi %u candidats ne convient à la liste : select_visits %g, "
            "select_admissions %g, ed_mean %g",
            clinic, MAX_CANDIDATES, p->select_visits, p->select_admissions, p->ed_mean);
    person_draw(self, &m->ages, p, self->luck, i);
    person_draw_life(self, &m->ages, p, self->luck, i);
    return 0;
}

/* The process of a clinic's people: the last one, where its parameters are those. */
static int set_risk(struct population *self, struct makers *m, const char *clinic, struct error *err)
{
    const struct params *p = &m->p;
    struct risk *risk;
    if (m->risk != NULL && risk_is_of(m->risk, p))
        return 0;
    m->risk = risk = malloc(sizeof *risk);
    if (risk == NULL)
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for a population", "pas de mémoire pour une population");
    self->risk[self->num_risks++] = risk;
    if (risk_init(risk, p) != 0)
        return error_set(err, MILIEU_ERR_RUN, "%s: no visit rates for ed_mean %g, ed_dispersion %g",
                         "%s : pas de taux de visites pour ed_mean %g, ed_dispersion %g", clinic, p->ed_mean,
                         p->ed_dispersion);
    return 0;
}

/* Parameters as they stand at the start of the draw, factors applied: who is listed does not depend on the arm. */
static int draw_clinic(struct population *self, struct makers *m, const struct setting *s, int c,
                       const volatile sig_atomic_t *stop, struct error *err)
{
    int ret;
    params_apply_factors(&m->p, &s->clinic[c].base, s->clinic[c].rating, s->beta);
    ret = set_risk(self, m, s->clinic[c].id, err);
    if (ret != 0)
        return ret;
    set_ages(m);
    usual_init(&self->usual[c], &m->p, m->risk);
    for (int32_t i = self->first[c]; ret == 0 && i < self->first[c + 1]; i++)
        ret = stop_is_asked(stop) ? error_set(err, MILIEU_ERR_INTERRUPTED, "%s", "%s", "")
                                  : draw_patient(self, m, s->clinic[c].id, i, err);
    return ret;
}

int population_init(struct population *self, const struct setting *s, struct luck luck,
                    const volatile sig_atomic_t *stop, struct error *err)
{
    struct makers makers = { 0 };
    int ret;
    gsl_set_error_handler_off(); /* results are looked at instead */
    memset(self, 0, sizeof *self);
    self->luck = luck;
    ret = place_patients(self, s, err);
    for (int c = 0; ret == 0 && c < s->num_clinics; c++)
        ret = draw_clinic(self, &makers, s, c, stop, err);
    self->patient_weeks = (uint64_t)self->num_patients * (uint64_t)WEEKS_IN_YEAR;
    return ret;
}

void population_free(struct population *self)
{
#define FREE(type, name, words) free(self->name);
    POPULATION_COLUMNS(FREE)
#undef FREE
    for (int i = 0; i < self->num_risks; i++)
        free(self->risk[i]);
    free(self->risk);
    free(self->usual);
    free(self->first);
    free(self->stride);
    free(self->use);
    free(self->rare);
    memset(self, 0, sizeof *self);
}
