/* SPDX-License-Identifier: Apache-2.0
 *
 * The two halves of pol_program_verify. */
#ifndef POL_VERIFY_H
#define POL_VERIFY_H

#include "program.h"

/* Constants, the rule tree, what rules say of themselves. NULL if sound, else a
 * message in `arena`. */
const char *pol_verify_tables(const pol_program *program, pol_arena *arena);

/* The code of one rule, in a program whose tables are sound. */
const char *pol_verify_code(const pol_program *program, uint32_t rule,
                            pol_arena *arena);

#endif
