#include "ridge.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NO_DIRECTION 1e-10 /* of the largest singular value: below, rounding */

static double *room(int rows, int columns)
{
    return calloc((size_t)rows * (size_t)columns, sizeof(double));
}

static void centre_columns(struct ridge_design *self, double *x)
{
    for (int c = 0; c < self->columns; c++) {
        double sum = 0;
        for (int i = 0; i < self->points; i++)
            sum += x[(long)i * self->columns + c];
        self->centre[c] = sum / self->points;
        for (int i = 0; i < self->points; i++)
            x[(long)i * self->columns + c] -= self->centre[c];
    }
}

static void transpose(const double *x, int rows, int columns, double *out)
{
    for (int i = 0; i < rows; i++)
        for (int c = 0; c < columns; c++)
            out[(long)c * rows + i] = x[(long)i * columns + c];
}

/* tall x wide, tall >= wide: A becomes its left vectors. */
static int decompose(double *a, int tall, int wide, double *singular, double *v)
{
    gsl_matrix_view left = gsl_matrix_view_array(a, (size_t)tall, (size_t)wide);
    gsl_matrix_view right = gsl_matrix_view_array(v, (size_t)wide, (size_t)wide);
    gsl_vector_view values = gsl_vector_view_array(singular, (size_t)wide);
    double *bytes = room(wide, 1);
    int status = GSL_ENOMEM;
    if (bytes != NULL) {
        gsl_vector_view work = gsl_vector_view_array(bytes, (size_t)wide);
        status = gsl_linalg_SV_decomp(&left.matrix, &right.matrix, &values.vector, &work.vector);
    }
    free(bytes);
    return status;
}

/* GSL wants no fewer rows than columns: with fewer points the transpose is decomposed, and left and right change places. */
static int decompose_either(struct ridge_design *self, const double *x)
{
    if (self->points >= self->columns) {
        memcpy(self->left, x, sizeof *x * (size_t)self->points * (size_t)self->columns);
        return decompose(self->left, self->points, self->columns, self->singular, self->right);
    }
    transpose(x, self->points, self->columns, self->right);
    return decompose(self->right, self->columns, self->points, self->singular, self->left);
}

int ridge_design_init(struct ridge_design *self, double *x, int points, int columns, struct error *err)
{
    int rank = points < columns ? points : columns, status;
    *self = (struct ridge_design){ .points = points, .columns = columns, .rank = rank };
    gsl_set_error_handler_off(); /* results are looked at instead */
    self->centre = room(columns, 1);
    self->singular = room(rank, 1);
    self->left = room(points, rank);
    self->right = room(columns, rank);
    if (self->centre == NULL || self->singular == NULL || self->left == NULL || self->right == NULL)
        return error_set_memory(err);
    centre_columns(self, x);
    status = decompose_either(self, x);
    if (status == GSL_ENOMEM)
        return error_set_memory(err);
    if (status != 0)
        return error_set(err, MILIEU_ERR_RUN, "emulator: the singular values of %d points x %d terms do not settle",
                         "émulateur : les valeurs singulières de %d points x %d termes ne se stabilisent pas", points,
                         columns);
    self->full =
        points >= columns + 1 + RIDGE_FEWEST_FREE && self->singular[rank - 1] > NO_DIRECTION * self->singular[0];
    return 0;
}

void ridge_design_free(struct ridge_design *self)
{
    free(self->centre);
    free(self->singular);
    free(self->left);
    free(self->right);
    *self = (struct ridge_design){ 0 };
}

/* s^2 / (s^2 + lambda); a direction that no point took has none. */
static double kept(const struct ridge_design *self, int k, double lambda)
{
    double s = self->singular[k];
    return s > NO_DIRECTION * self->singular[0] ? s * s / (s * s + lambda) : 0;
}

static double mean_of(const double *y, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += y[i];
    return sum / count;
}

/* What direction k has of y. */
static double along(const struct ridge_design *self, const double *y, double mean, int k)
{
    double sum = 0;
    for (int i = 0; i < self->points; i++)
        sum += self->left[(long)i * self->rank + k] * (y[i] - mean);
    return sum;
}

static double leverage_of_point(const struct ridge_design *self, int i, double lambda)
{
    double h = 1.0 / self->points;
    for (int k = 0; k < self->rank; k++) {
        double l = self->left[(long)i * self->rank + k];
        h += l * l * kept(self, k, lambda);
    }
    return h;
}

/* Degrees of freedom that a fit leaves. */
static double free_with(const struct ridge_design *self, double lambda)
{
    double left = self->points - 1;
    for (int k = 0; k < self->rank; k++)
        left -= kept(self, k, lambda);
    return left;
}

