/* The world: the state of every agent, in columns.
 *
 * One column is one array over all agents of a kind; an agent is an index. A clinic's nurses, physicians and patients
 * stand side by side (first_*, num_*), so that a clinic's week touches neighbouring memory. Nothing here is allocated
 * inside a week. Each step file (structural, organizational, provider, innovation, patient) reads what it likes and
 * writes only the columns its header lists. */
#ifndef MILIEU_WORLD_H
#define MILIEU_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "population.h"
#include "random.h"
#include "setting.h"
#include "simulation.h"

#define NONE (-1)
#define NURSE_WEEK_HOURS 35.0
#define WEEKS_PER_MONTH (365.25 / 12 / 7)
#define WEEKS_PER_YEAR 52
#define LAPSE_WEEKS 17
#define ACTIVE_WEEKS 13

/* Index inside a place for random_entity: patients first (population.h), then posts and people. */
#define ENTITY_NURSE 0x800000U
#define ENTITY_PHYSICIAN 0x900000U
#define ENTITY_CLINIC 0xA00000U
#define ENTITY_LIST 0xB00000U
#define ENTITY_STRATEGY 0xC00000U
#define ENTITY_PROFESSIONAL 0xD00000U
#define ENTITY_COORDINATOR 0xE00000U

enum stage {
    STAGE_PLANNING,
    STAGE_ENGAGEMENT,
    STAGE_START_UP,
    STAGE_IMPLEMENTATION,
    STAGE_FULL,
    STAGE_DISCONTINUED,
    STAGE_LAPSED
};
enum post { POST_PRESENT, POST_SICK, POST_VACANT };
enum patient_stage {
    PATIENT_UNLISTED,
    PATIENT_LISTED,
    PATIENT_SCREENED_OUT,
    PATIENT_REFUSED,
    PATIENT_ENROLLED,
    PATIENT_COMPLETED,
    PATIENT_DROPPED,
    PATIENT_RETURNED,
    PATIENT_GONE
};
enum component {
    COMPONENT_ASSESSMENT,
    COMPONENT_ISP,
    COMPONENT_COORDINATION,
    COMPONENT_SELF_MANAGEMENT,
    NUM_COMPONENTS
};
enum support { SUPPORT_LEAD, SUPPORT_MANAGER, SUPPORT_ENGAGEMENT, SUPPORT_OVERLOAD, NUM_SUPPORTS };

/* X(type, name, "what, unit") */
#define CENTRE_COLUMNS(X)                                                                                              \
    X(int32_t, reorganization_end, "week the running reorganisation ends; NONE = none runs")                           \
    X(int64_t, reorganization_event, "event of the running reorganisation")                                            \
    X(double, hazard, "of a reorganisation, per week: mean of its clinics")                                            \
    X(double, length, "of a reorganisation, weeks: mean of its clinics")                                               \
    X(double, manager_leaves, "chance that a case manager leaves, per week: mean of its clinics")                      \
    X(double, manager_comes, "chance that a vacant post is filled, per week: mean of its clinics")                     \
    X(int32_t, num_clinics, "")                                                                                        \
    X(int32_t, num_managers, "case managers' posts")                                                                   \
    X(int32_t, managers, "case managers in post")                                                                      \
    X(int64_t, manager_event, "last departure or arrival of a case manager")                                           \
    X(double, skill, "of case managers, mean, 0..1")                                                                   \
    X(double, leadership, "of case managers, mean, 0..1")                                                              \
    X(double, director_value, "value the centre's programme manager sees, 0..1")                                       \
    X(double, director_moves, "change of that value this week")                                                        \
    X(double, partner_places, "coordinations a week that partners of all clinics can answer")                          \
    X(double, partner_asked, "coordinations asked of them this week")                                                  \
    X(double, partner_share, "share of them that could be answered last week, 0..1")                                   \
    X(double, hours, "of case managers for all clinics of the centre, h/week")                                         \
    X(double, demand, "sum over clinics of hours asked, weighted by need")

