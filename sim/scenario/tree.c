#include "tree.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)64 * 1024)

struct arena_block {
    struct arena_block *older;
    size_t used, size;
    max_align_t data[];
};

static struct arena_block *new_block(struct arena *self, size_t size)
{
    struct arena_block *block = malloc(sizeof *block + size);
    if (block == NULL)
        return NULL;
    *block = (struct arena_block){ .older = self->newest, .size = size };
    self->newest = block;
    return block;
}

void *arena_alloc(struct arena *self, size_t size)
{
    struct arena_block *block = self->newest;
    size_t step = sizeof(max_align_t);
    void *memory;
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + step - 1) / step * step;
    if (block == NULL || block->size - block->used < size)
        block = new_block(self, size > BLOCK_SIZE ? size : BLOCK_SIZE);
    if (block == NULL)
        return NULL;
    memory = (char *)block->data + block->used;
    block->used += size;
    return memset(memory, 0, size);
}

char *arena_copy(struct arena *self, const char *text, size_t length)
{
    char *copy = arena_alloc(self, length + 1);
    if (copy != NULL && length > 0)
        memcpy(copy, text, length);
    return copy;
}

char *arena_print(struct arena *self, const char *format, ...)
{
    va_list arguments;
    int length;
    char *text;
    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    text = length < 0 ? NULL : arena_alloc(self, (size_t)length + 1);
    if (text == NULL)
        return NULL;
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

void arena_free(struct arena *self)
{
    while (self->newest != NULL) {
        struct arena_block *older = self->newest->older;
        free(self->newest);
        self->newest = older;
    }
}

struct node *node_new(struct arena *arena, enum node_kind kind, const char *name, struct source *source, int line)
{
    struct node *node = arena_alloc(arena, sizeof *node);
    if (node != NULL) {
        node->kind = kind;
        node->name = name;
        node->source = source;
        node->line = line;
    }
    return node;
}

void node_append(struct node *parent, struct node *child)
{
    child->next = NULL;
    if (parent->last != NULL)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->count++;
}

void node_replace(struct node *parent, struct node *old, struct node *with)
{
    struct node **link = &parent->first;
    while (*link != old)
        link = &(*link)->next;
    with->name = old->name;
    with->next = old->next;
    *link = with;
    if (parent->last == old)
        parent->last = with;
}

void node_remove(struct node *parent, const char *name)
{
    struct node *before = NULL;
    for (struct node *child = parent->first; child != NULL; child = child->next) {
        if (child->name != NULL && strcmp(child->name, name) == 0) {
            if (before != NULL)
                before->next = child->next;
            else
                parent->first = child->next;
            if (parent->last == child)
                parent->last = before;
            parent->count--;
            return;
        }
        before = child;
    }
}

struct node *node_copy(struct arena *arena, const struct node *node)
{
    struct node *copy = node_new(arena, node->kind, node->name, node->source, node->line);
    if (copy == NULL)
        return NULL;
    copy->is = node->is;
    copy->wrong = node->wrong;
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        struct node *child_copy = node_copy(arena, child);
        if (child_copy == NULL)
            return NULL;
        node_append(copy, child_copy);
    }
    return copy;
}

const struct node *node_first_key(const struct node *group)
{
    return group != NULL && group->kind == NODE_GROUP ? group->first : NULL;
}

struct node *node_find(const struct node *group, const char *name)
{
    if (group == NULL || group->kind != NODE_GROUP)
        return NULL;
    for (struct node *child = group->first; child != NULL; child = child->next)
        if (strcmp(child->name, name) == 0)
            return child;
    return NULL;
}

const char *node_id(const struct node *item)
{
    const struct node *id = node_find(item, "id");
    return id != NULL && id->kind == NODE_TEXT ? id->is.text : NULL;
}

struct node *node_item(const struct node *list, const char *id)
{
    if (list == NULL || list->kind != NODE_LIST)
        return NULL;
    for (struct node *item = list->first; item != NULL; item = item->next) {
        const char *own = node_id(item);
        if (own != NULL && strcmp(own, id) == 0)
            return item;
    }
    return NULL;
}

bool node_is_number(const struct node *node)
{
    return node->kind == NODE_WHOLE || node->kind == NODE_REAL;
}

double node_number(const struct node *node)
{
    return node->kind == NODE_WHOLE ? (double)node->is.whole : node->is.real;
}
