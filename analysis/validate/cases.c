/* P1, P2, P3: the four cases of [003], as integrated-care.cfg describes them; two runs of chance in each draw. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "measure.h"

enum { A, B, C, D, RUNS = 2, STUDY_SIZE = 33 };

enum { TIMES = 3 }; /* the draws: of 3,000 runs a share near 0.8 has a standard error of 0.007 */

/* Of all runs, those where `holds`. */
static struct finding share_of(const struct trial *trial, bool (*holds)(const struct trial *, int draw, int run))
{
    double yes = 0;
    for (int draw = 0; draw < trial->summary.draws; draw++)
        for (int run = 0; run < RUNS; run++)
            yes += holds(trial, draw, run);
    return finding_share(yes, (double)trial->summary.runs);
}

static bool by_week(const struct trial *t, int draw, int run, int clinic, int outcome)
{
    return trial_outcome(t, draw, run, clinic, outcome) <= CASES_WEEK; /* NaN: never */
}

static bool a_full(const struct trial *t, int draw, int run)
{
    return by_week(t, draw, run, A, OUTCOME_full_implementation_week);
}

static bool b_full(const struct trial *t, int draw, int run)
{
    return by_week(t, draw, run, B, OUTCOME_full_implementation_week);
}

static bool c_stops(const struct trial *t, int draw, int run)
{
    return by_week(t, draw, run, C, OUTCOME_discontinued_week);
}

static bool d_full(const struct trial *t, int draw, int run)
{
    return by_week(t, draw, run, D, OUTCOME_full_implementation_week);
}

static bool starts_before(const struct trial *t, int draw, int run, int clinic, int other)
{
    double first = trial_outcome(t, draw, run, clinic, OUTCOME_start_up_week);
    double second = trial_outcome(t, draw, run, other, OUTCOME_start_up_week);
    return !isnan(first) && (isnan(second) || first < second);
}

static bool a_before_b(const struct trial *t, int draw, int run)
{
    return starts_before(t, draw, run, A, B);
}

static bool a_before_d(const struct trial *t, int draw, int run)
{
    return starts_before(t, draw, run, A, D);
}

static bool d_active(const struct trial *t, int draw, int run)
{
    return trial_outcome(t, draw, run, D, OUTCOME_active_at_horizon) == 1;
}

/* ---- P3: a study of 33 patients in each draw ---- */

struct half { /* one questionnaire of one study */
    double before, after, sd_before, sd_after, change, p;
};

/* Patient k of a study: evenly spaced among all who answered in the draw's runs, which stand clinic by clinic week by week:
 * so the clinics are there in proportion to those who answered. */
static const struct answer *respondent(const struct answers *runs, int64_t answered, int64_t size, int64_t k)
{
    int64_t at = k * answered / size, run = 0;
    while (at >= runs[run].count)
        at -= runs[run++].count;
    return &runs[run].answer[at];
}

static double deviation(double sum, double squares, double n)
{
    return n > 1 ? sqrt(fmax(0, (squares - sum * sum / n) / (n - 1))) : NAN;
}

/* Means, SDs and the two-sided p of a paired t test. */
static struct half study(const struct answers *runs, int64_t answered, enum instrument instrument)
{
    int64_t size = answered < STUDY_SIZE ? answered : STUDY_SIZE;
    double sum[3] = { 0 }, squares[3] = { 0 }, n = (double)size;
    for (int64_t k = 0; k < size; k++) {
        const struct answer *a = respondent(runs, answered, size, k);
        const double x[3] = { a->before[instrument], a->after[instrument],
                              (double)a->after[instrument] - a->before[instrument] };
        for (int i = 0; i < 3; i++) {
            sum[i] += x[i];
            squares[i] += x[i] * x[i];
        }
    }
    double t = fabs(sum[2] / n) / (deviation(sum[2], squares[2], n) / sqrt(n));
    return (struct half){ sum[0] / n,
                          sum[1] / n,
                          deviation(sum[0], squares[0], n),
                          deviation(sum[1], squares[1], n),
                          sum[2] / n,
                          2 * gsl_cdf_tdist_Q(t, n - 1) };
}

struct column { /* where the numbers of a questionnaire go */
    int before, after, sd_before, sd_after, change, p;
};

#define COLUMNS(name)                                                                                                  \
    {                                                                                                                  \
        MEASURE_P3_##name##_before, MEASURE_P3_##name##_after, MEASURE_P3_##name##_sd_before,                          \
            MEASURE_P3_##name##_sd_after, MEASURE_P3_##name##_change, MEASURE_P3_##name##_p                            \
    }

