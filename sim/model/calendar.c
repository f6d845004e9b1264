#include "calendar.h"

#include <math.h>
#include <string.h>

#include "outcomes.h"

/* ---- parameters in force ----------------------------------------------------------------------------------------- */

static struct strategy_state *state_of(struct world *w, int s, int c)
{
    return &w->strategy[(long)s * w->clinic.num + c];
}

static void rate_clinic(struct world *w, int c, const struct change *change, int times)
{
    double *rating = &w->rating[(long)c * NUM_FACTORS + change->index];
    *rating = clamp(change->op == CHANGE_SET ? change->value : *rating + change->value * times, -2, 2);
}

/* From the setting anew, then every strategy in effect: what it does to ratings, in the order of the scenario, before what
 * they act on; a parameter it sets or adds to is meant as it will be, whatever the ratings (world_person_params). */
static void put_in_force(struct world *w, int c)
{
    memcpy(&w->rating[(long)c * NUM_FACTORS], w->setting->clinic[c].rating, sizeof w->setting->clinic[c].rating);
    for (int s = 0; s < w->setting->num_strategies; s++)
        if (state_of(w, s, c)->in_effect)
            for (int i = 0; i < w->setting->strategy[s].num_changes; i++)
                if (w->setting->strategy[s].change[i].is_factor)
                    rate_clinic(w, c, &w->setting->strategy[s].change[i], state_of(w, s, c)->applied);
    world_params(w, c, &w->rating[(long)c * NUM_FACTORS], &w->clinic.now[c]);
}

/* ---- states that parameters only start --------------------------------------------------------------------------- */

static void shift(double *state, double change)
{
    *state = clamp(*state + change, 0, 1);
}

#define NURSE_STATES(X)                                                                                                \
    X(competence_start, competence)                                                                                    \
    X(service_knowledge_start, knowledge)                                                                              \
    X(isp_comfort_start, comfort)                                                                                      \
    X(nurse_value_start, value)                                                                                        \
    X(tie_nurses_start, tie_manager)                                                                                   \
    X(team_tie_start, tie_team)

static void shift_nurses(struct world *w, int c, const struct params *old)
{
    const struct params *now = &w->clinic.now[c];
    double temper =
        param_to_scale(KIND_LOGIT, now->engagement_start) - param_to_scale(KIND_LOGIT, old->engagement_start);
    FOR_EACH_NURSE (n, w, c) {
#define SHIFT(param, column) shift(&w->nurse.column[n], now->param - old->param);
        NURSE_STATES(SHIFT)
#undef SHIFT
        w->nurse.temperament[n] += temper;
        shift(&w->nurse.engagement[n], now->engagement_start - old->engagement_start);
    }
    shift(&w->nurse.leadership[w->clinic.leader_nurse[c]], now->nurse_leader_start - old->nurse_leader_start);
}

static void shift_professionals(struct world *w, int c, const struct params *old)
{
    const struct params *now = &w->clinic.now[c];
    FOR_EACH_PROFESSIONAL (q, w, c) {
        w->professional.temperament[q] +=
            param_to_scale(KIND_LOGIT, now->engagement_start) - param_to_scale(KIND_LOGIT, old->engagement_start);
        shift(&w->professional.engagement[q], now->engagement_start - old->engagement_start);
        shift(&w->professional.value[q], now->nurse_value_start - old->nurse_value_start);
        shift(&w->professional.tie_team[q], now->team_tie_start - old->team_tie_start);
    }
}

static void shift_others(struct world *w, int c, const struct params *old)
{
    const struct params *now = &w->clinic.now[c];
    int h = w->clinic.centre[c], lead = w->clinic.lead[c];
    FOR_EACH_PHYSICIAN (f, w, c) {
        shift(&w->physician.value[f], f == lead ? now->lead_value_start - old->lead_value_start
                                                : now->physician_value_start - old->physician_value_start);
        shift(&w->physician.tie_manager[f], now->tie_physicians_start - old->tie_physicians_start);
    }
    shift(&w->clinic.manager_value[c], now->manager_value_start - old->manager_value_start);
    shift(&w->centre.skill[h],
          (now->case_manager_skill_start - old->case_manager_skill_start) / w->centre.num_clinics[h]);
    shift(&w->centre.leadership[h],
          (now->case_manager_leadership_start - old->case_manager_leadership_start) / w->centre.num_clinics[h]);
    w->clinic.setup_left[c] *= old->start_up_hours > 0 ? now->start_up_hours / old->start_up_hours : 1;
    if (now->training_sessions == 0)
        w->clinic.trained[c] = 1;
    else if (w->clinic.sessions_held[c] == 0)
        w->clinic.trained[c] = 0;
}

