/* SPDX-License-Identifier: Apache-2.0
 *
 * The parser that Lemon makes of grammar.y, and what it calls when a token does
 * not fit. Used by parse.c and the grammar only. */
#ifndef POL_SYNTAX_H
#define POL_SYNTAX_H

#include "build.h"

/* Written by Lemon: starts a parser, gives it a token (0 is the end of the
 * text), and two that are not used here. */
void pol_syntaxInit(void *parser, pol_build *build);
void pol_syntax(void *parser, int kind, const pol_token *token);
void pol_syntaxFinalize(void *parser);
int pol_syntaxFallback(int kind);

/* The bytes that a parser needs; it owns nothing else. */
size_t pol_syntax_size(void);
/* Whether the grammar could go on with a token of this kind. */
bool pol_syntax_accepts(const void *parser, int kind);
/* Errors are reported again at once, not only after three good tokens. */
void pol_syntax_calm(void *parser);

/* The token of this kind, the last that the layout gave, does not fit. */
void pol_syntax_error(pol_build *build, const void *parser, int kind);
/* The stack of the grammar ran over: nesting is too deep. */
void pol_syntax_overflow(pol_build *build);

#endif
