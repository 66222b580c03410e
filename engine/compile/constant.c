/* SPDX-License-Identifier: Apache-2.0
 *
 * Terms that are values already: scalars and collections of such. */
#include "buf.h"
#include "tree.h"

static bool collection(pol_arena *arena, const pol_node *term, pol_value *out)
{
    pol_value *items = pol_items(arena, term->count);
    uint32_t count = 0;
    for (const pol_node *t = term->child; t; t = t->next) {
        if (!pol_constant_term(arena, t, &items[count++]))
            return false;
    }
    *out = term->kind == POL_NODE_ARRAY ? pol_array(items, count)
                                        : pol_set(items, count);
    return true;
}

static bool object(pol_arena *arena, const pol_node *term, pol_value *out)
{
    uint32_t count = term->count / 2, i = 0;
    pol_value *keys = pol_items(arena, count);
    pol_value *values = pol_items(arena, count);
    for (const pol_node *k = term->child; k; k = k->next->next, i++) {
        if (!pol_constant_term(arena, k, &keys[i]) ||
            !pol_constant_term(arena, k->next, &values[i]))
            return false;
    }
    *out = pol_object_of(arena, keys, values, count);
    return true;
}

/* A template without anything to fill in. */
static bool template(pol_arena *arena, const pol_node *term, pol_value *out)
{
    pol_buf text;
    pol_buf_init(&text, arena);
    for (const pol_node *part = term->child; part; part = part->next) {
        if (part->kind != POL_NODE_STRING)
            return false;
        pol_buf_str(&text, part->text);
    }
    pol_str all = pol_buf_done(&text);
    *out = pol_string(all.ptr, all.len);
    return true;
}

/* Most terms that are asked about are no constants: this finds out before
 * anything is allocated. */
static bool is_constant(const pol_node *term)
{
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_NULL:
    case POL_NODE_BOOL:
    case POL_NODE_NUMBER:
    case POL_NODE_STRING:
        return true;
    case POL_NODE_ARRAY:
    case POL_NODE_OBJECT:
    case POL_NODE_SET:
    case POL_NODE_TEMPLATE:
        for (const pol_node *t = term->child; t; t = t->next) {
            if (!is_constant(t))
                return false;
        }
        return true;
    default:
        return false;
    }
}

bool pol_constant_term(pol_arena *arena, const pol_node *term, pol_value *out)
{
    if (!is_constant(term))
        return false;
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_NULL:
        *out = pol_null();
        return true;
    case POL_NODE_BOOL:
        *out = pol_bool(pol_str_eq(term->text, STR("true")));
        return true;
    case POL_NODE_NUMBER:
        *out = pol_number_parse(arena, term->text.ptr, term->text.len);
        return pol_is_defined(*out);
    case POL_NODE_STRING:
        *out = pol_string_copy(arena, term->text.ptr, term->text.len);
        return true;
    case POL_NODE_ARRAY:
    case POL_NODE_SET:
        return collection(arena, term, out);
    case POL_NODE_OBJECT:
        return object(arena, term, out);
    case POL_NODE_TEMPLATE:
        return template(arena, term, out);
    default:
        return false;
    }
}
