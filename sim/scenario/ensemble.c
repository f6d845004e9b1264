#include "ensemble.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>

#include "../model/random.h"
#include "../model/tables.h"

/* From the CSV file: ENSEMBLE_ID, ENSEMBLE_PARAMS, ENSEMBLE_MEMBERS, X(parameter) for each, and the values. */
#include "ensemble_table.h"

static const int param[ENSEMBLE_PARAMS] = {
#define X(id) PARAM_##id,
    ENSEMBLE_COLUMNS
#undef X
};

static const double value[ENSEMBLE_MEMBERS][ENSEMBLE_PARAMS] = ENSEMBLE_VALUES;

const struct ensemble ensemble_shipped = { ENSEMBLE_ID, ENSEMBLE_MEMBERS, ENSEMBLE_PARAMS, param, &value[0][0] };

int ensemble_column(const struct ensemble *self, int wanted)
{
    for (int k = 0; k < self->num_params; k++)
        if (self->param[k] == wanted)
            return k;
    return -1;
}

const double *ensemble_member(const struct ensemble *self, uint32_t seed, int draw)
{
    const struct luck luck = { seed, 0 };
    double u = random_uniform(luck, random_entity(0, (uint32_t)random_hash("ensemble")), 0, STREAM_VALUE);
    int first = (int)(u * self->num_members);
    return self->value + (size_t)((first + draw) % self->num_members) * (size_t)self->num_params;
}

double ensemble_quantile(const struct ensemble *self, int column, double p)
{
    double sorted[ENSEMBLE_MEMBERS];
    int n = self->num_members < ENSEMBLE_MEMBERS ? self->num_members : ENSEMBLE_MEMBERS;
    for (int i = 0; i < n; i++)
        sorted[i] = self->value[(size_t)i * (size_t)self->num_params + (size_t)column];
    gsl_sort(sorted, 1, (size_t)n);
    return gsl_stats_quantile_from_sorted_data(sorted, 1, (size_t)n, p);
}
