#include "organizational.h"

#include <math.h>

#include "professional.h"

/* ---- nurses come and go ------------------------------------------------------------------------------------------ */

/* Vacancies of the market above its usual ones: everybody looks for the same nurses. */
static double market_shortage(const struct world *w, int c)
{
    int m = w->setting->clinic[c].market;
    double share = w->market_sum[2 * m + 1] > 0 ? w->market_sum[2 * m] / w->market_sum[2 * m + 1] : 0;
    double excess = share - w->clinic.now[c].normal_vacancy;
    return excess > 0 ? excess : 0;
}

/* The labour market of last week: every clinic hires from it this week. */
static void count_markets(struct world *w)
{
    for (int m = 0; m < 2 * w->setting->num_markets; m++)
        w->market_sum[m] = 0;
    for (int n = 0; n < w->nurse.num; n++) {
        int m = w->setting->clinic[w->nurse.clinic[n]].market;
        w->market_sum[2 * m] += w->nurse.post[n] == POST_VACANT;
        w->market_sum[2 * m + 1] += 1;
    }
}

/* What somebody new brings: the clinic's share, more or less. */
static double newcomer(const struct params *p, double share, uint32_t word)
{
    double z = p->personal_spread * random_normal_of(random_uniform_of(word));
    return param_from_scale(KIND_LOGIT, param_to_scale(KIND_LOGIT, share) + z);
}

/* Why somebody leaves or falls ill: the reorganisation that runs, the overload if she was strained, else how this clinic is. */
static int64_t staff_cause(const struct world *w, int c, int n, int64_t otherwise)
{
    if (clinic_reorganizing(w, c))
        return clinic_shock(w, c);
    if (w->nurse.strain[n] > w->clinic.now[c].strain_seen && w->clinic.staff_event[c] != NONE)
        return w->clinic.staff_event[c];
    return otherwise;
}

/* While somebody is missing the others carry the load. */
static void somebody_missing(struct world *w, int c, int64_t event)
{
    w->clinic.staff_event[c] = event;
}

static void all_there_again(struct world *w, int c)
{
    FOR_EACH_NURSE (n, w, c)
        if (!nurse_works(w, n))
            return;
    w->clinic.staff_event[c] = NONE;
}

/* A departure takes skill and ties along; patients lose their case manager (innovation.c finds them another). */
static void nurse_leaves(struct world *w, int c, int n)
{
    int64_t cause = staff_cause(w, c, n, w->clinic.turnover_event[c]);
    w->nurse.event[n] =
        world_event(w, c, EVENT_nurse_left, n - w->clinic.first_nurse[c], w->nurse.competence[n], cause);
    w->nurse.post[n] = POST_VACANT;
    w->nurse.since[n] = w->week;
    somebody_missing(w, c, w->nurse.event[n]);
    tally_add(w, c, OUTCOME_nurse_turnover, 1, 0);
    tally_add(w, c, OUTCOME_turnover_cost, w->clinic.now[c].turnover_cost, 0);
}

static void nurse_comes(struct world *w, int c, int n)
{
    const struct params *p = &w->clinic.now[c];
    struct words u = random_words(w->luck, nurse_entity(w, n), w->week + 1, STREAM_STAFF_START, 0);
    struct words v = random_words(w->luck, nurse_entity(w, n), w->week + 1, STREAM_STAFF_START, 1);
    w->nurse.event[n] = world_event(w, c, EVENT_nurse_hired, n - w->clinic.first_nurse[c], w->week - w->nurse.since[n],
                                    w->nurse.event[n]);
    w->nurse.post[n] = POST_PRESENT;
    w->nurse.since[n] = w->nurse.hired[n] = w->week;
    w->nurse.competence[n] = newcomer(p, p->competence_start, u.w[0]);
    w->nurse.knowledge[n] = newcomer(p, p->service_knowledge_start, u.w[1]);
    w->nurse.comfort[n] = newcomer(p, p->isp_comfort_start, u.w[2]);
    w->nurse.engagement[n] = newcomer(p, p->engagement_start, u.w[3]);
    w->nurse.temperament[n] = param_to_scale(KIND_LOGIT, w->nurse.engagement[n]);
    w->nurse.value[n] = value_within(p->nurse_value_start + p->value_spread * p->personal_spread *
                                                                random_normal_of(random_uniform_of(v.w[0])));
    w->nurse.leadership[n] = 0;
    w->nurse.strain[n] = 0;
    w->nurse.tie_manager[n] = p->tie_nurses_start * p->newcomer_manager_tie;
    w->nurse.tie_team[n] = p->team_tie_start * p->newcomer_team_tie;
    w->clinic.tie_coordinator[c] *= 1 - 1.0 / w->clinic.num_nurses[c]; /* the part of it that she who left had */
    w->nurse.worked[n] = w->nurse.coaching[n] = w->nurse.hours[n] = 0;
    w->nurse.delivered[n] = 0;
    if (clinic_runs(w, c))
        tally_add(w, c, OUTCOME_adoption, 0, 1);
    all_there_again(w, c);
}

