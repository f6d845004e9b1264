/* The designs that are not sampled, and the sieve of `where`. */
#include <stdlib.h>
#include <string.h>

#include "design.h"

/* ---- factorial ---- */

static double factorial_size(const struct design_plan *plan)
{
    double size = 1;
    for (int i = 0; i < plan->num_vary; i++)
        size *= vary_num_levels(&plan->vary[i]);
    return size;
}

/* The number's digits, each thing its own base; the last varies fastest. */
static void factorial_point(const struct design_plan *plan, uint64_t point, double *x)
{
    for (int i = plan->num_vary - 1; i >= 0; i--) {
        uint64_t levels = (uint64_t)vary_num_levels(&plan->vary[i]);
        x[i] = plan->vary[i].level[point % levels];
        point /= levels;
    }
}

/* ---- one at a time ---- */

/* Levels of a thing that are not its base. */
static int num_steps(const struct vary *v)
{
    double base = vary_base(v);
    int steps = 0;
    for (int k = 0; k < vary_num_levels(v); k++)
        steps += v->level[k] != base;
    return steps;
}

static double step_value(const struct vary *v, uint64_t step)
{
    double base = vary_base(v), x = base;
    for (int k = 0; k < vary_num_levels(v); k++) {
        x = v->level[k];
        if (x != base && step-- == 0)
            break;
    }
    return x;
}

static double one_at_a_time_size(const struct design_plan *plan)
{
    double size = 1;
    for (int i = 0; i < plan->num_vary; i++)
        size += num_steps(&plan->vary[i]);
    return size;
}

static void one_at_a_time_point(const struct design_plan *plan, uint64_t point, double *x)
{
    uint64_t before = 1; /* the base point */
    for (int i = 0; i < plan->num_vary; i++) {
        const struct vary *v = &plan->vary[i];
        uint64_t steps = (uint64_t)num_steps(v);
        x[i] = point >= before && point < before + steps ? step_value(v, point - before) : vary_base(v);
        before += steps;
    }
}

/* ---- all three ---- */

double design_grid_size(const struct design_plan *plan)
{
    if (plan->method == METHOD_LIST)
        return (double)plan->num_rows;
    return plan->method == METHOD_FACTORIAL ? factorial_size(plan) : one_at_a_time_size(plan);
}

void design_grid_point(const struct design_plan *plan, uint64_t point, double *x)
{
    if (plan->method == METHOD_LIST)
        memcpy(x, plan->row + point * (uint64_t)plan->num_vary, (size_t)plan->num_vary * sizeof *x);
    else if (plan->method == METHOD_FACTORIAL)
        factorial_point(plan, point, x);
    else
        one_at_a_time_point(plan, point, x);
}

/* ---- where ---- */

#define WORD_BITS 64
#define STRETCH 64 /* words between two counts: 4096 points */

static bool is_kept(const struct design_plan *plan, const double *x)
{
    for (int i = 0; i < plan->num_conditions; i++)
        if (!condition_holds(&plan->condition[i], x))
            return false;
    return true;
}

int design_sieve(struct design *self, struct error *err)
{
    uint64_t words = self->asked / WORD_BITS + 1, count = 0;
    double *x = malloc((size_t)self->plan.num_vary * sizeof *x);
    self->kept = calloc(words, sizeof *self->kept);
    self->below = calloc(words / STRETCH + 1, sizeof *self->below);
    if (x == NULL || self->kept == NULL || self->below == NULL) {
        free(x);
        return error_set_memory(err);
    }
    for (uint64_t i = 0; i < self->asked; i++) {
        if (i % (WORD_BITS * STRETCH) == 0)
            self->below[i / (WORD_BITS * STRETCH)] = count;
        design_grid_point(&self->plan, i, x);
        if (is_kept(&self->plan, x)) {
            self->kept[i / WORD_BITS] |= (uint64_t)1 << (i % WORD_BITS);
            count++;
        }
    }
    self->count = count;
    free(x);
    return 0;
}

static int num_bits(uint64_t word)
{
    int bits = 0;
    for (; word != 0; word &= word - 1)
        bits++;
    return bits;
}

/* The last stretch with no more than `point` kept before it. */
static uint64_t find_stretch(const struct design *self, uint64_t point)
{
    uint64_t low = 0, high = (self->asked - 1) / (WORD_BITS * STRETCH);
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        if (self->below[middle] <= point)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

uint64_t design_kept(const struct design *self, uint64_t point)
{
    uint64_t stretch = find_stretch(self, point), at = stretch * STRETCH, left = point - self->below[stretch], word;
    for (; left >= (uint64_t)num_bits(self->kept[at]); at++)
        left -= (uint64_t)num_bits(self->kept[at]);
    for (word = self->kept[at]; left > 0; left--)
        word &= word - 1;
    return at * WORD_BITS + (uint64_t)num_bits((word & -word) - 1);
}
