#include "merge.h"

#include <string.h>

#include "names.h"

/* Keys of which one shuts out the others: what stands over replaces whichever stood under. */
static const char *const one_of[][4] = { { "at", "from", "trigger", NULL }, { "below", "above", NULL } };

void merge_make_room(struct node *under, const char *name)
{
    for (size_t i = 0; i < sizeof one_of / sizeof one_of[0]; i++) {
        bool member = false;
        for (size_t k = 0; one_of[i][k] != NULL; k++)
            member = member || strcmp(one_of[i][k], name) == 0;
        for (size_t k = 0; member && one_of[i][k] != NULL; k++)
            if (strcmp(one_of[i][k], name) != 0)
                node_remove(under, one_of[i][k]);
    }
}

static bool is_list_of_items(const struct node *list)
{
    if (list->kind != NODE_LIST || list->first == NULL)
        return false;
    for (const struct node *item = list->first; item != NULL; item = item->next)
        if (item->kind != NODE_GROUP)
            return false;
    return true;
}

static void merge_lists(struct reading *reading, struct node *under, struct node *over)
{
    struct names ids;
    struct node **items =
        reading_memory(reading, arena_alloc(reading->arena, (size_t)under->count * sizeof(struct node *)));
    int n = 0;
    if (items == NULL || !names_init(&ids, reading->arena, (size_t)under->count)) {
        reading->no_memory = true;
        return;
    }
    for (struct node *item = under->first; item != NULL; item = item->next) {
        const char *id = node_id(item);
        items[n] = item;
        if (id != NULL && names_find(&ids, id) < 0)
            names_add(&ids, id, n);
        n++;
    }
    for (struct node *item = over->first, *next; item != NULL && !reading->no_memory; item = next) {
        const char *id = node_id(item);
        int place = id != NULL ? names_find(&ids, id) : -1;
        next = item->next;
        if (place >= 0)
            merge_trees(reading, items[place], item);
        else
            node_append(under, item);
    }
    under->line = over->line;
    under->source = over->source;
}

void merge_trees(struct reading *reading, struct node *under, struct node *over)
{
    under->line = over->line;
    under->source = over->source;
    for (struct node *node = over->first, *next; node != NULL && !reading->no_memory; node = next) {
        struct node *old = node_find(under, node->name);
        next = node->next;
        merge_make_room(under, node->name);
        if (old == NULL)
            node_append(under, node);
        else if (old->kind == NODE_GROUP && node->kind == NODE_GROUP)
            merge_trees(reading, old, node);
        else if (is_list_of_items(old) && is_list_of_items(node))
            merge_lists(reading, old, node);
        else
            node_replace(under, old, node);
    }
}