static void nurse_falls_ill(struct world *w, int c, int n)
{
    int64_t cause = staff_cause(w, c, n, w->cause[c * NUM_SUPPORTS + SUPPORT_OVERLOAD]);
    w->nurse.event[n] = world_event(w, c, EVENT_sick, n - w->clinic.first_nurse[c], w->nurse.strain[n], cause);
    w->nurse.post[n] = POST_SICK;
    w->nurse.since[n] = w->week;
    somebody_missing(w, c, w->nurse.event[n]);
}

static void nurse_returns(struct world *w, int c, int n)
{
    w->nurse.event[n] = world_event(w, c, EVENT_back, n - w->clinic.first_nurse[c], 0, w->nurse.event[n]);
    w->nurse.post[n] = POST_PRESENT;
    w->nurse.since[n] = w->week;
    all_there_again(w, c);
}

static double leave_hazard(const struct world *w, int c, int n)
{
    const struct params *p = &w->clinic.now[c];
    double coached = w->nurse.coaching[n] / (w->nurse.coaching[n] + p->coaching_half);
    double hazard = p->nurse_turnover_rate / WEEKS_PER_YEAR * (1 - (1 - p->leave_from_coaching) * coached);
    if (w->nurse.strain[n] > 0.001)
        hazard *= exp(p->leave_from_strain * w->nurse.strain[n]);
    return clinic_reorganizing(w, c) ? hazard * p->leave_from_reorganization : hazard;
}

static double sick_hazard(const struct world *w, int c, int n)
{
    const struct params *p = &w->clinic.now[c];
    double hazard = p->sick_leave_share / (1 - p->sick_leave_share) / p->sick_leave_weeks;
    return w->nurse.strain[n] > 0.001 ? hazard * exp(p->sick_from_strain * w->nurse.strain[n]) : hazard;
}

static void post_week(struct world *w, int c, int n)
{
    const struct params *p = &w->clinic.now[c];
    struct words u = random_words(w->luck, nurse_entity(w, n), w->week, STREAM_STAFF, 0);
    double fill = 1 / (p->time_to_fill * (1 + p->market_pressure * market_shortage(w, c)));
    switch ((enum post)w->nurse.post[n]) {
    case POST_VACANT:
        if (random_uniform_of(u.w[2]) < fill)
            nurse_comes(w, c, n);
        break;
    case POST_SICK:
        if (random_uniform_of(u.w[0]) < leave_hazard(w, c, n))
            nurse_leaves(w, c, n);
        else if (random_uniform_of(u.w[3]) < 1 / p->sick_leave_weeks)
            nurse_returns(w, c, n);
        break;
    case POST_PRESENT:
        if (random_uniform_of(u.w[0]) < leave_hazard(w, c, n))
            nurse_leaves(w, c, n);
        else if (random_uniform_of(u.w[1]) < sick_hazard(w, c, n))
            nurse_falls_ill(w, c, n);
        break;
    }
}

/* Somebody else takes the lead among nurses when the one who led is gone: the most engaged present, with less of it. */
static void pass_nurse_lead(struct world *w, int c)
{
    int leader = w->clinic.leader_nurse[c], best = NONE;
    if (w->nurse.post[leader] != POST_VACANT)
        return;
    FOR_EACH_NURSE (n, w, c)
        if (nurse_works(w, n) && (best == NONE || w->nurse.engagement[n] > w->nurse.engagement[best]))
            best = n;
    if (best != NONE) {
        w->clinic.leader_nurse[c] = best;
        double own = param_table[PARAM_nurse_leader_start].value * w->nurse.engagement[best];
        w->nurse.leadership[best] = own > w->nurse.leadership[best] ? own : w->nurse.leadership[best];
    }
}

