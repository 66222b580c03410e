/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys that stand twice in an object literal. OPA keeps one pair for each, with
 * the key written first and the value written last; what the other values hold
 * is never compiled. Two keys are one if they are the same term: the same name,
 * reference, call or closure as well as equal constants. */
#ifndef POL_KEYS_H
#define POL_KEYS_H

#include "ast.h"

/* Merges the pairs of an OBJECT whose keys are the same term. `scratch` is used
 * for the time of the call. */
void pol_keys_merge(pol_arena *scratch, pol_node *object);

#endif
