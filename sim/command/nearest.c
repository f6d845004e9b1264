#include "nearest.h"

#include "../scenario/keys.h"

const char *nearest_name(const char *typed, const char *const names[], size_t count)
{
    const char *nearest = NULL;
    int least = 0;
    for (size_t i = 0; i < count; i++) {
        int distance = key_distance(typed, names[i]);
        if (key_is_near(typed, distance) && (nearest == NULL || distance < least)) {
            nearest = names[i];
            least = distance;
        }
    }
    return nearest;
}
