#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct text *self, size_t more)
{
    size_t capacity = self->capacity;
    char *text;
    if (self->failed)
        return false;
    while (capacity < self->length + more + 1)
        capacity = 2 * capacity + 1024;
    if (capacity == self->capacity)
        return true;
    text = realloc(self->text, capacity);
    if (text == NULL) {
        self->failed = true;
        return false;
    }
    self->text = text;
    self->capacity = capacity;
    return true;
}

void text_add(struct text *self, const char *format, ...)
{
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0 || !reserve(self, (size_t)length)) {
        self->failed = true;
        return;
    }
    va_start(arguments, format);
    vsnprintf(self->text + self->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    self->length += (size_t)length;
}

void text_add_real(struct text *self, double value)
{
    char number[40];
    for (int digits = 15; digits <= 17; digits++) { /* the shortest that reads back as the same number */
        snprintf(number, sizeof number, "%.*g", digits, value);
        if (strtod(number, NULL) == value)
            break;
    }
    text_add(self, "%s%s", number, strpbrk(number, ".eE") == NULL ? ".0" : "");
}

void text_add_quoted(struct text *self, const char *value)
{
    text_add(self, "\"");
    for (const char *p = value; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            text_add(self, "\\%c", *p);
        else if (*p == '\n')
            text_add(self, "\\n");
        else if (*p == '\t')
            text_add(self, "\\t");
        else if (*p == '\r')
            text_add(self, "\\r");
        else
            text_add(self, "%c", *p);
    }
    text_add(self, "\"");
}

static void add_node(struct text *self, const struct node *node, int depth);

static bool holds_groups(const struct node *list)
{
    return list->first != NULL && list->first->kind == NODE_GROUP;
}

static void add_list(struct text *self, const struct node *list, int depth)
{
    bool tall = holds_groups(list);
    text_add(self, "(");
    for (const struct node *node = list->first; node != NULL; node = node->next) {
        if (tall)
            text_add(self, "\n%*s", 2 * (depth + 1), "");
        add_node(self, node, depth + 1);
        if (node->next != NULL)
            text_add(self, tall ? "," : ", ");
    }
    if (tall)
        text_add(self, "\n%*s", 2 * depth, "");
    text_add(self, ")");
}

static void add_keys(struct text *self, const struct node *group, int depth)
{
    for (const struct node *node = group->first; node != NULL; node = node->next) {
        if (depth == 0 && strcmp(node->name, "extends") == 0)
            continue;
        text_add(self, "%*s%s = ", 2 * depth, "", node->name);
        add_node(self, node, depth);
        text_add(self, ";\n");
    }
}

static void add_node(struct text *self, const struct node *node, int depth)
{
    switch (node->kind) {
    case NODE_GROUP:
        text_add(self, "{\n");
        add_keys(self, node, depth + 1);
        text_add(self, "%*s}", 2 * depth, "");
        break;
    case NODE_LIST:
        add_list(self, node, depth);
        break;
    case NODE_WHOLE:
        text_add(self, "%lld", node->is.whole);
        break;
    case NODE_REAL:
        text_add_real(self, node->is.real);
        break;
    case NODE_YESNO:
        text_add(self, "%s", node->is.yesno ? "true" : "false");
        break;
    case NODE_TEXT:
    case NODE_BAD:
        text_add_quoted(self, node->kind == NODE_TEXT ? node->is.text : "");
        break;
    }
}

char *text_of_tree(const struct node *root)
{
    struct text text = { 0 };
    add_keys(&text, root, 0);
    if (text.failed) {
        free(text.text);
        return NULL;
    }
    return text.text;
}
