/* P8, P9: emergency visits of a chronic population that nobody treats, frequent users or not. */
#include "../../sim/model/population.h"
#include "measure.h"

enum { YEARS = 5, FREQUENT = 4, PEOPLE_A_DRAW = 400 };

struct cohort { /* of one year's frequent users, and everybody */
    double people, any, frequent, visits, once, always, next_year;
};

static void follow(struct cohort *c, const int visits[YEARS])
{
    int years = 0;
    c->people++;
    c->any += visits[0] > 0;
    if (visits[0] < FREQUENT)
        return;
    for (int y = 0; y < YEARS; y++)
        years += visits[y] >= FREQUENT;
    c->frequent++;
    c->visits += visits[0];
    c->next_year += visits[1];
    c->once += years == 1;
    c->always += years == YEARS;
}

int measure_use(const struct validate_options *options, struct validation *out, struct error *err)
{
    struct finding *finding = out->finding;
    struct params p;
    struct rate_table rates;
    struct cohort c = { 0 };
    int people = PEOPLE_A_DRAW * options->draws, visits[YEARS];
    params_defaults(&p);
    if (rate_table_init(&rates, p.ed_mean, p.ed_dispersion) != 0)
        return error_set_memory(err);
    for (int i = 0; i < people && (options->machine.stop == NULL || *options->machine.stop == 0); i++) {
        population_history(&rates, &p, (struct luck){ options->seed, 0 }, random_entity(1, (uint32_t)i), YEARS, visits);
        follow(&c, visits);
    }
    finding[MEASURE_P8_any_visit] = finding_share(c.any, c.people);
    finding[MEASURE_P8_frequent] = finding_share(c.frequent, c.people);
    finding[MEASURE_P8_frequent_mean] = finding_exactly(c.visits / c.frequent);
    finding[MEASURE_P9_one_year] = finding_share(c.once, c.frequent);
    finding[MEASURE_P9_five_years] = finding_share(c.always, c.frequent);
    finding[MEASURE_P9_fall] = finding_exactly(1 - c.next_year / c.visits);
    return 0;
}
