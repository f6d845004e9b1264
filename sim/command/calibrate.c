/* `milieu calibrate`: parameters fitted to targets; what was learnt, and what was only assumed. */
#include "../../analysis/calibrate/calibrate.h"
#include "../../analysis/calibrate/members.h"
#include "../../analysis/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "calibrate_checks.h"
#include "columns.h"
#include "inputs.h"
#include "json.h"
#include "study_input.h"
#include "watch.h"

#define STOPPED 75 /* EX_TEMPFAIL: nothing lost, go on later */

struct calibrating {
    const struct call *call;
    struct watch watch;
};

/* ---- progress ---- */

static void take_progress(void *context, int wave, const char *trial, int64_t runs_done, int64_t runs)
{
    struct calibrating *self = context;
    (void)wave;
    (void)trial;
    watch_progress(&self->watch, runs_done, runs);
}

static void take_step(void *context, const struct calibrate_step *step)
{
    struct calibrating *self = context;
    const struct terminal *t = &self->call->terminal;
    char inside[NUMBER_LENGTH], tolerance[NUMBER_LENGTH], size[NUMBER_LENGTH], share[NUMBER_LENGTH];
    if (self->call->options.progress != PROGRESS_BAR)
        return;
    text_number(inside, 100 * step->inside, step->inside < 0.1 ? 1 : 0, false, t->lang);
    text_number(tolerance, step->tolerance, 2, false, t->lang);
    text_number(size, step->size, 0, false, t->lang);
    text_number(share, 100 * step->share, 0, false, t->lang);
    if (step->history)
        tell(t, WORD_CALIBRATE_HISTORY, step->wave, step->points, inside);
    else
        tell(t, WORD_CALIBRATE_GENERATION, step->wave, step->points, tolerance, share, size);
}

/* ---- words ---- */

static void cell_of(char cell[CELL_LENGTH], const struct terminal *t, double middle, double low, double high)
{
    char number[3][NUMBER_LENGTH];
    text_figures(number[0], middle, t->lang);
    text_figures(number[1], low, t->lang);
    text_figures(number[2], high, t->lang);
    snprintf(cell, CELL_LENGTH, in_words(t, WORD_INTERVAL), number[0], "", number[1], number[2], "");
}

static void print_parameters(const struct terminal *t, const struct fit_file *fit)
{
    struct columns table;
    columns_init(&table, t, 28, 16, 3);
    table.width[0] = 19;
    table.width[1] = 23;
    table.width[2] = 10;
    snprintf(table.heading[0], CELL_LENGTH, "%s", in_words(t, WORD_CALIBRATE_PRIOR));
    snprintf(table.heading[1], CELL_LENGTH, "%s", in_words(t, WORD_CALIBRATE_POSTERIOR));
    snprintf(table.heading[2], CELL_LENGTH, "%s", in_words(t, WORD_CALIBRATE_WIDTH));
    columns_print_heading(&table);
    for (int64_t k = 0; k < fit->parameters; k++) {
        const struct fit_parameter *p = &fit->parameter[k];
        char cell[COLUMNS_MOST][CELL_LENGTH];
        cell_of(cell[0], t, p->prior[1], p->prior[0], p->prior[2]);
        cell_of(cell[1], t, p->posterior[1], p->posterior[0], p->posterior[2]);
        text_number(cell[2], p->sd_z, 2, false, t->lang);
        columns_print_row(&table, 2, p->name, cell);
    }
}

static void observed_cell(char cell[CELL_LENGTH], const struct terminal *t, const struct fit_target *target)
{
    char number[2][NUMBER_LENGTH];
    text_figures(number[0], target->observed, t->lang);
    text_figures(number[1], target->range_high, t->lang);
    if (isfinite(target->range_high))
        snprintf(cell, CELL_LENGTH, in_words(t, WORD_VALIDATE_WITHIN), number[0], number[1]);
    else
        snprintf(cell, CELL_LENGTH, target->is_pattern ? in_words(t, WORD_VALIDATE_AT_LEAST) : "%s", number[0]);
}