/* The numbers of each study side by side, then their mean and spread. */
static int studies(const struct trial *trial, enum instrument instrument, const struct column *to, bool below,
                   double level, struct finding finding[NUM_MEASURES], struct error *err)
{
    int draws = trial->summary.draws, made = 0;
    double significant = 0, *value = malloc(5 * (size_t)draws * sizeof *value);
    if (value == NULL)
        return error_set_memory(err);
    for (int draw = 0; draw < draws; draw++) {
        const struct answers *runs = &trial->answers[(size_t)draw * RUNS];
        int64_t answered = 0;
        for (int run = 0; run < RUNS; run++)
            answered += runs[run].count;
        if (answered < 3)
            continue;
        struct half h = study(runs, answered, instrument);
        const double number[5] = { h.before, h.after, h.sd_before, h.sd_after, h.change };
        for (int i = 0; i < 5; i++)
            value[(size_t)i * (size_t)draws + (size_t)made] = number[i];
        significant += below ? h.p < level : h.p > level;
        made++;
    }
    const int measure[5] = { to->before, to->after, to->sd_before, to->sd_after, to->change };
    for (int i = 0; i < 5; i++)
        finding[measure[i]] = finding_mean(&value[(size_t)i * (size_t)draws], made);
    finding[to->p] = finding_share(significant, made);
    free(value);
    return 0;
}

static int simulated_studies(const struct trial *trial, struct finding finding[NUM_MEASURES], struct error *err)
{
    const struct column integration = COLUMNS(integration), management = COLUMNS(management);
    int ret = studies(trial, CARE_INTEGRATION, &integration, true, 0.005, finding, err);
    return ret != 0 ? ret : studies(trial, SELF_MANAGEMENT, &management, false, 0.05, finding, err);
}

/* ---- the joint display ---- */

static double started(struct finding *start_up, const struct trial *trial, int clinic, double *week)
{
    int n = 0;
    for (int draw = 0; draw < trial->summary.draws; draw++)
        for (int run = 0; run < RUNS; run++) {
            double at = trial_outcome(trial, draw, run, clinic, OUTCOME_start_up_week);
            if (!isnan(at))
                week[n++] = at;
        }
    if (n > 0) {
        *start_up = finding_mean(week, n); /* puts them in order */
        start_up->simulated = summary_quantile(week, (size_t)n, 0.5);
    }
    return n;
}

static int display(const struct trial *trial, struct case_result cases[NUM_CASES], struct error *err)
{
    double runs = (double)trial->summary.runs, *week = malloc((size_t)trial->summary.runs * sizeof *week);
    if (week == NULL)
        return error_set_memory(err);
    for (int c = 0; c < NUM_CASES; c++) {
        double full = 0, stopped = 0;
        for (int draw = 0; draw < trial->summary.draws; draw++)
            for (int run = 0; run < RUNS; run++) {
                full += by_week(trial, draw, run, c, OUTCOME_full_implementation_week);
                stopped += by_week(trial, draw, run, c, OUTCOME_discontinued_week);
            }
        cases[c].full = finding_share(full, runs);
        cases[c].stopped = finding_share(stopped, runs);
        cases[c].started = finding_share(started(&cases[c].start_up, trial, c, week), runs);
    }
    free(week);
    return 0;
}

int measure_cases(const struct validate_options *options, struct validation *out, struct error *err)
{
    struct finding *finding = out->finding;
    static const struct scenario_override override[] = { { false, "time.horizon=104" },
                                                         { false, "arms=[\"as-it-was\"]" } };
    const struct trial_plan plan = { .scenario = CASES_SCENARIO,
                                     .override = override,
                                     .num_overrides = 2,
                                     .draws = TIMES * options->draws,
                                     .replications = RUNS,
                                     .seed = options->seed,
                                     .keep_answers = true };
    struct trial trial;
    int ret = trial_run(&trial, &plan, &options->machine, err);
    if (ret == 0) {
        finding[MEASURE_P1_a_full] = share_of(&trial, a_full);
        finding[MEASURE_P1_b_full] = share_of(&trial, b_full);
        finding[MEASURE_P1_c_stops] = share_of(&trial, c_stops);
        finding[MEASURE_P1_d_full] = share_of(&trial, d_full);
        finding[MEASURE_P2_a_before_b] = share_of(&trial, a_before_b);
        finding[MEASURE_P2_a_before_d] = share_of(&trial, a_before_d);
        finding[MEASURE_P2_lasts_d_active] = share_of(&trial, d_active);
        ret = simulated_studies(&trial, finding, err);
        if (ret == 0)
            ret = display(&trial, out->cases, err);
    }
    trial_free(&trial);
    return ret;
}
