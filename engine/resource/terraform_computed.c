/* SPDX-License-Identifier: Apache-2.0
 *
 * What a plan leaves to the provider: properties that are unknown and that no
 * expression of the configuration sets, so that they become the provider's
 * default. The plan marks them in `after_unknown` as it marks what an expression
 * will yield; only the configuration tells the two apart.
 *
 * Elements of nested blocks are not matched with the blocks of the
 * configuration, whose order may differ: what one block sets counts as set in
 * all of them. */
#include "terraform.h"

enum { NESTED_BLOCKS = 64 };

/* The blocks of the configuration that belong to a place in the properties. */
typedef struct blocks {
    const pol_value *items;
    uint32_t count;
} blocks;

typedef struct search {
    pol_arena *arena;
    pol_builder *found; /* a set of paths */
    pol_value remedied; /* properties, where a remediation changed them */
} search;

/* Is something unknown in `v` at the path, through the elements of arrays? As deep
 * as it goes the answer is yes. */
static bool holds_unknown(pol_value v, pol_str path, unsigned depth)
{
    if (v.tag == POL_UNKNOWN || depth == NESTED_BLOCKS)
        return true;
    for (uint32_t i = 0; v.tag == POL_ARRAY && i < v.len; i++) {
        if (holds_unknown(v.items[i], path, depth + 1))
            return true;
    }
    if (v.tag != POL_OBJECT || !path.len)
        return false;
    const char *dot = memchr(path.ptr, '.', path.len);
    size_t len = dot ? (size_t)(dot - path.ptr) : path.len;
    size_t next = dot ? len + 1 : len;
    return holds_unknown(pol_get(v, pol_string(path.ptr, len)),
                         (pol_str){path.ptr + next, path.len - next}, depth + 1);
}

/* What a remediation has set is left to nobody any more. */
static void add_path(search *s, pol_value path)
{
    if (pol_is_defined(s->remedied) &&
        !holds_unknown(s->remedied, (pol_str){path.str, path.len}, 0))
        return;
    pol_builder_add(s->found, path);
}

/* An expression, in contrast to a block, which has expressions by name. */
static bool is_expression(pol_value v)
{
    return v.tag != POL_OBJECT || !v.len ||
           pol_get_name(v, "references").tag == POL_ARRAY ||
           pol_is_defined(pol_get_name(v, "constant_value"));
}

/* The blocks named `key` in all of `outer`, into *inner; false: an expression
 * sets it as a whole. */
static bool inner_blocks(pol_arena *arena, const blocks *outer, pol_value key,
                         blocks *inner)
{
    uint32_t room = 0;
    for (uint32_t i = 0; i < outer->count; i++) {
        pol_value v = pol_get(outer->items[i], key);
        if (pol_is_defined(v) && v.tag != POL_ARRAY && is_expression(v))
            return false;
        room += v.tag == POL_ARRAY ? v.len : pol_is_defined(v);
    }
    pol_value *items = pol_items(arena, room);
    *inner = (blocks){.items = items};
    for (uint32_t i = 0; i < outer->count; i++) {
        pol_value v = pol_get(outer->items[i], key);
        if (v.tag == POL_OBJECT)
            items[inner->count++] = v;
        for (uint32_t k = 0; v.tag == POL_ARRAY && k < v.len; k++)
            items[inner->count++] = v.items[k];
    }
    return true;
}

static pol_value path_below(pol_arena *arena, pol_value prefix, pol_value key)
{
    if (!prefix.len)
        return key;
    const char *path = pol_arena_printf(arena, "%.*s.%.*s", (int)prefix.len,
                                        prefix.str, (int)key.len, key.str);
    return pol_string(path, strlen(path));
}

static void search_block(search *s, pol_value marks, const blocks *set,
                         pol_value prefix, unsigned depth)
{
    if (marks.tag == POL_ARRAY) {
        for (uint32_t i = 0; i < marks.len && depth < NESTED_BLOCKS; i++)
            search_block(s, marks.items[i], set, prefix, depth + 1);
        return;
    }
    if (marks.tag != POL_OBJECT || depth == NESTED_BLOCKS)
        return;
    for (uint32_t i = 0; i < marks.len; i++) {
        pol_value key = pol_key_at(marks, i), mark = pol_value_at(marks, i);
        blocks inner;
        if (mark.tag == POL_FALSE || !pol_is_string(key) ||
            !inner_blocks(s->arena, set, key, &inner))
            continue;
        if (inner.count)
            search_block(s, mark, &inner, path_below(s->arena, prefix, key),
                         depth + 1);
        else if (mark.tag == POL_TRUE)
            add_path(s, path_below(s->arena, prefix, key));
    }
}

pol_value pol_terraform_computed(pol_resources *set, const pol_resource *r)
{
    pol_value marks =
        pol_get_name(pol_terraform_change(set, r), "after_unknown");
    pol_value block = pol_terraform_block(set, r);
    if (marks.tag != POL_OBJECT || block.tag != POL_OBJECT)
        return pol_undefined();
    pol_builder found;
    pol_builder_init(&found, set->scratch, POL_SET);
    search s = {.arena = set->scratch,
                .found = &found,
                .remedied = r->remedied ? r->props : pol_undefined()};
    pol_value expressions = pol_get_name(block, "expressions");
    blocks all = {&expressions, expressions.tag == POL_OBJECT};
    search_block(&s, marks, &all, pol_literal(""), 0);
    return pol_terraform_listed(set->scratch, pol_builder_done(&found));
}
