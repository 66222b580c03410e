/* SPDX-License-Identifier: Apache-2.0
 *
 * Gathering collections; see collect.h. */
#include "collect.h"

#include "arena.h"
#include "pol_unknown.h"

/* One PUT_PATH or PUT_MEMBER, or a PUT beside such. */
typedef struct path {
    const pol_value *keys; /* `count` keys and the value behind them */
    uint32_t count;
    uint32_t pc;
    uint32_t order; /* of arrival: the sort is stable by it */
    bool member;
} path;

struct pol_collect {
    pol_arena *arena;
    pol_tag tag;
    bool bounded;  /* what is gathered may be unknown */
    bool doubtful; /* two values met that may be equal */
    pol_builder plain; /* array, set */
    pol_value *keys, *values; /* object: pairs … */
    uint32_t *pcs;
    path *paths; /* … or, once there is one, paths */
    uint32_t count, room;
};

pol_collect *pol_collect_new(pol_arena *arena, pol_tag tag, bool bounded)
{
    pol_collect *made = arena_new(arena, pol_collect);
    made->arena = arena;
    made->tag = tag;
    made->bounded = bounded;
    if (tag != POL_OBJECT)
        pol_builder_init(&made->plain, arena, tag);
    return made;
}

void pol_collect_append(pol_collect *to, pol_value v)
{
    pol_builder_add(&to->plain, pol_unknown_plain(v));
}

/* A copy of `count` elements with room for `room`. */
static void *enlarge(pol_arena *arena, const void *from, size_t count,
                     size_t room, size_t size)
{
    void *to = pol_arena_array_bytes(arena, room, size);
    if (count)
        memcpy(to, from, count * size);
    return to;
}

static uint32_t next_room(const pol_collect *to)
{
    if (to->room > UINT32_MAX / 2)
        pol_trap_raise(to->arena->trap, POL_TRAP_MEMORY, "memory");
    return to->room ? to->room * 2 : 4;
}

static void add_path(pol_collect *to, path added)
{
    if (to->count == to->room) {
        uint32_t room = next_room(to);
        to->paths =
            enlarge(to->arena, to->paths, to->count, room, sizeof *to->paths);
        to->room = room;
    }
    added.order = to->count;
    to->paths[to->count++] = added;
}

void pol_collect_put(pol_collect *to, pol_value key, pol_value v, uint32_t pc)
{
    if (to->paths) {
        pol_value pair[2] = {key, v};
        pol_collect_put_path(to, pair, 1, false, pc);
        return;
    }
    if (to->count == to->room) {
        uint32_t room = next_room(to), count = to->count;
        pol_arena *arena = to->arena;
        to->keys = enlarge(arena, to->keys, count, room, sizeof *to->keys);
        to->values =
            enlarge(arena, to->values, count, room, sizeof *to->values);
        to->pcs = enlarge(arena, to->pcs, count, room, sizeof *to->pcs);
        to->room = room;
    }
    to->keys[to->count] = key;
    to->values[to->count] = pol_unknown_plain(v);
    to->pcs[to->count++] = pc;
}

/* From pairs to paths, for the first path that is more than a key. */
static void turn_to_paths(pol_collect *to)
{
    uint32_t count = to->count;
    to->count = to->room = 0;
    to->paths = arena_array(to->arena, path, 4);
    to->room = 4;
    for (uint32_t i = 0; i < count; i++) {
        pol_value pair[2] = {to->keys[i], to->values[i]};
        pol_collect_put_path(to, pair, 1, false, to->pcs[i]);
    }
}

void pol_collect_put_path(pol_collect *to, const pol_value *keys,
                          uint32_t count, bool member, uint32_t pc)
{
    if (!to->paths) {
        if (count == 1 && !member) {
            pol_collect_put(to, keys[0], keys[1], pc);
            return;
        }
        turn_to_paths(to);
    }
    pol_value *copy = pol_items(to->arena, (size_t)count + 1);
    memcpy(copy, keys, ((size_t)count + 1) * sizeof *copy);
    copy[count] = pol_unknown_plain(copy[count]);
    add_path(to, (path){copy, count, pc, 0, member});
}

/* ---- sealing ------------------------------------------------------------------ */

/* May two values stand in one place? */
static bool may_meet(pol_collect *c, pol_value a, pol_value b)
{
    if (pol_equal(a, b))
        return true;
    if (!c->bounded || pol_unknown_equal(a, b) == 0)
        return false;
    c->doubtful = true;
    return true;
}

static bool has_unknown_key(const pol_collect *c)
{
    for (uint32_t i = 0; i < c->count; i++) {
        const pol_value *keys = c->paths ? c->paths[i].keys : &c->keys[i];
        uint32_t count = c->paths ? c->paths[i].count : 1;
        for (uint32_t k = 0; k < count; k++)
            if (pol_unknown_in(keys[k]))
                return true;
    }
    return false;
}

