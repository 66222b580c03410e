/* SPDX-License-Identifier: Apache-2.0
 *
 * Values with unknown parts; see pol_unknown.h. */
#include "pol_unknown.h"

#include "arena.h"
#include "common.h"
#include "limit.h"

enum {
    DEEPEST = 2 * POL_LIMIT_DOCUMENT_NESTING,
    MOST_PAIRS = 1 << 16 /* of members of two sets that are compared */
};

/* ---- unknown parts ------------------------------------------------------- */

static bool unknown_in(pol_value v, uint32_t depth);

static bool any_unknown(const pol_value *items, uint32_t count, uint32_t depth)
{
    for (uint32_t i = 0; i < count; i++)
        if (unknown_in(items[i], depth))
            return true;
    return false;
}

static bool unknown_in(pol_value v, uint32_t depth)
{
    if (v.tag == POL_UNKNOWN || (pol_is_collection(v) && depth == DEEPEST))
        return true;
    if (v.tag == POL_OBJECT)
        return any_unknown(v.obj->values, v.len, depth + 1) ||
               any_unknown(v.obj->shape->keys, v.len, depth + 1);
    return pol_is_collection(v) && any_unknown(v.items, v.len, depth + 1);
}

bool pol_unknown_in(pol_value v)
{
    return unknown_in(v, 0);
}

/* ---- types ---------------------------------------------------------------- */

pol_value pol_unknown_of(unsigned types)
{
    types &= POL_UNKNOWN_ANY;
    for (unsigned tag = POL_NULL; tag <= POL_TRUE; tag++)
        if (types == 1u << tag)
            return (pol_value){.tag = (uint8_t)tag};
    if (!types || types == POL_UNKNOWN_ANY)
        return pol_unknown();
    return (pol_value){.tag = POL_UNKNOWN,
                       .ptr = (const void *)(uintptr_t)(types << 1 | 1)};
}

unsigned pol_unknown_types(pol_value v)
{
    const pol_unknown_range *range = pol_unknown_range_of(v);
    if (range)
        v = range->low;
    if (pol_is_number(v))
        return POL_UNKNOWN_NUMBER;
    if (v.tag != POL_UNKNOWN)
        return 1u << v.tag;
    if (pol_unknown_is_message(v))
        return 1u << POL_STRING;
    return v.ptr ? (unsigned)((uintptr_t)v.ptr >> 1) : POL_UNKNOWN_ANY;
}

/* The orders of values of such types, and of two different values of one. */
static unsigned order_types(unsigned a, unsigned b)
{
    unsigned may = 0, numbers = 1 << POL_NUMBER; /* these are one type */
    for (unsigned x = POL_NULL; x < POL_UNKNOWN; x++)
        for (unsigned y = POL_NULL; y < POL_UNKNOWN; y++) {
            if (!(a & ~numbers & 1u << x) || !(b & ~numbers & 1u << y))
                continue;
            may |= x < y ? POL_LESS : x > y ? POL_MORE : POL_SAME;
            if (x == y && x > POL_TRUE)
                may = POL_ANY_ORDER;
        }
    return may;
}

/* ---- ranges ---------------------------------------------------------------- */

pol_value pol_unknown_between(pol_arena *arena, pol_unknown_range range)
{
    if (!range.open && pol_equal(range.low, range.high) &&
        range.low.tag == range.high.tag)
        return range.low;
    pol_unknown_range *made = arena_new(arena, pol_unknown_range);
    *made = range;
    return (pol_value){.tag = POL_UNKNOWN, .ptr = made};
}

/* A value as a range. */
static pol_unknown_range range_of(pol_value v)
{
    const pol_unknown_range *range = pol_unknown_range_of(v);
    return range ? *range : (pol_unknown_range){v, v, false};
}

/* Is the value a number in a range? One of which only the type is known is not. */
static bool has_ends(pol_value v)
{
    return pol_is_number(range_of(v).low);
}

pol_value pol_unknown_either(pol_arena *arena, pol_value a, pol_value b)
{
    if (!has_ends(a) || !has_ends(b))
        return pol_unknown_of(pol_unknown_types(a) | pol_unknown_types(b));
    pol_unknown_range x = range_of(a), y = range_of(b);
    if (pol_compare(y.low, x.low) < 0)
        x.low = y.low;
    if (pol_compare(y.high, x.high) > 0)
        x.high = y.high;
    x.open |= y.open;
    return pol_unknown_between(arena, x);
}

