/* The decision to go on, and the lapse when nobody is left. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sim/model/decision.h"
#include "sim/model/programme.h"
#include "statistics.h"

static void decision_weeks(struct fixture *f, int weeks)
{
    for (int t = 0; t < weeks; t++, f->w->week++)
        decision_step(f->w);
}

static void hold(struct fixture *f, int c, double lead, double manager, double engagement, double overload)
{
    f->w->physician.value[f->w->clinic.lead[c]] = lead;
    f->w->clinic.manager_value[c] = manager;
    f->w->clinic.overload[c] = overload;
    for (int i = 0; i < f->w->clinic.num_nurses[c]; i++)
        f->w->nurse.engagement[f->w->clinic.first_nurse[c] + i] = engagement;
}

/* logit^-1(stop_level - stop_slope (D - stop_centre)), D from its four parts. */
static double chance_of(const struct params *p, double lead, double manager, double engagement, double overload)
{
    double d = p->stop_from_lead * (2 * lead - 1) + p->stop_from_manager * (2 * manager - 1) +
               p->stop_from_engagement * engagement - p->stop_from_overload * overload;
    return 1 / (1 + exp(-(p->stop_level - p->stop_slope * (d - p->stop_centre))));
}

Test(decision, chance_is_the_stated_logit)
{
    static const double state[][4] = { { 0.5, 0.5, 0.5, 0 },   { 0, 0, 0, 2 },         { 1, 1, 1, 0 },
                                       { 0.2, 0.9, 0.4, 0.3 }, { 0.8, 0.1, 0.6, 0.1 }, { 0.05, 0.5, 0.7, 0 } };
    for (size_t i = 0; i < sizeof state / sizeof *state; i++) {
        const double *s = state[i];
        struct fixture f;
        fixture_init(&f, 1, 1, 0, 1);
        fixture_begin(&f, 0, 0);
        memset(f.w->nurse.post, POST_PRESENT, 3);
        hold(&f, 0, s[0], s[1], s[2], s[3]);
        f.w->week = 8;
        decision_weeks(&f, 1);
        cr_expect(fabs(f.w->clinic.stop_chance[0] - chance_of(&f.w->clinic.now[0], s[0], s[1], s[2], s[3])) < 1e-12,
                  "state %zu", i);
        fixture_free(&f);
    }
}

Test(decision, looks_come_when_and_as_often_as_stated)
{
    struct fixture f;
    int looks = 0;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_param(&f, PARAM_stop_level, -20);
    fixture_param(&f, PARAM_first_decision, 10);
    fixture_param(&f, PARAM_decision_every, 6);
    fixture_begin(&f, 0, 0);
    memset(f.w->nurse.post, POST_PRESENT, 3);
    for (int t = 0; t < 26; t++) {
        f.w->clinic.stop_chance[0] = NAN;
        decision_weeks(&f, 1);
        looks += !isnan(f.w->clinic.stop_chance[0]);
        cr_expect(isnan(f.w->clinic.stop_chance[0]) == (t != 10 && t != 16 && t != 22), "week %d", t);
    }
    cr_expect(looks == 3);
    fixture_free(&f);
}

Test(decision, monthly_from_week_8)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_param(&f, PARAM_stop_level, 20);
    fixture_begin(&f, 0, 0);
    decision_weeks(&f, 8);
    cr_expect(clinic_runs(f.w, 0) && isnan(f.w->clinic.stop_chance[0]), "nobody decides before week 8");
    decision_weeks(&f, 1);
    cr_expect(f.w->clinic.stage[0] == STAGE_DISCONTINUED && f.w->clinic.stop_week[0] == 8);
    fixture_free(&f);
}

Test(decision, nobody_stops_at_the_other_end)
{
    struct fixture f;
    fixture_init(&f, 50, 5, 0, 1);
    fixture_param(&f, PARAM_stop_level, -20);
    fixture_begin(&f, 0, 0);
    decision_weeks(&f, 104);
    for (int c = 0; c < 50; c++)
        cr_expect(f.w->clinic.stop_week[c] == NONE);
    fixture_free(&f);
}

