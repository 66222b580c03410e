/* SPDX-License-Identifier: Apache-2.0
 *
 * json.filter and json.remove: the parts of an object that paths name, or all
 * others. Paths are sorted, so that one pass over the object serves them all. */
#include "jsonpath.h"

#include <string.h>

#include "bytes.h"
#include "pol_stdlib.h"

static const char wanted_paths[] = "one of {set, array} containing string "
                                   "paths or array of path segments";

/* ---- paths -------------------------------------------------------------- */

/* `~1` stands for a slash, `~0` for a tilde. */
static pol_value segment(pol_call *call, const char *at, size_t len)
{
    pol_bytes out;
    pol_bytes_init(&out, call, len);
    for (size_t i = 0; i < len; i++) {
        bool escape = at[i] == '~' && i + 1 < len &&
                      (at[i + 1] == '0' || at[i + 1] == '1');
        pol_bytes_byte(&out, !escape ? at[i] : at[i + 1] == '1' ? '/' : '~');
        i += escape;
    }
    return pol_bytes_done(&out);
}

static pol_value split_path(pol_call *call, pol_value text)
{
    const char *at = text.str, *end = text.str + text.len;
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_ARRAY);
    if (text.len == 0)
        return pol_builder_done(&out);
    while (at < end && *at == '/')
        at++;
    for (;;) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        const char *stop = slash ? slash : end;
        pol_builder_add(&out, segment(call, at, (size_t)(stop - at)));
        if (!slash)
            return pol_builder_done(&out);
        at = slash + 1;
    }
}

pol_value pol_jsonpath_read(pol_call *call, pol_value path)
{
    if (path.tag == POL_STRING)
        return split_path(call, path);
    if (path.tag == POL_ARRAY)
        return path;
    return pol_call_type_error(call, 2, wanted_paths, pol_type_name(path));
}

/* All paths, sorted, so that those of one prefix stand together, the shortest
 * first. */
static bool read_paths(pol_call *call, pol_value list, pol_value *out)
{
    if (list.tag != POL_ARRAY && list.tag != POL_SET) {
        pol_call_type_error(call, 2, "one of {set, array}",
                            pol_type_name(list));
        return false;
    }
    pol_builder paths;
    pol_builder_init(&paths, pol_call_arena(call), POL_SET);
    for (uint32_t i = 0; i < list.len; i++) {
        pol_value path = pol_jsonpath_read(call, pol_at(list, i));
        if (!pol_is_defined(path))
            return false;
        if (path.len > 0)
            pol_builder_add(&paths, path);
    }
    *out = pol_builder_done(&paths);
    return true;
}

/* ---- filter and remove -------------------------------------------------- */

/* The paths of a sorted run that share their first `depth` keys. */
typedef struct group {
    const pol_value *paths;
    uint32_t count;
    uint32_t depth;
} group;

static pol_value group_key(group g, uint32_t i)
{
    return pol_at(g.paths[i], g.depth);
}

/* The part of `g` whose next key is `key`; count 0 if there is none. */
static group sub_group(group g, pol_value key)
{
    uint32_t low = 0, high = g.count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (pol_compare(group_key(g, mid), key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    uint32_t end = low;
    while (end < g.count && pol_equal(group_key(g, end), key))
        end++;
    return (group){g.paths + low, end - low, g.depth + 1};
}

static bool names_whole(group g)
{
    return g.count > 0 && g.paths[0].len == g.depth;
}

static pol_value index_text(pol_call *call, uint32_t i)
{
    return pol_call_printf(call, "%u", i);
}

/* Do the parts that the paths name stay or go? */
typedef struct selection {
    pol_call *call;
    bool keep;
} selection;

static pol_value select_in(const selection *s, pol_value v, group g);

/* What becomes of a child: undefined if it goes. */
static pol_value select_child(const selection *s, pol_value child,
                              pol_value key, group g)
{
    group sub = sub_group(g, key);
    if (sub.count == 0)
        return s->keep ? pol_undefined() : child;
    if (names_whole(sub))
        return s->keep ? child : pol_undefined();
    return select_in(s, child, sub);
}

/* Arrays are indexed by the text of the index, as OPA has it. */
static pol_value select_in(const selection *s, pol_value v, group g)
{
    if (!pol_is_collection(v))
        return v;
    if (g.depth > POL_JSONPATH_DEPTH)
        pol_call_limit(s->call, "nesting of a value");
    pol_call_spend(s->call, v.len + 1);
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(s->call), v.tag);
    for (uint32_t i = 0; i < v.len; i++) {
        bool object = v.tag == POL_OBJECT;
        pol_value child = object ? pol_value_at(v, i) : pol_at(v, i);
        pol_value key = object               ? pol_key_at(v, i)
                        : v.tag == POL_ARRAY ? index_text(s->call, i)
                                             : child;
        child = select_child(s, child, key, g);
        if (pol_is_defined(child) && object)
            pol_builder_put(&out, key, child);
        else if (pol_is_defined(child))
            pol_builder_add(&out, child);
    }
    return pol_builder_done(&out);
}

static pol_value select_paths(pol_call *call, const pol_value *args, bool keep)
{
    pol_value paths;
    if (args[0].tag != POL_OBJECT)
        return pol_call_type_error(call, 1, "object", pol_type_name(args[0]));
    if (!read_paths(call, args[1], &paths))
        return pol_undefined();
    const selection s = {call, keep};
    group all = {paths.items, paths.len, 0};
    return select_in(&s, args[0], all);
}

static pol_value json_filter(pol_call *call, const pol_value *args)
{
    return select_paths(call, args, true);
}

static pol_value json_remove(pol_call *call, const pol_value *args)
{
    return select_paths(call, args, false);
}

#define OBJECT "object{any: any}"
#define PATHS                                                                 \
    "any<array[any<string | array[any]>] | set[any<string | array[any]>]>"

const pol_builtin pol_stdlib_jsonpath[] = {
    {"json.filter", "(" OBJECT ", " PATHS ") -> " OBJECT, json_filter,
     POL_PURE | POL_UNCHECKED,
     "the parts of the object that the paths name", NULL},
    {"json.remove", "(" OBJECT ", " PATHS ") -> " OBJECT, json_remove,
     POL_PURE | POL_UNCHECKED,
     "the object without the parts that the paths name", NULL},
    {0},
};
