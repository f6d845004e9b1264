#include "posterior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- room ---- */

void posterior_init(struct posterior *self, const struct targets *targets, int dimensions)
{
    *self = (struct posterior){ .targets = targets, .dimensions = dimensions };
}

static void free_mixture(struct mixture *mixture)
{
    free((void *)(uintptr_t)mixture->weight);
    free((void *)(uintptr_t)mixture->white);
    free((void *)(uintptr_t)mixture->step);
}

void posterior_free(struct posterior *self)
{
    for (int g = 0; g < self->num_parts; g++)
        free_mixture(&self->part[g].mixture);
    free(self->part);
    free(self->z);
    free(self->value);
    free(self->variance);
    free(self->distance);
    free(self->weight);
    free(self->wave);
    free(self->point);
    free(self->order);
    *self = (struct posterior){ 0 };
}

/* More room for `array`, which stays as it was where there is none. */
static bool grow(void *array, size_t size)
{
    void *had, *grown;
    memcpy(&had, array, sizeof had);
    grown = realloc(had, size);
    if (grown != NULL)
        memcpy(array, &grown, sizeof grown);
    return grown != NULL;
}

static bool make_room(struct posterior *self, int more)
{
    size_t n = (size_t)self->count + (size_t)more, d = (size_t)self->dimensions, t = (size_t)self->targets->count;
    return grow(&self->z, n * d * sizeof *self->z) && grow(&self->value, n * t * sizeof *self->value) &&
           grow(&self->variance, n * t * sizeof *self->variance) && grow(&self->distance, n * sizeof *self->distance) &&
           grow(&self->weight, n * sizeof *self->weight) && grow(&self->wave, n * sizeof *self->wave) &&
           grow(&self->point, n * sizeof *self->point) && grow(&self->order, n * sizeof *self->order);
}

/* ---- points ---- */

/* Point i of a wave, where it is inside the region. Is it? */
static bool add_point(struct posterior *self, const struct posterior_wave *wave, int i)
{
    size_t d = (size_t)self->dimensions, t = (size_t)self->targets->count, to = (size_t)self->count;
    const double *z = wave->z + (size_t)i * d, *value = wave->value + (size_t)i * t;
    const double *variance = wave->variance + (size_t)i * t;
    if (!place_allowed(&self->cut, z, self->dimensions))
        return false;
    self->distance[to] = targets_distance(self->targets, value, variance);
    memcpy(self->z + to * d, z, d * sizeof *z);
    memcpy(self->value + to * t, value, t * sizeof *value);
    memcpy(self->variance + to * t, variance, t * sizeof *variance);
    self->wave[to] = wave->wave;
    self->point[to] = i;
    self->count++;
    return true;
}

int posterior_add_prior(struct posterior *self, const struct posterior_wave *wave, struct error *err)
{
    if (!make_room(self, wave->points))
        return error_set_memory(err);
    for (int i = 0; i < wave->points; i++)
        self->from_prior += add_point(self, wave, i);
    return 0;
}

static void move_point(struct posterior *self, int from, int to)
{
    size_t d = (size_t)self->dimensions, t = (size_t)self->targets->count, row = (size_t)from, place = (size_t)to;
    memmove(self->z + place * d, self->z + row * d, d * sizeof *self->z);
    memmove(self->value + place * t, self->value + row * t, t * sizeof *self->value);
    memmove(self->variance + place * t, self->variance + row * t, t * sizeof *self->variance);
    self->distance[to] = self->distance[from];
    self->wave[to] = self->wave[from];
    self->point[to] = self->point[from];
}

void posterior_cut(struct posterior *self, const struct cut *cut)
{
    int kept = 0;
    for (int i = 0; i < self->count; i++)
        if (place_allowed(cut, self->z + (long)i * self->dimensions, self->dimensions))
            move_point(self, i, kept++);
    self->cut = *cut;
    self->count = self->from_prior = kept;
}

static const double *copy_of(const double *from, size_t count)
{
    double *copied = malloc(count * sizeof *copied);
    if (copied != NULL)
        memcpy(copied, from, count * sizeof *copied);
    return copied;
}

