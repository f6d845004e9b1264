#include "provider.h"

#include <math.h>

#include "coordinator.h"
#include "professional.h"
#include "training.h"

#define STRAIN_BLAMED 0.1 /* engagement lost to strain above which events name it: moves nobody */
#define LN2 0.69314718055994531

/* Strength of coaching, 0..1, from effective hours. */
static double coached(const struct params *p, double hours)
{
    return hours / (hours + p->coaching_half);
}

/* ---- the case manager's time is shared by the clinics of her centre ---------------------------------------------- */

static double clinic_demand(const struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double need = w->clinic.start_up_week[c] == NONE ? p->start_up_demand : 1;
    return clinic_runs(w, c) ? need * p->case_manager_hours : 0;
}

/* The centre's programme manager thinks what the managers of its clinics come to think, and releases hours by it. */
static void move_directors(struct world *w)
{
    for (int h = 0; h < w->centre.num; h++)
        w->centre.director_moves[h] = 0;
    for (int c = 0; c < w->clinic.num; c++) {
        int h = w->clinic.centre[c];
        double speed = w->clinic.now[c].value_from_peers / w->centre.num_clinics[h];
        w->centre.director_moves[h] += speed * (w->clinic.manager_value[c] - w->centre.director_value[h]);
    }
    for (int h = 0; h < w->centre.num; h++)
        w->centre.director_value[h] += w->centre.director_moves[h];
}

static void share_case_managers(struct world *w)
{
    for (int h = 0; h < w->centre.num; h++)
        w->centre.hours[h] = w->centre.demand[h] = 0;
    for (int c = 0; c < w->clinic.num; c++) {
        const struct params *p = &w->clinic.now[c];
        int h = w->clinic.centre[c];
        double director = exp(p->hours_from_stance * p->director_weight * stance_of(w->centre.director_value[h]));
        w->centre.hours[h] += p->case_manager_hours * director;
        w->centre.demand[h] += clinic_demand(w, c);
    }
    for (int h = 0; h < w->centre.num; h++) {
        double most = NURSE_WEEK_HOURS * w->centre.managers[h];
        double hours = w->centre.hours[h] * w->centre.managers[h] / w->centre.num_managers[h];
        w->centre.hours[h] = hours < most ? hours : most;
    }
    for (int c = 0; c < w->clinic.num; c++) {
        int h = w->clinic.centre[c];
        double share = w->centre.demand[h] > 0 ? clinic_demand(w, c) / w->centre.demand[h] : 0;
        w->clinic.manager_hours[c] = share * w->centre.hours[h];
    }
}

/* ---- partners in the community answer for all clinics of a centre, as far as their places go ------------------------- */

static void count_partners(struct world *w)
{
    for (int h = 0; h < w->centre.num; h++)
        w->centre.partner_places[h] = 0;
    for (int c = 0; c < w->clinic.num; c++)
        w->centre.partner_places[w->clinic.centre[c]] += w->clinic.now[c].partner_places;
    for (int h = 0; h < w->centre.num; h++) {
        double asked = w->centre.partner_asked[h], places = w->centre.partner_places[h];
        w->centre.partner_share[h] = asked > places ? places / asked : 1;
        w->centre.partner_asked[h] = 0;
    }
}

/* ---- the community of practice spans clinics --------------------------------------------------------------------- */

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
        const struct params *p = &w->clinic.now[c];
        double known = 0;
        if (i != SETTING_NOBODY && w->community_sum[2 * i + 1] > 0)
            known = p->community_unskilled +
                    (1 - p->community_unskilled) * w->community_sum[2 * i] / w->community_sum[2 * i + 1];
        w->clinic.community[c] = p->cop_participation * known;
    }
}

/* ---- ties -------------------------------------------------------------------------------------------------------- */

double provider_tie_after(double tie, const struct params *p, double hours)
{
    double gain = clamp(p->tie_growth * p->communication * hours, 0, 1);
    return clamp(tie + gain * (1 - tie) - p->tie_decay * tie, 0, 1);
}

/* Contact is divided by posts, not by who is left: one nurse alone cannot take all of it. */
static void grow_ties(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double contact = w->clinic.manager_hours[c] * p->proximity_contact;
    double nurse_hours = p->contact_with_nurses * contact / w->clinic.num_nurses[c];
    double meeting = w->clinic.meeting_held[c] ? p->meeting_contact : 0;
    int lead = w->clinic.lead[c], others = w->clinic.num_physicians[c] - 1;
    FOR_EACH_NURSE (n, w, c)
        if (nurse_works(w, n)) {
            w->nurse.tie_manager[n] = provider_tie_after(w->nurse.tie_manager[n], p, nurse_hours);
            w->nurse.tie_team[n] =
                provider_tie_after(w->nurse.tie_team[n], p, meeting + p->work_contact * w->nurse.worked[n]);
        }
    FOR_EACH_PHYSICIAN (f, w, c) {
        double share = f == lead ? p->contact_with_lead : (1 - p->contact_with_lead) / (others > 0 ? others : 1);
        w->physician.tie_manager[f] =
            provider_tie_after(w->physician.tie_manager[f], p, (1 - p->contact_with_nurses) * contact * share);
    }
}

