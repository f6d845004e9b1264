/* `milieu study status FOLDER`: how far a study is, who works on it and who has, from any machine that sees its folder.
 * Nothing is written.
 *
 * It reads the headers of records, and of payloads those of records with failed runs, for their reasons (of a study that stops
 * by precision all payloads: they decide what there is to do). So a damaged header is told, and a damaged payload is not,
 * unless it is one of these: its runs count as done here. Sweep, merge and verify read everything and do not count them. */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "../study/batch.h"
#include "../study/claim.h"
#include "../study/looks.h"
#include "../study/moment.h"
#include "json.h"
#include "study_command.h"

#define RATE_SECONDS 600.0 /* the speed is told from what was done in so long */
#define MOST_REASONS 8     /* kinds of failure that are told apart */
#define MOST_HOSTS 20      /* told in words, those last heard of; all in JSON */

struct failure_kind {
    char text[256];
    int64_t runs;
};

struct host {         /* of all its journals that have a beginning */
    const char *name; /* the ledger's */
    int journals;
    int64_t cpu_us, first_us, last_us;
};

struct status {
    const struct terminal *terminal;
    struct study_shape shape;
    struct looks looks;
    struct ledger ledger;
    struct failure_kind reason[MOST_REASONS];
    int num_reasons;
    int64_t now_us, recent_runs, recent_from_us;
    int num_workers, num_stale;
    cJSON *workers;
    struct host *host; /* the last heard of first */
    int num_hosts;
    struct ledger_names missing;
};

/* ---- reading ---- */

/* Without the number of its point: what fails alike at many points is one kind. */
static const char *kind_of(const char *text)
{
    const char start[] = "point ";
    size_t digits = strncmp(text, start, sizeof start - 1) == 0 ? strspn(text + sizeof start - 1, "0123456789") : 0;
    const char *end = text + sizeof start - 1 + digits;
    return digits > 0 && strncmp(end, ": ", 2) == 0 ? end + 2 : text;
}

static void count_reason(struct status *self, const char *text)
{
    int i = 0;
    text = kind_of(text);
    while (i < self->num_reasons && strncmp(self->reason[i].text, text, sizeof self->reason[i].text - 1) != 0)
        i++;
    if (i >= MOST_REASONS - 1) { /* the last stands for all others */
        i = MOST_REASONS - 1;
        text = "...";
    }
    if (i == self->num_reasons) {
        snprintf(self->reason[i].text, sizeof self->reason[i].text, "%s", text);
        self->num_reasons++;
    }
    self->reason[i].runs++;
}

static void count_failures(struct status *self, const struct journal_record *record)
{
    struct part part;
    size_t offset = 0;
    while (part_read(&self->shape, record->payload, record->length, &offset, &part)) {
        const char *reason = part.reasons;
        for (uint32_t i = 0; i < part.head.failed; i++, reason += strlen(reason) + 1)
            count_reason(self, reason);
    }
}

static int take_record(void *context, const struct journal_record *record, struct error *err)
{
    struct status *self = context;
    (void)err;
    if (record->type != JOURNAL_BATCH)
        return 0;
    if (record->failed > 0 && record->payload != NULL)
        count_failures(self, record);
    if ((double)(self->now_us - record->time_us) < 1e6 * RATE_SECONDS) {
        self->recent_runs += record->runs;
        int64_t began = record->time_us - record->cpu_us;
        if (self->recent_from_us == 0 || began < self->recent_from_us)
            self->recent_from_us = began;
    }
    return 0;
}

static int take_worker(void *context, const struct claim_state *state)
{
    struct status *self = context;
    self->num_workers += !state->stale;
    self->num_stale += state->stale;
    cJSON *worker = cJSON_CreateObject();
    cJSON_AddStringToObject(worker, "host", state->origin.host);
    cJSON_AddNumberToObject(worker, "pid", (double)state->origin.pid);
    cJSON_AddStringToObject(worker, "job", state->origin.job);
    cJSON_AddNumberToObject(worker, "seconds_since_sign", state->age);
    cJSON_AddNumberToObject(worker, "blocks", (double)state->blocks);
    cJSON_AddBoolToObject(worker, "gone", state->stale);
    cJSON_AddItemToArray(self->workers, worker);
    return 0;
}

/* The host of that name, begun where there is none. */
static struct host *host_named(struct status *self, const char *name)
{
    int i = 0;
    while (i < self->num_hosts && strcmp(self->host[i].name, name) != 0)
        i++;
    if (i == self->num_hosts)
        self->host[self->num_hosts++] = (struct host){ .name = name, .first_us = INT64_MAX };
    return &self->host[i];
}

static int by_last(const void *a, const void *b)
{
    const struct host *x = a, *y = b;
    return x->last_us != y->last_us ? (x->last_us < y->last_us ? 1 : -1) : strcmp(x->name, y->name);
}

