/* SPDX-License-Identifier: Apache-2.0
 *
 * GraphQL documents as trees, and as the values in which OPA shows them.
 *
 * One struct serves every node: a kind, and the parts that its kind has. Which
 * those are, and what they are called in a value, stands in one table
 * (graphql_ast.c), from which both writing and reading of values work. Nodes
 * live in the call's arena. */
#ifndef POL_STDLIB_GRAPHQL_AST_H
#define POL_STDLIB_GRAPHQL_AST_H

#include "bytes.h"

/* Nesting of selections, of values, of types. People write ten levels; a level
 * is up to three of the tree's value, and what walks values recurses. */
enum { POL_GRAPHQL_NESTING = 200 };

typedef enum {
    POL_GRAPHQL_QUERY, /* a document of operations and fragments */
    POL_GRAPHQL_OPERATION,
    POL_GRAPHQL_FRAGMENT,
    POL_GRAPHQL_VARIABLE, /* the definition of one */
    POL_GRAPHQL_FIELD,
    POL_GRAPHQL_SPREAD,
    POL_GRAPHQL_INLINE,
    POL_GRAPHQL_ARGUMENT,
    POL_GRAPHQL_VALUE,
    POL_GRAPHQL_CHILD, /* an element or a member of a value */
    POL_GRAPHQL_DIRECTIVE,
    POL_GRAPHQL_TYPE,
    POL_GRAPHQL_SCHEMA, /* a document of definitions */
    POL_GRAPHQL_SCHEMA_DEF,
    POL_GRAPHQL_OPERATION_TYPE,
    POL_GRAPHQL_DEFINITION,
    POL_GRAPHQL_FIELD_DEF,
    POL_GRAPHQL_ARGUMENT_DEF,
    POL_GRAPHQL_ENUM_VALUE,
    POL_GRAPHQL_DIRECTIVE_DEF,
    POL_GRAPHQL_NAME, /* a string in a list */
    POL_GRAPHQL_COMMENTS,
    POL_GRAPHQL_COMMENT,
    POL_GRAPHQL_KINDS
} pol_graphql_kind;

/* What VALUE nodes are, by the numbers that OPA shows. */
typedef enum {
    POL_GRAPHQL_VARIABLE_VALUE,
    POL_GRAPHQL_INT,
    POL_GRAPHQL_FLOAT,
    POL_GRAPHQL_STRING,
    POL_GRAPHQL_BLOCK_STRING,
    POL_GRAPHQL_BOOLEAN,
    POL_GRAPHQL_NULL,
    POL_GRAPHQL_ENUM,
    POL_GRAPHQL_LIST,
    POL_GRAPHQL_OBJECT
} pol_graphql_value_kind;

typedef struct pol_graphql_node pol_graphql_node;

typedef struct pol_graphql_list {
    pol_graphql_node *first, *last;
    uint32_t count;
} pol_graphql_list;

struct pol_graphql_node {
    uint8_t kind;           /* pol_graphql_kind */
    bool flag;              /* NonNull, BuiltIn, IsRepeatable, Used */
    int32_t line, column;   /* line 0: came from a value, has no place */
    int64_t number;         /* VALUE: pol_graphql_value_kind */
    pol_value name;         /* texts are never undefined */
    pol_value alias;        /* FIELD; the kind's word of a DEFINITION; the
                               operation of an OPERATION and its type */
    pol_value description;  /* also the type of an OPERATION_TYPE */
    pol_value condition;    /* the type of a fragment; the text of a VALUE */
    pol_graphql_node *type; /* of a definition; the element of a list type */
    pol_graphql_node *value; /* of an argument; the default of a definition */
    pol_graphql_list variables;  /* also the fragments of a QUERY */
    pol_graphql_list arguments;  /* also the values of an enum */
    pol_graphql_list directives; /* also the directive definitions */
    pol_graphql_list members; /* selections, children, fields, definitions,
                                 operations, operation types, locations */
    pol_graphql_list schemas; /* also interfaces */
    pol_graphql_list extensions; /* of a schema: of the schema itself */
    pol_graphql_list types; /* of a union; extensions of definitions */
    pol_graphql_node *before, *after, *end; /* COMMENTS */
    pol_graphql_node *next; /* in its list */
    /* Set by validation. */
    const pol_graphql_node *definition; /* what a field, fragment spread or
                                           variable is in schema or document */
    const pol_graphql_node *parent;     /* type that a selection is on */
    uint32_t mark, seen;
    bool busy; /* a walk through fragments is inside of it */
};

/* A node with empty texts and lists. */
pol_graphql_node *pol_graphql_new(pol_call *call, pol_graphql_kind kind);
void pol_graphql_append(pol_graphql_list *list, pol_graphql_node *node);

/* Iterates over a list. */
#define POL_GRAPHQL_EACH(item, list)                                      \
    for (pol_graphql_node *item = (list).first; item; item = item->next)

/* The first node of the list with that name, NULL if none. */
pol_graphql_node *pol_graphql_named(const pol_graphql_list *list,
                                    pol_value name);

/* The tree as OPA shows it: places and what validation added are left out, and
 * so are empty lists. */
pol_value pol_graphql_show(pol_call *call, const pol_graphql_node *node);

/* The tree that a value shows; unknown members are ignored, missing ones are
 * empty. NULL with *error set to a text if a member is of a wrong type. `kind`
 * is QUERY or SCHEMA. */
pol_graphql_node *pol_graphql_read(pol_call *call, pol_graphql_kind kind,
                                   pol_value object, pol_value *error);

#endif
