/* What `milieu calibrate` says of its checks. */
#ifndef MILIEU_COMMAND_CALIBRATE_CHECKS_H
#define MILIEU_COMMAND_CALIBRATE_CHECKS_H

#include "../results/fit_file.h"
#include "json.h"

/* Tables of the checks, of the targets `show` under each, of the predictions; and the profiles. */
void checks_print(const struct terminal *t, const struct fit_file *fit, const int *show, int num_show);

void checks_add_json(cJSON *object, const struct fit_file *fit);

#endif
