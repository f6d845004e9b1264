/* Structural factors alone: shocks to the health centre, and the lists it produces. */
#include <criterion/criterion.h>
#include <math.h>

#include "fixture.h"
#include "sim/model/structural.h"
#include "statistics.h"

static void structural_weeks(struct fixture *f, int weeks)
{
    for (int t = 0; t < weeks; t++, f->w->week++)
        structural_step(f->w);
}

/* ---- reorganisations ---------------------------------------------------------------------------------------------------
 */

Test(structural, no_reorganisation_where_the_hazard_is_0)
{
    struct fixture f;
    fixture_init(&f, 10, 10, 0, 1);
    fixture_param(&f, PARAM_reorganization_per_year, 0);
    fixture_begin(&f, 0, 0);
    for (int t = 0; t < 104; t++) {
        structural_weeks(&f, 1);
        for (int c = 0; c < 10; c++)
            cr_assert(!clinic_reorganizing(f.w, c));
    }
    fixture_free(&f);
}

/* Weekly hazard h: waiting time geometric, mean (1 - h) / h weeks before; lengths exponential, rounded up: mean
 * 1 / (1 - exp(-1 / L)). Many centres for the time of the first. False-alarm rate 7e-6 each. */
Test(structural, waiting_times_are_geometric_and_lengths_exponential)
{
    enum { CENTRES = 2000 };
    struct fixture f;
    struct sample wait = { 0 }, length = { 0 };
    double h = 2.0 / 52;
    fixture_init(&f, CENTRES, CENTRES, 0, 1);
    fixture_param(&f, PARAM_reorganization_per_year, 2);
    fixture_param(&f, PARAM_reorganization_weeks, 10);
    fixture_param(&f, PARAM_per_clinic, 1);
    f.setting.horizon = 26;
    fixture_begin(&f, 0, 0);
    bool begun[CENTRES] = { false };
    for (int t = 0; t < 600; t++) {
        structural_weeks(&f, 1);
        for (int c = 0; c < CENTRES; c++)
            if (!begun[c] && clinic_reorganizing(f.w, c)) {
                begun[c] = true;
                sample_add(&wait, t);
                sample_add(&length, f.w->centre.reorganization_end[c] - t);
            }
    }
    cr_assert(wait.n == CENTRES);
    cr_expect(fabs(sample_z(&wait, (1 - h) / h)) < Z_ALARM, "%g weeks", sample_mean(&wait));
    cr_expect(fabs(sample_sd(&wait) / (sqrt(1 - h) / h) - 1) < 0.1, "SD %g", sample_sd(&wait));
    cr_expect(fabs(sample_z(&length, 1 / (1 - exp(-0.1)))) < Z_ALARM, "%g weeks long", sample_mean(&length));
    fixture_free(&f);
}

Test(structural, one_shock_hits_all_clinics_of_its_centre_and_no_other)
{
    struct fixture f;
    int lonely = 0;
    fixture_init(&f, 6, 2, 0, 1);
    fixture_param(&f, PARAM_reorganization_per_year, 2);
    fixture_begin(&f, 0, 0);
    for (int t = 0; t < 104; t++) {
        structural_weeks(&f, 1);
        for (int c = 2; c < 6; c++)
            cr_assert(clinic_reorganizing(f.w, c) == clinic_reorganizing(f.w, c - 2));
        lonely += clinic_reorganizing(f.w, 0) != clinic_reorganizing(f.w, 1);
    }
    cr_expect(lonely > 0, "two centres always together");
    fixture_free(&f);
}

Test(structural, a_centre_is_exposed_to_the_mean_of_its_clinics)
{
    struct fixture f;
    fixture_init(&f, 2, 1, 0, 1);
    f.setting.clinic[0].base.reorganization_per_year = 0.1;
    f.setting.clinic[1].base.reorganization_per_year = 0.5;
    fixture_begin(&f, 0, 0);
    structural_weeks(&f, 1);
    cr_expect(fabs(f.w->centre.hazard[0] - 0.3 / 52) < 1e-12);
    fixture_free(&f);
}

Test(structural, a_shock_breaks_its_share_of_ties_once)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_param(&f, PARAM_reorganization_per_year, 10);
    fixture_param(&f, PARAM_reorganization_weeks, 200);
    fixture_param(&f, PARAM_ties_broken, 0.3);
    fixture_begin(&f, 0, 0);
    double nurse = f.w->nurse.tie_manager[0], physician = f.w->physician.tie_manager[5];
    while (!clinic_reorganizing(f.w, 0))
        structural_weeks(&f, 1);
    structural_weeks(&f, 3);
    cr_expect(fabs(f.w->nurse.tie_manager[0] - 0.7 * nurse) < 1e-12);
    cr_expect(fabs(f.w->physician.tie_manager[5] - 0.7 * physician) < 1e-12);
    fixture_free(&f);
}

/* ---- lists ----------------------------------------------------------------------------------------------------------------
 */

