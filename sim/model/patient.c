#include "patient.h"

#include <math.h>

#include "programme.h"

#define SECULAR_WEEKS 26.0 /* the secular changes are told for 26 weeks */
#define SELF_MANAGEMENT_TOP 96.0
#define INTEGRATION_TOP 51.0
#define DISTRESS_TOP 24.0
#define CONFIDENCE_TOP 10.0
enum { BLOCK_DROP = 5 }; /* of STREAM_CONTACT */

static int since_list(const struct world *w, int i)
{
    return w->week - w->patient.list_week[i];
}

/* ---- relationship ------------------------------------------------------------------------------------------------ */

/* Too many programmes: the patient does not know who follows (002), and trusts less. */
static double clear_roles(const struct params *p)
{
    return (1 - p->diverted_share) / (1 - param_table[PARAM_diverted_share].value);
}

static void move_trust(struct world *w, int i, const struct params *p)
{
    struct care *care = care_of(w, i);
    double q = care->contact_quality, trust = care->trust;
    double gain = p->trust_growth * q * p->person_centred / param_table[PARAM_person_centred].value * clear_roles(p);
    care->trust = q > 0 ? trust + clamp(gain, 0, 1) * (1 - trust) : trust - p->trust_decay * trust;
}

static void move_adherence(struct world *w, int i, const struct params *p)
{
    struct care *care = care_of(w, i);
    double caregiver = ((w->population->flags[i] & FLAG_CAREGIVER) != 0) - param_table[PARAM_caregiver_share].value;
    double x = param_to_scale(KIND_LOGIT, p->adherence_start) + care->own_adherence +
               p->adherence_from_trust * (care->trust - p->usual_trust) + p->adherence_from_caregiver * caregiver;
    care->adherence += p->adherence_rate * (1 / (1 + exp(-x)) - care->adherence);
}

/* How far a relationship lets what is delivered act: full from a share of `enough` on. */
static double relation(double least, double share, double enough)
{
    double x = (least + (1 - least) * share) / (least + (1 - least) * enough);
    return x < 1 ? x : 1;
}

/* What works through others works as far as those know who must: the team of the patient's visits, hospital and partners of
 * the plan. */
static double informed(const struct world *w, int i, const struct params *p)
{
    const struct care *care = care_of(w, i);
    double read = care->isp_week != NONE ? p->plan_access : 0;
    double heard = care->heard;
    return 1 - p->through_information * (1 - (p->informed_by_visits * heard + (1 - p->informed_by_visits) * read));
}

static void take_dose(struct world *w, int i, const struct params *p)
{
    struct care *care = care_of(w, i);
    double planned = 2 / WEEKS_PER_MONTH * p->enough_quality; /* contacts a week by the programme, well made */
    double now = care->contact_quality / planned;
    double contacts = care->contacts + (now - care->contacts) / p->dose_memory;
    double plan = 1 - p->plan_needed + p->plan_needed * care->isp_quality;
    double trust = relation(p->trust_floor, care->trust, p->enough_trust);
    double follow = relation(p->adherence_floor, care->adherence, p->enough_trust);
    double dose = (contacts < 1 ? contacts : 1) * plan * trust * follow * informed(w, i, p);
    care->contacts = contacts;
    care->dose = dose;
}

static bool drops_out(const struct world *w, int i, const struct params *p)
{
    struct words u = random_words(w->luck, w->population->entity[i], since_list(w, i) + 1, STREAM_CONTACT, BLOCK_DROP);
    double hazard =
        p->drop_out_rate / WEEKS_PER_MONTH * exp(p->drop_from_trust * (p->usual_trust - care_of(w, i)->trust));
    return random_uniform_of(u.w[0]) < hazard;
}

/* ---- what the dose does ------------------------------------------------------------------------------------------ */

/* Who has more to gain gains more: the way left to the end of the scale, over that of the average patient of [003]. */
static double room(double start, enum param mean, double end)
{
    return fmax(0, (end - start) / (end - param_table[mean].value));
}

/* The programme's part follows the dose while enrolled. */
static void follow(double *gain, double full, double weeks)
{
    *gain += clamp(1 / weeks, 0, 1) * (full - *gain);
}

