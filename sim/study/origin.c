#include "origin.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what the system says ---- */

/* The first bytes of a file, with a NUL; false when there is none. */
static bool read_start(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, out, size - 1);
    if (fd >= 0)
        close(fd);
    out[length > 0 ? length : 0] = '\0';
    return length > 0;
}

/* Cut at the first character that a file name had better not hold. */
static void keep_plain(char *text)
{
    for (char *c = text; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && strchr("._-", *c) == NULL) {
            *c = '\0';
            return;
        }
}

/* Its state (a letter) and start from /proc, whose second field, a name in brackets, may hold anything. False: there is
 * no such file. */
static bool look_at_process(int64_t pid, char *state, uint64_t *start)
{
    char path[64], text[1024], *at;
    snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
    *state = '?';
    *start = 0;
    if (!read_start(path, text, sizeof text) || (at = strrchr(text, ')')) == NULL)
        return false;
    for (int field = 2; at != NULL && field < 22; field++) {
        at = strchr(at + 1, ' ');
        if (field == 2 && at != NULL)
            *state = at[1];
    }
    if (at != NULL)
        *start = strtoull(at, NULL, 10);
    return true;
}

static void look_at_job(char *out, size_t size)
{
    const char *array = getenv("SLURM_ARRAY_JOB_ID"), *task = getenv("SLURM_ARRAY_TASK_ID");
    const char *job = getenv("SLURM_JOB_ID"), *pbs = getenv("PBS_JOBID");
    if (array != NULL && task != NULL)
        snprintf(out, size, "%s_%s", array, task);
    else
        snprintf(out, size, "%s", job != NULL ? job : pbs != NULL ? pbs : "");
    keep_plain(out);
}

void origin_of_this_process(struct origin *self)
{
    struct stat st;
    char state;
    *self = (struct origin){ .pid = getpid() };
    if (gethostname(self->host, sizeof self->host - 1) != 0)
        self->host[0] = '\0';
    keep_plain(self->host);
    if (self->host[0] == '\0')
        snprintf(self->host, sizeof self->host, "host");
    read_start("/proc/sys/kernel/random/boot_id", self->boot, sizeof self->boot);
    keep_plain(self->boot);
    if (stat("/proc/self/ns/pid", &st) == 0)
        self->processes = st.st_ino;
    look_at_process(self->pid, &state, &self->start);
    look_at_job(self->job, sizeof self->job);
}

bool origin_is_gone(const struct origin *self, const struct origin *us)
{
    uint64_t start;
    char state;
    if (strcmp(self->host, us->host) != 0 || self->boot[0] == '\0' || strcmp(self->boot, us->boot) != 0 ||
        self->processes == 0 || self->processes != us->processes || self->pid <= 0)
        return false;
    if (!look_at_process(self->pid, &state, &start)) /* none, or hidden from us */
        return kill((pid_t)self->pid, 0) != 0 && errno == ESRCH;
    return state == 'Z' || state == 'X' || (self->start != 0 && start != 0 && self->start != start);
}

/* ---- as text ---- */

void origin_write(const struct origin *self, char *out)
{
    snprintf(out, ORIGIN_TEXT, "host %s\nboot %s\nprocesses %" PRIu64 "\npid %" PRId64 "\nstart %" PRIu64 "\njob %s\n",
             self->host, self->boot, self->processes, self->pid, self->start, self->job);
}

bool origin_value(const char *text, const char *key, char *out, size_t size)
{
    size_t length = strlen(key);
    for (const char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n'), line += line != NULL) {
        size_t end = strcspn(line, "\n");
        if (end <= length || strncmp(line, key, length) != 0 || line[length] != ' ')
            continue;
        if (line[end] != '\n' || end - length - 1 >= size)
            return false;
        memcpy(out, line + length + 1, end - length - 1);
        out[end - length - 1] = '\0';
        return true;
    }
    return false;
}

static bool read_number(const char *text, const char *key, uint64_t *out)
{
    char value[24], *end;
    if (!origin_value(text, key, value, sizeof value) || value[0] == '\0')
        return false;
    *out = strtoull(value, &end, 10);
    return *end == '\0';
}

bool origin_read(struct origin *self, const char *text)
{
    uint64_t pid;
    *self = (struct origin){ 0 };
    if (!origin_value(text, "host", self->host, sizeof self->host) ||
        !origin_value(text, "boot", self->boot, sizeof self->boot) ||
        !read_number(text, "processes", &self->processes) || !read_number(text, "pid", &pid) || pid > INT32_MAX ||
        !read_number(text, "start", &self->start) || !origin_value(text, "job", self->job, sizeof self->job))
        return false;
    self->pid = (int64_t)pid;
    return true;
}
