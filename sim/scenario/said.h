/* What stands in the comments of a scenario beside its ratings. For this folder. */
#ifndef MILIEU_SAID_H
#define MILIEU_SAID_H

#include "reading.h"

/* The comment that goes with a key: behind it in its line, else above it, or above the plain keys that stand right over it;
 * its lines joined by spaces, in reading->keep. NULL when there is none, or memory ran out. */
const char *said_of(struct reading *reading, const struct node *node);

#endif
