/* link: -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=strdup -Wl,--wrap=arena_alloc -Wl,--wrap=arena_copy -Wl,--wrap=node_new */
/* Every allocation of the scenario reader and of a draw fails once, the small ones inside an arena's block too: the
 * error comes back, nothing is lost (under AddressSanitizer), nothing crashes. libconfig's own are not ours to fail. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/scenario/scenario.h"
#include "sim/scenario/tree.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
void *__real_arena_alloc(struct arena *self, size_t size);
char *__real_arena_copy(struct arena *self, const char *text, size_t length);
struct node *__real_node_new(struct arena *arena, enum node_kind kind, const char *name, struct source *source,
                             int line);
void *__wrap_arena_alloc(struct arena *self, size_t size);
char *__wrap_arena_copy(struct arena *self, const char *text, size_t length);
struct node *__wrap_node_new(struct arena *arena, enum node_kind kind, const char *name, struct source *source,
                             int line);

static long countdown = -1; /* allocations until one fails; below 0: none does */
static bool failed;

static bool fails(void)
{
    if (countdown < 0)
        return false;
    if (countdown-- > 0)
        return false;
    failed = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

void *__wrap_arena_alloc(struct arena *self, size_t size)
{
    return fails() ? NULL : __real_arena_alloc(self, size);
}

char *__wrap_arena_copy(struct arena *self, const char *text, size_t length)
{
    return fails() ? NULL : __real_arena_copy(self, text, length);
}

struct node *__wrap_node_new(struct arena *arena, enum node_kind kind, const char *name, struct source *source,
                             int line)
{
    return fails() ? NULL : __real_node_new(arena, kind, name, source, line);
}

static const char parent[] =
    "format = \"milieu-scenario/1\"; id = \"parent\";\n"
    "every_clinic: { provider: { medical_leadership = (\"rating\", -1); nurses = ( { id = \"n-1\"; nurse_experience = "
    "1; } ); }; };\n"
    "meso = ( { id = \"a\"; count = 3; }, { id = \"b\"; title: { en = \"B\"; fr = \"B\"; }; } );\n";
static const char child[] =
    "format = \"milieu-scenario/1\"; id = \"child\"; extends = \"parent.cfg\";\n"
    "every_clinic: { organizational: { roster = (\"choice\", [10000, 12000], [1, 2]); }; };\n"
    "meso = ( { id = \"b\"; place = \"urban\"; }, { id = \"a-00002\"; community = \"centre\"; } );\n"
    "strategies = ( { id = \"s\"; eric = \"Facilitation\"; at = 3; where = [\"b\"]; set: { trust = 1; }; add: { "
    "guidance = 0.1; }; delay_weeks = (\"q90\", 2, 10); } );\n"
    "arms = ( { id = \"one\"; }, { id = \"two\"; on = [\"s\"]; } );\n";

static char folder[256];

/* A folder of the test's own, below TMPDIR. */
static bool make_folder(void)
{
    const char *temporary = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/milieu-memory-XXXXXX", temporary != NULL ? temporary : "/tmp");
    return mkdtemp(folder) != NULL;
}

static void write_file(const char *name, const char *text)
{
    char path[512];
    FILE *file;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    cr_assert(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static int read_failing(long n, const char *name, const struct scenario_override *overrides, int num_overrides)
{
    struct scenario scenario;
    struct messages messages;
    struct error err = { 0 };
    char path[512];
    int ret;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    messages_init(&messages, 0);
    failed = false;
    countdown = n;
    ret = scenario_read(&scenario, path, overrides, num_overrides, &messages, &err);
    countdown = -1;
    cr_assert(ret == err.code);
    scenario_free(&scenario);
    scenario_free(&scenario);
    messages_free(&messages);
    return ret;
}

Test(scenario_memory, every_allocation_of_a_reading_fails_once)
{
    static const struct scenario_override overrides[] = { { true, "a-00003/nurse_experience=1" },
                                                          { false, "runs.draws=3" } };
    long n = 0;
    cr_assert(make_folder());
    write_file("parent.cfg", parent);
    write_file("child.cfg", child);
    cr_assert(read_failing(-1, "child.cfg", overrides, 2) == 0);
    for (;; n++) {
        int ret = read_failing(n, "child.cfg", overrides, 2);
        if (!failed)
            break;
        cr_expect(ret == MILIEU_ERR_MEMORY, "allocation %ld: %d", n, ret);
    }
    cr_expect(n > 100, "%ld", n);
}

Test(scenario_memory, every_allocation_of_a_broken_reading_fails_once)
{
    long n = 0;
    cr_assert(make_folder());
    write_file(
        "broken.cfg",
        "format = \"milieu-scenario/1\"; id = \"Broken\"; runs: { drows = 3; draws = 5%; draws = 1; };\n"
        "meso = ( { id = \"a\"; }, { id = \"a\"; }, );\n"
        "strategies = ( { id = \"s\"; at = 126; where = [\"b\"]; } );\narms = ( { id = \"t\"; on = [\"q\"]; } );\n");
    for (;; n++) {
        int ret = read_failing(n, "broken.cfg", NULL, 0);
        cr_expect(ret == MILIEU_ERR_MEMORY || ret == MILIEU_ERR_SCENARIO, "allocation %ld: %d", n, ret);
        if (!failed)
            break;
    }
    cr_expect(n > 30, "%ld", n);
}

Test(scenario_memory, every_allocation_of_a_draw_fails_once)
{
    struct scenario scenario;
    struct messages messages;
    struct error err = { 0 };
    char path[512];
    long n = 0;
    cr_assert(make_folder());
    write_file("parent.cfg", parent);
    write_file("child.cfg", child);
    snprintf(path, sizeof path, "%s/child.cfg", folder);
    messages_init(&messages, 0);
    cr_assert(scenario_read(&scenario, path, NULL, 0, &messages, &err) == 0);
    for (;; n++) {
        struct setting setting;
        int ret;
        failed = false;
        countdown = n;
        ret = scenario_draw(&scenario, 1, 0, &setting, &err);
        countdown = -1;
        cr_expect(ret == (failed ? MILIEU_ERR_MEMORY : 0), "allocation %ld: %d", n, ret);
        setting_free(&setting);
        if (!failed)
            break;
    }
    cr_expect(n > 30, "%ld", n);
    scenario_free(&scenario);
    messages_free(&messages);
}
