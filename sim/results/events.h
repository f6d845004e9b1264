/* The table of events: kept in a nameless file beside the output while runs come in, (draw, replication, arm) by turns,
 * and written sorted by arm at the end, when every row's number is known and so every `cause`. */
#ifndef MILIEU_EVENTS_H
#define MILIEU_EVENTS_H

#include <stdint.h>
#include <stdio.h>

#include "../model/simulation.h"
#include "store.h"

struct event_log {
    FILE *scratch;
    int num_arms, num_replications;
    int64_t num_records, max_records;
    int64_t *first; /* [num_records + 1] row in the scratch file, (run, arm) by turns */
};

/* `beside`: path the scratch file's name is made from; it is removed at once. 0, MILIEU_ERR_OUTPUT or _MEMORY. */
int event_log_init(struct event_log *self, const char *beside, int num_arms, int num_replications, struct error *err);

/* The events of the next record, in order of (draw, replication, arm); `record` NULL: none. */
int event_log_take(struct event_log *self, const struct record *record, struct error *err);

/* Makes /events. A failure is the store's. `arm_id` [num_arms]. */
void event_log_write(struct event_log *self, struct store *store, char **arm_id);

void event_log_free(struct event_log *self);

#endif