/* A chance q a month, looked at every four weeks: 1 - (1 - q)^(4 / 4.35) each time, a geometric time. False-alarm rate 7e-6 each. */
Test(decision, stops_come_as_often_as_the_chance_says)
{
    enum { CLINICS = 4000 };
    struct fixture f;
    double q, stopped;
    fixture_init(&f, CLINICS, 1, 0, 1);
    fixture_still(&f);
    fixture_param(&f, PARAM_stop_level, -3);
    fixture_param(&f, PARAM_per_clinic, 1);
    fixture_begin(&f, 0, 0);
    for (int c = 0; c < CLINICS; c++)
        hold(&f, c, 0.5, 0.5, 0.5, 0);
    q = 1 - pow(1 - chance_of(&f.w->clinic.now[0], 0.5, 0.5, 0.5, 0), 4 / WEEKS_PER_MONTH);
    f.w->week = 8;
    for (int looks = 1; looks <= 12; looks++) {
        decision_weeks(&f, 4);
        stopped = 0;
        for (int c = 0; c < CLINICS; c++)
            stopped += f.w->clinic.stop_week[c] != NONE;
        cr_expect(fabs(share_z(stopped, CLINICS, 1 - pow(1 - q, looks))) < Z_ALARM, "%d looks: %g", looks, stopped);
    }
    fixture_free(&f);
}

/* The same at a chance so high that looking every four weeks and not every month is plain. False-alarm rate 7e-6. */
Test(decision, a_look_every_four_weeks_has_four_weeks_of_the_chance)
{
    enum { CLINICS = 4000 };
    struct fixture f;
    double chance, stopped = 0;
    fixture_init(&f, CLINICS, 1, 0, 1);
    fixture_still(&f);
    fixture_param(&f, PARAM_stop_level, 1);
    fixture_param(&f, PARAM_per_clinic, 1);
    fixture_begin(&f, 0, 0);
    for (int c = 0; c < CLINICS; c++)
        hold(&f, c, 0.5, 0.5, 0.5, 0);
    f.w->week = 8;
    decision_weeks(&f, 1);
    chance = 1 - pow(1 - chance_of(&f.w->clinic.now[0], 0.5, 0.5, 0.5, 0), 4 / WEEKS_PER_MONTH);
    for (int c = 0; c < CLINICS; c++)
        stopped += f.w->clinic.stop_week[c] == 8;
    cr_assert(chance > 0.5);
    cr_expect(fabs(share_z(stopped, CLINICS, chance)) < Z_ALARM, "%g of %d for %g", stopped, CLINICS, chance);
    fixture_free(&f);
}

/* However seldom they look, a month's chance adds up to it and never passes it. False-alarm rate 7e-6. */
Test(decision, a_look_every_half_year_has_the_chance_of_six_months)
{
    enum { CLINICS = 4000 };
    struct fixture f;
    double chance, stopped = 0;
    fixture_init(&f, CLINICS, 1, 0, 1);
    fixture_still(&f);
    fixture_param(&f, PARAM_stop_level, -1);
    fixture_param(&f, PARAM_decision_every, 26);
    fixture_param(&f, PARAM_per_clinic, 1);
    fixture_begin(&f, 0, 0);
    for (int c = 0; c < CLINICS; c++)
        hold(&f, c, 0.5, 0.5, 0.5, 0);
    f.w->week = 8;
    decision_weeks(&f, 1);
    chance = chance_of(&f.w->clinic.now[0], 0.5, 0.5, 0.5, 0);
    for (int c = 0; c < CLINICS; c++)
        stopped += f.w->clinic.stop_week[c] == 8;
    cr_assert(chance * 26 / WEEKS_PER_MONTH > 1);
    cr_expect(fabs(share_z(stopped, CLINICS, 1 - pow(1 - chance, 26 / WEEKS_PER_MONTH))) < Z_ALARM, "%g", stopped);
    fixture_free(&f);
}