/* True scores: where the patient started, what time did, what the programme did. */
static void add_up_scores(struct world *w, int i, const struct params *p)
{
    struct care *care = care_of(w, i);
    double weeks = w->week - care->enrol_week + 1;
    double secular = (weeks < p->secular_weeks ? weeks : p->secular_weeks) / SECULAR_WEEKS;
    double skills = w->population->self_management[i] + secular * p->secular_self_management;
    double integration = w->population->care_integration[i] + secular * p->secular_integration;
    double distress = w->population->distress[i] + secular * p->secular_distress;
    double confidence = w->population->confidence[i] + secular * p->secular_confidence;
    care->self_management = clamp(skills + care->gain_self_management, 0, SELF_MANAGEMENT_TOP);
    care->care_integration = clamp(integration + care->gain_care_integration, 0, INTEGRATION_TOP);
    care->distress = clamp(distress + care->gain_distress, 0, DISTRESS_TOP);
    care->confidence = clamp(confidence + care->gain_confidence, 0, CONFIDENCE_TOP);
}

static void move_scores(struct world *w, int i, const struct params *p)
{
    struct care *care = care_of(w, i);
    const struct population *start = w->population;
    double dose = care->dose;
    double skills = room(start->self_management[i], PARAM_self_management_mean, SELF_MANAGEMENT_TOP) * p->skills_slope;
    double integration = room(start->care_integration[i], PARAM_care_integration_mean, INTEGRATION_TOP);
    double distress = room(start->distress[i], PARAM_distress_mean, 0);
    double confidence = room(start->confidence[i], PARAM_confidence_mean, CONFIDENCE_TOP);
    follow(&care->gain_self_management, p->self_management_full * skills * dose, p->self_management_weeks);
    follow(&care->gain_care_integration, p->integration_full * integration * dose, p->integration_weeks);
    follow(&care->gain_distress, p->distress_full * distress * dose, p->distress_weeks);
    follow(&care->gain_confidence, p->confidence_full * confidence * dose, p->confidence_weeks);
    add_up_scores(w, i, p);
}

static void move_effect(struct world *w, int i, const struct params *p)
{
    struct care *care = care_of(w, i);
    care->effect += clamp(1 / p->effect_lag, 0, 1) * (care->dose - care->effect);
}

/* Share of an effect that is left so many weeks after its dose ended. */
static double left_after(int weeks, const struct params *p)
{
    return exp2(-weeks / p->effect_half_life);
}

/* The effect on use as it stands: what it was at exit fades from then on. */
static double effect_now(const struct world *w, int i, const struct params *p)
{
    const struct care *care = care_of(w, i);
    double effect = care->effect;
    return care->exit_week == NONE ? effect : effect * left_after(w->week - care->exit_week, p);
}

void patient_catch_up(struct world *w, int i)
{
    struct care *care = care_of(w, i);
    const struct params *p = &w->clinic.now[w->patient.clinic[i]];
    double kept;
    if (w->patient.stage[i] == PATIENT_GONE || care->exit_week == NONE)
        return;
    kept = left_after(w->week - care->faded_week, p);
    care->faded_week = w->week;
    care->gain_self_management *= kept;
    care->gain_care_integration *= kept;
    care->gain_distress *= kept;
    care->gain_confidence *= kept;
    add_up_scores(w, i, p);
}

/* ---- use of services --------------------------------------------------------------------------------------------- */

/* The same uniforms at a lower rate never add a visit: where the twin had none, and the rates are not raised, the week
 * is the twin's own. */
static struct use use_this_week(const struct world *w, int c, int i, int t)
{
    const struct params *p = &w->clinic.now[c];
    struct use usual = population_usual(w->population, c, i, t);
    bool lower = p->ed_ratio_full <= 1 && p->admission_ratio_full <= 1;
    double effect;
    if (lower && usual.visits == 0 && usual.admissions == 0)
        return usual;
    effect = effect_now(w, i, p);
    if (effect <= 0)
        return usual;
    return population_use(w->population, c, i, t, &care_of(w, i)->risk, exp(log(p->ed_ratio_full) * effect),
                          exp(log(p->admission_ratio_full) * effect));
}

