/* A journal: an append-only file of checksummed records, of one process. What is in it counts, whatever happens to the
 * process: the valid records up to the end are the truth, a torn last one is normal after a kill.
 *
 * A file is a row of records, each a header of 64 bytes and its payload, padded with zeros to 8 bytes. Numbers are in
 * the machine's byte order; the magic tells another. Checksums are zlib's CRC-32: it comes with HDF5 and takes 1.2 GB/s.
 * The first record of a journal is an opening, naming the study and the process; the last, where the process ended in
 * peace, a closing. No journal is ever shortened, or written to by any other process than the one that made it. */
#ifndef MILIEU_JOURNAL_H
#define MILIEU_JOURNAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/error.h"
#include "origin.h"

enum {
    JOURNAL_HEADER = 64,             /* bytes */
    JOURNAL_MAX_PAYLOAD = 1 << 28,   /* bytes */
    JOURNAL_NAME = 128,              /* bytes that hold a journal's file name */
    STUDY_ID = 16,                   /* bytes of a study's id */
    STUDY_ID_TEXT = 2 * STUDY_ID + 1 /* the same in hexadecimal digits and a NUL */
};

#define JOURNAL_SUFFIX ".journal"

enum journal_type {
    JOURNAL_OPENING = 1, /* payload: `key value` lines, see journal_read_opening */
    JOURNAL_BATCH,       /* payload: the caller's */
    JOURNAL_CLOSING      /* payload: the caller's text, or none */
};

/* A record, written or read. The payload belongs to the caller; while a scan reads, to the scan, until the callback
 * returns, and is aligned to 8 bytes. */
struct journal_record {
    enum journal_type type;
    int64_t batch;         /* of JOURNAL_BATCH */
    uint32_t runs, failed; /* of the batch: in all, and those that failed */
    int64_t cpu_us;        /* it took, microseconds; not compared when a batch was done twice */
    int64_t time_us;       /* when it was ready, microseconds since 1970; not compared either */
    const void *payload;
    size_t length;       /* bytes, without padding */
    uint32_t checksum;   /* reading: of the payload and its padding */
    int64_t offset;      /* reading: of the header in the file */
    const char *journal; /* reading: path of the file */
};

/* ---- writing ---- */

enum journal_sync_kind { JOURNAL_SYNC_NONE, JOURNAL_SYNC_SECONDS, JOURNAL_SYNC_RECORD };

struct journal_sync {
    enum journal_sync_kind kind;
    double seconds; /* JOURNAL_SYNC_SECONDS: at least so long between two */
};

struct journal {
    pthread_mutex_t lock;
    bool ready;              /* journal_create has made the lock */
    int fd;                  /* -1: none open; the next append begins a new file */
    char *folder;            /* where journals are */
    char name[JOURNAL_NAME]; /* of the file last begun; "" none */
    unsigned char study[STUDY_ID];
    char *program; /* as the opening names it */
    struct origin origin;
    struct journal_sync sync;
    int64_t synced_us; /* time of the last sync, by the records' clock */
    bool unsynced;     /* written since */
    int files;         /* begun so far */
};

/* Begins a journal in `folder` (which is there), named host-pid-number.journal by the first number that is free.
 * now_us: microseconds since 1970. MILIEU_ERR_OUTPUT when it cannot be written. The struct is good for journal_close
 * after a failure too. */
int journal_create(struct journal *self, const char *folder, const unsigned char study[STUDY_ID], const char *program,
                   const struct origin *origin, struct journal_sync sync, int64_t now_us, struct error *err);

/* Appends a record by one write, and syncs when the policy says so (by record->time_us). Any number of threads.
 * MILIEU_ERR_OUTPUT when not all of it was written (disk full, input/output error, limit of the file size, sync failed):
 * the record does not count then. A file left with a torn end is given up: the next append begins a new one, so that an
 * append may be tried again when there is space. */
