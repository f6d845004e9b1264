/* A tree as libconfig text. For this folder, and the reader of studies. */
#ifndef MILIEU_TEXT_H
#define MILIEU_TEXT_H

#include <stddef.h>

#include "tree.h"

/* A text that grows; `failed` once memory ran out. The caller frees `text`. */
struct text {
    char *text;
    size_t length, capacity;
    bool failed;
};

void text_add(struct text *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A real so that it is read back as the same real, and as a real: 0.1, 1e+20, 3.0. */
void text_add_real(struct text *self, double value);

/* A text in quotation marks, escaped. */
void text_add_quoted(struct text *self, const char *value);

/* The whole tree, without `extends`: read again it is the same tree. NULL when memory ran out; the caller frees. */
char *text_of_tree(const struct node *root);

#endif
