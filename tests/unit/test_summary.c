/* link: -Wl,--wrap=malloc */
/* Summaries over runs, against values worked by hand. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "analysis/summary.h"
#include "fake_study.h"

static struct error err;
static long allocations, failing = -1;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return failing >= 0 && allocations++ == failing ? NULL : __real_malloc(size);
}

Test(summary_of, values_worked_by_hand)
{
    double value[] = { 4, NAN, 1, 3, 2, NAN };
    struct summary_row row = summary_of(value, 6, false);
    cr_assert(row.n == 4 && row.runs == 6);
    cr_assert_float_eq(row.mean, 2.5, 1e-12);
    cr_assert_float_eq(row.sd, 1.2909944487358056, 1e-12);
    cr_assert_float_eq(row.low, 1.15, 1e-12);
    cr_assert_float_eq(row.high, 3.85, 1e-12);
}

Test(summary_of, nothing_and_one)
{
    double none[] = { NAN, NAN }, one[] = { NAN, 7 };
    struct summary_row row = summary_of(none, 2, false);
    cr_assert(row.n == 0 && row.runs == 2 && isnan(row.mean) && isnan(row.sd) && isnan(row.low) && isnan(row.high));
    row = summary_of(one, 2, false);
    cr_assert(row.n == 1 && row.mean == 7 && row.sd == 0 && row.low == 7 && row.high == 7);
}

/* R: prop.test(8, 10, correct = FALSE, conf.level = 0.9)$conf.int, and 0 and 10 of 10. */
Test(summary_of, a_share_has_wilson_s_interval)
{
    static const struct {
        int yes;
        double low, high;
    } known[] = { { 8, 0.5407928057, 0.9314420123 }, { 0, 0, 0.2129419701 }, { 10, 0.7870580299, 1 } };
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        double value[10];
        struct summary_row row;
        for (int i = 0; i < 10; i++)
            value[i] = i < known[k].yes;
        row = summary_of(value, 10, true);
        cr_assert_float_eq(row.mean, known[k].yes / 10.0, 1e-12);
        cr_assert_float_eq(row.low, known[k].low, 1e-6, "%d of 10: %.9f", known[k].yes, row.low);
        cr_assert_float_eq(row.high, known[k].high, 1e-6, "%d of 10: %.9f", known[k].yes, row.high);
    }
}

/* The interval covers the share in about 90 % of samples: exact, by the binomial probabilities. Wilson's is known to lie
 * between 0.87 and 0.93 for shares away from 0 and 1 at n = 50. */
Test(summary_of, wilson_covers_as_often_as_it_says)
{
    for (double share = 0.2; share < 0.85; share += 0.1) {
        double covered = 0, probability = pow(1 - share, 50);
        for (int yes = 0; yes <= 50; yes++) {
            double low, high;
            summary_wilson(yes, 50, &low, &high);
            if (low <= share && share <= high)
                covered += probability;
            probability *= (50 - yes) / (yes + 1.0) * share / (1 - share);
        }
        cr_assert(covered > 0.87 && covered < 0.94, "share %.1f: %.4f", share, covered);
    }
}

/* ---- a study ---- */

enum { CLINICS = 3, ARMS = 2, DRAWS = 4, REPLICATIONS = 3 };

static void feed(struct summary *summary, struct scenario *scenario, int clinics)
{
    struct record record;
    fake_scenario_init(scenario, clinics, ARMS, 26);
    fake_record_init(&record, scenario, true);
    cr_assert_eq(summary_init(summary, ARMS, clinics, DRAWS, REPLICATIONS, &err), 0);
    for (int d = 0; d < DRAWS; d++) {
        for (int r = 0; r < REPLICATIONS; r++) {
            for (int arm = 0; arm < ARMS; arm++) {
                fake_record_fill(&record, d, r, arm, 0);
                cr_assert_eq(summary_take(summary, d, r, arm, &record, &err), 0);
            }
        }
    }
    cr_assert_eq(summary_take(summary, DRAWS, 0, 0, &record, &err), MILIEU_ERR_RUN, "a run too many");
    fake_record_free(&record);
}

Test(summary, of_a_study)
{
    struct scenario scenario;
    struct summary summary;
    feed(&summary, &scenario, CLINICS);
    for (int arm = 0; arm < ARMS; arm++) {
        for (int clinic = 0; clinic < CLINICS; clinic++) {
            struct summary_row row = summary_get(&summary, arm, clinic, 2);
            cr_assert_float_eq(row.mean, 2 + 0.1 * arm + 150 + 10 + 0.001 * clinic, 1e-9);
            cr_assert(row.n == 12 && row.runs == 12);
            cr_assert_eq(summary_get(&summary, arm, clinic, 1).n, 6, "missing in half of the runs");
        }
        cr_assert_float_eq(summary_get(&summary, arm, SUMMARY_ALL, 2).mean, 2 + 0.1 * arm + 160 + 0.001 * CLINICS,
                           1e-9);
    }
    summary_free(&summary);
    summary_free(&summary);
    fake_scenario_free(&scenario);
}

/* Four draws of three: mean squares between and within 11 and 2.5, so (11 - 2.5) / 3 = 17/6 of 17/6 + 2.5. One value gone:
 * 7.04545... and 2.642857..., with n0 = (11 - 31 / 11) / 3 = 30/11. Both worked by hand. */
