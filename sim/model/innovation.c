#include "innovation.h"

#include <math.h>

#include "coordinator.h"
#include "programme.h"

#define IMPLEMENTATION_ISPS 3
#define FULL_WEEKS 8
#define FULL_COVERAGE 0.5
#define FULL_FIDELITY 0.6

/* Blocks of STREAM_CONTACT, by weeks since the patient's own list, counted from 1 (week 0: recruitment, enrolment). */
enum { BLOCK_COORDINATION = 2, BLOCK_SELF_MANAGEMENT, BLOCK_ISP };

static struct words patient_luck(const struct world *w, int i, uint32_t block)
{
    return random_words(w->luck, w->population->entity[i], w->week - w->patient.list_week[i] + 1, STREAM_CONTACT,
                        block);
}

/* ---- time and quality -------------------------------------------------------------------------------------------- */

/* What an hour of work by the book takes this nurse now. */
static double effort(const struct world *w, int n)
{
    int c = w->nurse.clinic[n];
    const struct params *p = &w->clinic.now[c];
    int begun = w->clinic.start_up_week[c] == NONE ? w->week : w->clinic.start_up_week[c];
    int since = w->nurse.hired[n] > begun ? w->nurse.hired[n] : begun;
    double fresh = clamp(1 - (w->week - since) / p->effort_weeks, 0, 1);
    return p->gathering_time * (1 + (p->start_up_effort - 1) * fresh) *
           exp(p->competence_speed * (p->book_competence - w->nurse.competence[n]));
}

/* Time of somebody with a burden (seen with this share by the book) over that of the average patient. */
static double burden(double ratio, bool has, double share)
{
    return (has ? ratio : 1) / (1 + (ratio - 1) * share);
}

/* What this patient takes of an hour by the book: the book's patient is the average of table 1 and of the neutral clinic.
 * More conditions, depression or anxiety, social exclusion: more staff time (6.6, 6.7). */
static double load(const struct world *w, int i)
{
    const struct params *p = &w->clinic.now[w->patient.clinic[i]];
    unsigned flags = w->population->flags[i];
    double more = w->population->conditions[i] - param_table[PARAM_conditions_mean].value;
    double conditions = 1 + p->hours_by_condition * more;
    return (conditions > 0.1 ? conditions : 0.1) *
           burden(p->hours_by_depression, flags & FLAG_DEPRESSION, param_table[PARAM_depression_anxiety].value) *
           burden(p->hours_by_exclusion, flags & FLAG_EXCLUDED, param_table[PARAM_social_exclusion_share].value);
}

static double quality(const struct world *w, int n)
{
    double floor = w->clinic.now[w->nurse.clinic[n]].quality_floor;
    return floor + (1 - floor) * w->nurse.competence[n];
}

/* For a complex case the case manager's skill, through the tie, makes up part of what the nurse lacks. */
static double quality_for(const struct world *w, int i, int n)
{
    int c = w->nurse.clinic[n], h = w->clinic.centre[c];
    double own = quality(w, n), help = w->clinic.now[c].hard_case_help * w->centre.skill[h] * w->nurse.tie_manager[n];
    bool helped = (w->population->flags[i] & FLAG_COMPLEX) && w->centre.managers[h] > 0;
    return helped ? own + (1 - own) * help : own;
}

static void work(struct world *w, int n, double hours)
{
    w->nurse.hours[n] -= hours;
    w->nurse.worked[n] += hours;
    w->clinic.hours_used[w->nurse.clinic[n]] += hours;
}

/* Spends hours on something due; false when the nurse has none left this week, and the work waits. */
static bool spend(struct world *w, int n, double hours)
{
    int c = w->nurse.clinic[n];
    w->clinic.hours_needed[c] += hours;
    if (w->nurse.hours[n] <= 0) {
        w->clinic.hours_waiting[c] += hours;
        return false;
    }
    work(w, n, hours);
    return true;
}

static void delivered(struct world *w, int n, enum component component)
{
    int c = w->nurse.clinic[n];
    w->component_week[c * NUM_COMPONENTS + (int)component] = w->week;
    if (!w->nurse.delivered[n])
        tally_add(w, c, OUTCOME_adoption, 1, 0);
    w->nurse.delivered[n] = 1;
}

