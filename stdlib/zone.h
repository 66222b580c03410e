/* SPDX-License-Identifier: Apache-2.0
 *
 * Time zones from the system's zone files. */
#ifndef POL_STDLIB_ZONE_H
#define POL_STDLIB_ZONE_H

#include "pol_ext.h"

typedef struct pol_zone pol_zone;

/* What a zone says about a moment. */
typedef struct pol_zone_offset {
    int32_t seconds; /* east of UTC */
    char name[16];   /* "CET", "-03"; NUL-terminated */
} pol_zone_offset;

/* The zone of a name as in the IANA database; "", "UTC" and "Local" are UTC, so
 * that results do not depend on where they are made. NULL with the error
 * recorded if there is none. Borrowed until the next call. */
const pol_zone *pol_zone_find(pol_call *call, pol_value name);

/* The offset that holds `seconds` after 1970 in UTC. */
pol_zone_offset pol_zone_at(const pol_zone *zone, int64_t seconds);

#endif
