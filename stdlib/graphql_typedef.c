/* SPDX-License-Identifier: Apache-2.0
 *
 * The grammar of documents with type definitions. */
#include "graphql_parse.h"

/* The description before a definition and the comments around it. */
static void description(pol_graphql_parser *p, pol_graphql_node *node)
{
    if (p->token.kind == POL_GRAPHQL_TOKEN_STRING ||
        p->token.kind == POL_GRAPHQL_TOKEN_BLOCK_STRING) {
        node->before = p->comments;
        node->description = p->token.text;
        pol_graphql_parse_next(p);
    }
    node->after = p->comments;
    node->line = p->token.line;
    node->column = p->token.column;
}

static void default_value(pol_graphql_parser *p, pol_graphql_node *node)
{
    if (pol_graphql_parse_skip(p, POL_GRAPHQL_TOKEN_EQUALS))
        node->value = pol_graphql_parse_value(p, true);
}

/* An argument of a field or directive, or a field of an input object. */
static pol_graphql_node *input(pol_graphql_parser *p, pol_graphql_kind kind)
{
    pol_graphql_node *node = pol_graphql_new(p->call, kind);
    description(p, node);
    node->name = pol_graphql_parse_name(p);
    pol_graphql_parse_expect(p, POL_GRAPHQL_TOKEN_COLON);
    node->type = pol_graphql_parse_type(p);
    default_value(p, node);
    pol_graphql_parse_directives(p, &node->directives, true);
    return node;
}

static pol_graphql_node *argument(pol_graphql_parser *p)
{
    return input(p, POL_GRAPHQL_ARGUMENT_DEF);
}

static pol_graphql_node *input_field(pol_graphql_parser *p)
{
    return input(p, POL_GRAPHQL_FIELD_DEF);
}

static pol_graphql_node *field(pol_graphql_parser *p)
{
    pol_graphql_node *node = pol_graphql_new(p->call, POL_GRAPHQL_FIELD_DEF);
    description(p, node);
    node->name = pol_graphql_parse_name(p);
    pol_graphql_parse_some(p, pol_graphql_parens, argument, &node->arguments);
    pol_graphql_parse_expect(p, POL_GRAPHQL_TOKEN_COLON);
    node->type = pol_graphql_parse_type(p);
    pol_graphql_parse_directives(p, &node->directives, true);
    return node;
}

static pol_graphql_node *enum_value(pol_graphql_parser *p)
{
    pol_graphql_node *node = pol_graphql_new(p->call, POL_GRAPHQL_ENUM_VALUE);
    description(p, node);
    node->name = pol_graphql_parse_name(p);
    pol_graphql_parse_directives(p, &node->directives, true);
    return node;
}

static pol_graphql_node *operation_type(pol_graphql_parser *p)
{
    pol_graphql_node *node =
        pol_graphql_parse_node(p, POL_GRAPHQL_OPERATION_TYPE);
    node->after = p->comments;
    if (!pol_graphql_parse_is_word(p, "query") &&
        !pol_graphql_parse_is_word(p, "mutation") &&
        !pol_graphql_parse_is_word(p, "subscription"))
        pol_graphql_parse_unexpected(p, &p->token);
    node->alias = pol_graphql_parse_name(p);
    pol_graphql_parse_expect(p, POL_GRAPHQL_TOKEN_COLON);
    node->description = pol_graphql_parse_name(p);
    return node;
}

/* Elements in braces, and the comments before the closing one. */
static void block(pol_graphql_parser *p, pol_graphql_parse_item item,
                  pol_graphql_node *node, pol_graphql_list *list)
{
    if (!pol_graphql_parse_skip(p, POL_GRAPHQL_TOKEN_BRACE_L))
        return;
    while (!pol_graphql_parse_failed(p) &&
           p->token.kind != POL_GRAPHQL_TOKEN_BRACE_R)
        pol_graphql_append(list, item(p));
    node->end = p->comments;
    if (!list->count)
        pol_graphql_parse_empty(p);
    pol_graphql_parse_next(p);
}

