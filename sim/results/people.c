#include "people.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One person, and where. */
struct somebody {
    const struct person_setting *person;
    const char *role, *clinic, *centre;
};

enum { PLACE_LENGTH = 160 }; /* "clinic/person": two ids, a slash, a number */

static void add(struct somebody *list, size_t *count, const struct person_setting *person, int num,
                struct somebody where)
{
    for (int i = 0; person != NULL && i < num; i++, (*count)++) {
        where.person = &person[i];
        if (list != NULL)
            list[*count] = where;
    }
}

/* Everybody who is named, clinic by clinic, then the case managers of the centres. `list` NULL: only counts. */
static size_t gather(const struct setting *setting, struct somebody *list)
{
    size_t count = 0;
    for (int i = 0; i < setting->num_clinics; i++) {
        const struct clinic_setting *clinic = &setting->clinic[i];
        const char *centre =
            clinic->centre >= 0 && clinic->centre < setting->num_centres ? setting->centre[clinic->centre].id : "";
        add(list, &count, clinic->nurse, clinic->num_nurses, (struct somebody){ NULL, "nurse", clinic->id, centre });
        add(list, &count, clinic->physician, clinic->num_physicians,
            (struct somebody){ NULL, "physician", clinic->id, centre });
    }
    for (int i = 0; i < setting->num_centres; i++)
        add(list, &count, setting->centre[i].case_manager, setting->centre[i].num_case_managers,
            (struct somebody){ NULL, "case manager", "", setting->centre[i].id });
    return count;
}

static struct somebody *list_of(const struct setting *setting, struct store *store)
{
    struct somebody *list = calloc(gather(setting, NULL) + 1, sizeof *list);
    if (list == NULL)
        store_fail_memory(store);
    else
        gather(setting, list);
    return list;
}

/* The coordinate: the place's id and the person's, or number among all where there is no id. */
static int axis_of_people(struct shelf *shelf, const struct somebody *list, size_t count)
{
    char *text = malloc(count * PLACE_LENGTH);
    const char **name = malloc(count * sizeof *name);
    int axis = 0;
    if (text == NULL || name == NULL) {
        store_fail_memory(shelf->store);
    } else {
        for (size_t i = 0; i < count; i++) {
            const char *place = *list[i].clinic != '\0' ? list[i].clinic : list[i].centre;
            name[i] = text + i * PLACE_LENGTH;
            if (list[i].person->id[0] != '\0')
                snprintf(text + i * PLACE_LENGTH, PLACE_LENGTH, "%s/%s", place, list[i].person->id);
            else
                snprintf(text + i * PLACE_LENGTH, PLACE_LENGTH, "%s/%zu", place, i);
        }
        axis = shelf_axis(shelf, "person", shelf->store->text, name, count);
    }
    free(text);
    free(name);
    return axis;
}

static void write_texts(struct shelf *shelf, int axis, const struct somebody *list, size_t count)
{
    const char **text = malloc(count * sizeof *text);
    if (text == NULL) {
        store_fail_memory(shelf->store);
        return;
    }
    for (size_t i = 0; i < count; i++)
        text[i] = list[i].role;
    shelf_column(shelf, "role", axis, shelf->store->text, text, "nurse, physician or case manager");
    for (size_t i = 0; i < count; i++)
        text[i] = list[i].clinic;
    shelf_column(shelf, "clinic", axis, shelf->store->text, text, "clinic; none: of the health centre");
    for (size_t i = 0; i < count; i++)
        text[i] = list[i].centre;
    shelf_column(shelf, "centre", axis, shelf->store->text, text, "health centre");
    free(text);
}

static void write_numbers(struct shelf *shelf, int axis, const struct somebody *list, size_t count)
{
    double *number = malloc(count * sizeof *number);
    int8_t *yes = malloc(count);
    if (number == NULL || yes == NULL) {
        store_fail_memory(shelf->store);
    } else {
        for (size_t i = 0; i < count; i++)
            number[i] = list[i].person->fte;
        shelf_column(shelf, "fte", axis, H5T_NATIVE_DOUBLE, number, "full-time equivalent");
        for (size_t i = 0; i < count; i++)
            yes[i] = list[i].person->lead;
        shelf_column(shelf, "lead", axis, H5T_NATIVE_INT8, yes, "1: leads");
        for (size_t i = 0; i < count; i++)
            yes[i] = list[i].person->absent;
        shelf_column(shelf, "absent", axis, H5T_NATIVE_INT8, yes, "1: on sick leave in week 0");
    }
    free(number);
    free(yes);
}

static void begin_ratings(struct people *self, struct shelf *shelf, int person, int num_draws)
{
    static const float range[2] = { -2, 2 };
    const char *text[NUM_FACTORS];
    int axes[3];
    for (int i = 0; i < NUM_FACTORS; i++)
        text[i] = factor_table[i].id;
    axes[0] = shelf_axis_count(shelf, "draw", num_draws);
    axes[1] = person;
    axes[2] = shelf_axis(shelf, "factor", shelf->store->text, text, NUM_FACTORS);
    self->rating = shelf_array(shelf, "rating", H5T_IEEE_F32LE, axes, 3, NULL);
    store_describe(shelf->store, self->rating, "the person's own rating; missing: the clinic's holds",
                   "cote propre à la personne ; absente : celle de la clinique vaut", "1");
    store_attribute(shelf->store, self->rating, "valid_range", H5T_NATIVE_FLOAT, range, 2);
}

void people_begin(struct people *self, struct store *store, int num_draws, const struct setting *setting)
{
    struct somebody *list;
    *self = (struct people){ .rating = H5I_INVALID_HID, .count = gather(setting, NULL) };
    if (self->count == 0 || (list = list_of(setting, store)) == NULL)
        return;
    struct shelf shelf;
    shelf_open(&shelf, store, "people");
    int person = axis_of_people(&shelf, list, self->count);
    if (!store->failed) {
        write_texts(&shelf, person, list, self->count);
        write_numbers(&shelf, person, list, self->count);
        begin_ratings(self, &shelf, person, num_draws);
    }
    shelf_close(&shelf);
    free(list);
}

void people_take_draw(struct people *self, struct store *store, int draw, const struct setting *setting)
{
    const hsize_t start[3] = { (hsize_t)draw, 0, 0 }, count[3] = { 1, self->count, NUM_FACTORS };
    struct somebody *list = NULL;
    float *rating;
    if (self->rating < 0 || store->failed)
        return;
    if ((rating = malloc(self->count * NUM_FACTORS * sizeof *rating)) == NULL)
        store_fail_memory(store);
    if (setting != NULL)
        list = list_of(setting, store);
    for (size_t i = 0; rating != NULL && !store->failed && i < self->count; i++)
        for (size_t f = 0; f < NUM_FACTORS; f++)
            rating[i * NUM_FACTORS + f] =
                list != NULL && list[i].person != NULL ? (float)list[i].person->rating[f] : NAN;
    store_write(store, self->rating, 3, start, count, H5T_NATIVE_FLOAT, rating);
    free(rating);
    free(list);
}

void people_end(struct people *self, struct store *store)
{
    store_put_away(store, &self->rating);
}
