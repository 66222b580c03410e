/* SPDX-License-Identifier: Apache-2.0
 *
 * The one way out of deep code when a resource runs out. An API call arms a
 * trap with setjmp; whatever it calls may raise it. Nothing but arenas owns
 * memory, so a raise leaks nothing. No code may hold a FILE, a descriptor, a
 * lock or a malloc block across a call that can raise (see pol_arena_defer for
 * memory of foreign libraries). */
#ifndef POL_TRAP_H
#define POL_TRAP_H

#include <setjmp.h>

#include "common.h"

/* What ran out, or who said stop. */
typedef enum {
    POL_TRAP_NONE,
    POL_TRAP_MEMORY,       /* the arena's cap or the machine's memory */
    POL_TRAP_INSTRUCTIONS, /* the instruction budget of an evaluation */
    POL_TRAP_DEPTH,        /* calls or nesting too deep */
    POL_TRAP_WORK,         /* a builtin's own bound: regex, range, walk */
    POL_TRAP_INTERRUPT,    /* the host asked the evaluation to stop */
    POL_TRAP_ERROR         /* an evaluation error that halts; already recorded */
} pol_trap_kind;

typedef struct pol_trap pol_trap;
struct pol_trap {
    jmp_buf env;
    pol_trap_kind kind;  /* why it was raised; POL_TRAP_NONE before */
    const char *limit;   /* constant text naming the limit, or NULL */
};

/* Leaves through `trap` (armed by the caller's caller with
 * `setjmp(trap->env)`). With a NULL trap the process ends with status 6: only
 * start-up code, which has nothing to lose, runs without one. */
POL_NORETURN void pol_trap_raise(pol_trap *trap, pol_trap_kind kind,
                                 const char *limit);

#endif
