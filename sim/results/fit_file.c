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
    } column[] = { { "observed", observed, "what was observed; of a pattern, the share at least" },
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
