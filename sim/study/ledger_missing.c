#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger.h"

/* ---- names ---- */

static bool add_name(struct ledger_names *self, const char *name)
{
    if (self->count == self->max) {
        int max = self->max == 0 ? 16 : 2 * self->max;
        char(*grown)[JOURNAL_NAME] = realloc(self->name, (size_t)max * sizeof *grown);
        if (grown == NULL)
            return false;
        self->name = grown;
        self->max = max;
    }
    snprintf(self->name[self->count++], JOURNAL_NAME, "%s", name);
    return true;
}

void ledger_names_free(struct ledger_names *self)
{
    free(self->name);
    *self = (struct ledger_names){ .name = NULL };
}

void ledger_names_text(const struct ledger_names *self, char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    for (int i = 0; i < self->count; i++) {
        const char *between = length > 0 ? ", " : "";
        if (length + strlen(self->name[i]) + sizeof ", , ..." > size) {
            snprintf(text + length, size - length, "%s...", between);
            return;
        }
        length += (size_t)snprintf(text + length, size - length, "%s%s", between, self->name[i]);
    }
}

/* ---- those that are missing ---- */

/* Of the journal that a log is of; false when the file is no log. */
static bool journal_of_log(const char *log, char name[JOURNAL_NAME])
{
    const char suffix[] = ".log";
    size_t length = strlen(log), stem = length - (sizeof suffix - 1);
    return length >= sizeof suffix && strcmp(log + stem, suffix) == 0 &&
           snprintf(name, JOURNAL_NAME, "%.*s%s", (int)stem, log, JOURNAL_SUFFIX) < JOURNAL_NAME;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* The ledger's journals are sorted, and begin with their names. */
static bool is_known(const struct ledger *self, const char *name)
{
    return self->num_journals > 0 &&
           bsearch(name, self->journal, (size_t)self->num_journals, sizeof *self->journal, compare_names) != NULL;
}

/* Another worker may have begun its journal, and log, since the ledger was last brought up to date. */
static bool is_there(const struct ledger *self, const char *name)
{
    char *path = folder_path(self->folder, "journal", name);
    bool there = path != NULL && (access(path, F_OK) == 0 || errno != ENOENT);
    free(path);
    return there;
}

static bool add_logged(const struct ledger *self, DIR *logs, struct ledger_names *names)
{
    char name[JOURNAL_NAME];
    for (struct dirent *entry; logs != NULL && (entry = readdir(logs)) != NULL;)
        if (journal_of_log(entry->d_name, name) && !is_known(self, name) && !is_there(self, name) &&
            !add_name(names, name))
            return false;
    return true;
}

int ledger_missing(const struct ledger *self, struct ledger_names *names, struct error *err)
{
    char *path = folder_path(self->folder, "log", NULL);
    DIR *logs = path == NULL ? NULL : opendir(path);
    bool fine = path != NULL;
    *names = (struct ledger_names){ .name = NULL };
    for (int i = 0; i < self->num_journals && fine; i++)
        fine = !self->journal[i].lost || add_name(names, self->journal[i].name);
    fine = fine && add_logged(self, logs, names);
    if (logs != NULL)
        closedir(logs);
    free(path);
    if (fine && names->count > 0)
        qsort(names->name, (size_t)names->count, sizeof *names->name, compare_names);
    if (!fine)
        ledger_names_free(names);
    return fine ? 0 : error_set_memory(err);
}
