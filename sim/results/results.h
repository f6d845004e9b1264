/* The results file: one HDF5 file that is also valid netCDF-4, written run by run, read by name. hdf5.h is known in
 * this folder and nowhere else.
 *
 *   /scenario      text (after `extends` and overrides), text_as_given
 *   /arms          arm x strategy: titles, what is on
 *   /clinics       clinic: titles, centre, place, teaching
 *   /people        person: those whom the scenario names, their role and place; rating (draw, person, factor) float32,
 *                  missing where the clinic's holds. Not there when nobody is named
 *   /outcomes      (arm, draw, replication, clinic) float64, one dataset an outcome
 *   /outcomes_all  (arm, draw, replication) float64: all clinics together
 *   /series        (arm, draw, replication, clinic, week) float32, one dataset a series
 *   /quantiles     (arm, clinic, week, quantile) float32, over draws and replications; see results_options.quantiles
 *   /parameters    (draw, parameter) mean, lowest, highest over clinics before the factors act; strength (draw, link)
 *   /ratings       (draw, clinic, factor) float32
 *   /events        columns along `event`, sorted by arm, draw, replication, week; `cause` is a row of the same table
 *   /failures      columns along `failure`: runs that could not be made; missing everywhere else
 *
 * Nothing in the file depends on when, where, how fast or on how many threads it was made: equal scenario, seed and
 * program give equal bytes. Only results_stamp, where somebody asks for it, ends that.
 *
 * The caller ignores SIGXFSZ (else a file-size limit kills the program without a word) and calls from one thread at a
 * time. Both structs may be freed after a failed open or create, and twice. */
#ifndef MILIEU_RESULTS_H
#define MILIEU_RESULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "../model/error.h"
#include "../model/setting.h"
#include "../model/simulation.h"
#include "../scenario/scenario.h"

#define RESULTS_SCHEMA "milieu-results/1"

enum { RESULTS_NUM_QUANTILES = 5 };
extern const double results_quantile[RESULTS_NUM_QUANTILES]; /* 0.05 0.25 0.5 0.75 0.95 */

/* ---- where it goes ---- */

/* Can `path` become a results file? It must be new or a regular file, writable, none of the inputs (nor may
 * `<path>.part` be one), in a folder where a file can be made: tried by making and removing `<path>.part`. A link
 * stands for its target. Nothing else is touched. Returns 0, MILIEU_ERR_OUTPUT or MILIEU_ERR_MEMORY. results_create
 * does the same check: this is for who wants to know before anything else. */
int results_check_output(const char *path, const char *const *inputs, int num_inputs, struct error *err);

/* ---- writing ---- */

/* All strings are borrowed until results_create returns; NULL where nothing is to be said. */
struct results_options {
    int draws, replications; /* of the run */
    uint32_t seed;
    bool series;               /* keep the weekly series: records must carry them */
    bool quantiles;            /* of the series; written only with >= 5 runs, as fewer say no more than the series */
    bool events;               /* keep the events of the records */
    bool compress;             /* shuffle, deflate 1, fletcher32 */
    const char *const *inputs; /* files the output must not be: the scenario */
    int num_inputs;
    const char *version;  /* "0.1.0" */
    const char *revision; /* of the source: "1a2b3c4, clean" */
    const char *compiler, *cflags;
    const char *libconfig_version;
    const char *command_line; /* without what may not leave a trace: output and number of threads */
};

/* What the scenario asks for; no inputs, nothing said of the program, no compression. */
void results_options_defaults(struct results_options *options, const struct scenario *scenario);

struct results_writer {
    struct writer *inside; /* private */
};

/* Checks the output as results_check_output does and begins `<path>.part` beside the target. `scenario` is borrowed
 * until the end. Returns 0, MILIEU_ERR_OUTPUT or MILIEU_ERR_MEMORY; nothing is left behind then. */
int results_create(struct results_writer *self, const char *path, const struct scenario *scenario,
                   const struct results_options *options, struct error *err);

/* One draw's setting, once, before the runs of that draw. A draw that could not be made has none: its parameters and
 * ratings are missing. */
int results_take_draw(struct results_writer *self, int draw, const struct setting *setting, struct error *err);

/* One arm of one run. Runs come in order of (draw, replication, arm), each once. The record is not kept. */
int results_take(struct results_writer *self, int draw, int replication, int arm, const struct record *record,
                 struct error *err);

/* A run that could not be made: its values are missing in every arm, and /failures says why. In its place in the order.
 * `week` -1: before week 0. */
int results_take_failure(struct results_writer *self, int draw, int replication, int week, const char *message,
                         struct error *err);

