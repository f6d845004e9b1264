/* Ridge regression of values on columns, with the ridge chosen by leaving points out one by one.
 *
 *   minimise   sum (y - b0 - x'b)^2 + lambda |b|^2        the intercept b0 is not shrunk
 *
 * By the singular values of the centred columns, X = L S R' (Golub, Heath, Wahba 1979, Technometrics 21, 215-223):
 *
 *   b            R (S / (S^2 + lambda)) L'y
 *   h_i          1/n + sum_k L_ik^2 s_k^2 / (s_k^2 + lambda)          leverage of point i
 *   left out     (y_i - fit_i) / (1 - h_i)                           exactly the error at i of a fit without i
 *   free         n - sum of h_i
 *   sigma^2      mean of (y_i - fit_i)^2 / (1 - h_i), times free / (free - 2)
 *
 * The mean makes the errors of points left out, each over its own predicted SD sigma / sqrt(1 - h_i), as large as they
 * should be; without a ridge it is unbiased. Its factor is the variance of Student's t: sigma itself is uncertain where
 * little is left free. Read as Bayes does, b ~ N(0, sigma^2 / lambda), and the variance of a prediction counts what
 * points never showed: with fewer points than columns it stays as wide as that prior.
 *
 * Of the lambdas that leave at least RIDGE_FEWEST_FREE free, the one whose errors at points left out are smallest: with
 * about as many points as columns the best of all may be a curve through every point, which believes itself exact. */
#ifndef MILIEU_RIDGE_H
#define MILIEU_RIDGE_H

#include <stdbool.h>

#include "../../sim/model/error.h"

enum { RIDGE_FEWEST_FREE = 5 };

/* The columns at n points, decomposed. rank = min(n, columns). */
struct ridge_design {
    int points, columns, rank;
    bool full;        /* without a ridge enough is left free, and no column is a sum of others: lambda may be 0 */
    double *centre;   /* [columns] */
    double *singular; /* [rank] */
    double *left;     /* L, [points][rank] */
    double *right;    /* R, [columns][rank] */
};

struct ridge_fit {
    double intercept; /* at the centre of the columns: the mean of y */
    double lambda;
    double variance; /* sigma^2 */
    double r2; /* of points left out: 1 - sum of squared errors / that of the mean without them; NaN: y is constant */
    double *slope; /* [columns] */
};

/* `x`: [points][columns], finite; put out of shape. points >= 2, columns >= 1. MILIEU_ERR_MEMORY; MILIEU_ERR_RUN when the
 * decomposition does not settle. ridge_design_free is safe after a failure, and twice. */
int ridge_design_init(struct ridge_design *self, double *x, int points, int columns, struct error *err);
void ridge_design_free(struct ridge_design *self);

/* Errors at points left out, with this lambda, [points]: y less its prediction. Returns the sum of their squares;
 * infinity when a point cannot be left out. */
double ridge_leave_out(const struct ridge_design *self, const double *y, double lambda, double *error);

/* Fits y, [points], with a lambda of a grid: 0 where it may be, and points x 10^-6 to 10. `slope` of the fit is the caller's room; `work`: [points]. */
void ridge_fit(const struct ridge_design *self, const double *y, struct ridge_fit *fit, double *work);

/* The prediction at x, [columns]; and what its variance is without that of a single value, over sigma^2. */
double ridge_predict(const struct ridge_design *self, const struct ridge_fit *fit, const double *x);
double ridge_leverage(const struct ridge_design *self, const struct ridge_fit *fit, const double *x);

#endif
