/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=linkat,--wrap=renameat,--wrap=openat,--wrap=write,--wrap=futimens */
/* Claims: each block goes to one process while all live; what the dead held is taken over; nothing here is needed for
 * results to be right. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "folder_help.h"
#include "sim/study/claim.h"

/* ---- the n-th call fails ---- */

struct fault {
    long calls, nth; /* nth: -1 none */
    int number;
};

static struct fault of_memory = { .nth = -1 }, of_links = { .nth = -1 }, of_opens = { .nth = -1 },
                    of_writes = { .nth = -1 }, of_touches = { .nth = -1 };
static bool answer_is_lost;                 /* of linkat: done, and EEXIST */
static void (*before_rename)(const char *); /* what another process does just then */
static char folder[PATH_LENGTH];

static bool strikes(struct fault *fault)
{
    if (fault->calls++ != fault->nth)
        return false;
    errno = fault->number;
    return true;
}

static void arm(struct fault *fault, long nth, int number)
{
    *fault = (struct fault){ .nth = nth, .number = number };
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
char *__real_strdup(const char *text);
int __real_linkat(int from, const char *old, int to, const char *new, int flags);
int __real_renameat(int from, const char *old, int to, const char *new);
int __real_openat(int dir, const char *name, int flags, mode_t mode);
ssize_t __real_write(int fd, const void *data, size_t length);
int __real_futimens(int fd, const struct timespec *times);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);
int __wrap_linkat(int from, const char *old, int to, const char *new, int flags);
int __wrap_renameat(int from, const char *old, int to, const char *new);
int __wrap_openat(int dir, const char *name, int flags, mode_t mode);
ssize_t __wrap_write(int fd, const void *data, size_t length);
int __wrap_futimens(int fd, const struct timespec *times);

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
int __wrap_linkat(int from, const char *old, int to, const char *new, int flags)
{
    int ret = strikes(&of_links) ? -1 : __real_linkat(from, old, to, new, flags);
    if (ret == 0 && answer_is_lost) {
        errno = EEXIST;
        return -1;
    }
    return ret;
}
int __wrap_renameat(int from, const char *old, int to, const char *new)
{
    if (before_rename != NULL)
        before_rename(old);
    return __real_renameat(from, old, to, new);
}
int __wrap_openat(int dir, const char *name, int flags, mode_t mode)
{
    return strikes(&of_opens) ? -1 : __real_openat(dir, name, flags, mode);
}
ssize_t __wrap_write(int fd, const void *data, size_t length)
{
    return strikes(&of_writes) ? -1 : __real_write(fd, data, length);
}
int __wrap_futimens(int fd, const struct timespec *times)
{
    return strikes(&of_touches) ? -1 : __real_futimens(fd, times);
}

/* ---- help ---- */

static void usleep_short(void)
{
    struct timespec pause = { 0, 200000 };
    nanosleep(&pause, NULL);
}

static void make(void)
{
    folder_make(folder);
}

static void removed(void)
{
    folder_remove(folder);
}

static void begin(struct claims *claims, double expected)
{
    struct origin origin;
    struct error err = { 0 };
    origin_of_this_process(&origin);
    cr_assert(claims_init(claims, folder, &origin, expected, &err) == 0, "%s", err.detail[0]);
}

static bool takes(struct claims *claims, int64_t block)
{
    struct error err = { 0 };
    bool taken;
    cr_assert(claims_take(claims, block, &taken, &err) == 0, "%s", err.detail[0]);
    return taken;
}

static void path_of(int64_t block, char path[PATH_LENGTH])
{
    char name[32];
    snprintf(name, sizeof name, "%" PRId64, block);
    path_join(path, folder, name);
}

static bool there(int64_t block)
{
    char path[PATH_LENGTH];
    struct stat st;
    path_of(block, path);
    return stat(path, &st) == 0;
}

/* A claim such as another process would have made, last touched some seconds ago. */
static void forge(int64_t block, const struct origin *origin, double expected, int age)
{
    char path[PATH_LENGTH], text[ORIGIN_TEXT + 64];
    struct timespec times[2];
    origin_write(origin, text);
    snprintf(text + strlen(text), 64, "expected %.17g\n", expected);
    path_of(block, path);
    file_write(path, text, strlen(text));
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= age;
    times[1] = times[0];
    utimensat(AT_FDCWD, path, times, 0);
}

TestSuite(claim, .init = make, .fini = removed);

/* ---- tests ---- */