/* Other professionals work beside nurses, and sit in the same meetings. */
static void tie_professionals(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double work = p->work_contact * w->clinic.hours_used[c] / w->clinic.num_nurses[c];
    FOR_EACH_PROFESSIONAL (q, w, c)
        w->professional.tie_team[q] = provider_tie_after(w->professional.tie_team[q], p,
                                                         (w->clinic.meeting_held[c] ? p->meeting_contact : 0) + work);
}

/* ---- learning ---------------------------------------------------------------------------------------------------- */

/* Part of the case manager's contact is coaching; the hours of coaching planned are shared by trainer and case manager. */
static double effective_coaching(const struct world *w, int n)
{
    int c = w->nurse.clinic[n], h = w->clinic.centre[c];
    const struct params *p = &w->clinic.now[c];
    double tie = p->coached_without_tie + (1 - p->coached_without_tie) * w->nurse.tie_manager[n];
    double contact =
        p->contact_is_coaching * p->contact_with_nurses * w->clinic.manager_hours[c] / w->clinic.num_nurses[c];
    double planned = w->centre.managers[h] > 0 ? (1 - p->trainer_coaches) * p->coaching_hours : 0;
    double manager = (contact + planned) * w->centre.skill[h] * tie;
    double trainer = w->week >= p->training_start ? p->trainer_coaches * p->coaching_hours * training_worth(p) : 0;
    return manager + trainer;
}

static void learn(struct world *w, int n)
{
    int c = w->nurse.clinic[n];
    const struct params *p = &w->clinic.now[c];
    double community = w->clinic.community[c], help = coached(p, w->nurse.coaching[n]);
    double practice = w->nurse.worked[n] / (w->nurse.worked[n] + p->practice_hours);
    double speed = 1 + (p->coaching_speed - 1) * help + p->cop_speed * community;
    double gain = clamp(LN2 / p->competence_half_time * practice * speed, 0, 1);
    double support = help * (1 - p->reluctance_weight * p->trainer_reluctance) + community;
    double comfort = p->comfort_from_support * support + (w->clinic.meeting_held[c] ? p->comfort_from_meeting : 0);
    w->nurse.competence[n] +=
        gain * (1 - w->nurse.competence[n]) - p->forgetting * (1 - practice) * w->nurse.competence[n];
    w->nurse.comfort[n] += clamp(comfort, 0, 1) * (1 - w->nurse.comfort[n]);
    w->nurse.knowledge[n] += clamp(p->comfort_from_support * community, 0, 1) * (1 - w->nurse.knowledge[n]);
}

/* ---- what people think ------------------------------------------------------------------------------------------- */

struct mood {          /* of a clinic this week: what its people see */
    double benefit;    /* seen less expected; 0 while there is none to see */
    double persuasion; /* leadership of the case manager, 0 when there is none */
    double value;      /* mean of colleagues */
    double strain;     /* of nurses above what is noticed */
};

/* Parts of this week's change of what somebody thinks, so that the part that weighs most can be named. */
struct value_change {
    double benefit, persuasion, peers, strain, meeting;
};

static struct value_change value_parts(double value, const struct params *p, const struct mood *m, double tie,
                                       double team_tie, bool met)
{
    double seen = m->benefit > 0 && value < 0.5 ? m->benefit * p->negative_discount : m->benefit;
    struct value_change d = {
        .benefit = p->value_from_benefit * seen * (seen > 0 ? 1 - value : value),
        .persuasion = p->value_from_persuasion * tie * m->persuasion * (1 - value),
        .peers = p->value_from_peers * team_tie * (m->value - value),
        .strain = -p->value_from_strain * m->strain * value,
        .meeting = met ? p->value_from_meeting * tie * (1 - value) : 0,
    };
    return d;
}

static double after(double value, struct value_change d)
{
    return clamp(value + d.benefit + d.persuasion + d.peers + d.strain + d.meeting, 0, 1);
}

