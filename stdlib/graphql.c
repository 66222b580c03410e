/* SPDX-License-Identifier: Apache-2.0
 *
 * The builtins graphql.*: queries and schemas, as text or as the trees that
 * parsing gives. */
#include "graphql_parse.h"

/* An error as OPA words it: with a place it names that, without one (a tree, or
 * a block string that ends on a later line) it is shown as it came. */
static pol_value report(pol_call *call, const pol_graphql_error *error)
{
    int len = (int)error->message.len;
    const char *text = error->message.str;
    if (!error->line)
        return pol_call_error(call, "GraphQL parse error: input: %.*s", len,
                              text);
    if (error->column < 0)
        return pol_call_error(call, "GraphQL parse error: input:%d:%d: %.*s",
                              error->line, error->column, len, text);
    return pol_call_error(call, "%.*s in GraphQL string at location %d:%d",
                          len, text, error->line, error->column);
}

static pol_value graphql_parse_query(pol_call *call, const pol_value *args)
{
    pol_graphql_parser parser;
    pol_graphql_node *query = pol_graphql_parse_query(&parser, call, args[0]);
    return query ? pol_graphql_show(call, query) : report(call, &parser.error);
}

static pol_value graphql_parse_schema(pol_call *call, const pol_value *args)
{
    pol_graphql_parser parser;
    pol_graphql_node *schema =
        pol_graphql_parse_schema(&parser, call, args[0]);
    return schema ? pol_graphql_show(call, schema)
                  : report(call, &parser.error);
}

const pol_builtin pol_stdlib_graphql[] = {
    {.name = "graphql.parse_query", .fn = graphql_parse_query,
     .signature = "(string) -> object{any: any}",
     .doc = "The tree of a GraphQL query."},
    {.name = "graphql.parse_schema", .fn = graphql_parse_schema,
     .signature = "(string) -> object{any: any}",
     .doc = "The tree of a GraphQL schema."},
    {.name = NULL},
};