/* Of numbers. */
static unsigned order_ranges(pol_value a, pol_value b)
{
    pol_unknown_range x = range_of(a), y = range_of(b);
    unsigned may = 0;
    if (y.open || pol_compare(x.low, y.high) < 0)
        may |= POL_LESS;
    if (x.open || pol_compare(x.high, y.low) > 0)
        may |= POL_MORE;
    if ((y.open || pol_compare(x.low, y.high) <= 0) &&
        (x.open || pol_compare(x.high, y.low) >= 0))
        may |= POL_SAME;
    return may;
}

/* Members of a set that are certainly not equal to each other; at least one of
 * what is not empty. */
static uint32_t distinct(pol_value set)
{
    uint32_t known = 0;
    for (uint32_t i = 0; i < set.len; i++)
        known += !unknown_in(set.items[i], 0);
    return known || !set.len ? known : 1;
}

pol_value pol_unknown_count(pol_arena *arena, pol_value v)
{
    pol_unknown_range range = range_of(v);
    pol_value low = range.low, high = range.high;
    if (!pol_is_collection(low))
        return pol_undefined();
    bool set = low.tag == POL_SET;
    range.open |= set && unknown_in(high, 0);
    range.low = pol_int(set ? distinct(low) : low.len);
    range.high = range.open ? range.low : pol_int(high.len);
    return pol_unknown_between(arena, range);
}

/* ---- equality ------------------------------------------------------------- */

static int equal(pol_value a, pol_value b, uint32_t depth);

static int equal_items(const pol_value *a, const pol_value *b, uint32_t count,
                       uint32_t depth)
{
    int all = 1;
    for (uint32_t i = 0; i < count; i++) {
        int one = equal(a[i], b[i], depth);
        if (one == 0)
            return 0;
        if (one < 0)
            all = POL_UNDECIDED;
    }
    return all;
}

static int equal_objects(pol_value a, pol_value b, uint32_t depth)
{
    const pol_value *keys_a = a.obj->shape->keys, *keys_b = b.obj->shape->keys;
    if (any_unknown(keys_a, a.len, depth) || any_unknown(keys_b, b.len, depth))
        return POL_UNDECIDED;
    if (a.len != b.len)
        return 0;
    for (uint32_t i = 0; i < a.len; i++)
        if (!pol_equal(keys_a[i], keys_b[i]))
            return 0;
    return equal_items(a.obj->values, b.obj->values, a.len, depth);
}

static int has(const pol_value *items, uint32_t count, pol_value x,
               uint32_t depth)
{
    int found = 0;
    for (uint32_t i = 0; i < count; i++) {
        int one = equal(items[i], x, depth);
        if (one == 1)
            return 1;
        if (one < 0)
            found = POL_UNDECIDED;
    }
    return found;
}

/* Is there a member of `a` that cannot be in `b`? */
static bool lacks(pol_value a, pol_value b, uint32_t depth)
{
    for (uint32_t i = 0; i < a.len; i++)
        if (has(b.items, b.len, a.items[i], depth) == 0)
            return true;
    return false;
}

static int equal_sets(pol_value a, pol_value b, uint32_t depth)
{
    if (!any_unknown(a.items, a.len, depth) &&
        !any_unknown(b.items, b.len, depth))
        return pol_equal(a, b);
    if ((uint64_t)a.len * b.len > MOST_PAIRS)
        return POL_UNDECIDED;
    return lacks(a, b, depth) || lacks(b, a, depth) ? 0 : POL_UNDECIDED;
}

static bool lacks_key(pol_value a, pol_value b)
{
    for (uint32_t i = 0; i < a.len; i++)
        if (!pol_is_defined(pol_get(b, a.obj->shape->keys[i])))
            return true;
    return false;
}

/* Is a range of collections, equal to a collection? No or perhaps. */
static int equal_range(const pol_unknown_range *a, pol_value b, uint32_t depth)
{
    bool no;
    if (b.tag == POL_SET)
        no = (uint64_t)a->high.len * b.len <= MOST_PAIRS &&
             (lacks(a->low, b, depth) || lacks(b, a->high, depth));
    else if (b.tag == POL_OBJECT)
        no = lacks_key(a->low, b) || lacks_key(b, a->high);
    else
        no = a->low.len > b.len || (!a->open && a->high.len < b.len);
    return no ? 0 : POL_UNDECIDED;
}

