/* The merged tree of a scenario, and the memory it lives in. For this folder, and the reader of studies. */
#ifndef MILIEU_TREE_H
#define MILIEU_TREE_H

#include <stdbool.h>
#include <stddef.h>

/* Memory that is given back all at once. A zeroed arena is an empty one. */
struct arena_block;

struct arena {
    struct arena_block *newest;
};

/* Zeroed memory, or NULL when there is none left. */
void *arena_alloc(struct arena *self, size_t size);
char *arena_copy(struct arena *self, const char *text, size_t length);
char *arena_print(struct arena *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
void arena_free(struct arena *self);

/* A text the tree was read from: a file, or an option of the command line. */
struct source {
    const char *name;   /* as the user named it; NULL for an option */
    const char *option; /* the option's own text, "--set runs.draws=10" */
    const char *folder; /* where `extends` looks; NULL: nowhere */
    const char *text;
    size_t length;
    unsigned long long device, inode; /* which file it is, for circles; 0, 0 for none */
    const struct source *extended_by; /* the file whose `extends` led here */
    struct source *next;              /* in the order they were read */
    int seen_line;                    /* a line already found ... */
    size_t seen_offset;               /* ... and where it begins */
};

enum node_kind { NODE_GROUP, NODE_LIST, NODE_WHOLE, NODE_REAL, NODE_YESNO, NODE_TEXT, NODE_BAD };

struct value; /* value.h */

struct node {
    enum node_kind kind;
    bool wrong;       /* something has been said about it: nothing more need be */
    const char *name; /* NULL in a list */
    struct source *source;
    int line;
    struct node *next;         /* in the group or list */
    struct node *first, *last; /* what a group or list holds */
    int count;
    union {
        long long whole;
        double real;
        bool yesno;
        const char *text;
    } is;
    const struct value *value; /* a number or distribution that was found in order */
};

struct node *node_new(struct arena *arena, enum node_kind kind, const char *name, struct source *source, int line);
void node_append(struct node *parent, struct node *child);

/* Puts `with` where `old` stands in `parent`, under the same name. */
void node_replace(struct node *parent, struct node *old, struct node *with);
void node_remove(struct node *parent, const char *name);

/* A copy of a node and all it holds, in no list yet; NULL when out of memory. Names and texts are shared. */
struct node *node_copy(struct arena *arena, const struct node *node);

/* What a group holds under a name; NULL when it holds none, or when `group` is NULL or no group. */
struct node *node_find(const struct node *group, const char *name);

/* The first key of a group; NULL when it holds none, or is NULL or no group. */
const struct node *node_first_key(const struct node *group);

/* The item of a list of groups whose id it is, or NULL. */
struct node *node_item(const struct node *list, const char *id);

/* The id of an item; NULL when it has none. */
const char *node_id(const struct node *item);

bool node_is_number(const struct node *node);
double node_number(const struct node *node);

#endif
