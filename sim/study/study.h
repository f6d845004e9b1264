/* A study: what a study file asks for, checked. Its scenario with points in place of some values, its runs, its outputs.
 *
 *   study_read / study_read_texts   file, or texts a study's folder keeps -> study, with every complaint at once
 *   study_read_point                the scenario of point i
 *
 * Run id = point * study_replications() + replication. The point is in no key of luck: replication r meets the same
 * luck at every point. A study that was read is never written again: threads share it. */
#ifndef MILIEU_STUDY_H
#define MILIEU_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../scenario/scenario.h"
#include "design.h"
#include "folder.h"

struct study_stop { /* as many replications as a precision takes */
    bool given;
    int response;      /* index into outcome_table */
    int arm[2];        /* scenario arms; the difference arm[0] - arm[1], or the mean of arm[0] */
    int num_arms;      /* 1 or 2 */
    int clinic;        /* index into scenario.clinic_id; -1: all */
    double half_width; /* the outcome's unit */
    double level;      /* of confidence */
    int first, most;   /* looks at first, 2 first, 4 first ... most replications */
};

struct study_outputs {
    bool clinics;
    int num_series;
    const int *series; /* indices into series_table */
    int every_weeks;
    int trajectories; /* replications 0 .. trajectories - 1 keep their weekly series */
};

struct arena;

struct study {
    const char *id;           /* "" when it has none */
    const char *title[2];     /* NULL: none given; see study_title */
    bool has_scenario;        /* else a bare design: `scenario`, `arm` and `stop` are empty */
    struct scenario scenario; /* as the file gives it, nothing varied */
    int num_arms;
    const int *arm; /* those run: indices into scenario.arm_id, ascending */
    int num_vary;
    const struct vary *vary;
    double *row; /* the points of a list */
    struct design design;
    int num_respond;
    const int *respond; /* indices into outcome_table, ascending */
    int replications;   /* of each point; with `stop`, stop.most */
    uint32_t seed;
    bool own_luck;                         /* of each point: study_seed */
    enum scenario_uncertainty uncertainty; /* replication r is draw r, replication 0 of it; of chance alone, draw 0,
                                              replication r; of parameters alone, draw r with the luck of draw 0.
                                              The scenario's where the study says nothing */
    struct study_stop stop;
    struct study_outputs outputs;
    char *text; /* the study file, verbatim */
    size_t text_length;
    char *points_text; /* the CSV file of its points, verbatim; NULL: none */
    size_t points_length;
    struct arena *keep; /* what the pointers above point to */
};

/* Complaints go to `messages`: each with its file and line. 0, or MILIEU_ERR_SCENARIO (65), MILIEU_ERR_INPUT (66) when
 * `path` itself cannot be read, MILIEU_ERR_MEMORY. "-" is standard input. A relative `scenario` is looked for beside
 * the study, then among the shipped ones (MILIEU_SCENARIOS); `design.file` beside the study. The caller frees with
 * study_free, after a failure too, and may twice. */
int study_read(struct study *self, const char *path, struct messages *messages, struct error *err);

/* The same from memory: texts that stand for the files. NULL: looked for in `folder` as above. */
struct study_texts {
    const char *name;   /* of the study, in messages */
    const char *folder; /* "" or "DIR/"; NULL: nowhere */
    const char *study, *scenario, *points;
    size_t study_length, scenario_length, points_length;
};
int study_read_texts(struct study *self, const struct study_texts *texts, struct messages *messages, struct error *err);

void study_free(struct study *self);

/* What it is called in a language (0 English, 1 French): its title, without one its id, without both "study". */
const char *study_title(const struct study *self, int lang);

/* ---- points ---- */

/* What point `point` changes in the scenario, as --set and --rate would: things in the order of the study. */
struct study_overrides {
    struct scenario_override *item;
    int count;
    char *text; /* what the items point to */
};
int study_point_overrides(const struct study *self, uint64_t point, struct study_overrides *out, struct error *err);
void study_overrides_free(struct study_overrides *self);

/* The scenario of point `point`: the study's with what varies put in, its seed, and central values where the study
 * leaves parameters certain. About 0.35 ms for a case. `messages` (NULL: nobody listens) gets what is wrong with a
 * point whose values do not go together: MILIEU_ERR_SCENARIO, the first complaint in `err`. So it is too when the point
 * has other numbers of clinics, arms or weeks than the study; `err` alone says that. Safe from several threads at once.
 * The caller frees `out`, after a failure too. */
int study_read_point(const struct study *self, uint64_t point, struct scenario *out, struct messages *messages,
                     struct error *err);

/* The scenario of one run: as `milieu run` takes it, with the study's arms alone, one draw, one replication and the
 * numbers of its luck, so that the text it carries gives this very run again. */
int study_read_run(const struct study *self, uint64_t point, int replication, struct scenario *out,
                   struct messages *messages, struct error *err);

/* Draw and replication of replication r of any point: what the runner is asked for. */
void study_luck(const struct study *self, int r, int *draw, int *replication);

/* The seed of a point's runs: the study's, so that points are paired; with own_luck one of its own, so that chance is not
 * the same at all of them. */
uint32_t study_seed(const struct study *self, uint64_t point);

/* ---- its name ---- */

#define STUDY_ID_SIZE STUDY_ID_TEXT

/* What its numbers depend on, part by part, each in one canonical order: blanks, comments, the order of keys, and
 * defaults that are spelt out do not matter. `program`: version and commit. The caller frees. MILIEU_ERR_MEMORY. */
struct study_parts {
    char *text[NUM_FOLDER_PARTS];
};
int study_parts(const struct study *self, const char *program, struct study_parts *out, struct error *err);
void study_parts_free(struct study_parts *self);

/* 32 hexadecimal digits that name these parts (folder_study_id). MILIEU_ERR_MEMORY. */
int study_identify(const struct study *self, const char *program, char out[STUDY_ID_SIZE], struct error *err);

#endif
