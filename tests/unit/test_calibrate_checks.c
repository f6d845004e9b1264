/* link: -Wl,--wrap=calloc,--wrap=malloc */
/* Checks of a calibration by weights: against closed forms, and against the population of particles.
 *
 * A statistical test states its false-alarm rate; Z_ALARM is 7 in a million, were luck to change. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/calibrate/abc.h"
#include "analysis/calibrate/checks.h"
#include "statistics.h"

enum { POINTS = 2000 };

static struct error err;
static long allocations, failing = -1;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

static bool fails(void)
{
    return failing >= 0 && allocations++ == failing;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

/* theta ~ N(0, 1); value 0 is theta, observed 1.2 with error 0.5; value 1 is theta too, observed -0.4 with error 1, and held
 * out. Fitted to the first: N(0.96, 0.2); to the second N(-0.2, 0.5). */
static const double observed[] = { 1.2, -0.4 }, error_2[] = { 0.5, 1 };
static const bool held_out[] = { false, true };
static const struct targets targets = { 2, observed, error_2, NULL, held_out, NULL };

static double none[] = { 0, 0 }, first[] = { 1, 0 }, second[] = { 0, 1 }, first_four[] = { 4, 0 }, both[] = { 1, 1 };
static const struct calibration_check plan[] = { { "prior", { NULL, NULL }, none, 0, NULL },
                                                 { "fitted", { NULL, NULL }, first, 0, NULL },
                                                 { "second", { "Second", "Deuxième" }, second, 0, NULL },
                                                 { "four", { NULL, NULL }, first_four, 0, NULL },
                                                 { "both", { NULL, NULL }, both, 0, NULL } };
enum { PLANS = 5 };

/* Mean and variance of theta given the normal data of a check; evidence without the constants of the densities. */
struct closed {
    double mean, variance, log_evidence;
};

static struct closed closed_form(const double *weight)
{
    double precision = 1, sum = 0, square = 0;
    for (int j = 0; j < 2; j++) {
        double w = weight[j] / (error_2[j] * error_2[j]);
        precision += w;
        sum += w * observed[j];
        square += w * observed[j] * observed[j];
    }
    return (struct closed){ sum / precision, 1 / precision,
                            -log(precision) / 2 - (square - sum * sum / precision) / 2 };
}

static void add_wave(struct bank *bank, uint32_t seed, int wave, int points, const struct cut *cut)
{
    static double z[POINTS], value[2 * POINTS], variance[2 * POINTS];
    static int draws[POINTS];
    for (int i = 0; i < points; i++) {
        draws[i] = place_prior(cut, (struct place_luck){ seed, wave, i }, 1, &z[i]);
        value[2 * i] = value[2 * i + 1] = z[i];
        variance[2 * i] = variance[2 * i + 1] = 0;
    }
    cr_assert(bank_add(bank, points, draws, z, value, variance, NULL, &err) == 0);
}

static void make_bank(struct bank *bank, uint32_t seed, int points)
{
    const struct cut whole = { NULL, 0 };
    cr_assert(bank_init(bank, points, 1, &targets, &err) == 0);
    add_wave(bank, seed, 0, points, &whole);
    bank_weigh(bank, &(struct cut){ NULL, 0 }, &err);
}

/* ---- against closed forms ------------------------------------------------------------------------------------------ */

struct errors {
    struct sample mean, evidence, against, sd;
};

/* Off by how many of its own standard errors. */
static void compare(const struct checks *checks, int c, struct errors *e)
{
    const struct closed exact = closed_form(plan[c].weight), fitted = closed_form(first);
    const struct fit_check *check = &checks->check[c];
    sample_add(&e->mean, (check->target[0].mean - exact.mean) / check->target[0].se);
    sample_add(&e->sd, (check->target[0].high - check->target[0].low) / (2 * 1.6448536 * sqrt(exact.variance)) - 1);
    sample_add(&e->evidence, check->log_evidence - exact.log_evidence);
    if (check->against_fitted_se > 0)
        sample_add(&e->against,
                   (check->against_fitted - (exact.log_evidence - fitted.log_evidence)) / check->against_fitted_se);
}

/* 100 banks: means, ranges, evidence and differences of evidence are not off, |t| < 4.5 of 99 degrees (2 in 10^5 each), and
 * their errors are those that are told: an SD of 1 within 0.3 (of 100, 4 of its standard errors). A mean of weights of
 * finite size is off by a share of 1 / size, here below 1 in 200, and its logarithm so too: told from luck in none of these. */
