/* The world as a whole: invariants and books, every week, over settings that have little in common. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

/* ---- settings ----------------------------------------------------------------------------------------------------------
 */

static void neutral(struct fixture *f)
{
    fixture_init(f, 1, 1, 0, 1);
}

static void barriers(struct fixture *f)
{
    fixture_init(f, 4, 2, 0, 1);
    for (int i = 0; i < NUM_FACTORS; i++)
        fixture_rate(f, (enum factor)i, -2);
}

static void facilitators(struct fixture *f)
{
    fixture_init(f, 4, 2, 0, 1);
    for (int i = 0; i < NUM_FACTORS; i++)
        fixture_rate(f, (enum factor)i, 2);
}

static void smallest(struct fixture *f)
{
    fixture_init(f, 3, 3, 0, 1);
    fixture_param(f, PARAM_per_clinic, 1);
    f->setting.horizon = 26;
    for (int c = 0; c < 3; c++)
        f->setting.clinic[c].num_nurses = f->setting.clinic[c].num_physicians = 1;
}

static void largest(struct fixture *f)
{
    fixture_init(f, 2, 1, 0, 1);
    fixture_param(f, PARAM_per_clinic, 400);
    fixture_param(f, PARAM_list_every, 26);
    fixture_param(f, PARAM_planned, 200);
    f->setting.horizon = 260;
    for (int c = 0; c < 2; c++) {
        f->setting.clinic[c].num_nurses = SETTING_MAX_NURSES;
        f->setting.clinic[c].num_physicians = SETTING_MAX_PHYSICIANS;
    }
}

static void mixed(struct fixture *f)
{
    fixture_init(f, 24, 5, 0, 1);
    f->setting.num_communities = f->setting.num_markets = 3;
    for (int c = 0; c < 24; c++) {
        f->setting.clinic[c].community = c % 4 == 3 ? SETTING_NOBODY : c % 4;
        f->setting.clinic[c].market = c % 3;
        f->setting.clinic[c].num_nurses = 1 + c % 7;
        f->setting.clinic[c].num_physicians = 1 + c % 5;
        for (int i = 0; i < NUM_FACTORS; i++)
            f->setting.clinic[c].rating[i] = (c * 7 + i * 3) % 5 - 2;
    }
}

static void upheaval(struct fixture *f) /* shocks and departures all the time */
{
    fixture_init(f, 6, 2, 0, 1);
    fixture_param(f, PARAM_reorganization_per_year, 10);
    fixture_param(f, PARAM_reorganization_weeks, 3);
    fixture_param(f, PARAM_nurse_turnover_rate, 4);
    fixture_param(f, PARAM_sick_leave_share, 0.4);
    fixture_param(f, PARAM_lead_turnover_rate, 5);
    fixture_param(f, PARAM_manager_turnover_rate, 5);
    fixture_param(f, PARAM_case_manager_turnover_rate, 5);
    fixture_param(f, PARAM_time_to_fill, 5);
    fixture_param(f, PARAM_stop_level, -8);
}

static void plenty(struct fixture *f) /* hours without end: everything is delivered */
{
    fixture_init(f, 3, 1, 0, 1);
    fixture_param(f, PARAM_protected_share, 0.6);
    fixture_param(f, PARAM_start_up_hours, 0);
    fixture_param(f, PARAM_list_delay, 0);
    fixture_param(f, PARAM_stop_level, -20);
    fixture_param(f, PARAM_isp_delay, 0);
    fixture_param(f, PARAM_planned, 40);
}

static void strategies(struct fixture *f)
{
    struct strategy_setting *s;
    fixture_init(f, 4, 2, 6, 1);
    fixture_strategy(f, 0, 10, true, FACTOR_medical_leadership, CHANGE_SET, 2);
    s = fixture_strategy(f, 1, 0, true, FACTOR_managers_support, CHANGE_ADD, 0.5);
    s->every_weeks = 8;
    s->until = 60;
    s = fixture_strategy(f, 2, -1, false, PARAM_training_sessions, CHANGE_ADD, 4);
    s->watch = SERIES_strain;
    s->threshold = 0.05;
    s->for_weeks = 3;
    s->delay_weeks = 2;
    s = fixture_strategy(f, 3, 20, false, PARAM_coaching_hours, CHANGE_SET, 2);
    s->nurse_hours = 2;
    s->cost_per_week = 100;
    s = fixture_strategy(f, 4, 30, false, PARAM_isp_comfort_start, CHANGE_SET, 0.9);
    s->where[1] = s->where[2] = false;
    s = fixture_strategy(f, 5, 5, true, FACTOR_tie_with_nurses, CHANGE_SET, -2);
    s->succeeds = 0.5;
    s->cost_once = 5000;
}

