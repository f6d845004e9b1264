/* The scenarios and studies a command is given: found, read, and what is wrong with them said. */
#ifndef MILIEU_INPUTS_H
#define MILIEU_INPUTS_H

#include "../results/results.h"
#include "../scenario/scenario.h"
#include "../study/study.h"
#include "command.h"

/* Reads the scenario at `path` with the overrides of the command line; every complaint is printed on standard error,
 * then one line that counts them. 0, or MILIEU_ERR_*; a positive exit status when all has been said.
 * The caller frees `scenario` in any case. */
int input_scenario(const struct call *call, const char *path, struct scenario *scenario, struct error *err);

/* The same for the study at `path`; the command line changes nothing in it. The caller frees `study` in any case. */
int input_study(const struct call *call, const char *path, struct study *study, struct error *err);

/* Opens a results file; says on standard error what one of another version lacks or has besides. As results_open. */
int input_results(const struct terminal *t, const char *path, struct results_file *file, struct error *err);

/* Prints complaints, one a paragraph: file:line: text. */
void input_print_messages(const struct terminal *t, const struct messages *messages);

/* Tells what was found while reading something, and turns errors that have been told into an exit status. Frees
 * `messages`. */
int input_finish(const struct call *call, struct messages *messages, int ret);

/* The folder of the shipped scenarios: MILIEU_SCENARIOS, else beside the program (source tree, installed). Writes it to
 * `folder`; false when there is none. */
bool input_shipped_folder(char *folder, size_t size);

/* Tells that folder to whoever reads scenarios, through the environment, unless the user has. */
void input_tell_shipped_folder(void);

#endif
