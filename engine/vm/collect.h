/* SPDX-License-Identifier: Apache-2.0
 *
 * What comprehensions and partial rules gather before it becomes a value.
 *
 * Pairs and paths are kept as they come and put in order once, when sealed;
 * conflicts are found then. */
#ifndef POL_COLLECT_H
#define POL_COLLECT_H

#include "pol_value.h"
#include "program.h"

typedef struct pol_collect pol_collect;

/* An empty one; `tag` is POL_ARRAY, POL_SET or POL_OBJECT. Only where it is
 * `bounded` may what is gathered hold unknown values. */
pol_collect *pol_collect_new(pol_arena *arena, pol_tag tag, bool bounded);

/* Adds to an array or set. */
void pol_collect_append(pol_collect *to, pol_value v);

/* Adds a pair to an object; `pc` is the instruction to blame in a conflict. */
void pol_collect_put(pol_collect *to, pol_value key, pol_value v, uint32_t pc);

/* Puts keys[count] at the path keys[0 … count-1] of an object, or adds it to
 * the set there; `count` is at least 1. The keys are copied. */
void pol_collect_put_path(pol_collect *to, const pol_value *keys,
                          uint32_t count, bool member, uint32_t pc);

/* The finished value; POL_UNDEFINED if two values meet in one place, then *pc
 * is the instruction that brought the later one. An object that has an unknown
 * key, or two values in one place that may be equal, is unknown itself. The
 * collector is spent. */
pol_value pol_collect_seal(pol_collect *from, uint32_t *pc);

#endif