static int collect_hosts(struct status *self, struct error *err)
{
    const struct ledger *ledger = &self->ledger;
    self->num_hosts = 0;
    if ((self->host = calloc((size_t)ledger->num_journals + 1, sizeof *self->host)) == NULL)
        return error_set_memory(err);
    for (int i = 0; i < ledger->num_journals; i++) {
        const struct ledger_journal *journal = &ledger->journal[i];
        if (journal->opening.time_us == 0) /* empty so far, or its beginning is damaged */
            continue;
        struct host *host = host_named(self, journal->opening.origin.host);
        host->journals++;
        host->cpu_us += journal->cpu_us;
        if (journal->opening.time_us < host->first_us)
            host->first_us = journal->opening.time_us;
        if (journal->last_us > host->last_us)
            host->last_us = journal->last_us;
    }
    qsort(self->host, (size_t)self->num_hosts, sizeof *self->host, by_last);
    return 0;
}

static int read_folder(struct status *self, const struct folder *folder, const struct study *study, struct error *err)
{
    struct ledger_rule rule;
    bool sequential = looks_init(&self->looks, study, folder->geometry.num_stages, &rule);
    char *claims = folder_path(folder, "claims", NULL);
    int ret = claims != NULL ? 0 : error_set_memory(err);
    study_shape(study, &self->shape);
    if (ret == 0)
        ret = ledger_init(&self->ledger, folder, sequential ? &rule : NULL, JOURNAL_FAILURES, err);
    if (ret == 0) {
        ledger_listen(&self->ledger, take_record, self);
        ret = ledger_update(&self->ledger, err);
    }
    if (ret == 0)
        ret = claims_list(claims, 1e-6 * (double)self->now_us, take_worker, self, err);
    if (ret == 0)
        ret = collect_hosts(self, err);
    if (ret == 0)
        ret = ledger_missing(&self->ledger, &self->missing, err);
    free(claims);
    return ret;
}

/* ---- telling ---- */

/* Runs a second; 0 when nobody has done any lately. */
static double rate(const struct status *self)
{
    double seconds = 1e-6 * (double)(self->now_us - self->recent_from_us);
    return self->recent_runs > 0 && seconds > 0 ? (double)self->recent_runs / seconds : 0;
}

static cJSON *reasons_json(const struct status *self)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < self->num_reasons; i++) {
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "reason", self->reason[i].text);
        cJSON_AddNumberToObject(item, "runs", (double)self->reason[i].runs);
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

static cJSON *hosts_json(const struct status *self)
{
    cJSON *list = cJSON_CreateArray();
    char moment[MOMENT_TEXT];
    for (int i = 0; i < self->num_hosts; i++) {
        const struct host *host = &self->host[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "host", host->name);
        cJSON_AddNumberToObject(item, "journals", host->journals);
        cJSON_AddNumberToObject(item, "core_hours", (double)host->cpu_us / 3.6e9);
        cJSON_AddStringToObject(item, "first", moment_text(host->first_us, moment));
        cJSON_AddStringToObject(item, "last", moment_text(host->last_us, moment));
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

static cJSON *missing_json(const struct status *self)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < self->missing.count; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(self->missing.name[i]));
    return list;
}

static int status_json(struct status *self, const struct folder *folder, struct error *err)
{
    const struct ledger_counts *c = &self->ledger.counts;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "study_id", folder->id_text);
    cJSON_AddNumberToObject(object, "points", (double)folder->geometry.plan.points);
    cJSON_AddNumberToObject(object, "runs", (double)c->runs);
    cJSON_AddNumberToObject(object, "done", (double)c->runs_done);
    cJSON_AddNumberToObject(object, "failed", (double)c->runs_failed);
    cJSON_AddItemToObject(object, "failures", reasons_json(self));
    cJSON_AddBoolToObject(object, "complete", ledger_complete(&self->ledger));
    cJSON_AddNumberToObject(object, "core_hours", (double)c->cpu_us / 3.6e9);
    cJSON_AddNumberToObject(object, "runs_per_second", rate(self));
    if (rate(self) > 0)
        cJSON_AddNumberToObject(object, "seconds_left", (double)(c->runs - c->runs_done) / rate(self));
    else
        cJSON_AddNullToObject(object, "seconds_left");
    cJSON_AddNumberToObject(object, "journals", self->ledger.num_journals);
    cJSON_AddItemToObject(object, "missing_journals", missing_json(self));
    cJSON_AddNumberToObject(object, "torn", (double)c->torn);
    cJSON_AddNumberToObject(object, "damaged", (double)c->damaged);
    cJSON_AddNumberToObject(object, "duplicates", (double)c->duplicates);
    cJSON_AddItemToObject(object, "hosts", hosts_json(self));
    cJSON_AddItemToObject(object, "workers", self->workers);
    self->workers = NULL;
    return say_json(self->terminal, object, err);
}