#define CLINIC_COLUMNS(X)                                                                                              \
    X(int32_t, centre, "its health centre")                                                                            \
    X(int32_t, first_nurse, "posts first_nurse .. + num_nurses - 1")                                                   \
    X(int32_t, num_nurses, "nurse posts")                                                                              \
    X(int32_t, first_physician, "")                                                                                    \
    X(int32_t, num_physicians, "")                                                                                     \
    X(int32_t, first_professional, "")                                                                                 \
    X(int32_t, num_professionals, "")                                                                                  \
    X(int32_t, lead, "physician who leads")                                                                            \
    X(int32_t, leader_nurse, "post of the nurse who leads")                                                            \
    X(int32_t, first_patient, "of all its lists")                                                                      \
    X(int32_t, num_patients, "")                                                                                       \
    X(double, climate, "implementation climate, 0..1")                                                                 \
    X(double, manager_value, "value the manager sees in the programme, 0..1")                                          \
    X(uint8_t, stage, "enum stage")                                                                                    \
    X(int32_t, lists_out, "lists handed over so far")                                                                  \
    X(double, list_left, "weeks of work left on the list being made")                                                  \
    X(double, setup_left, "h of set-up work left")                                                                     \
    X(uint8_t, trained, "first training held, or none planned")                                                        \
    X(uint8_t, team_met, "the team has met on the programme")                                                          \
    X(uint8_t, meeting_held, "a team meeting was held this week")                                                      \
    X(int32_t, last_session, "week of the last one")                                                                   \
    X(int32_t, sessions_held, "training sessions so far")                                                              \
    X(double, belonging, "to the training group, 0..1")                                                                \
    X(double, manager_hours, "case manager's hours for the clinic this week")                                          \
    X(double, coordinator_hours, "of the project's coordinator for the clinic this week")                              \
    X(double, tie_coordinator, "of the clinic's nurses with her, 0..1")                                                \
    X(double, team_part, "part that other professionals take beyond neutral ones, mean, -1..1")                        \
    X(double, community, "support from the community of practice, 0..1")                                               \
    X(double, strategy_hours, "h/week strategies take from each nurse")                                                \
    X(double, strategy_cost, "CAD of strategies this week")                                                            \
    X(double, hours_available, "nurse hours released this week")                                                       \
    X(double, hours_used, "h worked this week on what was due")                                                        \
    X(double, hours_needed, "h of work due this week, done or waiting")                                                \
    X(double, hours_waiting, "h of it left waiting at the end of the week")                                            \
    X(double, meetings, "meetings held a week, remembered over months")                                                \
    X(double, overload, "mean overload of nurses, remembered over months")                                             \
    X(int32_t, next_candidate, "next listed patient to review")                                                        \
    X(int32_t, num_treated, "patients ever enrolled")                                                                  \
    X(int32_t, num_enrolled, "patients enrolled now")                                                                  \
    X(int32_t, next_asked, "of the treated, the next to reach 26 weeks")                                               \
    X(int32_t, num_isp, "patients with a written ISP so far")                                                          \
    X(double, benefit, "seen in patients enrolled >= 8 weeks; NaN = none yet")                                         \
    X(double, fidelity, "of patients enrolled >= 4 weeks; NaN = none")                                                 \
    X(double, trust, "mean of enrolled; NaN = none")                                                                   \
    X(double, visits, "of listed patients to the emergency department this week")                                      \
    X(double, usual_visits, "of the same patients in usual care")                                                      \
    X(double, admissions, "")                                                                                          \
    X(double, primary_care, "")                                                                                        \
    X(double, service_cost, "CAD this week")                                                                           \
    X(double, programme_cost, "CAD this week")                                                                         \
    X(int32_t, num_listed, "listed patients alive and not moved")                                                      \
    X(int32_t, full_weeks, "weeks in a row that meet full implementation")                                             \
    X(int32_t, nobody_weeks, "weeks in a row with no nurse at work")                                                   \
    X(double, stop_chance, "of a decision to stop at the last monthly look")                                           \
    X(int32_t, start_up_week, "NONE = not yet; likewise below")                                                        \
    X(int32_t, full_week, "")                                                                                          \
    X(int32_t, stop_week, "")                                                                                          \
    X(int32_t, lapse_week, "")                                                                                         \
    X(int32_t, comfort_week, "first week of mean ISP comfort >= 0.6")                                                  \
    X(int64_t, last_event, "event that last moved the clinic")                                                         \
    X(int64_t, list_event, "event of the last list")                                                                   \
    X(uint8_t, lead_negative, "the lead physician's stance is negative")                                               \
    X(int64_t, staff_event, "last departure or sick leave while somebody is missing; NONE")                            \
    X(int64_t, turnover_event, "the clinic's rating of staff turnover, root of departures")

