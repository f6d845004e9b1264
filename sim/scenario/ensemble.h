/* Fitted parameters: the members of a posterior, each a row of values that go together. A draw of a scenario takes one
 * member for all the parameters in it that the scenario does not state (runs.parameters = "fitted").
 *
 * The shipped one is scenarios/ensembles/four-cases.csv, built into the program by scripts/ensemble. It was made by
 * `milieu calibrate`: scenarios/ensembles/README.md says how. */
#ifndef MILIEU_ENSEMBLE_H
#define MILIEU_ENSEMBLE_H

#include <stdint.h>

struct ensemble {
    const char *id;
    int num_members, num_params;
    const int *param;    /* [num_params], enum param */
    const double *value; /* [num_members][num_params]; the first member is the one nearest to the centre of all */
};

extern const struct ensemble ensemble_shipped;

/* Which column holds a parameter; -1 when it was not fitted. */
int ensemble_column(const struct ensemble *self, int param);

/* The member that draw `draw` takes, [num_params]: in turn from a place that the seed chooses, so that as many draws as
 * there are members take each of them once. */
const double *ensemble_member(const struct ensemble *self, uint32_t seed, int draw);

/* Quantile `p` of parameter `column` over the members, for tables. */
double ensemble_quantile(const struct ensemble *self, int column, double p);

#endif
