/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of findings that outlive runs: they do not depend on lines nor on the
 * order of a report. Findings that are alike in all else (an object that stands
 * twice in a file) are numbered, so that those of a report differ. */
#ifndef POL_FINGERPRINT_H
#define POL_FINGERPRINT_H

#include "report_entry.h"

typedef struct pol_fingerprint {
    uint64_t hash; /* of pack, policy, file, resource, path and message */
    uint32_t nth;  /* of those in this report with this hash, from 1 */
} pol_fingerprint;

/* The hashes of a report so far. */
typedef struct pol_fingerprints {
    pol_arena *arena;       /* for the texts of values */
    pol_fingerprint *slots; /* by hash, `nth` 0: empty; malloc'd */
    size_t used, capacity;  /* a power of two */
} pol_fingerprints;

void pol_fingerprints_init(pol_fingerprints *f);
void pol_fingerprints_done(pol_fingerprints *f);

/* Of the next entry: to be asked once for each. */
pol_fingerprint pol_fingerprint_next(pol_fingerprints *f, const pol_entry *e);

#endif
