/* A setting without a reader, and a simulation that can be stepped: what the tests of the model stand on.
 *
 *   struct fixture f;
 *   fixture_init(&f, 1, 1, 0, 1);                     the neutral clinic: every rating 0, every parameter its default
 *   fixture_param(&f, PARAM_planned, 8);              in every clinic
 *   fixture_begin(&f, 1, 0);                          population, usual care, week 0 of arm 0
 *   fixture_weeks(&f, 104);                           world_verify after each
 *   fixture_free(&f);
 *
 * Everything that can fail is asserted here, so that a test reads as what it tests. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "sim/model/outcomes.h"
#include "sim/model/simulation.h"
#include "sim/model/world.h"

struct fixture {
    struct setting setting;
    struct simulation sim;
    struct record record;
    struct world *w; /* the simulation's */
    bool drawn;
};

/* Clinics "clinic-0" .., dealt in turn to centres "centre-0" ..; one community of practice, one labour market;
 * 3 nurses, 6 physicians; horizon 104; events kept; strategies in effect in no arm but the last. */
void fixture_init(struct fixture *f, int clinics, int centres, int strategies, int arms);
void fixture_free(struct fixture *f);

/* In every clinic. */
void fixture_param(struct fixture *f, enum param param, double value);
void fixture_rate(struct fixture *f, enum factor factor, double rating);

/* Gives a clinic another id, and with it another luck. */
void fixture_name(struct fixture *f, int clinic, const char *id);

/* Strategy s takes effect in every clinic in week `at` and changes one thing. */
struct strategy_setting *fixture_strategy(struct fixture *f, int s, int at, bool is_factor, int index,
                                          enum change_op op, double value);

/* The population and its usual care, luck (seed 1, run). May be called again with another run. */
void fixture_draw(struct fixture *f, uint32_t run);

/* fixture_draw, then week 0 of an arm, nothing stepped yet. */
void fixture_begin(struct fixture *f, uint32_t run, int arm);

/* Steps whole weeks, world_verify after each. */
void fixture_weeks(struct fixture *f, int weeks);

/* fixture_draw and the whole arm, with its series. */
void fixture_run(struct fixture *f, uint32_t run, int arm);

/* Of the last whole arm; clinic < 0: all clinics together. */
double fixture_outcome(const struct fixture *f, int clinic, enum outcome outcome);
float fixture_series(const struct fixture *f, int clinic, int week, enum series series);

/* A patient's week of usual care, t weeks after the list. */
struct use fixture_usual(const struct fixture *f, int patient, int t);
double fixture_usual_rate(const struct fixture *f, int patient, int t); /* visits a year */

/* The same week at lower or higher rates. */
struct use fixture_use(const struct fixture *f, int patient, int t, double visit_ratio, double admission_ratio);
bool fixture_same_use(struct use a, struct use b);

/* The effect on a patient's use this week: what it was at exit, halved every effect_half_life since. */
double fixture_effect(const struct fixture *f, int patient);

/* Turns off what moves people and places by themselves, so that one process can be seen alone: departures, sick leave,
 * vacancies at the start, reorganisations, other projects, training, coaching, decisions to stop. */
void fixture_still(struct fixture *f);

#endif
