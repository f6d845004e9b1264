#include <math.h>
#include <string.h>

#include "professional.h"
#include "world.h"

static const bool starts_on[NUM_PARAMS] = {
    [PARAM_professionals] = true,
    [PARAM_missing_at_start] = true,
    [PARAM_absent_is_sick] = true,
    [PARAM_start_up_from_ties] = true,
    [PARAM_physician_tie_spread] = true,
    /* of the scenario's draw */
    [PARAM_place_proximity] = true,
    [PARAM_beta_spread] = true,
};

bool world_starts_on(int param)
{
    return starts_on[param];
}

static const struct person_setting *person_of(const struct person_setting *people, int i)
{
    return people != NULL ? &people[i] : NULL;
}

static void start_clinic_factors(struct world *w, int c)
{
    const struct clinic_setting *s = &w->setting->clinic[c];
    memcpy(&w->rating[(long)c * NUM_FACTORS], s->rating, sizeof s->rating);
    world_params(w, c, s->rating, &w->clinic.now[c]);
}

/* A share moved on the log-odds scale by what a person brings of her own. */
static double personal(double share, double z)
{
    return param_from_scale(KIND_LOGIT, param_to_scale(KIND_LOGIT, share) + z);
}

/* Whoever is not said to be on leave may still be missing, as the clinic's capacity has it. */
static uint8_t post_at_start(const struct params *p, const struct person_setting *person, uint32_t missing,
                             uint32_t why)
{
    if (person != NULL && person->absent)
        return POST_SICK;
    if (random_uniform_of(missing) >= p->missing_at_start)
        return POST_PRESENT;
    return random_uniform_of(why) < p->absent_is_sick ? POST_SICK : POST_VACANT;
}

static void start_nurse(struct world *w, int c, int n, const struct person_setting *person)
{
    struct params p;
    struct words a, b;
    double z[6];
    w->nurse.clinic[n] = c; /* first: her luck is her clinic's */
    a = random_words(w->luck, nurse_entity(w, n), 0, STREAM_STAFF_START, 0);
    b = random_words(w->luck, nurse_entity(w, n), 0, STREAM_STAFF_START, 1);
    for (int i = 0; i < 6; i++)
        z[i] = w->clinic.now[c].personal_spread * random_normal_of(random_uniform_of(i < 3 ? a.w[i + 1] : b.w[i - 3]));
    world_person_params(w, c, person, &p);
    w->nurse.fte[n] = person != NULL ? person->fte : 1;
    w->nurse.post[n] = post_at_start(&p, person, a.w[0], b.w[3]);
    w->nurse.since[n] = 0;
    w->nurse.hired[n] = -52;
    w->nurse.competence[n] = personal(p.competence_start, z[0]);
    w->nurse.knowledge[n] = personal(p.service_knowledge_start, z[1]);
    w->nurse.comfort[n] = personal(p.isp_comfort_start, z[2]);
    w->nurse.temperament[n] = param_to_scale(KIND_LOGIT, p.engagement_start) + z[3];
    w->nurse.engagement[n] = personal(p.engagement_start, z[3]);
    w->nurse.leadership[n] = p.nurse_leader_start;
    w->nurse.value[n] = value_within(p.nurse_value_start + p.value_spread * z[4]);
    w->nurse.strain[n] = 0;
    w->nurse.tie_manager[n] = personal(p.tie_nurses_start, z[5]);
    w->nurse.tie_team[n] = p.team_tie_start;
    w->nurse.coaching[n] = w->nurse.hours[n] = w->nurse.worked[n] = 0;
    w->nurse.caseload[n] = 0;
    w->nurse.delivered[n] = 0;
    w->nurse.event[n] = NONE;
    tally_add(w, c, OUTCOME_adoption, 0, w->nurse.post[n] != POST_VACANT);
}

