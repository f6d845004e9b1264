#include "paired.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

double *paired_run(const struct setting *setting, uint32_t run)
{
    struct simulation sim;
    struct record record;
    double *outcome;
    cr_assert(simulation_init(&sim, setting, (struct luck){ 1, run }, NULL, NULL) == 0);
    cr_assert(record_init(&record, setting, false, NULL) == 0);
    cr_assert(simulation_usual_care(&sim, NULL) == 0);
    cr_assert(simulation_arm(&sim, 0, &record, NULL) == 0);
    outcome = record.outcome;
    record.outcome = NULL;
    record_free(&record);
    simulation_free(&sim);
    return outcome;
}

void paired_compare(struct paired *self, const struct setting *first, const struct setting *second, int replications)
{
    const struct setting *setting[2] = { first, second };
    memset(self, 0, sizeof *self);
    for (int run = 0; run < replications; run++) {
        double *outcome[2];
        for (int k = 0; k < 2; k++)
            outcome[k] = paired_run(setting[k], (uint32_t)run);
        paired_add(self, &outcome[0][(long)first->num_clinics * NUM_OUTCOMES],
                   &outcome[1][(long)second->num_clinics * NUM_OUTCOMES]);
        free(outcome[0]);
        free(outcome[1]);
    }
}

void paired_unstated(struct setting *setting, uint32_t draw)
{
    for (int c = 0; c < setting->num_clinics; c++)
        for (int f = 0; f < NUM_FACTORS; f++) {
            struct words w =
                random_words((struct luck){ 1, draw }, random_entity(setting->clinic[c].place_key, (uint32_t)f), 0,
                             STREAM_RATING, 0);
            setting->clinic[c].rating[f] = random_uniform_of(w.w[0]) + random_uniform_of(w.w[1]) - 1;
        }
}
