#include "setting.h"

#include <stdlib.h>
#include <string.h>

static void *zeroed(int count, size_t size)
{
    return calloc(count > 0 ? (size_t)count : 1, size);
}

int setting_init(struct setting *self, int num_clinics, int num_centres, int num_strategies, int num_arms,
                 struct error *err)
{
    memset(self, 0, sizeof *self);
    self->clinic = zeroed(num_clinics, sizeof *self->clinic);
    self->centre = zeroed(num_centres, sizeof *self->centre);
    self->strategy = zeroed(num_strategies, sizeof *self->strategy);
    self->arm = zeroed(num_arms, sizeof *self->arm);
    if (self->clinic == NULL || self->centre == NULL || self->strategy == NULL || self->arm == NULL) {
        setting_free(self);
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for a setting of %d clinics",
                         "pas de mémoire pour le cadre de %d cliniques", num_clinics);
    }
    self->num_clinics = num_clinics;
    self->num_centres = num_centres;
    self->num_strategies = num_strategies;
    self->num_arms = num_arms;
    for (int i = 0; i < num_clinics; i++)
        params_defaults(&self->clinic[i].base);
    for (int i = 0; i < NUM_LINKS; i++)
        self->beta[i] = link_beta(i);
    return 0;
}

double setting_place_rating(enum place place, enum factor factor, const struct params *p)
{
    int density = place == PLACE_URBAN ? 1 : place == PLACE_RURAL ? -1 : 0;
    return factor == FACTOR_proximity ? density * p->place_proximity : 0;
}

static void free_clinic(struct clinic_setting *clinic)
{
    free(clinic->id);
    free(clinic->title[0]);
    free(clinic->title[1]);
    free(clinic->nurse);
    free(clinic->physician);
}

static void free_strategy(struct strategy_setting *strategy)
{
    free(strategy->id);
    free(strategy->eric);
    free(strategy->title[0]);
    free(strategy->title[1]);
    free(strategy->where);
    free(strategy->change);
}

void setting_free(struct setting *self)
{
    for (int i = 0; self->clinic != NULL && i < self->num_clinics; i++)
        free_clinic(&self->clinic[i]);
    for (int i = 0; self->centre != NULL && i < self->num_centres; i++) {
        free(self->centre[i].id);
        free(self->centre[i].case_manager);
    }
    for (int i = 0; self->strategy != NULL && i < self->num_strategies; i++)
        free_strategy(&self->strategy[i]);
    for (int i = 0; self->arm != NULL && i < self->num_arms; i++) {
        free(self->arm[i].id);
        free(self->arm[i].title[0]);
        free(self->arm[i].title[1]);
    }
    free(self->clinic);
    free(self->centre);
    free(self->strategy);
    free(self->arm);
    memset(self, 0, sizeof *self);
}
