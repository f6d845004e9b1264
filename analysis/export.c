#include "export.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

struct tables {
    struct results_file *file;
    const char *folder;
    struct csv_form form;
    char (*date)[16]; /* [horizon] first day of each week, "" where the scenario has no start */
};

/* ---- dates ---- */

static int days_in_month(int year, int month)
{
    static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static void fill_dates(struct tables *self)
{
    int year = 0, month = 0, day = 0;
    if (sscanf(self->file->start, "%4d-%2d-%2d", &year, &month, &day) != 3 || month < 1 || month > 12)
        return;
    for (int week = 0; week < self->file->horizon; week++, day += 7) {
        while (day > days_in_month(year, month)) {
            day -= days_in_month(year, month);
            year += month == 12;
            month = month % 12 + 1;
        }
        snprintf(self->date[week], sizeof self->date[week], "%04u-%02u-%02u", (unsigned)year % 10000U,
                 (unsigned)month % 100U, (unsigned)day % 100U);
    }
}

/* ---- arms, clinics, parameters ---- */

static int export_arms(struct tables *self, struct error *err)
{
    const struct results_file *file = self->file;
    struct csv t;
    int ret = csv_begin(&t, self->folder, "arms.csv", &self->form, err);
    if (ret != 0)
        return ret;
    csv_put_texts(&t, (const char *const[]){ "arm", "title", "title_fr", "reference", NULL });
    for (int i = 0; i < file->num_strategies; i++)
        csv_put_text(&t, file->strategy_id[i]);
    csv_end_row(&t);
    for (int arm = 0; arm < file->num_arms; arm++) {
        csv_put_texts(
            &t, (const char *const[]){ file->arm_id[arm], file->arm_title[0][arm], file->arm_title[1][arm], NULL });
        csv_put_whole(&t, arm == file->reference_arm);
        for (int i = 0; i < file->num_strategies; i++)
            csv_put_whole(&t, file->strategy_on[arm * file->num_strategies + i]);
        csv_end_row(&t);
    }
    return csv_end(&t, 0, err);
}

static int export_clinics(struct tables *self, struct error *err)
{
    const struct results_file *file = self->file;
    struct csv t;
    int ret = csv_begin(&t, self->folder, "clinics.csv", &self->form, err);
    if (ret != 0)
        return ret;
    csv_put_texts(&t, (const char *const[]){ "clinic", "title", "title_fr", NULL });
    csv_end_row(&t);
    for (int i = 0; i < file->num_clinics; i++) {
        csv_put_texts(
            &t, (const char *const[]){ file->clinic_id[i], file->clinic_title[0][i], file->clinic_title[1][i], NULL });
        csv_end_row(&t);
    }
    return csv_end(&t, 0, err);
}

static int export_parameters(struct tables *self, struct error *err)
{
    double value[NUM_PARAMS];
    struct csv t;
    int ret = csv_begin(&t, self->folder, "parameters.csv", &self->form, err);
    if (ret != 0)
        return ret;
    csv_put_texts(&t, (const char *const[]){ "draw", "parameter", "value", NULL });
    csv_end_row(&t);
    for (int draw = 0; draw < self->file->num_draws && ret == 0; draw++) {
        ret = results_read_parameters(self->file, draw, value, err);
        for (int i = 0; i < NUM_PARAMS && ret == 0; i++) {
            csv_put_whole(&t, draw);
            csv_put_text(&t, param_table[i].id);
            csv_put_double(&t, value[i]);
            csv_end_row(&t);
        }
    }
    return csv_end(&t, ret, err);
}

static int export_ratings(struct tables *self, struct error *err)
{
    float *rating = malloc((size_t)self->file->num_clinics * NUM_FACTORS * sizeof *rating);
    struct csv t;
    int ret = rating == NULL ? error_set_memory(err) : csv_begin(&t, self->folder, "ratings.csv", &self->form, err);
    if (ret != 0) {
        free(rating);
        return ret;
    }
    csv_put_texts(&t, (const char *const[]){ "draw", "clinic", NULL });
    for (int i = 0; i < NUM_FACTORS; i++)
        csv_put_text(&t, factor_table[i].id);
    csv_end_row(&t);
    for (int draw = 0; draw < self->file->num_draws && ret == 0; draw++) {
        ret = results_read_ratings(self->file, draw, rating, err);
        for (int clinic = 0; clinic < self->file->num_clinics && ret == 0; clinic++) {
            csv_put_whole(&t, draw);
            csv_put_text(&t, self->file->clinic_id[clinic]);
            for (int i = 0; i < NUM_FACTORS; i++)
                csv_put_float(&t, rating[clinic * NUM_FACTORS + i]);
            csv_end_row(&t);
        }
    }
    free(rating);
    return csv_end(&t, ret, err);
}

/* ---- outcomes ---- */

/* The outcomes of one arm, all runs: [outcome][run][clinic]; an outcome the file does not have is missing. */
static int read_arm(struct results_file *file, int arm, bool all, size_t width, double *value, struct error *err)
{
    int ret = 0;
    for (int i = 0; i < NUM_OUTCOMES && ret == 0; i++) {
        double *out = value + (size_t)i * width;
        for (size_t j = 0; j < width; j++)
            out[j] = NAN;
        if (results_has_outcome(file, i))
            ret = all ? results_read_outcome_all(file, i, arm, out, err) : results_read_outcome(file, i, arm, out, err);
    }
    return ret;
}

static void put_outcomes(struct csv *t, const struct results_file *file, int arm, bool all, const double *value)
{
    size_t clinics = all ? 1 : (size_t)file->num_clinics,
           runs = (size_t)file->num_draws * (size_t)file->num_replications;
    for (size_t row = 0; row < runs * clinics; row++) {
        size_t run = row / clinics;
        csv_put_text(t, file->arm_id[arm]);
        csv_put_whole(t, (long long)(run / (size_t)file->num_replications));
        csv_put_whole(t, (long long)(run % (size_t)file->num_replications));
        if (!all)
            csv_put_text(t, file->clinic_id[row % clinics]);
        for (size_t i = 0; i < NUM_OUTCOMES; i++)
            csv_put_double(t, value[i * runs * clinics + row]);
        csv_end_row(t);
    }
}

static int export_outcomes(struct tables *self, bool all, struct error *err)
{
    const struct results_file *file = self->file;
    size_t clinics = all ? 1 : (size_t)file->num_clinics;
    size_t width = (size_t)file->num_draws * (size_t)file->num_replications * clinics;
    double *value = malloc(width * NUM_OUTCOMES * sizeof *value);
    struct csv t;
    int ret = value == NULL ? error_set_memory(err)
                            : csv_begin(&t, self->folder, all ? "outcomes_all.csv" : "outcomes.csv", &self->form, err);
    if (ret != 0) {
        free(value);
        return ret;
    }
    csv_put_texts(&t, (const char *const[]){ "arm", "draw", "replication", all ? NULL : "clinic", NULL });
    for (int i = 0; i < NUM_OUTCOMES; i++)
        csv_put_text(&t, outcome_table[i].id);
    csv_end_row(&t);
    for (int arm = 0; arm < file->num_arms && ret == 0; arm++)
        if ((ret = read_arm(self->file, arm, all, width, value, err)) == 0)
            put_outcomes(&t, file, arm, all, value);
    free(value);
    return csv_end(&t, ret, err);
}

/* ---- series ---- */

/* All series of a piece of a run: [series][clinics][weeks]. */
static int read_piece(struct results_file *file, int arm, int draw, int replication, int first, int count, float *value,
                      struct error *err)
{
    size_t size = (size_t)count * (size_t)file->horizon;
    int ret = 0;
    for (int s = 0; s < NUM_SERIES && ret == 0; s++) {
        float *out = value + (size_t)s * size;
        for (size_t i = 0; i < size; i++)
            out[i] = NAN;
        if (results_has_series(file, s))
            ret = results_read_series(file, s, arm, draw, replication, first, count, out, err);
    }
    return ret;
}

static void put_piece(struct csv *t, const struct tables *self, int arm, int draw, int replication, int first,
                      int count, const float *value)
{
    const struct results_file *file = self->file;
    size_t size = (size_t)count * (size_t)file->horizon;
    for (size_t row = 0; row < size; row++) {
        size_t week = row % (size_t)file->horizon;
        csv_put_text(t, file->arm_id[arm]);
        csv_put_whole(t, draw);
        csv_put_whole(t, replication);
        csv_put_text(t, file->clinic_id[first + (int)(row / (size_t)file->horizon)]);
        csv_put_whole(t, (long long)week);
        csv_put_text(t, self->date[week]);
        for (size_t s = 0; s < NUM_SERIES; s++)
            csv_put_float(t, value[s * size + row]);
        csv_end_row(t);
    }
}

static int export_series(struct tables *self, struct error *err)
{
    enum { CLINICS = 64 };
    struct results_file *file = self->file;
    float *value = malloc((size_t)CLINICS * (size_t)file->horizon * NUM_SERIES * sizeof *value);
    int runs = file->num_draws * file->num_replications;
    struct csv t;
    int ret = value == NULL ? error_set_memory(err) : csv_begin(&t, self->folder, "series.csv", &self->form, err);
    if (ret != 0) {
        free(value);
        return ret;
    }
    csv_put_texts(&t, (const char *const[]){ "arm", "draw", "replication", "clinic", "week", "date", NULL });
    for (int s = 0; s < NUM_SERIES; s++)
        csv_put_text(&t, series_table[s].id);
    csv_end_row(&t);
    for (int i = 0; i < file->num_arms * runs && ret == 0; i++) {
        int arm = i / runs, draw = i % runs / file->num_replications, replication = i % file->num_replications;
        for (int first = 0; first < file->num_clinics && ret == 0; first += CLINICS) {
            int count = file->num_clinics - first < CLINICS ? file->num_clinics - first : CLINICS;
            ret = read_piece(file, arm, draw, replication, first, count, value, err);
            if (ret == 0)
                put_piece(&t, self, arm, draw, replication, first, count, value);
        }
    }
    free(value);
    return csv_end(&t, ret, err);
}

/* ---- quantiles ---- */

static int put_quantiles(struct csv *t, const struct tables *self, int arm, int clinic, float *value, struct error *err)
{
    struct results_file *file = self->file;
    size_t size = (size_t)file->horizon * RESULTS_NUM_QUANTILES;
    int ret = 0;
    for (int s = 0; s < NUM_SERIES && ret == 0; s++)
        ret = results_read_quantiles(file, s, arm, clinic, value + (size_t)s * size, err);
    for (size_t row = 0; row < size && ret == 0; row++) {
        size_t week = row / RESULTS_NUM_QUANTILES;
        csv_put_text(t, file->arm_id[arm]);
        csv_put_text(t, file->clinic_id[clinic]);
        csv_put_whole(t, (long long)week);
        csv_put_text(t, self->date[week]);
        csv_put_double(t, results_quantile[row % RESULTS_NUM_QUANTILES]);
        for (size_t s = 0; s < NUM_SERIES; s++)
            csv_put_float(t, value[s * size + row]);
        csv_end_row(t);
    }
    return ret;
}

static int export_quantiles(struct tables *self, struct error *err)
{
    struct results_file *file = self->file;
    float *value = malloc((size_t)file->horizon * RESULTS_NUM_QUANTILES * NUM_SERIES * sizeof *value);
    struct csv t;
    int ret = value == NULL ? error_set_memory(err) : csv_begin(&t, self->folder, "quantiles.csv", &self->form, err);
    if (ret != 0) {
        free(value);
        return ret;
    }
    csv_put_texts(&t, (const char *const[]){ "arm", "clinic", "week", "date", "quantile", NULL });
    for (int s = 0; s < NUM_SERIES; s++)
        csv_put_text(&t, series_table[s].id);
    csv_end_row(&t);
    for (int arm = 0; arm < file->num_arms; arm++)
        for (int clinic = 0; clinic < file->num_clinics && ret == 0; clinic++)
            ret = put_quantiles(&t, self, arm, clinic, value, err);
    free(value);
    return csv_end(&t, ret, err);
}

/* ---- events and failures ---- */

static void put_event(struct csv *t, const struct results_file *file, int64_t row, const struct results_event *event)
{
    csv_put_whole(t, row);
    csv_put_text(t, event->arm >= 0 && event->arm < file->num_arms ? file->arm_id[event->arm] : "");
    csv_put_whole(t, event->draw);
    csv_put_whole(t, event->replication);
    csv_put_text(t, event->clinic >= 0 && event->clinic < file->num_clinics ? file->clinic_id[event->clinic] : "");
    csv_put_whole(t, event->week);
    csv_put_text(t, event->kind >= 0 && event->kind < NUM_EVENT_KINDS ? event_table[event->kind].id : "");
    if (event->subject >= 0)
        csv_put_whole(t, event->subject);
    else
        csv_put_text(t, "");
    csv_put_double(t, event->value);
    if (event->cause >= 0)
        csv_put_whole(t, event->cause);
    else
        csv_put_text(t, "");
    csv_end_row(t);
}

static int export_events(struct tables *self, struct error *err)
{
    enum { ROWS = 4096 };
    struct results_event *event = malloc(ROWS * sizeof *event);
    struct csv t;
    int ret;
    if (event == NULL)
        return error_set_memory(err);
    if ((ret = csv_begin(&t, self->folder, "events.csv", &self->form, err)) != 0) {
        free(event);
        return ret;
    }
    csv_put_texts(&t, (const char *const[]){ "event", "arm", "draw", "replication", "clinic", "week", "kind", "subject",
                                             "value", "cause", NULL });
    csv_end_row(&t);
    for (int64_t first = 0; first < self->file->num_events && ret == 0; first += ROWS) {
        int64_t count = self->file->num_events - first < ROWS ? self->file->num_events - first : ROWS;
        ret = results_read_events(self->file, first, count, event, err);
        for (int64_t i = 0; i < count && ret == 0; i++)
            put_event(&t, self->file, first + i, &event[i]);
    }
    free(event);
    return csv_end(&t, ret, err);
}

static int export_failures(struct tables *self, struct error *err)
{
    struct csv t;
    int ret = csv_begin(&t, self->folder, "failures.csv", &self->form, err);
    if (ret != 0)
        return ret;
    csv_put_texts(&t, (const char *const[]){ "draw", "replication", "week", "message", NULL });
    csv_end_row(&t);
    for (int64_t i = 0; i < self->file->num_failures && ret == 0; i++) {
        int draw, replication, week;
        char *message = NULL;
        ret = results_read_failure(self->file, i, &draw, &replication, &week, &message, err);
        if (ret == 0) {
            csv_put_whole(&t, draw);
            csv_put_whole(&t, replication);
            csv_put_whole(&t, week);
            csv_put_text(&t, message);
            csv_end_row(&t);
        }
        free(message);
    }
    return csv_end(&t, ret, err);
}

/* ---- scenario and README ---- */

static int export_scenario(struct tables *self, struct error *err)
{
    struct csv t;
    int ret = csv_begin_text(&t, self->folder, "scenario.cfg", &self->form, err);
    if (ret != 0)
        return ret;
    fputs(self->file->text, t.stream);
    return csv_end(&t, 0, err);
}

static void list_columns(FILE *out, int lang)
{
    fputs(lang == 1 ? "\noutcomes.csv, outcomes_all.csv : une ligne par bras, tirage, réplication (et clinique)\n"
                    : "\noutcomes.csv, outcomes_all.csv: a row for each arm, draw, replication (and clinic)\n",
          out);
    for (int i = 0; i < NUM_OUTCOMES; i++)
        fprintf(out, "  %-38s %-9s %s\n", outcome_table[i].id, outcome_table[i].unit, outcome_table[i].words[lang]);
    fputs(lang == 1
              ? "\nseries.csv, quantiles.csv : une ligne par semaine (quantiles : sur tous les essais d'un bras)\n"
              : "\nseries.csv, quantiles.csv: a row for each week (quantiles: over all runs of an arm)\n",
          out);
    for (int i = 0; i < NUM_SERIES; i++)
        fprintf(out, "  %-38s %-9s %s\n", series_table[i].id, series_table[i].unit, series_table[i].words[lang]);
    fputs(lang == 1 ? "\nratings.csv : cote des facteurs, -2 forte barrière à +2 fort facilitateur\n"
                    : "\nratings.csv: ratings of the factors, -2 strong barrier to +2 strong facilitator\n",
          out);
    for (int i = 0; i < NUM_FACTORS; i++)
        fprintf(out, "  %-38s %s\n", factor_table[i].id, factor_table[i].words[lang]);
    fputs(lang == 1 ? "\nparameters.csv : valeur avant l'effet des facteurs, moyenne des cliniques\n"
                    : "\nparameters.csv: value before the factors act, mean of the clinics\n",
          out);
    for (int i = 0; i < NUM_PARAMS; i++)
        fprintf(out, "  %-38s %-9s %s\n", param_table[i].id, param_table[i].unit, param_table[i].words[lang]);
    fputs(lang == 1 ? "\nevents.csv : `cause` est le numéro (colonne `event`) de l'événement qui a causé celui-ci\n"
                    : "\nevents.csv: `cause` is the number (column `event`) of the event that caused this one\n",
          out);
    for (int i = 0; i < NUM_EVENT_KINDS; i++)
        fprintf(out, "  %-38s %s (%s)\n", event_table[i].id, event_table[i].words[lang], event_table[i].value);
}

static int export_readme(struct tables *self, struct error *err)
{
    const struct results_file *file = self->file;
    int lang = self->form.french ? 1 : 0;
    struct csv t;
    int ret = csv_begin(&t, self->folder, "README.txt", &self->form, err);
    if (ret != 0)
        return ret;
    fprintf(t.stream, "%s\n%s\n%s\n\n", file->title, file->source, file->id);
    fputs(lang == 1 ? "Tableaux en UTF-8 : `;` entre les champs, virgule décimale, champ vide = valeur absente.\n"
                      "Colonnes, unités et sens ci-dessous ; le scénario qui a donné ces résultats est scenario.cfg.\n"
                    : "Tables in UTF-8: `,` between fields, an empty field is a missing value.\n"
                      "Columns, units and meaning below; the scenario that gave these results is scenario.cfg.\n",
          t.stream);
    list_columns(t.stream, lang);
    return csv_end(&t, 0, err);
}

/* ---- everything ---- */

static int export_all(struct tables *self, struct error *err)
{
    const struct results_file *file = self->file;
    int ret;
    if ((ret = export_arms(self, err)) != 0 || (ret = export_clinics(self, err)) != 0 ||
        (ret = export_outcomes(self, false, err)) != 0 || (ret = export_outcomes(self, true, err)) != 0 ||
        (file->has_series && (ret = export_series(self, err)) != 0) ||
        (file->has_quantiles && (ret = export_quantiles(self, err)) != 0) ||
        (ret = export_parameters(self, err)) != 0 || (ret = export_ratings(self, err)) != 0 ||
        (ret = export_events(self, err)) != 0 || (ret = export_failures(self, err)) != 0 ||
        (ret = export_scenario(self, err)) != 0)
        return ret;
    return export_readme(self, err);
}

int export_csv(struct results_file *file, const char *folder, const struct export_options *options, struct error *err)
{
    struct tables self = { .file = file,
                           .folder = folder,
                           .form = { options->french, options->bom, file->path, options->written, options->context } };
    int ret;
    if ((self.date = calloc((size_t)file->horizon, sizeof *self.date)) == NULL)
        return error_set_memory(err);
    fill_dates(&self);
    if ((ret = csv_folder(folder, err)) == 0)
        ret = export_all(&self, err);
    free(self.date);
    return ret;
}
