/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens of GraphQL. */
#ifndef POL_STDLIB_GRAPHQL_LEX_H
#define POL_STDLIB_GRAPHQL_LEX_H

#include "graphql_ast.h"

typedef enum {
    POL_GRAPHQL_TOKEN_INVALID,
    POL_GRAPHQL_TOKEN_EOF,
    POL_GRAPHQL_TOKEN_BANG,
    POL_GRAPHQL_TOKEN_DOLLAR,
    POL_GRAPHQL_TOKEN_AMP,
    POL_GRAPHQL_TOKEN_PAREN_L,
    POL_GRAPHQL_TOKEN_PAREN_R,
    POL_GRAPHQL_TOKEN_SPREAD,
    POL_GRAPHQL_TOKEN_COLON,
    POL_GRAPHQL_TOKEN_EQUALS,
    POL_GRAPHQL_TOKEN_AT,
    POL_GRAPHQL_TOKEN_BRACKET_L,
    POL_GRAPHQL_TOKEN_BRACKET_R,
    POL_GRAPHQL_TOKEN_BRACE_L,
    POL_GRAPHQL_TOKEN_BRACE_R,
    POL_GRAPHQL_TOKEN_PIPE,
    POL_GRAPHQL_TOKEN_NAME,
    POL_GRAPHQL_TOKEN_INT,
    POL_GRAPHQL_TOKEN_FLOAT,
    POL_GRAPHQL_TOKEN_STRING,
    POL_GRAPHQL_TOKEN_BLOCK_STRING,
    POL_GRAPHQL_TOKEN_COMMENT
} pol_graphql_token_kind;

typedef struct pol_graphql_token {
    pol_graphql_token_kind kind;
    int32_t line, column; /* the column of a block string may be negative: it is
                             counted from the line that the string ends in */
    pol_value text;       /* decoded; empty for punctuation */
} pol_graphql_token;

typedef struct pol_graphql_lex {
    pol_call *call;
    const char *text;
    size_t len, at;
    size_t runes;      /* code points before `at` */
    size_t line_start; /* in code points */
    int32_t line;
} pol_graphql_lex;

/* Starts at the beginning of the text, a string. */
void pol_graphql_lex_init(pol_graphql_lex *lex, pol_call *call, pol_value text);

/* The next token, comments included. What is no token is INVALID, placed where
 * that shows. At the end: EOF, again and again. */
pol_graphql_token pol_graphql_lex_next(pol_graphql_lex *lex);

/* "Name", "{", "<EOF>" and the like: constant. */
const char *pol_graphql_token_name(pol_graphql_token_kind kind);

#endif
