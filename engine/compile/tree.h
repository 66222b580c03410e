/* SPDX-License-Identifier: Apache-2.0
 *
 * What the compiler knows about a set of modules: the rule tree, the rules with
 * their definitions, the policies. Passes run in the order of compile.c; each
 * finds the tree annotated by those before it.
 *
 * Words. A *definition* is what one `p … if …` in the source is (an
 * pol_ast_rule, with its else chain); a *rule* is all definitions that stand at
 * one path; the *rule tree* is the virtual part of `data`. */
#ifndef POL_TREE_H
#define POL_TREE_H

#include "ast.h"
#include "diag.h"
#include "pol_value.h"
#include "registry.h"

typedef struct pol_tree pol_tree;
typedef struct pol_rule pol_rule;
typedef struct pol_def pol_def;
typedef struct pol_policy pol_policy;
typedef struct pol_compile pol_compile;
typedef struct pol_annotations pol_annotations; /* annotation.h */

/* A node of the rule tree: `data` is the root, each string of a ground rule
 * path a child. */
struct pol_tree {
    pol_str name;
    pol_tree *parent;
    pol_tree *child; /* sorted by name (bytes) when linking is done */
    pol_tree *next;
    pol_rule *rule;  /* the rule at this path, NULL if none */
    bool is_package; /* some module's package path ends here */
    bool hidden;     /* below a rule with dynamic heads, which swallowed its
                        definitions: not a document of its own */
    uint32_t id;     /* set when linking is done; root 0, pre-order */
    bool named;      /* a rule head of its parent, which is a package or policy,
                        begins with this name: it is a name in there */
    struct pol_tree_index *index; /* of the whole tree; see pol_tree_child */
};

struct pol_def {
    pol_ast_rule *ast;
    pol_ast_module *module;
    pol_ast_policy *policy; /* the declaration it stands in, or NULL */
    pol_rule *rule;
    /* The head's operands (ref children behind the first) from this index on
     * lie below the rule's path: keys of a POL_RULE_OBJECT. ast->ref's first
     * child has index 0. */
    uint32_t suffix;
    pol_def *next; /* of the same rule, order of the source */
};

/* All definitions at one path. Kinds: COMPLETE; FUNCTION; SET (all definitions
 * `contains`, no suffix); OBJECT (some definition has a suffix; those of nodes
 * below are merged in, with their suffix; a definition with `contains` puts a
 * set at the end of its suffix). */
struct pol_rule {
    uint32_t id; /* index in pol_compile.rules */
    pol_rule_kind kind;
    uint32_t arity;    /* FUNCTION */
    pol_tree *node;
    pol_str path;      /* "data.a.b", for messages */
    pol_def *defs, *last;
    uint32_t def_count;
    pol_def *fallback; /* the `default` definition, not among defs */
};

typedef enum {
    POL_LEVEL_UNSET, POL_LEVEL_DISABLED, POL_LEVEL_ADVISORY,
    POL_LEVEL_MANDATORY, POL_LEVEL_REMEDIATE
} pol_level;

/* A policy declaration, its fields checked. Values are in the compile arena. */
struct pol_policy {
    pol_str name;
    pol_str package; /* "a.b" without data */
    pol_ast_policy *ast;
    pol_ast_module *module;
    pol_tree *node; /* data.<package>["<name>"] */
    pol_str description;
    pol_level enforcement;       /* UNSET if not written */
    pol_value severity;          /* string or undefined */
    bool stack_scope;
    pol_value resource;          /* array of type strings, undefined = every */
    pol_value config;            /* object name -> JSON Schema, or undefined */
    pol_value config_required;   /* array of strings, or undefined */
    pol_value config_defaults;   /* object of the defaults ({} if none) */
    pol_value title, url, tags, frameworks, remediation_steps; /* or undefined */
    pol_rule *deny, *remediate, *not_applicable; /* NULL if not there */
    pol_policy *next;
};

