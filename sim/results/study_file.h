/* The file of a study: all its points and runs, HDF5 that is also valid netCDF-4.
 *
 *   /status        (point, replication) uint8: 0 not done, 1 done, 2 failed, 3 not needed
 *   /study         texts, verbatim: study, scenario (after `extends`), points
 *   /design        x (point, factor) float64: a number, or the place of a word among `words` (factor, word); path, kind,
 *                  unit, lowest and highest of each factor
 *   /responses     (point, replication, arm, clinic) float64, one dataset an outcome; the last clinic is "all"
 *   /series/<id>   count, missing, mean, variance (point, arm, clinic, week), quantiles (..., quantile): over the runs of
 *                  a point that are done; quantiles within 1/64 of the true ones
 *   /trajectories  (point, replication, arm, clinic, week) float32: of the first replications of each point
 *   /contrast      of a study that stops by precision, along point: replications used, look, mean, half_width, reached
 *   /failures      columns along `failure`, in the order of runs
 *   /shards        only where the arrays of /responses, /series and /trajectories lie in files of their own beside this
 *                  one, by ranges of points: file, first_point, points, bytes, crc32; and the
 *                  attribute shard_above
 *
 * Every number has a checksum, in its chunk or its header: who reads one that was changed on its disk, by whatever program,
 * gets HDF5's error. To read it takes HDF5 1.10 or later.
 *
 * A file of more than `shard_above` bytes becomes a small one over shards. HDF5 gives missing values, without a word,
 * where a shard is not there or cut: study_file_open looks at all of them first.
 *
 * Nothing in it depends on when, where or by how many workers the runs were made. `complete` is written last: 1, or 0
 * when runs are missing (status 0). One thread at a time; the caller ignores SIGXFSZ. */
#ifndef MILIEU_STUDY_FILE_H
#define MILIEU_STUDY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/error.h"
#include "../scenario/scenario.h"
#include "results.h"

#define STUDY_FILE_SCHEMA "milieu-study/1-results"

enum study_run_status { STUDY_RUN_NOT_DONE, STUDY_RUN_DONE, STUDY_RUN_FAILED, STUDY_RUN_NOT_NEEDED };

/* ---- writing ---- */

struct study_file_factor {                 /* something that varies */
    const char *name, *path, *kind, *unit; /* kind: "path" or "rate"; unit "" where none is known */
    double lowest, highest;
    int num_words;
    const char *const *word;
};

struct study_file_rule {                           /* when a point has runs enough */
    const char *response, *arm[2], *clinic, *unit; /* arm[1] NULL: the mean of one arm */
    double half_width, level;
};

/* What the file will hold. All of it is borrowed until the writer is freed. */
struct study_file_plan {
    const char *study_id; /* 32 hexadecimal digits */
    const char *name;     /* the study's own id, "" none */
    const char *title[2];
    const char *method, *uncertainty; /* words of the study file */
    uint32_t seed;
    const char *study_text, *points_text; /* points_text NULL: none */
    const struct scenario *scenario;

    int64_t points, replications;
    const int64_t *look; /* num_looks numbers of replications, the last = replications */
    int num_looks;       /* 0: a fixed number of replications */
    const struct study_file_rule *rule;
    int num_factors;
    const struct study_file_factor *factor;
    void (*point)(const void *context, int64_t point, double *x); /* x[num_factors] */
    const void *point_context;

    int num_arms;
    const int *arm; /* of the scenario */
    bool clinics;   /* each clinic and all together; else all together alone */
    int num_responses;
    const int *response; /* of outcome_table */
    int num_series;
    const int *series; /* of series_table */
    int every_weeks;   /* 0: no sums of series */
    int kept;          /* replications of each point that keep their series */

    int64_t num_failures;
    int64_t runs_counted; /* to know how large it will be */
    int64_t shard_above;  /* bytes; <= 0: 8 GB */

    const char *source; /* the program that made the runs: "milieu 0.1.0, commit 1a2b3c4, clean" */
    const char *compiler, *cflags, *libconfig_version;
    const char *const *inputs; /* files the output must not be */
    int num_inputs;
};

struct study_writer {
    struct study_file_inside *inside; /* private */
};

/* Checks `path` as results_check_output does and begins `<path>.part`. 0, MILIEU_ERR_OUTPUT or MILIEU_ERR_MEMORY; nothing
 * is left behind then. */
int study_writer_create(struct study_writer *self, const char *path, const struct study_file_plan *plan,
                        struct error *err);

/* Begins the next range of points (a shard, or all points); 1 when there is one, 0 when all are done, else an error.
 * Then, in this order, all tiles of runs, of kept runs, of series. */
int study_writer_next_range(struct study_writer *self, struct error *err);

struct study_tile {
    int64_t point, num_points, replication, num_replications;
};

/* The next tile of the range; the one before is written. False when there is none: also after a failure, which the next
 * call that returns a code tells. Runs of a tile come in any order; a run that never comes is not done. */
bool study_writer_next_runs(struct study_writer *self, struct study_tile *tile);
/* value: [arms][places][responses], NULL for a run without */
void study_writer_take_run(struct study_writer *self, int64_t point, int64_t replication, enum study_run_status status,
                           const double *value);
/* Replications first .. end - 1 of a point, which stopped earlier. */
void study_writer_take_not_needed(struct study_writer *self, int64_t point, int64_t first, int64_t end);

/* Runs that keep their series: [arms][rows][series][weeks] */
bool study_writer_next_kept(struct study_writer *self, struct study_tile *tile);
void study_writer_take_kept(struct study_writer *self, int64_t point, int64_t replication, const float *value);

