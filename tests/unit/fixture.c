#include "fixture.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(char **text, const char *value)
{
    size_t size = strlen(value) + 1;
    free(*text);
    *text = malloc(size);
    cr_assert(*text != NULL);
    memcpy(*text, value, size);
}

static void put_title(char *title[2], const char *value)
{
    put(&title[0], value);
    put(&title[1], value);
}

void fixture_name(struct fixture *f, int clinic, const char *id)
{
    struct clinic_setting *c = &f->setting.clinic[clinic];
    put(&c->id, id);
    put_title(c->title, id);
    c->place_key = random_place(id);
}

static void name_places(struct fixture *f)
{
    char id[32];
    for (int c = 0; c < f->setting.num_clinics; c++) {
        struct clinic_setting *clinic = &f->setting.clinic[c];
        snprintf(id, sizeof id, "clinic-%d", c);
        fixture_name(f, c, id);
        clinic->centre = c % f->setting.num_centres;
        clinic->community = clinic->market = 0;
        clinic->num_nurses = 3;
        clinic->num_physicians = 6;
    }
    for (int h = 0; h < f->setting.num_centres; h++) {
        snprintf(id, sizeof id, "centre-%d", h);
        put(&f->setting.centre[h].id, id);
        f->setting.centre[h].place_key = random_place(id);
        f->setting.centre[h].num_case_managers = 1;
    }
}

void fixture_init(struct fixture *f, int clinics, int centres, int strategies, int arms)
{
    char id[32];
    memset(f, 0, sizeof *f);
    cr_assert(setting_init(&f->setting, clinics, centres, strategies, arms, NULL) == 0);
    f->setting.horizon = 104;
    f->setting.num_communities = f->setting.num_markets = 1;
    f->setting.events = true;
    name_places(f);
    for (int s = 0; s < strategies; s++) {
        snprintf(id, sizeof id, "strategy-%d", s);
        put(&f->setting.strategy[s].id, id);
        put(&f->setting.strategy[s].eric, "");
        put_title(f->setting.strategy[s].title, id);
    }
    for (int a = 0; a < arms; a++) {
        snprintf(id, sizeof id, "arm-%d", a);
        put(&f->setting.arm[a].id, id);
        put_title(f->setting.arm[a].title, id);
        for (int s = 0; s < strategies; s++)
            f->setting.arm[a].on[s] = a == arms - 1;
    }
}

static void end_run(struct fixture *f)
{
    if (!f->drawn)
        return;
    simulation_free(&f->sim);
    record_free(&f->record);
    f->drawn = false;
}

void fixture_free(struct fixture *f)
{
    end_run(f);
    setting_free(&f->setting);
}

void fixture_param(struct fixture *f, enum param param, double value)
{
    for (int c = 0; c < f->setting.num_clinics; c++)
        params_set(&f->setting.clinic[c].base, param, value);
}

void fixture_rate(struct fixture *f, enum factor factor, double rating)
{
    for (int c = 0; c < f->setting.num_clinics; c++)
        f->setting.clinic[c].rating[factor] = rating;
}

struct strategy_setting *fixture_strategy(struct fixture *f, int s, int at, bool is_factor, int index,
                                          enum change_op op, double value)
{
    struct strategy_setting *strategy = &f->setting.strategy[s];
    strategy->at = at;
    strategy->until = strategy->watch = -1;
    strategy->succeeds = 1;
    free(strategy->where);
    free(strategy->change);
    strategy->where = malloc((size_t)f->setting.num_clinics * sizeof *strategy->where);
    strategy->change = malloc(sizeof *strategy->change);
    cr_assert(strategy->where != NULL && strategy->change != NULL);
    for (int c = 0; c < f->setting.num_clinics; c++)
        strategy->where[c] = true;
    *strategy->change = (struct change){ is_factor, index, op, value };
    strategy->num_changes = 1;
    return strategy;
}

