/* SPDX-License-Identifier: Apache-2.0
 *
 * The two bounds of an evaluation with unknown values; see bounds.h. */
#include "bounds.h"

/* ---- values in two bounds ----------------------------------------------------- */

void pol_bounds_plain(pol_value *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        items[i] = pol_unknown_plain(items[i]);
}

static bool same(pol_value a, pol_value b)
{
    return pol_equal(a, b) && a.tag == b.tag;
}

/* One value in both bounds, unknown parts included. */
static bool agree(pol_value low, pol_value high)
{
    const pol_unknown_range *a = pol_unknown_range_of(low);
    const pol_unknown_range *b = pol_unknown_range_of(high);
    if (a && b)
        return same(a->low, b->low) && same(a->high, b->high) &&
               a->open == b->open;
    return !a && !b && same(low, high) &&
           pol_unknown_types(low) == pol_unknown_types(high);
}

/* An object with unknown instead of the values that `other` does not have. `own`:
 * members that only this one has keep theirs. */
static pol_value shared(pol_vm *vm, pol_value from, pol_value other, bool own)
{
    pol_value *keys = pol_items(&vm->arena, from.len);
    pol_value *values = pol_items(&vm->arena, from.len);
    for (uint32_t i = 0; i < from.len; i++) {
        keys[i] = pol_key_at(from, i);
        values[i] = pol_value_at(from, i);
        pol_value its = pol_get(other, keys[i]);
        bool kept = pol_is_defined(its) ? agree(values[i], its) : own;
        if (!kept)
            values[i] = pol_unknown();
    }
    return pol_object_of(&vm->arena, keys, values, from.len);
}

/* `own`: what only the upper bound has is not gathered from several solutions.
 * `folded`: there may be more elements, or fewer that were taken for two. */
static pol_value between(pol_vm *vm, pol_unknown_range range, bool own,
                         bool folded)
{
    pol_value low = range.low, high = range.high;
    if (!folded && agree(low, high))
        return low;
    if (low.tag != high.tag || !pol_is_collection(low))
        return pol_unknown_either(&vm->arena, low, high);
    if (folded && low.len > 1)
        range.low.len = 1;
    if (low.tag == POL_OBJECT) {
        range.low = shared(vm, low, high, own);
        range.high = shared(vm, high, low, own);
    }
    range.open = folded;
    return pol_unknown_between(&vm->arena, range);
}

static pol_value both(pol_vm *vm, pol_value low, pol_value high, bool own)
{
    if (!pol_is_defined(low) || !pol_is_defined(high))
        return vm->high ? high : low;
    return between(vm, (pol_unknown_range){low, high, false}, own, false);
}

pol_value pol_bounds_both(pol_vm *vm, pol_value low, pol_value high)
{
    return both(vm, low, high, false);
}

/* ---- rules --------------------------------------------------------------------- */

static bool is_valued(const pol_vm *vm, uint32_t rule)
{
    pol_program_kind kind = vm->program->rules[rule].kind;
    return kind == POL_PROGRAM_COMPLETE || kind == POL_PROGRAM_FUNCTION;
}

/* What a value is in the bound in force when it is not sure to be defined. */
static pol_value possible(const pol_vm *vm, pol_value v, bool sure)
{
    return sure || vm->high ? v : pol_undefined();
}

/* Runs a chunk; the bound in force survives, and what is folded. */
static pol_value run(pol_vm *vm, pol_env *env, uint32_t rule,
                     pol_memo_slot *slot, const pol_value *args, bool *sure)
{
    bool high = vm->high, folded = vm->folded;
    pol_value v = pol_machine_run(vm, rule, env, slot, args);
    *sure = vm->sure;
    vm->high = high;
    vm->folded = folded; /* a rule has one value for all solutions */
    return v;
}

/* The value of a complete rule does not depend on the bound in force, only
 * whether it is sure. */
static pol_value complete(pol_vm *vm, pol_env *env, uint32_t rule)
{
    bool sure = true;
    pol_memo_slot *slot = pol_machine_slot(vm, env, rule, POL_NO_SPAN);
    if (slot->state == POL_MEMO_BUSY) {
        pol_value v = run(vm, env, rule, slot, NULL, &sure);
        slot = pol_machine_slot(vm, env, rule, POL_NO_SPAN);
        slot->value = v;
        slot->unsure = !sure;
    }
    return possible(vm, slot->value, !slot->unsure);
}

/* A partial rule in one bound. */
static pol_value partial(pol_vm *vm, pol_env *env, uint32_t rule, bool high)
{
    bool before = vm->high, sure;
    vm->high = high;
    pol_memo_slot *slot = pol_machine_slot(vm, env, rule, POL_NO_SPAN);
    pol_value v = possible(vm, slot->value, !slot->unsure);
    if (slot->state == POL_MEMO_BUSY)
        v = run(vm, env, rule, slot, NULL, &sure);
    vm->high = before;
    return v;
}

/* The members of an object in the bound in force, where each is gathered from
 * several solutions: its value may have more parts in the other bound. */
static pol_value members(pol_vm *vm, pol_value low, pol_value high)
{
    pol_value from = vm->high ? high : low, other = vm->high ? low : high;
    return from.tag == POL_OBJECT ? shared(vm, from, other, false) : from;
}

pol_value pol_bounds_rule(pol_vm *vm, pol_env *env, uint32_t rule, bool whole)
{
    const pol_program_rule *r = &vm->program->rules[rule];
    if (is_valued(vm, rule))
        return complete(vm, env, rule);
    if (!whole && !pol_is_defined(r->key) && !r->nested)
        return partial(vm, env, rule, vm->high);
    pol_value low = partial(vm, env, rule, false);
    pol_value high = partial(vm, env, rule, true);
    if (!whole && !pol_is_defined(r->key))
        return members(vm, low, high);
    return both(vm, low, high, !r->nested && !pol_is_defined(r->key));
}

pol_value pol_bounds_call(pol_vm *vm, pol_env *env, uint32_t rule,
                          const pol_value *args)
{
    bool sure;
    pol_value v = run(vm, env, rule, NULL, args, &sure);
    return possible(vm, v, sure);
}

/* ---- results and comprehensions --------------------------------------------------- */

bool pol_bounds_result(pol_vm *vm, pol_value *local, pol_value v,
                       uint16_t place)
{
    uint16_t before = local->aux, now = v.aux;
    if (!now && !vm->high)
        now = place;
    v.aux = 0;
    if (!pol_is_defined(*local)) {
        *local = v;
    } else if (!agree(*local, v)) {
        if (before && now && pol_unknown_equal(*local, v) == 0)
            return false;
        *local = pol_unknown_either(&vm->arena, *local, v);
    }
    local->aux = before ? before : now;
    return true;
}

pol_value pol_bounds_sealed(pol_vm *vm, pol_value v, bool before)
{
    if (!pol_is_defined(v) && vm->high)
        v = pol_unknown(); /* a possible conflict */
    v.aux = vm->folded && v.tag == POL_ARRAY;
    vm->folded = before;
    return v;
}

bool pol_bounds_again(pol_vm *vm, pol_value *low_high)
{
    vm->high = !vm->high;
    if (!pol_is_defined(low_high[1])) {
        low_high[1] = low_high[0];
        return true;
    }
    bool folded = low_high[0].aux || low_high[1].aux;
    low_high[0].aux = low_high[1].aux = 0;
    pol_value here = low_high[1], there = low_high[0];
    pol_unknown_range range = {vm->high ? there : here,
                               vm->high ? here : there, false};
    low_high[0] = between(vm, range, true, folded);
    low_high[1] = pol_undefined();
    return false;
}
