/* link: -Wl,--wrap=calloc */
/* Which designs are refused, in both languages; counts; memory that runs out. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "sim/study/sampler.h"

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

static bool memory_is_out;

void *__wrap_calloc(size_t count, size_t size)
{
    return memory_is_out ? NULL : __real_calloc(count, size);
}

/* ---- refused ----------------------------------------------------------------------------------------------------- */

#define LHS SAMPLER_LATIN_HYPERCUBE, .seed = 1

static const struct judged {
    struct sample_plan plan;
    enum sampler_fault fault;
    const char *says; /* in both languages */
} judged[] = {
    { { LHS, .n = 1, .dimensions = 1 }, SAMPLER_FINE, "" },
    { { LHS, .n = 0, .dimensions = 1 }, SAMPLER_FAULT_N, "n = 0" },
    { { LHS, .n = 100000, .dimensions = 400 }, SAMPLER_FINE, "" },
    { { LHS, .n = 100001, .dimensions = 1 }, SAMPLER_FAULT_N, "100001" },
    { { LHS, .n = 100000, .dimensions = 401 }, SAMPLER_FAULT_N, "40100000" },
    { { LHS, .n = 10, .dimensions = 0 }, SAMPLER_FAULT_VARY, "10000" },
    { { LHS, .n = 10, .dimensions = -3 }, SAMPLER_FAULT_VARY, "10000" },
    { { LHS, .n = 10, .dimensions = 10001 }, SAMPLER_FAULT_VARY, "10001" },
    { { LHS, .n = 2000, .dimensions = 10, .maximin = true }, SAMPLER_FINE, "" },
    { { LHS, .n = 2001, .dimensions = 1, .maximin = true }, SAMPLER_FAULT_MAXIMIN, "maximin = false" },
    { { LHS, .n = 2000, .dimensions = 11, .maximin = true }, SAMPLER_FAULT_MAXIMIN, "22000" },
    { { SAMPLER_SOBOL, .n = 1ULL << 30, .dimensions = 1200 }, SAMPLER_FINE, "" },
    { { SAMPLER_SOBOL, .n = (1ULL << 30) + 1, .dimensions = 1 }, SAMPLER_FAULT_N, "1073741824" },
    { { SAMPLER_SOBOL, .n = UINT64_MAX, .dimensions = 1 }, SAMPLER_FAULT_N, "18446744073709551615" },
    { { SAMPLER_SOBOL, .n = 1, .dimensions = 1201 }, SAMPLER_FAULT_VARY, "1201" },
    { { SAMPLER_SALTELLI, .n = 1, .dimensions = 600 }, SAMPLER_FINE, "" },
    { { SAMPLER_SALTELLI, .n = 1, .dimensions = 601 }, SAMPLER_FAULT_VARY, "600" },
    { { SAMPLER_MORRIS, .n = 1, .dimensions = 10000, .levels = 1000 }, SAMPLER_FINE, "" },
    { { SAMPLER_MORRIS, .n = 1, .dimensions = 1, .levels = 2 }, SAMPLER_FINE, "" },
    { { SAMPLER_MORRIS, .n = 1, .dimensions = 1, .levels = 0 }, SAMPLER_FAULT_LEVELS, "levels = 0" },
    { { SAMPLER_MORRIS, .n = 1, .dimensions = 1, .levels = -4 }, SAMPLER_FAULT_LEVELS, "1000" },
    { { SAMPLER_MORRIS, .n = 1, .dimensions = 1, .levels = 5 }, SAMPLER_FAULT_LEVELS, "levels = 5" },
    { { SAMPLER_MORRIS, .n = 1, .dimensions = 1, .levels = 1002 }, SAMPLER_FAULT_LEVELS, "levels = 1002" },
};

Test(sampler, what_is_out_of_range_is_refused_with_the_key_and_the_limit)
{
    for (size_t i = 0; i < sizeof judged / sizeof *judged; i++) {
        char en[256], fr[256];
        const struct judged *j = &judged[i];
        cr_expect(sampler_check(&j->plan, 0, en, sizeof en) == j->fault, "plan %zu: %s", i, en);
        cr_expect(sampler_check(&j->plan, 1, fr, sizeof fr) == j->fault, "plan %zu: %s", i, fr);
        cr_expect(strstr(en, j->says) != NULL && strstr(fr, j->says) != NULL, "plan %zu: %s / %s", i, en, fr);
        cr_expect((strcmp(en, fr) == 0) == (j->fault == SAMPLER_FINE) && strlen(fr) < sizeof fr - 1, "plan %zu", i);
        cr_expect((en[0] == '\0') == (j->fault == SAMPLER_FINE), "plan %zu: %s", i, en);
    }
}

