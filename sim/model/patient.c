#include "patient.h"

#include <math.h>

#include "programme.h"

#define BENEFIT_WEEKS 8         /* enrolled so long before a benefit can be seen (assumed) */
#define BENEFIT_INTEGRATION 6.0 /* points of integration that count as a full benefit (2.5) */
#define BENEFIT_DISTRESS 2.5    /* points of distress (assumed) */
#define SECULAR_WEEKS 26.0      /* over which the secular changes are told */
#define SELF_MANAGEMENT_TOP 96.0
#define INTEGRATION_TOP 51.0
#define DISTRESS_TOP 24.0
enum { BLOCK_DROP = 5 }; /* of STREAM_CONTACT */

static int since_list(const struct world *w, int i)
{
    return w->week - w->patient.list_week[i];
}

/* ---- relationship -------------------------------------------------------------------------------------------------
 */

/* Too many programmes: the patient does not know who follows (002), and trusts less. */
static double clear_roles(const struct params *p)
{
    return (1 - p->diverted_share) / (1 - param_table[PARAM_diverted_share].value);
}

static void move_trust(struct world *w, int i, const struct params *p)
{
    double q = w->patient.contact_quality[i], trust = w->patient.trust[i];
    double gain = p->trust_growth * q * p->person_centred / param_table[PARAM_person_centred].value * clear_roles(p);
    w->patient.trust[i] = q > 0 ? trust + clamp(gain, 0, 1) * (1 - trust) : trust - p->trust_decay * trust;
}

static void move_adherence(struct world *w, int i, const struct params *p)
{
    struct words u =
        random_words(w->luck, w->population->entity[i], 0, STREAM_CONTACT, 1); /* as at enrolment: who one is */
    double own = param_to_scale(KIND_LOGIT, p->adherence_start) + 0.6 * random_normal_of(random_uniform_of(u.w[1]));
    double caregiver = ((w->population->flags[i] & FLAG_CAREGIVER) != 0) - param_table[PARAM_caregiver_share].value;
    double x = own + p->adherence_from_trust * (w->patient.trust[i] - 0.5) + p->adherence_from_caregiver * caregiver;
    w->patient.adherence[i] += p->adherence_rate * (1 / (1 + exp(-x)) - w->patient.adherence[i]);
}

/* How far a relationship lets what is delivered act: full from a share of `enough` on. */
static double relation(double least, double share, double enough)
{
    double x = (least + (1 - least) * share) / (least + (1 - least) * enough);
    return x < 1 ? x : 1;
}

/* The clinic hears of hospital visits, hospital and partners read the plan: told against the neutral clinic, where half
 * of either counts. What works through others works as far as they know. */
static double informed(const struct world *w, int i, const struct params *p)
{
    double usual = param_table[PARAM_visit_notice_share].value + param_table[PARAM_plan_access].value;
    double read = w->patient.isp_week[i] != NONE ? p->plan_access : 0;
    return 1 - p->through_information + p->through_information * (p->visit_notice_share + read) / usual;
}

static void take_dose(struct world *w, int i, const struct params *p)
{
    double planned = 2 / WEEKS_PER_MONTH * p->enough_quality; /* contacts a week by the programme, well made */
    double now = w->patient.contact_quality[i] / planned;
    double contacts = w->patient.contacts[i] + (now - w->patient.contacts[i]) / p->dose_memory;
    double plan = 1 - p->plan_needed + p->plan_needed * w->patient.isp_quality[i];
    double trust = relation(0.3, w->patient.trust[i], p->enough_trust);
    double follow = relation(0.4, w->patient.adherence[i], p->enough_trust);
    double dose = (contacts < 1 ? contacts : 1) * plan * trust * follow * informed(w, i, p);
    w->patient.contacts[i] = contacts;
    w->patient.dose[i] = dose < 1 ? dose : 1;
}

static bool drops_out(const struct world *w, int i, const struct params *p)
{
    struct words u = random_words(w->luck, w->population->entity[i], since_list(w, i) + 1, STREAM_CONTACT, BLOCK_DROP);
    double hazard = p->drop_out_rate / WEEKS_PER_MONTH * exp(p->drop_from_trust * (0.5 - w->patient.trust[i]));
    return random_uniform_of(u.w[0]) < hazard;
}