static struct mood clinic_mood(const struct world *w, int c, int present)
{
    const struct params *p = &w->clinic.now[c];
    int h = w->clinic.centre[c];
    struct mood m = { 0 };
    double value = 0, strain = 0;
    FOR_EACH_NURSE (n, w, c)
        if (nurse_works(w, n)) {
            value += w->nurse.value[n];
            strain += w->nurse.strain[n] / present;
        }
    FOR_EACH_PHYSICIAN (f, w, c)
        value += w->physician.value[f];
    FOR_EACH_PROFESSIONAL (q, w, c)
        value += w->professional.value[q];
    m.value = value / (present + w->clinic.num_physicians[c] + w->clinic.num_professionals[c]);
    m.strain = strain > p->strain_seen ? strain - p->strain_seen : 0;
    m.persuasion = w->centre.managers[h] > 0 ? w->centre.leadership[h] : 0;
    if (!isnan(w->clinic.benefit[c]))
        m.benefit = w->clinic.benefit[c] * (p->seen_without_fit + p->fit) - p->benefit_expected;
    return m;
}

/* When the lead physician turns against the programme: what weighed most on the way down. */
static void note_lead(struct world *w, int c, struct value_change d)
{
    int64_t *cause = &w->cause[c * NUM_SUPPORTS + SUPPORT_LEAD];
    double stance = stance_of(w->physician.value[w->clinic.lead[c]]);
    int64_t why = *cause;
    if (d.benefit < d.strain && d.benefit < d.peers)
        why = w->clinic.last_event[c];
    else if (d.strain < d.peers && w->clinic.staff_event[c] != NONE)
        why = w->clinic.staff_event[c];
    if (!w->clinic.lead_negative[c] && stance < 0)
        *cause = world_event(w, c, EVENT_stance_negative, NONE, stance, why);
    w->clinic.lead_negative[c] = stance < 0;
}

static void move_physicians(struct world *w, int c, const struct mood *m)
{
    const struct params *p = &w->clinic.now[c];
    FOR_EACH_PHYSICIAN (f, w, c) {
        struct value_change d = value_parts(w->physician.value[f], p, m, w->physician.tie_manager[f], p->leaders_hear,
                                            w->clinic.meeting_held[c]);
        w->physician.value[f] = after(w->physician.value[f], d);
        if (f == w->clinic.lead[c])
            note_lead(w, c, d);
    }
}

/* They have no tie with the case manager: benefit, colleagues and strain move what they think. */
static void move_professionals(struct world *w, int c, const struct mood *m)
{
    const struct params *p = &w->clinic.now[c];
    FOR_EACH_PROFESSIONAL (q, w, c)
        w->professional.value[q] =
            after(w->professional.value[q], value_parts(w->professional.value[q], p, m, 0, w->professional.tie_team[q],
                                                        w->clinic.meeting_held[c]));
}

static void move_values(struct world *w, int c, int present)
{
    const struct params *p = &w->clinic.now[c];
    struct mood m = clinic_mood(w, c, present);
    bool met = w->clinic.meeting_held[c];
    double contact = 0;
    move_physicians(w, c, &m);
    move_professionals(w, c, &m);
    FOR_EACH_NURSE (n, w, c)
        if (nurse_works(w, n)) {
            double value = w->nurse.value[n];
            struct value_change d = value_parts(value, p, &m, w->nurse.tie_manager[n], w->nurse.tie_team[n], met);
            w->nurse.value[n] =
                clamp(after(value, d) + p->value_from_community * w->clinic.community[c] * (1 - value), 0, 1);
            contact += w->nurse.tie_manager[n] / present;
        }
    w->clinic.manager_value[c] = after(w->clinic.manager_value[c],
                                       value_parts(w->clinic.manager_value[c], p, &m, contact, p->leaders_hear, met));
}

/* ---- engagement and strain --------------------------------------------------------------------------------------- */

/* What all nurses of a clinic share of the causes of engagement. */
struct shared_causes {
    double stance, nurse_lead, climate, belonging, manager;
};

static struct shared_causes shared_causes(const struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    int h = w->clinic.centre[c], leader = w->clinic.leader_nurse[c];
    double stance = stance_of(w->physician.value[w->clinic.lead[c]]);
    struct shared_causes s = {
        .stance = p->engagement_from_stance * (stance < 0 ? p->negative_weight * stance : stance),
        .nurse_lead = nurse_works(w, leader) ? p->engagement_from_nurse_leader * w->nurse.leadership[leader] : 0,
        .climate = p->engagement_from_climate * w->clinic.climate[c],
        .belonging = p->engagement_from_belonging * w->clinic.belonging[c],
        .manager = w->centre.managers[h] > 0 ? p->engagement_from_case_manager * w->centre.leadership[h] : 0,
    };
    return s;
}

