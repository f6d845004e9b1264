#include "sampler.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sampling.h"

/* ---- is a plan right? --------------------------------------------------------------------------------------------- */

/* Each says what is asked for and the limit: two numbers. */
enum sampler_words { WORDS_N, WORDS_VARY, WORDS_NUMBERS, WORDS_LEVELS, WORDS_MAXIMIN, WORDS_MAXIMIN_NUMBERS };

static const char *const fault_words[][2] = {
    [WORDS_N] = { "n = %" PRIu64 ": 1 to %" PRIu64, "n = %" PRIu64 " : 1 à %" PRIu64 },
    [WORDS_VARY] = { "%" PRIu64 " things vary: this method takes 1 to %" PRIu64,
                     "%" PRIu64 " choses varient : cette méthode en prend 1 à %" PRIu64 },
    [WORDS_NUMBERS] = { "n times the things that vary is %" PRIu64 ": a Latin hypercube takes %" PRIu64
                        " at most; method \"sobol\" has no such limit",
                        "n fois les choses qui varient font %" PRIu64 " : un hypercube latin en prend au plus %" PRIu64
                        " ; la méthode « sobol » n'a pas cette limite" },
    [WORDS_LEVELS] = { "levels = %" PRIu64 ": an even number, 2 to %" PRIu64,
                       "levels = %" PRIu64 " : un nombre pair, de 2 à %" PRIu64 },
    [WORDS_MAXIMIN] = { "n = %" PRIu64 ": maximin takes %" PRIu64
                        " points at most; maximin = false, or method \"sobol\"",
                        "n = %" PRIu64 " : maximin prend au plus %" PRIu64
                        " points ; maximin = false, ou la méthode « sobol »" },
    [WORDS_MAXIMIN_NUMBERS] = { "n times the things that vary is %" PRIu64 ": maximin takes %" PRIu64
                                " at most; maximin = false, or method \"sobol\"",
                                "n fois les choses qui varient font %" PRIu64 " : maximin en prend au plus %" PRIu64
                                " ; maximin = false, ou la méthode « sobol »" },
};

struct complaint {
    char *text;
    size_t size;
    int lang;
};

static enum sampler_fault say(const struct complaint *to, enum sampler_fault fault, enum sampler_words words,
                              uint64_t asked, uint64_t limit)
{
    snprintf(to->text, to->size, fault_words[words][to->lang == 1], asked, limit);
    return fault;
}

static uint64_t most_dimensions(const struct sample_plan *plan)
{
    switch (plan->method) {
    case SAMPLER_SOBOL:
        return SOBOL_MAX_DIMENSIONS;
    case SAMPLER_SALTELLI:
        return SOBOL_MAX_DIMENSIONS / 2;
    default:
        return SAMPLER_MAX_DIMENSIONS;
    }
}

static enum sampler_fault check_hypercube(const struct sample_plan *plan, const struct complaint *to)
{
    uint64_t numbers = plan->n * (uint64_t)plan->dimensions;
    if (plan->n > SAMPLER_MAX_HYPERCUBE)
        return say(to, SAMPLER_FAULT_N, WORDS_N, plan->n, SAMPLER_MAX_HYPERCUBE);
    if (numbers > SAMPLER_MAX_HYPERCUBE_NUMBERS)
        return say(to, SAMPLER_FAULT_N, WORDS_NUMBERS, numbers, SAMPLER_MAX_HYPERCUBE_NUMBERS);
    if (plan->maximin && plan->n > SAMPLER_MAX_MAXIMIN)
        return say(to, SAMPLER_FAULT_MAXIMIN, WORDS_MAXIMIN, plan->n, SAMPLER_MAX_MAXIMIN);
    if (plan->maximin && numbers > SAMPLER_MAX_MAXIMIN_NUMBERS)
        return say(to, SAMPLER_FAULT_MAXIMIN, WORDS_MAXIMIN_NUMBERS, numbers, SAMPLER_MAX_MAXIMIN_NUMBERS);
    return SAMPLER_FINE;
}

