#include "outcomes.h"

#include <math.h>

#include "instrument.h"
#include "patient.h"
#include "programme.h"
#define EARLY_WEEKS 13
#define LATE_WEEKS 26
#define TWO_YEARS 104
#define COMFORTABLE 0.6

/* ---- a clinic's people this week --------------------------------------------------------------------------------- */

struct people { /* means over the nurses at work, and over physicians */
    int present, vacant, absent;
    double fte, competence, competence_sd, comfort, knowledge, engagement, strain, tie_manager, tie_team, coaching,
        value;
    double physician_value, physician_tie;
    double professional_value, professional_engagement;
};

static void add_nurse(const struct world *w, int n, struct people *p)
{
    p->present++;
    p->fte += w->nurse.fte[n];
    p->competence += w->nurse.competence[n];
    p->competence_sd += w->nurse.competence[n] * w->nurse.competence[n];
    p->comfort += w->nurse.comfort[n];
    p->knowledge += w->nurse.knowledge[n];
    p->engagement += w->nurse.engagement[n];
    p->strain += w->nurse.strain[n];
    p->tie_manager += w->nurse.tie_manager[n];
    p->tie_team += w->nurse.tie_team[n];
    p->coaching += w->nurse.coaching[n];
    p->value += w->nurse.value[n];
}

static void add_physicians(const struct world *w, int c, struct people *p)
{
    FOR_EACH_PHYSICIAN (f, w, c) {
        p->physician_value += w->physician.value[f];
        p->physician_tie += w->physician.tie_manager[f];
    }
}

static void add_professionals(const struct world *w, int c, struct people *p)
{
    FOR_EACH_PROFESSIONAL (q, w, c) {
        p->professional_value += w->professional.value[q];
        p->professional_engagement += w->professional.engagement[q];
    }
}

/* Sums over those present; tallies divide. */
static struct people count_people(const struct world *w, int c)
{
    struct people p = { 0 };
    double mean;
    FOR_EACH_NURSE (n, w, c)
        if (nurse_works(w, n)) {
            add_nurse(w, n, &p);
        } else {
            p.absent++;
            p.vacant += w->nurse.post[n] == POST_VACANT;
        }
    mean = p.present > 0 ? p.competence / p.present : 0;
    p.competence_sd = p.present > 0 ? sqrt(clamp(p.competence_sd / p.present - mean * mean, 0, 1)) : 0;
    add_physicians(w, c, &p);
    add_professionals(w, c, &p);
    return p;
}

/* ---- tallies of a week ------------------------------------------------------------------------------------------- */

static void tally_posts(struct world *w, int c, const struct people *p)
{
    double posts = w->clinic.num_nurses[c];
    tally_add(w, c, OUTCOME_nurse_turnover, 0, posts / WEEKS_PER_YEAR);
    tally_add(w, c, OUTCOME_vacancy_share, p->vacant, posts);
    tally_add(w, c, OUTCOME_absence_share, p->absent, posts);
    tally_add(w, c, OUTCOME_disruption, clinic_reorganizing(w, c), 1);
}

static void tally_nurses(struct world *w, int c, const struct people *p)
{
    double num = p->present;
    tally_add(w, c, OUTCOME_competence, p->competence, num);
    tally_add(w, c, OUTCOME_isp_comfort, p->comfort, num);
    tally_add(w, c, OUTCOME_service_knowledge, p->knowledge, num);
    tally_add(w, c, OUTCOME_engagement, p->engagement, num);
    tally_add(w, c, OUTCOME_strain, p->strain, num);
    tally_add(w, c, OUTCOME_ties, p->tie_manager, num);
    tally_add(w, c, OUTCOME_team_ties, p->tie_team, num);
    tally_add(w, c, OUTCOME_coaching_received, p->coaching, num);
    if (p->present > 1)
        tally_add(w, c, OUTCOME_competence_sd, p->competence_sd, 1);
    if (w->clinic.comfort_week[c] == NONE && p->present > 0 && p->comfort >= COMFORTABLE * p->present)
        w->clinic.comfort_week[c] = w->week;
}

