#include "fit_file.h"

#include <stdlib.h>

#include "store.h"
#include "target.h"

/* A list of texts or numbers, one of each row of a table. */
typedef const char *text_of(const struct fit_file *fit, int64_t i);
typedef double number_of(const struct fit_file *fit, int64_t i);

static const char *parameter_name(const struct fit_file *fit, int64_t i)
{
    return fit->parameter[i].name;
}

static const char *parameter_path(const struct fit_file *fit, int64_t i)
{
    return fit->parameter[i].path;
}

static const char *target_id(const struct fit_file *fit, int64_t i)
{
    return fit->target[i].id;
}

static const char *target_note(const struct fit_file *fit, int64_t i)
{
    return fit->target[i].note;
}

/* The caller frees it. NULL after a failure. */
static const char **texts(struct store *store, const struct fit_file *fit, text_of *of, int64_t count)
{
    const char **text = malloc((size_t)count * sizeof *text);
    if (text == NULL)
        store_fail_memory(store);
    for (int64_t i = 0; text != NULL && i < count; i++)
        text[i] = of(fit, i);
    return text;
}

static int text_axis(struct shelf *shelf, const char *name, const struct fit_file *fit, text_of *of, int64_t count)
{
    const char **text = texts(shelf->store, fit, of, count);
    int axis = text != NULL ? shelf_axis(shelf, name, shelf->store->text, text, (hsize_t)count) : -1;
    free(text);
    return axis;
}

static void text_column(struct shelf *shelf, const char *name, int axis, const struct fit_file *fit, text_of *of,
                        int64_t count, const char *words)
{
    const char **text = texts(shelf->store, fit, of, count);
    if (text != NULL)
        shelf_column(shelf, name, axis, shelf->store->text, text, words);
    free(text);
}

static void number_column(struct shelf *shelf, const char *name, int axis, const struct fit_file *fit, number_of *of,
                          int64_t count, const char *words)
{
    double *number = malloc((size_t)count * sizeof *number);
    if (number == NULL)
        store_fail_memory(shelf->store);
    for (int64_t i = 0; number != NULL && i < count; i++)
        number[i] = of(fit, i);
    if (number != NULL)
        shelf_column(shelf, name, axis, H5T_NATIVE_DOUBLE, number, words);
    free(number);
}

static void table(struct shelf *shelf, const char *name, int rows, int columns, hsize_t num_rows, hsize_t num_columns,
                  const double *values, const char *words)
{
    const int axes[2] = { rows, columns };
    const hsize_t start[2] = { 0, 0 }, count[2] = { num_rows, num_columns };
    hid_t array = shelf_array(shelf, name, H5T_IEEE_F64LE, axes, 2, NULL);
    store_describe(shelf->store, array, words, NULL, NULL);
    store_write(shelf->store, array, 2, start, count, H5T_NATIVE_DOUBLE, values);
    store_put_away(shelf->store, &array);
}

static void write_particles(struct store *store, const struct fit_file *fit)
{
    struct shelf shelf;
    hsize_t n = (hsize_t)fit->particles, d = (hsize_t)fit->parameters;
    shelf_open(&shelf, store, "particles");
    int particle = shelf_axis_range(&shelf, "particle", 0, fit->particles);
    int parameter = text_axis(&shelf, "parameter", fit, parameter_name, fit->parameters);
    shelf_column(&shelf, "weight", particle, H5T_NATIVE_DOUBLE, fit->weight, "weight; they sum to 1");
    shelf_column(&shelf, "distance", particle, H5T_NATIVE_DOUBLE, fit->distance, "distance from the targets");
    shelf_column(&shelf, "wave", particle, H5T_NATIVE_INT, fit->wave, "wave in which it was run");
    shelf_column(&shelf, "point", particle, H5T_NATIVE_INT, fit->point, "its point in that wave");
    table(&shelf, "z", particle, parameter, n, d, fit->z, "normal score under the prior");
    table(&shelf, "theta", particle, parameter, n, d, fit->theta, "value");
    shelf_close(&shelf);
}

