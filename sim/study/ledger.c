#define _GNU_SOURCE /* statx */
#include "ledger.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BITS = 64 };

/* ---- bits ---- */

static bool has(const uint64_t *bits, int64_t i)
{
    return (bits[i / BITS] >> (i % BITS) & 1) != 0;
}

static void set(uint64_t *bits, int64_t i)
{
    bits[i / BITS] |= (uint64_t)1 << (i % BITS);
}

/* Of a bit a batch. */
static size_t num_words(const struct geometry *geometry)
{
    return (size_t)((geometry_batches(geometry) + BITS - 1) / BITS);
}

/* ---- sequential studies: which batches are there to do ---- */

static bool is_sequential(const struct ledger *self)
{
    return self->stage != NULL;
}

static bool has_ended(const struct ledger *self, int64_t point)
{
    return self->stage[point] >= self->geometry->num_stages;
}

/* The last stage whose batches of this point are there. */
static int last_stage(const struct ledger *self, int64_t point)
{
    return self->stage[point] - (has_ended(self, point) ? self->geometry->num_stages : 0);
}

static bool exists(const struct ledger *self, const struct geometry_span *span)
{
    return !is_sequential(self) || span->stage <= last_stage(self, span->point);
}

static int64_t stage_runs(const struct ledger *self, int stage)
{
    return self->geometry->look[stage] - (stage > 0 ? self->geometry->look[stage - 1] : 0);
}

/* Nothing is done, and of each point the first stage is there to do. */
static void begin_counts(struct ledger *self)
{
    memset(self->open, 0, sizeof self->open);
    self->open[0] = self->geometry->first_batch[1];
    self->counts = (struct ledger_counts){ .batches = self->open[0],
                                           .runs = self->geometry->plan.points * self->geometry->look[0] };
}

/* A stage of a point opens; journals read in another order may have told of batches of it already. */
static void open_stage(struct ledger *self, int64_t point, int stage)
{
    int64_t first, count = geometry_point_batches(self->geometry, point, stage, &first);
    self->counts.batches += count;
    self->counts.runs += stage_runs(self, stage);
    self->open[stage] += count;
    for (int64_t batch = first; batch < first + count; batch++)
        if (has(self->done, batch)) {
            struct geometry_span span = geometry_span(self->geometry, batch);
            self->counts.batches_done++;
            self->counts.runs_done += geometry_span_runs(&span);
            self->open[stage]--;
        }
}

static bool stage_is_done(const struct ledger *self, int64_t point, int stage)
{
    int64_t first, count = geometry_point_batches(self->geometry, point, stage, &first);
    for (int64_t batch = first; batch < first + count; batch++)
        if (!has(self->done, batch))
            return false;
    return true;
}

/* Looks at a point as long as its stage is complete. */
static void look(struct ledger *self, int64_t point)
{
    while (!has_ended(self, point) && stage_is_done(self, point, self->stage[point])) {
        int stage = self->stage[point];
        struct exact sum = { 0 };
        for (int s = 0; s <= stage; s++)
            exact_merge(&sum, &self->sum[s][point]);
        if (stage + 1 < self->geometry->num_stages && self->rule.go_on(self->rule.context, point, stage, &sum)) {
            self->stage[point]++;
            open_stage(self, point, stage + 1);
        } else {
            self->stage[point] = (uint8_t)(self->geometry->num_stages + stage);
        }
    }
}

static int add_contrasts(struct ledger *self, const struct geometry_span *span, const struct journal_record *record,
                         struct error *err)
{
    struct exact **sum = &self->sum[span->stage];
    if (*sum == NULL && (*sum = calloc((size_t)self->geometry->plan.points, sizeof **sum)) == NULL)
        return error_set_memory(err);
    return self->rule.contrasts(self->rule.context, span, record, *sum + span->point, err);
}

/* ---- records ---- */

