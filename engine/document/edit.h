/* SPDX-License-Identifier: Apache-2.0
 *
 * The text of a document with other values in it: what does not change keeps its
 * bytes. The result is read again and compared, so it says what was wanted or
 * there is none. */
#ifndef POL_EDIT_H
#define POL_EDIT_H

#include "document.h"

/* The text of `doc` with `roots` (as many as it has) as its values, in `arena`.
 * A NULL text when that cannot be done by changing the nodes that differ alone:
 * they stand behind an alias, a merge key or a tag, or are no values of JSON. */
pol_str pol_edit_text(pol_arena *arena, const pol_document *doc,
                      const pol_value *roots);

/* ---- edit_tree.c --------------------------------------------------------- */

typedef enum { POL_EDIT_OTHER, POL_EDIT_SCALAR, POL_EDIT_ARRAY,
               POL_EDIT_OBJECT } pol_edit_kind;

/* A value as it stands in the text. */
typedef struct pol_edit_node pol_edit_node;
struct pol_edit_node {
    pol_edit_kind kind; /* OTHER: may not be touched */
    bool block;         /* YAML without brackets */
    pol_value key;      /* of a member */
    size_t start;       /* of the key or the dash, else as off */
    size_t after;       /* YAML: behind the colon or the dash; else as off */
    size_t off, end;    /* no space at the end */
    pol_edit_node **items;
    uint32_t count, room;
};

/* The n-th document's tree, NULL when it cannot be made. */
pol_edit_node *pol_edit_tree(pol_arena *arena, const pol_document *doc,
                             uint32_t root);

#endif
