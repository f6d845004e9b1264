/* The mixture of normals that a generation of particles proposes from, one about each kept particle (abc.h). */
#ifndef MILIEU_MIXTURE_H
#define MILIEU_MIXTURE_H

#include "../../sim/model/error.h"

/* Arrays are borrowed; those of a copy are its own. */
struct mixture {
    int dimensions, count;
    double *weight; /* [count], sum 1 */
    double *white;  /* [count][dimensions], L^-1 z of the particles */
    double *step;   /* [dimensions][dimensions], L below the diagonal and on it: L L' is the covariance of a step */
};

/* A copy of its own; none of NULL. MILIEU_ERR_MEMORY; mixture_free is safe after a failure, and twice. Never of a borrower. */
int mixture_copy(struct mixture *self, const struct mixture *from, struct error *err);
void mixture_free(struct mixture *self);

/* y = L^-1 z. */
void mixture_whiten(const struct mixture *self, const double *z, double *y);

/* Density of the prior, N(0, I), over that of the mixture, at z. */
double mixture_ratio(const struct mixture *self, const double *z);

#endif