static int check_batch(const struct ledger *self, const struct journal_record *record, struct error *err)
{
    struct geometry_span span;
    if (record->batch >= 0 && record->batch < geometry_batches(self->geometry)) {
        span = geometry_span(self->geometry, record->batch);
        if (geometry_span_runs(&span) == record->runs)
            return 0;
    }
    return error_set(err, MILIEU_ERR_FOLDER,
                     "%s comes from another folder of this study: its batch %" PRId64 " of %" PRIu32
                     " runs is none of this folder's",
                     "%s vient d'un autre dossier de cette étude : son lot %" PRId64 " de %" PRIu32
                     " exécutions n'est pas de ce dossier",
                     record->journal, record->batch, record->runs);
}

static int take_batch(struct ledger *self, const struct journal_record *record, struct error *err)
{
    struct geometry_span span;
    int ret;
    if ((ret = check_batch(self, record, err)) != 0)
        return ret;
    self->counts.cpu_us += record->cpu_us;
    if (has(self->done, record->batch)) {
        self->counts.duplicates++;
        return 0;
    }
    span = geometry_span(self->geometry, record->batch);
    if (is_sequential(self) && (ret = add_contrasts(self, &span, record, err)) != 0)
        return ret;
    set(self->done, record->batch);
    self->counts.runs_failed += record->failed;
    if (exists(self, &span)) {
        self->counts.batches_done++;
        self->counts.runs_done += record->runs;
        self->open[span.stage]--;
    }
    if (is_sequential(self))
        look(self, span.point);
    return 0;
}

struct reading {
    struct ledger *ledger;
    struct ledger_journal *journal;
};

static int take_record(void *context, const struct journal_record *record, struct error *err)
{
    struct reading *reading = context;
    struct ledger *self = reading->ledger;
    int ret = 0;
    if (record->time_us > self->counts.last_us)
        self->counts.last_us = record->time_us;
    if (record->time_us > reading->journal->last_us)
        reading->journal->last_us = record->time_us;
    if (record->type == JOURNAL_BATCH)
        reading->journal->cpu_us += record->cpu_us;
    if (record->type == JOURNAL_OPENING)
        journal_read_opening(record, &reading->journal->opening);
    else if (record->type == JOURNAL_BATCH)
        ret = take_batch(self, record, err);
    if (ret == 0 && self->also != NULL)
        ret = self->also(self->also_context, record, err);
    return ret;
}

/* ---- journals ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct ledger_journal *)a)->name, ((const struct ledger_journal *)b)->name);
}

static struct ledger_journal *find_journal(const struct ledger *self, const char *name, int among)
{
    struct ledger_journal key = { .lost = false };
    memcpy(key.name, name, strlen(name) + 1);
    return among == 0 ? NULL
                      : bsearch(&key, self->journal, (size_t)among, sizeof key, by_name); /* of those that are sorted */
}

static int add_journal(struct ledger *self, const char *name, struct error *err)
{
    if (self->num_journals == self->max_journals) {
        int max = self->max_journals == 0 ? 16 : 2 * self->max_journals;
        struct ledger_journal *journal = realloc(self->journal, (size_t)max * sizeof *journal);
        if (journal == NULL)
            return error_set_memory(err);
        self->journal = journal;
        self->max_journals = max;
    }
    self->journal[self->num_journals] = (struct ledger_journal){ .size = -1 };
    memcpy(self->journal[self->num_journals++].name, name, strlen(name) + 1); /* is_journal: it fits */
    return 0;
}

static bool is_journal(const char *name)
{
    size_t length = strlen(name), end = strlen(JOURNAL_SUFFIX);
    return length > end && length < JOURNAL_NAME && strcmp(name + length - end, JOURNAL_SUFFIX) == 0;
}

/* *dir: where the journals are; NULL when there is no such folder (yet). */
static int open_journals(const struct ledger *self, DIR **dir, struct error *err)
{
    char *path = folder_path(self->folder, "journal", NULL);
    int ret = 0;
    *dir = NULL;
    if (path == NULL)
        return error_set_memory(err);
    if ((*dir = opendir(path)) == NULL && errno != ENOENT)
        ret = error_set_system(err, MILIEU_ERR_INPUT, errno, "cannot read %s", "impossible de lire %s", path);
    free(path);
    return ret;
}

