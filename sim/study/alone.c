#include "ranks.h"

int ranks_join(struct ranks *self, struct error *err)
{
    (void)err;
    *self = (struct ranks){ 0, 1, false };
    return 0;
}

int ranks_part(struct ranks *self, int64_t *stamp, struct error *err)
{
    (void)self, (void)stamp, (void)err;
    return 0;
}