static void named_people(struct fixture *f)
{
    fixture_init(f, 2, 1, 0, 1);
    for (int c = 0; c < 2; c++) {
        struct clinic_setting *clinic = &f->setting.clinic[c];
        clinic->num_nurses = clinic->num_physicians = 2;
        clinic->nurse = calloc(2, sizeof *clinic->nurse);
        clinic->physician = calloc(2, sizeof *clinic->physician);
        for (int i = 0; i < 2; i++) {
            clinic->nurse[i] = (struct person_setting){ .fte = 0.5 * (i + 1), .absent = i == 1, .lead = i == 1 };
            clinic->physician[i] = (struct person_setting){ .fte = 1, .lead = i == 1 };
            for (int k = 0; k < NUM_FACTORS; k++)
                clinic->nurse[i].rating[k] = clinic->physician[i].rating[k] = i == 1 ? 1.5 : NAN;
        }
    }
}

static const struct variety {
    const char *name;
    void (*make)(struct fixture *f);
} varieties[] = {
    { "neutral", neutral },           { "barriers", barriers }, { "facilitators", facilitators },
    { "smallest", smallest },         { "largest", largest },   { "mixed", mixed },
    { "upheaval", upheaval },         { "plenty", plenty },     { "strategies", strategies },
    { "named people", named_people },
};

enum { NUM_VARIETIES = sizeof varieties / sizeof *varieties };

/* ---- books -----------------------------------------------------------------------------------------------------------------
 */

static void expect_patients_add_up(const struct world *w, int c)
{
    int listed = 0, staged = 0, enrolled = 0, left = 0, here = 0;
    for (int i = w->clinic.first_patient[c]; i < w->clinic.first_patient[c] + w->clinic.num_patients[c]; i++) {
        enum patient_stage stage = (enum patient_stage)w->patient.stage[i];
        listed += w->patient.list_week[i] != NONE;
        staged += stage != PATIENT_UNLISTED;
        enrolled += stage == PATIENT_ENROLLED;
        left += care_of(w, i)->exit_week != NONE;
        here += stage != PATIENT_UNLISTED && stage != PATIENT_GONE;
        cr_assert((care_of(w, i)->enrol_week == NONE) <= (care_of(w, i)->exit_week == NONE), "left without coming");
        cr_assert(care_of(w, i)->isp_week == NONE || care_of(w, i)->isp_week >= care_of(w, i)->enrol_week);
    }
    cr_assert(listed == staged, "listed %d, in a stage %d", listed, staged);
    cr_assert(enrolled == w->clinic.num_enrolled[c]);
    cr_assert(enrolled + left == w->clinic.num_treated[c], "%d + %d of %d", enrolled, left, w->clinic.num_treated[c]);
    cr_assert(here == w->clinic.num_listed[c], "week %d: here %d, counted %d", w->week, here, w->clinic.num_listed[c]);
}

/* Patients whom nobody has treated have their twin's own week; the others the same luck at their own rate. */
static void expect_visits_are_the_twins(const struct fixture *f, int c)
{
    const struct world *w = f->w;
    const struct params *p = &w->clinic.now[c];
    double visits = 0, usual = 0;
    for (int i = w->clinic.first_patient[c]; i < w->clinic.first_patient[c] + w->clinic.num_patients[c]; i++) {
        int t = w->week - w->patient.list_week[i];
        struct use twin, use;
        if (w->patient.stage[i] == PATIENT_UNLISTED || w->patient.stage[i] == PATIENT_GONE)
            continue;
        twin = use = fixture_usual(f, i, t);
        if (care_of(w, i)->enrol_week != NONE)
            use = fixture_use(f, i, t, pow(p->ed_ratio_full, fixture_effect(f, i)), 1);
        else
            cr_assert(care_of(w, i)->effect == 0 && care_of(w, i)->dose == 0);
        visits += use.visits;
        usual += twin.visits;
    }
    cr_assert(visits == w->clinic.visits[c] && usual == w->clinic.usual_visits[c], "week %d: %g for %g, %g for %g",
              w->week, w->clinic.visits[c], visits, w->clinic.usual_visits[c], usual);
}

