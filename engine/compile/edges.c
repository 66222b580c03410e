/* SPDX-License-Identifier: Apache-2.0
 *
 * Which rules a rule depends on; see graph.h. Everything that is mentioned
 * counts: bodies, heads, defaults, targets and values of `with`. The resolver,
 * which meets it all, has noted it. */
#include "graph.h"

/* How far a variable is followed to the constants it may be. */
enum { FOLLOW = 8 };

static void add_edge(pol_graph *g, uint32_t to)
{
    if (g->edge_count == g->edge_room) {
        uint32_t room = g->edge_room ? g->edge_room * 2 : 1024;
        uint32_t *edges = arena_array(g->compile->arena, uint32_t, room);
        if (g->edge_count)
            memcpy(edges, g->edges, g->edge_count * sizeof *edges);
        g->edges = edges;
        g->edge_room = room;
    }
    g->edges[g->edge_count++] = to;
}

static void add_extent(pol_graph *g, const pol_tree *node)
{
    add_edge(g, node->rule ? node->rule->id : g->compile->rule_count + node->id);
}

/* ---- what is known of keys ----------------------------------------------- */

static void note_bindings(pol_graph *g, const pol_node *node)
{
    for (; node; node = node->next) {
        const pol_node *var = NULL;
        if (node->kind == POL_NODE_ASSIGN || node->kind == POL_NODE_UNIFY)
            var = node->child;
        else if (node->kind == POL_NODE_SOME_IN)
            var = node->last == node->child->next ? node->child
                                                  : node->child->next;
        if (var && var->kind == POL_NODE_VAR && var->slot >= 0)
            g->bindings[var->slot] = node;
        note_bindings(g, node->child);
    }
}

/* Most definitions have no reference that asks for them. */
static void find_bindings(pol_graph *g)
{
    const pol_ast_rule *rule = g->rule;
    if (!rule)
        return;
    g->rule = NULL;
    if (rule->slots > g->binding_room) {
        g->binding_room = rule->slots * 2;
        g->bindings = arena_array(g->compile->arena, const pol_node *,
                                  g->binding_room);
    }
    if (rule->slots)
        memset(g->bindings, 0, rule->slots * sizeof *g->bindings);
    for (const pol_ast_rule *a = rule; a; a = a->else_rule)
        note_bindings(g, a->body);
}

/* A visitor of the constants that a term may be. */
typedef struct keys {
    pol_graph *graph;
    const pol_node *constants[32];
    uint32_t count;
} keys;

static bool add_keys(keys *k, const pol_node *term, unsigned follow);

/* The values of a collection that is written out. */
static bool add_values(keys *k, const pol_node *term, unsigned follow)
{
    if (!follow)
        return false;
    if (term->kind == POL_NODE_VAR && term->slot >= 0) {
        const pol_node *binding = k->graph->bindings[term->slot];
        return binding && binding->kind != POL_NODE_SOME_IN &&
               add_values(k, binding->last, follow - 1);
    }
    bool is_object = term->kind == POL_NODE_OBJECT;
    if (!is_object && term->kind != POL_NODE_ARRAY && term->kind != POL_NODE_SET)
        return false;
    for (const pol_node *t = term->child; t; t = t->next) {
        if (is_object)
            t = t->next;
        if (!add_keys(k, t, follow - 1))
            return false;
    }
    return true;
}

static bool add_element(keys *k, const pol_node *ref, unsigned follow)
{
    const pol_node *head = ref->child, *index = head->next;
    if (ref->count != 2)
        return false;
    if (index->kind == POL_NODE_NUMBER && head->kind == POL_NODE_ARRAY) {
        unsigned long at = strtoul(index->text.ptr, NULL, 10);
        return at < head->count &&
               add_keys(k, pol_ast_child(head, (uint32_t)at), follow - 1);
    }
    return index->kind == POL_NODE_VAR && add_values(k, head, follow - 1);
}

