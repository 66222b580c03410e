/* SPDX-License-Identifier: Apache-2.0
 *
 * The resolver's parts: what each name, call and `with` target means.
 *
 *   resolve.c  definitions, bodies, literals, declarations
 *   names.c    variables and references
 *   calls.c    functions, builtins, print
 *   withs.c    targets of `with`
 *   imports.c  a module's imports */
#ifndef POL_RESOLVE_H
#define POL_RESOLVE_H

#include "graph.h"
#include "scope.h"
#include "tree.h"

/* What a name means outside of bodies (pol_name.global). */
typedef enum {
    POL_GLOBAL_NONE,
    POL_GLOBAL_RULE, /* pol_name.target is the tree node */
    POL_GLOBAL_IMPORT,
    POL_GLOBAL_INPUT,
    POL_GLOBAL_DATA,
    POL_GLOBAL_RESOURCE,
    POL_GLOBAL_STACK,
    POL_GLOBAL_CONFIG
} pol_global;

typedef struct pol_resolver {
    pol_compile *compile;
    pol_scopes scopes;
    bool lenient;      /* as pol_ast_module.v0, unless in strict mode */
    pol_tree *package; /* NULL: a query that stands in none */
    const pol_policy *policy; /* the declaration, or NULL */
    uint32_t epoch;           /* changes with module and policy */
    uint32_t module_epoch;
    uint16_t depth;           /* of bodies */
    pol_dependency *dependencies; /* of the definition */
    uint32_t dependency_count, dependency_room;
} pol_resolver;

/* ---- imports.c */

/* Checks the module's imports and makes their names known. */
void pol_imports_enter(pol_resolver *resolver, const pol_ast_module *module);
/* Reports the imports that nothing used. */
void pol_imports_leave(pol_resolver *resolver, const pol_ast_module *module);
/* The name an import gives; len 0 for those that give none. */
pol_str pol_imports_name(const pol_ast_import *import);

/* ---- names.c */

pol_global pol_resolve_global(pol_resolver *resolver, pol_name *name);
/* Resolves everything in a term that is used for its value. */
void pol_resolve_term(pol_resolver *resolver, pol_node *term);
/* Replaces the head of a reference or a variable that has an outside meaning by
 * what it stands for; operands are not looked at. False if it has none. */
bool pol_resolve_head(pol_resolver *resolver, pol_node *term);
/* Notes that the definition refers to what `rest` may mean below the node. */
void pol_resolve_depend(pol_resolver *resolver, const pol_tree *node,
                        const pol_node *rest);
/* The node of a reference from `data` whose operands are all names, hidden ones
 * included; NULL if there is none. */
pol_tree *pol_resolve_path(const pol_resolver *resolver, const pol_node *ref);

/* ---- calls.c */

/* Resolves a call whose value is used. */
void pol_resolve_call(pol_resolver *resolver, pol_node *call);
/* Resolves a literal that is a call: the last argument may take the result, and
 * `print` may stand here. */
void pol_resolve_statement(pol_resolver *resolver, pol_node *literal);
/* The dotted name of an operator or target, NULL-terminated in the arena; len 0
 * if it is no path of names. */
pol_str pol_resolve_dotted(const pol_resolver *resolver, const pol_node *term);

/* ---- withs.c */
void pol_resolve_with(pol_resolver *resolver, pol_node *with);

/* ---- resolve.c */

/* Resolves a comprehension in a body of its own. */
void pol_resolve_comprehension(pol_resolver *resolver, pol_node *node);

#endif
