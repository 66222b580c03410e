/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages made from values that are unknown or secret. */
#ifndef POL_STDLIB_MARKS_H
#define POL_STDLIB_MARKS_H

#include "pol_ext.h"

/* `text` as the result of a builtin that shows `operands`: if one holds an
 * unknown value, an unknown value that shows as the text; if one holds a secret,
 * secret. */
pol_value pol_marks_of(pol_call *call, pol_value text, pol_value operands);

#endif
