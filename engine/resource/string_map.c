/* SPDX-License-Identifier: Apache-2.0
 *
 * Open addressing with linear probing, at most half full; see string_map.h. */
#include "string_map.h"

struct pol_string_entry {
    const char *bytes;
    uint32_t len, number;
    uint64_t hash;
};

static void make_room(pol_string_map *map, uint32_t size)
{
    map->mask = size - 1;
    map->entries = arena_array(map->arena, struct pol_string_entry, size);
    memset(map->entries, 0, size * sizeof *map->entries);
}

pol_string_map *pol_string_map_new(pol_arena *arena, uint32_t count)
{
    pol_string_map *map = arena_new(arena, pol_string_map);
    uint32_t size = 16;
    while (size / 2 < count)
        size *= 2;
    map->arena = arena;
    make_room(map, size);
    return map;
}

static struct pol_string_entry *slot(const pol_string_map *map, pol_value key,
                                     uint64_t hash)
{
    uint32_t i = (uint32_t)hash & map->mask;
    for (;; i = (i + 1) & map->mask) {
        struct pol_string_entry *e = &map->entries[i];
        if (!e->bytes || (e->hash == hash && e->len == key.len &&
                          !memcmp(e->bytes, key.str, key.len)))
            return e;
    }
}

static void grow(pol_string_map *map)
{
    const struct pol_string_entry *old = map->entries;
    uint32_t size = map->mask + 1;
    make_room(map, size * 2);
    for (uint32_t i = 0; i < size; i++) {
        if (old[i].bytes)
            *slot(map, pol_string(old[i].bytes, old[i].len), old[i].hash) =
                old[i];
    }
}

void pol_string_map_put(pol_string_map *map, pol_value key, uint32_t number)
{
    uint64_t hash = pol_string_hash(key.str, key.len);
    struct pol_string_entry *e = slot(map, key, hash);
    if (e->bytes)
        return;
    if (map->count >= (map->mask + 1) / 2) {
        grow(map);
        e = slot(map, key, hash);
    }
    map->count++;
    *e = (struct pol_string_entry){key.len ? key.str : "", key.len, number,
                                   hash};
}

uint32_t pol_string_map_get(const pol_string_map *map, pol_value key)
{
    const struct pol_string_entry *e =
        slot(map, key, pol_string_hash(key.str, key.len));
    return e->bytes ? e->number : UINT32_MAX;
}
