/* How long reading the journals of a large study takes: those that a thousand killed workers have left, again and again
 * (what a worker does between two blocks), and those of a million runs at once (what `study status` does). Journals are
 * made up, not simulated, and without a closing record.
 *
 *   ledger_speed FOLDER JOURNALS RECORDS      FOLDER is new; RECORDS of one run of 20 responses, over all journals */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "sim/study/batch.h"
#include "sim/study/ledger.h"

enum { PAYLOAD = sizeof(struct part_head) + 16 + 20 * sizeof(double), UPDATES = 20 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void check(int ret, const struct error *err)
{
    if (ret == 0)
        return;
    fprintf(stderr, "ledger_speed: %s\n", err->detail[0]);
    exit(1);
}

/* Records first, first + every, ...: as workers take blocks in turn. */
static void make_journal(const struct folder *folder, int64_t first, int64_t every)
{
    const struct origin origin = { .host = "bench", .pid = first + 1 };
    const struct journal_sync sync = { JOURNAL_SYNC_NONE, 0 };
    struct error err = { 0 };
    struct journal journal;
    uint64_t payload[PAYLOAD / 8] = { 0 };
    char path[600];
    snprintf(path, sizeof path, "%s/journal", folder->path);
    check(journal_create(&journal, path, folder->id, "bench", &origin, sync, 1, &err), &err);
    for (int64_t b = first; b < geometry_batches(&folder->geometry); b += every) {
        struct journal_record record = {
            .type = JOURNAL_BATCH, .batch = b, .runs = 1, .payload = payload, .length = sizeof payload
        };
        payload[b % (PAYLOAD / 8)]++;
        check(journal_append(&journal, &record, &err), &err);
    }
    journal_free(&journal);
}

static void measure(const struct folder *folder, enum journal_check how, const char *name)
{
    struct ledger ledger;
    struct error err = { 0 };
    double start = now(), first;
    check(ledger_init(&ledger, folder, NULL, how, &err), &err);
    check(ledger_update(&ledger, &err), &err);
    first = now() - start;
    start = now();
    for (int i = 0; i < UPDATES; i++)
        check(ledger_update(&ledger, &err), &err);
    printf("%s: %lld runs; first %.3f s, again %.2f ms\n", name, (long long)ledger.counts.runs_done, first,
           1e3 * (now() - start) / UPDATES);
    ledger_free(&ledger);
}

int main(int argc, char **argv)
{
    struct folder folder = { .path = argv[1], .program = (char[]){ "bench" } };
    const struct geometry_sizes sizes = { 1, 1, 100 };
    struct error err = { 0 };
    char path[600];
    if (argc != 4 || atoll(argv[2]) < 1 || atoll(argv[3]) < 1) {
        fprintf(stderr, "ledger_speed FOLDER JOURNALS RECORDS\n");
        return 2;
    }
    check(geometry_init(&folder.geometry, &(struct geometry_plan){ .points = atoll(argv[3]), .replications = 1 },
                        &sizes, &err),
          &err);
    snprintf(path, sizeof path, "%s/journal", folder.path);
    if (mkdir(folder.path, 0777) != 0 || mkdir(path, 0777) != 0) {
        perror(path);
        return 1;
    }
    for (int64_t j = 0; j < atoll(argv[2]); j++)
        make_journal(&folder, j, atoll(argv[2]));
    measure(&folder, JOURNAL_FULL, "all payloads");
    measure(&folder, JOURNAL_FAILURES, "headers, and payloads of failed runs");
    return 0;
}
