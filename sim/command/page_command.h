/* What the commands that make pages share. */
#ifndef MILIEU_COMMAND_PAGE_H
#define MILIEU_COMMAND_PAGE_H

#include "../../analysis/page/write.h"
#include "command.h"

/* Reads the scenario at `path`, with the changes of the command line, into a page. As input_scenario. */
int page_add_operand(const struct call *call, cJSON *page, const char *path, struct error *err);

#endif
