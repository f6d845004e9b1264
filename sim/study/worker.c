#include "worker.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "claim.h"
#include "looks.h"
#include "worker_log.h"

#define TICK_SECONDS 0.02
#define TOUCH_US 5000000LL  /* claims say that we live */
#define WAIT_SECONDS 0.2    /* before asking again what others have done */
#define UNREAD_US 5000000LL /* after which what we wrote and cannot read is lost */
#define NO_BLOCK (-1)
#define WAIT_FOR_OTHERS (-2)

struct worker {
    const struct study *study;
    const struct folder *folder;
    const struct worker_options *options;
    struct looks looks;
    struct journal journal;
    struct worker_log log; /* of the caller's thread */
    struct claims claims;
    pthread_mutex_t lock; /* of all that follows */
    struct ledger ledger;
    struct worker_report *report;
    int64_t first_failed; /* batch */
    int64_t unread_us;    /* since when nothing is left but what we wrote and cannot read; 0: not so */
    int running;          /* threads */
    int threads_begun;
    int ret; /* the first error; ends everybody */
    struct error err;
};

static bool interrupted(const struct worker *self)
{
    return self->options->stop != NULL && *self->options->stop != 0;
}

/* ---- finding work ---- */

/* A block from `from` on that has something to do and is nobody's; NO_BLOCK when there is none. */
static int claim_from(struct worker *self, int64_t from, int64_t *block, struct error *err)
{
    int ret = 0;
    bool taken = false;
    *block = ledger_next_block(&self->ledger, from);
    while (*block >= 0 && ret == 0) {
        ret = claims_take(&self->claims, *block, &taken, err);
        if (taken)
            return ret;
        *block = ledger_next_block(&self->ledger, *block + 1);
    }
    *block = NO_BLOCK;
    return ret;
}

/* What is left is marked, so ours, and was written; yet it is in no journal. A moment later it is, or never. */
static int check_unread(struct worker *self, struct error *err)
{
    int64_t now = self->options->clock.now_us();
    if (ledger_next_block(&self->ledger, 0) >= 0)
        self->unread_us = 0;
    else if (self->unread_us == 0)
        self->unread_us = now;
    else if (now - self->unread_us > UNREAD_US)
        return error_set(
            err, MILIEU_ERR_OUTPUT, "%s: what this process wrote is in no journal any more; start it again",
            "%s : ce que ce processus a écrit n'est plus dans aucun journal ; relancez-le", self->folder->path);
    return 0;
}

/* Likewise, from `cursor` on and then from the first. */
static int claim_any(struct worker *self, int64_t cursor, int64_t *block, struct error *err)
{
    int ret = claim_from(self, cursor, block, err);
    if (ret == 0 && *block == NO_BLOCK && cursor > 0)
        ret = claim_from(self, 0, block, err);
    return ret;
}

/* What to do next: a block, claimed; NO_BLOCK at the end; WAIT_FOR_OTHERS when others have in hand what is left. A block is
 * claimed by what is known, and the journals are read behind it: somebody may have done it before the claim was ours. Only
 * where nothing could be claimed, or `news` are waited for, they are read first. */
static int find_block(struct worker *self, bool news, int64_t *cursor, int64_t *block, struct error *err)
{
    int ret = 0;
    *block = NO_BLOCK;
    if (!news && (ret = claim_any(self, *cursor, block, err)) != 0)
        return ret;
    if (*block == NO_BLOCK) {
        if ((ret = ledger_update(&self->ledger, err)) != 0 || ledger_complete(&self->ledger))
            return ret;
        ret = claim_any(self, *cursor, block, err);
    }
    if (ret == 0 && *block == NO_BLOCK) {
        *block = WAIT_FOR_OTHERS;
        ret = check_unread(self, err);
    } else if (ret == 0) {
        *cursor = *block + 1;
        self->unread_us = 0;
        ret = ledger_update(&self->ledger, err);
    }
    return ret;
}

