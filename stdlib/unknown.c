/* SPDX-License-Identifier: Apache-2.0
 *
 * Unknown values for the tests of policies: one to put into a document, and the
 * question whether a verdict depends on one. No other built-in function can tell
 * an unknown value, and policies should not. */
#include "pol_stdlib.h"
#include "pol_unknown.h"

static pol_value unknown(pol_call *call, const pol_value *args)
{
    (void)call;
    (void)args;
    return pol_unknown();
}

static pol_value is_unknown(pol_call *call, const pol_value *args)
{
    (void)call;
    return pol_bool(args[0].tag == POL_UNKNOWN);
}

const pol_builtin pol_stdlib_unknown[] = {
    {"polc.is_unknown", "(any) -> boolean", is_unknown, POL_LENIENT,
     "whether the value is unknown as a whole; for tests", NULL},
    {"polc.unknown", "() -> any", unknown, POL_UNKNOWING,
     "a value that is not known yet; for tests", NULL},
    {0},
};
