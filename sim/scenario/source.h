/* Files and texts a scenario is read from. For this folder, and the reader of studies. */
#ifndef MILIEU_SOURCE_H
#define MILIEU_SOURCE_H

#include "reading.h"

/* A text already in memory; in the arena but for `text` itself, which must outlive the reading. Complains of nothing.
 * NULL when out of memory. */
struct source *source_of_text(struct reading *reading, const char *name, const char *option, const char *folder,
                              const char *text, size_t length);

/* A file, or standard input for "-". NULL when it cannot be read: then `*missing` tells whether nothing is there (or
 * nobody may read it); what is there but no scenario (a folder, a file over the limit) is complained of at line 0 of
 * it. */
struct source *source_of_file(struct reading *reading, const char *path, bool *missing);

/* The file an `extends` names: beside the file that says so, else among the shipped scenarios (the folder in
 * MILIEU_SCENARIOS). Complains at `node`. */
struct source *source_of_extends(struct reading *reading, struct node *node);

#endif
