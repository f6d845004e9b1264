#include "stated.h"

#include <stdlib.h>
#include <string.h>

#include "plan.h"

struct list {
    struct stated_rating *item;
    int count;
};

static void add(struct list *list, const struct value *value, int factor, const char *who, const char *said)
{
    list->item[list->count++] =
        (struct stated_rating){ (enum factor)factor,   who, value_at(value, 0.5), value_at(value, 0.05),
                                value_at(value, 0.95), said };
}

static void add_entries(struct list *list, const struct entry *entry, int count, const char *who)
{
    for (int i = 0; i < count; i++)
        if (entry[i].is_factor)
            add(list, entry[i].value, entry[i].index, who, entry[i].said);
}

static void add_people(struct list *list, const struct people_plan *people)
{
    for (int i = 0; people->person != NULL && i < people->count; i++)
        add_entries(list, people->person[i].entry, people->person[i].num_entries, people->person[i].id);
}

static bool has(const struct list *list, int factor)
{
    for (int i = 0; i < list->count; i++)
        if (list->item[i].factor == (enum factor)factor && list->item[i].who[0] == '\0')
            return true;
    return false;
}

static size_t ratings_of(const struct people_plan *people)
{
    size_t count = 0;
    for (int i = 0; people->person != NULL && i < people->count; i++)
        count += (size_t)people->person[i].num_entries;
    return count;
}

int scenario_stated(const struct scenario *self, int clinic, struct stated_rating **out, int *count, struct error *err)
{
    const struct scenario_tree *tree = self->tree;
    const struct item_plan *item = &tree->item[tree->clinic[clinic].item];
    const struct people_plan *managers =
        &tree->centre_item[tree->centre[tree->clinic[clinic].centre].item].case_managers;
    size_t most = NUM_FACTORS + (size_t)item->num_entries + ratings_of(&item->nurses) + ratings_of(&item->physicians) +
                  ratings_of(managers);
    struct list list = { malloc(most * sizeof *list.item), 0 };
    *out = list.item;
    *count = 0;
    if (list.item == NULL)
        return error_set_memory(err);
    add_entries(&list, item->entry, item->num_entries, "");
    add_people(&list, &item->nurses);
    add_people(&list, &item->physicians);
    add_people(&list, managers);
    for (int f = 0; f < NUM_FACTORS; f++)
        if (tree->rating[f] != NULL && !has(&list, f))
            add(&list, tree->rating[f], f, "", tree->rating_said[f]);
    *count = list.count;
    return 0;
}

/* "[003] C " at `at`: its length, 0 when it is something else. */
static size_t read_tag(const char *at, struct quotation *out)
{
    size_t digits = at[0] == '[' ? strspn(at + 1, "0123456789") : 0, length = digits + 3;
    if (digits == 0 || digits >= sizeof out->document || at[digits + 1] != ']' || at[digits + 2] != ' ')
        return 0;
    memcpy(out->document, at + 1, digits);
    out->document[digits] = '\0';
    out->part = 0;
    if (at[length] >= 'A' && at[length] <= 'Z' && at[length + 1] == ' ') {
        out->part = at[length];
        length += 2;
    }
    return at[length] == '"' ? length : 0;
}

bool stated_quotation(const char **at, struct quotation *out)
{
    for (const char *c = *at; c != NULL && *c != '\0'; c++) {
        size_t tag = read_tag(c, out);
        const char *end = tag > 0 ? strchr(c + tag + 1, '"') : NULL;
        if (end == NULL)
            continue;
        out->text = c + tag + 1;
        out->length = (int)(end - out->text);
        *at = end + 1;
        return true;
    }
    return false;
}
