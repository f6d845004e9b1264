#include "coordinator.h"

#include "provider.h"

static bool has_her(const struct world *w, int c)
{
    return w->clinic.now[c].coordinator_hours > 0;
}

static double need_of(const struct world *w, int c)
{
    if (!clinic_runs(w, c) || !has_her(w, c))
        return 0;
    return w->clinic.start_up_week[c] == NONE ? w->clinic.now[c].start_up_demand : 1;
}

/* Her post is the project's: what the clinics that have her say of it, on average. */
struct terms {
    double paid;         /* h/week, for all of them together; 0: there is no post */
    double leaves, fill; /* chance a week that she leaves; that a vacant post is filled */
};

static struct terms project_terms(const struct world *w)
{
    struct terms t = { 0 };
    int num = 0;
    for (int c = 0; c < w->clinic.num; c++)
        num += has_her(w, c);
    for (int c = 0; c < w->clinic.num; c++) {
        const struct params *p = &w->clinic.now[c];
        if (!has_her(w, c))
            continue;
        t.paid += p->coordinator_hours / num;
        t.leaves += p->coordinator_turnover_rate / WEEKS_PER_YEAR / num;
        t.fill += 1 / p->time_to_fill / num;
    }
    return t;
}

static double count_demand(const struct world *w)
{
    double demand = 0;
    for (int c = 0; c < w->clinic.num; c++)
        demand += need_of(w, c);
    return demand;
}

static void leaves(struct world *w)
{
    double tie = 0;
    for (int c = 0; c < w->clinic.num; c++) {
        tie += w->clinic.tie_coordinator[c] / w->clinic.num;
        w->clinic.tie_coordinator[c] = 0;
    }
    w->coordinator.vacant = 1;
    w->coordinator.since = w->week;
    w->coordinator.event = world_event(w, NONE, EVENT_coordinator_left, NONE, tie, NONE);
}

static void comes(struct world *w)
{
    w->coordinator.vacant = 0;
    w->coordinator.event =
        world_event(w, NONE, EVENT_coordinator_hired, NONE, w->week - w->coordinator.since, w->coordinator.event);
}

static void come_and_go(struct world *w, const struct terms *t)
{
    struct words u = random_words(w->luck, random_entity(0, ENTITY_COORDINATOR), w->week, STREAM_LEADER, 0);
    if (!w->coordinator.vacant && random_uniform_of(u.w[0]) < t->leaves)
        leaves(w);
    else if (w->coordinator.vacant && random_uniform_of(u.w[1]) < t->fill)
        comes(w);
}

static void visit(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double share = w->coordinator.demand > 0 ? need_of(w, c) / w->coordinator.demand : 0;
    w->clinic.coordinator_hours[c] = share * w->coordinator.hours;
    w->clinic.tie_coordinator[c] =
        provider_tie_after(w->clinic.tie_coordinator[c], p, w->clinic.coordinator_hours[c] / w->clinic.num_nurses[c]);
    w->clinic.programme_cost[c] += w->clinic.coordinator_hours[c] * p->nurse_hour_cost;
}

void coordinator_week(struct world *w)
{
    struct terms t = project_terms(w);
    w->coordinator.demand = count_demand(w);
    if (t.paid > 0)
        come_and_go(w, &t);
    w->coordinator.hours = w->coordinator.vacant ? 0 : t.paid;
    for (int c = 0; c < w->clinic.num; c++)
        visit(w, c);
}

double coordinator_worth(const struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    return p->coordinator_skill *
           (p->coached_without_tie + (1 - p->coached_without_tie) * w->clinic.tie_coordinator[c]);
}

double coordinator_relevance(const struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double hours = w->clinic.coordinator_hours[c];
    double made_up = hours / (hours + p->coordinator_half) * coordinator_worth(w, c);
    return p->relevance + (1 - p->relevance) * made_up;
}