/* ---- leaders change ---------------------------------------------------------------------------------------------- */

/* Whoever comes is as likely for it as against. */
static double newcomer_value(const struct params *p, uint32_t word)
{
    return value_within(p->new_leader_value + p->new_leader_spread * random_normal_of(random_uniform_of(word)));
}

static void new_lead_physician(struct world *w, int c, uint32_t word)
{
    int64_t *cause = &w->cause[c * NUM_SUPPORTS + SUPPORT_LEAD];
    int f = w->clinic.lead[c];
    w->physician.value[f] = newcomer_value(&w->clinic.now[c], word);
    w->physician.tie_manager[f] *= w->clinic.now[c].newcomer_manager_tie;
    *cause = world_event(w, c, EVENT_lead_left, NONE, stance_of(w->physician.value[f]), *cause);
}

static void new_manager(struct world *w, int c, uint32_t word)
{
    int64_t *cause = &w->cause[c * NUM_SUPPORTS + SUPPORT_MANAGER];
    w->clinic.manager_value[c] = newcomer_value(&w->clinic.now[c], word);
    *cause = world_event(w, c, EVENT_manager_left, NONE, stance_of(w->clinic.manager_value[c]), *cause);
}

static void leaders_week(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    struct words u = random_words(w->luck, clinic_entity(w, c, ENTITY_CLINIC), w->week, STREAM_LEADER, 0);
    if (random_uniform_of(u.w[0]) < p->lead_turnover_rate / WEEKS_PER_YEAR)
        new_lead_physician(w, c, u.w[1]);
    if (random_uniform_of(u.w[2]) < p->manager_turnover_rate / WEEKS_PER_YEAR)
        new_manager(w, c, u.w[3]);
}

/* One of the centre's case managers is gone: her share of the ties with every clinic goes with her. */
static void forget_case_manager(struct world *w, int h)
{
    for (int c = 0; c < w->clinic.num; c++)
        if (w->clinic.centre[c] == h) {
            double kept = 1 - (1 - w->clinic.now[c].newcomer_manager_tie) / w->centre.num_managers[h];
            FOR_EACH_NURSE (n, w, c)
                w->nurse.tie_manager[n] *= kept;
            FOR_EACH_PHYSICIAN (f, w, c)
                w->physician.tie_manager[f] *= kept;
        }
}

static void case_manager_leaves(struct world *w, int h)
{
    w->centre.manager_event[h] = world_event(w, NONE, EVENT_case_manager_left, h, w->centre.skill[h], NONE);
    w->centre.managers[h]--;
    forget_case_manager(w, h);
}

static void case_manager_comes(struct world *w, int h, struct words u)
{
    double skill = 0, leadership = 0;
    int present = ++w->centre.managers[h];
    for (int c = 0; c < w->clinic.num; c++)
        if (w->clinic.centre[c] == h) {
            const struct params *p = &w->clinic.now[c];
            skill += newcomer(p, p->case_manager_skill_start, u.w[2]) / w->centre.num_clinics[h];
            leadership += newcomer(p, p->case_manager_leadership_start, u.w[3]) / w->centre.num_clinics[h];
        }
    w->centre.skill[h] += (skill - w->centre.skill[h]) / present;
    w->centre.leadership[h] += (leadership - w->centre.leadership[h]) / present;
    w->centre.manager_event[h] = world_event(w, NONE, EVENT_case_manager_hired, h, skill, w->centre.manager_event[h]);
}

/* As in week 0: what a centre's clinics say of their case managers is averaged. */
static void average_case_managers(struct world *w)
{
    for (int h = 0; h < w->centre.num; h++)
        w->centre.manager_leaves[h] = w->centre.manager_comes[h] = 0;
    for (int c = 0; c < w->clinic.num; c++) {
        const struct params *p = &w->clinic.now[c];
        int h = w->clinic.centre[c];
        w->centre.manager_leaves[h] += p->case_manager_turnover_rate / WEEKS_PER_YEAR / w->centre.num_clinics[h];
        w->centre.manager_comes[h] += 1 / p->time_to_fill / w->centre.num_clinics[h];
    }
}

