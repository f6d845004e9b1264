/* A run: one draw's setting, one replication's luck; usual care once, then every arm.
 *
 *   struct simulation sim;
 *   simulation_init(&sim, &setting, luck, NULL, err)  the population: who is listed, and their year before
 *   simulation_usual_care(&sim, err)                  the twin: nobody runs a programme
 *   simulation_arm(&sim, arm, &record, err)           one arm; its outcomes are told against the twin
 *   simulation_free(&sim)
 *
 * Every function is a pure function of its arguments: no clock, no file, no global. The one thing looked at besides is
 * `stop` (may be NULL), patient by patient and week by week: once it is not 0 they return MILIEU_ERR_INTERRUPTED. */
#ifndef MILIEU_SIMULATION_H
#define MILIEU_SIMULATION_H

#include <stdint.h>

#include "error.h"
#include "random.h"
#include "setting.h"
#include "stop.h"

struct event {
    int32_t clinic; /* -1: the whole region or centre */
    int32_t week;
    int32_t kind;    /* enum event_kind */
    int32_t subject; /* what the kind says; -1 = none */
    double value;
    int64_t cause; /* index of the event that caused it in the same record, -1 = none */
};

enum instrument { SELF_MANAGEMENT, CARE_INTEGRATION, DISTRESS, CONFIDENCE, NUM_INSTRUMENTS };

struct answer {                    /* of a patient who filled in the questionnaires at enrolment and 26 weeks later */
    int32_t clinic, week;          /* of the second */
    float before[NUM_INSTRUMENTS]; /* scores as they read */
    float after[NUM_INSTRUMENTS];
};

/* What one arm of one run leaves behind. The caller owns it: record_init, record_free. */
struct record {
    int num_clinics, horizon;
    double *outcome;     /* [num_clinics + 1][NUM_OUTCOMES], the last row all clinics together; NaN = does not exist */
    float *series;       /* [num_clinics][horizon][NUM_SERIES]; NULL = not kept */
    struct event *event; /* in order of week */
    int64_t num_events, max_events;
    bool keep_answers;     /* false after record_init; whoever sets it gets: */
    struct answer *answer; /* in order of week and clinic */
    int64_t num_answers;
    uint64_t patient_weeks; /* simulated in this arm (usual care and look-back: simulation.patient_weeks) */
};

int record_init(struct record *self, const struct setting *setting, bool keep_series, struct error *err);
void record_free(struct record *self);

struct population; /* population.h */
struct world;      /* world.h */

struct simulation {
    const struct setting *setting; /* borrowed */
    struct luck luck;
    struct population *population;
    struct world *world;               /* reused by usual care and each arm */
    uint64_t patient_weeks;            /* look-back once + usual care */
    const volatile sig_atomic_t *stop; /* borrowed */
    int week;                          /* that simulation_arm was in when it failed; -1: before week 0 */
};

int simulation_init(struct simulation *self, const struct setting *setting, struct luck luck,
                    const volatile sig_atomic_t *stop, struct error *err);
int simulation_usual_care(struct simulation *self, struct error *err);
int simulation_arm(struct simulation *self, int arm, struct record *record, struct error *err);
void simulation_free(struct simulation *self);

/* One week of a world (world.h): for tests that step and verify. */
void simulation_step_week(struct world *w);

/* Luck of run (draw, replication): draw and replication < 65536. */
struct luck simulation_luck(uint32_t seed, int draw, int replication);

#endif
