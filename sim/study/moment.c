#include "moment.h"

#include <stdio.h>
#include <time.h>

char *moment_text(int64_t time_us, char out[MOMENT_TEXT])
{
    const int64_t second = 1000000;
    struct tm utc;
    time_t seconds = (time_t)(time_us / second - (time_us % second < 0));
    if (gmtime_r(&seconds, &utc) == NULL || strftime(out, MOMENT_TEXT, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        snprintf(out, MOMENT_TEXT, "-");
    return out;
}
