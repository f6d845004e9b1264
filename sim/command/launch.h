/* Sweeps that a launcher (mpirun, srun) started together: before they work, the first of them makes the folder while
 * the others wait. What goes wrong then the first alone says, and ends with an exit status; the others end with 0, for
 * launchers stop everybody at the first that does not, and the message would be lost. */
#ifndef MILIEU_LAUNCH_H
#define MILIEU_LAUNCH_H

#include <stdbool.h>

#include "../study/ranks.h"
#include "options.h"

struct launch {
    struct ranks ranks;
    bool over; /* for this process, in good order */
};

/* First thing in the process. All but the first return when the first has made `folder`, or `over` when there is nothing
 * to work on. MILIEU_ERR_FOLDER when what they see there is another; MILIEU_ERR_RUN. */
int launch_begin(struct launch *self, const char *folder, struct error *err);

/* `ret`: what making the folder (NULL: there is to be none) gave. The first tells the others, and gives it back. May be
 * called again, and is to be called once at least. */
int launch_ready(struct launch *self, int ret, const char *folder, struct error *err);

/* All but the first: they say errors, and nothing else. */
bool launch_is_quiet(const struct launch *self);

/* As typed; else SLURM_CPUS_PER_TASK; else one for each of several, all cores for one alone. */
int launch_threads(const struct launch *self, const struct options *options);

#endif
