/* What a scenario states of a clinic's context, and the sentences it quotes for it.
 *
 * A sentence is quoted in a comment that goes with the rating: # [003] C "The clinic decided to stop". */
#ifndef MILIEU_STATED_H
#define MILIEU_STATED_H

#include "scenario.h"

struct stated_rating {
    enum factor factor;
    const char *who;          /* id of the person it is of; "": the clinic */
    double middle, low, high; /* median, 5th and 95th percentile of what is drawn for it */
    const char *said;         /* the comment that goes with it, in one line; NULL: none */
};

/* The stated ratings of a clinic: its own (every_clinic's where it has none), those of its people, of its centre's case
 * managers, of the whole scenario; not the unstated ones. `*out` is `*count` long, the caller frees it; texts are the
 * scenario's. 0 or MILIEU_ERR_MEMORY. */
int scenario_stated(const struct scenario *self, int clinic, struct stated_rating **out, int *count, struct error *err);

struct quotation {
    char document[8]; /* "003" */
    char part;        /* 'C' of [003] C; 0: none */
    const char *text; /* without its marks, `length` bytes, not ended by 0 */
    int length;
};

/* The next sentence quoted in a comment, from `*at` on, which is moved behind it. False when there is none left; so it is
 * of NULL. */
bool stated_quotation(const char **at, struct quotation *out);

#endif
