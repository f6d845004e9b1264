#include "paired.h"

void paired_add(struct paired *self, const double first[NUM_OUTCOMES], const double second[NUM_OUTCOMES])
{
    for (int o = 0; o < NUM_OUTCOMES; o++) {
        sample_add(&self->difference[o], second[o] - first[o]);
        sample_add(&self->value[0][o], first[o]);
        sample_add(&self->value[1][o], second[o]);
    }
}

double paired_z(const struct paired *self, enum outcome outcome)
{
    return sample_z(&self->difference[outcome], 0);
}

double paired_difference(const struct paired *self, enum outcome outcome)
{
    return sample_mean(&self->difference[outcome]);
}

static int neutral_trial(struct trial *trial, const struct paired_change *change, uint32_t seed,
                         const struct trial_machine *machine, struct error *err)
{
    const struct scenario_override override[] = {
        { false, "unstated=0.0" }, { false, "outputs.events=false" }, change->item[0], change->item[1]
    };
    int changes = (change->item[0].text != NULL) + (change->item[1].text != NULL);
    const struct trial_plan plan = { .scenario = "baseline.cfg",
                                     .override = override,
                                     .num_overrides = 2 + changes,
                                     .draws = PAIRED_RUNS,
                                     .replications = 1,
                                     .uncertainty = UNCERTAIN_CHANCE,
                                     .seed = seed };
    return trial_run(trial, &plan, machine, err);
}

int paired_neutral(struct paired *self, const struct paired_change *first, const struct paired_change *second,
                   uint32_t seed, const struct trial_machine *machine, struct error *err)
{
    struct trial trial[2] = { { .rating = NULL }, { .rating = NULL } };
    int ret = neutral_trial(&trial[0], first, seed, machine, err);
    *self = (struct paired){ .difference = { { 0, 0, 0 } } };
    if (ret == 0)
        ret = neutral_trial(&trial[1], second, seed, machine, err);
    for (int run = 0; ret == 0 && run < PAIRED_RUNS; run++)
        paired_add(self, trial_outcomes(&trial[0], run, 0, SUMMARY_ALL),
                   trial_outcomes(&trial[1], run, 0, SUMMARY_ALL));
    trial_free(&trial[0]);
    trial_free(&trial[1]);
    return ret;
}
