/* A condition on a point: "turnover < 0.3 or not (leadership > 0 and place == 'rural')". Read once, then asked of any
 * number of points; asking allocates nothing. */
#ifndef MILIEU_CONDITION_H
#define MILIEU_CONDITION_H

#include <stdbool.h>

#include "vary.h"

struct reading;
struct node;
struct condition_step;

struct condition {
    const char *text; /* as written */
    int num_steps;
    struct condition_step *step;
};

/* Reads the text of `node`; names are those of `vary`, which may have other marks in them than letters. Complains at the node, naming the column, and returns false when
 * it is no condition. What it is made of lives in reading->keep. */
bool condition_read(struct condition *self, struct reading *reading, struct node *node, const struct vary *vary,
                    int num_vary);

/* Does it hold at the point x[num_vary]? */
bool condition_holds(const struct condition *self, const double *x);

#endif
