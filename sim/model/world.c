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
#define TAKE_PROFESSIONAL(type, name, words) w->professional.name = take(a, (size_t)w->professional.num, sizeof(type));
#define TAKE_PATIENT(type, name, words) w->patient.name = take(a, (size_t)w->patient.num, sizeof(type));

static void lay_out(struct world *w, struct arena *a)
{
    const struct setting *s = w->setting;
    size_t clinics = (size_t)w->clinic.num;
    CENTRE_COLUMNS(TAKE_CENTRE)
    CLINIC_COLUMNS(TAKE_CLINIC)
    NURSE_COLUMNS(TAKE_NURSE)
    PHYSICIAN_COLUMNS(TAKE_PHYSICIAN)
    PROFESSIONAL_COLUMNS(TAKE_PROFESSIONAL)
    PATIENT_COLUMNS(TAKE_PATIENT)
    w->clinic.now = take(a, clinics, sizeof(struct params));
    w->rating = take(a, clinics * NUM_FACTORS, sizeof(double));
    w->enrolled = take(a, (size_t)w->patient.num, sizeof(int32_t));
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
    w->nurse.num = w->physician.num = w->professional.num = 0;
    for (int c = 0; c < s->num_clinics; c++) {
        w->nurse.num += s->clinic[c].num_nurses;
        w->physician.num += s->clinic[c].num_physicians;
        w->professional.num += (int32_t)s->clinic[c].base.professionals;
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
    self->care = malloc(((size_t)self->patient.num + 1) * sizeof *self->care);
    if (arena.memory == NULL || self->care == NULL)
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for a world of %d clinics",
                         "pas de mémoire pour un monde de %d cliniques", setting->num_clinics);
    arena.used = 0;
    lay_out(self, &arena);
    return 0;
}

void world_free(struct world *self)
{
    free(self->memory);
    free(self->care);
    memset(self, 0, sizeof *self);
}

static void change_param(struct params *params, const struct change *change, int times)
{
    const struct param_info *info = &param_table[change->index];
    double value = change->op == CHANGE_SET ? change->value : params_get(params, change->index) + change->value * times;
    params_set(params, change->index, clamp(value, info->min, info->max));
}

void world_params(const struct world *self, int clinic, const double rating[NUM_FACTORS], struct params *out)
{
    params_apply_factors(out, &self->setting->clinic[clinic].base, rating, self->setting->beta);
    for (int s = 0; s < self->setting->num_strategies; s++) {
        const struct strategy_state *state = &self->strategy[(long)s * self->clinic.num + clinic];
        for (int i = 0; state->in_effect && i < self->setting->strategy[s].num_changes; i++)
            if (!self->setting->strategy[s].change[i].is_factor)
                change_param(out, &self->setting->strategy[s].change[i], state->applied);
    }
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
        world_params(self, clinic, rating, out);
    else
        *out = self->clinic.now[clinic];
}

static const struct care nobodys = { .nurse = NONE, .enrol_week = NONE, .isp_week = NONE, .exit_week = NONE };

struct care *world_open_care(struct world *self, int i)
{
    const struct population *population = self->population;
    int c = self->patient.clinic[i];
    int32_t at = 1 + self->clinic.first_patient[c] + self->clinic.num_treated[c];
    struct care *care = &self->care[at];
    self->patient.care[i] = at;
    *care = nobodys;
    care->self_management = population->self_management[i];
    care->care_integration = population->care_integration[i];
    care->distress = population->distress[i];
    care->confidence = population->confidence[i];
    return care;
}

void world_start(struct world *self, int arm, struct record *record)
{
    struct arena size = { 0 };
    struct world counted = *self;
    lay_out(&counted, &size);
    memset(self->memory, 0, size.used);
    self->care[0] = nobodys;
    self->arm = arm;
    self->week = 0;
    self->record = record;
    world_people(self);
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

#define EVENTS_A_CLINIC_WEEK 16

int world_reserve_events(struct world *self, struct error *err)
{
    struct record *r = self->record;
    int64_t need;
    if (r == NULL || !self->setting->events)
        return 0;
    need = r->num_events + (int64_t)EVENTS_A_CLINIC_WEEK * self->clinic.num + 3 * self->nurse.num +
           4 * self->centre.num + 2 + (int64_t)self->setting->num_strategies * self->clinic.num;
    for (int h = 0; h < self->centre.num; h++)
        need += self->setting->centre[h].num_case_managers;
    if (need > r->max_events) {
        int64_t room = need + need / 2;
        struct event *grown = realloc(r->event, (size_t)room * sizeof *grown);
        if (grown == NULL)
            return error_set(err, MILIEU_ERR_MEMORY, "no memory for %lld events", "pas de mémoire pour %lld événements",
                             (long long)room);
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
    r->event[r->num_events] = (struct event){ clinic, self->week, (int32_t)kind, subject, value, cause };
    return r->num_events++;
}

double world_mean_at_work(const struct world *self, int clinic, const double *column)
{
    double sum = 0;
    int present = 0;
    FOR_EACH_NURSE (n, self, clinic)
        if (nurse_works(self, n)) {
            sum += column[n];
            present++;
        }
    return present > 0 ? sum / present : 0;
}

/* ---- invariants -------------------------------------------------------------------------------------------------- */

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

static int verify_professional(const struct world *w, int q)
{
    HOLDS(is_share(w->professional.value[q]) && is_share(w->professional.engagement[q]));
    HOLDS(is_share(w->professional.tie_team[q]));
    return 0;
}

static int verify_patient(const struct world *w, int c, int i)
{
    const struct care *care = care_of(w, i);
    bool enrolled = w->patient.stage[i] == PATIENT_ENROLLED;
    HOLDS(w->patient.clinic[i] == c);
    HOLDS(enrolled == (care->nurse != NONE));
    HOLDS(!enrolled || w->nurse.clinic[care->nurse] == c);
    HOLDS(w->patient.list_week[i] == NONE ? care->enrol_week == NONE : w->patient.list_week[i] <= w->week);
    HOLDS(is_share(care->trust) && is_share(care->adherence) && is_share(care->dose) && is_share(care->effect));
    HOLDS(care->self_management >= 0 && care->self_management <= 96);
    HOLDS(care->care_integration >= 0 && care->care_integration <= 51);
    HOLDS(care->distress >= 0 && care->distress <= 24);
    HOLDS(care->confidence >= 0 && care->confidence <= 10);
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
    FOR_EACH_NURSE (n, w, c) {
        line = line != 0 ? line : verify_nurse(w, n);
        caseload += w->nurse.caseload[n];
    }
    FOR_EACH_PROFESSIONAL (q, w, c)
        line = line != 0 ? line : verify_professional(w, q);
    if (line != 0)
        return line;
    HOLDS(is_share(w->clinic.tie_coordinator[c]) && fabs(w->clinic.team_part[c]) <= 1);
    HOLDS(enrolled == w->clinic.num_enrolled[c] && caseload == enrolled);
    HOLDS(is_share(w->clinic.climate[c]) && is_share(w->clinic.manager_value[c]) && w->clinic.setup_left[c] >= 0);
    HOLDS(clinic_runs(w, c) || enrolled == 0);
    return line;
}

int world_verify(const struct world *self)
{
    int line = 0;
    HOLDS(self->care[0].enrol_week == NONE && self->care[0].nurse == NONE && self->care[0].exit_week == NONE);
    HOLDS(self->care[0].dose == 0 && self->care[0].effect == 0 && self->care[0].contacts == 0);
    for (int c = 0; line == 0 && c < self->clinic.num; c++)
        line = verify_clinic(self, c);
    return line;
}