struct study_cell {
    int32_t count, missing;
    double mean, variance;
    float quantile[RESULTS_NUM_QUANTILES];
};

/* Points (all replications); cell number [arms][rows][series][steps]. */
bool study_writer_next_series(struct study_writer *self, struct study_tile *tile);
void study_writer_take_cell(struct study_writer *self, int64_t point, size_t cell, const struct study_cell *value);

/* After all ranges: num_failures of them, in order; week -1: before week 0. Then, for a study with a rule, one a point. */
struct study_failure {
    int64_t point, replication;
    int week;
    const char *message;
};
void study_writer_take_failure(struct study_writer *self, const struct study_failure *failure);

struct study_contrast {
    int32_t replications; /* that count; 0: not ended */
    int32_t look;         /* at which it ended, from 0; -1: not ended */
    double mean, half_width;
    bool reached; /* the half-width asked for */
};
void study_writer_take_contrast(struct study_writer *self, int64_t point, const struct study_contrast *contrast);

/* What failed so far: 0 or MILIEU_ERR_OUTPUT. */
int study_writer_status(const struct study_writer *self, struct error *err);

/* Marks the file complete (1, or 0), brings it to the disk and gives it its name. Frees `self` in any case; after a
 * failure an existing output is as it was. */
int study_writer_finish(struct study_writer *self, bool complete, struct error *err);

/* Removes the temporary file and frees `self`; does nothing after study_writer_finish. */
void study_writer_abandon(struct study_writer *self);

/* ---- reading ---- */

/* An open file. What is public is filled by study_file_open and belongs to the struct. */
struct study_file {
    struct study_reader *inside; /* private */
    char *path;
    char *study_id, *name, *title, *source, *method, *uncertainty; /* "" where the file has none */
    char *study_text, *scenario_text, *points_text;
    uint32_t seed;
    bool complete; /* else runs are missing: status 0 */
    bool has_contrast;
    int64_t num_points, num_failures;
    int64_t shard_above; /* bytes above which it was cut into shards; 0: it was not */
    int64_t runs_done;   /* without those that failed */
    int num_replications, num_factors, num_words, num_arms, num_places, num_shards;
    char **factor, **path_of, **kind, **unit; /* [num_factors] */
    char **word;               /* [num_factors][num_words], "" behind the last; NULL when num_words is 0 */
    char **arm_id, **place_id; /* the last place is "all" */
};

/* MILIEU_ERR_INPUT when the file cannot be opened; MILIEU_ERR_RESULTS when it is no study file of this schema, was not
 * finished, or a shard is missing or not as it was written (all of its bytes are read); MILIEU_ERR_MEMORY. */
int study_file_open(struct study_file *self, const char *path, struct error *err);
void study_file_close(struct study_file *self);

/* Index of an arm, a place ("all", or a clinic) or a factor, or -1. */
int study_file_find_arm(const struct study_file *self, const char *id);
int study_file_find_place(const struct study_file *self, const char *id);
int study_file_find_factor(const struct study_file *self, const char *name);

bool study_file_has_response(const struct study_file *self, int outcome);
bool study_file_has_series(const struct study_file *self, int series);
bool study_file_has_trajectory(const struct study_file *self, int series);

/* Where a damaged file cannot tell whether it has something, the answer is no, and whoever reads next is told: at the
 * latest here. 0 or MILIEU_ERR_RESULTS. */
int study_file_status(struct study_file *self, struct error *err);

/* The readers below take points first .. first + count - 1 and return 0, or MILIEU_ERR_RESULTS when the file does not hold
 * what is asked or is damaged. Sizes of the caller's arrays stand in brackets; a missing value is NaN. */

int study_file_read_design(struct study_file *self, int64_t first, int64_t count,
                           double *out, /* [count][num_factors] */
                           struct error *err);
int study_file_read_response(struct study_file *self, int outcome, int arm, int place, int64_t first, int64_t count,
                             double *out, /* [count][num_replications] */
                             struct error *err);
int study_file_read_status(struct study_file *self, int64_t first, int64_t count,
                           uint8_t *out, /* [count][num_replications] */
                           struct error *err);
int study_file_read_contrast(struct study_file *self, int64_t first, int64_t count, struct study_contrast *out,
                             struct error *err);

/* One of "mean", "variance", "count", "missing" of a series; its quantiles, at results_quantile. Lengths:
 * study_file_series_shape. Row r is place r: a clinic, or "all". */
int study_file_series_shape(struct study_file *self, int series, int *num_rows, int *num_steps, struct error *err);
int study_file_read_series(struct study_file *self, int series, const char *what, int arm, int row, int64_t first,
                           int64_t count, double *out, /* [count][num_steps] */
                           struct error *err);
int study_file_read_quantiles(struct study_file *self, int series, int arm, int row, int64_t first, int64_t count,
                              float *out, /* [count][num_steps][RESULTS_NUM_QUANTILES] */
                              struct error *err);
int study_file_series_weeks(struct study_file *self, int series, int *out, /* [num_steps] */
                            struct error *err);

/* Whole series of the first num_kept replications of each point, week by week; all lengths 0 where none are kept. */
int study_file_trajectory_shape(struct study_file *self, int *num_kept, int *num_rows, int *num_weeks,
                                struct error *err);
int study_file_read_trajectory(struct study_file *self, int series, int arm, int row, const struct study_tile *tile,
                               float *out, /* [tile->num_points][tile->num_replications][num_weeks] */
                               struct error *err);

/* Failures first .. first + count - 1 of the list; messages are the caller's to free. */
int study_file_read_failures(struct study_file *self, int64_t first, int64_t count, struct study_failure *out,
                             struct error *err);

#endif
