/* libconfig's door: a source as a tree. For this folder, and the reader of studies. */
#ifndef MILIEU_PARSE_H
#define MILIEU_PARSE_H

#include "reading.h"

/* The tree of a source, its root a group; NULL when the text cannot be read at all (complained of) or memory ran out.
 * A tree may come back though something in it was complained of: those values are NODE_BAD. */
struct node *parse_source(struct reading *reading, struct source *source);

#endif