/* ---- what the dose does
 * ---------------------------------------------------------------------------------------------- */

static void move_scores(struct world *w, int i, const struct params *p)
{
    double since = (w->week - w->patient.enrol_week[i]) / SECULAR_WEEKS, dose = w->patient.dose[i];
    double secular = since < 2 ? since : 2; /* passing of time acts for a year (assumed) */
    double skills = w->population->self_management[i] + secular * p->secular_self_management +
                    p->self_management_full * p->skills_slope * dose;
    double integration =
        w->population->care_integration[i] + secular * p->secular_integration + p->integration_full * dose;
    double distress = w->population->distress[i] + secular * p->secular_distress + p->distress_full * dose;
    w->patient.self_management[i] +=
        (clamp(skills, 0, SELF_MANAGEMENT_TOP) - w->patient.self_management[i]) / p->self_management_weeks;
    w->patient.care_integration[i] +=
        (clamp(integration, 0, INTEGRATION_TOP) - w->patient.care_integration[i]) / p->integration_weeks;
    w->patient.distress[i] += (clamp(distress, 0, DISTRESS_TOP) - w->patient.distress[i]) / p->distress_weeks;
}

static void move_effect(struct world *w, int i, const struct params *p)
{
    double speed = w->patient.stage[i] == PATIENT_ENROLLED ? 1 / p->effect_lag : 0.693 / p->effect_half_life;
    w->patient.effect[i] += clamp(speed, 0, 1) * (w->patient.dose[i] - w->patient.effect[i]);
}

/* ---- use of services
 * --------------------------------------------------------------------------------------------------- */

/* The same uniforms at a lower rate never add a visit: where the twin had none, and the rates are not raised, the week
 * is the twin's own. */
static struct use use_this_week(const struct world *w, int c, int i, int t)
{
    const struct params *p = &w->clinic.now[c];
    const struct use *usual = population_usual(w->population, c, i, t);
    double effect = w->patient.effect[i];
    bool lower = p->ed_ratio_full <= 1 && p->admission_ratio_full <= 1;
    if (effect <= 0 || (lower && usual->visits == 0 && usual->admissions == 0))
        return *usual;
    return population_use(w->population, p, w->luck, i, t, pow(p->ed_ratio_full, effect),
                          pow(p->admission_ratio_full, effect));
}

/* The clinic learns of a visit or not; if not, somebody repeats what was done (8.1, 8.9). */
static int duplicates(struct world *w, int i, int t, int visits, bool enrolled)
{
    const struct params *p = &w->clinic.now[w->patient.clinic[i]];
    struct words u = random_words(w->luck, w->population->entity[i], t, STREAM_INFORMATION, 0);
    int known = random_binomial_of(random_uniform_of(u.w[0]), visits, p->visit_notice_share);
    int duplicated = random_binomial_of(random_uniform_of(u.w[1]), visits - known, p->duplication_share);
    if (enrolled) {
        tally_add(w, w->patient.clinic[i], OUTCOME_visits_known_share, known, visits);
        tally_add(w, w->patient.clinic[i], OUTCOME_duplicated_services, duplicated, 0);
    }
    return duplicated;
}

struct clinic_use {
    double visits, admissions, primary_care, duplicated, usual_visits, alive, deaths;
};

static void count_year(struct world *w, int i, const struct use *use, const struct use *usual)
{
    if (w->patient.enrol_week[i] != NONE && w->week - w->patient.enrol_week[i] < WEEKS_PER_YEAR) {
        w->patient.ed_year[i] += use->visits;
        w->patient.ed_year_usual[i] += usual->visits;
    }
}

