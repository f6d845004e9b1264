#include "checks.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "weighted.h"

/* One check at work. */
struct weighing {
    const struct bank *bank;
    const struct targets *targets; /* of the calibration */
    const struct calibration_check *plan;
    struct targets own; /* the check's */
    double *error;      /* [targets], as is `held_out` */
    bool *held_out;
    double *likelihood; /* [bank], over the largest; as are the others */
    double *weight;     /* sum 1 */
    double *reference;  /* weights of CHECK_FITTED */
    struct weighted_item *order;
};

/* ---- room ---- */

static int make_room(struct weighing *self, struct error *err)
{
    size_t n = (size_t)self->bank->count + 1, t = (size_t)self->targets->count;
    self->error = malloc(t * sizeof *self->error);
    self->held_out = malloc(t * sizeof *self->held_out);
    self->likelihood = malloc(n * sizeof *self->likelihood);
    self->weight = malloc(n * sizeof *self->weight);
    self->reference = malloc(n * sizeof *self->reference);
    self->order = malloc(n * sizeof *self->order);
    self->own = *self->targets;
    self->own.error = self->error;
    self->own.held_out = self->held_out;
    if (self->error == NULL || self->held_out == NULL || self->likelihood == NULL || self->weight == NULL ||
        self->reference == NULL || self->order == NULL)
        return error_set_memory(err);
    return 0;
}

static void free_room(struct weighing *self)
{
    free(self->error);
    free(self->held_out);
    free(self->likelihood);
    free(self->weight);
    free(self->reference);
    free(self->order);
}

/* ---- weights ---- */

static void take_plan(struct weighing *self, const struct calibration_check *plan)
{
    self->plan = plan;
    for (int j = 0; j < self->targets->count; j++) {
        self->held_out[j] = !(plan->weight[j] > 0);
        self->error[j] = self->targets->error[j] / (self->held_out[j] ? 1 : sqrt(plan->weight[j]));
    }
}

/* Likelihoods over the largest, whose logarithm is returned; all 0, and minus infinity, where no point has every value. */
static double find_likelihoods(struct weighing *self)
{
    const struct bank *b = self->bank;
    double top = -INFINITY;
    for (int i = 0; i < b->count; i++) {
        double d = targets_distance(&self->own, b->value + (long)i * b->targets->count,
                                    b->variance + (long)i * b->targets->count);
        self->likelihood[i] = -d * d / 2;
        top = fmax(top, self->likelihood[i]);
    }
    for (int i = 0; i < b->count; i++)
        self->likelihood[i] = isfinite(self->likelihood[i]) ? exp(self->likelihood[i] - top) : 0;
    return top;
}

/* Weights of sum 1, and the check's log evidence. */
static double weigh(struct weighing *self)
{
    double top = find_likelihoods(self), sum = 0, all = 0;
    for (int i = 0; i < self->bank->count; i++) {
        all += self->bank->weight[i];
        sum += self->bank->weight[i] * self->likelihood[i];
    }
    for (int i = 0; i < self->bank->count; i++)
        self->weight[i] = sum > 0 ? self->bank->weight[i] * self->likelihood[i] / sum : 0;
    return sum > 0 ? top + log(sum / all) : -INFINITY;
}

/* ---- what a check says ---- */

/* Of weights of sum 1; NaN are left out. */
static double mean_error(const struct weighted *x, double mean)
{
    double sum = 0, weights = 0;
    for (int i = 0; i < x->count; i++) {
        double off = x->weight[i] * (x->x[(long)i * x->stride] - mean);
        if (isnan(off))
            continue;
        sum += off * off;
        weights += x->weight[i];
    }
    return sqrt(sum) / weights;
}

static void tell_target(struct weighing *self, int j, struct fit_check_target *out)
{
    const struct bank *b = self->bank;
    struct weighted x = { b->value + j, self->weight, b->count, b->targets->count };
    struct weighted_row row = weighted_row(&x, self->order);
    *out = (struct fit_check_target){ row.mean, row.low, row.high, mean_error(&x, row.mean), 0, NAN };
    double square = 0;
    for (int i = 0; i < b->count; i++) {
        double value = x.x[(long)i * x.stride], variance = b->variance[(long)i * b->targets->count + j];
        double e = targets_deviation(&self->own, j, value, variance);
        if (self->weight[i] > 0 && !self->held_out[j])
            square += self->weight[i] * e * e;
        if (targets_met(self->targets, j, value, variance))
            out->share_met += self->weight[i];
    }
    if (!self->held_out[j])
        out->deviation = sqrt(square);
}

/* The mean square of the fitted targets' deviations, and the largest. */
static void tell_misfit(const struct weighing *self, struct fit_check *out)
{
    double sum = 0;
    int fitted = 0;
    out->worst = -1;
    for (int j = 0; j < self->targets->count; j++) {
        if (self->held_out[j])
            continue;
        sum += out->target[j].deviation * out->target[j].deviation;
        if (out->worst < 0 || out->target[j].deviation > out->target[out->worst].deviation)
            out->worst = j;
        fitted++;
    }
    out->misfit = fitted > 0 ? sum / fitted : NAN;
    out->worst_deviation = out->worst >= 0 ? out->target[out->worst].deviation : NAN;
}