static void print_targets(const struct terminal *t, const struct fit_file *fit)
{
    struct columns table;
    columns_init(&table, t, 30, 16, 3);
    table.width[0] = 14;
    table.width[1] = 21;
    table.width[2] = 12;
    snprintf(table.heading[0], CELL_LENGTH, "%s", in_words(t, WORD_CALIBRATE_OBSERVED));
    snprintf(table.heading[1], CELL_LENGTH, "%s", in_words(t, WORD_CALIBRATE_FITTED));
    snprintf(table.heading[2], CELL_LENGTH, "%s", in_words(t, WORD_CALIBRATE_MET));
    columns_print_heading(&table);
    for (int64_t j = 0; j < fit->targets; j++) {
        const struct fit_target *target = &fit->target[j];
        char cell[COLUMNS_MOST][CELL_LENGTH], name[128];
        observed_cell(cell[0], t, target);
        cell_of(cell[1], t, target->mean, target->low, target->high);
        text_number(cell[2], 100 * target->share_met, 0, false, t->lang);
        snprintf(name, sizeof name, "%s%s%s", target->id, target->held_out ? ", " : "",
                 target->held_out ? in_words(t, WORD_ROLE_HELD_OUT) : "");
        columns_print_row(&table, 2, name, cell);
    }
}

static void print_words(const struct terminal *t, const struct calibration *calibration, const struct fit *fit,
                        const char *path)
{
    static const enum word ends[] = { WORD_CALIBRATE_LAST, WORD_CALIBRATE_REACHED, WORD_CALIBRATE_FEW,
                                      WORD_CALIBRATE_LAST };
    char tolerance[NUMBER_LENGTH], size[NUMBER_LENGTH];
    text_number(tolerance, fit->file.tolerance, 2, false, t->lang);
    text_number(size, fit->file.effective_size, 0, false, t->lang);
    print_parameters(t, &fit->file);
    fputc('\n', t->out);
    print_targets(t, &fit->file);
    fputc('\n', t->out);
    if (calibration->num_checks > 2)
        checks_print(t, &fit->file, calibration->show, calibration->num_show);
    say_paragraph(t, 0, ends[fit->end], fit->file.generations, tolerance);
    say_paragraph(t, 0, WORD_CALIBRATE_SIZE, (int)fit->file.particles, size);
    say(t, WORD_CALIBRATE_FILE, path);
}

/* ---- JSON ---- */

static void add_three(cJSON *object, const char *name, const double value[3])
{
    cJSON_AddItemToObject(object, name, cJSON_CreateDoubleArray(value, 3));
}

static int print_json(const struct terminal *t, const struct fit_file *fit, const char *path, struct error *err)
{
    cJSON *object = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(object, "parameters"), *one;
    for (int64_t k = 0; k < fit->parameters; k++) {
        cJSON_AddItemToArray(list, one = cJSON_CreateObject());
        cJSON_AddStringToObject(one, "name", fit->parameter[k].name);
        add_three(one, "prior", fit->parameter[k].prior);
        add_three(one, "posterior", fit->parameter[k].posterior);
        add_number_or_null(one, "mean_z", fit->parameter[k].mean_z);
        add_number_or_null(one, "sd_z", fit->parameter[k].sd_z);
    }
    list = cJSON_AddArrayToObject(object, "correlation");
    for (int64_t k = 0; k < fit->parameters; k++)
        cJSON_AddItemToArray(list,
                             cJSON_CreateDoubleArray(fit->correlation + k * fit->parameters, (int)fit->parameters));
    list = cJSON_AddArrayToObject(object, "targets");
    for (int64_t j = 0; j < fit->targets; j++) {
        cJSON_AddItemToArray(list, one = cJSON_CreateObject());
        cJSON_AddStringToObject(one, "id", fit->target[j].id);
        cJSON_AddBoolToObject(one, "pattern", fit->target[j].is_pattern);
        cJSON_AddBoolToObject(one, "held_out", fit->target[j].held_out);
        cJSON_AddStringToObject(one, "note", fit->target[j].note);
        add_number_or_null(one, "observed", fit->target[j].observed);
        if (isfinite(fit->target[j].range_high))
            add_number_or_null(one, "range_high", fit->target[j].range_high);
        add_number_or_null(one, "fitted", fit->target[j].mean);
        add_number_or_null(one, "low", fit->target[j].low);
        add_number_or_null(one, "high", fit->target[j].high);
        add_number_or_null(one, "share_met", fit->target[j].share_met);
    }
    checks_add_json(object, fit);
    cJSON_AddStringToObject(object, "end", fit->end);
    cJSON_AddNumberToObject(object, "generations", fit->generations);
    add_number_or_null(object, "tolerance", fit->tolerance);
    add_number_or_null(object, "effective_size", fit->effective_size);
    cJSON_AddStringToObject(object, "file", path);
    return say_json(t, object, err);
}

