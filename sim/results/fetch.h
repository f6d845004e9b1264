/* Reading from a store by name. A failure is the store's; nothing is read then. */
#ifndef MILIEU_FETCH_H
#define MILIEU_FETCH_H

#include <stdint.h>

#include "store.h"

/* A copy the caller frees; NULL when out of memory, which is the store's failure. */
char *fetch_copy(struct store *store, const char *text);

/* A text attribute, "" where there is none: the caller frees it. A number of the root, or `none`; of a group that is there. */
char *fetch_text_attribute(struct store *store, hid_t object, const char *name);
int64_t fetch_number_attribute(struct store *store, const char *name, int64_t none);
int64_t fetch_number_of_group(struct store *store, const char *group, const char *name, int64_t none);

/* A text attribute of an array; as above. */
char *fetch_words_of(struct store *store, const char *group, const char *name, const char *attribute);

/* Does the group hold this? False too when the file cannot tell: then the store has failed. */
bool fetch_exists(struct store *store, const char *group, const char *name);

/* An array, or one that is no id after a failure; its lengths, when it must have `rank` dimensions. The group may be "/". */
hid_t fetch_open(struct store *store, const char *group, const char *name);
void fetch_lengths(struct store *store, hid_t array, int rank, hsize_t *length);

/* Length of an array of one dimension. */
hsize_t fetch_length(struct store *store, const char *group, const char *name);

/* All `count` texts of an array. The caller frees the list and its texts, also after a failure; NULL: no memory. */
char **fetch_texts(struct store *store, const char *group, const char *name, size_t count);
void fetch_free_texts(char **list, size_t count);

/* One of them: the caller frees it. */
char *fetch_text_at(struct store *store, const char *group, const char *name, hsize_t row);

/* Tells the names of the group's arrays of `rank` dimensions; of none when there is no such group. */
void fetch_members(struct store *store, const char *group, int rank, void (*take)(void *context, const char *name),
                   void *context);

/* A single text, "" where there is none: the caller frees it. */
char *fetch_text(struct store *store, const char *group, const char *name);

/* A block of an array of `rank` dimensions, which must hold that much. */
void fetch_block(struct store *store, const char *group, const char *name, int rank, const hsize_t *start,
                 const hsize_t *count, hid_t type, void *out);

#endif
