#include "instrument.h"

#include <math.h>

#include "patient.h"

static double reading(double truth, double error, uint32_t word, double top)
{
    double score = round(truth + error * random_normal_of(random_uniform_of(word)));
    return clamp(score, 0, top);
}

struct scores instrument_read(const struct world *w, int i, const struct scores *truth, int occasion)
{
    const struct params *p = &w->clinic.now[w->patient.clinic[i]];
    struct words u = random_words(w->luck, w->population->entity[i], occasion, STREAM_INSTRUMENT, 0);
    struct words v = random_words(w->luck, w->population->entity[i], occasion, STREAM_INSTRUMENT, 1);
    struct scores read = { reading(truth->self_management, p->self_management_error, u.w[0], 96),
                           reading(truth->care_integration, p->care_integration_error, u.w[1], 51),
                           reading(truth->distress, p->distress_error, u.w[2], 24),
                           reading(truth->confidence, p->confidence_error, v.w[0], 10) };
    return read;
}

bool instrument_answers(const struct world *w, int i)
{
    const struct params *p = &w->clinic.now[w->patient.clinic[i]];
    enum patient_stage stage = (enum patient_stage)w->patient.stage[i];
    double silent = p->non_response + p->silent_without_trust * clamp(p->usual_trust - care_of(w, i)->trust, 0, 1);
    struct words u = random_words(w->luck, w->population->entity[i], 1, STREAM_INSTRUMENT, 0);
    if (stage == PATIENT_DROPPED || stage == PATIENT_RETURNED)
        silent += p->silent_if_left;
    return stage != PATIENT_GONE && random_uniform_of(u.w[3]) >= silent;
}

static void keep_answer(struct world *w, int c, const struct scores *before, const struct scores *after)
{
    struct record *r = w->record;
    if (r == NULL || !r->keep_answers)
        return;
    struct answer *answer = &r->answer[r->num_answers++];
    *answer = (struct answer){ .clinic = c, .week = w->week };
#define KEEP(instrument, score)                                                                                        \
    answer->before[instrument] = (float)before->score;                                                                 \
    answer->after[instrument] = (float)after->score;
    KEEP(SELF_MANAGEMENT, self_management)
    KEEP(CARE_INTEGRATION, care_integration)
    KEEP(DISTRESS, distress)
    KEEP(CONFIDENCE, confidence)
#undef KEEP
}

static void question(struct world *w, int i)
{
    const struct care *care = care_of(w, i);
    const struct population *population = w->population;
    int c = w->patient.clinic[i];
    struct scores start = { population->self_management[i], population->care_integration[i], population->distress[i],
                            population->confidence[i] };
    struct scores now = { care->self_management, care->care_integration, care->distress, care->confidence };
    struct scores before = instrument_read(w, i, &start, 0), after = instrument_read(w, i, &now, 1);
    keep_answer(w, c, &before, &after);
    tally_add(w, c, OUTCOME_self_management_change_26w, after.self_management - before.self_management, 1);
    tally_add(w, c, OUTCOME_care_integration_change_26w, after.care_integration - before.care_integration, 1);
    tally_add(w, c, OUTCOME_distress_change_26w, after.distress - before.distress, 1);
    tally_add(w, c, OUTCOME_confidence_change_26w, after.confidence - before.confidence, 1);
}

static void reach_26_weeks(struct world *w, int c, int i)
{
    const struct care *care = care_of(w, i);
    patient_catch_up(w, i);
    if (w->patient.stage[i] == PATIENT_GONE)
        return;
    tally_add(w, c, OUTCOME_self_management_effect_26w, care->gain_self_management, 1);
    tally_add(w, c, OUTCOME_care_integration_effect_26w, care->gain_care_integration, 1);
    if (instrument_answers(w, i))
        question(w, i);
}

void instrument_week(struct world *w, int c)
{
    const int32_t *treated = w->treated + w->clinic.first_patient[c];
    int32_t *next = &w->clinic.next_asked[c];
    while (*next < w->clinic.num_treated[c] && care_of(w, treated[*next])->enrol_week + INSTRUMENT_WEEKS <= w->week)
        reach_26_weeks(w, c, treated[(*next)++]);
}
