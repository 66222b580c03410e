/* SPDX-License-Identifier: Apache-2.0
 *
 * What the actions of the grammar call to make packages, imports, rules and
 * policies: what may stand at the top of a module or of a policy block. Each
 * appends to the module under construction, and reports what OPA would. */
#ifndef POL_ITEM_H
#define POL_ITEM_H

#include "build.h"

/* `:= value` or `= value`. */
typedef struct pol_value {
    const pol_token *assign;
    pol_node *term;
} pol_value;

typedef struct pol_body {
    pol_node *node; /* BODY; NULL where none was written */
    bool bare;      /* braces without `if`, as v0 has it */
} pol_body;

#define POL_NO_BODY ((pol_body){NULL, false})

/* The alternatives of an `else` chain under construction. */
typedef struct pol_rule_list {
    pol_ast_rule *first, *last;
} pol_rule_list;

/* Reports, once, that something stands in front of the package. */
void pol_item_need_package(pol_build *build, pol_span span);

void pol_item_package(pol_build *build, const pol_token *token, pol_node *ref);
/* `alias` is the name behind `as`, or NULL. */
void pol_item_import(pol_build *build, const pol_token *token, pol_node *ref,
                     const pol_token *alias);

/* A policy block opens, gets fields and rules, and ends. */
void pol_item_policy(pol_build *build, const pol_token *token,
                     const pol_token *name);
void pol_item_field(pol_build *build, const pol_token *name, pol_node *value);
void pol_item_policy_end(pol_build *build, const pol_token *close);

/* Heads; `value` may be NULL. The rule is not yet in the module. */
pol_ast_rule *pol_item_head(pol_build *build, pol_node *ref,
                            const pol_value *value);
pol_ast_rule *pol_item_set(pol_build *build, pol_node *ref, pol_node *key);

/* `if literal` without braces. */
pol_body pol_item_body(pol_build *build, pol_node *literal);

/* Complete the rule and append it: with one body or none, with more bodies
 * (`chain` lists them), with alternatives. */
void pol_item_rule(pol_build *build, pol_ast_rule *rule, pol_body body);
void pol_item_chain(pol_build *build, pol_ast_rule *rule, pol_body body,
                    pol_node *chain);
void pol_item_else(pol_build *build, pol_ast_rule *rule, pol_body body,
                   pol_rule_list alternatives);
void pol_item_default(pol_build *build, const pol_token *token, pol_node *ref,
                      const pol_value *value);

/* One `else`; `value` may be NULL, `body` may be POL_NO_BODY. */
pol_ast_rule *pol_item_alternative(pol_build *build, const pol_token *token,
                                   const pol_value *value, pol_body body);
pol_rule_list pol_item_append(pol_build *build, pol_rule_list list,
                              pol_ast_rule *rule);

/* Reports what can only be known at the end: a module without a package. */
void pol_item_finish(pol_build *build);

#endif
