#include "runner.h"

#include <pthread.h>
#include <stdlib.h>

/* A run on its way from a worker to the sink. Slots form a ring: run number i uses slot i % window. */
struct slot {
    bool done;
    bool ready;            /* its records are made */
    struct record *record; /* [num_arms] */
    uint64_t patient_weeks;
    int ret;
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

static bool stopped(const struct runner_options *options)
{
    return options->stop != NULL && *options->stop != 0;
}

static int interrupted(struct error *err)
{
    return error_set(err, MILIEU_ERR_INTERRUPTED, "interrupted");
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
        drawn->ret = scenario_draw(self->scenario, self->options->seed, draw, &drawn->setting, &drawn->err);
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

static int make_records(const struct runner *self, struct slot *slot, const struct setting *setting)
{
    int ret = 0;
    for (int arm = 0; arm < self->num_arms && !slot->ready && ret == 0; arm++)
        ret = record_init(&slot->record[arm], setting, self->options->keep_series, &slot->err);
    slot->ready = true; /* even in part: they are to be freed */
    return ret;
}

static int simulate(const struct runner *self, struct slot *slot, const struct setting *setting, struct luck luck)
{
    struct simulation sim = { 0 };
    int ret;
    if ((ret = simulation_init(&sim, setting, luck, &slot->err)) != 0 ||
        (ret = simulation_usual_care(&sim, &slot->err)) != 0)
        goto out;
    for (int arm = 0; arm < self->num_arms; arm++) {
        struct record *record = &slot->record[arm];
        if (stopped(self->options)) {
            ret = interrupted(&slot->err);
            goto out;
        }
        record->num_events = 0;
        record->patient_weeks = 0;
        if ((ret = simulation_arm(&sim, arm, record, &slot->err)) != 0)
            goto out;
        slot->patient_weeks += record->patient_weeks;
    }
    slot->patient_weeks += sim.patient_weeks;
out:
    simulation_free(&sim);
    return ret;
}

static void run(struct runner *self, int64_t index)
{
    struct slot *slot = &self->slot[index % self->window];
    int draw = (int)(index / self->options->replications), replication = (int)(index % self->options->replications);
    const struct setting *setting;
    slot->patient_weeks = 0;
    setting = setting_of(self, draw, &slot->ret, &slot->err);
    if (setting != NULL && (slot->ret = make_records(self, slot, setting)) == 0)
        slot->ret = simulate(self, slot, setting, simulation_luck(self->options->seed, draw, replication));
}

/* ---- workers ---- */

/* Runs are taken in order, so that when one fails all before it are finished, and the first error is the same on any
 * number of threads. Returns false when there is nothing left to do. */
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
    if (slot->ret != 0)
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

static int hand_over(struct runner *self, int64_t index, const struct runner_sink *sink, struct error *err)
{
    struct slot *slot = &self->slot[index % self->window];
    struct run_id id = { .draw = (int)(index / self->options->replications),
                         .replication = (int)(index % self->options->replications) };
    int ret = slot->ret;
    if (ret != 0) {
        if (err != NULL)
            *err = slot->err;
        return ret;
    }
    if (id.replication == 0 && sink->take_draw != NULL)
        ret = sink->take_draw(sink->context, id.draw, &self->drawn[id.draw % self->window].setting, err);
    for (; id.arm < self->num_arms && ret == 0; id.arm++)
        ret = sink->take(sink->context, id, &slot->record[id.arm], err);
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
        if (stopped(self->options))
            return interrupted(err);
        await_run(self, index, num_workers);
        if ((ret = hand_over(self, index, sink, err)) != 0)
            return ret;
        report->patient_weeks += self->slot[index % self->window].patient_weeks;
        report->runs++;
        release(self, index);
        if (self->options->progress != NULL)
            self->options->progress(self->options->progress_context, index + 1, self->runs);
    }
    return 0;
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
            return error_set(err, MILIEU_ERR_MEMORY, "out of memory");
    if (self->slot == NULL || self->drawn == NULL)
        return error_set(err, MILIEU_ERR_MEMORY, "out of memory");
    return 0;
}

static void runner_free(struct runner *self)
{
    for (int64_t i = 0; self->slot != NULL && i < self->window; i++) {
        for (int arm = 0; self->slot[i].ready && arm < self->num_arms; arm++)
            record_free(&self->slot[i].record[arm]);
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
    if (options->threads < 1 || options->draws < 1 || options->replications < 1)
        return error_set(err, MILIEU_ERR_USAGE, "threads, draws and replications are at least 1");
    if ((ret = runner_init(&self, scenario, options, err)) != 0)
        goto out;
    if ((worker = calloc((size_t)options->threads, sizeof *worker)) == NULL) {
        ret = error_set(err, MILIEU_ERR_MEMORY, "out of memory");
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
