#include "wave.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../sim/scenario/text.h"
#include "../../sim/study/harvest.h"
#include "../../sim/study/study_folder.h"
#include "../csv.h"

#define BLOCK_SECONDS 10.0 /* what geometry_choose aims at */

struct wave {
    const struct calibration *calibration;
    const struct wave_options *options;
    int number, num_points, trial;
    const double *z;
    double *value, *variance;
    double *sum, *squares; /* [points][targets]; of runs that have a value */
    int *count;
};

static const struct calibration_trial *trial_of(const struct wave *self)
{
    return &self->calibration->trial[self->trial];
}

/* ---- the study of one trial ---- */

/* Of each wave and point its own: luck that is the same at all points would be a common error that no smoothing takes out. */
static unsigned seed_of(const struct wave *self)
{
    return (unsigned)((self->calibration->seed + 7919U * (unsigned)self->number) & INT32_MAX);
}

static char *study_text(const struct wave *self)
{
    const struct study *probe = &trial_of(self)->probe;
    struct text text = { 0 };
    text_add(&text, "format = \"milieu-study/1\";\nscenario = \"%s\";\narms = [\"%s\"];\n", trial_of(self)->id,
             trial_of(self)->arm);
    text_add(&text, "design: { method = \"list\"; file = \"points.csv\"; };\nvary: (");
    for (int k = 0; k < probe->num_vary; k++) {
        const struct vary *v = &probe->vary[k];
        text_add(&text, "%s\n    { name = \"%s\"; path = [", k > 0 ? "," : "", v->name);
        for (int t = 0; t < v->num_targets; t++) {
            text_add(&text, "%s", t > 0 ? ", " : "");
            text_add_quoted(&text, v->target[t]);
        }
        text_add(&text, "]; }");
    }
    text_add(&text,
             " );\nruns: { replications = %d; seed = %u; uncertainty = \"both\"; own_luck = true; };\noutputs: { "
             "clinics = %s; };\n",
             trial_of(self)->replications, seed_of(self), trial_of(self)->clinics ? "true" : "false");
    if (text.failed) {
        free(text.text);
        return NULL;
    }
    return text.text;
}

static char *points_text(const struct wave *self)
{
    const struct calibration *c = self->calibration;
    struct text text = { 0 };
    for (int k = 0; k < c->num_fits; k++)
        text_add(&text, "%s%s", k > 0 ? "," : "", calibration_fit_name(c, k));
    for (int i = 0; i < self->num_points; i++)
        for (int k = 0; k < c->num_fits; k++) {
            char number[VARY_NUMBER_SIZE];
            text_add(&text, "%s%s", k > 0 ? "," : "\n",
                     vary_number(number, calibration_value(c, k, self->z[i * c->num_fits + k])));
        }
    text_add(&text, "\n");
    if (text.failed) {
        free(text.text);
        return NULL;
    }
    return text.text;
}

/* A complaint here is about a point: priors and paths have been looked at when the calibration was read. */
static int read_study(const struct wave *self, struct study *study, struct error *err)
{
    char *text = study_text(self), *points = points_text(self);
    const char *scenario = trial_of(self)->probe.scenario.text;
    struct messages messages;
    int ret = MILIEU_ERR_MEMORY;
    messages_init(&messages, 0);
    if (text == NULL || points == NULL) {
        error_set_memory(err);
    } else {
        const struct study_texts texts = { .name = trial_of(self)->id,
                                           .study = text,
                                           .study_length = strlen(text),
                                           .scenario = scenario,
                                           .scenario_length = strlen(scenario),
                                           .points = points,
                                           .points_length = strlen(points) };
        ret = study_read_texts(study, &texts, &messages, err);
    }
    for (size_t i = 0; ret == MILIEU_ERR_SCENARIO && i < messages.count; i++)
        if (!messages.item[i].is_warning) {
            ret = error_set(err, ret, "wave %d, trial %s: %s", "vague %d, essai %s : %s", self->number,
                            trial_of(self)->id, messages.item[i].text);
            break;
        }
    messages_free(&messages);
    free(text);
    free(points);
    return ret;
}

/* ---- its runs ---- */

static void take_progress(void *context, const struct ledger_counts *counts, int64_t runs_made)
{
    const struct wave *self = context;
    (void)runs_made;
    if (self->options->progress != NULL)
        self->options->progress(self->options->progress_context, self->number, trial_of(self)->id, counts->runs_done,
                                counts->runs);
}

static int work(struct wave *self, const struct study *study, struct folder *folder, struct error *err)
{
    char path[4096];
    struct worker_report report;
    const struct worker_options options = { .threads = self->options->threads,
                                            .program = self->options->program,
                                            .sync = { JOURNAL_SYNC_SECONDS, 5 },
                                            .block_seconds = BLOCK_SECONDS,
                                            .stop = self->options->stop,
                                            .clock = self->options->clock,
                                            .progress = take_progress,
                                            .progress_context = self };
    snprintf(path, sizeof path, "%s/wave-%02d", self->options->folder, self->number);
    int ret = csv_folder(path, err);
    if (ret != 0)
        return ret;
    snprintf(path, sizeof path, "%s/wave-%02d/%s", self->options->folder, self->number, trial_of(self)->id);
    ret =
        study_folder_open(study, path, self->options->program, &self->options->clock, self->options->stop, folder, err);
    return ret != 0 ? ret : worker_run(study, folder, &options, &report, err);
}

