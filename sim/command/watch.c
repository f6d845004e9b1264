#include "watch.h"

#include <string.h>
#include <unistd.h>

#define TICK_NANOSECONDS 200000000L /* the bar is drawn at most 5 times a second */
#define LOG_SECONDS 30.0            /* one line each 30 s where there is no terminal */
#define BAR_CELLS 20
#define WAKE                                                                                                           \
    SIGRTMIN /* ours to our thread: look at `ended`. No cancellation, which loads a library when it is needed */

double watch_seconds(const struct watch *self)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - self->start.tv_sec) + 1e-9 * (double)(now.tv_nsec - self->start.tv_nsec);
}

void watch_progress(void *context, int64_t runs_done, int64_t runs_in_all)
{
    struct watch *self = context;
    atomic_store_explicit(&self->in_all, runs_in_all, memory_order_relaxed);
    atomic_store_explicit(&self->done, runs_done, memory_order_relaxed);
}

/* ---- telling ---- */

struct progress {
    int64_t done, in_all;
    double seconds, left; /* left: seconds, < 0 when nobody knows yet */
};

static struct progress progress_now(const struct watch *self)
{
    struct progress p = { atomic_load(&self->done), atomic_load(&self->in_all), watch_seconds(self), -1 };
    int64_t made = p.done - atomic_load(&self->before);
    if (made > 0)
        p.left = p.seconds * (double)(p.in_all - p.done) / (double)made;
    return p;
}

/* "about 40 s left", "about 3 min left" */
static void time_left(char *text, size_t size, const struct terminal *t, double left)
{
    if (left < 0)
        *text = '\0';
    else if (left < 100)
        snprintf(text, size, in_words(t, WORD_SECONDS_LEFT), (int)(left + 0.5));
    else if (left < 6000)
        snprintf(text, size, in_words(t, WORD_MINUTES_LEFT), (int)(left / 60 + 0.5));
    else
        snprintf(text, size, in_words(t, WORD_HOURS_LEFT), (int)(left / 3600 + 0.5));
}

static void tell_bar(const struct watch *self, const struct progress *p)
{
    const struct terminal *t = self->terminal;
    char bar[BAR_CELLS + 1], left[64], done[NUMBER_LENGTH], in_all[NUMBER_LENGTH];
    double share = p->in_all <= 0 ? 0 : p->done < p->in_all ? (double)p->done / (double)p->in_all : 1;
    int full = (int)(share * BAR_CELLS);
    memset(bar, '#', (size_t)full);
    memset(bar + full, '-', (size_t)(BAR_CELLS - full));
    bar[BAR_CELLS] = '\0';
    time_left(left, sizeof left, t, p->left);
    text_number(done, (double)p->done, 0, false, t->lang);
    text_number(in_all, (double)p->in_all, 0, false, t->lang);
    tell(t, self->on_terminal ? WORD_BAR : WORD_LOG, bar, (int)(100 * share), done, in_all, left);
    fflush(t->err);
}

static void tell_json(const struct watch *self, const struct progress *p)
{
    char left[32] = "null";
    if (p->left >= 0)
        snprintf(left, sizeof left, "%.1f", p->left);
    fprintf(self->terminal->err, "{\"done\":%lld,\"runs\":%lld,\"seconds\":%.1f,\"seconds_left\":%s}\n",
            (long long)p->done, (long long)p->in_all, p->seconds, left);
    fflush(self->terminal->err);
}

static void tell_if_due(struct watch *self)
{
    struct progress p = progress_now(self);
    double pause = self->form == PROGRESS_JSON ? 1 : self->on_terminal ? 0 : LOG_SECONDS;
    if (self->form == PROGRESS_NONE || p.in_all == 0 || p.seconds - self->told < pause)
        return;
    self->told = p.seconds;
    if (self->form == PROGRESS_JSON)
        tell_json(self, &p);
    else
        tell_bar(self, &p);
}

/* ---- the thread ---- */

static void take_signal(struct watch *self, int number)
{
    if (self->stop != 0) {
        if (*self->temporary != '\0')
            unlink(self->temporary);
        _exit(128 + number);
    }
    self->stop = number;
    if (self->on_terminal)
        tell(self->terminal, WORD_STOPPING);
}

static void *watch_thread(void *context)
{
    struct watch *self = context;
    const struct timespec tick = { 0, TICK_NANOSECONDS };
    while (!atomic_load(&self->ended)) {
        int number = sigtimedwait(&self->signals, NULL, &tick);
        if (number > 0 && number != WAKE)
            take_signal(self, number);
        if (self->stop == 0 && number != WAKE)
            tell_if_due(self);
    }
    return NULL;
}

static void choose_signals(sigset_t *signals)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1 };
    sigemptyset(signals);
    sigaddset(signals, WAKE);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction action;
        if (sigaction(numbers[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(signals, numbers[i]);
    }
}

int watch_start(struct watch *self, const struct terminal *terminal, enum progress_form form, const char *temporary,
                struct error *err)
{
    memset(self, 0, sizeof *self);
    self->terminal = terminal;
    self->form = form;
    self->temporary = temporary;
    self->on_terminal = isatty(fileno(terminal->err)) == 1;
    clock_gettime(CLOCK_MONOTONIC, &self->start);
    choose_signals(&self->signals);
    pthread_sigmask(SIG_BLOCK, &self->signals, &self->mask_before);
    self->started = pthread_create(&self->thread, NULL, watch_thread, self) == 0;
    if (self->started)
        return 0;
    pthread_sigmask(SIG_SETMASK, &self->mask_before, NULL);
    return error_set(err, MILIEU_ERR_RUN, "no thread to watch the run",
                     "pas de fil d'exécution pour suivre la simulation");
}

void watch_end(struct watch *self)
{
    if (!self->started)
        return;
    atomic_store(&self->ended, true);
    pthread_kill(self->thread, WAKE);
    pthread_join(self->thread, NULL);
    self->started = false;
    if (self->form == PROGRESS_JSON) {
        struct progress p = progress_now(self);
        tell_json(self, &p);
    } else if (self->form == PROGRESS_BAR && self->on_terminal) {
        fputs("\r\033[K", self->terminal->err);
        fflush(self->terminal->err);
    }
    pthread_sigmask(SIG_SETMASK, &self->mask_before, NULL);
}