static void expect_closed_forms(const struct errors *e, int c)
{
    cr_expect(fabs(sample_z(&e->mean, 0)) < Z_ALARM, "%s, mean: %g", plan[c].id, sample_z(&e->mean, 0));
    cr_expect(fabs(sample_sd(&e->mean) - 1) < 0.3, "%s, error of the mean: %g", plan[c].id, sample_sd(&e->mean));
    cr_expect(fabs(sample_mean(&e->sd)) < 0.03, "%s, 90 %% range: %g", plan[c].id, sample_mean(&e->sd));
    if (c == CHECK_PRIOR)
        return;
    cr_expect(fabs(sample_z(&e->evidence, 0)) < Z_ALARM, "%s, evidence: %g", plan[c].id, sample_z(&e->evidence, 0));
    if (c == CHECK_FITTED)
        return;
    cr_expect(fabs(sample_z(&e->against, 0)) < Z_ALARM, "%s, difference: %g", plan[c].id, sample_z(&e->against, 0));
    cr_expect(fabs(sample_sd(&e->against) - 1) < 0.3, "%s, its error: %g", plan[c].id, sample_sd(&e->against));
}

Test(checks, closed_forms_of_every_set_of_targets)
{
    static struct errors e[PLANS];
    for (uint32_t seed = 1; seed <= 100; seed++) {
        struct bank bank;
        struct checks checks;
        make_bank(&bank, seed, POINTS);
        cr_assert(checks_make(&checks, &bank, &targets, plan, PLANS, &err) == 0);
        cr_assert_float_eq(checks.check[CHECK_PRIOR].effective_size, POINTS, 1e-6);
        cr_assert_float_eq(checks.check[CHECK_PRIOR].log_evidence, 0, 1e-12);
        cr_assert(checks.check[CHECK_FITTED].against_fitted == 0 && checks.check[CHECK_FITTED].against_fitted_se == 0);
        for (int c = 0; c < PLANS; c++)
            compare(&checks, c, &e[c]);
        checks_free(&checks);
        bank_free(&bank);
    }
    for (int c = 0; c < PLANS; c++)
        expect_closed_forms(&e[c], c);
}

/* ---- against the population of particles ---------------------------------------------------------------------------- */

/* With a variance too: the same error, sqrt(error^2 + variance), and the same kernel. */
static void run_population(struct abc *abc, uint32_t seed, double variance)
{
    static double value[2 * 500], variances[2 * 500];
    const struct abc_plan abc_plan = { .targets = &targets,
                                       .dimensions = 1,
                                       .particles = 500,
                                       .kept = 250,
                                       .generations = 30,
                                       .error = ABC_NORMAL,
                                       .seed = seed,
                                       .first_wave = 1 };
    cr_assert(abc_init(abc, &abc_plan, &err) == 0);
    while (abc_done(abc) == ABC_GOES_ON) {
        for (int i = 0; i < abc_proposals(abc); i++) {
            double z;
            cr_assert(abc_propose(abc, i, &z) > 0);
            value[2 * i] = value[2 * i + 1] = z;
            variances[2 * i] = variances[2 * i + 1] = variance;
        }
        cr_assert(abc_take(abc, value, variances, &err) == 0);
    }
}

/* The check with no change, against the posterior of the calibration: 60 pairs, |t| < 4.5 of 59 degrees errs in 3 of 10^5. A
 * kernel without the variance, 0.75 beside an error^2 of 0.25, would be off in the mean by 0.96 less 0.6. */