/* ---- care of one patient ----------------------------------------------------------------------------------------- */

static void assess(struct world *w, int i, int n)
{
    struct care *care = care_of(w, i);
    int c = w->patient.clinic[i];
    if (!spend(w, n, w->clinic.now[c].assess_hours * load(w, i) * effort(w, n)))
        return;
    care->assessment_quality = quality_for(w, i, n);
    care->contact_quality += care->assessment_quality;
    delivered(w, n, COMPONENT_ASSESSMENT);
    if (w->clinic.start_up_week[c] == NONE) {
        w->clinic.start_up_week[c] = w->week;
        w->clinic.stage[c] = STAGE_START_UP;
        w->clinic.last_event[c] = world_event(w, c, EVENT_start_up, NONE, 0, w->clinic.list_event[c]);
        tally_add(w, c, OUTCOME_start_up_week, w->week, 1);
    }
}

/* How far physicians back the programme: their clinic's habit, and what they now think of it. */
static double endorsement(const struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double value = 0, usual = param_table[PARAM_physician_value_start].value;
    FOR_EACH_PHYSICIAN (f, w, c)
        value += w->physician.value[f] / w->clinic.num_physicians[c];
    return clamp(p->endorsement * (1 - p->endorsement_from_value * usual + p->endorsement_from_value * value), 0, 1);
}

static void count_isp(struct world *w, int c)
{
    w->clinic.num_isp[c]++;
    if (w->clinic.num_isp[c] == IMPLEMENTATION_ISPS && w->clinic.stage[c] == STAGE_START_UP) {
        w->clinic.stage[c] = STAGE_IMPLEMENTATION;
        w->clinic.last_event[c] = world_event(w, c, EVENT_implementation, NONE, 0, w->clinic.last_event[c]);
    }
}

static void plan_services(struct world *w, int i, int n)
{
    struct care *care = care_of(w, i);
    int c = w->patient.clinic[i];
    const struct params *p = &w->clinic.now[c];
    struct words u = patient_luck(w, i, BLOCK_ISP);
    double backing = clamp(endorsement(w, c) + p->isp_from_professionals * w->clinic.team_part[c], 0, 1);
    double held = (1 - p->conflict_share) * (p->isp_without_physicians + (1 - p->isp_without_physicians) * backing);
    if (random_uniform_of(u.w[0]) > 1 / (1 + p->isp_delay * (1 - w->nurse.comfort[n])))
        return;
    if (random_uniform_of(u.w[1]) > held) {
        spend(w, n, p->failed_isp_hours);
        return;
    }
    if (!spend(w, n, p->isp_hours * load(w, i) * effort(w, n)))
        return;
    care->isp_week = w->week;
    care->isp_quality = clamp(quality_for(w, i, n) * p->isp_quality / param_table[PARAM_isp_quality].value, 0, 1);
    care->contact_quality += care->isp_quality;
    w->nurse.comfort[n] += p->comfort_from_isp * (1 - w->nurse.comfort[n]);
    delivered(w, n, COMPONENT_ISP);
    count_isp(w, c);
}

enum contact_result { CONTACT_WAITS, CONTACT_LOST, CONTACT_MISSED, CONTACT_MADE };

static enum contact_result contact(struct world *w, int i, int n, struct words u)
{
    int c = w->patient.clinic[i];
    const struct params *p = &w->clinic.now[c];
    double miss = p->missed_share;
    double hours = p->contact_hours * load(w, i) * effort(w, n);
    if (w->population->flags[i] & FLAG_EXCLUDED)
        miss = clamp(miss * p->exclusion_missed, 0, p->most_missed);
    if (random_uniform_of(u.w[0]) < p->lost_follow_up)
        return CONTACT_LOST;
    bool missed = random_uniform_of(u.w[1]) < miss;
    if (!spend(w, n, missed ? p->missed_time * hours : hours))
        return CONTACT_WAITS;
    tally_add(w, c, OUTCOME_missed_contacts, missed, 1);
    return missed ? CONTACT_MISSED : CONTACT_MADE;
}