/* ---- when -------------------------------------------------------------------------------------------------------- */

static void watch(struct world *w, const struct strategy_setting *s, struct strategy_state *state, int c)
{
    double value = outcomes_series(w, c, (enum series)s->watch);
    bool holds = s->watch_below ? value < s->threshold : value > s->threshold;
    state->streak = holds ? state->streak + 1 : 0;
    if (state->streak >= s->for_weeks)
        state->due = w->week + (int)ceil(s->delay_weeks);
}

static bool succeeds(const struct world *w, int s, int c)
{
    uint32_t own = (uint32_t)(random_hash(w->setting->strategy[s].id) & 0xfffffU); /* not its place in the list */
    uint64_t entity = clinic_entity(w, c, ENTITY_STRATEGY + own);
    return random_uniform(w->luck, entity, 0, STREAM_STRATEGY) < w->setting->strategy[s].succeeds;
}

static bool take_effect(struct world *w, int s, int c)
{
    const struct strategy_setting *strategy = &w->setting->strategy[s];
    struct strategy_state *state = state_of(w, s, c);
    bool works = succeeds(w, s, c);
    world_event(w, c, EVENT_strategy, s, works, NONE);
    w->clinic.strategy_cost[c] += strategy->cost_once;
    state->due = strategy->every_weeks > 0 ? w->week + strategy->every_weeks : NONE;
    state->done = strategy->every_weeks <= 0;
    state->in_effect = works;
    state->applied += works;
    return works;
}

static bool begin_if_due(struct world *w, int s, int c)
{
    const struct strategy_setting *strategy = &w->setting->strategy[s];
    struct strategy_state *state = state_of(w, s, c);
    if (state->done || !clinic_runs(w, c))
        return false;
    if (state->due == NONE && strategy->at < 0 && strategy->watch >= 0 && w->week > 0)
        watch(w, strategy, state, c);
    return state->due != NONE && w->week >= state->due && take_effect(w, s, c);
}

/* True when the clinic's parameters must be put in force anew. A strategy ends at its date in a clinic that has stopped too:
 * what it did to the centre is taken back. */
static bool strategy_week(struct world *w, int s, int c)
{
    const struct strategy_setting *strategy = &w->setting->strategy[s];
    struct strategy_state *state = state_of(w, s, c);
    bool ended = strategy->until >= 0 && w->week >= strategy->until && state->in_effect, begun;
    if (w->week == 0 && strategy->at >= 0)
        state->due = strategy->at + (int)ceil(strategy->delay_weeks);
    if (strategy->until >= 0 && w->week >= strategy->until) {
        state->in_effect = 0;
        state->done = 1;
    }
    begun = begin_if_due(w, s, c);
    if (state->in_effect && clinic_runs(w, c)) {
        w->clinic.strategy_cost[c] += strategy->cost_per_week;
        w->clinic.strategy_hours[c] += strategy->nurse_hours;
    }
    return ended || begun;
}

void calendar_step(struct world *w)
{
    const struct arm_setting *arm = &w->setting->arm[w->arm];
    for (int c = 0; c < w->clinic.num; c++) {
        bool changed = false;
        w->clinic.strategy_cost[c] = w->clinic.strategy_hours[c] = 0;
        for (int s = 0; s < w->setting->num_strategies; s++)
            if (arm->on[s] && w->setting->strategy[s].where[c])
                changed |= strategy_week(w, s, c);
        w->clinic.programme_cost[c] = 0; /* after the triggers, which watch last week's */
        if (changed) {
            struct params old = w->clinic.now[c];
            put_in_force(w, c);
            shift_nurses(w, c, &old);
            shift_others(w, c, &old);
            shift_professionals(w, c, &old);
        }
    }
}
