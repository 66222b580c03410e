/* SPDX-License-Identifier: Apache-2.0
 *
 * Comparison and membership, for where the operators are used as functions: the
 * compiler has instructions for them. */
#include "pol_stdlib.h"
#include "pol_unknown.h"

static pol_value equal(pol_call *call, const pol_value *args)
{
    (void)call;
    return pol_bool(pol_equal(args[0], args[1]));
}

static pol_value neq(pol_call *call, const pol_value *args)
{
    (void)call;
    return pol_bool(!pol_equal(args[0], args[1]));
}

static pol_value lt(pol_call *call, const pol_value *args)
{
    (void)call;
    return pol_bool(pol_compare(args[0], args[1]) < 0);
}

static pol_value lte(pol_call *call, const pol_value *args)
{
    (void)call;
    return pol_bool(pol_compare(args[0], args[1]) <= 0);
}

static pol_value gt(pol_call *call, const pol_value *args)
{
    (void)call;
    return pol_bool(pol_compare(args[0], args[1]) > 0);
}

static pol_value gte(pol_call *call, const pol_value *args)
{
    (void)call;
    return pol_bool(pol_compare(args[0], args[1]) >= 0);
}

static pol_value member(pol_call *call, const pol_value *args)
{
    pol_call_spend(call, args[1].tag == POL_SET ? 0 : args[1].len / 8);
    return pol_bool(pol_has(args[1], args[0]));
}

/* Is there perhaps a member at the key that is not found? */
static bool may_have(pol_value of, pol_value key)
{
    return of.tag == POL_UNKNOWN || pol_unknown_in(key) ||
           (of.tag == POL_SET && pol_unknown_has(of, key));
}

static pol_value member_at(pol_call *call, const pol_value *args)
{
    (void)call;
    pol_value key = args[0], x = args[1], of = args[2];
    pol_value found = pol_unknown_in(key) ? pol_undefined() : pol_get(of, key);
    int is = pol_is_defined(found)    ? pol_unknown_equal(found, x)
             : may_have(of, key) && pol_unknown_has(of, x) ? POL_UNDECIDED
                                      : 0;
    return is < 0 ? pol_unknown_of(POL_UNKNOWN_BOOLEAN) : pol_bool(is);
}

#define COMPARISON "(any, any) -> boolean"

const pol_builtin pol_stdlib_compare[] = {
    {"assign", COMPARISON, equal, POL_PURE,
     "`:=`; as a function, whether both are equal", NULL},
    {"eq", COMPARISON, equal, POL_PURE,
     "`=`; as a function, whether both are equal", NULL},
    {"equal", COMPARISON, equal, POL_PURE, "whether both are equal, `==`",
     NULL},
    {"gt", COMPARISON, gt, POL_PURE,
     "whether the first comes after the second, `>`", NULL},
    {"gte", COMPARISON, gte, POL_PURE,
     "whether the first does not come before the second, `>=`", NULL},
    {"internal.member_2", COMPARISON, member, POL_PURE,
     "whether the first is an element of the second, `x in xs`", NULL},
    {"internal.member_3", "(any, any, any) -> boolean", member_at,
     POL_PURE | POL_LENIENT | POL_RANGES,
     "whether the third has the second at the key, `k, x in xs`", NULL},
    {"lt", COMPARISON, lt, POL_PURE,
     "whether the first comes before the second, `<`", NULL},
    {"lte", COMPARISON, lte, POL_PURE,
     "whether the first does not come after the second, `<=`", NULL},
    {"neq", COMPARISON, neq, POL_PURE, "whether both differ, `!=`", NULL},
    {0},
};