/* When the next contact is due, after this week's result. */
static double next_due(const struct world *w, int c, double due, enum contact_result result)
{
    double interval = w->clinic.now[c].contact_interval;
    if (result == CONTACT_WAITS)
        return due;
    if (result == CONTACT_MISSED)
        return w->week + 1;
    return due + interval > w->week
               ? due + interval
               : w->week + interval * w->clinic.now[c].late_contact; /* work late by more than one is let go */
}

/* Does a partner answer? The nurse must know whom to ask, and the partner have a place. */
static bool partner_answers(struct world *w, int c, int n, double u)
{
    const struct params *p = &w->clinic.now[c];
    int h = w->clinic.centre[c];
    double usual = param_table[PARAM_service_knowledge_start].value;
    double knowledge = clamp(w->nurse.knowledge[n] + p->knowledge_from_professionals * w->clinic.team_part[c], 0, 1);
    double knows = p->coordination_unknowing + (1 - p->coordination_unknowing) * knowledge / usual;
    w->centre.partner_asked[h] += 1;
    return u < p->coordination_success * knows * w->centre.partner_share[h];
}

static void made(struct world *w, int i, int n, enum component component, double q)
{
    care_of(w, i)->contact_quality += q;
    tally_add(w, w->patient.clinic[i], OUTCOME_contacts_per_month, 1, 0);
    delivered(w, n, component);
}

static void coordinate(struct world *w, int i, int n)
{
    struct care *care = care_of(w, i);
    int c = w->patient.clinic[i];
    const struct params *p = &w->clinic.now[c];
    struct words u = patient_luck(w, i, BLOCK_COORDINATION);
    enum contact_result result = contact(w, i, n, u);
    care->due_coordination = next_due(w, c, care->due_coordination, result);
    if (result != CONTACT_MADE)
        return;
    bool answered = partner_answers(w, c, n, random_uniform_of(u.w[2]));
    double q = quality_for(w, i, n) * (answered ? 1 : p->unanswered_quality);
    tally_add(w, c, OUTCOME_coordination_share, answered, 1);
    care->num_coordination++;
    care->coordination_quality += q;
    w->nurse.knowledge[n] += p->knowledge_from_contact * (1 - w->nurse.knowledge[n]);
    made(w, i, n, COMPONENT_COORDINATION, q);
}

static void support_self_management(struct world *w, int i, int n)
{
    struct care *care = care_of(w, i);
    int c = w->patient.clinic[i];
    double q = quality_for(w, i, n);
    struct words u = patient_luck(w, i, BLOCK_SELF_MANAGEMENT);
    enum contact_result result = contact(w, i, n, u);
    care->due_self_management = next_due(w, c, care->due_self_management, result);
    if (result != CONTACT_MADE)
        return;
    care->num_self_management++;
    care->self_management_quality += q;
    made(w, i, n, COMPONENT_SELF_MANAGEMENT, q);
}

/* A patient whose nurse left, or is long on leave, gets another one if there is one; else waits, for her successor. */
static int nurse_of(struct world *w, int i)
{
    const struct care *care = care_of(w, i);
    int n = care->nurse;
    bool away = w->nurse.post[n] == POST_VACANT ||
                (w->nurse.post[n] == POST_SICK &&
                 w->week - w->nurse.since[n] >= w->clinic.now[w->nurse.clinic[n]].sick_handover);
    int other = away ? programme_free_nurse(w, w->patient.clinic[i]) : NONE;
    if (other != NONE)
        programme_change_nurse(w, i, other);
    else if (w->nurse.hired[n] > care->nurse_since)
        programme_change_nurse(w, i, n);
    n = care->nurse;
    return nurse_works(w, n) ? n : NONE;
}

static void care_for(struct world *w, int i)
{
    const struct care *care = care_of(w, i);
    int n = nurse_of(w, i);
    if (n == NONE)
        return;
    if (care->assessment_quality == 0) {
        assess(w, i, n);
        return;
    }
    if (care->isp_week == NONE)
        plan_services(w, i, n);
    if (w->week >= care->due_coordination)
        coordinate(w, i, n);
    if (w->week >= care->due_self_management)
        support_self_management(w, i, n);
}

