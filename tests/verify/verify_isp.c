/* Pattern P13: enrolment to written ISP (evidence 6.11): mean 60 to 120 days, the slowest tenth at least twice the
 * median, cases that end without an ISP counted to their end. A region of 60 constructed clinics, every rating drawn as
 * one that nobody stated, 10 draws: some 12,000 patients, so that a standard error is below a day. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "paired.h"
#include "tests/unit/fixture.h"

enum { CLINICS = 60, DRAWS = 10, MOST = 40000 };

struct times {
    double days[MOST];
    bool written[MOST];
    int num;
};

static void collect(struct times *times, const struct world *w)
{
    for (int i = 0; i < w->patient.num; i++) {
        int isp = care_of(w, i)->isp_week, end = care_of(w, i)->exit_week;
        if (care_of(w, i)->enrol_week == NONE)
            continue;
        cr_assert(times->num < MOST);
        end = end == NONE ? w->setting->horizon : end;
        times->written[times->num] = isp != NONE;
        times->days[times->num++] = 7.0 * ((isp != NONE ? isp : end) - care_of(w, i)->enrol_week);
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct times *region(void)
{
    struct times *times = calloc(1, sizeof *times);
    cr_assert(times != NULL);
    for (uint32_t draw = 0; draw < DRAWS; draw++) {
        struct fixture f;
        fixture_init(&f, CLINICS, CLINICS / 4, 0, 1);
        f.setting.events = false;
        paired_unstated(&f.setting, draw);
        fixture_run(&f, draw << 16, 0);
        collect(times, f.w);
        fixture_free(&f);
    }
    return times;
}

Test(isp, days_from_enrolment_to_the_written_plan_P13, .timeout = 60)
{
    struct times *times = region();
    double sum = 0, written = 0, median, slow;
    for (int i = 0; i < times->num; i++) {
        sum += times->days[i];
        written += times->written[i];
    }
    qsort(times->days, (size_t)times->num, sizeof *times->days, compare);
    median = times->days[times->num / 2];
    slow = times->days[(int)(0.9 * times->num)];
    cr_expect(times->num > 5000, "%d patients", times->num);
    cr_expect(sum / times->num >= 60 && sum / times->num <= 120, "mean %.1f days of %d patients, %.0f %% written",
              sum / times->num, times->num, 100 * written / times->num);
    cr_expect(slow >= 2 * median, "p90 %.0f days, median %.0f", slow, median);
    free(times);
}

/* The outcome that is told is that mean. */
Test(isp, the_outcome_is_the_mean_of_its_patients)
{
    struct fixture f;
    struct times *times = calloc(1, sizeof *times);
    double sum = 0;
    cr_assert(times != NULL);
    fixture_init(&f, 8, 2, 0, 1);
    fixture_run(&f, 0, 0);
    collect(times, f.w);
    for (int i = 0; i < times->num; i++)
        sum += times->days[i];
    cr_expect(fabs(fixture_outcome(&f, -1, OUTCOME_days_to_isp) - sum / times->num) < 1e-9);
    free(times);
    fixture_free(&f);
}
