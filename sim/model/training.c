#include "training.h"

#include "coordinator.h"

#define SESSION_HOURS 2.0 /* the length session_gain is told for */

double training_worth(const struct params *p)
{
    double rest = 1 - p->trainer_alone;
    return p->trainer_alone + rest * ((1 - p->expert_weight) * p->trainer_nursing + p->expert_weight * p->expert_nurse);
}

/* Who speaks learns more: with equal speaking time everybody has a full share, else it is luck. */
static double speaking_share(const struct world *w, int n)
{
    const struct params *p = &w->clinic.now[w->nurse.clinic[n]];
    double u = random_uniform(w->luck, nurse_entity(w, n), w->week, STREAM_TRAINING);
    return p->equal_speaking + (1 - p->equal_speaking) * u;
}

static void nurse_attends(struct world *w, int n, double gain, double mean)
{
    const struct params *p = &w->clinic.now[w->nurse.clinic[n]];
    double own = clamp(gain * speaking_share(w, n), 0, 1);
    double cohesion = p->cohesion_gain * p->equal_speaking;
    w->nurse.competence[n] += own * (1 - w->nurse.competence[n]);
    w->nurse.competence[n] += cohesion * (mean - w->nurse.competence[n]);
    w->nurse.comfort[n] += p->session_comfort * own * (1 - w->nurse.comfort[n]);
    w->nurse.knowledge[n] += p->session_knowledge * own * (1 - w->nurse.knowledge[n]);
    w->nurse.tie_team[n] += p->session_team * own * (1 - w->nurse.tie_team[n]);
    w->nurse.leadership[n] += p->session_team * own * (1 - w->nurse.leadership[n]);
}

void training_week(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double gain = p->session_gain * p->session_hours / SESSION_HOURS * coordinator_relevance(w, c) * training_worth(p);
    double mean;
    int present = 0;
    int due =
        w->clinic.sessions_held[c] == 0 ? (int)p->training_start : w->clinic.last_session[c] + (int)p->training_every;
    if (w->clinic.sessions_held[c] >= p->training_sessions || w->week < due)
        return;
    mean = world_mean_at_work(w, c, w->nurse.competence);
    FOR_EACH_NURSE (n, w, c)
        if (nurse_works(w, n)) {
            nurse_attends(w, n, gain, mean);
            w->nurse.hours[n] -= p->session_hours;
            present++;
        }
    if (present == 0)
        return; /* put off until somebody is there */
    w->clinic.belonging[c] += p->session_belonging * p->equal_speaking * (1 - w->clinic.belonging[c]);
    w->clinic.trained[c] = 1;
    w->clinic.last_session[c] = w->week;
    world_event(w, c, EVENT_training, NONE, ++w->clinic.sessions_held[c], NONE);
    w->clinic.programme_cost[c] += (present + 1) * p->session_hours * p->nurse_hour_cost; /* the trainer's too */
}
