#include "store.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct axis_user { /* an entry of REFERENCE_LIST, as the specification lays it out */
    hobj_ref_t variable;
    int dimension;
};

static const char bare_dimension[] = "This is a netCDF dimension but not a netCDF variable.";

/* ---- failures ---- */

void store_fail_because(struct store *self, struct reason reason)
{
    if (self->failed)
        return;
    self->failed = true;
    for (int lang = 0; lang < 2; lang++)
        snprintf(self->reason[lang], sizeof self->reason[lang], "%s", reason.text[lang]);
}

void store_fail_memory(struct store *self)
{
    store_fail_because(self,
                       (struct reason){ { error_words(MILIEU_ERR_MEMORY, 0), error_words(MILIEU_ERR_MEMORY, 1) } });
}

void store_fail(struct store *self, const char *en, const char *fr, ...)
{
    const char *const format[2] = { en, fr };
    for (int lang = 0; lang < 2 && !self->failed; lang++) {
        va_list arguments;
        va_start(arguments, fr);
        vsnprintf(self->reason[lang], sizeof self->reason[lang], format[lang], arguments);
        va_end(arguments);
    }
    self->failed = true;
}

struct reason store_reason(const struct store *self)
{
    return (struct reason){ { self->reason[0], self->reason[1] } };
}

/* The deepest record of HDF5's error stack names the system's errno, where there was one. */
static herr_t find_errno(unsigned n, const H5E_error2_t *record, void *data)
{
    int *number = data;
    const char *found = record->desc == NULL ? NULL : strstr(record->desc, "errno = ");
    (void)n;
    if (found != NULL && *number == 0)
        *number = atoi(found + strlen("errno = "));
    return 0;
}

static herr_t find_words(unsigned n, const H5E_error2_t *record, void *data)
{
    if (n == 0 && record->desc != NULL)
        snprintf(data, 128, "%.127s", record->desc);
    return 0;
}

static void fail_of_library(struct store *self)
{
    int number = 0;
    char words[128] = "unknown";
    if (self->failed)
        return;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, find_errno, &number);
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, find_words, words);
    if (number != 0)
        store_fail_because(self, error_reason(number));
    else
        store_fail(self, "HDF5: %s", "HDF5 : %s", words);
}

void store_check(struct store *self, herr_t status)
{
    if (status < 0)
        fail_of_library(self);
}

hid_t store_id(struct store *self, hid_t id)
{
    if (id < 0)
        fail_of_library(self);
    return id;
}

/* ---- files ---- */

