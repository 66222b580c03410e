/* SPDX-License-Identifier: Apache-2.0
 *
 * Bump allocation in growing blocks. Blocks double up to 8 MiB, so a big
 * document costs few system calls and a small one few pages. */
#include "arena.h"

#include <stdarg.h>

enum { FIRST_BLOCK = 16 * 1024, LARGEST_BLOCK = 8 * 1024 * 1024 };

struct pol_arena_block {
    pol_arena_block *next;
    size_t size; /* with this header */
};

struct pol_arena_deferred {
    pol_arena_deferred *next;
    void (*fn)(void *);
    void *ptr;
};

/* The header takes a multiple of 16 so that what follows stays aligned. */
enum { HEADER = (sizeof(pol_arena_block) + 15) & ~15u };

void pol_arena_init(pol_arena *arena, size_t cap, pol_trap *trap)
{
    *arena = (pol_arena){.cap = cap, .trap = trap};
}

static void run_defers(pol_arena *arena)
{
    pol_arena_deferred *d = arena->defers;
    arena->defers = NULL;
    for (; d; d = d->next)
        d->fn(d->ptr);
}

static void free_blocks(pol_arena_block *block)
{
    while (block) {
        pol_arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void pol_arena_done(pol_arena *arena)
{
    run_defers(arena);
    free_blocks(arena->blocks);
    arena->blocks = NULL;
    arena->at = arena->end = NULL;
    arena->total = 0;
}

void pol_arena_reset(pol_arena *arena)
{
    run_defers(arena);
    pol_arena_block *keep = arena->blocks;
    if (!keep)
        return;
    free_blocks(keep->next);
    keep->next = NULL;
    arena->total = keep->size;
    arena->at = (char *)keep + HEADER;
    arena->end = (char *)keep + keep->size;
}

pol_arena *pol_arena_new(size_t cap)
{
    pol_arena *arena = malloc(sizeof *arena);
    if (arena)
        pol_arena_init(arena, cap, NULL);
    return arena;
}

void pol_arena_free(pol_arena *arena)
{
    if (!arena)
        return;
    pol_arena_done(arena);
    free(arena);
}

static size_t block_size(const pol_arena *arena, size_t need)
{
    size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    return size < need ? need : size;
}

void *pol_arena_grow(pol_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 4)
        pol_trap_raise(arena->trap, POL_TRAP_MEMORY, "memory");
    size_t rounded = (size + 15u) & ~(size_t)15u;
    size_t bytes = block_size(arena, rounded + HEADER);
    if (arena->cap && arena->total + bytes > arena->cap) {
        bytes = rounded + HEADER; /* the last crumbs below the cap */
        if (arena->total + bytes > arena->cap)
            pol_trap_raise(arena->trap, POL_TRAP_MEMORY, "memory");
    }
    pol_arena_block *block = malloc(bytes);
    if (!block)
        pol_trap_raise(arena->trap, POL_TRAP_MEMORY, "memory");
    block->size = bytes;
    block->next = arena->blocks;
    arena->blocks = block;
    arena->total += bytes;
    arena->at = (char *)block + HEADER + rounded;
    arena->end = (char *)block + bytes;
    return (char *)block + HEADER;
}

void *pol_arena_array_bytes(pol_arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / 4 / size)
        pol_trap_raise(arena->trap, POL_TRAP_MEMORY, "memory");
    return pol_arena_alloc(arena, count * size);
}

char *pol_arena_copy(pol_arena *arena, const char *text, size_t len)
{
    char *copy = pol_arena_alloc(arena, len + 1);
    if (len)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *pol_arena_printf(pol_arena *arena, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    pol_assert(len >= 0);
    char *text = pol_arena_alloc(arena, (size_t)len + 1);
    va_start(args, fmt);
    vsnprintf(text, (size_t)len + 1, fmt, args);
    va_end(args);
    return text;
}

void pol_arena_defer(pol_arena *arena, void (*fn)(void *), void *ptr)
{
    pol_arena_deferred *d = arena_new(arena, pol_arena_deferred);
    *d = (pol_arena_deferred){arena->defers, fn, ptr};
    arena->defers = d;
}

bool pol_arena_owns(const pol_arena *arena, const void *ptr)
{
    uintptr_t at = (uintptr_t)ptr;
    for (const pol_arena_block *b = arena->blocks; b; b = b->next)
        if (at >= (uintptr_t)b && at < (uintptr_t)b + b->size)
            return true;
    return false;
}
