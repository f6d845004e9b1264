/* link: -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,@tests/unit/wrap_hdf5.txt */
/* Every write of the file system, every call of HDF5 and every allocation of ours fails once: no crash, no file that
 * looks whole, and what stood there before still does.
 *
 * Writes: pwrite, fsync, rename are defined here, so that HDF5's shared library calls ours; a file-size limit steps
 * through the file as well. HDF5's functions are wrapped by the linker (wrap_hdf5.txt names them). Each trial is a
 * process of its own, for a library in which a close failed is not to be trusted with the next trial. MILIEU_EVERY=1
 * tries every single call of HDF5; else some of each, spread, the first and last among them. */
#include <criterion/criterion.h>
#include <errno.h>
#include <hdf5.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_study.h"
#include "sim/results/results.h"

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
    long calls;   /* so far */
    long nth;     /* that one fails, -1 none */
    bool onwards; /* and all behind it */
    int number;   /* errno */
};

static struct fault of_writes = { .nth = -1 }, of_memory = { .nth = -1 };

static bool strikes(struct fault *fault)
{
    long call = fault->calls++;
    if (fault->nth < 0 || call < fault->nth || (call > fault->nth && !fault->onwards))
        return false;
    errno = fault->number;
    return true;
}

long syscall(long number, ...);
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset);
ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset);
int fsync(int fd);
int rename(const char *from, const char *to);
int ftruncate(int fd, off_t length);
int ftruncate64(int fd, off_t length);

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset)
{
    return strikes(&of_writes) ? -1 : syscall(SYS_pwrite64, fd, data, length, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset)
{
    return pwrite(fd, data, length, offset);
}

int fsync(int fd)
{
    return strikes(&of_writes) ? -1 : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    return strikes(&of_writes) ? -1 : (int)syscall(SYS_rename, from, to);
}

int ftruncate(int fd, off_t length)
{
    return strikes(&of_writes) ? -1 : (int)syscall(SYS_ftruncate, fd, length);
}

int ftruncate64(int fd, off_t length)
{
    return ftruncate(fd, length);
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
    return strikes(&of_memory) ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size)
{
    return strikes(&of_memory) ? NULL : __real_calloc(count, size);
}
void *__wrap_realloc(void *old, size_t size)
{
    return strikes(&of_memory) ? NULL : __real_realloc(old, size);
}

/* A function of HDF5: fails by -1, having done its work (a close that fails has closed). */
enum { MAX_FUNCTIONS = 64 };
static struct fault of_hdf5[MAX_FUNCTIONS];
static const char *name_of[MAX_FUNCTIONS];

static void forget(void)
{
    of_writes = of_memory = (struct fault){ .nth = -1 };
    for (int i = 0; i < MAX_FUNCTIONS; i++)
        of_hdf5[i] = (struct fault){ .nth = -1 };
}

#define WRAP(number, type, name, declared, passed)                                                                     \
    type __real_##name declared;                                                                                       \
    type __wrap_##name declared;                                                                                       \
    type __wrap_##name declared                                                                                        \
    {                                                                                                                  \
        type done = __real_##name passed;                                                                              \
        name_of[number] = #name;                                                                                       \
        return strikes(&of_hdf5[number]) ? -1 : done;                                                                  \
    }

WRAP(0, hid_t, H5Fcreate, (const char *a, unsigned b, hid_t c, hid_t d), (a, b, c, d))
WRAP(1, herr_t, H5Fflush, (hid_t a, H5F_scope_t b), (a, b))
WRAP(2, herr_t, H5Fclose, (hid_t a), (a))
WRAP(3, hid_t, H5Dcreate2, (hid_t a, const char *b, hid_t c, hid_t d, hid_t e, hid_t f, hid_t g), (a, b, c, d, e, f, g))
WRAP(4, herr_t, H5Dwrite, (hid_t a, hid_t b, hid_t c, hid_t d, hid_t e, const void *f), (a, b, c, d, e, f))
WRAP(5, herr_t, H5Dclose, (hid_t a), (a))
WRAP(6, hid_t, H5Acreate2, (hid_t a, const char *b, hid_t c, hid_t d, hid_t e, hid_t f), (a, b, c, d, e, f))
WRAP(7, herr_t, H5Awrite, (hid_t a, hid_t b, const void *c), (a, b, c))
WRAP(8, herr_t, H5Aclose, (hid_t a), (a))
WRAP(9, hid_t, H5Gcreate2, (hid_t a, const char *b, hid_t c, hid_t d, hid_t e), (a, b, c, d, e))
WRAP(10, herr_t, H5Gclose, (hid_t a), (a))
WRAP(11, hid_t, H5Screate, (H5S_class_t a), (a))
WRAP(12, hid_t, H5Screate_simple, (int a, const hsize_t *b, const hsize_t *c), (a, b, c))
WRAP(13, herr_t, H5Sclose, (hid_t a), (a))
WRAP(14, herr_t, H5Sselect_hyperslab,
     (hid_t a, H5S_seloper_t b, const hsize_t *c, const hsize_t *d, const hsize_t *e, const hsize_t *f),
     (a, b, c, d, e, f))
WRAP(15, hid_t, H5Tcopy, (hid_t a), (a))
WRAP(16, herr_t, H5Tset_size, (hid_t a, size_t b), (a, b))
WRAP(17, herr_t, H5Tset_cset, (hid_t a, H5T_cset_t b), (a, b))
WRAP(18, herr_t, H5Tset_strpad, (hid_t a, H5T_str_t b), (a, b))
WRAP(19, herr_t, H5Tclose, (hid_t a), (a))
WRAP(20, hid_t, H5Tcreate, (H5T_class_t a, size_t b), (a, b))
WRAP(21, herr_t, H5Tinsert, (hid_t a, const char *b, size_t c, hid_t d), (a, b, c, d))
WRAP(22, hid_t, H5Tvlen_create, (hid_t a), (a))
WRAP(23, herr_t, H5Rcreate, (void *a, hid_t b, const char *c, H5R_type_t d, hid_t e), (a, b, c, d, e))
WRAP(24, hid_t, H5Pcreate, (hid_t a), (a))
WRAP(25, herr_t, H5Pclose, (hid_t a), (a))
WRAP(26, herr_t, H5Pset_chunk, (hid_t a, int b, const hsize_t *c), (a, b, c))
WRAP(27, herr_t, H5Pset_fill_value, (hid_t a, hid_t b, const void *c), (a, b, c))
WRAP(28, herr_t, H5Pset_obj_track_times, (hid_t a, hbool_t b), (a, b))
WRAP(29, herr_t, H5Pset_chunk_cache, (hid_t a, size_t b, size_t c, double d), (a, b, c, d))
WRAP(30, hid_t, H5Dget_space, (hid_t a), (a))
WRAP(31, herr_t, H5Dread, (hid_t a, hid_t b, hid_t c, hid_t d, hid_t e, void *f), (a, b, c, d, e, f))
WRAP(32, herr_t, H5Pset_libver_bounds, (hid_t a, H5F_libver_t b, H5F_libver_t c), (a, b, c))
WRAP(33, herr_t, H5Pset_attr_phase_change, (hid_t a, unsigned b, unsigned c), (a, b, c))
WRAP(34, herr_t, H5Pset_attr_creation_order, (hid_t a, unsigned b), (a, b))
WRAP(35, herr_t, H5Pset_link_creation_order, (hid_t a, unsigned b), (a, b))
WRAP(36, herr_t, H5Pset_fclose_degree, (hid_t a, H5F_close_degree_t b), (a, b))
WRAP(37, herr_t, H5Pset_shuffle, (hid_t a), (a))
WRAP(38, herr_t, H5Pset_deflate, (hid_t a, unsigned b), (a, b))
WRAP(39, herr_t, H5Pset_fletcher32, (hid_t a), (a))

/* ---- a trial ---- */

/* Blocks of both kinds, quantiles, events: as small as they go. */
static int write_study(const char *path, bool compress)
{
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    struct setting setting;
    struct record record;
    struct error err;
    int ret, events = 40;
    struct fault waiting = of_memory;
    of_memory.nth = -1; /* what the test itself needs does not count */
    fake_scenario_init(&scenario, 3, 2, 30);
    fake_setting_init(&setting, &scenario, 0);
    fake_record_init(&record, &scenario, true);
    fake_record_fill(&record, 0, 0, 0, events);
    results_options_defaults(&options, &scenario);
    options.replications = 5;
    options.compress = compress;
    options.version = "9.9.9";
    of_memory = waiting;
    ret = results_create(&writer, path, &scenario, &options, &err);
    if (ret == 0)
        ret = results_take_draw(&writer, 0, &setting, &err);
    for (int i = 0; i < 10 && ret == 0; i++)
        ret = results_take(&writer, 0, i / 2, i % 2, &record, &err);
    if (ret == 0)
        ret = results_finish(&writer, &err);
    else
        results_abandon(&writer);
    if (ret != 0 && (err.code != ret || (ret != MILIEU_ERR_MEMORY && (!err.detail[0][0] || !err.detail[1][0]))))
        ret = -1000;
    waiting = of_memory;
    of_memory.nth = -1;
    fake_record_free(&record);
    fake_setting_free(&setting);
    fake_scenario_free(&scenario);
    of_memory = waiting;
    return ret;
}

static char *bytes_of(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    *length = 0;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
        *length = (size_t)ftell(file);
        rewind(file);
        bytes = malloc(*length + 1);
        *length = fread(bytes, 1, *length, file);
    }
    if (file != NULL)
        fclose(file);
    return bytes;
}