/* When and how the file was made, as attributes of the root. */
struct results_stamp {
    const char *date_created; /* ISO 8601, UTC */
    const char *history;      /* date and whole command line */
    int threads;
    double wall_seconds;
};

/* Before results_finish, which tells of a failure. */
void results_stamp(struct results_writer *self, const struct results_stamp *stamp);

/* Writes what is left, marks the file complete, brings it to the disk and only then gives it its name, replacing what
 * stood there. After any failure, of this call or an earlier one, the temporary file is removed and an existing output
 * is as it was. Frees `self` in any case. MILIEU_ERR_OUTPUT also when runs are missing, or not one draw was made. */
int results_finish(struct results_writer *self, struct error *err);

/* Removes the temporary file and frees `self`; does nothing after results_finish. */
void results_abandon(struct results_writer *self);

/* ---- reading ---- */

struct results_event {
    int32_t arm, draw, replication;
    int32_t clinic;     /* -1: the whole region or centre */
    int32_t week, kind; /* enum event_kind; -1: one this version does not know */
    int32_t subject;    /* as the version that wrote the file counts */
    double value;
    int64_t cause; /* row of the table, -1 = none */
};

/* An open file. What is public is filled by results_open and belongs to the struct. */
struct results_file {
    struct reader *inside; /* private */
    char *path;
    char *title, *scenario_id, *scenario_sha256, *source, *command_line, *id; /* "" where the file has none */
    char *start;                                                              /* ISO date of week 0, "" if none */
    char *text, *text_as_given;
    uint32_t seed;
    int num_arms, num_draws, num_replications, num_clinics, num_strategies, horizon;
    int reference_arm;
    char **arm_id, **arm_title[2];
    char **clinic_id, **clinic_title[2];
    char **strategy_id, **strategy_title[2];
    bool *strategy_on; /* [num_arms][num_strategies] */
    bool has_series, has_quantiles;
    int64_t num_events, num_failures;
    /* Of a file of another version, parted by ", " ("..." where there are many), "" = none: names of parameters,
     * factors, outcomes, series and kinds of events that this version has and the file lacks, and the other way
     * round. Everything is read by name: what the file lacks is missing, what is not known here is left alone. */
    char missing[400], unknown[400];
};

/* Returns MILIEU_ERR_INPUT when the file cannot be opened, MILIEU_ERR_RESULTS when it is no results file of this schema
 * or not complete, or MILIEU_ERR_MEMORY. */
int results_open(struct results_file *self, const char *path, struct error *err);
void results_close(struct results_file *self);

/* Index of an arm or clinic by its id, or -1. */
int results_find_arm(const struct results_file *self, const char *id);
int results_find_clinic(const struct results_file *self, const char *id);

/* Does the file hold this outcome, this series? (A file of another version may not.) */
bool results_has_outcome(const struct results_file *self, int outcome);
bool results_has_series(const struct results_file *self, int series);

/* The readers below return 0, or MILIEU_ERR_RESULTS when the file does not hold what is asked or is damaged. Sizes of
 * the caller's arrays stand in brackets; a missing value is NaN. */

/* One outcome of one arm: [num_draws][num_replications][num_clinics]. */
int results_read_outcome(struct results_file *self, int outcome, int arm, double *out, struct error *err);

/* The same for all clinics together: [num_draws][num_replications]. */
int results_read_outcome_all(struct results_file *self, int outcome, int arm, double *out, struct error *err);

/* One series of one run, clinics first .. first + count - 1: [count][horizon]. */
int results_read_series(struct results_file *self, int series, int arm, int draw, int replication, int first, int count,
                        float *out, struct error *err);

/* Quantiles of one series in one arm and clinic over all runs: [horizon][RESULTS_NUM_QUANTILES]. */
int results_read_quantiles(struct results_file *self, int series, int arm, int clinic, float *out, struct error *err);

/* Values before the factors act, of one draw, mean over clinics: [NUM_PARAMS]. */
int results_read_parameters(struct results_file *self, int draw, double *out, struct error *err);

/* Ratings of one draw: [num_clinics][NUM_FACTORS]. */
int results_read_ratings(struct results_file *self, int draw, float *out, struct error *err);

/* Rows first .. first + count - 1 of the table of events. */
int results_read_events(struct results_file *self, int64_t first, int64_t count, struct results_event *out,
                        struct error *err);

/* The rows of one run: found by halving, the table being sorted. */
int results_find_events(struct results_file *self, int arm, int draw, int replication, int64_t *first, int64_t *count,
                        struct error *err);

/* One failure: its run, week (-1: before week 0) and message, which the caller frees. */
int results_read_failure(struct results_file *self, int64_t row, int *draw, int *replication, int *week, char **message,
                         struct error *err);

#endif
