/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be said of values that are unknown or hold unknown values, whatever
 * these turn out to be. Every answer is for good: it holds for each way to
 * replace the unknown values by others.
 *
 * No two unknown values are taken for the same, even where they are. An unknown
 * value may be known in part: a message (with a text: `len` is not 0) is a string
 * in any case, a *typed* one has one of some types, and a *range* lies between two
 * values. Typed ones and ranges stand in locals and on the operand stack only,
 * never in collections and documents. */
#ifndef POL_UNKNOWN_H
#define POL_UNKNOWN_H

#include "pol_value.h"

/* An answer of yes, no or this: it depends on what is unknown. */
enum { POL_UNDECIDED = -1 };

/* What an order may turn out to be: a set of these. */
enum { POL_LESS = 1, POL_SAME = 2, POL_MORE = 4, POL_ANY_ORDER = 7 };

/* Between two numbers, or two collections of one type: it has all that `low` has
 * and nothing that `high` has not. `open`: a number has no upper end, an array
 * may have more elements than `high`, which stand for them. */
typedef struct pol_unknown_range {
    pol_value low, high;
    bool open;
} pol_unknown_range;

/* What may be anything. */
static inline pol_value pol_unknown(void)
{
    return (pol_value){.tag = POL_UNKNOWN};
}

/* The message with that text. */
static inline pol_value pol_unknown_message(pol_value text)
{
    if (!text.len)
        return pol_unknown();
    text.tag = POL_UNKNOWN;
    return text;
}

/* Is it unknown, but with a text to show? */
static inline bool pol_unknown_is_message(pol_value v)
{
    return v.tag == POL_UNKNOWN && v.len;
}

/* Types: bits 1 << pol_tag as in signatures, where a number has both of its. */
enum {
    POL_UNKNOWN_BOOLEAN = 1 << POL_FALSE | 1 << POL_TRUE,
    POL_UNKNOWN_NUMBER = 1 << POL_INT | 1 << POL_NUMBER,
    POL_UNKNOWN_COLLECTION = 1 << POL_ARRAY | 1 << POL_OBJECT | 1 << POL_SET,
    POL_UNKNOWN_ANY = (1 << POL_UNKNOWN) - (1 << POL_NULL)
};

/* The unknown value of one of these types, at least one; the value itself where
 * there is only one of the type. */
pol_value pol_unknown_of(unsigned types);
/* The types that a value may have. */
unsigned pol_unknown_types(pol_value v);

/* NULL: the value is no range. The last bit of `ptr` tells a typed one. */
static inline const pol_unknown_range *pol_unknown_range_of(pol_value v)
{
    return v.tag == POL_UNKNOWN && !v.len && !((uintptr_t)v.ptr & 1) ? v.ptr
                                                                     : NULL;
}

/* A range in `arena`; its low value where that is all it may be. */
pol_value pol_unknown_between(pol_arena *arena, pol_unknown_range range);

/* One of two values, it is not known which. */
pol_value pol_unknown_either(pol_arena *arena, pol_value a, pol_value b);

/* What may stand in a collection for `v`: one in a range or of some types is just
 * unknown. */
static inline pol_value pol_unknown_plain(pol_value v)
{
    return v.tag == POL_UNKNOWN && !v.len ? pol_unknown() : v;
}

/* May there be an unknown value in `v`? False is certain; beyond the nesting of
 * documents the answer is true. */
bool pol_unknown_in(pol_value v);

/* 1, 0, or POL_UNDECIDED. */
int pol_unknown_equal(pol_value a, pol_value b);
/* As pol_has: 1, 0, or POL_UNDECIDED. */
int pol_unknown_has(pol_value collection, pol_value x);
/* What pol_compare may say. */
unsigned pol_unknown_order(pol_value a, pol_value b);

/* The number of elements of a collection or a range of such, a range of numbers
 * itself where it is not known; undefined if it is neither. */
pol_value pol_unknown_count(pol_arena *arena, pol_value v);

#endif