#define NURSE_COLUMNS(X)                                                                                               \
    X(int32_t, clinic, "")                                                                                             \
    X(double, fte, "of the post, 0..1")                                                                                \
    X(uint8_t, post, "enum post")                                                                                      \
    X(int32_t, since, "week of the last change of post")                                                               \
    X(int32_t, hired, "week she came; negative = before")                                                              \
    X(double, competence, "0..1")                                                                                      \
    X(double, knowledge, "of services, 0..1")                                                                          \
    X(double, comfort, "with the ISP, 0..1")                                                                           \
    X(double, temperament, "log-odds of her engagement in a neutral setting")                                          \
    X(double, engagement, "0..1")                                                                                      \
    X(double, leadership, "0..1, of the nurse who leads")                                                              \
    X(double, value, "she sees in the programme, 0..1")                                                                \
    X(double, strain, "0..1")                                                                                          \
    X(double, tie_manager, "with the hospital's case manager, 0..1")                                                   \
    X(double, tie_team, "with the clinic's physicians, 0..1")                                                          \
    X(double, coaching, "effective coaching this week, h")                                                             \
    X(double, hours, "released this week and not yet used")                                                            \
    X(double, worked, "hours on the programme last week")                                                              \
    X(int32_t, caseload, "patients enrolled with her")                                                                 \
    X(uint8_t, delivered, "this person has delivered a component")                                                     \
    X(int64_t, event, "last event of the post")

#define PHYSICIAN_COLUMNS(X)                                                                                           \
    X(int32_t, clinic, "")                                                                                             \
    X(double, value, "seen in the programme, 0..1")                                                                    \
    X(double, tie_manager, "with the hospital's case manager")

/* Social workers, pharmacists, kinesiologists ...: they see the programme through the team. */
#define PROFESSIONAL_COLUMNS(X)                                                                                        \
    X(double, value, "seen in the programme, 0..1")                                                                    \
    X(double, temperament, "log-odds of own engagement in a neutral setting")                                          \
    X(double, engagement, "0..1")                                                                                      \
    X(double, tie_team, "with nurses and physicians, 0..1")

/* Of every listed patient; what luck and history give stands in population.h. */
#define PATIENT_COLUMNS(X)                                                                                             \
    X(uint8_t, stage, "enum patient_stage")                                                                            \
    X(int32_t, clinic, "")                                                                                             \
    X(int32_t, list_week, "week its list was handed over; NONE = not yet")                                             \
    X(int32_t, care, "place in world.care; 0 = never enrolled")

/* What the programme knows of a patient and changes in her or him. One record, not columns: a week touches all of it for
 * the one patient in twenty who is enrolled, and 40 columns would cost it 40 cache lines instead of five (measured: a
 * region's run takes a quarter less time). */
#define CARE_FIELDS(X)                                                                                                 \
    X(double, due_coordination, "week the next contact is due")                                                        \
    X(double, due_self_management, "")                                                                                 \
    X(double, assessment_quality, "delivered, 0..1; 0 = not assessed")                                                 \
    X(double, isp_quality, "")                                                                                         \
    X(double, coordination_quality, "sum over them")                                                                   \
    X(double, self_management_quality, "sum over contacts")                                                            \
    X(double, contact_quality, "sum over this week's contacts")                                                        \
    X(double, contacts, "recent contacts over those planned and well made")                                            \
    X(double, trust, "0..1")                                                                                           \
    X(double, own_adherence, "log-odds the person brings, over those of others")                                       \
    X(double, adherence, "0..1")                                                                                       \
    X(double, dose, "effective dose, 0..1")                                                                            \
    X(double, effect, "lagged dose that acts on use, 0..1; as it was at exit for one who left")                        \
    X(double, heard, "how far the team hears of this patient's visits, 0..1")                                          \
    X(double, gain_self_management, "programme's part of the true score")                                              \
    X(double, gain_care_integration, "")                                                                               \
    X(double, gain_distress, "")                                                                                       \
    X(double, gain_confidence, "")                                                                                     \
    X(double, self_management, "true, 0..96")                                                                          \
    X(double, care_integration, "true, 0..51")                                                                         \
    X(double, distress, "true, 0..24")                                                                                 \
    X(double, confidence, "true, 0..10")                                                                               \
    X(int32_t, nurse, "her or his case manager; NONE")                                                                 \
    X(int32_t, nurse_since, "week they were brought together")                                                         \
    X(int32_t, enrol_week, "NONE = never")                                                                             \
    X(int32_t, isp_week, "NONE = not written")                                                                         \
    X(int32_t, exit_week, "end of enrolment; NONE")                                                                    \
    X(int32_t, faded_week, "week to which the gains of one who left are told")                                         \
    X(int32_t, num_coordination, "contacts made")                                                                      \
    X(int32_t, num_self_management, "contacts made")                                                                   \
    X(int32_t, ed_year, "visits in the 52 weeks from enrolment")                                                       \
    X(int32_t, ed_year_usual, "of its twin, the same weeks")                                                           \
    X(int32_t, admissions_year, "")                                                                                    \
    X(int32_t, admissions_year_usual, "")                                                                              \
    X(struct risk_walk, risk, "of the twin, followed so far")                                                          \
    X(float, fidelity, "at exit")

