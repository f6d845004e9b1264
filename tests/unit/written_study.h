/* Made-up studies written to results files, and a look at what stands on the disk: shared by the tests of results. */
#ifndef WRITTEN_STUDY_H
#define WRITTEN_STUDY_H

#include <stdbool.h>
#include <stddef.h>

#include "fake_study.h"
#include "sim/results/results.h"

struct study {
    int clinics, arms, draws, replications, horizon, events;
    bool compress, series;
};

/* Everything a study holds, written to `path`. */
int write_study(const char *path, const struct study *study, struct error *err);

bool exists(const char *path);
void put(const char *path, const char *text);

/* A path in the test's folder, and the whole of a file: the caller frees them. */
char *path_of(const char *name);
char *bytes_of(const char *path, size_t *length);

#endif