static pol_graphql_node *name_node(pol_graphql_parser *p)
{
    pol_graphql_node *node = pol_graphql_parse_node(p, POL_GRAPHQL_NAME);
    node->name = pol_graphql_parse_name(p);
    return node;
}

/* Names with a sign between, and maybe before, them. */
static void names(pol_graphql_parser *p, pol_graphql_token_kind sign,
                  pol_graphql_list *list)
{
    pol_graphql_parse_skip(p, sign);
    do
        pol_graphql_append(list, name_node(p));
    while (pol_graphql_parse_skip(p, sign));
}

static void interfaces(pol_graphql_parser *p, pol_graphql_list *list)
{
    if (!pol_graphql_parse_is_word(p, "implements"))
        return;
    pol_graphql_parse_next(p);
    names(p, POL_GRAPHQL_TOKEN_AMP, list);
}

/* ---- definitions --------------------------------------------------------- */

/* What a definition's word makes. */
typedef struct form {
    const char *word, *kind;
    pol_graphql_parse_item item; /* of its block, NULL if it has none */
    bool implements;
} form;

static const form forms[] = {
    {"scalar", "SCALAR", NULL, false},
    {"type", "OBJECT", field, true},
    {"interface", "INTERFACE", field, true},
    {"union", "UNION", NULL, false},
    {"enum", "ENUM", enum_value, false},
    {"input", "INPUT_OBJECT", input_field, false},
};

static const form *form_at(const pol_graphql_parser *p)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (pol_graphql_parse_is_word(p, forms[i].word))
            return &forms[i];
    return NULL;
}

/* From the word on. Interfaces that are extended do not implement others. */
static void type_body(pol_graphql_parser *p, const form *shape, bool extends,
                      pol_graphql_node *node)
{
    bool is_interface = shape->kind[2] == 'T';
    node->alias = pol_string(shape->kind, strlen(shape->kind));
    pol_graphql_parse_next(p);
    node->line = p->token.line;
    node->column = p->token.column;
    node->name = pol_graphql_parse_name(p);
    if (shape->implements && !(extends && is_interface))
        interfaces(p, &node->schemas);
    pol_graphql_parse_directives(p, &node->directives, true);
    if (shape->item)
        block(p, shape->item, node,
              shape->item == enum_value ? &node->arguments : &node->members);
    else if (shape->kind[0] == 'U' &&
             pol_graphql_parse_skip(p, POL_GRAPHQL_TOKEN_EQUALS))
        names(p, POL_GRAPHQL_TOKEN_PIPE, &node->types);
    if (extends && !node->schemas.count && !node->directives.count &&
        !node->members.count && !node->arguments.count && !node->types.count)
        pol_graphql_parse_unexpected(p, &p->token);
}

static void schema_body(pol_graphql_parser *p, bool extends,
                        pol_graphql_node *node)
{
    pol_graphql_parse_next(p);
    node->line = p->token.line;
    node->column = p->token.column;
    pol_graphql_parse_directives(p, &node->directives, true);
    block(p, operation_type, node, &node->members);
    if (extends && !node->directives.count && !node->members.count)
        pol_graphql_parse_unexpected(p, &p->token);
}

static bool is_location(pol_value word)
{
    static const char *const locations[] = {
        "QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION",
        "FRAGMENT_SPREAD", "INLINE_FRAGMENT", "VARIABLE_DEFINITION", "SCHEMA",
        "SCALAR", "OBJECT", "FIELD_DEFINITION", "ARGUMENT_DEFINITION",
        "INTERFACE", "UNION", "ENUM", "ENUM_VALUE", "INPUT_OBJECT",
        "INPUT_FIELD_DEFINITION"};
    for (size_t i = 0; i < sizeof locations / sizeof locations[0]; i++)
        if (pol_equal(word, pol_string(locations[i], strlen(locations[i]))))
            return true;
    return false;
}

