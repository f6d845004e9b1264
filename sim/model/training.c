#include "training.h"

#define SESSION_HOURS 2.0 /* a session of this length has full worth once (assumed) */
#define COMFORT_SHARE 0.8 /* of the gain in competence, in comfort with the ISP (assumed) */
#define KNOWLEDGE_SHARE 0.6
#define TEAM_SHARE 0.4     /* ties within the team, leadership in it: "leadership within the interdisciplinary team" */
#define BELONGING_GAIN 0.2 /* of missing belonging, by a session in which all speak (assumed) */

double training_worth(const struct params *p)
{
    return 0.5 + 0.25 * p->trainer_nursing + 0.25 * p->expert_nurse;
}

/* Who speaks learns more: with equal speaking time everybody has a full share, else it is luck. */
static double speaking_share(const struct world *w, int n)
{
    const struct params *p = &w->clinic.now[w->nurse.clinic[n]];
    double u = random_uniform(w->luck, nurse_entity(w, n), w->week, STREAM_TRAINING);
    return p->equal_speaking + (1 - p->equal_speaking) * u;
}

static double mean_competence(const struct world *w, int c)
{
    double sum = 0;
    int num = 0;
    for (int n = w->clinic.first_nurse[c]; n < w->clinic.first_nurse[c] + w->clinic.num_nurses[c]; n++)
        if (nurse_works(w, n)) {
            sum += w->nurse.competence[n];
            num++;
        }
    return num > 0 ? sum / num : 0;
}

static void nurse_attends(struct world *w, int n, double gain, double mean)
{
    const struct params *p = &w->clinic.now[w->nurse.clinic[n]];
    double own = clamp(gain * speaking_share(w, n), 0, 1);
    double cohesion = p->cohesion_gain * p->equal_speaking;
    w->nurse.competence[n] += own * (1 - w->nurse.competence[n]);
    w->nurse.competence[n] += cohesion * (mean - w->nurse.competence[n]);
    w->nurse.comfort[n] += COMFORT_SHARE * own * (1 - w->nurse.comfort[n]);
    w->nurse.knowledge[n] += KNOWLEDGE_SHARE * own * (1 - w->nurse.knowledge[n]);
    w->nurse.tie_team[n] += TEAM_SHARE * own * (1 - w->nurse.tie_team[n]);
    w->nurse.leadership[n] += TEAM_SHARE * own * (1 - w->nurse.leadership[n]);
}

void training_week(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double gain = p->session_gain * p->session_hours / SESSION_HOURS * p->relevance / 0.55 * training_worth(p) / 0.5875;
    double mean;
    int present = 0;
    if (w->clinic.sessions_held[c] >= p->training_sessions ||
        w->week < p->training_start + w->clinic.sessions_held[c] * p->training_every)
        return;
    mean = mean_competence(w, c);
    for (int n = w->clinic.first_nurse[c]; n < w->clinic.first_nurse[c] + w->clinic.num_nurses[c]; n++)
        if (nurse_works(w, n)) {
            nurse_attends(w, n, gain, mean);
            w->nurse.hours[n] -= p->session_hours;
            present++;
        }
    if (present == 0)
        return; /* put off until somebody is there */
    w->clinic.belonging[c] += BELONGING_GAIN * p->equal_speaking * (1 - w->clinic.belonging[c]);
    w->clinic.trained[c] = 1;
    world_event(w, c, EVENT_training, NONE, ++w->clinic.sessions_held[c], NONE);
    w->clinic.programme_cost[c] += (present + 1) * p->session_hours * p->nurse_hour_cost; /* the trainer's too */
}
