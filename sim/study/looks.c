#include "looks.h"

#include <string.h>

static int find(const int *list, int num, int wanted)
{
    for (int i = 0; i < num; i++)
        if (list[i] == wanted)
            return i;
    return 0; /* the reader of studies has seen to it that it is there */
}

/* Where a response of an arm and place stands among a run's values (batch.h). */
static size_t value_index(const struct looks *self, int arm)
{
    const struct study *study = self->study;
    const struct study_shape *s = &self->shape;
    int a = find(study->arm, study->num_arms, arm);
    int place = study->stop.clinic < 0 || s->places == 1 ? s->places - 1 : study->stop.clinic;
    int response = find(study->respond, study->num_respond, study->stop.response);
    return ((size_t)a * (size_t)s->places + (size_t)place) * (size_t)s->responses + (size_t)response;
}

static int add_contrasts(void *context, const struct geometry_span *span, const struct journal_record *record,
                         struct exact *sum, struct error *err)
{
    const struct looks *self = context;
    struct part part;
    size_t offset = 0;
    while (part_read(&self->shape, record->payload, record->length, &offset, &part))
        for (uint32_t i = 0; i < part.head.count; i++) {
            const double *value = part.value + (size_t)i * self->shape.values;
            exact_add(sum, value[self->at[0]] - (self->paired ? value[self->at[1]] : 0));
        }
    if (offset != record->length)
        return error_set(err, MILIEU_ERR_FOLDER, "%s: what is written of point %lld is no batch of this study",
                         "%s : ce qui est écrit du point %lld n'est pas un lot de cette étude", record->journal,
                         (long long)span->point);
    return 0;
}

static bool go_on(void *context, int64_t point, int stage, const struct exact *sum)
{
    const struct looks *self = context;
    (void)point;
    (void)stage;
    return !stopping_enough(&self->stopping, sum);
}

bool looks_init(struct looks *self, const struct study *study, int num_looks, struct ledger_rule *rule)
{
    memset(self, 0, sizeof *self);
    if (!study->stop.given)
        return false;
    self->study = study;
    study_shape(study, &self->shape);
    self->stopping = (struct stopping){ .half_width = study->stop.half_width,
                                        .level = study->stop.level,
                                        .looks = num_looks,
                                        .yes_no = outcome_table[study->stop.response].type == OUTCOME_YESNO,
                                        .paired = study->stop.num_arms == 2 };
    self->paired = study->stop.num_arms == 2;
    self->at[0] = value_index(self, study->stop.arm[0]);
    self->at[1] = value_index(self, study->stop.arm[study->stop.num_arms - 1]);
    *rule = (struct ledger_rule){ .contrasts = add_contrasts, .go_on = go_on, .context = self };
    return true;
}

struct geometry_plan looks_plan(const struct study *study)
{
    return (struct geometry_plan){ .points = (int64_t)study->design.count,
                                   .replications = study->replications,
                                   .first = study->stop.given ? study->stop.first : 0 };
}
