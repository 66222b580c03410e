/* SPDX-License-Identifier: Apache-2.0
 *
 * The tree that parsing a module gives.
 *
 * One struct serves every term and literal: a kind, a text and a list of
 * children whose meaning per kind stands in ast.def, so that a pass that walks
 * everything is five lines. Modules, imports, rules and policies have structs
 * of their own. Everything lives in the arena given to pol_parse_module and dies with
 * it; texts may point into the source, which must live as long. The compiler
 * annotates nodes in place (`slot`, `link`); the parser leaves them 0. */
#ifndef POL_AST_H
#define POL_AST_H

#include "src.h"

typedef enum {
#define NODE(name, children) POL_NODE_##name,
#include "ast.def"
#undef NODE
    POL_NODE_KINDS
} pol_node_kind;

enum {
    POL_NODE_DOT = 1,       /* STRING: written `.name` */
    POL_NODE_INFIX = 2,     /* CALL: written as an operator */
    POL_NODE_KEYED = 4,     /* SOME_IN, EVERY: has a key before the value */
    POL_NODE_RAW = 8,       /* STRING: written in back quotes */
    POL_NODE_PAREN = 16,    /* term: written in parentheses */
    POL_NODE_GENERATED = 32 /* made by the compiler; carries its origin's span */
};

typedef struct pol_node pol_node;
struct pol_node {
    uint8_t kind;   /* pol_node_kind */
    uint8_t flags;  /* POL_NODE_… */
    uint16_t mark;  /* for the passes of the compiler */
    uint32_t count; /* number of children */
    pol_span span;
    int32_t slot;    /* compiler: what the name stands for */
    uint32_t temp;   /* compiler: the local that holds its value, plus 1 */
    pol_node *child; /* first child */
    pol_node *last;  /* last child */
    pol_node *next;  /* next sibling */
    pol_node *withs; /* literals: first WITH, linked by `next` */
    pol_str text;
    const void *link; /* compiler: what the node was resolved to */
};

typedef enum {
    POL_RULE_COMPLETE, /* p := v, p if …, also with a ref head a.b.c := v */
    POL_RULE_SET,      /* p contains x, also a.b contains x, a[x] contains y */
    POL_RULE_OBJECT,   /* p[k] := v, a.b[x].c := v: the head has a term that is
                          not a string constant behind its first name */
    POL_RULE_FUNCTION  /* f(x) := v */
} pol_rule_kind;

/* One definition of a rule as written (`else` alternatives chained). */
typedef struct pol_ast_rule pol_ast_rule;
struct pol_ast_rule {
    pol_rule_kind kind;
    bool is_default;
    bool is_assign;      /* value written with `:=`, not `=` */
    bool generated_body; /* no body was written */
    bool is_test;        /* name starts with test_ (set by the parser) */
    pol_span span;       /* the whole definition */
    pol_span head_span;
    pol_node *ref;   /* head: REF or VAR, without arguments and `contains` key.
                        `p[x] := v` has the REF p[x] */
    pol_node *args;  /* FUNCTION: first argument pattern, linked by `next` */
    uint32_t arg_count;
    pol_node *key;   /* SET: the term behind `contains`; else NULL */
    pol_node *value; /* COMPLETE, OBJECT, FUNCTION: the value; `true` is
                        generated where none is written. NULL for SET */
    pol_node *body;  /* BODY; for `p := v` without one, an EMPTY BODY (count 0) */
    pol_ast_rule *else_rule; /* next alternative: only value and body count */
    pol_ast_rule *next;      /* next definition in the module; `p { a } { b }`
                                gives two */
    const void *link;        /* compiler */
    uint32_t slots;          /* compiler: number of variables */
    bool unmatched;          /* compiler: no argument fits its patterns */
};

typedef struct pol_ast_import pol_ast_import;
struct pol_ast_import {
    pol_span span;
    pol_node *path;  /* VAR or REF whose operands are STRINGs */
    pol_str alias;   /* name behind `as`, len 0 if none */
    pol_span alias_span;
    pol_ast_import *next;
};

/* `name: constant` of a policy declaration; the term is not checked here. */
typedef struct pol_ast_field pol_ast_field;
struct pol_ast_field {
    pol_str name;
    pol_span name_span;
    pol_node *value; /* any constant term; a bare word such as `mandatory` is a VAR */
    pol_ast_field *next;
};

typedef struct pol_ast_policy pol_ast_policy;
struct pol_ast_policy {
    pol_str name;
    pol_span name_span;
    pol_span span;
    pol_ast_field *fields;
    pol_ast_rule *rules; /* order of the source */
    pol_ast_policy *next;
    const void *link; /* compiler */
};

/* A `# METADATA` block: the YAML text with the leading `#` and one space of
 * each line taken off. */
typedef struct pol_ast_annotation pol_ast_annotation;
struct pol_ast_annotation {
    pol_str yaml;
    pol_span span;
    /* What follows it: exactly one is set, none means a package-level block
     * that stands before `package`. */
    pol_ast_rule *rule;
    pol_ast_policy *policy;
    bool before_package;
    bool before_import;
    pol_ast_annotation *next;
};

typedef struct pol_ast_comment pol_ast_comment;
struct pol_ast_comment {
    pol_span span; /* from `#` to the end of the line */
    pol_ast_comment *next;
};

typedef struct pol_ast_module pol_ast_module;
struct pol_ast_module {
    uint32_t src;
    pol_node *package; /* REF: VAR `data`, then a STRING a part; the package
                          path `data.a.b` for `package a.b`. NULL if missing */
    pol_span package_span;
    pol_ast_import *imports;
    pol_ast_rule *rules;
    pol_ast_policy *policies;
    pol_ast_annotation *annotations;
    pol_ast_comment *comments;
    bool v0;      /* Rego v0, and does not import rego.v1: deprecated functions,
                     names that shadow documents, repeated imports */
    pol_str name; /* compiler: "a.b" for `package a.b`, a NUL behind it */
    pol_ast_module *next;
};

/* Constructors; all allocate zeroed nodes from `arena`. */
pol_node *pol_ast_node(pol_arena *arena, pol_node_kind kind, pol_span span);
pol_node *pol_ast_text(pol_arena *arena, pol_node_kind kind, pol_span span,
                       pol_str text);
/* Appends `child` (a single node: its `next` is overwritten) and widens the
 * parent's span to cover it. Returns the parent. */
pol_node *pol_ast_add(pol_node *parent, pol_node *child);
/* The n-th child; the caller knows that there are as many. */
pol_node *pol_ast_child(const pol_node *node, uint32_t n);
/* A deep copy, annotations reset. */
pol_node *pol_ast_copy(pol_arena *arena, const pol_node *node);

/* "ARRAY_COMPR" and the like, constant. */
const char *pol_ast_kind_name(pol_node_kind kind);

/* Writes a module or node as an indented tree, for tests and people. */
struct pol_buf;
void pol_ast_dump(const pol_ast_module *module, struct pol_buf *out);
void pol_ast_dump_node(const pol_node *node, struct pol_buf *out);

#endif
