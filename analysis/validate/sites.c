/* P15: six sites of [002], six clinics of [001, 004]. A case is a site in a draw: its ratings, and what luck makes of them
 * in some runs. Do outcomes differ between cases by more than by luck, and do they move with the ratings as told? */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_multifit.h>
#include <math.h>

#include "measure.h"
#include "sample.h"

#define SHARE 0.4 /* of the draws */
enum { RUNS = 4 };

/* [002] figure 1, whole, in its order: "Presence of Family Medicine Groups and home care nurses", "Directions and managers
 * support", "Budget allowing a full-time case manager", "Healthcare system reorganization", "Teams' instability/staff
 * turnover", "Too many coordination programs"; "Good case manager skills", "Community of practice", "Engagement of family
 * physicians", "Lack of knowledge about services", "Schedule conflicts for the organization of team meetings", "Work in
 * silos"; "Engagement in the program", "Presence and involvement of caregivers", "Trusting relationship with the case
 * manager", "Non adherence to the program / non respect of the care plan", "Social exclusion", "Lack of self-management
 * skills"; "Person-centered approach", "Development of an ISP", "Good communication plan", "Difficulty of identifying
 * frequent users", "Lack of patients' follow-up", "Lack of access to the ISP and/or patients' information". All alike:
 * none is told as the main one. A barrier is rated below 0, so that every factor should do good as it rises. */
static const enum factor of_centres[] = {
    FACTOR_fmg_and_home_care,
    FACTOR_managers_support,
    FACTOR_case_manager_budget,
    FACTOR_reorganization,
    FACTOR_staff_turnover,
    FACTOR_coordination_programs,
    FACTOR_case_manager_skill,
    FACTOR_community_of_practice,
    FACTOR_physician_engagement,
    FACTOR_service_knowledge,
    FACTOR_schedule_conflicts,
    FACTOR_silos,
    FACTOR_patient_engagement,
    FACTOR_caregivers,
    FACTOR_trust,
    FACTOR_adherence,
    FACTOR_social_exclusion,
    FACTOR_self_management_skills,
    FACTOR_person_centredness,
    FACTOR_isp,
    FACTOR_communication_plan,
    FACTOR_identification,
    FACTOR_follow_up,
    FACTOR_information_access,
};

/* The main ones first. [001] "Leadership of the primary care providers and managers facilitated the first steps of the of
 * CMI implementation, as did the experience and skills of the nurse case managers and capacity development within the
 * teams. The time required to establish CMI was a barrier at the beginning"; [004] "Difficulty of access to patient
 * hospital information is a common barrier to all cases, as well as identification and recruitment of patients with the
 * greatest needs of a CMI." Then [001] "apprehension about developing an 'individualized services plan'", "Clinic team
 * meetings and a nurse case managers community of practice created opportunities", "comprehensive, adaptable, and organized
 * approach"; [004] "a culture of patient-centredness and collaboration", "a positive perception of the CMI alongside
 * provider engagement". */
enum { MAIN_OF_PROVINCES = 8 };
static const enum factor of_provinces[] = {
    FACTOR_medical_leadership,
    FACTOR_nursing_leadership,
    FACTOR_managers_support,
    FACTOR_nurse_experience,
    FACTOR_training_and_coaching,
    FACTOR_start_up_time,
    FACTOR_record_sharing,
    FACTOR_identification,
    FACTOR_isp_comfort,
    FACTOR_team_meetings,
    FACTOR_community_of_practice,
    FACTOR_adaptability,
    FACTOR_culture,
    FACTOR_perceived_value,
    FACTOR_professional_engagement,
};

enum { FACTORS_MOST = sizeof of_centres / sizeof *of_centres };

struct family { /* of sites */
    const char *scenario;
    const enum factor *named;
    int num_named, num_main;
};

static const struct family centres = { "health-centres.cfg", of_centres, FACTORS_MOST, 0 };
static const struct family provinces = { "four-provinces.cfg", of_provinces, sizeof of_provinces / sizeof *of_provinces,
                                         MAIN_OF_PROVINCES };

/* ---- between cases and within ---- */

static struct sample case_of(const struct trial *trial, int draw, int site, enum outcome outcome)
{
    struct sample runs = { 0 };
    for (int run = 0; run < RUNS; run++)
        sample_add(&runs, trial_outcome(trial, draw, run, site, (int)outcome));
    return runs;
}

