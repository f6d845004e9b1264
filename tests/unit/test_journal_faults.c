/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=writev,--wrap=fdatasync,--wrap=pread,--wrap=openat */
/* A journal keeps what was finished: full disks, errors of input and output, limits, threads, kills at any moment. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "journal_help.h"

/* ---- the n-th call fails ---- */

struct fault {
    long calls, nth; /* nth: -1 none */
    int number;      /* errno; 0: a short write instead */
};

static struct fault of_memory = { .nth = -1 }, of_writes = { .nth = -1 }, of_syncs = { .nth = -1 },
                    of_reads = { .nth = -1 }, of_opens = { .nth = -1 };
static bool in_halves; /* each write is two, with a pause: what a kill tears */

static bool strikes(struct fault *fault)
{
    return fault->calls++ == fault->nth;
}

static void arm(struct fault *fault, long nth, int number)
{
    *fault = (struct fault){ .nth = nth, .number = number };
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
char *__real_strdup(const char *text);
ssize_t __real_writev(int fd, const struct iovec *part, int num_parts);
int __real_fdatasync(int fd);
ssize_t __real_pread(int fd, void *out, size_t length, off_t offset);
int __real_openat(int folder, const char *name, int flags, mode_t mode);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);
ssize_t __wrap_writev(int fd, const struct iovec *part, int num_parts);
int __wrap_fdatasync(int fd);
ssize_t __wrap_pread(int fd, void *out, size_t length, off_t offset);
int __wrap_openat(int folder, const char *name, int flags, mode_t mode);

void *__wrap_malloc(size_t size)
{
    return strikes(&of_memory) ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size)
{
    return strikes(&of_memory) ? NULL : __real_calloc(count, size);
}
void *__wrap_realloc(void *block, size_t size)
{
    return strikes(&of_memory) ? NULL : __real_realloc(block, size);
}
char *__wrap_strdup(const char *text)
{
    return strikes(&of_memory) ? NULL : __real_strdup(text);
}

static ssize_t write_half(int fd, const struct iovec *part, int num_parts)
{
    size_t all = 0, left;
    for (int i = 0; i < num_parts; i++)
        all += part[i].iov_len;
    left = all > 1 ? all / 2 : all;
    for (int i = 0; i < num_parts; i++)
        if (part[i].iov_len > 0)
            return write(fd, part[i].iov_base, part[i].iov_len < left ? part[i].iov_len : left);
    return 0;
}

ssize_t __wrap_writev(int fd, const struct iovec *part, int num_parts)
{
    if (strikes(&of_writes)) {
        if (of_writes.number == 0)
            return write_half(fd, part, num_parts);
        errno = of_writes.number;
        return -1;
    }
    return in_halves ? write_half(fd, part, num_parts) : __real_writev(fd, part, num_parts);
}

int __wrap_fdatasync(int fd)
{
    if (strikes(&of_syncs)) {
        errno = of_syncs.number;
        return -1;
    }
    return __real_fdatasync(fd);
}

ssize_t __wrap_pread(int fd, void *out, size_t length, off_t offset)
{
    if (strikes(&of_reads)) {
        errno = of_reads.number;
        return -1;
    }
    return __real_pread(fd, out, length, offset);
}

int __wrap_openat(int folder, const char *name, int flags, mode_t mode)
{
    if (strikes(&of_opens)) {
        errno = of_opens.number;
        return -1;
    }
    return __real_openat(folder, name, flags, mode);
}

/* ---- what fails ---- */