int journal_append(struct journal *self, const struct journal_record *record, struct error *err);

/* Syncs when seconds have passed since the last and something was written since; a program that waits calls it.
 * MILIEU_ERR_OUTPUT too when the file is no longer in its folder. */
int journal_tick(struct journal *self, int64_t now_us, struct error *err);

/* Copies the name of the file now written to. */
void journal_name(struct journal *self, char name[JOURNAL_NAME]);

/* A closing record with `text` (may be NULL) if a file is open, a last sync unless the policy is none, and free. With
 * NULL `err` and text too. Safe twice, and after a failed create. */
int journal_close(struct journal *self, const char *text, int64_t now_us, struct error *err);

/* Frees without a closing record: what a process does that was told to stop at once. */
void journal_free(struct journal *self);

/* ---- reading ---- */

/* How far a journal has been read; all 0 (JOURNAL_START) before the first scan. */
struct journal_position {
    int64_t offset;       /* of the first byte not yet counted */
    int64_t size;         /* of the file when it was last read */
    int64_t records;      /* valid ones so far, of any type */
    int64_t tail;         /* bytes behind `offset` when last read: a torn record, or one being written; or damage: */
    bool tail_damaged;    /* they are no beginning of a record. Never for good: a record that is being written may look
                             so on some disks, and is read when it is whole */
    int64_t damaged;      /* places where bytes were not as written, valid records behind them */
    int64_t damage_at;    /* offset of the first such place, and */
    int64_t damage_bytes; /* bytes of all of them */
    bool closed;          /* a closing record was read */
};

/* What of a journal is read, and its checksums looked at. All headers are. A payload that is left out is given as NULL,
 * and damage in it is not seen: its record counts as valid, with what its header says (and where bytes went from it or came
 * in, the record behind it is not found). */
enum journal_check {
    JOURNAL_FULL,    /* every payload: for resume, merge, verify */
    JOURNAL_HEADERS, /* none but the opening's: for a quick look */
    JOURNAL_FAILURES /* the opening's, and of records with failed runs: for a quick look that tells why */
};

/* Receives each valid record; non-zero ends the scan and is returned (the record then counts as read). */
typedef int journal_take(void *context, const struct journal_record *record, struct error *err);

struct journal_reader {
    const unsigned char *study; /* STUDY_ID bytes: records of another study are an error */
    enum journal_check check;
    journal_take *take; /* may be NULL */
    void *context;
};

/* Reads on from *position to the last valid record now in the file; behind damage to the next valid one, at whatever byte.
 * Looks at a file again that has another size than before, or whose tail was damaged. Returns 0 (a torn tail or damage is told in
 * *position, not by a code), what `take` returned, MILIEU_ERR_FOLDER for a record of another study (the message
 * names both ids), MILIEU_ERR_INPUT when the file cannot be read, MILIEU_ERR_MEMORY. */
int journal_scan(const char *path, struct journal_position *position, const struct journal_reader *reader,
                 struct error *err);

/* One record again, by the offset a scan gave. *buffer (of *capacity bytes, NULL and 0 at first, grown as needed, the
 * caller frees it) receives the payload. Checksums are looked at: MILIEU_ERR_INPUT when they are wrong or reading fails. */
int journal_read(int fd, const char *path, int64_t offset, struct journal_record *record, void **buffer,
                 size_t *capacity, struct error *err);

/* What an opening says. */
struct journal_opening {
    char study[STUDY_ID_TEXT];
    char program[128];
    struct origin origin;
    int64_t time_us;
};

/* False when the record is none. */
bool journal_read_opening(const struct journal_record *record, struct journal_opening *opening);

/* A study id as hexadecimal digits, and back (false when the text is none). */
void study_id_text(const unsigned char id[STUDY_ID], char text[STUDY_ID_TEXT]);
bool study_id_read(const char *text, unsigned char id[STUDY_ID]);

#endif
