/* Who wrote a record or holds a claim: a process, on a host, since it was started. The one file of sim/study that asks
 * the system who we are. */
#ifndef MILIEU_ORIGIN_H
#define MILIEU_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORIGIN_TEXT = 512 }; /* bytes that hold any origin as text */

struct origin {
    char host[65];      /* letters, digits, '.', '_' and '-' alone: it serves in file names */
    char boot[37];      /* the boot of the host's kernel; "" unknown */
    char job[64];       /* of the batch system, as in `4711_3`; "" none */
    uint64_t processes; /* the host's table of processes (containers have their own); 0 unknown */
    int64_t pid;
    uint64_t start; /* of the process, in the kernel's ticks since boot: tells a pid used again; 0 unknown */
};

/* This process. After a fork the child asks anew. */
void origin_of_this_process(struct origin *self);

/* True only when it is certain that the process is no more: same host, boot and table of processes, and no process of
 * that number and start. */
bool origin_is_gone(const struct origin *self, const struct origin *us);

/* As `key value` lines and back. `out`: ORIGIN_TEXT bytes. origin_read: false when the text is none, or cut short. */
void origin_write(const struct origin *self, char *out);
bool origin_read(struct origin *self, const char *text);

/* The rest of the line that begins with `key` and a space; false when there is no such line, it has no end, or its rest
 * does not fit. */
bool origin_value(const char *text, const char *key, char *out, size_t size);

#endif
