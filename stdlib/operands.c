/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks of operands that a signature cannot express. */
#include "operands.h"

#include <string.h>

bool pol_operand_int(pol_call *call, const pol_value *args, int index,
                     int64_t *out)
{
    pol_value v = args[index];
    if (!pol_is_number(v)) {
        pol_call_type_error(call, index + 1, "number", pol_type_name(v));
        return false;
    }
    bool plain = v.tag == POL_INT || !strpbrk(v.num->text, "eE");
    if (plain && pol_number_int64(v, out))
        return true;
    pol_call_type_error(call, index + 1, "integer number",
                        "floating-point number");
    return false;
}

bool pol_operand_strings(pol_call *call, const pol_value *args, int index)
{
    pol_value v = args[index];
    bool set = v.tag == POL_SET;
    if (!set && v.tag != POL_ARRAY)
        return true;
    for (uint32_t i = 0; i < v.len; i++) {
        if (pol_is_string(pol_at(v, i)))
            continue;
        pol_value got =
            pol_call_printf(call, "%s containing %s", pol_type_name(v),
                            pol_type_name(pol_at(v, i)));
        pol_call_type_error(call, index + 1,
                            set ? "set of strings" : "array of strings",
                            got.str);
        return false;
    }
    return true;
}