struct anova { /* one way, unequal groups */
    double groups, n, group_squares, sum, squares, between;
};

static void anova_add(struct anova *a, const struct sample *group)
{
    if (group->n < 1)
        return;
    a->groups += 1;
    a->n += group->n;
    a->group_squares += group->n * group->n;
    a->sum += group->sum;
    a->squares += group->squares;
    a->between += group->sum * group->sum / group->n;
}

/* The intraclass correlation of random effects: (F - 1) / (F - 1 + k), where k is the size of a group, or of unequal ones
 * what stands for it. */
static double correlation_of(double f, double k)
{
    return (f - 1) / (f - 1 + k);
}

/* With the exact 90 % interval of F's distribution. */
static struct finding intraclass(const struct anova *a)
{
    double above = a->groups - 1, below = a->n - a->groups;
    double k = (a->n - a->group_squares / a->n) / above;
    double f = ((a->between - a->sum * a->sum / a->n) / above) / ((a->squares - a->between) / below);
    return (struct finding){ correlation_of(f, k), correlation_of(f / gsl_cdf_fdist_Pinv(0.95, above, below), k),
                             correlation_of(f / gsl_cdf_fdist_Pinv(0.05, above, below), k) };
}

static struct finding variance_between(const struct trial *trial, enum outcome outcome)
{
    struct anova anova = { 0 };
    for (int draw = 0; draw < trial->summary.draws; draw++)
        for (int site = 0; site < trial->num_clinics; site++) {
            struct sample runs = case_of(trial, draw, site, outcome);
            anova_add(&anova, &runs);
        }
    return intraclass(&anova);
}

/* ---- signs ---- */

struct regression {
    gsl_matrix *x, *covariance;
    gsl_vector *y, *coefficient;
    gsl_multifit_linear_workspace *work;
};

static void regression_free(struct regression *r)
{
    gsl_matrix_free(r->x);
    gsl_matrix_free(r->covariance);
    gsl_vector_free(r->y);
    gsl_vector_free(r->coefficient);
    if (r->work != NULL)
        gsl_multifit_linear_free(r->work);
}

static int regression_init(struct regression *r, size_t cases, size_t columns, struct error *err)
{
    *r = (struct regression){ gsl_matrix_alloc(cases, columns), gsl_matrix_alloc(columns, columns),
                              gsl_vector_alloc(cases), gsl_vector_alloc(columns),
                              gsl_multifit_linear_alloc(cases, columns) };
    bool made = r->x != NULL && r->covariance != NULL && r->y != NULL && r->coefficient != NULL && r->work != NULL;
    return made ? 0 : error_set_memory(err);
}

/* The cases in which the outcome exists, a row each; how many. */
static size_t fill(struct regression *r, const struct trial *trial, const struct family *family, enum outcome outcome)
{
    size_t rows = 0;
    for (int draw = 0; draw < trial->summary.draws; draw++)
        for (int site = 0; site < trial->num_clinics; site++) {
            struct sample runs = case_of(trial, draw, site, outcome);
            if (runs.n < 1)
                continue;
            for (int f = 0; f < family->num_named; f++)
                gsl_matrix_set(r->x, rows, (size_t)f, trial_ratings(trial, draw, site)[family->named[f]]);
            gsl_vector_set(r->y, rows++, sample_mean(&runs));
        }
    return rows;
}

/* To mean 0 and SD 1: coefficients are then standardised, and there is no constant. */
static void standardise(gsl_vector *v)
{
    struct sample s = { 0 };
    for (size_t i = 0; i < v->size; i++)
        sample_add(&s, gsl_vector_get(v, i));
    gsl_vector_add_constant(v, -sample_mean(&s));
    gsl_vector_scale(v, 1 / sample_sd(&s));
}

/* False where there are too few cases to fit. */
static bool fit(struct regression *r, size_t rows)
{
    double squares;
    if (rows <= r->x->size2 + 1)
        return false;
    gsl_matrix_view x = gsl_matrix_submatrix(r->x, 0, 0, rows, r->x->size2);
    gsl_vector_view y = gsl_vector_subvector(r->y, 0, rows);
    for (size_t f = 0; f < r->x->size2; f++) {
        gsl_vector_view column = gsl_matrix_column(&x.matrix, f);
        standardise(&column.vector);
    }
    standardise(&y.vector);
    return gsl_multifit_linear(&x.matrix, &y.vector, r->coefficient, r->covariance, &squares, r->work) == 0;
}

