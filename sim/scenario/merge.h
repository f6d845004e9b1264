/* `extends`: one tree on top of another. Private to this folder. */
#ifndef MILIEU_MERGE_H
#define MILIEU_MERGE_H

#include "reading.h"

/* Puts `over` on `under`: groups key by key, lists of groups by id, everything else replaced. Nodes move from `over`.
 */
void merge_trees(struct reading *reading, struct node *under, struct node *over);

/* Takes out of a group what a key shuts out: `at` where `trigger` stood. */
void merge_make_room(struct node *under, const char *name);

#endif
