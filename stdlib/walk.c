/* SPDX-License-Identifier: Apache-2.0
 *
 * walk: every value inside a value, with its path, the outer ones first. An
 * unknown value may have more inside: an unknown pair at the end says so. */
#include "pol_stdlib.h"
#include "pol_unknown.h"

enum { MOST_DEPTH = 1024 };

typedef struct walker {
    pol_call *call;
    pol_builder out;
    bool unknown; /* was one met? */
} walker;

static pol_value longer(walker *w, pol_value path, pol_value key)
{
    pol_value *items = pol_items(pol_call_arena(w->call), path.len + 1);
    for (uint32_t i = 0; i < path.len; i++)
        items[i] = pol_at(path, i);
    items[path.len] = key;
    return pol_array(items, path.len + 1);
}

static void visit(walker *w, pol_value path, pol_value v)
{
    if (path.len > MOST_DEPTH)
        pol_call_limit(w->call, "nesting of a value");
    pol_value *pair = pol_items(pol_call_arena(w->call), 2);
    pair[0] = path;
    pair[1] = v;
    pol_builder_add(&w->out, pol_array(pair, 2));
    pol_call_spend(w->call, 1 + path.len / 8);
    w->unknown |= v.tag == POL_UNKNOWN;
    if (!pol_is_collection(v))
        return;
    for (uint32_t i = 0; i < v.len; i++) {
        if (v.tag == POL_OBJECT)
            visit(w, longer(w, path, pol_key_at(v, i)), pol_value_at(v, i));
        else if (v.tag == POL_SET)
            visit(w, longer(w, path, pol_at(v, i)), pol_at(v, i));
        else
            visit(w, longer(w, path, pol_int(i)), pol_at(v, i));
    }
}

static pol_value walk(pol_call *call, const pol_value *args)
{
    walker w = {.call = call};
    pol_builder_init(&w.out, pol_call_arena(call), POL_ARRAY);
    visit(&w, pol_array(NULL, 0), args[0]);
    if (w.unknown)
        pol_builder_add(&w.out, pol_unknown());
    return pol_builder_done(&w.out);
}

const pol_builtin pol_stdlib_walk[] = {
    {"walk", "(any) -> [array[any], any]", walk, POL_RELATION | POL_LENIENT,
     "iterates over the pairs of path and value of everything in the value, "
     "itself first",
     NULL},
    {0},
};