void store_prepare(void)
{
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

static void make_text_type(struct store *self)
{
    if (self->failed)
        return;
    self->text = store_id(self, H5Tcopy(H5T_C_S1));
    store_check(self, H5Tset_size(self->text, H5T_VARIABLE));
    store_check(self, H5Tset_cset(self->text, H5T_CSET_UTF8));
}

/* Objects are written as 1.8 knows them. Only an array in other files needs 1.10, and a checked file: from there on what says
 * where chunks lie has checksums too. Our own lock would only get in the way of file systems that have none. */
static hid_t file_access(struct store *self)
{
    hid_t access = store_id(self, H5Pcreate(H5P_FILE_ACCESS));
    store_check(self, H5Pset_libver_bounds(access, self->check ? H5F_LIBVER_V110 : H5F_LIBVER_V18, H5F_LIBVER_V110));
    store_check(self, H5Pset_fclose_degree(access, H5F_CLOSE_STRONG));
    store_check(self, H5Pset_meta_block_size(access, 65536));
#if H5_VERSION_GE(1, 10, 7)
    store_check(self, H5Pset_file_locking(access, false, true));
#endif
    return access;
}

void store_create(struct store *self, const char *path, enum store_form form)
{
    hid_t access, creation;
    *self = (struct store){ .file = H5I_INVALID_HID,
                            .text = H5I_INVALID_HID,
                            .compress = form == STORE_COMPRESSED,
                            .check = form == STORE_CHECKED };
    store_prepare();
    access = file_access(self);
    creation = store_id(self, H5Pcreate(H5P_FILE_CREATE));
    store_check(self, H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
    store_check(self, H5Pset_attr_phase_change(creation, 64, 0));
    store_check(self, H5Pset_obj_track_times(creation, false));
    if (!self->failed)
        self->file = store_id(self, H5Fcreate(path, H5F_ACC_TRUNC, creation, access));
    make_text_type(self);
    store_check(self, H5Pclose(creation));
    store_check(self, H5Pclose(access));
}

void store_open(struct store *self, const char *path)
{
    hid_t access;
    *self = (struct store){ .file = H5I_INVALID_HID, .text = H5I_INVALID_HID };
    store_prepare();
    access = file_access(self);
    if (!self->failed)
        self->file = store_id(self, H5Fopen(path, H5F_ACC_RDONLY, access));
    make_text_type(self);
    store_check(self, H5Pclose(access));
}

void store_flush(struct store *self)
{
    if (!self->failed)
        store_check(self, H5Fflush(self->file, H5F_SCOPE_LOCAL));
}

void store_close(struct store *self)
{
    if (self->text >= 0)
        store_check(self, H5Tclose(self->text));
    if (self->file >= 0)
        store_check(self, H5Fclose(self->file));
    self->text = self->file = H5I_INVALID_HID;
}

/* ---- attributes ---- */

void store_attribute(struct store *self, hid_t object, const char *name, hid_t type, const void *value, size_t count)
{
    hsize_t length = count;
    hid_t space, attribute;
    if (self->failed)
        return;
    space = store_id(self, count == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &length, NULL));
    attribute = store_id(self, H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT));
    if (!self->failed)
        store_check(self, H5Awrite(attribute, type, value));
    if (attribute >= 0)
        store_check(self, H5Aclose(attribute));
    store_check(self, H5Sclose(space));
}

/* A fixed-length text type. */
static hid_t fixed_text(struct store *self, size_t length, H5T_cset_t set, H5T_str_t padding)
{
    hid_t type = store_id(self, H5Tcopy(H5T_C_S1));
    store_check(self, H5Tset_size(type, length));
    store_check(self, H5Tset_cset(type, set));
    store_check(self, H5Tset_strpad(type, padding));
    return type;
}

void store_attribute_text(struct store *self, hid_t object, const char *name, const char *text)
{
    size_t length = text == NULL ? 0 : strlen(text);
    hid_t type;
    if (self->failed || text == NULL)
        return;
    type = fixed_text(self, length > 0 ? length : 1, H5T_CSET_UTF8, H5T_STR_NULLPAD);
    store_attribute(self, object, name, type, text, 1);
    store_check(self, H5Tclose(type));
}

/* CLASS and NAME of a dimension scale, as H5DSset_scale writes them. */
static void attribute_of_scale(struct store *self, hid_t object, const char *name, const char *text)
{
    hid_t type;
    if (self->failed)
        return;
    type = fixed_text(self, strlen(text) + 1, H5T_CSET_ASCII, H5T_STR_NULLTERM);
    store_attribute(self, object, name, type, text, 1);
    store_check(self, H5Tclose(type));
}

void store_describe(struct store *self, hid_t array, const char *english, const char *french, const char *units)
{
    store_attribute_text(self, array, "long_name", english);
    store_attribute_text(self, array, "long_name_fr", french);
    store_attribute_text(self, array, "units", units);
}

/* ---- groups with dimensions ---- */

