/* No parameter is idle: from the low to the high end of its plausible range some outcome moves, on the same luck.
 * What is drawn for table 1 of [003] alone, and what acts before a run, is named here and must move nothing: a label
 * that begins to act, or a parameter that stops acting, is found either way.
 *
 * Nor is a parameter idle that a strategy changes once the run has begun: from the least to the most a user may write it
 * moves something, or scenarios that let a strategy change it are refused (population_draws_on, world_starts_on). */
#include <criterion/criterion.h>
#include <string.h>

#include "sim/model/population.h"
#include "tests/unit/fixture.h"

enum { CLINICS = 4, WEEKS = 104 };

static const int label[] = {
    PARAM_male,
    PARAM_arthritis,
    PARAM_overweight,
    PARAM_back_pain,       /* printed in table 1, act on nothing */
    PARAM_place_proximity, /* of the scenario's draw */
    PARAM_beta_spread,     /* of the draw, before the run */
};

/* Regions where everything can happen: 0 neutral, 1 leaders against and few nurses, 2 patients who miss and get worse,
 * nurses with all the time there is, 3 nurses who lose heart. All have reorganisations, departures, few partners. */
enum { SCENES = 4, TRIES = 4 * SCENES };

static void scene(struct fixture *f, int number, int strategies)
{
    fixture_init(f, CLINICS, 2, strategies, 1);
    f->setting.horizon = WEEKS;
    fixture_param(f, PARAM_reorganization_per_year, 1);
    fixture_param(f, PARAM_nurse_turnover_rate, 0.4);
    fixture_param(f, PARAM_partner_places, 3);
    fixture_param(f, PARAM_coordinator_hours, 10);
    if (number == 1) {
        fixture_rate(f, FACTOR_medical_leadership, -1.5);
        fixture_rate(f, FACTOR_nursing_capacity, -2);
    }
    if (number == 3) {
        fixture_rate(f, FACTOR_professional_engagement, -2);
        fixture_rate(f, FACTOR_nursing_capacity, -2);
        fixture_param(f, PARAM_stop_level, -1);
        fixture_param(f, PARAM_stop_from_engagement, 3);
    }
    if (number == 2) {
        fixture_param(f, PARAM_missed_share, 0.6);
        fixture_param(f, PARAM_protected_share, 0.5);
        fixture_param(f, PARAM_secular_integration, -8);
        fixture_param(f, PARAM_secular_distress, 8);
    }
}

struct seen { /* of a run: outcomes, events and what they are put down to */
    double outcome[NUM_OUTCOMES], events;
};

static struct seen seen_of(const struct fixture *f)
{
    struct seen seen = { .events = 0 };
    memcpy(seen.outcome, f->record.outcome + (long)CLINICS * NUM_OUTCOMES, sizeof seen.outcome);
    for (int64_t i = 0; i < f->record.num_events; i++)
        seen.events += (double)(i + 1) * (double)(f->record.event[i].cause + 2);
    return seen;
}

static bool differs(struct seen a, struct seen b)
{
    return memcmp(&a, &b, sizeof a) != 0;
}

static struct seen run_at(int param, double value, int number)
{
    struct fixture f;
    struct seen seen;
    scene(&f, number % SCENES, 0);
    fixture_param(&f, (enum param)param, value);
    fixture_run(&f, (uint32_t)number, 0);
    seen = seen_of(&f);
    fixture_free(&f);
    return seen;
}

static bool acts(int param)
{
    for (int number = 0; number < TRIES; number++) {
        if (differs(run_at(param, param_table[param].low, number), run_at(param, param_table[param].high, number)))
            return true;
    }
    return false;
}

static bool is_label(int param)
{
    for (size_t i = 0; i < sizeof label / sizeof *label; i++)
        if (label[i] == param)
            return true;
    return false;
}

Test(parameters, none_is_idle_but_labels)
{
    for (int i = 0; i < NUM_PARAMS; i++)
        cr_expect(acts(i) != is_label(i), "%s %s", param_table[i].id,
                  is_label(i) ? "is a label, yet acts" : "acts on nothing");
}

/* ---- once the run has begun -------------------------------------------------------------------------------------- */

enum { STRATEGY_WEEK = 8 };

/* Drawn once, run again and again under one strategy. */
static void late_scene(struct fixture *f, int number)
{
    scene(f, number % SCENES, 1);
    fixture_strategy(f, 0, STRATEGY_WEEK, false, 0, CHANGE_SET, 0);
    fixture_draw(f, (uint32_t)number);
}

static struct seen run_with(struct fixture *f, int param, double value)
{
    *f->setting.strategy[0].change = (struct change){ false, param, CHANGE_SET, value };
    cr_assert(simulation_arm(&f->sim, 0, &f->record, NULL) == 0);
    return seen_of(f);
}

Test(parameters, none_is_idle_in_a_strategy_but_those_it_is_refused)
{
    struct fixture f;
    bool moves[NUM_PARAMS] = { false };
    for (int number = 0; number < TRIES; number++) {
        late_scene(&f, number);
        for (int i = 0; i < NUM_PARAMS; i++)
            if (!moves[i])
                moves[i] = differs(run_with(&f, i, param_table[i].min), run_with(&f, i, param_table[i].max));
        fixture_free(&f);
    }
    for (int i = 0; i < NUM_PARAMS; i++)
        cr_expect(moves[i] != (population_draws_on(i) || world_starts_on(i)), "%s %s", param_table[i].id,
                  moves[i] ? "is refused to strategies, yet acts" : "is open to strategies, and acts on nothing");
}
