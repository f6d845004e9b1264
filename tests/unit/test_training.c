/* Training alone: action-learning sessions [000]. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sim/model/training.h"

static void alone(struct fixture *f)
{
    fixture_init(f, 1, 1, 0, 1);
    fixture_still(f);
    fixture_param(f, PARAM_training_sessions, 5);
    fixture_param(f, PARAM_training_start, 3);
    fixture_param(f, PARAM_training_every, 4);
    fixture_param(f, PARAM_equal_speaking, 1);
    fixture_param(f, PARAM_cohesion_gain, 0);
}

static void training_weeks(struct fixture *f, int weeks)
{
    for (int t = 0; t < weeks; t++, f->w->week++)
        training_week(f->w, 0);
}

Test(training, sessions_come_when_they_are_planned_and_then_end)
{
    struct fixture f;
    int held = 0;
    alone(&f);
    fixture_begin(&f, 0, 0);
    for (int t = 0; t < 60; t++) {
        bool due = t >= 3 && (t - 3) % 4 == 0 && (t - 3) / 4 < 5;
        training_weeks(&f, 1);
        cr_assert((f.w->clinic.sessions_held[0] == held + 1) == due, "week %d", t);
        held = f.w->clinic.sessions_held[0];
    }
    cr_expect(held == 5 && f.w->clinic.trained[0]);
    fixture_free(&f);
}

Test(training, no_sessions_nothing_learnt_and_nothing_to_wait_for)
{
    struct fixture f;
    alone(&f);
    fixture_param(&f, PARAM_training_sessions, 0);
    fixture_begin(&f, 0, 0);
    double competence = f.w->nurse.competence[0];
    training_weeks(&f, 60);
    cr_expect(f.w->nurse.competence[0] == competence && f.w->clinic.belonging[0] == 0 && f.w->clinic.trained[0]);
    fixture_free(&f);
}

/* Everybody speaks: each session closes the same share g of what is missing, 1 - (1 - c)(1 - g)^n after n. */
Test(training, competence_after_n_sessions_closed_form)
{
    struct fixture f;
    double missing, g, worth;
    alone(&f);
    fixture_begin(&f, 0, 0);
    const struct params *p = &f.w->clinic.now[0];
    worth = p->trainer_alone + (1 - p->trainer_alone) * (p->trainer_nursing + p->expert_nurse) / 2;
    g = p->session_gain * p->session_hours / 2 * p->relevance * worth;
    missing = 1 - f.w->nurse.competence[1];
    training_weeks(&f, 60);
    cr_expect(fabs(training_worth(p) - worth) < 1e-12);
    cr_expect(fabs(1 - f.w->nurse.competence[1] - missing * pow(1 - g, 5)) < 1e-12);
    fixture_free(&f);
}

/* What is worth more teaches more; a session of the default kind is the unit (worth 1 at the defaults). */
static double learnt_with(enum param param, double value)
{
    struct fixture f;
    double learnt;
    alone(&f);
    fixture_param(&f, param, value);
    fixture_begin(&f, 0, 0);
    learnt = -f.w->nurse.competence[0];
    training_weeks(&f, 60);
    learnt += f.w->nurse.competence[0];
    fixture_free(&f);
    return learnt;
}

Test(training, each_quality_of_a_session_teaches_more)
{
    static const enum param quality[] = { PARAM_trainer_nursing, PARAM_expert_nurse, PARAM_relevance,
                                          PARAM_session_hours, PARAM_session_gain };
    for (int i = 0; i < 5; i++) {
        const struct param_info *p = &param_table[quality[i]];
        cr_expect(learnt_with(quality[i], p->high) > learnt_with(quality[i], p->value) &&
                      learnt_with(quality[i], p->value) > learnt_with(quality[i], p->low),
                  "%s", p->id);
    }
}

Test(training, equal_speaking_teaches_all_alike_and_more)
{
    struct fixture f;
    double equal = 0, unequal = 0;
    alone(&f);
    fixture_begin(&f, 0, 0);
    training_weeks(&f, 60);
    for (int n = 0; n < 3; n++)
        equal += f.w->nurse.competence[n];
    fixture_param(&f, PARAM_equal_speaking, 0.2);
    fixture_begin(&f, 0, 0);
    training_weeks(&f, 60);
    for (int n = 0; n < 3; n++)
        unequal += f.w->nurse.competence[n];
    cr_expect(equal > unequal);
    fixture_free(&f);
}

/* Cohesion: with no gain of its own a session closes cohesion_gain of every difference. */
Test(training, sessions_draw_nurses_together)
{
    struct fixture f;
    alone(&f);
    fixture_param(&f, PARAM_session_gain, 0);
    fixture_param(&f, PARAM_cohesion_gain, 0.1);
    fixture_begin(&f, 0, 0);
    for (int n = 0; n < 3; n++)
        f.w->nurse.competence[n] = 0.3 + 0.1 * n;
    training_weeks(&f, 60);
    cr_expect(fabs(f.w->nurse.competence[2] - f.w->nurse.competence[0] - 0.2 * pow(0.9, 5)) < 1e-12);
    cr_expect(fabs(f.w->nurse.competence[1] - 0.4) < 1e-12, "the mean stays");
    fixture_free(&f);
}

Test(training, it_gives_comfort_knowledge_ties_leadership_and_belonging)
{
    struct fixture f;
    alone(&f);
    fixture_begin(&f, 0, 0);
    double comfort = f.w->nurse.comfort[0], knowledge = f.w->nurse.knowledge[0], tie = f.w->nurse.tie_team[0],
           leadership = f.w->nurse.leadership[0];
    training_weeks(&f, 60);
    cr_expect(f.w->nurse.comfort[0] > comfort && f.w->nurse.knowledge[0] > knowledge);
    cr_expect(f.w->nurse.tie_team[0] > tie && f.w->nurse.leadership[0] > leadership);
    cr_expect(fabs(f.w->clinic.belonging[0] - (1 - pow(1 - f.w->clinic.now[0].session_belonging, 5))) < 1e-12);
    fixture_free(&f);
}

Test(training, a_session_is_put_off_until_somebody_is_there)
{
    struct fixture f;
    alone(&f);
    fixture_begin(&f, 0, 0);
    memset(f.w->nurse.post, POST_VACANT, 3);
    training_weeks(&f, 10);
    cr_expect(f.w->clinic.sessions_held[0] == 0 && !f.w->clinic.trained[0]);
    f.w->nurse.post[0] = POST_PRESENT;
    training_weeks(&f, 1);
    cr_expect(f.w->clinic.sessions_held[0] == 1);
    fixture_free(&f);
}

Test(training, it_costs_the_nurses_hours_and_the_trainers)
{
    struct fixture f;
    alone(&f);
    fixture_param(&f, PARAM_session_hours, 2);
    fixture_begin(&f, 0, 0);
    f.w->week = 3;
    training_weeks(&f, 1);
    cr_expect(fabs(f.w->clinic.programme_cost[0] - 4 * 2 * f.w->clinic.now[0].nurse_hour_cost) < 1e-9);
    cr_expect(fabs(f.w->nurse.hours[0] + 2) < 1e-12);
    fixture_free(&f);
}
