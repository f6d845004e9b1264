/* The page as one HTML file: what the program carries, and the data of this one.
 *
 *   report    a results file, read and summed up; nothing in the page simulates
 *   explorer  scenarios, and the engine */
#ifndef MILIEU_PAGE_WRITE_H
#define MILIEU_PAGE_WRITE_H

#include <stdbool.h>
#include <stdio.h>

#include "../../sim/results/results.h"
#include "engine.h"

enum { PAGE_ANY_LANGUAGE = -1 };

/* Can pages be written at all? MILIEU_ERR_USAGE, saying what the program was built without. */
int page_check(bool with_engine, struct error *err);

/* What the page of a results file holds, beside the tables. `lang` 0 English, 1 French, or the browser's. The caller owns
 * it. NULL with its error: results_read_* failed, or the file's scenario is not read any more. */
cJSON *page_report(struct results_file *file, int lang, struct error *err);

/* The same for a results file that arrived as bytes, as JSON text, or {"error": [English, French]}. The caller frees it; NULL
 * when out of memory. The bytes lie in a file of TMPDIR while they are read. */
char *page_report_bytes(const void *bytes, size_t size);

/* The page of scenarios, to be filled by page_add_case. `kind` "explorer" or "serve". */
cJSON *page_explorer(const char *kind, int lang);

/* A scenario, under the name of its file, with the files it extends. MILIEU_ERR_MEMORY, or MILIEU_ERR_INPUT when one of those
 * is gone. */
int page_add_case(cJSON *page, const struct scenario *scenario, const char *name, struct error *err);

/* The whole page to a stream. `served`: it may ask where it came from; else it may ask nothing. */
void page_put(FILE *stream, const char *data, bool with_engine, bool served);

/* The whole page into a file, which gets its name when it is whole. MILIEU_ERR_OUTPUT. Frees `page`. */
int page_write(const char *path, cJSON *page, bool with_engine, const char *const *inputs, int num_inputs,
               struct error *err);

#endif
