#include "abc.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- made and freed ----------------------------------------------------------------------------------------------- */

static int check_plan(const struct abc_plan *plan, struct error *err)
{
    if (plan->dimensions < 1 || plan->dimensions > EMULATOR_MAX_DIMENSIONS)
        return error_set(err, MILIEU_ERR_USAGE, "a calibration fits 1 to %d parameters, not %d",
                         "un calage ajuste 1 à %d paramètres, pas %d", EMULATOR_MAX_DIMENSIONS, plan->dimensions);
    if (plan->kept < plan->dimensions + 2 || plan->kept >= plan->particles)
        return error_set(err, MILIEU_ERR_USAGE,
                         "with %d parameters at least %d particles are kept, and fewer than there are: not %d of %d",
                         "avec %d paramètres, on garde au moins %d particules, et moins qu'il n'y en a : pas %d sur %d",
                         plan->dimensions, plan->dimensions + 2, plan->kept, plan->particles);
    if (plan->generations < 1 || !(plan->least_share >= 0 && plan->least_share <= 1) || plan->first_wave < 0)
        return error_set(err, MILIEU_ERR_USAGE,
                         "a calibration has at least 1 generation and stops at a share of 0 to 1, not %d and %g",
                         "un calage a au moins 1 génération et s'arrête à une part de 0 à 1, pas %d et %g",
                         plan->generations, plan->least_share);
    return 0;
}

static double *column(const struct abc *self, int width)
{
    return calloc((size_t)self->plan.particles * (size_t)width, sizeof(double));
}

static bool find_room(struct abc *self)
{
    size_t n = (size_t)self->plan.particles, d = (size_t)self->plan.dimensions;
    self->z = column(self, self->plan.dimensions);
    self->white = column(self, self->plan.dimensions);
    self->distance = column(self, 1);
    self->tolerance_at = column(self, 1);
    self->ratio = column(self, 1);
    self->weight = column(self, 1);
    self->value = column(self, self->plan.targets->count);
    self->variance = column(self, self->plan.targets->count);
    self->wave = calloc(n, sizeof *self->wave);
    self->point = calloc(n, sizeof *self->point);
    self->step = calloc(d * d, sizeof *self->step);
    self->order = calloc(n, sizeof *self->order);
    return self->z != NULL && self->white != NULL && self->distance != NULL && self->tolerance_at != NULL &&
           self->ratio != NULL && self->weight != NULL && self->value != NULL && self->variance != NULL &&
           self->wave != NULL && self->point != NULL && self->step != NULL && self->order != NULL;
}

int abc_init(struct abc *self, const struct abc_plan *plan, struct error *err)
{
    int ret;
    *self = (struct abc){ .plan = *plan, .tolerance = INFINITY, .share = 1, .prior_inside = 1, .inside = 1 };
    if ((ret = check_plan(plan, err)) != 0)
        return ret;
    gsl_set_error_handler_off(); /* results are looked at instead */
    return find_room(self) ? 0 : error_set_memory(err);
}

void abc_free(struct abc *self)
{
    free(self->z);
    free(self->white);
    free(self->distance);
    free(self->tolerance_at);
    free(self->ratio);
    free(self->weight);
    free(self->value);
    free(self->variance);
    free(self->wave);
    free(self->point);
    free(self->step);
    free(self->order);
    *self = (struct abc){ 0 };
}

/* ---- proposing ---------------------------------------------------------------------------------------------------- */

static struct place_luck luck_of(const struct abc *self, int i)
{
    return (struct place_luck){ self->plan.seed, self->plan.first_wave + self->generation, i };
}

int abc_proposals(const struct abc *self)
{
    int stay = self->count > self->plan.kept ? self->count : self->plan.kept;
    return self->generation == 0 ? self->plan.particles : self->plan.particles - stay;
}

/* The kept particle in whose share of the weights u falls. */
static int parent_of(const struct abc *self, double u)
{
    double sum = 0;
    int last = 0;
    for (int j = 0; j < self->count; j++) {
        sum += self->weight[j];
        if (u < sum)
            return j;
        if (self->weight[j] > 0)
            last = j;
    }
    return last;
}

