/* The schema walk: every key of a tree against the tables. For this folder, and the reader of studies. */
#ifndef MILIEU_CHECK_H
#define MILIEU_CHECK_H

#include "reading.h"

/* `at`: AT_ROOT for a scenario, AT_STUDY for a study, AT_CALIBRATION. Complains of every key that may not stand where it does, every value of a wrong type or out of range, every missing
 * key, every id used twice in a list. Nodes that hold a number, rating or distribution get their `value`. */
void check_tree(struct reading *reading, struct node *root, enum at at);

/* True for a text that may be an id: [a-z0-9][a-z0-9._-]*, at most 63 bytes. */
bool check_is_id(const char *text);

#endif
