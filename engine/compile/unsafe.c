/* SPDX-License-Identifier: Apache-2.0
 *
 * What is said about an unsafe variable: mostly it is a name misspelt, so the
 * rules of the package, the imports, the other variables of the definition and
 * the builtins are searched for what was meant. */
#include "safety.h"

#include "resolve.h"

typedef struct names {
    pol_arena *arena;
    pol_str *items;
    uint32_t count, room;
} names;

static void add_name(names *n, pol_str name, pol_str not_this)
{
    if (!name.len || pol_str_eq(name, not_this) || name.ptr[0] == '$' ||
        pol_str_eq(name, STR("_")))
        return;
    if (n->count == n->room) {
        uint32_t room = n->room ? n->room * 2 : 32;
        pol_str *items = arena_array(n->arena, pol_str, room);
        if (n->count)
            memcpy(items, n->items, n->count * sizeof *items);
        n->items = items;
        n->room = room;
    }
    n->items[n->count++] = name;
}

static void add_variables(names *n, const pol_node *node, pol_str not_this)
{
    for (; node; node = node->next) {
        if (node->kind == POL_NODE_VAR && node->slot >= 0)
            add_name(n, node->text, not_this);
        add_variables(n, node->child, not_this);
        add_variables(n, node->withs, not_this);
    }
}

static void add_rules(names *n, const pol_tree *place, pol_str not_this)
{
    for (const pol_tree *c = place ? place->child : NULL; c; c = c->next) {
        if (c->named)
            add_name(n, c->name, not_this);
    }
}

static names candidates(pol_safety *s, pol_str not_this)
{
    names n = {.arena = s->compile->arena};
    const pol_ast_rule *rule = s->rule;
    add_variables(&n, rule->args, not_this);
    for (const pol_ast_rule *a = rule; a; a = a->else_rule)
        add_variables(&n, a->body, not_this);
    const pol_tree *package = pol_tree_package(s->compile->root, s->module);
    if (s->policy && package) {
        add_rules(&n, pol_tree_child(package, s->policy->name), not_this);
        add_name(&n, STR("resource"), not_this);
        add_name(&n, STR("stack"), not_this);
        add_name(&n, STR("config"), not_this);
    }
    add_rules(&n, package, not_this);
    for (const pol_ast_import *i = s->module ? s->module->imports : NULL; i;
         i = i->next)
        add_name(&n, pol_imports_name(i), not_this);
    add_name(&n, STR("input"), not_this);
    add_name(&n, STR("data"), not_this);
    return n;
}

static void help_for(pol_safety *s, pol_diag *diag, pol_str text)
{
    pol_diags *diags = s->compile->diags;
    if (pol_registry_find(s->compile->registry, text) >= 0) {
        pol_diag_help(diags, diag, "`%.*s` is a function: call it",
                      (int)text.len, text.ptr);
        return;
    }
    bool in_policy_only = pol_str_eq(text, STR("resource")) ||
                          pol_str_eq(text, STR("stack")) ||
                          pol_str_eq(text, STR("config"));
    if (in_policy_only && !s->policy) {
        pol_diag_help(diags, diag, "`%.*s` is known inside a policy only",
                      (int)text.len, text.ptr);
        return;
    }
    names n = candidates(s, text);
    int best = pol_str_closest(text, n.items, n.count);
    if (best >= 0)
        pol_diag_help(diags, diag, "did you mean `%.*s`?",
                      (int)n.items[best].len, n.items[best].ptr);
    else
        pol_diag_help(diags, diag,
                      "bind it with `%.*s := …` or `some %.*s in …`, or define "
                      "a rule of that name",
                      (int)text.len, text.ptr, (int)text.len, text.ptr);
}

/* ---- the place ----------------------------------------------------------- */

typedef struct search {
    const pol_node *var;
    bool found; /* inside what may not bind it */
} search;

/* Is the variable in a template's brackets or in an argument of print? There it
 * is no matter of order: nothing in that place can bind. */
static void find_undeclared(search *f, const pol_node *node, bool in_template,
                            bool in_print)
{
    if (node == f->var) {
        f->found |= in_print;
        return;
    }
    in_template |= node->kind == POL_NODE_TEMPLATE;
    in_print |= node->kind == POL_NODE_SET_COMPR &&
                (node->flags & POL_NODE_GENERATED);
    for (const pol_node *c = node->child; c; c = c->next) {
        if (c == f->var && in_template && node->kind == POL_NODE_REF &&
            c != node->child)
            f->found = true;
        find_undeclared(f, c, in_template, in_print);
    }
}

void pol_safety_report(pol_safety *s, const pol_node *literal,
                       const pol_node *var)
{
    if (var->text.len && var->text.ptr[0] == '$')
        return; /* made by this pass: what it stands for is reported */
    if (s->compile->diags->count >= POL_DIAGS_KEPT) {
        /* Only counted from here on: no text is made that nobody reads. */
        pol_diag_add(s->compile->diags, POL_DIAG_P0201, var->span, "unsafe");
        return;
    }
    search f = {.var = var};
    find_undeclared(&f, literal, false, false);
    pol_diags *diags = s->compile->diags;
    int len = (int)var->text.len;
    pol_diag *diag =
        f.found ? pol_diag_add(diags, POL_DIAG_P0230, var->span,
                               "var `%.*s` is undeclared", len, var->text.ptr)
                : pol_diag_add(diags, POL_DIAG_P0201, var->span,
                               "var `%.*s` is unsafe", len, var->text.ptr);
    if (!pol_str_eq(var->text, STR("_")))
        help_for(s, diag, var->text);
    else
        pol_diag_help(diags, diag,
                      "nothing binds `_` here: iterate in a literal before");
}
