/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=write,--wrap=fsync,--wrap=mkdir,--wrap=rename,--wrap=link,--wrap=open,--wrap=read */
/* A study's folder: made once whoever comes first, opened by those of the same study alone, and nothing in it changed
 * behind its back. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "folder_help.h"
#include "sim/study/folder.h"

/* ---- the n-th call fails ---- */

struct fault {
    long calls, nth; /* nth: -1 none */
    int number;
};

static struct fault of_memory = { .nth = -1 }, of_files = { .nth = -1 }, of_links = { .nth = -1 },
                    of_reads = { .nth = -1 };

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
ssize_t __real_write(int fd, const void *data, size_t length);
ssize_t __real_read(int fd, void *data, size_t length);
int __real_mkdir(const char *path, mode_t mode);
int __real_rename(const char *from, const char *to);
int __real_link(const char *from, const char *to);
int __real_open(const char *path, int flags, ...);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);
ssize_t __wrap_write(int fd, const void *data, size_t length);
ssize_t __wrap_read(int fd, void *data, size_t length);
int __wrap_fsync(int fd);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_rename(const char *from, const char *to);
int __wrap_link(const char *from, const char *to);
int __wrap_open(const char *path, int flags, ...);

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
ssize_t __wrap_write(int fd, const void *data, size_t length)
{
    return strikes(&of_files) ? -1 : __real_write(fd, data, length > 7 ? 7 : length); /* in small pieces */
}
ssize_t __wrap_read(int fd, void *data, size_t length)
{
    return strikes(&of_reads) ? -1 : __real_read(fd, data, length);
}
int __wrap_fsync(int fd) /* waits for no disk: kills are of processes here */
{
    struct stat st;
    bool folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode); /* whose failure is not looked at */
    return !folder && strikes(&of_files) ? -1 : 0;
}
int __wrap_mkdir(const char *path, mode_t mode)
{
    return strikes(&of_files) ? -1 : __real_mkdir(path, mode);
}
int __wrap_rename(const char *from, const char *to)
{
    return strikes(&of_files) ? -1 : __real_rename(from, to);
}
int __wrap_link(const char *from, const char *to)
{
    return strikes(&of_files) || strikes(&of_links) ? -1 : __real_link(from, to);
}
int __wrap_open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
        if (strikes(&of_files))
            return -1;
    }
    return __real_open(path, flags, mode);
}

/* ---- help ---- */

static char parent[PATH_LENGTH], path[PATH_LENGTH];

static void make(void)
{
    folder_make(parent);
    path_join(path, parent, "turnover");
}

static void removed(void)
{
    folder_remove(parent);
}

TestSuite(folder, .init = make, .fini = removed);

static struct folder_spec made_up(void)
{
    struct folder_spec spec = { .num_inputs = 2, .plan = { 12, 20, 0 }, .sizes = { 5, 1, 3 } };
    for (int p = 0; p < NUM_FOLDER_PARTS; p++)
        spec.part[p] = "something";
    spec.part[PART_PROGRAM] = "milieu 0.1.0, commit abc";
    spec.part[PART_STOP] = NULL;
    spec.input[0] = (struct folder_input){ "study.cfg", "runs: { };\n", 11 };
    spec.input[1] = (struct folder_input){ "scenario.cfg", "format;\0x\n", 10 };
    return spec;
}

static int code_of(const struct folder_spec *spec, struct error *err)
{
    struct folder folder;
    int ret = folder_create_or_open(&folder, path, spec, err);
    folder_free(&folder);
    return ret;
}

static int code_of_open(struct error *err)
{
    struct folder folder;
    int ret = folder_open(&folder, path, err);
    folder_free(&folder);
    return ret;
}

static void inner(const char *name, char out[PATH_LENGTH])
{
    path_join(out, path, name);
}

static void replace(const char *name, const char *old, const char *new)
{
    char file[PATH_LENGTH];
    size_t length;
    inner(name, file);
    char *text = file_read(file, &length), *at = strstr(text, old);
    char *changed = malloc(length + strlen(new) + 1);
    cr_assert(at != NULL, "%s", text);
    memcpy(changed, text, (size_t)(at - text));
    strcpy(changed + (at - text), new);
    strcat(changed, at + strlen(old));
    file_write(file, changed, strlen(changed));
    free(text);
    free(changed);
}

