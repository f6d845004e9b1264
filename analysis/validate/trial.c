#include "trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int trial_scenario(struct scenario *scenario, const char *name, const struct scenario_override *override,
                   int num_overrides, const struct trial_machine *machine, struct error *err)
{
    struct scenario_override all[TRIAL_OVERRIDES];
    int count = 0;
    struct messages messages;
    char path[4096];
    if (machine->num_overrides + num_overrides > TRIAL_OVERRIDES)
        return error_set(err, MILIEU_ERR_USAGE, "at most %d changes", "au plus %d changements",
                         TRIAL_OVERRIDES - num_overrides);
    for (int i = 0; i < machine->num_overrides; i++)
        all[count++] = machine->override[i];
    for (int i = 0; i < num_overrides; i++)
        all[count++] = override[i];
    snprintf(path, sizeof path, "%s/%s", machine->scenarios, name);
    messages_init(&messages, 0);
    int ret = scenario_read(scenario, path, all, count, &messages, err);
    if (ret == MILIEU_ERR_SCENARIO && messages.count > 0)
        ret = error_set(err, ret, "%s: %s", "%s : %s", path, messages.item[0].text);
    messages_free(&messages);
    return ret;
}

static int keep_ratings(void *context, int draw, const struct setting *setting, struct error *err)
{
    struct trial *self = context;
    (void)err;
    for (int c = 0; self->rating != NULL && c < self->num_clinics; c++)
        memcpy(&self->rating[((size_t)draw * (size_t)self->num_clinics + (size_t)c) * NUM_FACTORS],
               setting->clinic[c].rating, sizeof setting->clinic[c].rating);
    return 0;
}

static int keep_answers(struct trial *self, struct run_id id, const struct record *record, struct error *err)
{
    struct answers *to = &self->answers[id.draw * self->summary.replications + id.replication];
    size_t size = (size_t)record->num_answers * sizeof *to->answer;
    if ((to->answer = malloc(size + 1)) == NULL)
        return error_set_memory(err);
    if (size > 0)
        memcpy(to->answer, record->answer, size);
    to->count = record->num_answers;
    return 0;
}

static int take_run(void *context, struct run_id id, const struct record *record, struct error *err)
{
    struct trial *self = context;
    int ret = summary_take(&self->summary, id.draw, id.replication, id.arm, record, err);
    if (ret == 0 && id.arm == 0 && self->answers != NULL)
        ret = keep_answers(self, id, record, err);
    return ret;
}

static int refuse(void *context, const struct run_failure *failure, struct error *err)
{
    (void)context;
    *err = failure->why;
    return failure->why.code;
}

static int make_room(struct trial *self, const struct trial_plan *plan, const struct scenario *scenario,
                     struct error *err)
{
    size_t draws = (size_t)plan->draws, clinics = (size_t)scenario->num_clinics;
    int ret =
        summary_init(&self->summary, scenario->num_arms, scenario->num_clinics, plan->draws, plan->replications, err);
    if (ret != 0)
        return ret;
    self->num_clinics = scenario->num_clinics;
    self->horizon = scenario->horizon;
    if (plan->keep_ratings)
        self->rating = calloc(draws * clinics * NUM_FACTORS, sizeof *self->rating);
    if (plan->keep_answers)
        self->answers = calloc(draws * (size_t)plan->replications, sizeof *self->answers);
    if ((plan->keep_ratings && self->rating == NULL) || (plan->keep_answers && self->answers == NULL))
        return error_set_memory(err);
    return 0;
}

int trial_run(struct trial *self, const struct trial_plan *plan, const struct trial_machine *machine, struct error *err)
{
    struct scenario scenario = { 0 };
    const struct runner_options options = { .threads = machine->threads,
                                            .draws = plan->draws,
                                            .replications = plan->replications,
                                            .uncertainty = plan->uncertainty,
                                            .seed = plan->seed,
                                            .keep_answers = plan->keep_answers,
                                            .stop = machine->stop };
    const struct runner_sink sink = { keep_ratings, take_run, refuse, self };
    struct runner_report report;
    *self = (struct trial){ .rating = NULL };
    int ret = trial_scenario(&scenario, plan->scenario, plan->override, plan->num_overrides, machine, err);
    if (ret == 0)
        ret = make_room(self, plan, &scenario, err);
    if (ret == 0)
        ret = runner_run(&scenario, &options, &sink, &report, err);
    scenario_free(&scenario);
    return ret;
}

void trial_free(struct trial *self)
{
    for (int64_t i = 0; self->answers != NULL && i < self->summary.runs; i++)
        free(self->answers[i].answer);
    free(self->answers);
    free(self->rating);
    summary_free(&self->summary);
    *self = (struct trial){ .rating = NULL };
}

const double *trial_outcomes(const struct trial *self, int draw, int replication, int clinic)
{
    size_t row = clinic == SUMMARY_ALL ? (size_t)self->num_clinics : (size_t)clinic;
    size_t run = (size_t)draw * (size_t)self->summary.replications + (size_t)replication;
    return &self->summary.value[(run * ((size_t)self->num_clinics + 1) + row) * NUM_OUTCOMES];
}

double trial_outcome(const struct trial *self, int draw, int replication, int clinic, int outcome)
{
    return trial_outcomes(self, draw, replication, clinic)[outcome];
}

const double *trial_ratings(const struct trial *self, int draw, int clinic)
{
    return &self->rating[((size_t)draw * (size_t)self->num_clinics + (size_t)clinic) * NUM_FACTORS];
}
