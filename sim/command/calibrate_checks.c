#include "calibrate_checks.h"

#include <math.h>
#include <string.h>

#include "../../analysis/calibrate/checks.h"
#include "columns.h"

/* Brier scores over all predictions, and the share of what happened. */
struct scores {
    double check, prior, constant, happened;
};

static struct scores scores_of(const struct fit_file *fit)
{
    struct scores s = { 0 };
    double n = (double)fit->predictions;
    for (int64_t i = 0; i < fit->predictions; i++) {
        s.check += fit->prediction[i].brier / n;
        s.prior += fit->prediction[i].prior_brier / n;
        s.happened += fit->prediction[i].observed / n;
    }
    s.constant = s.happened * (1 - s.happened);
    return s;
}

static void heading(struct columns *table, int column, size_t width, const char *words)
{
    table->width[column] = width;
    snprintf(table->heading[column], CELL_LENGTH, "%s", words);
}

/* "12.3 (4.5)" */
static void with_error(char cell[CELL_LENGTH], double value, double error, int decimals, int lang)
{
    char number[2][NUMBER_LENGTH];
    text_number(number[0], value, decimals, false, lang);
    text_number(number[1], error, decimals, false, lang);
    snprintf(cell, CELL_LENGTH, "%.40s (%.40s)", number[0], number[1]);
}

static const char *label_of(char label[128], const struct fit_check *check)
{
    snprintf(label, 128, "%s%s", check->id, check->is_thin ? "*" : "");
    return label;
}

/* ---- tables ---- */

static void print_check(const struct columns *table, const struct fit_file *fit, const struct fit_check *check)
{
    const int lang = table->terminal->lang;
    char cell[COLUMNS_MOST][CELL_LENGTH], number[NUMBER_LENGTH], label[128];
    text_number(cell[0], check->effective_size, 0, false, lang);
    with_error(cell[1], check->against_fitted, check->against_fitted_se, 1, lang);
    text_number(cell[2], check->misfit, 1, false, lang);
    text_number(number, check->worst_deviation, 1, false, lang);
    snprintf(cell[3], CELL_LENGTH, "%s%s%s", number, check->worst >= 0 ? " " : "",
             check->worst >= 0 ? fit->target[check->worst].id : "");
    columns_print_row(table, 2, label_of(label, check), cell);
}

static void print_checks(const struct terminal *t, const struct fit_file *fit)
{
    struct columns table;
    bool thin = false;
    say_paragraph(t, 0, WORD_CALIBRATE_CHECKS, (int)fit->bank);
    columns_init(&table, t, 20, 10, 4);
    heading(&table, 0, 11, in_words(t, WORD_CALIBRATE_CHECK_SIZE));
    heading(&table, 1, 17, in_words(t, WORD_CALIBRATE_CHECK_EVIDENCE));
    heading(&table, 2, 9, in_words(t, WORD_CALIBRATE_CHECK_MISFIT));
    heading(&table, 3, 22, in_words(t, WORD_CALIBRATE_CHECK_WORST));
    columns_print_heading(&table);
    for (int64_t i = 0; i < fit->checks; i++) {
        print_check(&table, fit, &fit->check[i]);
        thin |= fit->check[i].is_thin;
    }
    if (thin)
        say_paragraph(t, 0, WORD_CALIBRATE_CHECK_THIN, CHECK_THIN);
    fputc('\n', t->out);
}

static void print_means(const struct columns *table, const struct fit_file *fit, const struct fit_check *check,
                        const int *show, int num_show)
{
    char cell[COLUMNS_MOST][CELL_LENGTH], label[128];
    double least = NAN;
    for (int k = 0; k < num_show; k++) {
        double mean = check->target[show[k]].mean;
        text_figures(cell[k], mean, table->terminal->lang);
        if (fit->target[show[k]].is_pattern)
            least = fmin(least, mean);
    }
    text_figures(cell[num_show], least, table->terminal->lang);
    columns_print_row(table, 2, label_of(label, check), cell);
}

