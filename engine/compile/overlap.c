/* SPDX-License-Identifier: Apache-2.0
 *
 * What static types have in common, and what is inside of them; see typing.h. */
#include "typing.h"

/* ---- parts --------------------------------------------------------------- */

static int find_name(const pol_typing *t, pol_value name)
{
    uint32_t from = 0, to = t->count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int order = pol_compare(t->names[middle], name);
        if (order == 0)
            return (int)middle;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return -1;
}

typedef const pol_typing *(*part_of)(pol_arena *, const pol_typing *);

/* The same part of every alternative. */
static const pol_typing *of_union(pol_arena *arena, const pol_typing *t,
                                  part_of part)
{
    const pol_typing *all = NULL;
    for (uint32_t i = 0; i < t->count; i++)
        all = pol_typing_union(arena, all, part(arena, t->parts[i]));
    return all;
}

const pol_typing *pol_typing_keys(pol_arena *arena, const pol_typing *t)
{
    const pol_typing *keys = t->key;
    switch (t->kind) {
    case POL_TYPING_ANY:
        return t;
    case POL_TYPING_ARRAY:
        return &pol_typing_number;
    case POL_TYPING_SET:
        return t->rest;
    case POL_TYPING_UNION:
        return of_union(arena, t, pol_typing_keys);
    case POL_TYPING_OBJECT:
        for (uint32_t i = 0; i < t->count; i++)
            keys = pol_typing_union(arena, keys,
                                    pol_typing_of_value(arena, t->names[i]));
        return keys;
    default:
        return NULL;
    }
}

const pol_typing *pol_typing_values(pol_arena *arena, const pol_typing *t)
{
    const pol_typing *values = t->rest;
    switch (t->kind) {
    case POL_TYPING_ANY:
        return t;
    case POL_TYPING_SET:
        return t->rest;
    case POL_TYPING_UNION:
        return of_union(arena, t, pol_typing_values);
    case POL_TYPING_ARRAY:
    case POL_TYPING_OBJECT:
        for (uint32_t i = 0; i < t->count; i++)
            values = pol_typing_union(arena, values, t->parts[i]);
        return values;
    default:
        return NULL;
    }
}

const pol_typing *pol_typing_select(pol_arena *arena, const pol_typing *t,
                                    pol_value key)
{
    const pol_typing *type, *all = NULL;
    int at;
    switch (t->kind) {
    case POL_TYPING_ANY:
        return t;
    case POL_TYPING_ARRAY:
        if (key.tag != POL_INT || key.i < 0)
            return NULL;
        return key.i < (int64_t)t->count ? t->parts[key.i] : t->rest;
    case POL_TYPING_OBJECT:
        at = find_name(t, key);
        if (at >= 0)
            return t->parts[at];
        type = pol_typing_of_value(arena, key);
        return t->key && pol_typing_overlap(arena, type, t->key) ? t->rest
                                                                 : NULL;
    case POL_TYPING_SET:
        type = pol_typing_of_value(arena, key);
        return t->rest && pol_typing_overlap(arena, type, t->rest) ? type
                                                                   : NULL;
    case POL_TYPING_UNION:
        for (uint32_t i = 0; i < t->count; i++)
            all = pol_typing_union(
                arena, all, pol_typing_select(arena, t->parts[i], key));
        return all;
    default:
        return NULL;
    }
}

/* ---- overlap ------------------------------------------------------------- */

/* Does every element that `a` lists fit into `b`? */
static bool elements_fit(pol_arena *arena, const pol_typing *a,
                         const pol_typing *b)
{
    for (uint32_t i = 0; i < a->count; i++) {
        if (i >= b->count && !b->rest)
            return false;
        const pol_typing *other = i < b->count ? b->parts[i] : b->rest;
        if (!pol_typing_overlap(arena, a->parts[i], other))
            return false;
    }
    return true;
}

/* … every member that `a` names? One that `b` does not have counts if just
 * these are in `a`; which further keys `b` has does not count. */
static bool members_fit(pol_arena *arena, const pol_typing *a,
                        const pol_typing *b)
{
    for (uint32_t i = 0; i < a->count; i++) {
        int at = find_name(b, a->names[i]);
        const pol_typing *other =
            at >= 0 ? b->parts[at] : pol_typing_select(arena, b, a->names[i]);
        if (!other && !a->rest && !b->rest)
            return false;
        if (!pol_typing_overlap(arena, a->parts[i], other))
            return false;
    }
    return true;
}

static bool any_overlaps(pol_arena *arena, const pol_typing *all,
                         const pol_typing *b)
{
    for (uint32_t i = 0; i < all->count; i++) {
        if (pol_typing_overlap(arena, all->parts[i], b))
            return true;
    }
    return false;
}

bool pol_typing_overlap(pol_arena *arena, const pol_typing *a,
                        const pol_typing *b)
{
    if (!a || !b || a == b || a->kind == POL_TYPING_ANY ||
        b->kind == POL_TYPING_ANY)
        return true;
    if (a->kind == POL_TYPING_UNION)
        return any_overlaps(arena, a, b);
    if (b->kind == POL_TYPING_UNION)
        return any_overlaps(arena, b, a);
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case POL_TYPING_ARRAY:
        return elements_fit(arena, a, b) && elements_fit(arena, b, a) &&
               pol_typing_overlap(arena, a->rest, b->rest);
    case POL_TYPING_OBJECT:
        return members_fit(arena, a, b) && members_fit(arena, b, a) &&
               pol_typing_overlap(arena, a->rest, b->rest);
    case POL_TYPING_SET:
        return pol_typing_overlap(arena, a->rest, b->rest);
    default:
        return true;
    }
}
