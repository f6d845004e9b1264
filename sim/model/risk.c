#include "risk.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "error.h"

/* Between equally spaced nodes, four around the interval (Catmull-Rom): the log of the rate is smooth. */
static double cubic(const double y[4], double t)
{
    double a = -0.5 * y[0] + 1.5 * y[1] - 1.5 * y[2] + 0.5 * y[3];
    double b = y[0] - 2.5 * y[1] + 2 * y[2] - 0.5 * y[3];
    return ((a * t + b) * t + 0.5 * (y[2] - y[0])) * t + y[1];
}

int rate_table_init(struct rate_table *self, double mean, double shape)
{
    enum {
        PER_UNIT = 8,
        NODES = RATE_SIZE / RATE_STEPS_PER_UNIT * PER_UNIT + PER_UNIT + 3,
        FINE = RATE_STEPS_PER_UNIT / PER_UNIT
    };
    double node[NODES];
    for (int i = 0; i < NODES; i++) { /* GSL's inverse is slow: few exact values, the rest between them */
        double z = RATE_LOW + (double)(i - 1) / PER_UNIT;
        node[i] = log(gsl_cdf_gamma_Qinv(gsl_cdf_ugaussian_Q(z), shape, mean / shape));
    }
    for (int i = 0; i < RATE_SIZE; i++)
        self->value[i] = exp(cubic(node + i / FINE, (double)(i % FINE) / FINE));
    return isfinite(self->value[0]) && isfinite(self->value[RATE_SIZE - 1]) ? 0 : MILIEU_ERR_RUN;
}

int risk_init(struct risk *self, const struct params *p)
{
    self->mean = p->ed_mean;
    self->shape = p->ed_dispersion;
    self->permanent = p->risk_permanent;
    self->correlation = p->risk_correlation;
    self->sqrt_permanent = sqrt(p->risk_permanent);
    self->sqrt_drift = sqrt(1 - p->risk_permanent);
    self->step_correlation = pow(p->risk_correlation, RISK_STEP / RISK_WEEKS_IN_YEAR);
    self->step_noise = sqrt(1 - self->step_correlation * self->step_correlation);
    return rate_table_init(&self->rates, p->ed_mean, p->ed_dispersion);
}

bool risk_is_of(const struct risk *self, const struct params *p)
{
    return self->mean == p->ed_mean && self->shape == p->ed_dispersion && self->permanent == p->risk_permanent &&
           self->correlation == p->risk_correlation;
}

double risk_normal(struct luck luck, uint64_t entity, int step)
{
    int begin = step - step % RISK_STEPS_A_BLOCK;
    struct words w = random_words(luck, entity, begin * RISK_STEP, STREAM_RISK, 0);
    return random_normal_of(random_uniform_of(w.w[step - begin]));
}

void risk_follow(const struct risk *self, struct luck luck, uint64_t entity, double start, int t,
                 struct risk_walk *walk)
{
    int steps = t / RISK_STEP + 1;
    if (walk->steps == 0 || walk->steps > steps)
        *walk = (struct risk_walk){ 0, start };
    for (; walk->steps < steps; walk->steps++)
        walk->x = risk_step(self, walk->x, risk_normal(luck, entity, walk->steps));
}