/* Of the difference of two log evidences from one bank: sqrt(sum (w - w0)^2). */
static double evidence_error(const struct weighing *self)
{
    double sum = 0;
    for (int i = 0; i < self->bank->count; i++)
        sum += (self->weight[i] - self->reference[i]) * (self->weight[i] - self->reference[i]);
    return sqrt(sum);
}

static void tell_check(struct weighing *self, const struct calibration_check *plan, double reference,
                       struct fit_check *out)
{
    take_plan(self, plan);
    out->id = plan->id;
    memcpy(out->title, plan->title, sizeof out->title);
    out->weight = plan->weight;
    out->log_evidence = weigh(self);
    out->against_fitted = out->log_evidence - reference;
    out->against_fitted_se = evidence_error(self);
    out->effective_size = isfinite(out->log_evidence) ? weighted_size(self->weight, self->bank->count) : 0;
    out->is_thin = out->effective_size < CHECK_THIN;
    for (int j = 0; j < self->targets->count; j++)
        tell_target(self, j, &out->target[j]);
    tell_misfit(self, out);
}

/* ---- all of them ---- */

static int find_room(struct checks *self, const struct bank *bank, int targets, struct error *err)
{
    size_t n = (size_t)self->count, t = (size_t)targets;
    self->check = calloc(n, sizeof *self->check);
    self->target = calloc(n * t, sizeof *self->target);
    self->fitted = calloc((size_t)bank->count + 1, sizeof *self->fitted);
    if (self->check == NULL || self->target == NULL || self->fitted == NULL)
        return error_set_memory(err);
    for (size_t c = 0; c < n; c++)
        self->check[c].target = self->target + c * t;
    return 0;
}

int checks_make(struct checks *self, const struct bank *bank, const struct targets *targets,
                const struct calibration_check *plan, int count, struct error *err)
{
    struct weighing w = { .bank = bank, .targets = targets };
    double reference = 0;
    *self = (struct checks){ .count = count };
    int ret = find_room(self, bank, targets->count, err);
    if (ret == 0)
        ret = make_room(&w, err);
    if (ret == 0) {
        take_plan(&w, &plan[CHECK_FITTED]);
        reference = weigh(&w);
        memcpy(w.reference, w.weight, (size_t)bank->count * sizeof *w.weight);
        memcpy(self->fitted, w.likelihood, (size_t)bank->count * sizeof *w.likelihood);
    }
    for (int c = 0; ret == 0 && c < count; c++)
        tell_check(&w, &plan[c], reference, &self->check[c]);
    free_room(&w);
    return ret;
}

void checks_free(struct checks *self)
{
    free(self->check);
    free(self->target);
    free(self->fitted);
    *self = (struct checks){ 0 };
}

/* ---- profiles and predictions ---- */

static int tenth_of(const struct bank *bank, int i, int k)
{
    double tenth = FIT_TENTHS * gsl_cdf_ugaussian_P(bank->z[(long)i * bank->dimensions + k]);
    return tenth < FIT_TENTHS ? (int)tenth : FIT_TENTHS - 1;
}

void checks_profile(const struct checks *self, const struct bank *bank, int k, struct fit_profile *out)
{
    double sum[FIT_TENTHS] = { 0 }, weight[FIT_TENTHS] = { 0 }, square[FIT_TENTHS] = { 0 }, all_sum = 0, all = 0;
    *out = (struct fit_profile){ .parameter = k };
    for (int i = 0; i < bank->count; i++) {
        int t = tenth_of(bank, i, k);
        sum[t] += bank->weight[i] * self->fitted[i];
        weight[t] += bank->weight[i];
        all_sum += bank->weight[i] * self->fitted[i];
        all += bank->weight[i];
        out->most[t] = fmax(out->most[t], self->fitted[i]);
        out->points[t]++;
    }
    for (int i = 0; i < bank->count; i++) {
        int t = tenth_of(bank, i, k);
        double off = bank->weight[i] * (self->fitted[i] - sum[t] / weight[t]);
        square[t] += off * off;
    }
    for (int t = 0; t < FIT_TENTHS; t++) {
        out->mean[t] = sum[t] / weight[t] / (all_sum / all);
        out->se[t] = sqrt(square[t]) / weight[t] / (all_sum / all);
    }
}

struct fit_prediction checks_predict(const struct checks *self, int check, const struct calibration_prediction *asked)
{
    const struct fit_check_target *told = &self->check[check].target[asked->target];
    double prior = self->check[CHECK_PRIOR].target[asked->target].mean;
    return (struct fit_prediction){ .check = check,
                                    .target = asked->target,
                                    .observed = asked->observed,
                                    .share = told->mean,
                                    .se = told->se,
                                    .brier = (told->mean - asked->observed) * (told->mean - asked->observed),
                                    .prior_share = prior,
                                    .prior_brier = (prior - asked->observed) * (prior - asked->observed) };
}
