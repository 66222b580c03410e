/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks of operands that a signature cannot express, and of what lies inside
 * them. Each is false with the type error recorded; the body then returns
 * pol_undefined(). `index` counts from 0. */
#ifndef POL_STDLIB_OPERANDS_H
#define POL_STDLIB_OPERANDS_H

#include "pol_ext.h"

/* Reads a whole number of 64 bits. As OPA, 2.0 is whole and 2e0 is not, and
 * neither is what does not fit. */
bool pol_operand_int(pol_call *call, const pol_value *args, int index,
                     int64_t *out);

/* Is the operand, if it is an array or a set, one of strings? */
bool pol_operand_strings(pol_call *call, const pol_value *args, int index);

#endif