static int equal_unknown(pol_value a, pol_value b, uint32_t depth)
{
    const pol_unknown_range *x = pol_unknown_range_of(a);
    const pol_unknown_range *y = pol_unknown_range_of(b);
    if (has_ends(a) && has_ends(b))
        return order_ranges(a, b) & POL_SAME ? POL_UNDECIDED : 0;
    if (x && pol_is_collection(b))
        return equal_range(x, b, depth);
    if (y && pol_is_collection(a))
        return equal_range(y, a, depth);
    return POL_UNDECIDED;
}

static int equal(pol_value a, pol_value b, uint32_t depth)
{
    if (!(pol_unknown_types(a) & pol_unknown_types(b)))
        return 0;
    if (a.tag == POL_UNKNOWN || b.tag == POL_UNKNOWN)
        return equal_unknown(a, b, depth);
    if (!pol_is_collection(a))
        return pol_equal(a, b);
    if (depth == DEEPEST)
        return POL_UNDECIDED;
    if (a.tag == POL_OBJECT)
        return equal_objects(a, b, depth + 1);
    if (a.tag == POL_SET)
        return equal_sets(a, b, depth + 1);
    return a.len == b.len ? equal_items(a.items, b.items, a.len, depth + 1) : 0;
}

int pol_unknown_equal(pol_value a, pol_value b)
{
    return equal(a, b, 0);
}

/* Is x among the elements, or the values of an object? */
static int has_value(pol_value collection, pol_value x)
{
    return has(collection.tag == POL_OBJECT ? collection.obj->values
                                            : collection.items,
               collection.len, x, 0);
}

int pol_unknown_has(pol_value collection, pol_value x)
{
    const pol_unknown_range *range = pol_unknown_range_of(collection);
    if (pol_is_collection(collection))
        return has_value(collection, x);
    if (!range || !pol_is_collection(range->low))
        return pol_unknown_types(collection) & POL_UNKNOWN_COLLECTION
                   ? POL_UNDECIDED
                   : 0;
    if (has_value(range->low, x) == 1)
        return 1;
    return has_value(range->high, x) ? POL_UNDECIDED : 0;
}

/* ---- order ------------------------------------------------------------------ */

static unsigned order(pol_value a, pol_value b, uint32_t depth);

static unsigned known_order(int order)
{
    return order < 0 ? POL_LESS : order > 0 ? POL_MORE : POL_SAME;
}

/* What is left when two values cannot be equal. */
static unsigned unless_equal(int equal)
{
    return equal ? POL_ANY_ORDER : POL_LESS | POL_MORE;
}

/* The first elements that differ decide. */
static unsigned order_arrays(pol_value a, pol_value b, uint32_t depth)
{
    uint32_t count = a.len < b.len ? a.len : b.len;
    for (uint32_t i = 0; i < count; i++) {
        unsigned one = order(a.items[i], b.items[i], depth);
        if (one == POL_SAME)
            continue;
        if (!(one & POL_SAME) && one != (POL_LESS | POL_MORE))
            return one;
        return unless_equal(a.len == b.len &&
                            equal_items(a.items, b.items, count, depth));
    }
    return known_order((a.len > b.len) - (a.len < b.len));
}

static unsigned order_unknown(pol_value a, pol_value b, uint32_t depth)
{
    unsigned may = order_types(pol_unknown_types(a), pol_unknown_types(b));
    if (may != POL_ANY_ORDER)
        return may;
    if (has_ends(a) && has_ends(b))
        return order_ranges(a, b);
    return unless_equal(equal(a, b, depth));
}

static unsigned order(pol_value a, pol_value b, uint32_t depth)
{
    if (a.tag == POL_UNKNOWN || b.tag == POL_UNKNOWN)
        return order_unknown(a, b, depth);
    if (a.tag != b.tag || !pol_is_collection(a))
        return known_order(pol_compare(a, b));
    if (a.tag == POL_ARRAY && depth < DEEPEST)
        return order_arrays(a, b, depth + 1);
    if (unknown_in(a, 0) || unknown_in(b, 0))
        return unless_equal(equal(a, b, depth));
    return known_order(pol_compare(a, b));
}

unsigned pol_unknown_order(pol_value a, pol_value b)
{
    return order(a, b, 0);
}
