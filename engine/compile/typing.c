/* SPDX-License-Identifier: Apache-2.0
 *
 * Making static types; see typing.h. */
#include "typing.h"

const pol_typing pol_typing_any = {.kind = POL_TYPING_ANY, .size = 1};
const pol_typing pol_typing_null = {.kind = POL_TYPING_NULL, .size = 1};
const pol_typing pol_typing_bool = {.kind = POL_TYPING_BOOL, .size = 1};
const pol_typing pol_typing_number = {.kind = POL_TYPING_NUMBER, .size = 1};
const pol_typing pol_typing_string = {.kind = POL_TYPING_STRING, .size = 1};

/* The coarser type that takes the place of one that is too large. */
static const pol_typing *coarse(pol_arena *arena, pol_typing_kind kind)
{
    switch (kind) {
    case POL_TYPING_ARRAY:
        return pol_typing_array(arena, &pol_typing_any);
    case POL_TYPING_OBJECT:
        return pol_typing_object(arena, &pol_typing_any, &pol_typing_any);
    case POL_TYPING_SET:
        return pol_typing_set(arena, &pol_typing_any);
    default:
        return &pol_typing_any;
    }
}

const pol_typing *pol_typing_make(pol_arena *arena, pol_typing shape)
{
    uint64_t size = 1;
    for (uint32_t i = 0; i < shape.count; i++) {
        const pol_typing *part = shape.parts[i];
        size += part ? part->size : 1;
        shape.partial |= !part || part->partial;
    }
    if (shape.key)
        size += shape.key->size;
    if (shape.rest) {
        size += shape.rest->size;
        shape.partial |= shape.rest->partial && shape.kind != POL_TYPING_SET;
    }
    if (size > POL_TYPING_SIZE)
        return coarse(arena, shape.kind);
    shape.size = (uint32_t)size;
    pol_typing *t = arena_new(arena, pol_typing);
    *t = shape;
    return t;
}

const pol_typing *pol_typing_array(pol_arena *arena, const pol_typing *element)
{
    pol_typing shape = {.kind = POL_TYPING_ARRAY, .rest = element};
    return pol_typing_make(arena, shape);
}

const pol_typing *pol_typing_object(pol_arena *arena, const pol_typing *key,
                                    const pol_typing *value)
{
    pol_typing shape = {.kind = POL_TYPING_OBJECT, .key = key, .rest = value};
    return pol_typing_make(arena, shape);
}

const pol_typing *pol_typing_set(pol_arena *arena, const pol_typing *member)
{
    pol_typing shape = {.kind = POL_TYPING_SET, .rest = member};
    return pol_typing_make(arena, shape);
}

/* ---- signatures ---------------------------------------------------------- */

static const pol_typing *or_any(pol_arena *arena, const pol_type *type)
{
    return type ? pol_typing_of(arena, type) : &pol_typing_any;
}

static const pol_typing *of_array(pol_arena *arena, const pol_type *type)
{
    if (!type->tuple)
        return pol_typing_array(arena, or_any(arena, type->element));
    const pol_typing **parts =
        arena_array(arena, const pol_typing *, type->tuple_len);
    for (uint32_t i = 0; i < type->tuple_len; i++)
        parts[i] = pol_typing_of(arena, type->tuple[i]);
    pol_typing shape = {
        .kind = POL_TYPING_ARRAY, .count = type->tuple_len, .parts = parts};
    return pol_typing_make(arena, shape);
}

/* A type of a signature without its alternatives. */
static const pol_typing *of_plain(pol_arena *arena, const pol_type *type)
{
    static const struct {
        uint16_t tags;
        const pol_typing *typing;
    } scalars[] = {{1 << POL_NULL, &pol_typing_null},
                   {1 << POL_TRUE, &pol_typing_bool},
                   {1 << POL_INT, &pol_typing_number},
                   {1 << POL_STRING, &pol_typing_string}};
    const uint16_t all = (1 << (POL_SET + 1)) - (1 << POL_NULL);
    const pol_typing *t = NULL;
    if ((type->tags & all) == all || !(type->tags & all))
        return &pol_typing_any;
    for (size_t i = 0; i < countof(scalars); i++) {
        if (type->tags & scalars[i].tags)
            t = pol_typing_union(arena, t, scalars[i].typing);
    }
    if (type->tags & 1 << POL_ARRAY)
        t = pol_typing_union(arena, t, of_array(arena, type));
    if (type->tags & 1 << POL_OBJECT)
        t = pol_typing_union(
            arena, t,
            type->member_count
                ? pol_typing_object(arena, &pol_typing_any, &pol_typing_any)
                : pol_typing_object(arena, or_any(arena, type->key),
                                    or_any(arena, type->value)));
    if (type->tags & 1 << POL_SET)
        t = pol_typing_union(
            arena, t, pol_typing_set(arena, or_any(arena, type->element)));
    return t;
}