static void expect_hours_add_up(const struct world *w, int c)
{
    double worked = 0, owed = 0, longest = 0;
    FOR_EACH_NURSE (n, w, c) {
        worked += w->nurse.worked[n];
        owed += w->nurse.hours[n] < 0 ? -w->nurse.hours[n] : 0;
        longest = fmax(longest, w->nurse.worked[n]);
        cr_assert(w->nurse.worked[n] == 0 || nurse_works(w, n), "somebody who is not there works");
    }
    cr_assert(fabs(worked - w->clinic.hours_used[c]) < 1e-9, "%g worked, %g counted", worked, w->clinic.hours_used[c]);
    cr_assert(w->clinic.hours_used[c] <= w->clinic.hours_available[c] + owed + 1e-9, "week %d: %g used of %g, owed %g",
              w->week, w->clinic.hours_used[c], w->clinic.hours_available[c], owed);
    cr_assert(w->clinic.hours_used[c] <= w->clinic.hours_needed[c] + 1e-9);
}

static void expect_case_managers_are_shared(const struct world *w)
{
    for (int h = 0; h < w->centre.num; h++) {
        double given = 0;
        for (int c = 0; c < w->clinic.num; c++)
            given += w->clinic.centre[c] == h ? w->clinic.manager_hours[c] : 0;
        cr_assert(given <= w->centre.hours[h] + 1e-9, "%g h given of %g", given, w->centre.hours[h]);
    }
}

struct before {
    uint8_t clinic[32], patient[8192];
    int32_t treated[32];
};

static void expect_stages_go_forward(const struct world *w, struct before *b)
{
    for (int c = 0; c < w->clinic.num; c++) {
        cr_assert(w->clinic.stage[c] >= b->clinic[c] && w->clinic.num_treated[c] >= b->treated[c]);
        b->clinic[c] = w->clinic.stage[c];
        b->treated[c] = w->clinic.num_treated[c];
    }
    for (int i = 0; i < w->patient.num; i++) {
        cr_assert(w->patient.stage[i] >= b->patient[i], "patient %d from stage %d to %d", i, b->patient[i],
                  w->patient.stage[i]);
        b->patient[i] = w->patient.stage[i];
    }
}

static void one_week(struct fixture *f, struct before *before)
{
    fixture_weeks(f, 1);
    f->w->week--; /* the week that was */
    for (int c = 0; c < f->w->clinic.num; c++) {
        expect_patients_add_up(f->w, c);
        expect_visits_are_the_twins(f, c);
        expect_hours_add_up(f->w, c);
    }
    expect_case_managers_are_shared(f->w);
    expect_stages_go_forward(f->w, before);
    f->w->week++;
}

ParameterizedTestParameters(world, books_balance_every_week)
{
    static int number[NUM_VARIETIES]; /* a test runs in a process of its own: pointers do not travel, numbers do */
    for (int i = 0; i < NUM_VARIETIES; i++)
        number[i] = i;
    return cr_make_param_array(int, number, NUM_VARIETIES);
}

ParameterizedTest(const int *number, world, books_balance_every_week)
{
    const struct variety *v = &varieties[*number];
    for (uint32_t run = 0; run < 3; run++) {
        struct fixture f;
        static struct before before;
        memset(&before, 0, sizeof before);
        v->make(&f);
        fixture_begin(&f, run, 0);
        cr_assert(f.w->patient.num <= 8192 && f.w->clinic.num <= 32);
        for (int t = 0; t < f.setting.horizon; t++)
            one_week(&f, &before);
        outcomes_finish(f.w);
        for (int i = 0; i < (f.setting.num_clinics + 1) * NUM_OUTCOMES; i++)
            cr_expect(!isinf(f.record.outcome[i]), "%s: %s", v->name, outcome_table[i % NUM_OUTCOMES].id);
        fixture_free(&f);
    }
}

