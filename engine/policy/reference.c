/* SPDX-License-Identifier: Apache-2.0
 *
 * What a pack refers to outside of itself. A pack has no data but its modules:
 * what is imported or looked up elsewhere would be undefined for ever, and a
 * policy that asks for it, or below a `not`, pass. What some `with` of the pack
 * puts there does not count. */
#include "policy.h"

/* A name that nothing has. */
typedef struct gap {
    const pol_tree *below;
    const pol_node *name;
} gap;

typedef struct search {
    const pol_policy_pack *pack;
    pol_diags *diags;
    const gap *wanted; /* look for a `with` of this; NULL: look for gaps */
    bool found;
} search;

/* Does the reference lead to no package or rule of the pack? */
static bool is_gap(const search *s, const pol_node *ref, gap *out)
{
    uint32_t used;
    if (ref->kind != POL_NODE_REF || ref->child->kind != POL_NODE_VAR ||
        !pol_str_eq(ref->child->text, STR("data")))
        return false;
    out->below =
        pol_tree_walk(s->pack->modules->compile.root, ref, &used);
    if (out->below->rule || used + 1 == ref->count)
        return false;
    out->name = pol_ast_child(ref, used + 1);
    return out->name->kind == POL_NODE_STRING;
}

static pol_str closest(const search *s, const gap *g)
{
    uint32_t count = 0;
    for (const pol_tree *n = g->below->child; n; n = n->next)
        count++;
    pol_str *names = arena_array(s->diags->arena, pol_str, count + 1);
    count = 0;
    for (const pol_tree *n = g->below->child; n; n = n->next)
        names[count++] = n->name;
    int near = pol_str_closest(g->name->text, names, count);
    return near < 0 ? (pol_str){"", 0} : names[near];
}

static void report(const search *s, const gap *g, pol_span span)
{
    pol_str near = closest(s, g);
    pol_diag *d = pol_diag_add(s->diags, POL_DIAG_P0450, span,
                               "pack `%s` has nothing of this name",
                               s->pack->name);
    if (near.len)
        pol_diag_help(s->diags, d, "did you mean `%.*s`?", (int)near.len,
                      near.ptr);
    else
        pol_diag_help(s->diags, d, "%s",
                      s->pack->manifest
                          ? "a pack sees its own modules alone"
                          : "a module that is named is a pack alone; name the "
                            "folder, with a pack.json in it");
}

static void look_through(search *s, void (*look)(search *, const pol_node *));

/* Notes a `with` that replaces what is looked for. */
static void look_for_with(search *s, const pol_node *node)
{
    gap g;
    for (const pol_node *w = node->withs; w; w = w->next) {
        s->found |= is_gap(s, w->child, &g) && g.below == s->wanted->below &&
                    pol_str_eq(g.name->text, s->wanted->name->text);
        look_for_with(s, w->last);
    }
    for (const pol_node *n = node->child; n && !s->found; n = n->next)
        look_for_with(s, n);
}

static void look_for_gaps(search *s, const pol_node *node)
{
    gap g;
    if (is_gap(s, node, &g)) {
        search withs = {.pack = s->pack, .wanted = &g};
        look_through(&withs, look_for_with);
        if (!withs.found)
            report(s, &g, node->span);
    }
    for (const pol_node *w = node->withs; w; w = w->next)
        look_for_gaps(s, w->last);
    for (const pol_node *n = node->child; n; n = n->next)
        look_for_gaps(s, n);
}

static void look_at_rules(search *s, const pol_ast_rule *rule,
                          void (*look)(search *, const pol_node *))
{
    for (; rule; rule = rule->next) {
        look(s, rule->ref);
        for (const pol_node *arg = rule->args; arg; arg = arg->next)
            look(s, arg);
        for (const pol_ast_rule *r = rule; r; r = r->else_rule) {
            if (r->key)
                look(s, r->key);
            if (r->value)
                look(s, r->value);
            if (r->body)
                look(s, r->body);
        }
    }
}

/* Calls `look` for every term and body of the pack. */
static void look_through(search *s, void (*look)(search *, const pol_node *))
{
    const pol_ast_module *m = s->pack->modules->compile.modules;
    for (; m; m = m->next) {
        look_at_rules(s, m->rules, look);
        for (const pol_ast_policy *p = m->policies; p; p = p->next)
            look_at_rules(s, p->rules, look);
    }
}

void pol_policy_references(const pol_policy_pack *pack, pol_diags *diags)
{
    search s = {.pack = pack, .diags = diags};
    uint32_t before = diags->errors;
    gap g;
    diags->srcs = &pack->modules->srcs;
    const pol_ast_module *m = pack->modules->compile.modules;
    for (; m; m = m->next) {
        for (const pol_ast_import *i = m->imports; i; i = i->next) {
            if (is_gap(&s, i->path, &g))
                report(&s, &g, i->path->span);
        }
    }
    if (diags->errors == before) /* what uses an import is no other mistake */
        look_through(&s, look_for_gaps);
}
