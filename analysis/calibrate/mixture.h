/* The mixture of normals that a generation of particles proposes from, one about each kept particle (abc.h). */
#ifndef MILIEU_MIXTURE_H
#define MILIEU_MIXTURE_H

/* Borrowed arrays. */
struct mixture {
    int dimensions, count;
    const double *weight; /* [count], sum 1 */
    const double *white;  /* [count][dimensions], L^-1 z of the particles */
    const double *step; /* [dimensions][dimensions], L below the diagonal and on it: L L' is the covariance of a step */
};

/* y = L^-1 z. */
void mixture_whiten(const struct mixture *self, const double *z, double *y);

/* Density of the prior, N(0, I), over that of the mixture, at z. */
double mixture_ratio(const struct mixture *self, const double *z);

#endif
