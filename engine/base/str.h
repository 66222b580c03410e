/* SPDX-License-Identifier: Apache-2.0
 *
 * A borrowed run of bytes. Never NUL-terminated by contract: NUL is a byte
 * like any other. */
#ifndef POL_STR_H
#define POL_STR_H

#include "arena.h"

typedef struct pol_str {
    const char *ptr;
    size_t len;
} pol_str;

/* A pol_str of a string literal. */
#define STR(literal) ((pol_str){"" literal, sizeof(literal) - 1})

/* Borrows a NUL-terminated text. */
static inline pol_str pol_str_of(const char *cstr)
{
    return (pol_str){cstr, strlen(cstr)};
}

/* Same length and bytes. */
static inline bool pol_str_eq(pol_str a, pol_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Byte order, shorter first on a common prefix: <0, 0 or >0. */
static inline int pol_str_cmp(pol_str a, pol_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* A copy in `arena`, NUL-terminated for the convenience of foreign code. */
static inline pol_str pol_str_copy(pol_arena *arena, pol_str s)
{
    return (pol_str){pol_arena_copy(arena, s.ptr, s.len), s.len};
}

/* Distance of restricted Damerau-Levenshtein (insert, delete, replace, swap of
 * neighbours), or `max` + 1 as soon as it is known to be larger. Names of over
 * 64 bytes count as far apart. */
unsigned pol_str_distance(pol_str a, pol_str b, unsigned max);

/* The candidate a reader most likely meant by `name`: distance 1 for names
 * shorter than 3 bytes, else at most 2, ties to the first. Returns the index or
 * -1. */
int pol_str_closest(pol_str name, const pol_str *candidates, size_t count);

/* FNV-1a folded over 8 bytes a step with `seed` mixed in: tables of a process
 * take one random seed, so that nobody can aim collisions at them. */
uint64_t pol_str_hash(pol_str s, uint64_t seed);

#endif
