/* SPDX-License-Identifier: Apache-2.0
 *
 * Extension libraries: what has heavy dependencies is loaded only when a policy
 * calls such a builtin, or an archive is named. They lie in lib/polc beside the
 * program (build tree) or in ../lib/polc (installed, and programs below
 * build/tests). */
#ifndef POL_EXTENSION_H
#define POL_EXTENSION_H

#include "pol.h"

/* The `load` function of pol_engine_options: opens lib/polc/<module>.so and
 * returns its table, which stays loaded for the life of the process. NULL with
 * *error set to a text of `arena` when it is not there or does not fit. `module`
 * is a name of letters, digits and `_` from a table of builtins. */
const pol_builtin *pol_extension_load(void *host, const char *module,
                                      pol_arena *arena, const char **error);

/* The library itself, for those whose symbols are no builtins; stays loaded, too.
 * NULL when it is not there or does not fit: dlerror() may have why. */
void *pol_extension_open(const char *module);

#endif
