/* SPDX-License-Identifier: Apache-2.0
 *
 * Characters to tokens. Nothing else looks at the characters of a policy. */
#ifndef POL_LEX_H
#define POL_LEX_H

#include "ast.h"
#include "diag.h"
#include "limit.h"
#include "token.h"

typedef struct pol_lex {
    pol_arena *arena;   /* decoded texts and comments: the tree's arena */
    pol_arena *scratch; /* tokens */
    pol_diags *diags;
    uint32_t src;
    pol_str text;
    pol_tokens tokens;
    pol_ast_comment *comments; /* in the order of the source */
    pol_ast_comment *last_comment;
    uint32_t templates;                   /* open template strings */
    uint32_t braces[POL_LIMIT_NESTING];   /* `{` open inside each */
    unsigned char quotes[POL_LIMIT_NESTING]; /* `"` or a back quote */
    const unsigned char *at, *start, *limit;
    uint8_t flags; /* of the token that comes next */
    bool gave_up;  /* template strings are nested too deep */
} pol_lex;

/* Splits the text into `tokens`; the entry behind the last one is a token of
 * kind 0 at the end of the text. Needs arena, scratch, diags, src and text set,
 * and a readable byte behind the text. Broken strings and numbers are reported
 * and stay tokens; other broken text becomes POL_TK_BAD. After POL_DIAGS_KEPT
 * errors it gives up and leaves no tokens. */
void pol_lex_run(pol_lex *lex);

/* The text of a token as written. */
pol_str pol_lex_text(const pol_lex *lex, const pol_token *token);

/* The content of a string token or a part of a template string: quotes off,
 * escapes resolved. Bad escapes are reported and left out. */
pol_str pol_lex_string(pol_lex *lex, const pol_token *token);

/* Whether `text` is one of Rego v1's reserved words. */
bool pol_lex_reserved(pol_str text);

#endif
