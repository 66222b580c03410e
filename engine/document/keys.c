/* SPDX-License-Identifier: Apache-2.0
 *
 * Interned keys and the tree of key sequences; see keys.h. */
#include "keys.h"

#include "shape.h"

typedef struct pol_key_name {
    const char *bytes;
    uint32_t len;
    uint32_t hash;
    uint32_t id;
    bool quoted;
} name;

enum { FIRST_TABLE = 32 };

void pol_keys_init(pol_keys *keys, pol_arena *arena, pol_arena *scratch)
{
    *keys = (pol_keys){.arena = arena, .scratch = scratch};
    keys->root = arena_new(scratch, pol_key_node);
    keys->name_mask = keys->edge_mask = FIRST_TABLE - 1;
    keys->names = arena_array(scratch, name *, FIRST_TABLE);
    memset(keys->names, 0, FIRST_TABLE * sizeof *keys->names);
    keys->edges = arena_array(scratch, pol_key_node *, FIRST_TABLE);
    memset(keys->edges, 0, FIRST_TABLE * sizeof *keys->edges);
}

static uint32_t edge_hash(const pol_key_node *parent, const char *key)
{
    uint64_t mixed = ((uintptr_t)parent >> 4) * 0x9E3779B97F4A7C15u +
                     (uintptr_t)key;
    mixed *= 0xD6E8FEB86659FD93u;
    return (uint32_t)(mixed >> 32);
}

static void grow_names(pol_keys *keys)
{
    uint32_t mask = keys->name_mask * 2 + 1;
    name **names = arena_array(keys->scratch, name *, (size_t)mask + 1);
    memset(names, 0, ((size_t)mask + 1) * sizeof *names);
    for (uint32_t i = 0; i <= keys->name_mask; i++) {
        name *moved = keys->names[i];
        if (!moved)
            continue;
        uint32_t slot = moved->hash & mask;
        while (names[slot])
            slot = (slot + 1) & mask;
        names[slot] = moved;
    }
    keys->names = names;
    keys->name_mask = mask;
}

static void grow_edges(pol_keys *keys)
{
    uint32_t mask = keys->edge_mask * 2 + 1;
    size_t bytes = ((size_t)mask + 1) * sizeof(pol_key_node *);
    pol_key_node **edges = pol_arena_alloc(keys->scratch, bytes);
    memset(edges, 0, bytes);
    for (uint32_t i = 0; i <= keys->edge_mask; i++) {
        pol_key_node *moved = keys->edges[i];
        if (!moved)
            continue;
        uint32_t slot = edge_hash(moved->parent, moved->key) & mask;
        while (edges[slot])
            slot = (slot + 1) & mask;
        edges[slot] = moved;
    }
    keys->edges = edges;
    keys->edge_mask = mask;
}

static const name *intern(pol_keys *keys, const char *bytes, uint32_t len,
                          bool quoted)
{
    uint32_t hash = (uint32_t)pol_string_hash(bytes, len);
    uint32_t slot = hash & keys->name_mask;
    for (name *found; (found = keys->names[slot]) != NULL;
         slot = (slot + 1) & keys->name_mask)
        if (found->hash == hash && found->len == len &&
            !memcmp(found->bytes, bytes, len))
            return found;
    name *added = arena_new(keys->scratch, name);
    *added = (name){bytes, len, hash, keys->name_count, quoted};
    keys->names[slot] = added;
    if (++keys->name_count > keys->name_mask / 2)
        grow_names(keys);
    return added;
}

pol_value pol_keys_intern(pol_keys *keys, const char *bytes, uint32_t len,
                          bool quoted)
{
    return pol_string(intern(keys, bytes, len, quoted)->bytes, len);
}

/* Is the key on the path to `node`? */
static bool on_path(const pol_key_node *node, const char *key, uint32_t *where)
{
    for (; node->parent; node = node->parent)
        if (node->key == key) {
            *where = node->depth - 1;
            return true;
        }
    return false;
}

static pol_key_node *add_child(pol_keys *keys, pol_key_node *parent,
                               const name *key)
{
    pol_key_node *child = arena_new(keys->scratch, pol_key_node);
    child->key = key->bytes;
    child->len = key->len;
    child->raw = key->quoted ? key->len + 1 : 0;
    child->parent = parent;
    child->depth = parent->depth + 1;
    uint32_t slot = edge_hash(parent, key->bytes) & keys->edge_mask;
    while (keys->edges[slot])
        slot = (slot + 1) & keys->edge_mask;
    keys->edges[slot] = child;
    if (++keys->edge_count > keys->edge_mask / 2)
        grow_edges(keys);
    return child;
}

pol_key_node *pol_keys_child(pol_keys *keys, pol_key_node *node,
                             const char *bytes, uint32_t len, bool quoted,
                             uint32_t *twice)
{
    const name *key = intern(keys, bytes, len, quoted);
    uint32_t slot = edge_hash(node, key->bytes) & keys->edge_mask;
    pol_key_node *child;
    for (; (child = keys->edges[slot]) != NULL;
         slot = (slot + 1) & keys->edge_mask)
        if (child->parent == node && child->key == key->bytes)
            break;
    if (!child) {
        if (on_path(node, key->bytes, twice))
            return NULL;
        child = add_child(keys, node, key);
    }
    node->last = child;
    return child;
}

void pol_keys_path(const pol_key_node *node, pol_value *out)
{
    for (; node->parent; node = node->parent)
        out[node->depth - 1] = pol_string(node->key, node->len);
}

/* Sorts the path's keys; `order` tells where each went. */
static bool sort_path(pol_value *rows, uint32_t count, pol_value *sorted,
                      uint32_t *order)
{
    bool moved = false;
    pol_shape_sort(rows, count, 2);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t from = (uint32_t)rows[2 * i + 1].i;
        sorted[i] = rows[2 * i];
        order[from] = i;
        moved = moved || from != i;
    }
    return moved;
}

const pol_shape *pol_keys_shape(pol_keys *keys, pol_key_node *node)
{
    if (node->shape)
        return node->shape;
    uint32_t count = node->depth, order[POL_KEYS_DEEPEST];
    pol_value path[POL_KEYS_DEEPEST], rows[2 * POL_KEYS_DEEPEST];
    pol_keys_path(node, path);
    for (uint32_t i = 0; i < count; i++) {
        rows[2 * i] = path[i];
        rows[2 * i + 1] = pol_int(i);
    }
    pol_value *sorted = pol_items(keys->arena, count);
    uint32_t *kept = NULL;
    if (sort_path(rows, count, sorted, order)) {
        kept = arena_array(keys->arena, uint32_t, count);
        memcpy(kept, order, count * sizeof *kept);
    }
    node->shape = pol_shape_make(keys->arena, sorted, count, kept);
    return node->shape;
}
