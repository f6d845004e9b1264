#include "calibrate.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#define MARGIN 1.6448536269514722 /* of a normal score: 5 in 100 lie beyond */

struct calibrating {
    const struct calibration *calibration;
    const struct calibrate_options *options;
    struct fit *fit;
    struct targets targets;
    double *observed, *error;
    bool *at_least, *held_out;
    struct emulator *emulator; /* [history] */
    struct cut cut;
    double *z, *value, *variance; /* of the wave at hand: [points][...] */
    int *draws;                   /* [points], that each took */
};

/* ---- room ---- */

static int make_targets(struct calibrating *s, struct error *err)
{
    const struct calibration *c = s->calibration;
    size_t n = (size_t)c->num_targets;
    s->observed = malloc(n * sizeof *s->observed);
    s->error = malloc(n * sizeof *s->error);
    s->at_least = malloc(n * sizeof *s->at_least);
    s->held_out = malloc(n * sizeof *s->held_out);
    if (s->observed == NULL || s->error == NULL || s->at_least == NULL || s->held_out == NULL)
        return error_set_memory(err);
    for (size_t j = 0; j < n; j++) {
        s->observed[j] = c->target[j].observed;
        s->error[j] = c->target[j].error;
        s->at_least[j] = c->target[j].is_pattern;
        s->held_out[j] = c->target[j].held_out;
    }
    s->targets = (struct targets){ c->num_targets, s->observed, s->error, s->at_least, s->held_out };
    return 0;
}

static int make_room(struct calibrating *s, struct error *err)
{
    const struct calibration *c = s->calibration;
    size_t n = (size_t)(c->bank > c->particles ? c->bank : c->particles), cells = n * (size_t)c->num_targets;
    s->emulator = calloc((size_t)c->history + 1, sizeof *s->emulator);
    s->z = malloc(n * (size_t)c->num_fits * sizeof *s->z);
    s->value = malloc(cells * sizeof *s->value);
    s->variance = malloc(cells * sizeof *s->variance);
    s->draws = malloc(n * sizeof *s->draws);
    if (s->emulator == NULL || s->z == NULL || s->value == NULL || s->variance == NULL || s->draws == NULL)
        return error_set_memory(err);
    s->cut = (struct cut){ s->emulator, 0 };
    int ret = make_targets(s, err);
    return ret != 0 ? ret
                    : bank_init(&s->fit->bank, c->bank + (c->history + c->generations) * c->particles, c->num_fits,
                                c->num_targets, err);
}

static void free_room(struct calibrating *s)
{
    for (int h = 0; s->emulator != NULL && h < s->calibration->history; h++)
        emulator_free(&s->emulator[h]);
    free(s->emulator);
    free(s->z);
    free(s->value);
    free(s->variance);
    free(s->draws);
    free(s->observed);
    free(s->error);
    free(s->at_least);
    free(s->held_out);
}

static void tell(const struct calibrating *s, const struct calibrate_step *step)
{
    if (s->options->step != NULL)
        s->options->step(s->options->step_context, step);
}

/* What is in the arrays now. */
static struct posterior_wave wave_at_hand(const struct calibrating *s, int wave, int points)
{
    return (struct posterior_wave){ wave, points, s->z, s->value, s->variance };
}

/* ---- history matching ---- */

static double draw_wave(struct calibrating *s, int wave, int points)
{
    const struct calibration *c = s->calibration;
    double draws = 0;
    for (int i = 0; i < points; i++) {
        struct place_luck luck = { c->seed, wave, i };
        s->draws[i] = place_prior(&s->cut, luck, c->num_fits, s->z + (size_t)i * (size_t)c->num_fits);
        draws += s->draws[i] > 0 ? s->draws[i] : PLACE_TRIES;
    }
    return draws;
}

static void put_into_bank(struct calibrating *s, int points)
{
    bank_add(&s->fit->bank, points, s->draws, s->z, s->value, s->variance);
}

static int match_history(struct calibrating *s, struct error *err)
{
    const struct calibration *c = s->calibration;
    int ret = 0;
    for (int wave = 0; wave < c->history && ret == 0; wave++) {
        int points = wave == 0 ? c->bank : c->particles;
        double draws = draw_wave(s, wave, points);
        ret = wave_run(c, wave, points, s->z, &s->options->wave, s->value, s->variance, err);
        const struct posterior_wave made = wave_at_hand(s, wave, points);
        if (ret == 0)
            ret = posterior_add_prior(&s->fit->posterior, &made, err);
        if (ret == 0)
            ret = emulator_init(&s->emulator[wave], &s->targets, c->num_fits, points, s->z, s->value, err);
        if (ret == 0) {
            s->cut.count = wave + 1;
            put_into_bank(s, points);
            tell(s,
                 &(struct calibrate_step){ .wave = wave, .history = true, .points = points, .inside = points / draws });
        }
    }
    posterior_cut(&s->fit->posterior, &s->cut);
    return ret;
}

