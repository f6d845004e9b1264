/* A design: which points of what varies are run. Point i is a pure function of i: any worker can ask for any of them.
 *
 * factorial       every combination of the levels; the last thing varies fastest
 * list            the points of the study file or of a CSV file, in their order
 * one-at-a-time   point 0 is the base point; then each thing in turn takes each of its levels but the base, the others
 *                 staying at the base (the middle of a range, the first of values, the median of a distribution, or
 *                 what `base` says)
 * latin-hypercube, sobol, morris, saltelli: points u of the unit cube (sampler.h), each u turned into a value of its
 *                 thing; Morris' grid goes from end to end of a range, and to the middles
 *                 of equal shares of a distribution, which may have no ends
 *
 * `where` keeps the points of a factorial or a list at which every condition holds; those kept are numbered anew. */
#ifndef MILIEU_DESIGN_H
#define MILIEU_DESIGN_H

#include "condition.h"
#include "sampler.h"
#include "vary.h"

#define DESIGN_MAX_POINTS 1000000000000.0 /* 10^12: run ids stay below 2^63 */
#define DESIGN_MAX_SIEVED 1e8             /* points of a factorial that `where` is asked about, one by one */

enum { MORRIS_LEVELS = 4 }; /* unless the study says another number */

enum design_method {
    METHOD_FACTORIAL,
    METHOD_LIST,
    METHOD_ONE_AT_A_TIME,
    METHOD_LATIN_HYPERCUBE,
    METHOD_SOBOL,
    METHOD_MORRIS,
    METHOD_SALTELLI,
    NUM_METHODS
};

struct design_plan { /* what is asked for; all of it is borrowed and must outlive the design */
    enum design_method method;
    uint64_t n; /* of the sampled methods, as struct sample_plan has it */
    uint32_t seed;
    int levels; /* of Morris; 0: not given */
    bool second_order, maximin;
    int num_vary;
    const struct vary *vary;
    uint64_t num_rows; /* of a list */
    const double *row; /* [num_rows][num_vary] */
    int num_conditions;
    const struct condition *condition;
};

struct design {
    struct design_plan plan;
    uint64_t count; /* points */
    uint64_t asked; /* points before `where` */
    struct sampler sampler;
    uint64_t *kept;  /* what `where` keeps, one bit a point; NULL: everything */
    uint64_t *below; /* how many are kept before each stretch of it */
};

/* MILIEU_ERR_MEMORY, or MILIEU_ERR_SCENARIO for what cannot be (too many points). The caller frees with design_free, after a failure
 * too, and may twice. */
int design_init(struct design *self, const struct design_plan *plan, struct error *err);
void design_free(struct design *self);

/* Point `point` (0 .. count - 1): x[num_vary]. Safe from several threads at once. */
void design_point(const struct design *self, uint64_t point, double *x);

/* The words of the methods, as study files write them. */
extern const char *const design_method_name[NUM_METHODS];
bool design_is_sampled(enum design_method method);

/* What a sampled method is asked for. */
void design_sample_plan(const struct design_plan *plan, struct sample_plan *out);

/* ---- design_grid.c: factorial, list, one-at-a-time; private to the design ---- */

/* Points of a method before `where`; as a double, which does not wrap. */
double design_grid_size(const struct design_plan *plan);
void design_grid_point(const struct design_plan *plan, uint64_t point, double *x);

/* Finds out what `where` keeps. MILIEU_ERR_MEMORY. */
int design_sieve(struct design *self, struct error *err);

/* The number, before `where`, of the point numbered `point` among those kept. */
uint64_t design_kept(const struct design *self, uint64_t point);

#endif
