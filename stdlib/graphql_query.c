/* SPDX-License-Identifier: Apache-2.0
 *
 * The grammar of documents with operations and fragments. */
#include "graphql_parse.h"

static void selection_set(pol_graphql_parser *p, pol_graphql_list *list);

static pol_graphql_node *variable(pol_graphql_parser *p)
{
    pol_graphql_node *node = pol_graphql_parse_node(p, POL_GRAPHQL_VARIABLE);
    node->after = p->comments;
    pol_graphql_parse_expect(p, POL_GRAPHQL_TOKEN_DOLLAR);
    node->name = pol_graphql_parse_name(p);
    pol_graphql_parse_expect(p, POL_GRAPHQL_TOKEN_COLON);
    node->type = pol_graphql_parse_type(p);
    if (pol_graphql_parse_skip(p, POL_GRAPHQL_TOKEN_EQUALS))
        node->value = pol_graphql_parse_value(p, true);
    pol_graphql_parse_directives(p, &node->directives, false);
    return node;
}

static pol_graphql_node *field(pol_graphql_parser *p)
{
    pol_graphql_node *node = pol_graphql_parse_node(p, POL_GRAPHQL_FIELD);
    node->after = p->comments;
    node->alias = pol_graphql_parse_name(p);
    node->name = pol_graphql_parse_skip(p, POL_GRAPHQL_TOKEN_COLON)
                     ? pol_graphql_parse_name(p)
                     : node->alias;
    pol_graphql_parse_arguments(p, &node->arguments, false);
    pol_graphql_parse_directives(p, &node->directives, false);
    if (p->token.kind == POL_GRAPHQL_TOKEN_BRACE_L)
        selection_set(p, &node->members);
    return node;
}

/* A fragment's name: any but `on`. */
static pol_value fragment_name(pol_graphql_parser *p)
{
    if (pol_graphql_parse_is_word(p, "on"))
        pol_graphql_parse_unexpected(p, &p->token);
    return pol_graphql_parse_name(p);
}

static pol_graphql_node *fragment(pol_graphql_parser *p)
{
    pol_graphql_node *comments = p->comments;
    pol_graphql_parse_expect(p, POL_GRAPHQL_TOKEN_SPREAD);
    bool spread = p->token.kind == POL_GRAPHQL_TOKEN_NAME &&
                  !pol_graphql_parse_is_word(p, "on");
    pol_graphql_node *node = pol_graphql_parse_node(
        p, spread ? POL_GRAPHQL_SPREAD : POL_GRAPHQL_INLINE);
    node->after = comments;
    if (spread) {
        node->name = fragment_name(p);
        pol_graphql_parse_directives(p, &node->directives, false);
        return node;
    }
    if (pol_graphql_parse_is_word(p, "on")) {
        pol_graphql_parse_next(p);
        node->condition = pol_graphql_parse_name(p);
    }
    pol_graphql_parse_directives(p, &node->directives, false);
    selection_set(p, &node->members);
    return node;
}

static pol_graphql_node *selection(pol_graphql_parser *p)
{
    return p->token.kind == POL_GRAPHQL_TOKEN_SPREAD ? fragment(p) : field(p);
}

static void selection_set(pol_graphql_parser *p, pol_graphql_list *list)
{
    if (p->token.kind == POL_GRAPHQL_TOKEN_BRACE_L)
        pol_graphql_parse_some(p, pol_graphql_braces, selection, list);
    else
        pol_graphql_parse_expect(p, POL_GRAPHQL_TOKEN_BRACE_L);
}

static pol_graphql_node *operation(pol_graphql_parser *p)
{
    pol_graphql_node *node = pol_graphql_parse_node(p, POL_GRAPHQL_OPERATION);
    if (p->token.kind == POL_GRAPHQL_TOKEN_BRACE_L) {
        node->alias = pol_literal("query");
        selection_set(p, &node->members);
        return node;
    }
    node->after = p->comments;
    node->alias = pol_graphql_parse_name(p);
    if (p->token.kind == POL_GRAPHQL_TOKEN_NAME)
        node->name = pol_graphql_parse_name(p);
    pol_graphql_parse_some(p, pol_graphql_parens, variable, &node->variables);
    pol_graphql_parse_directives(p, &node->directives, false);
    selection_set(p, &node->members);
    return node;
}

static pol_graphql_node *fragment_definition(pol_graphql_parser *p)
{
    pol_graphql_node *node = pol_graphql_parse_node(p, POL_GRAPHQL_FRAGMENT);
    node->after = p->comments;
    pol_graphql_parse_next(p);
    node->name = fragment_name(p);
    pol_graphql_parse_some(p, pol_graphql_parens, variable, &node->variables);
    pol_graphql_parse_expect_word(p, "on");
    node->condition = pol_graphql_parse_name(p);
    pol_graphql_parse_directives(p, &node->directives, false);
    selection_set(p, &node->members);
    return node;
}

static void definition(pol_graphql_parser *p, pol_graphql_node *document)
{
    if (p->token.kind == POL_GRAPHQL_TOKEN_BRACE_L ||
        pol_graphql_parse_is_word(p, "query") ||
        pol_graphql_parse_is_word(p, "mutation") ||
        pol_graphql_parse_is_word(p, "subscription"))
        pol_graphql_append(&document->members, operation(p));
    else if (pol_graphql_parse_is_word(p, "fragment"))
        pol_graphql_append(&document->variables, fragment_definition(p));
    else
        pol_graphql_parse_unexpected(p, &p->token);
}

pol_graphql_node *pol_graphql_parse_query(pol_graphql_parser *parser,
                                          pol_call *call, pol_value text)
{
    pol_graphql_parse_start(parser, call, text);
    pol_graphql_node *document = pol_graphql_new(call, POL_GRAPHQL_QUERY);
    while (!pol_graphql_parse_failed(parser) &&
           parser->token.kind != POL_GRAPHQL_TOKEN_EOF)
        definition(parser, document);
    return pol_graphql_parse_failed(parser) ? NULL : document;
}
