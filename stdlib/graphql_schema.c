/* SPDX-License-Identifier: Apache-2.0
 *
 * Puts a schema together. The types that every schema has are those of the
 * GraphQL specification's chapter on introspection. */
#include "graphql_schema.h"

static const char prelude[] =
    "scalar Int scalar Float scalar String scalar Boolean scalar ID "
    "directive @include(if: Boolean!) on FIELD | FRAGMENT_SPREAD | "
    "INLINE_FRAGMENT "
    "directive @skip(if: Boolean!) on FIELD | FRAGMENT_SPREAD | "
    "INLINE_FRAGMENT "
    "directive @deprecated(reason: String = \"No longer supported\") on "
    "FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | "
    "ENUM_VALUE "
    "directive @specifiedBy(url: String!) on SCALAR "
    "directive @defer(if: Boolean = true, label: String) on FRAGMENT_SPREAD | "
    "INLINE_FRAGMENT "
    "directive @oneOf on INPUT_OBJECT "
    "type __Schema { description: String types: [__Type!]! queryType: __Type! "
    "mutationType: __Type subscriptionType: __Type "
    "directives: [__Directive!]! } "
    "type __Type { kind: __TypeKind! name: String description: String "
    "specifiedByURL: String "
    "fields(includeDeprecated: Boolean = false): [__Field!] "
    "interfaces: [__Type!] possibleTypes: [__Type!] "
    "enumValues(includeDeprecated: Boolean = false): [__EnumValue!] "
    "inputFields(includeDeprecated: Boolean = false): [__InputValue!] "
    "ofType: __Type isOneOf: Boolean } "
    "enum __TypeKind { SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST "
    "NON_NULL } "
    "type __Field { name: String! description: String "
    "args(includeDeprecated: Boolean = false): [__InputValue!]! type: __Type! "
    "isDeprecated: Boolean! deprecationReason: String } "
    "type __InputValue { name: String! description: String type: __Type! "
    "defaultValue: String isDeprecated: Boolean! deprecationReason: String } "
    "type __EnumValue { name: String! description: String "
    "isDeprecated: Boolean! deprecationReason: String } "
    "type __Directive { name: String! description: String "
    "isRepeatable: Boolean! locations: [__DirectiveLocation!]! "
    "args(includeDeprecated: Boolean = false): [__InputValue!]! } "
    "enum __DirectiveLocation { QUERY MUTATION SUBSCRIPTION FIELD "
    "FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT VARIABLE_DEFINITION "
    "SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION "
    "ENUM ENUM_VALUE INPUT_OBJECT INPUT_FIELD_DEFINITION } "
    "type Query { __schema: __Schema! __type(name: String!): __Type }";

/* ---- types --------------------------------------------------------------- */

pol_value pol_graphql_type_name(const pol_graphql_node *type)
{
    while (type->type)
        type = type->type;
    return type->name;
}

pol_value pol_graphql_type_text(pol_call *call, const pol_graphql_node *type)
{
    size_t depth = 0;
    pol_bytes out;
    pol_bytes_init(&out, call, 32);
    const pol_graphql_node *inner = type;
    for (; inner->type; inner = inner->type)
        depth++;
    pol_bytes_fill(&out, '[', depth);
    pol_bytes_add(&out, inner->name.str, inner->name.len);
    if (inner->flag)
        pol_bytes_byte(&out, '!');
    while (depth--) {
        inner = type;
        for (size_t i = 0; i < depth; i++)
            inner = inner->type;
        pol_bytes_text(&out, inner->flag ? "]!" : "]");
    }
    return pol_bytes_done(&out);
}

bool pol_graphql_is(const pol_graphql_node *definition, const char *kind)
{
    return pol_equal(definition->alias, pol_string(kind, strlen(kind)));
}

bool pol_graphql_is_composite(const pol_graphql_node *definition)
{
    return pol_graphql_is(definition, "OBJECT") ||
           pol_graphql_is(definition, "INTERFACE") ||
           pol_graphql_is(definition, "UNION");
}

