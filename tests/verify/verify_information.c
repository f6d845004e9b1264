/* Predictor 3: access to information, two channels. The clinic learns of hospital use (record_sharing,
 * visit_notice_share): visits known, services duplicated, time lost gathering. Hospital and partners read the ISP
 * (information_access, plan_access): coordination succeeds, integration grows.
 * Paired comparisons of 200 replications, 104 weeks, z > 3 (a change that did nothing passes with 0.0013). */
#include <criterion/criterion.h>
#include <math.h>

#include "paired.h"
#include "tests/unit/fixture.h"

enum { REPLICATIONS = 200 };
#define Z_SEEN 3.0

static void two(struct fixture *a, struct fixture *b)
{
    fixture_init(a, 1, 1, 0, 1);
    fixture_init(b, 1, 1, 0, 1);
    a->setting.events = b->setting.events = false;
}

static struct paired compare(struct fixture *a, struct fixture *b)
{
    struct paired paired;
    paired_compare(&paired, &a->setting, &b->setting, REPLICATIONS);
    fixture_free(a);
    fixture_free(b);
    return paired;
}

static void expect_moves(const struct paired *p, enum outcome outcome, int sign)
{
    double z = sign * paired_z(p, outcome);
    cr_expect(z > Z_SEEN, "%s: z %.1f in the expected direction", outcome_table[outcome].id, z);
}

/* Closed form, whole model: visits known are binomial with the parameter's chance. False-alarm rate 7e-6. */
Test(information, the_share_of_visits_known_is_the_parameter)
{
    static const double share[] = { 0, 0.3, 0.8, 1 };
    for (int k = 0; k < 4; k++) {
        struct fixture f;
        double known = 0, visits = 0;
        fixture_init(&f, 60, 20, 0, 1);
        fixture_param(&f, PARAM_visit_notice_share, share[k]);
        fixture_begin(&f, 0, 0);
        fixture_weeks(&f, 104);
        for (int c = 0; c < 60; c++) {
            const struct tally *t = &f.w->tally[(long)c * NUM_OUTCOMES + OUTCOME_visits_known_share];
            known += t->sum;
            visits += t->count;
        }
        cr_assert(visits > 500);
        if (share[k] == 0 || share[k] == 1)
            cr_expect(known == share[k] * visits);
        else
            cr_expect(fabs(share_z(known, visits, share[k])) < Z_ALARM, "%g of %g", known, visits);
        fixture_free(&f);
    }
}

Test(information, records_shared_are_known_and_spare_duplicates_and_time, .timeout = 60)
{
    struct fixture a, b;
    two(&a, &b);
    fixture_rate(&a, FACTOR_record_sharing, -2);
    fixture_rate(&b, FACTOR_record_sharing, 2);
    struct paired p = compare(&a, &b);
    expect_moves(&p, OUTCOME_visits_known_share, 1);
    expect_moves(&p, OUTCOME_duplicated_services, -1);
    expect_moves(&p, OUTCOME_hours_per_patient, -1);
    expect_moves(&p, OUTCOME_care_integration_change_26w, 1);
}

Test(information, time_lost_gathering_delays_the_work, .timeout = 60)
{
    struct fixture a, b;
    two(&a, &b);
    fixture_param(&a, PARAM_gathering_time, 1);
    fixture_param(&b, PARAM_gathering_time, 2);
    struct paired p = compare(&a, &b);
    expect_moves(&p, OUTCOME_hours_per_patient, 1);
    expect_moves(&p, OUTCOME_start_up_week, 1);
    expect_moves(&p, OUTCOME_practice_change, -1);
    expect_moves(&p, OUTCOME_reach, -1);
}

Test(information, a_plan_that_others_can_read_coordinates_and_integrates, .timeout = 60)
{
    struct fixture a, b;
    two(&a, &b);
    fixture_rate(&a, FACTOR_information_access, -2);
    fixture_rate(&b, FACTOR_information_access, 2);
    struct paired p = compare(&a, &b);
    expect_moves(&p, OUTCOME_coordination_share, 1);
    expect_moves(&p, OUTCOME_care_integration_change, 1);
}

/* Two channels: reading the plan does not tell the clinic of visits, hearing of visits lets nobody read the plan. */
Test(information, the_two_channels_are_two, .timeout = 60)
{
    struct fixture a, b;
    two(&a, &b);
    fixture_param(&a, PARAM_plan_access, 0.08);
    fixture_param(&b, PARAM_plan_access, 0.90);
    struct paired plan = compare(&a, &b);
    cr_expect(fabs(paired_z(&plan, OUTCOME_visits_known_share)) < Z_SEEN, "z %.1f",
              paired_z(&plan, OUTCOME_visits_known_share));
    two(&a, &b);
    fixture_param(&a, PARAM_visit_notice_share, 0.05);
    fixture_param(&b, PARAM_visit_notice_share, 0.85);
    struct paired notice = compare(&a, &b);
    cr_expect(fabs(paired_z(&notice, OUTCOME_coordination_share)) < Z_SEEN, "z %.1f",
              paired_z(&notice, OUTCOME_coordination_share));
}

/* Ablation: what the clinic hears acts through the dose of those who must know (through_information). With that channel
 * closed, hearing of every visit against hearing of none gains patients less integration. */
Test(information, it_works_through_those_who_are_informed, .timeout = 60)
{
    struct sample gain[2];
    for (int open = 0; open < 2; open++) {
        struct fixture a, b;
        two(&a, &b);
        fixture_param(&a, PARAM_through_information, open ? 0.5 : 0);
        fixture_param(&b, PARAM_through_information, open ? 0.5 : 0);
        fixture_param(&a, PARAM_visit_notice_share, 0);
        fixture_param(&b, PARAM_visit_notice_share, 1);
        gain[open] = compare(&a, &b).difference[OUTCOME_care_integration_effect_26w];
    }
    cr_expect(sample_mean(&gain[1]) - sample_mean(&gain[0]) > Z_SEEN * hypot(sample_se(&gain[0]), sample_se(&gain[1])),
              "open %.3f, closed %.3f, SE %.3f %.3f", sample_mean(&gain[1]), sample_mean(&gain[0]), sample_se(&gain[1]),
              sample_se(&gain[0]));
}