Test(claim, one_has_it_until_it_gives_it_back)
{
    struct claims a, b;
    begin(&a, 10);
    begin(&b, 10);
    cr_assert(takes(&a, 7) && !takes(&a, 7) && !takes(&b, 7) && takes(&b, 8) && there(7));
    claims_release(&a, 8); /* not ours: nothing */
    cr_assert(there(8));
    claims_release(&a, 7);
    cr_assert(!there(7) && takes(&b, 7));
    for (int64_t block = 100; block < 140; block++)
        cr_assert(takes(&a, block));
    claims_free(&a);
    cr_assert(!there(100) && there(7) && folder_count(folder) == 3);
    claims_free(&b);
    claims_free(&b);
    cr_assert(folder_count(folder) == 0);
}

enum { BLOCKS = 200, PROCESSES = 8 };

/* Child i tries all blocks, from a place of its own on, keeps what it gets and waits for the end. */
static void try_all(int i, atomic_int *got, atomic_int *ready)
{
    struct claims claims;
    begin(&claims, 10);
    atomic_fetch_add(ready, 1);
    while (atomic_load(ready) < PROCESSES)
        ;
    for (int k = 0; k < BLOCKS; k++) {
        int block = (k + i % 2 * 3) % BLOCKS; /* most are wanted by many at once */
        if (takes(&claims, block))
            atomic_fetch_add(&got[block], 1);
    }
    atomic_fetch_add(ready, 1);
    while (atomic_load(ready) < 2 * PROCESSES)
        usleep_short();
    claims_free(&claims);
    _exit(0);
}

