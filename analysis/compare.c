#include "compare.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "difference.h"
#include "summary.h"

/* ---- pairs ---- */

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Clinics of a that b has too, by id; mostly they stand in the same place. */
static void pair_clinics(struct compare *self)
{
    const struct results_file *a = self->a.file, *b = self->b.file;
    for (int i = 0; i < a->num_clinics; i++) {
        bool here = i < b->num_clinics && strcmp(a->clinic_id[i], b->clinic_id[i]) == 0;
        int other = here ? i : results_find_clinic(b, a->clinic_id[i]);
        if (other < 0)
            continue;
        self->clinic_a[self->num_clinics] = i;
        self->clinic_b[self->num_clinics++] = other;
    }
}

static double *room(const struct results_file *file)
{
    size_t clinics = (size_t)file->num_clinics > 0 ? (size_t)file->num_clinics : 1;
    return malloc((size_t)file->num_draws * (size_t)file->num_replications * clinics * sizeof(double));
}

int compare_init(struct compare *self, struct compare_side a, struct compare_side b, struct error *err)
{
    size_t clinics = (size_t)a.file->num_clinics + 1;
    int ret = 0;
    *self = (struct compare){ .a = a, .b = b };
    self->draws = least(a.file->num_draws, b.file->num_draws);
    self->replications = least(a.file->num_replications, b.file->num_replications);
    self->runs = (int64_t)self->draws * self->replications;
    self->same_luck = a.file->seed == b.file->seed;
    self->clinic_a = malloc(clinics * sizeof *self->clinic_a);
    self->clinic_b = malloc(clinics * sizeof *self->clinic_b);
    self->value_a = room(a.file);
    self->value_b = room(b.file);
    if (self->clinic_a == NULL || self->clinic_b == NULL || self->value_a == NULL || self->value_b == NULL) {
        ret = error_set_memory(err);
        goto out;
    }
    pair_clinics(self);
    if (self->num_clinics == 0 || self->runs == 0)
        ret = error_set(err, MILIEU_ERR_RESULTS, "%s and %s have no clinic in common",
                        "%s et %s n'ont aucune clinique en commun", a.file->path, b.file->path);
out:
    if (ret != 0)
        compare_free(self);
    return ret;
}

/* ---- differences ---- */

/* The pairs of one outcome in one place, gathered from the runs. */
struct pairs {
    double *difference;
    double sum_a, sum_b;
    int64_t n, higher, lower;
};

static void add_pair(struct pairs *self, double a, double b)
{
    if (isnan(a) || isnan(b))
        return;
    self->difference[self->n++] = b - a;
    self->sum_a += a;
    self->sum_b += b;
    self->higher += b > a;
    self->lower += b < a;
}

static struct compare_row row_of(const struct compare *self, struct pairs *pairs, int better)
{
    double n = (double)pairs->n, half;
    size_t count = (size_t)pairs->n;
    struct compare_row row = { NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, pairs->n, self->runs };
    if (count == 0)
        return row;
    row.mean_a = pairs->sum_a / n;
    row.mean_b = pairs->sum_b / n;
    row.difference = gsl_stats_mean(pairs->difference, 1, count);
    if (count > 1) {
        half = gsl_cdf_tdist_Pinv(0.95, n - 1) * gsl_stats_sd_m(pairs->difference, 1, count, row.difference) / sqrt(n);
        row.low = row.difference - half;
        row.high = row.difference + half;
    }
    gsl_sort(pairs->difference, 1, count);
    row.run_low = summary_quantile(pairs->difference, count, 0.05);
    row.run_high = summary_quantile(pairs->difference, count, 0.95);
    row.higher = (double)pairs->higher / n;
    row.lower = (double)pairs->lower / n;
    row.better = better > 0 ? row.higher : better < 0 ? row.lower : NAN;
    return row;
}

