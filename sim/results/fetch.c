#include "fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *fetch_copy(struct store *store, const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    if (copy == NULL)
        store_fail_memory(store);
    else
        strcpy(copy, text);
    return copy;
}

/* ---- attributes ---- */

static bool has_attribute(struct store *store, hid_t object, const char *name)
{
    htri_t there = store->failed ? 0 : H5Aexists(object, name);
    store_check(store, there);
    return there > 0;
}

char *fetch_text_attribute(struct store *store, hid_t object, const char *name)
{
    char *text = NULL;
    hid_t attribute, type;
    if (!has_attribute(store, object, name))
        return fetch_copy(store, "");
    attribute = store_id(store, H5Aopen(object, name, H5P_DEFAULT));
    type = store_id(store, H5Aget_type(attribute));
    if (!store->failed && H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0) {
        size_t size = H5Tget_size(type);
        if ((text = calloc(size + 1, 1)) == NULL)
            store_fail_memory(store);
        else
            store_check(store, H5Aread(attribute, type, text));
    }
    H5Tclose(type);
    H5Aclose(attribute);
    return text != NULL ? text : fetch_copy(store, "");
}

static int64_t number_attribute(struct store *store, hid_t object, const char *name, int64_t none)
{
    int64_t value = none;
    hid_t attribute;
    if (!has_attribute(store, object, name))
        return none;
    attribute = store_id(store, H5Aopen(object, name, H5P_DEFAULT));
    if (!store->failed)
        store_check(store, H5Aread(attribute, H5T_NATIVE_INT64, &value));
    H5Aclose(attribute);
    return value;
}

int64_t fetch_number_attribute(struct store *store, const char *name, int64_t none)
{
    return number_attribute(store, store->file, name, none);
}

int64_t fetch_number_of_group(struct store *store, const char *group, const char *name, int64_t none)
{
    hid_t object = store->failed ? H5I_INVALID_HID : store_id(store, H5Gopen2(store->file, group, H5P_DEFAULT));
    int64_t value = number_attribute(store, object, name, none);
    if (object >= 0)
        H5Gclose(object);
    return value;
}

/* ---- datasets ---- */

/* What a damaged file cannot tell is a failure, not an absence. */
static bool link_exists(struct store *store, const char *path)
{
    htri_t there = store->failed ? 0 : H5Lexists(store->file, path, H5P_DEFAULT);
    store_check(store, there);
    return there > 0;
}

bool fetch_exists(struct store *store, const char *group, const char *name)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", group, name);
    return link_exists(store, group) && link_exists(store, path);
}

hid_t fetch_open(struct store *store, const char *group, const char *name)
{
    char path[160];
    if (store->failed)
        return H5I_INVALID_HID;
    snprintf(path, sizeof path, "%s/%s", group, name);
    if (!fetch_exists(store, group, name)) {
        store_fail(store, "the file has no %s", "le fichier n'a pas de %s", path);
        return H5I_INVALID_HID;
    }
    return store_id(store, H5Dopen2(store->file, path, H5P_DEFAULT));
}

void fetch_lengths(struct store *store, hid_t array, int rank, hsize_t *length)
{
    hid_t space;
    if (store->failed)
        return;
    space = store_id(store, H5Dget_space(array));
    if (!store->failed && H5Sget_simple_extent_ndims(space) != rank)
        store_fail(store, "an array has another shape than this version writes",
                   "un tableau n'a pas la forme que cette version écrit");
    if (!store->failed)
        store_check(store, H5Sget_simple_extent_dims(space, length, NULL));
    H5Sclose(space);
}

hsize_t fetch_length(struct store *store, const char *group, const char *name)
{
    hsize_t length = 0;
    hid_t array = fetch_open(store, group, name);
    fetch_lengths(store, array, 1, &length);
    store_put_away(store, &array);
    if (length > INT32_MAX)
        store_fail(store, "an array is too long", "un tableau est trop long");
    return length;
}

static bool holds_text(hid_t array)
{
    hid_t type = H5Dget_type(array);
    bool text = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0;
    H5Tclose(type);
    return text;
}

