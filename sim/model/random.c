#include "random.h"

#include <math.h>
#include <stdlib.h>

uint64_t random_hash(const char *text)
{
    uint64_t hash = 14695981039346656037ULL;
    for (const char *c = text; *c != '\0'; c++)
        hash = (hash ^ (uint8_t)*c) * 1099511628211ULL;
    return hash;
}

/* FNV-1a alone leaves ids that differ in a last digit too close: mixed (the finalizer of MurmurHash3) before the cut. */
uint64_t random_place(const char *id)
{
    uint64_t hash = random_hash(id);
    hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdULL;
    hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53ULL;
    return (hash ^ (hash >> 33)) & 0xffffffffffULL;
}

struct words random_philox(const uint32_t counter[4], const uint32_t key[2])
{
    philox4x32_ctr_t c = { { counter[0], counter[1], counter[2], counter[3] } };
    philox4x32_key_t k = { { key[0], key[1] } };
    philox4x32_ctr_t r = philox4x32_R(10, c, k);
    return (struct words){ { r.v[0], r.v[1], r.v[2], r.v[3] } };
}

double random_uniform(struct luck luck, uint64_t entity, int week, enum stream stream)
{
    return random_uniform_of(random_words(luck, entity, week, stream, 0).w[0]);
}

double random_normal_tail(double u)
{
    double q = sqrt(-2 * log(u));
    double numerator = ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e+00) * q -
                         2.549732539343734e+00) *
                            q +
                        4.374664141464968e+00) *
                           q +
                       2.938163982698783e+00;
    double denominator = (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e+00) * q +
                          3.754408661907416e+00) *
                             q +
                         1.0;
    return numerator / denominator;
}

int random_poisson_above(double u, double mean, double p0)
{
    double term = p0, sum = p0;
    int count = 0;
    while (u > sum && count < 255) {
        count++;
        term *= mean / count;
        sum += term;
    }
    return count;
}

int random_poisson_exp(double u, double mean)
{
    return random_poisson_of(u, mean, exp(-mean));
}

int random_binomial_of(double u, int n, double p)
{
    double term = 1, sum;
    int count = 0;
    if (p <= 0 || n <= 0)
        return 0;
    if (p >= 1)
        return n;
    for (int k = 0; k < n; k++)
        term *= 1 - p;
    sum = term;
    while (u > sum && count < n) {
        term *= (double)(n - count) / (count + 1) * p / (1 - p);
        sum += term;
        count++;
    }
    return count;
}

/* ---- behind GSL's interface -------------------------------------------------------------------------------------- */

struct gsl_state {
    struct luck luck;
    uint64_t entity;
    int week;
    enum stream stream;
    uint32_t block;
    int used;
    struct words words;
};

static void gsl_set(void *state, unsigned long int seed)
{
    struct gsl_state *s = state;
    s->luck.seed = (uint32_t)seed;
    s->block = 0;
    s->used = 4;
}

static unsigned long int gsl_get(void *state)
{
    struct gsl_state *s = state;
    if (s->used == 4) {
        s->words = random_words(s->luck, s->entity, s->week, s->stream, s->block++);
        s->used = 0;
    }
    return s->words.w[s->used++];
}

static double gsl_get_double(void *state)
{
    return random_uniform_of((uint32_t)gsl_get(state));
}

static const gsl_rng_type philox_type = {
    "philox4x32-10", 0xffffffffUL, 0, sizeof(struct gsl_state), gsl_set, gsl_get, gsl_get_double,
};

gsl_rng *random_gsl_new(struct luck luck, uint64_t entity, int week, enum stream stream)
{
    gsl_rng *rng = gsl_rng_alloc(&philox_type);
    if (rng != NULL) {
        struct gsl_state *s = rng->state;
        *s = (struct gsl_state){ .luck = luck, .entity = entity, .week = week, .stream = stream, .used = 4 };
    }
    return rng;
}
