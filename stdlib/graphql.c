/* SPDX-License-Identifier: Apache-2.0
 *
 * The builtins graphql.*: queries and schemas, as text or as the trees that
 * parsing gives. */
#include "graphql_validate.h"

/* A query with its schema, and what was shown of them before building the
 * schema merged extensions. */
typedef struct request {
    pol_call *call;
    pol_graphql_node *query, *schema;
    pol_value shown_query, shown_schema;
    pol_value error; /* a text, undefined if there is none */
    bool wrong_type; /* it is about an argument's type */
} request;

/* ---- errors -------------------------------------------------------------- */

/* An error as OPA words it: with a place it names that, without one (a tree, or
 * a block string that ends on a later line) it is shown as it came. A full stop
 * does not go before a place. */
static pol_value report(pol_call *call, const pol_graphql_error *error)
{
    int len = (int)error->message.len;
    const char *text = error->message.str;
    if (!error->line)
        return pol_call_printf(call, "GraphQL parse error: input: %.*s", len,
                               text);
    if (error->column < 0)
        return pol_call_printf(call, "GraphQL parse error: input:%d:%d: %.*s",
                               error->line, error->column, len, text);
    if (len > 1 && memcmp(text + len - 2, ".\n", 2) == 0)
        len -= 2;
    return pol_call_printf(call, "%.*s in GraphQL string at location %d:%d",
                           len, text, error->line, error->column);
}

static pol_value report_schema(pol_call *call, const pol_graphql_error *error)
{
    return pol_call_printf(call, "Error in gqlparser SchemaDocument to Schema "
                           "conversion: input:%d:%d: %.*s",
                           error->line ? error->line : -1,
                           error->line ? error->column : -1,
                           (int)error->message.len, error->message.str);
}

/* ---- reading ------------------------------------------------------------- */

/* A document from its text or tree; NULL with the error set. OPA counts its
 * operands from 0 here. */
static pol_graphql_node *read_document(request *r, pol_value v,
                                       pol_graphql_kind kind)
{
    pol_call *call = r->call;
    if (v.tag != POL_OBJECT && v.tag != POL_STRING) {
        r->wrong_type = true;
        r->error = pol_call_printf(call, "operand %d must be one of {string, "
                                   "object} but got %s",
                                   kind == POL_GRAPHQL_SCHEMA,
                                   pol_type_name(v));
        return NULL;
    }
    if (v.tag == POL_OBJECT)
        return pol_graphql_read(call, kind, v, &r->error);
    pol_graphql_parser parser;
    pol_graphql_node *document =
        kind == POL_GRAPHQL_QUERY ? pol_graphql_parse_query(&parser, call, v)
                                  : pol_graphql_parse_schema(&parser, call, v);
    if (!document)
        r->error = report(call, &parser.error);
    return document;
}

static bool build(request *r, pol_graphql_schema *schema)
{
    pol_graphql_error error;
    if (pol_graphql_schema_build(schema, r->call, r->schema, &error))
        return true;
    r->error = report_schema(r->call, &error);
    return false;
}

/* Reads query and schema and checks one against the other; false with the error
 * set. `show`: the trees are wanted. */
static bool check(request *r, const pol_value *args, bool show)
{
    r->query = read_document(r, args[0], POL_GRAPHQL_QUERY);
    if (!r->query)
        return false;
    r->schema = read_document(r, args[1], POL_GRAPHQL_SCHEMA);
    if (!r->schema)
        return false;
    if (show) {
        r->shown_query = pol_graphql_show(r->call, r->query);
        r->shown_schema = pol_graphql_show(r->call, r->schema);
    }
    pol_graphql_schema schema;
    pol_graphql_error error;
    if (!build(r, &schema))
        return false;
    if (pol_graphql_validate(r->call, &schema, r->query, &error))
        return true;
    r->error = report(r->call, &error);
    return false;
}

