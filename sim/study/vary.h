/* One thing that varies in a study: what it is called, where it stands in the scenario, which values it takes.
 *
 * A point holds one double for each thing. For numbers it is the number; for words, and true and false, it is the place
 * of the word among its `values`, from 0. */
#ifndef MILIEU_VARY_H
#define MILIEU_VARY_H

#include <stdbool.h>
#include <stddef.h>

enum vary_kind {
    VARY_FREE, /* method list: whatever number the list says */
    VARY_RANGE,
    VARY_VALUES,
    VARY_DISTRIBUTION
};

struct vary {
    const char *name;          /* letters, digits and _ */
    const char *const *target; /* paths, or factors with or without "clinic/"; none in a bare design */
    int num_targets;
    bool is_rate;
    enum vary_kind kind;
    double low, high; /* of a range */
    bool log, whole;
    int levels;          /* of a range or distribution in factorial and one-at-a-time; 0: none */
    const double *level; /* of each thing in factorial and one-at-a-time, worked out once; else NULL */
    bool has_base;
    double base; /* one-at-a-time */
    int num_values;
    const double *value;        /* of values that are numbers; else NULL */
    const char *const *word;    /* of values that are words; else NULL */
    const char *const *written; /* the same as a scenario writes them: in quotation marks, escaped; true, false */
    const struct value *distribution;
};

/* The value at u, 0 <= u <= 1: along the range (or its logarithm), among whole numbers or values in equal shares, or
 * the quantile of the distribution. Monotone in u. */
double vary_at(const struct vary *self, double u);

/* The value at a place of Morris' grid, u = k / (levels - 1): a step is as long wherever it begins. */
double vary_on_grid(const struct vary *self, double u, int levels);

/* Its levels: values, or levels of a range from end to end (12 figures, so that a third of 0.3 is 0.1), or quantiles
 * (k + 1/2) / levels of a distribution. */
int vary_num_levels(const struct vary *self);
double vary_work_out_level(const struct vary *self, int level);

/* Where it stands while others vary one at a time. */
double vary_base(const struct vary *self);

/* The lowest and highest value that any point can have; of a distribution, what 2^-32 lies beyond. */
double vary_lowest(const struct vary *self);
double vary_highest(const struct vary *self);

#define VARY_NUMBER_SIZE 32

/* The shortest text that reads back as the same double. Returns `buffer`, of VARY_NUMBER_SIZE bytes. */
char *vary_number(char *buffer, double value);

/* A value as people and tables read it: the word, or the number in `buffer`. */
const char *vary_text(const struct vary *self, double value, char *buffer);

/* The place of a word among the values, -1 when it is none of them. */
int vary_find_word(const struct vary *self, const char *word, size_t length);

#endif
