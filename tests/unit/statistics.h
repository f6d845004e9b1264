/* Arithmetic of the statistical tests. With a fixed seed a test always gives the same answer; the false-alarm rate it
 * states is what a change of luck alone would risk, were the model right. |z| < 4.5 errs in 7 of a million tests. */
#ifndef STATISTICS_H
#define STATISTICS_H

#include "analysis/validate/sample.h"

#define Z_ALARM 4.5 /* two-sided: 6.8e-6 */

/* z of `hits` in n trials of chance p. */
double share_z(double hits, double n, double p);

/* Slope of y on x, and correlation. */
struct line {
    double n, x, y, xx, xy, yy;
};
void line_add(struct line *l, double x, double y);
double line_slope(const struct line *l);
double line_slope_se(const struct line *l);
double line_correlation(const struct line *l);
double line_residual_sd(const struct line *l);

/* Chi-square of counts against chances that sum to 1, less its degrees of freedom, over its SD: about a z. */
double counts_z(const long *count, const double *chance, int cells);

#endif