static void print_shown(const struct terminal *t, const struct fit_file *fit, const int *show, int num_show)
{
    struct columns table;
    say_paragraph(t, 0, WORD_CALIBRATE_CHECK_SHOWN);
    columns_init(&table, t, 19, 10, num_show + 1);
    for (int k = 0; k < num_show; k++)
        heading(&table, k, 10, fit->target[show[k]].id);
    heading(&table, num_show, 11, in_words(t, WORD_CALIBRATE_CHECK_LEAST));
    columns_print_heading(&table);
    for (int64_t i = 0; i < fit->checks; i++)
        print_means(&table, fit, &fit->check[i], show, num_show);
    fputc('\n', t->out);
}

static void print_prediction(const struct columns *table, const struct fit_file *fit, const struct fit_prediction *p)
{
    const int lang = table->terminal->lang;
    char cell[COLUMNS_MOST][CELL_LENGTH], label[256];
    with_error(cell[0], 100 * p->share, 100 * p->se, 0, lang);
    text_number(cell[1], p->observed, 0, false, lang);
    text_number(cell[2], p->brier, 3, false, lang);
    text_number(cell[3], 100 * p->prior_share, 0, false, lang);
    text_number(cell[4], p->prior_brier, 3, false, lang);
    snprintf(label, sizeof label, "%s%s: %s", fit->check[p->check].id, fit->check[p->check].is_thin ? "*" : "",
             fit->target[p->target].id);
    columns_print_row(table, 2, label, cell);
}

static void print_scores(const struct columns *table, const struct fit_file *fit)
{
    const struct terminal *t = table->terminal;
    const struct scores s = scores_of(fit);
    char cell[COLUMNS_MOST][CELL_LENGTH] = { "", "", "", "", "" }, happened[NUMBER_LENGTH], constant[NUMBER_LENGTH];
    text_number(cell[2], s.check, 3, false, t->lang);
    text_number(cell[4], s.prior, 3, false, t->lang);
    columns_print_row(table, 2, in_words(t, WORD_CALIBRATE_PREDICTED_MEAN), cell);
    text_number(happened, 100 * s.happened, 0, false, t->lang);
    text_number(constant, s.constant, 4, false, t->lang);
    say_paragraph(t, 0, WORD_CALIBRATE_PREDICTED_CONSTANT, happened, constant);
}

static void print_predictions(const struct terminal *t, const struct fit_file *fit)
{
    struct columns table;
    say_paragraph(t, 0, WORD_CALIBRATE_PREDICTED);
    columns_init(&table, t, 25, 11, 5);
    heading(&table, 0, 12, in_words(t, WORD_CALIBRATE_PREDICTED_SHARE));
    heading(&table, 1, 10, in_words(t, WORD_CALIBRATE_PREDICTED_OBSERVED));
    heading(&table, 2, 9, in_words(t, WORD_CALIBRATE_PREDICTED_BRIER));
    heading(&table, 3, 12, in_words(t, WORD_CALIBRATE_PREDICTED_PRIOR));
    heading(&table, 4, 11, in_words(t, WORD_CALIBRATE_PREDICTED_PRIOR_BRIER));
    columns_print_heading(&table);
    for (int64_t i = 0; i < fit->predictions; i++)
        print_prediction(&table, fit, &fit->prediction[i]);
    print_scores(&table, fit);
    fputc('\n', t->out);
}

static void print_profile(const struct terminal *t, const struct fit_file *fit, const struct fit_profile *profile)
{
    char tenths[FIT_TENTHS * NUMBER_LENGTH] = "", number[NUMBER_LENGTH];
    for (int k = 0; k < FIT_TENTHS; k++) {
        text_number(number, profile->mean[k], 1, false, t->lang);
        strcat(tenths, k > 0 ? " " : "");
        strcat(tenths, number);
    }
    say_paragraph(t, 0, WORD_CALIBRATE_PROFILE, fit->parameter[profile->parameter].name, tenths);
}

void checks_print(const struct terminal *t, const struct fit_file *fit, const int *show, int num_show)
{
    print_checks(t, fit);
    if (num_show > 0)
        print_shown(t, fit, show, num_show);
    if (fit->predictions > 0)
        print_predictions(t, fit);
    for (int64_t i = 0; i < fit->profiles; i++)
        print_profile(t, fit, &fit->profile[i]);
    fputc('\n', t->out);
}

/* ---- JSON ---- */