static bool same_bytes(const char *a, const char *b)
{
    size_t length_a, length_b;
    char *bytes_a = bytes_of(a, &length_a), *bytes_b = bytes_of(b, &length_b);
    bool same = bytes_a != NULL && bytes_b != NULL && length_a == length_b && memcmp(bytes_a, bytes_b, length_a) == 0;
    free(bytes_a);
    free(bytes_b);
    return same;
}

static char whole[600], old[600], target[600], part[620], events[620];

static void copy_file(const char *from, const char *to)
{
    size_t length;
    char *bytes = bytes_of(from, &length);
    FILE *file = fopen(to, "wb");
    fwrite(bytes, 1, length, file);
    fclose(file);
    free(bytes);
}

/* A whole file to compare with, and one that stands in the target's place. */
static void prepare(bool compress)
{
    FILE *file;
    alarm(600);
    forget();
    snprintf(whole, sizeof whole, "%s/whole.h5", fake_folder());
    snprintf(old, sizeof old, "%s/old", fake_folder());
    snprintf(target, sizeof target, "%s/target.h5", fake_folder());
    snprintf(part, sizeof part, "%s.part", target);
    snprintf(events, sizeof events, "%s.events.part", target);
    cr_assert_eq(write_study(whole, compress), 0);
    file = fopen(old, "w");
    fputs("what stood there", file);
    fclose(file);
}

