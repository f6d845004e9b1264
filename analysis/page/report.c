/* A results file as the page shows it: outcomes run by run, series as bands, and the scenario they are of. */
#include <errno.h>
#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../summary.h"
#include "write.h"

enum { MOST_CLINICS = 24, NUM_COLUMNS = 7 }; /* of a band: 5, 25, 50, 75, 95 %, mean, SD */

static const enum outcome shown[] = {
    OUTCOME_start_up_week,
    OUTCOME_full_implementation,
    OUTCOME_discontinued,
    OUTCOME_discontinued_week,
    OUTCOME_lapsed,
    OUTCOME_active_at_horizon,
    OUTCOME_reach,
    OUTCOME_fidelity,
    OUTCOME_programme_cost,
    OUTCOME_strain,
    OUTCOME_ed_rate_ratio,
    OUTCOME_ed_change_naive,
    OUTCOME_care_integration_change_26w,
};
static const enum series drawn[] = {
    SERIES_active,    SERIES_ever_enrolled, SERIES_enrolled,         SERIES_ed_visits,  SERIES_ed_visits_usual,
    SERIES_nurse_fte, SERIES_strain,        SERIES_nurse_motivation, SERIES_competence, SERIES_medical_leadership,
};
enum { NUM_SHOWN = sizeof shown / sizeof *shown, NUM_DRAWN = sizeof drawn / sizeof *drawn };

struct summing {
    struct results_file *file;
    size_t runs, clinics, weeks;
    float *reference, *arm; /* one series: [run][clinic][week] */
    double *work;           /* [run] */
    float *band;            /* [arm][clinic][week][NUM_COLUMNS] */
    float *gap;             /* the same, arm minus the reference arm */
};

/* ---- outcomes ---- */

/* One outcome of one arm into [arm][run][clinic + 1][NUM_SHOWN]; missing where the file does not have it. */
static int take_outcome(struct summing *s, int arm, size_t column, double *by_clinic, double *all, double *out,
                        struct error *err)
{
    size_t width = s->clinics + 1, in_file = (size_t)s->file->num_clinics;
    bool there = results_has_outcome(s->file, (int)shown[column]);
    int ret = 0;
    if (there && ((ret = results_read_outcome(s->file, (int)shown[column], arm, by_clinic, err)) != 0 ||
                  (ret = results_read_outcome_all(s->file, (int)shown[column], arm, all, err)) != 0))
        return ret;
    for (size_t run = 0; run < s->runs; run++)
        for (size_t i = 0; i < width; i++) {
            double value = i < s->clinics ? by_clinic[run * in_file + i] : all[run];
            out[(((size_t)arm * s->runs + run) * width + i) * NUM_SHOWN + column] = there ? value : NAN;
        }
    return 0;
}

static int add_outcomes(struct summing *s, cJSON *results, struct error *err)
{
    size_t count = (size_t)s->file->num_arms * s->runs * (s->clinics + 1) * NUM_SHOWN;
    double *by_clinic = calloc(s->runs * (size_t)s->file->num_clinics + 1, sizeof *by_clinic);
    double *all = calloc(s->runs + 1, sizeof *all), *out = malloc(count * sizeof *out);
    cJSON *ids = cJSON_AddArrayToObject(results, "outcome_ids");
    int ret = by_clinic == NULL || all == NULL || out == NULL ? error_set_memory(err) : 0;
    for (size_t i = 0; i < NUM_SHOWN; i++)
        cJSON_AddItemToArray(ids, cJSON_CreateString(outcome_table[shown[i]].id));
    for (int arm = 0; arm < s->file->num_arms && ret == 0; arm++)
        for (size_t i = 0; i < NUM_SHOWN && ret == 0; i++)
            ret = take_outcome(s, arm, i, by_clinic, all, out, err);
    if (ret == 0 && !engine_add_bytes(results, "outcomes", out, count * sizeof *out))
        ret = error_set_memory(err);
    free(by_clinic);
    free(all);
    free(out);
    return ret;
}

/* ---- series ---- */