/* All that are there; those that were, and are no more, are lost. */
static int list_journals(struct ledger *self, DIR *dir, struct error *err)
{
    int known = self->num_journals, ret = 0;
    for (int i = 0; i < known; i++)
        self->journal[i].lost = true;
    for (struct dirent *entry; ret == 0 && dir != NULL && (entry = readdir(dir)) != NULL;) {
        struct ledger_journal *journal;
        if (!is_journal(entry->d_name))
            continue;
        if ((journal = find_journal(self, entry->d_name, known)) != NULL)
            journal->lost = false;
        else
            ret = add_journal(self, entry->d_name, err);
    }
    if (self->num_journals > known)
        qsort(self->journal, (size_t)self->num_journals, sizeof *self->journal, by_name);
    return ret;
}

/* Bytes in a journal; -1: they cannot be told, and opening it tells why. Asked without opening it: a folder may hold thousands
 * of journals that killed workers have left, and none of them ever changes. A file server is asked, not this host's memory of
 * its answers. */
static int64_t size_now(const struct ledger_journal *journal, int folder)
{
    struct statx st;
    return statx(folder, journal->name, AT_STATX_FORCE_SYNC, STATX_SIZE, &st) == 0 ? (int64_t)st.stx_size : -1;
}

/* Was something read of it that is there no more? Then nobody will find it, and it does not count. */
static bool has_lost(const struct ledger_journal *journal)
{
    return (journal->lost && journal->position.offset > 0) ||
           (journal->size >= 0 && journal->size < journal->position.offset);
}

/* Looks at all journals that may have changed since they were last read: has one lost something? */
static bool look_at_journals(struct ledger *self, int folder)
{
    bool lost = false;
    for (int i = 0; i < self->num_journals; i++) {
        struct ledger_journal *journal = &self->journal[i];
        journal->size = journal->lost || journal->position.closed ? -1 : size_now(journal, folder);
        lost = lost || has_lost(journal);
    }
    return lost;
}

/* As before the first look, but for the names of journals. */
static void forget(struct ledger *self)
{
    size_t bytes = num_words(self->geometry) * sizeof *self->done, points = (size_t)self->geometry->plan.points;
    memset(self->done, 0, bytes);
    memset(self->marked, 0, bytes);
    for (int s = 0; s < GEOMETRY_MAX_STAGES; s++)
        if (self->sum[s] != NULL)
            memset(self->sum[s], 0, points * sizeof *self->sum[s]);
    if (is_sequential(self))
        memset(self->stage, 0, points * sizeof *self->stage);
    for (int i = 0; i < self->num_journals; i++) {
        struct ledger_journal fresh = { .size = -1, .reported = self->journal[i].reported };
        fresh.lost = self->journal[i].lost;
        memcpy(fresh.name, self->journal[i].name, sizeof fresh.name);
        self->journal[i] = fresh;
    }
    begin_counts(self);
}

/* A damaged end may be a record whose bytes were not all to be seen yet: that is looked at again. */
static bool has_changed(const struct ledger_journal *journal)
{
    return !journal->position.closed && !journal->lost &&
           (journal->size < 0 || journal->size != journal->position.size || journal->position.tail_damaged);
}

static int read_journal(struct ledger *self, struct ledger_journal *journal, struct error *err)
{
    struct reading reading = { self, journal };
    struct journal_reader reader = { self->folder->id, self->check, take_record, &reading };
    char *path;
    int ret;
    if (!has_changed(journal))
        return 0;
    if ((path = folder_path(self->folder, "journal", journal->name)) == NULL)
        return error_set_memory(err);
    ret = journal_scan(path, &journal->position, &reader, err);
    if (ret == MILIEU_ERR_INPUT && access(path, F_OK) != 0 && errno == ENOENT) { /* gone since it was listed */
        journal->lost = true;
        ret = 0;
    }
    free(path);
    return ret;
}

static bool is_torn(const struct journal_position *position)
{
    return position->tail > 0 && !position->tail_damaged;
}

static bool is_damaged(const struct journal_position *position)
{
    return position->damaged > 0 || position->tail_damaged;
}