static void locations(pol_graphql_parser *p, pol_graphql_list *list)
{
    pol_graphql_parse_skip(p, POL_GRAPHQL_TOKEN_PIPE);
    do {
        if (p->token.kind == POL_GRAPHQL_TOKEN_NAME &&
            !is_location(p->token.text))
            pol_graphql_parse_unexpected(p, &p->token);
        pol_graphql_append(list, name_node(p));
    } while (pol_graphql_parse_skip(p, POL_GRAPHQL_TOKEN_PIPE));
}

static void directive_body(pol_graphql_parser *p, pol_graphql_node *node)
{
    pol_graphql_parse_next(p);
    pol_graphql_parse_expect(p, POL_GRAPHQL_TOKEN_AT);
    node->line = p->token.line;
    node->column = p->token.column;
    node->name = pol_graphql_parse_name(p);
    pol_graphql_parse_some(p, pol_graphql_parens, argument, &node->arguments);
    if (pol_graphql_parse_is_word(p, "repeatable")) {
        node->flag = true;
        pol_graphql_parse_next(p);
    }
    pol_graphql_parse_expect_word(p, "on");
    locations(p, &node->members);
}

/* Takes over what description() found. */
static pol_graphql_node *started(pol_graphql_parser *p, pol_graphql_kind kind,
                                 const pol_graphql_node *start)
{
    pol_graphql_node *node = pol_graphql_new(p->call, kind);
    node->before = start->before;
    node->after = start->after;
    node->description = start->description;
    return node;
}

static void extension(pol_graphql_parser *p, pol_graphql_node *document,
                      const pol_graphql_node *start)
{
    pol_graphql_parse_next(p);
    const form *shape = form_at(p);
    if (shape) {
        pol_graphql_node *node = started(p, POL_GRAPHQL_DEFINITION, start);
        type_body(p, shape, true, node);
        pol_graphql_append(&document->types, node);
    } else if (pol_graphql_parse_is_word(p, "schema")) {
        pol_graphql_node *node = started(p, POL_GRAPHQL_SCHEMA_DEF, start);
        schema_body(p, true, node);
        pol_graphql_append(&document->extensions, node);
    } else {
        pol_graphql_parse_unexpected(p, &p->token);
    }
}

static void definition(pol_graphql_parser *p, pol_graphql_node *document)
{
    bool described = p->token.kind == POL_GRAPHQL_TOKEN_STRING ||
                     p->token.kind == POL_GRAPHQL_TOKEN_BLOCK_STRING;
    pol_graphql_node *start = pol_graphql_new(p->call, POL_GRAPHQL_DEFINITION);
    description(p, start);
    const form *shape = form_at(p);
    if (shape) {
        pol_graphql_node *node = started(p, POL_GRAPHQL_DEFINITION, start);
        type_body(p, shape, false, node);
        pol_graphql_append(&document->members, node);
    } else if (pol_graphql_parse_is_word(p, "schema")) {
        pol_graphql_node *node = started(p, POL_GRAPHQL_SCHEMA_DEF, start);
        schema_body(p, false, node);
        pol_graphql_append(&document->schemas, node);
    } else if (pol_graphql_parse_is_word(p, "directive")) {
        pol_graphql_node *node = started(p, POL_GRAPHQL_DIRECTIVE_DEF, start);
        directive_body(p, node);
        pol_graphql_append(&document->directives, node);
    } else if (pol_graphql_parse_is_word(p, "extend")) {
        if (described)
            pol_graphql_parse_unexpected(p, &p->last);
        extension(p, document, start);
    } else {
        pol_graphql_parse_unexpected(p, &p->token);
    }
}

pol_graphql_node *pol_graphql_parse_schema(pol_graphql_parser *parser,
                                           pol_call *call, pol_value text)
{
    pol_graphql_parse_start(parser, call, text);
    pol_graphql_node *document = pol_graphql_new(call, POL_GRAPHQL_SCHEMA);
    while (!pol_graphql_parse_failed(parser) &&
           parser->token.kind != POL_GRAPHQL_TOKEN_EOF)
        definition(parser, document);
    document->after = parser->comments;
    return pol_graphql_parse_failed(parser) ? NULL : document;
}