static void tally_leaders(struct world *w, int c, const struct people *p)
{
    int h = w->clinic.centre[c], leader = w->clinic.leader_nurse[c];
    double lead = w->physician.value[w->clinic.lead[c]];
    double nurse = nurse_works(w, leader) ? w->nurse.leadership[leader] : 0;
    double manager = w->centre.managers[h] > 0 ? w->centre.leadership[h] : 0;
    tally_add(w, c, OUTCOME_climate, w->clinic.climate[c], 1);
    tally_add(w, c, OUTCOME_lead_value, lead, 1);
    tally_add(w, c, OUTCOME_leadership, (lead + w->clinic.manager_value[c] + nurse + manager) / 4, 1);
    tally_add(w, c, OUTCOME_physician_ties, p->physician_tie, w->clinic.num_physicians[c]);
    tally_add(w, c, OUTCOME_acceptability,
              p->value + p->physician_value + p->professional_value + w->clinic.manager_value[c],
              p->present + w->clinic.num_physicians[c] + w->clinic.num_professionals[c] + 1);
    tally_add(w, c, OUTCOME_professionals_engagement, p->professional_engagement, w->clinic.num_professionals[c]);
}

static void tally_work(struct world *w, int c)
{
    double needed = w->clinic.hours_needed[c], had = w->clinic.hours_available[c];
    tally_add(w, c, OUTCOME_cm_hours, had, 1);
    if (w->week < EARLY_WEEKS)
        tally_add(w, c, OUTCOME_early_hours, w->clinic.hours_available[c], 1);
    tally_add(w, c, OUTCOME_case_manager_time, w->clinic.manager_hours[c], 1);
    tally_add(w, c, OUTCOME_coordinator_time, w->clinic.coordinator_hours[c], 1);
    tally_add(w, c, OUTCOME_hours_per_patient, w->clinic.hours_used[c], 0);
    if (needed > 0)
        tally_add(w, c, OUTCOME_feasibility, had < needed ? had / needed : 1, 1);
    if (w->week >= w->setting->horizon - LATE_WEEKS && !isnan(w->clinic.fidelity[c]))
        tally_add(w, c, OUTCOME_fidelity_late, w->clinic.fidelity[c], 1);
}

static bool is_active(const struct world *w, int c)
{
    int last = NONE;
    for (int k = 0; k < NUM_COMPONENTS; k++)
        if (w->component_week[c * NUM_COMPONENTS + k] > last)
            last = w->component_week[c * NUM_COMPONENTS + k];
    return clinic_runs(w, c) && last != NONE && w->week - last < ACTIVE_WEEKS;
}

static void tally_programme(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    int begun = w->clinic.start_up_week[c];
    double hours = w->clinic.hours_used[c] + (clinic_runs(w, c) ? w->clinic.manager_hours[c] : 0);
    w->clinic.programme_cost[c] += hours * p->nurse_hour_cost + w->clinic.strategy_cost[c];
    tally_add(w, c, OUTCOME_programme_cost, w->clinic.programme_cost[c], 0);
    if (begun != NONE)
        tally_add(w, c, OUTCOME_coverage, w->clinic.num_enrolled[c], p->planned);
    if (begun != NONE && w->week == begun + TWO_YEARS)
        tally_add(w, c, OUTCOME_active_104w, is_active(w, c), 1);
}

/* ---- series ------------------------------------------------------------------------------------------------------ */

static double listed(const struct world *w, int c)
{
    return (double)w->clinic.lists_out[c] * w->population->stride[c];
}

static double reach_now(const struct world *w, int c)
{
    return w->clinic.lists_out[c] > 0 ? w->clinic.num_treated[c] / listed(w, c) : NAN;
}

static double per(double sum, int num)
{
    return num > 0 ? sum / num : NAN;
}

