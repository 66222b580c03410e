/* SPDX-License-Identifier: Apache-2.0
 *
 * The anchors of one YAML document by name. */
#ifndef POL_ANCHORS_H
#define POL_ANCHORS_H

#include "str.h"
#include "pol_value.h"

typedef struct pol_anchor {
    pol_str name;
    pol_value value; /* undefined while it is being read */
    uint64_t nodes;  /* of the value, aliases expanded */
    uint32_t height; /* collections nested in it */
} pol_anchor;

typedef struct pol_anchors {
    pol_arena *arena;
    pol_anchor *slots; /* open-addressed; an empty name is an empty slot */
    uint32_t count, room;
} pol_anchors;

/* Forgets all. */
void pol_anchors_init(pol_anchors *anchors, pol_arena *arena);

/* The anchor with that name, made (with undefined value) or emptied if `make`;
 * NULL if there is none. Valid until the next one is made. */
pol_anchor *pol_anchors_find(pol_anchors *anchors, const char *name, bool make);

#endif
