/* P10, P11, P12, P14: regions of constructed clinics. */
#include <gsl/gsl_fit.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "measure.h"

#define REGION_SHARE 0.12 /* of the draws: 60 regions of 1,000 clinics are known to 0.02 */
#define DOSE_SHARE 0.2    /* of a hundred clinics */

/* One number a draw, and its spread. */
typedef double draw_value(const struct trial *trial, int draw, double *work);

static int over_draws(const struct trial *trial, draw_value *of, struct finding *finding, struct error *err)
{
    int draws = trial->summary.draws;
    double *value = malloc((size_t)draws * sizeof *value);
    double *work = malloc(2 * (size_t)trial->num_clinics * sizeof *work);
    int ret = 0;
    if (value != NULL && work != NULL) {
        for (int draw = 0; draw < draws; draw++)
            value[draw] = of(trial, draw, work);
        *finding = finding_mean(value, draws);
    } else {
        ret = error_set_memory(err);
    }
    free(value);
    free(work);
    return ret;
}

/* ---- P12, P14: seen for 104 weeks after start-up ---- */

static double leadership(const struct trial *trial, int draw, int clinic)
{
    const double *rating = trial_ratings(trial, draw, clinic);
    return (rating[FACTOR_medical_leadership] + rating[FACTOR_nursing_leadership] +
            rating[FACTOR_case_manager_leadership] + rating[FACTOR_managers_support]) /
           4;
}

static double odds(double yes, double n)
{
    return yes / (n - yes);
}

/* Odds of practice change above over below the median score. */
static double odds_ratio(const struct trial *trial, int draw, double *score)
{
    int clinics = trial->num_clinics;
    double yes[2] = { 0 }, n[2] = { 0 };
    double *sorted = score + clinics;
    for (int c = 0; c < clinics; c++)
        sorted[c] = score[c] = leadership(trial, draw, c);
    double median = gsl_stats_median(sorted, 1, (size_t)clinics);
    for (int c = 0; c < clinics; c++) {
        int above = score[c] > median;
        n[above]++;
        yes[above] += trial_outcome(trial, draw, 0, c, OUTCOME_practice_change);
    }
    return odds(yes[1], n[1]) / odds(yes[0], n[0]);
}

/* Of the clinics that started, and are seen long enough. */
static double share_active(const struct trial *trial, int draw, double *work)
{
    double active = 0, seen = 0;
    (void)work;
    for (int c = 0; c < trial->num_clinics; c++) {
        double is = trial_outcome(trial, draw, 0, c, OUTCOME_active_104w);
        if (!isnan(is) && !isnan(trial_outcome(trial, draw, 0, c, OUTCOME_start_up_week))) {
            active += is;
            seen++;
        }
    }
    return active / seen;
}

int measure_region(const struct validate_options *options, struct validation *out, struct error *err)
{
    struct finding *finding = out->finding;
    const struct trial_plan plan = { .scenario = "region.cfg",
                                     .draws = measure_draws(options, REGION_SHARE),
                                     .replications = 1,
                                     .seed = options->seed,
                                     .keep_ratings = true };
    struct trial trial;
    int ret = trial_run(&trial, &plan, &options->machine, err);
    if (ret == 0)
        ret = over_draws(&trial, odds_ratio, &finding[MEASURE_P12_odds_ratio], err);
    if (ret == 0)
        ret = over_draws(&trial, share_active, &finding[MEASURE_P14_active], err);
    trial_free(&trial);
    return ret;
}

/* ---- P11 ---- */