static void use_services(struct world *w, int c, int i, int t, struct clinic_use *sum)
{
    const struct use *usual = population_usual(w->population, c, i, t);
    bool treated = w->patient.stage[i] >= PATIENT_ENROLLED; /* nobody else's week differs from the twin's */
    struct use use = treated ? use_this_week(w, c, i, t) : *usual;
    sum->visits += use.visits;
    sum->usual_visits += usual->visits;
    sum->admissions += use.admissions;
    sum->primary_care += use.primary_care;
    sum->alive += 1;
    if (use.visits > 0)
        sum->duplicated += duplicates(w, i, t, use.visits, w->patient.stage[i] == PATIENT_ENROLLED);
    if (treated)
        count_year(w, i, &use, usual);
}

static void patient_ends(struct world *w, int i, struct clinic_use *sum)
{
    sum->deaths += w->population->died[i];
    if (w->patient.stage[i] == PATIENT_ENROLLED)
        programme_exit(w, i, PATIENT_GONE);
    w->patient.stage[i] = PATIENT_GONE;
}

static void tally_use(struct world *w, int c, const struct clinic_use *sum)
{
    const struct params *p = &w->clinic.now[c];
    double years = sum->alive / WEEKS_PER_YEAR;
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
    w->clinic.num_listed[c] = (int32_t)sum->alive;
    if (w->record != NULL)
        w->record->patient_weeks += (uint64_t)sum->alive;
}

static void services_week(struct world *w, int c)
{
    struct clinic_use sum = { 0 };
    for (int32_t i = w->clinic.first_patient[c]; i < w->clinic.first_patient[c] + w->clinic.num_patients[c]; i++) {
        int t;
        if (w->patient.stage[i] == PATIENT_UNLISTED)
            break; /* lists come in order: nobody further on is listed */
        if (w->patient.stage[i] == PATIENT_GONE)
            continue;
        t = since_list(w, i);
        if (t < w->population->end[i])
            use_services(w, c, i, t, &sum);
        else
            patient_ends(w, i, &sum);
    }
    tally_use(w, c, &sum);
}

/* ---- the treated
 * ------------------------------------------------------------------------------------------------------------ */

static double benefit_seen(const struct world *w, int i)
{
    double integration = w->patient.care_integration[i] - w->population->care_integration[i];
    double distress = w->population->distress[i] - w->patient.distress[i];
    return clamp(0.5 * integration / BENEFIT_INTEGRATION + 0.5 * distress / BENEFIT_DISTRESS, -0.5, 1.5);
}

static void treat(struct world *w, int i)
{
    int c = w->patient.clinic[i];
    const struct params *p = &w->clinic.now[c];
    if (w->patient.stage[i] == PATIENT_ENROLLED) {
        move_trust(w, i, p);
        move_adherence(w, i, p);
        take_dose(w, i, p);
        tally_add(w, c, OUTCOME_trust, w->patient.trust[i], 1);
        tally_add(w, c, OUTCOME_adherence, w->patient.adherence[i], 1);
        tally_add(w, c, OUTCOME_duplicated_services, 0, 1.0 / WEEKS_PER_YEAR);
        if (drops_out(w, i, p))
            programme_exit(w, i, PATIENT_DROPPED);
    } else {
        w->patient.dose[i] = 0;
    }
    move_scores(w, i, p);
    move_effect(w, i, p);
}

static void treated_week(struct world *w, int c)
{
    const int32_t *treated = w->treated + w->clinic.first_patient[c];
    double benefit = 0, trust = 0;
    int seen = 0, enrolled = 0;
    for (int k = 0; k < w->clinic.num_treated[c]; k++) {
        int i = treated[k];
        if (w->patient.stage[i] == PATIENT_GONE)
            continue;
        treat(w, i);
        if (w->patient.stage[i] != PATIENT_ENROLLED)
            continue;
        trust += w->patient.trust[i];
        enrolled++;
        if (w->week - w->patient.enrol_week[i] >= BENEFIT_WEEKS) {
            benefit += benefit_seen(w, i);
            seen++;
        }
    }
    w->clinic.trust[c] = enrolled > 0 ? trust / enrolled : NAN;
    if (seen > 0)
        w->clinic.benefit[c] = benefit / seen;
}

void patient_step(struct world *w)
{
    for (int c = 0; c < w->clinic.num; c++) {
        if (w->clinic.num_treated[c] > 0)
            treated_week(w, c);
        services_week(w, c);
    }
}
