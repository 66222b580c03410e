/* SPDX-License-Identifier: Apache-2.0
 *
 * Is a query good for a schema? graphql_validate.c walks over the document and
 * calls the rules where they apply: those of the specification's chapter on
 * validation, each in the order and words of the Go library that OPA uses. */
#ifndef POL_STDLIB_GRAPHQL_VALIDATE_H
#define POL_STDLIB_GRAPHQL_VALIDATE_H

#include "graphql_schema.h"

/* Recursion over selections, through fragments. */
enum { POL_GRAPHQL_DEPTH = 4 * POL_GRAPHQL_NESTING };

/* Two fragments whose fields were compared. */
typedef struct pol_graphql_pair {
    const pol_graphql_node *a, *b;
    bool exclusive;
} pol_graphql_pair;

typedef struct pol_graphql_check {
    pol_call *call;
    const pol_graphql_schema *schema;
    const pol_graphql_node *document;
    pol_graphql_node *operation; /* that is walked; NULL in a fragment alone */
    pol_graphql_node *typename;  /* the field that every type has */
    uint32_t round;              /* of the operation or fragment; from 1 */
    bool in_fragments;           /* one was walked to its end */
    uint32_t depth;
    pol_bytes out; /* what was complained about */
    bool failed;
    int32_t line, column; /* of the first */
    pol_graphql_pair *pairs;
    size_t pair_count, pair_room;
} pol_graphql_check;

/* False: *error has all complaints, at the place of the first. The tree is
 * annotated. */
bool pol_graphql_validate(pol_call *call, const pol_graphql_schema *schema,
                          const pol_graphql_node *document,
                          pol_graphql_error *error);

/* ---- for the rules ------------------------------------------------------- */

/* How deep and how much is counted here; may not return. */
void pol_graphql_validate_enter(pol_graphql_check *check);
static inline void pol_graphql_validate_leave(pol_graphql_check *check)
{
    check->depth--;
}

void pol_graphql_complain(pol_graphql_check *check, const pol_graphql_node *at,
                          const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A text for a %.*s. */
#define POL_GRAPHQL_TEXT(v) (int)(v).len, (v).str

/* " Did you mean "a" or "b"?" with those of the names that look like `name`, at
 * most five; "" if none does. `what` goes before the names. */
pol_value pol_graphql_suggest(pol_call *call, const char *what, pol_value name,
                              const pol_graphql_list *options);
/* The same with all of the names, already chosen. */
pol_value pol_graphql_or_list(pol_call *call, const char *what,
                              const pol_value *names, size_t count);

/* Called by the walk; graphql_rules.c. A value's `expected` and `type` are NULL
 * where the schema does not know it. */
void pol_graphql_rule_variable(pol_graphql_check *check,
                               const pol_graphql_node *variable);
void pol_graphql_rule_operation(pol_graphql_check *check,
                                const pol_graphql_node *operation);
void pol_graphql_rule_fragment(pol_graphql_check *check,
                               pol_graphql_node *fragment);
void pol_graphql_rule_field(pol_graphql_check *check,
                            const pol_graphql_node *field);
void pol_graphql_rule_spread(pol_graphql_check *check,
                             const pol_graphql_node *spread);
void pol_graphql_rule_inline(pol_graphql_check *check,
                             const pol_graphql_node *fragment);
void pol_graphql_rule_directive(pol_graphql_check *check,
                                pol_graphql_node *directive,
                                const char *location);
void pol_graphql_rule_directives(pol_graphql_check *check,
                                 const pol_graphql_list *directives);

/* graphql_values.c */
typedef struct pol_graphql_slot {
    const pol_graphql_node *expected; /* TYPE */
    const pol_graphql_node *type;     /* DEFINITION */
    bool has_default;
} pol_graphql_slot;
void pol_graphql_rule_value(pol_graphql_check *check,
                            const pol_graphql_node *value,
                            const pol_graphql_slot *slot);

/* graphql_cycle.c: is the fragment on a way of spreads back to itself? */
void pol_graphql_rule_cycle(pol_graphql_check *check,
                            pol_graphql_node *fragment);

/* graphql_overlap.c: fields of a selection set with one response name that
 * cannot be merged. */
void pol_graphql_rule_overlap(pol_graphql_check *check,
                              const pol_graphql_list *selections);

#endif
