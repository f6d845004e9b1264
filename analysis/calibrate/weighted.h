/* Mean, SD, correlation and quantiles of weighted values. */
#ifndef MILIEU_WEIGHTED_H
#define MILIEU_WEIGHTED_H

/* Values x[0], x[stride], ... of particles 0 .. count - 1, and their weights, >= 0, in any unit. Borrowed. */
struct weighted {
    const double *x, *weight;
    int count, stride;
};

struct weighted_row {
    double mean, sd;
    double low, median, high; /* 5th, 50th and 95th percentile */
};

/* A value with its place, to be put in order. */
struct weighted_item {
    double x, weight;
    int index;
};

/* Effective sample size (Kish 1965): (sum w)^2 / sum w^2. */
double weighted_size(const double *weight, int count);

/* sum w (x - mean x)(y - mean y) / (sum w (1 - 1 / size)): unbiased for weights that have nothing to do with the
 * values; with equal weights the denominator is n - 1. NaN for a single value. */
double weighted_covariance(const struct weighted *x, const struct weighted *y);
double weighted_mean(const struct weighted *x);

/* By value, then by index: no two orders of arrival give two orders. */
void weighted_sort(struct weighted_item *item, int count);

/* Of sorted items: each stands for the middle of its own weight, and between two of them a line (Hazen's, with equal
 * weights). count >= 1. */
double weighted_quantile(const struct weighted_item *sorted, int count, double p);

/* All of it. NaN are left out, with their weight; all NaN when none is left. `work`: room for count items. */
struct weighted_row weighted_row(const struct weighted *x, struct weighted_item *work);

#endif
