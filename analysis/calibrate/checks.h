/* Checks of a calibration: what would have come out of other targets, from the simulations there are, by weights alone.
 *
 * A check fits some of the targets, each with a weight of its own: to it a deviation is over sqrt(error^2 / weight + variance).
 * The points of the bank (bank.h) then weigh
 *
 *   prior / mixture x exp(-distance^2 / 2)
 *
 * which is what a particle of ABC_NORMAL at tolerance 1 gets in with, so that both aim at one posterior (abc.h: that of an
 * error sqrt(error^2 + 2 variance)).
 *
 *   evidence          prior mean of exp(-distance^2 / 2): 1 where all the prior gives the targets exactly. Its difference to
 *                     the evidence of the calibration itself, less what fitting another number of targets costs, is what
 *                     the data say: of a target left out, log p(it | the others) is the evidence with it less without
 *   standard errors   of weighted means, sqrt(sum (w (x - mean))^2) / sum w: what other points of the bank would change
 *   effective size    (sum w)^2 / sum w^2; below CHECK_THIN a check is too thin to be read */
#ifndef MILIEU_CHECKS_H
#define MILIEU_CHECKS_H

#include "../../sim/results/fit_file.h"
#include "bank.h"
#include "calibration.h"

#define CHECK_THIN 30

enum { CHECK_PRIOR, CHECK_FITTED }; /* those that every calibration has, first of its checks */

struct checks {
    int count;
    struct fit_check *check;         /* [count] */
    struct fit_check_target *target; /* [count][targets] */
    double *fitted;                  /* likelihood of the calibration itself, [bank]: over its largest */
};

/* `plan`: [count], CHECK_PRIOR and CHECK_FITTED among them. Borrows texts and weights from it. MILIEU_ERR_MEMORY; checks_free
 * is safe after a failure, and twice. */
int checks_make(struct checks *self, const struct bank *bank, const struct targets *targets,
                const struct calibration_check *plan, int count, struct error *err);
void checks_free(struct checks *self);

/* Tenths of the prior of parameter k: in each the mean and the largest likelihood of its points, over those of all. Edges
 * are left to the caller. */
void checks_profile(const struct checks *self, const struct bank *bank, int k, struct fit_profile *out);

/* (share - observed)^2 of what a check says of a target it did not fit, beside what the prior says. */
struct fit_prediction checks_predict(const struct checks *self, int check, const struct calibration_prediction *asked);

#endif