#define DECLARE(type, name, words) type *name;
#define DECLARE_FIELD(type, name, words) type name;

struct care {
    CARE_FIELDS(DECLARE_FIELD)
};

struct centres {
    int32_t num;
    CENTRE_COLUMNS(DECLARE)
};
struct clinics {
    int32_t num;
    CLINIC_COLUMNS(DECLARE) struct params *now; /* parameters in force */
};
struct nurses {
    int32_t num;
    NURSE_COLUMNS(DECLARE)
};
struct physicians {
    int32_t num;
    PHYSICIAN_COLUMNS(DECLARE)
};
struct professionals {
    int32_t num;
    PROFESSIONAL_COLUMNS(DECLARE)
};
/* The project's clinical coordinator [000]: one for all clinics, where coordinator_hours is above 0. */
struct coordinator {
    uint8_t vacant;
    int32_t since; /* week the post was left */
    int64_t event; /* last departure or arrival; NONE */
    double hours;  /* for all clinics this week */
    double demand; /* sum over clinics of need */
};
struct patients {
    int32_t num;
    PATIENT_COLUMNS(DECLARE)
};

struct tally {
    double sum, count;
}; /* an outcome so far: sum / count */

struct strategy_state { /* of one strategy in one clinic */
    int32_t due;        /* week it takes effect; NONE */
    int32_t streak;     /* weeks in a row the trigger's condition held */
    int32_t applied;    /* times it took effect */
    uint8_t in_effect, done;
};

struct world {
    const struct setting *setting;
    const struct population *population;
    struct luck luck;
    int arm;
    int week;
    struct centres centre;
    struct clinics clinic;
    struct nurses nurse;
    struct physicians physician;
    struct professionals professional;
    struct coordinator coordinator;
    struct patients patient;
    int32_t *enrolled;               /* [patients] a clinic's enrolled now, from its first_patient on, by enrolment */
    int32_t *treated;                /* [patients] a clinic's ever enrolled, from its first_patient on */
    int32_t *component_week;         /* [clinics][NUM_COMPONENTS] last week each was delivered; NONE */
    double *community_sum;           /* [communities][2] competence and number of nurses who take part */
    double *market_sum;              /* [markets][2] vacant and all posts */
    struct tally *tally;             /* [clinics][NUM_OUTCOMES] */
    int64_t *cause;                  /* [clinics][NUM_SUPPORTS] event behind each part of the support */
    struct strategy_state *strategy; /* [strategies][clinics] */
    double *rating;                  /* [clinics][NUM_FACTORS] in force */
    struct care
        *care; /* [patients + 1] of those ever enrolled, a clinic's side by side; the first stands for all others */
    struct record *record; /* where events and series go; borrowed */
    void *memory;          /* the one block all columns live in */
};

/* Allocates for a setting and its population. Returns 0 or MILIEU_ERR_MEMORY. */
int world_init(struct world *self, const struct setting *setting, const struct population *population, struct luck luck,
               struct error *err);
void world_free(struct world *self);

/* Week 0 of an arm: every column anew. */
void world_start(struct world *self, int arm, struct record *record);

