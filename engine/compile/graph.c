/* SPDX-License-Identifier: Apache-2.0
 *
 * Recursion: rules on a cycle of the dependency graph are errors. Strongly
 * connected components by Tarjan's algorithm with a stack of its own, so that a
 * chain of rules may be as long as it likes. */
#include "graph.h"

#include "buf.h"

/* Rules of a cycle that a message names. */
enum { SHOWN = 12 };

typedef struct frame {
    uint32_t vertex;
    uint32_t edge;         /* of a rule: the next one */
    const pol_tree *child; /* of a node: the next one */
} frame;

typedef struct components {
    pol_graph *graph;
    const pol_tree **nodes; /* by id */
    uint32_t *index;        /* order of discovery, 0: not yet */
    uint32_t *low;
    uint32_t *component;    /* 0: not finished */
    uint32_t *stack;
    frame *frames;
    uint32_t next, stack_count, frame_count, component_count;
} components;

static uint32_t rule_count(const components *c)
{
    return c->graph->compile->rule_count;
}

static void enter(components *c, uint32_t vertex)
{
    c->index[vertex] = c->low[vertex] = ++c->next;
    c->stack[c->stack_count++] = vertex;
    frame *f = &c->frames[c->frame_count++];
    *f = (frame){.vertex = vertex};
    if (vertex < rule_count(c))
        f->edge = c->graph->first[vertex];
    else
        f->child = c->nodes[vertex - rule_count(c)]->child;
}

/* The next vertex that the frame's leads to; false when there is no more. */
static bool next_edge(const components *c, frame *f, uint32_t *to)
{
    if (f->vertex < rule_count(c)) {
        if (f->edge == c->graph->first[f->vertex + 1])
            return false;
        *to = c->graph->edges[f->edge++];
        return true;
    }
    if (!f->child)
        return false;
    *to = f->child->rule ? f->child->rule->id
                         : rule_count(c) + f->child->id;
    f->child = f->child->next;
    return true;
}

static void leave(components *c, uint32_t vertex)
{
    c->frame_count--;
    if (c->low[vertex] == c->index[vertex]) {
        uint32_t top;
        c->component_count++;
        do {
            top = c->stack[--c->stack_count];
            c->component[top] = c->component_count;
        } while (top != vertex);
    }
    if (c->frame_count) {
        uint32_t up = c->frames[c->frame_count - 1].vertex;
        if (c->low[vertex] < c->low[up])
            c->low[up] = c->low[vertex];
    }
}

static void search_from(components *c, uint32_t start)
{
    enter(c, start);
    while (c->frame_count) {
        frame *f = &c->frames[c->frame_count - 1];
        uint32_t to;
        if (!next_edge(c, f, &to)) {
            leave(c, f->vertex);
        } else if (!c->index[to]) {
            enter(c, to);
        } else if (!c->component[to] && c->index[to] < c->low[f->vertex]) {
            c->low[f->vertex] = c->index[to];
        }
    }
}

static void number_nodes(components *c)
{
    const pol_compile *compile = c->graph->compile;
    const pol_tree *node = compile->root;
    while (node) {
        c->nodes[node->id] = node;
        if (node->child) {
            node = node->child;
            continue;
        }
        while (node && !node->next)
            node = node->parent;
        node = node ? node->next : NULL;
    }
}

/* ---- the report ---------------------------------------------------------- */

static const char *path_text(components *c, const uint32_t *from, uint32_t start)
{
    pol_compile *compile = c->graph->compile;
    uint32_t count = 0;
    uint32_t *way = c->stack; /* free by now */
    for (uint32_t v = from[start]; v != start; v = from[v]) {
        if (v < rule_count(c))
            way[count++] = v;
    }
    pol_buf text;
    pol_buf_init(&text, compile->arena);
    pol_buf_str(&text, compile->rules[start]->path);
    uint32_t shown = 0;
    while (count) {
        pol_buf_cstr(&text, " -> ");
        if (++shown > SHOWN) {
            pol_buf_printf(&text, "… (%u more)", count);
            break;
        }
        pol_buf_str(&text, compile->rules[way[--count]]->path);
    }
    pol_buf_cstr(&text, " -> ");
    pol_buf_str(&text, compile->rules[start]->path);
    return pol_buf_done(&text).ptr;
}

/* The shortest way from a rule to itself that begins with one of the edges drawn
 * last (from `first_edge` on); NULL if there is none. */
