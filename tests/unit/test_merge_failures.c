/* link: -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=H5Fcreate -Wl,--wrap=H5Fflush -Wl,--wrap=H5Fclose -Wl,--wrap=H5Dcreate2 -Wl,--wrap=H5Dwrite -Wl,--wrap=H5Dclose -Wl,--wrap=H5Acreate2 -Wl,--wrap=H5Awrite -Wl,--wrap=H5Gcreate2 -Wl,--wrap=H5Pset_virtual */
/* While journals are merged every write of the file system, every allocation of ours and calls of HDF5 fail once: no
 * crash, no file that looks whole, and what stood there before still does. In one file, and over shards. As
 * test_results_failures.c: each trial is a process of its own; pwrite, fsync and rename are defined here. */
#include <criterion/criterion.h>
#include <errno.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_journals.h"
#include "fake_study.h"
#include "sim/results/study_file.h"
#include "sim/study/merge.h"
#include "study_help.h"

/* Under the sanitizers a process takes long to fork: fewer trials. */
#if defined(__SANITIZE_ADDRESS__)
enum { SPARSE = 8 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SPARSE = 8 };
#else
enum { SPARSE = 1 };
#endif
#else
enum { SPARSE = 1 };
#endif

/* ---- the n-th call fails ---- */

struct fault {
    long calls, nth; /* so far; that one fails, -1 none */
    int number;      /* errno */
};

enum { WRITES, MEMORY, HDF5, NUM_FAULTS };
static struct fault fault[NUM_FAULTS];

static void forget(void)
{
    for (int i = 0; i < NUM_FAULTS; i++)
        fault[i] = (struct fault){ .nth = -1 };
}

static bool strikes(int which)
{
    struct fault *f = &fault[which];
    if (f->calls++ != f->nth || f->nth < 0)
        return false;
    errno = f->number;
    return true;
}

