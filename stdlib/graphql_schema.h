/* SPDX-License-Identifier: Apache-2.0
 *
 * A schema: the definitions of a document and those that every schema has, with
 * extensions merged in. */
#ifndef POL_STDLIB_GRAPHQL_SCHEMA_H
#define POL_STDLIB_GRAPHQL_SCHEMA_H

#include "graphql_parse.h"

/* Definitions sorted by name. */
typedef struct pol_graphql_index {
    pol_graphql_node **items;
    size_t count, room;
} pol_graphql_index;

typedef struct pol_graphql_schema {
    pol_call *call;
    pol_graphql_index types, directives;
    const pol_graphql_node *roots[3]; /* query, mutation, subscription */
} pol_graphql_schema;

/* Builds the schema and checks it. Extensions are merged into the document's
 * own nodes, so show it before. False: *error says what is wrong. */
bool pol_graphql_schema_build(pol_graphql_schema *schema, pol_call *call,
                              pol_graphql_node *document,
                              pol_graphql_error *error);

/* A type or directive by name; NULL if there is none. */
pol_graphql_node *pol_graphql_schema_type(const pol_graphql_schema *schema,
                                          pol_value name);
pol_graphql_node *
pol_graphql_schema_directive(const pol_graphql_schema *schema, pol_value name);

/* The name of a type without lists around it. */
pol_value pol_graphql_type_name(const pol_graphql_node *type);
/* "[Int!]!" */
pol_value pol_graphql_type_text(pol_call *call, const pol_graphql_node *type);

/* Is the definition of the kind, "OBJECT" and so on? */
bool pol_graphql_is(const pol_graphql_node *definition, const char *kind);
bool pol_graphql_is_composite(const pol_graphql_node *definition);
/* Is an object or interface `type` among those that `of` stands for: itself, a
 * member of the union, one that implements the interface? */
bool pol_graphql_is_possible(const pol_graphql_node *of,
                             const pol_graphql_node *type);

/* Checks the document's types; after them its directives. Of graphql_check.c,
 * for pol_graphql_schema_build. */
bool pol_graphql_check_schema(const pol_graphql_schema *schema,
                              pol_graphql_error *error);
bool pol_graphql_check_directives(const pol_graphql_schema *schema,
                                  const pol_graphql_list *directives,
                                  const char *location,
                                  pol_graphql_error *error);
/* Records the first error at a node; false, for `return`. */
bool pol_graphql_check_fail(pol_graphql_error *error,
                            const pol_graphql_node *at, pol_value message);

#endif