/* Ten batches, the n-th write failing; each that failed is appended again, and all are there once. */
static void write_with_fault(long nth, int number)
{
    char folder[PATH_LENGTH];
    struct found *found = malloc(sizeof *found);
    struct journal journal;
    int64_t torn;
    int failures = 0;
    folder_make(folder);
    made_begin(&journal, folder, no_sync);
    arm(&of_writes, nth, number);
    for (int64_t b = 0; b < 10; b++) {
        struct error err = { 0 };
        int ret = made_append(&journal, b, &err);
        if (ret == 0)
            continue;
        failures++;
        cr_assert(ret == MILIEU_ERR_OUTPUT && strstr(err.detail[0], strerror(number)) != NULL, "%s", err.detail[0]);
        cr_assert(made_append(&journal, b, &err) == 0, "%s", err.detail[0]);
    }
    cr_assert(journal_close(&journal, NULL, 1, NULL) == 0);
    made_scan_folder(folder, found, &torn);
    cr_assert(failures == (number != 0) && found->batches == 10 && torn == 0);
    for (int b = 0; b < 10; b++)
        cr_assert(found->seen[b] == 1);
    free(found);
    folder_remove(folder);
}

Test(journal_faults, a_write_that_fails_is_told_and_may_be_tried_again)
{
    static const int number[] = { ENOSPC, EDQUOT, EIO, EFBIG, 0 /* short, and then the rest */ };
    for (int e = 0; e < 5; e++)
        for (long nth = 0; nth < 10; nth++)
            write_with_fault(nth, number[e]);
}

Test(journal_faults, a_signal_does_not_spoil_a_write)
{
    char folder[PATH_LENGTH];
    struct journal journal;
    folder_make(folder);
    made_begin(&journal, folder, no_sync);
    arm(&of_writes, 0, EINTR);
    cr_assert(made_append(&journal, 0, NULL) == 0 && of_writes.calls == 2);
    journal_free(&journal);
    folder_remove(folder);
}

/* The file-size limit cuts a record in two: nothing is appended behind it, a new journal takes what comes. */
Test(journal_faults, a_limit_of_the_file_size_tears_a_record_and_a_new_journal_goes_on, .signal = 0)
{
    char folder[PATH_LENGTH];
    struct found *found = malloc(sizeof *found);
    struct journal journal;
    struct error err = { 0 };
    struct rlimit limit;
    int64_t torn, done = 0;
    int failures = 0;
    folder_make(folder);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    made_begin(&journal, folder, no_sync);
    limit.rlim_cur = 4000;
    setrlimit(RLIMIT_FSIZE, &limit);
    while (done < 200) {
        int ret = made_append(&journal, done, &err);
        cr_assert(ret == 0 || (ret == MILIEU_ERR_OUTPUT && strstr(err.detail[0], "File too large") != NULL));
        failures += ret != 0;
        done += ret == 0;
        cr_assert(failures < 100);
    }
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
    cr_assert(failures > 5 && journal_close(&journal, NULL, 1, &err) == 0);
    made_scan_folder(folder, found, &torn);
    cr_assert(found->batches == 200 && torn > 0 && torn <= failures);
    for (int b = 0; b < 200; b++)
        cr_assert(found->seen[b] == 1);
    free(found);
    folder_remove(folder);
}

Test(journal_faults, a_disk_full_from_the_start_leaves_no_file)
{
    char folder[PATH_LENGTH];
    struct journal journal;
    struct origin origin;
    struct error err = { 0 };
    folder_make(folder);
    origin_of_this_process(&origin);
    arm(&of_writes, 0, ENOSPC);
    cr_assert(journal_create(&journal, folder, made_study, "p", &origin, no_sync, 1, &err) == MILIEU_ERR_OUTPUT);
    cr_assert(strstr(err.detail[0], "No space left") != NULL);
    cr_assert(folder_count(folder) == 0);
    cr_assert(made_append(&journal, 1, &err) == 0 && folder_count(folder) == 1); /* there is space again */
    journal_free(&journal);
    arm(&of_opens, 0, EROFS);
    cr_assert(journal_create(&journal, folder, made_study, "p", &origin, no_sync, 1, &err) == MILIEU_ERR_OUTPUT);
    cr_assert(strstr(err.detail[0], "Read-only") != NULL, "%s", err.detail[0]);
    journal_free(&journal);
    folder_remove(folder);
}

