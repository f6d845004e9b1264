/* Pattern P7: training arms. From the neutral clinic: an earlier start, an expert nurse, equal speaking time, relevant
 * situations, longer sessions: each raises competence or comfort with the ISP; without any training or coaching it takes
 * nurses longer to be at ease with it. 200 paired replications, 104 weeks.
 *
 * z > 3, as for P5, on either of two outcomes: a change that did nothing would pass with probability 0.0027. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>

#include "analysis/validate/training.h"
#include "paired.h"
#include "tests/unit/fixture.h"

enum { REPLICATIONS = 200 };
#define Z_ARM 3.0

static const struct trial_machine machine = { .threads = 1, .scenarios = "scenarios" };

ParameterizedTestParameters(training, raises_competence_or_comfort)
{
    static int arm[NUM_TRAINING_ARMS];
    for (int a = 0; a < NUM_TRAINING_ARMS; a++)
        arm[a] = a;
    return cr_make_param_array(int, arm, NUM_TRAINING_ARMS);
}

ParameterizedTest(const int *arm, training, raises_competence_or_comfort, .timeout = 60)
{
    const char *what = training_arms[*arm].id;
    struct paired paired;
    struct error err;
    double competence, comfort;
    cr_assert(training_arm(&paired, *arm, 1, &machine, &err) == 0, "%s", err.detail[0]);
    cr_assert(paired.difference[OUTCOME_competence].n == REPLICATIONS);
    competence = paired_z(&paired, OUTCOME_competence);
    comfort = paired_z(&paired, OUTCOME_isp_comfort);
    cr_expect(competence > Z_ARM || comfort > Z_ARM, "%s: competence z %.1f, comfort z %.1f", what, competence,
              comfort);
    cr_expect(competence > -3 && comfort > -3, "%s lowers one: %.1f, %.1f", what, competence, comfort);
    cr_expect(training_raises(&paired) == fmax(competence, comfort));
}

Test(training, without_any_it_takes_longer_to_be_at_ease, .timeout = 60)
{
    struct paired paired;
    struct error err;
    cr_assert(training_none(&paired, 1, &machine, &err) == 0, "%s", err.detail[0]);
    cr_expect(paired_z(&paired, OUTCOME_weeks_to_comfort) > Z_ARM, "z %.1f, %.1f weeks",
              paired_z(&paired, OUTCOME_weeks_to_comfort), paired_difference(&paired, OUTCOME_weeks_to_comfort));
    cr_expect(paired_z(&paired, OUTCOME_competence) < -Z_ARM);
}

/* [000]: cohesion, less variation between nurses. */
Test(training, sessions_make_nurses_more_alike, .timeout = 60)
{
    struct fixture with, without;
    struct paired paired;
    fixture_init(&without, 1, 1, 0, 1);
    fixture_init(&with, 1, 1, 0, 1);
    fixture_param(&without, PARAM_training_sessions, 0);
    paired_compare(&paired, &without.setting, &with.setting, REPLICATIONS);
    cr_expect(paired_z(&paired, OUTCOME_competence_sd) < -Z_ARM, "z %.1f", paired_z(&paired, OUTCOME_competence_sd));
    fixture_free(&with);
    fixture_free(&without);
}
