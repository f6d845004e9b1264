/* A scenario, its settings and the records of its runs, made up without reader or model: what the tests of results,
 * runner and analysis are fed with. Every value is a known function of where it stands. */
#ifndef FAKE_STUDY_H
#define FAKE_STUDY_H

#include "sim/model/simulation.h"
#include "sim/scenario/scenario.h"

/* num_strategies 2; arm a has strategy i on when bit i of a is set. Freed with fake_scenario_free. */
void fake_scenario_init(struct scenario *self, int num_clinics, int num_arms, int horizon);
void fake_scenario_free(struct scenario *self);

/* Freed with fake_setting_free. */
void fake_setting_init(struct setting *self, const struct scenario *scenario, int draw);
void fake_setting_free(struct setting *self);

/* The record of one arm of one run; `events` of them per clinic, the first of a clinic without cause, others caused by
 * the one before. Freed with fake_record_free. */
void fake_record_init(struct record *self, const struct scenario *scenario, bool series);
void fake_record_fill(struct record *self, int draw, int replication, int arm, int events);
void fake_record_free(struct record *self);

/* What the filled records hold. The outcome with number 1 is missing where draw + replication is odd. */
double fake_outcome(int arm, int draw, int replication, int clinic, int outcome);
float fake_series(int arm, int draw, int replication, int clinic, int week, int series);
double fake_parameter(int draw, int clinic, int param);
double fake_rating(int draw, int clinic, int factor);

/* A fresh folder of this test process under $TMPDIR or /tmp, and a path in it; static storage, one at a time. */
const char *fake_folder(void);
const char *fake_path(const char *name);

#endif
