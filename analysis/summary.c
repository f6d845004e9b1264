#include "summary.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double z_90 = 1.6448536269514722; /* 95th percentile of the standard normal */

void summary_wilson(double yes, double n, double *low, double *high)
{
    double z2 = z_90 * z_90, share = yes / n;
    double middle = (share + z2 / (2 * n)) / (1 + z2 / n);
    double half = z_90 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n);
    *low = yes <= 0 || middle < half ? 0 : middle - half;
    *high = yes >= n || middle + half > 1 ? 1 : middle + half;
}

double summary_quantile(const double *sorted, size_t count, double p)
{
    return gsl_stats_quantile_from_sorted_data(sorted, 1, count, p);
}

static size_t leave_out_nan(double *value, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(value[i]))
            value[kept++] = value[i];
    return kept;
}

struct summary_row summary_of(double *value, size_t count, bool is_share)
{
    size_t n = leave_out_nan(value, count);
    struct summary_row out = { NAN, NAN, NAN, NAN, (int64_t)n, (int64_t)count };
    if (n == 0)
        return out;
    gsl_sort(value, 1, n);
    out.mean = gsl_stats_mean(value, 1, n);
    out.sd = n > 1 ? gsl_stats_sd_m(value, 1, n, out.mean) : 0;
    if (is_share) {
        summary_wilson(out.mean * (double)n, (double)n, &out.low, &out.high);
    } else {
        out.low = summary_quantile(value, n, 0.05);
        out.high = summary_quantile(value, n, 0.95);
    }
    return out;
}

/* ---- all of a study ---- */

static size_t row_values(const struct summary *self)
{
    return ((size_t)self->num_clinics + 1) * NUM_OUTCOMES;
}

static double *values_of(const struct summary *self, int arm, int64_t run)
{
    return self->value + ((size_t)arm * (size_t)self->runs + (size_t)run) * row_values(self);
}

int summary_init(struct summary *self, int num_arms, int num_clinics, int draws, int replications, struct error *err)
{
    int64_t runs = (int64_t)draws * replications;
    size_t count;
    *self = (struct summary){
        .num_arms = num_arms, .num_clinics = num_clinics, .draws = draws, .replications = replications, .runs = runs
    };
    count = (size_t)num_arms * (size_t)runs * row_values(self);
    self->value = malloc(count * sizeof *self->value);
    self->work = malloc((size_t)runs * sizeof *self->work);
    if (self->value == NULL || self->work == NULL) {
        summary_free(self);
        return error_set(err, MILIEU_ERR_MEMORY, "the outcomes of %lld runs of %d clinics in %d arms need %.0f MB",
                         "les résultats de %lld simulations de %d cliniques dans %d bras demandent %.0f Mo",
                         (long long)runs, num_clinics, num_arms, (double)count * sizeof *self->value / 1e6);
    }
    for (size_t i = 0; i < count; i++)
        self->value[i] = NAN;
    return 0;
}

int summary_take(struct summary *self, int draw, int replication, int arm, const struct record *record,
                 struct error *err)
{
    int64_t run = (int64_t)draw * self->replications + replication;
    if (record->num_clinics != self->num_clinics || run >= self->runs || arm >= self->num_arms)
        return error_set(err, MILIEU_ERR_RUN, "a run that was not announced",
                         "une simulation qui n'était pas annoncée");
    memcpy(values_of(self, arm, run), record->outcome, row_values(self) * sizeof *self->value);
    return 0;
}

/* One outcome of one arm: [runs][clinics] and [runs] into their places. */
static void scatter(struct summary *self, int arm, int outcome, const double *by_clinic, const double *all)
{
    size_t clinics = (size_t)self->num_clinics;
    for (int64_t run = 0; run < self->runs; run++) {
        double *row = values_of(self, arm, run) + outcome;
        for (size_t i = 0; i < clinics; i++)
            row[i * NUM_OUTCOMES] = by_clinic[(size_t)run * clinics + i];
        row[clinics * NUM_OUTCOMES] = all[run];
    }
}

int summary_read(struct summary *self, struct results_file *file, struct error *err)
{
    int64_t runs = (int64_t)file->num_draws * file->num_replications;
    double *by_clinic = malloc((size_t)runs * (size_t)file->num_clinics * sizeof *by_clinic);
    double *all = malloc((size_t)runs * sizeof *all);
    int ret = summary_init(self, file->num_arms, file->num_clinics, file->num_draws, file->num_replications, err);
    if (ret != 0)
        goto out;
    if (by_clinic == NULL || all == NULL) {
        ret = error_set(err, MILIEU_ERR_MEMORY, "%s", "%s", file->path);
        goto out;
    }
    for (int arm = 0; arm < file->num_arms && ret == 0; arm++) {
        for (int outcome = 0; outcome < NUM_OUTCOMES && ret == 0; outcome++) {
            if (!results_has_outcome(file, outcome))
                continue;
            if ((ret = results_read_outcome(file, outcome, arm, by_clinic, err)) == 0 &&
                (ret = results_read_outcome_all(file, outcome, arm, all, err)) == 0)
                scatter(self, arm, outcome, by_clinic, all);
        }
    }
out:
    free(by_clinic);
    free(all);
    if (ret != 0)
        summary_free(self);
    return ret;
}

static double value_at(const struct summary *self, int arm, int clinic, int outcome, int64_t run)
{
    size_t row = (size_t)(clinic == SUMMARY_ALL ? self->num_clinics : clinic);
    return values_of(self, arm, run)[row * NUM_OUTCOMES + (size_t)outcome];
}

struct summary_row summary_get(const struct summary *self, int arm, int clinic, int outcome)
{
    bool one_clinic = clinic != SUMMARY_ALL || self->num_clinics == 1;
    for (int64_t run = 0; run < self->runs; run++)
        self->work[run] = value_at(self, arm, clinic, outcome, run);
    return summary_of(self->work, (size_t)self->runs, one_clinic && outcome_table[outcome].type == OUTCOME_YESNO);
}

/* ---- what is not known, and chance ---- */

struct anova {
    double groups, n, sum, squares; /* of all groups */
    double group_squares;           /* sum over groups of sum^2 / n */
    double n_squares;               /* sum over groups of n^2 */
};

static void add_group(struct anova *a, const double *value, int count)
{
    double n = 0, sum = 0;
    for (int i = 0; i < count; i++) {
        if (isnan(value[i]))
            continue;
        n++;
        sum += value[i];
        a->squares += value[i] * value[i];
    }
    if (n == 0)
        return;
    a->groups++;
    a->n += n;
    a->sum += sum;
    a->group_squares += sum * sum / n;
    a->n_squares += n * n;
}

double summary_unknown_share(const struct summary *self, int arm, int clinic, int outcome)
{
    struct anova a = { 0 };
    for (int64_t run = 0; run < self->runs; run++)
        self->work[run] = value_at(self, arm, clinic, outcome, run);
    for (int d = 0; d < self->draws; d++)
        add_group(&a, self->work + (size_t)d * (size_t)self->replications, self->replications);
    if (a.groups < 2 || a.n <= a.groups)
        return NAN;
    double between = (a.group_squares - a.sum * a.sum / a.n) / (a.groups - 1);
    double within = (a.squares - a.group_squares) / (a.n - a.groups);
    double size = (a.n - a.n_squares / a.n) / (a.groups - 1); /* runs of a draw */
    double unknown = fmax(0, (between - within) / size);
    return unknown + within > 0 ? unknown / (unknown + within) : NAN;
}

void summary_free(struct summary *self)
{
    free(self->value);
    free(self->work);
    self->value = self->work = NULL;
}
