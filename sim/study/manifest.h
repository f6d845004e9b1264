/* The text of a folder's manifest.json, and back. */
#ifndef MILIEU_MANIFEST_H
#define MILIEU_MANIFEST_H

#include "folder.h"

/* The caller frees it with cJSON's free, by manifest_free. NULL when memory is short. */
char *manifest_write(const struct folder *folder);
void manifest_free(char *text);

/* Fills all of the folder but `path` and `made`. MILIEU_ERR_FOLDER when the text is none, of another schema, its
 * parts do not give its id, or the program it names is not the one among them; MILIEU_ERR_MEMORY. `shown`: the file's name for messages. */
int manifest_read(struct folder *folder, const char *text, const char *shown, struct error *err);

/* The id that hashes of parts give. */
void manifest_id(const char part_hash[NUM_FOLDER_PARTS][65], unsigned char id[STUDY_ID]);

#endif
