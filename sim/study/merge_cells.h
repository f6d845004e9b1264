/* Sums of series over all runs of a point, from those of its batches. */
#ifndef MILIEU_MERGE_CELLS_H
#define MILIEU_MERGE_CELLS_H

#include "../results/study_file.h"
#include "harvest.h"

/* Fills the tiles of series of the writer's range. Memory: 256 MB at most, however many runs and series; a point whose
 * sums would take more is read several times, some of its sums each time. */
int merge_cells(struct harvest *harvest, struct study_writer *writer, struct error *err);

#endif
