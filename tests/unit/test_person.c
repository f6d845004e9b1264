/* Who a listed patient is: what goes together, what stays as the tables say, who dies. Patients of 250 clinics. */
#include <criterion/criterion.h>
#include <math.h>

#include "fixture.h"
#include "statistics.h"

static void listed(struct fixture *f)
{
    fixture_init(f, 250, 1, 0, 1);
    f->setting.horizon = 52;
    fixture_param(f, PARAM_list_every, 52);
    fixture_param(f, PARAM_list_precision, 1);
    fixture_param(f, PARAM_moving_away, 0);
}

static bool has(const struct fixture *f, int i, unsigned flag)
{
    return (f->sim.population->flags[i] & flag) != 0;
}

/* Share of those with `flag` among patients who have, or have not, `given`. */
static double share_given(const struct fixture *f, unsigned flag, unsigned given, bool is)
{
    double num = 0, hits = 0;
    for (int i = 0; i < f->sim.population->num_patients; i++)
        if (has(f, i, given) == is) {
            num++;
            hits += has(f, i, flag);
        }
    return hits / num;
}

/* ---- complex needs ------------------------------------------------------------------------------------------------- */

static void need_from(struct fixture *f, double conditions, double depression, double exclusion)
{
    listed(f);
    fixture_param(f, PARAM_need_from_conditions, conditions);
    fixture_param(f, PARAM_need_from_depression, depression);
    fixture_param(f, PARAM_need_from_exclusion, exclusion);
    fixture_draw(f, 0);
}

/* 0.6 * 0.8 / (0.6 * 0.8 + 0.4 * 0.6) whatever needs come from. 10,000 patients; false-alarm rate 7e-6 each. */
Test(person, what_needs_come_from_does_not_change_how_many_have_them)
{
    static const double weight[][3] = { { 0, 0, 0 }, { 0.4, 0.3, 0.3 }, { 0.57, 0.57, 0.57 }, { 0.57, 0, 0 } };
    for (size_t k = 0; k < sizeof weight / sizeof *weight; k++) {
        struct fixture f;
        double hits = 0, n;
        need_from(&f, weight[k][0], weight[k][1], weight[k][2]);
        n = f.sim.population->num_patients;
        for (int i = 0; i < n; i++)
            hits += has(&f, i, FLAG_COMPLEX);
        cr_expect(fabs(share_z(hits, n, 2.0 / 3)) < Z_ALARM, "weights %zu: %g", k, hits / n);
        fixture_free(&f);
    }
}

static double mean_conditions(const struct fixture *f, bool complex)
{
    struct sample s = { 0 };
    for (int i = 0; i < f->sim.population->num_patients; i++)
        if (has(f, i, FLAG_COMPLEX) == complex)
            sample_add(&s, f->sim.population->conditions[i]);
    return sample_mean(&s);
}

Test(person, without_weight_needs_go_with_nothing)
{
    struct fixture f;
    need_from(&f, 0, 0, 0);
    cr_expect(fabs(mean_conditions(&f, true) - mean_conditions(&f, false)) < Z_ALARM * 2.8 * 0.0213);
    cr_expect(fabs(share_given(&f, FLAG_COMPLEX, FLAG_DEPRESSION, true) -
                   share_given(&f, FLAG_COMPLEX, FLAG_DEPRESSION, false)) < Z_ALARM * 0.0107);
    fixture_free(&f);
}

Test(person, the_more_conditions_distress_and_exclusion_weigh_the_more_needs_go_with_them)
{
    double conditions = 0, depression = 0, exclusion = 0;
    for (int k = 0; k < 3; k++) {
        struct fixture f;
        need_from(&f, 0.2 + 0.18 * k, 0.2 + 0.18 * k, 0.2 + 0.18 * k);
        double more = mean_conditions(&f, true) - mean_conditions(&f, false);
        double sad = share_given(&f, FLAG_COMPLEX, FLAG_DEPRESSION, true) -
                     share_given(&f, FLAG_COMPLEX, FLAG_DEPRESSION, false);
        double out =
            share_given(&f, FLAG_COMPLEX, FLAG_EXCLUDED, true) - share_given(&f, FLAG_COMPLEX, FLAG_EXCLUDED, false);
        cr_expect(more > conditions && sad > depression && out > exclusion, "%g, %g, %g", more, sad, out);
        conditions = more;
        depression = sad;
        exclusion = out;
        fixture_free(&f);
    }
    cr_expect(conditions > 1 && depression > 0.1 && exclusion > 0.1);
}

/* ---- distress and confidence --------------------------------------------------------------------------------------- */

static double distress_of(const struct fixture *f, bool depressed, struct sample *all)
{
    struct sample s = { 0 };
    for (int i = 0; i < f->sim.population->num_patients; i++) {
        sample_add(all, f->sim.population->distress[i]);
        if (has(f, i, FLAG_DEPRESSION) == depressed)
            sample_add(&s, f->sim.population->distress[i]);
    }
    return sample_mean(&s);
}

