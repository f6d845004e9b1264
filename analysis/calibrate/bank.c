#include "bank.h"

#include <stdlib.h>
#include <string.h>

int bank_init(struct bank *self, int room, int dimensions, int targets, struct error *err)
{
    size_t n = (size_t)room;
    *self = (struct bank){ .room = room, .dimensions = dimensions, .targets = targets };
    self->z = malloc(n * (size_t)dimensions * sizeof *self->z);
    self->value = malloc(n * (size_t)targets * sizeof *self->value);
    self->variance = malloc(n * (size_t)targets * sizeof *self->variance);
    self->weight = malloc(n * sizeof *self->weight);
    if (self->z == NULL || self->value == NULL || self->variance == NULL || self->weight == NULL)
        return error_set_memory(err);
    return 0;
}

void bank_free(struct bank *self)
{
    free(self->z);
    free(self->value);
    free(self->variance);
    free(self->weight);
    *self = (struct bank){ 0 };
}

void bank_add(struct bank *self, int points, const int *draws, const double *z, const double *value,
              const double *variance)
{
    size_t d = (size_t)self->dimensions, t = (size_t)self->targets;
    double found = 0, drawn = 0;
    for (int i = 0; i < points; i++) {
        size_t from = (size_t)i, to = (size_t)self->count;
        drawn += draws[i] > 0 ? draws[i] : PLACE_TRIES;
        if (draws[i] == 0 || self->count == self->room)
            continue;
        memcpy(self->z + to * d, z + from * d, d * sizeof *z);
        memcpy(self->value + to * t, value + from * t, t * sizeof *value);
        memcpy(self->variance + to * t, variance + from * t, t * sizeof *variance);
        self->count++;
        found++;
    }
    self->found[self->waves] = found;
    self->inside[self->waves++] = found / drawn;
}

/* How much denser wave w is at z, where it is allowed, than the prior. */
static double denser(const struct bank *self, int w, int history, const struct posterior_part *part, const double *z)
{
    double ratio = w > history ? mixture_ratio(&part[w - history - 1].mixture, z) : 1;
    return 1 / (ratio * self->inside[w]);
}

void bank_weigh(struct bank *self, const struct cut *cut, const struct posterior_part *part)
{
    for (int i = 0; i < self->count; i++) {
        const double *z = self->z + (long)i * self->dimensions;
        double mixture = 0;
        for (int w = 0; w < self->waves; w++) {
            if (w > 0 && w <= cut->count && !emulator_allows(&cut->emulator[w - 1], z))
                break; /* nor does any later wave */
            if (self->found[w] > 0)
                mixture += self->found[w] * denser(self, w, cut->count, part, z);
        }
        self->weight[i] = self->count / mixture;
    }
}
