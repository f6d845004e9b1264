/* The one file that knows MPI; compiled by `make MPI=1`, in place of alone.c. */
#include <mpi.h>
#include <stdlib.h>

#include "ranks.h"

/* Without a launcher MPI_Init would start a daemon of its own. */
static bool was_launched(void)
{
    static const char *const told[] = { "OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK" };
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (getenv(told[i]) != NULL)
            return true;
    return false;
}

int ranks_join(struct ranks *self, struct error *err)
{
    *self = (struct ranks){ 0, 1, false };
    if (!was_launched())
        return 0;
    if (MPI_Init(NULL, NULL) != MPI_SUCCESS)
        return error_set(err, MILIEU_ERR_RUN, "%s failed", "%s a échoué", "MPI_Init");
    self->joined = true;
    if (MPI_Comm_rank(MPI_COMM_WORLD, &self->rank) == MPI_SUCCESS &&
        MPI_Comm_size(MPI_COMM_WORLD, &self->count) == MPI_SUCCESS)
        return 0;
    return error_set(err, MILIEU_ERR_RUN, "%s failed", "%s a échoué", "MPI_Comm_rank");
}

int ranks_part(struct ranks *self, int64_t *stamp, struct error *err)
{
    if (!self->joined)
        return 0;
    self->joined = false;
    if (MPI_Bcast(stamp, 1, MPI_INT64_T, 0, MPI_COMM_WORLD) == MPI_SUCCESS && MPI_Finalize() == MPI_SUCCESS)
        return 0;
    return error_set(err, MILIEU_ERR_RUN, "%s failed", "%s a échoué", "MPI_Bcast");
}
