/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of one definition: which variable does a name mean here?
 *
 * A body is a scope; the bodies of comprehensions, `every` and `not { … }` nest.
 * `:=`, `some`, `every` and parameters declare a name from there on; a name that
 * nobody declares belongs to the outermost body that uses it directly, which is
 * known only when the whole definition was seen (pol_scope_finish). So does one
 * that `some x` declares: it says that `x` means nothing outside, and what uses
 * it are perhaps closures alone, of which each binds its own. Each
 * variable gets a number, its slot, unique in the definition. The VAR node's
 * `mark` is the nesting depth of the body that owns it, for the safety pass. */
#ifndef POL_SCOPE_H
#define POL_SCOPE_H

#include "ast.h"

typedef struct pol_name pol_name;
typedef struct pol_binding pol_binding;
typedef struct pol_implicit pol_implicit;
typedef struct pol_scope pol_scope;
typedef struct pol_scopes pol_scopes;

typedef enum {
    POL_BIND_LATER,    /* a declaration of this body is still to come */
    POL_BIND_SEEN,     /* used in this body, declared outside or nowhere */
    POL_BIND_ARG,
    POL_BIND_ASSIGNED, /* `:=` */
    POL_BIND_DECLARED, /* `some x` */
    POL_BIND_MEMBER,   /* `some x in` */
    POL_BIND_EVERY
} pol_binding_kind;

/* A name of the source, once for all modules. */
struct pol_name {
    pol_str text;
    pol_binding *top;   /* innermost binding here */
    uint32_t id;
    uint32_t epoch;     /* of `global` */
    uint32_t imported;  /* epoch in which `import` is valid */
    pol_ast_import *import;
    bool import_used;
    int global;         /* of the resolver: what it means outside of bodies */
    const void *target;
};

struct pol_binding {
    pol_binding_kind kind;
    pol_name *name;
    pol_scope *scope;
    pol_binding *outer; /* of the same name */
    pol_binding *next;  /* of the same scope */
    pol_binding *origin; /* SEEN: the local it means, NULL: implicit */
    pol_implicit *implicit; /* uses here of what pol_scope_finish places */
    uint32_t declaration;   /* DECLARED: its number, from 1 */
    pol_span span;
    int32_t slot;
    uint16_t depth;
    bool used;
};

/* All direct uses in one body of a name that nothing declares, or `some x`. */
struct pol_implicit {
    pol_name *name;
    uint32_t declaration; /* of `some x`; 0: undeclared */
    pol_scope *scope;
    pol_node *nodes; /* linked by `link` until pol_scope_finish */
    pol_implicit *next;
};

struct pol_scope {
    pol_scope *outer;
    pol_binding *bindings;
    uint32_t serial, end; /* scopes inside have numbers between the two */
    uint16_t depth;
};

struct pol_scopes {
    pol_arena *arena;
    pol_name **names; /* open addressing */
    uint32_t mask, name_count;
    uint64_t seed;
    pol_scope *scope; /* innermost */
    pol_binding *spare;
    pol_implicit *implicits;
    uint32_t implicit_count;
    uint32_t declarations;
    uint32_t serial;
    uint32_t slots;
};

void pol_scope_init(pol_scopes *scopes, pol_arena *arena);

/* The name with that text; the text must live as long as the table. */
pol_name *pol_scope_name(pol_scopes *scopes, pol_str text);

/* Begins a definition whose first slots are its `arity` parameters. */
void pol_scope_begin(pol_scopes *scopes, uint32_t arity);
/* Opens a body. `depth`: how deep bodies nest here, 0 for the rule's own. */
void pol_scope_push(pol_scopes *scopes, uint16_t depth);
/* Closes the innermost body. Its bindings are handed to `visit` first. */
void pol_scope_pop(pol_scopes *scopes,
                   void (*visit)(void *context, const pol_binding *binding),
                   void *context);

/* Says that `name` will be declared in the innermost body: until then it means
 * nothing outside of the definition. */
void pol_scope_later(pol_scopes *scopes, pol_name *name);

/* Declares a variable in the innermost body. Returns what stands in the way: a
 * binding of the same body, or NULL. The variable is declared anyhow. */
pol_binding *pol_scope_declare(pol_scopes *scopes, pol_name *name,
                               pol_binding_kind kind, pol_node *node);
/* Declares a parameter: `slot` is its number, -1 for a variable in its pattern. */
void pol_scope_declare_arg(pol_scopes *scopes, pol_name *name, pol_node *node,
                           int32_t slot);

/* Resolves a use to a local variable: slot and mark of the node are set now, or
 * by pol_scope_finish. False if there is none; *hidden then says that outside
 * meanings do not count. */
bool pol_scope_use(pol_scopes *scopes, pol_name *name, pol_node *node,
                   bool *hidden);
/* A use that means nothing else: slot and mark are set by pol_scope_finish. */
void pol_scope_implicit(pol_scopes *scopes, pol_name *name, pol_node *node);
/* A variable of its own, in the innermost body. */
void pol_scope_fresh(pol_scopes *scopes, pol_node *node);

/* Ends the definition: gives implicit variables their slots. */
void pol_scope_finish(pol_scopes *scopes);

#endif