Test(summary, what_is_not_known_and_chance_told_apart)
{
    static const double value[DRAWS][REPLICATIONS] = { { 1, 3, 2 }, { 7, 5, 6 }, { 8, 4, 6 }, { 2, 6, 4 } };
    struct summary summary;
    cr_assert_eq(summary_init(&summary, 1, 1, DRAWS, REPLICATIONS, &err), 0);
    for (int run = 0; run < DRAWS * REPLICATIONS; run++)
        summary.value[run * 2 * NUM_OUTCOMES] = value[run / REPLICATIONS][run % REPLICATIONS];
    cr_assert_float_eq(summary_unknown_share(&summary, 0, 0, 0), 17.0 / 32, 1e-12);
    summary.value[0] = NAN;
    cr_assert_float_eq(summary_unknown_share(&summary, 0, 0, 0), 0.37919463087248306, 1e-12);
    for (int run = 0; run < DRAWS * REPLICATIONS; run++)
        summary.value[run * 2 * NUM_OUTCOMES] = run % REPLICATIONS;
    cr_assert_eq(summary_unknown_share(&summary, 0, 0, 0), 0, "draws that are all alike");
    for (int run = 0; run < DRAWS * REPLICATIONS; run++)
        summary.value[run * 2 * NUM_OUTCOMES] = run / REPLICATIONS;
    cr_assert_eq(summary_unknown_share(&summary, 0, 0, 0), 1, "runs of a draw that are all alike");
    cr_assert(isnan(summary_unknown_share(&summary, 0, 0, 1)), "nothing there");
    summary_free(&summary);
}

static int a_yes_no_outcome(void)
{
    for (int i = 2; i < NUM_OUTCOMES; i++)
        if (outcome_table[i].type == OUTCOME_YESNO)
            return i;
    return -1;
}

/* Of one clinic a yes/no outcome is a share of runs, with Wilson's interval; of several together each run has a share, and
 * the interval is that of the runs. */
Test(summary, shares_of_one_clinic_and_of_several)
{
    struct scenario scenario;
    struct summary summary;
    double low, high;
    summary_wilson(6, 12, &low, &high);
    feed(&summary, &scenario, CLINICS);
    cr_assert_float_eq(summary_get(&summary, 0, 0, a_yes_no_outcome()).low, low, 1e-12);
    cr_assert_eq(summary_get(&summary, 0, SUMMARY_ALL, a_yes_no_outcome()).low, 0);
    cr_assert_eq(summary_get(&summary, 0, SUMMARY_ALL, a_yes_no_outcome()).high, 1);
    summary_free(&summary);
    fake_scenario_free(&scenario);
    feed(&summary, &scenario, 1);
    cr_assert_float_eq(summary_get(&summary, 0, SUMMARY_ALL, a_yes_no_outcome()).high, high, 1e-12);
    summary_free(&summary);
    fake_scenario_free(&scenario);
}

/* What the runner's sink and the file give is the same. */
Test(summary, of_a_file)
{
    struct scenario scenario;
    struct summary fed, read;
    struct results_options options;
    struct results_writer writer;
    struct results_file file;
    struct record record;
    const char *path = fake_path("summary.h5");
    feed(&fed, &scenario, CLINICS);
    fake_record_init(&record, &scenario, true);
    results_options_defaults(&options, &scenario);
    options.draws = DRAWS;
    options.replications = REPLICATIONS;
    cr_assert_eq(results_create(&writer, path, &scenario, &options, &err), 0);
    for (int d = 0; d < DRAWS; d++) {
        struct setting setting;
        fake_setting_init(&setting, &scenario, d);
        cr_assert_eq(results_take_draw(&writer, d, &setting, &err), 0);
        for (int i = 0; i < REPLICATIONS * ARMS; i++) {
            fake_record_fill(&record, d, i / ARMS, i % ARMS, 1);
            cr_assert_eq(results_take(&writer, d, i / ARMS, i % ARMS, &record, &err), 0);
        }
        fake_setting_free(&setting);
    }
    cr_assert_eq(results_finish(&writer, &err), 0, "%s", err.detail[0]);
    cr_assert_eq(results_open(&file, path, &err), 0);
    for (long nth = 0, ret = -1; ret != 0; nth++) { /* every allocation fails once, then none */
        failing = nth;
        allocations = 0;
        ret = summary_read(&read, &file, &err);
        failing = -1;
        cr_assert(ret == 0 || ret == MILIEU_ERR_MEMORY, "%ld", ret);
    }
    for (int outcome = 0; outcome < NUM_OUTCOMES; outcome++) {
        for (int clinic = -1; clinic < CLINICS; clinic++) {
            struct summary_row a = summary_get(&fed, 1, clinic, outcome), b = summary_get(&read, 1, clinic, outcome);
            cr_assert(a.mean == b.mean && a.sd == b.sd && a.low == b.low && a.high == b.high && a.n == b.n);
        }
    }
    summary_free(&fed);
    summary_free(&read);
    results_close(&file);
    unlink(path);
    fake_record_free(&record);
    fake_scenario_free(&scenario);
}
