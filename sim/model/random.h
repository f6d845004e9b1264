/* Luck as a pure function: Philox4x32-10 (Salmon et al. 2011, SC'11; Random123) of who, when and what for.
 *
 *   key     = (seed, run)             run = draw * 65536 + replication
 *   counter = (entity low, entity high, week, stream and block)
 *
 * An entity is a 64-bit number made of the place's 40-bit key (a hash of its id, so that a clinic keeps its luck
 * whoever stands beside it in the file) and a 24-bit index inside the place (a patient, a post, a candidate).
 * The same call gives the same number in every arm, on any thread, in any order. */
#ifndef MILIEU_RANDOM_H
#define MILIEU_RANDOM_H

#include <Random123/philox.h>
#include <gsl/gsl_rng.h>
#include <stdint.h>

enum stream {
#define X(name, words) name,
#include "streams.def"
#undef X
    NUM_STREAMS
};

struct luck {
    uint32_t seed;
    uint32_t run;
};

/* Four independent 32-bit words. */
struct words {
    uint32_t w[4];
};

#define RANDOM_WEEK_OFFSET 0x100000 /* weeks may be negative: the look-back */

/* 40-bit key of a place from its id (FNV-1a 64, folded). */
uint64_t random_place(const char *id);

/* 64-bit FNV-1a hash of a text. */
uint64_t random_hash(const char *text);

/* Entity number: `place` < 2^40, `index` < 2^24. */
static inline uint64_t random_entity(uint64_t place, uint32_t index)
{
    return (place << 24) | (index & 0xffffffU);
}

/* The raw generator, for its known answers. */
struct words random_philox(const uint32_t counter[4], const uint32_t key[2]);

/* The words of one block: block < 65536. Here, not in random.c, so that loops over weeks keep several blocks in flight. */
static inline struct words random_words(struct luck luck, uint64_t entity, int week, enum stream stream, uint32_t block)
{
    philox4x32_ctr_t counter = { { (uint32_t)entity, (uint32_t)(entity >> 32), (uint32_t)(week + RANDOM_WEEK_OFFSET),
                                   (uint32_t)stream << 16 | (block & 0xffffU) } };
    philox4x32_key_t key = { { luck.seed, luck.run } };
    philox4x32_ctr_t r = philox4x32_R(10, counter, key);
    return (struct words){ { r.v[0], r.v[1], r.v[2], r.v[3] } };
}

/* A word as a uniform in (0, 1), never 0 or 1: (w + 1/2) / 2^32. */
static inline double random_uniform_of(uint32_t word)
{
    return ((double)word + 0.5) * (1.0 / 4294967296.0);
}

/* One uniform: the first word of block 0. */
double random_uniform(struct luck luck, uint64_t entity, int week, enum stream stream);

/* Tail of the normal quantile, u < 0.02425 (Acklam 2003). */
double random_normal_tail(double u);

/* Standard normal by inversion (Acklam 2003, relative error < 1.2e-9): monotone in u, one uniform each. */
static inline double random_normal_of(double u)
{
    const double edge = 0.02425;
    double q = u - 0.5, r = q * q;
    double top = ((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r +
                   1.383577518672690e+02) *
                      r -
                  3.066479806614716e+01) *
                     r +
                 2.506628277459239e+00;
    double bottom = ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r +
                      6.680131188771972e+01) *
                         r -
                     1.328068155288572e+01) *
                        r +
                    1.0;
    if (u < edge)
        return random_normal_tail(u);
    if (u > 1 - edge)
        return -random_normal_tail(1 - u);
    return q * top / bottom;
}

/* The rest of random_poisson_of, once u is above p0. */
int random_poisson_above(double u, double mean, double p0);

/* Poisson count by inversion of u: monotone in u and in the mean, so that a lower rate never adds a visit.
 * `p0` must be exp(-mean). Counts are cut at 255. */
static inline int random_poisson_of(double u, double mean, double p0)
{
    return u <= p0 ? 0 : random_poisson_above(u, mean, p0);
}

/* The same without exp(-mean) at hand, which is not needed where u is below 1 - mean: most weeks nothing happens. */
int random_poisson_exp(double u, double mean);
static inline int random_poisson(double u, double mean)
{
    return u <= 1 - mean ? 0 : random_poisson_exp(u, mean);
}

/* Binomial count by inversion of u: n >= 0, 0 <= p <= 1; monotone in u and in p. */
int random_binomial_of(double u, int n, double p);

/* A gsl_rng over one (luck, entity, week, stream): for GSL's samplers at set-up, where speed is no matter.
 * The caller frees it with gsl_rng_free; NULL when out of memory. */
gsl_rng *random_gsl_new(struct luck luck, uint64_t entity, int week, enum stream stream);

#endif
