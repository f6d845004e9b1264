#include "validate.h"

#include <math.h>

#include "measure.h"

static measure_group *const groups[] = { measure_cases,    measure_table1,    measure_factors, measure_follow_up,
                                         measure_training, measure_use,       measure_dose,    measure_turning,
                                         measure_region,   measure_plans,     measure_sites,   measure_helps,
                                         measure_swaps,    measure_statements };
enum { NUM_GROUPS = sizeof groups / sizeof *groups };

int measure_draws(const struct validate_options *options, double share)
{
    double draws = round(share * options->draws);
    return draws >= 2 ? (int)draws : 2;
}

bool measure_case(struct validation *out, int measure, bool holds, const char *id, double figure)
{
    struct exceptions *exceptions = &out->exceptions[measure];
    if (!holds)
        exceptions->item[exceptions->count++] = (struct exception){ id, figure };
    return holds;
}

static void tell(const struct validate_options *options, int done)
{
    if (options->progress != NULL)
        options->progress(options->progress_context, done, NUM_GROUPS);
}

static void forget_statements(struct validation *out)
{
    const struct finding none = finding_exactly(NAN);
    const struct effect nothing = { none, none, 0 };
    for (int c = 0; c < NUM_CASES; c++)
        out->cases[c] = (struct case_result){ none, none, none, none };
    for (int s = 0; s < NUM_STATEMENTS; s++)
        out->statement[s] = (struct statement_result){ nothing, -1 };
    for (int c = 0; c < NUM_CONTRASTS; c++)
        out->ranked[c] = nothing;
}

int validate_run(const struct validate_options *options, struct validation *out, struct error *err)
{
    int ret = 0;
    for (int m = 0; m < NUM_MEASURES; m++) {
        out->finding[m] = finding_exactly(NAN);
        out->exceptions[m].count = 0;
    }
    for (int s = 0; s < NUM_SWAPS; s++)
        out->swap[s] = finding_exactly(NAN);
    forget_statements(out);
    for (int g = 0; g < NUM_GROUPS && ret == 0; g++) {
        tell(options, g);
        ret = groups[g](options, out, err);
    }
    if (ret == 0)
        tell(options, NUM_GROUPS);
    return ret;
}

bool validate_passes(const struct validation *self)
{
    for (int p = 0; p < NUM_PATTERNS; p++)
        if (pattern_table[p].must && !pattern_holds((enum pattern)p, self->finding))
            return false;
    return true;
}