/* ---- tests ---- */

Test(folder, is_made_once_and_opened_after)
{
    struct folder_spec spec = made_up();
    struct folder folder, again, reader;
    struct error err = { 0 };
    char *data;
    size_t length;
    cr_assert(!folder_exists(path) && code_of_open(&err) == MILIEU_ERR_INPUT);
    cr_assert(folder_create_or_open(&folder, path, &spec, &err) == 0, "%s", err.detail[0]);
    cr_assert(folder.made && folder_exists(path) && folder_count(path) == 5);
    spec.sizes = (struct geometry_sizes){ 20, 4, 9 }; /* another pilot: the folder keeps its own */
    cr_assert(folder_create_or_open(&again, path, &spec, &err) == 0, "%s", err.detail[0]);
    cr_assert(!again.made && memcmp(&again.geometry, &folder.geometry, sizeof folder.geometry) == 0);
    cr_assert(again.geometry.sizes.per_batch == 5 && geometry_batches(&again.geometry) == 48);
    cr_assert(folder_open(&reader, path, &err) == 0, "%s", err.detail[0]);
    cr_assert(strcmp(reader.id_text, folder.id_text) == 0 && memcmp(reader.id, folder.id, STUDY_ID) == 0);
    cr_assert(strcmp(reader.program, "milieu 0.1.0, commit abc") == 0 && reader.num_inputs == 2);
    cr_assert(folder_read_input(&reader, "scenario.cfg", &data, &length, &err) == 0 && length == 10);
    cr_assert(memcmp(data, "format;\0x\n", 11) == 0);
    free(data);
    folder_free(&folder);
    folder_free(&again);
    folder_free(&reader);
    folder_free(&reader);
}

Test(folder, an_id_is_a_function_of_the_parts_alone)
{
    struct folder_spec spec = made_up(), other = made_up();
    unsigned char a[STUDY_ID], b[STUDY_ID];
    cr_assert(folder_study_id(&spec, a, NULL) == 0);
    other.input[0] = (struct folder_input){ "else", "", 0 };
    other.sizes.per_batch = 1;
    other.part[PART_STOP] = "";
    cr_assert(folder_study_id(&other, b, NULL) == 0 && memcmp(a, b, STUDY_ID) == 0);
    for (int p = 0; p < NUM_FOLDER_PARTS; p++) {
        other = made_up();
        other.part[p] = "something else";
        cr_assert(folder_study_id(&other, b, NULL) == 0 && memcmp(a, b, STUDY_ID) != 0);
    }
}

Test(folder, another_study_is_told_with_both_ids_and_what_has_changed)
{
    static const char *const words[][2] = {
#define X(part, name, english, french) { english, french },
#include "sim/study/folder_parts.def"
#undef X
    };
    struct folder_spec spec = made_up();
    char ours[STUDY_ID_TEXT], theirs[STUDY_ID_TEXT];
    unsigned char id[STUDY_ID];
    struct error err = { 0 };
    cr_assert(code_of(&spec, &err) == 0);
    folder_study_id(&spec, id, NULL);
    study_id_text(id, theirs);
    for (int p = 0; p < NUM_FOLDER_PARTS; p++) {
        struct folder_spec other = made_up();
        other.part[p] = "something else";
        folder_study_id(&other, id, NULL);
        study_id_text(id, ours);
        cr_assert(code_of(&other, &err) == MILIEU_ERR_FOLDER);
        cr_assert(strstr(err.detail[0], ours) && strstr(err.detail[0], theirs), "%s", err.detail[0]);
        for (int q = 0; q < NUM_FOLDER_PARTS; q++)
            for (int lang = 0; lang < 2; lang++) {
                const char *list = strstr(err.detail[lang], lang == 0 ? "changed" : "changé");
                cr_assert((strstr(list, words[q][lang]) != NULL) == (p == q), "%s", err.detail[lang]);
            }
        cr_assert((strstr(err.detail[0], "begun with milieu 0.1.0, commit abc") != NULL) == (p == PART_PROGRAM));
    }
}