static int next_block(struct worker *self, int64_t *cursor, int64_t *block, struct error *err)
{
    int ret;
    for (bool news = false;; news = true) {
        pthread_mutex_lock(&self->lock);
        if (self->ret != 0) {
            *block = NO_BLOCK;
            ret = 0;
        } else
            ret = find_block(self, news, cursor, block, err);
        pthread_mutex_unlock(&self->lock);
        if (ret != 0 || *block != WAIT_FOR_OTHERS)
            return ret;
        if (interrupted(self))
            return error_set(err, MILIEU_ERR_INTERRUPTED, "%s", "%s", "");
        self->options->clock.pause(WAIT_SECONDS);
    }
}

/* ---- doing it ---- */

static int make_batch(struct maker *maker, const struct geometry_span *span, struct bytes *payload, struct error *err)
{
    int ret = 0;
    payload->length = 0;
    for (int64_t p = 0; p < span->num_points && ret == 0; p++)
        ret = maker_make(maker, (uint64_t)(span->point + p), (uint32_t)span->replication,
                         (uint32_t)span->num_replications, payload, err);
    return ret;
}

static uint32_t count_failed(const struct maker *maker, const struct bytes *payload)
{
    struct part part;
    size_t offset = 0;
    uint32_t failed = 0;
    while (part_read(&maker->shape, payload->at, payload->length, &offset, &part))
        failed += part.head.failed;
    return failed;
}

static int do_batch(struct worker *self, struct maker *maker, int64_t batch, struct bytes *payload, struct error *err)
{
    const struct worker_clock *clock = &self->options->clock;
    struct geometry_span span = geometry_span(&self->folder->geometry, batch);
    int64_t before = clock->cpu_us();
    int ret = make_batch(maker, &span, payload, err);
    if (ret != 0)
        return ret;
    struct journal_record record = { .type = JOURNAL_BATCH,
                                     .batch = batch,
                                     .runs = (uint32_t)geometry_span_runs(&span),
                                     .failed = count_failed(maker, payload),
                                     .cpu_us = clock->cpu_us() - before,
                                     .time_us = clock->now_us(),
                                     .payload = payload->at,
                                     .length = payload->length };
    if ((ret = journal_append(&self->journal, &record, err)) != 0)
        return ret;
    pthread_mutex_lock(&self->lock);
    ledger_mark(&self->ledger, batch);
    self->report->runs_made += record.runs;
    self->report->cpu_us += record.cpu_us;
    pthread_mutex_unlock(&self->lock);
    return 0;
}

static bool is_to_do(struct worker *self, int64_t batch, int *ret)
{
    pthread_mutex_lock(&self->lock);
    bool to_do = ledger_is_to_do(&self->ledger, batch);
    *ret = self->ret;
    pthread_mutex_unlock(&self->lock);
    return to_do && *ret == 0;
}

static int do_block(struct worker *self, struct maker *maker, int64_t block, struct bytes *payload, struct error *err)
{
    int64_t first, count = geometry_block_batches(&self->folder->geometry, block, &first);
    int ret = 0, others = 0;
    for (int64_t batch = first; batch < first + count && ret == 0 && others == 0; batch++) {
        if (interrupted(self))
            ret = error_set(err, MILIEU_ERR_INTERRUPTED, "%s", "%s", "");
        else if (is_to_do(self, batch, &others))
            ret = do_batch(self, maker, batch, payload, err);
    }
    claims_release(&self->claims, block);
    return ret;
}

/* Each thread of each process begins somewhere else, so that they do not all try one another's claims in turn. Results do
 * not depend on it. */
static int64_t first_block_to_try(struct worker *self)
{
    pthread_mutex_lock(&self->lock);
    uint64_t x = (uint64_t)self->claims.origin.pid * 64 + (uint64_t)self->threads_begun++;
    pthread_mutex_unlock(&self->lock);
    x *= 0x9E3779B97F4A7C15U; /* the golden ratio of 2^64 spreads neighbours */
    return (int64_t)(x >> 32) % geometry_blocks(&self->folder->geometry);
}