/* Pairs go in reverse, so that of equal keys the text of the first stays. */
static pol_value seal_pairs(pol_collect *from, uint32_t *pc)
{
    uint32_t count = from->count;
    pol_value *keys = pol_items(from->arena, count);
    pol_value *values = pol_items(from->arena, count);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = from->keys[count - 1 - i];
        values[i] = from->values[count - 1 - i];
    }
    pol_value object = pol_object_of(from->arena, keys, values, count);
    if (object.len == count)
        return object;
    for (uint32_t i = 0; i < count; i++) {
        pol_value kept = pol_get(object, from->keys[i]);
        if (!may_meet(from, kept, from->values[i])) {
            *pc = from->pcs[i];
            return pol_undefined();
        }
    }
    return object;
}

/* Lexicographic by keys, a prefix first, then by arrival. */
static int order_paths(const path *a, const path *b)
{
    uint32_t common = a->count < b->count ? a->count : b->count;
    for (uint32_t i = 0; i < common; i++) {
        int order = pol_compare(a->keys[i], b->keys[i]);
        if (order)
            return order;
    }
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

/* Merge sort of paths[0 … count), which needs `count` more of `spare`. */
static void sort_paths(path *paths, path *spare, uint32_t count)
{
    for (uint32_t width = 1; width < count; width *= 2) {
        for (uint32_t low = 0; low < count; low += 2 * width) {
            uint32_t mid = count - low < width ? count : low + width;
            uint32_t high = count - mid < width ? count : mid + width;
            uint32_t a = low, b = mid;
            for (uint32_t i = low; i < high; i++) {
                bool left = a < mid && (b >= high ||
                                        order_paths(&paths[a], &paths[b]) < 0);
                spare[i] = left ? paths[a++] : paths[b++];
            }
        }
        memcpy(paths, spare, count * sizeof *paths);
        if (width > UINT32_MAX / 4)
            return;
    }
}

/* A run of sorted paths that agree in their first `depth` keys. */
typedef struct run {
    pol_collect *from;
    const path *paths;
    uint32_t count, depth;
    uint32_t *pc;
} run;

static pol_value conflict(const run *r, const path *a, const path *b)
{
    *r->pc = a->order > b->order ? a->pc : b->pc;
    return pol_undefined();
}

/* The value of a run whose paths all end here. */
static pol_value seal_leaf(const run *r)
{
    const path *first = &r->paths[0];
    if (!first->member) {
        for (uint32_t i = 1; i < r->count; i++)
            if (r->paths[i].member ||
                !may_meet(r->from, first->keys[r->depth],
                          r->paths[i].keys[r->depth]))
                return conflict(r, first, &r->paths[i]);
        return first->keys[r->depth];
    }
    pol_value *items = pol_items(r->from->arena, r->count);
    for (uint32_t i = 0; i < r->count; i++) {
        if (!r->paths[i].member)
            return conflict(r, first, &r->paths[i]);
        items[i] = r->paths[i].keys[r->depth];
    }
    return pol_set(items, r->count);
}

/* Recursion is bounded by the longest path: operand a, at most 255. */
static pol_value seal_run(const run *r)
{
    const path *last = &r->paths[r->count - 1];
    if (r->paths[0].count == r->depth)
        return last->count == r->depth ? seal_leaf(r)
                                       : conflict(r, &r->paths[0], last);
    pol_builder made;
    pol_builder_init(&made, r->from->arena, POL_OBJECT);
    for (uint32_t i = 0; i < r->count;) {
        pol_value key = r->paths[i].keys[r->depth];
        uint32_t end = i + 1;
        while (end < r->count &&
               pol_equal(r->paths[end].keys[r->depth], key))
            end++;
        pol_value v = seal_run(
            &(run){r->from, r->paths + i, end - i, r->depth + 1, r->pc});
        if (!pol_is_defined(v))
            return v;
        pol_builder_put(&made, key, v);
        i = end;
    }
    return pol_builder_done(&made);
}

static pol_value seal_object(pol_collect *from, uint32_t *pc)
{
    if (!from->paths)
        return seal_pairs(from, pc);
    path *spare = arena_array(from->arena, path, from->count);
    sort_paths(from->paths, spare, from->count);
    return seal_run(&(run){from, from->paths, from->count, 0, pc});
}

pol_value pol_collect_seal(pol_collect *from, uint32_t *pc)
{
    if (from->tag != POL_OBJECT)
        return pol_builder_done(&from->plain);
    if (from->bounded && has_unknown_key(from))
        return pol_unknown();
    pol_value object = seal_object(from, pc);
    return from->doubtful && pol_is_defined(object) ? pol_unknown() : object;
}