static pol_value fail(const request *r)
{
    if (r->wrong_type)
        return pol_call_type_error(
            r->call, 0, pol_call_printf(r->call, "%.*s%c", (int)r->error.len,
                                        r->error.str, 0).str, NULL);
    return pol_call_error(r->call, "%.*s", (int)r->error.len, r->error.str);
}

static pol_value tuple(pol_call *call, const pol_value *items, size_t count)
{
    pol_value *copy = pol_items(pol_call_arena(call), count);
    memcpy(copy, items, count * sizeof *copy);
    return pol_array(copy, count);
}

/* ---- the builtins -------------------------------------------------------- */

static pol_value graphql_is_valid(pol_call *call, const pol_value *args)
{
    request r = {.call = call};
    bool valid = check(&r, args, false);
    return pol_bool(valid);
}

static pol_value graphql_parse(pol_call *call, const pol_value *args)
{
    request r = {.call = call};
    if (!check(&r, args, true))
        return fail(&r);
    const pol_value pair[] = {r.shown_query, r.shown_schema};
    return tuple(call, pair, 2);
}

static pol_value graphql_parse_and_verify(pol_call *call,
                                          const pol_value *args)
{
    request r = {.call = call};
    pol_value none = pol_object_of(pol_call_arena(call), NULL, NULL, 0);
    bool valid = check(&r, args, true);
    const pol_value good[] = {pol_bool(true), r.shown_query, r.shown_schema};
    const pol_value bad[] = {pol_bool(false), none, none};
    return tuple(call, valid ? good : bad, 3);
}

static pol_value graphql_parse_query(pol_call *call, const pol_value *args)
{
    request r = {.call = call};
    r.query = read_document(&r, args[0], POL_GRAPHQL_QUERY);
    return r.query ? pol_graphql_show(call, r.query) : fail(&r);
}

static pol_value graphql_parse_schema(pol_call *call, const pol_value *args)
{
    request r = {.call = call};
    r.schema = read_document(&r, args[0], POL_GRAPHQL_SCHEMA);
    return r.schema ? pol_graphql_show(call, r.schema) : fail(&r);
}

static pol_value graphql_schema_is_valid(pol_call *call, const pol_value *args)
{
    request r = {.call = call};
    pol_graphql_schema schema;
    r.schema = read_document(&r, args[0], POL_GRAPHQL_SCHEMA);
    bool valid = r.schema && build(&r, &schema);
    return pol_bool(valid);
}

#define DOCUMENT "any<string | object{any: any}>"

const pol_builtin pol_stdlib_graphql[] = {
    {.name = "graphql.is_valid", .fn = graphql_is_valid,
     .flags = POL_UNCHECKED,
     .signature = "(" DOCUMENT ", " DOCUMENT ") -> boolean",
     .doc = "Is the GraphQL query good for the schema?"},
    {.name = "graphql.parse", .fn = graphql_parse,
     .flags = POL_UNCHECKED,
     .signature = "(" DOCUMENT ", " DOCUMENT
                  ") -> [object{any: any}, object{any: any}]",
     .doc = "The trees of a GraphQL query and its schema, both checked."},
    {.name = "graphql.parse_and_verify", .fn = graphql_parse_and_verify,
     .flags = POL_UNCHECKED,
     .signature = "(" DOCUMENT ", " DOCUMENT
                  ") -> [boolean, object{any: any}, object{any: any}]",
     .doc = "Is the GraphQL query good for the schema, and their trees."},
    {.name = "graphql.parse_query", .fn = graphql_parse_query,
     .signature = "(string) -> object{any: any}",
     .doc = "The tree of a GraphQL query."},
    {.name = "graphql.parse_schema", .fn = graphql_parse_schema,
     .signature = "(string) -> object{any: any}",
     .doc = "The tree of a GraphQL schema."},
    {.name = "graphql.schema_is_valid", .fn = graphql_schema_is_valid,
     .flags = POL_UNCHECKED,
     .signature = "(" DOCUMENT ") -> boolean",
     .doc = "Is the GraphQL schema good?"},
    {.name = NULL},
};
