#include "provider.h"

#include <math.h>

#include "training.h"

#define COACHING_HALF 0.25    /* effective hours a week that give half of full coaching (assumed) */
#define NURSES_SHARE 0.7      /* of the case manager's contact with a clinic; physicians have the rest (assumed) */
#define LEAD_SHARE 0.5        /* of her contact with physicians that goes to the lead (assumed) */
#define MANAGER_COACHING 0.15 /* of her contact with a nurse that is coaching (assumed) */
#define START_UP_DEMAND 2.0   /* a clinic that sets up asks for that many times more of her time (assumed) */
#define MEETING_HOURS 1.0
#define STRAIN_SEEN 0.2 /* strain above which people come to doubt (assumed) */

/* Strength of coaching, 0..1, from effective hours. */
static double coached(double hours)
{
    return hours / (hours + COACHING_HALF);
}

/* ---- the case manager's time is shared by the clinics of her centre -------------------------------------------------
 */

static double clinic_demand(const struct world *w, int c)
{
    double need = w->clinic.start_up_week[c] == NONE ? START_UP_DEMAND : 1;
    return clinic_runs(w, c) ? need * w->clinic.now[c].case_manager_hours : 0;
}

static void share_case_managers(struct world *w)
{
    for (int h = 0; h < w->centre.num; h++)
        w->centre.hours[h] = w->centre.demand[h] = 0;
    for (int c = 0; c < w->clinic.num; c++) {
        int h = w->clinic.centre[c];
        w->centre.hours[h] += w->centre.manager_present[h] ? w->clinic.now[c].case_manager_hours : 0;
        w->centre.demand[h] += clinic_demand(w, c);
    }
    for (int c = 0; c < w->clinic.num; c++) {
        int h = w->clinic.centre[c];
        double share = w->centre.demand[h] > 0 ? clinic_demand(w, c) / w->centre.demand[h] : 0;
        w->clinic.manager_hours[c] = share * w->centre.hours[h];
    }
}

/* ---- the community of practice spans clinics
 * -------------------------------------------------------------------------- */

static void meet_community(struct world *w)
{
    for (int i = 0; i < 2 * w->setting->num_communities; i++)
        w->community_sum[i] = 0;
    for (int n = 0; n < w->nurse.num; n++) {
        int c = w->nurse.clinic[n], i = w->setting->clinic[c].community;
        if (i != SETTING_NOBODY && nurse_works(w, n) && clinic_runs(w, c)) {
            double part = w->clinic.now[c].cop_participation;
            w->community_sum[2 * i] += part * w->nurse.competence[n];
            w->community_sum[2 * i + 1] += part;
        }
    }
    for (int c = 0; c < w->clinic.num; c++) {
        int i = w->setting->clinic[c].community;
        double known = i != SETTING_NOBODY && w->community_sum[2 * i + 1] > 0
                           ? 0.5 + 0.5 * w->community_sum[2 * i] / w->community_sum[2 * i + 1]
                           : 0;
        w->clinic.community[c] = w->clinic.now[c].cop_participation * known;
    }
}

/* ---- ties
 * --------------------------------------------------------------------------------------------------------------- */

static double tie_after(double tie, const struct params *p, double hours)
{
    double gain = clamp(p->tie_growth * p->communication * hours, 0, 1);
    return clamp(tie + gain * (1 - tie) - p->tie_decay * tie, 0, 1);
}

static void grow_ties(struct world *w, int c, int present)
{
    const struct params *p = &w->clinic.now[c];
    double contact = w->clinic.manager_hours[c] * p->proximity_contact;
    double nurse_hours = present > 0 ? NURSES_SHARE * contact / present : 0;
    double meeting = w->clinic.meeting_held[c] ? MEETING_HOURS : 0;
    int lead = w->clinic.lead[c], others = w->clinic.num_physicians[c] - 1;
    for (int n = w->clinic.first_nurse[c]; n < w->clinic.first_nurse[c] + w->clinic.num_nurses[c]; n++)
        if (nurse_works(w, n)) {
            w->nurse.tie_manager[n] = tie_after(w->nurse.tie_manager[n], p, nurse_hours);
            w->nurse.tie_team[n] = tie_after(w->nurse.tie_team[n], p, meeting + 0.2 * w->nurse.worked[n]);
        }
    for (int f = w->clinic.first_physician[c]; f < w->clinic.first_physician[c] + w->clinic.num_physicians[c]; f++) {
        double share = f == lead ? LEAD_SHARE : (1 - LEAD_SHARE) / (others > 0 ? others : 1);
        w->physician.tie_manager[f] = tie_after(w->physician.tie_manager[f], p, (1 - NURSES_SHARE) * contact * share);
    }
}

