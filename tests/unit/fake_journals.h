/* A study's folder with journals made up without simulating: every value is a known function of where it stands. */
#ifndef FAKE_JOURNALS_H
#define FAKE_JOURNALS_H

#include "sim/study/batch.h"
#include "sim/study/folder.h"
#include "sim/study/journal.h"
#include "sim/study/study.h"

struct fake_runs {
    const struct study *study;
    struct study_shape shape;
    struct folder folder; /* its path: a fresh folder of this test process */
    bool failing;         /* some runs fail: fake_fails */
};

/* Cut by `sizes` (per_batch 0: 3 runs a batch). `study` is borrowed. Freed with fake_runs_free. */
void fake_runs_init(struct fake_runs *self, const struct study *study, struct geometry_sizes sizes, bool failing);
void fake_runs_free(struct fake_runs *self);

/* What a run leaves. A response is missing (NaN) in some; of a study that stops by precision the contrast of arms 1 and 0
 * scatters more from point to point. */
double fake_response(const struct fake_runs *self, int64_t point, int64_t replication, int arm, int place,
                     int response);
float fake_weekly(int64_t point, int64_t replication, int arm, int row, int series, int week);
bool fake_fails(const struct fake_runs *self, int64_t point, int64_t replication);

/* The payload of a batch, as a worker would have made it. */
void fake_payload(const struct fake_runs *self, int64_t batch, struct bytes *payload);

/* A new journal in the folder with these batches, in this order; returns its path (static storage, one at a time). */
const char *fake_journal(const struct fake_runs *self, const int64_t *batch, int64_t count);

/* One with a single record of any payload. */
const char *fake_journal_of(const struct fake_runs *self, int64_t batch, const void *payload, size_t length);

/* Replications of a point up to the look at which it ends. */
int64_t fake_end(const struct fake_runs *self, int64_t point);

/* All batches there are, in one journal (its path as fake_journal gives it). Of a study that stops by precision: those that
 * its looks ask for. */
const char *fake_all(const struct fake_runs *self);

#endif