static double series_value(const struct world *w, int c, const struct people *p, enum series series)
{
    switch (series) {
    case SERIES_ed_visits:
        return w->clinic.visits[c];
    case SERIES_hospitalizations:
        return w->clinic.admissions[c];
    case SERIES_pc_visits:
        return w->clinic.primary_care[c];
    case SERIES_ed_visits_usual:
        return w->clinic.usual_visits[c];
    case SERIES_listed:
        return w->clinic.num_listed[c];
    case SERIES_enrolled:
        return w->clinic.num_enrolled[c];
    case SERIES_ever_enrolled:
        return w->clinic.num_treated[c];
    case SERIES_nurse_fte:
        return p->fte;
    case SERIES_case_manager_fte:
        return w->clinic.manager_hours[c] / NURSE_WEEK_HOURS;
    case SERIES_hours_available:
        return w->clinic.hours_available[c];
    case SERIES_hours_needed:
        return w->clinic.hours_needed[c];
    case SERIES_climate:
        return w->clinic.climate[c];
    case SERIES_medical_leadership:
        return stance_of(w->physician.value[w->clinic.lead[c]]);
    case SERIES_manager_stance:
        return stance_of(w->clinic.manager_value[c]);
    case SERIES_nurse_motivation:
        return per(p->engagement, p->present);
    case SERIES_competence:
        return per(p->competence, p->present);
    case SERIES_strain:
        return per(p->strain, p->present);
    case SERIES_ties:
        return per(p->tie_manager, p->present);
    case SERIES_benefit_seen:
        return w->clinic.benefit[c];
    case SERIES_trust:
        return w->clinic.trust[c];
    case SERIES_fidelity:
        return w->clinic.fidelity[c];
    case SERIES_reach:
        return reach_now(w, c);
    case SERIES_stop_chance:
        return w->clinic.stop_chance[c];
    case SERIES_active:
        return is_active(w, c);
    case SERIES_stage:
        return w->clinic.stage[c];
    case SERIES_cost_intervention:
        return w->clinic.programme_cost[c];
    case SERIES_cost_services:
        return w->clinic.service_cost[c];
    case NUM_SERIES:
        break;
    }
    return NAN;
}

double outcomes_series(const struct world *w, int c, enum series series)
{
    struct people p = count_people(w, c);
    return series_value(w, c, &p, series);
}

static void keep_series(struct world *w, int c, const struct people *p)
{
    float *row = w->record->series + ((long)c * w->record->horizon + w->week) * NUM_SERIES;
    for (int s = 0; s < NUM_SERIES; s++)
        row[s] = (float)series_value(w, c, p, (enum series)s);
}

