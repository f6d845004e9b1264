#include "table1.h"

#include <math.h>

#include "measure.h"

/* Printed to half a unit of the last digit: an SD of 20.9 asks for a quarter of a million patients. */
enum { POPULATIONS = 100 };
#define CLINICS                                                                                                        \
    {                                                                                                                  \
        false, "meso[clinic-1].count=100"                                                                              \
    }

/* [003] table 1: "Patients sociodemographic characteristics (n=33)"; sex is known of 32. */
const struct table1_share table1_shares[NUM_TABLE1_SHARES] = {
    { "male", FLAG_MALE, 5, 32 },
    { "arthritis", FLAG_ARTHRITIS, 19, 33 },
    { "overweight", FLAG_OVERWEIGHT, 19, 33 },
    { "back_pain", FLAG_BACK_PAIN, 18, 33 },
    { "depression_anxiety", FLAG_DEPRESSION, 24, 33 },
};

void table1_add(struct table1 *self, const struct population *population)
{
    for (int i = 0; i < population->num_patients; i++) {
        sample_add(&self->age, population->age[i]);
        sample_add(&self->conditions, population->conditions[i]);
        for (int k = 0; k < NUM_TABLE1_SHARES; k++)
            self->with[k] += (population->flags[i] & table1_shares[k].flag) != 0;
    }
}

static int add_draw(struct table1 *table, const struct scenario *scenario, const struct validate_options *options,
                    int draw, struct error *err)
{
    struct setting setting = { 0 };
    struct population population = { 0 };
    int ret = scenario_draw(scenario, options->seed, draw, &setting, err);
    if (ret == 0)
        ret =
            population_init(&population, &setting, simulation_luck(options->seed, draw, 0), options->machine.stop, err);
    if (ret == 0)
        table1_add(table, &population);
    population_free(&population);
    setting_free(&setting);
    return ret;
}

/* Mean and SD with the error of Monte-Carlo: SE of an SD s of n, at most s / sqrt(2 n) for what is cut on both sides. */
static void moments(const struct sample *s, struct finding *mean, struct finding *sd)
{
    double error = Z_90 * sample_sd(s) / sqrt(2 * s->n);
    *mean = finding_difference(s);
    *sd = (struct finding){ sample_sd(s), sample_sd(s) - error, sample_sd(s) + error };
}

int measure_table1(const struct validate_options *options, struct validation *out, struct error *err)
{
    static const int share[NUM_TABLE1_SHARES] = { MEASURE_P4_male, MEASURE_P4_arthritis, MEASURE_P4_overweight,
                                                  MEASURE_P4_back_pain, MEASURE_P4_depression_anxiety };
    static const struct scenario_override many[] = { CLINICS, { false, "time.horizon=26" } };
    struct scenario scenario = { 0 };
    struct table1 table = { .with = { 0 } };
    struct finding *finding = out->finding;
    int ret = trial_scenario(&scenario, "baseline.cfg", many, 2, &options->machine, err);
    for (int draw = 0; draw < POPULATIONS && ret == 0; draw++)
        ret = add_draw(&table, &scenario, options, draw, err);
    if (ret == 0) {
        moments(&table.age, &finding[MEASURE_P4_age], &finding[MEASURE_P4_age_sd]);
        moments(&table.conditions, &finding[MEASURE_P4_conditions], &finding[MEASURE_P4_conditions_sd]);
        for (int k = 0; k < NUM_TABLE1_SHARES; k++)
            finding[share[k]] = finding_share(table.with[k], table.age.n);
    }
    scenario_free(&scenario);
    return ret;
}
