/* What is done: read from all journals of a study's folder, again and again as they grow and new ones appear.
 *
 * Memory: two bits a batch; for a sequential study also 48 bytes a point and stage that was begun. The caller locks. */
#ifndef MILIEU_LEDGER_H
#define MILIEU_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/error.h"
#include "exact.h"
#include "folder.h"
#include "geometry.h"
#include "journal.h"

/* Of a sequential study; all NULL for a fixed one. */
struct ledger_rule {
    /* Adds the paired contrast of each run of a batch to `sum` (NaN for a run that has none). 0 or an error. */
    int (*contrasts)(void *context, const struct geometry_span *span, const struct journal_record *record,
                     struct exact *sum, struct error *err);
    /* Stage `stage` of a point is complete: is another to be done? `sum`: of all its runs so far. A pure function; not
     * asked after the last stage. */
    bool (*go_on)(void *context, int64_t point, int stage, const struct exact *sum);
    void *context;
};

struct ledger_journal {
    char name[JOURNAL_NAME];
    struct journal_position position;
    struct journal_opening opening; /* time_us 0: not read yet */
    int64_t last_us, cpu_us;        /* of its records: the latest time; the work in all */
    bool reported;                  /* its damage */
    bool lost;                      /* was there, is no more */
    int64_t size;                   /* when it was last looked at; -1: not known */
};

struct ledger_counts {
    int64_t batches;         /* that there are to do, as far as is known: more when a look says go on */
    int64_t batches_done;    /* of them */
    int64_t runs, runs_done; /* likewise */
    int64_t runs_failed;     /* of those done */
    int64_t duplicates;      /* records of a batch that another record had done */
    int64_t cpu_us;          /* of all records, duplicates too */
    int64_t torn;            /* journals that end in a torn record, or one being written */
    int64_t damaged;         /* journals with damage, in their midst or at their end */
    int64_t last_us;         /* time of the latest record */
};

struct ledger {
    const struct folder *folder;
    const struct geometry *geometry; /* the folder's */
    struct ledger_rule rule;
    enum journal_check check;
    uint64_t *done;                 /* a bit a batch: seen in a journal */
    uint64_t *marked;               /* told by ledger_mark */
    struct ledger_journal *journal; /* sorted by name */
    int num_journals, max_journals;
    struct exact *sum[GEOMETRY_MAX_STAGES]; /* of each point's runs in a stage; NULL until one is seen */
    uint8_t *stage; /* sequential: the stage a point is in; num_stages and up: it has ended, at that less num_stages */
    int64_t open[GEOMETRY_MAX_STAGES]; /* batches of a stage that are there to do and not done */
    struct ledger_counts counts;
    journal_take *also; /* see ledger_listen */
    void *also_context;
};

/* The folder must outlive the ledger. Nothing is read yet. A sequential study needs a rule (JOURNAL_FULL then); NULL
 * else. MILIEU_ERR_MEMORY. ledger_free is good after a failure too. */
int ledger_init(struct ledger *self, const struct folder *folder, const struct ledger_rule *rule,
                enum journal_check check, struct error *err);
void ledger_free(struct ledger *self);

/* Receives every valid record, of any type, as it is read, duplicates too (status, merge). When a journal was lost between
 * two updates, those of all others are heard once more. */
void ledger_listen(struct ledger *self, journal_take *take, void *context);

/* Reads what is new in all journals; one that has the size it had when it was last read is not opened. When one that was read
 * is there no more, or has become shorter, all is forgotten, marks too, and what is there is read anew: what it told is not
 * done. Errors as journal_scan; MILIEU_ERR_FOLDER too for a record whose number of runs is not its batch's (the journal of a
 * folder of the same study, cut otherwise). Damage is no error (ledger_damage). */
int ledger_update(struct ledger *self, struct error *err);

/* A batch that this process has appended itself: not to do again, though not read yet. */
void ledger_mark(struct ledger *self, int64_t batch);

bool ledger_is_done(const struct ledger *self, int64_t batch);

/* Is it there to do, and neither done nor marked? At once, where ledger_next would look on. */
bool ledger_is_to_do(const struct ledger *self, int64_t batch);

/* The first batch at `from` or behind that is there to do and not done; -1: none. Likewise a block with such a batch. */
int64_t ledger_next(const struct ledger *self, int64_t from);
int64_t ledger_next_block(const struct ledger *self, int64_t from);

/* All there is to do is done, by the journals. */
bool ledger_complete(const struct ledger *self);

/* Replications of a point that count: up to the look at which it ended. 0 while it has not. */
int64_t ledger_replications(const struct ledger *self, int64_t point);

/* The next journal whose damage was not told yet: true, and *err says file, offset and what follows from it. */
bool ledger_damage(struct ledger *self, struct error *err);

/* Names, in order; the caller frees. */
struct ledger_names {
    char (*name)[JOURNAL_NAME];
    int count, max;
};
void ledger_names_free(struct ledger_names *self);

/* Joined by commas; what does not fit ends in "...". "" for none. */
void ledger_names_text(const struct ledger_names *self, char *text, size_t size);

/* Journals that have vanished: read before, or with a log of their name, and not there. MILIEU_ERR_MEMORY. */
int ledger_missing(const struct ledger *self, struct ledger_names *names, struct error *err);

/* For a merge. MILIEU_ERR_INCOMPLETE when batches are not done; MILIEU_ERR_FOLDER when that is because of damage or of
 * journals that have vanished, which are named. Both messages say how many runs, the first that is missing, and what to do.
 * MILIEU_ERR_MEMORY. */
int ledger_require_all(const struct ledger *self, struct error *err);

#endif
