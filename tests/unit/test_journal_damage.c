/* A journal whose bytes were turned, cut off, taken out or added to, anywhere: what is whole counts, once; what is not is told,
 * as torn only where a kill may have left it so. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "journal_help.h"

enum { BATCHES = 5, RECORDS = BATCHES + 2 };

static char folder[PATH_LENGTH], bad[PATH_LENGTH];
static char *bytes; /* of a journal of BATCHES batches */
static size_t length;
static size_t start[RECORDS + 1]; /* of each record, and where the last one ends */

static void make(void)
{
    char path[PATH_LENGTH];
    struct found *found = malloc(sizeof *found);
    folder_make(folder);
    made_journal(folder, BATCHES, path);
    path_join(bad, folder, "bad");
    bytes = file_read(path, &length);
    made_scan(path, found);
    start[0] = 0;
    for (int b = 0; b < BATCHES; b++)
        start[b + 1] = (size_t)found->offset[b];
    start[BATCHES + 1] = length - JOURNAL_HEADER - 8; /* the closing, of "end" */
    start[BATCHES + 2] = length;
    cr_assert(memcmp(bytes + start[BATCHES + 1], "MLJ1", 4) == 0);
    free(found);
}

static void removed(void)
{
    free(bytes);
    folder_remove(folder);
}

TestSuite(journal_damage, .init = make, .fini = removed);

/* How many of the first `records` records stand in the file as they were written; the bytes of all of them. */
static int still_there(const char *file, size_t size, int records, size_t *covered)
{
    int batches = 0;
    *covered = 0;
    for (int r = 0; r < records; r++) {
        size_t wanted = start[r + 1] - start[r], at = 0;
        while (at + wanted <= size && memcmp(file + at, bytes + start[r], wanted) != 0)
            at++;
        if (at + wanted > size)
            continue;
        *covered += wanted;
        batches += r >= 1 && r <= BATCHES;
    }
    return batches;
}

/* Exactly what is still there is found, and every other byte is told of. */
static struct journal_position expect(const char *file, size_t size, int records, const char *what, size_t at)
{
    static struct found found;
    size_t covered;
    int batches = still_there(file, size, records, &covered);
    file_write(bad, file, size);
    struct journal_position position = made_scan(bad, &found);
    cr_assert(found.batches == batches, "%s at %zu: %d, not %d", what, at, (int)found.batches, batches);
    for (int b = 0; b < BATCHES; b++)
        cr_assert(found.seen[b] <= 1);
    cr_assert(covered + (size_t)position.damage_bytes + (size_t)position.tail == size, "%s at %zu", what, at);
    cr_assert((position.damaged > 0) == (position.damage_bytes > 0) && (!position.tail_damaged || position.tail > 0));
    return position;
}

static bool is_torn(const struct journal_position *position)
{
    return position->tail > 0 && !position->tail_damaged;
}

Test(journal_damage, a_cut_is_torn_and_never_damage)
{
    for (int records = RECORDS - 1; records <= RECORDS; records++)
        for (size_t at = 0; at <= start[records]; at++) {
            struct journal_position position = expect(bytes, at, records, "cut", at);
            cr_assert(position.damaged == 0 && !position.tail_damaged, "cut at %zu", at);
        }
}

/* With a closing record, and without one: then a turned byte of the last record is damage too, for it is all there. */
Test(journal_damage, a_turned_byte_is_damage_and_never_torn)
{
    for (int records = RECORDS - 1; records <= RECORDS; records++)
        for (size_t at = 0; at < start[records]; at++) {
            bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
            file_write(bad, bytes, start[records]);
            static struct found found;
            struct journal_position position = made_scan(bad, &found);
            bool last = at >= start[records - 1], of_batch = at >= start[1] && at < start[BATCHES + 1];
            cr_assert(position.damaged == !last && position.tail_damaged == last, "byte %zu", at);
            cr_assert(found.batches == BATCHES - of_batch && !is_torn(&position), "byte %zu", at);
            cr_assert(!last || position.offset == (int64_t)start[records - 1]);
            bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
        }
}

static void with_added(int records, size_t at, size_t added, const char *what)
{
    size_t size = start[records];
    char *file = malloc(size + added);
    memcpy(file, bytes, at);
    memcpy(file + at, what, added);
    memcpy(file + at + added, bytes + at, size - at);
    struct journal_position position = expect(file, size + added, records, "added", at);
    cr_assert(position.damaged + position.tail_damaged == 1 && !is_torn(&position), "%zu added at %zu", added, at);
    free(file);
}

Test(journal_damage, added_bytes_cost_no_more_than_the_record_they_are_in, .timeout = 120)
{
    static const size_t added[] = { 1, 2, 3, 4, 7, 8, 13, 64, 100 };
    char junk[100];
    for (size_t i = 0; i < sizeof junk; i++)
        junk[i] = (char)(200 - i);
    for (int records = RECORDS - 1; records <= RECORDS; records++)
        for (size_t at = 0; at <= start[records]; at++)
            for (size_t i = 0; i < sizeof added / sizeof *added; i++)
                with_added(records, at, added[i], junk);
}

