#include "runner.h"

#include <pthread.h>
#include <stdlib.h>

/* A run on its way from a worker to the sink. Slots form a ring: run number i uses slot i % window. */
struct slot {
    bool done;
    bool ready;            /* its records are made */
    struct record *record; /* [num_arms] */
    uint64_t patient_weeks;
    int ret; /* not 0: it failed */
    int week;
    struct error err;
};

/* The setting of a draw, made by the first worker that needs it. A ring as well: draw d uses entry d % window, which is
 * free by then, for the window of runs never spans more draws. */
struct drawn {
    enum { NOT_MADE, MAKING, MADE } state;
    struct setting setting;
    int ret;
    struct error err;
};

struct runner {
    const struct scenario *scenario;
    const struct runner_options *options;
    int num_arms;
    int64_t runs, window;
    struct slot *slot;
    struct drawn *drawn;
    pthread_mutex_t lock; /* of all that follows, and of slot.done and drawn.state */
    pthread_cond_t changed;
    int64_t next_taken;  /* first run no worker has taken */
    int64_t next_handed; /* first run the sink has not had */
    bool halt;           /* take no more runs */
};

/* A failure that any machine would see. */
static bool is_of_the_run(int code)
{
    return code != MILIEU_ERR_INTERRUPTED && code != MILIEU_ERR_MEMORY;
}

static int interrupted(struct error *err)
{
    return error_set(err, MILIEU_ERR_INTERRUPTED, "%s", "%s", "");
}

/* ---- one run ---- */

/* The draw's setting, or NULL with its error. Waits while another worker makes it. */
static const struct setting *setting_of(struct runner *self, int draw, int *ret, struct error *err)
{
    struct drawn *drawn = &self->drawn[draw % self->window];
    bool mine;
    pthread_mutex_lock(&self->lock);
    while (drawn->state == MAKING)
        pthread_cond_wait(&self->changed, &self->lock);
    mine = drawn->state == NOT_MADE;
    if (mine)
        drawn->state = MAKING;
    pthread_mutex_unlock(&self->lock);
    if (mine) {
        drawn->ret = scenario_draw(self->scenario, self->options->seed, self->options->first_draw + draw,
                                   &drawn->setting, &drawn->err);
        pthread_mutex_lock(&self->lock);
        drawn->state = MADE;
        pthread_cond_broadcast(&self->changed);
        pthread_mutex_unlock(&self->lock);
    }
    *ret = drawn->ret;
    if (*ret != 0)
        *err = drawn->err;
    return *ret == 0 ? &drawn->setting : NULL;
}

static void free_records(const struct runner *self, struct slot *slot)
{
    for (int arm = 0; slot->record != NULL && arm < self->num_arms; arm++)
        record_free(&slot->record[arm]);
    slot->ready = false;
}

static int make_records(const struct runner *self, struct slot *slot, const struct setting *setting)
{
    int ret = 0;
    for (int arm = 0; arm < self->num_arms && !slot->ready && ret == 0; arm++)
        if ((ret = record_init(&slot->record[arm], setting, self->options->keep_series, &slot->err)) == 0)
            slot->record[arm].keep_answers = self->options->keep_answers;
    if (ret == 0)
        slot->ready = true;
    else
        free_records(self, slot);
    return ret;
}

static int simulate(const struct runner *self, struct slot *slot, const struct setting *setting, struct luck luck)
{
    struct simulation sim = { 0 };
    int ret;
    if ((ret = simulation_init(&sim, setting, luck, self->options->stop, &slot->err)) != 0 ||
        (ret = simulation_usual_care(&sim, &slot->err)) != 0)
        goto out;
    for (int arm = 0; arm < self->num_arms; arm++) {
        struct record *record = &slot->record[arm];
        record->num_events = 0;
        record->patient_weeks = 0;
        if ((ret = simulation_arm(&sim, arm, record, &slot->err)) != 0)
            goto out;
        slot->patient_weeks += record->patient_weeks;
    }
    slot->patient_weeks += sim.patient_weeks;
out:
    slot->week = sim.week;
    simulation_free(&sim);
    return ret;
}

static struct luck luck_of(const struct runner_options *o, int draw, int replication)
{
    int luck_draw = o->uncertainty == UNCERTAIN_PARAMETERS ? 0 : o->first_draw + draw;
    return simulation_luck(o->seed, luck_draw, o->first_replication + replication);
}