void shelf_open(struct shelf *self, struct store *store, const char *name)
{
    hid_t creation;
    *self = (struct shelf){ .store = store, .group = H5I_INVALID_HID };
    if (store->failed)
        return;
    if (strcmp(name, "/") == 0) {
        self->group = store_id(store, H5Gopen2(store->file, name, H5P_DEFAULT));
        return;
    }
    creation = store_id(store, H5Pcreate(H5P_GROUP_CREATE));
    store_check(store, H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
    store_check(store, H5Pset_obj_track_times(creation, false));
    self->group = store_id(store, H5Gcreate2(store->file, name, H5P_DEFAULT, creation, H5P_DEFAULT));
    store_check(store, H5Pclose(creation));
}

static hid_t reference_list_type(struct store *store)
{
    hid_t type = store_id(store, H5Tcreate(H5T_COMPOUND, sizeof(struct axis_user)));
    store_check(store, H5Tinsert(type, "dataset", HOFFSET(struct axis_user, variable), H5T_STD_REF_OBJ));
    store_check(store, H5Tinsert(type, "dimension", HOFFSET(struct axis_user, dimension), H5T_NATIVE_INT));
    return type;
}

static void write_reference_list(struct store *store, const struct axis *axis)
{
    hsize_t length = axis->num_users;
    hid_t type, space, attribute;
    if (store->failed || length == 0)
        return;
    type = reference_list_type(store);
    space = store_id(store, H5Screate_simple(1, &length, NULL));
    attribute = store_id(store, H5Acreate2(axis->dataset, "REFERENCE_LIST", type, space, H5P_DEFAULT, H5P_DEFAULT));
    if (!store->failed)
        store_check(store, H5Awrite(attribute, type, axis->user));
    if (attribute >= 0)
        store_check(store, H5Aclose(attribute));
    store_check(store, H5Sclose(space));
    store_check(store, H5Tclose(type));
}

void shelf_close(struct shelf *self)
{
    for (int i = 0; i < self->num_axes; i++) {
        write_reference_list(self->store, &self->axis[i]);
        store_put_away(self->store, &self->axis[i].dataset);
        free(self->axis[i].user);
    }
    if (self->group >= 0)
        store_check(self->store, H5Gclose(self->group));
    *self = (struct shelf){ .store = self->store, .group = H5I_INVALID_HID };
}

/* Properties all datasets share. Attributes stay beside their dataset: many datasets with a dozen each. */
static hid_t dataset_creation(struct store *store, int rank, const hsize_t *chunk)
{
    hid_t creation = store_id(store, H5Pcreate(H5P_DATASET_CREATE));
    store_check(store, H5Pset_obj_track_times(creation, false));
    store_check(store, H5Pset_attr_phase_change(creation, 64, 0));
    store_check(store, H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED));
    if (chunk != NULL)
        store_check(store, H5Pset_chunk(creation, rank, chunk));
    if (chunk != NULL && store->compress) {
        store_check(store, H5Pset_shuffle(creation));
        store_check(store, H5Pset_deflate(creation, 1));
    }
    if (chunk != NULL && (store->compress || store->check))
        store_check(store, H5Pset_fletcher32(creation));
    return creation;
}

/* An array that is not cut has no checksum of its own: it goes into its header, or is cut after all. */
static void guard_whole(struct store *store, hid_t creation, hid_t type, int rank, const hsize_t *length)
{
    enum { MOST_BYTES = 8192 }; /* of an array in its header, which is read whole */
    hsize_t chunk[SHELF_MAX_RANK] = { 0 }, values = 1;
    for (int i = 0; i < rank; i++)
        values *= chunk[i] = length[i];
    if (rank == 0 || values == 0)
        return;
    if (values * H5Tget_size(type) <= MOST_BYTES) {
        store_check(store, H5Pset_layout(creation, H5D_COMPACT));
        return;
    }
    if (chunk[0] > STORE_ROWS)
        chunk[0] = STORE_ROWS;
    store_check(store, H5Pset_chunk(creation, rank, chunk));
    store_check(store, H5Pset_fletcher32(creation));
}

