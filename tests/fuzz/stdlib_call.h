/* SPDX-License-Identifier: Apache-2.0
 *
 * A call of a builtin's insides for fuzz targets: an arena, a budget and a trap
 * around one function. */
#ifndef POL_FUZZ_STDLIB_CALL_H
#define POL_FUZZ_STDLIB_CALL_H

#include "call.h"
#include "utf8.h"

enum { FUZZ_MEMORY = 64 << 20, FUZZ_BUDGET = 5000000 };

/* The fuzzer's bytes: two texts with a NUL between them. */
typedef struct fuzz_texts {
    pol_value first, second;
} fuzz_texts;

static inline bool fuzz_split(const uint8_t *data, size_t size, fuzz_texts *out)
{
    const char *text = (const char *)data;
    const char *nul = size ? memchr(text, 0, size) : NULL;
    size_t len = nul ? (size_t)(nul - text) : size;
    size_t rest = nul ? size - len - 1 : 0;
    out->first = pol_string(text, len);
    out->second = pol_string(nul ? nul + 1 : "", rest);
    return pol_utf8_prefix(text, len) == len &&
           (rest == 0 || pol_utf8_prefix(nul + 1, rest) == rest);
}

/* Calls run(call, texts); a limit that is hit just ends it. The call's state
 * lives on in *call. */
static inline void fuzz_call(pol_call *call, const fuzz_texts *texts,
                             void (*run)(pol_call *, const fuzz_texts *))
{
    static const pol_builtin row = {.name = "fuzz", .signature = "() -> any"};
    static const pol_builtin_entry entry = {.row = &row};
    const pol_surroundings around = {.allow_time = true, .now = 1};
    uint64_t budget = FUZZ_BUDGET;
    pol_trap trap = {.kind = POL_TRAP_NONE};
    pol_arena arena;
    pol_arena_init(&arena, FUZZ_MEMORY, &trap);
    pol_call_begin(call, &arena, &around, &budget);
    call->entry = &entry;
    if (setjmp(trap.env) == 0)
        run(call, texts);
    pol_arena_done(&arena);
}

#endif
