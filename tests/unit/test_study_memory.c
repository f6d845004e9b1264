/* link: -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=strdup -Wl,--wrap=arena_alloc -Wl,--wrap=arena_copy -Wl,--wrap=node_new */
/* Every allocation of the study reader, and of its points, fails once: the error comes back, nothing is lost (under
 * AddressSanitizer), nothing crashes. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/tree.h"
#include "study_help.h"

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

#define VARY                                                                                                           \
    "vary: ( { path = [\"every_clinic.organizational.nurse_turnover_rate\"]; name = \"turnover\"; values = [0.1, "     \
    "0.3]; },\n"                                                                                                       \
    "        { rate = \"clinic-b/trust\"; distribution = (\"uniform\", -1, 1); levels = 2; },\n"                       \
    "        { path = \"every_clinic.place\"; values = [\"rural\", \"urban\"]; } );\n"
#define REST                                                                                                           \
    "where = [\"turnover < 0.2 or place == 'rural'\"]; respond = [\"reach\"]; arms = [\"as-it-is\", "                  \
    "\"with-champion\"];\n"                                                                                            \
    "stop: { response = \"reach\"; half_width = 0.1; clinic = \"clinic-a\"; };\noutputs: { series = [\"reach\"]; };\n"

static const struct {
    const char *study, *points;
    bool valid;
} texts[] = {
    { STUDY_HEAD "scenario = \"two.cfg\"; design: { method = \"factorial\"; };\n" VARY REST, NULL, true },
    { STUDY_HEAD "design: { method = \"latin-hypercube\"; n = 5; };\nvary: ( { name = \"a\"; range = [0, 1]; } );\n",
      NULL, true },
    { STUDY_HEAD "design: { method = \"sobol\"; n = 5; };\nvary: ( { name = \"a\"; range = [0, 1]; } );\n", NULL,
      true },
    { STUDY_HEAD "design: { method = \"list\"; file = \"p.csv\"; };\nvary: ( { name = \"a\"; }, { name = \"b\"; values "
                 "= [\"x\"]; } );\n",
      "b,a\nx,1\n\"x\",2\n", true },
    { STUDY_HEAD
      "design: { method = \"list\"; };\nvary: ( { name = \"a\"; } ); points = (1, (2), 3); where = \"a < 3\";\n",
      NULL, true },
    { STUDY_HEAD
      "scenario = \"two.cfg\"; design: { method = \"factorial\"; n = 3; };\n"
      "vary: ( { rate = \"trsut\"; values = [1, 2]; }, { path = \"every_clinic.place\"; values = [\"x\"]; } );\n"
      "where = \"q < 1\"; arms = [\"x\"]; respond = [\"y\"];\n",
      NULL, false },
    { STUDY_HEAD "design: { method = \"list\"; file = \"p.csv\"; };\nvary: ( { name = \"a\"; }, { name = \"b\"; } );\n",
      "a,bb\n1,2\n", false },
};

static int read_failing(long n, size_t row)
{
    struct study study;
    struct messages messages;
    int ret;
    failed = false;
    countdown = n;
    ret = read_study(&study, texts[row].study, texts[row].points, (int)(n % 2 == 1), &messages);
    countdown = -1;
    study_free(&study);
    study_free(&study);
    messages_free(&messages);
    return ret;
}

Test(study_memory, every_allocation_of_a_reading_fails_once)
{
    for (size_t row = 0; row < sizeof texts / sizeof texts[0]; row++) {
        long n = 0;
        cr_assert(read_failing(-1, row) == (texts[row].valid ? 0 : MILIEU_ERR_SCENARIO), "row %zu", row);
        for (;; n++) {
            int ret = read_failing(n, row);
            if (!failed)
                break;
            cr_expect(ret == MILIEU_ERR_MEMORY || (!texts[row].valid && ret == MILIEU_ERR_SCENARIO),
                      "row %zu, allocation %ld: %d", row, n, ret);
        }
        cr_expect(n > 30, "row %zu: %ld", row, n);
    }
}

Test(study_memory, every_allocation_of_a_point_fails_once)
{
    struct study study = study_of(texts[0].study, NULL);
    for (int what = 0; what < 3; what++)
        for (long n = 0;; n++) {
            struct error err = { 0 };
            struct study_overrides overrides = { 0 };
            struct scenario scenario = { 0 };
            char id[STUDY_ID_SIZE];
            int ret;
            failed = false;
            countdown = n;
            ret = what == 0   ? study_point_overrides(&study, 1, &overrides, &err)
                  : what == 1 ? study_read_point(&study, 1, &scenario, NULL, &err)
                              : study_identify(&study, "p", id, &err);
            countdown = -1;
            cr_expect(ret == (failed ? MILIEU_ERR_MEMORY : 0) && ret == err.code, "%d, allocation %ld: %d", what, n,
                      ret);
            study_overrides_free(&overrides);
            scenario_free(&scenario);
            if (!failed)
                break;
        }
    study_free(&study);
}