/* 0: no difference; the more it weighs the larger; mean and SD of all hold (9 and 4.5 in a scale that cuts little off). */
Test(person, the_depressed_are_more_distressed_and_the_mean_holds)
{
    double last = -1;
    for (int k = 0; k <= 4; k++) {
        struct fixture f;
        struct sample all = { 0 };
        listed(&f);
        fixture_param(&f, PARAM_distress_mean, 12);
        fixture_param(&f, PARAM_distress_sd, 2.5);
        fixture_param(&f, PARAM_distress_from_depression, 0.25 * k);
        fixture_draw(&f, 0);
        double difference = distress_of(&f, true, &all);
        cr_expect(fabs(sample_z(&all, 12)) < Z_ALARM && fabs(sample_sd(&all) - 2.5) < 0.09, "weight %d", k);
        difference -= distress_of(&f, false, &all);
        cr_expect(k == 0 ? fabs(difference) < Z_ALARM * 2.5 * 0.0224 : difference > last, "weight %d: %g", k,
                  difference);
        last = difference;
        fixture_free(&f);
    }
}

Test(person, confidence_goes_with_skills_and_without_distress_as_far_as_stated)
{
    static const double weight[][2] = { { 0, 0 }, { 0.4, 0.4 }, { 0.7, 0 }, { 0, 0.7 } };
    for (size_t k = 0; k < sizeof weight / sizeof *weight; k++) {
        struct fixture f;
        struct line skills = { 0 }, distress = { 0 };
        struct sample all = { 0 };
        listed(&f);
        fixture_param(&f, PARAM_self_management_mean, 48); /* away from the ends of the scales */
        fixture_param(&f, PARAM_distress_mean, 12);
        fixture_param(&f, PARAM_distress_sd, 2.5);
        fixture_param(&f, PARAM_confidence_mean, 5);
        fixture_param(&f, PARAM_confidence_sd, 1);
        fixture_param(&f, PARAM_confidence_from_skills, weight[k][0]);
        fixture_param(&f, PARAM_confidence_from_distress, weight[k][1]);
        fixture_draw(&f, 0);
        for (int i = 0; i < f.sim.population->num_patients; i++) {
            sample_add(&all, f.sim.population->confidence[i]);
            line_add(&skills, f.sim.population->self_management[i], f.sim.population->confidence[i]);
            line_add(&distress, f.sim.population->distress[i], f.sim.population->confidence[i]);
        }
        cr_expect(fabs(sample_z(&all, 5)) < Z_ALARM && fabs(sample_sd(&all) - 1) < 0.035);
        cr_expect(fabs(line_correlation(&skills) - weight[k][0]) < Z_ALARM * 0.01);
        cr_expect(fabs(line_correlation(&distress) + weight[k][1]) < Z_ALARM * 0.01);
        fixture_free(&f);
    }
}

/* The book's patient is the average of the neutral clinic: hours by needs leave the mean over many patients where it was. */
Test(person, needs_do_not_change_the_mean_time_of_all)
{
    struct fixture f;
    struct sample load = { 0 };
    fixture_init(&f, 200, 1, 0, 1);
    fixture_draw(&f, 0);
    const struct params *p = &f.setting.clinic[0].base;
    for (int i = 0; i < f.sim.population->num_patients; i++) {
        unsigned flags = f.sim.population->flags[i];
        double x = 1 + p->hours_by_condition * (f.sim.population->conditions[i] - 5.6);
        x *= flags & FLAG_DEPRESSION ? p->hours_by_depression : 1;
        x *= flags & FLAG_EXCLUDED ? p->hours_by_exclusion : 1;
        sample_add(&load, x / (1 + (p->hours_by_depression - 1) * 0.727) / (1 + (p->hours_by_exclusion - 1) * 0.30));
    }
    cr_expect(fabs(sample_z(&load, 1)) < Z_ALARM, "%g", sample_mean(&load));
    fixture_free(&f);
}

/* ---- death --------------------------------------------------------------------------------------------------------- */

static double dead_within_a_year(const struct fixture *f, double from, double to, double *num)
{
    double dead = 0;
    *num = 0;
    for (int i = 0; i < f->sim.population->num_patients; i++)
        if (f->sim.population->age[i] >= from && f->sim.population->age[i] < to) {
            (*num)++;
            dead += f->sim.population->end[i] < 52;
        }
    return dead;
}

/* 1 - exp(-mortality) die in the year, however age weighs; age 0: nobody's age matters; then the old die more, and the
 * more so the more it weighs. 10,000 patients; false-alarm rate 7e-6 each. */
Test(person, the_old_die_sooner_and_the_year_s_mortality_holds)
{
    double last = 0;
    for (int k = 0; k < 4; k++) {
        struct fixture f;
        double all, young, old, dead, ratio;
        listed(&f);
        fixture_param(&f, PARAM_mortality, 0.2);
        fixture_param(&f, PARAM_mortality_by_age, 0.03 * k);
        fixture_draw(&f, 0);
        dead = dead_within_a_year(&f, 0, 200, &all);
        cr_expect(fabs(share_z(dead, all, 1 - exp(-0.2))) < Z_ALARM, "%g of %g", dead, all);
        ratio = dead_within_a_year(&f, 70, 200, &old) / old / (dead_within_a_year(&f, 0, 45, &young) / young);
        cr_expect(k == 0 ? fabs(ratio - 1) < 0.3 : ratio > last, "weight %d: %g", k, ratio);
        last = ratio;
        fixture_free(&f);
    }
    cr_expect(last > 5);
}

Test(person, nobody_dies_of_age_alone)
{
    struct fixture f;
    double all;
    listed(&f);
    fixture_param(&f, PARAM_mortality, 0);
    fixture_draw(&f, 0);
    cr_expect(dead_within_a_year(&f, 0, 200, &all) == 0 && all == 10000);
    fixture_free(&f);
}