/* ---- generations ---- */

static int run_generation(struct calibrating *s, struct error *err)
{
    const struct calibration *c = s->calibration;
    struct abc *abc = &s->fit->abc;
    int wave = c->history + abc->generation, points = abc_proposals(abc), ret;
    for (int i = 0; i < points; i++)
        s->draws[i] = abc_propose(abc, i, s->z + (size_t)i * (size_t)c->num_fits);
    ret = wave_run(c, wave, points, s->z, &s->options->wave, s->value, s->variance, err);
    const struct posterior_wave made = wave_at_hand(s, wave, points);
    if (ret == 0)
        put_into_bank(s, points);
    if (ret == 0)
        ret = posterior_add(&s->fit->posterior, abc, &made, err);
    if (ret == 0)
        ret = abc_take(abc, s->value, s->variance, err);
    if (ret == 0)
        posterior_tell(&s->fit->posterior, abc);
    if (ret == 0)
        tell(s, &(struct calibrate_step){ .wave = wave,
                                          .points = points,
                                          .inside = abc->prior_inside,
                                          .tolerance = abc->tolerance,
                                          .size = weighted_size(abc->weight, abc->count),
                                          .share = abc->share });
    return ret;
}

static int come_nearer(struct calibrating *s, struct error *err)
{
    const struct calibration *c = s->calibration;
    int kept = (int)(c->keep * c->particles), least = c->num_fits + 2;
    const struct abc_plan plan = { .targets = &s->targets,
                                   .cut = s->cut,
                                   .dimensions = c->num_fits,
                                   .particles = c->particles,
                                   .kept = kept > least ? kept : least,
                                   .generations = c->generations,
                                   .least_share = c->stop_share,
                                   .error = ABC_NORMAL,
                                   .seed = c->seed,
                                   .first_wave = c->history };
    int ret = abc_init(&s->fit->abc, &plan, err);
    while (ret == 0 && (s->fit->end = abc_done(&s->fit->abc)) == ABC_GOES_ON)
        ret = run_generation(s, err);
    return ret;
}

/* ---- checks ---- */

static int predict_all(struct fit *self, const struct calibration *c, struct error *err)
{
    int64_t count = 0;
    for (int i = 0; i < c->num_checks; i++)
        count += c->check[i].num_predictions;
    self->prediction = calloc((size_t)count + 1, sizeof *self->prediction);
    if (self->prediction == NULL)
        return error_set_memory(err);
    for (int i = 0; i < c->num_checks; i++)
        for (int p = 0; p < c->check[i].num_predictions; p++)
            self->prediction[self->file.predictions++] = checks_predict(&self->checks, i, &c->check[i].prediction[p]);
    return 0;
}

/* The parameters the posterior narrowed least. */
static void profile_least(struct fit *self, const struct calibration *c)
{
    for (int p = 0; p < FIT_PROFILES && p < c->num_fits; p++) {
        int least = -1;
        for (int k = 0; k < c->num_fits; k++)
            if ((p == 0 || k != self->profile[0].parameter) &&
                (least < 0 || self->parameter[k].sd_z > self->parameter[least].sd_z))
                least = k;
        checks_profile(&self->checks, &self->bank, least, &self->profile[p]);
        for (int t = 0; t <= FIT_TENTHS; t++) {
            double z = t == 0 ? -PLACE_FARTHEST : t == FIT_TENTHS ? PLACE_FARTHEST : gsl_cdf_ugaussian_Pinv(t / 10.0);
            self->profile[p].edge[t] = calibration_value(c, least, z);
        }
        self->file.profiles++;
    }
}

static int check_all(struct calibrating *s, struct error *err)
{
    struct fit *fit = s->fit;
    const struct calibration *c = s->calibration;
    bank_weigh(&fit->bank, &s->cut, fit->posterior.part);
    int ret = checks_make(&fit->checks, &fit->bank, &s->targets, c->check, c->num_checks, err);
    if (ret == 0)
        ret = predict_all(fit, c, err);
    if (ret != 0)
        return ret;
    profile_least(fit, c);
    fit->file.bank = fit->bank.count;
    fit->file.checks = fit->checks.count;
    fit->file.check = fit->checks.check;
    fit->file.prediction = fit->prediction;
    fit->file.profile = fit->profile;
    return 0;
}

