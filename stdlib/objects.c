/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects. Values are moved as they are, so unknown ones may be among them. */
#include <string.h>

#include "pol_stdlib.h"
#include "pol_unknown.h"

/* Deeper objects than a document can be are not merged any further down. */
enum { MOST_DEPTH = 1024 };

static const char wanted_keys[] = "one of {object, set, array}";

/* As pol_get; unknown where it may be there. */
static pol_value member(pol_value of, pol_value key)
{
    pol_value v = pol_get(of, key);
    if (pol_is_defined(v))
        return v;
    bool may_be = of.tag == POL_UNKNOWN || pol_unknown_in(key) ||
                  (of.tag == POL_SET && pol_unknown_has(of, key));
    return may_be ? pol_unknown() : v;
}

/* An array key is a path: the value at its end. */
static pol_value get(pol_call *call, const pol_value *args)
{
    pol_value v = args[0], key = args[1];
    if (v.tag != POL_OBJECT)
        return pol_call_type_error(call, 1, "object", pol_type_name(v));
    if (key.tag != POL_ARRAY) {
        v = member(v, key);
        return pol_is_defined(v) ? v : args[2];
    }
    for (uint32_t i = 0; i < key.len; i++) {
        v = member(v, pol_at(key, i));
        if (!pol_is_defined(v))
            return args[2];
    }
    return v;
}

static pol_value keys(pol_call *call, const pol_value *args)
{
    uint32_t count = args[0].len;
    pol_call_spend(call, count / 8);
    pol_value *items = pol_items(pol_call_arena(call), count);
    for (uint32_t i = 0; i < count; i++)
        items[i] = pol_key_at(args[0], i);
    return pol_set(items, count);
}

/* The keys that the second operand of remove and filter names, as a set. */
static pol_value named_keys(pol_call *call, const pol_value *args)
{
    pol_value names = args[1];
    if (names.tag == POL_SET)
        return names;
    if (names.tag == POL_OBJECT)
        return keys(call, &names);
    pol_value *items = pol_items(pol_call_arena(call), names.len);
    if (names.len)
        memcpy(items, names.items, names.len * sizeof *items);
    return pol_set(items, names.len);
}

static pol_value select_members(pol_call *call, const pol_value *args,
                                bool keep)
{
    pol_value names = named_keys(call, args);
    if (args[0].len && pol_unknown_in(names))
        return pol_unknown();
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_OBJECT);
    pol_call_spend(call, args[0].len / 4);
    for (uint32_t i = 0; i < args[0].len; i++) {
        pol_value key = pol_key_at(args[0], i);
        if (pol_has(names, key) == keep)
            pol_builder_put(&out, key, pol_value_at(args[0], i));
    }
    return pol_builder_done(&out);
}

static bool can_select(pol_call *call, const pol_value *args)
{
    if (args[0].tag != POL_OBJECT)
        pol_call_type_error(call, 1, "object", pol_type_name(args[0]));
    else if (!pol_is_collection(args[1]))
        pol_call_type_error(call, 2, wanted_keys, pol_type_name(args[1]));
    else
        return true;
    return false;
}

static pol_value remove_keys(pol_call *call, const pol_value *args)
{
    if (!can_select(call, args))
        return pol_undefined();
    return select_members(call, args, false);
}

static pol_value filter_keys(pol_call *call, const pol_value *args)
{
    if (!can_select(call, args))
        return pol_undefined();
    return select_members(call, args, true);
}

/* ---- union -------------------------------------------------------------- */

static pol_value merge(pol_call *call, pol_value a, pol_value b, uint32_t depth)
{
    if (a.tag != POL_OBJECT || b.tag != POL_OBJECT)
        return a.tag == POL_UNKNOWN && b.tag == POL_OBJECT ? a : b;
    if (depth > MOST_DEPTH)
        pol_call_limit(call, "nesting of a value");
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_OBJECT);
    pol_call_spend(call, ((uint64_t)a.len + b.len) / 4);
    uint32_t i = 0, k = 0;
    while (i < a.len || k < b.len) {
        int order = i == a.len   ? 1
                    : k == b.len ? -1
                                 : pol_compare(pol_key_at(a, i),
                                               pol_key_at(b, k));
        if (order < 0)
            pol_builder_put(&out, pol_key_at(a, i), pol_value_at(a, i));
        else if (order > 0)
            pol_builder_put(&out, pol_key_at(b, k), pol_value_at(b, k));
        else
            pol_builder_put(&out, pol_key_at(a, i),
                            merge(call, pol_value_at(a, i), pol_value_at(b, k),
                                  depth + 1));
        i += order <= 0;
        k += order >= 0;
    }
    return pol_builder_done(&out);
}

