/* Where an output goes: a temporary file beside its target, given its name only when it is whole. POSIX alone.
 *
 *   target_begin    checks, and makes `<target>.part`
 *   target_commit   to the disk, then to its name
 *   target_drop     removes what target_begin made; after a commit it only frees */
#ifndef MILIEU_TARGET_H
#define MILIEU_TARGET_H

#include <stdbool.h>
#include <sys/types.h>

#include "../model/error.h"

struct target {
    char *path;   /* as the user named it */
    char *final;  /* its target where it is a link, else the same */
    char *part;   /* final + ".part" */
    int fd;       /* of the temporary file, -1 = none */
    dev_t device; /* of the temporary file: is it still ours? */
    ino_t inode;
};

/* `path` must be new or a regular file that may be written, none of the inputs; likewise the temporary file. Returns 0,
 * MILIEU_ERR_OUTPUT or MILIEU_ERR_MEMORY (nothing was made then, and target_drop is still safe). */
int target_begin(struct target *self, const char *path, const char *const *inputs, int num_inputs, struct error *err);

/* To the disk, then rename. MILIEU_ERR_OUTPUT when either fails: the target is as it was then. */
int target_commit(struct target *self, struct error *err);

void target_drop(struct target *self);

#endif
