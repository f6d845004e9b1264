/* Swap tests: a clinic of [003] with what made another one's story. The ratings of the four were written by people who
 * knew the end; a swap asks for what no document tells. */
#include "measure.h"

#define SHARE 0.4 /* of the draws */
enum { A, C = 2, D, RUNS = 2, CHANGES = 2, MOST = CHANGES + 2 };

struct swap {
    struct scenario_override change[CHANGES];
    int clinic;
    enum outcome outcome;
};

/* Whose stance it is: of the clinic, and of the person, who is rated in his own right (case C). */
#define PHYSICIAN(clinic, rating)                                                                                      \
    {                                                                                                                  \
        { false, "meso[" clinic "].provider.medical_leadership=(\"rating\", " rating ")" },                            \
        {                                                                                                              \
            false, "meso[" clinic "].provider.physicians[physician-1].medical_leadership=(\"rating\", " rating ")"     \
        }                                                                                                              \
    }

/* C's shortage: its rating, and one nurse away in week 0. */
#define SHORTAGE(clinic)                                                                                               \
    {                                                                                                                  \
        { false, "meso[" clinic "].organizational.nursing_capacity=(\"rating\", -2)" },                                \
        {                                                                                                              \
            false, "meso[" clinic "].provider.nurses=({ id=\"nurse-1\"; sick_leave=true; }, { id=\"nurse-2\"; })"      \
        }                                                                                                              \
    }

static const struct swap swaps[NUM_SWAPS] = {
    [SWAP_d_with_cs_physician] = { PHYSICIAN("clinic-d", "-2"), D, OUTCOME_discontinued },
    [SWAP_c_with_neutral_physician] = { PHYSICIAN("clinic-c", "0"), C, OUTCOME_active_at_horizon },
    [SWAP_a_with_cs_shortage] = { SHORTAGE("clinic-a"), A, OUTCOME_active_at_horizon },
};

static struct finding share_of_runs(const struct trial *trial, const struct swap *swap)
{
    double yes = 0;
    for (int draw = 0; draw < trial->summary.draws; draw++)
        for (int run = 0; run < RUNS; run++)
            yes += trial_outcome(trial, draw, run, swap->clinic, (int)swap->outcome) == 1;
    return finding_share(yes, (double)trial->summary.runs);
}

static int measure_swap(const struct swap *swap, const struct validate_options *options, struct finding *finding,
                        struct error *err)
{
    const struct scenario_override override[MOST] = {
        { false, "time.horizon=78" }, { false, "arms=[\"as-it-was\"]" }, swap->change[0], swap->change[1]
    };
    const struct trial_plan plan = { .scenario = "integrated-care.cfg",
                                     .override = override,
                                     .num_overrides = MOST,
                                     .draws = measure_draws(options, SHARE),
                                     .replications = RUNS,
                                     .seed = options->seed };
    struct trial trial;
    int ret = trial_run(&trial, &plan, &options->machine, err);
    if (ret == 0)
        *finding = share_of_runs(&trial, swap);
    trial_free(&trial);
    return ret;
}

int measure_swaps(const struct validate_options *options, struct validation *out, struct error *err)
{
    int ret = 0;
    for (int s = 0; s < NUM_SWAPS && ret == 0; s++)
        ret = measure_swap(&swaps[s], options, &out->swap[s], err);
    return ret;
}
