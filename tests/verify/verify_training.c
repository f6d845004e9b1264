/* Pattern P7: training arms. From the neutral clinic: an earlier start, an expert nurse, equal speaking time, relevant
 * situations, longer sessions: each raises competence or comfort with the ISP; without any training or coaching it takes
 * nurses longer to be at ease with it. 200 paired replications, 104 weeks.
 *
 * z > 3, as for P5, on either of two outcomes: a change that did nothing would pass with probability 0.0027. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "paired.h"
#include "tests/unit/fixture.h"

enum { REPLICATIONS = 200 };
#define Z_ARM 3.0

struct arm {
    char what[40];
    enum param param;
    double from, to;
};

static struct arm arms[] = {
    { "starts earlier", PARAM_training_start, 26, 4 },     { "an expert nurse", PARAM_expert_nurse, 0.05, 0.95 },
    { "equal speaking", PARAM_equal_speaking, 0.5, 0.95 }, { "relevant situations", PARAM_relevance, 0.55, 0.95 },
    { "longer sessions", PARAM_session_hours, 2, 4 },      { "a nurse as trainer", PARAM_trainer_nursing, 0.3, 0.95 },
};

ParameterizedTestParameters(training, raises_competence_or_comfort)
{
    return cr_make_param_array(struct arm, arms, sizeof arms / sizeof *arms);
}

ParameterizedTest(const struct arm *arm, training, raises_competence_or_comfort, .timeout = 60)
{
    struct fixture with, without;
    struct paired paired;
    double competence, comfort;
    fixture_init(&without, 1, 1, 0, 1);
    fixture_init(&with, 1, 1, 0, 1);
    without.setting.events = with.setting.events = false;
    fixture_param(&without, arm->param, arm->from);
    fixture_param(&with, arm->param, arm->to);
    paired_compare(&paired, &without.setting, &with.setting, REPLICATIONS);
    competence = paired_z(&paired, OUTCOME_competence);
    comfort = paired_z(&paired, OUTCOME_isp_comfort);
    cr_expect(competence > Z_ARM || comfort > Z_ARM, "%s: competence z %.1f, comfort z %.1f", arm->what, competence,
              comfort);
    cr_expect(competence > -3 && comfort > -3, "%s lowers one: %.1f, %.1f", arm->what, competence, comfort);
    fixture_free(&with);
    fixture_free(&without);
}

Test(training, without_any_it_takes_longer_to_be_at_ease, .timeout = 60)
{
    struct fixture with, without;
    struct paired paired;
    fixture_init(&without, 1, 1, 0, 1);
    fixture_init(&with, 1, 1, 0, 1);
    fixture_param(&without, PARAM_training_sessions, 0);
    fixture_param(&without, PARAM_coaching_hours, 0);
    paired_compare(&paired, &with.setting, &without.setting, REPLICATIONS);
    cr_expect(paired_z(&paired, OUTCOME_weeks_to_comfort) > Z_ARM, "z %.1f, %.1f weeks",
              paired_z(&paired, OUTCOME_weeks_to_comfort), paired_difference(&paired, OUTCOME_weeks_to_comfort));
    cr_expect(paired_z(&paired, OUTCOME_competence) < -Z_ARM);
    fixture_free(&with);
    fixture_free(&without);
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
