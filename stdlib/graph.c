/* SPDX-License-Identifier: Apache-2.0
 *
 * Graphs given as objects from a node to its neighbours. Depth-first with a
 * stack of our own; every step is paid for, because the number of paths grows
 * exponentially with the graph. */
#include <string.h>

#include "pol_stdlib.h"

static bool is_list(pol_value v)
{
    return v.tag == POL_ARRAY || v.tag == POL_SET;
}

static bool check_operands(pol_call *call, const pol_value *args)
{
    if (args[0].tag != POL_OBJECT)
        pol_call_type_error(call, 1, "object", pol_type_name(args[0]));
    else if (!is_list(args[1]))
        pol_call_type_error(call, 2, "{array, set}", pol_type_name(args[1]));
    else
        return true;
    return false;
}

/* ---- reachable ---------------------------------------------------------- */

/* Nodes are keys of the graph, so a byte by key index says who was seen. */
typedef struct search {
    pol_value graph;
    char *seen;
    int64_t *stack;
    size_t depth;
} search;

static void push_nodes(pol_call *call, search *s, pol_value nodes)
{
    if (!is_list(nodes))
        return;
    pol_call_spend(call, nodes.len + 1);
    for (uint32_t i = 0; i < nodes.len; i++) {
        int64_t at = pol_shape_find(s->graph.obj->shape, pol_at(nodes, i));
        if (at < 0 || s->seen[at])
            continue;
        s->seen[at] = 1;
        s->stack[s->depth++] = at;
    }
}

static pol_value reachable(pol_call *call, const pol_value *args)
{
    if (!check_operands(call, args))
        return pol_undefined();
    uint32_t count = args[0].len;
    search s = {.graph = args[0], .seen = pol_call_alloc(call, count)};
    s.stack = pol_call_alloc(call, count * sizeof *s.stack);
    if (count)
        memset(s.seen, 0, count);
    push_nodes(call, &s, args[1]);
    while (s.depth > 0)
        push_nodes(call, &s,
                   pol_value_at(s.graph, (uint32_t)s.stack[--s.depth]));
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_SET);
    for (uint32_t i = 0; i < count; i++)
        if (s.seen[i])
            pol_builder_add(&out, pol_key_at(args[0], i));
    return pol_builder_done(&out);
}

/* ---- reachable_paths ---------------------------------------------------- */

/* One node of the path that is being followed. */
typedef struct step {
    pol_value node;
    pol_value neighbours;
    uint32_t next;
    int64_t key; /* its index in the graph */
} step;

typedef struct paths {
    pol_call *call;
    pol_value graph;
    pol_builder out;
    step *steps;
    size_t depth;
    char *on_path; /* by key index: how often it is among the steps */
} paths;

static void record(paths *p)
{
    pol_call_spend(p->call, p->depth / 4 + 1);
    pol_value *items = pol_items(pol_call_arena(p->call), p->depth);
    for (size_t i = 0; i < p->depth; i++)
        items[i] = p->steps[i].node;
    pol_builder_add(&p->out, pol_array(items, p->depth));
}

static void enter(paths *p, pol_value node, int64_t key)
{
    pol_value neighbours = pol_value_at(p->graph, (uint32_t)key);
    p->steps[p->depth++] = (step){.node = node, .key = key};
    p->on_path[key]++;
    if (is_list(neighbours) && neighbours.len > 0)
        p->steps[p->depth - 1].neighbours = neighbours;
    else
        record(p);
}

/* A path ends at a node without neighbours, before a node that the graph lacks,
 * and before a node that it has come through. As in OPA, the latter does not
 * count for the first step: a start that leads to itself stands there twice. */
static void advance(paths *p)
{
    step *top = &p->steps[p->depth - 1];
    pol_call_spend(p->call, 1);
    if (top->next == top->neighbours.len) {
        p->on_path[top->key]--;
        p->depth--;
        return;
    }
    pol_value node = pol_at(top->neighbours, top->next++);
    int64_t key = pol_shape_find(p->graph.obj->shape, node);
    if (key < 0 || (p->on_path[key] && p->depth > 1))
        record(p);
    else
        enter(p, node, key);
}

static pol_value reachable_paths(pol_call *call, const pol_value *args)
{
    if (!check_operands(call, args))
        return pol_undefined();
    size_t count = args[0].len;
    paths p = {.call = call,
               .graph = args[0],
               .steps = pol_call_alloc(call, (count + 2) * sizeof *p.steps),
               .on_path = pol_call_alloc(call, count + 1)};
    memset(p.on_path, 0, count + 1);
    pol_builder_init(&p.out, pol_call_arena(call), POL_SET);
    for (uint32_t i = 0; i < args[1].len; i++) {
        int64_t key = pol_shape_find(p.graph.obj->shape, pol_at(args[1], i));
        if (key < 0)
            continue;
        enter(&p, pol_at(args[1], i), key);
        while (p.depth > 0)
            advance(&p);
    }
    return pol_builder_done(&p.out);
}

#define GRAPH "object{any: any<array[any] | set[any]>}"
#define NODES "any<array[any] | set[any]>"

const pol_builtin pol_stdlib_graph[] = {
    {"graph.reachable", "(" GRAPH ", " NODES ") -> set[any]", reachable,
     POL_PURE | POL_UNCHECKED,
     "the nodes of the graph that can be reached from the given ones", NULL},
    {"graph.reachable_paths", "(" GRAPH ", " NODES ") -> set[array[any]]",
     reachable_paths, POL_PURE | POL_UNCHECKED,
     "the longest paths through the graph from the given nodes", NULL},
    {0},
};
