/* What the documents say themselves, tried on the scenario of each: the same people and luck twice, one thing moved. A pair
 * is a draw of what is unknown and one run of chance in it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "measure.h"

#define SHARE 0.25 /* of the draws */
enum { MOVED_MOST = 8, MOST = MOVED_MOST + 3, TEXT_LENGTH = 96, FROM = 0, TO };

/* ---- runs ---- */

/* One side of a contrast. */
static int run_side(struct trial *trial, enum contrast contrast, int side, const struct validate_options *options,
                    struct error *err)
{
    const struct contrast_info *info = &contrast_table[contrast];
    char text[MOST][TEXT_LENGTH], id[TEXT_LENGTH / 2];
    struct scenario_override override[MOST] = { { false, "outputs.events=false" }, { false, text[1] } };
    int count = 2;
    snprintf(text[1], TEXT_LENGTH, "time.horizon=%d", info->weeks);
    const char *arm = info->role != ARMS ? info->arm : contrast_moved(contrast, side, id, sizeof id) ? id : "";
    if (arm[0] != '\0') {
        snprintf(text[count], TEXT_LENGTH, "arms=[\"%s\"]", arm);
        override[count] = (struct scenario_override){ false, text[count] };
        count++;
    }
    for (int f = 0; info->role != ARMS && count < MOST && contrast_moved(contrast, f, id, sizeof id); f++) {
        snprintf(text[count], TEXT_LENGTH, "%s=%g", id, side == FROM ? info->from : info->to);
        override[count] = (struct scenario_override){ true, text[count] };
        count++;
    }
    const struct trial_plan plan = { .scenario = info->scenario,
                                     .override = override,
                                     .num_overrides = count,
                                     .draws = measure_draws(options, SHARE),
                                     .replications = 1,
                                     .seed = options->seed };
    return trial_run(trial, &plan, &options->machine, err);
}

/* An outcome of a clinic; who never starts is taken to start in the last week, which makes a delay no larger. */
static double outcome_of(const struct trial *trial, int draw, int clinic, enum outcome outcome)
{
    double value = trial_outcome(trial, draw, 0, clinic, (int)outcome);
    return isnan(value) && outcome == OUTCOME_start_up_week ? trial->horizon : value;
}

/* Mean over the clinics in which the outcome exists on both sides; NaN where there is none. */
static double difference(const struct trial side[2], int draw, enum outcome outcome)
{
    struct sample clinics = { 0 };
    for (int c = 0; c < side[FROM].num_clinics; c++)
        sample_add(&clinics, outcome_of(&side[TO], draw, c, outcome) - outcome_of(&side[FROM], draw, c, outcome));
    return clinics.n > 0 ? sample_mean(&clinics) : NAN;
}

static void differences(const struct trial side[2], enum outcome outcome, double *out)
{
    for (int draw = 0; draw < side[FROM].summary.draws; draw++)
        out[draw] = difference(side, draw, outcome);
}

/* ---- one contrast, and all that is said of it ---- */

/* What is ranked, contrast by contrast: differences of the outcome that the ranking is about. */
struct work {
    int pairs;
    double *one;    /* [pairs] */
    double *ranked; /* [NUM_CONTRASTS][pairs] */
};

static double *ranked(const struct work *work, int contrast)
{
    return &work->ranked[(size_t)contrast * (size_t)work->pairs];
}

static bool is_ranked(int contrast)
{
    enum contrast_role role = contrast_table[contrast].role;
    return role == BLOCK || role == MEMBER || role == RIVAL;
}

static void take_contrast(const struct trial side[2], enum contrast contrast, const struct work *work,
                          struct validation *out)
{
    for (int s = 0; s < NUM_STATEMENTS; s++) {
        const struct statement_info *info = &statement_table[s];
        if (info->contrast != contrast || info->kind != MOVES)
            continue;
        differences(side, info->outcome, work->one);
        out->statement[s].effect = effect_of(work->one, work->pairs);
    }
    if (is_ranked((int)contrast))
        differences(side, statement_table[STATEMENT_main_facilitator].outcome, ranked(work, (int)contrast));
}

static int run_contrast(enum contrast contrast, const struct validate_options *options, const struct work *work,
                        struct validation *out, struct error *err)
{
    struct trial side[2] = { { .rating = NULL }, { .rating = NULL } };
    int ret = run_side(&side[FROM], contrast, FROM, options, err);
    if (ret == 0)
        ret = run_side(&side[TO], contrast, TO, options, err);
    if (ret == 0)
        take_contrast(side, contrast, work, out);
    trial_free(&side[FROM]);
    trial_free(&side[TO]);
    return ret;
}

/* ---- the ranking ---- */

/* The differences of what is called the main one, moved together or each alone, on the mean of them. */
static void lead_of(const struct work *work, enum statement_kind kind, double *lead)
{
    for (int i = 0; i < work->pairs; i++) {
        struct sample members = { 0 };
        for (int c = 0; c < NUM_CONTRASTS; c++)
            if (contrast_table[c].role == (kind == MAIN ? BLOCK : MEMBER))
                sample_add(&members, ranked(work, c)[i]);
        lead[i] = sample_mean(&members);
    }
}

static void rank(const struct work *work, struct validation *out, double *lead, double *rivals)
{
    int rival[NUM_CONTRASTS], count = 0, hardest;
    for (int c = 0; c < NUM_CONTRASTS; c++) {
        if (contrast_table[c].role != RIVAL)
            continue;
        for (int i = 0; i < work->pairs; i++)
            rivals[(size_t)count * (size_t)work->pairs + (size_t)i] = ranked(work, c)[i];
        rival[count++] = c;
    }
    for (int s = 0; s < NUM_STATEMENTS; s++) {
        const struct statement_info *info = &statement_table[s];
        if (info->kind == MOVES)
            continue;
        lead_of(work, info->kind, lead);
        out->statement[s].effect =
            effect_over_rivals(lead, rivals, count, work->pairs, info->sign, work->one, &hardest);
        out->statement[s].rival = hardest >= 0 ? rival[hardest] : -1;
    }
    for (int c = 0; c < NUM_CONTRASTS; c++)
        if (is_ranked(c))
            out->ranked[c] = effect_of(ranked(work, c), work->pairs);
}

int measure_statements(const struct validate_options *options, struct validation *out, struct error *err)
{
    size_t pairs = (size_t)measure_draws(options, SHARE);
    double *room = calloc((2 * NUM_CONTRASTS + 2) * pairs, sizeof *room);
    if (room == NULL)
        return error_set_memory(err);
    const struct work work = { (int)pairs, room, room + 2 * pairs };
    int ret = 0;
    for (int c = 0; c < NUM_CONTRASTS && ret == 0; c++)
        ret = run_contrast((enum contrast)c, options, &work, out, err);
    if (ret == 0)
        rank(&work, out, room + pairs, room + (NUM_CONTRASTS + 2) * pairs);
    free(room);
    return ret;
}
