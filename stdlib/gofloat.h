/* SPDX-License-Identifier: Apache-2.0
 *
 * Floating-point numbers as text, as Go's strconv writes them. */
#ifndef POL_STDLIB_GOFLOAT_H
#define POL_STDLIB_GOFLOAT_H

#include "bytes.h"

/* Writes a finite number with its sign (`+` too) in the form e, E, f, F, g, G,
 * x, X or b; a negative precision is the shortest text that reads back. */
void pol_gofloat_write(pol_bytes *out, double d, char form, int precision);

#endif
