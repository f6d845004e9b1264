#include "simulation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "decision.h"
#include "innovation.h"
#include "organizational.h"
#include "outcomes.h"
#include "patient.h"
#include "population.h"
#include "provider.h"
#include "structural.h"
#include "world.h"

/* A week, in order. What comes first sets the stage for what follows:
 *
 *   1 calendar        strategies change the context before anybody acts in it
 *   2 structural      shocks, and the lists that the centre hands over
 *   3 organizational  who is at work, whether the team meets, the hours released
 *   4 provider        those at work learn, think, are strained
 *   5 innovation      the hours are spent on patients
 *   6 patient         what was delivered becomes trust, dose, benefit, use of services
 *   7 decision        those who can stop it decide on what they saw
 *   8 outcomes        the week is written down */
void simulation_step_week(struct world *w)
{
    calendar_step(w);
    structural_step(w);
    organizational_step(w);
    provider_step(w);
    innovation_step(w);
    patient_step(w);
    decision_step(w);
    outcomes_record(w);
}

int record_init(struct record *self, const struct setting *setting, bool keep_series, struct error *err)
{
    size_t clinics = (size_t)setting->num_clinics;
    memset(self, 0, sizeof *self);
    self->num_clinics = setting->num_clinics;
    self->horizon = setting->horizon;
    self->outcome = malloc((clinics + 1) * NUM_OUTCOMES * sizeof *self->outcome);
    if (keep_series)
        self->series = malloc(clinics * (size_t)setting->horizon * NUM_SERIES * sizeof *self->series);
    if (self->outcome == NULL || (keep_series && self->series == NULL))
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for the record of %d clinics",
                         "pas de mémoire pour le relevé de %d cliniques", setting->num_clinics);
    return 0;
}

void record_free(struct record *self)
{
    free(self->outcome);
    free(self->series);
    free(self->event);
    free(self->answer);
    memset(self, 0, sizeof *self);
}

struct luck simulation_luck(uint32_t seed, int draw, int replication)
{
    return (struct luck){ seed, (uint32_t)draw << 16 | (uint32_t)replication };
}

static int interrupted(struct error *err)
{
    return error_set(err, MILIEU_ERR_INTERRUPTED, "%s", "%s", "");
}

int simulation_init(struct simulation *self, const struct setting *setting, struct luck luck,
                    const volatile sig_atomic_t *stop, struct error *err)
{
    int ret;
    memset(self, 0, sizeof *self);
    self->setting = setting;
    self->luck = luck;
    self->stop = stop;
    self->week = -1;
    self->population = calloc(1, sizeof *self->population);
    self->world = calloc(1, sizeof *self->world);
    if (self->population == NULL || self->world == NULL)
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for a run", "pas de mémoire pour une simulation");
    ret = population_init(self->population, setting, luck, stop, err);
    if (ret != 0)
        return ret;
    return world_init(self->world, setting, self->population, luck, err);
}

int simulation_usual_care(struct simulation *self, struct error *err)
{
    int ret = population_usual_care(self->population, self->stop, err);
    self->patient_weeks = self->population->patient_weeks;
    return ret;
}

/* A patient answers at most once. */
static int reserve_answers(struct record *record, const struct population *population, struct error *err)
{
    struct answer *answer;
    record->num_answers = 0;
    if (!record->keep_answers)
        return 0;
    answer = realloc(record->answer, ((size_t)population->num_patients + 1) * sizeof *answer);
    if (answer == NULL)
        return error_set_memory(err);
    record->answer = answer;
    return 0;
}

int simulation_arm(struct simulation *self, int arm, struct record *record, struct error *err)
{
    int ret = 0;
    struct world *w = self->world;
    record->num_events = 0;
    record->patient_weeks = 0;
    self->week = -1;
    w->record = record;
    if ((ret = reserve_answers(record, self->population, err)) == 0)
        ret = world_reserve_events(w, err);
    if (ret == 0)
        world_start(w, arm, record);
    for (w->week = 0; ret == 0 && w->week < self->setting->horizon; w->week++) {
        self->week = w->week;
        ret = stop_is_asked(self->stop) ? interrupted(err) : world_reserve_events(w, err);
        if (ret == 0)
            simulation_step_week(w);
    }
    if (ret == 0)
        outcomes_finish(w);
    return ret;
}

void simulation_free(struct simulation *self)
{
    if (self->population != NULL)
        population_free(self->population);
    if (self->world != NULL)
        world_free(self->world);
    free(self->population);
    free(self->world);
    memset(self, 0, sizeof *self);
}
