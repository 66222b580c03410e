/* SPDX-License-Identifier: Apache-2.0
 *
 * GraphQL text to tree. What the two grammars share is below; graphql_query.c
 * has the one of queries, graphql_typedef.c the one of schemas. */
#ifndef POL_STDLIB_GRAPHQL_PARSE_H
#define POL_STDLIB_GRAPHQL_PARSE_H

#include "graphql_lex.h"

/* The first thing that is wrong with a document. `message` undefined: nothing
 * is. `line` 0: it has no place. */
typedef struct pol_graphql_error {
    pol_value message;
    int32_t line, column;
} pol_graphql_error;

typedef struct pol_graphql_parser {
    pol_call *call;
    pol_graphql_lex lex;
    pol_graphql_token token;     /* the next one */
    pol_graphql_token last;      /* read before it, a comment maybe */
    pol_graphql_node *comments;  /* that stand before `token`, NULL if none */
    pol_graphql_error error;
    uint32_t depth;
} pol_graphql_parser;

/* The document, or NULL with `parser->error` set. Nesting over
 * POL_GRAPHQL_NESTING ends the evaluation. `text` is a string. */
pol_graphql_node *pol_graphql_parse_query(pol_graphql_parser *parser,
                                          pol_call *call, pol_value text);
pol_graphql_node *pol_graphql_parse_schema(pol_graphql_parser *parser,
                                           pol_call *call, pol_value text);

/* ---- for the two grammars: after an error all of them do nothing --------- */

void pol_graphql_parse_start(pol_graphql_parser *p, pol_call *call,
                             pol_value text);
static inline bool pol_graphql_parse_failed(const pol_graphql_parser *p)
{
    return pol_is_defined(p->error.message);
}

/* Reads over the token. */
void pol_graphql_parse_next(pol_graphql_parser *p);
/* Is the next token of that kind? Then it is read over. */
bool pol_graphql_parse_skip(pol_graphql_parser *p,
                            pol_graphql_token_kind kind);
bool pol_graphql_parse_is_word(const pol_graphql_parser *p, const char *word);
void pol_graphql_parse_expect(pol_graphql_parser *p,
                              pol_graphql_token_kind kind);
void pol_graphql_parse_expect_word(pol_graphql_parser *p, const char *word);
/* "expected at least one definition", for empty brackets. */
void pol_graphql_parse_empty(pol_graphql_parser *p);
/* "Unexpected …" */
void pol_graphql_parse_unexpected(pol_graphql_parser *p,
                                  const pol_graphql_token *token);

pol_value pol_graphql_parse_name(pol_graphql_parser *p);
/* A node at the next token. */
pol_graphql_node *pol_graphql_parse_node(pol_graphql_parser *p,
                                         pol_graphql_kind kind);
pol_graphql_node *pol_graphql_parse_type(pol_graphql_parser *p);
pol_graphql_node *pol_graphql_parse_value(pol_graphql_parser *p, bool constant);
void pol_graphql_parse_arguments(pol_graphql_parser *p, pol_graphql_list *list,
                                 bool constant);
void pol_graphql_parse_directives(pol_graphql_parser *p,
                                  pol_graphql_list *list, bool constant);

/* One element of a list. */
typedef pol_graphql_node *(*pol_graphql_parse_item)(pol_graphql_parser *p);
/* Brackets around one or more elements; nothing if the opening one is missing. */
void pol_graphql_parse_some(pol_graphql_parser *p,
                            const pol_graphql_token_kind brackets[2],
                            pol_graphql_parse_item item,
                            pol_graphql_list *list);

extern const pol_graphql_token_kind pol_graphql_parens[2];
extern const pol_graphql_token_kind pol_graphql_braces[2];

#endif
