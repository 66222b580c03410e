/* SPDX-License-Identifier: Apache-2.0
 *
 * Making shapes and finding keys in them. */
#include "shape.h"

static void fill_table(pol_arena *arena, pol_shape *shape)
{
    uint32_t room = 16;
    while (room / 2 < shape->count)
        room *= 2;
    uint32_t *slots = arena_array(arena, uint32_t, room);
    uint32_t *hashes = arena_array(arena, uint32_t, shape->count);
    memset(slots, 0, room * sizeof *slots);
    for (uint32_t i = 0; i < shape->count; i++) {
        pol_value key = shape->keys[i];
        hashes[i] = 0;
        if (key.tag != POL_STRING)
            continue;
        hashes[i] = (uint32_t)pol_string_hash(key.str, key.len);
        uint32_t slot = hashes[i] & (room - 1);
        while (slots[slot])
            slot = (slot + 1) & (room - 1);
        slots[slot] = i + 1;
    }
    shape->mask = room - 1;
    shape->slots = slots;
    shape->hashes = hashes;
}

const pol_shape *pol_shape_make(pol_arena *arena, const pol_value *keys,
                                uint32_t count, const uint32_t *order)
{
    pol_shape *shape = arena_new(arena, pol_shape);
    shape->count = count;
    shape->keys = keys;
    shape->order = order;
    if (count >= POL_SHAPE_TABLE_FROM && count <= UINT32_MAX / 4)
        fill_table(arena, shape);
    return shape;
}

const pol_shape *pol_shape_plain(pol_arena *arena, const pol_value *keys,
                                 uint32_t count)
{
    pol_shape *shape = arena_new(arena, pol_shape);
    shape->count = count;
    shape->keys = keys;
    return shape;
}

pol_object *pol_shape_object(pol_arena *arena, const pol_shape *shape)
{
    size_t bytes = sizeof(pol_object) + shape->count * sizeof(pol_value);
    pol_object *object = pol_arena_alloc(arena, bytes);
    object->shape = shape;
    return object;
}

/* Order of a key and the string `bytes`. */
static int compare_string(pol_value key, const char *bytes, size_t len)
{
    if (key.tag != POL_STRING)
        return key.tag < POL_STRING ? -1 : 1;
    size_t n = key.len < len ? key.len : len;
    int order = n ? memcmp(key.str, bytes, n) : 0;
    return order ? order : (key.len > len) - (key.len < len);
}

static int64_t search_string(const pol_shape *shape, const char *bytes,
                             size_t len)
{
    uint32_t low = 0, high = shape->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare_string(shape->keys[middle], bytes, len);
        if (!order)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

int64_t pol_shape_search(const pol_value *items, uint32_t count,
                         pol_value item)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = pol_compare(items[middle], item);
        if (!order)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

int64_t pol_shape_find_string(const pol_shape *shape, const char *bytes,
                              size_t len, uint64_t hash)
{
    if (!shape->slots)
        return search_string(shape, bytes, len);
    uint32_t low = (uint32_t)hash;
    for (uint32_t slot = low & shape->mask; shape->slots[slot];
         slot = (slot + 1) & shape->mask) {
        uint32_t i = shape->slots[slot] - 1;
        if (shape->hashes[i] == low && shape->keys[i].len == len &&
            !memcmp(shape->keys[i].str, bytes, len))
            return i;
    }
    return -1;
}

int64_t pol_shape_find(const pol_shape *shape, pol_value key)
{
    if (key.tag != POL_STRING)
        return pol_shape_search(shape->keys, shape->count, key);
    if (!shape->slots)
        return search_string(shape, key.str, key.len);
    return pol_shape_find_string(shape, key.str, key.len,
                                 pol_string_hash(key.str, key.len));
}
