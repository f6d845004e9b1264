/* Every key a scenario may hold, as data: what `milieu help KEY`, the reference page and baseline.cfg are made from.
 *
 * Three tables feed the list: keys.def (the structure), params.def and factors.def of the model. All strings are
 * static, UTF-8; index 0 is English, 1 French. Nothing here allocates. */
#ifndef MILIEU_KEYS_H
#define MILIEU_KEYS_H

#include <stdbool.h>

enum key_sort { KEY_STRUCTURE, KEY_PARAMETER, KEY_FACTOR };

#define KEY_PATH_SIZE 128

struct key_info {
    char path[KEY_PATH_SIZE]; /* "meso[].organizational.medical_leadership"; [] stands for [the id of an item] */
    const char *id;           /* its last word */
    enum key_sort sort;
    int index;           /* enum factor or enum param; for the structure, the row of keys.def */
    const char *type[2]; /* "whole number", "number or distribution", "rating", ... */
    bool required;
    bool has_range; /* low..high, both included */
    double low, high;
    const char *choices;  /* the words allowed, "urban|sub-urban|rural"; "" when any */
    const char *unit;     /* UDUNITS; "" when none */
    char fallback[32];    /* what holds when it is not written; "" when nothing does */
    const char *help[2];  /* what it is */
    const char *source;   /* where the default is from; "" for the structure */
    const char *evidence; /* "measured" ... "assumed"; "" but for parameters */
};

/* How many keys there are, and the key numbered 0 .. key_count() - 1: the structure first, in the order of the file,
 * then the factors, then the parameters. */
int key_count(void);
void key_describe(int key, struct key_info *out);

/* The first key numbered `from` or more whose id is `text`, or whose path is `text` (what stands in brackets does not
 * matter: "meso[clinic-c].provider" finds "meso[].provider"; "every_clinic.x" finds "meso[].x"). -1 if there is none.
 * An id may stand at several places: ask again from the next number. */
int key_find(const char *text, int from);

/* The id nearest to `text` among all keys, for "did you mean"; NULL when none is near. */
const char *key_nearest(const char *text);

/* The largest spread that may be written beside a parameter's value, { value = ...; spread = ...; }: on the log or
 * log-odds scale 3, else the width of its range; 0 for a whole number, which takes none. */
double key_most_spread(int param);

/* Damerau-Levenshtein distance (adjacent transposition, insertion, deletion, substitution), texts cut at 63 bytes. */
int key_distance(const char *a, const char *b);

/* True when `distance` from `wanted` is near enough to be suggested: at most 2, or a third of its length, and no more
 * than half of it. */
bool key_is_near(const char *wanted, int distance);

/* ---- the 73 implementation strategies of ERIC (Powell et al. 2015), in nine clusters (Waltz et al. 2015) ---- */

enum eric_cluster {
    CLUSTER_EVALUATE,
    CLUSTER_ASSIST,
    CLUSTER_ADAPT,
    CLUSTER_RELATE,
    CLUSTER_EDUCATE,
    CLUSTER_CLINICIANS,
    CLUSTER_CONSUMERS,
    CLUSTER_FINANCE,
    CLUSTER_INFRASTRUCTURE,
    NUM_CLUSTERS
};

struct eric_info {
    const char *id;       /* "identify_and_prepare_champions" */
    const char *words[2]; /* the name in the compilation, and ours in French */
    enum eric_cluster cluster;
};

enum eric {
#define X(id, ...) ERIC_##id,
#include "strategies.def"
#undef X
    NUM_ERIC
};

extern const struct eric_info eric_table[NUM_ERIC];
extern const char *const eric_cluster_name[NUM_CLUSTERS][2]; /* [cluster][lang] */

/* Index of an English name (letter case does not matter), or -1; and the nearest name's index, or -1. */
int eric_find(const char *name);
int eric_nearest(const char *name);

#endif
