/* SPDX-License-Identifier: Apache-2.0
 *
 * Arrays. Elements are moved as they are, so unknown ones may be among them. */
#include <string.h>

#include "operands.h"
#include "pol_stdlib.h"

static void copy_items(pol_value *to, pol_value from)
{
    if (from.len)
        memcpy(to, from.items, from.len * sizeof *to);
}

static pol_value concat(pol_call *call, const pol_value *args)
{
    size_t count = (size_t)args[0].len + args[1].len;
    pol_call_spend(call, count / 8);
    pol_value *items = pol_items(pol_call_arena(call), count);
    copy_items(items, args[0]);
    copy_items(items + args[0].len, args[1]);
    return pol_array(items, count);
}

static pol_value flatten(pol_call *call, const pol_value *args)
{
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_ARRAY);
    for (uint32_t i = 0; i < args[0].len; i++) {
        pol_value item = pol_at(args[0], i);
        if (item.tag == POL_UNKNOWN) /* perhaps an array */
            return item;
        if (item.tag != POL_ARRAY) {
            pol_builder_add(&out, item);
            continue;
        }
        pol_call_spend(call, item.len / 8);
        for (uint32_t k = 0; k < item.len; k++)
            pol_builder_add(&out, pol_at(item, k));
    }
    return pol_builder_done(&out);
}

static pol_value reverse(pol_call *call, const pol_value *args)
{
    uint32_t count = args[0].len;
    pol_call_spend(call, count / 8);
    pol_value *items = pol_items(pol_call_arena(call), count);
    for (uint32_t i = 0; i < count; i++)
        items[i] = pol_at(args[0], count - 1 - i);
    return pol_array(items, count);
}

static int64_t clamp(int64_t i, int64_t low, int64_t high)
{
    if (i < low)
        return low;
    return i > high ? high : i;
}

static pol_value slice(pol_call *call, const pol_value *args)
{
    int64_t start, stop;
    if (!pol_operand_int(call, args, 1, &start) ||
        !pol_operand_int(call, args, 2, &stop))
        return pol_undefined();
    start = clamp(start, 0, args[0].len);
    stop = clamp(stop, start, args[0].len);
    if (start == stop)
        return pol_array(NULL, 0);
    return pol_array(args[0].items + start, (size_t)(stop - start));
}

const pol_builtin pol_stdlib_arrays[] = {
    {"array.concat", "(array[any], array[any]) -> array[any]", concat,
     POL_LENIENT, "the elements of both arrays one after the other", NULL},
    {"array.flatten", "(array[any]) -> array[any]", flatten, POL_LENIENT,
     "the array with its array elements replaced by their elements", NULL},
    {"array.reverse", "(array[any]) -> array[any]", reverse, POL_LENIENT,
     "the elements in reverse order", NULL},
    {"array.slice", "(array[any], number, number) -> array[any]", slice,
     POL_LENIENT,
     "the elements from the first index to before the second; both are cut to "
     "the array",
     NULL},
    {0},
};