void fixture_draw(struct fixture *f, uint32_t run)
{
    struct luck luck = { 1, run };
    end_run(f);
    f->drawn = true;
    cr_assert(simulation_init(&f->sim, &f->setting, luck, NULL, NULL) == 0);
    cr_assert(record_init(&f->record, &f->setting, true, NULL) == 0);
    cr_assert(simulation_usual_care(&f->sim, NULL) == 0);
    f->w = f->sim.world;
}

void fixture_begin(struct fixture *f, uint32_t run, int arm)
{
    fixture_draw(f, run);
    f->w->record = &f->record;
    cr_assert(world_reserve_events(f->w, NULL) == 0);
    world_start(f->w, arm, &f->record);
}

void fixture_weeks(struct fixture *f, int weeks)
{
    for (int i = 0; i < weeks; i++) {
        int line;
        cr_assert(world_reserve_events(f->w, NULL) == 0);
        simulation_step_week(f->w);
        line = world_verify(f->w);
        cr_assert(line == 0, "world.c:%d does not hold in week %d", line, f->w->week);
        f->w->week++;
    }
}

void fixture_run(struct fixture *f, uint32_t run, int arm)
{
    fixture_draw(f, run);
    cr_assert(simulation_arm(&f->sim, arm, &f->record, NULL) == 0);
}

double fixture_outcome(const struct fixture *f, int clinic, enum outcome outcome)
{
    int row = clinic < 0 ? f->setting.num_clinics : clinic;
    return f->record.outcome[(long)row * NUM_OUTCOMES + (int)outcome];
}

float fixture_series(const struct fixture *f, int clinic, int week, enum series series)
{
    return f->record.series[((long)clinic * f->record.horizon + week) * NUM_SERIES + (int)series];
}

static int clinic_of(const struct population *p, int patient)
{
    int clinic = 0;
    while (p->first[clinic + 1] <= patient)
        clinic++;
    return clinic;
}

struct use fixture_usual(const struct fixture *f, int patient, int t)
{
    const struct population *p = f->sim.population;
    return population_usual(p, clinic_of(p, patient), patient, t);
}

double fixture_usual_rate(const struct fixture *f, int patient, int t)
{
    const struct population *p = f->sim.population;
    struct risk_walk walk = { 0 };
    return population_rate(p, clinic_of(p, patient), patient, t, &walk);
}

struct use fixture_use(const struct fixture *f, int patient, int t, double visit_ratio, double admission_ratio)
{
    const struct population *p = f->sim.population;
    struct risk_walk walk = { 0 };
    return population_use(p, clinic_of(p, patient), patient, t, &walk, visit_ratio, admission_ratio);
}

bool fixture_same_use(struct use a, struct use b)
{
    return a.visits == b.visits && a.admissions == b.admissions && a.primary_care == b.primary_care;
}

double fixture_effect(const struct fixture *f, int patient)
{
    const struct world *w = f->w;
    int exit = care_of(w, patient)->exit_week;
    double half_life = w->clinic.now[w->patient.clinic[patient]].effect_half_life;
    return care_of(w, patient)->effect * (exit == NONE ? 1 : pow(0.5, (w->week - exit) / half_life));
}

void fixture_still(struct fixture *f)
{
    fixture_param(f, PARAM_nurse_turnover_rate, 0);
    fixture_param(f, PARAM_manager_turnover_rate, 0);
    fixture_param(f, PARAM_lead_turnover_rate, 0);
    fixture_param(f, PARAM_case_manager_turnover_rate, 0);
    fixture_param(f, PARAM_sick_leave_share, 0);
    fixture_param(f, PARAM_missing_at_start, 0);
    fixture_param(f, PARAM_reorganization_per_year, 0);
    fixture_param(f, PARAM_competing_share, 0);
    fixture_param(f, PARAM_training_sessions, 0);
    fixture_param(f, PARAM_coaching_hours, 0);
    fixture_param(f, PARAM_stop_level, -20);
}
