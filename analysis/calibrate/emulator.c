#include "emulator.h"

#include <math.h>
#include <stdlib.h>

void emulator_terms(int dimensions, const double *z, double *term)
{
    for (int k = 0; k < dimensions; k++)
        *term++ = z[k];
    for (int k = 0; k < dimensions; k++) {
        *term++ = (z[k] * z[k] - 1) * 0.70710678118654752440;
        for (int l = k + 1; l < dimensions; l++)
            *term++ = z[k] * z[l];
    }
}

/* ---- fitting ------------------------------------------------------------------------------------------------------ */

/* What is fitted: values at places, and room to work in. */
struct lesson {
    int points;
    const double *z, *value;
    double *x, *y, *work; /* [points][terms], [points], [points] */
};

static double value_at(const struct emulator *self, const struct lesson *lesson, int i, int j)
{
    return lesson->value[(long)i * self->targets->count + j];
}

static int count_values(const struct emulator *self, const struct lesson *lesson, int j)
{
    int n = 0;
    for (int i = 0; i < lesson->points; i++)
        n += isfinite(value_at(self, lesson, i, j)) != 0;
    return n;
}

static bool same_points(const struct emulator *self, const struct lesson *lesson, int j, int other)
{
    for (int i = 0; i < lesson->points; i++)
        if (isfinite(value_at(self, lesson, i, j)) != isfinite(value_at(self, lesson, i, other)))
            return false;
    return true;
}

static int new_design(struct emulator *self, const struct lesson *lesson, int j, struct error *err)
{
    int n = 0;
    for (int i = 0; i < lesson->points; i++)
        if (isfinite(value_at(self, lesson, i, j)))
            emulator_terms(self->dimensions, lesson->z + (long)i * self->dimensions,
                           lesson->x + (long)n++ * self->terms);
    return ridge_design_init(&self->design[self->num_designs++], lesson->x, n, self->terms, err);
}

/* The design of an earlier target that exists at the same points, or a new one. */
static int find_design(struct emulator *self, const struct lesson *lesson, int j, struct error *err)
{
    for (int other = 0; other < j; other++)
        if (self->target[other].points > 0 && same_points(self, lesson, j, other)) {
            self->target[j].design = self->target[other].design;
            return 0;
        }
    self->target[j].design = self->num_designs;
    return new_design(self, lesson, j, err);
}

static int fit_target(struct emulator *self, const struct lesson *lesson, int j, struct error *err)
{
    struct emulator_target *target = &self->target[j];
    int ret, n = 0, points = count_values(self, lesson, j);
    if (points < 2 * (self->dimensions + 1))
        return 0;
    if ((ret = find_design(self, lesson, j, err)) != 0)
        return ret;
    target->points = points;
    target->fit.slope = calloc((size_t)self->terms, sizeof *target->fit.slope);
    if (target->fit.slope == NULL)
        return error_set_memory(err);
    for (int i = 0; i < lesson->points; i++)
        if (isfinite(value_at(self, lesson, i, j)))
            lesson->y[n++] = value_at(self, lesson, i, j);
    ridge_fit(&self->design[target->design], lesson->y, &target->fit, lesson->work);
    return 0;
}

static int fit_all(struct emulator *self, const struct lesson *lesson, struct error *err)
{
    int ret = 0;
    if (self->target == NULL || self->design == NULL || lesson->x == NULL || lesson->y == NULL || lesson->work == NULL)
        return error_set_memory(err);
    for (int j = 0; ret == 0 && j < self->targets->count; j++)
        ret = fit_target(self, lesson, j, err);
    return ret;
}

int emulator_init(struct emulator *self, const struct targets *targets, int dimensions, int points, const double *z,
                  const double *value, struct error *err)
{
    struct lesson lesson = { .points = points, .z = z, .value = value };
    int ret;
    *self = (struct emulator){ .targets = targets, .dimensions = dimensions };
    if (dimensions < 1 || dimensions > EMULATOR_MAX_DIMENSIONS)
        return error_set(err, MILIEU_ERR_USAGE, "a calibration fits 1 to %d parameters, not %d",
                         "un calage ajuste 1 à %d paramètres, pas %d", EMULATOR_MAX_DIMENSIONS, dimensions);
    self->terms = dimensions * (dimensions + 3) / 2;
    self->target = calloc((size_t)targets->count, sizeof *self->target);
    self->design = calloc((size_t)targets->count, sizeof *self->design);
    lesson.x = calloc((size_t)points * (size_t)self->terms, sizeof *lesson.x);
    lesson.y = calloc((size_t)points, sizeof *lesson.y);
    lesson.work = calloc((size_t)points, sizeof *lesson.work);
    ret = fit_all(self, &lesson, err);
    free(lesson.x);
    free(lesson.y);
    free(lesson.work);
    return ret;
}

void emulator_free(struct emulator *self)
{
    for (int j = 0; self->target != NULL && j < self->targets->count; j++)
        free(self->target[j].fit.slope);
    for (int k = 0; self->design != NULL && k < self->num_designs; k++)
        ridge_design_free(&self->design[k]);
    free(self->target);
    free(self->design);
    *self = (struct emulator){ 0 };
}

/* ---- asking ------------------------------------------------------------------------------------------------------- */

/* |e| of a fitted target at a place; `exact`: with the leverage, else as if there were none, which is never smaller. */
static double off_target(const struct emulator *self, int j, const double *term, bool exact)
{
    const struct emulator_target *target = &self->target[j];
    const struct ridge_design *design = &self->design[target->design];
    double leverage = exact ? ridge_leverage(design, &target->fit, term) : 0;
    return fabs(targets_deviation(self->targets, j, ridge_predict(design, &target->fit, term),
                                  target->fit.variance * (1 + leverage)));
}

static bool has_a_say(const struct emulator *self, int j)
{
    return targets_is_fitted(self->targets, j) && self->target[j].points > 0;
}

double emulator_predict(const struct emulator *self, int j, const double *z, double *variance)
{
    const struct emulator_target *target = &self->target[j];
    double term[EMULATOR_MAX_TERMS];
    *variance = INFINITY;
    if (target->points == 0)
        return NAN;
    emulator_terms(self->dimensions, z, term);
    *variance = target->fit.variance * (1 + ridge_leverage(&self->design[target->design], &target->fit, term));
    return ridge_predict(&self->design[target->design], &target->fit, term);
}

double emulator_implausibility(const struct emulator *self, const double *z)
{
    double term[EMULATOR_MAX_TERMS], most = 0;
    emulator_terms(self->dimensions, z, term);
    for (int j = 0; j < self->targets->count; j++)
        if (has_a_say(self, j))
            most = fmax(most, off_target(self, j, term, true));
    return most;
}

bool emulator_allows(const struct emulator *self, const double *z)
{
    double term[EMULATOR_MAX_TERMS];
    emulator_terms(self->dimensions, z, term);
    for (int j = 0; j < self->targets->count; j++)
        if (has_a_say(self, j) && off_target(self, j, term, false) > EMULATOR_IMPLAUSIBLE &&
            off_target(self, j, term, true) > EMULATOR_IMPLAUSIBLE)
            return false;
    return true;
}