/* Posts of the centre are alike: the first `managers` are filled, the others vacant. */
static void case_managers_week(struct world *w, int h)
{
    int present = w->centre.managers[h];
    for (int i = 0; i < w->centre.num_managers[h]; i++) {
        uint64_t entity = random_entity(w->setting->centre[h].place_key, 1U + (uint32_t)i);
        struct words u = random_words(w->luck, entity, w->week, STREAM_LEADER, 0);
        if (i < present && random_uniform_of(u.w[0]) < w->centre.manager_leaves[h])
            case_manager_leaves(w, h);
        else if (i >= present && random_uniform_of(u.w[1]) < w->centre.manager_comes[h])
            case_manager_comes(w, h, u);
    }
}

/* ---- meetings, climate, hours ------------------------------------------------------------------------------------ */

static void meet(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    struct words u = random_words(w->luck, clinic_entity(w, c, ENTITY_CLINIC), w->week, STREAM_MEETING, 0);
    double held = p->meetings_per_month / WEEKS_PER_MONTH * (1 - p->conflict_share);
    if (clinic_reorganizing(w, c))
        held *= 1 - p->reorganization_distraction;
    w->clinic.meeting_held[c] = random_uniform_of(u.w[0]) < held;
    if (w->clinic.meeting_held[c] && !w->clinic.team_met[c]) {
        w->clinic.team_met[c] = 1;
        world_event(w, c, EVENT_team_met, NONE, 0, NONE);
    }
    w->clinic.meetings[c] += (w->clinic.meeting_held[c] - w->clinic.meetings[c]) / p->meeting_memory;
    if (clinic_runs(w, c))
        tally_add(w, c, OUTCOME_meetings_held, w->clinic.meeting_held[c], 1 / WEEKS_PER_MONTH);
}

static double leaders_stance(const struct world *w, int c)
{
    double lead = w->clinic.now[c].lead_weight;
    return lead * stance_of(w->physician.value[w->clinic.lead[c]]) + (1 - lead) * stance_of(w->clinic.manager_value[c]);
}

static void move_climate(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double met = p->climate_from_meetings * (w->clinic.meetings[c] / p->usual_meetings - 1);
    double target = clamp(p->climate_start + p->climate_from_leadership * leaders_stance(w, c) + met, 0, 1);
    w->clinic.climate[c] += p->climate_rate * (target - w->clinic.climate[c]);
}

static double clinic_share(const struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double others = p->competing_share * exp2(-w->week / p->competing_half_life);
    double share = p->protected_share * (1 - p->diverted_share) * (1 - others);
    return clinic_reorganizing(w, c) ? share * (1 - p->reorganization_distraction) : share;
}

static void release_hours(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double support = p->hours_from_stance * leaders_stance(w, c) +
                     p->hours_from_climate * (w->clinic.climate[c] - param_table[PARAM_climate_start].value);
    double share = clinic_share(w, c), usual = param_table[PARAM_engagement_start].value, sum = 0;
    FOR_EACH_NURSE (n, w, c) {
        double own = share * exp(support + p->hours_from_engagement * (w->nurse.engagement[n] - usual));
        double hours = NURSE_WEEK_HOURS * w->nurse.fte[n] * (own < p->most_hours ? own : p->most_hours) -
                       w->clinic.strategy_hours[c];
        double owed = w->nurse.hours[n] < 0 ? w->nurse.hours[n] : 0; /* a task begun last week is paid back first */
        hours = nurse_works(w, n) && hours > 0 ? hours : 0;
        w->nurse.hours[n] = owed + hours;
        sum += hours;
    }
    w->clinic.hours_available[c] = sum;
}

void organizational_step(struct world *w)
{
    count_markets(w);
    for (int n = 0; n < w->nurse.num; n++)
        post_week(w, w->nurse.clinic[n], n);
    for (int c = 0; c < w->clinic.num; c++) {
        pass_nurse_lead(w, c);
        leaders_week(w, c);
        professional_turnover(w, c);
        meet(w, c);
        move_climate(w, c);
    }
    average_case_managers(w);
    for (int h = 0; h < w->centre.num; h++)
        if (w->centre.num_clinics[h] > 0)
            case_managers_week(w, h);
    for (int c = 0; c < w->clinic.num; c++)
        release_hours(w, c);
}
