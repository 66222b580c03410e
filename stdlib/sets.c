/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets. Both operands are sorted, so two of them are merged in one pass. */
#include "pol_stdlib.h"

/* Of equal members (1 and 1.0) that of `a` is taken. */
static pol_value merge(pol_call *call, pol_value a, pol_value b,
                       bool only_common)
{
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_SET);
    pol_call_spend(call, ((uint64_t)a.len + b.len) / 8);
    uint32_t i = 0, k = 0;
    while (i < a.len && k < b.len) {
        int order = pol_compare(pol_at(a, i), pol_at(b, k));
        if (order == 0 || !only_common)
            pol_builder_add(&out, order <= 0 ? pol_at(a, i) : pol_at(b, k));
        i += order <= 0;
        k += order >= 0;
    }
    for (; i < a.len && !only_common; i++)
        pol_builder_add(&out, pol_at(a, i));
    for (; k < b.len && !only_common; k++)
        pol_builder_add(&out, pol_at(b, k));
    return pol_builder_done(&out);
}

/* As in OPA the members of the smaller set count. */
static pol_value common(pol_call *call, pol_value a, pol_value b)
{
    return b.len < a.len ? merge(call, b, a, true) : merge(call, a, b, true);
}

static pol_value both(pol_call *call, const pol_value *args)
{
    return common(call, args[0], args[1]);
}

static pol_value either(pol_call *call, const pol_value *args)
{
    return merge(call, args[0], args[1], false);
}

static bool are_sets(pol_call *call, pol_value sets)
{
    for (uint32_t i = 0; i < sets.len; i++) {
        if (pol_at(sets, i).tag == POL_SET)
            continue;
        pol_call_type_error(call, 1, "set", pol_type_name(pol_at(sets, i)));
        return false;
    }
    return true;
}

static pol_value set_union(pol_call *call, const pol_value *args)
{
    if (!are_sets(call, args[0]))
        return pol_undefined();
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_SET);
    for (uint32_t i = 0; i < args[0].len; i++) {
        pol_value set = pol_at(args[0], i);
        pol_call_spend(call, set.len / 4);
        for (uint32_t k = 0; k < set.len; k++)
            pol_builder_add(&out, pol_at(set, k));
    }
    return pol_builder_done(&out);
}

static pol_value intersection(pol_call *call, const pol_value *args)
{
    if (!are_sets(call, args[0]))
        return pol_undefined();
    if (args[0].len == 0)
        return pol_set(NULL, 0);
    pol_value shared = pol_at(args[0], 0);
    for (uint32_t i = 1; i < args[0].len; i++)
        shared = common(call, shared, pol_at(args[0], i));
    return shared;
}

static pol_value difference(pol_call *call, const pol_value *args)
{
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_SET);
    pol_call_spend(call, args[0].len / 4);
    for (uint32_t i = 0; i < args[0].len; i++)
        if (!pol_has(args[1], pol_at(args[0], i)))
            pol_builder_add(&out, pol_at(args[0], i));
    return pol_builder_done(&out);
}

#define SETS_TO_SET "(set[any], set[any]) -> set[any]"

const pol_builtin pol_stdlib_sets[] = {
    {"and", SETS_TO_SET, both, POL_PURE,
     "the members that both sets have, `&`", NULL},
    {"intersection", "(set[set[any]]) -> set[any]", intersection, POL_PURE,
     "the members that every one of the sets has", NULL},
    {"or", SETS_TO_SET, either, POL_PURE,
     "the members that either set has, `|`", NULL},
    {"set_diff", SETS_TO_SET, difference, POL_PURE | POL_DEPRECATED,
     "the members of the first set that the second lacks; use `-` instead",
     NULL},
    {"union", "(set[set[any]]) -> set[any]", set_union, POL_PURE,
     "the members of all the sets", NULL},
    {0},
};
