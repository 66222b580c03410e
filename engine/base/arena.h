/* SPDX-License-Identifier: Apache-2.0
 *
 * Arenas: the only owners of memory.
 *
 * The arena law. Every owner (engine, program, document, result, diagnostics,
 * evaluation) has one arena; freeing the owner frees everything in it, and
 * nothing else is ever freed. A pointer may point into its own arena or into an
 * owner that is documented to outlive it. Allocation never returns NULL: when
 * memory or the cap runs out it leaves through the arena's trap. An arena
 * belongs to one thread at a time. */
#ifndef POL_ARENA_H
#define POL_ARENA_H

#include "common.h"
#include "trap.h"

typedef struct pol_arena pol_arena;
typedef struct pol_arena_block pol_arena_block;
typedef struct pol_arena_deferred pol_arena_deferred;

struct pol_arena {
    char *at;                    /* next free byte */
    char *end;                   /* end of the current block */
    pol_arena_block *blocks;     /* newest first */
    pol_arena_deferred *defers;  /* newest first */
    size_t total;                /* bytes of all blocks */
    size_t cap;                  /* most bytes it may own; 0 = no cap */
    pol_trap *trap;              /* where failure leaves; may change */
};

/* Makes an empty arena; `cap` 0 means no cap of its own. */
void pol_arena_init(pol_arena *arena, size_t cap, pol_trap *trap);

/* Runs the deferred calls, newest first, and gives all memory back. The arena
 * is empty and usable afterwards. Safe on a zeroed struct. */
void pol_arena_done(pol_arena *arena);

/* As pol_arena_done, but keeps the newest block for reuse. */
void pol_arena_reset(pol_arena *arena);

/* A new arena that lives on the heap, for owners with a handle. Returns NULL
 * when there is no memory. Free with pol_arena_free. */
pol_arena *pol_arena_new(size_t cap);
void pol_arena_free(pol_arena *arena);

/* Slow path of pol_arena_alloc; do not call. */
void *pol_arena_grow(pol_arena *arena, size_t size);

/* `size` bytes aligned to 16, not zeroed. `size` 0 gives a valid pointer. */
static inline void *pol_arena_alloc(pol_arena *arena, size_t size)
{
    size_t rounded = (size + 15u + !size) & ~(size_t)15u;
    if (POL_LIKELY(rounded >= size &&
                   rounded <= (size_t)(arena->end - arena->at))) {
        void *p = arena->at;
        arena->at += rounded;
        return p;
    }
    return pol_arena_grow(arena, size);
}

/* As pol_arena_alloc, zeroed. */
static inline void *pol_arena_zalloc(pol_arena *arena, size_t size)
{
    return memset(pol_arena_alloc(arena, size), 0, size);
}

/* `count` elements of `size` bytes, not zeroed; overflow leaves through the
 * trap as running out of memory does. */
void *pol_arena_array_bytes(pol_arena *arena, size_t count, size_t size);

/* A copy of `len` bytes with a NUL behind them. */
char *pol_arena_copy(pol_arena *arena, const char *text, size_t len);

/* A formatted, NUL-terminated string. */
char *pol_arena_printf(pol_arena *arena, const char *fmt, ...) POL_PRINTF(2, 3);

/* Calls `fn(ptr)` when the arena is reset or freed, for memory of foreign
 * libraries that must not leak when a trap is raised. */
void pol_arena_defer(pol_arena *arena, void (*fn)(void *), void *ptr);

/* Does `ptr` point into the arena? Walks its blocks, newest first. */
bool pol_arena_owns(const pol_arena *arena, const void *ptr);

/* The only spellings of typed allocation. */
#define arena_new(arena, type) ((type *)pol_arena_zalloc(arena, sizeof(type)))
#define arena_array(arena, type, count) \
    ((type *)pol_arena_array_bytes(arena, count, sizeof(type)))

#endif
