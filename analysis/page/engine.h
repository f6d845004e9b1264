/* The engine behind the page: questions in, answers out, both JSON texts. The same C answers in the browser (WebAssembly,
 * in a worker) and on loopback (milieu serve), so that a number is the same wherever it is asked for.
 *
 *   {"ask":"tables"}
 *       -> {"version", "factors", "parameters", "outcomes", "series"}: the model's tables, in both languages
 *   {"ask":"read", "name", "text", "set":[...], "rate":[...], "lang":"en"|"fr"}
 *       -> {"messages":[{"warning","file","line","text"}], "scenario":{...}}; no scenario when one of them is an error.
 *   {"ask":"run", as above, "draws":[from, to], "replications":R, "series":["active", ...]}
 *       -> {"draws", "replications", "arms", "clinics", "weeks", "failed", "patient_weeks", "outcomes", "series"}
 *       draws from .. to - 1 of the scenario's uncertainty, R runs of chance each; numbers as base64 of little-endian
 *       IEEE: outcomes double [arm][run][clinic + 1][outcome], the last row all clinics together; each series float
 *       [arm][run][clinic][week]. A run that could not be made is NaN throughout.
 *
 * What cannot be answered: {"error": text, "messages": [...]}, the text in the language asked for. */
#ifndef MILIEU_PAGE_ENGINE_H
#define MILIEU_PAGE_ENGINE_H

#include <cjson/cJSON.h>
#include <signal.h>
#include <stddef.h>

#include "../../sim/model/error.h"
#include "../../sim/scenario/scenario.h"

enum { ENGINE_MOST_RUNS = 20000 }; /* of one question, arms counted */

struct engine_limits {
    int threads;                       /* >= 1 */
    const volatile sig_atomic_t *stop; /* may be NULL: polled, ends a run */
};

/* The answer, which the caller frees with free(); NULL when out of memory. */
char *engine_answer(const char *question, const struct engine_limits *limits);

/* The parts of answers that a report holds as well. The caller owns them; NULL when out of memory. */
cJSON *engine_tables(void);
cJSON *engine_scenario(const struct scenario *scenario, struct error *err);

/* Base64 of `size` bytes; the caller frees it; NULL when out of memory. */
char *engine_base64(const void *bytes, size_t size);

/* A text of bytes as base64, under a name. False when out of memory. */
bool engine_add_bytes(cJSON *object, const char *name, const void *bytes, size_t size);

#endif