/* Pairs in arrays of [draws][replications][width] on each side: column `a` of one, `b` of the other. */
static void gather(const struct compare *self, struct pairs *pairs, int width_a, int width_b, int a, int b)
{
    size_t row_a = (size_t)self->a.file->num_replications * (size_t)width_a;
    size_t row_b = (size_t)self->b.file->num_replications * (size_t)width_b;
    for (size_t d = 0; d < (size_t)self->draws; d++)
        for (size_t r = 0; r < (size_t)self->replications; r++)
            add_pair(pairs, self->value_a[d * row_a + r * (size_t)width_a + (size_t)a],
                     self->value_b[d * row_b + r * (size_t)width_b + (size_t)b]);
}

static int read_both(struct compare *self, int outcome, bool all, struct error *err)
{
    int (*read)(struct results_file *, int, int, double *, struct error *) =
        all ? results_read_outcome_all : results_read_outcome;
    int ret = read(self->a.file, outcome, self->a.arm, self->value_a, err);
    return ret != 0 ? ret : read(self->b.file, outcome, self->b.arm, self->value_b, err);
}

int compare_outcome(struct compare *self, int outcome, struct compare_row *row, struct error *err)
{
    double *difference = malloc((size_t)self->runs * sizeof *difference);
    int better = compare_better(outcome), ret;
    struct pairs pairs = { .difference = difference };
    if (difference == NULL)
        return error_set_memory(err);
    if ((ret = read_both(self, outcome, false, err)) != 0)
        goto out;
    for (int i = 0; i < self->num_clinics; i++) {
        pairs = (struct pairs){ .difference = difference };
        gather(self, &pairs, self->a.file->num_clinics, self->b.file->num_clinics, self->clinic_a[i],
               self->clinic_b[i]);
        row[i] = row_of(self, &pairs, better);
    }
    if ((ret = read_both(self, outcome, true, err)) != 0)
        goto out;
    pairs = (struct pairs){ .difference = difference };
    gather(self, &pairs, 1, 1, 0, 0);
    row[self->num_clinics] = row_of(self, &pairs, better);
out:
    free(difference);
    return ret;
}

void compare_free(struct compare *self)
{
    free(self->clinic_a);
    free(self->clinic_b);
    free(self->value_a);
    free(self->value_b);
    *self = (struct compare){ 0 };
}

/* ---- words ---- */

struct lines {
    char **line;
    int count, max;
};

/* A line: each `%` of the format is the next part, of any length. */
static int add_line(struct lines *self, struct error *err, const char *format, const char *const part[4])
{
    size_t length = strlen(format) + 1;
    char *line;
    for (int i = 0; i < 4; i++)
        length += strlen(part[i]);
    if (self->count == self->max) {
        int max = 2 * self->max + 16;
        char **grown = realloc(self->line, (size_t)max * sizeof *grown);
        if (grown == NULL)
            return error_set_memory(err);
        self->line = grown;
        self->max = max;
    }
    if ((line = malloc(length)) == NULL)
        return error_set_memory(err);
    self->line[self->count++] = line;
    for (int i = 0; *format != '\0'; format++) {
        if (*format == '%' && i < 4) {
            size_t bytes = strlen(part[i]);
            memcpy(line, part[i++], bytes);
            line += bytes;
        } else {
            *line++ = *format;
        }
    }
    *line = '\0';
    return 0;
}

static bool is_on(const struct compare_side *side, int strategy)
{
    return strategy >= 0 && side->file->strategy_on[side->arm * side->file->num_strategies + strategy];
}

static int find_strategy(const struct results_file *file, const char *id)
{
    for (int i = 0; i < file->num_strategies; i++)
        if (strcmp(file->strategy_id[i], id) == 0)
            return i;
    return -1;
}