static void say_workers(const struct status *self)
{
    const cJSON *worker;
    say(self->terminal, WORD_STATUS_WORKERS, self->num_workers, self->num_stale);
    cJSON_ArrayForEach(worker, self->workers)
    {
        const cJSON *job = cJSON_GetObjectItem(worker, "job");
        say(self->terminal, cJSON_IsTrue(cJSON_GetObjectItem(worker, "gone")) ? WORD_STATUS_GONE : WORD_STATUS_WORKER,
            cJSON_GetObjectItem(worker, "host")->valuestring, cJSON_GetObjectItem(worker, "pid")->valueint,
            *job->valuestring != '\0' ? job->valuestring : "-",
            cJSON_GetObjectItem(worker, "seconds_since_sign")->valuedouble);
    }
}

static void say_hosts(const struct status *self)
{
    const struct terminal *t = self->terminal;
    char first[MOMENT_TEXT], last[MOMENT_TEXT], hours[NUMBER_LENGTH];
    for (int i = 0; i < self->num_hosts && i < MOST_HOSTS; i++) {
        const struct host *host = &self->host[i];
        text_number(hours, (double)host->cpu_us / 3.6e9, 3, false, t->lang);
        say(t, WORD_STATUS_HOST, host->name, moment_text(host->first_us, first), moment_text(host->last_us, last),
            hours, host->journals);
    }
    if (self->num_hosts > MOST_HOSTS)
        say(t, WORD_STATUS_MORE_HOSTS, self->num_hosts - MOST_HOSTS);
}

static void say_time_left(const struct status *self)
{
    char speed[NUMBER_LENGTH], left[NUMBER_LENGTH];
    const struct ledger_counts *c = &self->ledger.counts;
    const struct terminal *t = self->terminal;
    double minutes = rate(self) > 0 ? (double)(c->runs - c->runs_done) / rate(self) / 60 : 0;
    if (ledger_complete(&self->ledger) || rate(self) <= 0 || self->num_workers == 0)
        return;
    text_number(speed, rate(self), rate(self) < 10 ? 2 : 0, false, t->lang);
    text_number(left, minutes, minutes < 10 ? 1 : 0, false, t->lang);
    say(t, WORD_STATUS_SPEED, speed, left);
}

static void say_missing(const struct status *self, const struct folder *folder)
{
    char names[512];
    ledger_names_text(&self->missing, names, sizeof names);
    if (self->missing.count > 0)
        say(self->terminal, WORD_JOURNALS_MISSING, folder->path, names);
}

static void status_words(struct status *self, const struct folder *folder, const struct study *study)
{
    const struct terminal *t = self->terminal;
    const struct ledger_counts *c = &self->ledger.counts;
    char done[NUMBER_LENGTH], runs[NUMBER_LENGTH], number[NUMBER_LENGTH], hours[NUMBER_LENGTH];
    struct error damage = { 0 };
    say(t, WORD_STATUS_STUDY, study_title(study, t->lang), folder->id_text);
    text_number(done, (double)c->runs_done, 0, false, t->lang);
    text_number(runs, (double)c->runs, 0, false, t->lang);
    text_number(number, (double)folder->geometry.plan.points, 0, false, t->lang);
    text_number(hours, (double)c->cpu_us / 3.6e9, 3, false, t->lang);
    say(t, ledger_complete(&self->ledger) ? WORD_STATUS_COMPLETE : WORD_STATUS_DONE, done, runs, number, hours);
    say_time_left(self);
    if (c->runs_failed > 0)
        say(t, WORD_STATUS_FAILED, text_number(number, (double)c->runs_failed, 0, false, t->lang));
    for (int i = 0; i < self->num_reasons; i++)
        say(t, WORD_STATUS_REASON, text_number(number, (double)self->reason[i].runs, 0, false, t->lang),
            self->reason[i].text);
    say_hosts(self);
    if (self->num_workers + self->num_stale > 0)
        say_workers(self);
    if (c->torn > 0)
        say(t, WORD_STATUS_TORN, (long long)c->torn);
    while (ledger_damage(&self->ledger, &damage))
        say(t, WORD_SWEEP_DAMAGE, damage.detail[t->lang]);
    say_missing(self, folder);
}

int study_status(const struct call *call, const struct folder *folder, const struct study *study, struct error *err)
{
    struct status self = { .terminal = &call->terminal,
                           .now_us = study_clock.now_us(),
                           .workers = cJSON_CreateArray() };
    int ret = self.workers != NULL ? read_folder(&self, folder, study, err) : error_set_memory(err);
    if (ret == 0 && call->options.json)
        ret = status_json(&self, folder, err);
    else if (ret == 0)
        status_words(&self, folder, study);
    cJSON_Delete(self.workers);
    free(self.host);
    ledger_names_free(&self.missing);
    ledger_free(&self.ledger);
    return ret;
}