/* A visit heard of brings the next coordination forward to next week; one unheard of leaves the team uninformed. */
static void hear_of_visit(struct world *w, int i, const struct params *p, int known, int visits)
{
    struct care *care = care_of(w, i);
    tally_add(w, w->patient.clinic[i], OUTCOME_visits_known_share, known, visits);
    care->heard += p->heard_memory * ((double)known / visits - care->heard);
    if (known > 0 && care->due_coordination > w->week + 1)
        care->due_coordination = w->week + 1;
}

/* The clinic learns of a visit or not; if not, somebody repeats what was done (8.1, 8.9). */
static int learn_of_visits(struct world *w, int i, int t, int visits, bool enrolled)
{
    const struct params *p = &w->clinic.now[w->patient.clinic[i]];
    struct words u = random_words(w->luck, w->population->entity[i], t, STREAM_INFORMATION, 0);
    int known = random_binomial_of(random_uniform_of(u.w[0]), visits, p->visit_notice_share);
    int duplicated = random_binomial_of(random_uniform_of(u.w[1]), visits - known, p->duplication_share);
    if (enrolled) {
        hear_of_visit(w, i, p, known, visits);
        tally_add(w, w->patient.clinic[i], OUTCOME_duplicated_services, duplicated, 0);
    }
    return duplicated;
}

struct clinic_use { /* of a clinic's listed patients this week */
    int visits, admissions, primary_care, duplicated, usual_visits, alive, deaths;
};

static void count_year(struct world *w, int i, const struct use *use, const struct use *usual)
{
    struct care *care = care_of(w, i);
    if (care->enrol_week != NONE && w->week - care->enrol_week < WEEKS_PER_YEAR) {
        care->ed_year += use->visits;
        care->ed_year_usual += usual->visits;
        care->admissions_year += use->admissions;
        care->admissions_year_usual += usual->admissions;
    }
}

static void use_services(struct world *w, int c, int i, int t, struct clinic_use *sum)
{
    struct use usual = population_usual(w->population, c, i, t);
    bool treated = w->patient.stage[i] >= PATIENT_ENROLLED; /* nobody else's week differs from the twin's */
    struct use use = treated ? use_this_week(w, c, i, t) : usual;
    sum->visits += use.visits;
    sum->usual_visits += usual.visits;
    sum->admissions += use.admissions;
    sum->primary_care += use.primary_care;
    sum->alive++;
    if (use.visits > 0)
        sum->duplicated += learn_of_visits(w, i, t, use.visits, w->patient.stage[i] == PATIENT_ENROLLED);
    if (treated && (use.visits | use.admissions | usual.visits | usual.admissions) != 0)
        count_year(w, i, &use, &usual);
}

static void patient_ends(struct world *w, int i, struct clinic_use *sum)
{
    patient_catch_up(w, i);
    sum->deaths += w->population->died[i];
    if (w->patient.stage[i] == PATIENT_ENROLLED)
        programme_exit(w, i, PATIENT_GONE);
    w->patient.stage[i] = PATIENT_GONE;
}

static void tally_use(struct world *w, int c, const struct clinic_use *sum)
{
    const struct params *p = &w->clinic.now[c];
    double years = (double)sum->alive / WEEKS_PER_YEAR;
    double cost = sum->visits * p->ed_visit_cost + sum->admissions * p->admission_cost +
                  sum->primary_care * p->primary_care_cost + sum->duplicated * p->duplicate_cost;
    tally_add(w, c, OUTCOME_ed_visits_per_patient_year, sum->visits, years);
    tally_add(w, c, OUTCOME_hospitalizations_per_patient_year, sum->admissions, years);
    tally_add(w, c, OUTCOME_primary_care_visits_per_patient_year, sum->primary_care, years);
    tally_add(w, c, OUTCOME_deaths, sum->deaths, years);
    tally_add(w, c, OUTCOME_service_cost, cost, years);
    w->clinic.visits[c] = sum->visits;
    w->clinic.usual_visits[c] = sum->usual_visits;
    w->clinic.admissions[c] = sum->admissions;
    w->clinic.primary_care[c] = sum->primary_care;
    w->clinic.service_cost[c] = cost;
    w->clinic.num_listed[c] = sum->alive;
    if (w->record != NULL)
        w->record->patient_weeks += (uint64_t)sum->alive;
}