static void clean(void)
{
    unlink(whole);
    unlink(old);
    unlink(target);
    rmdir(fake_folder());
}

/* In a process of its own. The child's exit status: 0 written and equal to the whole one, 1 refused and nothing
 * changed, 2 anything else. */
static int trial(void (*arm)(void *), void *argument, bool compress)
{
    pid_t child;
    int status = 0;
    copy_file(old, target);
    child = fork();
    if (child == 0) {
        int ret;
        struct stat st;
        forget();
        arm(argument);
        ret = write_study(target, compress);
        forget();
        if (stat(part, &st) == 0 || stat(events, &st) == 0)
            _exit(2);
        if (ret == 0)
            _exit(same_bytes(target, whole) ? 0 : 2);
        _exit((ret == MILIEU_ERR_OUTPUT || ret == MILIEU_ERR_MEMORY) && same_bytes(target, old) ? 1 : 2);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

/* ---- the file system ---- */

static void arm_write(void *argument)
{
    of_writes = *(struct fault *)argument;
}

/* How many writes a whole file takes. */
static long count_writes(bool compress)
{
    forget();
    write_study(target, compress);
    return of_writes.calls;
}

/* Every `step`-th, and the last ones. */
static void fail_writes(int number, bool onwards, bool compress, long step)
{
    long writes, refused = 0, tried = 0;
    prepare(compress);
    writes = count_writes(compress);
    cr_assert_gt(writes, 20);
    step = getenv("MILIEU_EVERY") != NULL ? 1 : step * SPARSE;
    for (long i = 0; i < writes; i = i + step < writes - 12 ? i + step : i < writes - 12 ? writes - 12 : i + 1) {
        struct fault fault = { .nth = i, .onwards = onwards, .number = number };
        int outcome = trial(arm_write, &fault, compress);
        cr_assert(outcome < 2, "write %ld of %ld: %d", i, writes, outcome);
        refused += outcome;
        tried++;
    }
    /* The folder's own fsync comes when the file has its name; all others must be told. */
    cr_assert_eq(refused, tried - 1, "%ld of %ld told", refused, tried);
    clean();
}

Test(failures, every_write_finds_a_full_disk)
{
    fail_writes(ENOSPC, true, false, 4);
}

Test(failures, every_write_fails_once)
{
    fail_writes(EIO, false, false, 1);
}

Test(failures, every_write_of_a_compressed_file_fails_once)
{
    fail_writes(EIO, false, true, 6);
}

static void arm_limit(void *argument)
{
    struct rlimit limit = { *(rlim_t *)argument, *(rlim_t *)argument };
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
}

Test(failures, a_file_size_limit_anywhere)
{
    struct stat st;
    rlim_t step;
    prepare(false);
    stat(whole, &st);
    step = (rlim_t)st.st_size * SPARSE / 60 + 1;
    for (rlim_t limit = 0; limit < (rlim_t)st.st_size; limit += step)
        cr_assert_eq(trial(arm_limit, &limit, false), 1, "limit %lu of %ld", (unsigned long)limit, (long)st.st_size);
    clean();
}

/* As the program itself ends: exit handlers run, and none may crash. */
Test(failures, the_exit_after_a_failure_is_ours)
{
    pid_t child;
    int status = 0;
    prepare(false);
    child = fork();
    if (child == 0) {
        rlim_t limit = 100000;
        arm_limit(&limit);
        status = write_study(target, false) == MILIEU_ERR_OUTPUT ? 73 : 0;
        if (SPARSE > 1) /* the leak detector's own handler has no business in a fork of Criterion */
            _exit(status);
        exit(status);
    }
    waitpid(child, &status, 0);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 73, "status %x", (unsigned)status);
    clean();
}

/* ---- HDF5 ---- */

struct call {
    int function;
    long nth;
};

static void arm_hdf5(void *argument)
{
    struct call *call = argument;
    of_hdf5[call->function] = (struct fault){ .nth = call->nth, .number = EIO };
}

static void fail_hdf5(bool compress)
{
    long calls[MAX_FUNCTIONS], most = getenv("MILIEU_EVERY") != NULL ? 1000000 : 8 / SPARSE + 1;
    int functions = 0;
    prepare(compress);
    forget();
    write_study(target, compress);
    for (int i = 0; i < MAX_FUNCTIONS; i++)
        calls[i] = of_hdf5[i].calls;
    for (int i = 0; i < MAX_FUNCTIONS; i++) {
        long step = calls[i] / most + 1;
        functions += calls[i] > 0;
        if (compress && i > 5 && i != 26 && i < 37) /* the others have had their turn */
            continue;
        for (long n = 0; n < calls[i]; n += n + step < calls[i] || n == calls[i] - 1 ? step : calls[i] - 1 - n) {
            struct call call = { i, n };
            int outcome = trial(arm_hdf5, &call, compress);
            cr_assert_eq(outcome, 1, "%s, call %ld of %ld: %d", name_of[i], n, calls[i], outcome);
        }
    }
    cr_assert_eq(functions, compress ? 40 : 37);
    clean();
}

Test(failures, every_function_of_hdf5_fails)
{
    fail_hdf5(false);
}

Test(failures, every_function_of_hdf5_fails_in_a_compressed_file)
{
    fail_hdf5(true);
}

/* ---- memory ---- */

static void arm_memory(void *argument)
{
    of_memory = (struct fault){ .nth = *(long *)argument, .number = ENOMEM };
}

Test(failures, every_allocation_of_the_writer_fails)
{
    long nth = 0;
    int outcome;
    prepare(false);
    while ((outcome = trial(arm_memory, &nth, false)) == 1)
        nth++;
    cr_assert_eq(outcome, 0, "allocation %ld: %d", nth, outcome);
    cr_assert_gt(nth, 15);
    clean();
}

static int read_all(const char *path)
{
    static double value[64];
    static float weeks[512], rating[3 * NUM_FACTORS];
    static struct results_event event[16];
    struct results_file file;
    struct error err;
    int64_t first, count;
    int ret = results_open(&file, path, &err);
    if (ret == 0)
        ret = results_read_outcome(&file, 0, 0, value, &err);
    if (ret == 0)
        ret = results_read_quantiles(&file, 0, 1, 2, weeks, &err);
    if (ret == 0)
        ret = results_read_ratings(&file, 0, rating, &err);
    if (ret == 0)
        ret = results_find_events(&file, 1, 0, 3, &first, &count, &err);
    if (ret == 0)
        ret = results_read_events(&file, first, 16, event, &err);
    results_close(&file);
    results_close(&file);
    return ret;
}

Test(failures, every_allocation_of_the_reader_fails)
{
    long nth = 0;
    int ret = -1;
    prepare(false);
    while (ret != 0) {
        forget();
        arm_memory(&nth);
        ret = read_all(whole);
        cr_assert(ret == 0 || ret == MILIEU_ERR_MEMORY || ret == MILIEU_ERR_RESULTS, "allocation %ld: %d", nth, ret);
        cr_assert((ret == 0) == (of_memory.calls <= nth), "allocation %ld went unnoticed", nth);
        nth++;
    }
    forget();
    cr_assert_gt(nth, 40);
    clean();
}
