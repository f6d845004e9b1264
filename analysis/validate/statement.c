#include "statement.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const struct contrast_info contrast_table[NUM_CONTRASTS] = {
#define X(id, scenario, arm, weeks, moved, from, to, role) { #id, scenario, arm, weeks, moved, from, to, role },
#include "contrasts.def"
#undef X
};

const struct statement_info statement_table[NUM_STATEMENTS] = {
#define X(id, document, place, lieu, english, french, contrast, outcome, sign, kind)                                   \
    { #id, document, { place, lieu }, { english, french }, CONTRAST_##contrast, OUTCOME_##outcome, sign, kind },
#include "statements.def"
#undef X
};

const struct document_info document_table[NUM_DOCUMENTS] = {
    [D000] = { "[000]", { "training of nurses in V1SAGES", "formation des infirmières de V1SAGES" } },
    [D001] = { "[001]",
               { "first steps in six clinics of four provinces",
                 "premières étapes dans six cliniques de quatre provinces" } },
    [D002] = { "[002]", { "context of six health centres", "contexte de six centres de santé" } },
    [D003] = { "[003]", { "integrated case management, four clinics", "gestion de cas intégrée, quatre cliniques" } },
    [D004] = { "[004]",
               { "implementation in six clinics of four provinces",
                 "implantation dans six cliniques de quatre provinces" } },
};

const struct case_info case_table[NUM_CASES] = {
#define X(id, clinic, story, histoire, ended, fin) { #id, clinic, { story, histoire }, { ended, fin } },
#include "cases.def"
#undef X
};

const char *const agreement_words[NUM_AGREEMENTS] = { "no", "unclear", "yes" };

bool contrast_moved(enum contrast contrast, int index, char *id, size_t size)
{
    const char *at = contrast_table[contrast].moved;
    for (; index > 0 && *at != '\0'; index--) {
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    snprintf(id, size, "%.*s", (int)strcspn(at, " "), at);
    return *at != '\0';
}

struct effect effect_of(double *difference, int pairs)
{
    struct sample sample = { 0 };
    for (int i = 0; i < pairs; i++)
        sample_add(&sample, difference[i]);
    return (struct effect){ finding_difference(&sample), finding_mean(difference, pairs), (int)sample.n };
}

enum agreement effect_agrees(const struct effect *effect, int sign)
{
    double low = effect->mean.low, high = effect->mean.high;
    if (low > 0)
        return sign > 0 ? AGREES : DISAGREES;
    if (high < 0)
        return sign > 0 ? DISAGREES : AGREES;
    return UNCLEAR;
}

struct effect effect_over_rivals(const double *lead, const double *rival, int count, int pairs, int sign, double *work,
                                 int *hardest)
{
    struct effect worst = effect_of(work, 0);
    *hardest = -1;
    for (int r = 0; r < count; r++) {
        for (int i = 0; i < pairs; i++)
            work[i] = lead[i] - rival[(size_t)r * (size_t)pairs + (size_t)i];
        struct effect effect = effect_of(work, pairs);
        int better = (int)effect_agrees(&effect, sign) - (int)effect_agrees(&worst, sign);
        if (*hardest < 0 || better < 0 || (better == 0 && sign * effect.mean.simulated < sign * worst.mean.simulated)) {
            worst = effect;
            *hardest = r;
        }
    }
    return worst;
}

enum agreement statement_agrees(enum statement statement, const struct statement_result *result)
{
    return effect_agrees(&result->effect, statement_table[statement].sign);
}
