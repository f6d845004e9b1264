#include "programme.h"

#include <math.h>

/* Share delivered of what was planned, at most 1, times the mean quality of what was delivered. */
static double delivered(int made, double quality, double planned)
{
    double share = made < planned ? made / planned : 1;
    return made > 0 ? share * quality / made : 0;
}

double programme_fidelity(const struct world *w, int i, int weeks)
{
    const struct care *care = care_of(w, i);
    double planned = floor(weeks / WEEKS_PER_MONTH), sum = care->assessment_quality;
    int components = 1;
    if (weeks < FIDELITY_WEEK)
        return NAN;
    if (weeks >= ISP_WEEK) {
        sum += care->isp_quality;
        components++;
    }
    if (planned >= 1) {
        sum += delivered(care->num_coordination, care->coordination_quality, planned);
        sum += delivered(care->num_self_management, care->self_management_quality, planned);
        components += 2;
    }
    return sum / components;
}

int programme_free_nurse(const struct world *w, int c)
{
    int best = NONE;
    FOR_EACH_NURSE (n, w, c)
        if (nurse_works(w, n) && (best == NONE || w->nurse.caseload[n] < w->nurse.caseload[best]))
            best = n;
    return best;
}

void programme_enrol(struct world *w, int i, int nurse)
{
    int c = w->patient.clinic[i];
    const struct params *p = &w->clinic.now[c];
    struct words u = random_words(w->luck, w->population->entity[i], 0, STREAM_CONTACT, 1);
    double z = p->patient_spread * random_normal_of(random_uniform_of(u.w[0]));
    struct care *care = world_open_care(w, i);
    w->patient.stage[i] = PATIENT_ENROLLED;
    care->nurse = nurse;
    care->enrol_week = care->nurse_since = w->week;
    care->trust = param_from_scale(KIND_LOGIT, param_to_scale(KIND_LOGIT, p->trust_start) + z);
    care->own_adherence = p->patient_spread * random_normal_of(random_uniform_of(u.w[1]));
    care->adherence =
        param_from_scale(KIND_LOGIT, param_to_scale(KIND_LOGIT, p->adherence_start) + care->own_adherence);
    care->heard = p->visit_notice_share;
    care->due_coordination = w->week + p->contact_interval * p->first_contact;
    care->due_self_management = w->week + p->contact_interval;
    w->nurse.caseload[nurse]++;
    w->treated[w->clinic.first_patient[c] + w->clinic.num_treated[c]++] = i;
    w->enrolled[w->clinic.first_patient[c] + w->clinic.num_enrolled[c]++] = i;
    tally_add(w, c, OUTCOME_drop_out, 0, 1);
}

/* Off the list of the enrolled; the others keep their order. */
static void forget(struct world *w, int c, int i)
{
    int32_t *enrolled = w->enrolled + w->clinic.first_patient[c];
    int k = 0, num = --w->clinic.num_enrolled[c];
    while (enrolled[k] != i)
        k++;
    for (; k < num; k++)
        enrolled[k] = enrolled[k + 1];
}

void programme_exit(struct world *w, int i, enum patient_stage stage)
{
    struct care *care = care_of(w, i);
    int c = w->patient.clinic[i], weeks = w->week - care->enrol_week;
    care->fidelity = (float)programme_fidelity(w, i, weeks);
    care->exit_week = w->week;
    w->patient.stage[i] = (uint8_t)stage;
    if (care->nurse != NONE)
        w->nurse.caseload[care->nurse]--;
    care->nurse = NONE;
    care->faded_week = w->week;
    forget(w, c, i);
    if (stage == PATIENT_DROPPED)
        tally_add(w, c, OUTCOME_drop_out, 1, 0);
}

void programme_change_nurse(struct world *w, int i, int nurse)
{
    struct care *care = care_of(w, i);
    w->nurse.caseload[care->nurse]--;
    w->nurse.caseload[nurse]++;
    care->nurse = nurse;
    care->nurse_since = w->week;
    care->trust *= 1 - w->clinic.now[w->patient.clinic[i]].trust_lost;
}

void programme_close(struct world *w, int c)
{
    while (w->clinic.num_enrolled[c] > 0)
        programme_exit(w, w->enrolled[w->clinic.first_patient[c] + w->clinic.num_enrolled[c] - 1], PATIENT_RETURNED);
}