void outcomes_record(struct world *w)
{
    for (int c = 0; c < w->clinic.num; c++) {
        struct people p = count_people(w, c);
        tally_posts(w, c, &p);
        if (clinic_runs(w, c)) {
            tally_nurses(w, c, &p);
            tally_leaders(w, c, &p);
            tally_work(w, c);
        }
        tally_programme(w, c);
        if (w->clinic.num_treated[c] > 0)
            instrument_week(w, c);
        if (w->record->series != NULL)
            keep_series(w, c, &p);
    }
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

/* Week an enrolment ended, or the horizon. */
static int end_of(const struct world *w, int i)
{
    const struct care *care = care_of(w, i);
    return care->exit_week != NONE ? care->exit_week : w->setting->horizon;
}

/* The 52 weeks from enrolment against the twin's; patients whose 52 weeks end within the horizon, drop-outs and the
 * dead included (those who left the area or died count as long as they were there, in both worlds). */
static void tally_year(struct world *w, int c, int i)
{
    const struct care *care = care_of(w, i);
    const struct population *population = w->population;
    const struct params *p = &w->clinic.now[c];
    int visits = care->ed_year, usual = care->ed_year_usual;
    int admissions = care->admissions_year - care->admissions_year_usual;
    int year_end = care->enrol_week + WEEKS_PER_YEAR;
    double cost = (visits - usual) * p->ed_visit_cost + admissions * p->admission_cost;
    if (year_end > w->setting->horizon)
        return;
    tally_add(w, c, OUTCOME_ed_rate_ratio, visits, usual);
    tally_add(w, c, OUTCOME_admission_rate_ratio, care->admissions_year, care->admissions_year_usual);
    tally_add(w, c, OUTCOME_service_cost_difference, cost, 1);
    tally_add(w, c, OUTCOME_cost_per_visit_avoided, 0, usual - visits);
    if (w->patient.list_week[i] + population->end[i] >= year_end)
        tally_add(w, c, OUTCOME_ed_change_naive, visits - population->visits_year[i], population->visits_year[i]);
}

static void tally_treated(struct world *w, int c, int i)
{
    const struct care *care = care_of(w, i);
    patient_catch_up(w, i);
    const struct population *population = w->population;
    int begun = care->enrol_week, isp = care->isp_week, end = end_of(w, i);
    double fidelity = care->exit_week != NONE ? care->fidelity : programme_fidelity(w, i, end - begun);
    if (!isnan(fidelity))
        tally_add(w, c, OUTCOME_fidelity, fidelity, 1);
    tally_add(w, c, OUTCOME_appropriateness, (population->flags[i] & FLAG_COMPLEX) != 0, 1);
    tally_add(w, c, OUTCOME_days_to_isp, 7.0 * ((isp != NONE ? isp : end) - begun), 1);
    if (end - begun >= ISP_WEEK)
        tally_add(w, c, OUTCOME_isp_written_share, isp != NONE, 1);
    tally_add(w, c, OUTCOME_self_management_change, care->self_management - population->self_management[i], 1);
    tally_add(w, c, OUTCOME_care_integration_change, care->care_integration - population->care_integration[i], 1);
    tally_add(w, c, OUTCOME_distress_change, care->distress - population->distress[i], 1);
    tally_add(w, c, OUTCOME_confidence_change, care->confidence - population->confidence[i], 1);
    tally_add(w, c, OUTCOME_self_management, care->self_management, 1);
    tally_year(w, c, i);
}

static void tally_yes_no(struct world *w, int c)
{
    int full = w->clinic.full_week[c], begun = w->clinic.start_up_week[c];
    bool long_enough = begun != NONE && w->setting->horizon - begun >= WEEKS_PER_YEAR;
    tally_add(w, c, OUTCOME_full_implementation, full != NONE, 1);
    tally_add(w, c, OUTCOME_practice_change, full != NONE && full < WEEKS_PER_YEAR, 1);
    tally_add(w, c, OUTCOME_discontinued, w->clinic.stop_week[c] != NONE, 1);
    tally_add(w, c, OUTCOME_lapsed, w->clinic.lapse_week[c] != NONE, 1);
    tally_add(w, c, OUTCOME_active_at_horizon, is_active(w, c), 1);
    tally_add(w, c, OUTCOME_sustained, long_enough && is_active(w, c), 1);
    if (full != NONE)
        tally_add(w, c, OUTCOME_full_implementation_week, full, 1);
    if (w->clinic.stop_week[c] != NONE)
        tally_add(w, c, OUTCOME_discontinued_week, w->clinic.stop_week[c], 1);
}

static void tally_end(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    const int32_t *treated = w->treated + w->clinic.first_patient[c];
    double ever = w->clinic.num_treated[c];
    tally_add(w, c, OUTCOME_reach, ever, listed(w, c));
    tally_add(w, c, OUTCOME_penetration, ever, p->roster * p->eligible_share);
    tally_add(w, c, OUTCOME_hours_per_patient, 0, ever);
    tally_add(w, c, OUTCOME_programme_cost, 0, 1);
    tally_add(w, c, OUTCOME_turnover_cost, 0, 1);
    tally_add(w, c, OUTCOME_cost_per_visit_avoided, w->tally[(long)c * NUM_OUTCOMES + OUTCOME_programme_cost].sum, 0);
    tally_add(w, c, OUTCOME_weeks_to_comfort,
              w->clinic.comfort_week[c] != NONE ? w->clinic.comfort_week[c] : w->setting->horizon, 1);
    tally_yes_no(w, c);
    for (int k = 0; k < w->clinic.num_treated[c]; k++)
        tally_treated(w, c, treated[k]);
}

static double ratio(const struct tally *t)
{
    return t->count > 0 ? t->sum / t->count : NAN;
}

void outcomes_finish(struct world *w)
{
    double *out = w->record->outcome;
    for (int c = 0; c < w->clinic.num; c++)
        tally_end(w, c);
    for (int o = 0; o < NUM_OUTCOMES; o++) {
        struct tally all = { 0, 0 };
        for (int c = 0; c < w->clinic.num; c++) {
            const struct tally *t = &w->tally[(long)c * NUM_OUTCOMES + o];
            out[(long)c * NUM_OUTCOMES + o] = ratio(t);
            all.sum += t->sum;
            all.count += t->count;
        }
        out[(long)w->clinic.num * NUM_OUTCOMES + o] = ratio(&all);
    }
}