/* Fidelity as 1 + 4f on departures a hundred posts in the two years, clinics active at the end. */
static double slope(const struct trial *trial, int draw, double *work)
{
    double *departures = work, *fidelity = work + trial->num_clinics, intercept, slope, cov[3], squares;
    size_t n = 0;
    for (int c = 0; c < trial->num_clinics; c++) {
        double left = trial_outcome(trial, draw, 0, c, OUTCOME_nurse_turnover);
        double late = trial_outcome(trial, draw, 0, c, OUTCOME_fidelity_late);
        if (trial_outcome(trial, draw, 0, c, OUTCOME_active_at_horizon) != 1 || isnan(left) || isnan(late))
            continue;
        departures[n] = 100 * left * trial->horizon / 52;
        fidelity[n++] = 1 + 4 * late;
    }
    if (n < 3)
        return NAN;
    gsl_fit_linear(departures, 1, fidelity, 1, n, &intercept, &slope, &cov[0], &cov[1], &cov[2], &squares);
    return slope;
}

int measure_turning(const struct validate_options *options, struct validation *out, struct error *err)
{
    struct finding *finding = out->finding;
    const struct scenario_override two_years = { false, "time.horizon=104" };
    const struct trial_plan plan = { .scenario = "region.cfg",
                                     .override = &two_years,
                                     .num_overrides = 1,
                                     .draws = measure_draws(options, REGION_SHARE),
                                     .replications = 1,
                                     .seed = options->seed };
    struct trial trial;
    int ret = trial_run(&trial, &plan, &options->machine, err);
    if (ret == 0)
        ret = over_draws(&trial, slope, &finding[MEASURE_P11_slope], err);
    trial_free(&trial);
    return ret;
}

/* ---- P10 ---- */

static double rate_ratio(const struct trial *trial, int draw, double *work)
{
    (void)work;
    return trial_outcome(trial, draw, 0, SUMMARY_ALL, OUTCOME_ed_rate_ratio);
}

#define LEADERSHIP_SUPPORT_SKILL_TRAINING_INFORMATION(X)                                                               \
    X("medical_leadership")                                                                                            \
    X("nursing_leadership")                                                                                            \
    X("case_manager_leadership")                                                                                       \
    X("managers_support")                                                                                              \
    X("case_manager_skill")                                                                                            \
    X("training_and_coaching")                                                                                         \
    X("record_sharing")                                                                                                \
    X("information_access")

/* A hundred clinics with training, neutral but for what is rated; long enough for a year from most enrolments. */
#define NEUTRAL_REGION                                                                                                 \
    { false, "meso[clinic].count=100" }, { false, "macro.centres[centre].count=25" }, { false, "time.horizon=130" },   \
        { false, "unstated=0.0" }, { false, "innovation.training.training_sessions=8" },                               \
        { false, "innovation.training.coaching_hours=0.25" },

static int dose(const struct validate_options *options, const struct scenario_override *override, int num,
                struct finding *finding, struct error *err)
{
    const struct trial_plan plan = { .scenario = "region.cfg",
                                     .override = override,
                                     .num_overrides = num,
                                     .draws = measure_draws(options, DOSE_SHARE),
                                     .replications = 1,
                                     .seed = options->seed };
    struct trial trial;
    int ret = trial_run(&trial, &plan, &options->machine, err);
    if (ret == 0)
        ret = over_draws(&trial, rate_ratio, finding, err);
    trial_free(&trial);
    return ret;
}

int measure_dose(const struct validate_options *options, struct validation *out, struct error *err)
{
    struct finding *finding = out->finding;
#define WELL(factor) { true, factor "=1" },
#define BADLY(factor) { true, factor "=-1" },
    static const struct scenario_override well[] = { NEUTRAL_REGION LEADERSHIP_SUPPORT_SKILL_TRAINING_INFORMATION(
        WELL) };
    static const struct scenario_override badly[] = { NEUTRAL_REGION LEADERSHIP_SUPPORT_SKILL_TRAINING_INFORMATION(
        BADLY) };
    int num = (int)(sizeof well / sizeof *well);
    int ret = dose(options, well, num, &finding[MEASURE_P10_well], err);
    return ret != 0 ? ret : dose(options, badly, num, &finding[MEASURE_P10_badly], err);
}
