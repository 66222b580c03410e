/* SPDX-License-Identifier: Apache-2.0
 *
 * Exit codes, the same for all commands. Where several apply, the highest one
 * is the answer. */
#ifndef POL_EXIT_H
#define POL_EXIT_H

typedef enum {
    POL_EXIT_OK = 0,        /* nothing at or above the level that fails */
    POL_EXIT_VIOLATION = 1, /* something is; eval: --fail, --fail-defined */
    POL_EXIT_USAGE = 2,     /* wrong command line */
    POL_EXIT_POLICY = 3,    /* a policy does not compile, or failed running */
    POL_EXIT_INPUT = 4,     /* input that cannot be read */
    POL_EXIT_LIMIT = 5,     /* a limit was hit */
    POL_EXIT_INTERNAL = 6,  /* our fault, or output that cannot be written */
    POL_EXIT_PACK = 7       /* a pack failed verification */
} pol_exit;

/* The one of two codes that a caller has to hear of. */
static inline pol_exit pol_exit_worse(pol_exit a, pol_exit b)
{
    return a > b ? a : b;
}

#endif