static int read_arm(struct summing *s, int series, int arm, float *out, struct error *err)
{
    const struct results_file *file = s->file;
    int ret = 0;
    for (int d = 0; d < file->num_draws; d++)
        for (int r = 0; r < file->num_replications && ret == 0; r++) {
            size_t run = (size_t)d * (size_t)file->num_replications + (size_t)r;
            ret = results_read_series(s->file, series, arm, d, r, 0, (int)s->clinics, out + run * s->clinics * s->weeks,
                                      err);
        }
    return ret;
}

/* One week of one clinic over all runs: the columns of a band. */
static void sum_up(struct summing *s, size_t at, bool difference, float *out)
{
    size_t n = 0, step = s->clinics * s->weeks;
    for (size_t run = 0; run < s->runs; run++) {
        float value = s->arm[run * step + at] - (difference ? s->reference[run * step + at] : 0);
        if (!isnan(value))
            s->work[n++] = (double)value;
    }
    if (n == 0) {
        for (int i = 0; i < NUM_COLUMNS; i++)
            out[i] = NAN;
        return;
    }
    struct summary_row row = summary_of(s->work, n, false);
    gsl_sort(s->work, 1, n);
    for (int i = 0; i < RESULTS_NUM_QUANTILES; i++)
        out[i] = (float)summary_quantile(s->work, n, results_quantile[i]);
    out[5] = (float)row.mean;
    out[6] = (float)row.sd;
}

static int sum_up_series(struct summing *s, int series, struct error *err)
{
    size_t places = s->clinics * s->weeks;
    int ret = read_arm(s, series, s->file->reference_arm, s->reference, err);
    for (int arm = 0; arm < s->file->num_arms && ret == 0; arm++) {
        ret = read_arm(s, series, arm, s->arm, err);
        for (size_t at = 0; at < places && ret == 0; at++) {
            size_t to = ((size_t)arm * places + at) * NUM_COLUMNS;
            sum_up(s, at, false, s->band + to);
            sum_up(s, at, true, s->gap + to);
        }
    }
    return ret;
}

static int add_series(struct summing *s, cJSON *results, struct error *err)
{
    cJSON *bands = cJSON_AddObjectToObject(results, "bands"), *gaps = cJSON_AddObjectToObject(results, "gaps");
    size_t values = s->runs * s->clinics * s->weeks;
    size_t size = (size_t)s->file->num_arms * s->clinics * s->weeks * NUM_COLUMNS * sizeof(float);
    int ret = 0;
    if (!s->file->has_series)
        return 0;
    s->reference = calloc(values + 1, sizeof *s->reference);
    s->arm = calloc(values + 1, sizeof *s->arm);
    s->work = malloc((s->runs + 1) * sizeof *s->work);
    s->band = malloc(size);
    s->gap = malloc(size);
    if (s->reference == NULL || s->arm == NULL || s->work == NULL || s->band == NULL || s->gap == NULL)
        return error_set_memory(err);
    for (size_t i = 0; i < NUM_DRAWN && ret == 0; i++) {
        const char *id = series_table[drawn[i]].id;
        if (!results_has_series(s->file, (int)drawn[i]))
            continue;
        ret = sum_up_series(s, (int)drawn[i], err);
        if (ret == 0 && (!engine_add_bytes(bands, id, s->band, size) || !engine_add_bytes(gaps, id, s->gap, size)))
            ret = error_set_memory(err);
    }
    return ret;
}

static void summing_free(struct summing *s)
{
    free(s->reference);
    free(s->arm);
    free(s->work);
    free(s->band);
    free(s->gap);
}

static void add_ids(cJSON *object, const char *name, char *const *id, size_t count)
{
    cJSON *list = cJSON_AddArrayToObject(object, name);
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(id[i]));
}

