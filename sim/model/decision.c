#include "decision.h"

#include <math.h>

#include "programme.h"

/* The parts of D, each less what a neutral clinic has. */
static void support_parts(const struct world *w, int c, double part[NUM_SUPPORTS])
{
    const struct params *p = &w->clinic.now[c];
    double usual = param_table[PARAM_engagement_start].value;
    part[SUPPORT_LEAD] = p->stop_from_lead * stance_of(w->physician.value[w->clinic.lead[c]]);
    part[SUPPORT_MANAGER] = p->stop_from_manager * stance_of(w->clinic.manager_value[c]);
    part[SUPPORT_ENGAGEMENT] = p->stop_from_engagement * (world_mean_at_work(w, c, w->nurse.engagement) - usual);
    part[SUPPORT_OVERLOAD] = -p->stop_from_overload * w->clinic.overload[c];
}

/* The part whose loss weighs most; NONE when none weighs enough, and the stop is chance. */
static int weakest(const double part[NUM_SUPPORTS], double enough)
{
    int least = 0;
    for (int i = 1; i < NUM_SUPPORTS; i++)
        if (part[i] < part[least])
            least = i;
    return part[least] < -enough ? least : NONE;
}

static void stop(struct world *w, int c, double support, int why)
{
    w->clinic.stage[c] = STAGE_DISCONTINUED;
    w->clinic.stop_week[c] = w->week;
    w->clinic.last_event[c] =
        world_event(w, c, EVENT_discontinued, why, support, why != NONE ? w->cause[c * NUM_SUPPORTS + why] : NONE);
    programme_close(w, c);
}

static void decide(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double part[NUM_SUPPORTS], chance;
    double support = param_table[PARAM_engagement_start].value * p->stop_from_engagement;
    double u = random_uniform(w->luck, clinic_entity(w, c, ENTITY_CLINIC), w->week, STREAM_DECISION);
    support_parts(w, c, part);
    for (int i = 0; i < NUM_SUPPORTS; i++)
        support += part[i];
    chance = 1 / (1 + exp(-(p->stop_level - p->stop_slope * (support - p->stop_centre))));
    w->clinic.stop_chance[c] = chance;
    if (u < 1 - pow(1 - chance, p->decision_every / WEEKS_PER_MONTH))
        stop(w, c, support, weakest(part, p->negative_part));
}

static void count_nobody(struct world *w, int c)
{
    w->clinic.nobody_weeks[c] = programme_free_nurse(w, c) == NONE ? w->clinic.nobody_weeks[c] + 1 : 0;
    if (w->clinic.nobody_weeks[c] < LAPSE_WEEKS)
        return;
    w->clinic.stage[c] = STAGE_LAPSED;
    w->clinic.lapse_week[c] = w->week;
    w->clinic.last_event[c] =
        world_event(w, c, EVENT_lapsed, NONE, w->clinic.nobody_weeks[c], w->clinic.staff_event[c]);
    programme_close(w, c);
}

static bool looks(const struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    return w->week >= p->first_decision && (w->week - (int)p->first_decision) % (int)p->decision_every == 0;
}

void decision_step(struct world *w)
{
    for (int c = 0; c < w->clinic.num; c++) {
        if (clinic_runs(w, c))
            count_nobody(w, c);
        if (clinic_runs(w, c) && looks(w, c))
            decide(w, c);
    }
}
