/* Merged files of made-up studies: making them, opening them, and checking that every value is where it belongs. */
#ifndef MERGE_HELP_H
#define MERGE_HELP_H

#include "fake_journals.h"
#include "sim/results/study_file.h"
#include "sim/study/merge.h"

/* Studies of two arms and two clinics, 3 x 2 points. */
extern const char made_up_plain[];      /* 10 replications; two series, 2 trajectories */
extern const char made_up_alone[];      /* 10 replications; all clinics together, no series */
extern const char made_up_sequential[]; /* looks at 8, 16, 32, 64; a series, 3 trajectories */

/* A merge that goes well; the file opened. */
struct merge_report merged_to(const struct fake_runs *runs, const struct merge_options *options);
struct study_file opened(const char *path);

/* All batches but one (-1: all) in one journal; some runs fail. */
struct fake_runs runs_but(const struct study *study, int64_t but);

/* Equal, or both missing. */
bool same_number(double a, double b);

/* A file's bytes, which the caller frees. A path in the test's own folder; 16 at a time. */
char *file_bytes(const char *path, size_t *length);
bool same_files(const char *a, const char *b);
void write_file(const char *path, const char *bytes, size_t length);
const char *own_path(const char *name);

/* Of a study with a fixed number of replications: every value of the file against how it was made up. */
void check_responses(struct study_file *file, const struct fake_runs *runs);
void check_status(struct study_file *file, const struct fake_runs *runs);
void check_failures(struct study_file *file, const struct fake_runs *runs);
void check_series(struct study_file *file, const struct fake_runs *runs);
void check_trajectories(struct study_file *file, const struct fake_runs *runs);
void check_design(struct study_file *file, const struct study *study);

#endif
