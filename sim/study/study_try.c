/* The values of a study, tried on its scenario one thing at a time. */
#include <stdlib.h>
#include <string.h>

#include "../scenario/text.h"
#include "study_reading.h"

#define MIDDLE 0.381966 /* of the way: hits no round number by chance */

void study_add_override(struct text *text, const struct vary *vary, double x)
{
    for (int i = 0; i < vary->num_targets; i++) {
        text_add(text, "%s=", vary->target[i]);
        if (vary->written != NULL)
            text_add(text, "%s", vary->written[(int)x]);
        else if (x >= -2147483648.0 && x <= 2147483647.0 && x == (double)(int)x)
            text_add(text, "%d", (int)x);
        else
            text_add_real(text, x);
        text_add(text, "%c", '\0');
    }
}

void study_point_items(struct scenario_override *item, int count, const char *text)
{
    for (int i = 0; i < count; i++) {
        item[i].text = text;
        text += strlen(text) + 1;
    }
}

/* The first complaint, as it is told of the thing: what the option was is known already. */
static void pass_on(struct study_reading *s, int thing, double x, const struct messages *messages)
{
    const struct vary *v = &s->vary[thing];
    char number[VARY_NUMBER_SIZE];
    for (size_t i = 0; i < messages->count; i++) {
        const struct message *message = &messages->item[i];
        const char *text = message->text, *end = message->file == NULL ? strstr(text, ": ") : NULL;
        if (message->is_warning)
            continue;
        if (end != NULL && (strncmp(text, "--set ", 6) == 0 || strncmp(text, "--rate ", 7) == 0))
            text = end + 2;
        complain(s->r, study_item(s, thing), "vary[%s] = %s: %s", "vary[%s] = %s : %s", v->name,
                 vary_text(v, x, number), text);
        return;
    }
}

/* Results have the same lengths at every point. */
static bool same_lengths(struct study_reading *s, int thing, double x, const struct scenario *scenario)
{
    const struct scenario *base = &s->study->scenario;
    char number[VARY_NUMBER_SIZE];
    if (scenario->num_clinics == base->num_clinics && scenario->num_arms == base->num_arms &&
        scenario->horizon == base->horizon)
        return true;
    complain(
        s->r, study_item(s, thing),
        "vary[%s] = %s: clinics, arms and horizon stay the scenario's at every point (%d, %d, %d weeks); run a "
        "study for each",
        "vary[%s] = %s : cliniques, bras et horizon restent ceux du scénario en tout point (%d, %d, %d semaines) ; "
        "faites une étude pour chacun",
        s->vary[thing].name, vary_text(&s->vary[thing], x, number), base->num_clinics, base->num_arms, base->horizon);
    return false;
}

/* True when the scenario may be read with this value, or there is no memory. */
static bool try_value(struct study_reading *s, int thing, double x)
{
    const struct vary *v = &s->vary[thing];
    const struct scenario *base = &s->study->scenario;
    struct scenario_override *item = calloc((size_t)v->num_targets, sizeof *item);
    struct text text = { 0 };
    struct scenario scenario = { 0 };
    struct messages messages;
    int ret = MILIEU_ERR_MEMORY;
    bool same = true;
    messages_init(&messages, STUDY_LANG(s));
    study_add_override(&text, v, x);
    if (item != NULL && !text.failed) {
        for (int i = 0; i < v->num_targets; i++)
            item[i].is_rate = v->is_rate;
        study_point_items(item, v->num_targets, text.text);
        ret = scenario_read_text(&scenario, base->id, NULL, base->text, strlen(base->text), item, v->num_targets,
                                 &messages, NULL);
    }
    if (ret == MILIEU_ERR_MEMORY)
        s->r->no_memory = true;
    else if (ret != 0)
        pass_on(s, thing, x, &messages);
    else
        same = same_lengths(s, thing, x, &scenario);
    messages_free(&messages);
    scenario_free(&scenario);
    free(text.text);
    free(item);
    return ret == MILIEU_ERR_MEMORY || (ret == 0 && same);
}

/* What the rows of a list go from and to. */
static void try_column(struct study_reading *s, int thing)
{
    const struct points *points = &s->points;
    double low = points->row[thing], high = low;
    for (uint64_t i = 0; i < points->num_rows; i++) {
        double x = points->row[i * (uint64_t)points->num_vary + (uint64_t)thing];
        low = x < low ? x : low;
        high = x > high ? x : high;
    }
    if (try_value(s, thing, low) && high > low)
        try_value(s, thing, high);
}

static void try_thing(struct study_reading *s, int thing)
{
    const struct vary *v = &s->vary[thing];
    if (v->kind == VARY_VALUES) {
        for (int i = 0; i < v->num_values; i++)
            if (!try_value(s, thing, v->word != NULL ? i : v->value[i]))
                return;
    } else if (s->points.num_rows > 0) {
        try_column(s, thing);
    } else if (v->kind != VARY_FREE && try_value(s, thing, vary_lowest(v)) && try_value(s, thing, vary_highest(v)) &&
               try_value(s, thing, vary_at(v, MIDDLE)) && v->has_base) {
        try_value(s, thing, v->base);
    }
}

void study_try_values(struct study_reading *self)
{
    for (int i = 0; i < self->study->num_vary && !self->r->no_memory; i++)
        if (!study_item(self, i)->wrong && self->vary[i].num_targets > 0)
            try_thing(self, i);
}