static void race(atomic_int *got)
{
    atomic_int *page = shared_page(), *ready = page + BLOCKS;
    for (int i = 0; i < PROCESSES; i++)
        if (fork() == 0)
            try_all(i, page, ready);
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        cr_assert(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    for (int block = 0; block < BLOCKS; block++)
        got[block] = atomic_load(&page[block]);
}

Test(claim, processes_that_race_get_each_block_once)
{
    for (int trial = 0; trial < 5; trial++) {
        atomic_int got[BLOCKS];
        race(got);
        for (int block = 0; block < BLOCKS; block++)
            cr_assert(got[block] == 1, "block %d: %d times", block, got[block]);
        cr_assert(folder_count(folder) == 0);
    }
}

Test(claim, stale_claims_that_many_race_for_are_taken_over)
{
    int twice = 0;
    struct origin gone;
    atomic_int got[BLOCKS];
    origin_of_this_process(&gone);
    gone.start += 1; /* a process of this number, another one */
    for (int block = 0; block < BLOCKS; block++)
        forge(block, &gone, 10, 0);
    race(got);
    for (int block = 0; block < BLOCKS; block++) {
        cr_assert(got[block] >= 1, "block %d", block);
        twice += got[block] > 1;
    }
    cr_assert(twice <= BLOCKS / 20, "%d taken twice", twice); /* no harm, but it should be rare */
    cr_assert(folder_count(folder) == 0);
}

static pid_t holder_of(int64_t block)
{
    atomic_int *ready = shared_page();
    pid_t child = fork();
    if (child == 0) {
        struct claims claims;
        begin(&claims, 10);
        atomic_store(ready, takes(&claims, block) ? 1 : 2);
        for (;;)
            pause();
    }
    while (atomic_load(ready) == 0)
        usleep_short();
    cr_assert(atomic_load(ready) == 1);
    return child;
}

Test(claim, what_a_killed_process_held_is_taken_over_at_once)
{
    struct claims ours;
    int status;
    begin(&ours, 10);
    pid_t child = holder_of(5);
    cr_assert(!takes(&ours, 5), "it lives");
    kill(child, SIGKILL);
    while (!takes(&ours, 5)) /* not waited for: it is a zombie at most, and gone all the same */
        usleep_short();
    cr_assert(ours.taken_over == 1);
    waitpid(child, &status, 0);
    child = holder_of(6);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    cr_assert(takes(&ours, 6) && ours.taken_over == 2);
    claims_free(&ours);
    begin(&ours, 10); /* the files of the dead are cleared away */
    cr_assert(folder_count(folder) == 1);
    claims_free(&ours);
}

Test(claim, a_stopped_process_keeps_its_claims)
{
    struct claims ours;
    int status;
    begin(&ours, 10);
    pid_t child = holder_of(5);
    kill(child, SIGSTOP);
    cr_assert(!takes(&ours, 5));
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    cr_assert(takes(&ours, 5));
    claims_free(&ours);
}

Test(claim, staleness_follows_the_rules)
{
    struct origin us, remote, other;
    struct claims ours;
    char path[PATH_LENGTH];
    begin(&ours, 10);
    origin_of_this_process(&us);
    remote = us;
    snprintf(remote.host, sizeof remote.host, "elsewhere");
    forge(1, &remote, 1, 55);
    forge(2, &remote, 1, 65); /* 60 s at least */
    forge(3, &remote, 20, 195);
    forge(4, &remote, 20, 205); /* ten times what is expected */
    cr_assert(!takes(&ours, 1) && takes(&ours, 2) && !takes(&ours, 3) && takes(&ours, 4));
    forge(5, &us, 1, 0); /* this process: it lives */
    other = us;
    other.start++; /* the same number, another process */
    forge(6, &other, 1, 0);
    other = us;
    other.boot[0] = other.boot[0] == 'a' ? 'b' : 'a'; /* before a restart of the host: not known for certain */
    forge(7, &other, 1, 0);
    other = us;
    other.start++;
    other.processes++; /* a container beside ours: its numbers say nothing here */
    forge(8, &other, 1, 0);
    forge(9, &other, 1, 100);
    cr_assert(!takes(&ours, 5) && takes(&ours, 6) && !takes(&ours, 7) && !takes(&ours, 8) && takes(&ours, 9));
    path_of(10, path);
    file_write(path, "", 0);
    path_of(11, path);
    file_write(path, "rubbish\n", 8);
    cr_assert(!takes(&ours, 10) && !takes(&ours, 11));
    struct timespec old[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
    utimensat(AT_FDCWD, path, old, 0);
    cr_assert(takes(&ours, 11));
    claims_free(&ours);
}

/* Another process takes the stale claim over, and claims anew, between our look and our rename. */
static void be_quicker(const char *name)
{
    struct origin alive;
    char path[PATH_LENGTH];
    origin_of_this_process(&alive);
    path_join(path, folder, name);
    before_rename = NULL;
    unlink(path);
    forge(strtoll(name, NULL, 10), &alive, 10, 0);
}

static void touch_it(const char *name)
{
    char path[PATH_LENGTH];
    before_rename = NULL;
    path_join(path, folder, name);
    utimensat(AT_FDCWD, path, NULL, 0);
}

Test(claim, who_pulls_away_a_live_claim_puts_it_back)
{
    struct claims ours;
    struct origin gone;
    begin(&ours, 10);
    origin_of_this_process(&gone);
    gone.start++;
    forge(1, &gone, 10, 0);
    before_rename = be_quicker;
    cr_assert(!takes(&ours, 1) && there(1) && ours.taken_over == 0 && before_rename == NULL);
    snprintf(gone.host, sizeof gone.host, "elsewhere");
    forge(2, &gone, 10, 1000);
    before_rename = touch_it;
    cr_assert(!takes(&ours, 2) && there(2) && before_rename == NULL);
    cr_assert(folder_count(folder) == 3);
    claims_free(&ours);
}

Test(claim, a_touch_keeps_all_fresh_and_brings_a_lost_file_back)
{
    struct claims ours;
    struct stat before, after;
    char path[PATH_LENGTH], worker[PATH_LENGTH];
    struct timespec old[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
    begin(&ours, 10);
    path_join(worker, folder, ours.worker);
    cr_assert(takes(&ours, 1) && takes(&ours, 2));
    path_of(2, path);
    utimensat(AT_FDCWD, path, old, 0);
    cr_assert(claims_touch(&ours, NULL) == 0 && stat(path, &before) == 0 && before.st_mtim.tv_sec > 1000000000);
    unlink(worker); /* a folder tidied up */
    cr_assert(claims_touch(&ours, NULL) == 0 && stat(worker, &after) == 0 && after.st_ino == before.st_ino);
    unlink(worker);
    cr_assert(takes(&ours, 3) && stat(worker, &after) == 0 && after.st_ino == before.st_ino);
    for (int64_t block = 1; block <= 3; block++) {
        path_of(block, path);
        unlink(path);
    }
    unlink(worker);
    cr_assert(claims_touch(&ours, NULL) == 0 && takes(&ours, 4));
    claims_free(&ours);
    cr_assert(folder_count(folder) == 0);
}

Test(claim, an_answer_lost_by_the_server_is_a_claim)
{
    struct claims ours;
    begin(&ours, 10);
    answer_is_lost = true;
    cr_assert(takes(&ours, 1) && !takes(&ours, 1));
    claims_free(&ours);
    cr_assert(folder_count(folder) == 0);
}

Test(claim, what_cannot_be_written_is_told)
{
    struct claims ours;
    struct origin origin;
    struct error err = { 0 };
    bool taken;
    char missing[PATH_LENGTH];
    origin_of_this_process(&origin);
    begin(&ours, 10);
    arm(&of_links, 0, EPERM);
    cr_assert(claims_take(&ours, 1, &taken, &err) == MILIEU_ERR_OUTPUT && !taken &&
              strstr(err.detail[0], "hard links"));
    arm(&of_links, 0, ENOSPC);
    cr_assert(claims_take(&ours, 1, &taken, &err) == MILIEU_ERR_OUTPUT && strstr(err.detail[0], "No space left"));
    arm(&of_touches, 0, EROFS);
    cr_assert(claims_touch(&ours, &err) == MILIEU_ERR_OUTPUT && strstr(err.detail[0], "Read-only"));
    claims_free(&ours);
    arm(&of_writes, 0, ENOSPC);
    cr_assert(claims_init(&ours, folder, &origin, 1, &err) == MILIEU_ERR_OUTPUT && folder_count(folder) == 0);
    claims_free(&ours);
    arm(&of_opens, 1, EROFS); /* the first reads the folder */
    cr_assert(claims_init(&ours, folder, &origin, 1, &err) == MILIEU_ERR_OUTPUT && strstr(err.detail[0], "Read-only"));
    claims_free(&ours);
    path_join(missing, folder, "none");
    cr_assert(claims_init(&ours, missing, &origin, 1, &err) == MILIEU_ERR_OUTPUT &&
              strstr(err.detail[0], "No such file"));
    claims_free(&ours);
}

Test(claim, memory_that_is_short_is_told)
{
    bool reached = true, taken;
    struct origin origin;
    origin_of_this_process(&origin);
    for (long nth = 0; reached; nth++) {
        struct claims ours;
        arm(&of_memory, nth, ENOMEM);
        int ret = claims_init(&ours, folder, &origin, 1, NULL);
        for (int64_t block = 0; ret == 0 && block < 9; block++)
            ret = claims_take(&ours, block, &taken, NULL);
        reached = of_memory.calls > nth;
        of_memory.nth = -1;
        cr_assert(ret == (reached ? MILIEU_ERR_MEMORY : 0), "%ld", nth);
        claims_free(&ours);
        cr_assert(folder_count(folder) == 0);
    }
}

struct listed {
    int workers, stale;
    int64_t blocks;
};

static int count_one(void *context, const struct claim_state *state)
{
    struct listed *self = context;
    self->workers++;
    self->stale += state->stale;
    self->blocks += state->blocks;
    cr_assert(state->expected == 10 && state->age < 30);
    return 0;
}

Test(claim, workers_are_listed)
{
    struct claims ours;
    struct listed listed = { 0 };
    struct timespec now;
    int status;
    begin(&ours, 10);
    cr_assert(takes(&ours, 1) && takes(&ours, 2));
    pid_t child = holder_of(3);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    clock_gettime(CLOCK_REALTIME, &now);
    cr_assert(claims_list(folder, (double)now.tv_sec, count_one, &listed, NULL) == 0);
    cr_assert(listed.workers == 2 && listed.stale == 1 && listed.blocks == 3);
    claims_free(&ours);
    cr_assert(claims_list("/none/such", 0, count_one, &listed, NULL) == 0);
}

/* Three workers do sixty blocks; one after the other is killed and replaced: all is done in the end. */
static void work_blocks(atomic_int *done, int blocks)
{
    struct claims claims;
    begin(&claims, 10);
    for (int left = 1; left > 0;) {
        left = 0;
        for (int block = 0; block < blocks; block++) {
            if (atomic_load(&done[block]) > 0)
                continue;
            left++;
            if (!takes(&claims, block))
                continue;
            usleep_short();
            atomic_fetch_add(&done[block], 1);
            claims_release(&claims, block);
        }
    }
    claims_free(&claims);
    _exit(0);
}

Test(claim, kills_do_not_keep_blocks_from_being_done, .timeout = 60)
{
    enum { WORKERS = 3, KILLS = 60, ALL = 400 };
    atomic_int *done = shared_page();
    pid_t worker[WORKERS];
    int status;
    for (int i = 0; i < WORKERS; i++)
        if ((worker[i] = fork()) == 0)
            work_blocks(done, ALL);
    for (int k = 0; k < KILLS; k++) {
        struct timespec pause = { 0, (long)(k * 7919L % 1500) * 1000 };
        nanosleep(&pause, NULL);
        kill(worker[k % WORKERS], SIGKILL);
        waitpid(worker[k % WORKERS], &status, 0);
        if ((worker[k % WORKERS] = fork()) == 0)
            work_blocks(done, ALL);
    }
    for (int i = 0; i < WORKERS; i++)
        cr_assert(waitpid(worker[i], &status, 0) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    for (int block = 0; block < ALL; block++)
        cr_assert(atomic_load(&done[block]) >= 1);
}