/* ---- learning
 * -------------------------------------------------------------------------------------------------------------- */

static double effective_coaching(const struct world *w, int n, int present)
{
    int c = w->nurse.clinic[n];
    const struct params *p = &w->clinic.now[c];
    double tie = 0.3 + 0.7 * w->nurse.tie_manager[n];
    double manager =
        MANAGER_COACHING * w->clinic.manager_hours[c] / present * w->centre.skill[w->clinic.centre[c]] * tie;
    double trainer = w->week >= p->training_start ? 0.5 * p->coaching_hours * training_worth(p) : 0;
    double peer =
        0.5 * p->coaching_hours * w->centre.skill[w->clinic.centre[c]] * w->centre.manager_present[w->clinic.centre[c]];
    return manager + trainer + peer;
}

static void learn(struct world *w, int n)
{
    const struct params *p = &w->clinic.now[w->nurse.clinic[n]];
    double community = w->clinic.community[w->nurse.clinic[n]], help = coached(w->nurse.coaching[n]);
    double practice = w->nurse.worked[n] / (w->nurse.worked[n] + p->practice_hours);
    double speed = 1 + (p->coaching_speed - 1) * help + p->cop_speed * community;
    double gain = clamp(0.693 / p->competence_half_time * (0.2 + 0.8 * practice) * speed, 0, 1);
    double support = help * (1 - p->trainer_reluctance / 2) + community;
    w->nurse.competence[n] +=
        gain * (1 - w->nurse.competence[n]) - p->forgetting * (1 - practice) * w->nurse.competence[n];
    w->nurse.comfort[n] += clamp(p->comfort_from_support * support, 0, 1) * (1 - w->nurse.comfort[n]);
    w->nurse.knowledge[n] += 0.5 * clamp(p->comfort_from_support * community, 0, 1) * (1 - w->nurse.knowledge[n]);
}

/* ---- what people think
 * -------------------------------------------------------------------------------------------------------- */

struct mood {          /* of a clinic this week: what its people see */
    double benefit;    /* seen less expected; 0 while there is none to see */
    double persuasion; /* leadership of the case manager, 0 when there is none */
    double value;      /* mean of colleagues */
    double strain;     /* of nurses above what is noticed */
};

static double move_value(double value, const struct params *p, const struct mood *m, double tie, double team_tie,
                         bool met)
{
    double seen = m->benefit > 0 && value < 0.5 ? m->benefit * p->negative_discount : m->benefit;
    double change = p->value_from_benefit * seen * (seen > 0 ? 1 - value : value);
    change += p->value_from_persuasion * tie * m->persuasion * (1 - value);
    change += p->value_from_peers * team_tie * (m->value - value);
    change -= p->value_from_strain * m->strain * value;
    if (met)
        change += p->value_from_meeting * tie * (1 - value);
    return clamp(value + change, 0, 1);
}

static struct mood clinic_mood(const struct world *w, int c, int present)
{
    const struct params *p = &w->clinic.now[c];
    int h = w->clinic.centre[c];
    struct mood m = { 0 };
    double value = 0, strain = 0;
    for (int n = w->clinic.first_nurse[c]; n < w->clinic.first_nurse[c] + w->clinic.num_nurses[c]; n++)
        if (nurse_works(w, n)) {
            value += w->nurse.value[n];
            strain += w->nurse.strain[n] / present;
        }
    for (int f = w->clinic.first_physician[c]; f < w->clinic.first_physician[c] + w->clinic.num_physicians[c]; f++)
        value += w->physician.value[f];
    m.value = value / (present + w->clinic.num_physicians[c]);
    m.strain = strain > STRAIN_SEEN ? strain - STRAIN_SEEN : 0;
    m.persuasion = w->centre.manager_present[h] ? w->centre.leadership[h] : 0;
    if (!isnan(w->clinic.benefit[c]))
        m.benefit = w->clinic.benefit[c] * (0.4 + p->fit) - p->benefit_expected;
    return m;
}

