/* What the journals of a study hold, for who reads all of it: where each batch is, and its parts.
 *
 *   harvest_scan    reads every journal in full: checksums, the study's id, batches made twice
 *   harvest_walk    the parts of some points and replications, in order
 *
 * Memory: 16 bytes a batch, and one batch. */
#ifndef MILIEU_HARVEST_H
#define MILIEU_HARVEST_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "folder.h"
#include "ledger.h"
#include "looks.h"

struct harvest_place {
    int64_t offset;   /* of the record in its journal */
    uint32_t journal; /* its number, from 1; 0: the batch is in none */
    uint32_t failed;  /* runs */
};

struct harvest {
    const struct study *study;
    const struct folder *folder;
    const struct geometry *geometry; /* the folder's */
    const volatile sig_atomic_t *stop;
    struct study_shape shape;
    struct looks looks;
    struct ledger ledger;
    struct harvest_place *place; /* of each batch */
    char **journal;              /* paths */
    uint32_t num_journals, max_journals;
    char damage[2][1024]; /* English, French: of the first journal that has some; "" none */

    int64_t batch; /* loaded, -1 none */
    struct geometry_span span;
    struct part *part; /* [span.num_points] */
    int64_t max_parts;
    struct journal_record record; /* the payload is the harvest's */
    void *buffer;
    size_t capacity;
    int fd; /* of the journal last read, -1 none */
    uint32_t fd_journal;
};

/* `study` is that of the folder (both borrowed): MILIEU_ERR_FOLDER when their numbers of points and runs differ.
 * MILIEU_ERR_MEMORY. `stop` may be NULL. harvest_free is good after a failure too, and twice. */
int harvest_init(struct harvest *self, const struct study *study, const struct folder *folder,
                 const volatile sig_atomic_t *stop, struct error *err);
void harvest_free(struct harvest *self);

/* Reads all journals. MILIEU_ERR_FOLDER: a journal of another study; a batch made twice with different results (both
 * journals and the runs are named). Unless `partial`, when batches are missing: MILIEU_ERR_FOLDER by damage or by a journal
 * that has vanished, else MILIEU_ERR_INCOMPLETE. MILIEU_ERR_INPUT, MILIEU_ERR_MEMORY, MILIEU_ERR_INTERRUPTED. */
int harvest_scan(struct harvest *self, bool partial, struct error *err);

/* Replications of a point that count: of a sequential study up to the look at which it ended. */
int64_t harvest_counted(const struct harvest *self, int64_t point);

/* Has the point all its runs? (of a fixed study: not asked) */
bool harvest_has_ended(const struct harvest *self, int64_t point);

/* The sum of the contrasts of a sequential study's point, over all runs that count. */
struct exact harvest_contrast(const struct harvest *self, int64_t point);

/* Runs that are in a journal and count, and those of them that failed. */
void harvest_count_runs(const struct harvest *self, int64_t *runs, int64_t *failed);

/* Reads a batch that is in a journal: record, span, part. */
int harvest_load(struct harvest *self, int64_t batch, struct error *err);

/* Receives replications first .. end - 1 of a part; a return other than 0 ends the walk. */
typedef int harvest_take(void *context, const struct part *part, int64_t first, int64_t end, struct error *err);

struct harvest_range {
    int64_t point, num_points, replication, num_replications;
    bool failed_only; /* leave out batches in which no run failed */
};

/* The parts of a range that are in a journal and count, by point, then replication. */
int harvest_walk(struct harvest *self, const struct harvest_range *range, harvest_take *take, void *context,
                 struct error *err);

#endif