static void residuals(const struct ridge_design *self, const double *y, double lambda, double *residual)
{
    double mean = mean_of(y, self->points);
    for (int i = 0; i < self->points; i++)
        residual[i] = y[i] - mean;
    for (int k = 0; k < self->rank; k++) {
        double part = kept(self, k, lambda) * along(self, y, mean, k);
        for (int i = 0; i < self->points; i++)
            residual[i] -= part * self->left[(long)i * self->rank + k];
    }
}

double ridge_leave_out(const struct ridge_design *self, const double *y, double lambda, double *error)
{
    const double nothing_left = 1e-9;
    double sum = 0;
    residuals(self, y, lambda, error);
    for (int i = 0; i < self->points; i++) {
        double rest = 1 - leverage_of_point(self, i, lambda);
        error[i] = rest > nothing_left ? error[i] / rest : INFINITY;
        sum += error[i] * error[i];
    }
    return sum;
}

/* The grid: 0, and powers of ten, a point: the columns are of size 1. */
enum { FIRST_POWER = -6, LAST_POWER = 1, TRIED = LAST_POWER - FIRST_POWER + 2 };

static double lambda_of(const struct ridge_design *self, int t)
{
    return t == 0 ? 0 : self->points * pow(10, FIRST_POWER + t - 1);
}

/* The last of the grid is always allowed. */
static bool leaves_enough(const struct ridge_design *self, int t)
{
    return t == TRIED - 1 || ((t > 0 || self->full) && free_with(self, lambda_of(self, t)) >= RIDGE_FEWEST_FREE);
}

static double choose_lambda(const struct ridge_design *self, const double *y, double *work)
{
    double best = lambda_of(self, TRIED - 1), least = INFINITY;
    for (int t = 0; t < TRIED; t++) {
        double sum = leaves_enough(self, t) ? ridge_leave_out(self, y, lambda_of(self, t), work) : INFINITY;
        if (sum < least) {
            least = sum;
            best = lambda_of(self, t);
        }
    }
    return best;
}

static void set_slope(const struct ridge_design *self, const double *y, struct ridge_fit *fit)
{
    memset(fit->slope, 0, sizeof *fit->slope * (size_t)self->columns);
    for (int k = 0; k < self->rank; k++) {
        double share = kept(self, k, fit->lambda), part;
        if (share <= 0)
            continue;
        part = share / self->singular[k] * along(self, y, fit->intercept, k);
        for (int c = 0; c < self->columns; c++)
            fit->slope[c] += part * self->right[(long)c * self->rank + k];
    }
}

void ridge_fit(const struct ridge_design *self, const double *y, struct ridge_fit *fit, double *work)
{
    double n = self->points, left_out, of_means = 0, left;
    fit->intercept = mean_of(y, self->points);
    fit->lambda = choose_lambda(self, y, work);
    left_out = ridge_leave_out(self, y, fit->lambda, work);
    left = fmax(free_with(self, fit->lambda), RIDGE_FEWEST_FREE);
    fit->variance = 0;
    for (int i = 0; i < self->points; i++) {
        double off = (y[i] - fit->intercept) * n / (n - 1); /* from the mean of the others */
        of_means += off * off;
        fit->variance += work[i] * work[i] * (1 - leverage_of_point(self, i, fit->lambda)) / n * left / (left - 2);
    }
    fit->r2 = of_means > 0 ? 1 - left_out / of_means : NAN;
    set_slope(self, y, fit);
}

double ridge_predict(const struct ridge_design *self, const struct ridge_fit *fit, const double *x)
{
    double sum = fit->intercept;
    for (int c = 0; c < self->columns; c++)
        sum += fit->slope[c] * (x[c] - self->centre[c]);
    return sum;
}

double ridge_leverage(const struct ridge_design *self, const struct ridge_fit *fit, const double *x)
{
    double leverage = 1.0 / self->points, unseen = 0;
    for (int c = 0; c < self->columns; c++)
        unseen += (x[c] - self->centre[c]) * (x[c] - self->centre[c]);
    for (int k = 0; k < self->rank; k++) {
        double s = self->singular[k], share = kept(self, k, fit->lambda), along_k = 0;
        if (share <= 0)
            continue;
        for (int c = 0; c < self->columns; c++)
            along_k += self->right[(long)c * self->rank + k] * (x[c] - self->centre[c]);
        leverage += along_k * along_k * share / (s * s);
        unseen -= along_k * along_k;
    }
    return fit->lambda > 0 && unseen > 0 ? leverage + unseen / fit->lambda : leverage;
}