Test(journal_faults, a_record_too_long_is_refused)
{
    char folder[PATH_LENGTH];
    struct journal journal;
    struct error err = { 0 };
    struct journal_record record = { .type = JOURNAL_BATCH, .length = JOURNAL_MAX_PAYLOAD + 1, .payload = "" };
    folder_make(folder);
    made_begin(&journal, folder, no_sync);
    cr_assert(journal_append(&journal, &record, &err) == MILIEU_ERR_OUTPUT);
    journal_free(&journal);
    folder_remove(folder);
}

Test(journal_faults, syncs_follow_the_policy)
{
    static const struct {
        struct journal_sync sync;
        long expected;
    } policy[] = { { { JOURNAL_SYNC_NONE, 0 }, 0 },
                   { { JOURNAL_SYNC_SECONDS, 5 }, 4 }, /* 22 records a second apart, created one before the first */
                   { { JOURNAL_SYNC_RECORD, 0 }, 22 } };
    for (int i = 0; i < 3; i++) {
        char folder[PATH_LENGTH];
        struct journal journal;
        struct error err = { 0 };
        folder_make(folder);
        made_begin(&journal, folder, policy[i].sync);
        arm(&of_syncs, -1, 0);
        for (int64_t b = 0; b < 22; b++)
            cr_assert(made_append(&journal, b, &err) == 0);
        cr_assert(of_syncs.calls == policy[i].expected, "%ld", of_syncs.calls);
        cr_assert(journal_tick(&journal, 60000000, &err) == 0 && journal_tick(&journal, 120000000, &err) == 0);
        cr_assert(of_syncs.calls == policy[i].expected + (i == 1), "nothing new, no sync");
        cr_assert(journal_close(&journal, NULL, 130000000, &err) == 0);
        folder_remove(folder);
    }
}

Test(journal_faults, a_sync_that_fails_is_told_and_a_new_journal_begun)
{
    char folder[PATH_LENGTH], name[JOURNAL_NAME];
    struct journal journal;
    struct error err = { 0 };
    folder_make(folder);
    made_begin(&journal, folder, (struct journal_sync){ JOURNAL_SYNC_RECORD, 0 });
    journal_name(&journal, name);
    arm(&of_syncs, 0, EIO);
    cr_assert(made_append(&journal, 0, &err) == MILIEU_ERR_OUTPUT && strstr(err.detail[0], "Input/output") != NULL);
    cr_assert(made_append(&journal, 0, &err) == 0 && strcmp(name, journal.name) != 0);
    arm(&of_syncs, 0, EIO);
    cr_assert(journal_close(&journal, NULL, 1, &err) == MILIEU_ERR_OUTPUT);
    folder_remove(folder);
}

Test(journal_faults, a_read_that_fails_is_told)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH];
    struct error err = { 0 };
    folder_make(folder);
    made_journal(folder, 50, path);
    arm(&of_reads, 0, EIO);
    cr_assert(made_scan_code(path, &err) == MILIEU_ERR_INPUT && strstr(err.detail[0], "Input/output") != NULL);
    arm(&of_reads, 0, EINTR);
    cr_assert(made_scan_code(path, &err) == 0);
    arm(&of_memory, 0, 0);
    cr_assert(made_scan_code(path, &err) == MILIEU_ERR_MEMORY);
    int fd = open(path, O_RDONLY);
    struct journal_record record;
    void *buffer = NULL;
    size_t capacity = 0;
    arm(&of_reads, 1, EIO);
    cr_assert(journal_read(fd, path, 0, &record, &buffer, &capacity, &err) == MILIEU_ERR_INPUT);
    cr_assert(strstr(err.detail[0], "Input/output") != NULL);
    free(buffer);
    close(fd);
    unlink(path);
    cr_assert(made_scan_code(path, &err) == MILIEU_ERR_INPUT && strstr(err.detail[0], "No such file") != NULL);
    folder_remove(folder);
}

