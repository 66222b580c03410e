/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluation of documents with unknown values, in two bounds.
 *
 * LOW is what holds whatever the unknown values turn out to be, HIGH is what may
 * hold. An evaluation that pol_vm_begin was told to hold unknowns is *bounded*:
 * every test is made in the bound in force (pol_vm.high), where an undecided
 * test fails in LOW and succeeds in HIGH.
 *
 *   not e              e in the other bound (FLIP)
 *   complete rules,    each alternative in LOW, then in HIGH (LOWER, AGAIN), the
 *   functions          else only until one holds in LOW (SETTLED, IF_SURE). The
 *                      value is sure if some alternative held in LOW; several
 *                      different values make it unknown
 *   partial rules      once in each bound; as a value (count, ==) unknown unless
 *                      both agree
 *   comprehensions     the same (AGREE)
 *
 * What is computed from an unknown value may also be undefined, so it fails in
 * LOW and is unknown in HIGH. Evaluations without unknowns pay nothing: the
 * loop comes here only from its slow paths. */
#ifndef POL_BOUNDS_H
#define POL_BOUNDS_H

#include "machine.h"

enum { POL_BOUNDS_UNDECIDED = -1 };

/* Does the value hold an unknown anywhere? */
bool pol_bounds_unknown(pol_value v);

/* 1, 0, or POL_BOUNDS_UNDECIDED. */
int pol_bounds_equal(pol_value a, pol_value b);
int pol_bounds_has(pol_value collection, pol_value x);

/* The value of a rule in the bound in force, undefined if it has none there.
 * `whole`: a partial rule is used as a value. */
pol_value pol_bounds_rule(pol_vm *vm, pol_env *env, uint32_t rule, bool whole);
pol_value pol_bounds_call(pol_vm *vm, pol_env *env, uint32_t rule,
                          const pol_value *args);

/* RESULT: the local's value with `v` taken in. False: two sure values differ. */
bool pol_bounds_result(pol_vm *vm, pol_value *local, pol_value v);

/* AGREE: `low_high[0]` is the value that was built; true when it must be built
 * once more, in the other bound. */
bool pol_bounds_again(pol_vm *vm, pol_value *low_high);

#endif
