/* SPDX-License-Identifier: Apache-2.0
 *
 * Leaving deep code; see trap.h. */
#include "trap.h"

void pol_trap_raise(pol_trap *trap, pol_trap_kind kind, const char *limit)
{
    if (!trap) {
        fprintf(stderr, "polc: out of %s\n", limit ? limit : "resources");
        exit(6);
    }
    trap->kind = kind;
    trap->limit = limit;
    longjmp(trap->env, 1);
}

void pol_assert_failed(const char *cond, const char *file, int line)
{
    fprintf(stderr, "polc: internal error: %s (%s:%d)\n", cond, file, line);
    abort();
}
