/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
/* Every allocation of the model fails once: the error says so, and nothing is left behind (the sanitizers' leak gate
 * looks at this program too). As in kastore's malloc tests; --wrap reaches our own code, not GSL's. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

static struct {
    bool on;
    int calls, fails; /* the call, from 0, that fails */
} allocation;

static bool fails_now(void)
{
    return allocation.on && allocation.calls++ == allocation.fails;
}

void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return fails_now() ? NULL : __real_realloc(block, size);
}

static void fail_call(int number)
{
    allocation.calls = 0;
    allocation.fails = number;
    allocation.on = true;
}

/* True when the failing call was reached. */
static bool stop_failing(void)
{
    allocation.on = false;
    return allocation.calls > allocation.fails;
}

static void expect_told(bool reached, int ret, const struct error *err, int number)
{
    cr_assert(reached == (ret != 0), "call %d: %s, returned %d", number, reached ? "failed" : "not reached", ret);
    if (!reached)
        return;
    cr_expect(ret == MILIEU_ERR_MEMORY && err->code == MILIEU_ERR_MEMORY, "call %d: code %d", number, ret);
    cr_expect(err->file != NULL && err->line > 0 && err->detail[0][0] != '\0', "call %d: no words", number);
}

Test(allocations, a_setting)
{
    bool reached = true;
    int number = 0;
    for (; reached; number++) {
        struct setting s;
        struct error err = { 0 };
        fail_call(number);
        int ret = setting_init(&s, 3, 2, 2, 2, &err);
        reached = stop_failing();
        expect_told(reached, ret, &err, number);
        setting_free(&s);
        setting_free(&s);
    }
    cr_expect(number > 3, "%d allocations", number - 1);
}

Test(allocations, a_simulation)
{
    struct fixture f;
    bool reached = true;
    int number = 0;
    fixture_init(&f, 3, 2, 0, 1);
    for (; reached; number++) {
        struct simulation sim;
        struct error err = { 0 };
        fail_call(number);
        int ret = simulation_init(&sim, &f.setting, (struct luck){ 1, 0 }, NULL, &err);
        reached = stop_failing();
        expect_told(reached, ret, &err, number);
        simulation_free(&sim);
        simulation_free(&sim);
    }
    cr_expect(number > 15, "%d allocations", number - 1);
    fixture_free(&f);
}

Test(allocations, a_record)
{
    struct fixture f;
    bool reached = true;
    int number = 0;
    fixture_init(&f, 3, 2, 0, 1);
    for (; reached; number++) {
        struct record record;
        struct error err = { 0 };
        fail_call(number);
        int ret = record_init(&record, &f.setting, true, &err);
        reached = stop_failing();
        expect_told(reached, ret, &err, number);
        record_free(&record);
        record_free(&record);
    }
    cr_expect(number == 3, "%d allocations", number - 1);
    fixture_free(&f);
}

/* Usual care and the arm: events are given room between weeks, never inside one. */
Test(allocations, usual_care_and_an_arm)
{
    struct fixture f;
    bool reached = true;
    int number = 0;
    fixture_init(&f, 6, 2, 0, 1);
    fixture_param(&f, PARAM_nurse_turnover_rate, 3);
    fixture_draw(&f, 0);
    for (; reached; number++) {
        struct record record;
        struct error err = { 0 };
        cr_assert(record_init(&record, &f.setting, true, NULL) == 0);
        fail_call(number);
        int ret = simulation_usual_care(&f.sim, &err);
        if (ret == 0)
            ret = simulation_arm(&f.sim, 0, &record, &err);
        reached = stop_failing();
        expect_told(reached, ret, &err, number);
        record_free(&record);
    }
    cr_expect(number > 1, "%d allocations", number - 1);
    fixture_free(&f);
}

/* After a failure the same simulation runs as if nothing had been. */
Test(allocations, an_arm_after_a_failed_one_is_whole)
{
    struct fixture f, g;
    struct error err = { 0 };
    fixture_init(&f, 4, 2, 0, 1);
    fixture_init(&g, 4, 2, 0, 1);
    fixture_run(&g, 0, 0);
    fixture_draw(&f, 0);
    fail_call(0);
    cr_expect(simulation_arm(&f.sim, 0, &f.record, &err) == MILIEU_ERR_MEMORY);
    cr_expect(stop_failing());
    cr_assert(simulation_arm(&f.sim, 0, &f.record, &err) == 0);
    cr_expect(memcmp(f.record.outcome, g.record.outcome, 5 * NUM_OUTCOMES * sizeof(double)) == 0);
    fixture_free(&f);
    fixture_free(&g);
}

/* Nothing is allocated inside a week. */
Test(allocations, none_inside_a_week)
{
    struct fixture f;
    fixture_init(&f, 8, 2, 0, 1);
    fixture_begin(&f, 0, 0);
    for (f.w->week = 0; f.w->week < 104; f.w->week++) {
        cr_assert(world_reserve_events(f.w, NULL) == 0);
        fail_call(0);
        simulation_step_week(f.w);
        cr_assert(!stop_failing(), "week %d allocates", f.w->week);
    }
    fixture_free(&f);
}
