#include "training.h"

#include <math.h>

#include "measure.h"

#define SET(key, value) "innovation.training." #key "=" #value

/* [000] "These strategies can be improved by: Starting earlier in the implementation; involving expert nurses; clearly
 * indicating which kind of clinical situations are interesting to discuss; Ensuring all participants get an equal chance
 * to speak"; among what was negative, "Lack of time during the AL meetings", "The expert trainer had a background in
 * social work, not in nursing". */
const struct training_arm training_arms[NUM_TRAINING_ARMS] = {
    { "training_start", SET(training_start, 26), SET(training_start, 4) },
    { "expert_nurse", SET(expert_nurse, 0.05), SET(expert_nurse, 0.95) },
    { "relevance", SET(relevance, 0.55), SET(relevance, 0.95) },
    { "equal_speaking", SET(equal_speaking, 0.5), SET(equal_speaking, 0.95) },
    { "session_hours", SET(session_hours, 2), SET(session_hours, 4) },
    { "trainer_nursing", SET(trainer_nursing, 0.3), SET(trainer_nursing, 0.95) },
};

int training_arm(struct paired *out, int arm, uint32_t seed, const struct trial_machine *machine, struct error *err)
{
    const struct paired_change from = { { { false, training_arms[arm].from } } };
    const struct paired_change to = { { { false, training_arms[arm].to } } };
    return paired_neutral(out, &from, &to, seed, machine, err);
}

int training_none(struct paired *out, uint32_t seed, const struct trial_machine *machine, struct error *err)
{
    const struct paired_change with = { { { false, NULL } } };
    const struct paired_change without = { { { false, SET(training_sessions, 0) },
                                             { false, SET(coaching_hours, 0) } } };
    return paired_neutral(out, &with, &without, seed, machine, err);
}

double training_raises(const struct paired *paired)
{
    return fmax(paired_z(paired, OUTCOME_competence), paired_z(paired, OUTCOME_isp_comfort));
}

int measure_training(const struct validate_options *options, struct validation *out, struct error *err)
{
    struct paired paired;
    int ret = 0, raised = 0;
    for (int arm = 0; arm < NUM_TRAINING_ARMS && ret == 0; arm++) {
        ret = training_arm(&paired, arm, options->seed, &options->machine, err);
        double z = training_raises(&paired);
        raised += measure_case(out, MEASURE_P7_arms, z > PAIRED_Z, training_arms[arm].id, z);
    }
    if (ret == 0)
        ret = training_none(&paired, options->seed, &options->machine, err);
    out->finding[MEASURE_P7_arms] = finding_exactly(raised);
    out->finding[MEASURE_P7_none] = finding_difference(&paired.difference[OUTCOME_weeks_to_comfort]);
    return ret;
}