Test(checks, the_check_with_no_change_agrees_with_the_particles)
{
    const double variance = 0.75;
    struct sample mean = { 0 }, low = { 0 }, high = { 0 }, exact = { 0 };
    for (uint32_t seed = 1; seed <= 60; seed++) {
        struct bank bank;
        struct checks checks;
        struct abc abc;
        make_bank(&bank, seed, POINTS);
        for (int i = 0; i < 2 * POINTS; i++)
            bank.variance[i] = variance;
        cr_assert(checks_make(&checks, &bank, &targets, plan, 2, &err) == 0);
        run_population(&abc, 1000 + seed, variance);
        const struct fit_check_target *told = &checks.check[CHECK_FITTED].target[0];
        const struct particles all = abc_particles(&abc);
        struct weighted_row row = particles_value(&all, 0);
        sample_add(&mean, told->mean - row.mean);
        sample_add(&exact, told->mean - 0.6);
        sample_add(&low, told->low - row.low);
        sample_add(&high, told->high - row.high);
        abc_free(&abc);
        checks_free(&checks);
        bank_free(&bank);
    }
    cr_assert(fabs(sample_z(&mean, 0)) < Z_ALARM, "mean: %g", sample_z(&mean, 0));
    cr_assert(fabs(sample_z(&exact, 0)) < Z_ALARM, "closed form: %g", sample_z(&exact, 0));
    cr_assert(fabs(sample_z(&low, 0)) < Z_ALARM && fabs(sample_z(&high, 0)) < Z_ALARM, "90 %% range: %g %g",
              sample_z(&low, 0), sample_z(&high, 0));
}

/* ---- waves from where an emulator allows it ------------------------------------------------------------------------ */

/* An emulator that allows -0.3 to 0.9 about: theta is a value it knows exactly. */
static const double slab_y[] = { 0.3 }, slab_s[] = { 0.2 };
static const struct targets slab_targets = { 1, slab_y, slab_s, NULL, NULL, NULL };

static void make_slab(struct emulator *slab)
{
    double z[50], value[50];
    for (int i = 0; i < 50; i++)
        value[i] = z[i] = i / 10.0 - 2.5;
    cr_assert(emulator_init(slab, &slab_targets, 1, 50, z, value, &err) == 0);
}

/* The bank of two waves weighs as the prior does, inside and outside; its means are those of the whole prior's posterior, and
 * worth more points, for they are where the likelihood is. With equal weights they would not be: inside would count twice. */
Test(checks, points_of_a_later_wave_weigh_by_what_it_allows)
{
    struct emulator slab;
    struct errors e = { 0 };
    struct sample inside = { 0 }, size = { 0 }, equal = { 0 };
    double share = gsl_cdf_ugaussian_P(0.9) - gsl_cdf_ugaussian_P(-0.3);
    make_slab(&slab);
    const struct cut whole = { NULL, 0 }, cut = { &slab, 1 };
    for (uint32_t seed = 1; seed <= 100; seed++) {
        struct bank bank;
        struct checks checks;
        double sum = 0, all = 0, plain = 0;
        cr_assert(bank_init(&bank, 1000, 1, &targets, &err) == 0);
        add_wave(&bank, seed, 0, 500, &whole);
        add_wave(&bank, seed, 1, 500, &cut);
        bank_weigh(&bank, &cut, &err);
        for (int i = 0; i < bank.count; i++) {
            all += bank.weight[i];
            sum += emulator_allows(&slab, &bank.z[i]) ? bank.weight[i] : 0;
            plain += bank.z[i] > -0.3 && bank.z[i] < 0.9;
            cr_assert(bank.weight[i] > 0 && bank.weight[i] <= 2 + 1e-12, "at most N / n_0");
        }
        sample_add(&inside, sum / all);
        sample_add(&equal, plain / bank.count);
        cr_assert(checks_make(&checks, &bank, &targets, plan, 3, &err) == 0);
        compare(&checks, 2, &e);
        sample_add(&size, checks.check[2].effective_size);
        checks_free(&checks);
        bank_free(&bank);
    }
    cr_assert(fabs(sample_z(&inside, share)) < Z_ALARM, "inside: %g", sample_z(&inside, share));
    cr_assert(sample_mean(&equal) > share + 0.2, "without weights: %g", sample_mean(&equal));
    cr_assert(fabs(sample_z(&e.mean, 0)) < Z_ALARM, "mean: %g", sample_z(&e.mean, 0));
    cr_assert(fabs(sample_z(&e.against, 0)) < Z_ALARM, "evidence: %g", sample_z(&e.against, 0));
    cr_assert(sample_mean(&size) > 500, "%g", sample_mean(&size));
    emulator_free(&slab);
}

/* Generations too: a bank of 300 points of the prior and all that a population proposes afterwards, against the same closed
 * forms, of the targets it aims at and of others. A generation's own mixture left out of the density would weigh its points
 * as if the prior had drawn them. */