static int add_results(struct results_file *file, cJSON *results, struct error *err)
{
    struct summing s = { .file = file,
                         .runs = (size_t)file->num_draws * (size_t)file->num_replications,
                         .clinics = (size_t)(file->num_clinics < MOST_CLINICS ? file->num_clinics : MOST_CLINICS),
                         .weeks = (size_t)file->horizon };
    int ret;
    add_ids(results, "arms", file->arm_id, (size_t)file->num_arms);
    add_ids(results, "clinics", file->clinic_id, s.clinics);
    cJSON_AddNumberToObject(results, "runs", (double)s.runs);
    cJSON_AddNumberToObject(results, "weeks", file->horizon);
    cJSON_AddNumberToObject(results, "reference", file->reference_arm);
    ret = add_outcomes(&s, results, err);
    if (ret == 0)
        ret = add_series(&s, results, err);
    summing_free(&s);
    return ret;
}

/* ---- the scenario ---- */

static cJSON *scenario_of(const struct results_file *file, struct error *err)
{
    struct scenario scenario = { 0 };
    struct messages messages;
    cJSON *object = NULL;
    messages_init(&messages, 0);
    if (scenario_read_text(&scenario, file->path, NULL, file->text, strlen(file->text), NULL, 0, &messages, err) == 0)
        object = engine_scenario(&scenario, err);
    scenario_free(&scenario);
    messages_free(&messages);
    return object;
}

cJSON *page_report(struct results_file *file, int lang, struct error *err)
{
    cJSON *page = cJSON_CreateObject(), *scenario = scenario_of(file, err), *results;
    int ret = scenario != NULL ? 0 : -1;
    cJSON_AddStringToObject(page, "kind", "report");
    if (lang != PAGE_ANY_LANGUAGE)
        cJSON_AddStringToObject(page, "lang", lang == 1 ? "fr" : "en");
    cJSON_AddItemToObject(page, "scenario", scenario);
    cJSON_AddItemToObject(page, "tables", engine_tables());
    cJSON_AddStringToObject(page, "given", file->text_as_given);
    cJSON_AddStringToObject(page, "file", file->id);
    results = cJSON_AddObjectToObject(page, "results");
    if (ret == 0)
        ret = add_results(file, results, err);
    if (ret == 0)
        return page;
    cJSON_Delete(page);
    return NULL;
}

/* ---- a results file that arrives as bytes ---- */

static int write_all(int fd, const char *bytes, size_t size, struct error *err)
{
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno != EINTR)
            return error_set_system(err, MILIEU_ERR_OUTPUT, errno, "cannot keep the file",
                                    "impossible de garder le fichier");
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
    return 0;
}

static cJSON *report_at(const char *path, struct error *err)
{
    struct results_file file = { 0 };
    cJSON *page = results_open(&file, path, err) == 0 ? page_report(&file, PAGE_ANY_LANGUAGE, err) : NULL;
    results_close(&file);
    return page;
}

static cJSON *report_or_error(const void *bytes, size_t size, struct error *err)
{
    const char *folder = getenv("TMPDIR");
    char path[4096];
    cJSON *page = NULL;
    int fd;
    snprintf(path, sizeof path, "%s/milieu-XXXXXX", folder != NULL ? folder : "/tmp");
    fd = mkstemp(path);
    if (fd < 0) {
        error_set_system(err, MILIEU_ERR_OUTPUT, errno, "cannot keep the file in %s",
                         "impossible de garder le fichier dans %s", folder != NULL ? folder : "/tmp");
        return NULL;
    }
    if (write_all(fd, bytes, size, err) == 0)
        page = report_at(path, err);
    close(fd);
    unlink(path);
    return page;
}

char *page_report_bytes(const void *bytes, size_t size)
{
    struct error err = { 0 };
    cJSON *page = report_or_error(bytes, size, &err);
    char *text;
    if (page == NULL && (page = cJSON_CreateObject()) != NULL) {
        cJSON *said = cJSON_AddArrayToObject(page, "error");
        for (int lang = 0; lang < 2; lang++)
            cJSON_AddItemToArray(
                said, cJSON_CreateString(err.detail[lang][0] != '\0' ? err.detail[lang] : error_words(err.code, lang)));
    }
    text = cJSON_PrintUnformatted(page);
    cJSON_Delete(page);
    return text;
}
