/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies of values in which some parts are different: only the way to what
 * changes is copied. Recursion is bounded by the nesting of documents. */
#include "resource.h"

static bool same(pol_value a, pol_value b)
{
    return a.tag == b.tag && a.flags == b.flags && a.len == b.len && a.i == b.i;
}

static pol_value rewritten_items(pol_resource_rewrite *rewrite, pol_value v)
{
    pol_value *items = NULL;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < v.len; i++) {
        pol_value part = pol_resource_rewritten(rewrite, v.items[i]);
        if (!items && !same(part, v.items[i])) {
            items = pol_items(rewrite->arena, v.len);
            memcpy(items, v.items, i * sizeof *items);
            kept = i;
        }
        if (items && pol_is_defined(part))
            items[kept++] = part;
    }
    return items ? pol_array(items, kept) : v;
}

/* Members that became undefined are left out. */
static pol_value without_gaps(pol_arena *arena, pol_value v,
                              const pol_value *values)
{
    pol_builder builder;
    pol_builder_init(&builder, arena, POL_OBJECT);
    for (uint32_t i = 0; i < v.len; i++) {
        if (pol_is_defined(values[i]))
            pol_builder_put(&builder, pol_key_at(v, i), values[i]);
    }
    return pol_builder_done(&builder);
}

static pol_value rewritten_members(pol_resource_rewrite *rewrite, pol_value v)
{
    pol_object *object = NULL;
    bool gaps = false;
    for (uint32_t i = 0; i < v.len; i++) {
        pol_value old = pol_value_at(v, i);
        pol_value part = pol_resource_rewritten(rewrite, old);
        if (same(part, old))
            continue;
        if (!object) {
            size_t size = sizeof *object + v.len * sizeof(pol_value);
            object = pol_arena_alloc(rewrite->arena, size);
            memcpy(object, v.obj, size);
        }
        object->values[i] = part;
        gaps |= !pol_is_defined(part);
    }
    if (!object)
        return v;
    if (gaps)
        return without_gaps(rewrite->arena, v, object->values);
    v.obj = object;
    return v;
}

pol_value pol_resource_rewritten(pol_resource_rewrite *rewrite, pol_value v)
{
    if (rewrite->visit(rewrite, &v))
        return v;
    if (v.tag == POL_ARRAY)
        return rewritten_items(rewrite, v);
    if (v.tag == POL_OBJECT)
        return rewritten_members(rewrite, v);
    return v;
}

static bool mark(pol_resource_rewrite *rewrite, pol_value *v)
{
    (void)rewrite;
    bool leaf = v->tag != POL_ARRAY && v->tag != POL_OBJECT;
    if (leaf)
        v->flags |= POL_SECRET;
    return leaf;
}

pol_value pol_resource_secret(pol_arena *arena, pol_value v)
{
    pol_resource_rewrite rewrite = {.arena = arena, .visit = mark};
    return pol_resource_rewritten(&rewrite, v);
}

/* ---- remediations -------------------------------------------------------- */

static pol_value items_like(pol_arena *arena, pol_value before, pol_value after)
{
    pol_value *items = pol_items(arena, after.len);
    for (uint32_t i = 0; i < after.len; i++)
        items[i] = i < before.len
                       ? pol_resource_secret_like(arena, before.items[i],
                                                  after.items[i])
                       : after.items[i];
    return pol_array(items, after.len);
}

pol_value pol_resource_secret_like(pol_arena *arena, pol_value before,
                                   pol_value after)
{
    if (same(before, after))
        return after;
    if (before.flags & POL_SECRET)
        return pol_resource_secret(arena, after);
    if (before.tag == POL_ARRAY && after.tag == POL_ARRAY)
        return items_like(arena, before, after);
    if (before.tag != POL_OBJECT || after.tag != POL_OBJECT)
        return after;
    pol_value marked = after;
    for (uint32_t i = 0; i < after.len; i++) {
        pol_value key = pol_key_at(after, i), v = pol_value_at(after, i);
        pol_value old = pol_get(before, key);
        pol_value new = pol_is_defined(old)
                            ? pol_resource_secret_like(arena, old, v)
                            : v;
        if (!same(new, v))
            marked = pol_object_with(arena, marked, key, new);
    }
    return marked;
}

static pol_value with_text_keys(pol_arena *arena, pol_value v)
{
    pol_builder builder;
    pol_builder_init(&builder, arena, POL_OBJECT);
    for (uint32_t i = 0; i < v.len; i++) {
        pol_value key = pol_key_at(v, i);
        size_t len;
        const char *text = pol_is_string(key)
                               ? NULL
                               : pol_value_text(arena, key, POL_TEXT_JSON, &len);
        pol_builder_put(&builder, text ? pol_string(text, len) : key,
                        pol_value_at(v, i));
    }
    return pol_builder_done(&builder);
}

/* What is replaced here is entered all the same. */
static bool to_json(pol_resource_rewrite *rewrite, pol_value *v)
{
    if (v->tag == POL_SET)
        *v = pol_array(v->items, v->len);
    for (uint32_t i = 0; v->tag == POL_OBJECT && i < v->len; i++) {
        if (!pol_is_string(pol_key_at(*v, i))) {
            *v = with_text_keys(rewrite->arena, *v);
            break;
        }
    }
    return false;
}

pol_value pol_resource_as_json(pol_arena *arena, pol_value v)
{
    pol_resource_rewrite rewrite = {.arena = arena, .visit = to_json};
    return pol_resource_rewritten(&rewrite, v);
}
