/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing builtins.
 *
 * A builtin is a row of a const table: name, typed signature, C function, flags
 * and one line of documentation. The engine reads the signature once: arity and
 * argument types are checked before the call (the compiler refuses what is known
 * to be wrong), so a body starts with the work.
 *
 * A body gets its arguments as values and returns a value. It allocates only
 * from pol_call_arena. Allocation never fails: it leaves through the
 * evaluation's trap, so a body holds no malloc block, file or lock across one
 * (pol_call_defer is for memory of foreign libraries). It has no state but
 * pol_call_state. It must not depend on time, randomness, locale or environment
 * unless its row says POL_IMPURE. */
#ifndef POL_EXT_H
#define POL_EXT_H

#include "pol_value.h"

typedef struct pol_call pol_call;

/* A built-in function. `args` are those of the signature, borrowed, their types
 * checked unless POL_UNCHECKED. Returns a value of the evaluation's arena, or
 * undefined: no result, or an error that was recorded with pol_call_error. */
typedef pol_value (*pol_builtin_fn)(pol_call *call, const pol_value *args);

/* Flags of a built-in function. */
enum {
    POL_PURE = 0,
    POL_IMPURE = 1,   /* time, randomness: one value per evaluation and args */
    POL_OUTSIDE = 2,  /* reaches outside the process: refused unless allowed */
    POL_RELATION = 4, /* returns an array of results that the caller iterates */
    POL_VOID = 8,     /* has no result: may only stand as an expression */
    POL_LENIENT = 16, /* takes unknown values and secrets as they are */
    POL_DEPRECATED = 32,
    POL_RANGES = 256,   /* and takes ranges (pol_unknown.h), of any type */
    POL_UNKNOWING = 128, /* may return an unknown value whatever it is given */
    POL_UNCHECKED = 64 /* checks its operands itself: OPA words the errors in a
                          way that the signature does not give, or there are
                          none (is_valid of a number is false) */
};

/* A signature is written as `opa capabilities` does in the reference table, for
 * example "(string, array[any]) -> string" or
 * "(any<array[any] | set[any]>) -> number". A variadic one, "(...any) -> void",
 * gets its arguments as one array. One without a result returns true. */
typedef struct pol_builtin {
    const char *name;
    const char *signature;
    pol_builtin_fn fn; /* NULL: comes from `module` when first called */
    uint32_t flags;
    const char *doc;
    const char *module; /* NULL, or the extension library it is loaded from */
} pol_builtin;

/* A family of builtins, ending with a row whose name is NULL. An extension
 * library exports `const pol_builtin *pol_module(void)` that returns the same
 * names with `fn` set. */

/* ---- results and errors ------------------------------------------------------- */

/* Fails the call: the expression becomes undefined and the error is recorded
 * (`eval_builtin_error`, with strict errors the evaluation fails). The text is
 * what OPA says behind "name: ". Returns POL_UNDEFINED for `return`. */
pol_value pol_call_error(pol_call *call, const char *fmt, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* As pol_call_error for a wrong operand (`eval_type_error`):
 * "operand 2 must be array of strings but got array containing number". `operand`
 * counts from 1; `wanted` and `got` are such words. Checks of whole arguments are
 * made by the engine from the signature; this is for what lies inside them.
 * `got` NULL leaves out " but got …"; `operand` 0 means that `wanted` is the
 * whole text behind "name: ". */
pol_value pol_call_type_error(pol_call *call, int operand, const char *wanted,
                              const char *got);

/* The unknown result of a call that may fail for what an unknown part of its
 * operands turns out to be. A result that is there in any case is returned as
 * it is, unknown or not. For POL_LENIENT; the engine does it for all others. */
pol_value pol_call_unknown(pol_call *call);

/* Ends the whole evaluation because a bound was hit (never undefined, so that
 * no `not` can turn it into a pass). `limit` is a constant text naming it, such
 * as "regular expression steps". Does not return. */
void pol_call_limit(pol_call *call, const char *limit)
#if defined(__GNUC__)
    __attribute__((noreturn))
#endif
    ;

/* Counts `work` units (about 50 ns each) against the evaluation's budget; call
 * it for work that grows faster than the arguments' size. May not return. */
void pol_call_spend(pol_call *call, uint64_t work);

/* ---- memory and state ----------------------------------------------------------- */

/* The evaluation's arena: what a function returns lives here. */
pol_arena *pol_call_arena(pol_call *call);
/* `size` bytes of the arena, not zeroed, aligned to 16. */
void *pol_call_alloc(pol_call *call, size_t size);
/* A formatted string value of the arena. */
pol_value pol_call_printf(pol_call *call, const char *fmt, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* Calls fn(ptr) when the evaluation ends, however it ends. */
void pol_call_defer(pol_call *call, void (*fn)(void *), void *ptr);

/* State that lives with one evaluator (one thread) over many evaluations, such
 * as a cache of compiled patterns. Zeroed at first use; `done` frees it. The
 * class is a static const object; its address is the identity. */
typedef struct pol_state_class {
    size_t size;
    void (*done)(void *state);
} pol_state_class;
void *pol_call_state(pol_call *call, const pol_state_class *cls);

/* ---- the evaluation's surroundings ----------------------------------------------- */

/* Nanoseconds since 1970 for this evaluation: one value however often asked. */
int64_t pol_call_now(pol_call *call);
/* A deterministic generator for this evaluation's seed: 64 random bits. */
uint64_t pol_call_random(pol_call *call);
/* May this evaluation reach `host` (NULL: anything outside)? */
bool pol_call_may_reach(pol_call *call, const char *host);
/* Hands a line of print() or trace() to the host. */
void pol_call_print(pol_call *call, const char *line, size_t len);
/* The value of opa.runtime(): an object. */
pol_value pol_call_runtime(pol_call *call);

#endif