/* Bytes taken out of the last record may look like a kill's work; of one before it, never: the last is found. */
static void with_removed(int records, size_t at, size_t gone)
{
    size_t size = start[records] - gone;
    char *file = malloc(size + 1);
    memcpy(file, bytes, at);
    memcpy(file + at, bytes + at + gone, size - at);
    struct journal_position position = expect(file, size, records, "removed", at);
    if (at + gone <= start[records - 1])
        cr_assert(position.tail == 0 && position.damaged <= 1, "%zu removed at %zu", gone, at);
    if (at == size)
        cr_assert(position.damaged == 0 && !position.tail_damaged, "%zu removed at the end", gone);
    free(file);
}

Test(journal_damage, removed_bytes_cost_no_more_than_the_records_they_were_of, .timeout = 120)
{
    static const size_t gone[] = { 1, 2, 3, 4, 7, 8, 13, 64, 100, 200 };
    for (int records = RECORDS - 1; records <= RECORDS; records++)
        for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
            for (size_t at = 0; at + gone[i] <= start[records]; at++)
                with_removed(records, at, gone[i]);
}

/* As it was seen: three bytes gone near the beginning of many records, and what stood behind taken for a torn end. */
Test(journal_damage, three_bytes_gone_from_a_long_journal_cost_one_record)
{
    char path[PATH_LENGTH];
    static struct found found;
    size_t size;
    made_journal(folder, 3000, path);
    char *file = file_read(path, &size);
    memmove(file + 60000, file + 60003, size - 60003);
    file_write(bad, file, size - 3);
    struct journal_position position = made_scan(bad, &found);
    cr_assert(found.batches >= 2998 && position.damaged == 1 && position.tail == 0 && position.closed);
    cr_assert(position.damage_at <= 60000 && position.damage_at + position.damage_bytes > 60000);
    cr_assert(position.damage_bytes < 1000);
    free(file);
}

/* Some disks show the length of a file before what is in it. */
Test(journal_damage, a_damaged_end_that_becomes_whole_is_a_record)
{
    static struct found found;
    struct journal_position position = { 0 };
    struct journal_reader reader = { made_study, JOURNAL_FULL, made_note, &found };
    const size_t last = start[BATCHES], end = start[BATCHES + 1];
    char *file = malloc(end);
    memcpy(file, bytes, end);
    for (int seen = 0; seen <= 4;
         seen++) { /* of the last record: nothing, half a header, the header, half of all, all */
        size_t shown = seen < 4 ? (size_t[]){ 0, 32, 64, 100 }[seen] : end - last;
        memset(file + last, 0, end - last);
        memcpy(file + last, bytes + last, shown);
        file_write(bad, file, end);
        cr_assert(journal_scan(bad, &position, &reader, NULL) == 0);
        cr_assert(found.batches == (seen < 4 ? BATCHES - 1 : BATCHES) && position.damaged == 0, "%d", seen);
        cr_assert(position.tail_damaged == (seen < 4) && (position.tail > 0) == (seen < 4));
    }
    free(file);
}

/* Headers whose payloads are gone, one behind the other: each announces much that is not its own. */
Test(journal_damage, headers_without_payloads_are_looked_through_at_once, .timeout = 60)
{
    enum { HEADERS = 40000, PAYLOAD = 1 << 20 };
    struct journal_position position = { 0 };
    struct journal_reader reader = { made_study, JOURNAL_FULL, NULL, NULL };
    unsigned char *payload = calloc(1, PAYLOAD);
    struct journal journal;
    struct journal_record record = { .type = JOURNAL_BATCH, .runs = 1, .payload = payload, .length = PAYLOAD };
    char path[PATH_LENGTH];
    size_t size;
    memset(payload, 1, PAYLOAD);
    made_begin(&journal, folder, no_sync);
    path_join(path, folder, journal.name);
    cr_assert(journal_append(&journal, &record, NULL) == 0);
    journal_free(&journal);
    char *file = file_read(path, &size), *header = file + size - PAYLOAD - JOURNAL_HEADER;
    int fd = open(bad, O_WRONLY | O_CREAT, 0666);
    for (int i = 0; i < HEADERS; i++)
        cr_assert(write(fd, header, JOURNAL_HEADER) == JOURNAL_HEADER);
    close(fd);
    clock_t begun = clock();
    cr_assert(journal_scan(bad, &position, &reader, NULL) == 0 && position.records == 0 && position.tail_damaged);
    cr_assert((double)(clock() - begun) / CLOCKS_PER_SEC < 5, "%.1f s; 24 GB are too much to sum",
              (double)(clock() - begun) / CLOCKS_PER_SEC);
    free(file);
    free(payload);
}