/* Adds the constants that the term may be; false if they are not known. */
static bool add_keys(keys *k, const pol_node *term, unsigned follow)
{
    if (!follow)
        return false;
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_STRING:
        if (k->count == countof(k->constants))
            return false;
        k->constants[k->count++] = term;
        return true;
    case POL_NODE_NULL:
    case POL_NODE_BOOL:
    case POL_NODE_NUMBER:
    case POL_NODE_ARRAY:
    case POL_NODE_OBJECT:
    case POL_NODE_SET:
        return true; /* the name of no rule */
    case POL_NODE_REF:
        return add_element(k, term, follow);
    case POL_NODE_VAR: {
        const pol_node *binding =
            term->slot >= 0 ? k->graph->bindings[term->slot] : NULL;
        if (!binding)
            return false;
        return binding->kind == POL_NODE_SOME_IN
                   ? add_values(k, binding->last, follow - 1)
                   : add_keys(k, binding->last, follow - 1);
    }
    default:
        return false;
    }
}

/* ---- references ---------------------------------------------------------- */

static void follow_ref(pol_graph *g, const pol_tree *node, const pol_node *rest);

static void follow_any(pol_graph *g, const pol_tree *node, const pol_node *key)
{
    keys k = {.graph = g};
    find_bindings(g);
    if (add_keys(&k, key, FOLLOW)) {
        for (uint32_t i = 0; i < k.count; i++) {
            const pol_tree *c = pol_tree_child(node, k.constants[i]->text);
            if (c)
                follow_ref(g, c, key->next);
        }
        return;
    }
    if (!key->next) {
        add_extent(g, node);
        return;
    }
    for (const pol_tree *c = node->child; c; c = c->next)
        follow_ref(g, c, key->next);
}

/* Can the definition give a value at the operands? Heads and references are
 * compared as far as both go; what is no constant may be anything. */
static bool may_give(const pol_def *def, const pol_node *rest)
{
    const pol_node *head = def->ast->ref->child;
    for (uint32_t i = 0; head && i < def->suffix; i++)
        head = head->next;
    for (; head && rest; head = head->next, rest = rest->next)
        if (head->kind == POL_NODE_STRING && rest->kind == POL_NODE_STRING &&
            !pol_str_eq(head->text, rest->text))
            return false;
    return true;
}

/* Does the definition refer to anything at all that its own rule is a part of? */
static bool refers_to(const pol_def *def, const pol_tree *node)
{
    const pol_dependencies *all = def->ast->link;
    for (uint32_t i = 0; all && i < all->count; i++) {
        const pol_tree *n = node;
        while (n && n != all->items[i].node)
            n = n->parent;
        if (n)
            return true;
    }
    return false;
}

/* A rule with dynamic heads may refer to other members of itself: only to those
 * whose definitions are others and refer to nothing of it again. */
static bool is_other_member(const pol_graph *g, const pol_tree *node,
                            const pol_node *rest)
{
    const pol_rule *rule = node->rule;
    bool own = false;
    if (!rest || rule->kind != POL_RULE_OBJECT)
        return false;
    for (const pol_def *def = rule->defs; def; def = def->next) {
        own |= def->ast == g->rule;
        if (may_give(def, rest) &&
            (def->ast == g->rule || refers_to(def, node)))
            return false;
    }
    return own;
}

/* The rules that `rest` operands behind the node may read. */
static void follow_ref(pol_graph *g, const pol_tree *node, const pol_node *rest)
{
    for (; rest && !node->rule; rest = rest->next) {
        if (rest->kind != POL_NODE_STRING) {
            follow_any(g, node, rest);
            return;
        }
        node = pol_tree_child(node, rest->text);
        if (!node)
            return;
    }
    if (node->rule && is_other_member(g, node, rest))
        return;
    add_extent(g, node);
}

/* ---- rules --------------------------------------------------------------- */

void pol_graph_draw_definition(pol_graph *g, const pol_ast_rule *rule)
{
    const pol_dependencies *all = rule->link;
    g->rule = rule;
    for (uint32_t i = 0; all && i < all->count; i++)
        follow_ref(g, all->items[i].node, all->items[i].rest);
}

void pol_graph_draw(pol_graph *g)
{
    pol_compile *compile = g->compile;
    g->first = arena_array(compile->arena, uint32_t, compile->rule_count + 1);
    for (uint32_t i = 0; i < compile->rule_count; i++) {
        const pol_rule *rule = compile->rules[i];
        g->first[i] = g->edge_count;
        for (const pol_def *def = rule->defs; def; def = def->next)
            pol_graph_draw_definition(g, def->ast);
        if (rule->fallback)
            pol_graph_draw_definition(g, rule->fallback->ast);
    }
    g->first[compile->rule_count] = g->edge_count;
}
