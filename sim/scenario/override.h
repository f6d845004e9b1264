/* --set and --rate: changes to the merged tree before it is checked. Private to this folder. */
#ifndef MILIEU_OVERRIDE_H
#define MILIEU_OVERRIDE_H

#include "reading.h"

void override_apply(struct reading *reading, struct node *root, const struct scenario_override *override);

#endif