/* Same luck: whoever stops with more support stops with less. */
Test(decision, more_support_never_stops_a_clinic_earlier)
{
    enum { CLINICS = 300 };
    int week[CLINICS], later = 0;
    struct fixture f;
    fixture_init(&f, CLINICS, 1, 0, 1);
    for (int k = 0; k < 4; k++) {
        fixture_begin(&f, 0, 0);
        for (int c = 0; c < CLINICS; c++)
            hold(&f, c, 0.2 * (k + 1), 0.5, 0.5, 0);
        decision_weeks(&f, 104);
        for (int c = 0; c < CLINICS; c++) {
            int stop = f.w->clinic.stop_week[c] == NONE ? 1000 : f.w->clinic.stop_week[c];
            cr_expect(k == 0 || stop >= week[c]);
            later += k > 0 && stop > week[c];
            week[c] = stop;
        }
    }
    cr_expect(later > 0);
    fixture_free(&f);
}

Test(decision, a_stop_names_its_weakest_part_and_its_cause)
{
    for (int part = 0; part < NUM_SUPPORTS; part++) {
        struct fixture f;
        fixture_init(&f, 1, 1, 0, 1);
        fixture_param(&f, PARAM_stop_level, 20);
        fixture_begin(&f, 0, 0);
        memset(f.w->nurse.post, POST_PRESENT, 3);
        hold(&f, 0, part == SUPPORT_LEAD ? 0 : 1, part == SUPPORT_MANAGER ? 0 : 1, part == SUPPORT_ENGAGEMENT ? 0 : 1,
             part == SUPPORT_OVERLOAD ? 2 : 0);
        f.w->week = 8;
        decision_weeks(&f, 1);
        const struct event *e = &f.record.event[f.record.num_events - 1];
        cr_expect(e->kind == EVENT_discontinued && e->subject == part, "part %d, told %d", part, e->subject);
        cr_expect(e->cause == f.w->cause[part] && e->cause != NONE);
        fixture_free(&f);
    }
}

/* ---- the programme closes ---------------------------------------------------------------------------------------------------
 */

static void three_enrolled(struct fixture *f)
{
    fixture_init(f, 1, 1, 0, 1);
    fixture_param(f, PARAM_list_delay, 0);
    fixture_begin(f, 0, 0);
    memset(f->w->nurse.post, POST_PRESENT, 3);
    for (int i = 0; i < 3; i++) {
        f->w->patient.list_week[i] = 0;
        programme_enrol(f->w, i, i);
    }
}

Test(decision, patients_of_a_clinic_that_stops_return_to_usual_care)
{
    struct fixture f;
    three_enrolled(&f);
    f.w->clinic.now[0].stop_level = 20;
    f.w->week = 8;
    decision_weeks(&f, 1);
    for (int i = 0; i < 3; i++)
        cr_expect(f.w->patient.stage[i] == PATIENT_RETURNED && care_of(f.w, i)->exit_week == 8 &&
                  care_of(f.w, i)->nurse == NONE);
    cr_expect(f.w->clinic.num_enrolled[0] == 0 && f.w->nurse.caseload[0] == 0 && world_verify(f.w) == 0);
    fixture_free(&f);
}

Test(decision, a_programme_lapses_after_17_weeks_without_anybody)
{
    struct fixture f;
    three_enrolled(&f);
    f.w->clinic.now[0].stop_level = -20;
    memset(f.w->nurse.post, POST_SICK, 3);
    f.w->week = 1;
    decision_weeks(&f, 16);
    cr_expect(clinic_runs(f.w, 0) && f.w->clinic.nobody_weeks[0] == 16);
    decision_weeks(&f, 1);
    cr_expect(f.w->clinic.stage[0] == STAGE_LAPSED && f.w->clinic.lapse_week[0] == 17);
    cr_expect(f.w->clinic.num_enrolled[0] == 0 && f.w->patient.stage[2] == PATIENT_RETURNED);
    fixture_free(&f);
}

Test(decision, one_week_with_somebody_begins_the_count_anew)
{
    struct fixture f;
    three_enrolled(&f);
    f.w->clinic.now[0].stop_level = -20;
    memset(f.w->nurse.post, POST_VACANT, 3);
    decision_weeks(&f, 16);
    f.w->nurse.post[1] = POST_PRESENT;
    decision_weeks(&f, 1);
    f.w->nurse.post[1] = POST_VACANT;
    decision_weeks(&f, 16);
    cr_expect(clinic_runs(f.w, 0));
    fixture_free(&f);
}
