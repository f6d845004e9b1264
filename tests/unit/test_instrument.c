/* Questionnaires: measurement error, the scale's ends, who does not answer. */
#include <criterion/criterion.h>
#include <math.h>

#include "fixture.h"
#include "sim/model/instrument.h"
#include "statistics.h"

static void clinics(struct fixture *f, int num)
{
    fixture_init(f, num, 1, 0, 1);
    f->setting.horizon = 26;
}

static struct scores truth_of(const struct fixture *f, int i)
{
    const struct population *p = f->sim.population;
    return (struct scores){ p->self_management[i], p->care_integration[i], p->distress[i], p->confidence[i] };
}

Test(instrument, without_error_it_reads_the_rounded_truth)
{
    struct fixture f;
    clinics(&f, 5);
    fixture_param(&f, PARAM_self_management_error, 0);
    fixture_param(&f, PARAM_care_integration_error, 0);
    fixture_param(&f, PARAM_distress_error, 0);
    fixture_param(&f, PARAM_confidence_error, 0);
    fixture_begin(&f, 0, 0);
    for (int i = 0; i < f.w->patient.num; i++) {
        struct scores truth = truth_of(&f, i), read = instrument_read(f.w, i, &truth, 0);
        cr_expect(read.self_management == round(truth.self_management));
        cr_expect(read.care_integration == round(truth.care_integration));
        cr_expect(read.distress == round(truth.distress));
        cr_expect(read.confidence == round(truth.confidence));
    }
    fixture_free(&f);
}

/* In the middle of the scale: mean the truth, SD error and rounding (1/12) together. False-alarm rate 7e-6 for a mean;
 * an SD of 4,000 within 5 % errs in 1 of 10^5. */
Test(instrument, error_has_its_sd)
{
    struct fixture f;
    struct sample self = { 0 }, integration = { 0 }, distress = { 0 }, confidence = { 0 };
    struct scores truth = { 48.3, 25.4, 12.1, 5.2 };
    clinics(&f, 100);
    fixture_begin(&f, 0, 0);
    for (int i = 0; i < f.w->patient.num; i++) {
        struct scores read = instrument_read(f.w, i, &truth, 1);
        sample_add(&self, read.self_management);
        sample_add(&integration, read.care_integration);
        sample_add(&distress, read.distress);
        sample_add(&confidence, read.confidence);
    }
    cr_expect(fabs(sample_z(&self, 48.3)) < Z_ALARM && fabs(sample_sd(&self) / sqrt(6.7 * 6.7 + 1 / 12.) - 1) < 0.05);
    cr_expect(fabs(sample_z(&integration, 25.4)) < Z_ALARM &&
              fabs(sample_sd(&integration) / sqrt(9 + 1 / 12.) - 1) < .05);
    cr_expect(fabs(sample_z(&distress, 12.1)) < Z_ALARM && fabs(sample_sd(&distress) / sqrt(4 + 1 / 12.) - 1) < 0.05);
    cr_expect(fabs(sample_z(&confidence, 5.2)) < Z_ALARM &&
              fabs(sample_sd(&confidence) / sqrt(1 + 1 / 12.) - 1) < 0.05);
    fixture_free(&f);
}

/* Two readings of an unchanged truth: correlation latent variance / (latent + error), 0.57 for self-management with 7.7
 * and 6.7. (Table 2's 0.45 is of 26 weeks in which the truth moves.) SE of r at 4,000: 0.011. False-alarm rate 7e-6. */
Test(instrument, test_and_retest_correlate_as_the_sds_say)
{
    struct fixture f;
    struct line l = { 0 };
    double r;
    clinics(&f, 100);
    fixture_param(&f, PARAM_self_management_mean, 48); /* away from the top */
    fixture_begin(&f, 0, 0);
    for (int i = 0; i < f.w->patient.num; i++) {
        struct scores truth = truth_of(&f, i);
        line_add(&l, instrument_read(f.w, i, &truth, 0).self_management,
                 instrument_read(f.w, i, &truth, 1).self_management);
    }
    r = 7.7 * 7.7 / (7.7 * 7.7 + 6.7 * 6.7 + 1 / 12.);
    cr_expect(fabs(line_correlation(&l) - r) < Z_ALARM * 0.011, "%g for %g", line_correlation(&l), r);
    fixture_free(&f);
}

