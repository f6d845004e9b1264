/* While a calibration is read: shared by the files that read its parts. */
#ifndef MILIEU_CALIBRATION_READING_H
#define MILIEU_CALIBRATION_READING_H

#include "../../sim/scenario/reading.h"
#include "calibration.h"

struct calibration_reading {
    struct calibration *self;
    struct reading *r;
    struct node *root;
    const char *name, *folder; /* of the file */
};

/* What a group holds under a key of keys.def (KEY_...), or NULL. */
struct node *calibration_key(const struct node *group, int row);

/* The first of a list, and how many there are; NULL and 0 when it is absent. */
struct node *calibration_items(const struct node *group, int row, int *count);

/* Zeroed memory that lives as long as the calibration; NULL is on record. */
void *calibration_keep(struct calibration_reading *c, size_t size);

/* The target a text node names: its number; -1 when it is none, complained of under the name of the key `row`. */
int calibration_target_named(struct calibration_reading *c, struct node *node, int row);

/* The checks, and the targets shown beside them: once the targets and what is held out are known. */
void calibration_take_checks(struct calibration_reading *c);

#endif