/* A list's patients stand side by side, and their clocks agree. */
static void list_week(struct world *w, int c, int32_t first, struct clinic_use *sum)
{
    int t = since_list(w, first);
    for (int32_t i = first; i < first + w->population->stride[c]; i++) {
        if (w->patient.stage[i] == PATIENT_GONE)
            continue;
        if (t < w->population->end[i])
            use_services(w, c, i, t, sum);
        else
            patient_ends(w, i, sum);
    }
}

static void services_week(struct world *w, int c)
{
    struct clinic_use sum = { 0 };
    for (int list = 0; list < w->clinic.lists_out[c]; list++)
        list_week(w, c, w->clinic.first_patient[c] + list * w->population->stride[c], &sum);
    tally_use(w, c, &sum);
}

/* ---- the enrolled ------------------------------------------------------------------------------------------------ */

/* What nurses see, secular change included: nobody sees a counterfactual. In somebody who did not need it they see less. */
static double benefit_seen(const struct world *w, int i, const struct params *p)
{
    const struct care *care = care_of(w, i);
    double integration = (care->care_integration - w->population->care_integration[i]) / p->benefit_integration;
    double distress = (w->population->distress[i] - care->distress) / p->benefit_distress;
    double confidence = (care->confidence - w->population->confidence[i]) / p->benefit_confidence;
    double felt = (1 - p->benefit_by_confidence) * distress + p->benefit_by_confidence * confidence;
    double benefit =
        clamp((1 - p->benefit_felt) * integration + p->benefit_felt * felt, p->benefit_least, p->benefit_most);
    return w->population->flags[i] & FLAG_COMPLEX ? benefit : p->benefit_without_need * benefit;
}

static void treat(struct world *w, int c, int i)
{
    const struct care *care = care_of(w, i);
    const struct params *p = &w->clinic.now[c];
    move_trust(w, i, p);
    move_adherence(w, i, p);
    take_dose(w, i, p);
    move_scores(w, i, p);
    move_effect(w, i, p);
    tally_add(w, c, OUTCOME_trust, care->trust, 1);
    tally_add(w, c, OUTCOME_adherence, care->adherence, 1);
    tally_add(w, c, OUTCOME_duplicated_services, 0, 1.0 / WEEKS_PER_YEAR);
}

struct seen { /* in a clinic's enrolled patients this week */
    double benefit, trust;
    int num, enrolled;
};

static void see(const struct world *w, int c, int i, struct seen *seen)
{
    const struct care *care = care_of(w, i);
    const struct params *p = &w->clinic.now[c];
    seen->trust += care->trust;
    seen->enrolled++;
    if (w->week - care->enrol_week >= p->benefit_weeks) {
        seen->benefit += benefit_seen(w, i, p);
        seen->num++;
    }
}

static void enrolled_week(struct world *w, int c)
{
    const int32_t *enrolled = w->enrolled + w->clinic.first_patient[c];
    struct seen seen = { 0 };
    for (int k = w->clinic.num_enrolled[c] - 1; k >= 0; k--) { /* backwards: who drops out leaves the list */
        int i = enrolled[k];
        treat(w, c, i);
        if (drops_out(w, i, &w->clinic.now[c]))
            programme_exit(w, i, PATIENT_DROPPED);
        else
            see(w, c, i, &seen);
    }
    w->clinic.trust[c] = seen.enrolled > 0 ? seen.trust / seen.enrolled : NAN;
    w->clinic.benefit[c] = seen.num > 0 ? seen.benefit / seen.num : NAN;
}

void patient_step(struct world *w)
{
    for (int c = 0; c < w->clinic.num; c++) {
        enrolled_week(w, c);
        services_week(w, c);
    }
}
