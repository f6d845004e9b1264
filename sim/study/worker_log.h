/* A worker's log, DIR/log/<its journal's name>.log: lines for people, each with its time in UTC; one when the worker begins,
 * one every 30 s, one when it ends. Also what tells, later on, that there was a journal of that name. Nothing else depends
 * on it: a log that cannot be written is done without. Times are microseconds since 1970. */
#ifndef MILIEU_WORKER_LOG_H
#define MILIEU_WORKER_LOG_H

#include <stdint.h>

#include "folder.h"
#include "ledger.h"

struct worker_log { /* zeroed: not begun, nothing is written */
    char *path;
    int64_t begun_us, told_us; /* told: the last line */
    int64_t before;            /* runs of the study done when it began */
};

/* Names the file after a journal's; nothing is written yet. worker_log_free is safe twice. */
void worker_log_init(struct worker_log *self, const struct folder *folder, const char *journal, int64_t now_us,
                     int64_t runs_done);
void worker_log_free(struct worker_log *self);

/* Appends a line; `text` has no end of line. */
void worker_log_line(struct worker_log *self, int64_t now_us, const char *text);

/* Once 30 s have passed since the last line: the runs made by this worker, and how far the study is (`counts` may not yet
 * know the last of ours). */
void worker_log_progress(struct worker_log *self, int64_t now_us, const struct ledger_counts *counts,
                         int64_t runs_made);

#endif