#define OF_PARAMETER(name, what)                                                                                       \
    static double name(const struct fit_file *fit, int64_t i)                                                          \
    {                                                                                                                  \
        return fit->parameter[i].what;                                                                                 \
    }
OF_PARAMETER(prior_low, prior[0])
OF_PARAMETER(prior_median, prior[1])
OF_PARAMETER(prior_high, prior[2])
OF_PARAMETER(low, posterior[0])
OF_PARAMETER(median, posterior[1])
OF_PARAMETER(high, posterior[2])
OF_PARAMETER(mean_z, mean_z)
OF_PARAMETER(sd_z, sd_z)

static void write_parameters(struct store *store, const struct fit_file *fit)
{
    static const struct {
        const char *name;
        number_of *of;
        const char *words;
    } column[] = { { "prior_low", prior_low, "5th percentile of the prior" },
                   { "prior_median", prior_median, "median of the prior" },
                   { "prior_high", prior_high, "95th percentile of the prior" },
                   { "low", low, "5th percentile of the posterior" },
                   { "median", median, "median of the posterior" },
                   { "high", high, "95th percentile of the posterior" },
                   { "mean_z", mean_z, "mean of the posterior in normal scores; 0: nothing was learnt" },
                   { "sd_z", sd_z, "SD of the posterior over that of the prior; 1: nothing was learnt" } };
    struct shelf shelf;
    hsize_t d = (hsize_t)fit->parameters;
    shelf_open(&shelf, store, "parameters");
    int parameter = text_axis(&shelf, "parameter", fit, parameter_name, fit->parameters);
    int other = text_axis(&shelf, "other", fit, parameter_name, fit->parameters);
    text_column(&shelf, "path", parameter, fit, parameter_path, fit->parameters, "where it stands in a scenario");
    for (size_t i = 0; i < sizeof column / sizeof *column; i++)
        number_column(&shelf, column[i].name, parameter, fit, column[i].of, fit->parameters, column[i].words);
    table(&shelf, "correlation", parameter, other, d, d, fit->correlation, "correlation of the posterior");
    shelf_close(&shelf);
}

#define OF_TARGET(name, what)                                                                                          \
    static double name(const struct fit_file *fit, int64_t i)                                                          \
    {                                                                                                                  \
        return fit->target[i].what;                                                                                    \
    }
OF_TARGET(observed, observed)
OF_TARGET(range_high, range_high)
OF_TARGET(error_of, error)
OF_TARGET(is_pattern, is_pattern)
OF_TARGET(held_out, held_out)
OF_TARGET(mean, mean)
OF_TARGET(target_low, low)
OF_TARGET(target_high, high)
OF_TARGET(share_met, share_met)

static void write_targets(struct store *store, const struct fit_file *fit)
{
    static const struct {
        const char *name;
        number_of *of;
        const char *words;
    } column[] = { { "observed", observed,
                     "what was observed; of a pattern, the share at least; of a range, its low end" },
                   { "range_high", range_high, "of a range, its high end; missing: it is none" },
                   { "error", error_of, "its standard error; of a pattern, its tolerance" },
                   { "is_pattern", is_pattern, "1: a share of runs in which a pattern holds" },
                   { "held_out", held_out, "1: told of, not fitted" },
                   { "mean", mean, "mean over the posterior" },
                   { "low", target_low, "5th percentile over the posterior" },
                   { "high", target_high, "95th percentile over the posterior" },
                   { "share_met", share_met, "share of the posterior that meets it" } };
    struct shelf shelf;
    hsize_t n = (hsize_t)fit->particles, t = (hsize_t)fit->targets;
    shelf_open(&shelf, store, "targets");
    int target = text_axis(&shelf, "target", fit, target_id, fit->targets);
    int particle = shelf_axis_range(&shelf, "particle", 0, fit->particles);
    text_column(&shelf, "note", target, fit, target_note, fit->targets, "where it comes from");
    for (size_t i = 0; i < sizeof column / sizeof *column; i++)
        number_column(&shelf, column[i].name, target, fit, column[i].of, fit->targets, column[i].words);
    table(&shelf, "value", particle, target, n, t, fit->value, "value of a particle");
    table(&shelf, "variance", particle, target, n, t, fit->variance, "its Monte-Carlo variance");
    shelf_close(&shelf);
}