struct signs { /* where the shares of right ones go */
    enum outcome outcome;
    int good;        /* +1: more of the outcome is better; -1: less */
    int named, main; /* measures; main -1: none is told as the main one */
};

static void count_signs(const struct regression *r, const struct family *family, const struct signs *to,
                        struct validation *out)
{
    int right = 0, main = 0;
    for (int f = 0; f < family->num_named; f++) {
        double coefficient = to->good * gsl_vector_get(r->coefficient, (size_t)f);
        const char *id = factor_table[family->named[f]].id;
        right += measure_case(out, to->named, coefficient > 0, id, coefficient);
        if (f < family->num_main)
            main += measure_case(out, to->main, coefficient > 0, id, coefficient);
    }
    out->finding[to->named] = finding_exactly((double)right / family->num_named);
    if (family->num_main > 0)
        out->finding[to->main] = finding_exactly((double)main / family->num_main);
}

static int signs_of(const struct trial *trial, const struct family *family, const struct signs *to,
                    struct validation *out, struct error *err)
{
    struct regression r;
    size_t cases = (size_t)trial->summary.draws * (size_t)trial->num_clinics;
    int ret = regression_init(&r, cases, (size_t)family->num_named, err);
    if (ret == 0 && fit(&r, fill(&r, trial, family, to->outcome)))
        count_signs(&r, family, to, out);
    regression_free(&r);
    return ret;
}

/* ---- both ---- */

enum { NUM_VARYING = 4, NUM_SIGNS = 2 };
static const enum outcome varying[NUM_VARYING] = { OUTCOME_reach, OUTCOME_fidelity, OUTCOME_start_up_week,
                                                   OUTCOME_care_integration_change_26w };

static int measure_family(const struct family *family, const int variance[NUM_VARYING],
                          const struct signs signs[NUM_SIGNS], const struct validate_options *options,
                          struct validation *out, struct error *err)
{
    static const struct scenario_override quiet = { false, "outputs.events=false" };
    const struct trial_plan plan = { .scenario = family->scenario,
                                     .override = &quiet,
                                     .num_overrides = 1,
                                     .draws = measure_draws(options, SHARE),
                                     .replications = RUNS,
                                     .seed = options->seed,
                                     .keep_ratings = true };
    struct trial trial;
    int ret = trial_run(&trial, &plan, &options->machine, err);
    for (int i = 0; i < NUM_VARYING && ret == 0; i++)
        out->finding[variance[i]] = variance_between(&trial, varying[i]);
    for (int i = 0; i < NUM_SIGNS && ret == 0; i++)
        ret = signs_of(&trial, family, &signs[i], out, err);
    trial_free(&trial);
    return ret;
}

/* [002] speaks of "implementation outcomes" and of "experience of care"; [001, 004] of the first steps, "the start-up
 * phases". */
int measure_sites(const struct validate_options *options, struct validation *out, struct error *err)
{
    static const int centres_vary[NUM_VARYING] = { MEASURE_P15_centres_reach, MEASURE_P15_centres_fidelity,
                                                   MEASURE_P15_centres_start_up, MEASURE_P15_centres_integration };
    static const int provinces_vary[NUM_VARYING] = { MEASURE_P15_provinces_reach, MEASURE_P15_provinces_fidelity,
                                                     MEASURE_P15_provinces_start_up,
                                                     MEASURE_P15_provinces_integration };
    static const struct signs centres_signs[NUM_SIGNS] = {
        { OUTCOME_fidelity, 1, MEASURE_P15_centres_signs_fidelity, -1 },
        { OUTCOME_care_integration_change_26w, 1, MEASURE_P15_centres_signs_integration, -1 }
    };
    static const struct signs provinces_signs[NUM_SIGNS] = {
        { OUTCOME_start_up_week, -1, MEASURE_P15_provinces_signs_start_up, MEASURE_P15_provinces_main_start_up },
        { OUTCOME_fidelity, 1, MEASURE_P15_provinces_signs_fidelity, MEASURE_P15_provinces_main_fidelity }
    };
    int ret = measure_family(&centres, centres_vary, centres_signs, options, out, err);
    return ret != 0 ? ret : measure_family(&provinces, provinces_vary, provinces_signs, options, out, err);
}