int ledger_update(struct ledger *self, struct error *err)
{
    DIR *dir;
    int ret = open_journals(self, &dir, err);
    if (ret == 0)
        ret = list_journals(self, dir, err);
    if (ret == 0 && look_at_journals(self, dir != NULL ? dirfd(dir) : -1))
        forget(self);
    self->counts.torn = self->counts.damaged = 0;
    for (int i = 0; ret == 0 && i < self->num_journals; i++) {
        ret = read_journal(self, &self->journal[i], err);
        self->counts.torn += is_torn(&self->journal[i].position);
        self->counts.damaged += is_damaged(&self->journal[i].position);
    }
    if (dir != NULL)
        closedir(dir);
    return ret;
}

/* ---- set-up ---- */

int ledger_init(struct ledger *self, const struct folder *folder, const struct ledger_rule *rule,
                enum journal_check check, struct error *err)
{
    const struct geometry *geometry = &folder->geometry;
    size_t words = num_words(geometry);
    bool sequential = geometry->num_stages > 1;
    *self = (struct ledger){ .folder = folder, .geometry = geometry, .check = sequential ? JOURNAL_FULL : check };
    if (sequential && (rule == NULL || rule->contrasts == NULL || rule->go_on == NULL))
        return error_set(err, MILIEU_ERR_USAGE, "a sequential study needs its rule",
                         "une étude séquentielle demande sa règle");
    if (rule != NULL)
        self->rule = *rule;
    self->done = calloc(words, sizeof *self->done);
    self->marked = calloc(words, sizeof *self->marked);
    if (sequential)
        self->stage = calloc((size_t)geometry->plan.points, sizeof *self->stage);
    if (self->done == NULL || self->marked == NULL || (sequential && self->stage == NULL))
        return error_set_memory(err);
    begin_counts(self);
    return 0;
}

void ledger_free(struct ledger *self)
{
    for (int s = 0; s < GEOMETRY_MAX_STAGES; s++)
        free(self->sum[s]);
    free(self->done);
    free(self->marked);
    free(self->journal);
    free(self->stage);
    *self = (struct ledger){ .done = NULL };
}

void ledger_listen(struct ledger *self, journal_take *take, void *context)
{
    self->also = take;
    self->also_context = context;
}

/* ---- questions ---- */

void ledger_mark(struct ledger *self, int64_t batch)
{
    set(self->marked, batch);
}

bool ledger_is_done(const struct ledger *self, int64_t batch)
{
    return has(self->done, batch);
}

static bool is_to_do(const struct ledger *self, int64_t batch, bool marked_too)
{
    struct geometry_span span;
    if (has(self->done, batch) || (!marked_too && has(self->marked, batch)))
        return false;
    span = geometry_span(self->geometry, batch);
    return exists(self, &span);
}

bool ledger_is_to_do(const struct ledger *self, int64_t batch)
{
    return is_to_do(self, batch, false);
}

/* The first undone batch in [from, end), `end` when there is none. Whole words of what is done are passed at once. */
static int64_t next_undone(const struct ledger *self, int64_t from, int64_t end, bool marked_too)
{
    while (from < end) {
        int64_t word = from / BITS;
        uint64_t past = self->done[word] | (marked_too ? 0 : self->marked[word]);
        past |= ((uint64_t)1 << from % BITS) - 1;
        if (past != UINT64_MAX) {
            int64_t found = word * BITS + __builtin_ctzll(~past);
            return found < end ? found : end;
        }
        from = (word + 1) * BITS;
    }
    return end;
}

/* As ledger_next; with marked_too also what is marked but not read. */
static int64_t find_next(const struct ledger *self, int64_t from, bool marked_too)
{
    const struct geometry *geometry = self->geometry;
    for (int s = 0; s < geometry->num_stages; s++) {
        int64_t batch = from > geometry->first_batch[s] ? from : geometry->first_batch[s];
        int64_t end = geometry->first_batch[s + 1];
        if (self->open[s] == 0)
            continue;
        while ((batch = next_undone(self, batch, end, marked_too)) < end) {
            struct geometry_span span = geometry_span(geometry, batch);
            int64_t first;
            if (exists(self, &span))
                return batch;
            batch = geometry_point_batches(geometry, span.point, s, &first); /* to the next point */
            batch += first;
        }
    }
    return -1;
}

int64_t ledger_next(const struct ledger *self, int64_t from)
{
    return find_next(self, from, false);
}

