/* link: -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=pthread_create */
/* The runner: every run once and in order on any number of threads, settings made once a draw, memory bounded, the
 * first error the same whatever the threads. The simulation, the scenario and the settings are made up here: these
 * definitions stand before those of the library. */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fake_study.h"
#include "sim/study/runner.h"

/* ---- a simulation that only keeps count ---- */

enum { DRAWS = 7, REPLICATIONS = 5, ARMS = 3, EVERY_RUN = -2 };

static struct {
    atomic_int settings, settings_alive, most_settings; /* made, in memory */
    atomic_int simulations, simulations_alive, records_alive;
    atomic_int fail_draw, fail_run, fail_arm; /* -1: none */
    atomic_int stop_in_run;                   /* sets `stop` there */
    atomic_int fail_record, records;          /* number of the record_init that fails, -1: none; and so many made */
    atomic_int mixed;                         /* a run saw another draw's setting */
    bool jitter;
} world;

static volatile sig_atomic_t stop;

static void reset(void)
{
    memset(&world, 0, sizeof world);
    world.fail_draw = world.fail_run = world.fail_arm = world.stop_in_run = world.fail_record = -1;
    world.jitter = true;
    stop = 0;
}

static void dawdle(unsigned n)
{
    struct timespec pause = { 0, (long)(n * 2654435761U % 1000) * 2000 };
    if (world.jitter)
        nanosleep(&pause, NULL);
}

int scenario_draw(const struct scenario *self, uint32_t seed, int draw, struct setting *out, struct error *err)
{
    int alive;
    (void)seed;
    memset(out, 0, sizeof *out);
    dawdle((unsigned)draw + 77);
    if (draw == world.fail_draw)
        return error_set(err, MILIEU_ERR_SCENARIO, "draw %d", "tirage %d", draw);
    fake_setting_init(out, self, draw);
    world.settings++;
    alive = ++world.settings_alive;
    if (alive > world.most_settings)
        world.most_settings = alive;
    return 0;
}

void setting_free(struct setting *self)
{
    if (self->clinic != NULL)
        world.settings_alive--;
    fake_setting_free(self);
}

struct luck simulation_luck(uint32_t seed, int draw, int replication)
{
    return (struct luck){ seed, (uint32_t)draw * 65536 + (uint32_t)replication };
}

int simulation_init(struct simulation *self, const struct setting *setting, struct luck luck,
                    const volatile sig_atomic_t *wish, struct error *err)
{
    *self = (struct simulation){ .setting = setting, .luck = luck, .patient_weeks = 1000, .stop = wish, .week = -1 };
    (void)err;
    world.simulations++;
    world.simulations_alive++;
    if (params_get(&setting->clinic[0].base, 0) != fake_parameter((int)(luck.run >> 16), 0, 0))
        world.mixed++;
    return 0;
}

int simulation_usual_care(struct simulation *self, struct error *err)
{
    (void)err;
    dawdle(self->luck.run);
    return 0;
}

int simulation_arm(struct simulation *self, int arm, struct record *record, struct error *err)
{
    int draw = (int)(self->luck.run >> 16), replication = (int)(self->luck.run & 65535);
    int run = draw * REPLICATIONS + replication;
    dawdle(self->luck.run * 3 + (unsigned)arm);
    if (run == world.stop_in_run)
        stop = 1;
    self->week = 17;
    if ((run == world.fail_run || world.fail_run == EVERY_RUN) && arm == world.fail_arm)
        return error_set(err, MILIEU_ERR_RUN, "run %d, arm %d", "essai %d, bras %d", run, arm);
    fake_record_fill(record, draw, replication, arm, 0);
    return 0;
}

void simulation_free(struct simulation *self)
{
    if (self->setting != NULL)
        world.simulations_alive--;
    self->setting = NULL;
}

int record_init(struct record *self, const struct setting *setting, bool keep_series, struct error *err)
{
    struct scenario shape = { .num_clinics = setting->num_clinics, .horizon = setting->horizon };
    if (world.records++ == world.fail_record)
        return error_set(err, MILIEU_ERR_MEMORY, "no memory for a record", "pas de mémoire");
    fake_record_init(self, &shape, keep_series);
    world.records_alive++;
    return 0;
}

void record_free(struct record *self)
{
    if (self->outcome != NULL)
        world.records_alive--;
    fake_record_free(self);
}

/* ---- memory and threads that are not to be had ---- */

static long allocations, failing_allocation = -1;
static atomic_int threads_left = 1000;
static pthread_t caller;

static bool refused(void)
{
    /* of the caller's thread alone: the set-up; what the fakes need does not count */
    return failing_allocation >= 0 && pthread_equal(pthread_self(), caller) && allocations++ == failing_allocation;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);

void *__wrap_malloc(size_t size)
{
    return refused() ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size)
{
    return refused() ? NULL : __real_calloc(count, size);
}
void *__wrap_realloc(void *old, size_t size)
{
    return refused() ? NULL : __real_realloc(old, size);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
    return threads_left-- > 0 ? __real_pthread_create(thread, attributes, start, argument) : EAGAIN;
}

