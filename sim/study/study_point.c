/* The points of a study as changes of its scenario. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../scenario/text.h"
#include "sampling.h"
#include "study_reading.h"

#define MORE_ITEMS 7 /* of the group `runs`, and the arms */

static int count_targets(const struct study *study)
{
    int count = 0;
    for (int i = 0; i < study->num_vary; i++)
        count += study->vary[i].num_targets;
    return count;
}

/* The overrides of a point; `more` of them follow, whose texts the caller adds. */
static int write_point(const struct study *self, uint64_t point, int more, struct study_overrides *out,
                       struct text *text, struct error *err)
{
    double *x = malloc((size_t)self->num_vary * sizeof *x);
    *out = (struct study_overrides){ .count = count_targets(self) };
    out->item = calloc((size_t)(out->count + more) + 1, sizeof *out->item);
    if (x == NULL || out->item == NULL) {
        free(x);
        return error_set_memory(err);
    }
    design_point(&self->design, point, x);
    for (int i = 0, n = 0; i < self->num_vary; i++) {
        study_add_override(text, &self->vary[i], x[i]);
        for (int k = 0; k < self->vary[i].num_targets; k++)
            out->item[n++].is_rate = self->vary[i].is_rate;
    }
    free(x);
    return 0;
}

/* What the texts hold is the overrides'. */
static int take_texts(struct study_overrides *out, struct text *text, struct error *err)
{
    if (text->failed) {
        free(text->text);
        return error_set_memory(err);
    }
    out->text = text->text;
    study_point_items(out->item, out->count, out->text);
    return 0;
}

int study_point_overrides(const struct study *self, uint64_t point, struct study_overrides *out, struct error *err)
{
    struct text text = { 0 };
    int ret = write_point(self, point, 0, out, &text, err);
    if (ret == 0)
        ret = take_texts(out, &text, err);
    if (ret != 0)
        study_overrides_free(out);
    return ret;
}

void study_overrides_free(struct study_overrides *self)
{
    free(self->item);
    free(self->text);
    *self = (struct study_overrides){ 0 };
}

static void first_complaint(const struct messages *messages, uint64_t point, struct error *err)
{
    for (size_t i = 0; i < messages->count; i++)
        if (!messages->item[i].is_warning) {
            error_set(err, MILIEU_ERR_SCENARIO, "point %llu: %s", "point %llu : %s", (unsigned long long)point,
                      messages->item[i].text);
            return;
        }
}

/* arms=["a", "b"]: those of the study. What an arm does depends on no other: its numbers stay what they are. */
static int add_arms(const struct study *self, struct text *text)
{
    if (self->num_arms == self->scenario.num_arms)
        return 0;
    text_add(text, "arms=[");
    for (int i = 0; i < self->num_arms; i++)
        text_add(text, "%s\"%s\"", i > 0 ? ", " : "", self->scenario.arm_id[self->arm[i]]);
    text_add(text, "]%c", '\0');
    return 1;
}

/* What the study and, from 0 on, one replication of it put in the group `runs`; a replication knows the study's arms
 * alone. */
static int add_runs(const struct study *self, uint64_t point, int replication, struct text *text)
{
    static const char *const word[] = { "both", "parameters", "chance" };
    int draw, chance;
    text_add(text, "runs.seed=%u%cruns.uncertainty=%s%c", (unsigned)study_seed(self, point), '\0',
             word[self->uncertainty], '\0');
    if (replication < 0)
        return 2;
    study_luck(self, replication, &draw, &chance);
    text_add(text, "runs.draws=1%cruns.replications=1%cruns.first_draw=%d%cruns.first_replication=%d%c", '\0', '\0',
             draw, '\0', chance, '\0');
    return 6 + add_arms(self, text);
}

static int read_scenario(const struct study *self, uint64_t point, int replication, struct scenario *out,
                         struct messages *messages, struct error *err)
{
    struct study_overrides overrides;
    struct text text = { 0 };
    int ret = write_point(self, point, MORE_ITEMS, &overrides, &text, err);
    if (ret == 0) {
        overrides.count += add_runs(self, point, replication, &text);
        ret = take_texts(&overrides, &text, err);
    }
    if (ret == 0) {
        ret = scenario_read_text(out, self->scenario.id, NULL, self->scenario.text, strlen(self->scenario.text),
                                 overrides.item, overrides.count, messages, err);
        if (ret == MILIEU_ERR_SCENARIO)
            first_complaint(messages, point, err);
    }
    study_overrides_free(&overrides);
    return ret;
}

/* A point may change what it likes but the lengths of the results. */
static int check_lengths(const struct study *self, uint64_t point, const struct scenario *scenario, struct error *err)
{
    const struct scenario *base = &self->scenario;
    if (scenario->num_clinics == base->num_clinics && scenario->num_arms == base->num_arms &&
        scenario->horizon == base->horizon)
        return 0;
    return error_set(err, MILIEU_ERR_SCENARIO,
                     "point %llu: its clinics, arms and horizon (%d, %d, %d) are not the study's (%d, %d, %d)",
                     "point %llu : ses cliniques, bras et horizon (%d, %d, %d) ne sont pas ceux de l'étude (%d, %d, "
                     "%d)",
                     (unsigned long long)point, scenario->num_clinics, scenario->num_arms, scenario->horizon,
                     base->num_clinics, base->num_arms, base->horizon);
}

int study_read_point(const struct study *self, uint64_t point, struct scenario *out, struct messages *messages,
                     struct error *err)
{
    struct messages own;
    *out = (struct scenario){ 0 };
    messages_init(&own, 0);
    int ret = read_scenario(self, point, -1, out, messages != NULL ? messages : &own, err);
    if (ret == 0)
        ret = check_lengths(self, point, out, err);
    messages_free(&own);
    return ret;
}

int study_read_run(const struct study *self, uint64_t point, int replication, struct scenario *out,
                   struct messages *messages, struct error *err)
{
    struct messages own;
    int ret =
        study_read_point(self, point, out, messages, err); /* what cannot be in any arm could not be in the study */
    if (ret != 0)
        return ret;
    scenario_free(out);
    messages_init(&own, 0);
    ret = read_scenario(self, point, replication, out, &own, err);
    messages_free(&own);
    return ret;
}

uint32_t study_seed(const struct study *self, uint64_t point)
{
    if (!self->own_luck)
        return self->seed;
    return sampling_words(self->seed, SAMPLING_SEED, point, 0, 0).w[0] >> 1; /* 0 .. 2^31 - 1, as seeds are */
}

void study_luck(const struct study *self, int r, int *draw, int *replication)
{
    *draw = self->uncertainty == UNCERTAIN_CHANCE ? 0 : r;
    *replication = self->uncertainty == UNCERTAIN_CHANCE ? r : 0;
}
