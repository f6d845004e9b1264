#include "design.h"

#include <stdlib.h>
#include <string.h>

const char *const design_method_name[NUM_METHODS] = { "factorial", "list",   "one-at-a-time", "latin-hypercube",
                                                      "sobol",     "morris", "saltelli" };

bool design_is_sampled(enum design_method method)
{
    return method >= METHOD_LATIN_HYPERCUBE;
}

void design_sample_plan(const struct design_plan *plan, struct sample_plan *out)
{
    *out = (struct sample_plan){
        .method = (enum sampler_method)((int)plan->method - METHOD_LATIN_HYPERCUBE + SAMPLER_LATIN_HYPERCUBE),
        .n = plan->n,
        .dimensions = plan->num_vary,
        .levels = plan->levels,
        .seed = plan->seed,
        .second_order = plan->second_order,
        .maximin = plan->maximin,
    };
}

static int init_sampled(struct design *self, struct error *err)
{
    struct sample_plan plan;
    int ret;
    design_sample_plan(&self->plan, &plan);
    ret = sampler_init(&self->sampler, &plan, err);
    if (ret == 0)
        self->count = self->asked = sampler_count(&self->sampler);
    return ret;
}

int design_init(struct design *self, const struct design_plan *plan, struct error *err)
{
    double size;
    *self = (struct design){ .plan = *plan };
    if (design_is_sampled(plan->method))
        return init_sampled(self, err);
    size = design_grid_size(plan);
    if (size > (plan->num_conditions > 0 ? DESIGN_MAX_SIEVED : DESIGN_MAX_POINTS))
        return error_set(err, MILIEU_ERR_SCENARIO, "%g points in all", "%g points en tout", size);
    self->count = self->asked = (uint64_t)size;
    return plan->num_conditions > 0 ? design_sieve(self, err) : 0;
}

void design_free(struct design *self)
{
    sampler_free(&self->sampler);
    free(self->kept);
    free(self->below);
    *self = (struct design){ 0 };
}

void design_point(const struct design *self, uint64_t point, double *x)
{
    const struct design_plan *plan = &self->plan;
    if (!design_is_sampled(plan->method)) {
        design_grid_point(plan, self->kept != NULL ? design_kept(self, point) : point, x);
        return;
    }
    sampler_point(&self->sampler, point, x);
    for (int i = 0; i < plan->num_vary; i++)
        x[i] = plan->method == METHOD_MORRIS ? vary_on_grid(&plan->vary[i], x[i], plan->levels)
                                             : vary_at(&plan->vary[i], x[i]);
}