/* Log-normal delay with the stated mean, counted in whole weeks begun: mean of the delay + about half a week. */
Test(structural, the_first_list_takes_its_mean_delay)
{
    enum { CLINICS = 3000 };
    struct fixture f;
    struct sample delay = { 0 };
    fixture_init(&f, CLINICS, 1, 0, 1);
    fixture_param(&f, PARAM_reorganization_per_year, 0);
    fixture_param(&f, PARAM_per_clinic, 1);
    fixture_param(&f, PARAM_list_delay, 20);
    f.setting.horizon = 26;
    fixture_begin(&f, 0, 0);
    bool out[CLINICS] = { false };
    for (int t = 0; t < 300; t++) {
        structural_weeks(&f, 1);
        for (int c = 0; c < CLINICS; c++)
            if (!out[c] && f.w->clinic.lists_out[c] == 1) {
                out[c] = true;
                sample_add(&delay, t);
            }
    }
    cr_assert(delay.n == CLINICS);
    cr_expect(fabs(sample_mean(&delay) - 20) < 0.5 + Z_ALARM * sample_se(&delay), "%g weeks", sample_mean(&delay));
    cr_expect(fabs(sample_sd(&delay) / (20 * sqrt(exp(0.25) - 1)) - 1) < 0.1, "SD %g", sample_sd(&delay));
    fixture_free(&f);
}

Test(structural, no_delay_means_the_week_it_is_asked_for)
{
    struct fixture f;
    fixture_init(&f, 3, 1, 0, 1);
    fixture_param(&f, PARAM_list_delay, 0);
    fixture_param(&f, PARAM_list_every, 52);
    fixture_param(&f, PARAM_list_reserve, 400); /* as if few names were left */
    fixture_begin(&f, 0, 0);
    structural_weeks(&f, 1);
    for (int i = 0; i < f.w->patient.num; i++) {
        bool first = f.sim.population->list[i] == 0;
        cr_expect(f.w->patient.list_week[i] == (first ? 0 : NONE));
        cr_expect(f.w->patient.stage[i] == (first ? PATIENT_LISTED : PATIENT_UNLISTED));
    }
    structural_weeks(&f, 103);
    for (int i = 0; i < f.w->patient.num; i++)
        cr_expect(f.w->patient.list_week[i] == 52 * f.sim.population->list[i]);
    fixture_free(&f);
}

Test(structural, a_longer_delay_never_brings_the_list_earlier)
{
    int week[3];
    for (int k = 0; k < 3; k++) {
        struct fixture f;
        fixture_init(&f, 1, 1, 0, 1);
        fixture_param(&f, PARAM_list_delay, 3 << 2 * k);
        fixture_param(&f, PARAM_reorganization_per_year, 0);
        fixture_begin(&f, 4, 0);
        while (f.w->clinic.lists_out[0] == 0)
            structural_weeks(&f, 1);
        week[k] = f.w->week;
        fixture_free(&f);
    }
    cr_expect(week[0] < week[1] && week[1] < week[2], "weeks %d %d %d", week[0], week[1], week[2]);
}

/* While a reorganisation lasts, a share list_slowed of the work on lists is lost: at 0.5 it takes twice as long. */
Test(structural, a_reorganisation_slows_lists)
{
    int week[2];
    for (int slowed = 0; slowed < 2; slowed++) {
        struct fixture f;
        fixture_init(&f, 1, 1, 0, 1);
        fixture_param(&f, PARAM_list_delay, 40);
        fixture_param(&f, PARAM_reorganization_per_year, 0);
        fixture_param(&f, PARAM_list_slowed, 0.5);
        fixture_begin(&f, 0, 0);
        if (slowed)
            f.w->centre.reorganization_end[0] = 10000;
        while (f.w->clinic.lists_out[0] == 0)
            structural_weeks(&f, 1);
        week[slowed] = f.w->week;
        fixture_free(&f);
    }
    cr_expect(abs(week[1] - 2 * week[0]) <= 2, "%d weeks, slowed %d", week[0], week[1]);
}

Test(structural, the_next_list_is_asked_for_when_few_names_are_left)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_param(&f, PARAM_list_delay, 0);
    fixture_param(&f, PARAM_list_every, 26);
    fixture_param(&f, PARAM_list_reserve, 4);
    fixture_begin(&f, 0, 0);
    structural_weeks(&f, 40);
    cr_expect(f.w->clinic.lists_out[0] == 1, "40 names wait");
    f.w->clinic.next_candidate[0] = f.w->clinic.first_patient[0] + 35;
    structural_weeks(&f, 1);
    cr_expect(f.w->clinic.lists_out[0] == 1, "5 names are left");
    f.w->clinic.next_candidate[0]++;
    structural_weeks(&f, 1);
    cr_expect(f.w->clinic.lists_out[0] == 2);
    f.w->clinic.next_candidate[0] += 40;
    structural_weeks(&f, 1);
    cr_expect(f.w->clinic.lists_out[0] == 2, "not before week 52");
    fixture_free(&f);
}

Test(structural, a_clinic_that_stopped_asks_for_no_more_lists)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_param(&f, PARAM_list_delay, 0);
    fixture_param(&f, PARAM_list_reserve, 400);
    fixture_begin(&f, 0, 0);
    structural_weeks(&f, 1);
    f.w->clinic.stage[0] = STAGE_DISCONTINUED;
    structural_weeks(&f, 103);
    cr_expect(f.w->clinic.lists_out[0] == 1);
    fixture_free(&f);
}
