/* The journals of a study made into one file (study_file.h).
 *
 * The file is a function of the study and its results alone: the same bytes for any number of workers, kills, restarts,
 * orders, and however runs were cut into batches. Journals are read twice: once in full to know what there is and that
 * all is sound, then batch by batch in the order of the file. Memory does not grow with the number of runs, but for 16
 * bytes a batch (and harvest.h's ledger). */
#ifndef MILIEU_MERGE_H
#define MILIEU_MERGE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "folder.h"
#include "study.h"

struct merge_options {
    const char *path;    /* NULL: DIR/study.h5 */
    int64_t shard_above; /* bytes; <= 0: 8 GB */
    bool partial;        /* what is there is merged, though runs are missing */
    const char *compiler, *cflags, *libconfig_version;
    const volatile sig_atomic_t *stop; /* NULL, or polled: MILIEU_ERR_INTERRUPTED */
    void (*progress)(void *context, int64_t runs_done, int64_t runs_in_all); /* may be NULL */
    void *progress_context;
};

struct merge_report {
    int64_t runs; /* in the file, of them: */
    int64_t runs_failed;
    int64_t runs_missing; /* still to do, as far as is known: partial alone */
    int64_t duplicates;   /* batches made twice, with equal results */
    int64_t torn;         /* journals that end in a torn record */
    int journals;
    bool complete;
    char damage
        [2]
        [1024]; /* English, French: of a journal, though nothing is missing for it (or partial); "" none. To be told */
};

/* MILIEU_ERR_FOLDER, MILIEU_ERR_INCOMPLETE: see harvest_scan; MILIEU_ERR_OUTPUT: the file cannot be written, what stood there is as it was;
 * MILIEU_ERR_INPUT, MILIEU_ERR_MEMORY, MILIEU_ERR_INTERRUPTED; MILIEU_ERR_USAGE: the study is a bare design. */
int study_merge(const struct study *study, const struct folder *folder, const struct merge_options *options,
                struct merge_report *report, struct error *err);

#endif
