/* Does a study's folder hold what its program makes? A share of its batches, drawn from a seed, is made again and compared
 * with the journals, bit by bit. */
#ifndef MILIEU_VERIFY_H
#define MILIEU_VERIFY_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "folder.h"
#include "study.h"

struct verify_options {
    double share;                      /* of the batches that are there, 0 < share <= 1; at least one batch is made */
    uint64_t seed;                     /* which */
    int threads;                       /* that make them; below 1: one. The report is the same for any number */
    const char *path;                  /* of the merged file; NULL: DIR/study.h5 */
    const volatile sig_atomic_t *stop; /* NULL, or polled: MILIEU_ERR_INTERRUPTED */
    /* Called by one thread at a time. May be NULL. */
    void (*progress)(void *context, int64_t runs_done, int64_t runs_in_all);
    void *progress_context;
};

struct verify_report {
    int64_t runs, runs_failed; /* in the journals, and counting */
    int64_t runs_missing;      /* to do, as far as is known */
    int64_t duplicates;        /* batches made twice, with equal results */
    int64_t batches_checked, runs_checked;
    int64_t runs_different;  /* of those checked */
    int64_t first_different; /* number of a run, the lowest; -1 none */
    char damage[2][1024];    /* English, French: of a journal; "" none */
    bool merged;             /* there is a merged file, it is sound, of this study, and tells of as many runs */
    char merged_hash[65];    /* sha256 of it; of a file over shards: of the one that holds their checksums */
};

/* 0 also when runs differ or are missing: the report tells. MILIEU_ERR_FOLDER: a journal of another study, a batch made
 * twice with different results; MILIEU_ERR_RESULTS: the merged file is not sound, or not of these runs;
 * MILIEU_ERR_USAGE, MILIEU_ERR_INPUT, MILIEU_ERR_MEMORY, MILIEU_ERR_INTERRUPTED. The program must be the one that made
 * the folder: the caller has seen to that. */
int study_verify(const struct study *study, const struct folder *folder, const struct verify_options *options,
                 struct verify_report *report, struct error *err);

#endif
