/* The batch script that runs a study under Slurm: an array of tasks that share the study's folder, started again while
 * something is missing, then a merge. A text for people to read, change and run again. */
#ifndef MILIEU_SUBMIT_H
#define MILIEU_SUBMIT_H

#include "../model/error.h"

#define SUBMIT_SCRIPT "submit.sh" /* its name in the study's folder */

enum submit_language { SUBMIT_EN, SUBMIT_FR, SUBMIT_LANGUAGES }; /* as words are numbered elsewhere */

struct submit_plan {
    const char *name;                       /* of the jobs; "" = "study" */
    const char *program, *folder;           /* absolute paths */
    int tasks, cpus, tries;                 /* each 1 or more; tries: how often the tasks are started in all */
    const char *time, *partition, *account; /* as sbatch takes them; NULL: left to the cluster */
    enum submit_language lang;              /* of the comments */
};

/* *script: the text, which the caller frees. `bash submit.sh start` puts it into the queue, from wherever. MILIEU_ERR_USAGE:
 * a text that Slurm cannot be told (quotation marks, backslashes, control characters), a number below 1.
 * MILIEU_ERR_MEMORY. */
int submit_write_script(const struct submit_plan *plan, char **script, struct error *err);

#endif
