/* SPDX-License-Identifier: Apache-2.0
 *
 * A table from strings to numbers: addresses and URNs to where they stand. */
#ifndef POL_STRING_MAP_H
#define POL_STRING_MAP_H

#include "arena.h"
#include "pol_value.h"

typedef struct pol_string_map {
    pol_arena *arena;
    struct pol_string_entry *entries;
    uint32_t mask, count;
} pol_string_map;

/* Room for `count` keys at first; it grows. Keys are borrowed. */
pol_string_map *pol_string_map_new(pol_arena *arena, uint32_t count);
/* The first number put for a key stays. */
void pol_string_map_put(pol_string_map *map, pol_value key, uint32_t number);
/* UINT32_MAX: not there. */
uint32_t pol_string_map_get(const pol_string_map *map, pol_value key);

#endif
