/* The processes of one sweep that a launcher started together: `mpirun milieu sweep ...`, `srun --mpi=pmix milieu sweep
 * ...`. mpi.c knows them (make MPI=1); else alone.c stands in its place, for which every process is alone.
 *
 * Rank 0 makes the study's folder and says so; from then on every rank is an ordinary worker on that folder, and none
 * needs another: MPI is left before the work begins. Blocks are claimed in the folder (claim.h) as by any processes that
 * share it, not handed out by rank 0, so that a rank that dies takes nothing with it but the batch at hand: under
 * `srun --mpi=pmix` the others then go on (a rank that dies inside MPI ends them all), under mpirun with
 * --enable-recovery. And rank 0 works like the others. */
#ifndef MILIEU_RANKS_H
#define MILIEU_RANKS_H

#include <stdbool.h>
#include <stdint.h>

#include "../model/error.h"

struct ranks {
    int rank, count; /* 0 of 1: alone */
    bool joined;     /* MPI was begun, and ranks_part is to be called */
};

/* Joins the others if a launcher has started us. First thing in a process, before there are threads; once.
 * MILIEU_ERR_RUN. */
int ranks_join(struct ranks *self, struct error *err);

/* Rank 0 gives the others *stamp, of the folder it has made; -1: there is nothing to work on. Then MPI is over for all.
 * Nothing happens when alone, or done before. MILIEU_ERR_RUN. */
int ranks_part(struct ranks *self, int64_t *stamp, struct error *err);

/* The stamp of a file: the same from every node that shares its disk, so that who finds another looks at another disk.
 * -1: it cannot be seen. */
int64_t ranks_stamp(const char *path);

#endif
