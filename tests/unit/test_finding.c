/* What a pattern is held by: each criterion at its edges, what is missing, what is counted. */
#include <criterion/criterion.h>
#include <math.h>

#include "analysis/validate/validate.h"

static struct finding at(double simulated, double low, double high)
{
    return (struct finding){ simulated, low, high };
}

/* The first measure of a criterion. */
static enum measure judged_by(enum criterion criterion)
{
    int m = 0;
    while (m < NUM_MEASURES && measure_table[m].criterion != criterion)
        m++;
    cr_assert(m < NUM_MEASURES);
    return (enum measure)m;
}

static bool holds(enum measure measure, double simulated, double low, double high)
{
    struct finding finding = at(simulated, low, high);
    return finding_holds(measure, &finding);
}

/* In the middle of what is asked, whatever the criterion. */
static struct finding good(int measure)
{
    const struct measure_info *m = &measure_table[measure];
    switch (m->criterion) {
    case AT_LEAST:
        return at(m->least, m->least, m->least);
    case WITHIN:
        return at((m->least + m->most) / 2, m->least, m->most);
    case ABOVE:
        return at(m->least + 2, m->least + 1, m->least + 3);
    case COVERS:
        break;
    }
    return at(m->observed, m->observed - 1, m->observed + 1);
}

Test(finding, at_least_is_a_floor)
{
    enum measure m = MEASURE_P1_a_full;
    cr_assert(measure_table[m].criterion == AT_LEAST && measure_table[m].least == 0.8);
    cr_expect(holds(m, 0.8, 0, 1) && holds(m, 1, 0, 1));
    cr_expect(!holds(m, nextafter(0.8, 0), 0.7, 1));
}

Test(finding, within_has_two_ends)
{
    enum measure m = judged_by(WITHIN);
    double least = measure_table[m].least, most = measure_table[m].most;
    cr_expect(holds(m, least, 0, 0) && holds(m, most, 0, 0));
    cr_expect(!holds(m, nextafter(least, -INFINITY), 0, 0) && !holds(m, nextafter(most, INFINITY), 0, 0));
}

Test(finding, covers_asks_the_interval_not_the_mean)
{
    enum measure m = judged_by(COVERS);
    double observed = measure_table[m].observed;
    cr_expect(holds(m, observed + 5, observed, observed + 9) && holds(m, observed - 5, observed - 9, observed));
    cr_expect(!holds(m, observed, nextafter(observed, INFINITY), observed + 1));
    cr_expect(!holds(m, observed, observed - 1, nextafter(observed, -INFINITY)));
}

Test(finding, above_asks_the_whole_interval)
{
    enum measure m = judged_by(ABOVE);
    double least = measure_table[m].least;
    cr_expect(holds(m, least + 2, least + 1, least + 3));
    cr_expect(!holds(m, least + 1, least, least + 2) && !holds(m, least + 1, least - 1, least + 3));
}

Test(finding, what_is_missing_never_holds)
{
    for (int m = 0; m < NUM_MEASURES; m++)
        cr_expect(!holds((enum measure)m, NAN, NAN, NAN), "%s", measure_table[m].id);
    for (int s = 0; s < NUM_SWAPS; s++) {
        struct finding none = at(NAN, NAN, NAN), edge = at(swap_table[s].least, 0, 1), more = at(0.51, 0, 1);
        cr_expect(!swap_holds((enum swap_id)s, &none) && !swap_holds((enum swap_id)s, &edge), "%s", swap_table[s].id);
        cr_expect(swap_holds((enum swap_id)s, &more), "%s", swap_table[s].id);
    }
}

Test(finding, one_missed_measure_is_a_missed_pattern)
{
    struct validation v;
    for (int m = 0; m < NUM_MEASURES; m++)
        v.finding[m] = good(m);
    for (int p = 0; p < NUM_PATTERNS; p++)
        cr_expect(pattern_holds((enum pattern)p, v.finding), "%s", pattern_table[p].id);
    cr_expect(validate_passes(&v));
    for (int m = 0; m < NUM_MEASURES; m++) {
        struct finding kept = v.finding[m];
        enum pattern own = measure_table[m].pattern;
        v.finding[m] = at(NAN, NAN, NAN);
        for (int p = 0; p < NUM_PATTERNS; p++)
            cr_expect(pattern_holds((enum pattern)p, v.finding) == (p != (int)own), "%s without %s",
                      pattern_table[p].id, measure_table[m].id);
        cr_expect(validate_passes(&v) == !pattern_table[own].must, "%s", measure_table[m].id);
        v.finding[m] = kept;
    }
}

Test(finding, every_pattern_is_measured)
{
    for (int p = 0; p < NUM_PATTERNS; p++) {
        int measures = 0;
        for (int m = 0; m < NUM_MEASURES; m++)
            measures += measure_table[m].pattern == (enum pattern)p;
        cr_expect(measures > 0, "%s", pattern_table[p].id);
    }
}

Test(finding, a_difference_has_the_error_of_its_mean)
{
    struct sample s = { 0 };
    cr_expect(isnan(finding_difference(&s).simulated));
    sample_add(&s, 1);
    cr_expect(isnan(finding_difference(&s).low), "one case has no spread");
    sample_add(&s, 3);
    struct finding f = finding_difference(&s); /* SD sqrt(2), SE 1 */
    cr_expect(f.simulated == 2);
    cr_expect(fabs(f.low - (2 - Z_90)) < 1e-12 && fabs(f.high - (2 + Z_90)) < 1e-12);
    f = finding_exactly(7);
    cr_expect(f.simulated == 7 && f.low == 7 && f.high == 7);
}

Test(finding, a_share_of_nothing_is_missing)
{
    cr_expect(isnan(finding_share(0, 0).simulated));
    struct finding f = finding_share(8, 10);
    cr_expect(f.simulated == 0.8 && f.low > 0.5 && f.low < 0.8 && f.high > 0.8 && f.high < 1);
}