/* Whose turn is first changes from week to week, so that nobody is always last in the queue. */
static void care_for_enrolled(struct world *w, int c)
{
    const int32_t *enrolled = w->enrolled + w->clinic.first_patient[c];
    int num;
    for (int k = w->clinic.num_enrolled[c] - 1; k >= 0; k--)
        if (w->week - care_of(w, enrolled[k])->enrol_week >= w->clinic.now[c].duration)
            programme_exit(w, enrolled[k], PATIENT_COMPLETED);
    num = w->clinic.num_enrolled[c];
    for (int k = 0; k < num; k++) {
        int i = enrolled[(k + w->week) % num];
        care_of(w, i)->contact_quality = 0;
        tally_add(w, c, OUTCOME_contacts_per_month, 0, 1 / WEEKS_PER_MONTH);
        care_for(w, i);
    }
}

/* ---- recruitment ------------------------------------------------------------------------------------------------- */

/* Places that this week's hours could serve. */
static int places(const struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double a_week = p->gathering_time *
                    (2 * p->contact_hours / p->contact_interval + (p->assess_hours + p->isp_hours) / p->duration);
    double served = w->clinic.hours_available[c] / (a_week > 0.01 ? a_week : 0.01);
    return served < p->planned ? (int)served : (int)p->planned;
}

static double guidance(const struct world *w, int c)
{
    double had = w->clinic.manager_hours[c] / param_table[PARAM_case_manager_hours].value;
    return w->clinic.now[c].guidance * (had < 1 ? had : 1);
}

/* Chance that an invited patient accepts; `acceptance` is that of the neutral clinic. */
static double acceptance(const struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double support =
        guidance(w, c) - param_table[PARAM_guidance].value + endorsement(w, c) - param_table[PARAM_endorsement].value;
    return param_from_scale(KIND_LOGIT,
                            param_to_scale(KIND_LOGIT, p->acceptance) + p->acceptance_from_support * support);
}

/* Reviews and invites one candidate; luck does not depend on the week, so that arms invite the same people alike. */
static void approach(struct world *w, int c, int i, int n)
{
    const struct params *p = &w->clinic.now[c];
    struct words u = random_words(w->luck, w->population->entity[i], 0, STREAM_CONTACT, 0);
    double help = 1 - p->guidance_help * guidance(w, c);
    bool screened = !(w->population->flags[i] & FLAG_COMPLEX) && random_uniform_of(u.w[0]) < p->review_accuracy;
    spend(w, n, (p->review_hours + (screened ? 0 : p->invite_hours)) * help * effort(w, n));
    w->patient.stage[i] = screened ? PATIENT_SCREENED_OUT : PATIENT_REFUSED;
    if (screened || random_uniform_of(u.w[1]) > p->reachable)
        return;
    bool accepts = random_uniform_of(u.w[2]) < acceptance(w, c);
    tally_add(w, c, OUTCOME_acceptance_share, accepts, 1);
    if (accepts)
        programme_enrol(w, i, programme_free_nurse(w, c));
}

/* The nurse at work with most hours left; NONE when nobody has any. */
static int nurse_with_time(const struct world *w, int c)
{
    int best = NONE;
    FOR_EACH_NURSE (n, w, c)
        if (nurse_works(w, n) && w->nurse.hours[n] > 0 && (best == NONE || w->nurse.hours[n] > w->nurse.hours[best]))
            best = n;
    return best;
}

static void recruit(struct world *w, int c)
{
    int end = w->clinic.first_patient[c] + w->clinic.num_patients[c], room = places(w, c);
    while (w->clinic.num_enrolled[c] < room && w->clinic.next_candidate[c] < end) {
        int i = w->clinic.next_candidate[c], n = nurse_with_time(w, c);
        if (w->patient.stage[i] == PATIENT_UNLISTED || n == NONE)
            return;
        if (w->patient.stage[i] == PATIENT_LISTED)
            approach(w, c, i, n);
        w->clinic.next_candidate[c]++;
    }
}