/* ---- what came out ---- */

static void tell_parameter(struct fit *self, const struct calibration *c, int k)
{
    const struct particles all = posterior_particles(&self->posterior);
    struct weighted_row row = particles_parameter(&all, k);
    const double score[3] = { -MARGIN, 0, MARGIN }, posterior[3] = { row.low, row.median, row.high };
    struct fit_parameter *p = &self->parameter[k];
    *p = (struct fit_parameter){ .name = calibration_fit_name(c, k),
                                 .path = c->trial[0].probe.vary[k].target[0],
                                 .mean_z = row.mean,
                                 .sd_z = row.sd };
    for (int i = 0; i < 3; i++) {
        p->prior[i] = calibration_value(c, k, score[i]);
        p->posterior[i] = calibration_value(c, k, posterior[i]);
    }
    for (int l = 0; l < c->num_fits; l++)
        self->correlation[(size_t)k * (size_t)c->num_fits + (size_t)l] = particles_correlation(&all, k, l);
}

static void tell_target(struct fit *self, const struct calibration *c, int j)
{
    const struct calibration_target *t = &c->target[j];
    const struct particles all = posterior_particles(&self->posterior);
    struct weighted_row row = particles_value(&all, j);
    self->target[j] = (struct fit_target){ .id = t->id,
                                           .note = t->note,
                                           .observed = t->observed,
                                           .error = t->error,
                                           .is_pattern = t->is_pattern,
                                           .held_out = t->held_out,
                                           .mean = row.mean,
                                           .low = row.low,
                                           .high = row.high,
                                           .share_met = particles_share_met(&all, j) };
}

static int tell_all(struct fit *self, const struct calibration *c, const char *program, struct error *err)
{
    static const char *const ends[] = { "goes on", "tolerance reached", "few proposals get in", "last generation" };
    const struct posterior *all = &self->posterior;
    size_t n = (size_t)all->count, d = (size_t)c->num_fits;
    self->parameter = calloc(d, sizeof *self->parameter);
    self->target = calloc((size_t)c->num_targets, sizeof *self->target);
    self->theta = malloc(n * d * sizeof *self->theta);
    self->correlation = malloc(d * d * sizeof *self->correlation);
    if (self->parameter == NULL || self->target == NULL || self->theta == NULL || self->correlation == NULL)
        return error_set_memory(err);
    for (int k = 0; k < c->num_fits; k++)
        tell_parameter(self, c, k);
    for (int j = 0; j < c->num_targets; j++)
        tell_target(self, c, j);
    for (size_t i = 0; i < n * d; i++)
        self->theta[i] = calibration_value(c, (int)(i % d), all->z[i]);
    self->file = (struct fit_file){ .id = c->id,
                                    .title = c->title[0],
                                    .text = c->text,
                                    .source = program,
                                    .particles = all->count,
                                    .parameters = c->num_fits,
                                    .targets = c->num_targets,
                                    .weight = all->weight,
                                    .distance = all->distance,
                                    .wave = all->wave,
                                    .point = all->point,
                                    .z = all->z,
                                    .theta = self->theta,
                                    .value = all->value,
                                    .variance = all->variance,
                                    .parameter = self->parameter,
                                    .target = self->target,
                                    .correlation = self->correlation,
                                    .tolerance = self->abc.tolerance,
                                    .effective_size = weighted_size(all->weight, all->count),
                                    .generations = self->abc.generation,
                                    .end = ends[self->end] };
    return 0;
}

int calibrate_run(struct fit *self, const struct calibration *calibration, const struct calibrate_options *options,
                  struct error *err)
{
    struct calibrating s = { .calibration = calibration, .options = options, .fit = self };
    *self = (struct fit){ .end = ABC_GOES_ON };
    posterior_init(&self->posterior, &s.targets, calibration->num_fits);
    int ret = make_room(&s, err);
    if (ret == 0)
        ret = match_history(&s, err);
    if (ret == 0)
        ret = come_nearer(&s, err);
    if (ret == 0)
        ret = posterior_weigh(&self->posterior, err);
    if (ret == 0)
        ret = tell_all(self, calibration, options->wave.program, err);
    if (ret == 0)
        ret = check_all(&s, err);
    free_room(&s);
    return ret;
}

void calibrate_free(struct fit *self)
{
    abc_free(&self->abc);
    posterior_free(&self->posterior);
    free(self->parameter);
    free(self->target);
    free(self->theta);
    free(self->correlation);
    bank_free(&self->bank);
    checks_free(&self->checks);
    free(self->prediction);
    *self = (struct fit){ .end = ABC_GOES_ON };
}
