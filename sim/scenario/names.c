#include "names.h"

#include <string.h>

#include "../model/random.h"
#include "keys.h"

bool names_init(struct names *self, struct arena *arena, size_t most)
{
    size_t size = 8;
    while (size < 2 * most)
        size *= 2;
    *self = (struct names){ .size = size };
    self->name = arena_alloc(arena, size * sizeof *self->name);
    self->number = arena_alloc(arena, size * sizeof *self->number);
    return self->name != NULL && self->number != NULL;
}

/* Where the name is, or the free place where it would be. */
static size_t place_of(const struct names *self, const char *name)
{
    size_t i = (size_t)random_hash(name) & (self->size - 1);
    while (self->name[i] != NULL && strcmp(self->name[i], name) != 0)
        i = (i + 1) & (self->size - 1);
    return i;
}

int names_find(const struct names *self, const char *name)
{
    size_t i = place_of(self, name);
    return self->name[i] != NULL ? self->number[i] : -1;
}

void names_add(struct names *self, const char *name, int number)
{
    size_t i = place_of(self, name);
    self->name[i] = name;
    self->number[i] = number;
    self->count++;
}

const char *names_nearest(const struct names *self, const char *wanted)
{
    const char *nearest = NULL;
    int least = 0;
    for (size_t i = 0; i < self->size; i++) {
        int distance = self->name[i] != NULL ? key_distance(wanted, self->name[i]) : 0;
        if (self->name[i] == NULL || !key_is_near(wanted, distance))
            continue;
        if (nearest == NULL || distance < least || (distance == least && strcmp(self->name[i], nearest) < 0)) {
            nearest = self->name[i];
            least = distance;
        }
    }
    return nearest;
}