Test(folder, other_bytes_of_the_same_study_are_the_same_study)
{
    struct folder_spec spec = made_up();
    struct folder folder;
    struct error err = { 0 };
    char *data;
    size_t length;
    cr_assert(code_of(&spec, &err) == 0);
    spec.input[0] = (struct folder_input){ "study.cfg", "runs: { }; # fine\n", 18 };
    cr_assert(folder_create_or_open(&folder, path, &spec, &err) == 0, "%s", err.detail[0]);
    cr_assert(folder_read_input(&folder, "study.cfg", &data, &length, &err) == 0 && length == 11);
    free(data);
    folder_free(&folder);
}

Test(folder, what_has_been_changed_or_lost_is_found)
{
    struct folder_spec spec = made_up();
    struct error err = { 0 };
    char file[PATH_LENGTH], kept[PATH_LENGTH];
    cr_assert(code_of(&spec, &err) == 0);
    inner("study/scenario.cfg", file);
    inner("kept", kept);
    cr_assert(rename(file, kept) == 0);
    cr_assert(code_of(&spec, &err) == MILIEU_ERR_FOLDER && strstr(err.detail[0], "study/scenario.cfg is missing"));
    cr_assert(code_of_open(&err) == MILIEU_ERR_FOLDER && strstr(err.detail[0], "study/scenario.cfg is missing"));
    cr_assert(rename(kept, file) == 0 && code_of_open(&err) == 0);
    replace("study/study.cfg", "runs", "Runs");
    cr_assert(code_of(&spec, &err) == MILIEU_ERR_FOLDER && strstr(err.detail[0], "study/study.cfg has been changed"));
    replace("study/study.cfg", "Runs", "runs");
    cr_assert(code_of(&spec, &err) == 0);
    replace("manifest.json", "milieu-study-folder/1", "milieu-study-folder/9");
    cr_assert(code_of(&spec, &err) == MILIEU_ERR_FOLDER && strstr(err.detail[0], "schema milieu-study-folder/9"));
    replace("manifest.json", "milieu-study-folder/9", "milieu-study-folder/1");
    cr_assert(code_of_open(&err) == 0);
    replace("manifest.json", "\"replications_per_batch\":\t5", "\"replications_per_batch\":\t21");
    cr_assert(code_of_open(&err) == MILIEU_ERR_FOLDER && strstr(err.detail[0], "cannot be understood"));
    replace("manifest.json", "\"replications_per_batch\":\t21", "\"replications_per_batch\":\t4.5");
    cr_assert(code_of_open(&err) == MILIEU_ERR_FOLDER);
    replace("manifest.json", "\"replications_per_batch\":\t4.5", "\"replications_per_batch\":\t5");
    cr_assert(code_of_open(&err) == 0);
    replace("manifest.json", "\"study\":\t\"", "\"study\":\t\"0");
    cr_assert(code_of_open(&err) == MILIEU_ERR_FOLDER);
    replace("manifest.json", "\"study\":\t\"0", "\"study\":\t\"");
    replace("manifest.json", "\"study.cfg\"", "\"../study.cfg\"");
    cr_assert(code_of_open(&err) == MILIEU_ERR_FOLDER);
    inner("manifest.json", file);
    file_write(file, "{ \"schema\": ", 12);
    cr_assert(code_of_open(&err) == MILIEU_ERR_FOLDER && strstr(err.detail[0], "no JSON"));
}

Test(folder, a_manifest_whose_parts_do_not_give_its_id_is_refused)
{
    struct folder_spec spec = made_up();
    struct error err = { 0 };
    char file[PATH_LENGTH];
    size_t length;
    cr_assert(code_of(&spec, &err) == 0);
    inner("manifest.json", file);
    char *text = file_read(file, &length), *digit = strstr(text, "\"runs\":\t\"") + 9;
    *digit = *digit == '0' ? '1' : '0';
    file_write(file, text, length);
    cr_assert(code_of_open(&err) == MILIEU_ERR_FOLDER && strstr(err.detail[0], "do not give its study's id"));
    free(text);
}