/* One strategy that is on on one side alone. */
static int add_strategy(struct lines *self, const struct compare_side *on, const struct compare_side *off, int strategy,
                        int lang, struct error *err)
{
    static const char *const format[2] = { "%: on in %, off in %", "% : active dans %, inactive dans %" };
    const struct results_file *file = on->file;
    const char *title = file->strategy_title[lang][strategy];
    const char *const part[4] = { title[0] != '\0' ? title : file->strategy_id[strategy],
                                  on->file->arm_title[lang][on->arm], off->file->arm_title[lang][off->arm], "" };
    return add_line(self, err, format[lang], part);
}

static int add_strategies(struct lines *self, const struct compare *compare, int lang, struct error *err)
{
    const struct compare_side *a = &compare->a, *b = &compare->b;
    int ret = 0;
    for (int i = 0; i < a->file->num_strategies && ret == 0; i++) {
        int other = find_strategy(b->file, a->file->strategy_id[i]);
        if (is_on(a, i) && !is_on(b, other))
            ret = add_strategy(self, a, b, i, lang, err);
    }
    for (int i = 0; i < b->file->num_strategies && ret == 0; i++) {
        int other = find_strategy(a->file, b->file->strategy_id[i]);
        if (is_on(b, i) && !is_on(a, other))
            ret = add_strategy(self, b, a, i, lang, err);
    }
    return ret;
}

/* Which of two programs wrote them, and on which luck. */
static int add_files(struct lines *self, const struct compare *compare, int lang, struct error *err)
{
    static const char *const luck[2] = {
        "the seeds differ (% and %): the runs share no luck, pairs are pairs in name only",
        "les graines diffèrent (% et %) : les essais n'ont pas de hasard commun, les "
        "paires n'en ont que le nom"
    };
    static const char *const source[2] = { "written by % and by %", "écrits par % et par %" };
    const struct results_file *a = compare->a.file, *b = compare->b.file;
    char seed_a[16], seed_b[16];
    int ret = 0;
    snprintf(seed_a, sizeof seed_a, "%u", (unsigned)a->seed);
    snprintf(seed_b, sizeof seed_b, "%u", (unsigned)b->seed);
    if (!compare->same_luck)
        ret = add_line(self, err, luck[lang], (const char *const[4]){ seed_a, seed_b, "", "" });
    if (ret == 0 && strcmp(a->source, b->source) != 0)
        ret = add_line(self, err, source[lang], (const char *const[4]){ a->source, b->source, "", "" });
    return ret;
}

static int add_values(struct lines *self, const struct compare *compare, int lang, struct error *err)
{
    static const char *const both[2] = { "%: % in the first, % in the second",
                                         "% : % dans le premier, % dans le second" };
    static const char *const only[2][2] = {
        { "%: % in the first, not in the second", "% : % dans le premier, absent du second" },
        { "%: % in the second, not in the first", "% : % dans le second, absent du premier" }
    };
    struct differences differences;
    int ret = differences_of_texts(&differences, compare->a.file->text, compare->b.file->text, err);
    for (size_t i = 0; i < differences.count && ret == 0; i++) {
        const struct difference *d = &differences.item[i];
        if (d->a != NULL && d->b != NULL)
            ret = add_line(self, err, both[lang], (const char *const[4]){ d->path, d->a, d->b, "" });
        else
            ret = add_line(self, err, only[d->a == NULL][lang],
                           (const char *const[4]){ d->path, d->a != NULL ? d->a : d->b, "", "" });
    }
    differences_free(&differences);
    return ret;
}

int compare_words(const struct compare *self, int lang, char ***lines, int *num_lines, struct error *err)
{
    struct lines found = { 0 };
    int ret = add_strategies(&found, self, lang, err);
    if (ret == 0 && self->a.file != self->b.file && (ret = add_files(&found, self, lang, err)) == 0)
        ret = add_values(&found, self, lang, err);
    if (ret != 0) {
        compare_free_words(found.line, found.count);
        found = (struct lines){ 0 };
    }
    *lines = found.line;
    *num_lines = found.count;
    return ret;
}

void compare_free_words(char **lines, int num_lines)
{
    for (int i = 0; i < num_lines; i++)
        free(lines[i]);
    free(lines);
}
