#include "person.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#define MIN_AGE 18.0
#define MAX_AGE 100.0
#define AGE_LOW (-4.0) /* normal score of the first quantile kept */
#define AGE_STEPS_PER_UNIT 8
#define PERSON_BLOCKS 4
#define WEEKS_IN_YEAR 52.0

/* ---- age --------------------------------------------------------------------------------------------------------- */

static double age_score(int i)
{
    return AGE_LOW + (double)i / AGE_STEPS_PER_UNIT;
}

/* Hazard of death of a person of this age over that of one of mean age (Gompertz). */
static double hazard_by_age(const struct params *p, double age)
{
    return exp(p->mortality_by_age * (age - p->age_mean));
}

/* Those who are alive a year after the list, where a person of mean age has this hazard a year; and how it falls with it. */
static double alive_after_a_year(const struct ages *a, const struct params *p, double hazard, double *slope)
{
    double alive = 0, all = 0;
    *slope = 0;
    for (int i = 0; i < AGE_SIZE; i++) {
        double weight = gsl_ran_ugaussian_pdf(age_score(i)) / AGE_STEPS_PER_UNIT;
        double own = hazard_by_age(p, a->age[i]), lives = weight * exp(-hazard * own);
        all += weight;
        alive += lives;
        *slope -= own * lives;
    }
    *slope /= all;
    return alive / all;
}

/* Newton from 0: survival is convex in the hazard, so that every step is short of the answer or on it. */
static double mean_age_hazard(const struct ages *a, const struct params *p)
{
    double hazard = 0, slope;
    for (int step = 0; step < 30; step++) {
        double excess = alive_after_a_year(a, p, hazard, &slope) - exp(-p->mortality);
        hazard -= excess / slope;
        if (fabs(excess) < 1e-10)
            break;
    }
    return hazard;
}

/* A beta between 18 and 100 with the stated mean and SD, so that the moments hold after the cut (pattern P4). */
void ages_init(struct ages *self, const struct params *p)
{
    double mean = (p->age_mean - MIN_AGE) / (MAX_AGE - MIN_AGE), sd = p->age_sd / (MAX_AGE - MIN_AGE);
    double size = mean * (1 - mean) / (sd * sd) - 1;
    if (size < 0.1)
        size = 0.1;
    for (int i = 0; i < AGE_SIZE; i++) {
        double q = gsl_cdf_beta_Pinv(gsl_cdf_ugaussian_P(age_score(i)), mean * size, (1 - mean) * size);
        self->age[i] = MIN_AGE + (MAX_AGE - MIN_AGE) * (isfinite(q) ? q : mean); /* too narrow for GSL: all alike */
    }
    self->frailty = p->mortality > 0 && p->mortality_by_age > 0 ? mean_age_hazard(self, p) / p->mortality : 1;
}

static double age_at(const struct ages *ages, double score)
{
    double at = (score - AGE_LOW) * AGE_STEPS_PER_UNIT;
    int i = at < 0 ? 0 : at >= AGE_SIZE - 1 ? AGE_SIZE - 2 : (int)at;
    at = at < 0 ? 0 : at > AGE_SIZE - 1 ? AGE_SIZE - 1 : at;
    return ages->age[i] + (at - i) * (ages->age[i + 1] - ages->age[i]);
}

/* ---- what goes together ------------------------------------------------------------------------------------------ */

/* Normal score of a yes-or-no attribute that a low uniform gives: the higher, the more of it. */
static double leaning(double u)
{
    return -random_normal_of(u);
}

/* A score made of others', each with its weight, and of one's own for the rest of the variance. */
static double mixed(const double weight[], const double other[], int num, double own)
{
    double sum = 0, rest = 1;
    for (int i = 0; i < num; i++) {
        sum += weight[i] * other[i];
        rest -= weight[i] * weight[i];
    }
    return rest > 0 ? sum + sqrt(rest) * own : sum;
}

/* Share with complex needs among the frequent users whom a list keeps, as a case-finding tool would (CONECT-6, evidence 1.28):
 * need is independent of use, so that whom it leaves out need not be drawn. */
static double complex_share(const struct params *p)
{
    double complex = p->need_share * p->need_sensitivity, other = (1 - p->need_share) * (1 - p->need_specificity);
    return complex + other > 0 ? complex / (complex + other) : 0;
}

struct leanings { /* normal scores of what makes needs complex */
    double conditions, depression, exclusion;
};

/* Multimorbidity, mental health and psychosocial problems make needs complex [000]; none of them does so alone. */
static bool needs_are_complex(const struct params *p, const struct leanings *l, double own)
{
    const double weight[] = { p->need_from_conditions, p->need_from_depression, p->need_from_exclusion };
    const double other[] = { l->conditions, l->depression, l->exclusion };
    double share = complex_share(p);
    if (share <= 0 || share >= 1)
        return share >= 1;
    return mixed(weight, other, 3, own) > leaning(share);
}

/* ---- attributes -------------------------------------------------------------------------------------------------- */