static void move_values(struct world *w, int c, int present)
{
    const struct params *p = &w->clinic.now[c];
    struct mood m = clinic_mood(w, c, present);
    bool met = w->clinic.meeting_held[c];
    int lead = w->clinic.lead[c];
    double contact = 0;
    for (int f = w->clinic.first_physician[c]; f < w->clinic.first_physician[c] + w->clinic.num_physicians[c]; f++)
        w->physician.value[f] = move_value(w->physician.value[f], p, &m, w->physician.tie_manager[f], 0.5, met);
    for (int n = w->clinic.first_nurse[c]; n < w->clinic.first_nurse[c] + w->clinic.num_nurses[c]; n++)
        if (nurse_works(w, n)) {
            w->nurse.value[n] =
                move_value(w->nurse.value[n], p, &m, w->nurse.tie_manager[n], w->nurse.tie_team[n], met);
            contact += w->nurse.tie_manager[n] / present;
        }
    w->clinic.manager_value[c] = move_value(w->clinic.manager_value[c], p, &m, contact, 0.5, met);
    if (!w->clinic.lead_negative[c] && stance_of(w->physician.value[lead]) < 0)
        w->cause[c * NUM_SUPPORTS + SUPPORT_LEAD] =
            world_event(w, c, EVENT_stance_negative, NONE, stance_of(w->physician.value[lead]),
                        w->cause[c * NUM_SUPPORTS + SUPPORT_LEAD]);
    w->clinic.lead_negative[c] = stance_of(w->physician.value[lead]) < 0;
}

/* ---- engagement and strain
 * ------------------------------------------------------------------------------------------------------ */

static void engage(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    int h = w->clinic.centre[c], leader = w->clinic.leader_nurse[c];
    double stance = stance_of(w->physician.value[w->clinic.lead[c]]);
    double nurse_lead = nurse_works(w, leader) ? w->nurse.leadership[leader] : 0;
    double manager = w->centre.manager_present[h] ? w->centre.leadership[h] : 0;
    double shared = p->engagement_level +
                    p->engagement_from_stance * (stance < 0 ? p->negative_weight * stance : stance) +
                    p->engagement_from_nurse_leader * nurse_lead + p->engagement_from_climate * w->clinic.climate[c] +
                    p->engagement_from_belonging * w->clinic.belonging[c];
    for (int n = w->clinic.first_nurse[c]; n < w->clinic.first_nurse[c] + w->clinic.num_nurses[c]; n++)
        if (nurse_works(w, n)) {
            double x = shared + w->nurse.temperament[n] +
                       p->engagement_from_case_manager * manager * w->nurse.tie_manager[n] +
                       p->engagement_from_value * w->nurse.value[n] - p->engagement_from_strain * w->nurse.strain[n];
            w->nurse.engagement[n] += p->engagement_rate * (1 / (1 + exp(-x)) - w->nurse.engagement[n]);
        }
}

/* Those present carry the work of the absent; work on the programme beyond the hours released comes on top. */
static void strain_nurses(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double posts = 0, present = 0, excess, overload;
    for (int n = w->clinic.first_nurse[c]; n < w->clinic.first_nurse[c] + w->clinic.num_nurses[c]; n++) {
        posts += w->nurse.fte[n];
        present += nurse_works(w, n) ? w->nurse.fte[n] : 0;
    }
    if (present <= 0)
        return;
    excess = w->clinic.hours_needed[c] - w->clinic.hours_available[c];
    overload = p->usual_load * posts / present + (excess > 0 ? excess : 0) / (NURSE_WEEK_HOURS * present) - 1;
    overload = clamp(overload, 0, 2);
    w->clinic.overload[c] += (overload - w->clinic.overload[c]) / p->stop_slowness;
    for (int n = w->clinic.first_nurse[c]; n < w->clinic.first_nurse[c] + w->clinic.num_nurses[c]; n++)
        if (nurse_works(w, n)) {
            double x = p->strain_from_overload * overload;
            w->nurse.strain[n] += p->strain_rate * (x / (1 + x) - w->nurse.strain[n]);
        } else {
            w->nurse.strain[n] *= 1 - p->strain_rate; /* rest */
        }
}

static int count_present(const struct world *w, int c)
{
    int present = 0;
    for (int n = w->clinic.first_nurse[c]; n < w->clinic.first_nurse[c] + w->clinic.num_nurses[c]; n++)
        present += nurse_works(w, n);
    return present;
}

static void coach_and_learn(struct world *w, int c, int present)
{
    for (int n = w->clinic.first_nurse[c]; n < w->clinic.first_nurse[c] + w->clinic.num_nurses[c]; n++) {
        w->nurse.coaching[n] = nurse_works(w, n) && clinic_runs(w, c) ? effective_coaching(w, n, present) : 0;
        if (nurse_works(w, n))
            learn(w, n);
    }
}

void provider_step(struct world *w)
{
    share_case_managers(w);
    meet_community(w);
    for (int c = 0; c < w->clinic.num; c++) {
        int present = count_present(w, c);
        grow_ties(w, c, present);
        if (clinic_runs(w, c))
            training_week(w, c);
        coach_and_learn(w, c, present);
        move_values(w, c, present);
        engage(w, c);
        strain_nurses(w, c);
    }
}
