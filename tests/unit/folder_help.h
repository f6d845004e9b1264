/* Scratch folders and small files for the tests of studies. */
#ifndef FOLDER_HELP_H
#define FOLDER_HELP_H

#include <stddef.h>

enum { PATH_LENGTH = 512 };

void folder_make(char path[PATH_LENGTH]); /* a new one in $TMPDIR */
void folder_remove(const char *path);     /* with all that is in it */
int folder_count(const char *path);       /* things in it */

/* folder/name; that it fits is asserted. */
void path_join(char path[PATH_LENGTH], const char *folder, const char *name);

/* The caller frees; a NUL stands behind. Failures are asserted. */
char *file_read(const char *path, size_t *length);
void file_write(const char *path, const void *bytes, size_t length);

/* 4096 zeros that this process and its children all see and write. */
void *shared_page(void);

#endif
