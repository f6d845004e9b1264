#include "place.h"

#include <math.h>

static struct words words_of(struct place_luck luck, enum place_use use, int attempt, int four)
{
    uint64_t entity = (uint64_t)(uint32_t)attempt << 32 | (uint32_t)luck.point;
    return random_words((struct luck){ luck.seed, (uint32_t)luck.wave }, entity, four, STREAM_CALIBRATE, (uint32_t)use);
}

double place_uniform(struct place_luck luck, enum place_use use, int attempt)
{
    return random_uniform_of(words_of(luck, use, attempt, 0).w[0]);
}

void place_normals(struct place_luck luck, enum place_use use, int attempt, int dimensions, double *z)
{
    for (int k = 0; k < dimensions; k += 4) {
        struct words words = words_of(luck, use, attempt, k / 4);
        for (int b = 0; b < 4 && k + b < dimensions; b++)
            z[k + b] = random_normal_of(random_uniform_of(words.w[b]));
    }
}

bool place_allowed(const struct cut *cut, const double *z, int dimensions)
{
    for (int k = 0; k < dimensions; k++)
        if (!(fabs(z[k]) <= PLACE_FARTHEST))
            return false;
    for (int e = cut->count - 1; e >= 0; e--) /* the last knows most */
        if (!emulator_allows(&cut->emulator[e], z))
            return false;
    return true;
}

int place_prior(const struct cut *cut, struct place_luck luck, int dimensions, double *z)
{
    for (int attempt = 0; attempt < PLACE_TRIES; attempt++) {
        place_normals(luck, PLACE_PRIOR, attempt, dimensions, z);
        if (place_allowed(cut, z, dimensions))
            return attempt + 1;
    }
    return 0;
}
