#include "professional.h"

#include <math.h>

#define STAYS 100000 /* weeks: longer than any run */

void professional_comes(struct world *w, int c, int q, int week)
{
    const struct params *p = &w->clinic.now[c];
    uint32_t index = ENTITY_PROFESSIONAL + (uint32_t)(q - w->clinic.first_professional[c]);
    struct words u = random_words(w->luck, clinic_entity(w, c, index), week, STREAM_STAFF_START, 0);
    double stays = -log(random_uniform_of(u.w[2])) / (p->professional_turnover_rate / WEEKS_PER_YEAR + 1e-12);
    double own = p->personal_spread * random_normal_of(random_uniform_of(u.w[0]));
    double seen = p->value_spread * p->personal_spread * random_normal_of(random_uniform_of(u.w[1]));
    w->professional.temperament[q] = param_to_scale(KIND_LOGIT, p->engagement_start) + own;
    w->professional.engagement[q] = param_from_scale(KIND_LOGIT, w->professional.temperament[q]);
    w->professional.value[q] = value_within(p->nurse_value_start + seen);
    w->professional.tie_team[q] = p->team_tie_start * p->newcomer_team_tie;
    w->professional.leaves[q] = week + 1 + (stays < STAYS ? (int32_t)stays : STAYS);
}

void professional_turnover(struct world *w, int c)
{
    FOR_EACH_PROFESSIONAL (q, w, c)
        if (w->week >= w->professional.leaves[q])
            professional_comes(w, c, q, w->week);
}

double professional_part(const struct world *w, int c)
{
    double sum = 0;
    FOR_EACH_PROFESSIONAL (q, w, c)
        sum += w->professional.engagement[q] * w->professional.tie_team[q];
    return sum > 0 ? sum / w->clinic.num_professionals[c] : 0;
}

double professional_help(const struct world *w, int c)
{
    return w->clinic.team_part[c] - param_table[PARAM_engagement_start].value * param_table[PARAM_team_tie_start].value;
}
