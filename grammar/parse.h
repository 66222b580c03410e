/* SPDX-License-Identifier: Apache-2.0
 *
 * Text to tree. Lexer (lexer.re), bracket pass (brackets.c) and grammar
 * (grammar.y) are driven from here; nothing else needs to know them. */
#ifndef POL_PARSE_H
#define POL_PARSE_H

#include "ast.h"
#include "diag.h"

typedef struct pol_parse_options {
    bool v0; /* Rego v0: `if`, `contains`, `in` and `every` are no keywords
                unless imported */
} pol_parse_options;

/* Parses source number `src` of `diags->srcs`. Problems are added to `diags`,
 * several a run; the module then holds what could be understood and must not be
 * compiled. Returns a module always. `options` NULL: the defaults. Nesting is
 * limited to POL_LIMIT_NESTING, the text to POL_LIMIT_SOURCE. */
pol_ast_module *pol_parse_module(pol_arena *arena, pol_diags *diags,
                                 uint32_t src, const pol_parse_options *options);

/* Parses a query (`data.a.b = x; x > 1`): a BODY node. NULL when the text is
 * empty or broken; `diags` says why. */
pol_node *pol_parse_query(pol_arena *arena, pol_diags *diags, uint32_t src,
                          const pol_parse_options *options);

#endif