static void step_from(const struct abc *self, struct place_luck luck, int attempt, double *z)
{
    int d = self->plan.dimensions, parent = parent_of(self, place_uniform(luck, PLACE_PARENT, attempt));
    double normal[EMULATOR_MAX_DIMENSIONS];
    place_normals(luck, PLACE_STEP, attempt, d, normal);
    for (int k = 0; k < d; k++) {
        z[k] = self->z[(long)parent * d + k];
        for (int l = 0; l <= k; l++)
            z[k] += self->step[(long)k * d + l] * normal[l];
    }
}

int abc_propose(const struct abc *self, int i, double *z)
{
    struct place_luck luck = luck_of(self, i);
    if (self->generation == 0)
        return place_prior(&self->plan.cut, luck, self->plan.dimensions, z);
    for (int attempt = 0; attempt < PLACE_TRIES; attempt++) { /* another parent too: what is cut is the mixture */
        step_from(self, luck, attempt, z);
        if (place_allowed(&self->plan.cut, z, self->plan.dimensions))
            return attempt + 1;
    }
    return 0;
}

/* ---- weights ------------------------------------------------------------------------------------------------------ */

struct mixture abc_mixture(const struct abc *self)
{
    return (struct mixture){ self->plan.dimensions, self->count, self->weight, self->white, self->step };
}

static double ratio_at(const struct abc *self, const double *z)
{
    const struct mixture mixture = abc_mixture(self);
    return mixture_ratio(&mixture, z);
}

/* ---- taking ------------------------------------------------------------------------------------------------------- */

static double tolerance_for(const struct abc *self, int i, double distance)
{
    double u = place_uniform(luck_of(self, i), PLACE_ERROR, 0);
    return self->plan.error == ABC_NORMAL ? distance / sqrt(-2 * log(u)) : distance;
}

/* Proposal i into row count + i. Returns how many draws it took. */
static int add_row(struct abc *self, int i, const double *value, const double *variance)
{
    const struct targets *targets = self->plan.targets;
    long row = self->count + i, d = self->plan.dimensions, t = targets->count;
    int draws = abc_propose(self, i, self->z + row * d);
    double distance = targets_distance(targets, value + i * t, variance + i * t);
    self->distance[row] = draws > 0 ? distance : INFINITY;
    self->tolerance_at[row] = tolerance_for(self, i, self->distance[row]);
    self->ratio[row] = self->generation == 0 ? 1 : ratio_at(self, self->z + row * d);
    self->wave[row] = self->plan.first_wave + self->generation;
    self->point[row] = i;
    memcpy(self->value + row * t, value + i * t, sizeof *value * (size_t)t);
    memcpy(self->variance + row * t, variance + i * t, sizeof *variance * (size_t)t);
    return draws;
}

static void add_generation(struct abc *self, const double *value, const double *variance)
{
    int n = abc_proposals(self), nearer = 0;
    double found = 0, draws = 0;
    for (int i = 0; i < n; i++) {
        int took = add_row(self, i, value, variance);
        found += took > 0;
        draws += took > 0 ? took : PLACE_TRIES;
        nearer += self->tolerance_at[self->count + i] < self->tolerance;
    }
    self->inside = found / draws;
    self->share = (double)nearer / n;
    if (self->generation == 0)
        self->prior_inside = self->inside;
    else
        for (int i = 0; i < n; i++)
            self->ratio[self->count + i] *= self->inside / self->prior_inside;
}

static double aim(const struct abc *self)
{
    return self->plan.error == ABC_NORMAL ? 1 : 0;
}

/* How many of the sorted rows to keep: K; all that are near enough once K are; never one that failed. */
static int how_many(const struct abc *self, int rows)
{
    int count = self->plan.kept;
    while (count > 0 && !isfinite(self->order[count - 1].x))
        count--;
    while (count >= self->plan.kept && count < rows && self->order[count].x <= aim(self))
        count++;
    return count;
}

static void move_row(struct abc *self, int from, int to)
{
    size_t d = (size_t)self->plan.dimensions, t = (size_t)self->plan.targets->count;
    size_t row = (size_t)from, place = (size_t)to;
    memmove(self->z + place * d, self->z + row * d, sizeof *self->z * d);
    memmove(self->value + place * t, self->value + row * t, sizeof *self->value * t);
    memmove(self->variance + place * t, self->variance + row * t, sizeof *self->variance * t);
    self->distance[to] = self->distance[from];
    self->tolerance_at[to] = self->tolerance_at[from];
    self->ratio[to] = self->ratio[from];
    self->wave[to] = self->wave[from];
    self->point[to] = self->point[from];
}

