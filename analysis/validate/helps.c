/* P16: culture, leadership and engagement help to overcome barriers: what a barrier costs where they are good (+1) is less
 * than where they are bad (-1), in an otherwise neutral clinic.
 *
 * [004] "Difficulty of access to patient hospital information is a common barrier to all cases ... Nurse case managers need
 * extra time in the short term ... On the other hand, a culture of patient-centredness and collaboration; managerial and
 * clinical leadership and support; and a positive perception of the CMI alongside provider engagement helps to overcome
 * these barriers." */
#include "measure.h"
#include "sample.h"

#define SHARE 1.0 /* of the draws */
enum { RUNS = 4 };

enum context { BAD, GOOD, NUM_CONTEXTS };
enum barrier { NOTHING, INFORMATION, START_UP, NUM_BARRIERS };

#define HELP(rating)                                                                                                   \
    {                                                                                                                  \
        { true, "culture=" rating }, { true, "medical_leadership=" rating }, { true, "nursing_leadership=" rating },   \
        {                                                                                                              \
            true, "professional_engagement=" rating                                                                    \
        }                                                                                                              \
    }

enum { NUM_HELP = 4, NUM_BARRED = 2, NUM_OTHERS = 2 };
static const struct scenario_override help[NUM_CONTEXTS][NUM_HELP] = { [BAD] = HELP("-1"), [GOOD] = HELP("1") };
static const struct scenario_override barred[NUM_BARRIERS][NUM_BARRED] = {
    [NOTHING] = { { true, "start_up_time=0" }, { true, "record_sharing=0" } },
    [INFORMATION] = { { true, "record_sharing=-2" }, { true, "information_access=-2" } },
    [START_UP] = { { true, "start_up_time=-2" }, { true, "record_sharing=0" } },
};

static int run_context(struct trial *trial, enum context context, enum barrier barrier,
                       const struct validate_options *options, struct error *err)
{
    struct scenario_override override[NUM_OTHERS + NUM_HELP + NUM_BARRED] = { { false, "unstated=0.0" },
                                                                              { false, "outputs.events=false" } };
    const struct trial_plan plan = { .scenario = "baseline.cfg",
                                     .override = override,
                                     .num_overrides = NUM_OTHERS + NUM_HELP + NUM_BARRED,
                                     .draws = measure_draws(options, SHARE),
                                     .replications = RUNS,
                                     .seed = options->seed };
    for (int i = 0; i < NUM_HELP; i++)
        override[NUM_OTHERS + i] = help[context][i];
    for (int i = 0; i < NUM_BARRED; i++)
        override[NUM_OTHERS + NUM_HELP + i] = barred[barrier][i];
    return trial_run(trial, &plan, &options->machine, err);
}

typedef struct trial trials[NUM_CONTEXTS][NUM_BARRIERS];

/* What the barrier costs in a run: NaN where the outcome does not exist on both sides. */
static double loss(trials trial, enum context context, enum barrier barrier, int draw, int run, enum outcome outcome)
{
    return trial_outcome(&trial[context][NOTHING], draw, run, SUMMARY_ALL, (int)outcome) -
           trial_outcome(&trial[context][barrier], draw, run, SUMMARY_ALL, (int)outcome);
}

/* How much less it costs in a good context: the mean of each draw's runs is one case. */
static struct finding helped(trials trial, enum barrier barrier, enum outcome outcome)
{
    struct sample less = { 0 };
    for (int draw = 0; draw < trial[BAD][NOTHING].summary.draws; draw++) {
        struct sample runs = { 0 };
        for (int run = 0; run < RUNS; run++)
            sample_add(&runs,
                       loss(trial, BAD, barrier, draw, run, outcome) - loss(trial, GOOD, barrier, draw, run, outcome));
        sample_add(&less, sample_mean(&runs));
    }
    return finding_difference(&less);
}

static void differences(trials trial, struct finding finding[NUM_MEASURES])
{
    static const struct {
        int measure;
        enum barrier barrier;
        enum outcome outcome;
    } row[] = { { MEASURE_P16_information_fidelity, INFORMATION, OUTCOME_fidelity },
                { MEASURE_P16_information_integration, INFORMATION, OUTCOME_care_integration_change_26w },
                { MEASURE_P16_information_reach, INFORMATION, OUTCOME_reach },
                { MEASURE_P16_start_up_fidelity, START_UP, OUTCOME_fidelity },
                { MEASURE_P16_start_up_integration, START_UP, OUTCOME_care_integration_change_26w },
                { MEASURE_P16_start_up_reach, START_UP, OUTCOME_reach } };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        finding[row[i].measure] = helped(trial, row[i].barrier, row[i].outcome);
}

int measure_helps(const struct validate_options *options, struct validation *out, struct error *err)
{
    trials trial = { { { .rating = NULL } } };
    int ret = 0;
    for (int context = 0; context < NUM_CONTEXTS; context++)
        for (int barrier = 0; barrier < NUM_BARRIERS && ret == 0; barrier++)
            ret = run_context(&trial[context][barrier], (enum context)context, (enum barrier)barrier, options, err);
    if (ret == 0)
        differences(trial, out->finding);
    for (int context = 0; context < NUM_CONTEXTS; context++)
        for (int barrier = 0; barrier < NUM_BARRIERS; barrier++)
            trial_free(&trial[context][barrier]);
    return ret;
}