bool pol_graphql_is_possible(const pol_graphql_node *of,
                             const pol_graphql_node *type)
{
    if (pol_graphql_is(of, "UNION"))
        return pol_graphql_named(&of->types, type->name);
    if (pol_graphql_is(of, "INTERFACE"))
        return pol_graphql_named(&type->schemas, of->name);
    return of == type;
}

/* ---- indexes ------------------------------------------------------------- */

/* Where the name stands or would stand. */
static size_t place(const pol_graphql_index *index, pol_value name)
{
    size_t low = 0, high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pol_compare(index->items[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static pol_graphql_node *find(const pol_graphql_index *index, pol_value name)
{
    size_t at = place(index, name);
    bool found = at < index->count && pol_equal(index->items[at]->name, name);
    return found ? index->items[at] : NULL;
}

pol_graphql_node *pol_graphql_schema_type(const pol_graphql_schema *schema,
                                          pol_value name)
{
    return find(&schema->types, name);
}

pol_graphql_node *
pol_graphql_schema_directive(const pol_graphql_schema *schema, pol_value name)
{
    return find(&schema->directives, name);
}

/* Puts the node in, in place of one with its name. */
static void insert(pol_call *call, pol_graphql_index *index,
                   pol_graphql_node *node)
{
    size_t at = place(index, node->name);
    if (at < index->count && pol_equal(index->items[at]->name, node->name)) {
        index->items[at] = node;
        return;
    }
    if (index->count == index->room) {
        size_t room = index->room ? 2 * index->room : 64;
        pol_graphql_node **items =
            pol_call_alloc(call, room * sizeof(pol_graphql_node *));
        if (index->count)
            memcpy(items, index->items, index->count * sizeof *items);
        index->items = items;
        index->room = room;
    }
    pol_call_spend(call, 1 + (index->count - at) / 64);
    memmove(index->items + at + 1, index->items + at,
            (index->count - at) * sizeof *index->items);
    index->items[at] = node;
    index->count++;
}

/* ---- building ------------------------------------------------------------ */

/* Appends the elements of one list to another, which thereby share them. */
static void join(pol_graphql_list *to, const pol_graphql_list *from)
{
    if (!from->count)
        return;
    if (to->last)
        to->last->next = from->first;
    else
        to->first = from->first;
    to->last = from->last;
    to->count += from->count;
}

/* The prelude's definitions; its Query is returned and not put in. */
static pol_graphql_node *add_prelude(pol_graphql_schema *schema)
{
    pol_graphql_parser parser;
    pol_graphql_node *document =
        pol_graphql_parse_schema(&parser, schema->call,
                                 pol_string(prelude, sizeof prelude - 1));
    POL_GRAPHQL_EACH(type, document->members) {
        type->flag = true;
        if (type != document->members.last)
            insert(schema->call, &schema->types, type);
    }
    POL_GRAPHQL_EACH(directive, document->directives)
        insert(schema->call, &schema->directives, directive);
    return document->members.last;
}

static bool add_types(pol_graphql_schema *schema, pol_graphql_node *document,
                      pol_graphql_error *error)
{
    POL_GRAPHQL_EACH(type, document->members) {
        if (find(&schema->types, type->name))
            return pol_graphql_check_fail(
                error, type,
                pol_call_printf(schema->call, "Cannot redeclare type %.*s.",
                                (int)type->name.len, type->name.str));
        insert(schema->call, &schema->types, type);
    }
    return true;
}

/* An extension of what is not there makes it. */
static bool add_extensions(pol_graphql_schema *schema,
                           pol_graphql_node *document,
                           pol_graphql_error *error)
{
    POL_GRAPHQL_EACH(extension, document->types) {
        pol_graphql_node *base = find(&schema->types, extension->name);
        if (!base) {
            insert(schema->call, &schema->types, extension);
            continue;
        }
        if (!pol_equal(base->alias, extension->alias))
            return pol_graphql_check_fail(
                error, extension,
                pol_call_printf(
                    schema->call, "Cannot extend type %.*s because the base "
                    "type is a %.*s, not %.*s.", (int)extension->name.len,
                    extension->name.str, (int)base->alias.len, base->alias.str,
                    (int)extension->alias.len, extension->alias.str));
        join(&base->directives, &extension->directives);
        join(&base->schemas, &extension->schemas);
        join(&base->members, &extension->members);
        join(&base->types, &extension->types);
        join(&base->arguments, &extension->arguments);
    }
    return true;
}

/* Those of the specification may be declared anew. */
static bool is_own(pol_value name)
{
    static const char *const own[] = {"include", "skip", "deprecated",
                                      "specifiedBy", "defer", "oneOf"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (pol_equal(name, pol_string(own[i], strlen(own[i]))))
            return true;
    return false;
}

static bool add_directives(pol_graphql_schema *schema,
                           pol_graphql_node *document,
                           pol_graphql_error *error)
{
    POL_GRAPHQL_EACH(directive, document->directives) {
        if (!is_own(directive->name) &&
            find(&schema->directives, directive->name))
            return pol_graphql_check_fail(
                error, directive,
                pol_call_printf(schema->call,
                                "Cannot redeclare directive %.*s.",
                                (int)directive->name.len,
                                directive->name.str));
        insert(schema->call, &schema->directives, directive);
    }
    return true;
}

static int root_of(pol_value operation)
{
    if (pol_string_is(operation, "mutation"))
        return 1;
    return pol_string_is(operation, "subscription") ? 2 : 0;
}

static bool add_roots(pol_graphql_schema *schema,
                      const pol_graphql_list *entries,
                      pol_graphql_error *error)
{
    POL_GRAPHQL_EACH(entry, *entries) {
        POL_GRAPHQL_EACH(root, entry->members) {
            const pol_graphql_node *type =
                find(&schema->types, root->description);
            if (!type)
                return pol_graphql_check_fail(
                    error, root,
                    pol_call_printf(
                        schema->call, "Schema root %.*s refers to a type %.*s "
                        "that does not exist.", (int)root->alias.len,
                        root->alias.str, (int)root->description.len,
                        root->description.str));
            schema->roots[root_of(root->alias)] = type;
        }
        if (!pol_graphql_check_directives(schema, &entry->directives, "SCHEMA",
                                          error))
            return false;
    }
    return true;
}

static bool add_entries(pol_graphql_schema *schema,
                        const pol_graphql_node *document,
                        pol_graphql_error *error)
{
    if (document->schemas.count > 1)
        return pol_graphql_check_fail(
            error, document->schemas.first->next,
            pol_literal("Cannot have multiple schema entry points, consider "
                        "schema extensions instead."));
    return add_roots(schema, &document->schemas, error) &&
           add_roots(schema, &document->extensions, error);
}

/* Without an entry point the roots are the types with their usual names. */
static void add_usual_roots(pol_graphql_schema *schema,
                            const pol_graphql_node *document)
{
    if (document->schemas.count)
        return;
    static const char *const names[] = {"Query", "Mutation", "Subscription"};
    for (int i = 0; i < 3; i++)
        if (!schema->roots[i])
            schema->roots[i] = find(&schema->types,
                                    pol_string(names[i], strlen(names[i])));
}

bool pol_graphql_schema_build(pol_graphql_schema *schema, pol_call *call,
                              pol_graphql_node *document,
                              pol_graphql_error *error)
{
    *schema = (pol_graphql_schema){.call = call};
    *error = (pol_graphql_error){.message = pol_undefined()};
    const pol_graphql_node *meta = add_prelude(schema);
    if (!add_types(schema, document, error) ||
        !add_extensions(schema, document, error) ||
        !add_directives(schema, document, error) ||
        !add_entries(schema, document, error) ||
        !pol_graphql_check_schema(schema, error))
        return false;
    add_usual_roots(schema, document);
    if (schema->roots[0])
        join((pol_graphql_list *)&schema->roots[0]->members, &meta->members);
    return true;
}
