/* Running moments of numbers that come one by one. */
#ifndef MILIEU_SAMPLE_H
#define MILIEU_SAMPLE_H

#define Z_90 1.6448536269514722 /* 95th percentile of the standard normal: a two-sided 90 % interval */

struct sample {
    double n, sum, squares;
};

void sample_add(struct sample *s, double x); /* NaN is left out */
double sample_mean(const struct sample *s);
double sample_sd(const struct sample *s);
double sample_se(const struct sample *s); /* of the mean */
double sample_z(const struct sample *s, double expected);

#endif
