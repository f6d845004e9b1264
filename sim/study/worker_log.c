#include "worker_log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "moment.h"

#define TELL_US 30000000LL

void worker_log_init(struct worker_log *self, const struct folder *folder, const char *journal, int64_t now_us,
                     int64_t runs_done)
{
    char name[JOURNAL_NAME + 8];
    snprintf(name, sizeof name, "%.*s.log", (int)(strlen(journal) - strlen(JOURNAL_SUFFIX)), journal);
    *self = (struct worker_log){
        .path = folder_path(folder, "log", name), .begun_us = now_us, .told_us = now_us, .before = runs_done
    };
}

void worker_log_free(struct worker_log *self)
{
    free(self->path);
    *self = (struct worker_log){ .path = NULL };
}

/* By one write: another process may be appending to a file of this name, on a host of this name. */
static void append(const struct worker_log *self, const char *line)
{
    int fd = self->path != NULL ? open(self->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666) : -1;
    if (fd >= 0) {
        ssize_t written = write(fd, line, strlen(line));
        (void)written;
        close(fd);
    }
}

void worker_log_line(struct worker_log *self, int64_t now_us, const char *text)
{
    char line[1536], moment[MOMENT_TEXT];
    snprintf(line, sizeof line, "%s %s\n", moment_text(now_us, moment), text);
    append(self, line);
    self->told_us = now_us;
}

/* "about 40 s left": from what all workers together have done since we began. */
static void time_left(char *text, size_t size, double seconds, int64_t done, int64_t to_do)
{
    double left = done > 0 ? seconds * (double)to_do / (double)done : -1;
    if (left < 0)
        snprintf(text, size, "time left not known yet");
    else if (left < 100)
        snprintf(text, size, "about %.0f s left", left);
    else if (left < 6000)
        snprintf(text, size, "about %.0f min left", left / 60);
    else
        snprintf(text, size, "about %.0f h left", left / 3600);
}

void worker_log_progress(struct worker_log *self, int64_t now_us, const struct ledger_counts *counts, int64_t runs_made)
{
    char text[256], left[64];
    double seconds = 1e-6 * (double)(now_us - self->begun_us), speed = (double)runs_made / seconds;
    int64_t known = self->before + runs_made, done = counts->runs_done > known ? counts->runs_done : known;
    if (now_us - self->told_us < TELL_US)
        return;
    time_left(left, sizeof left, seconds, done - self->before, counts->runs - done);
    snprintf(text, sizeof text, "%lld runs made here, %.*f a second; %lld of %lld done, %s", (long long)runs_made,
             speed < 10 ? 2 : 0, speed, (long long)done, (long long)counts->runs, left);
    worker_log_line(self, now_us, text);
}