char **fetch_texts(struct store *store, const char *group, const char *name, size_t count)
{
    hid_t array = fetch_open(store, group, name), space;
    char **list, **copy = calloc(count > 0 ? count : 1, sizeof *copy);
    list = calloc(count > 0 ? count : 1, sizeof *list);
    if (list == NULL || copy == NULL)
        store_fail_memory(store);
    if (!store->failed && !holds_text(array))
        store_fail(store, "an array of texts holds something else", "un tableau de textes contient autre chose");
    space = store->failed ? H5I_INVALID_HID : store_id(store, H5Dget_space(array));
    if (!store->failed && H5Sget_simple_extent_npoints(space) != (hssize_t)count)
        store_fail(store, "arrays of one group differ in length", "les tableaux d'un groupe diffèrent de longueur");
    if (!store->failed && count > 0)
        store_check(store, H5Dread(array, store->text, H5S_ALL, H5S_ALL, H5P_DEFAULT, list));
    for (size_t i = 0; copy != NULL && list != NULL && !store->failed && i < count; i++)
        copy[i] = fetch_copy(store, list[i] != NULL ? list[i] : "");
    if (space >= 0 && list != NULL)
        H5Dvlen_reclaim(store->text, space, H5P_DEFAULT, list);
    H5Sclose(space);
    store_put_away(store, &array);
    free(list);
    return copy;
}

void fetch_free_texts(char **list, size_t count)
{
    for (size_t i = 0; list != NULL && i < count; i++)
        free(list[i]);
    free(list);
}

char *fetch_text_at(struct store *store, const char *group, const char *name, hsize_t row)
{
    const hsize_t one = 1;
    hid_t array = fetch_open(store, group, name);
    char *text = NULL, *copy;
    if (!store->failed && !holds_text(array))
        store_fail(store, "an array of texts holds something else", "un tableau de textes contient autre chose");
    store_read(store, array, 1, &row, &one, store->text, &text);
    copy = store->failed ? NULL : fetch_copy(store, text != NULL ? text : "");
    H5free_memory(text);
    store_put_away(store, &array);
    return copy;
}

char *fetch_text(struct store *store, const char *group, const char *name)
{
    char **list, *text;
    if (!fetch_exists(store, group, name))
        return fetch_copy(store, "");
    list = fetch_texts(store, group, name, 1);
    text = list == NULL ? NULL : list[0];
    free(list);
    return text;
}

char *fetch_words_of(struct store *store, const char *group, const char *name, const char *attribute)
{
    hid_t array = fetch_open(store, group, name);
    char *text = store->failed ? NULL : fetch_text_attribute(store, array, attribute);
    store_put_away(store, &array);
    return text;
}

/* Name of member `i` of a group, when it is an array of that rank; else "". */
static void name_of_member(struct store *store, const char *group, hsize_t i, int rank, char *name, size_t size)
{
    hid_t array, space;
    name[0] = '\0';
    if (H5Lget_name_by_idx(store->file, group, H5_INDEX_NAME, H5_ITER_INC, i, name, size, H5P_DEFAULT) < 0)
        store_fail(store, "its groups cannot be listed", "ses groupes ne peuvent être énumérés");
    array = fetch_open(store, group, name);
    space = store->failed ? H5I_INVALID_HID : H5Dget_space(array);
    if (H5Sget_simple_extent_ndims(space) != rank)
        name[0] = '\0';
    H5Sclose(space);
    store_put_away(store, &array);
}

void fetch_members(struct store *store, const char *group, int rank, void (*take)(void *context, const char *name),
                   void *context)
{
    H5G_info_t info = { .nlinks = 0 };
    if (!store->failed && H5Lexists(store->file, group, H5P_DEFAULT) > 0)
        store_check(store, H5Gget_info_by_name(store->file, group, &info, H5P_DEFAULT));
    for (hsize_t i = 0; i < info.nlinks && !store->failed; i++) {
        char name[80];
        name_of_member(store, group, i, rank, name, sizeof name);
        if (name[0] != '\0')
            take(context, name);
    }
}

void fetch_block(struct store *store, const char *group, const char *name, int rank, const hsize_t *start,
                 const hsize_t *count, hid_t type, void *out)
{
    hsize_t length[SHELF_MAX_RANK];
    hid_t array = fetch_open(store, group, name);
    fetch_lengths(store, array, rank, length);
    for (int i = 0; i < rank && !store->failed; i++)
        if (start[i] + count[i] > length[i])
            store_fail(store, "the file does not hold that much", "le fichier n'en contient pas autant");
    store_read(store, array, rank, start, count, type, out);
    store_put_away(store, &array);
}
