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
 *   partial rules      once in each bound; as a value (count, ==, `in`) a range
 *                      between both (pol_unknown.h) unless they agree
 *   comprehensions     the same (AGREE)
 *
 * An iteration that may have another number of elements than it shows is *folded*
 * (pol_vm.folded): it is over an unknown value, or a set whose unknown members may
 * be equal. What is computed from an unknown value may also be undefined, so it fails in
 * LOW and is unknown in HIGH. Evaluations without unknowns pay nothing: the
 * loop comes here only from its slow paths. */
#ifndef POL_BOUNDS_H
#define POL_BOUNDS_H

#include "machine.h"
#include "pol_unknown.h"

/* Items of a collection that is made now are no ranges. */
void pol_bounds_plain(pol_value *items, uint32_t count);

/* What has these values in the two bounds, used as a value in the bound in
 * force. The members of an object are in both bounds those that both have, or
 * unknown. */
pol_value pol_bounds_both(pol_vm *vm, pol_value low, pol_value high);

/* The value of a rule in the bound in force, undefined if it has none there.
 * `whole`: a partial rule is used as a value. */
pol_value pol_bounds_rule(pol_vm *vm, pol_env *env, uint32_t rule, bool whole);
pol_value pol_bounds_call(pol_vm *vm, pol_env *env, uint32_t rule,
                          const pol_value *args);

/* RESULT, at instruction `place` - 1: the local's value with `v` taken in. `aux`
 * of both is 0 where they are only possible, else the place of what made them
 * sure. False: two sure values differ. */
bool pol_bounds_result(pol_vm *vm, pol_value *local, pol_value v,
                       uint16_t place);

/* SEAL of what was begun when vm->folded was `before`: marks in `aux` an array
 * that was filled in a folded iteration. */
pol_value pol_bounds_sealed(pol_vm *vm, pol_value v, bool before);

/* AGREE: `low_high[0]` is the value that was built; true when it must be built
 * once more, in the other bound. */
bool pol_bounds_again(pol_vm *vm, pol_value *low_high);

#endif
