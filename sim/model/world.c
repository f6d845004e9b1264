#include "world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 16U

/* Hands out pieces of one block; with no block it only counts. */
struct arena {
    char *memory;
    size_t used;
};

static void *take(struct arena *a, size_t count, size_t size)
{
    void *piece = a->memory == NULL ? NULL : a->memory + a->used;
    a->used += (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return piece;
}

#define TAKE_CENTRE(type, name, words) w->centre.name = take(a, (size_t)w->centre.num, sizeof(type));
#define TAKE_CLINIC(type, name, words) w->clinic.name = take(a, (size_t)w->clinic.num, sizeof(type));
#define TAKE_NURSE(type, name, words) w->nurse.name = take(a, (size_t)w->nurse.num, sizeof(type));
#define TAKE_PHYSICIAN(type, name, words) w->physician.name = take(a, (size_t)w->physician.num, sizeof(type));
#define TAKE_PATIENT(type, name, words) w->patient.name = take(a, (size_t)w->patient.num, sizeof(type));

static void lay_out(struct world *w, struct arena *a)
{
    const struct setting *s = w->setting;
    size_t clinics = (size_t)w->clinic.num;
    CENTRE_COLUMNS(TAKE_CENTRE)
    CLINIC_COLUMNS(TAKE_CLINIC)
    NURSE_COLUMNS(TAKE_NURSE)
    PHYSICIAN_COLUMNS(TAKE_PHYSICIAN)
    PATIENT_COLUMNS(TAKE_PATIENT)
    w->clinic.now = take(a, clinics, sizeof(struct params));
    w->base = take(a, clinics, sizeof(struct params));
    w->rating = take(a, clinics * NUM_FACTORS, sizeof(double));
    w->treated = take(a, (size_t)w->patient.num, sizeof(int32_t));
    w->component_week = take(a, clinics * NUM_COMPONENTS, sizeof(int32_t));
    w->community_sum = take(a, (size_t)s->num_communities * 2 + 1, sizeof(double));
    w->market_sum = take(a, (size_t)s->num_markets * 2 + 1, sizeof(double));
    w->tally = take(a, clinics * NUM_OUTCOMES, sizeof(struct tally));
    w->cause = take(a, clinics * NUM_SUPPORTS, sizeof(int64_t));
    w->strategy = take(a, clinics * (size_t)s->num_strategies + 1, sizeof(struct strategy_state));
}

static void count_people(struct world *w)
{
    const struct setting *s = w->setting;
    w->centre.num = s->num_centres;
    w->clinic.num = s->num_clinics;
    w->nurse.num = w->physician.num = 0;
    for (int c = 0; c < s->num_clinics; c++) {
        w->nurse.num += s->clinic[c].num_nurses;
        w->physician.num += s->clinic[c].num_physicians;
    }
    w->patient.num = w->population->num_patients;
}

int world_init(struct world *self, const struct setting *setting, const struct population *population, struct luck luck,
               struct error *err)
{
    struct arena arena = { 0 };
    memset(self, 0, sizeof *self);
    self->setting = setting;
    self->population = population;
    self->luck = luck;
    count_people(self);
    lay_out(self, &arena);
    self->memory = arena.memory = malloc(arena.used);
    if (arena.memory == NULL)
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for a world of %d clinics", setting->num_clinics);
    arena.used = 0;
    lay_out(self, &arena);
    return 0;
}

void world_free(struct world *self)
{
    free(self->memory);
    memset(self, 0, sizeof *self);
}

void world_person_params(const struct world *self, int clinic, const struct person_setting *person, struct params *out)
{
    double rating[NUM_FACTORS];
    bool named = false;
    for (int f = 0; f < NUM_FACTORS; f++) {
        double own = person != NULL ? person->rating[f] : NAN;
        rating[f] = isnan(own) ? self->rating[(long)clinic * NUM_FACTORS + f] : own;
        named |= !isnan(own);
    }
    if (named)
        params_apply_factors(out, &self->base[clinic], rating, self->setting->beta);
    else
        *out = self->clinic.now[clinic];
}

/* ---- week 0 -------------------------------------------------------------------------------------------------------
 */

static const struct person_setting *person_of(const struct person_setting *people, int i)
{
    return people != NULL ? &people[i] : NULL;
}

static void start_clinic_factors(struct world *w, int c)
{
    const struct clinic_setting *s = &w->setting->clinic[c];
    memcpy(&w->rating[(long)c * NUM_FACTORS], s->rating, sizeof s->rating);
    w->base[c] = s->base;
    params_apply_factors(&w->clinic.now[c], &s->base, s->rating, w->setting->beta);
}

/* A share moved on the log-odds scale by what a person brings of her own. */
static double personal(double share, double z)
{
    return param_from_scale(KIND_LOGIT, param_to_scale(KIND_LOGIT, share) + z);
}

#define PERSONAL_SPREAD 0.35 /* SD of the log-odds between people of one clinic (assumed; 3.18, 4.5) */

static void start_nurse(struct world *w, int c, int n, const struct person_setting *person)
{
    struct params p;
    struct words a = random_words(w->luck, nurse_entity(w, n), 0, STREAM_STAFF_START, 0);
    struct words b = random_words(w->luck, nurse_entity(w, n), 0, STREAM_STAFF_START, 1);
    double z[6];
    for (int i = 0; i < 6; i++)
        z[i] = PERSONAL_SPREAD * random_normal_of(random_uniform_of(i < 3 ? a.w[i + 1] : b.w[i - 3]));
    world_person_params(w, c, person, &p);
    w->nurse.clinic[n] = c;
    w->nurse.fte[n] = person != NULL ? person->fte : 1;
    w->nurse.post[n] = person != NULL ? (person->absent ? POST_SICK : POST_PRESENT)
                       : random_uniform_of(a.w[0]) < p.missing_at_start
                           ? (random_uniform_of(b.w[3]) < 0.5 ? POST_SICK : POST_VACANT) /* half of each: assumed */
                           : POST_PRESENT;
    w->nurse.since[n] = 0;
    w->nurse.hired[n] = -52;
    w->nurse.competence[n] = personal(p.competence_start, z[0]);
    w->nurse.knowledge[n] = personal(p.service_knowledge_start, z[1]);
    w->nurse.comfort[n] = personal(p.isp_comfort_start, z[2]);
    w->nurse.temperament[n] = param_to_scale(KIND_LOGIT, p.engagement_start) + z[3];
    w->nurse.engagement[n] = personal(p.engagement_start, z[3]);
    w->nurse.leadership[n] = p.nurse_leader_start;
    w->nurse.value[n] = clamp(p.nurse_value_start + 0.2 * z[4], 0.02, 0.98);
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
    w->physician.value[f] =
        f == w->clinic.lead[c]
            ? p.lead_value_start
            : clamp(p.physician_value_start + 0.2 * PERSONAL_SPREAD * random_normal_of(random_uniform_of(u.w[0])), 0.02,
                    0.98);
    w->physician.tie_manager[f] =
        personal(p.tie_physicians_start, 0.5 * PERSONAL_SPREAD * random_normal_of(random_uniform_of(u.w[1])));
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
}

static void start_patients(struct world *w, int c)
{
    const struct population *population = w->population;
    for (int32_t i = population->first[c]; i < population->first[c + 1]; i++) {
        w->patient.clinic[i] = c;
        w->patient.nurse[i] = w->patient.list_week[i] = w->patient.enrol_week[i] = NONE;
        w->patient.isp_week[i] = w->patient.exit_week[i] = NONE;
        w->patient.self_management[i] = population->self_management[i];
        w->patient.care_integration[i] = population->care_integration[i];
        w->patient.distress[i] = population->distress[i];
    }
}

/* Set-up work: less where nurses and the case manager already know one another (case A against D). */
static double set_up_work(const struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    double tie = 0;
    for (int i = 0; i < w->clinic.num_nurses[c]; i++)
        tie += w->nurse.tie_manager[w->clinic.first_nurse[c] + i] / w->clinic.num_nurses[c];
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
    w->clinic.benefit[c] = w->clinic.fidelity[c] = w->clinic.stop_chance[c] = NAN;
    w->clinic.last_event[c] = w->clinic.list_event[c] = w->clinic.staff_event[c] = NONE;
    w->clinic.lead_negative[c] = stance_of(w->physician.value[w->clinic.lead[c]]) < 0;
    for (int i = 0; i < NUM_COMPONENTS; i++)
        w->component_week[c * NUM_COMPONENTS + i] = NONE;
    for (int i = 0; i < NUM_SUPPORTS; i++)
        w->cause[c * NUM_SUPPORTS + i] = NONE;
}

static void start_places(struct world *w)
{
    int32_t nurse = 0, physician = 0;
    for (int c = 0; c < w->clinic.num; c++) {
        const struct clinic_setting *s = &w->setting->clinic[c];
        w->clinic.centre[c] = s->centre;
        w->clinic.first_nurse[c] = nurse;
        w->clinic.num_nurses[c] = s->num_nurses;
        w->clinic.first_physician[c] = physician;
        w->clinic.num_physicians[c] = s->num_physicians;
        w->clinic.first_patient[c] = w->population->first[c];
        w->clinic.num_patients[c] = w->population->first[c + 1] - w->population->first[c];
        nurse += s->num_nurses;
        physician += s->num_physicians;
    }
}

/* The case manager is one person for all clinics of the centre: what they say of her is averaged, unless she is named.
 */
static void start_centres(struct world *w)
{
    for (int h = 0; h < w->centre.num; h++) {
        w->centre.reorganization_end[h] = w->centre.manager_left_week[h] = NONE;
        w->centre.reorganization_event[h] = w->centre.manager_event[h] = NONE;
        w->centre.manager_present[h] = 1;
    }
    for (int c = 0; c < w->clinic.num; c++) {
        int h = w->clinic.centre[c];
        struct params p;
        world_person_params(w, c, person_of(w->setting->centre[h].case_manager, 0), &p);
        w->centre.skill[h] += p.case_manager_skill_start;
        w->centre.leadership[h] += p.case_manager_leadership_start;
        if (w->centre.num_clinics[h]++ == 0)
            w->centre.first_clinic[h] = c;
    }
    for (int h = 0; h < w->centre.num; h++)
        if (w->centre.num_clinics[h] > 0) {
            w->centre.skill[h] /= w->centre.num_clinics[h];
            w->centre.leadership[h] /= w->centre.num_clinics[h];
        }
}

/* The ratings that stand behind the four parts of support are the roots of the chain of causes. */
static void start_causes(struct world *w, int c)
{
    static const int factor[NUM_SUPPORTS] = { FACTOR_medical_leadership, FACTOR_managers_support,
                                              FACTOR_professional_engagement, FACTOR_nursing_capacity };
    for (int i = 0; i < NUM_SUPPORTS; i++)
        w->cause[c * NUM_SUPPORTS + i] =
            world_event(w, c, EVENT_context, factor[i], w->rating[(long)c * NUM_FACTORS + factor[i]], NONE);
}

static void start_strategies(struct world *w)
{
    for (long i = 0; i < (long)w->setting->num_strategies * w->clinic.num; i++)
        w->strategy[i] = (struct strategy_state){ .due = NONE };
}

void world_start(struct world *self, int arm, struct record *record)
{
    struct arena size = { 0 };
    struct world counted = *self;
    lay_out(&counted, &size);
    memset(self->memory, 0, size.used);
    self->arm = arm;
    self->week = 0;
    self->record = record;
    start_places(self);
    for (int c = 0; c < self->clinic.num; c++) {
        start_clinic_factors(self, c);
        start_clinic(self, c);
    }
    start_centres(self);
    start_strategies(self);
    for (int c = 0; c < self->clinic.num; c++)
        start_causes(self, c);
}

/* ---- events ---------------------------------------------------------------------------------------------------------
 */

#define EVENTS_A_CLINIC_WEEK 16

int world_reserve_events(struct world *self, struct error *err)
{
    struct record *r = self->record;
    int64_t need;
    if (r == NULL || !self->setting->events)
        return 0;
    need = r->num_events + (int64_t)EVENTS_A_CLINIC_WEEK * self->clinic.num + 3 * self->nurse.num +
           4 * self->centre.num + (int64_t)self->setting->num_strategies * self->clinic.num;
    if (need > r->max_events) {
        int64_t room = need + need / 2;
        struct event *grown = realloc(r->event, (size_t)room * sizeof *grown);
        if (grown == NULL)
            return error_set(err, MILIEU_ERR_MEMORY, "no memory for %lld events", (long long)room);
        r->event = grown;
        r->max_events = room;
    }
    return 0;
}

int64_t world_event(struct world *self, int clinic, enum event_kind kind, int subject, double value, int64_t cause)
{
    struct record *r = self->record;
    if (r == NULL || !self->setting->events || r->num_events >= r->max_events)
        return NONE;
    r->event[r->num_events] = (struct event){ clinic, self->week, kind, subject, value, cause };
    return r->num_events++;
}

/* ---- invariants
 * ------------------------------------------------------------------------------------------------------- */

#define HOLDS(condition)                                                                                               \
    if (!(condition))                                                                                                  \
    return __LINE__

static bool is_share(double x)
{
    return x >= 0 && x <= 1;
}

static int verify_nurse(const struct world *w, int n)
{
    HOLDS(w->nurse.post[n] <= POST_VACANT);
    HOLDS(is_share(w->nurse.competence[n]) && is_share(w->nurse.knowledge[n]) && is_share(w->nurse.comfort[n]));
    HOLDS(is_share(w->nurse.engagement[n]) && is_share(w->nurse.value[n]) && is_share(w->nurse.strain[n]));
    HOLDS(is_share(w->nurse.tie_manager[n]) && is_share(w->nurse.tie_team[n]) && is_share(w->nurse.leadership[n]));
    HOLDS(w->nurse.caseload[n] >= 0 && w->nurse.worked[n] >= 0);
    return 0;
}

static int verify_patient(const struct world *w, int c, int i)
{
    bool enrolled = w->patient.stage[i] == PATIENT_ENROLLED;
    HOLDS(w->patient.clinic[i] == c);
    HOLDS(enrolled == (w->patient.nurse[i] != NONE));
    HOLDS(!enrolled || w->nurse.clinic[w->patient.nurse[i]] == c);
    HOLDS(w->patient.list_week[i] == NONE ? w->patient.enrol_week[i] == NONE : w->patient.list_week[i] <= w->week);
    HOLDS(is_share(w->patient.trust[i]) && is_share(w->patient.adherence[i]) && is_share(w->patient.dose[i]) &&
          is_share(w->patient.effect[i]));
    HOLDS(w->patient.self_management[i] >= 0 && w->patient.self_management[i] <= 96);
    HOLDS(w->patient.care_integration[i] >= 0 && w->patient.care_integration[i] <= 51);
    HOLDS(w->patient.distress[i] >= 0 && w->patient.distress[i] <= 24);
    return 0;
}

static int verify_clinic(const struct world *w, int c)
{
    int enrolled = 0, caseload = 0, line = 0;
    for (int i = w->clinic.first_patient[c]; line == 0 && i < w->clinic.first_patient[c] + w->clinic.num_patients[c];
         i++) {
        line = verify_patient(w, c, i);
        enrolled += w->patient.stage[i] == PATIENT_ENROLLED;
    }
    for (int n = w->clinic.first_nurse[c]; line == 0 && n < w->clinic.first_nurse[c] + w->clinic.num_nurses[c]; n++) {
        line = verify_nurse(w, n);
        caseload += w->nurse.caseload[n];
    }
    if (line != 0)
        return line;
    HOLDS(enrolled == w->clinic.num_enrolled[c] && caseload == enrolled);
    HOLDS(is_share(w->clinic.climate[c]) && is_share(w->clinic.manager_value[c]) && w->clinic.setup_left[c] >= 0);
    HOLDS(clinic_runs(w, c) || enrolled == 0);
    return line;
}

int world_verify(const struct world *self)
{
    int line = 0;
    for (int c = 0; line == 0 && c < self->clinic.num; c++)
        line = verify_clinic(self, c);
    return line;
}
