/* A record's header as it lies in the file; between journal.c, which writes, and journal_scan.c, which reads. */
#ifndef MILIEU_JOURNAL_DISK_H
#define MILIEU_JOURNAL_DISK_H

#include <stddef.h>
#include <stdint.h>

#include "journal.h"

#define JOURNAL_MAGIC 0x314a4c4du /* "MLJ1" where the low byte comes first */

struct disk_header {
    uint32_t magic, type;
    unsigned char study[8]; /* the first of the id */
    uint64_t batch, cpu_us, time_us;
    uint32_t runs, failed;
    uint32_t length, zero;
    uint32_t payload_sum; /* with its padding */
    uint32_t header_sum;  /* of the bytes before it */
};

_Static_assert(sizeof(struct disk_header) == JOURNAL_HEADER, "no padding");

uint32_t journal_checksum(const void *data, size_t length);

static inline size_t journal_padded(size_t length)
{
    return (length + 7) & ~(size_t)7;
}

#endif