/* No cache of chunks: blocks are written whole, each once. */
static hid_t dataset_access(struct store *store)
{
    hid_t access = store_id(store, H5Pcreate(H5P_DATASET_ACCESS));
    store_check(store, H5Pset_chunk_cache(access, 1, 0, 1.0));
    return access;
}

/* A dataset with the properties `creation`, which are closed. */
static hid_t make_dataset(struct shelf *self, const char *name, hid_t type, int rank, const hsize_t *length,
                          hid_t creation)
{
    struct store *store = self->store;
    hid_t access = dataset_access(store), space, dataset = H5I_INVALID_HID;
    space = store_id(store, rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, length, NULL));
    if (!store->failed)
        dataset = store_id(store, H5Dcreate2(self->group, name, type, space, H5P_DEFAULT, creation, access));
    store_check(store, H5Sclose(space));
    store_check(store, H5Pclose(access));
    store_check(store, H5Pclose(creation));
    return dataset;
}

static void fill_with_missing(struct store *store, hid_t creation, hid_t type)
{
    static const float missing_float = NAN;
    if (H5Tget_class(type) == H5T_FLOAT)
        store_check(store, H5Pset_fill_value(creation, H5T_NATIVE_FLOAT, &missing_float));
}

static hid_t create_dataset(struct shelf *self, const char *name, hid_t type, int rank, const hsize_t *length,
                            const hsize_t *chunk)
{
    hid_t creation;
    if (self->store->failed)
        return H5I_INVALID_HID;
    creation = dataset_creation(self->store, rank, chunk);
    if (chunk != NULL)
        fill_with_missing(self->store, creation, type);
    else if (self->store->check)
        guard_whole(self->store, creation, type, rank, length);
    return make_dataset(self, name, type, rank, length, creation);
}

