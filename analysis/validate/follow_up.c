/* P6: patients followed for a year against half a year, the four cases of [003], their patients pooled. */
#include "measure.h"
#include "sample.h"

#define SHARE 0.4 /* of the draws */
enum { RUNS = 2 };

/* Three years: whoever is enrolled in the first two can be followed for 52 weeks. */
#define THREE_YEARS                                                                                                    \
    { false, "time.horizon=156" },                                                                                     \
    {                                                                                                                  \
        false, "arms=[\"as-it-was\"]"                                                                                  \
    }

static int followed(struct trial *trial, const char *duration, const struct validate_options *options,
                    struct error *err)
{
    const struct scenario_override override[] = { THREE_YEARS, { false, duration } };
    const struct trial_plan plan = { .scenario = "integrated-care.cfg",
                                     .override = override,
                                     .num_overrides = 3,
                                     .draws = measure_draws(options, SHARE),
                                     .replications = RUNS,
                                     .seed = options->seed };
    return trial_run(trial, &plan, &options->machine, err);
}

/* A draw's mean gain: its runs share what is unknown, so that they are no cases of their own. */
static double gain(const struct trial *trial, int draw)
{
    struct sample gains = { 0 };
    for (int run = 0; run < RUNS; run++)
        sample_add(&gains, trial_outcome(trial, draw, run, SUMMARY_ALL, OUTCOME_self_management_change));
    return sample_mean(&gains);
}

int measure_follow_up(const struct validate_options *options, struct validation *out, struct error *err)
{
    struct trial half = { .rating = NULL }, whole = { .rating = NULL };
    struct sample longer = { 0 };
    int ret = followed(&half, "innovation.duration=26", options, err);
    if (ret == 0)
        ret = followed(&whole, "innovation.duration=52", options, err);
    for (int draw = 0; ret == 0 && draw < whole.summary.draws; draw++)
        sample_add(&longer, gain(&whole, draw) - gain(&half, draw));
    if (ret == 0)
        out->finding[MEASURE_P6_longer] = finding_difference(&longer);
    trial_free(&half);
    trial_free(&whole);
    return ret;
}
