/* A byte of a merged file turns over on its disk: no number is read that was not written. */
#include <criterion/criterion.h>
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

#include "damaged_hdf5.h"
#include "merge_help.h"
#include "sim/results/sha256.h"
#include "study_help.h"

/* ---- every number of a file ---- */

struct numbers { /* read from a file, as one checksum */
    struct study_file file;
    struct sha256 sum;
    double value[1 << 14];
};

static size_t runs_of(const struct numbers *self)
{
    return (size_t)self->file.num_points * (size_t)self->file.num_replications;
}

static void add(struct numbers *self, const void *from, size_t size)
{
    cr_assert(size <= sizeof self->value);
    sha256_add(&self->sum, from, size);
}

static int read_runs(struct numbers *self)
{
    struct study_file *f = &self->file;
    uint8_t status[1 << 10];
    int ret = study_file_read_design(f, 0, f->num_points, self->value, NULL);
    add(self, self->value, (size_t)f->num_points * (size_t)f->num_factors * sizeof(double));
    if (ret == 0)
        ret = study_file_read_status(f, 0, f->num_points, status, NULL);
    add(self, status, runs_of(self));
    for (int k = 0; k < NUM_OUTCOMES; k++)
        for (int arm = 0; arm < f->num_arms && study_file_has_response(f, k); arm++)
            for (int place = 0; place < f->num_places && ret == 0; place++) {
                ret = study_file_read_response(f, k, arm, place, 0, f->num_points, self->value, NULL);
                add(self, self->value, runs_of(self) * sizeof(double));
            }
    return ret;
}

static int read_sums(struct numbers *self, int series, int arm, int row, int steps)
{
    static const char *const sum[] = { "count", "missing", "mean", "variance" };
    struct study_file *f = &self->file;
    float *quantile = (float *)self->value;
    size_t cells = (size_t)f->num_points * (size_t)steps;
    int ret = 0;
    for (int i = 0; i < 4 && ret == 0; i++) {
        ret = study_file_read_series(f, series, sum[i], arm, row, 0, f->num_points, self->value, NULL);
        add(self, self->value, cells * sizeof(double));
    }
    if (ret == 0)
        ret = study_file_read_quantiles(f, series, arm, row, 0, f->num_points, quantile, NULL);
    add(self, quantile, cells * RESULTS_NUM_QUANTILES * sizeof *quantile);
    return ret;
}

static int read_series(struct numbers *self, int series)
{
    struct study_file *f = &self->file;
    int rows, steps, kept, weeks, week[64];
    int ret = study_file_series_shape(f, series, &rows, &steps, NULL);
    if (ret == 0)
        ret = study_file_series_weeks(f, series, week, NULL);
    if (ret == 0)
        ret = study_file_trajectory_shape(f, &kept, &rows, &weeks, NULL);
    if (ret != 0)
        return ret;
    add(self, week, (size_t)steps * sizeof *week);
    const struct study_tile tile = { 0, f->num_points, 0, kept };
    for (int arm = 0; arm < f->num_arms; arm++)
        for (int row = 0; row < rows && ret == 0; row++) {
            if ((ret = read_sums(self, series, arm, row, steps)) == 0)
                ret = study_file_read_trajectory(f, series, arm, row, &tile, (float *)self->value, NULL);
            add(self, self->value, (size_t)(f->num_points * kept * weeks) * sizeof(float));
        }
    return ret;
}

static int read_failures(struct numbers *self)
{
    int ret = 0;
    for (int64_t i = 0; i < self->file.num_failures && ret == 0; i++) {
        struct study_failure failure = { 0 };
        ret = study_file_read_failures(&self->file, i, 1, &failure, NULL);
        free((char *)(uintptr_t)failure.message);
        const int64_t number[] = { failure.point, failure.replication, failure.week };
        add(self, number, sizeof number);
    }
    return ret;
}

