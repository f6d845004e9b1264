#include "sobol.h"

#include <stdlib.h>

#include "sampling.h"

/* Rows of the table one behind the other: s, a, m_1 .. m_s. */
static const uint16_t joe_kuo[] = {
#define X(s, a, ...) s, a, __VA_ARGS__,
#include "sobol.def"
#undef X
};

#define X(...) +1
_Static_assert(1 + (0
#include "sobol.def"
                    ) ==
                   SOBOL_MAX_DIMENSIONS,
               "a row for each dimension but the first");
#undef X

/* The first dimension: van der Corput's. */
static void set_first(uint32_t direction[SOBOL_BITS])
{
    for (int k = 0; k < SOBOL_BITS; k++)
        direction[k] = 1U << (SOBOL_BITS - 1 - k);
}

/* The recurrence of Bratley and Fox (1988), ACM Trans. Math. Softw. 14, 88-100, on numbers aligned at the left. */
static void set_directions(uint32_t direction[SOBOL_BITS], const uint16_t *row)
{
    int degree = row[0];
    uint32_t inner = row[1];
    for (int k = 0; k < SOBOL_BITS; k++) {
        if (k < degree) {
            direction[k] = (uint32_t)row[2 + k] << (SOBOL_BITS - 1 - k);
            continue;
        }
        direction[k] = direction[k - degree] ^ direction[k - degree] >> degree;
        for (int j = 1; j < degree; j++)
            if (inner >> (degree - 1 - j) & 1)
                direction[k] ^= direction[k - j];
    }
}

int sobol_init(struct sobol *self, int dimensions, struct error *err)
{
    const uint16_t *row = joe_kuo;
    *self = (struct sobol){ .dimensions = dimensions };
    self->direction = calloc((size_t)dimensions, sizeof *self->direction);
    if (self->direction == NULL)
        return error_set(err, MILIEU_ERR_MEMORY, "Sobol' points in %d dimensions", "points de Sobol' en %d dimensions",
                         dimensions);
    set_first(self->direction[0]);
    for (int d = 1; d < dimensions; d++) {
        set_directions(self->direction[d], row);
        row += 2 + row[0];
    }
    return 0;
}

void sobol_free(struct sobol *self)
{
    free(self->direction);
    *self = (struct sobol){ 0 };
}

uint32_t sobol_word(const struct sobol *self, uint32_t i, int dimension)
{
    const uint32_t *direction = self->direction[dimension];
    uint32_t word = 0;
    for (uint32_t gray = i ^ i >> 1; gray != 0; gray >>= 1)
        word ^= *direction++ & -(gray & 1);
    return word;
}

/* The digits of a word are a path down a binary tree, and each node turns its digit or not. Seven levels of a subtree
 * have 127 nodes: the 128 bits of one call of the generator, node k at bit k. */
uint32_t sobol_scramble(uint32_t word, uint32_t seed, int dimension)
{
    uint32_t scrambled = word, above = 0;
    for (int level = 0, node = 1; level < SOBOL_BITS; level += 7, node = 1) {
        struct words turn = sampling_words(seed, SAMPLING_SCRAMBLE, above, dimension, level);
        for (int shift = SOBOL_BITS - 1 - level; shift >= 0 && node < 128; shift--) {
            scrambled ^= (turn.w[node >> 5] >> (node & 31) & 1) << shift;
            node = node << 1 | (int)(word >> shift & 1);
        }
        above = word >> (SOBOL_BITS - 7 - level > 0 ? SOBOL_BITS - 7 - level : 0);
    }
    return scrambled;
}

double sobol_scrambled(const struct sobol *self, uint32_t seed, uint32_t i, int dimension)
{
    return random_uniform_of(sobol_scramble(sobol_word(self, i, dimension), seed, dimension));
}
