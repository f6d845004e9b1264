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
    double planned = floor(weeks / WEEKS_PER_MONTH), sum = w->patient.care[i].assessment_quality;
    int components = 1;
    if (weeks < FIDELITY_WEEK)
        return NAN;
    if (weeks >= ISP_WEEK) {
        sum += w->patient.care[i].isp_quality;
        components++;
    }
    if (planned >= 1) {
        sum += delivered(w->patient.care[i].num_coordination, w->patient.care[i].coordination_quality, planned);
        sum += delivered(w->patient.care[i].num_self_management, w->patient.care[i].self_management_quality, planned);
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
    w->patient.stage[i] = PATIENT_ENROLLED;
    w->patient.care[i].nurse = nurse;
    w->patient.care[i].enrol_week = w->patient.care[i].nurse_since = w->week;
    w->patient.care[i].trust = param_from_scale(KIND_LOGIT, param_to_scale(KIND_LOGIT, p->trust_start) + z);
    w->patient.care[i].own_adherence = p->patient_spread * random_normal_of(random_uniform_of(u.w[1]));
    w->patient.care[i].adherence =
        param_from_scale(KIND_LOGIT, param_to_scale(KIND_LOGIT, p->adherence_start) + w->patient.care[i].own_adherence);
    w->patient.care[i].heard = p->visit_notice_share;
    w->patient.care[i].due_coordination = w->week + p->contact_interval * p->first_contact;
    w->patient.care[i].due_self_management = w->week + p->contact_interval;
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
    int c = w->patient.clinic[i], weeks = w->week - w->patient.care[i].enrol_week;
    w->patient.care[i].fidelity = (float)programme_fidelity(w, i, weeks);
    w->patient.care[i].exit_week = w->week;
    w->patient.stage[i] = (uint8_t)stage;
    if (w->patient.care[i].nurse != NONE)
        w->nurse.caseload[w->patient.care[i].nurse]--;
    w->patient.care[i].nurse = NONE;
    w->patient.care[i].faded_week = w->week;
    forget(w, c, i);
    if (stage == PATIENT_DROPPED)
        tally_add(w, c, OUTCOME_drop_out, 1, 0);
}

void programme_change_nurse(struct world *w, int i, int nurse)
{
    w->nurse.caseload[w->patient.care[i].nurse]--;
    w->nurse.caseload[nurse]++;
    w->patient.care[i].nurse = nurse;
    w->patient.care[i].nurse_since = w->week;
    w->patient.care[i].trust *= 1 - w->clinic.now[w->patient.clinic[i]].trust_lost;
}

void programme_close(struct world *w, int c)
{
    while (w->clinic.num_enrolled[c] > 0)
        programme_exit(w, w->enrolled[w->clinic.first_patient[c] + w->clinic.num_enrolled[c] - 1], PATIENT_RETURNED);
}
