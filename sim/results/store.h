/* The door to HDF5: groups, dimensions, variables and attributes as netCDF-4 wants them, with one sticky failure.
 *
 * Every call does nothing once one has failed, so that callers write straight down and ask once, at the end: a full
 * disk may show in a write, or only in a close, and HDF5 says so only in the status of that one call.
 *
 * A `shelf` is a group with its own dimensions: xarray finds coordinates only where they stand in the group itself. The
 * attributes that tie variables to dimensions (DIMENSION_LIST, REFERENCE_LIST) are written here once each, in the form
 * of the HDF5 Dimension Scale Specification; H5DSattach_scale writes them anew for each variable, which takes long for
 * hundreds. */
#ifndef MILIEU_STORE_H
#define MILIEU_STORE_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

#include "../model/error.h"

struct store {
    hid_t file; /* < 0: none */
    hid_t text; /* type: variable-length UTF-8 */
    bool failed;
    bool compress;       /* chunked variables: shuffle, deflate 1, fletcher32 */
    bool check;          /* every array: fletcher32 */
    char reason[2][256]; /* of the first failure, English and French */
};

enum { SHELF_MAX_AXES = 8, SHELF_MAX_RANK = 5 };

struct axis {
    char name[24];
    hid_t dataset;
    hsize_t length;
    struct axis_user *user; /* the variables along it */
    size_t num_users, max_users;
};

struct shelf {
    struct store *store;
    hid_t group;
    struct axis axis[SHELF_MAX_AXES];
    int num_axes;
};

/* Before anything else of HDF5 in the program: no exit handler (it crashes after a failed close), no messages. */
void store_prepare(void);

/* Checked: whoever reads a number that was changed on the disk is told so, by HDF5 itself. Numbers stand in chunks with a
 * checksum, or, where they are few, in the header of their array, which has one. Texts and what ties arrays to dimensions
 * stand in heaps that have none. */
enum store_form { STORE_PLAIN, STORE_COMPRESSED, STORE_CHECKED };

/* The file at `path`, which exists, is emptied. */
void store_create(struct store *self, const char *path, enum store_form form);
void store_open(struct store *self, const char *path);

/* Writes what is held back. */
void store_flush(struct store *self);

/* Closes the file and whatever is open in it; safe twice. A failure stays on record. */
void store_close(struct store *self);

/* Records a failure: the status of an HDF5 call, an id, or a reason of our own. HDF5's own words are English. */
void store_check(struct store *self, herr_t status);
hid_t store_id(struct store *self, hid_t id);
void store_fail(struct store *self, const char *en, const char *fr, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
void store_fail_because(struct store *self, struct reason reason);
void store_fail_memory(struct store *self);

/* Of the first failure; borrowed. */
struct reason store_reason(const struct store *self);

/* Attributes of any object. An absent text (NULL) is not written. */
void store_attribute(struct store *self, hid_t object, const char *name, hid_t type, const void *value, size_t count);
void store_attribute_text(struct store *self, hid_t object, const char *name, const char *text);

/* ---- groups with dimensions ---- */

/* `name`: a path whose last word is new; "/" the root itself. */
void shelf_open(struct shelf *self, struct store *store, const char *name);

/* Ties the variables to the dimensions, and closes. Variables the caller holds stay open. */
void shelf_close(struct shelf *self);

/* A dimension, which is its own coordinate: numbers (of the memory type), or texts; `values` NULL: a bare length.
 * Returns its number on the shelf. */
int shelf_axis(struct shelf *self, const char *name, hid_t type, const void *values, hsize_t length);
int shelf_axis_count(struct shelf *self, const char *name, int length); /* 0, 1, 2, ... */

/* first, first + 1, ... as 64-bit numbers, written piece by piece: an axis may be long. */
int shelf_axis_range(struct shelf *self, const char *name, int64_t first, int64_t length);

enum {
    STORE_ROWS = 4096
}; /* of a chunk, where an array is cut that was not to be: for those that write it in pieces */

/* An array along dimensions, given by their numbers; `chunk` NULL: contiguous, unless the store is checked. Floating-point arrays begin as NaN and
 * say so (_FillValue). The caller closes it with store_put_away. */
hid_t shelf_array(struct shelf *self, const char *name, hid_t type, const int *axes, int rank, const hsize_t *chunk);

/* An array that lies in other files: rows first .. first + count - 1 along its first dimension are all of `source` in
 * `file`, a path from where this file is. HDF5 gives missing values, without a word, where a file is not there. */
struct store_piece {
    const char *file;
    hsize_t first, count;
};
hid_t shelf_virtual(struct shelf *self, const char *name, hid_t type, const int *axes, int rank, const char *source,
                    const struct store_piece *piece, int num_pieces);

/* A whole array along one dimension or none (axis -1), written at once and closed. */
void shelf_column(struct shelf *self, const char *name, int axis, hid_t type, const void *values,
                  const char *long_name);

/* long_name, long_name_fr, units: what every array says. */
void store_describe(struct store *self, hid_t array, const char *english, const char *french, const char *units);

/* A block of an array: `start` and `count` along each dimension; `memory` holds the block alone, or NULL. */
void store_write(struct store *self, hid_t array, int rank, const hsize_t *start, const hsize_t *count, hid_t type,
                 const void *memory);
void store_read(struct store *self, hid_t array, int rank, const hsize_t *start, const hsize_t *count, hid_t type,
                void *memory);

void store_put_away(struct store *self, hid_t *array);

#endif
