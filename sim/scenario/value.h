/* A number or a distribution as a scenario writes it: checked once, drawn by inversion of one uniform.
 *
 *   12.5   ("normal", mean, sd [, min, max])   ("beta", a, b)   ("beta_ms", mean, sd)   ("gamma_ms", mean, sd)
 *   ("negbinomial_ms", mean, sd)   ("lognormal_q", q05, q95)   ("lognormal_ci95", low, high)   ("q90", low, high)
 *   ("triangular", min, mode, max)   ("uniform", low, high)   ("choice", [values], [weights])   ("rating", r)
 *
 * A normal with min and max is truncated to them; what any draw has outside the range allowed to the value is cut to
 * its edge. For this folder, and the reader of studies. */
#ifndef MILIEU_VALUE_H
#define MILIEU_VALUE_H

#include <stdbool.h>

#include "reading.h"

enum value_kind {
    VALUE_EXACT,
    VALUE_NORMAL,
    VALUE_BETA,
    VALUE_GAMMA,
    VALUE_NEGBINOMIAL,
    VALUE_LOGNORMAL,
    VALUE_TRIANGULAR,
    VALUE_UNIFORM,
    VALUE_CHOICE
};

struct value {
    enum value_kind kind;
    bool whole;       /* rounded to the nearest whole number */
    double a, b, c;   /* exact: a. normal, log-normal: mean, sd (of the log). beta: a, b. gamma: shape, scale.
                         negative binomial: n, p. triangular: min, mode, max. uniform: low, high */
    double from, to;  /* of u: 0 and 1, or a truncated normal's own */
    double low, high; /* the range allowed */
    double spread;    /* of a parameter: SD, on its kind's scale, of what is not known of it; 0 = taken as given */
    int num_choices;
    const double *choice, *cumulated; /* and the weights summed up, the last 1 */
};

struct value_rule { /* what is allowed to a value */
    double low, high;
    bool whole;
    bool rating;   /* ("rating", r) may be written */
    double spread; /* given beside it */
};

/* Reads a number or distribution. Complains and returns NULL when it is none or not allowed. `path` names it in
 * messages; `note` ("" or a text in brackets) follows the range. The value lives in reading->keep. */
const struct value *value_read(struct reading *reading, struct node *node, const struct value_rule *rule,
                               const struct path *path, const char *note);

/* The value at u, 0 < u < 1: monotone in u. */
double value_at(const struct value *self, double u);

/* Chance that the value, before it is cut, is x or less. */
double value_chance_below(const struct value *self, double x);

#endif