Test(folder, a_manifest_that_names_another_program_is_refused)
{
    struct folder_spec spec = made_up();
    struct error err = { 0 };
    cr_assert(code_of(&spec, &err) == 0);
    replace("manifest.json", "commit abc", "commit abd");
    cr_assert(code_of_open(&err) == MILIEU_ERR_FOLDER);
    cr_assert(strstr(err.detail[0], "manifest.json has been changed: the program"), "%s", err.detail[0]);
    cr_assert(code_of(&spec, &err) == MILIEU_ERR_FOLDER);
    replace("manifest.json", "commit abd", "commit abc");
    cr_assert(code_of(&spec, &err) == 0);
}

Test(folder, what_is_no_study_folder_is_left_alone)
{
    struct folder_spec spec = made_up();
    struct error err = { 0 };
    char file[PATH_LENGTH];
    cr_assert(mkdir(path, 0777) == 0);
    inner("thesis.txt", file);
    file_write(file, "x", 1);
    cr_assert(code_of(&spec, &err) == MILIEU_ERR_FOLDER && strstr(err.detail[0], "it has thesis.txt"));
    cr_assert(folder_count(path) == 1);
    unlink(file);
    inner("journal", file);
    cr_assert(mkdir(file, 0777) == 0);
    inner("journal/a.journal", file);
    file_write(file, "x", 1);
    cr_assert(code_of(&spec, &err) == MILIEU_ERR_FOLDER && strstr(err.detail[0], "no manifest.json"));
    unlink(file);
    cr_assert(code_of(&spec, &err) == 0); /* empty but for a folder of ours */
    path_join(path, parent, "none/such");
    cr_assert(code_of(&spec, &err) == MILIEU_ERR_OUTPUT && strstr(err.detail[0], "No such file"));
    path_join(path, parent, "file");
    file_write(path, "x", 1);
    cr_assert(code_of(&spec, &err) == MILIEU_ERR_OUTPUT && strstr(err.detail[0], "not a folder"));
}

Test(folder, a_spec_out_of_range_is_refused)
{
    static const char *const bad[] = { "", ".hidden", "a/b",
                                       "0123456789012345678901234567890123456789012345678901234567890123" };
    struct error err = { 0 };
    for (int i = 0; i < 4; i++) {
        struct folder_spec spec = made_up();
        spec.input[1].name = bad[i];
        cr_assert(code_of(&spec, &err) == MILIEU_ERR_USAGE && !folder_exists(path));
    }
    struct folder_spec spec = made_up();
    spec.num_inputs = FOLDER_MAX_INPUTS + 1;
    cr_assert(code_of(&spec, &err) == MILIEU_ERR_USAGE);
    spec = made_up();
    spec.sizes.per_batch = 0;
    cr_assert(code_of(&spec, &err) == MILIEU_ERR_USAGE && !folder_exists(path));
}

/* ---- many at once ---- */

enum { PROCESSES = 8 };

/* Exit 0: opened, 1: made, 2: another study's, 3: anything else. */
static void race(const struct folder_spec *a, const struct folder_spec *b, int ended[4])
{
    atomic_int *ready = shared_page();
    memset(ended, 0, 4 * sizeof ended[0]);
    for (int i = 0; i < PROCESSES; i++)
        if (fork() == 0) {
            struct folder folder;
            struct error err = { 0 };
            atomic_fetch_add(ready, 1);
            while (atomic_load(ready) < PROCESSES)
                ;
            int ret = folder_create_or_open(&folder, path, i % 2 == 0 ? a : b, &err);
            if (ret != 0 && ret != MILIEU_ERR_FOLDER)
                fprintf(stderr, "%s\n", err.detail[0]);
            _exit(ret == 0 ? folder.made : ret == MILIEU_ERR_FOLDER ? 2 : 3);
        }
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        cr_assert(wait(&status) > 0 && WIFEXITED(status));
        ended[WEXITSTATUS(status)]++;
    }
}

Test(folder, of_processes_that_race_one_makes_it_and_all_open_it)
{
    struct folder_spec spec = made_up();
    struct error err = { 0 };
    for (int trial = 0; trial < 20; trial++) {
        int ended[4];
        folder_remove(path);
        race(&spec, &spec, ended);
        cr_assert(ended[0] == PROCESSES - 1 && ended[1] == 1, "%d %d %d %d", ended[0], ended[1], ended[2], ended[3]);
        cr_assert(folder_count(path) == 5 && code_of_open(&err) == 0, "%s",
                  err.detail[0]); /* nothing half made stays */
    }
}