int64_t ledger_next_block(const struct ledger *self, int64_t from)
{
    int64_t first, batch;
    if (from >= geometry_blocks(self->geometry))
        return -1;
    geometry_block_batches(self->geometry, from, &first);
    batch = ledger_next(self, first);
    return batch < 0 ? -1 : geometry_block_of_batch(self->geometry, batch);
}

bool ledger_complete(const struct ledger *self)
{
    return self->counts.batches_done == self->counts.batches;
}

int64_t ledger_replications(const struct ledger *self, int64_t point)
{
    if (is_sequential(self))
        return has_ended(self, point) ? self->geometry->look[last_stage(self, point)] : 0;
    return stage_is_done(self, point, 0) ? self->geometry->plan.replications : 0;
}

/* With its damaged end. */
static void tell_damage(const struct ledger *self, const struct ledger_journal *journal, struct error *err)
{
    const struct journal_position *at = &journal->position;
    error_set(err, MILIEU_ERR_FOLDER,
              "%s/journal/%s is damaged at byte %" PRId64 " (%" PRId64 " places, %" PRId64
              " bytes in all): what stood there does not count, and is made again by milieu sweep -o %s",
              "%s/journal/%s est abîmé à l'octet %" PRId64 " (%" PRId64 " endroits, %" PRId64
              " octets en tout) : ce qui s'y trouvait ne compte pas, et sera refait par milieu sweep -o %s",
              self->folder->path, journal->name, at->damaged > 0 ? at->damage_at : at->offset,
              at->damaged + at->tail_damaged, at->damage_bytes + (at->tail_damaged ? at->tail : 0), self->folder->path);
}

bool ledger_damage(struct ledger *self, struct error *err)
{
    for (int i = 0; i < self->num_journals; i++) {
        struct ledger_journal *journal = &self->journal[i];
        if (!is_damaged(&journal->position) || journal->reported)
            continue;
        journal->reported = true;
        tell_damage(self, journal, err);
        return true;
    }
    return false;
}

/* ---- what is missing ---- */

/* By nobody's fault, or because of something, which is broken. */
static int tell_incomplete(const struct ledger *self, const struct reason *because, struct error *err)
{
    const char *path = self->folder->path;
    int64_t missing = self->counts.runs - self->counts.runs_done;
    struct geometry_span span = geometry_span(self->geometry, find_next(self, 0, true));
    return error_set_because(err, because != NULL ? MILIEU_ERR_FOLDER : MILIEU_ERR_INCOMPLETE,
                             because != NULL ? *because : ((struct reason){ { NULL, NULL } }),
                             "%s: %" PRId64 " of %" PRId64 " runs are not done, the first of them run %" PRId64
                             "; milieu sweep -o %s makes them, --partial merges what there is",
                             "%s : %" PRId64 " exécutions sur %" PRId64 " ne sont pas faites, la première est %" PRId64
                             " ; milieu sweep -o %s les fait, --partial réunit ce qu'il y a",
                             path, missing, self->counts.runs, geometry_span_run(self->geometry, &span, 0), path);
}

static int tell_missing(const struct ledger *self, struct error *err)
{
    struct ledger_names names;
    char text[256], english[300], french[300];
    int ret = ledger_missing(self, &names, err);
    if (ret != 0)
        return ret;
    ledger_names_text(&names, text, sizeof text);
    ledger_names_free(&names);
    if (text[0] == '\0')
        return tell_incomplete(self, NULL, err);
    snprintf(english, sizeof english, "missing journals: %s", text);
    snprintf(french, sizeof french, "journaux qui manquent : %s", text);
    return tell_incomplete(self, &(struct reason){ { english, french } }, err);
}

int ledger_require_all(const struct ledger *self, struct error *err)
{
    struct error damage;
    if (ledger_complete(self))
        return 0;
    for (int i = 0; i < self->num_journals; i++)
        if (is_damaged(&self->journal[i].position)) {
            tell_damage(self, &self->journal[i], &damage);
            return tell_incomplete(self, &(struct reason){ { damage.detail[0], damage.detail[1] } }, err);
        }
    return tell_missing(self, err);
}