static const char *find_cycle(components *c, uint32_t start,
                              uint32_t first_edge, uint32_t *from)
{
    uint32_t *queue = c->low; /* free by now */
    uint32_t total = rule_count(c) + c->graph->compile->node_count;
    uint32_t head = 0, tail = 0;
    memset(from, 0xff, total * sizeof *from);
    for (uint32_t i = first_edge; i < c->graph->edge_count; i++) {
        uint32_t to = c->graph->edges[i];
        if (c->component[to] != c->component[start] || from[to] != UINT32_MAX)
            continue;
        from[to] = start;
        queue[tail++] = to;
    }
    while (head < tail && from[start] == UINT32_MAX) {
        frame f = {.vertex = queue[head++]};
        uint32_t to;
        if (f.vertex < rule_count(c))
            f.edge = c->graph->first[f.vertex];
        else
            f.child = c->nodes[f.vertex - rule_count(c)]->child;
        while (next_edge(c, &f, &to)) {
            if (c->component[to] != c->component[start] ||
                from[to] != UINT32_MAX)
                continue;
            from[to] = f.vertex;
            queue[tail++] = to;
        }
    }
    return from[start] == UINT32_MAX ? NULL : path_text(c, from, start);
}

static void report(components *c, const pol_rule *rule, const pol_ast_rule *ast,
                   const char *path)
{
    pol_compile *compile = c->graph->compile;
    pol_diag *diag =
        pol_diag_add(compile->diags, POL_DIAG_P0202, ast->head_span,
                     "rule `%s` is recursive: %s", rule->path.ptr, path);
    pol_diag_help(compile->diags, diag,
                  "a rule may not depend on itself, not even through other "
                  "rules");
}

/* Every definition that closes a cycle is an error, the others of its rule are
 * not. */
static void report_rule(components *c, uint32_t id, uint32_t *from)
{
    pol_graph *graph = c->graph;
    const pol_rule *rule = graph->compile->rules[id];
    const pol_def *def = rule->defs;
    for (bool last = false; !last;) {
        last = !def;
        const pol_def *at = last ? rule->fallback : def;
        def = last ? NULL : def->next;
        if (!at)
            continue;
        uint32_t kept = graph->edge_count;
        pol_graph_draw_definition(graph, at->ast);
        const char *path = find_cycle(c, id, kept, from);
        graph->edge_count = kept;
        if (path)
            report(c, rule, at->ast, path);
    }
}

static bool has_loop(const components *c, uint32_t rule)
{
    for (uint32_t i = c->graph->first[rule]; i < c->graph->first[rule + 1]; i++) {
        if (c->graph->edges[i] == rule)
            return true;
    }
    return false;
}

static void report_cycles(components *c, const uint32_t *sizes, uint32_t *from)
{
    const pol_compile *compile = c->graph->compile;
    for (uint32_t i = 0; i < compile->rule_count; i++) {
        if (compile->diags->count >= POL_DIAGS_KEPT)
            return;
        if (sizes[c->component[i]] > 1 || has_loop(c, i))
            report_rule(c, i, from);
    }
}

void pol_graph_check(pol_compile *compile)
{
    pol_graph graph = {.compile = compile};
    pol_graph_draw(&graph);
    pol_arena *arena = compile->arena;
    uint32_t total = compile->rule_count + compile->node_count;
    components c = {.graph = &graph};
    c.nodes = arena_array(arena, const pol_tree *, compile->node_count);
    c.index = arena_array(arena, uint32_t, total);
    c.low = arena_array(arena, uint32_t, total);
    c.component = arena_array(arena, uint32_t, total);
    c.stack = arena_array(arena, uint32_t, total);
    c.frames = arena_array(arena, frame, total);
    memset(c.index, 0, total * sizeof *c.index);
    memset(c.component, 0, total * sizeof *c.component);
    number_nodes(&c);
    for (uint32_t i = 0; i < compile->rule_count; i++) {
        if (!c.index[i])
            search_from(&c, i);
    }
    uint32_t *sizes = arena_array(arena, uint32_t, c.component_count + 1);
    memset(sizes, 0, (c.component_count + 1) * sizeof *sizes);
    for (uint32_t i = 0; i < total; i++)
        sizes[c.component[i]]++;
    sizes[0] = 0; /* nodes that no rule refers to */
    report_cycles(&c, sizes, c.index);
}