Test(folder, of_two_studies_that_race_one_wins_and_the_other_is_told)
{
    struct folder_spec a = made_up(), b = made_up();
    struct error err = { 0 };
    b.part[PART_RUNS] = "others";
    b.input[0] = (struct folder_input){ "study.cfg", "others", 6 };
    for (int trial = 0; trial < 20; trial++) {
        int ended[4];
        folder_remove(path);
        race(&a, &b, ended);
        cr_assert(ended[1] == 1 && ended[0] == PROCESSES / 2 - 1 && ended[2] == PROCESSES / 2, "%d %d %d %d", ended[0],
                  ended[1], ended[2], ended[3]);
        cr_assert(folder_count(path) == 5 && code_of_open(&err) == 0, "%s", err.detail[0]);
    }
}

Test(folder, a_kill_while_it_is_made_leaves_a_folder_that_can_be_made, .timeout = 60)
{
    struct folder_spec spec = made_up();
    struct error err = { 0 };
    for (int kill_number = 0; kill_number < 100; kill_number++) {
        struct timespec pause = { 0, (long)(kill_number * 37 % 100) * 12000 };
        int status;
        folder_remove(path);
        pid_t child = fork();
        if (child == 0) {
            struct folder folder;
            _exit(folder_create_or_open(&folder, path, &spec, &err) != 0);
        }
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        cr_assert(code_of(&spec, &err) == 0, "%s", err.detail[0]);
        cr_assert(code_of_open(&err) == 0, "%s", err.detail[0]);
    }
}

/* ---- what fails ---- */

Test(folder, what_cannot_be_written_is_told_and_may_be_tried_again)
{
    static const int number[] = { ENOSPC, EIO, EROFS, EACCES };
    struct folder_spec spec = made_up();
    for (int e = 0; e < 4; e++) {
        bool reached = true;
        for (long nth = 0; reached; nth++) {
            struct error err = { 0 };
            folder_remove(path);
            arm(&of_files, nth, number[e]);
            int ret = code_of(&spec, &err);
            reached = of_files.calls > nth;
            of_files.nth = -1;
            cr_assert(ret == (reached ? MILIEU_ERR_OUTPUT : 0), "%ld: %d", nth, ret);
            cr_assert(!reached || strstr(err.detail[0], strerror(number[e])) != NULL, "%s", err.detail[0]);
            cr_assert(code_of(&spec, &err) == 0, "%ld: %s", nth, err.detail[0]);
            cr_assert(folder_count(path) == 5, "%ld", nth);
        }
    }
}

Test(folder, a_file_system_without_hard_links_is_told)
{
    struct folder_spec spec = made_up();
    struct error err = { 0 };
    arm(&of_links, 0, EPERM);
    cr_assert(code_of(&spec, &err) == MILIEU_ERR_OUTPUT && strstr(err.detail[0], "hard links"), "%s", err.detail[0]);
}

Test(folder, a_read_that_fails_is_told)
{
    struct folder_spec spec = made_up();
    struct error err = { 0 };
    cr_assert(code_of(&spec, &err) == 0);
    for (long nth = 0; nth < 3; nth++) {
        arm(&of_reads, nth, EIO);
        cr_assert(code_of_open(&err) == MILIEU_ERR_INPUT && strstr(err.detail[0], "Input/output"));
        arm(&of_reads, nth, EINTR);
        cr_assert(code_of_open(&err) == 0);
    }
}

Test(folder, memory_that_is_short_is_told)
{
    struct folder_spec spec = made_up();
    bool reached = true;
    for (long nth = 0; reached; nth++) {
        struct error err = { 0 };
        arm(&of_memory, nth, ENOMEM);
        int ret = code_of(&spec, &err);
        reached = of_memory.calls > nth;
        of_memory.nth = -1;
        cr_assert(ret == 0 || ret == MILIEU_ERR_MEMORY, "%ld: %d %s", nth, ret, err.detail[0]);
        cr_assert(ret != 0 || folder_exists(path)); /* asking whether it exists may fail and do no harm */
        folder_remove(path);
    }
}