/* Keeps the nearest, in the order of their making. */
static void keep_nearest(struct abc *self, int rows)
{
    struct weighted_item last;
    int to = 0, count;
    for (int i = 0; i < rows; i++)
        self->order[i] = (struct weighted_item){ self->tolerance_at[i], 1, i };
    weighted_sort(self->order, rows);
    count = how_many(self, rows);
    last = count > 0 ? self->order[count - 1] : (struct weighted_item){ -1, 1, -1 };
    for (int i = 0; i < rows; i++) {
        double x = self->tolerance_at[i];
        if (x < last.x || (x == last.x && i <= last.index))
            move_row(self, i, to++);
    }
    self->count = count;
    self->tolerance = count < self->plan.kept ? INFINITY : fmax(last.x, aim(self));
}

static void set_weights(struct abc *self)
{
    double sum = 0;
    for (int i = 0; i < self->count; i++)
        sum += self->ratio[i];
    for (int i = 0; i < self->count; i++)
        self->weight[i] = self->ratio[i] / sum;
}

static struct weighted parameter(const struct abc *self, int k)
{
    return (struct weighted){ self->z + k, self->weight, self->count, self->plan.dimensions };
}

/* Twice the weighted covariance; where that is none for want of different particles, its diagonal. */
static void set_step(struct abc *self)
{
    const double least = 1e-12;
    int d = self->plan.dimensions;
    gsl_matrix_view step = gsl_matrix_view_array(self->step, (size_t)d, (size_t)d);
    for (int k = 0; k < d; k++)
        for (int l = 0; l < d; l++) {
            struct weighted x = parameter(self, k), y = parameter(self, l);
            self->step[(long)k * d + l] = 2 * weighted_covariance(&x, &y);
        }
    if (gsl_linalg_cholesky_decomp1(&step.matrix) == 0)
        return;
    for (int k = 0; k < d; k++) {
        struct weighted x = parameter(self, k);
        memset(self->step + (long)k * d, 0, sizeof *self->step * (size_t)d);
        self->step[(long)k * d + k] = sqrt(fmax(2 * weighted_covariance(&x, &x), least));
    }
}

int abc_take(struct abc *self, const double *value, const double *variance, struct error *err)
{
    int n = abc_proposals(self), d = self->plan.dimensions;
    if (n == 0)
        return 0;
    add_generation(self, value, variance);
    keep_nearest(self, self->count + n);
    if (self->count < d + 2 && self->inside <= 0)
        return error_set(err, MILIEU_ERR_RUN, "of %d places drawn from the prior none is plausible",
                         "sur %d endroits tirés a priori, aucun n'est plausible", n * (int)PLACE_TRIES);
    if (self->count < d + 2)
        return error_set(err, MILIEU_ERR_RUN,
                         "of %d points of the calibration %d have every value that is fitted; at least %d are needed",
                         "sur %d points du calage, %d ont toutes les valeurs à ajuster ; il en faut au moins %d", n,
                         self->count, d + 2);
    set_weights(self);
    set_step(self);
    const struct mixture mixture = abc_mixture(self);
    for (int j = 0; j < self->count; j++)
        mixture_whiten(&mixture, self->z + (long)j * d, self->white + (long)j * d);
    self->generation++;
    return 0;
}

enum abc_end abc_done(const struct abc *self)
{
    if (self->generation == 0)
        return ABC_GOES_ON;
    if (self->tolerance <= aim(self))
        return ABC_REACHED;
    if (self->share < self->plan.least_share)
        return ABC_FEW_GET_IN;
    return self->generation >= self->plan.generations ? ABC_LAST : ABC_GOES_ON;
}

/* ---- what came out ------------------------------------------------------------------------------------------------ */

struct particles abc_particles(const struct abc *self)
{
    return (struct particles){ self->plan.dimensions, self->count, self->z,        self->weight,
                               self->plan.targets,    self->value, self->variance, self->order };
}
