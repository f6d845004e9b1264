/* What the page's worker calls. Compiled by emscripten alone (scripts/engine). */
#include <emscripten.h>
#include <stdlib.h>

#include "../engine.h"

/* Before the first question: where `extends` finds the files that came with the page. */
EMSCRIPTEN_KEEPALIVE void page_begin(void)
{
    setenv("MILIEU_SCENARIOS", "/scenarios", 1);
}

/* The answer is the caller's, who frees it. */
EMSCRIPTEN_KEEPALIVE char *page_answer(const char *question)
{
    const struct engine_limits limits = { .threads = 1 };
    return engine_answer(question, &limits);
}
