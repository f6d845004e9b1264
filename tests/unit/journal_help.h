/* Journals of made-up batches: what a batch holds is a function of its number, so a reader knows what to find. */
#ifndef JOURNAL_HELP_H
#define JOURNAL_HELP_H

#include "folder_help.h"
#include "sim/study/journal.h"

extern const unsigned char made_study[STUDY_ID], other_study[STUDY_ID];
extern const struct journal_sync no_sync;

size_t made_payload(int64_t batch, unsigned char *out); /* at most 512 bytes; its length */
int made_append(struct journal *journal, int64_t batch, struct error *err);
void made_begin(struct journal *journal, const char *folder, struct journal_sync sync);

/* Path of a journal of the batches 0..n-1, closed. */
void made_journal(const char *folder, int64_t n, char path[PATH_LENGTH]);

enum { MOST = 4096 };

/* What a scan found; every record is compared with what was written. */
struct found {
    int64_t openings, batches, closings;
    int seen[MOST];
    int64_t offset[MOST];
    int64_t last;
    struct journal_opening opening;
};

int made_note(void *context, const struct journal_record *record,
              struct error *err); /* a journal_take of a struct found */
struct journal_position made_scan(const char *path, struct found *found);
int made_scan_code(const char *path, struct error *err);

/* All journals of the folder, none damaged: how often each batch is there, and how many torn ends. */
void made_scan_folder(const char *folder, struct found *all, int64_t *torn);

#endif