/* ---- checks ---- */

#define OF_CHECK(name, what)                                                                                           \
    static double name(const struct fit_file *fit, int64_t i)                                                          \
    {                                                                                                                  \
        return fit->check[i].what;                                                                                     \
    }
OF_CHECK(check_size, effective_size)
OF_CHECK(check_is_thin, is_thin)
OF_CHECK(check_evidence, log_evidence)
OF_CHECK(check_against, against_fitted)
OF_CHECK(check_against_se, against_fitted_se)
OF_CHECK(check_misfit, misfit)
OF_CHECK(check_worst_deviation, worst_deviation)

static const char *check_id(const struct fit_file *fit, int64_t i)
{
    return fit->check[i].id;
}

static const char *check_title(const struct fit_file *fit, int64_t i)
{
    return fit->check[i].title[0] != NULL ? fit->check[i].title[0] : "";
}

static const char *check_title_fr(const struct fit_file *fit, int64_t i)
{
    return fit->check[i].title[1] != NULL ? fit->check[i].title[1] : "";
}

static const char *check_worst(const struct fit_file *fit, int64_t i)
{
    return fit->check[i].worst >= 0 ? fit->target[fit->check[i].worst].id : "";
}

static void write_check_columns(struct shelf *shelf, int check, const struct fit_file *fit)
{
    static const struct {
        const char *name;
        number_of *of;
        const char *words;
    } column[] = { { "effective_size", check_size, "points of equal weight that the weights are worth" },
                   { "is_thin", check_is_thin, "1: too few to be read" },
                   { "log_evidence", check_evidence, "logarithm of the prior mean of exp(-distance^2 / 2)" },
                   { "against_fitted", check_against, "log_evidence less that of the calibration itself" },
                   { "against_fitted_se", check_against_se, "Monte-Carlo standard error of against_fitted" },
                   { "misfit", check_misfit, "mean square of the fitted targets' deviations, in errors" },
                   { "worst_deviation", check_worst_deviation, "root mean square of the largest of them" } };
    text_column(shelf, "title", check, fit, check_title, fit->checks, "title");
    text_column(shelf, "title_fr", check, fit, check_title_fr, fit->checks, "title, in French");
    text_column(shelf, "worst", check, fit, check_worst, fit->checks, "the fitted target that deviates most");
    for (size_t i = 0; i < sizeof column / sizeof *column; i++)
        number_column(shelf, column[i].name, check, fit, column[i].of, fit->checks, column[i].words);
}

static double cell_weight(const struct fit_file *fit, int64_t i)
{
    return fit->check[i / fit->targets].weight[i % fit->targets];
}

#define OF_CELL(name, what)                                                                                            \
    static double name(const struct fit_file *fit, int64_t i)                                                          \
    {                                                                                                                  \
        return fit->check[i / fit->targets].target[i % fit->targets].what;                                             \
    }
OF_CELL(cell_mean, mean)
OF_CELL(cell_low, low)
OF_CELL(cell_high, high)
OF_CELL(cell_se, se)
OF_CELL(cell_met, share_met)
OF_CELL(cell_deviation, deviation)

static void number_table(struct shelf *shelf, const char *name, const int axis[2], const struct fit_file *fit,
                         number_of *of, int64_t rows, int64_t columns, const char *words)
{
    double *number = malloc((size_t)(rows * columns) * sizeof *number);
    if (number == NULL)
        store_fail_memory(shelf->store);
    for (int64_t i = 0; number != NULL && i < rows * columns; i++)
        number[i] = of(fit, i);
    if (number != NULL)
        table(shelf, name, axis[0], axis[1], (hsize_t)rows, (hsize_t)columns, number, words);
    free(number);
}

