/* How a statement of a document is judged, and that what it is tried by is there. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/validate/validate.h"

static struct effect mean_in(double low, double high)
{
    struct effect effect = { .mean = { (low + high) / 2, low, high }, .draws = { 0, -9, 9 }, .pairs = 10 };
    return effect;
}

static enum agreement judge(double low, double high, int sign)
{
    struct effect effect = mean_in(low, high);
    return effect_agrees(&effect, sign);
}

Test(statement, only_a_whole_interval_on_one_side_tells)
{
    cr_expect(judge(0.1, 0.3, 1) == AGREES && judge(0.1, 0.3, -1) == DISAGREES);
    cr_expect(judge(-0.3, -0.1, 1) == DISAGREES && judge(-0.3, -0.1, -1) == AGREES);
    for (int sign = -1; sign <= 1; sign += 2) {
        cr_expect(judge(-0.1, 0.3, sign) == UNCLEAR);
        cr_expect(judge(0, 0.3, sign) == UNCLEAR && judge(-0.3, 0, sign) == UNCLEAR, "an end at zero tells nothing");
        cr_expect(judge(0, 0, sign) == UNCLEAR, "nothing moved");
        cr_expect(judge(NAN, NAN, sign) == UNCLEAR, "nothing measured");
    }
}

Test(statement, the_error_is_of_the_mean_and_the_spread_of_the_pairs)
{
    double difference[] = { 3, NAN, 1 };
    struct effect effect = effect_of(difference, 3); /* SD sqrt(2), SE 1 */
    cr_expect(effect.pairs == 2, "a pair without both is no pair");
    cr_expect(effect.mean.simulated == 2 && fabs(effect.mean.low - (2 - Z_90)) < 1e-12);
    cr_expect(effect.draws.simulated == 2 && fabs(effect.draws.low - 1.1) < 1e-12 &&
              fabs(effect.draws.high - 2.9) < 1e-12);
    double alone = 1;
    effect = effect_of(&alone, 1);
    cr_expect(effect.pairs == 1 && effect_agrees(&effect, 1) == UNCLEAR, "one pair has no error");
    effect = effect_of(NULL, 0);
    cr_expect(effect.pairs == 0 && isnan(effect.mean.simulated) && effect_agrees(&effect, 1) == UNCLEAR);
}

/* ---- the main one: further than every rival ---- */

enum { PAIRS = 4, RIVALS = 3 };

static struct effect against(const double rival[RIVALS * PAIRS], int sign, int *hardest)
{
    static const double lead[PAIRS] = { 5, 6, 5, 6 };
    double signed_lead[PAIRS], signed_rival[RIVALS * PAIRS], work[PAIRS];
    for (int i = 0; i < PAIRS; i++)
        signed_lead[i] = sign * lead[i];
    for (int i = 0; i < RIVALS * PAIRS; i++)
        signed_rival[i] = sign * rival[i];
    return effect_over_rivals(signed_lead, signed_rival, RIVALS, PAIRS, sign, work, hardest);
}

Test(statement, the_main_one_is_ahead_of_the_hardest_rival)
{
    const double rival[RIVALS * PAIRS] = { 1, 1, 1, 1, 3, 4, 3, 4.1, 0, 0, 0, 0 };
    int hardest;
    struct effect effect = against(rival, 1, &hardest);
    cr_expect(hardest == 1 && effect_agrees(&effect, 1) == AGREES);
    cr_expect(fabs(effect.mean.simulated - 1.975) < 1e-12, "%g", effect.mean.simulated);
    effect = against(rival, -1, &hardest);
    cr_expect(hardest == 1 && effect_agrees(&effect, -1) == AGREES, "the other way round as well");
    cr_expect(fabs(effect.mean.simulated + 1.975) < 1e-12);
}

Test(statement, one_rival_not_told_apart_is_enough_to_leave_it_open)
{
    /* the last is behind by more in the mean than the first, but not surely */
    const double rival[RIVALS * PAIRS] = { 4, 5, 4, 5.1, 1, 1, 1, 1, 40, -40, 40, -40 };
    int hardest;
    struct effect effect = against(rival, 1, &hardest);
    cr_expect(hardest == 2 && effect_agrees(&effect, 1) == UNCLEAR, "rival %d", hardest);
}