int shelf_axis(struct shelf *self, const char *name, hid_t type, const void *values, hsize_t length)
{
    struct store *store = self->store;
    struct axis *axis = &self->axis[self->num_axes];
    char scale_name[80];
    *axis = (struct axis){ .dataset = H5I_INVALID_HID, .length = length };
    snprintf(axis->name, sizeof axis->name, "%s", name);
    snprintf(scale_name, sizeof scale_name, "%s%10lld", bare_dimension, (long long)length);
    axis->dataset = create_dataset(self, name, values == NULL ? H5T_IEEE_F32BE : type, 1, &length, NULL);
    if (!store->failed && values != NULL && length > 0)
        store_check(store, H5Dwrite(axis->dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
    attribute_of_scale(store, axis->dataset, "CLASS", "DIMENSION_SCALE");
    attribute_of_scale(store, axis->dataset, "NAME", values == NULL ? scale_name : name);
    return self->num_axes++;
}

int shelf_axis_count(struct shelf *self, const char *name, int length)
{
    int32_t *number = malloc(sizeof *number * (size_t)(length > 0 ? length : 1));
    int axis;
    if (number == NULL)
        store_fail_memory(self->store);
    for (int i = 0; number != NULL && i < length; i++)
        number[i] = i;
    axis = shelf_axis(self, name, H5T_NATIVE_INT32, number, (hsize_t)length);
    free(number);
    return axis;
}

int shelf_axis_range(struct shelf *self, const char *name, int64_t first, int64_t length)
{
    enum { PIECE = 8192 };
    struct store *store = self->store;
    struct axis *axis = &self->axis[self->num_axes];
    int64_t number[PIECE];
    *axis = (struct axis){ .dataset = H5I_INVALID_HID, .length = (hsize_t)length };
    snprintf(axis->name, sizeof axis->name, "%s", name);
    axis->dataset = create_dataset(self, name, H5T_STD_I64LE, 1, &axis->length, NULL);
    for (int64_t at = 0; at < length && !store->failed; at += PIECE) {
        hsize_t start = (hsize_t)at, count = (hsize_t)(length - at < PIECE ? length - at : PIECE);
        for (hsize_t i = 0; i < count; i++)
            number[i] = first + at + (int64_t)i;
        store_write(store, axis->dataset, 1, &start, &count, H5T_NATIVE_INT64, number);
    }
    attribute_of_scale(store, axis->dataset, "CLASS", "DIMENSION_SCALE");
    attribute_of_scale(store, axis->dataset, "NAME", name);
    return self->num_axes++;
}

/* One more variable along an axis. */
static void add_user(struct store *store, struct axis *axis, hobj_ref_t variable, int dimension)
{
    if (axis->num_users == axis->max_users) {
        size_t max = axis->max_users > 0 ? 2 * axis->max_users : 64;
        struct axis_user *user = realloc(axis->user, max * sizeof *user);
        if (user == NULL) {
            store_fail_memory(store);
            return;
        }
        axis->user = user;
        axis->max_users = max;
    }
    memset(&axis->user[axis->num_users], 0, sizeof *axis->user); /* its padding goes to the file too */
    axis->user[axis->num_users].variable = variable;
    axis->user[axis->num_users++].dimension = dimension;
}

/* DIMENSION_LIST: for each dimension of the variable a list with one reference. */
static void write_dimension_list(struct shelf *self, hid_t array, const char *name, const int *axes, int rank)
{
    struct store *store = self->store;
    hobj_ref_t scale[SHELF_MAX_RANK], variable;
    hvl_t list[SHELF_MAX_RANK];
    hid_t type;
    if (store->failed || rank == 0)
        return;
    store_check(store, H5Rcreate(&variable, self->group, name, H5R_OBJECT, -1));
    for (int i = 0; i < rank; i++) {
        struct axis *axis = &self->axis[axes[i]];
        store_check(store, H5Rcreate(&scale[i], self->group, axis->name, H5R_OBJECT, -1));
        list[i] = (hvl_t){ .len = 1, .p = &scale[i] };
        add_user(store, axis, variable, i);
    }
    type = store_id(store, H5Tvlen_create(H5T_STD_REF_OBJ));
    if (!store->failed) {
        hsize_t length = (hsize_t)rank;
        hid_t space = store_id(store, H5Screate_simple(1, &length, NULL));
        hid_t attribute = store_id(store, H5Acreate2(array, "DIMENSION_LIST", type, space, H5P_DEFAULT, H5P_DEFAULT));
        if (!store->failed)
            store_check(store, H5Awrite(attribute, type, list));
        if (attribute >= 0)
            store_check(store, H5Aclose(attribute));
        store_check(store, H5Sclose(space));
    }
    store_check(store, H5Tclose(type));
}

static void lengths_of_axes(const struct shelf *self, const int *axes, int rank, hsize_t *length)
{
    for (int i = 0; i < rank; i++)
        length[i] = self->axis[axes[i]].length;
}

/* What an array says: its dimensions, and what stands for a missing value. */
static void introduce_array(struct shelf *self, hid_t array, const char *name, hid_t type, const int *axes, int rank)
{
    static const double missing_double = NAN;
    static const float missing_float = NAN;
    struct store *store = self->store;
    write_dimension_list(self, array, name, axes, rank);
    if (store->failed || H5Tget_class(type) != H5T_FLOAT)
        return;
    if (H5Tget_size(type) == sizeof(double))
        store_attribute(store, array, "_FillValue", H5T_NATIVE_DOUBLE, &missing_double, 1);
    else
        store_attribute(store, array, "_FillValue", H5T_NATIVE_FLOAT, &missing_float, 1);
}

hid_t shelf_array(struct shelf *self, const char *name, hid_t type, const int *axes, int rank, const hsize_t *chunk)
{
    hsize_t length[SHELF_MAX_RANK] = { 0 };
    hid_t array;
    lengths_of_axes(self, axes, rank, length);
    array = create_dataset(self, name, type, rank, length, chunk);
    introduce_array(self, array, name, type, axes, rank);
    return array;
}

/* One piece of an array: where it lies in it, and that all of the source is meant. */
static void add_piece(struct store *store, hid_t creation, int rank, const hsize_t *length, const char *source,
                      const struct store_piece *piece)
{
    hsize_t start[SHELF_MAX_RANK] = { piece->first }, count[SHELF_MAX_RANK];
    hid_t here, there;
    memcpy(count, length, (size_t)rank * sizeof *count);
    count[0] = piece->count;
    here = store_id(store, H5Screate_simple(rank, length, NULL));
    there = store_id(store, H5Screate_simple(rank, count, NULL));
    if (!store->failed)
        store_check(store, H5Sselect_hyperslab(here, H5S_SELECT_SET, start, NULL, count, NULL));
    if (!store->failed)
        store_check(store, H5Pset_virtual(creation, here, piece->file, source, there));
    store_check(store, H5Sclose(there));
    store_check(store, H5Sclose(here));
}

hid_t shelf_virtual(struct shelf *self, const char *name, hid_t type, const int *axes, int rank, const char *source,
                    const struct store_piece *piece, int num_pieces)
{
    struct store *store = self->store;
    hsize_t length[SHELF_MAX_RANK] = { 0 };
    hid_t array, creation;
    if (store->failed)
        return H5I_INVALID_HID;
    lengths_of_axes(self, axes, rank, length);
    creation = dataset_creation(store, rank, NULL);
    fill_with_missing(store, creation, type);
    for (int i = 0; i < num_pieces; i++)
        add_piece(store, creation, rank, length, source, &piece[i]);
    array = make_dataset(self, name, type, rank, length, creation);
    introduce_array(self, array, name, type, axes, rank);
    return array;
}

void shelf_column(struct shelf *self, const char *name, int axis, hid_t type, const void *values, const char *long_name)
{
    struct store *store = self->store;
    hid_t array = shelf_array(self, name, type, &axis, axis < 0 ? 0 : 1, NULL);
    if (!store->failed && (axis < 0 || self->axis[axis].length > 0))
        store_check(store, H5Dwrite(array, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
    store_attribute_text(store, array, "long_name", long_name);
    store_put_away(store, &array);
}

/* ---- blocks ---- */

/* The file's and memory's dataspaces of a block. */
static void select_block(struct store *self, hid_t array, int rank, const hsize_t *start, const hsize_t *count,
                         hid_t *in_file, hid_t *in_memory)
{
    *in_file = store_id(self, H5Dget_space(array));
    *in_memory = store_id(self, H5Screate_simple(rank, count, NULL));
    store_check(self, H5Sselect_hyperslab(*in_file, H5S_SELECT_SET, start, NULL, count, NULL));
}

void store_write(struct store *self, hid_t array, int rank, const hsize_t *start, const hsize_t *count, hid_t type,
                 const void *memory)
{
    hid_t in_file, in_memory;
    if (self->failed)
        return;
    select_block(self, array, rank, start, count, &in_file, &in_memory);
    if (!self->failed)
        store_check(self, H5Dwrite(array, type, in_memory, in_file, H5P_DEFAULT, memory));
    store_check(self, H5Sclose(in_memory));
    store_check(self, H5Sclose(in_file));
}

void store_read(struct store *self, hid_t array, int rank, const hsize_t *start, const hsize_t *count, hid_t type,
                void *memory)
{
    hid_t in_file, in_memory;
    if (self->failed)
        return;
    select_block(self, array, rank, start, count, &in_file, &in_memory);
    if (!self->failed)
        store_check(self, H5Dread(array, type, in_memory, in_file, H5P_DEFAULT, memory));
    store_check(self, H5Sclose(in_memory));
    store_check(self, H5Sclose(in_file));
}

void store_put_away(struct store *self, hid_t *array)
{
    if (*array >= 0)
        store_check(self, H5Dclose(*array));
    *array = H5I_INVALID_HID;
}