/* ---- a sink that checks ---- */

struct checker {
    int taken, draws, wrong, progressed, failed;
    int fail_at;     /* the sink's own failure, -1 none */
    int most_behind; /* simulations begun and not yet handed over */
    pthread_t thread;
};

static int take_draw(void *context, int draw, const struct setting *setting, struct error *err)
{
    struct checker *self = context;
    (void)err;
    self->draws++;
    self->wrong += draw == world.fail_draw || self->taken != draw * REPLICATIONS * ARMS;
    self->wrong += setting->clinic == NULL || params_get(&setting->clinic[0].base, 0) != fake_parameter(draw, 0, 0);
    self->wrong += !pthread_equal(pthread_self(), self->thread);
    return 0;
}

static int take(void *context, struct run_id id, const struct record *record, struct error *err)
{
    struct checker *self = context;
    int place = (id.draw * REPLICATIONS + id.replication) * ARMS + id.arm;
    int behind = world.simulations - self->taken / ARMS;
    if (self->taken == self->fail_at)
        return error_set(err, MILIEU_ERR_OUTPUT, "full", "plein");
    self->most_behind = behind > self->most_behind ? behind : self->most_behind;
    self->wrong += place != self->taken++;
    self->wrong += record->outcome[2] != fake_outcome(id.arm, id.draw, id.replication, 0, 2);
    self->wrong += !pthread_equal(pthread_self(), self->thread);
    return 0;
}

static int take_failure(void *context, const struct run_failure *failure, struct error *err)
{
    struct checker *self = context;
    (void)err;
    self->wrong += failure->draw * REPLICATIONS + failure->replication != self->taken / ARMS;
    self->wrong += failure->why.code == 0 || failure->why.detail[0][0] == '\0';
    self->taken += ARMS;
    self->failed++;
    return 0;
}

static void progress(void *context, int64_t done, int64_t all)
{
    struct checker *self = context;
    self->wrong += done != ++self->progressed || all != (int64_t)DRAWS * REPLICATIONS;
}

static struct scenario scenario;
static struct checker checker;
static struct runner_report report;
static struct error err;

static int run(int threads)
{
    struct runner_options options = { .threads = threads,
                                      .draws = DRAWS,
                                      .replications = REPLICATIONS,
                                      .seed = 7,
                                      .keep_series = true,
                                      .stop = &stop,
                                      .progress = progress,
                                      .progress_context = &checker };
    struct runner_sink sink = { take_draw, take, take_failure, &checker };
    int ret, fail_at = checker.fail_at;
    if (scenario.id == NULL)
        fake_scenario_init(&scenario, 2, ARMS, 26);
    checker = (struct checker){ .fail_at = fail_at, .thread = pthread_self() };
    caller = pthread_self();
    ret = runner_run(&scenario, &options, &sink, &report, &err);
    cr_assert_eq(world.settings_alive, 0, "settings are freed");
    cr_assert_eq(world.records_alive, 0, "records are freed");
    cr_assert_eq(world.simulations_alive, 0, "simulations are freed");
    cr_assert_eq(world.mixed, 0);
    cr_assert_eq(checker.wrong, 0);
    return ret;
}

static void start(void)
{
    alarm(120); /* Criterion's own timeout leaks when tests run side by side */
    reset();
    checker.fail_at = -1;
}

TestSuite(runner, .init = start);

Test(runner, every_run_once_and_in_order_on_any_number_of_threads)
{
    for (int threads = 1; threads <= 40; threads += threads < 6 ? 1 : 17) {
        reset();
        cr_assert_eq(run(threads), 0, "%s", err.detail[0]);
        cr_assert_eq(checker.taken, DRAWS * REPLICATIONS * ARMS);
        cr_assert_eq(checker.draws, DRAWS);
        cr_assert_eq(checker.progressed, DRAWS * REPLICATIONS);
        cr_assert_eq(world.settings, DRAWS, "a setting once a draw");
        cr_assert_eq(report.runs, DRAWS * REPLICATIONS);
        /* the look-back and usual care 1000, and 1 + draw + replication + arm for each arm */
        cr_assert_eq(report.patient_weeks, DRAWS * REPLICATIONS * (1000U + 3 * (1 + 3 + 2 + 1)));
    }
}

Test(runner, holds_few_runs_and_settings)
{
    for (int threads = 1; threads <= 4; threads++) {
        reset();
        cr_assert_eq(run(threads), 0);
        cr_assert_leq(checker.most_behind, threads + 4 + 1);
        cr_assert_leq(world.most_settings, (threads + 4) / REPLICATIONS + 2);
    }
}

