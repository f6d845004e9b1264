/* Claims on blocks: which process works on what, so that several in one folder do different things. An optimisation
 * alone: two that work on one block do no harm, for results are keyed by batch.
 *
 * A process has a file of its own in the folder, `<host>-<pid>-<n>.worker`, whose text says who it is (origin.h) and how
 * long a block is expected to take. A claim on block 17 is a hard link `17` to it: made by link(2), which one process
 * wins, with its text from the first moment, and kept fresh for all blocks at once by touching the one file. Time is the
 * file system's own: the age of a claim is reckoned from a touch of our file, never from this host's clock. */
#ifndef MILIEU_CLAIM_H
#define MILIEU_CLAIM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "../model/error.h"
#include "origin.h"

enum { CLAIM_NAME = 160 }; /* bytes that hold the name of a file here */

struct claims {
    pthread_mutex_t lock;
    bool ready;              /* the lock has been made */
    char *path;              /* of the folder, for messages */
    int folder;              /* open, -1 none */
    int fd;                  /* our file, open, -1 none */
    char worker[CLAIM_NAME]; /* its name */
    struct origin origin;
    double expected; /* seconds a block takes */
    int64_t *held;
    int num_held, max_held;
    int64_t taken_over; /* stale claims of others, so far */
};

/* Makes our file in `folder` (DIR/claims, which is there), and clears away what processes that are gone for certain have left
 * of theirs. MILIEU_ERR_OUTPUT when it cannot be written or the file
 * system knows no hard links, MILIEU_ERR_MEMORY. claims_free is good after a failure too. All functions: any thread. */
int claims_init(struct claims *self, const char *folder, const struct origin *origin, double expected_seconds,
                struct error *err);

/* Takes a block that is free or whose claim is stale. *taken: false when another, or another thread of ours, has it.
 * MILIEU_ERR_OUTPUT when claims cannot be written at all. */
int claims_take(struct claims *self, int64_t block, bool *taken, struct error *err);

/* Gives a block back: done, or dropped. Nothing happens when it is not ours any more. */
void claims_release(struct claims *self, int64_t block);

/* Says that we live: every 5 s. A file that has vanished (a folder tidied up) is made anew. */
int claims_touch(struct claims *self, struct error *err);

/* Releases all, removes our file. Safe twice. */
void claims_free(struct claims *self);

/* A claim or a worker's file as a reader finds it. */
struct claim_state {
    struct origin origin;
    double expected; /* seconds */
    double age;      /* seconds since its last touch */
    bool stale;      /* its process is gone (same host), or it was not touched for max(60 s, 10 x expected) */
    int64_t blocks;  /* it holds */
};

/* Every worker's file in the folder, for `status` from any machine: `now` is the reader's clock, seconds since 1970
 * (it cannot touch anything). take: non-zero stops and is returned. A folder that is not there has none. */
int claims_list(const char *folder, double now, int (*take)(void *context, const struct claim_state *state),
                void *context, struct error *err);

#endif
