/* SPDX-License-Identifier: Apache-2.0
 *
 * What targets that fuzz single builtins share: a registry with everything, and
 * one arena a run. Memory is capped, so runs that allocate too much leave
 * through the trap: `if (setjmp(bench->trap.env) == 0) { … } fuzz_end(bench);` */
#ifndef POL_FUZZ_BUILTIN_H
#define POL_FUZZ_BUILTIN_H

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "extension.h"
#include "pol_stdlib.h"

typedef struct fuzz_bench {
    pol_arena arena;      /* of the run */
    pol_arena registered; /* of the registry, for good */
    pol_trap trap;
    pol_registry registry;
    pol_call call;
    uint64_t budget;
} fuzz_bench;

static inline fuzz_bench *fuzz_begin(void)
{
    static fuzz_bench bench;
    static const pol_surroundings around = {.now = 1600000000000000000};
    if (!bench.registry.loader) {
        pol_arena_init(&bench.registered, 0, NULL);
        pol_registry_init(&bench.registry, &bench.registered);
        bench.registry.loader = pol_extension_load;
        for (const pol_builtin *const *f = pol_stdlib(); *f; f++)
            pol_registry_add(&bench.registry, *f);
    }
    bench.budget = 2000000;
    pol_arena_init(&bench.arena, 32 << 20, &bench.trap);
    pol_call_begin(&bench.call, &bench.arena, &around, &bench.budget);
    return &bench;
}

static inline void fuzz_end(fuzz_bench *bench)
{
    pol_call_done(&bench->call);
    pol_arena_done(&bench->arena);
}

/* Calls a builtin; that it cannot be found or loaded is an error of the
 * target. */
static inline void fuzz_call(fuzz_bench *bench, const char *name,
                             const pol_value *args, uint32_t count)
{
    int32_t index = pol_registry_find(&bench->registry, pol_str_of(name));
    if (index < 0)
        abort();
    pol_call_run(&bench->call, &bench->registry, (uint32_t)index, args, count);
    const char *message = bench->call.message;
    if (message && strncmp(message + strlen(name) + 2, "cannot load ", 12) == 0)
        abort();
}

/* The bytes as a text; what is no UTF-8 becomes `?`. */
static inline pol_value fuzz_text(fuzz_bench *bench, const uint8_t *data,
                                  size_t size)
{
    char *at = pol_arena_alloc(&bench->arena, size + 1);
    for (size_t i = 0; i < size; i++)
        at[i] = (char)(data[i] < 0x80 ? data[i] : '?');
    return pol_string(at, size);
}

static inline pol_value fuzz_base64(fuzz_bench *bench, const uint8_t *data,
                                    size_t size)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *at = pol_arena_alloc(&bench->arena, (size + 2) / 3 * 4 + 1);
    size_t len = 0;
    for (size_t i = 0; i < size; i += 3) {
        uint32_t bits = 0;
        for (size_t j = 0; j < 3; j++)
            bits = bits << 8 | (i + j < size ? data[i + j] : 0u);
        for (size_t j = 0; j < 4; j++)
            at[len++] = i + j > size ? '=' : digits[bits >> (18 - 6 * j) & 63];
    }
    return pol_string(at, len);
}

#endif