static void run(struct runner *self, int64_t index)
{
    struct slot *slot = &self->slot[index % self->window];
    int draw = (int)(index / self->options->replications), replication = (int)(index % self->options->replications);
    const struct setting *setting;
    slot->patient_weeks = 0;
    slot->week = -1;
    slot->err.detail[0][0] = slot->err.detail[1][0] = '\0';
    setting = setting_of(self, draw, &slot->ret, &slot->err);
    if (setting != NULL && (slot->ret = make_records(self, slot, setting)) == 0)
        slot->ret = simulate(self, slot, setting, luck_of(self->options, draw, replication));
}

/* ---- workers ---- */

/* Runs are taken in order, so that only a few are ever waiting for an earlier one. Returns false when there is nothing left to do. */
static bool take_run(struct runner *self, int64_t *index)
{
    bool taken;
    pthread_mutex_lock(&self->lock);
    while (!self->halt && self->next_taken < self->runs && self->next_taken >= self->next_handed + self->window)
        pthread_cond_wait(&self->changed, &self->lock);
    taken = !self->halt && self->next_taken < self->runs;
    if (taken)
        *index = self->next_taken++;
    pthread_mutex_unlock(&self->lock);
    return taken;
}

static void finish_run(struct runner *self, int64_t index)
{
    struct slot *slot = &self->slot[index % self->window];
    pthread_mutex_lock(&self->lock);
    slot->done = true;
    if (slot->ret != 0 && !is_of_the_run(slot->ret))
        self->halt = true;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

static void *work(void *argument)
{
    struct runner *self = argument;
    int64_t index;
    while (take_run(self, &index)) {
        run(self, index);
        finish_run(self, index);
    }
    return NULL;
}

/* ---- the caller's thread ---- */

/* Waits for run `index`; without workers it makes it. */
static void await_run(struct runner *self, int64_t index, int num_workers)
{
    struct slot *slot = &self->slot[index % self->window];
    int64_t taken;
    if (num_workers == 0 && take_run(self, &taken)) {
        run(self, taken);
        finish_run(self, taken);
    }
    pthread_mutex_lock(&self->lock);
    while (!slot->done)
        pthread_cond_wait(&self->changed, &self->lock);
    pthread_mutex_unlock(&self->lock);
}

static int hand_over_failure(struct run_id id, const struct slot *slot, const struct runner_sink *sink,
                             struct runner_report *report, struct error *err)
{
    struct run_failure failure = { id.draw, id.replication, slot->week, slot->err };
    failure.why.code = slot->ret;
    if (!is_of_the_run(slot->ret)) {
        if (err != NULL)
            *err = failure.why;
        return slot->ret;
    }
    if (report->failed++ == 0)
        report->first = failure;
    return sink->take_failure != NULL ? sink->take_failure(sink->context, &failure, err) : 0;
}

static int hand_over(struct runner *self, int64_t index, const struct runner_sink *sink, struct runner_report *report,
                     struct error *err)
{
    const struct slot *slot = &self->slot[index % self->window];
    struct run_id id = { .draw = (int)(index / self->options->replications),
                         .replication = (int)(index % self->options->replications) };
    const struct drawn *drawn = &self->drawn[id.draw % self->window];
    int ret = 0;
    if (id.replication == 0 && drawn->ret == 0 && sink->take_draw != NULL)
        ret = sink->take_draw(sink->context, id.draw, &drawn->setting, err);
    if (ret == 0 && slot->ret != 0)
        return hand_over_failure(id, slot, sink, report, err);
    for (; id.arm < self->num_arms && ret == 0; id.arm++)
        ret = sink->take(sink->context, id, &slot->record[id.arm], err);
    if (ret == 0)
        report->patient_weeks += slot->patient_weeks;
    return ret;
}

/* Makes room for the next run, and for the next draw behind the last replication of one. */
static void release(struct runner *self, int64_t index)
{
    int64_t draw = index / self->options->replications;
    pthread_mutex_lock(&self->lock);
    self->slot[index % self->window].done = false;
    if ((index + 1) % self->options->replications == 0) {
        struct drawn *drawn = &self->drawn[draw % self->window];
        setting_free(&drawn->setting);
        drawn->state = NOT_MADE;
    }
    self->next_handed = index + 1;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

static int hand_over_all(struct runner *self, int num_workers, const struct runner_sink *sink,
                         struct runner_report *report, struct error *err)
{
    for (int64_t index = 0; index < self->runs; index++) {
        int ret;
        if (stop_is_asked(self->options->stop))
            return interrupted(err);
        await_run(self, index, num_workers);
        if ((ret = hand_over(self, index, sink, report, err)) != 0)
            return ret;
        report->runs++;
        release(self, index);
        if (self->options->progress != NULL)
            self->options->progress(self->options->progress_context, index + 1, self->runs);
    }
    if (report->failed < report->runs)
        return 0;
    if (err != NULL)
        *err = report->first.why;
    return report->first.why.code;
}

/* ---- set-up ---- */

/* Runs in memory at once: some more than workers, so that none waits for the sink, but not when runs are large. */
static int64_t choose_window(const struct scenario *scenario, const struct runner_options *options, int64_t runs)
{
    const double large = 32e6; /* bytes */
    double bytes = options->keep_series ? (double)scenario->num_clinics * scenario->horizon * NUM_SERIES *
                                              sizeof(float) * scenario->num_arms
                                        : 0;
    int64_t window = options->threads == 1 || bytes > large ? options->threads : options->threads + 4;
    return window < runs ? window : runs;
}

static int runner_init(struct runner *self, const struct scenario *scenario, const struct runner_options *options,
                       struct error *err)
{
    int64_t runs = (int64_t)options->draws * options->replications;
    *self = (struct runner){ .scenario = scenario,
                             .options = options,
                             .num_arms = scenario->num_arms,
                             .runs = runs,
                             .window = choose_window(scenario, options, runs),
                             .lock = PTHREAD_MUTEX_INITIALIZER,
                             .changed = PTHREAD_COND_INITIALIZER };
    self->slot = calloc((size_t)self->window, sizeof *self->slot);
    self->drawn = calloc((size_t)self->window, sizeof *self->drawn);
    for (int64_t i = 0; self->slot != NULL && i < self->window; i++)
        if ((self->slot[i].record = calloc((size_t)self->num_arms, sizeof *self->slot[i].record)) == NULL)
            return error_set_memory(err);
    if (self->slot == NULL || self->drawn == NULL)
        return error_set_memory(err);
    return 0;
}

static void runner_free(struct runner *self)
{
    for (int64_t i = 0; self->slot != NULL && i < self->window; i++) {
        free_records(self, &self->slot[i]);
        free(self->slot[i].record);
    }
    for (int64_t i = 0; self->drawn != NULL && i < self->window; i++)
        setting_free(&self->drawn[i].setting);
    free(self->slot);
    free(self->drawn);
    pthread_mutex_destroy(&self->lock);
    pthread_cond_destroy(&self->changed);
}

/* As many workers as can be had: with none the caller's thread does the work. */
static int start_workers(struct runner *self, pthread_t *worker)
{
    int64_t wanted = self->options->threads < self->runs ? self->options->threads : self->runs;
    int started = 0;
    while (wanted > 1 && started < wanted && pthread_create(&worker[started], NULL, work, self) == 0)
        started++;
    return started;
}

static void end_workers(struct runner *self, const pthread_t *worker, int num_workers)
{
    pthread_mutex_lock(&self->lock);
    self->halt = true;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
    for (int i = 0; i < num_workers; i++)
        pthread_join(worker[i], NULL);
}

int runner_run(const struct scenario *scenario, const struct runner_options *options, const struct runner_sink *sink,
               struct runner_report *report, struct error *err)
{
    struct runner self;
    pthread_t *worker = NULL;
    int ret, num_workers;
    *report = (struct runner_report){ 0 };
    if (options->threads < 1 || options->draws < 1 || options->replications < 1 || options->first_draw < 0 ||
        options->first_replication < 0)
        return error_set(err, MILIEU_ERR_USAGE, "threads, draws and replications are at least 1",
                         "fils, tirages et répétitions sont au moins 1");
    if ((ret = runner_init(&self, scenario, options, err)) != 0)
        goto out;
    if ((worker = calloc((size_t)options->threads, sizeof *worker)) == NULL) {
        ret = error_set_memory(err);
        goto out;
    }
    num_workers = start_workers(&self, worker);
    ret = hand_over_all(&self, num_workers, sink, report, err);
    end_workers(&self, worker, num_workers);
out:
    runner_free(&self);
    free(worker);
    return ret;
}