/* What a name is resolved to stands in pol_node.slot:
 *   VAR   >= 0: local variable of the definition (unique in it, comprehensions
 *         and else branches included; each `_` has its own; a function's
 *         parameters are 0 … arity-1, and an argument that is a plain variable
 *         has its parameter's number; the others follow)
 *         POL_SLOT_…: a document
 *   CALL  POL_SLOT_RULE: link is the pol_rule; else >= 0: index of the builtin
 *   WITH  targets are resolved as terms are; a function target has its first
 *         child's link/slot as a CALL would (mark = POL_TARGET_FUNCTION)
 * A VAR that names a rule or import is replaced by the REF it stands for, with
 * `data` or `input` as head and POL_NODE_GENERATED; refs into rules keep their
 * full path from `data`. */
enum {
    POL_SLOT_NONE = -1,
    POL_SLOT_INPUT = -2,
    POL_SLOT_DATA = -3,
    POL_SLOT_RESOURCE = -4, /* inside a policy, and as a `with` target */
    POL_SLOT_STACK = -5,
    POL_SLOT_CONFIG = -6,   /* link is the pol_policy, NULL in a target */
    POL_SLOT_RULE = -7
};
/* More than the depth of any scope, which is what marks a variable. */
enum { POL_TARGET_FUNCTION = UINT16_MAX };

struct pol_compile {
    pol_arena *arena;  /* of the program: trees, values */
    pol_diags *diags;
    pol_srcs *srcs;
    const pol_registry *registry;
    pol_ast_module *modules, *last_module;
    pol_tree *root;
    pol_rule **rules;
    uint32_t rule_count, rule_room;
    uint32_t node_count;
    pol_policy *policies, *last_policy; /* source order */
    uint32_t policy_count;
    bool strict;   /* unused locals and imports are errors, as `opa check -S` */
    bool any_with; /* some `with` stands in the modules */
    pol_annotations *annotations; /* annotation.h */
};

/* ---- the passes, in order; each adds diagnostics and goes on ---------------- */

/* Collects rules into the tree, checks kinds, arities, defaults, package
 * conflicts; reads policy declarations; numbers nodes and rules. */
void pol_tree_build(pol_compile *compile);

/* Resolves every name (locals, rules, imports, builtins, documents, `with`
 * targets), rewrites imports and package-local names to full references, print
 * calls to internal.print; reports undefined names, redeclarations, wrong
 * arities, unused names. Afterwards no import matters any more. */
void pol_resolve_modules(pol_compile *compile);
/* The same for a query, which stands in no package; gives it a definition of
 * its own whose `slots` is set. `v0`: it is Rego v0. */
void pol_resolve_query(pol_compile *compile, pol_node *body,
                       pol_ast_rule *holder, bool v0);

/* Reorders the literals of every body so that each variable is bound before it
 * is used; reports unsafe variables and impossible negations. */
void pol_safety_modules(pol_compile *compile);
void pol_safety_query(pol_compile *compile, pol_node *body,
                      pol_ast_rule *holder);

/* Reports rules that depend on themselves, with the path of the cycle. */
void pol_graph_check(pol_compile *compile);

/* Reports calls whose argument types cannot fit, as far as types are known. */
void pol_types_check(pol_compile *compile);
/* The same for a query with `slots` variables, after pol_safety_query. */
void pol_types_query(pol_compile *compile, pol_node *body, uint32_t slots);

/* The value of a term of constants only (scalars, arrays, objects, sets of
 * such): true and *out set, or false. */
bool pol_constant_term(pol_arena *arena, const pol_node *term, pol_value *out);

/* The child of that name, hidden or not; NULL if there is none. By hash. */
pol_tree *pol_tree_child(const pol_tree *node, pol_str name);

/* "data.a[\"b c\"]": the path as it is written, NUL-terminated. */
pol_str pol_tree_path(pol_arena *arena, const pol_tree *node);

/* The node of a module's package, NULL if it has none. */
pol_tree *pol_tree_package(const pol_tree *root, const pol_ast_module *module);

/* Walks a constant path from the root: the deepest tree node reached (never a
 * hidden one); *used is set to how many operands of the REF (behind `data`)
 * lead there. */
pol_tree *pol_tree_walk(pol_tree *root, const pol_node *ref, uint32_t *used);

#endif