Test(runner, a_run_that_fails_is_told_and_the_rest_goes_on)
{
    for (int threads = 1; threads <= 4; threads++) {
        reset();
        world.fail_run = 12;
        world.fail_arm = 1;
        cr_assert_eq(run(threads), 0);
        cr_assert_eq(checker.failed, 1);
        cr_assert_eq(checker.taken, DRAWS * REPLICATIONS * ARMS, "the failed one counted through");
        cr_assert_eq(checker.draws, DRAWS);
        cr_assert_eq(checker.progressed, DRAWS * REPLICATIONS);
        cr_assert_eq(report.runs, DRAWS * REPLICATIONS);
        cr_assert_eq(report.failed, 1);
        cr_assert_eq(report.first.draw, 2);
        cr_assert_eq(report.first.replication, 2);
        cr_assert_eq(report.first.week, 17);
        cr_assert_eq(report.first.why.code, MILIEU_ERR_RUN);
        cr_assert_str_eq(report.first.why.detail[0], "run 12, arm 1");
        cr_assert_eq(report.patient_weeks, DRAWS * REPLICATIONS * (1000U + 3 * (1 + 3 + 2 + 1)) - (1000U + 3 * 5 + 3),
                     "a failed run's weeks are not counted");
    }
}

Test(runner, a_draw_that_cannot_be_made_fails_its_runs)
{
    for (int fail = 0; fail < DRAWS; fail += 3) {
        for (int threads = 1; threads <= 4; threads++) {
            reset();
            world.fail_draw = fail;
            cr_assert_eq(run(threads), 0);
            cr_assert_eq(checker.failed, REPLICATIONS);
            cr_assert_eq(checker.taken, DRAWS * REPLICATIONS * ARMS);
            cr_assert_eq(checker.draws, DRAWS - 1, "a draw that was not made is not told");
            cr_assert_eq(report.failed, REPLICATIONS);
            cr_assert_eq(report.first.draw, fail);
            cr_assert_eq(report.first.replication, 0);
            cr_assert_eq(report.first.week, -1);
            cr_assert_eq(report.first.why.code, MILIEU_ERR_SCENARIO);
        }
    }
}

Test(runner, when_every_run_fails_that_is_an_error)
{
    for (int threads = 1; threads <= 4; threads++) {
        reset();
        world.fail_arm = 2;
        world.fail_run = EVERY_RUN;
        cr_assert_eq(run(threads), MILIEU_ERR_RUN);
        cr_assert_str_eq(err.detail[0], "run 0, arm 2");
        cr_assert_eq(report.failed, DRAWS * REPLICATIONS);
        cr_assert_eq(checker.failed, DRAWS * REPLICATIONS);
    }
}

Test(runner, want_of_memory_is_no_property_of_a_run)
{
    reset();
    world.fail_record = 4; /* the second arm's of the second run */
    cr_assert_eq(run(1), 0);
    cr_assert_eq(report.failed, 0, "one thread needs the records of one run, and had them");
    for (int threads = 2; threads <= 4; threads++) {
        reset();
        world.fail_record = 4;
        cr_assert_eq(run(threads), MILIEU_ERR_MEMORY);
        cr_assert_eq(report.failed, 0);
        cr_assert_str_eq(err.detail[0], "no memory for a record");
    }
}

Test(runner, a_sink_that_fails_stops_everything)
{
    for (int threads = 1; threads <= 4; threads++) {
        reset();
        checker.fail_at = 31;
        cr_assert_eq(run(threads), MILIEU_ERR_OUTPUT);
        cr_assert_str_eq(err.detail[0], "full");
        cr_assert_eq(checker.taken, 31);
        cr_assert_lt(world.simulations, DRAWS * REPLICATIONS);
    }
}

Test(runner, stops_when_asked)
{
    for (int threads = 1; threads <= 4; threads++) {
        reset();
        world.stop_in_run = 9;
        cr_assert_eq(run(threads), MILIEU_ERR_INTERRUPTED);
        cr_assert_lt(world.simulations, 9 + threads + 6);
        reset();
        stop = 1;
        cr_assert_eq(run(threads), MILIEU_ERR_INTERRUPTED, "before it began");
        cr_assert_eq(checker.taken, 0);
    }
}

Test(runner, works_with_fewer_threads_than_wanted)
{
    for (int had = 0; had < 3; had++) {
        reset();
        threads_left = had;
        cr_assert_eq(run(4), 0);
        cr_assert_eq(checker.taken, DRAWS * REPLICATIONS * ARMS);
    }
}

Test(runner, every_allocation_of_its_own_fails)
{
    int ret = -1;
    long nth = 0;
    world.jitter = false;
    fake_scenario_init(&scenario, 2, ARMS, 26);
    for (; ret != 0; nth++) {
        allocations = 0;
        failing_allocation = nth;
        ret = run(2);
        cr_assert(ret == 0 || ret == MILIEU_ERR_MEMORY, "allocation %ld: %d", nth, ret);
    }
    cr_assert_eq(nth, 3 + 6 + 1, "slots, draws, the records of six slots, workers; then none is left");
}

Test(runner, refuses_nonsense)
{
    struct runner_options options = { .threads = 0, .draws = 1, .replications = 1 };
    struct runner_sink sink = { NULL, take, NULL, &checker };
    cr_assert_eq(runner_run(&scenario, &options, &sink, &report, &err), MILIEU_ERR_USAGE);
}