/* ---- stages ------------------------------------------------------------------------------------------------------ */

/* All hours go into the set-up until it is done; what is left of it is needed, but presses nobody: it is a start that waits. */
static void set_up(struct world *w, int c)
{
    int h = w->clinic.centre[c];
    double help = w->clinic.now[c].set_up_help * w->clinic.manager_hours[c] * w->centre.skill[h];
    double left = w->clinic.setup_left[c];
    help += w->clinic.now[c].set_up_help * w->clinic.coordinator_hours[c] * coordinator_worth(w, c);
    w->clinic.hours_needed[c] += left;
    FOR_EACH_NURSE (n, w, c)
        if (nurse_works(w, n) && w->nurse.hours[n] > 0 && left > 0) {
            double hours = w->nurse.hours[n] < left ? w->nurse.hours[n] : left;
            left -= hours;
            work(w, n, hours);
        }
    w->clinic.setup_left[c] = left > help ? left - help : 0;
}

static bool somebody_works(const struct world *w, int c)
{
    return programme_free_nurse(w, c) != NONE;
}

static void move_stage(struct world *w, int c)
{
    if (w->clinic.stage[c] == STAGE_PLANNING && w->clinic.setup_left[c] <= 0 && w->clinic.lists_out[c] > 0 &&
        w->clinic.trained[c] && somebody_works(w, c))
        w->clinic.stage[c] = STAGE_ENGAGEMENT;
}

static bool may_recruit(const struct world *w, int c)
{
    return w->clinic.stage[c] >= STAGE_ENGAGEMENT && w->clinic.team_met[c];
}

static void mean_fidelity(struct world *w, int c)
{
    const int32_t *enrolled = w->enrolled + w->clinic.first_patient[c];
    double sum = 0;
    int num = 0;
    for (int k = 0; k < w->clinic.num_enrolled[c]; k++) {
        int weeks = w->week - care_of(w, enrolled[k])->enrol_week;
        if (weeks >= FIDELITY_WEEK) {
            sum += programme_fidelity(w, enrolled[k], weeks);
            num++;
        }
    }
    w->clinic.fidelity[c] = num > 0 ? sum / num : NAN;
}

static bool all_components(const struct world *w, int c)
{
    for (int k = 0; k < NUM_COMPONENTS; k++) {
        int last = w->component_week[c * NUM_COMPONENTS + k];
        if (last == NONE || w->week - last >= ACTIVE_WEEKS)
            return false;
    }
    return true;
}

static void judge_full_implementation(struct world *w, int c)
{
    bool full = w->clinic.num_enrolled[c] >= FULL_COVERAGE * w->clinic.now[c].planned && all_components(w, c) &&
                w->clinic.fidelity[c] >= FULL_FIDELITY;
    w->clinic.full_weeks[c] = full ? w->clinic.full_weeks[c] + 1 : 0;
    if (w->clinic.full_weeks[c] == FULL_WEEKS && w->clinic.full_week[c] == NONE) {
        w->clinic.full_week[c] = w->week;
        w->clinic.stage[c] = STAGE_FULL;
        w->clinic.last_event[c] = world_event(w, c, EVENT_full, NONE, w->clinic.fidelity[c], w->clinic.last_event[c]);
    }
}

static void clinic_week(struct world *w, int c)
{
    w->clinic.hours_needed[c] = w->clinic.hours_used[c] = w->clinic.hours_waiting[c] = 0;
    FOR_EACH_NURSE (n, w, c)
        w->nurse.worked[n] = 0;
    if (!clinic_runs(w, c))
        return;
    if (w->clinic.setup_left[c] > 0)
        set_up(w, c);
    move_stage(w, c);
    care_for_enrolled(w, c);
    if (may_recruit(w, c))
        recruit(w, c);
    mean_fidelity(w, c);
    judge_full_implementation(w, c);
}

void innovation_step(struct world *w)
{
    for (int c = 0; c < w->clinic.num; c++)
        clinic_week(w, c);
}
