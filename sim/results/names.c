#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch.h"

const char *name_of_param(int index)
{
    return param_table[index].id;
}

const char *name_of_factor(int index)
{
    return factor_table[index].id;
}

const char *name_of_outcome(int index)
{
    return outcome_table[index].id;
}

const char *name_of_series(int index)
{
    return series_table[index].id;
}

const char *name_of_event(int index)
{
    return event_table[index].id;
}

/* Adds a name to a list, ", " between; one that does not fit is told by an ellipsis. */
static void add_name(char *list, size_t size, const char *name)
{
    size_t length = strlen(list);
    const char *ellipsis = "...";
    if (length >= strlen(ellipsis) && strcmp(list + length - strlen(ellipsis), ellipsis) == 0)
        return;
    if (length + strlen(name) + sizeof ", , ..." > size)
        name = ellipsis;
    snprintf(list + length, size - length, "%s%s", length > 0 ? ", " : "", name);
}

static int find(const char *(*id)(int index), int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(id(i), name) == 0)
            return i;
    return -1;
}

/* `name`: [length] as the file has them. */
static void fill(struct name_map *self, struct store *store, char **name, const char *(*id)(int index),
                 struct results_file *file)
{
    self->place = malloc((size_t)self->count * sizeof *self->place);
    self->ours = malloc((self->length + 1) * sizeof *self->ours);
    if (self->place == NULL || self->ours == NULL) {
        store_fail_memory(store);
        return;
    }
    for (int i = 0; i < self->count; i++)
        self->place[i] = -1;
    for (size_t i = 0; i < self->length; i++) {
        int index = self->ours[i] = find(id, self->count, name[i]);
        if (index >= 0)
            self->place[index] = (int)i;
        else
            add_name(file->unknown, sizeof file->unknown, name[i]);
    }
    for (int i = 0; i < self->count; i++)
        if (self->place[i] < 0)
            add_name(file->missing, sizeof file->missing, id(i));
}

void name_map_read(struct name_map *self, struct store *store, const char *group, const char *name,
                   const char *(*id)(int index), int count, struct results_file *file)
{
    char **list;
    *self = (struct name_map){ .count = count, .length = fetch_length(store, group, name) };
    list = fetch_texts(store, group, name, self->length);
    if (!store->failed)
        fill(self, store, list, id, file);
    fetch_free_texts(list, self->length);
}

/* Parts words at their spaces, in place. Returns how many; `list` NULL: only counts. */
static size_t part_words(char *text, char **list)
{
    size_t count = 0;
    for (char *word = text; *word != '\0';) {
        size_t length = strcspn(word, " ");
        if (list != NULL)
            list[count] = word;
        count++;
        word += length;
        if (*word == ' ' && list != NULL)
            *word++ = '\0';
        else if (*word == ' ')
            word++;
    }
    return count;
}

void name_map_read_flags(struct name_map *self, struct store *store, const char *group, const char *name,
                         const char *(*id)(int index), int count, struct results_file *file)
{
    char *text = fetch_words_of(store, group, name, "flag_meanings"), **list = NULL;
    *self = (struct name_map){ .count = count };
    if (text != NULL && !store->failed) {
        self->length = part_words(text, NULL);
        if ((list = malloc((self->length + 1) * sizeof *list)) == NULL)
            store_fail_memory(store);
    }
    if (list != NULL) {
        part_words(text, list);
        fill(self, store, list, id, file);
    }
    free(list);
    free(text);
}

void name_map_free(struct name_map *self)
{
    free(self->place);
    free(self->ours);
    *self = (struct name_map){ 0 };
}

struct members {
    const char *(*id)(int index);
    int count;
    struct results_file *file;
};

static void take_member(void *context, const char *name)
{
    const struct members *self = context;
    if (find(self->id, self->count, name) < 0)
        add_name(self->file->unknown, sizeof self->file->unknown, name);
}

void names_check_arrays(struct store *store, const char *group, int rank, const char *(*id)(int index), int count,
                        struct results_file *file)
{
    struct members members = { id, count, file };
    for (int i = 0; i < count; i++)
        if (!fetch_exists(store, group, id(i)))
            add_name(file->missing, sizeof file->missing, id(i));
    fetch_members(store, group, rank, take_member, &members);
}
