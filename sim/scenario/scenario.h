/* A scenario: what a user wrote, checked and ready to be drawn. libconfig is known in this folder and nowhere else.
 *
 *   scenario_read / scenario_read_text   file or text -> scenario, with every complaint about it at once
 *   scenario_draw                        scenario, draw -> setting (numbers), a pure function
 *
 * Owner: the caller, scenario_free (safe after a failed read, and twice).
 *
 * Reading turns GSL's error handler off, for the process: it would end the program. `extends` looks beside the file,
 * then in the folder that the environment variable MILIEU_SCENARIOS names. */
#ifndef MILIEU_SCENARIO_H
#define MILIEU_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/error.h"
#include "../model/setting.h"

/* ---- complaints ---- */

struct message {
    bool is_warning;
    char *file; /* as the user named it; NULL for a command-line option */
    int line;   /* 1.. ; 0 = the file as a whole */
    char *text; /* what is wrong, the value, what is allowed, the nearest name; may hold further lines, each indented */
};

struct messages {
    struct message *item;
    size_t count, capacity;
    size_t num_errors, num_warnings;
    int lang; /* 0 English, 1 French: language in which they are written */
};

void messages_init(struct messages *self, int lang);
void messages_free(struct messages *self);

/* ---- the scenario ---- */

/* A change asked for on the command line, applied after the file was read, before it is checked:
 * --set PATH=VALUE ("meso[clinic-c].provider.nurse_turnover_rate=0.3", "time.horizon=52", "runs.draws=10"),
 * --rate FACTOR=R and --rate CLINIC/FACTOR=R. `--set arms=["a", "b"]` keeps these arms of the scenario. The text is the
 * user's, whole. */
struct scenario_override {
    bool is_rate;
    const char *text;
};

enum scenario_uncertainty { /* what differs between runs */
                            UNCERTAIN_BOTH,
                            UNCERTAIN_PARAMETERS, /* draws; all with the luck of draw 0 */
                            UNCERTAIN_CHANCE /* luck; what is not known (values, ratings, spread, beta) in its middle */
};

struct scenario_run_options {          /* the `runs` and `outputs` groups */
    int draws;                         /* 1..65535 */
    int replications;                  /* 1..65535 */
    int first_draw, first_replication; /* numbers the luck knows them by; results count from 0 on */
    uint32_t seed;                     /* 0..2147483647 */
    enum scenario_uncertainty uncertainty;
    bool series, events;
};

struct scenario_tree; /* private: the merged tree of values and distributions */

struct scenario {
    char *id;
    char *title[2]; /* English, French; the one given serves for both */
    char *source;
    char *start; /* ISO date of week 0, "" if none */
    int horizon; /* weeks */
    int num_clinics, num_centres, num_strategies, num_arms;
    char **clinic_id, **arm_id, **strategy_id;
    char **clinic_title[2], **arm_title[2], **strategy_title[2]; /* [lang][index], never NULL */
    int reference_arm; /* the arm others are compared with: 0 unless one says reference = true */
    struct scenario_run_options runs;
    char *text; /* the scenario after `extends` and overrides: a whole libconfig text that, read again, gives the same
                   scenario */
    char *text_as_given; /* the bytes of the file */
    char **file;         /* paths of what was read: the scenario, then what it extends; none for a text or "-" */
    int num_files;
    struct scenario_tree *tree;
};

/* Reads, merges `extends`, applies overrides and checks everything. Complaints go to `messages` (all of them, file and
 * line each; in their order). Returns 0 when there is no error among them; else MILIEU_ERR_SCENARIO (65), or
 * MILIEU_ERR_INPUT (66) when `path` itself cannot be read, or MILIEU_ERR_MEMORY. `path` "-" is standard input. */
int scenario_read(struct scenario *self, const char *path, const struct scenario_override *overrides, int num_overrides,
                  struct messages *messages, struct error *err);

/* The same from memory; `name` stands for the file in messages, `folder` is where `extends` looks first (NULL: none).
 */
int scenario_read_text(struct scenario *self, const char *name, const char *folder, const char *text, size_t length,
                       const struct scenario_override *overrides, int num_overrides, struct messages *messages,
                       struct error *err);

void scenario_free(struct scenario *self);

/* Numbers for one draw: every distribution drawn from (seed, draw) and the path it stands at, so that a value does not
 * depend on what else is in the file. The caller frees `out` with setting_free. */
int scenario_draw(const struct scenario *self, uint32_t seed, int draw, struct setting *out, struct error *err);

/* One row for every parameter of the model in draw `draw` for clinic `clinic`, factors applied: for the results file.
 */
void scenario_params(const struct setting *setting, int clinic, struct params *out);

/* Does the scenario say something of a factor, of a parameter, in a clinic? `middle`: the median of what it says; where
 * it says nothing, of what silence is drawn from (a factor), or the default (a parameter). What is said of single
 * persons is not looked at, nor what a place adds to silence. */
enum scenario_said { SAID_NOT, SAID_FOR_ALL, SAID_HERE };
enum scenario_said scenario_rating(const struct scenario *self, int clinic, int factor, double *middle);
enum scenario_said scenario_parameter(const struct scenario *self, int clinic, int param, double *middle);

#endif