Test(instrument, readings_stay_on_the_scale)
{
    struct fixture f;
    struct scores low = { 0, 0, 0, 0 }, high = { 96, 51, 24, 10 };
    clinics(&f, 20);
    fixture_begin(&f, 0, 0);
    for (int i = 0; i < f.w->patient.num; i++) {
        struct scores a = instrument_read(f.w, i, &low, 0), b = instrument_read(f.w, i, &high, 0);
        cr_expect(a.self_management >= 0 && a.care_integration >= 0 && a.distress >= 0 && a.confidence >= 0);
        cr_expect(b.self_management <= 96 && b.care_integration <= 51 && b.distress <= 24 && b.confidence <= 10);
    }
    fixture_free(&f);
}

static double answers(const struct fixture *f)
{
    double num = 0;
    for (int i = 0; i < f->w->patient.num; i++)
        num += instrument_answers(f->w, i);
    return num;
}

/* False-alarm rate 7e-6 each. */
Test(instrument, non_response_is_its_share_and_rises_with_mistrust_and_drop_out)
{
    struct fixture f;
    double n;
    clinics(&f, 100);
    fixture_begin(&f, 0, 0);
    n = f.w->patient.num;
    for (int i = 0; i < n; i++) {
        f.w->patient.stage[i] = PATIENT_ENROLLED;
        care_of(f.w, i)->trust = 0.6;
    }
    cr_expect(fabs(share_z(answers(&f), n, 0.8)) < Z_ALARM);
    for (int i = 0; i < n; i++)
        care_of(f.w, i)->trust = 0;
    cr_expect(fabs(share_z(answers(&f), n, 0.65)) < Z_ALARM, "no trust");
    for (int i = 0; i < n; i++)
        f.w->patient.stage[i] = PATIENT_DROPPED;
    cr_expect(fabs(share_z(answers(&f), n, 0.30)) < Z_ALARM, "and dropped out");
    for (int i = 0; i < n; i++)
        f.w->patient.stage[i] = PATIENT_GONE;
    cr_expect(answers(&f) == 0, "the dead do not answer");
    fixture_free(&f);
}

Test(instrument, everybody_or_nobody_at_the_ends)
{
    struct fixture f;
    clinics(&f, 5);
    fixture_begin(&f, 0, 0);
    for (int c = 0; c < 5; c++)
        f.w->clinic.now[c].non_response = 0;
    for (int i = 0; i < f.w->patient.num; i++)
        care_of(f.w, i)->trust = 1;
    cr_expect(answers(&f) == f.w->patient.num);
    for (int c = 0; c < 5; c++)
        f.w->clinic.now[c].non_response = 1;
    cr_expect(answers(&f) == 0);
    fixture_free(&f);
}

/* The study asks once, 26 weeks after each patient's own enrolment. */
Test(instrument, each_patient_is_asked_once_at_26_weeks)
{
    struct fixture f;
    fixture_init(&f, 1, 1, 0, 1);
    fixture_param(&f, PARAM_non_response, 0);
    fixture_begin(&f, 0, 0);
    f.w->treated[0] = 7;
    f.w->clinic.num_treated[0] = 1;
    care_of(f.w, 7)->enrol_week = 10;
    care_of(f.w, 7)->trust = 1;
    f.w->patient.stage[7] = PATIENT_COMPLETED;
    for (f.w->week = 10; f.w->week < 104; f.w->week++) {
        instrument_week(f.w, 0);
        cr_assert(f.w->tally[OUTCOME_self_management_change_26w].count == (f.w->week >= 36 ? 1 : 0));
    }
    fixture_free(&f);
}