static void add_targets(cJSON *object, const struct fit_file *fit, const struct fit_check *check)
{
    cJSON *list = cJSON_AddArrayToObject(object, "targets"), *one;
    for (int64_t j = 0; j < fit->targets; j++) {
        const struct fit_check_target *target = &check->target[j];
        cJSON_AddItemToArray(list, one = cJSON_CreateObject());
        cJSON_AddStringToObject(one, "id", fit->target[j].id);
        add_number_or_null(one, "weight", check->weight[j]);
        add_number_or_null(one, "mean", target->mean);
        add_number_or_null(one, "se", target->se);
        add_number_or_null(one, "low", target->low);
        add_number_or_null(one, "high", target->high);
        add_number_or_null(one, "share_met", target->share_met);
        add_number_or_null(one, "deviation", target->deviation);
    }
}

static cJSON *json_of_check(const struct fit_file *fit, const struct fit_check *check)
{
    cJSON *one = cJSON_CreateObject();
    cJSON_AddStringToObject(one, "id", check->id);
    add_text_or_null(one, "title", check->title[0]);
    add_text_or_null(one, "title_fr", check->title[1]);
    add_number_or_null(one, "effective_size", check->effective_size);
    cJSON_AddBoolToObject(one, "thin", check->is_thin);
    add_number_or_null(one, "log_evidence", check->log_evidence);
    add_number_or_null(one, "against_fitted", check->against_fitted);
    add_number_or_null(one, "against_fitted_se", check->against_fitted_se);
    add_number_or_null(one, "misfit", check->misfit);
    add_text_or_null(one, "worst", check->worst >= 0 ? fit->target[check->worst].id : NULL);
    add_number_or_null(one, "worst_deviation", check->worst_deviation);
    add_targets(one, fit, check);
    return one;
}

static cJSON *json_of_prediction(const struct fit_file *fit, const struct fit_prediction *p)
{
    cJSON *one = cJSON_CreateObject();
    cJSON_AddStringToObject(one, "check", fit->check[p->check].id);
    cJSON_AddStringToObject(one, "target", fit->target[p->target].id);
    add_number_or_null(one, "observed", p->observed);
    add_number_or_null(one, "share", p->share);
    add_number_or_null(one, "se", p->se);
    add_number_or_null(one, "brier", p->brier);
    add_number_or_null(one, "prior_share", p->prior_share);
    add_number_or_null(one, "prior_brier", p->prior_brier);
    return one;
}

static void add_tenths(cJSON *object, const char *name, const double *value, int count)
{
    cJSON *list = cJSON_AddArrayToObject(object, name);
    for (int t = 0; t < count; t++)
        cJSON_AddItemToArray(list, number_or_null(value[t]));
}

static cJSON *json_of_profile(const struct fit_file *fit, const struct fit_profile *profile)
{
    cJSON *one = cJSON_CreateObject();
    cJSON_AddStringToObject(one, "parameter", fit->parameter[profile->parameter].name);
    add_tenths(one, "edges", profile->edge, FIT_TENTHS + 1);
    add_tenths(one, "mean", profile->mean, FIT_TENTHS);
    add_tenths(one, "se", profile->se, FIT_TENTHS);
    add_tenths(one, "most", profile->most, FIT_TENTHS);
    return one;
}

void checks_add_json(cJSON *object, const struct fit_file *fit)
{
    const struct scores s = scores_of(fit);
    cJSON *list = cJSON_AddArrayToObject(object, "checks");
    for (int64_t i = 0; i < fit->checks; i++)
        cJSON_AddItemToArray(list, json_of_check(fit, &fit->check[i]));
    list = cJSON_AddArrayToObject(object, "predictions");
    for (int64_t i = 0; i < fit->predictions; i++)
        cJSON_AddItemToArray(list, json_of_prediction(fit, &fit->prediction[i]));
    list = cJSON_AddArrayToObject(object, "profiles");
    for (int64_t i = 0; i < fit->profiles; i++)
        cJSON_AddItemToArray(list, json_of_profile(fit, &fit->profile[i]));
    if (fit->predictions > 0) {
        cJSON *brier = cJSON_AddObjectToObject(object, "brier");
        add_number_or_null(brier, "checks", s.check);
        add_number_or_null(brier, "prior", s.prior);
        add_number_or_null(brier, "constant", s.constant);
    }
}
