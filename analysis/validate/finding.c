#include "finding.h"

#include <math.h>
#include <stddef.h>

#include "../summary.h"
#include "training.h"

const struct pattern_info pattern_table[NUM_PATTERNS] = {
#define X(id, role, must, english, french, source) { #id, ROLE_##role, must, { english, french }, source },
#include "patterns.def"
#undef X
};

const struct measure_info measure_table[NUM_MEASURES] = {
#define X(pattern, id, criterion, observed, least, most, unit, english, french)                                        \
    { PATTERN_##pattern, #id, criterion, observed, least, most, unit, { english, french } },
#include "measures.def"
#undef X
};

const struct swap_info swap_table[NUM_SWAPS] = {
#define X(id, least, english, french) { #id, least, { english, french } },
#include "swaps.def"
#undef X
};

const char *const role_words[NUM_ROLES] = { "fit", "held out", "verification", "input" };

bool finding_holds(enum measure measure, const struct finding *finding)
{
    const struct measure_info *m = &measure_table[measure];
    switch (m->criterion) {
    case AT_LEAST:
        return finding->simulated >= m->least;
    case WITHIN:
        return finding->simulated >= m->least && finding->simulated <= m->most;
    case ABOVE:
        return finding->low > m->least;
    case COVERS:
        break;
    }
    return m->observed >= finding->low && m->observed <= finding->high;
}

bool pattern_holds(enum pattern pattern, const struct finding finding[NUM_MEASURES])
{
    for (int m = 0; m < NUM_MEASURES; m++)
        if (measure_table[m].pattern == pattern && !finding_holds((enum measure)m, &finding[m]))
            return false;
    return true;
}

bool swap_holds(enum swap_id swap, const struct finding *finding)
{
    return finding->simulated > swap_table[swap].least;
}

struct finding finding_share(double yes, double n)
{
    struct finding finding = { NAN, NAN, NAN };
    if (n >= 1) {
        finding.simulated = yes / n;
        summary_wilson(yes, n, &finding.low, &finding.high);
    }
    return finding;
}

struct finding finding_mean(double *value, int n)
{
    struct summary_row row = summary_of(value, (size_t)n, false);
    return (struct finding){ row.mean, row.low, row.high };
}

struct finding finding_difference(const struct sample *sample)
{
    double mean = sample_mean(sample), error = Z_90 * sample_se(sample);
    if (sample->n < 2)
        return (struct finding){ NAN, NAN, NAN };
    return (struct finding){ mean, mean - error, mean + error };
}

struct finding finding_exactly(double value)
{
    return (struct finding){ value, value, value };
}