Test(sampler, a_refused_plan_is_not_built)
{
    struct sample_plan plan = { .method = SAMPLER_SALTELLI, .n = 4, .dimensions = 700 };
    struct sampler sampler;
    struct error err = { 0 };
    cr_expect(sampler_init(&sampler, &plan, &err) == MILIEU_ERR_SCENARIO);
    cr_expect(strstr(err.detail[0], "600") != NULL, "%s", err.detail[0]);
    sampler_free(&sampler);
    sampler_free(&sampler);
}

Test(sampler, memory_that_runs_out_is_told)
{
    static const enum sampler_method method[] = { SAMPLER_LATIN_HYPERCUBE, SAMPLER_SOBOL, SAMPLER_SALTELLI };
    for (size_t i = 0; i < sizeof method / sizeof *method; i++) {
        struct sample_plan plan = { .method = method[i], .n = 8, .dimensions = 4 };
        struct sampler sampler;
        struct error err = { 0 };
        int ret;
        memory_is_out = true;
        ret = sampler_init(&sampler, &plan, &err);
        memory_is_out = false;
        cr_expect(ret == MILIEU_ERR_MEMORY && err.detail[0][0] != '\0', "method %d: %d", (int)method[i], ret);
        sampler_free(&sampler);
    }
}

/* ---- counts and places ------------------------------------------------------------------------------------------- */

static uint64_t count_of(struct sample_plan plan)
{
    struct sampler sampler;
    uint64_t count;
    cr_assert(sampler_init(&sampler, &plan, NULL) == 0);
    count = sampler_count(&sampler);
    sampler_free(&sampler);
    return count;
}

Test(sampler, counts_follow_n_and_dimensions)
{
    cr_expect(count_of((struct sample_plan){ SAMPLER_LATIN_HYPERCUBE, .n = 30, .dimensions = 5 }) == 30);
    cr_expect(count_of((struct sample_plan){ SAMPLER_SOBOL, .n = 1 << 30, .dimensions = 5 }) == 1 << 30);
    cr_expect(count_of((struct sample_plan){ SAMPLER_MORRIS, .n = 10, .dimensions = 43, .levels = 4 }) == 440);
    cr_expect(count_of((struct sample_plan){ SAMPLER_SALTELLI, .n = 64, .dimensions = 303 }) == 64 * 305);
    cr_expect(count_of((struct sample_plan){ SAMPLER_SALTELLI, .n = 64, .dimensions = 3, .second_order = true }) ==
              512);
    cr_expect(count_of((struct sample_plan){ SAMPLER_SALTELLI, .n = 1 << 30, .dimensions = 600,
                                             .second_order = true }) == (1ULL << 30) * 1202);
}

Test(sampler, far_points_are_addressed_at_once)
{
    struct sample_plan plan = { SAMPLER_SALTELLI, .n = 1 << 30, .dimensions = 600, .second_order = true };
    struct sampler sampler;
    static double u[600], base[600];
    uint64_t last;
    cr_assert(sampler_init(&sampler, &plan, NULL) == 0);
    last = sampler_count(&sampler) - 1;
    sampler_point(&sampler, last, u);
    sampler_point(&sampler, last - 1, base);
    for (int k = 0; k < 600; k++)
        cr_assert(u[k] > 0 && u[k] < 1 && (u[k] == base[k]) == (k < 599), "coordinate %d", k);
    sampler_free(&sampler);
}

Test(sampler, a_place_means_one_of_several_values)
{
    cr_expect(sampler_choice(0, 3) == 0 && sampler_choice(0.333, 3) == 0 && sampler_choice(0.334, 3) == 1);
    cr_expect(sampler_choice(0.999999, 3) == 2 && sampler_choice(1, 3) == 2 && sampler_choice(1, 1) == 0);
    for (int k = 0; k < 4; k++) /* Morris on as many levels as values: each its own */
        cr_expect(sampler_choice(k / 3.0, 4) == k, "level %d", k);
}