static void write_checks(struct store *store, const struct fit_file *fit)
{
    static const struct {
        const char *name;
        number_of *of;
        const char *words;
    } cell[] = { { "weight", cell_weight, "the error is divided by the root of this; 0: not fitted" },
                 { "mean", cell_mean, "weighted mean" },
                 { "low", cell_low, "weighted 5th percentile" },
                 { "high", cell_high, "weighted 95th percentile" },
                 { "se", cell_se, "Monte-Carlo standard error of the mean" },
                 { "share_met", cell_met, "weighted share that meets it" },
                 { "deviation", cell_deviation, "root mean square deviation, in the check's errors" } };
    struct shelf shelf;
    shelf_open(&shelf, store, "checks");
    int axis[2];
    axis[0] = text_axis(&shelf, "check", fit, check_id, fit->checks);
    axis[1] = text_axis(&shelf, "target", fit, target_id, fit->targets);
    write_check_columns(&shelf, axis[0], fit);
    for (size_t i = 0; i < sizeof cell / sizeof *cell; i++)
        number_table(&shelf, cell[i].name, axis, fit, cell[i].of, fit->checks, fit->targets, cell[i].words);
    store_attribute(store, shelf.group, "points", H5T_NATIVE_INT64, &fit->bank, 1);
    shelf_close(&shelf);
}

/* ---- predictions ---- */

#define OF_PREDICTION(name, what)                                                                                      \
    static double name(const struct fit_file *fit, int64_t i)                                                          \
    {                                                                                                                  \
        return fit->prediction[i].what;                                                                                \
    }
OF_PREDICTION(prediction_observed, observed)
OF_PREDICTION(prediction_share, share)
OF_PREDICTION(prediction_se, se)
OF_PREDICTION(prediction_brier, brier)
OF_PREDICTION(prediction_prior_share, prior_share)
OF_PREDICTION(prediction_prior_brier, prior_brier)

static const char *prediction_check(const struct fit_file *fit, int64_t i)
{
    return fit->check[fit->prediction[i].check].id;
}

static const char *prediction_target(const struct fit_file *fit, int64_t i)
{
    return fit->target[fit->prediction[i].target].id;
}

static void write_predictions(struct store *store, const struct fit_file *fit)
{
    static const struct {
        const char *name;
        number_of *of;
        const char *words;
    } column[] = { { "observed", prediction_observed, "1: it happened" },
                   { "share", prediction_share, "probability under the check" },
                   { "se", prediction_se, "Monte-Carlo standard error of share" },
                   { "brier", prediction_brier, "(share - observed)^2" },
                   { "prior_share", prediction_prior_share, "probability under the prior" },
                   { "prior_brier", prediction_prior_brier, "(prior_share - observed)^2" } };
    struct shelf shelf;
    shelf_open(&shelf, store, "predictions");
    int axis = shelf_axis_range(&shelf, "prediction", 0, fit->predictions);
    text_column(&shelf, "check", axis, fit, prediction_check, fit->predictions, "the check, which does not fit it");
    text_column(&shelf, "target", axis, fit, prediction_target, fit->predictions, "what is predicted");
    for (size_t i = 0; i < sizeof column / sizeof *column; i++)
        number_column(&shelf, column[i].name, axis, fit, column[i].of, fit->predictions, column[i].words);
    shelf_close(&shelf);
}

/* ---- profiles ---- */

static const char *profile_name(const struct fit_file *fit, int64_t i)
{
    return fit->parameter[fit->profile[i].parameter].name;
}

#define OF_TENTH(name, what)                                                                                           \
    static double name(const struct fit_file *fit, int64_t i)                                                          \
    {                                                                                                                  \
        const struct fit_profile *profile = &fit->profile[i / FIT_TENTHS];                                             \
        const int64_t t = i % FIT_TENTHS;                                                                              \
        return profile->what;                                                                                          \
    }
