/* SPDX-License-Identifier: Apache-2.0
 *
 * The keys of a document and the order in which its objects use them: a tree
 * whose paths are key sequences. An object is read by walking down; where it
 * ends stands the shape, so objects alike share one. A node remembers the child
 * taken last, and comparing the text with that one key mostly replaces hashing.
 *
 * Names are interned: equal keys are one pointer. The tables are seeded at
 * random, so nobody can aim collisions at them. */
#ifndef POL_KEYS_H
#define POL_KEYS_H

#include "arena.h"
#include "pol_value.h"

/* Objects with more keys leave the tree and get a shape of their own. */
enum { POL_KEYS_DEEPEST = 64 };

typedef struct pol_key_node pol_key_node;
struct pol_key_node {
    const char *key;     /* interned */
    uint32_t len;
    uint32_t raw;        /* len + 1 if a closing quote stands behind the key's
                            bytes, as when it is a run of the text; else 0 */
    pol_key_node *last;  /* the child taken last */
    const pol_shape *shape; /* of objects that end here, once there is one */
    pol_key_node *parent;
    uint32_t depth; /* keys on the path */
    uint32_t id;
};

typedef struct pol_keys {
    pol_arena *arena; /* of the document: names, shapes */
    pol_arena *scratch; /* of the reader: nodes, tables */
    struct pol_key_name **names;
    pol_key_node **edges;
    uint32_t name_count, name_mask, edge_count, edge_mask;
    pol_key_node *root;
} pol_keys;

void pol_keys_init(pol_keys *keys, pol_arena *arena, pol_arena *scratch);

/* The one copy of a key. `quoted`: a quote stands behind `bytes`. The bytes must
 * live as long as the arena; they are not copied. */
pol_value pol_keys_intern(pol_keys *keys, const char *bytes, uint32_t len,
                          bool quoted);

/* The child of `node` for a key. NULL if the key is on the path already; then
 * *twice is its position there. */
pol_key_node *pol_keys_child(pol_keys *keys, pol_key_node *node,
                             const char *bytes, uint32_t len, bool quoted,
                             uint32_t *twice);

/* The shape of the objects that end at `node`. */
const pol_shape *pol_keys_shape(pol_keys *keys, pol_key_node *node);

/* The keys on the path to `node` in order; `out` has room for its depth. */
void pol_keys_path(const pol_key_node *node, pol_value *out);

#endif