/* What pulls engagement down most: the lead's stance, the nurse who leads being away, strain; else how nurses came to it. */
static void note_engagement(struct world *w, int c, const struct shared_causes *s, double strain)
{
    int64_t *cause = &w->cause[c * NUM_SUPPORTS];
    int leader = w->clinic.leader_nurse[c];
    double tired = -w->clinic.now[c].engagement_from_strain * strain;
    if (s->stance < 0 && s->stance <= tired)
        cause[SUPPORT_ENGAGEMENT] = cause[SUPPORT_LEAD];
    else if (tired < -STRAIN_BLAMED && w->clinic.staff_event[c] != NONE)
        cause[SUPPORT_ENGAGEMENT] = w->clinic.staff_event[c];
    else if (!nurse_works(w, leader) && w->nurse.event[leader] != NONE)
        cause[SUPPORT_ENGAGEMENT] = w->nurse.event[leader];
}

static void engage(struct world *w, int c, int present)
{
    const struct params *p = &w->clinic.now[c];
    struct shared_causes s = shared_causes(w, c);
    double shared = p->engagement_level + s.stance + s.nurse_lead + s.climate + s.belonging, strain = 0;
    FOR_EACH_NURSE (n, w, c)
        if (nurse_works(w, n)) {
            double x = shared + w->nurse.temperament[n] + s.manager * w->nurse.tie_manager[n] +
                       p->engagement_from_value * w->nurse.value[n] - p->engagement_from_strain * w->nurse.strain[n];
            w->nurse.engagement[n] += p->engagement_rate * (1 / (1 + exp(-x)) - w->nurse.engagement[n]);
            strain += w->nurse.strain[n] / present;
        }
    FOR_EACH_PROFESSIONAL (q, w, c) {
        double x =
            shared - s.belonging + w->professional.temperament[q] + p->engagement_from_value * w->professional.value[q];
        w->professional.engagement[q] += p->engagement_rate * (1 / (1 + exp(-x)) - w->professional.engagement[q]);
    }
    w->clinic.team_part[c] = professional_part(w, c);
    note_engagement(w, c, &s, strain);
}

/* Those present carry the work of the absent; hours for the programme are only in part taken off their usual work, and
 * work of the programme that waited last week presses. */
static double clinic_overload(const struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double posts = 0, present = 0, worked = 0;
    FOR_EACH_NURSE (n, w, c) {
        posts += w->nurse.fte[n];
        present += nurse_works(w, n) ? w->nurse.fte[n] : 0;
        worked += nurse_works(w, n) ? w->nurse.worked[n] : 0;
    }
    if (present <= 0)
        return w->clinic.overload[c];
    return clamp(p->usual_load * posts / present +
                     (p->not_backfilled * worked + w->clinic.hours_waiting[c]) / (NURSE_WEEK_HOURS * present) - 1,
                 0, p->most_overload);
}

static void strain_nurses(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double overload = clinic_overload(w, c), x = p->strain_from_overload * overload;
    w->clinic.overload[c] += (overload - w->clinic.overload[c]) / p->stop_slowness;
    FOR_EACH_NURSE (n, w, c) {
        double target = nurse_works(w, n) ? x / (1 + x) : 0; /* those away rest */
        w->nurse.strain[n] += p->strain_rate * (target - w->nurse.strain[n]);
    }
    if (w->clinic.staff_event[c] != NONE)
        w->cause[c * NUM_SUPPORTS + SUPPORT_OVERLOAD] = w->clinic.staff_event[c];
}

static int count_present(const struct world *w, int c)
{
    int present = 0;
    FOR_EACH_NURSE (n, w, c)
        present += nurse_works(w, n);
    return present;
}

static void coach_and_learn(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    FOR_EACH_NURSE (n, w, c) {
        bool works = nurse_works(w, n), runs = clinic_runs(w, c);
        w->nurse.coaching[n] = works && runs ? effective_coaching(w, n) : 0;
        if (works && runs)
            w->clinic.programme_cost[c] += p->coaching_hours * p->nurse_hour_cost;
        if (works)
            learn(w, n);
    }
}

void provider_step(struct world *w)
{
    move_directors(w);
    share_case_managers(w);
    coordinator_week(w);
    count_partners(w);
    meet_community(w);
    for (int c = 0; c < w->clinic.num; c++) {
        int present = count_present(w, c);
        grow_ties(w, c);
        tie_professionals(w, c);
        if (clinic_runs(w, c))
            training_week(w, c);
        coach_and_learn(w, c);
        move_values(w, c, present);
        engage(w, c, present);
        strain_nurses(w, c);
    }
}
