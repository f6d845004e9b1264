#include "bank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- room ---- */

int bank_init(struct bank *self, int room, int dimensions, const struct targets *targets, struct error *err)
{
    size_t n = (size_t)room, t = (size_t)targets->count;
    *self = (struct bank){ .room = room, .dimensions = dimensions, .targets = targets };
    self->z = malloc(n * (size_t)dimensions * sizeof *self->z);
    self->value = malloc(n * t * sizeof *self->value);
    self->variance = malloc(n * t * sizeof *self->variance);
    self->weight = malloc(n * sizeof *self->weight);
    self->distance = malloc(n * sizeof *self->distance);
    self->posterior = malloc(n * sizeof *self->posterior);
    self->wave = malloc(n * sizeof *self->wave);
    self->point = malloc(n * sizeof *self->point);
    self->order = malloc(n * sizeof *self->order);
    return self->z != NULL && self->value != NULL && self->variance != NULL && self->weight != NULL &&
                   self->distance != NULL && self->posterior != NULL && self->wave != NULL && self->point != NULL &&
                   self->order != NULL
               ? 0
               : error_set_memory(err);
}

void bank_free(struct bank *self)
{
    for (int w = 0; w < self->waves; w++)
        mixture_free(&self->mixture[w]);
    free(self->z);
    free(self->value);
    free(self->variance);
    free(self->weight);
    free(self->distance);
    free(self->posterior);
    free(self->wave);
    free(self->point);
    free(self->order);
    *self = (struct bank){ 0 };
}

/* ---- points ---- */

static void add_point(struct bank *self, int i, const double *z, const double *value, const double *variance)
{
    size_t d = (size_t)self->dimensions, t = (size_t)self->targets->count, from = (size_t)i, to = (size_t)self->count;
    memcpy(self->z + to * d, z + from * d, d * sizeof *z);
    memcpy(self->value + to * t, value + from * t, t * sizeof *value);
    memcpy(self->variance + to * t, variance + from * t, t * sizeof *variance);
    self->wave[to] = self->waves;
    self->point[to] = i;
    self->count++;
}

int bank_add(struct bank *self, int points, const int *draws, const double *z, const double *value,
             const double *variance, const struct mixture *from, struct error *err)
{
    double found = 0, drawn = 0;
    for (int i = 0; i < points; i++) {
        drawn += draws[i] > 0 ? draws[i] : PLACE_TRIES;
        if (draws[i] == 0 || self->count == self->room)
            continue;
        add_point(self, i, z, value, variance);
        found++;
    }
    self->found[self->waves] = found;
    self->inside[self->waves] = found / drawn;
    int ret = mixture_copy(&self->mixture[self->waves], from, err);
    self->waves++;
    return ret;
}

/* ---- less chance ---- */

/* What is smoothed: points of the region, one after the other. */
struct smoothing {
    struct bank *bank;
    int count, *row;
    double *z, *value;
    const struct emulator *emulator;
};

static long cell(const struct smoothing *self, int i, int j)
{
    return (long)self->row[i] * self->bank->targets->count + j;
}

static int choose_rows(struct smoothing *self, const struct cut *cut, struct error *err)
{
    const struct bank *b = self->bank;
    size_t n = (size_t)b->count + 1, d = (size_t)b->dimensions, t = (size_t)b->targets->count;
    self->row = malloc(n * sizeof *self->row);
    self->z = malloc(n * d * sizeof *self->z);
    self->value = malloc(n * t * sizeof *self->value);
    if (self->row == NULL || self->z == NULL || self->value == NULL)
        return error_set_memory(err);
    for (int i = 0; i < b->count; i++) {
        if (!place_allowed(cut, b->z + (long)i * b->dimensions, b->dimensions))
            continue;
        memcpy(self->z + (size_t)self->count * d, b->z + (size_t)i * d, d * sizeof *self->z);
        memcpy(self->value + (size_t)self->count * t, b->value + (size_t)i * t, t * sizeof *self->value);
        self->row[self->count++] = i;
    }
    return 0;
}

/* What a quadratic of target j misses, beyond chance. */
static double missed(const struct smoothing *self, int j)
{
    double sum = 0, n = 0;
    for (int i = 0; i < self->count; i++) {
        double own = self->bank->variance[cell(self, i, j)];
        sum += isfinite(own) ? own : 0;
        n += isfinite(own) != 0;
    }
    return fmax(0, self->emulator->target[j].fit.variance - sum / n);
}

static void smooth_target(const struct smoothing *self, int j)
{
    double beyond = missed(self, j), of_one = self->emulator->target[j].fit.variance, both;
    for (int i = 0; i < self->count; i++) {
        double *value = &self->bank->value[cell(self, i, j)], *own = &self->bank->variance[cell(self, i, j)];
        double said = emulator_predict(self->emulator, j, self->z + (long)i * self->bank->dimensions, &both);
        double predicted = beyond + both - of_one; /* of the mean there, not of one value */
        if (!isfinite(*value) || !(*own > 0))
            continue;
        *value += (said - *value) * *own / (*own + predicted);
        *own *= predicted / (*own + predicted);
    }
}

int bank_smooth(struct bank *self, const struct cut *cut, struct error *err)
{
    struct emulator emulator = { 0 };
    struct smoothing s = { .bank = self, .emulator = &emulator };
    int ret = choose_rows(&s, cut, err);
    if (ret == 0 && s.count > 1)
        ret = emulator_init(&emulator, self->targets, self->dimensions, s.count, s.z, s.value, err);
    for (int j = 0; ret == 0 && s.count > 1 && j < self->targets->count; j++)
        if (emulator.target[j].points > 0)
            smooth_target(&s, j);
    emulator_free(&emulator);
    free(s.row);
    free(s.z);
    free(s.value);
    return ret;
}

/* ---- weights ---- */

/* How much denser wave w is at z, where it is allowed, than the prior. */
static double denser(const struct bank *self, int w, const double *z)
{
    double ratio = self->mixture[w].count > 0 ? mixture_ratio(&self->mixture[w], z) : 1;
    return 1 / (ratio * self->inside[w]);
}

static double prior_weight(const struct bank *self, const struct cut *cut, const double *z)
{
    double mixture = 0;
    for (int w = 0; w < self->waves; w++) {
        if (w > 0 && w <= cut->count && !emulator_allows(&cut->emulator[w - 1], z))
            break; /* nor does any later wave */
        if (self->found[w] > 0)
            mixture += self->found[w] * denser(self, w, z);
    }
    return self->count / mixture;
}

int bank_weigh(struct bank *self, const struct cut *cut, struct error *err)
{
    double sum = 0;
    int t = self->targets->count;
    for (int i = 0; i < self->count; i++) {
        double d = targets_distance(self->targets, self->value + (long)i * t, self->variance + (long)i * t);
        self->weight[i] = prior_weight(self, cut, self->z + (long)i * self->dimensions);
        self->distance[i] = d;
        self->posterior[i] = self->weight[i] * exp(-d * d / 2);
        sum += self->posterior[i];
    }
    if (!(sum > 0))
        return error_set(err, MILIEU_ERR_RUN, "of %d points of the calibration none comes near the targets",
                         "sur %d points du calage, aucun n'approche des cibles", self->count);
    for (int i = 0; i < self->count; i++)
        self->posterior[i] /= sum;
    return 0;
}

struct particles bank_particles(const struct bank *self)
{
    return (struct particles){ self->dimensions, self->count, self->z,        self->posterior,
                               self->targets,    self->value, self->variance, self->order };
}
