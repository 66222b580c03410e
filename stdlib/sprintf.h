/* SPDX-License-Identifier: Apache-2.0
 *
 * Formats of Go's fmt for builtins that need them. */
#ifndef POL_STDLIB_SPRINTF_H
#define POL_STDLIB_SPRINTF_H

#include "bytes.h"

/* Appends the format with its directives replaced by the operands. */
void pol_sprintf(pol_bytes *out, pol_value format, const pol_value *operands,
                 size_t count);

#endif