static int add_part(struct posterior *self, const struct abc *abc, struct error *err)
{
    size_t n = (size_t)abc->count, d = (size_t)self->dimensions;
    if (!grow(&self->part, ((size_t)self->num_parts + 1) * sizeof *self->part))
        return error_set_memory(err);
    struct posterior_part *part = &self->part[self->num_parts++];
    *part = (struct posterior_part){ .mixture = { self->dimensions, abc->count, copy_of(abc->weight, n),
                                                  copy_of(abc->white, n * d), copy_of(abc->step, d * d) },
                                     .inside = 1 };
    return part->mixture.weight != NULL && part->mixture.white != NULL && part->mixture.step != NULL
               ? 0
               : error_set_memory(err);
}

int posterior_add(struct posterior *self, const struct abc *abc, const struct posterior_wave *wave, struct error *err)
{
    if (abc->generation == 0)
        return posterior_add_prior(self, wave, err);
    int ret = add_part(self, abc, err);
    if (ret == 0 && !make_room(self, wave->points))
        ret = error_set_memory(err);
    for (int i = 0; ret == 0 && i < wave->points; i++)
        self->part[self->num_parts - 1].points += add_point(self, wave, i);
    return ret;
}

void posterior_tell(struct posterior *self, const struct abc *abc)
{
    if (self->num_parts > 0)
        self->part[self->num_parts - 1].inside = abc->inside / abc->prior_inside;
}

/* ---- less chance ---- */

/* What a quadratic of target j misses, beyond chance. */
static double missed(const struct posterior *self, const struct emulator *emulator, int j)
{
    double sum = 0, n = 0;
    for (int i = 0; i < self->count; i++) {
        double own = self->variance[(long)i * self->targets->count + j];
        sum += isfinite(own) ? own : 0;
        n += isfinite(own) != 0;
    }
    return fmax(0, emulator->target[j].fit.variance - sum / n);
}

static void smooth_target(struct posterior *self, const struct emulator *emulator, int j)
{
    double beyond = missed(self, emulator, j), both;
    for (int i = 0; i < self->count; i++) {
        double *value = &self->value[(long)i * self->targets->count + j];
        double *own = &self->variance[(long)i * self->targets->count + j];
        double said = emulator_predict(emulator, j, self->z + (long)i * self->dimensions, &both);
        double predicted = beyond + both - emulator->target[j].fit.variance; /* of the mean there, not of one value */
        if (!isfinite(*value) || !(*own > 0))
            continue;
        *value += (said - *value) * *own / (*own + predicted);
        *own *= predicted / (*own + predicted);
    }
}

int posterior_smooth(struct posterior *self, struct error *err)
{
    struct emulator emulator;
    int t = self->targets->count;
    int ret = emulator_init(&emulator, self->targets, self->dimensions, self->count, self->z, self->value, err);
    for (int j = 0; ret == 0 && j < t; j++)
        if (emulator.target[j].points > 0)
            smooth_target(self, &emulator, j);
    for (int i = 0; ret == 0 && i < self->count; i++)
        self->distance[i] = targets_distance(self->targets, self->value + (long)i * t, self->variance + (long)i * t);
    emulator_free(&emulator);
    return ret;
}

/* ---- weights ---- */

/* The density that point z was drawn from, all parts together, over the prior's. */
static double drawn_from(const struct posterior *self, const double *z)
{
    double all = self->from_prior, density = self->from_prior;
    for (int g = 0; g < self->num_parts; g++) {
        density += self->part[g].points / (mixture_ratio(&self->part[g].mixture, z) * self->part[g].inside);
        all += self->part[g].points;
    }
    return density / all;
}

int posterior_weigh(struct posterior *self, struct error *err)
{
    double sum = 0;
    for (int i = 0; i < self->count; i++) {
        self->weight[i] =
            exp(-self->distance[i] * self->distance[i] / 2) / drawn_from(self, self->z + (long)i * self->dimensions);
        sum += self->weight[i];
    }
    if (!(sum > 0))
        return error_set(err, MILIEU_ERR_RUN, "of %d points of the calibration none comes near the targets",
                         "sur %d points du calage, aucun n'approche des cibles", self->count);
    for (int i = 0; i < self->count; i++)
        self->weight[i] /= sum;
    return 0;
}

struct particles posterior_particles(const struct posterior *self)
{
    return (struct particles){ self->dimensions, self->count, self->z,        self->weight,
                               self->targets,    self->value, self->variance, self->order };
}
