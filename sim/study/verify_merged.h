/* The merged file of a study, held against its journals. */
#ifndef MILIEU_VERIFY_MERGED_H
#define MILIEU_VERIFY_MERGED_H

#include "verify.h"

/* Merges again, into a folder of its own beside the file, and compares byte by byte: fills `merged`, `merged_different` and
 * `merged_hash` of the report, of which `runs` and `runs_failed` are known. Shards are compared by their checksums. Nothing
 * to do where there is no merged file. MILIEU_ERR_RESULTS: it cannot be read, or is of other runs; MILIEU_ERR_OUTPUT: no
 * room to merge again; MILIEU_ERR_FOLDER, MILIEU_ERR_INPUT, MILIEU_ERR_MEMORY, MILIEU_ERR_INTERRUPTED. */
int verify_merged_file(const struct study *study, const struct folder *folder, const struct verify_options *options,
                       struct verify_report *report, struct error *err);

#endif
