#include "launch.h"

#include <stdio.h>
#include <stdlib.h>

#include "command.h"

/* The manifest is made once and never written again. */
static int64_t stamp_of(const char *folder)
{
    char path[4096];
    if (folder == NULL || snprintf(path, sizeof path, "%s/manifest.json", folder) >= (int)sizeof path)
        return -1;
    return ranks_stamp(path);
}

int launch_begin(struct launch *self, const char *folder, struct error *err)
{
    int64_t stamp = -1;
    self->over = false;
    int ret = ranks_join(&self->ranks, err);
    if (ret != 0 || self->ranks.rank == 0)
        return ret;
    if ((ret = ranks_part(&self->ranks, &stamp, err)) != 0)
        return ret;
    self->over = stamp == -1;
    if (!self->over && stamp_of(folder) != stamp)
        return error_set_word(err, MILIEU_ERR_FOLDER, WORD_LAUNCH_OTHER_FOLDER, folder);
    return 0;
}

int launch_ready(struct launch *self, int ret, const char *folder, struct error *err)
{
    int64_t stamp = ret == 0 ? stamp_of(folder) : -1;
    if (self->ranks.rank != 0)
        return ret;
    int parted = ranks_part(&self->ranks, &stamp, ret == 0 ? err : NULL);
    return ret != 0 ? ret : parted;
}

bool launch_is_quiet(const struct launch *self)
{
    return self->ranks.rank != 0;
}

int launch_threads(const struct launch *self, const struct options *options)
{
    if (options->threads > 0)
        return options->threads;
    return self->ranks.count > 1 && getenv("SLURM_CPUS_PER_TASK") == NULL ? 1 : options_default_threads();
}
