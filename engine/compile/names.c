/* SPDX-License-Identifier: Apache-2.0
 *
 * Variables and references: local, rule, import or document. Inside a policy
 * declaration its own rules come first, then the documents of a declaration;
 * then and elsewhere the imports, last the rules of the package. What has none
 * of these meanings is a variable that needs no declaration; whether something
 * binds it is for the safety pass to say. */
#include "resolve.h"

static pol_global document_named(pol_str text)
{
    if (pol_str_eq(text, STR("resource")))
        return POL_GLOBAL_RESOURCE;
    if (pol_str_eq(text, STR("stack")))
        return POL_GLOBAL_STACK;
    if (pol_str_eq(text, STR("config")))
        return POL_GLOBAL_CONFIG;
    return POL_GLOBAL_NONE;
}

static pol_global rule_named(pol_tree *place, pol_name *name)
{
    pol_tree *node = place ? pol_tree_child(place, name->text) : NULL;
    if (!node || !node->named)
        return POL_GLOBAL_NONE;
    name->target = node;
    return POL_GLOBAL_RULE;
}

static pol_global find_global(pol_resolver *r, pol_name *name)
{
    bool input = pol_str_eq(name->text, STR("input"));
    if (input || pol_str_eq(name->text, STR("data"))) {
        if (r->lenient && rule_named(r->package, name))
            return POL_GLOBAL_RULE;
        return input ? POL_GLOBAL_INPUT : POL_GLOBAL_DATA;
    }
    pol_global found = POL_GLOBAL_NONE;
    if (r->policy) {
        found = rule_named(r->policy->node, name);
        if (!found)
            found = document_named(name->text);
    }
    if (!found && name->imported == r->module_epoch && r->module_epoch)
        found = POL_GLOBAL_IMPORT;
    return found ? found : rule_named(r->package, name);
}

pol_global pol_resolve_global(pol_resolver *r, pol_name *name)
{
    if (name->epoch != r->epoch) {
        name->epoch = r->epoch;
        name->global = find_global(r, name);
    }
    if (name->global == POL_GLOBAL_IMPORT)
        name->import_used = true;
    return (pol_global)name->global;
}

static pol_node *generated(pol_resolver *r, pol_node_kind kind, pol_span span,
                           pol_str text)
{
    pol_node *node = pol_ast_text(r->compile->arena, kind, span, text);
    node->flags = POL_NODE_GENERATED;
    return node;
}

/* The nodes of a path from `data`, linked; *last is the last of them. */
static pol_node *path_nodes(pol_resolver *r, const pol_tree *node,
                            pol_span span, uint32_t *count)
{
    pol_node *first = NULL;
    for (*count = 1; node->parent; node = node->parent, ++*count) {
        pol_node *part = generated(r, POL_NODE_STRING, span, node->name);
        part->next = first;
        first = part;
    }
    pol_node *data = generated(r, POL_NODE_VAR, span, STR("data"));
    data->slot = POL_SLOT_DATA;
    data->next = first;
    return data;
}

static pol_node *import_nodes(pol_resolver *r, const pol_ast_import *import,
                              pol_span span, uint32_t *count)
{
    const pol_node *path = import->path;
    const pol_node *part = path->kind == POL_NODE_REF ? path->child : path;
    pol_node *first = generated(r, POL_NODE_VAR, span, part->text);
    first->slot = pol_str_eq(part->text, STR("data")) ? POL_SLOT_DATA
                                                      : POL_SLOT_INPUT;
    pol_node *last = first;
    *count = 1;
    for (part = path->kind == POL_NODE_REF ? part->next : NULL; part;
         part = part->next, ++*count) {
        last->next = generated(r, POL_NODE_STRING, span, part->text);
        last = last->next;
    }
    return first;
}

/* Puts the path in front of a reference's operands, or makes the variable a
 * reference. */
static void put_path(pol_node *term, pol_node *first, uint32_t count)
{
    pol_node *last = first;
    while (last->next)
        last = last->next;
    if (term->kind == POL_NODE_VAR) {
        term->flags |= POL_NODE_GENERATED;
        if (count == 1) { /* an import of the whole of data or input */
            term->slot = first->slot;
            term->text = first->text;
            return;
        }
        term->kind = POL_NODE_REF;
        term->child = first;
        term->last = last;
        term->count = count;
        return;
    }
    last->next = term->child->next;
    if (!last->next)
        term->last = last;
    term->child = first;
    term->count += count - 1;
}

static void put_document(pol_resolver *r, pol_node *var, pol_global global)
{
    switch (global) {
    case POL_GLOBAL_INPUT:
        var->slot = POL_SLOT_INPUT;
        break;
    case POL_GLOBAL_DATA:
        var->slot = POL_SLOT_DATA;
        break;
    case POL_GLOBAL_RESOURCE:
        var->slot = POL_SLOT_RESOURCE;
        break;
    case POL_GLOBAL_STACK:
        var->slot = POL_SLOT_STACK;
        break;
    case POL_GLOBAL_CONFIG:
        var->slot = POL_SLOT_CONFIG;
        var->link = r->policy;
        break;
    case POL_GLOBAL_NONE:
    case POL_GLOBAL_RULE:
    case POL_GLOBAL_IMPORT:
        break;
    }
}

static void put_global(pol_resolver *r, pol_node *term, pol_name *name,
                       pol_global global)
{
    pol_node *var = term->kind == POL_NODE_REF ? term->child : term;
    uint32_t count;
    if (global == POL_GLOBAL_RULE) {
        pol_node *path = path_nodes(r, name->target, var->span, &count);
        put_path(term, path, count);
    } else if (global == POL_GLOBAL_IMPORT) {
        pol_node *path = import_nodes(r, name->import, var->span, &count);
        put_path(term, path, count);
    } else {
        put_document(r, var, global);
    }
}

