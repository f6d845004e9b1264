#include "factors.h"

#include <stdio.h>

#include "measure.h"

int factor_word(struct factor_word *out, enum factor factor, uint32_t seed, const struct trial_machine *machine,
                struct error *err)
{
    const struct factor_info *info = &factor_table[factor];
    char barrier[80], facilitator[80];
    const struct paired_change low = { { { true, barrier } } }, high = { { { true, facilitator } } };
    struct paired paired;
    snprintf(barrier, sizeof barrier, "%s=-2", info->id);
    snprintf(facilitator, sizeof facilitator, "%s=2", info->id);
    int ret = paired_neutral(&paired, &low, &high, seed, machine, err);
    if (ret == 0)
        *out = (struct factor_word){ info->proximal_sign * paired_z(&paired, (enum outcome)info->proximal),
                                     info->distal_sign * paired_z(&paired, (enum outcome)info->distal),
                                     paired.difference[info->proximal].n };
    return ret;
}

bool factor_keeps_proximal(const struct factor_word *word)
{
    return 2 * word->pairs >= PAIRED_RUNS && word->proximal > PAIRED_Z;
}

bool factor_keeps_distal(const struct factor_word *word)
{
    return !(word->distal < -PAIRED_Z);
}

int measure_factors(const struct validate_options *options, struct validation *out, struct error *err)
{
    int proximal = 0, distal = 0;
    for (int f = 0; f < NUM_FACTORS; f++) {
        struct factor_word word;
        int ret = factor_word(&word, (enum factor)f, options->seed, &options->machine, err);
        if (ret != 0)
            return ret;
        proximal +=
            measure_case(out, MEASURE_P5_proximal, factor_keeps_proximal(&word), factor_table[f].id, word.proximal);
        distal += measure_case(out, MEASURE_P5_distal, factor_keeps_distal(&word), factor_table[f].id, word.distal);
    }
    out->finding[MEASURE_P5_proximal] = finding_exactly(proximal);
    out->finding[MEASURE_P5_distal] = finding_exactly(distal);
    return 0;
}