Test(checks, points_of_generations_weigh_by_their_mixtures)
{
    static double z[500], value[1000], variance[1000];
    static int draws[500];
    static struct errors e[PLANS];
    struct sample size = { 0 };
    const struct cut whole = { NULL, 0 };
    for (uint32_t seed = 1; seed <= 100; seed++) {
        struct bank bank;
        struct checks checks;
        struct abc abc;
        const struct abc_plan abc_plan = { .targets = &targets,
                                           .dimensions = 1,
                                           .particles = 300,
                                           .kept = 150,
                                           .generations = 4,
                                           .error = ABC_NORMAL,
                                           .seed = seed };
        cr_assert(bank_init(&bank, 1500, 1, &targets, &err) == 0 && abc_init(&abc, &abc_plan, &err) == 0);
        while (abc_done(&abc) == ABC_GOES_ON) {
            int n = abc_proposals(&abc);
            for (int i = 0; i < n; i++) {
                draws[i] = abc_propose(&abc, i, &z[i]);
                value[2 * i] = value[2 * i + 1] = z[i];
                variance[2 * i] = variance[2 * i + 1] = 0;
            }
            const struct mixture from = abc_mixture(&abc);
            cr_assert(bank_add(&bank, n, draws, z, value, variance, &from, &err) == 0);
            cr_assert(abc_take(&abc, value, variance, &err) == 0);
        }
        bank_weigh(&bank, &whole, &err);
        cr_assert(checks_make(&checks, &bank, &targets, plan, PLANS, &err) == 0 && bank.waves > 1);
        for (int c = 0; c < PLANS; c++)
            compare(&checks, c, &e[c]);
        sample_add(&size, checks.check[CHECK_FITTED].effective_size / bank.count);
        checks_free(&checks);
        bank_free(&bank);
        abc_free(&abc);
    }
    for (int c = 0; c < PLANS; c++)
        expect_closed_forms(&e[c], c);
    cr_assert(sample_mean(&size) > 0.4, "of the prior alone 0.3 would count: %g", sample_mean(&size));
}

/* ---- by hand ------------------------------------------------------------------------------------------------------- */

/* Four points of weight 1; a number and a pattern. */
static const double hand_y[] = { 1, 0.8 }, hand_s[] = { 1, 0.1 };
static const bool hand_pattern[] = { false, true }, hand_held[] = { false, true };
static const struct targets hand = { 2, hand_y, hand_s, hand_pattern, hand_held, NULL };

static void make_hand(struct bank *bank)
{
    const double value[] = { 1, 0.9, 2, 0.6, 1, NAN, NAN, 0.5 }, z[] = { -2, -0.1, 0.1, 2 }, variance[8] = { 0 };
    const int draws[] = { 1, 1, 1, 1 };
    cr_assert(bank_init(bank, 4, 1, &targets, &err) == 0);
    bank_add(bank, 4, draws, z, value, variance, NULL, &err);
    bank_weigh(bank, &(struct cut){ NULL, 0 }, &err);
}

Test(checks, values_worked_by_hand)
{
    struct bank bank;
    struct checks checks;
    const double h = exp(-0.5), sum = 2 + h;
    make_hand(&bank);
    cr_assert(checks_make(&checks, &bank, &hand, plan, PLANS, &err) == 0);
    const struct fit_check *fitted = &checks.check[CHECK_FITTED], *pattern = &checks.check[2];
    cr_assert_float_eq(fitted->log_evidence, log(sum / 4), 1e-12, "a point that failed is in the mean");
    cr_assert_float_eq(fitted->effective_size, sum * sum / (2 + h * h), 1e-12);
    cr_assert_float_eq(fitted->target[0].mean, (2 + 2 * h) / sum, 1e-12);
    cr_assert_float_eq(fitted->target[1].mean, (0.9 + 0.6 * h) / (1 + h), 1e-12, "NaN is left out");
    cr_assert_float_eq(fitted->target[0].share_met, 1, 1e-12);
    cr_assert_float_eq(fitted->target[1].share_met, 1 / sum, 1e-12);
    cr_assert_float_eq(fitted->misfit, h / sum, 1e-12);
    cr_assert(fitted->worst == 0 && fitted->is_thin && isnan(fitted->target[1].deviation));
    cr_assert_float_eq(fitted->worst_deviation, sqrt(h / sum), 1e-12);
    cr_assert_float_eq(pattern->log_evidence, log((1 + exp(-2) + exp(-4.5)) / 4), 1e-12);
    cr_assert(pattern->worst == 1 && strcmp(pattern->title[1], "Deuxième") == 0);
    cr_assert_float_eq(checks.check[3].log_evidence, log((2 + exp(-2)) / 4), 1e-12, "error halved: (1 / 0.5)^2 / 2");
    cr_assert(checks.check[CHECK_PRIOR].worst == -1 && isnan(checks.check[CHECK_PRIOR].misfit));
    cr_assert_float_eq(checks.check[CHECK_PRIOR].target[1].mean, 2.0 / 3, 1e-12);
    checks_free(&checks);
    bank_free(&bank);
}