enum sampler_fault sampler_check(const struct sample_plan *plan, int lang, char *text, size_t size)
{
    struct complaint to = { text, size, lang };
    uint64_t dimensions = plan->dimensions < 0 ? 0 : (uint64_t)plan->dimensions;
    uint64_t levels = plan->levels < 0 ? 0 : (uint64_t)plan->levels;
    snprintf(text, size, "%s", "");
    if (dimensions < 1 || dimensions > most_dimensions(plan))
        return say(&to, SAMPLER_FAULT_VARY, WORDS_VARY, dimensions, most_dimensions(plan));
    if (plan->n < 1 || plan->n > SAMPLER_MAX_N)
        return say(&to, SAMPLER_FAULT_N, WORDS_N, plan->n, SAMPLER_MAX_N);
    if (plan->method == SAMPLER_MORRIS && (levels < 2 || levels > SAMPLER_MAX_LEVELS || levels % 2 != 0))
        return say(&to, SAMPLER_FAULT_LEVELS, WORDS_LEVELS, levels, SAMPLER_MAX_LEVELS);
    return plan->method == SAMPLER_LATIN_HYPERCUBE ? check_hypercube(plan, &to) : SAMPLER_FINE;
}

/* ---- points ------------------------------------------------------------------------------------------------------- */

static int prepare(struct sampler *self, struct error *err)
{
    const struct sample_plan *plan = &self->plan;
    if (plan->method == SAMPLER_SOBOL)
        return sobol_init(&self->sobol, plan->dimensions, err);
    if (plan->method == SAMPLER_SALTELLI)
        return sobol_init(&self->sobol, 2 * plan->dimensions, err);
    if (plan->method == SAMPLER_MORRIS)
        return 0;
    self->stratum = lhs_strata(plan);
    if (self->stratum == NULL)
        return error_set(err, MILIEU_ERR_MEMORY, "a Latin hypercube of %" PRIu64 " points in %d dimensions",
                         "un hypercube latin de %" PRIu64 " points en %d dimensions", plan->n, plan->dimensions);
    if (plan->maximin)
        lhs_spread(plan, self->stratum);
    return 0;
}

int sampler_init(struct sampler *self, const struct sample_plan *plan, struct error *err)
{
    char text[2][256];
    enum sampler_fault fault = SAMPLER_FINE;
    *self = (struct sampler){ .plan = *plan };
    for (int lang = 0; lang < 2; lang++)
        fault = sampler_check(plan, lang, text[lang], sizeof text[lang]);
    if (fault != SAMPLER_FINE)
        return error_set_because(err, MILIEU_ERR_SCENARIO, ((struct reason){ { text[0], text[1] } }), "%s", "%s",
                                 "design");
    int ret = prepare(self, err);
    if (ret != 0)
        sampler_free(self);
    return ret;
}

void sampler_free(struct sampler *self)
{
    sobol_free(&self->sobol);
    free(self->stratum);
    self->stratum = NULL;
}

uint64_t sampler_count(const struct sampler *self)
{
    switch (self->plan.method) {
    case SAMPLER_MORRIS:
        return self->plan.n * ((uint64_t)self->plan.dimensions + 1);
    case SAMPLER_SALTELLI:
        return self->plan.n * saltelli_stride(&self->plan);
    default:
        return self->plan.n;
    }
}

void sampler_point(const struct sampler *self, uint64_t i, double *u)
{
    const struct sample_plan *plan = &self->plan;
    switch (plan->method) {
    case SAMPLER_LATIN_HYPERCUBE:
        lhs_point(plan, self->stratum, i, u);
        break;
    case SAMPLER_SOBOL:
        for (int k = 0; k < plan->dimensions; k++)
            u[k] = sobol_scrambled(&self->sobol, plan->seed, (uint32_t)i, k);
        break;
    case SAMPLER_MORRIS:
        morris_point(plan, i, u);
        break;
    case SAMPLER_SALTELLI:
        saltelli_point(plan, &self->sobol, i, u);
        break;
    }
}