OF_TENTH(tenth_from, edge[t])
OF_TENTH(tenth_to, edge[t + 1])
OF_TENTH(tenth_mean, mean[t])
OF_TENTH(tenth_se, se[t])
OF_TENTH(tenth_most, most[t])
OF_TENTH(tenth_points, points[t])

static void write_profile(struct store *store, const struct fit_file *fit)
{
    static const struct {
        const char *name;
        number_of *of;
        const char *words;
    } cell[] = { { "from", tenth_from, "lower edge of a tenth of the prior" },
                 { "to", tenth_to, "its upper edge" },
                 { "mean", tenth_mean, "mean likelihood in it, over that of the whole prior" },
                 { "se", tenth_se, "Monte-Carlo standard error of the mean" },
                 { "most", tenth_most, "largest likelihood of its points, over the largest of all" },
                 { "points", tenth_points, "points in it" } };
    struct shelf shelf;
    shelf_open(&shelf, store, "profile");
    int axis[2];
    axis[0] = text_axis(&shelf, "parameter", fit, profile_name, fit->profiles);
    axis[1] = shelf_axis_count(&shelf, "tenth", FIT_TENTHS);
    for (size_t i = 0; i < sizeof cell / sizeof *cell; i++)
        number_table(&shelf, cell[i].name, axis, fit, cell[i].of, fit->profiles, FIT_TENTHS, cell[i].words);
    shelf_close(&shelf);
}

/* ---- all of it ---- */

static void write_root(struct store *store, const struct fit_file *fit)
{
    hid_t root = store->file;
    store_attribute_text(store, root, "Conventions", "CF-1.10 ACDD-1.3");
    store_attribute_text(store, root, "schema", FIT_FILE_SCHEMA);
    store_attribute_text(store, root, "id", fit->id);
    store_attribute_text(store, root, "title", fit->title);
    store_attribute_text(store, root, "source", fit->source);
    store_attribute_text(store, root, "end", fit->end);
    store_attribute(store, root, "generations", H5T_NATIVE_INT, &fit->generations, 1);
    store_attribute(store, root, "tolerance", H5T_NATIVE_DOUBLE, &fit->tolerance, 1);
    store_attribute(store, root, "effective_size", H5T_NATIVE_DOUBLE, &fit->effective_size, 1);
}

static void write_text(struct store *store, const struct fit_file *fit)
{
    struct shelf shelf;
    shelf_open(&shelf, store, "calibration");
    shelf_column(&shelf, "text", -1, store->text, &fit->text, "the calibration, verbatim");
    shelf_close(&shelf);
}

static void write_all(struct store *store, const struct fit_file *fit)
{
    const int8_t complete = 1;
    write_root(store, fit);
    write_text(store, fit);
    write_parameters(store, fit);
    write_targets(store, fit);
    write_particles(store, fit);
    write_checks(store, fit);
    if (fit->predictions > 0)
        write_predictions(store, fit);
    write_profile(store, fit);
    store_flush(store);
    if (!store->failed)
        store_attribute(store, store->file, "complete", H5T_NATIVE_INT8, &complete, 1);
}

int fit_file_write(const struct fit_file *fit, const char *path, struct error *err)
{
    struct store store = { .file = H5I_INVALID_HID, .text = H5I_INVALID_HID };
    struct target target = { .fd = -1 };
    int ret = target_begin(&target, path, NULL, 0, err);
    if (ret == 0) {
        store_prepare();
        store_create(&store, target.part, false);
        write_all(&store, fit);
        store_close(&store);
        if (store.failed)
            ret = error_set_because(err, MILIEU_ERR_OUTPUT, store_reason(&store), "%s cannot be written",
                                    "%s ne peut être écrit", path);
    }
    if (ret == 0)
        ret = target_commit(&target, err);
    target_drop(&target);
    return ret;
}
