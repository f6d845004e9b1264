#include "vary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../scenario/value.h"
#include "sampler.h"

#define EDGE 0x1p-33 /* of u: a distribution may have no quantile at 0 and 1 */

static double between(const struct vary *v, double x)
{
    return x < v->low ? v->low : x > v->high ? v->high : x;
}

/* A share of the way along the range: its ends exactly. */
static double along(const struct vary *v, double share)
{
    double x;
    if (share <= 0 || share >= 1)
        return share <= 0 ? v->low : v->high;
    x = v->log ? v->low * exp(share * log(v->high / v->low)) : v->low + share * (v->high - v->low);
    return between(v, v->whole ? floor(x + 0.5) : x);
}

/* Every whole number of the range has its share: on the linear scale the same one. */
static double whole_at(const struct vary *v, double u)
{
    double end = v->high + 1;
    double x = v->log ? v->low * exp(u * log(end / v->low)) : v->low + u * (end - v->low);
    return between(v, floor(x));
}

static double choice(const struct vary *v, int k)
{
    return v->word != NULL ? k : v->value[k];
}

double vary_at(const struct vary *self, double u)
{
    switch (self->kind) {
    case VARY_RANGE:
        return self->whole ? whole_at(self, u) : along(self, u);
    case VARY_VALUES:
        return choice(self, sampler_choice(u, self->num_values));
    case VARY_DISTRIBUTION:
        return value_at(self->distribution, u < EDGE ? EDGE : u > 1 - EDGE ? 1 - EDGE : u);
    case VARY_FREE:
        break;
    }
    return u;
}

double vary_on_grid(const struct vary *self, double u, int levels)
{
    if (self->kind == VARY_DISTRIBUTION) /* it has no ends: the middle of each level's share */
        return vary_at(self, (u * (levels - 1) + 0.5) / levels);
    return self->kind == VARY_RANGE ? along(self, u) : vary_at(self, u); /* whole numbers too: equal steps */
}

int vary_num_levels(const struct vary *self)
{
    return self->kind == VARY_VALUES ? self->num_values : self->levels;
}

/* As people would write it: not 0.09999999999999999. */
static double tidied(const struct vary *v, double x)
{
    char text[VARY_NUMBER_SIZE];
    snprintf(text, sizeof text, "%.12g", x);
    return between(v, strtod(text, NULL));
}

static double range_level(const struct vary *v, double share)
{
    double x = along(v, share);
    return share > 0 && share < 1 ? tidied(v, x) : x;
}

double vary_work_out_level(const struct vary *self, int level)
{
    if (self->kind == VARY_VALUES)
        return choice(self, level);
    if (self->kind == VARY_RANGE)
        return range_level(self, (double)level / (self->levels - 1));
    return vary_at(self, (level + 0.5) / self->levels);
}

double vary_base(const struct vary *self)
{
    if (self->has_base)
        return self->base;
    return self->kind == VARY_VALUES  ? choice(self, 0)
           : self->kind == VARY_RANGE ? range_level(self, 0.5)
                                      : vary_at(self, 0.5);
}

double vary_lowest(const struct vary *self)
{
    double least = vary_at(self, 0);
    for (int i = 0; self->value != NULL && i < self->num_values; i++)
        least = fmin(least, self->value[i]);
    return least;
}

double vary_highest(const struct vary *self)
{
    double most = vary_at(self, 1);
    for (int i = 0; self->value != NULL && i < self->num_values; i++)
        most = fmax(most, self->value[i]);
    return most;
}

static bool reads_back(char *buffer, int digits, double value)
{
    snprintf(buffer, VARY_NUMBER_SIZE, "%.*g", digits, value);
    return strtod(buffer, NULL) == value;
}

/* 17 digits always do, and half of all numbers that were computed need them; 15 do for what people write. */
char *vary_number(char *buffer, double value)
{
    if (!reads_back(buffer, 16, value))
        snprintf(buffer, VARY_NUMBER_SIZE, "%.17g", value);
    else if (!reads_back(buffer, 15, value))
        snprintf(buffer, VARY_NUMBER_SIZE, "%.16g", value);
    return buffer;
}

const char *vary_text(const struct vary *self, double value, char *buffer)
{
    return self->word != NULL ? self->word[(int)value] : vary_number(buffer, value);
}

int vary_find_word(const struct vary *self, const char *word, size_t length)
{
    for (int i = 0; self->word != NULL && i < self->num_values; i++)
        if (strncmp(self->word[i], word, length) == 0 && self->word[i][length] == '\0')
            return i;
    return -1;
}
