/* P4: table 1 of [003], read off a population of listed patients. For validate and the tests. */
#ifndef MILIEU_TABLE1_H
#define MILIEU_TABLE1_H

#include "../../sim/model/population.h"
#include "sample.h"

struct table1_share { /* as printed: n (%) */
    const char *id;
    enum patient_flag flag;
    double n, of;
};

enum { NUM_TABLE1_SHARES = 5 };
extern const struct table1_share table1_shares[NUM_TABLE1_SHARES];

struct table1 { /* zeroed by the caller */
    struct sample age, conditions;
    double with[NUM_TABLE1_SHARES]; /* patients */
};

void table1_add(struct table1 *self, const struct population *population);

#endif