/* Without training, every hour is accounted for: what was owed and what was released is worked, or left. */
Test(world, hours_released_are_worked_owed_or_left)
{
    struct fixture f;
    double left = 0;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_still(&f);
    fixture_begin(&f, 0, 0);
    for (int t = 0; t < 104; t++) {
        double owed = left < 0 ? left : 0, now = 0;
        owed = 0;
        for (int n = 0; n < 3; n++)
            owed += f.w->nurse.hours[n] < 0 ? f.w->nurse.hours[n] : 0;
        fixture_weeks(&f, 1);
        for (int n = 0; n < 3; n++)
            now += f.w->nurse.hours[n];
        cr_assert(fabs(owed + f.w->clinic.hours_available[0] - f.w->clinic.hours_used[0] - now) < 1e-9, "week %d", t);
        left = now;
    }
    fixture_free(&f);
}

/* ---- what a user may write ---------------------------------------------------------------------------------------------------
 */

/* Steps a setting through; 0, or the line of world.c that does not hold. A rule of selection that finds nobody, or a
 * population without rates, is refused with words, and only there. */
static int step_through(struct fixture *f, const struct param_info *info)
{
    struct error err = { 0 };
    int line = 0, ret = simulation_init(&f->sim, &f->setting, (struct luck){ 1, 0 }, NULL, &err);
    if (ret != 0) {
        cr_expect(ret == MILIEU_ERR_RUN && err.detail[0][0] != '\0' && info->section == SECTION_PATIENTS, "%s",
                  info->id);
        simulation_free(&f->sim);
        return 0;
    }
    simulation_free(&f->sim);
    fixture_begin(f, 0, 0);
    for (; f->w->week < f->setting.horizon && line == 0; f->w->week++) {
        simulation_step_week(f->w);
        line = world_verify(f->w);
    }
    outcomes_finish(f->w);
    for (int o = 0; o < 3 * NUM_OUTCOMES; o++)
        cr_expect(!isinf(f->record.outcome[o]), "%s: %s", info->id, outcome_table[o % NUM_OUTCOMES].id);
    return line;
}

/* Every parameter at each end of what a user may write, all else neutral: nothing breaks, no outcome is infinite. */
Test(world, every_parameter_may_stand_at_its_ends, .timeout = 120)
{
    for (int i = 0; i < NUM_PARAMS; i++)
        for (int end = 0; end < 2; end++) {
            struct fixture f;
            double value = end ? param_table[i].max : param_table[i].min;
            fixture_init(&f, 2, 1, 0, 1);
            f.setting.horizon = 60;
            fixture_param(&f, (enum param)i, value);
            int line = step_through(&f, &param_table[i]);
            cr_expect(line == 0, "%s = %g: world.c:%d", param_table[i].id, value, line);
            fixture_free(&f);
        }
}

/* ---- world_verify itself: each invariant, broken, is seen ----------------------------------------------------------------------
 */

struct broken {
    struct fixture f;
    int patient, nurse;
};

static void a_running_clinic(struct broken *b)
{
    plenty(&b->f);
    fixture_begin(&b->f, 0, 0);
    fixture_weeks(&b->f, 30);
    b->patient = b->nurse = NONE;
    for (int i = 0; i < b->f.w->patient.num && b->patient == NONE; i++)
        if (b->f.w->patient.stage[i] == PATIENT_ENROLLED)
            b->patient = i;
    cr_assert(b->patient != NONE, "nobody is enrolled");
    b->nurse = care_of(b->f.w, b->patient)->nurse;
}