static void start_physician(struct world *w, int c, int i, int f)
{
    const struct clinic_setting *s = &w->setting->clinic[c];
    struct words u =
        random_words(w->luck, clinic_entity(w, c, ENTITY_PHYSICIAN + (uint32_t)i), 0, STREAM_STAFF_START, 0);
    struct params p;
    world_person_params(w, c, person_of(s->physician, i), &p);
    w->physician.clinic[f] = c;
    w->physician.value[f] = value_within(p.physician_value_start + p.value_spread * p.personal_spread *
                                                                       random_normal_of(random_uniform_of(u.w[0])));
    if (f == w->clinic.lead[c])
        w->physician.value[f] = p.lead_value_start;
    w->physician.tie_manager[f] = personal(p.tie_physicians_start, p.physician_tie_spread * p.personal_spread *
                                                                       random_normal_of(random_uniform_of(u.w[1])));
}

static void start_professionals(struct world *w, int c)
{
    FOR_EACH_PROFESSIONAL (q, w, c) {
        professional_comes(w, c, q, 0);
        w->professional.tie_team[q] = w->clinic.now[c].team_tie_start;
    }
    w->clinic.team_part[c] = professional_part(w, c);
}

static int leading(const struct person_setting *people, int num)
{
    for (int i = 0; people != NULL && i < num; i++)
        if (people[i].lead)
            return i;
    return 0;
}

static void start_clinic_people(struct world *w, int c)
{
    const struct clinic_setting *s = &w->setting->clinic[c];
    w->clinic.lead[c] = w->clinic.first_physician[c] + leading(s->physician, s->num_physicians);
    w->clinic.leader_nurse[c] = w->clinic.first_nurse[c] + leading(s->nurse, s->num_nurses);
    for (int i = 0; i < s->num_nurses; i++)
        start_nurse(w, c, w->clinic.first_nurse[c] + i, person_of(s->nurse, i));
    for (int i = 0; i < s->num_physicians; i++)
        start_physician(w, c, i, w->clinic.first_physician[c] + i);
    start_professionals(w, c);
}

static void start_patients(struct world *w, int c)
{
    for (int32_t i = w->population->first[c]; i < w->population->first[c + 1]; i++) {
        w->patient.clinic[i] = c;
        w->patient.list_week[i] = NONE;
    }
}

/* Set-up work: less where nurses and the case manager already know one another (case A against D). */
static double set_up_work(const struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double tie = 0;
    FOR_EACH_NURSE (n, w, c)
        tie += w->nurse.tie_manager[n] / w->clinic.num_nurses[c];
    return p->start_up_hours * (1 - p->start_up_from_ties * tie);
}

static void start_clinic(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    int32_t *weeks[] = { &w->clinic.start_up_week[c], &w->clinic.full_week[c], &w->clinic.stop_week[c],
                         &w->clinic.lapse_week[c], &w->clinic.comfort_week[c] };
    for (size_t i = 0; i < sizeof weeks / sizeof *weeks; i++)
        *weeks[i] = NONE;
    start_clinic_people(w, c);
    start_patients(w, c);
    w->clinic.climate[c] = p->climate_start;
    w->clinic.manager_value[c] = p->manager_value_start;
    w->clinic.trained[c] = p->training_sessions == 0;
    w->clinic.setup_left[c] = set_up_work(w, c);
    w->clinic.list_left[c] = NONE;
    w->clinic.next_candidate[c] = w->clinic.first_patient[c];
    w->clinic.benefit[c] = w->clinic.fidelity[c] = w->clinic.stop_chance[c] = w->clinic.trust[c] = NAN;
    w->clinic.meetings[c] = p->meetings_per_month / WEEKS_PER_MONTH * (1 - p->conflict_share);
    w->clinic.last_event[c] = w->clinic.list_event[c] = w->clinic.staff_event[c] = NONE;
    w->clinic.lead_negative[c] = stance_of(w->physician.value[w->clinic.lead[c]]) < 0;
    for (int i = 0; i < NUM_COMPONENTS; i++)
        w->component_week[c * NUM_COMPONENTS + i] = NONE;
    for (int i = 0; i < NUM_SUPPORTS; i++)
        w->cause[c * NUM_SUPPORTS + i] = NONE;
}