/* Its second half, in start.c: places, people, patients, strategies as they stand in week 0; columns are all 0 before. */
void world_people(struct world *self);

/* True for a parameter that is read before the first week, by world_people or by the scenario's draw, and never again: a
 * strategy that moved it would do nothing. Those that also hold for newcomers, or whose state a strategy shifts
 * (calendar.c), are none of them; nor are those of the population (population_draws_on). */
bool world_starts_on(int param);

/* The record of a patient who is enrolled now, all of it set anew: before num_treated counts the patient. Memory of those
 * who never are is not touched: a country's would be a third of all. */
struct care *world_open_care(struct world *self, int patient);

/* Adds an event of this week; returns its index (NONE when events are not kept). */
int64_t world_event(struct world *self, int clinic, enum event_kind kind, int subject, double value, int64_t cause);

/* Room for the events of one more week; called between weeks. */
int world_reserve_events(struct world *self, struct error *err);

/* Parameters of a clinic in force under these ratings: factors on the scenario's values, then what strategies in effect set
 * or add, each kept in its allowed range. */
void world_params(const struct world *self, int clinic, const double rating[NUM_FACTORS], struct params *out);

/* Parameters of a clinic as they hold for a person whose own ratings stand in for the clinic's (NULL: the clinic's). */
void world_person_params(const struct world *self, int clinic, const struct person_setting *person, struct params *out);

/* Mean of a column of nurses over those of the clinic who are at work; 0 when nobody is. */
double world_mean_at_work(const struct world *self, int clinic, const double *column);

/* 0, or the source line of the first invariant that does not hold. */
int world_verify(const struct world *self);

/* Every nurse's post, every physician, every other professional of a clinic: FOR_EACH_NURSE(n, w, c) ... with n declared by it. */
#define FOR_EACH_NURSE(n, w, c) FOR_EACH_OF(n, (w)->clinic.first_nurse[c], (w)->clinic.num_nurses[c])
#define FOR_EACH_PHYSICIAN(f, w, c) FOR_EACH_OF(f, (w)->clinic.first_physician[c], (w)->clinic.num_physicians[c])
#define FOR_EACH_PROFESSIONAL(q, w, c)                                                                                 \
    FOR_EACH_OF(q, (w)->clinic.first_professional[c], (w)->clinic.num_professionals[c])
#define FOR_EACH_OF(i, first, num) for (int i = (first), i##_end = i + (num); i < i##_end; i++)

/* What the programme knows of a patient; of one never enrolled, what holds of all of them, and must not be written. */
static inline struct care *care_of(const struct world *w, int patient)
{
    return &w->care[w->patient.care[patient]];
}
static inline bool clinic_runs(const struct world *w, int c)
{
    return w->clinic.stage[c] < STAGE_DISCONTINUED;
}
static inline bool nurse_works(const struct world *w, int n)
{
    return w->nurse.post[n] == POST_PRESENT;
}
/* A reorganisation runs at the clinic's centre; its event while it runs, else NONE: what a delay or a departure may be put
 * down to. */
static inline bool clinic_reorganizing(const struct world *w, int c)
{
    return w->centre.reorganization_end[w->clinic.centre[c]] != NONE;
}
static inline int64_t clinic_shock(const struct world *w, int c)
{
    return clinic_reorganizing(w, c) ? w->centre.reorganization_event[w->clinic.centre[c]] : NONE;
}
static inline double stance_of(double value)
{
    return 2 * value - 1;
}
static inline double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}
/* A value that people bring is never quite 0 or 1: it could not move. */
static inline double value_within(double value)
{
    return clamp(value, 0.02, 0.98);
}
static inline void tally_add(struct world *w, int c, enum outcome o, double sum, double count)
{
    struct tally *t = &w->tally[(long)c * NUM_OUTCOMES + o];
    t->sum += sum;
    t->count += count;
}
static inline uint64_t clinic_entity(const struct world *w, int c, uint32_t index)
{
    return random_entity(w->setting->clinic[c].place_key, index);
}
static inline uint64_t nurse_entity(const struct world *w, int n)
{
    int c = w->nurse.clinic[n];
    return clinic_entity(w, c, ENTITY_NURSE + (uint32_t)(n - w->clinic.first_nurse[c]));
}

#endif