/* Count with a mean and SD: negative binomial where SD^2 > mean, else Poisson. By inversion. */
static int draw_conditions(double u, double mean, double sd)
{
    double excess = sd * sd - mean, term, sum;
    int count = 0;
    if (excess <= 1e-9)
        return random_poisson_of(u, mean, exp(-mean));
    double size = mean * mean / excess, p = mean / (sd * sd);
    term = sum = pow(p, size);
    while (u > sum && count < 60) {
        term *= (count + size) / (count + 1) * (1 - p);
        sum += term;
        count++;
    }
    return count;
}

static float scored(double z, double mean, double sd, double top)
{
    double x = mean + sd * z;
    return (float)(x < 0 ? 0 : x > top ? top : x);
}

/* The uniforms of a person, by what they are for. */
enum {
    U_AGE,
    U_CONDITIONS,
    U_MALE,
    U_DEPRESSION,
    U_ARTHRITIS,
    U_OVERWEIGHT,
    U_BACK_PAIN,
    U_CAREGIVER,
    U_EXCLUDED,
    U_SELF_MANAGEMENT,
    U_CARE_INTEGRATION,
    U_DISTRESS,
    U_CONFIDENCE,
    NUM_U = 4 * PERSON_BLOCKS
};

static unsigned draw_flags(const struct params *p, const double u[NUM_U])
{
    unsigned flags = 0;
    flags |= u[U_MALE] < p->male ? FLAG_MALE : 0;
    flags |= u[U_DEPRESSION] < p->depression_anxiety ? FLAG_DEPRESSION : 0;
    flags |= u[U_ARTHRITIS] < p->arthritis ? FLAG_ARTHRITIS : 0;
    flags |= u[U_OVERWEIGHT] < p->overweight ? FLAG_OVERWEIGHT : 0;
    flags |= u[U_BACK_PAIN] < p->back_pain ? FLAG_BACK_PAIN : 0;
    flags |= u[U_CAREGIVER] < p->caregiver_share ? FLAG_CAREGIVER : 0;
    flags |= u[U_EXCLUDED] < p->social_exclusion_share ? FLAG_EXCLUDED : 0;
    return flags;
}

static void draw_scores(struct population *self, const struct params *p, const double u[NUM_U], int32_t i)
{
    const double sadness[] = { p->distress_from_depression }, depression[] = { leaning(u[U_DEPRESSION]) };
    const double distress = mixed(sadness, depression, 1, random_normal_of(u[U_DISTRESS]));
    const double skills = random_normal_of(u[U_SELF_MANAGEMENT]);
    const double weight[] = { p->confidence_from_skills, -p->confidence_from_distress }, other[] = { skills, distress };
    const double confidence = mixed(weight, other, 2, random_normal_of(u[U_CONFIDENCE]));
    self->self_management[i] = scored(skills, p->self_management_mean, p->self_management_sd, 96);
    self->care_integration[i] =
        scored(random_normal_of(u[U_CARE_INTEGRATION]), p->care_integration_mean, p->care_integration_sd, 51);
    self->distress[i] = scored(distress, p->distress_mean, p->distress_sd, 24);
    self->confidence[i] = scored(confidence, p->confidence_mean, p->confidence_sd, 10);
}

void person_draw(struct population *population, const struct ages *ages, const struct params *p, struct luck luck,
                 int32_t i)
{
    double u[NUM_U], need = random_uniform_of(random_words(luck, population->entity[i], 0, STREAM_LIST, 0).w[1]);
    for (uint32_t b = 0; b < PERSON_BLOCKS; b++) {
        struct words w = random_words(luck, population->entity[i], 0, STREAM_PERSON, b);
        for (uint32_t j = 0; j < 4; j++)
            u[4 * b + j] = random_uniform_of(w.w[j]);
    }
    struct leanings l = { random_normal_of(u[U_CONDITIONS]), leaning(u[U_DEPRESSION]), leaning(u[U_EXCLUDED]) };
    bool complex = !population->false_positive[i] && needs_are_complex(p, &l, leaning(need));
    population->age[i] = (float)age_at(ages, random_normal_of(u[U_AGE]));
    population->conditions[i] = (uint8_t)draw_conditions(u[U_CONDITIONS], p->conditions_mean, p->conditions_sd);
    population->flags[i] = (uint8_t)(draw_flags(p, u) | (complex ? FLAG_COMPLEX : 0));
    draw_scores(population, p, u, i);
}

/* ---- how long they are there ------------------------------------------------------------------------------------- */

void person_draw_life(struct population *population, const struct ages *ages, const struct params *p, struct luck luck,
                      int32_t i)
{
    struct words w = random_words(luck, population->entity[i], 0, STREAM_LIFE, 0);
    double own = p->mortality * (population->false_positive[i] ? p->low_need_mortality : 1);
    double mortality = own * ages->frailty * hazard_by_age(p, population->age[i]) / WEEKS_IN_YEAR;
    double death = -log(random_uniform_of(w.w[0])) / (mortality + 1e-12);
    double move = -log(random_uniform_of(w.w[1])) / (p->moving_away / WEEKS_IN_YEAR + 1e-12);
    double end = death < move ? death : move;
    population->died[i] = death <= move;
    population->end[i] = end < population->weeks[i] ? (int16_t)end : population->weeks[i];
}