static void start_places(struct world *w)
{
    int32_t nurse = 0, physician = 0, professional = 0;
    for (int c = 0; c < w->clinic.num; c++) {
        const struct clinic_setting *s = &w->setting->clinic[c];
        w->clinic.centre[c] = s->centre;
        w->clinic.first_nurse[c] = nurse;
        w->clinic.num_nurses[c] = s->num_nurses;
        w->clinic.first_physician[c] = physician;
        w->clinic.num_physicians[c] = s->num_physicians;
        w->clinic.first_patient[c] = w->population->first[c];
        w->clinic.num_patients[c] = w->population->first[c + 1] - w->population->first[c];
        w->clinic.first_professional[c] = professional;
        w->clinic.num_professionals[c] = (int32_t)s->base.professionals;
        professional += w->clinic.num_professionals[c];
        nurse += s->num_nurses;
        physician += s->num_physicians;
    }
}

/* Case managers work for all clinics of the centre: what clinics say of them is averaged, over those who are not named. */
static void start_centres(struct world *w)
{
    for (int h = 0; h < w->centre.num; h++) {
        w->centre.reorganization_end[h] = NONE;
        w->centre.reorganization_event[h] = w->centre.manager_event[h] = NONE;
        w->centre.num_managers[h] = w->centre.managers[h] = w->setting->centre[h].num_case_managers;
        w->centre.partner_share[h] = 1;
    }
    for (int c = 0; c < w->clinic.num; c++) {
        int h = w->clinic.centre[c];
        struct params p;
        for (int i = 0; i < w->centre.num_managers[h]; i++) {
            world_person_params(w, c, person_of(w->setting->centre[h].case_manager, i), &p);
            w->centre.skill[h] += p.case_manager_skill_start / w->centre.num_managers[h];
            w->centre.leadership[h] += p.case_manager_leadership_start / w->centre.num_managers[h];
        }
        w->centre.director_value[h] += w->clinic.now[c].manager_value_start;
        w->centre.num_clinics[h]++;
    }
    for (int h = 0; h < w->centre.num; h++)
        if (w->centre.num_clinics[h] > 0) {
            w->centre.skill[h] /= w->centre.num_clinics[h];
            w->centre.leadership[h] /= w->centre.num_clinics[h];
            w->centre.director_value[h] /= w->centre.num_clinics[h];
        }
}

/* A rating as it holds for a person: her own where one is given. */
static double rating_of(const struct world *w, int c, const struct person_setting *person, int factor)
{
    double own = person != NULL ? person->rating[factor] : NAN;
    return isnan(own) ? w->rating[(long)c * NUM_FACTORS + factor] : own;
}

/* The ratings that stand behind the four parts of support are the roots of the chain of causes. */
static void start_causes(struct world *w, int c)
{
    static const int factor[NUM_SUPPORTS] = { FACTOR_medical_leadership, FACTOR_managers_support,
                                              FACTOR_professional_engagement, FACTOR_nursing_capacity };
    const struct person_setting *lead =
        person_of(w->setting->clinic[c].physician, w->clinic.lead[c] - w->clinic.first_physician[c]);
    for (int i = 0; i < NUM_SUPPORTS; i++) {
        double rating = rating_of(w, c, i == SUPPORT_LEAD ? lead : NULL, factor[i]);
        w->cause[c * NUM_SUPPORTS + i] = world_event(w, c, EVENT_context, factor[i], rating, NONE);
    }
    w->clinic.turnover_event[c] = world_event(w, c, EVENT_context, FACTOR_staff_turnover,
                                              w->rating[(long)c * NUM_FACTORS + FACTOR_staff_turnover], NONE);
}

static void start_strategies(struct world *w)
{
    for (long i = 0; i < (long)w->setting->num_strategies * w->clinic.num; i++)
        w->strategy[i] = (struct strategy_state){ .due = NONE };
}

void world_people(struct world *w)
{
    start_places(w);
    w->coordinator = (struct coordinator){ .event = NONE };
    for (int c = 0; c < w->clinic.num; c++) {
        start_clinic_factors(w, c);
        start_clinic(w, c);
    }
    start_centres(w);
    start_strategies(w);
    for (int c = 0; c < w->clinic.num; c++)
        start_causes(w, c);
}