static void *work(void *argument)
{
    struct worker *self = argument;
    struct maker maker;
    struct bytes payload = { 0 };
    struct error err = { 0 };
    int64_t cursor = first_block_to_try(self), block = NO_BLOCK;
    int ret = maker_init(&maker, self->study, self->options->stop, &err);
    while (ret == 0 && (ret = next_block(self, &cursor, &block, &err)) == 0 && block != NO_BLOCK)
        ret = do_block(self, &maker, block, &payload, &err);
    maker_free(&maker);
    bytes_free(&payload);
    pthread_mutex_lock(&self->lock);
    if (ret != 0 && self->ret == 0) {
        self->ret = ret;
        self->err = err;
    }
    self->running--;
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

/* ---- the caller's thread ---- */

static void tell_progress(const struct worker *self, const struct ledger_counts *counts, int64_t runs_made)
{
    if (self->options->progress != NULL)
        self->options->progress(self->options->progress_context, counts, runs_made);
}

/* Until the last thread has ended: progress, and signs of life. */
static int look_after(struct worker *self, struct error *err)
{
    int64_t touched = self->options->clock.now_us();
    int running = 1, ret = 0;
    while (running > 0) {
        self->options->clock.pause(TICK_SECONDS);
        int64_t now = self->options->clock.now_us();
        pthread_mutex_lock(&self->lock);
        struct ledger_counts counts = self->ledger.counts;
        int64_t made = self->report->runs_made;
        running = self->running;
        if (ret != 0 && self->ret == 0)
            self->ret = ret;
        pthread_mutex_unlock(&self->lock);
        tell_progress(self, &counts, made);
        worker_log_progress(&self->log, now, &counts, made);
        if (now - touched >= TOUCH_US && ret == 0) {
            touched = now;
            ret = claims_touch(&self->claims, err);
            if (ret == 0)
                ret = journal_tick(&self->journal, now, err);
        }
    }
    return ret;
}

static int run_threads(struct worker *self, struct error *err)
{
    pthread_t *thread = calloc((size_t)self->options->threads, sizeof *thread);
    int started = 0, ret = 0;
    if (thread == NULL)
        return error_set_memory(err);
    pthread_mutex_lock(&self->lock); /* nobody ends before all are counted */
    while (started < self->options->threads && pthread_create(&thread[started], NULL, work, self) == 0)
        started++;
    self->running = started;
    pthread_mutex_unlock(&self->lock);
    if (started == 0)
        ret = error_set(err, MILIEU_ERR_RUN, "no thread can be started", "aucun fil d'exécution ne démarre");
    else
        ret = look_after(self, err);
    for (int i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    free(thread);
    if (ret == 0 && self->ret != 0) {
        ret = self->ret;
        if (err != NULL)
            *err = self->err;
    }
    return ret;
}

/* Of all failures in the journals, the first in the order of runs. */
static int note_failure(void *context, const struct journal_record *record, struct error *err)
{
    struct worker *self = context;
    struct study_shape shape;
    struct part part;
    size_t offset = 0;
    (void)err;
    if (record->type != JOURNAL_BATCH || record->failed == 0 || record->payload == NULL ||
        (self->report->first_failure[0] != '\0' && record->batch >= self->first_failed))
        return 0;
    self->first_failed = record->batch;
    study_shape(self->study, &shape);
    while (part_read(&shape, record->payload, record->length, &offset, &part))
        if (part.head.failed > 0) {
            snprintf(self->report->first_failure, sizeof self->report->first_failure, "%s", part.reasons);
            break;
        }
    return 0;
}

static int open_ledger(struct worker *self, struct error *err)
{
    struct ledger_rule rule;
    bool sequential = looks_init(&self->looks, self->study, self->folder->geometry.num_stages, &rule);
    int ret = ledger_init(&self->ledger, self->folder, sequential ? &rule : NULL, JOURNAL_FULL, err);
    if (ret == 0)
        ledger_listen(&self->ledger, note_failure, self);
    return ret != 0 ? ret : ledger_update(&self->ledger, err);
}

static void log_begin(struct worker *self, const struct origin *us)
{
    int64_t now = self->options->clock.now_us();
    const struct ledger_counts *counts = &self->ledger.counts;
    char text[512], name[JOURNAL_NAME];
    journal_name(&self->journal, name);
    worker_log_init(&self->log, self->folder, name, now, counts->runs_done);
    snprintf(text, sizeof text, "begun by process %lld on %s, job %s, %d threads, %s; %lld of %lld runs done before",
             (long long)us->pid, us->host, us->job[0] != '\0' ? us->job : "-", self->options->threads,
             self->options->program, (long long)counts->runs_done, (long long)counts->runs);
    worker_log_line(&self->log, now, text);
}

static void log_end(struct worker *self, int ret)
{
    char text[1280];
    snprintf(text, sizeof text, "ended: %lld runs made here, %.3f core-hours%s%s", (long long)self->report->runs_made,
             (double)self->report->cpu_us / 3.6e9, ret != 0 ? "; " : "", ret != 0 ? error_words(ret, 0) : "");
    worker_log_line(&self->log, self->options->clock.now_us(), text);
    worker_log_free(&self->log);
}

static int open_journal(struct worker *self, struct error *err)
{
    struct origin us;
    char *journals = folder_path(self->folder, "journal", NULL), *claims = folder_path(self->folder, "claims", NULL);
    int ret = journals != NULL && claims != NULL ? 0 : error_set_memory(err);
    origin_of_this_process(&us);
    if (ret == 0)
        ret = claims_init(&self->claims, claims, &us, self->options->block_seconds, err);
    if (ret == 0)
        ret = journal_create(&self->journal, journals, self->folder->id, self->options->program, &us,
                             self->options->sync, self->options->clock.now_us(), err);
    if (ret == 0)
        log_begin(self, &us);
    free(journals);
    free(claims);
    return ret;
}

/* For the report; names are done without where there is no memory for them. */
static void name_missing(struct worker *self)
{
    struct ledger_names names;
    ledger_missing(&self->ledger, &names, NULL);
    ledger_names_text(&names, self->report->missing, sizeof self->report->missing);
    ledger_names_free(&names);
}

/* What the caller is told; a journal that cannot be closed in order is an error unless there was one before. */
static int close_all(struct worker *self, int ret, struct error *err)
{
    struct error own = { 0 };
    if (ledger_damage(&self->ledger, &own))
        self->report->damage = own;
    name_missing(self);
    self->report->counts = self->ledger.counts;
    self->report->taken_over = self->claims.taken_over;
    if (journal_close(&self->journal, NULL, self->options->clock.now_us(), ret == 0 ? err : NULL) != 0 && ret == 0)
        ret = MILIEU_ERR_OUTPUT;
    claims_free(&self->claims);
    ledger_free(&self->ledger);
    return ret;
}

/* Until nothing is left, by the journals that are there then: one that others made may be taken away at any time. After an
 * error too they are read once more: the counts that are told know then what was written here. */
static int make_runs(struct worker *self, struct error *err)
{
    int ret, look;
    do {
        ret = run_threads(self, err);
        look = ledger_update(&self->ledger, ret == 0 ? err : NULL);
    } while (ret == 0 && look == 0 && !ledger_complete(&self->ledger));
    return ret != 0 ? ret : look;
}

int worker_run(const struct study *study, const struct folder *folder, const struct worker_options *options,
               struct worker_report *report, struct error *err)
{
    struct worker self = {
        .study = study, .folder = folder, .options = options, .report = report, .lock = PTHREAD_MUTEX_INITIALIZER
    };
    *report = (struct worker_report){ 0 };
    int ret = open_ledger(&self, err);
    name_missing(&self);
    if (ret == 0)
        tell_progress(&self, &self.ledger.counts, 0);
    if (ret == 0 && !ledger_complete(&self.ledger)) {
        ret = open_journal(&self, err);
        if (ret == 0)
            ret = make_runs(&self, err);
        log_end(&self, ret);
    }
    ret = close_all(&self, ret, err);
    tell_progress(&self, &report->counts, report->runs_made);
    pthread_mutex_destroy(&self.lock);
    return ret;
}
