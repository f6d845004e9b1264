#include "ranks.h"

#include <sys/stat.h>

int64_t ranks_stamp(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (int64_t)status.st_mtime : -1;
}
