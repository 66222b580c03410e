/* SPDX-License-Identifier: Apache-2.0
 *
 * What the actions of the grammar call to make terms and literals. They check
 * what the grammar lets through and cannot say well itself; a term with a
 * mistake is reported and returned all the same, so that parsing goes on. */
#ifndef POL_BUILD_H
#define POL_BUILD_H

#include "layout.h"

/* How a head is written; OPA takes the last two in some rules only. */
typedef enum {
    POL_HEAD_PLAIN,
    POL_HEAD_PAREN, /* it starts with a parenthesis: `(x) := 1` */
    POL_HEAD_SPACED /* space behind its name: `f (x) if …`, `p [x] if …` */
} pol_head_form;

typedef struct pol_build {
    pol_arena *arena; /* of the tree */
    pol_diags *diags;
    pol_lex *lex;
    pol_layout *layout;
    uint32_t src;
    uint32_t keywords; /* POL_KEYWORD_… that were on at the end */
    pol_ast_module *module;
    pol_ast_import *last_import;
    pol_ast_rule *last_rule; /* of the module or of the open policy */
    pol_ast_rule *last_module_rule; /* while a policy is open */
    pol_ast_policy *last_policy;
    pol_ast_policy *policy; /* the open one, or NULL */
    pol_ast_field *last_field;
    pol_node *query;
    pol_head_form head_form; /* of the head read last */
    uint32_t bare_end; /* where the last statement ended that is no rule */
    uint32_t errors_before; /* errors in `diags` when parsing began */
    bool v0;          /* the text is Rego v0 */
    bool packageless; /* the missing package was reported */
    bool failed;      /* the grammar refused the last token */
    bool overflowed;  /* the stack of the grammar ran over */
} pol_build;

pol_span pol_build_span(const pol_build *build, const pol_token *token);
/* A short text of the source for messages; a format takes it as `%.*s` with
 * POL_BUILD_ARGS. */
pol_str pol_build_excerpt(const pol_build *build, pol_span span);
#define POL_BUILD_ARGS(text) (int)(text).len, (text).ptr

/* A list under construction: an ARRAY node, turned into what it becomes by
 * pol_build_collection. */
pol_node *pol_build_list(pol_build *build, pol_node *first);

/* --- terms --- */

/* Names and constants: the text is the token's. */
pol_node *pol_build_leaf(pol_build *build, pol_node_kind kind,
                         const pol_token *token);
pol_node *pol_build_number(pol_build *build, const pol_token *token);
pol_node *pol_build_string(pol_build *build, const pol_token *token);
pol_node *pol_build_minus(pol_build *build, const pol_token *minus,
                          pol_node *term);
pol_node *pol_build_infix(pol_build *build, const pol_token *operator,
                          pol_node *left, pol_node *right);
/* `value in domain`, or `key, value in domain` if `key` is not NULL. */
pol_node *pol_build_member(pol_build *build, const pol_token *in,
                           pol_node *key, pol_node *value, pol_node *domain);
pol_node *pol_build_dot(pol_build *build, pol_node *base,
                        const pol_token *name);
pol_node *pol_build_index(pol_build *build, pol_node *base, pol_node *operand,
                          const pol_token *close);
/* `list` may be NULL: no arguments. */
pol_node *pol_build_call(pol_build *build, pol_node *callee, pol_node *list,
                         const pol_token *close);
pol_node *pol_build_paren(pol_build *build, const pol_token *open,
                          pol_node *term, const pol_token *close);
pol_node *pol_build_collection(pol_build *build, pol_node_kind kind,
                               const pol_token *open, pol_node *list,
                               const pol_token *close);
/* A comprehension without its body; an OBJECT_COMPR gets its value added. */
pol_node *pol_build_compr_head(pol_build *build, pol_node_kind kind,
                               const pol_token *open, pol_node *term);
pol_node *pol_build_compr(pol_build *build, pol_node *head, pol_node *body,
                          const pol_token *close);
/* A template string starts: `literal` is its first expression, or NULL when it
 * has none. */
pol_node *pol_build_template(pol_build *build, const pol_token *token,
                             pol_node *literal);
pol_node *pol_build_template_mid(pol_build *build, pol_node *template,
                                 const pol_token *token, pol_node *literal);
pol_node *pol_build_template_end(pol_build *build, pol_node *template,
                                 const pol_token *token);

/* --- literals and bodies --- */

/* A body of one literal; more are added with pol_ast_add. */
pol_node *pol_build_body(pol_build *build, pol_node *literal);
/* The body between braces: its span covers them. */
pol_node *pol_build_enclose(pol_build *build, const pol_token *open,
                            pol_node *body, const pol_token *close);
/* The same for an operand of `and`, `or`, `not`; what looks like a
 * comprehension is reported. */
pol_node *pol_build_braced(pol_build *build, const pol_token *open,
                           pol_node *body, const pol_token *close);
/* Braces with nothing between them: reported. */
pol_node *pol_build_empty(pol_build *build, const pol_token *open,
                          const pol_token *close);
/* A body whose first literal is broken. */
pol_node *pol_build_broken(pol_build *build, const pol_token *at);
void pol_build_query(pol_build *build, pol_node *body);
pol_node *pol_build_expr(pol_build *build, pol_node *term);
pol_node *pol_build_pair(pol_build *build, pol_node_kind kind, pol_node *left,
                         pol_node *right);
pol_node *pol_build_not(pol_build *build, const pol_token *not,
                        pol_node *operand);
/* A literal in parentheses: its span covers them. */
pol_node *pol_build_group(pol_build *build, const pol_token *open,
                          pol_node *literal, const pol_token *close);
pol_node *pol_build_logic(pol_build *build, pol_node_kind kind, pol_node *left,
                          pol_node *right);
pol_node *pol_build_some(pol_build *build, const pol_token *some,
                         pol_node *names);
pol_node *pol_build_some_in(pol_build *build, const pol_token *some,
                            pol_node *names, pol_node *domain);
/* `some x in y in z`: what was read is the value pattern. */
pol_node *pol_build_some_on(pol_build *build, pol_node *some,
                            const pol_token *in, pol_node *domain);
/* `every` without its body, which is added with pol_ast_add. */
pol_node *pol_build_every(pol_build *build, const pol_token *every,
                          const pol_token *value, const pol_token *key,
                          pol_node *domain);
pol_node *pol_build_modifier(pol_build *build, const pol_token *with,
                             pol_node *target, pol_node *value);
/* Hangs the modifiers of `list` on a literal. */
pol_node *pol_build_with(pol_node *literal, pol_node *list);

#endif