static pol_value union_two(pol_call *call, const pol_value *args)
{
    return merge(call, args[0], args[1], 0);
}

static pol_value union_n(pol_call *call, const pol_value *args)
{
    pol_value all = pol_object_of(pol_call_arena(call), NULL, NULL, 0);
    for (uint32_t i = 0; i < args[0].len; i++) {
        pol_value item = pol_at(args[0], i);
        if (item.tag == POL_UNKNOWN)
            return pol_call_unknown(call);
        if (item.tag != POL_OBJECT) {
            pol_value got = pol_call_printf(call, "array containing %s",
                                            pol_type_name(item));
            return pol_call_type_error(call, 1, "array of objects", got.str);
        }
    }
    for (uint32_t i = 0; i < args[0].len; i++)
        all = i == 0 ? pol_at(args[0], 0)
                     : merge(call, all, pol_at(args[0], i), 0);
    return all;
}

/* ---- subset ------------------------------------------------------------- */

static bool has_all(pol_value super, pol_value sub)
{
    for (uint32_t i = 0; i < sub.len; i++)
        if (!pol_has(super, pol_at(sub, i)))
            return false;
    return true;
}

static bool has_run(pol_call *call, pol_value super, pol_value sub)
{
    for (uint32_t start = 0; start + sub.len <= super.len; start++) {
        uint32_t i = 0;
        while (i < sub.len &&
               pol_equal(pol_at(super, start + i), pol_at(sub, i)))
            i++;
        pol_call_spend(call, i / 4 + 1);
        if (i == sub.len)
            return true;
    }
    return false;
}

static bool is_subset(pol_call *call, pol_value super, pol_value sub,
                      uint32_t depth)
{
    if (depth > MOST_DEPTH)
        pol_call_limit(call, "nesting of a value");
    if (super.tag == POL_SET && sub.tag == POL_SET)
        return has_all(super, sub);
    if (super.tag == POL_ARRAY && sub.tag == POL_ARRAY)
        return has_run(call, super, sub);
    if (super.tag != POL_OBJECT || sub.tag != POL_OBJECT)
        return pol_equal(super, sub);
    for (uint32_t i = 0; i < sub.len; i++) {
        pol_value v = pol_get(super, pol_key_at(sub, i));
        if (!pol_is_defined(v) ||
            !is_subset(call, v, pol_value_at(sub, i), depth + 1))
            return false;
    }
    return true;
}

static pol_value subset(pol_call *call, const pol_value *args)
{
    pol_value super = args[0], sub = args[1];
    if (super.tag == POL_ARRAY && sub.tag == POL_SET) {
        pol_call_spend(call, (uint64_t)super.len * sub.len / 4);
        return pol_bool(super.len > 0 && has_all(super, sub));
    }
    if (super.tag != sub.tag || !pol_is_collection(super))
        return pol_call_type_error(call, 0,
                                   "both arguments object.subset must be of "
                                   "the same type or array and set",
                                   NULL);
    return pol_bool(is_subset(call, super, sub, 0));
}

#define OBJECT "object{any: any}"
#define KEYS "any<array[any] | object{any: any} | set[any]>"

const pol_builtin pol_stdlib_objects[] = {
    {"object.filter", "(" OBJECT ", " KEYS ") -> " OBJECT, filter_keys,
     POL_LENIENT, "the members whose keys the second names", NULL},
    {"object.get", "(" OBJECT ", any, any) -> any", get, POL_LENIENT,
     "the value at a key, or at a path given as an array; the third if there "
     "is none",
     NULL},
    {"object.keys", "(" OBJECT ") -> set[any]", keys, POL_LENIENT,
     "the keys of the object as a set", NULL},
    {"object.remove", "(" OBJECT ", " KEYS ") -> " OBJECT, remove_keys,
     POL_LENIENT, "the members whose keys the second does not name", NULL},
    {"object.subset", "(" KEYS ", " KEYS ") -> boolean", subset,
     POL_PURE | POL_UNCHECKED,
     "whether the first contains the second: members of objects at every "
     "depth, members of a set, a run of an array",
     NULL},
    {"object.union", "(" OBJECT ", " OBJECT ") -> " OBJECT, union_two,
     POL_LENIENT,
     "both objects merged at every depth; where they differ the second counts",
     NULL},
    {"object.union_n", "(array[" OBJECT "]) -> " OBJECT, union_n, POL_LENIENT,
     "all objects merged from left to right, the later ones counting", NULL},
    {0},
};
