/* SPDX-License-Identifier: Apache-2.0
 *
 * Layouts of Go's time package: "Mon Jan _2 15:04:05 MST 2006" written for
 * another moment, and read. */
#ifndef POL_STDLIB_GOLAYOUT_H
#define POL_STDLIB_GOLAYOUT_H

#include "bytes.h"
#include "calendar.h"
#include "zone.h"

/* The layout that a constant's name stands for ("RFC3339"), else `layout`. */
pol_value pol_golayout_named(pol_value layout);

/* Appends a moment, shown by a clock of that offset. */
void pol_golayout_format(pol_bytes *out, pol_value layout, const pol_civil *c,
                         const pol_zone_offset *offset);

/* Reads a moment: seconds since 1970 and nanoseconds. A zone's abbreviation is
 * checked but does not shift the moment, an offset does. False with the error
 * recorded. */
bool pol_golayout_parse(pol_call *call, pol_value layout, pol_value text,
                        int64_t *seconds, int64_t *nanoseconds);

/* Appends a text in quotes as Go's time package shows it in errors: byte by
 * byte. */
void pol_golayout_quote(pol_bytes *out, pol_value text);

#endif
