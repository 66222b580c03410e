/* SPDX-License-Identifier: Apache-2.0
 *
 * Making sets, objects and arrays. What is equal is kept once: of equal members
 * and keys the first (1 and 1.0 show differently), of the values of equal keys
 * the last, as OPA does. */
#include "shape.h"

pol_value *pol_items(pol_arena *arena, size_t count)
{
    return arena_array(arena, pol_value, count);
}

/* Is every member before the next one? Most collections come so. */
static bool is_sorted(const pol_value *items, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (pol_compare(items[i - 1], items[i]) >= 0)
            return false;
    return true;
}

pol_value pol_set(pol_value *items, size_t count)
{
    size_t kept = count;
    if (!is_sorted(items, count)) {
        pol_shape_sort(items, count, 1);
        kept = 1;
        for (size_t i = 1; i < count; i++)
            if (!pol_equal(items[kept - 1], items[i]))
                items[kept++] = items[i];
    }
    return (pol_value){.tag = POL_SET, .len = (uint32_t)kept, .items = items};
}

/* Sorts pairs in place and drops what later pairs replace; returns how many
 * are left. */
static size_t sort_pairs(pol_arena *arena, pol_value *keys, pol_value *values,
                         size_t count)
{
    pol_value *rows = pol_items(arena, count * 2);
    for (size_t i = 0; i < count; i++) {
        rows[2 * i] = keys[i];
        rows[2 * i + 1] = values[i];
    }
    pol_shape_sort(rows, count, 2);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept && pol_equal(keys[kept - 1], rows[2 * i])) {
            values[kept - 1] = rows[2 * i + 1];
            continue;
        }
        keys[kept] = rows[2 * i];
        values[kept++] = rows[2 * i + 1];
    }
    return kept;
}

/* Look-ups in an object of this many keys pay for filling a table. */
enum { TABLE_OF_OWN_FROM = 64 };

static pol_value object_of_sorted(pol_arena *arena, const pol_value *keys,
                                  const pol_value *values, size_t count)
{
    uint32_t n = (uint32_t)count;
    pol_object *object = pol_shape_object(
        arena, n >= TABLE_OF_OWN_FROM ? pol_shape_make(arena, keys, n, NULL)
                                      : pol_shape_plain(arena, keys, n));
    if (count)
        memcpy(object->values, values, count * sizeof *values);
    return pol_shape_value(object);
}

pol_value pol_object_of(pol_arena *arena, pol_value *keys, pol_value *values,
                        size_t count)
{
    if (!is_sorted(keys, count))
        count = sort_pairs(arena, keys, values, count);
    return object_of_sorted(arena, keys, values, count);
}

void pol_builder_init(pol_builder *builder, pol_arena *arena, pol_tag tag)
{
    *builder = (pol_builder){.arena = arena, .tag = tag};
}

static pol_value *grown(pol_arena *arena, const pol_value *old, size_t count,
                        size_t room)
{
    pol_value *items = pol_items(arena, room);
    if (count)
        memcpy(items, old, count * sizeof *items);
    return items;
}

static void reserve(pol_builder *b)
{
    if (b->count < b->room)
        return;
    size_t room = b->room ? b->room * 2 : 4;
    if (room > UINT32_MAX)
        pol_trap_raise(b->arena->trap, POL_TRAP_MEMORY, "collection size");
    b->items = grown(b->arena, b->items, b->count, room);
    if (b->tag == POL_OBJECT)
        b->keys = grown(b->arena, b->keys, b->count, room);
    b->room = room;
}

void pol_builder_add(pol_builder *builder, pol_value item)
{
    reserve(builder);
    builder->items[builder->count++] = item;
}

void pol_builder_put(pol_builder *builder, pol_value key, pol_value value)
{
    reserve(builder);
    builder->keys[builder->count] = key;
    builder->items[builder->count++] = value;
}

pol_value pol_builder_done(pol_builder *builder)
{
    if (builder->tag == POL_OBJECT)
        return pol_object_of(builder->arena, builder->keys, builder->items,
                             builder->count);
    if (builder->tag == POL_SET)
        return pol_set(builder->items, builder->count);
    return pol_array(builder->items, builder->count);
}

/* Index of the first key that is not before `key`. */
static uint32_t place_of(const pol_shape *shape, pol_value key)
{
    uint32_t low = 0, high = shape->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (pol_compare(shape->keys[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A copy of `from` with a gap at `at`. */
static void copy_with_gap(pol_value *to, const pol_value *from, uint32_t at,
                          uint32_t count)
{
    if (at)
        memcpy(to, from, at * sizeof *to);
    if (count > at)
        memcpy(to + at + 1, from + at, (count - at) * sizeof *to);
}

pol_value pol_object_with(pol_arena *arena, pol_value object, pol_value key,
                          pol_value value)
{
    const pol_shape *shape = object.obj->shape;
    uint32_t count = shape->count;
    int64_t found = pol_shape_find(shape, key);
    if (found >= 0) {
        pol_object *copy = pol_shape_object(arena, shape);
        memcpy(copy->values, object.obj->values, count * sizeof(pol_value));
        copy->values[found] = value;
        return pol_shape_value(copy);
    }
    uint32_t at = place_of(shape, key);
    pol_value *keys = pol_items(arena, (size_t)count + 1);
    pol_value *values = pol_items(arena, (size_t)count + 1);
    copy_with_gap(keys, shape->keys, at, count);
    copy_with_gap(values, object.obj->values, at, count);
    keys[at] = key;
    values[at] = value;
    return object_of_sorted(arena, keys, values, (size_t)count + 1);
}

pol_value pol_object_without(pol_arena *arena, pol_value object, pol_value key)
{
    const pol_shape *shape = object.obj->shape;
    int64_t found = pol_shape_find(shape, key);
    if (found < 0)
        return object;
    uint32_t at = (uint32_t)found, rest = shape->count - at - 1;
    pol_value *keys = pol_items(arena, shape->count);
    pol_value *values = pol_items(arena, shape->count);
    memcpy(keys, shape->keys, at * sizeof *keys);
    memcpy(values, object.obj->values, at * sizeof *values);
    memcpy(keys + at, shape->keys + at + 1, rest * sizeof *keys);
    memcpy(values + at, object.obj->values + at + 1, rest * sizeof *values);
    return object_of_sorted(arena, keys, values, shape->count - 1u);
}
