/* What may stand where in a scenario or a study: keys.def, params.def and factors.def as one look-up. For this folder, and the reader
 * of studies. */
#ifndef MILIEU_SCHEMA_H
#define MILIEU_SCHEMA_H

#include <stdbool.h>

#include "../model/tables.h"
#include "keys.h"

enum at {
#define P(place, ...) AT_##place,
#include "keys.def"
    NUM_AT,
    AT_NOWHERE = -1
};

enum key_type {
    TYPE_GROUP,
    TYPE_ITEMS,
    TYPE_WHOLE,
    TYPE_NUMBER,
    TYPE_EXACT,
    TYPE_YESNO,
    TYPE_TEXT,
    TYPE_TITLE,
    TYPE_ID,
    TYPE_REFERENCES,
    TYPE_PEOPLE,
    TYPE_WORD,
    TYPE_DATE,
    TYPE_SPREAD,
    TYPE_TEXTS,
    TYPE_LIST,
    NUM_KEY_TYPES
};

enum allowed { /* which factors and parameters may stand at a place, beside a whole section */
               NAMES_NONE = -1,
               NAMES_PERSON = NUM_SECTIONS,
               NAMES_CHANGE
};

struct key_row {
    enum at at;
    const char *id;
    enum key_type type;
    enum at inner;
    bool required;
    double low, high;
    const char *fallback, *choices, *unit;
    const char *help[2];
};

struct at_row {
    const char *path;
    enum at also;
    int names; /* enum section or enum allowed */
};

enum {
#define K(at, key, ...) KEY_##at##_##key,
#include "keys.def"
    NUM_KEY_ROWS
};

extern const struct key_row key_table[NUM_KEY_ROWS];
extern const struct at_row at_table[NUM_AT];
extern const char *const key_type_name[NUM_KEY_TYPES][2];

/* What a key is at a place: its row of keys.def, or a factor, or a parameter. */
struct key_meaning {
    enum key_sort sort;
    int index;
};

struct schema_entry {
    const char *key;
    struct key_meaning meaning;
};

/* Every place with its keys, sorted. */
struct schema {
    struct schema_entry *entry[NUM_AT];
    int count[NUM_AT];
};

/* Returns false when out of memory; schema_free is safe then, and twice. */
bool schema_init(struct schema *self);
void schema_free(struct schema *self);

/* False when the key may not stand there. */
bool schema_find(const struct schema *self, enum at at, const char *key, struct key_meaning *out);

/* The key allowed at the place that is nearest to `key`, or NULL. */
const char *schema_nearest(const struct schema *self, enum at at, const char *key);

#endif
