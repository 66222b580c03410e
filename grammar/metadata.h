/* SPDX-License-Identifier: Apache-2.0
 *
 * `# METADATA` blocks: comments that belong to what follows them. */
#ifndef POL_METADATA_H
#define POL_METADATA_H

#include "lex.h"

/* Finds the blocks among the comments of `module` (which is complete) and hangs
 * them in, each with what follows it. */
void pol_metadata_collect(pol_arena *arena, const pol_src *src,
                          pol_ast_module *module);

#endif