Test(checks, predictions_and_profiles_by_hand)
{
    struct bank bank;
    struct checks checks;
    struct fit_profile profile;
    const struct calibration_prediction asked = { 1, 1 };
    make_hand(&bank);
    cr_assert(checks_make(&checks, &bank, &hand, plan, PLANS, &err) == 0);
    struct fit_prediction p = checks_predict(&checks, CHECK_FITTED, &asked);
    double share = (0.9 + 0.6 * exp(-0.5)) / (1 + exp(-0.5));
    cr_assert_float_eq(p.share, share, 1e-12);
    cr_assert_float_eq(p.brier, (1 - share) * (1 - share), 1e-12);
    cr_assert_float_eq(p.prior_share, 2.0 / 3, 1e-12);
    cr_assert_float_eq(p.prior_brier, 1.0 / 9, 1e-12);
    checks_profile(&checks, &bank, 0, &profile); /* z: tenths 0, 4, 5 and 9 */
    cr_assert(profile.points[0] == 1 && profile.points[4] == 1 && profile.points[5] == 1 && profile.points[9] == 1);
    double mean = (2 + exp(-0.5)) / 4;
    cr_assert_float_eq(profile.mean[0], 1 / mean, 1e-12);
    cr_assert_float_eq(profile.mean[4], exp(-0.5) / mean, 1e-12);
    cr_assert(profile.mean[9] == 0 && profile.most[9] == 0 && profile.most[0] == 1 && isnan(profile.mean[1]));
    checks_free(&checks);
    bank_free(&bank);
}

Test(checks, nothing_that_can_be_weighed)
{
    struct bank bank;
    struct checks checks;
    make_hand(&bank);
    for (int i = 0; i < 8; i++)
        bank.value[i] = NAN;
    cr_assert(checks_make(&checks, &bank, &hand, plan, PLANS, &err) == 0);
    cr_assert(isinf(checks.check[CHECK_FITTED].log_evidence) && checks.check[CHECK_FITTED].effective_size == 0);
    cr_assert(checks.check[CHECK_FITTED].is_thin && isnan(checks.check[CHECK_FITTED].target[0].mean));
    checks_free(&checks);
    bank_free(&bank);
}

Test(bank, a_place_that_was_not_found_is_left_out)
{
    struct bank bank;
    const double z[] = { 1, 2, 3 }, value[6] = { 0 }, variance[6] = { 0 };
    const int draws[] = { 1, 0, 3 };
    cr_assert(bank_init(&bank, 3, 1, &targets, &err) == 0);
    bank_add(&bank, 3, draws, z, value, variance, NULL, &err);
    cr_assert(bank.count == 2 && bank.z[0] == 1 && bank.z[1] == 3 && bank.found[0] == 2);
    cr_assert_float_eq(bank.inside[0], 2.0 / (PLACE_TRIES + 4), 1e-15);
    bank_free(&bank);
}

Test(memory, every_allocation_fails_once)
{
    struct bank bank;
    struct checks checks;
    int ret = MILIEU_ERR_MEMORY;
    for (failing = 0; ret != 0; failing++) {
        allocations = 0;
        ret = bank_init(&bank, 4, 1, &targets, &err);
        cr_assert(ret == 0 || ret == MILIEU_ERR_MEMORY);
        bank_free(&bank);
    }
    cr_assert(failing == 10, "%ld", failing);
    failing = -1;
    make_hand(&bank);
    ret = MILIEU_ERR_MEMORY;
    for (failing = 0; ret != 0; failing++) {
        allocations = 0;
        ret = checks_make(&checks, &bank, &hand, plan, PLANS, &err);
        cr_assert(ret == 0 || ret == MILIEU_ERR_MEMORY);
        checks_free(&checks);
    }
    cr_assert(failing == 10, "%ld", failing);
    failing = -1;
    bank_free(&bank);
}
