#include "journal_help.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

const unsigned char made_study[STUDY_ID] = "one study of all", other_study[STUDY_ID] = "two studies here";
const struct journal_sync no_sync = { JOURNAL_SYNC_NONE, 0 };

/* ---- a journal of made-up batches ---- */

/* Payload and counts of a batch: a function of its number. */
size_t made_payload(int64_t batch, unsigned char *out)
{
    size_t length = (size_t)(batch * 37 % 301);
    for (size_t i = 0; i < length; i++)
        out[i] = (unsigned char)(batch * 31 + (int64_t)i * 7 + (int64_t)i * batch);
    return length;
}

int made_append(struct journal *journal, int64_t batch, struct error *err)
{
    unsigned char payload[512];
    struct journal_record record = { .type = JOURNAL_BATCH,
                                     .batch = batch,
                                     .runs = 3,
                                     .failed = (uint32_t)(batch % 2),
                                     .cpu_us = 1000 + batch,
                                     .time_us = 5000000 + batch * 1000000,
                                     .payload = payload };
    record.length = made_payload(batch, payload);
    return journal_append(journal, &record, err);
}

void made_begin(struct journal *journal, const char *folder, struct journal_sync sync)
{
    struct origin origin;
    struct error err = { 0 };
    origin_of_this_process(&origin);
    cr_assert(journal_create(journal, folder, made_study, "milieu 0.1.0 abc\nflags", &origin, sync, 4000000, &err) == 0,
              "%s", err.detail[0]);
}

/* Path of a journal of the batches 0..n-1, closed. */
void made_journal(const char *folder, int64_t n, char path[PATH_LENGTH])
{
    struct journal journal;
    struct error err = { 0 };
    made_begin(&journal, folder, no_sync);
    path_join(path, folder, journal.name);
    for (int64_t b = 0; b < n; b++)
        cr_assert(made_append(&journal, b, &err) == 0, "%s", err.detail[0]);
    cr_assert(journal_close(&journal, "end", 9000000, &err) == 0, "%s", err.detail[0]);
}

/* ---- what a scan finds ---- */

int made_note(void *context, const struct journal_record *record, struct error *err)
{
    struct found *found = context;
    unsigned char payload[512];
    (void)err;
    if (record->type == JOURNAL_OPENING)
        found->openings += journal_read_opening(record, &found->opening);
    found->closings += record->type == JOURNAL_CLOSING;
    if (record->type != JOURNAL_BATCH)
        return 0;
    cr_assert(record->batch >= 0 && record->batch < MOST && record->length == made_payload(record->batch, payload));
    cr_assert(record->payload == NULL || memcmp(record->payload, payload, record->length) == 0);
    cr_assert(((uintptr_t)record->payload & 7) == 0 && record->runs == 3 && record->failed == record->batch % 2);
    cr_assert(record->cpu_us == 1000 + record->batch && record->time_us == 5000000 + record->batch * 1000000);
    found->batches++;
    found->seen[record->batch]++;
    found->offset[record->batch] = record->offset;
    found->last = record->batch;
    return 0;
}

struct journal_position made_scan(const char *path, struct found *found)
{
    struct journal_position position = { 0 };
    struct journal_reader reader = { made_study, JOURNAL_FULL, made_note, found };
    struct error err = { 0 };
    memset(found, 0, sizeof *found);
    cr_assert(journal_scan(path, &position, &reader, &err) == 0, "%s", err.detail[0]);
    return position;
}

int made_scan_code(const char *path, struct error *err)
{
    struct journal_position position = { 0 };
    struct journal_reader reader = { made_study, JOURNAL_FULL, NULL, NULL };
    return journal_scan(path, &position, &reader, err);
}

/* All journals of the folder: how often each batch is there. */
void made_scan_folder(const char *folder, struct found *all, int64_t *torn)
{
    DIR *dir = opendir(folder);
    struct journal_reader reader = { made_study, JOURNAL_FULL, made_note, all };
    memset(all, 0, sizeof *all);
    *torn = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[PATH_LENGTH + 260];
        struct journal_position position = { 0 };
        struct error err = { 0 };
        if (strstr(entry->d_name, JOURNAL_SUFFIX) == NULL)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        cr_assert(journal_scan(path, &position, &reader, &err) == 0, "%s", err.detail[0]);
        cr_assert(position.damaged == 0);
        *torn += position.tail > 0;
    }
    closedir(dir);
}