Test(statement, one_rival_ahead_is_against_it)
{
    const double rival[RIVALS * PAIRS] = { 1, 1, 1, 1, 40, -40, 40, -40, 7, 8, 7, 8.1 };
    int hardest;
    struct effect effect = against(rival, 1, &hardest);
    cr_expect(hardest == 2 && effect_agrees(&effect, 1) == DISAGREES, "rival %d", hardest);
}

Test(statement, the_same_luck_cancels)
{
    double rival[RIVALS * PAIRS] = { 0 };
    int hardest;
    for (int i = 0; i < PAIRS; i++)
        rival[i] = i % 2 == 0 ? 4 : 5.001; /* as far apart as the lead is from pair to pair, and always behind */
    struct effect effect = against(rival, 1, &hardest);
    cr_expect(hardest == 0 && effect_agrees(&effect, 1) == AGREES && effect.mean.high - effect.mean.low < 0.01);
}

/* ---- the tables ---- */

Test(statement, contrasts_move_what_there_is)
{
    for (int c = 0; c < NUM_CONTRASTS; c++) {
        const struct contrast_info *info = &contrast_table[c];
        char id[64];
        int count = 0;
        for (; contrast_moved((enum contrast)c, count, id, sizeof id); count++)
            cr_expect(info->role == ARMS || factor_find(id) >= 0, "%s: %s", info->id, id);
        cr_expect(info->role == ARMS ? count == 2 : count >= 1 && info->from < info->to, "%s", info->id);
        cr_expect(strcmp(id, "") == 0, "%s: behind the last there is nothing", info->id);
        cr_expect(info->role == ARMS || (info->from >= -2 && info->to <= 2), "%s", info->id);
    }
}

Test(statement, every_document_is_heard_and_every_contrast_used)
{
    bool heard[NUM_DOCUMENTS] = { false }, used[NUM_CONTRASTS] = { false };
    for (int s = 0; s < NUM_STATEMENTS; s++) {
        const struct statement_info *info = &statement_table[s];
        cr_expect(info->sign == 1 || info->sign == -1, "%s", info->id);
        cr_expect(info->kind == MOVES || contrast_table[info->contrast].role == BLOCK, "%s", info->id);
        for (int lang = 0; lang < 2; lang++)
            cr_expect(info->words[lang][0] != '\0' && info->place[lang][0] != '\0', "%s", info->id);
        cr_expect_str_neq(info->words[0], info->words[1], "%s", info->id);
        heard[info->document] = used[info->contrast] = true;
    }
    for (int d = 0; d < NUM_DOCUMENTS; d++)
        cr_expect(heard[d], "%s", document_table[d].id);
    for (int c = 0; c < NUM_CONTRASTS; c++)
        cr_expect(used[c] || contrast_table[c].role == MEMBER || contrast_table[c].role == RIVAL, "%s",
                  contrast_table[c].id);
}

/* The members of the ranking are the parts of its block, and what is ranked is compared like with like. */
Test(statement, the_ranking_compares_like_with_like)
{
    const struct contrast_info *block = NULL;
    int members = 0, rivals = 0, parts = 0;
    char id[64], part[64];
    for (int c = 0; c < NUM_CONTRASTS; c++)
        if (contrast_table[c].role == BLOCK)
            block = &contrast_table[c];
    cr_assert(block != NULL);
    while (contrast_moved(CONTRAST_leadership, parts, part, sizeof part))
        parts++;
    for (int c = 0; c < NUM_CONTRASTS; c++) {
        const struct contrast_info *info = &contrast_table[c];
        if (info->role != MEMBER && info->role != RIVAL)
            continue;
        cr_expect(strcmp(info->scenario, block->scenario) == 0 && strcmp(info->arm, block->arm) == 0 &&
                      info->weeks == block->weeks && info->from == block->from && info->to == block->to,
                  "%s", info->id);
        contrast_moved((enum contrast)c, 0, id, sizeof id);
        cr_expect((strstr(block->moved, id) != NULL) == (info->role == MEMBER), "%s", info->id);
        members += info->role == MEMBER;
        rivals += info->role == RIVAL;
    }
    cr_expect(members == parts && rivals > 0, "%d members of %d parts, %d rivals", members, parts, rivals);
}