Test(journal_faults, memory_that_is_short_is_told)
{
    char folder[PATH_LENGTH];
    struct origin origin;
    bool reached = true;
    folder_make(folder);
    origin_of_this_process(&origin);
    for (long nth = 0; reached; nth++) {
        struct journal journal;
        struct error err = { 0 };
        arm(&of_memory, nth, 0);
        int ret = journal_create(&journal, folder, made_study, "p", &origin, no_sync, 1, &err);
        reached = of_memory.calls > nth;
        of_memory.nth = -1;
        cr_assert(ret == (reached ? MILIEU_ERR_MEMORY : 0));
        journal_free(&journal);
    }
    folder_remove(folder);
}

/* ---- threads, and kills ---- */

struct appender {
    struct journal *journal;
    int64_t first;
};

static void *append_many(void *context)
{
    struct appender *self = context;
    for (int64_t b = self->first; b < self->first + 500; b++)
        made_append(self->journal, b, NULL);
    return NULL;
}

Test(journal_faults, threads_share_one)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH];
    struct found *found = malloc(sizeof *found);
    struct journal journal;
    pthread_t thread[4];
    struct appender of[4];
    folder_make(folder);
    in_halves = true;
    made_begin(&journal, folder, (struct journal_sync){ JOURNAL_SYNC_SECONDS, 100 });
    path_join(path, folder, journal.name);
    for (int i = 0; i < 4; i++) {
        of[i] = (struct appender){ &journal, 500 * i };
        cr_assert(pthread_create(&thread[i], NULL, append_many, &of[i]) == 0);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    cr_assert(journal_close(&journal, NULL, 1, NULL) == 0);
    struct journal_position position = made_scan(path, found);
    cr_assert(found->batches == 2000 && position.damaged == 0 && position.tail == 0);
    for (int b = 0; b < 2000; b++)
        cr_assert(found->seen[b] == 1);
    free(found);
    folder_remove(folder);
}

/* The child goes on behind the last batch there is, says what it has finished, and is killed at some moment. */
static void append_until_killed(const char *folder, int64_t from, volatile int64_t *finished)
{
    struct journal journal;
    made_begin(&journal, folder, no_sync);
    for (int64_t b = from;; b = (b + 1) % MOST) {
        if (made_append(&journal, b, NULL) != 0)
            _exit(1);
        *finished = *finished + 1;
    }
}

Test(journal_faults, kills_at_any_moment_lose_nothing_finished, .timeout = 120)
{
    const int kills = 250;
    char folder[PATH_LENGTH];
    struct found *found = malloc(sizeof *found);
    int64_t before = 0, torn_in_all = 0;
    volatile int64_t *finished = shared_page();
    folder_make(folder);
    in_halves = true;
    for (int kill_number = 0; kill_number < kills; kill_number++) {
        struct timespec pause = { 0, (long)(kill_number * 7919L % 1500) * 1000 };
        int64_t torn;
        int status;
        *finished = 0;
        pid_t child = fork();
        if (child == 0)
            append_until_killed(folder, before % MOST, finished);
        while (*finished == 0 && waitpid(child, &status, WNOHANG) == 0)
            ;
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        cr_assert(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
        made_scan_folder(folder, found, &torn);
        /* what it finished is there; at most one more, written and not yet told */
        cr_assert(found->batches - before >= *finished && found->batches - before <= *finished + 1,
                  "%" PRId64 " of %" PRId64, found->batches - before, *finished);
        before = found->batches;
        torn_in_all = torn;
        if (kill_number % 25 == 24) { /* looked at: else reading it all again takes long */
            folder_remove(folder);
            folder_make(folder);
            before = 0;
        }
    }
    cr_log_info("%d kills, %" PRId64 " torn ends in the last folder", kills, torn_in_all);
    free(found);
    folder_remove(folder);
}
