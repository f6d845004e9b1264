/* Designs that spread points over the unit cube: Latin hypercube, Sobol', Morris, Saltelli.
 *
 * A point is a pure function of (plan, its number): any process may ask for any point in any order and gets the same
 * bits, whatever the machine. Coordinates are places in the range of what is varied, not values: who asks maps them
 * (a range: low + u (high - low); a distribution: its quantile; a list of values: sampler_choice).
 *
 *   method            points                       u             growing n keeps the points there were
 *   latin-hypercube   n                            in (0, 1)     no
 *   sobol             n                            in (0, 1)     yes
 *   morris            n (d + 1)                    in [0, 1]     yes: n counts trajectories
 *   saltelli          n (d + 2) or n (2 d + 2)     in (0, 1)     yes: n counts base points
 *
 * Morris alone reaches 0 and 1: its levels are k / (levels - 1), both ends of a range among them. A distribution
 * without an end has no such quantile. */
#ifndef MILIEU_SAMPLER_H
#define MILIEU_SAMPLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/error.h"
#include "sobol.h"

enum sampler_method { SAMPLER_LATIN_HYPERCUBE, SAMPLER_SOBOL, SAMPLER_MORRIS, SAMPLER_SALTELLI };

#define SAMPLER_MAX_N 0x40000000ULL            /* 2^30: Sobol' and base points, trajectories */
#define SAMPLER_MAX_DIMENSIONS 10000           /* Latin hypercube and Morris; else what SOBOL_MAX_DIMENSIONS allows */
#define SAMPLER_MAX_HYPERCUBE 100000           /* points of a Latin hypercube */
#define SAMPLER_MAX_HYPERCUBE_NUMBERS 40000000 /* its points x dimensions: 4 bytes of memory each */
#define SAMPLER_MAX_MAXIMIN 2000               /* the same two with maximin: within a second of work */
#define SAMPLER_MAX_MAXIMIN_NUMBERS 20000
#define SAMPLER_MAX_LEVELS 1000

struct sample_plan {
    enum sampler_method method;
    uint64_t n;        /* points; Morris: trajectories; Saltelli: base points; 1 to SAMPLER_MAX_N */
    int dimensions;    /* d >= 1: what is varied */
    int levels;        /* Morris: even, 2 to SAMPLER_MAX_LEVELS */
    uint32_t seed;     /* another seed, another design of the same kind */
    bool second_order; /* Saltelli: the BA blocks too, for indices of pairs */
    bool maximin;      /* Latin hypercube: move the points apart, each in the middle of its strata */
};

/* What is wrong with a plan, by the key of a design that asks for it: a reader puts its line there. */
enum sampler_fault { SAMPLER_FINE, SAMPLER_FAULT_N, SAMPLER_FAULT_VARY, SAMPLER_FAULT_LEVELS, SAMPLER_FAULT_MAXIMIN };

struct sampler {
    struct sample_plan plan;
    struct sobol sobol; /* Sobol', Saltelli */
    uint32_t *stratum;  /* Latin hypercube: n x d, of point i in dimension k at [i d + k] */
};

/* Is it in range, and small enough? `lang` 0 English, 1 French: the words are written to `text` ("" when fine). */
enum sampler_fault sampler_check(const struct sample_plan *plan, int lang, char *text, size_t size);

/* Everything a point needs. MILIEU_ERR_SCENARIO with the words of sampler_check; MILIEU_ERR_MEMORY.
 * sampler_free is safe after a failure, and twice. */
int sampler_init(struct sampler *self, const struct sample_plan *plan, struct error *err);
void sampler_free(struct sampler *self);

/* How many points. */
uint64_t sampler_count(const struct sampler *self);

/* Point `i`, 0 <= i < sampler_count, into u[0..d-1]. Safe from any number of threads at once. */
void sampler_point(const struct sampler *self, uint64_t i, double *u);

/* Which of `count` values a place means: each its equal share of [0, 1], the last also 1 itself. */
static inline int sampler_choice(double u, int count)
{
    int k = (int)(u * count);
    return k < count ? k : count - 1;
}

#endif