bool pol_resolve_head(pol_resolver *r, pol_node *term)
{
    pol_node *var = term->kind == POL_NODE_REF ? term->child : term;
    if (var->kind != POL_NODE_VAR || pol_str_eq(var->text, STR("_")))
        return false;
    pol_name *name = pol_scope_name(&r->scopes, var->text);
    bool hidden;
    if (pol_scope_use(&r->scopes, name, var, &hidden) || hidden)
        return false;
    pol_global global = pol_resolve_global(r, name);
    if (!global)
        return false;
    put_global(r, term, name, global);
    return true;
}

/* `term` is a VAR, or a REF whose head is one. */
static void resolve_head(pol_resolver *r, pol_node *term)
{
    pol_node *var = term->kind == POL_NODE_REF ? term->child : term;
    if (pol_str_eq(var->text, STR("_"))) {
        pol_scope_fresh(&r->scopes, var);
        return;
    }
    pol_name *name = pol_scope_name(&r->scopes, var->text);
    bool hidden;
    if (pol_scope_use(&r->scopes, name, var, &hidden))
        return;
    pol_global global = hidden ? POL_GLOBAL_NONE : pol_resolve_global(r, name);
    if (global)
        put_global(r, term, name, global);
    else
        pol_scope_implicit(&r->scopes, name, var);
}

pol_tree *pol_resolve_path(const pol_resolver *r, const pol_node *ref)
{
    const pol_tree *node = r->compile->root;
    const pol_node *part = ref->kind == POL_NODE_REF ? ref->child->next : NULL;
    for (; part && node; part = part->next) {
        if (part->kind != POL_NODE_STRING)
            return NULL;
        node = pol_tree_child(node, part->text);
    }
    return (pol_tree *)node;
}

void pol_resolve_depend(pol_resolver *r, const pol_tree *node,
                        const pol_node *rest)
{
    if (r->dependency_count == r->dependency_room) {
        uint32_t room = r->dependency_room ? r->dependency_room * 2 : 64;
        pol_dependency *all =
            arena_array(r->compile->arena, pol_dependency, room);
        if (r->dependency_count)
            memcpy(all, r->dependencies, r->dependency_count * sizeof *all);
        r->dependencies = all;
        r->dependency_room = room;
    }
    r->dependencies[r->dependency_count++] = (pol_dependency){node, rest};
}

/* A function is no document. */
static void report_function(pol_resolver *r, const pol_node *ref,
                            const pol_rule *rule)
{
    pol_diag *diag = pol_diag_add(
        r->compile->diags, POL_DIAG_P0208, ref->span,
        "function `%s` used as reference, not called", rule->path.ptr);
    pol_diag_help(r->compile->diags, diag, "call it with %u argument%s",
                  rule->arity, rule->arity == 1 ? "" : "s");
}

/* Notes what a reference from `data` depends on. */
static void follow_data(pol_resolver *r, const pol_node *ref)
{
    const pol_tree *node = r->compile->root;
    const pol_node *rest = ref->kind == POL_NODE_REF ? ref->child->next : NULL;
    for (; rest && rest->kind == POL_NODE_STRING && !node->rule;
         rest = rest->next) {
        node = pol_tree_child(node, rest->text);
        if (!node)
            return;
    }
    if (node->rule && node->rule->kind == POL_RULE_FUNCTION)
        report_function(r, ref, node->rule);
    pol_resolve_depend(r, node, rest);
}

static bool is_data(const pol_node *term)
{
    const pol_node *var = term->kind == POL_NODE_REF ? term->child : term;
    return var->kind == POL_NODE_VAR && var->slot == POL_SLOT_DATA;
}

static void resolve_ref(pol_resolver *r, pol_node *ref)
{
    pol_node *rest = ref->child->next;
    if (ref->child->kind == POL_NODE_VAR)
        resolve_head(r, ref);
    else
        pol_resolve_term(r, ref->child);
    for (; rest; rest = rest->next)
        pol_resolve_term(r, rest);
    if (is_data(ref))
        follow_data(r, ref);
}

static void resolve_template(pol_resolver *r, pol_node *node)
{
    for (pol_node *part = node->child; part; part = part->next) {
        if (part->kind != POL_NODE_BODY)
            continue;
        for (pol_node *l = part->child; l; l = l->next) {
            for (pol_node *w = l->withs; w; w = w->next)
                pol_resolve_with(r, w);
            for (pol_node *t = l->child; t; t = t->next)
                pol_resolve_term(r, t);
        }
    }
}

void pol_resolve_term(pol_resolver *r, pol_node *term)
{
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_VAR:
        resolve_head(r, term);
        if (is_data(term))
            follow_data(r, term);
        break;
    case POL_NODE_REF:
        resolve_ref(r, term);
        break;
    case POL_NODE_CALL:
        pol_resolve_call(r, term);
        break;
    case POL_NODE_ARRAY:
    case POL_NODE_OBJECT:
    case POL_NODE_SET:
        for (pol_node *child = term->child; child; child = child->next)
            pol_resolve_term(r, child);
        break;
    case POL_NODE_ARRAY_COMPR:
    case POL_NODE_SET_COMPR:
    case POL_NODE_OBJECT_COMPR:
        pol_resolve_comprehension(r, term);
        break;
    case POL_NODE_TEMPLATE:
        resolve_template(r, term);
        break;
    default: /* scalars */
        break;
    }
}