/* ---- what they say of the targets ---- */

static bool is_week(int outcome)
{
    size_t length = strlen(outcome_table[outcome].id);
    return length > 5 && strcmp(outcome_table[outcome].id + length - 5, "_week") == 0;
}

/* A run's outcomes as a pattern speaks of them: a week that never came is later than all. */
static double holds(const struct condition *pattern, const double *outcome, int count, double *name)
{
    for (int i = 0; i < count; i++)
        name[i] = isnan(outcome[i]) && is_week(i % NUM_OUTCOMES) ? INFINITY : outcome[i];
    return condition_holds(pattern, name);
}

static int take_part(void *context, const struct part *part, int64_t first, int64_t end, struct error *err)
{
    struct wave *self = context;
    const struct calibration *c = self->calibration;
    int names = calibration_num_names(trial_of(self));
    double *name = malloc((size_t)names * sizeof *name);
    if (name == NULL)
        return error_set_memory(err);
    for (int64_t r = first; r < end; r++) {
        int64_t i = r - part->head.first;
        const double *outcome = part->value + i * names;
        for (int j = 0; j < c->num_targets && part->status[i] == 0; j++) {
            const struct calibration_target *target = &c->target[j];
            size_t at = (size_t)part->head.point * (size_t)c->num_targets + (size_t)j;
            if (target->trial != self->trial)
                continue;
            double x = target->is_pattern ? holds(&target->pattern, outcome, names, name)
                                          : outcome[target->place * NUM_OUTCOMES + target->outcome];
            if (isnan(x))
                continue;
            self->sum[at] += x;
            self->squares[at] += x * x;
            self->count[at]++;
        }
    }
    free(name);
    return 0;
}

static void summarise(struct wave *self, int point, int j)
{
    const struct calibration *c = self->calibration;
    size_t at = (size_t)point * (size_t)c->num_targets + (size_t)j;
    double n = self->count[at], mean = self->sum[at] / n;
    self->value[at] = self->variance[at] = NAN;
    if (2 * n < trial_of(self)->replications || n < 1)
        return;
    self->value[at] = mean;
    if (c->target[j].is_pattern) {
        double share = (self->sum[at] + 1) / (n + 2);
        self->variance[at] = share * (1 - share) / (n + 2);
    } else {
        self->variance[at] = n > 1 ? fmax(0, (self->squares[at] - n * mean * mean) / (n - 1)) / n : 0;
    }
}

static int collect(struct wave *self, const struct study *study, const struct folder *folder, struct error *err)
{
    const struct calibration *c = self->calibration;
    struct harvest harvest;
    const struct harvest_range all = { 0, self->num_points, 0, trial_of(self)->replications, false };
    int ret = harvest_init(&harvest, study, folder, self->options->stop, err);
    if (ret == 0)
        ret = harvest_scan(&harvest, false, err);
    if (ret == 0)
        ret = harvest_walk(&harvest, &all, take_part, self, err);
    for (int i = 0; ret == 0 && i < self->num_points; i++)
        for (int j = 0; j < c->num_targets; j++)
            if (c->target[j].trial == self->trial)
                summarise(self, i, j);
    harvest_free(&harvest);
    return ret;
}

/* ---- all of it ---- */

static int run_trial(struct wave *self, struct error *err)
{
    struct study study = { 0 };
    struct folder folder = { 0 };
    int ret = read_study(self, &study, err);
    if (ret == 0)
        ret = work(self, &study, &folder, err);
    if (ret == 0)
        ret = collect(self, &study, &folder, err);
    folder_free(&folder);
    study_free(&study);
    return ret;
}

int wave_run(const struct calibration *calibration, int wave, int num_points, const double *z,
             const struct wave_options *options, double *value, double *variance, struct error *err)
{
    size_t cells = (size_t)num_points * (size_t)calibration->num_targets;
    struct wave self = { .calibration = calibration,
                         .options = options,
                         .number = wave,
                         .num_points = num_points,
                         .z = z,
                         .value = value,
                         .variance = variance,
                         .sum = calloc(cells, sizeof(double)),
                         .squares = calloc(cells, sizeof(double)),
                         .count = calloc(cells, sizeof(int)) };
    int ret = self.sum != NULL && self.squares != NULL && self.count != NULL ? 0 : error_set_memory(err);
    for (self.trial = 0; ret == 0 && self.trial < calibration->num_trials; self.trial++)
        ret = run_trial(&self, err);
    free(self.sum);
    free(self.squares);
    free(self.count);
    return ret;
}
