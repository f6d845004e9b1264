#include "library.h"

#include <libconfig.h>

#define TEXT_OF(x) #x
#define VERSION_OF(major, minor, revision) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(revision)

const char *scenario_library_version(void)
{
    return VERSION_OF(LIBCONFIG_VER_MAJOR, LIBCONFIG_VER_MINOR, LIBCONFIG_VER_REVISION);
}
