/* SPDX-License-Identifier: Apache-2.0
 *
 * The two bounds of an evaluation with unknown values; see bounds.h. */
#include "bounds.h"

static const pol_value unknown = {.tag = POL_UNKNOWN};

/* ---- values with unknowns inside ------------------------------------------- */

static bool any_unknown(const pol_value *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (pol_bounds_unknown(items[i]))
            return true;
    return false;
}

bool pol_bounds_unknown(pol_value v)
{
    switch (v.tag) {
    case POL_UNKNOWN:
        return true;
    case POL_ARRAY:
    case POL_SET:
        return any_unknown(v.items, v.len);
    case POL_OBJECT:
        return any_unknown(v.obj->values, v.len) ||
               any_unknown(v.obj->shape->keys, v.len);
    default:
        return false;
    }
}

static int equal_items(const pol_value *a, const pol_value *b, uint32_t count)
{
    int all = 1;
    for (uint32_t i = 0; i < count; i++) {
        int one = pol_bounds_equal(a[i], b[i]);
        if (one == 0)
            return 0;
        if (one < 0)
            all = POL_BOUNDS_UNDECIDED;
    }
    return all;
}

static int equal_objects(pol_value a, pol_value b)
{
    const pol_value *keys_a = a.obj->shape->keys, *keys_b = b.obj->shape->keys;
    if (any_unknown(keys_a, a.len) || any_unknown(keys_b, b.len))
        return POL_BOUNDS_UNDECIDED;
    if (a.len != b.len)
        return 0;
    for (uint32_t i = 0; i < a.len; i++)
        if (!pol_equal(keys_a[i], keys_b[i]))
            return 0;
    return equal_items(a.obj->values, b.obj->values, a.len);
}

int pol_bounds_equal(pol_value a, pol_value b)
{
    if (a.tag == POL_UNKNOWN || b.tag == POL_UNKNOWN)
        return POL_BOUNDS_UNDECIDED;
    if (a.tag != b.tag || !pol_is_collection(a))
        return pol_equal(a, b);
    switch (a.tag) {
    case POL_ARRAY:
        return a.len == b.len ? equal_items(a.items, b.items, a.len) : 0;
    case POL_OBJECT:
        return equal_objects(a, b);
    default:
        if (pol_bounds_unknown(a) || pol_bounds_unknown(b))
            return POL_BOUNDS_UNDECIDED;
        return pol_equal(a, b);
    }
}

int pol_bounds_has(pol_value collection, pol_value x)
{
    if (collection.tag == POL_UNKNOWN)
        return POL_BOUNDS_UNDECIDED;
    if (!pol_is_collection(collection))
        return 0;
    const pol_value *items = collection.tag == POL_OBJECT
                                 ? collection.obj->values
                                 : collection.items;
    int found = 0;
    for (uint32_t i = 0; i < collection.len; i++) {
        int one = pol_bounds_equal(items[i], x);
        if (one == 1)
            return 1;
        if (one < 0)
            found = POL_BOUNDS_UNDECIDED;
    }
    return found;
}

/* One value in both bounds, unknown parts included. */
static bool agree(pol_value low, pol_value high)
{
    return pol_equal(low, high) && low.tag == high.tag;
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

/* Runs a chunk; the bound in force and the caller's sureness survive. */
static pol_value run(pol_vm *vm, pol_env *env, uint32_t rule,
                     pol_memo_slot *slot, const pol_value *args, bool *sure)
{
    bool high = vm->high, outer = vm->sure;
    vm->sure = false;
    pol_value v = pol_machine_run(vm, rule, env, slot, args);
    *sure = vm->sure;
    vm->sure = outer;
    vm->high = high;
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
    pol_value v = slot->value;
    if (slot->state == POL_MEMO_BUSY)
        v = run(vm, env, rule, slot, NULL, &sure);
    vm->high = before;
    return v;
}

pol_value pol_bounds_rule(pol_vm *vm, pol_env *env, uint32_t rule, bool whole)
{
    if (is_valued(vm, rule))
        return complete(vm, env, rule);
    if (!whole && !pol_is_defined(vm->program->rules[rule].key))
        return partial(vm, env, rule, vm->high);
    pol_value low = partial(vm, env, rule, false);
    pol_value high = partial(vm, env, rule, true);
    if (!pol_is_defined(low) || !pol_is_defined(high))
        return vm->high ? high : low;
    return agree(low, high) ? low : unknown;
}

pol_value pol_bounds_call(pol_vm *vm, pol_env *env, uint32_t rule,
                          const pol_value *args)
{
    bool sure;
    pol_value v = run(vm, env, rule, NULL, args, &sure);
    return possible(vm, v, sure);
}

/* ---- results and comprehensions --------------------------------------------------- */

bool pol_bounds_result(pol_vm *vm, pol_value *local, pol_value v)
{
    bool both_sure = vm->sure && !vm->high;
    if (!pol_is_defined(*local)) {
        *local = v;
    } else if (!agree(*local, v)) {
        if (both_sure && pol_bounds_equal(*local, v) == 0)
            return false;
        *local = unknown;
    }
    vm->sure |= !vm->high;
    return true;
}

bool pol_bounds_again(pol_vm *vm, pol_value *low_high)
{
    vm->high = !vm->high;
    if (!pol_is_defined(low_high[1])) {
        low_high[1] = low_high[0];
        return true;
    }
    if (!agree(low_high[0], low_high[1]))
        low_high[0] = unknown;
    low_high[1] = pol_undefined();
    return false;
}
