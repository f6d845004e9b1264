/* The folder of a study: made once, by whoever comes first, then opened by any process on any host.
 *
 *   DIR/study/          the inputs, verbatim
 *   DIR/manifest.json   "milieu-study-folder/1": the study's id, the parts it is made of, how runs are cut, the inputs'
 *                       checksums. Written whole under another name and linked: the first wins, and it is never changed
 *   DIR/journal/        *.journal (journal.h)
 *   DIR/claims/         who works on what (claim.h)
 *   DIR/log/            *.log, for people
 *
 * study/ comes into being by one rename and before the manifest, so a manifest without its inputs is a loss. */
#ifndef MILIEU_FOLDER_H
#define MILIEU_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "../model/error.h"
#include "geometry.h"
#include "journal.h"

enum folder_part {
#define X(part, name, english, french) part,
#include "folder_parts.def"
#undef X
    NUM_FOLDER_PARTS
};

enum { FOLDER_MAX_INPUTS = 8, FOLDER_INPUT_NAME = 64 };

/* A file of DIR/study: a bare name of at most FOLDER_INPUT_NAME - 1 bytes. */
struct folder_input {
    const char *name;
    const void *data;
    size_t length;
};

/* What a folder is made from, and compared with. */
struct folder_spec {
    const char *part[NUM_FOLDER_PARTS];           /* canonical text of each; NULL = "" */
    struct folder_input input[FOLDER_MAX_INPUTS]; /* only what is in `part` decides whether two studies are one */
    int num_inputs;
    struct geometry_plan plan;
    struct geometry_sizes sizes; /* used when the folder is made; an existing folder keeps its own */
};

struct folder {
    char *path;
    unsigned char id[STUDY_ID];
    char id_text[STUDY_ID_TEXT];
    char *program;                        /* the text of PART_PROGRAM of who made it */
    char part_hash[NUM_FOLDER_PARTS][65]; /* sha256, hexadecimal */
    struct geometry geometry;
    char input_name[FOLDER_MAX_INPUTS][FOLDER_INPUT_NAME];
    char input_hash[FOLDER_MAX_INPUTS][65];
    int num_inputs;
    bool made; /* by this call */
};

/* The id of a study: the first 128 bits of SHA-256 over the lines `name hash` of its parts. 0; nothing can
 * fail. */
int folder_study_id(const struct folder_spec *spec, unsigned char id[STUDY_ID], struct error *err);

/* Is there a study in this folder? (a manifest; nothing is read) */
bool folder_exists(const char *path);

/* Makes the folder (its parent must be there) or opens the one that is there, if it is of the same study.
 * MILIEU_ERR_FOLDER: another study's (both ids and what has changed are named), files that are none of ours, a manifest
 * that cannot be understood, an input missing or changed. MILIEU_ERR_OUTPUT: cannot be written. MILIEU_ERR_MEMORY.
 * MILIEU_ERR_USAGE: a spec out of range. folder_free is good after a failure too. */
int folder_create_or_open(struct folder *self, const char *path, const struct folder_spec *spec, struct error *err);

/* Opens the folder there is, to read. MILIEU_ERR_INPUT when there is none, else as above. */
int folder_open(struct folder *self, const char *path, struct error *err);

void folder_free(struct folder *self);

/* DIR/sub, or DIR/sub/name when name is not NULL; the caller frees it. NULL when memory is short. */
char *folder_path(const struct folder *self, const char *sub, const char *name);

/* An input, with a NUL behind it; the caller frees *data. Its checksum is looked at. */
int folder_read_input(const struct folder *self, const char *name, char **data, size_t *length, struct error *err);

#endif
