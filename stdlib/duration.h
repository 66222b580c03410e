/* SPDX-License-Identifier: Apache-2.0
 *
 * Durations as text: "1h30m", "1.5d". */
#ifndef POL_STDLIB_DURATION_H
#define POL_STDLIB_DURATION_H

#include "pol_ext.h"

/* Reads a duration in ns, us, ms, s, m, h as Go's time package does, and in d
 * (24 h), w (7 d) and y (365 d), into nanoseconds. False with the error
 * recorded. */
bool pol_duration_parse(pol_call *call, pol_value text, int64_t *nanoseconds);

#endif