/* ---- the command ---- */

static int calibrate(struct calibrating *self, const struct calibration *calibration, struct fit *fit,
                     struct error *err)
{
    const struct options *o = &self->call->options;
    const struct calibrate_options options = {
        .wave = { .folder = o->output,
                  .program = study_program(),
                  .threads = o->threads > 0 ? o->threads : options_default_threads(),
                  .clock = study_clock,
                  .stop = &self->watch.stop,
                  .progress = take_progress,
                  .progress_context = self },
        .step = take_step,
        .step_context = self,
    };
    int ret = csv_folder(o->output, err);
    return ret != 0 ? ret : calibrate_run(fit, calibration, &options, err);
}

/* Processes that end together write the fit one after the other: each would take the other's temporary file away as left
 * by the dead. Closing it gives it up; -1 where the disk knows no locks, and then so be it. */
static int wait_for_turn(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/fit.lock", folder);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    while (file >= 0 && fcntl(file, F_SETLKW, &(struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET }) != 0 &&
           errno == EINTR)
        ;
    return file;
}

static int report(const struct call *call, const struct calibration *calibration, const struct fit *fit,
                  struct error *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/fit.h5", call->options.output);
    int turn = wait_for_turn(call->options.output);
    int ret = fit_file_write(&fit->file, path, err);
    if (ret == 0)
        ret = members_write(fit, calibration, call->options.output, err);
    if (turn >= 0)
        close(turn);
    if (ret == 0 && call->options.json)
        return print_json(&call->terminal, &fit->file, path, err);
    if (ret == 0)
        print_words(&call->terminal, calibration, fit, path);
    return ret;
}

static int start(const struct call *call, const struct calibration *calibration, struct error *err)
{
    struct calibrating self = { .call = call };
    struct fit fit = { 0 };
    signal(SIGXFSZ, SIG_IGN); /* a file-size limit is an error like a full disk */
    int ret = watch_start(&self.watch, &call->terminal, call->options.progress, "", err);
    if (ret != 0)
        return ret;
    ret = calibrate(&self, calibration, &fit, err);
    watch_end(&self.watch);
    if (ret == 0)
        ret = report(call, calibration, &fit, err);
    calibrate_free(&fit);
    if (ret != MILIEU_ERR_INTERRUPTED)
        return ret;
    tell(&call->terminal, WORD_SWEEP_STOPPED);
    return STOPPED;
}

int command_calibrate(struct call *call, struct error *err)
{
    struct calibration calibration = { 0 };
    struct messages messages;
    if (call->num_operands != 1)
        return wrong_operands(call, err);
    if (call->options.output == NULL)
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_SWEEP_WHERE);
    messages_init(&messages, call->terminal.lang);
    int ret = calibration_read(&calibration, call->operand[0], &messages, err);
    ret = input_finish(call, &messages, ret);
    if (ret == 0)
        ret = start(call, &calibration, err);
    calibration_free(&calibration);
    return ret;
}
