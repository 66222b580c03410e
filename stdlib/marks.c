/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages made from values that are unknown or secret; see marks.h. */
#include "marks.h"

#include "pol_unknown.h"

enum { DEEPEST = 3000 }; /* documents nest less; policies may build more */

typedef struct marks {
    bool unknown, secret;
} marks;

static void look(pol_call *call, pol_value v, unsigned depth, marks *found)
{
    found->unknown |= v.tag == POL_UNKNOWN;
    found->secret |= v.flags & POL_SECRET;
    if (!pol_is_collection(v) || (found->unknown && found->secret))
        return;
    if (depth == DEEPEST)
        pol_call_limit(call, "nesting of a value");
    for (uint32_t i = 0; i < v.len; i++) {
        if (v.tag == POL_OBJECT)
            look(call, pol_key_at(v, i), depth + 1, found);
        look(call, v.tag == POL_OBJECT ? pol_value_at(v, i) : pol_at(v, i),
             depth + 1, found);
    }
}

pol_value pol_marks_of(pol_call *call, pol_value text, pol_value operands)
{
    marks found = {false, false};
    look(call, operands, 0, &found);
    if (found.unknown && text.tag == POL_STRING)
        text = pol_unknown_message(text);
    if (found.secret)
        text.flags |= POL_SECRET;
    return text;
}