#define EXPECT_SEEN(what, wrong)                                                                                       \
    do {                                                                                                               \
        cr_assert(world_verify(w) == 0);                                                                               \
        __typeof__(what) kept = (what);                                                                                \
        (what) = (__typeof__(what))(wrong);                                                                            \
        cr_expect(world_verify(w) > 0, "%s is not seen", #what " = " #wrong);                                          \
        (what) = kept;                                                                                                 \
    } while (0)

Test(world, verify_sees_a_broken_nurse)
{
    struct broken b;
    a_running_clinic(&b);
    struct world *w = b.f.w;
    int n = b.nurse;
    EXPECT_SEEN(w->nurse.post[n], POST_VACANT + 1);
    EXPECT_SEEN(w->nurse.competence[n], 1.01);
    EXPECT_SEEN(w->nurse.competence[n], NAN);
    EXPECT_SEEN(w->nurse.knowledge[n], -0.01);
    EXPECT_SEEN(w->nurse.comfort[n], NAN);
    EXPECT_SEEN(w->nurse.engagement[n], 2);
    EXPECT_SEEN(w->nurse.value[n], -1);
    EXPECT_SEEN(w->nurse.strain[n], NAN);
    EXPECT_SEEN(w->nurse.tie_manager[n], 1.5);
    EXPECT_SEEN(w->nurse.tie_team[n], NAN);
    EXPECT_SEEN(w->nurse.leadership[n], -1);
    EXPECT_SEEN(w->nurse.caseload[n], w->nurse.caseload[n] + 1);
    EXPECT_SEEN(w->nurse.worked[n], -1);
    fixture_free(&b.f);
}

Test(world, verify_sees_a_broken_patient)
{
    struct broken b;
    a_running_clinic(&b);
    struct world *w = b.f.w;
    int i = b.patient;
    EXPECT_SEEN(w->patient.clinic[i], w->patient.clinic[i] + 1);
    EXPECT_SEEN(care_of(w, i)->nurse, NONE);
    EXPECT_SEEN(care_of(w, i)->nurse, (care_of(w, i)->nurse + 3) % w->nurse.num);
    EXPECT_SEEN(w->patient.stage[i], PATIENT_COMPLETED);
    EXPECT_SEEN(w->patient.list_week[i], w->week + 1);
    EXPECT_SEEN(w->patient.list_week[i], NONE);
    EXPECT_SEEN(care_of(w, i)->trust, NAN);
    EXPECT_SEEN(care_of(w, i)->adherence, 1.2);
    EXPECT_SEEN(care_of(w, i)->dose, -0.1);
    EXPECT_SEEN(care_of(w, i)->effect, NAN);
    EXPECT_SEEN(care_of(w, i)->self_management, 97);
    EXPECT_SEEN(care_of(w, i)->care_integration, -1);
    EXPECT_SEEN(care_of(w, i)->distress, NAN);
    EXPECT_SEEN(care_of(w, i)->confidence, 10.1);
    fixture_free(&b.f);
}

Test(world, verify_sees_a_broken_clinic)
{
    struct broken b;
    a_running_clinic(&b);
    struct world *w = b.f.w;
    int c = w->patient.clinic[b.patient];
    EXPECT_SEEN(w->clinic.num_enrolled[c], w->clinic.num_enrolled[c] + 1);
    EXPECT_SEEN(w->clinic.tie_coordinator[c], 1.1);
    EXPECT_SEEN(w->professional.value[w->clinic.first_professional[c]], -0.1);
    EXPECT_SEEN(w->professional.engagement[w->clinic.first_professional[c]], NAN);
    EXPECT_SEEN(w->clinic.climate[c], NAN);
    EXPECT_SEEN(w->clinic.manager_value[c], 1.1);
    EXPECT_SEEN(w->clinic.setup_left[c], -1);
    EXPECT_SEEN(w->clinic.stage[c], STAGE_DISCONTINUED);
    fixture_free(&b.f);
}

/* ---- people and events ----------------------------------------------------------------------------------------------------------
 */

Test(world, a_person_has_her_own_ratings_and_the_clinics_for_the_rest)
{
    struct fixture f;
    struct person_setting person = { .fte = 1 };
    struct params p, clinic;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_rate(&f, FACTOR_nurse_experience, -2);
    fixture_rate(&f, FACTOR_isp, 1);
    fixture_begin(&f, 0, 0);
    for (int i = 0; i < NUM_FACTORS; i++)
        person.rating[i] = NAN;
    world_person_params(f.w, 0, NULL, &clinic);
    world_person_params(f.w, 0, &person, &p);
    cr_expect(memcmp(&p, &clinic, sizeof p) == 0, "nothing said of her");
    person.rating[FACTOR_nurse_experience] = 2;
    world_person_params(f.w, 0, &person, &p);
    cr_expect(p.competence_start > clinic.competence_start && p.isp_quality == clinic.isp_quality);
    fixture_free(&f);
}

Test(world, named_people_are_who_they_are)
{
    struct fixture f;
    named_people(&f);
    fixture_begin(&f, 0, 0);
    for (int c = 0; c < 2; c++) {
        int n = f.w->clinic.first_nurse[c], d = f.w->clinic.first_physician[c];
        cr_expect(f.w->nurse.fte[n] == 0.5 && f.w->nurse.fte[n + 1] == 1);
        cr_expect(f.w->nurse.post[n] == POST_PRESENT && f.w->nurse.post[n + 1] == POST_SICK);
        cr_expect(f.w->clinic.leader_nurse[c] == n + 1 && f.w->clinic.lead[c] == d + 1);
        cr_expect(f.w->physician.value[d + 1] > 0.8, "the lead's own rating of his stance");
    }
    fixture_free(&f);
}

Test(world, events_come_in_order_of_weeks_and_after_their_cause)
{
    struct fixture f;
    upheaval(&f);
    f.setting.horizon = 260;
    fixture_run(&f, 0, 0);
    cr_assert(f.record.num_events > 500);
    for (int64_t i = 0; i < f.record.num_events; i++) {
        const struct event *e = &f.record.event[i];
        cr_assert(e->cause < i && e->cause >= NONE, "event %ld caused by %ld", (long)i, (long)e->cause);
        cr_assert(i == 0 || e->week >= f.record.event[i - 1].week);
        cr_assert(e->clinic >= NONE && e->clinic < f.setting.num_clinics);
        cr_assert(e->kind >= 0 && e->kind < NUM_EVENT_KINDS && isfinite(e->value));
    }
    fixture_free(&f);
}

Test(world, no_events_are_kept_where_nobody_wants_them)
{
    struct fixture f;
    neutral(&f);
    f.setting.events = false;
    fixture_run(&f, 0, 0);
    cr_expect(f.record.num_events == 0);
    fixture_free(&f);
}

/* From the event that stopped a clinic one walks back to a rating or a shock. */
Test(world, what_stopped_a_clinic_has_a_chain_of_causes)
{
    struct fixture f;
    int stopped = 0;
    fixture_init(&f, 20, 4, 0, 1);
    fixture_rate(&f, FACTOR_medical_leadership, -2);
    fixture_run(&f, 0, 0);
    for (int64_t i = 0; i < f.record.num_events; i++) {
        int64_t at = i;
        if (f.record.event[i].kind != EVENT_discontinued)
            continue;
        stopped++;
        cr_expect(f.record.event[at].cause != NONE, "a stop without a cause");
        while (f.record.event[at].cause != NONE)
            at = f.record.event[at].cause;
        cr_expect(f.record.event[at].kind == EVENT_context || f.record.event[at].kind == EVENT_reorganization,
                  "the chain ends with %s", event_table[f.record.event[at].kind].id);
    }
    cr_expect(stopped > 0);
    fixture_free(&f);
}

/* ---- the programme's records --------------------------------------------------------------------------------------- */

/* Those ever enrolled have one each, a clinic's side by side; all others share one that nothing is written to. */
Test(world, only_who_was_enrolled_has_a_record)
{
    struct fixture f;
    int treated = 0;
    fixture_init(&f, 6, 2, 0, 1);
    fixture_begin(&f, 0, 0);
    fixture_weeks(&f, 80);
    const struct world *w = f.w;
    for (int c = 0; c < w->clinic.num; c++) {
        treated += w->clinic.num_treated[c];
        for (int k = 0; k < w->clinic.num_treated[c]; k++) {
            int i = w->treated[w->clinic.first_patient[c] + k];
            cr_expect(w->patient.care[i] == 1 + w->clinic.first_patient[c] + k);
            cr_expect(care_of(w, i)->enrol_week != NONE);
        }
    }
    for (int i = 0; i < w->patient.num; i++)
        treated -= w->patient.care[i] != 0;
    cr_expect(treated == 0);
    cr_expect(w->care[0].enrol_week == NONE && w->care[0].self_management == 0 && w->care[0].ed_year_usual == 0);
    fixture_free(&f);
}
