/* SPDX-License-Identifier: Apache-2.0
 *
 * Shapes from the inside: making them, sharing them in a document, sorting
 * rows of values and finding one in them. Only readers of documents and the collections use this;
 * everybody else reads shapes through pol_value.h. */
#ifndef POL_SHAPE_H
#define POL_SHAPE_H

#include "arena.h"
#include "pol_value.h"

/* Below this number of keys a binary search beats a table. */
enum { POL_SHAPE_TABLE_FROM = 9 };

/* A shape over `keys`, which are sorted, unique and given up by the caller;
 * `order` as in pol_shape. With at least POL_SHAPE_TABLE_FROM keys it gets a
 * table of its string keys. */
const pol_shape *pol_shape_make(pol_arena *arena, const pol_value *keys,
                                uint32_t count, const uint32_t *order);

/* The same, without the table: for shapes that one object has, where filling a
 * table would cost more than the few look-ups it saves. */
const pol_shape *pol_shape_plain(pol_arena *arena, const pol_value *keys,
                                 uint32_t count);

/* An object of a shape whose `values` (count of the shape) are not set yet. */
pol_object *pol_shape_object(pol_arena *arena, const pol_shape *shape);

/* The value that is the object; borrows it. */
static inline pol_value pol_shape_value(const pol_object *object)
{
    return (pol_value){.tag = POL_OBJECT, .len = object->shape->count,
                       .obj = object};
}

/* Where `item` is in `items`, which are sorted and unique, or -1: a member of a
 * set, a key among keys. */
int64_t pol_shape_search(const pol_value *items, uint32_t count,
                         pol_value item);

/* Sorts `count` rows of `width` (1 or 2) values by their first one. Stable,
 * in place, O(n log n) comparisons, no allocation. */
void pol_shape_sort(pol_value *rows, size_t count, size_t width);

#endif
