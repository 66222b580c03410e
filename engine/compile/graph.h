/* SPDX-License-Identifier: Apache-2.0
 *
 * The dependency graph of rules: graph.c finds cycles in it, edges.c draws it. */
#ifndef POL_GRAPH_H
#define POL_GRAPH_H

#include "tree.h"

/* What a definition refers to: everything that the operands `rest` (NULL: none
 * left) may mean below a node of the rule tree. */
typedef struct pol_dependency {
    const pol_tree *node;
    const pol_node *rest;
} pol_dependency;

/* All of a definition; the resolver leaves them in pol_ast_rule.link. */
typedef struct pol_dependencies {
    uint32_t count;
    pol_dependency items[];
} pol_dependencies;

/* Vertices are the rules (their ids) and behind them the nodes of the rule tree
 * (rule_count + id), which stand for everything below them. */
typedef struct pol_graph {
    pol_compile *compile;
    uint32_t *edges; /* of all rules, one rule after the other */
    uint32_t edge_count, edge_room;
    uint32_t *first; /* by rule, and one more: where its edges begin */
    const pol_ast_rule *rule; /* its bindings are still to be looked for */
    /* by slot of the definition at hand: what binds the variable */
    const pol_node **bindings;
    uint32_t binding_room;
} pol_graph;

/* Collects the edges of every rule. References whose path is not constant lead
 * to all rules that they may mean, as far as the keys are not known. */
void pol_graph_draw(pol_graph *graph);

/* Appends the edges of one definition behind all others. */
void pol_graph_draw_definition(pol_graph *graph, const pol_ast_rule *rule);

#endif