const pol_typing *pol_typing_of(pol_arena *arena, const pol_type *type)
{
    if (!type->other)
        return of_plain(arena, type);
    const pol_typing *t = NULL;
    for (const pol_type *o = type->other; o; o = o->other)
        t = pol_typing_union(arena, t, of_plain(arena, o));
    return t;
}

/* ---- values -------------------------------------------------------------- */

static const pol_typing *of_items(pol_arena *arena, pol_value v)
{
    const pol_typing *member = NULL;
    if (v.len > POL_TYPING_SIZE)
        return coarse(arena, v.tag == POL_SET ? POL_TYPING_SET
                                              : POL_TYPING_ARRAY);
    const pol_typing **parts = arena_array(arena, const pol_typing *, v.len);
    for (uint32_t i = 0; i < v.len; i++) {
        parts[i] = pol_typing_of_value(arena, v.items[i]);
        member = pol_typing_union(arena, member, parts[i]);
    }
    if (v.tag == POL_SET)
        return pol_typing_set(arena, member);
    pol_typing shape = {
        .kind = POL_TYPING_ARRAY, .count = v.len, .parts = parts};
    return pol_typing_make(arena, shape);
}

static const pol_typing *of_object(pol_arena *arena, pol_value v)
{
    if (v.len > POL_TYPING_SIZE)
        return coarse(arena, POL_TYPING_OBJECT);
    const pol_typing **parts = arena_array(arena, const pol_typing *, v.len);
    for (uint32_t i = 0; i < v.len; i++)
        parts[i] = pol_typing_of_value(arena, v.obj->values[i]);
    pol_typing shape = {.kind = POL_TYPING_OBJECT,
                        .count = v.len,
                        .names = v.len ? v.obj->shape->keys : NULL,
                        .parts = parts};
    return pol_typing_make(arena, shape);
}

const pol_typing *pol_typing_of_value(pol_arena *arena, pol_value v)
{
    switch ((pol_tag)v.tag) {
    case POL_NULL:
        return &pol_typing_null;
    case POL_FALSE:
    case POL_TRUE:
        return &pol_typing_bool;
    case POL_INT:
    case POL_NUMBER:
        return &pol_typing_number;
    case POL_STRING:
        return &pol_typing_string;
    case POL_ARRAY:
    case POL_SET:
        return of_items(arena, v);
    case POL_OBJECT:
        return of_object(arena, v);
    default:
        return &pol_typing_any;
    }
}

/* ---- unions -------------------------------------------------------------- */

static int compare(const pol_typing *a, const pol_typing *b)
{
    if (a == b)
        return 0;
    if (!a || !b)
        return a ? 1 : -1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    for (uint32_t i = 0; a->kind == POL_TYPING_OBJECT && i < a->count; i++) {
        int order = pol_compare(a->names[i], b->names[i]);
        if (order)
            return order;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        int order = compare(a->parts[i], b->parts[i]);
        if (order)
            return order;
    }
    int order = compare(a->key, b->key);
    return order ? order : compare(a->rest, b->rest);
}

/* What a type is a union of: its alternatives, or itself. */
static const pol_typing *const *alternatives(const pol_typing *const *t,
                                             uint32_t *count)
{
    *count = (*t)->kind == POL_TYPING_UNION ? (*t)->count : 1;
    return (*t)->kind == POL_TYPING_UNION ? (*t)->parts : t;
}

const pol_typing *pol_typing_union(pol_arena *arena, const pol_typing *a,
                                   const pol_typing *b)
{
    if (!a || !b || a == b)
        return a ? a : b;
    if (a->kind == POL_TYPING_ANY || b->kind == POL_TYPING_ANY)
        return &pol_typing_any;
    if (compare(a, b) == 0)
        return a;
    uint32_t a_count, b_count, i = 0, j = 0, count = 0;
    const pol_typing *const *as = alternatives(&a, &a_count);
    const pol_typing *const *bs = alternatives(&b, &b_count);
    const pol_typing **parts =
        arena_array(arena, const pol_typing *, a_count + b_count);
    while (i < a_count || j < b_count) {
        int order = i == a_count   ? 1
                    : j == b_count ? -1
                                   : compare(as[i], bs[j]);
        parts[count++] = order <= 0 ? as[i] : bs[j];
        i += order <= 0;
        j += order >= 0;
    }
    if (count > POL_TYPING_UNION_MOST)
        return &pol_typing_any;
    if (count == a_count) /* all of b is in a */
        return a;
    pol_typing shape = {
        .kind = POL_TYPING_UNION, .count = count, .parts = parts};
    return pol_typing_make(arena, shape);
}
