#include "professional.h"

static uint64_t entity_of(const struct world *w, int c, int q)
{
    return clinic_entity(w, c, ENTITY_PROFESSIONAL + (uint32_t)(q - w->clinic.first_professional[c]));
}

void professional_comes(struct world *w, int c, int q, int week)
{
    const struct params *p = &w->clinic.now[c];
    struct words u = random_words(w->luck, entity_of(w, c, q), week, STREAM_STAFF_START, 0);
    double own = p->personal_spread * random_normal_of(random_uniform_of(u.w[0]));
    double seen = p->value_spread * p->personal_spread * random_normal_of(random_uniform_of(u.w[1]));
    w->professional.temperament[q] = param_to_scale(KIND_LOGIT, p->engagement_start) + own;
    w->professional.engagement[q] = param_from_scale(KIND_LOGIT, w->professional.temperament[q]);
    w->professional.value[q] = value_within(p->nurse_value_start + seen);
    w->professional.tie_team[q] = p->team_tie_start * p->newcomer_team_tie;
}

void professional_turnover(struct world *w, int c)
{
    double leaves = w->clinic.now[c].professional_turnover_rate / WEEKS_PER_YEAR;
    FOR_EACH_PROFESSIONAL (q, w, c)
        if (random_uniform(w->luck, entity_of(w, c, q), w->week, STREAM_STAFF) < leaves)
            professional_comes(w, c, q, w->week + 1);
}

double professional_part(const struct world *w, int c)
{
    double usual = param_table[PARAM_engagement_start].value, sum = 0;
    if (w->clinic.num_professionals[c] == 0)
        return -usual * param_table[PARAM_team_tie_start].value;
    FOR_EACH_PROFESSIONAL (q, w, c)
        sum += w->professional.tie_team[q] * (w->professional.engagement[q] - usual);
    return sum / w->clinic.num_professionals[c];
}