long syscall(long number, ...);
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset);
ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset);
int fsync(int fd);
int rename(const char *from, const char *to);

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset)
{
    return strikes(WRITES) ? -1 : syscall(SYS_pwrite64, fd, data, length, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset)
{
    return pwrite(fd, data, length, offset);
}

int fsync(int fd)
{
    (void)fd; /* a real one takes long, and nobody cuts the power */
    return strikes(WRITES) ? -1 : 0;
}

int rename(const char *from, const char *to)
{
    return strikes(WRITES) ? -1 : (int)syscall(SYS_rename, from, to);
}

#define WRAP_MEMORY(name, declared, passed)                                                                            \
    void *__real_##name declared;                                                                                      \
    void *__wrap_##name declared;                                                                                      \
    void *__wrap_##name declared                                                                                       \
    {                                                                                                                  \
        return strikes(MEMORY) ? NULL : __real_##name passed;                                                          \
    }

WRAP_MEMORY(malloc, (size_t a), (a))
WRAP_MEMORY(calloc, (size_t a, size_t b), (a, b))
WRAP_MEMORY(realloc, (void *a, size_t b), (a, b))

/* A function of HDF5 fails having done its work: a close that fails has closed. */
#define WRAP(type, name, declared, passed)                                                                             \
    type __real_##name declared;                                                                                       \
    type __wrap_##name declared;                                                                                       \
    type __wrap_##name declared                                                                                        \
    {                                                                                                                  \
        type done = __real_##name passed;                                                                              \
        return strikes(HDF5) ? -1 : done;                                                                              \
    }

WRAP(hid_t, H5Fcreate, (const char *a, unsigned b, hid_t c, hid_t d), (a, b, c, d))
WRAP(herr_t, H5Fflush, (hid_t a, H5F_scope_t b), (a, b))
WRAP(herr_t, H5Fclose, (hid_t a), (a))
WRAP(hid_t, H5Dcreate2, (hid_t a, const char *b, hid_t c, hid_t d, hid_t e, hid_t f, hid_t g), (a, b, c, d, e, f, g))
WRAP(herr_t, H5Dwrite, (hid_t a, hid_t b, hid_t c, hid_t d, hid_t e, const void *f), (a, b, c, d, e, f))
WRAP(herr_t, H5Dclose, (hid_t a), (a))
WRAP(hid_t, H5Acreate2, (hid_t a, const char *b, hid_t c, hid_t d, hid_t e, hid_t f), (a, b, c, d, e, f))
WRAP(herr_t, H5Awrite, (hid_t a, hid_t b, const void *c), (a, b, c))
WRAP(hid_t, H5Gcreate2, (hid_t a, const char *b, hid_t c, hid_t d, hid_t e), (a, b, c, d, e))
WRAP(herr_t, H5Pset_virtual, (hid_t a, hid_t b, const char *c, const char *d, hid_t e), (a, b, c, d, e))

/* ---- a trial ---- */

static const char text[] = STUDY_HEAD
    "scenario = \"two.cfg\"; design: { method = \"factorial\"; };\n"
    "vary: ( { path = \"meso[clinic-a].place\"; name = \"place\"; values = [\"rural\", \"urban\"]; } );\n"
    "respond = [\"full_implementation\"];\n"
    "stop: { response = \"full_implementation\"; arms = [\"with-champion\", \"as-it-is\"]; clinic = \"all\"; "
    "half_width = 0.05; level = 0.95; first = 4; most = 8; };\n"
    "outputs: { series = [\"fidelity\"]; every_weeks = 26; trajectories = 2; };\n";

static struct study study;
static struct fake_runs runs;
static int64_t shard_above;
static char target[600], whole[600];

static int merge_to(const char *path)
{
    const struct merge_options options = { .path = path, .shard_above = shard_above };
    struct merge_report report;
    struct error err = { 0 };
    int ret = study_merge(&study, &runs.folder, &options, &report, &err);
    if (ret != 0 && (err.code != ret || (ret != MILIEU_ERR_MEMORY && (!err.detail[0][0] || !err.detail[1][0]))))
        return -1000;
    return ret;
}

static void prepare(int64_t above)
{
    alarm(600);
    forget();
    study = study_of(text, NULL);
    fake_runs_init(&runs, &study, (struct geometry_sizes){ 4, 1, 1 }, true);
    fake_all(&runs);
    shard_above = above;
    snprintf(target, sizeof target, "%s/target.h5", fake_folder());
    snprintf(whole, sizeof whole, "%s/whole.h5", fake_folder());
    cr_assert(merge_to(whole) == 0);
}

static void clean(void)
{
    forget();
    fake_runs_free(&runs);
    study_free(&study);
}

static bool holds(const char *path, const char *words)
{
    char line[64] = "";
    FILE *file = fopen(path, "r");
    bool same = file != NULL && fgets(line, sizeof line, file) != NULL && strcmp(line, words) == 0;
    if (file != NULL)
        fclose(file);
    return same;
}

static bool is_left(const char *name)
{
    struct stat st;
    char path[700];
    snprintf(path, sizeof path, "%s/%s.part", fake_folder(), name);
    return stat(path, &st) == 0;
}

static bool nothing_is_left(void)
{
    char shard[100];
    snprintf(shard, sizeof shard, "study-%s-001.h5", runs.folder.id_text);
    return !is_left("target.h5") && !is_left(shard);
}

/* 0 written, 1 refused and nothing changed, 2 anything else. */
static int in_a_child(int which, long nth)
{
    struct study_file file;
    int ret;
    forget();
    fault[which] = (struct fault){ .nth = nth, .number = EIO };
    ret = merge_to(target);
    forget();
    if (!nothing_is_left())
        return 2;
    if (ret == 0) {
        ret = study_file_open(&file, target, NULL);
        study_file_close(&file);
        return ret == 0 ? 0 : 2;
    }
    return (ret == MILIEU_ERR_OUTPUT || ret == MILIEU_ERR_MEMORY) && holds(target, "what stood there") ? 1 : 2;
}

static int trial(int which, long nth)
{
    FILE *file = fopen(target, "w");
    pid_t child;
    int status = 0;
    fputs("what stood there", file);
    fclose(file);
    child = fork();
    if (child == 0)
        _exit(in_a_child(which, nth));
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

/* Every `step`-th call of a kind, and the last ones; at most `silent` of them go unnoticed. */
static void fail_each(int which, int64_t above, long step, long silent)
{
    long calls, unnoticed = 0;
    prepare(above);
    forget();
    cr_assert(merge_to(target) == 0);
    calls = fault[which].calls;
    cr_assert(calls > 20, "%ld", calls);
    step = getenv("MILIEU_EVERY") != NULL ? 1 : step * SPARSE;
    for (long i = 0; i < calls; i += i + 12 < calls ? step : 1) {
        int outcome = trial(which, i);
        cr_assert(outcome < 2, "call %ld of %ld: %d", i, calls, outcome);
        unnoticed += outcome == 0;
    }
    cr_assert(unnoticed <= silent, "%ld unnoticed", unnoticed);
    clean();
}

/* The fsync of the folder comes when the file has its name: neither it nor the memory for it is a failure. */
Test(merge_failures, every_write)
{
    fail_each(WRITES, 0, 3, 1);
}

Test(merge_failures, every_write_over_shards)
{
    fail_each(WRITES, 1000, 3, 3);
}

Test(merge_failures, every_allocation)
{
    fail_each(MEMORY, 0, 3, 1);
}

Test(merge_failures, every_allocation_over_shards)
{
    fail_each(MEMORY, 1000, 3, 3);
}

Test(merge_failures, calls_of_hdf5)
{
    fail_each(HDF5, 0, 7, 0);
}

Test(merge_failures, calls_of_hdf5_over_shards)
{
    fail_each(HDF5, 1000, 7, 0);
}