/* 0 and the checksum of all there is, or the code of the first reader that refused. */
static int read_all(const char *path, unsigned char out[32])
{
    static struct numbers self;
    int ret = study_file_open(&self.file, path, NULL);
    if (ret != 0)
        return ret;
    memset(self.value, 0, sizeof self.value);
    sha256_begin(&self.sum);
    ret = read_runs(&self);
    for (int s = 0; s < NUM_SERIES && ret == 0; s++)
        if (study_file_has_series(&self.file, s))
            ret = read_series(&self, s);
    if (ret == 0)
        ret = read_failures(&self);
    sha256_end(&self.sum, out);
    if (ret == 0)
        ret = study_file_status(&self.file, NULL);
    study_file_close(&self.file);
    return ret;
}

/* ---- a byte turned over ---- */

struct flipped {
    struct study study;
    struct fake_runs runs;
    const char *path;
    char *bytes;
    size_t length;
    unsigned char want[32];
};

static void begin(struct flipped *self)
{
    self->study = study_of(made_up_plain, NULL);
    self->runs = runs_but(&self->study, -1);
    self->path = own_path("flipped.h5");
    merged_to(&self->runs, &(struct merge_options){ .path = self->path });
    self->bytes = file_bytes(self->path, &self->length);
    cr_assert(read_all(self->path, self->want) == 0);
}

static void end(struct flipped *self)
{
    free(self->bytes);
    fake_runs_free(&self->runs);
    study_free(&self->study);
}

/* Refused? If not, all numbers are what they were. */
static bool is_refused(struct flipped *self, size_t at)
{
    unsigned char got[32];
    self->bytes[at] ^= (char)(1 << at % 8);
    write_file(self->path, self->bytes, self->length);
    self->bytes[at] ^= (char)(1 << at % 8);
    int ret = read_all(self->path, got);
    cr_assert(ret == 0 || ret == MILIEU_ERR_RESULTS, "byte %zu: %d", at, ret);
    cr_expect(ret != 0 || memcmp(got, self->want, sizeof got) == 0, "byte %zu: a wrong number", at);
    return ret != 0;
}

/* Anywhere: numbers, names, headers, room that is not used. */
Test(flipped, no_number_is_wrong)
{
    enum { STEP = 311 };
    struct flipped flipped;
    size_t refused = 0, flips = 0;
    begin(&flipped);
    for (size_t at = 0; at < flipped.length; at += STEP, flips++)
        refused += is_refused(&flipped, at);
    cr_expect(refused > flips / 2, "%zu of %zu", refused, flips);
    end(&flipped);
}

/* Where the numbers of an array lie: of its only chunk. */
static hsize_t place_of(const char *path, const char *name, haddr_t *address)
{
    hsize_t size = 0, offset[H5S_MAX_RANK];
    unsigned mask = 0;
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), array = H5Dopen2(file, name, H5P_DEFAULT);
    hid_t space = H5Dget_space(array);
    cr_assert(H5Dget_chunk_info(array, space, 0, offset, &mask, address, &size) >= 0, "%s", name);
    cr_assert(mask == 0 && size > 0);
    H5Sclose(space);
    H5Dclose(array);
    H5Fclose(file);
    return size;
}

Test(flipped, every_hit_number_is_refused)
{
    static const char *const name[] = { "/design/x",
                                        "/status",
                                        "/responses/reach",
                                        "/responses/trust",
                                        "/series/fidelity/count",
                                        "/series/fidelity/missing",
                                        "/series/fidelity/mean",
                                        "/series/ed_visits/variance",
                                        "/series/ed_visits/quantiles",
                                        "/trajectories/fidelity" };
    enum { FLIPS = 16 };
    struct flipped flipped;
    begin(&flipped);
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        haddr_t address;
        write_file(flipped.path, flipped.bytes, flipped.length);
        hsize_t size = place_of(flipped.path, name[i], &address);
        for (hsize_t k = 0; k < FLIPS; k++)
            cr_expect(is_refused(&flipped, (size_t)(address + k * (size - 1) / (FLIPS - 1))), "%s: flip %d", name[i],
                      (int)k);
    }
    end(&flipped);
}
