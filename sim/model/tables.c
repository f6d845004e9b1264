#include "tables.h"

#include <math.h>
#include <string.h>

#include "setting.h"

#define MEASURED EVIDENCE_MEASURED
#define PUBLISHED EVIDENCE_PUBLISHED
#define ELICITED EVIDENCE_ELICITED
#define ASSUMED EVIDENCE_ASSUMED

const struct param_info param_table[NUM_PARAMS] = {
#define X(id, section, kind, value, low, high, min, max, spread, unit, source, evidence, en, fr)                       \
    { #id, SECTION_##section, KIND_##kind, value, low, high, min, max, spread, unit, source, evidence, { en, fr } },
#include "params.def"
#undef X
};

const char *const section_path[NUM_SECTIONS] = {
    "macro.structural", "meso[].organizational", "meso[].provider", "micro.patients",
    "innovation",       "innovation.training",   "rules",           "economics"
};
const char *const section_key[NUM_SECTIONS] = { "structural", "organizational", "provider", "patients",
                                                "innovation", "training",       "rules",    "economics" };
const char *const evidence_name[4] = { "measured", "published", "elicited", "assumed" };

#define SECTION_OF_STRUCTURAL SECTION_STRUCTURAL
#define SECTION_OF_ORGANIZATIONAL SECTION_ORGANIZATIONAL
#define SECTION_OF_PROVIDER SECTION_PROVIDER
#define SECTION_OF_PATIENT SECTION_PATIENTS
#define SECTION_OF_INNOVATION SECTION_INNOVATION

const struct factor_info factor_table[NUM_FACTORS] = {
#define X(id, category, level, en, fr, cfir, source, proximal, proximal_sign, distal, distal_sign)                     \
    { #id,    CATEGORY_##category, LEVEL_##level,    SECTION_OF_##category, { en, fr }, cfir,                          \
      source, OUTCOME_##proximal,  OUTCOME_##distal, proximal_sign,         distal_sign },
#include "factors.def"
#undef X
};

const char *const category_name[NUM_CATEGORIES] = { "structural", "organizational", "provider", "patient",
                                                    "innovation" };
const char *const level_name[NUM_LEVELS] = { "macro", "meso", "micro" };

const struct link link_table[NUM_LINKS] = {
#define X(factor, param, sign, share) { FACTOR_##factor, PARAM_##param, sign, share },
#include "links.def"
#undef X
};

const struct outcome_info outcome_table[NUM_OUTCOMES] = {
#define X(id, level, type, unit, en, fr, definition)                                                                   \
    { #id, OUTCOME_##level, OUTCOME_##type, unit, { en, fr }, definition },
#include "outcomes.def"
#undef X
};
const char *const outcome_level_name[3] = { "implementation", "provider", "patient" };

const struct series_info series_table[NUM_SERIES] = {
#define X(id, unit, method, en, fr) { #id, unit, method, { en, fr } },
#include "series.def"
#undef X
};

const struct event_info event_table[NUM_EVENT_KINDS] = {
#define X(id, en, fr, value) { #id, { en, fr }, value },
#include "events.def"
#undef X
};

void params_defaults(struct params *p)
{
    for (int i = 0; i < NUM_PARAMS; i++)
        params_set(p, i, param_table[i].value);
}

double param_to_scale(enum param_kind kind, double value)
{
    const double edge = 1e-6;
    double share = value < edge ? edge : value > 1 - edge ? 1 - edge : value;
    switch (kind) {
    case KIND_EXP:
        return log(value > 1e-12 ? value : 1e-12);
    case KIND_LOGIT:
        return log(share / (1 - share));
    case KIND_SHIFT:
    case KIND_COUNT:
        break;
    }
    return value;
}

double param_from_scale(enum param_kind kind, double scaled)
{
    switch (kind) {
    case KIND_EXP:
        return exp(scaled);
    case KIND_LOGIT:
        return 1 / (1 + exp(-scaled));
    case KIND_SHIFT:
    case KIND_COUNT:
        break;
    }
    return scaled;
}

double link_beta(int link)
{
    const struct link *l = &link_table[link];
    const struct param_info *p = &param_table[l->param];
    return l->sign * l->share * (param_to_scale(p->kind, p->high) - param_to_scale(p->kind, p->low)) / 4;
}

/* Low and high of a parameter, widened to its base where a user set that outside. */
static double capped(const struct param_info *info, double base, double value)
{
    double low = base < info->low ? base : info->low;
    double high = base > info->high ? base : info->high;
    return value < low ? low : value > high ? high : value;
}

void params_apply_factors(struct params *out, const struct params *base, const double rating[NUM_FACTORS],
                          const double beta[NUM_LINKS])
{
    double shift[NUM_PARAMS] = { 0 };
    for (int i = 0; i < NUM_LINKS; i++)
        shift[link_table[i].param] += beta[i] * rating[link_table[i].factor];
    *out = *base;
    for (int i = 0; i < NUM_PARAMS; i++) {
        const struct param_info *info = &param_table[i];
        double value = params_get(base, i);
        if (shift[i] == 0)
            continue;
        params_set(out, i,
                   capped(info, value, param_from_scale(info->kind, param_to_scale(info->kind, value) + shift[i])));
    }
}

#define FIND_IN(table, count)                                                                                          \
    for (int i = 0; i < (count); i++)                                                                                  \
        if (strcmp((table)[i].id, id) == 0)                                                                            \
            return i;                                                                                                  \
    return -1

int param_find(const char *id)
{
    FIND_IN(param_table, NUM_PARAMS);
}
int factor_find(const char *id)
{
    FIND_IN(factor_table, NUM_FACTORS);
}
int outcome_find(const char *id)
{
    FIND_IN(outcome_table, NUM_OUTCOMES);
}
int series_find(const char *id)
{
    FIND_IN(series_table, NUM_SERIES);
}
