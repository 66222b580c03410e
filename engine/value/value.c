/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds for values of every type: their names, hashing of strings, reading
 * a member, copying. */
#include <stdatomic.h>
#include <sys/auxv.h>

#include "shape.h"

const char *pol_type_name(pol_value v)
{
    static const char *const names[] = {
        [POL_UNDEFINED] = "undefined", [POL_NULL] = "null",
        [POL_FALSE] = "boolean",       [POL_TRUE] = "boolean",
        [POL_INT] = "number",          [POL_NUMBER] = "number",
        [POL_STRING] = "string",       [POL_ARRAY] = "array",
        [POL_OBJECT] = "object",       [POL_SET] = "set",
        [POL_UNKNOWN] = "unknown",     [POL_INTERNAL] = "internal",
    };
    return v.tag < POL_INTERNAL ? names[v.tag] : names[POL_INTERNAL];
}

pol_value pol_string_copy(pol_arena *arena, const char *bytes, size_t len)
{
    if (len > UINT32_MAX)
        pol_trap_raise(arena->trap, POL_TRAP_MEMORY, "string length");
    return pol_string(pol_arena_copy(arena, bytes, len), len);
}

/* ---- hashing --------------------------------------------------------------- */

/* The 16 random bytes that the kernel gives every process. They never change,
 * so remembering where they are is no state. */
static const unsigned char *process_secret(void)
{
    static _Atomic(const unsigned char *) place;
    static const unsigned char none[16] = "no random bytes";
    const unsigned char *secret =
        atomic_load_explicit(&place, memory_order_relaxed);
    if (POL_LIKELY(secret != NULL))
        return secret;
    secret = (const unsigned char *)(uintptr_t)getauxval(AT_RANDOM);
    if (!secret)
        secret = none;
    atomic_store_explicit(&place, secret, memory_order_relaxed);
    return secret;
}

__extension__ typedef unsigned __int128 u128;

/* Both halves of the product: every bit of the input reaches every bit of the
 * result, and cancelling it takes knowledge of the secret. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    u128 product = (u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load64(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

static uint64_t load32(const char *p)
{
    uint32_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

uint64_t pol_string_hash(const char *bytes, size_t len)
{
    uint64_t secret[2];
    memcpy(secret, process_secret(), sizeof secret);
    uint64_t hash = secret[0] ^ len, a, b;
    size_t left = len;
    for (; left > 16; bytes += 16, left -= 16)
        hash = fold(load64(bytes) ^ secret[1], load64(bytes + 8) ^ hash);
    if (left >= 8) {
        a = load64(bytes);
        b = load64(bytes + left - 8);
    } else if (left >= 4) {
        a = load32(bytes);
        b = load32(bytes + left - 4);
    } else {
        a = left ? (unsigned char)bytes[0] : 0;
        b = left ? (uint64_t)(unsigned char)bytes[left / 2] << 8 |
                       (unsigned char)bytes[left - 1]
                 : 0;
    }
    hash = fold(a ^ secret[1], b ^ hash);
    return fold(hash ^ secret[0], 0x9E3779B97F4A7C15u);
}

/* ---- members --------------------------------------------------------------- */

pol_value pol_get(pol_value collection, pol_value key)
{
    int64_t i = -1;
    switch (collection.tag) {
    case POL_ARRAY:
        if (!pol_is_number(key) || !pol_number_int64(key, &i) || i < 0 ||
            i >= collection.len)
            return pol_undefined();
        return collection.items[i];
    case POL_OBJECT:
        i = pol_shape_find(collection.obj->shape, key);
        return i < 0 ? pol_undefined() : collection.obj->values[i];
    case POL_SET:
        i = pol_shape_search(collection.items, collection.len, key);
        if (i < 0)
            return pol_undefined();
        key.flags |= collection.items[i].flags; /* {1}[1.0] is 1.0 */
        return key;
    default:
        return pol_undefined();
    }
}

pol_value pol_get_name(pol_value object, const char *name)
{
    if (object.tag != POL_OBJECT)
        return pol_undefined();
    return pol_get(object, pol_string(name, strlen(name)));
}

bool pol_has(pol_value collection, pol_value member)
{
    if (collection.tag == POL_SET)
        return pol_shape_search(collection.items, collection.len, member) >= 0;
    if (collection.tag != POL_ARRAY && collection.tag != POL_OBJECT)
        return false;
    const pol_value *items = collection.tag == POL_ARRAY
                                 ? collection.items
                                 : collection.obj->values;
    for (uint32_t i = 0; i < collection.len; i++)
        if (pol_equal(items[i], member))
            return true;
    return false;
}

/* ---- copying ---------------------------------------------------------------- */

/* A copy is made breadth first: a collection is copied flat, and the copy is
 * queued so that its members, which still point to the original, are copied
 * later in place. So depth costs nothing. */
typedef struct {
    pol_arena *arena;
    struct run {
        pol_value *items;
        uint32_t count;
    } *runs;
    size_t count, room;
} copier;

static void queue(copier *c, pol_value *items, uint32_t count)
{
    if (!count)
        return;
    if (c->count == c->room) {
        size_t room = c->room ? c->room * 2 : 16;
        struct run *runs = arena_array(c->arena, struct run, room);
        if (c->count)
            memcpy(runs, c->runs, c->count * sizeof *runs);
        c->runs = runs;
        c->room = room;
    }
    c->runs[c->count++] = (struct run){items, count};
}

static pol_value *copy_items(copier *c, const pol_value *items, uint32_t count)
{
    pol_value *copy = pol_items(c->arena, count);
    if (count)
        memcpy(copy, items, count * sizeof *copy);
    queue(c, copy, count);
    return copy;
}

static pol_value copy_object(copier *c, pol_value v)
{
    const pol_shape *shape = v.obj->shape;
    pol_value *keys = copy_items(c, shape->keys, shape->count);
    uint32_t *order = NULL;
    if (shape->order) {
        order = arena_array(c->arena, uint32_t, shape->count);
        memcpy(order, shape->order, shape->count * sizeof *order);
    }
    const pol_shape *shape_copy;
    if (shape->slots || order)
        shape_copy = pol_shape_make(c->arena, keys, shape->count, order);
    else
        shape_copy = pol_shape_plain(c->arena, keys, shape->count);
    pol_object *object = pol_shape_object(c->arena, shape_copy);
    if (v.len)
        memcpy(object->values, v.obj->values, v.len * sizeof(pol_value));
    queue(c, object->values, v.len);
    v.obj = object;
    return v;
}

/* `v` with its own memory in the copier's arena; members still shared. */
static pol_value copy_flat(copier *c, pol_value v)
{
    switch (v.tag) {
    case POL_STRING:
        v.str = pol_arena_copy(c->arena, v.str, v.len);
        return v;
    case POL_NUMBER: {
        pol_number *num = pol_arena_alloc(c->arena, sizeof *num + v.num->len + 1);
        memcpy(num, v.num, sizeof *num + v.num->len + 1);
        v.num = num;
        return v;
    }
    case POL_ARRAY:
    case POL_SET:
        v.items = copy_items(c, v.items, v.len);
        return v;
    case POL_OBJECT:
        return copy_object(c, v);
    default:
        return v;
    }
}

pol_value pol_copy(pol_arena *arena, pol_value v)
{
    copier c = {.arena = arena};
    pol_value copy = copy_flat(&c, v);
    while (c.count) {
        struct run run = c.runs[--c.count];
        for (uint32_t i = 0; i < run.count; i++)
            run.items[i] = copy_flat(&c, run.items[i]);
    }
    return copy;
}
