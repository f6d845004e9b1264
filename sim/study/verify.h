/* Does a study's folder hold what its program makes? A share of its batches, drawn from a seed, is made again and compared
 * with the journals, bit by bit; and the journals are merged again and compared with the merged file, byte by byte. */
#ifndef MILIEU_VERIFY_H
#define MILIEU_VERIFY_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "folder.h"
#include "study.h"

struct verify_options {
    double share;     /* of the batches that are there, 0 < share <= 1; at least one batch is made */
    uint64_t seed;    /* which */
    int threads;      /* that make them; below 1: one. The report is the same for any number */
    const char *path; /* of the merged file; NULL: DIR/study.h5 */
    const char *compiler, *cflags, *libconfig_version; /* as of the merge that made it */
    const volatile sig_atomic_t *stop;                 /* NULL, or polled: MILIEU_ERR_INTERRUPTED */
    /* Called by one thread at a time. May be NULL. */
    void (*progress)(void *context, int64_t runs_done, int64_t runs_in_all);
    void *progress_context;
};

struct verify_report {
    int64_t runs, runs_failed; /* in the journals, and counting */
    int64_t runs_missing;      /* to do, as far as is known */
    int64_t duplicates;        /* batches made twice, with equal results */
    int64_t batches_checked, runs_checked;
    int64_t runs_different;   /* of those checked */
    int64_t first_different;  /* number of a run, the lowest; -1 none */
    char damage[2][1024];     /* English, French: of a journal; "" none */
    bool merged;              /* there is a merged file, and a merge of the journals gives it, byte for byte */
    int64_t merged_different; /* the first byte in which it does not; -1 none */
    char merged_hash[65];     /* sha256 of it; of a file over shards: of the one that holds their checksums */
};

/* 0 also when runs or bytes differ, or runs are missing: the report tells. MILIEU_ERR_FOLDER: a journal of another study, a
 * batch made twice with different results; MILIEU_ERR_RESULTS: the merged file cannot be read, or is not of these runs;
 * MILIEU_ERR_OUTPUT: no room to merge again, in a folder of its own beside the file, which is removed; MILIEU_ERR_USAGE,
 * MILIEU_ERR_INPUT, MILIEU_ERR_MEMORY, MILIEU_ERR_INTERRUPTED. The program must be the one that made the folder: the caller
 * has seen to that, and ignores SIGXFSZ. */
int study_verify(const struct study *study, const struct folder *folder, const struct verify_options *options,
                 struct verify_report *report, struct error *err);

#endif
