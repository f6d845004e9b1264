#include "members.h"

#include <math.h>
#include <stdlib.h>

#include "../csv.h"

/* Waves number their luck from 0 on; this one comes after any of them. */
#define WAVE_OF_MEMBERS 100000

static int nearest(const struct fit_file *fit)
{
    int best = 0;
    double least = INFINITY;
    for (int i = 0; i < (int)fit->particles; i++) {
        double far = 0;
        for (int k = 0; k < (int)fit->parameters; k++) {
            double off = (fit->z[i * (int)fit->parameters + k] - fit->parameter[k].mean_z) / fit->parameter[k].sd_z;
            far += off * off;
        }
        if (far < least) {
            least = far;
            best = i;
        }
    }
    return best;
}

static double luck_of(uint32_t seed, int point)
{
    return place_uniform((struct place_luck){ seed, WAVE_OF_MEMBERS, point }, PLACE_PARENT, 0);
}

void members_choose(const struct fit_file *fit, uint32_t seed, int count, int *index)
{
    double reached = 0, begin = luck_of(seed, count);
    int taken = 0;
    index[0] = nearest(fit);
    for (int i = 0; i < (int)fit->particles; i++) {
        reached += fit->weight[i];
        while (taken < count && (begin + taken) / count < reached)
            index[++taken] = i;
    }
    while (taken < count) /* the sum of weights is one but for rounding */
        index[++taken] = (int)fit->particles - 1;
    for (int i = count; i > 1; i--) {
        int with = 1 + (int)(luck_of(seed, i - 1) * i), had = index[i];
        index[i] = index[with];
        index[with] = had;
    }
}

static void put_all(const struct fit_file *fit, const int *index, int rows, struct csv *csv)
{
    for (int64_t k = 0; k < fit->parameters; k++)
        csv_put_text(csv, fit->parameter[k].path);
    csv_end_row(csv);
    for (int i = 0; i < rows; i++) {
        for (int64_t k = 0; k < fit->parameters; k++) {
            char number[32];
            snprintf(number, sizeof number, "%.6g", fit->theta[index[i] * fit->parameters + k]);
            csv_put_text(csv, number);
        }
        csv_end_row(csv);
    }
}

int members_write(const struct fit *fit, const struct calibration *calibration, const char *folder, struct error *err)
{
    const struct csv_form form = { 0 };
    struct csv csv;
    int index[MEMBERS_COUNT + 1];
    int ret = csv_begin(&csv, folder, MEMBERS_FILE, &form, err);
    if (ret != 0)
        return ret;
    members_choose(&fit->file, calibration->seed, MEMBERS_COUNT, index);
    put_all(&fit->file, index, MEMBERS_COUNT + 1, &csv);
    return csv_end(&csv, 0, err);
}
